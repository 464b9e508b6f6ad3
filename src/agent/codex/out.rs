//! What comes of a line: facts and lines, gathered in order. Codex's JSON-RPC has no `jsonrpc` field.

use crate::agent::acp::look;
use crate::agent::{Fact, Turnout};
use crate::domain::{Event, LaneId, Notice};
use serde_json::{Value, json};

/// A turnout in the making.
#[derive(Default)]
pub(super) struct Out(pub(super) Turnout);

impl Out {
    /// Something happened in a lane.
    pub(super) fn event(&mut self, lane: LaneId, event: Event) {
        self.0.facts.push(Fact::Event(lane, event));
    }

    /// Something happened in the session's own lane.
    pub(super) fn root(&mut self, event: Event) {
        self.event(LaneId::ROOT, event);
    }

    /// A fact that is no record.
    pub(super) fn fact(&mut self, fact: Fact) {
        self.0.facts.push(fact);
    }

    /// Something worth a line.
    pub(super) fn note(&mut self, lane: LaneId, level: Notice, text: impl AsRef<str>) {
        self.event(lane, Event::Noted { level, text: look::cut(text.as_ref()).into() });
    }

    /// Something that was not understood.
    pub(super) fn unrecognised(&mut self, lane: LaneId, what: impl Into<String>, raw: &str) {
        self.event(lane, Event::Unrecognised { what: what.into(), raw: look::cut(raw).into() });
    }

    /// A request of ours.
    #[expect(clippy::needless_pass_by_value, reason = "payloads are made for the one line")]
    pub(super) fn request(&mut self, id: u64, method: &str, params: Value) {
        self.line(&json!({"id": id, "method": method, "params": params}));
    }

    /// A notification of ours, which has no payload.
    pub(super) fn notify(&mut self, method: &str) {
        self.line(&json!({"method": method}));
    }

    /// Our answer to a request of the agent; `native` is the id as it came.
    #[expect(clippy::needless_pass_by_value, reason = "payloads are made for the one line")]
    pub(super) fn reply(&mut self, native: &str, result: Value) {
        self.0.lines.push(format!(r#"{{"id":{native},"result":{result}}}"#));
    }

    /// Our refusal of a request of the agent.
    pub(super) fn refuse(&mut self, native: &str, code: i32, message: &str) {
        let error = json!({"code": code, "message": message});
        self.0.lines.push(format!(r#"{{"id":{native},"error":{error}}}"#));
    }

    fn line(&mut self, message: &Value) {
        self.0.lines.push(message.to_string());
    }
}
