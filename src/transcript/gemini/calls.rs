//! The calls of messages: written with them, and again with what came back.

use super::Gemini;
use crate::domain::{CallId, CallPatch, CallStatus, Event, Impact, LaneId};
use crate::shapes::{gemini, look};
use crate::transcript::Out;
use serde_json::Value;

impl Gemini {
    /// A call as a message has it now. `number`: which of the message.
    pub(super) fn call(&mut self, out: &mut Out, message: &str, number: usize, call: &Value) {
        let id = look::owned(call, "id").unwrap_or_else(|| format!("{message}#{number}"));
        let id = CallId(id);
        let tool = look::text(call, "name").unwrap_or("a tool");
        let args = call.get("args").unwrap_or(&Value::Null);
        let known = gemini::known(tool, args, look::text(call, "displayName"));
        let was_done = self.talk.call(&id).is_some_and(|told| told.status == Some(CallStatus::Done));
        self.talk.proposed(out, LaneId::ROOT, &id, known);
        let status = match look::text(call, "status") {
            Some("success") => CallStatus::Done,
            Some("error") => CallStatus::Failed,
            Some("cancelled") => CallStatus::Abandoned,
            Some("executing") => CallStatus::Running,
            _ => CallStatus::Pending,
        };
        let output = gemini::output(call).unwrap_or_default();
        let runs = gemini::impact(tool) == Impact::Execute;
        let exit = gemini::exit(&output).filter(|_| runs && status.is_final());
        // A command that ended badly is told as a call that went well.
        let status =
            if status == CallStatus::Done && exit.is_some_and(|exit| exit != 0) { CallStatus::Failed } else { status };
        let display = call.get("resultDisplay").unwrap_or(&Value::Null);
        let changes = gemini::changed(display).filter(|_| status == CallStatus::Done && !was_done);
        let changes = changes.map(|change| vec![change]);
        let patch = CallPatch { status: Some(status), exit, changes, ..CallPatch::default() };
        self.talk.came_back(out, LaneId::ROOT, &id, output, patch);
        let items = gemini::plan(args).filter(|_| tool == "write_todos" && status == CallStatus::Done && !was_done);
        if let Some(items) = items {
            out.event(LaneId::ROOT, Event::Planned { items });
        }
    }
}
