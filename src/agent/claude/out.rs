//! What comes of a line: facts and lines, gathered in order.

use super::super::{Fact, Turnout};
use super::look;
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
        self.event(lane, Event::Noted { level, text: look::cut(text.as_ref().trim()).into() });
    }

    /// Something that was not understood.
    pub(super) fn unrecognised(&mut self, lane: LaneId, what: impl Into<String>, raw: &str) {
        self.event(lane, Event::Unrecognised { what: what.into(), raw: look::cut(raw).into() });
    }

    /// A request of ours.
    #[expect(clippy::needless_pass_by_value, reason = "payloads are made for the one line")]
    pub(super) fn request(&mut self, id: &str, request: Value) {
        self.line(&json!({"type": "control_request", "request_id": id, "request": request}));
    }

    /// Our answer to a request of the agent.
    #[expect(clippy::needless_pass_by_value, reason = "payloads are made for the one line")]
    pub(super) fn reply(&mut self, id: &str, response: Value) {
        let response = json!({"subtype": "success", "request_id": id, "response": response});
        self.line(&json!({"type": "control_response", "response": response}));
    }

    /// Our refusal of a request of the agent.
    pub(super) fn refuse(&mut self, id: &str, why: &str) {
        let response = json!({"subtype": "error", "request_id": id, "error": why});
        self.line(&json!({"type": "control_response", "response": response}));
    }

    /// A line for the agent: JSON on one line.
    pub(super) fn line(&mut self, value: &Value) {
        self.0.lines.push(value.to_string());
    }
}
