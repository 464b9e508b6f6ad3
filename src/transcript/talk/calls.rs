//! Calls: told when they are proposed, and again whenever there is more of them.

use super::Talk;
use crate::domain::{CallId, CallPatch, CallStatus, Event, LaneId, OutputPart};
use crate::transcript::Out;
use crate::transcript::key::key;
use std::collections::HashMap;

/// The calls so far.
#[derive(Debug, Default)]
pub(super) struct Calls {
    told: HashMap<CallId, Known>,
    open: Vec<CallId>,
}

/// What was told of a call.
#[derive(Debug, Default)]
struct Known {
    lane: LaneId,
    patch: CallPatch,
    output: Option<u128>,
}

impl Talk {
    /// What was told of a call; nothing where it is not known.
    pub(in crate::transcript) fn call(&self, id: &CallId) -> Option<&CallPatch> {
        self.calls.told.get(id).map(|known| &known.patch)
    }

    /// The lane of a call.
    pub(in crate::transcript) fn lane_of_call(&self, id: &CallId) -> LaneId {
        self.calls.told.get(id).map(|known| known.lane).unwrap_or_default()
    }

    /// Something is known of a call: what of it is new is told, in the lane in which it was proposed.
    pub(in crate::transcript) fn called(&mut self, out: &mut Out, lane: LaneId, id: &CallId, patch: CallPatch) {
        let calls = &mut self.calls;
        let known = calls.told.entry(id.clone()).or_insert_with(|| {
            calls.open.push(id.clone());
            Known { lane, ..Known::default() }
        });
        let patch = known.patch.news(patch);
        if patch != CallPatch::default() {
            out.event(known.lane, Event::Called { call: id.clone(), patch: Box::new(patch) });
        }
        if known.patch.status.is_some_and(CallStatus::is_final) {
            calls.open.retain(|other| other != id);
            // What it was given need not be remembered any more: it is told once.
            let CallPatch { tool, impact, status, exit, .. } = std::mem::take(&mut known.patch);
            known.patch = CallPatch { tool, impact, status, exit, ..CallPatch::default() };
        }
    }

    /// A call is proposed, unless it was before.
    pub(in crate::transcript) fn proposed(&mut self, out: &mut Out, lane: LaneId, id: &CallId, known: CallPatch) {
        if !self.calls.told.contains_key(id) {
            self.called(out, lane, id, CallPatch { status: Some(CallStatus::Pending), ..known });
        }
    }

    /// What a call has written, as a whole.
    pub(in crate::transcript) fn wrote(&mut self, out: &mut Out, id: &CallId, text: String) {
        let Some(known) = self.calls.told.get_mut(id).filter(|_| !text.is_empty()) else { return };
        let print = Some(key(&text));
        if known.output != print {
            known.output = print;
            out.event(known.lane, Event::CallOutput { call: id.clone(), part: OutputPart::Replace(text.into()) });
        }
    }

    /// A call is over: what it wrote, and how it ended. One that nobody proposed is one from before.
    pub(in crate::transcript) fn came_back(
        &mut self,
        out: &mut Out,
        lane: LaneId,
        id: &CallId,
        text: String,
        patch: CallPatch,
    ) {
        if !self.calls.told.contains_key(id) {
            let tool = patch.tool.clone();
            let known = CallPatch { title: Some("a call from before".into()), tool, ..CallPatch::default() };
            self.called(out, lane, id, known);
        }
        // What never ran has no output: its words come after its end.
        if patch.status == Some(CallStatus::Abandoned) {
            self.called(out, lane, id, patch);
            self.wrote(out, id, text);
        } else {
            self.wrote(out, id, text);
            self.called(out, lane, id, patch);
        }
    }

    /// Calls that will never come back, of one lane or of all; whether there were any.
    pub(in crate::transcript) fn close(&mut self, out: &mut Out, lane: Option<LaneId>) -> bool {
        let of = |id: &CallId| lane.is_none_or(|lane| self.lane_of_call(id) == lane);
        let open: Vec<CallId> = self.calls.open.iter().filter(|id| of(id)).cloned().collect();
        for id in &open {
            let patch = CallPatch { status: Some(CallStatus::Abandoned), ..CallPatch::default() };
            self.called(out, LaneId::ROOT, id, patch);
        }
        !open.is_empty()
    }
}
