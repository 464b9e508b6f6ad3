//! Claude Code by its own protocol: lines of JSON over a pipe (`-p` with stream-json), and control requests both ways.
//!
//! One [`Claude`] speaks with one process about one conversation. Like every codec it has no input or output, cannot
//! fail, cannot wait, and never panics. Nothing is dropped: what can't be read is `Unrecognised`.
//!
//! - `words`: the command line. `handshake`: from `initialize` to the first prompt; modes, commands, MCP servers.
//! - `turn`: a prompt and its end, interrupts, turns that the agent begins by itself. `system`: what it tells of itself.
//! - `back`: the conversation goes back to before a prompt; what its context is made of; its model.
//! - `said`: messages, streamed and whole. `results`: what comes back of calls. `plans`: its lists of things to do.
//! - `tools`: what a tool does, by its name and arguments. `calls`: what was told of each call.
//! - `gate`: every call asks. `asking`, `offers`, `answers`: about what, what it may be answered, and what that is on the
//!   wire. `lanes`: subagents. `meter`: what it carries.
//!
//! # The gate
//!
//! A hook (`PreToolUse`) is called for every call of every tool, also where Claude itself would not ask. It is answered
//! at once with *ask*, which makes Claude ask in any mode; that question (`can_use_tool`) waits for as long as it takes,
//! while a hook that is not answered in time lets the call run. So no time-out of Claude's opens the gate.

mod answers;
mod asking;
mod back;
mod calls;
mod gate;
mod handshake;
mod lanes;
mod meter;
mod offers;
mod out;
mod results;
mod said;
mod system;
mod turn;
mod words;

pub use words::words;

/// Its name in records: as a driver, and as a channel of facts.
pub const CHANNEL: &str = "claude";

use super::look;
use super::{Can, Opening, Protocol, Tell, Turnout, hook};
use crate::domain::{CallId, CallPatch, Completeness, LaneId, Notice};
use crate::shapes::claude::{plans, tools};
use handshake::Phase;
use out::Out;
use serde_json::Value;
use std::collections::HashMap;

/// Claude Code, seen from the client.
#[derive(Default)]
pub struct Claude {
    opening: Opening,
    phase: Phase,
    /// Our requests that wait for an answer, by their ids.
    waiting: HashMap<String, Sent>,
    last_id: u64,
    /// The agent's id of the conversation.
    session: Option<String>,
    /// Its version, where it said one.
    version: Option<String>,
    turn: Option<turn::Turn>,
    /// It tells when it is idle: the end of a turn is known by that.
    tells_state: bool,
    /// A summary of what was compacted follows.
    summary_follows: bool,
    calls: calls::Calls,
    gate: gate::Gate,
    lanes: lanes::Lanes,
    meter: meter::Meter,
    plan: plans::Plan,
    said: said::Said,
    modes: handshake::Modes,
    /// Prompts that were given here.
    prompts: u64,
}

/// What a request of ours was.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Sent {
    Initialize,
    Mode { mode: String, when: When },
    Interrupt,
    Servers,
    Back { when: When },
    Model(String),
    Context,
}

/// When a mode is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    AtStart,
    Later,
}

/// What a tool's arguments show of its call, where a hook gives them.
pub(super) fn hooked_call(tool: &str, input: &Value, cwd: &str) -> (CallPatch, Completeness) {
    let known = tools::known(tool, input, cwd);
    let payload = if tools::is_whole(known.impact, &known) { Completeness::Whole } else { Completeness::Fragment };
    let tools::Known { title, impact, command, places, changes } = known;
    let patch = CallPatch {
        title: title.map(Into::into),
        impact: Some(impact),
        command: command.map(Into::into),
        places: (!places.is_empty()).then_some(places),
        changes: (!changes.is_empty()).then_some(changes),
        ..CallPatch::default()
    };
    (patch, payload)
}

impl Claude {
    /// A conversation that has not begun.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn request(&mut self, out: &mut Out, sent: Sent, request: Value) {
        self.last_id += 1;
        let id = format!("taut-{}", self.last_id);
        out.request(&id, request);
        self.waiting.insert(id, sent);
    }

    fn take(&mut self, out: &mut Out, message: &Value, raw: &str) {
        let lane = self.lane_of(out, message);
        match look::text(message, "type") {
            Some("control_request") => self.asked(out, message, raw),
            Some("control_response") => self.answered(out, message, raw),
            Some("control_cancel_request") => self.question_gone(out, message),
            Some("system") => self.system(out, lane, message, raw),
            Some("stream_event") => self.streamed(out, lane, message, raw),
            Some("assistant") => self.assistant(out, lane, message, raw),
            Some("user") => self.user(out, lane, message, raw),
            Some("result") => self.result(out, message),
            Some("tool_progress") => self.call_runs(out, message),
            Some("rate_limit_event") => system::rate_limit(out, message),
            Some("auth_status") => system::login(out, message),
            // Housekeeping of the process: what it means is told by other messages.
            Some(
                "command_lifecycle" | "keep_alive" | "tool_use_summary" | "prompt_suggestion" | "files_persisted"
                | "transcript_mirror",
            ) => {}
            Some(kind) => out.unrecognised(lane, kind, raw),
            None => out.unrecognised(lane, "a message without its type", raw),
        }
    }

    /// The agent answers a request of ours. With `--replay-user-messages` it also echoes our own answers: no request of
    /// ours has such an id, and nothing comes of it.
    fn answered(&mut self, out: &mut Out, message: &Value, raw: &str) {
        let response = message.get("response").unwrap_or(&Value::Null);
        let id = look::text(response, "request_id").unwrap_or_default();
        let Some(sent) = self.waiting.remove(id) else {
            if !self.gate.has_answered(id) {
                out.unrecognised(LaneId::ROOT, "an answer to nothing that was asked", raw);
            }
            return;
        };
        let outcome = match look::text(response, "subtype") {
            // What is done may come without any more words.
            Some("success") => Ok(response.get("response").cloned().unwrap_or_default()),
            _ => Err(look::first_text(response, &["error", "message"]).unwrap_or("without a reason").to_owned()),
        };
        match (sent, outcome) {
            (Sent::Initialize, outcome) => self.initialized(out, outcome),
            (Sent::Mode { mode, when }, outcome) => self.mode_set(out, mode, when, outcome),
            (Sent::Servers, Ok(response)) => handshake::servers_set(out, &response),
            (Sent::Servers, Err(why)) => {
                out.note(LaneId::ROOT, Notice::Warning, format!("the MCP servers were not taken: {why}"));
            }
            (Sent::Interrupt, Ok(_)) => {}
            (Sent::Back { when }, outcome) => self.went_back(out, when, outcome),
            (Sent::Model(model), outcome) => self.model_set(out, &model, outcome),
            (Sent::Context, outcome) => back::context_told(out, outcome),
            (Sent::Interrupt, Err(why)) => {
                out.note(LaneId::ROOT, Notice::Warning, format!("the interrupt was refused: {why}"));
            }
        }
    }

    /// `tool_progress`: a call that takes a while.
    fn call_runs(&mut self, out: &mut Out, message: &Value) {
        if let Some(id) = look::owned(message, "tool_use_id").map(CallId) {
            self.calls.runs(out, &id);
        }
    }
}

impl Protocol for Claude {
    /// The protocol asks about every call by itself: a hook in the user's own settings has no more to say.
    fn hooked(&mut self, _: &hook::Question) -> hook::Heard {
        hook::Heard { at_once: Some(hook::Answer::Nothing), ..hook::Heard::default() }
    }

    fn open(&mut self, opening: Opening) -> Turnout {
        let mut out = Out::default();
        self.begin(&mut out, opening);
        out.0
    }

    fn hear(&mut self, line: &[u8]) -> Turnout {
        let mut out = Out::default();
        let text = String::from_utf8_lossy(line);
        match serde_json::from_str::<Value>(&text) {
            Ok(message @ Value::Object(_)) => self.take(&mut out, &message, &text),
            Ok(_) => out.unrecognised(LaneId::ROOT, "a line that is no message", &text),
            Err(_) if text.trim().is_empty() => {}
            // A line for people: Claude says there what is wrong with its start.
            Err(_) if !text.trim_start().starts_with(['{', '[']) => out.note(LaneId::ROOT, Notice::Info, &text),
            Err(error) => out.unrecognised(LaneId::ROOT, format!("a line that can't be read ({error})"), &text),
        }
        out.0
    }

    fn tell(&mut self, tell: Tell) -> Turnout {
        let mut out = Out::default();
        match tell {
            // Words for the turn that runs: folded in after the next result of a call.
            Tell::Prompt(text) | Tell::Steer(text) => self.prompt(&mut out, &text),
            Tell::Interrupt => self.interrupt(&mut out),
            Tell::Answer(native, decision) => self.answer(&mut out, &native, &decision),
            Tell::Leave(native, leave) => self.leave(&mut out, &native, leave),
            Tell::Mode(mode) => self.set_mode(&mut out, mode, When::Later),
            Tell::Model(model) => self.set_model(&mut out, model),
            Tell::Back(back) => self.go_back(&mut out, &back),
            Tell::Context => self.tell_context(&mut out),
            Tell::Login(_) => out.note(LaneId::ROOT, Notice::Warning, "run `claude` in a terminal to log in"),
        }
        out.0
    }

    fn steers(&self) -> bool {
        true
    }

    fn can(&self) -> Can {
        Can { back: true, context: true, model: true }
    }

    fn gone(&mut self) -> Turnout {
        let mut out = Out::default();
        self.end(&mut out);
        out.0
    }
}
