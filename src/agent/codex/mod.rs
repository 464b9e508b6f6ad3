//! Codex CLI, driven by its own protocol: `codex app-server`, JSON-RPC without its version over a pipe.
//!
//! One [`Codex`] speaks with one process about one thread of the agent's, and about the threads of its subagents. It is a
//! state machine without input or output, cannot fail, cannot wait, and never panics, whatever the bytes. The facts that it
//! rests on were seen in real runs (`tests/codex_wire/logs`); other versions may differ, so that everything is read leniently.
//!
//! - `handshake`, `version`: from `initialize` to the first prompt. `history`: what a resumed thread said before.
//! - `back`: its conversation goes back to before a turn. `model`: which one it asks.
//! - `modes`: what it may do unasked, as the agent's approval policy and sandbox.
//! - `turn`: a prompt and its end; `stop`: an interrupt that ends what runs, too.
//! - `told`: what it tells; `items`: the things of a turn; `calls`: those of them that do something.
//!   `command`, `files`: a command line without its shell, a file change. `lanes`: threads. `meter`: tokens.
//! - `typed`: what is typed into commands that run. `hooks`: what it asks before a call by the hook that it is given; `hooked`: what that shows of a call.
//! - `asks`: its requests; `offers`: what they may be answered; `form`: questions with fields, and the answers.

mod asks;
mod back;
mod calls;
mod handshake;
mod history;
mod hooked;
mod hooks;
mod items;
mod lanes;
mod meter;
mod model;
mod modes;
mod offers;
mod out;
mod stop;
#[cfg(test)]
mod tests;
mod told;
mod turn;
mod typed;
mod untold;
mod version;
mod wants;

use super::envelope::{self, Frame, Refusal};
use super::{Can, Opening, Protocol, Tell, Turnout, hook};
use crate::domain::LaneId;
use handshake::Phase;
use out::Out;
use serde_json::Value;
use std::collections::HashMap;

pub(super) use hooked::call as hooked_call;
pub(super) use hooks::words;
pub use version::TESTED;

/// What [`Event::SessionStarted`](crate::domain::Event::SessionStarted) and a source call this protocol.
pub const CHANNEL: &str = "codex";

/// A Codex that speaks its app-server protocol, seen from the client.
#[derive(Default)]
pub struct Codex {
    opening: Opening,
    phase: Phase,
    /// How the thread was opened.
    opened_by: handshake::Attempt,
    /// Our requests that wait for an answer.
    waiting: HashMap<u64, Sent>,
    last_id: u64,
    /// The agent's id of our thread.
    thread: Option<String>,
    turn: Option<turn::Turn>,
    sweep: stop::Sweep,
    mode: modes::Setting,
    model: model::Model,
    threads: lanes::Threads,
    calls: calls::Calls,
    words: items::Words,
    asks: asks::Asks,
    hooks: hooks::Hooks,
    typed: typed::Typed,
    wants: wants::Wants,
    meter: meter::Meter,
    history: history::History,
    /// Reverts of ours that codex has not told of.
    reverts: u32,
}

/// What a request of ours was.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Sent {
    Initialize,
    Account,
    Open(handshake::Attempt),
    Hooks,
    Models,
    History,
    Turn,
    /// More words for a running turn: what they are.
    Steer(turn::Words),
    Interrupt(String, String),
    /// Its conversation goes back: the first turn that shall be gone.
    Back(String),
    /// What a turn of a thread left running, or all of them: thread and turn.
    Left(String, Option<String>),
    /// Which of these calls of a thread run on behind its turn: their items.
    Behind(String, Vec<String>),
    /// The end of one of those: thread, item and command.
    End(String, String, String),
}

impl Codex {
    /// A conversation that has not begun.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn request(&mut self, out: &mut Out, sent: Sent, method: &str, params: Value) {
        self.last_id += 1;
        self.waiting.insert(self.last_id, sent);
        out.request(self.last_id, method, params);
    }

    fn take(&mut self, out: &mut Out, frame: Frame) {
        match frame {
            Frame::Request { id, method, params } => self.asked(out, id, &method, params),
            Frame::Notification { method, params } => self.told(out, &method, params),
            Frame::Answer { id, outcome, raw } => match id.and_then(|id| self.waiting.remove(&id)) {
                Some(sent) => self.answered(out, sent, outcome),
                None => out.unrecognised(LaneId::ROOT, "an answer to nothing that was asked", raw),
            },
            Frame::Prose(line) => out.note(LaneId::ROOT, crate::domain::Notice::Info, line),
            Frame::Odd { what, raw } => out.unrecognised(LaneId::ROOT, what, raw),
        }
    }

    fn answered(&mut self, out: &mut Out, sent: Sent, outcome: Result<&str, Refusal>) {
        // A result that is no JSON can't be: its envelope was. Too deep a one is as good as none.
        let outcome = outcome.map(|raw| serde_json::from_str::<Value>(raw).unwrap_or_default());
        match sent {
            Sent::Initialize => self.initialized(out, outcome),
            Sent::Account => self.account_known(out, outcome),
            Sent::Open(attempt) => self.thread_opened(out, attempt, outcome),
            Sent::Hooks => {
                self.hooks_listed(out, &outcome);
                self.opened(out);
            }
            Sent::Models => self.models_listed(out, &outcome),
            Sent::History => self.history_came(out, outcome),
            Sent::Turn => self.turn_begun(out, outcome),
            Sent::Steer(words) => Self::steered(out, &words, outcome),
            Sent::Back(first) => self.went_back(out, first, outcome),
            Sent::Interrupt(thread, turn) => self.interrupt_heard(out, thread, turn, outcome),
            Sent::Left(thread, turn) => self.left_running(out, &thread, turn.as_deref(), outcome),
            Sent::Behind(thread, items) => self.behind_known(out, &thread, &items, &outcome),
            Sent::End(thread, item, command) => self.ended_one(out, &thread, &item, &command, outcome),
        }
    }
}

impl Protocol for Codex {
    fn open(&mut self, opening: Opening) -> Turnout {
        let mut out = Out::default();
        self.begin(&mut out, opening);
        out.0
    }

    fn hear(&mut self, line: &[u8]) -> Turnout {
        let mut out = Out::default();
        let text = String::from_utf8_lossy(line);
        for frame in envelope::frames(&text) {
            self.take(&mut out, frame);
        }
        out.0
    }

    fn tell(&mut self, tell: Tell) -> Turnout {
        let mut out = Out::default();
        match tell {
            Tell::Prompt(text) => self.prompt(&mut out, text),
            Tell::Steer(text) => {
                let thread = self.thread.clone().unwrap_or_default();
                self.steer(&mut out, &thread, turn::Words::Steer(text));
            }
            Tell::Interrupt => self.interrupt(&mut out),
            Tell::Answer(native, decision) => self.answer(&mut out, &native, &decision),
            Tell::Mode(mode) => self.set_mode(&mut out, &mode),
            // Nothing of codex's is held so.
            Tell::Leave(..) => {}
            Tell::Model(model) => self.set_model(&mut out, model),
            Tell::Back(back) => self.go_back(&mut out, back),
            Tell::Context => self.tell_context(&mut out),
            Tell::Login(_) => self.look_at_account(&mut out),
        }
        out.0
    }

    fn steers(&self) -> bool {
        true
    }

    fn stops_behind(&self) -> bool {
        true
    }

    fn hooked(&mut self, question: &hook::Question) -> hook::Heard {
        self.hook_asks(question)
    }

    fn unhooked(&mut self, native: &str, answer: Option<&hook::Answer>) -> Turnout {
        let mut out = Out::default();
        self.hook_over(&mut out, native, answer);
        out.0
    }

    fn can(&self) -> Can {
        Can { back: true, context: true, model: true }
    }

    fn gone(&mut self) -> Turnout {
        let mut out = Out::default();
        self.hooks_over();
        self.end(&mut out);
        out.0
    }
}
