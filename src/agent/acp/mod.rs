//! The Agent Client Protocol, version 1: lines of JSON-RPC over a pipe.
//!
//! One [`Acp`] speaks with one agent about one conversation. It is a state machine without input or output, cannot fail,
//! cannot wait, and never panics, whatever the bytes. Nothing is dropped: what can't be read is `Unrecognised`.
//!
//! - `envelope` and `look` of this room, `content`: a line taken apart, read tolerantly. (Typed parsing fails hard on a kind of update
//!   that it does not know, so the types of the schema crate serve as the measure of what we send, in tests.)
//! - `handshake`, `settings`: from `initialize` to the first prompt; modes and options.
//! - `turn`: a prompt and its end. `updates`: what is heard in between.
//! - `news`, `call`, `calls`: what one message says about a call; one call merged; all of them.
//!   `payload`, `changes`, `patch`: arguments, diffs, unified diffs.
//! - `questions`: requests of the agent. `lanes`: subagents. `meter`: usage. `habits`: what only a name tells.
//! - `wirelog`: a recorded session played again, for tests.

mod call;
mod calls;
mod changes;
mod content;
mod habits;
mod handshake;
mod lanes;
mod meter;
mod news;
mod out;
mod patch;
mod payload;
mod questions;
mod settings;
#[cfg(test)]
mod tests;
mod turn;
mod updates;
pub mod wirelog;

use super::{Fact, Opening, Protocol, Tell, Turnout, envelope, look, output};
use crate::domain::{AgentFace, Capabilities, LaneId, LoginWay, Notice};
use envelope::{Frame, Refusal};
use handshake::{Attempt, Phase};
use out::Out;
use serde_json::Value;
use settings::Way;
use std::collections::HashMap;

/// An agent that speaks ACP, seen from the client.
#[derive(Default)]
pub struct Acp {
    opening: Opening,
    phase: Phase,
    /// Our requests that wait for an answer.
    waiting: HashMap<u64, Sent>,
    last_id: u64,
    face: AgentFace,
    can: Capabilities,
    login: Vec<LoginWay>,
    /// The agent's id of our conversation.
    session: Option<String>,
    turn: Option<turn::Turn>,
    /// What the agent may still echo of the last prompt (acp.md, 33).
    echo: String,
    calls: calls::Calls,
    lanes: lanes::Lanes,
    questions: questions::Questions,
    settings: settings::Settings,
    meter: meter::Meter,
}

/// What a request of ours was.
enum Sent {
    Initialize,
    Authenticate,
    Open(Attempt),
    Mode { mode: String, way: Way, at_start: bool },
    Prompt,
}

impl Acp {
    /// A conversation that has not begun.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn request(&mut self, out: &mut Out, sent: Sent, method: &str, params: Value) -> u64 {
        self.last_id += 1;
        self.waiting.insert(self.last_id, sent);
        out.request(self.last_id, method, params);
        self.last_id
    }

    fn take(&mut self, out: &mut Out, frame: Frame) {
        match frame {
            Frame::Request { id, method, params } => self.asked(out, id, &method, params),
            Frame::Notification { method, params } => self.told(out, &method, params),
            Frame::Answer { id, outcome, raw } => match id.and_then(|id| self.waiting.remove(&id)) {
                Some(sent) => self.answered(out, sent, outcome),
                None => out.unrecognised(LaneId::ROOT, "an answer to nothing that was asked", raw),
            },
            Frame::Prose(line) => out.note(LaneId::ROOT, Notice::Info, line),
            Frame::Odd { what, raw } => out.unrecognised(LaneId::ROOT, what, raw),
        }
    }

    fn answered(&mut self, out: &mut Out, sent: Sent, outcome: Result<&str, Refusal>) {
        self.flush_calls(out, None);
        // A result that is no JSON can't be: its envelope was. Too deep a one is as good as none.
        let outcome = outcome.map(|raw| serde_json::from_str::<Value>(raw).unwrap_or_default());
        match sent {
            Sent::Initialize => self.initialized(out, outcome),
            Sent::Authenticate => self.authenticated(out, outcome),
            Sent::Open(attempt) => self.session_opened(out, attempt, outcome),
            Sent::Mode { mode, way, at_start } => self.mode_set(out, &mode, &way, at_start, outcome),
            Sent::Prompt => self.turn_over(out, outcome),
        }
    }
}

impl Protocol for Acp {
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
            Tell::Steer(_) => out.note(LaneId::ROOT, Notice::Error, "nothing was sent: ACP takes no words in a turn"),
            Tell::Interrupt => self.interrupt(&mut out),
            Tell::Answer(native, decision) => self.answer(&mut out, &native, &decision),
            Tell::Mode(mode) => self.set_mode(&mut out, &mode, false),
            // Nothing over ACP is held so.
            Tell::Leave(..) => {}
            Tell::Model(_) => out.note(LaneId::ROOT, Notice::Error, "the model was not set: over ACP taut can't"),
            Tell::Back(_) => out.fact(Fact::WentBack(Err("ACP has no word for it".to_owned()))),
            Tell::Context => {
                out.note(
                    LaneId::ROOT,
                    Notice::Error,
                    "what its context is made of is not known: ACP has no word for it",
                );
            }
            Tell::Login(way) => self.log_in(&mut out, &way),
        }
        out.0
    }

    fn gone(&mut self) -> Turnout {
        let mut out = Out::default();
        self.end(&mut out);
        out.0
    }
}
