//! The calls of messages: written with them, and again with what came back.

use super::Gemini;
use crate::domain::{CallId, CallPatch, CallStatus, Event, Impact, LaneId, OutputPart};
use crate::shapes::{gemini, look};
use crate::transcript::Out;
use serde_json::Value;
use std::collections::HashMap;

/// The calls so far.
#[derive(Debug, Default)]
pub(super) struct Calls {
    told: HashMap<CallId, CallPatch>,
    output: HashMap<CallId, u128>,
    open: Vec<CallId>,
}

impl Calls {
    fn tell(&mut self, out: &mut Out, id: &CallId, patch: CallPatch) {
        let told = self.told.entry(id.clone()).or_insert_with(|| {
            self.open.push(id.clone());
            CallPatch::default()
        });
        let patch = told.news(patch);
        if patch != CallPatch::default() {
            out.event(LaneId::ROOT, Event::Called { call: id.clone(), patch: Box::new(patch) });
        }
        if self.told.get(id).and_then(|told| told.status).is_some_and(CallStatus::is_final) {
            self.open.retain(|other| other != id);
        }
    }

    fn wrote(&mut self, out: &mut Out, id: &CallId, text: String) {
        let print = crate::transcript::key::key(&text);
        if !text.is_empty() && self.output.insert(id.clone(), print) != Some(print) {
            out.event(LaneId::ROOT, Event::CallOutput { call: id.clone(), part: OutputPart::Replace(text.into()) });
        }
    }

    /// Calls that will never come back; whether there were any.
    pub(super) fn close(&mut self, out: &mut Out) -> bool {
        let open = std::mem::take(&mut self.open);
        for id in &open {
            self.tell(out, id, CallPatch { status: Some(CallStatus::Abandoned), ..CallPatch::default() });
        }
        !open.is_empty()
    }
}

impl Gemini {
    /// A call as a message has it now. `number`: which of the message.
    pub(super) fn call(&mut self, out: &mut Out, message: &str, number: usize, call: &Value) {
        let id = look::owned(call, "id").unwrap_or_else(|| format!("{message}#{number}"));
        let id = CallId(id);
        let tool = look::text(call, "name").unwrap_or("a tool");
        let args = call.get("args").unwrap_or(&Value::Null);
        let is_new = !self.calls.told.contains_key(&id);
        let known = gemini::known(tool, args, look::text(call, "displayName"));
        if is_new {
            self.calls.tell(out, &id, CallPatch { status: Some(CallStatus::Pending), ..known });
        }
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
        let changes = gemini::changed(display).filter(|_| status == CallStatus::Done).map(|change| vec![change]);
        let patch = CallPatch { status: Some(status), exit, changes, ..CallPatch::default() };
        // What never ran has no output: its words come after its end.
        if status == CallStatus::Abandoned {
            self.calls.tell(out, &id, patch);
            self.calls.wrote(out, &id, output);
        } else {
            self.calls.wrote(out, &id, output);
            let was_done = self.calls.told.get(&id).is_some_and(|told| told.status == Some(CallStatus::Done));
            self.calls.tell(out, &id, patch);
            let items = gemini::plan(args).filter(|_| tool == "write_todos" && status == CallStatus::Done && !was_done);
            if let Some(items) = items {
                out.event(LaneId::ROOT, Event::Planned { items });
            }
        }
    }
}
