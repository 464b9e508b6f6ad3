//! The calls of a session: proposed with their arguments, and come back.

use super::Out;
use crate::domain::{CallId, CallPatch, CallStatus, Event, FileChange, Gate, Impact, LaneId, OutputPart};
use crate::shapes::claude::results::{End, How};
use crate::shapes::claude::tools::{self, Known};
use crate::shapes::look;
use serde_json::Value;
use std::collections::HashMap;

/// The calls that are not over, and which ones there were.
#[derive(Debug, Default)]
pub(super) struct Calls {
    open: HashMap<CallId, Call>,
    /// In the order in which they were proposed.
    order: Vec<CallId>,
    /// Their lanes, for what comes late.
    known: HashMap<CallId, LaneId>,
    /// The calls that began the subagents of lanes.
    parents: HashMap<LaneId, CallId>,
}

#[derive(Debug, Default)]
struct Call {
    lane: LaneId,
    tool: String,
    title: Option<String>,
    input: Value,
    changes: Vec<FileChange>,
    /// The mode in which it was proposed, where that alone lets it run.
    let_by: Option<String>,
    /// It came back, and goes on behind.
    behind: bool,
    /// What was told of its output while it ran: as it stands in the line.
    so_far: Option<String>,
}

/// A call as it is proposed.
#[derive(Debug)]
pub(super) struct Proposed<'p> {
    pub(super) id: CallId,
    pub(super) tool: &'p str,
    pub(super) input: Value,
    /// Where the agent works now, and where its session works.
    pub(super) cwd: &'p str,
    pub(super) home: &'p str,
    pub(super) mode: Option<&'p str>,
}

impl Calls {
    pub(super) fn has(&self, id: &CallId) -> bool {
        self.known.contains_key(id)
    }

    pub(super) fn lane(&self, id: &CallId) -> LaneId {
        self.known.get(id).copied().unwrap_or_default()
    }

    pub(super) fn title(&self, id: &CallId) -> Option<String> {
        self.open.get(id).and_then(|call| call.title.clone())
    }

    pub(super) fn tool(&self, id: &CallId) -> &str {
        self.open.get(id).map_or("", |call| call.tool.as_str())
    }

    /// Whether calls of a lane have not come back.
    pub(super) fn waits(&self, lane: LaneId) -> bool {
        self.open.values().any(|call| call.lane == lane && !call.behind)
    }

    pub(super) fn began(&mut self, lane: LaneId, call: &CallId) {
        self.parents.entry(lane).or_insert_with(|| call.clone());
    }

    /// The first open call that gave a subagent this prompt.
    pub(super) fn with_prompt(&self, prompt: &str, is_free: impl Fn(&CallId) -> bool) -> Option<CallId> {
        let fits = |id: &&CallId| {
            let call = self.open.get(*id).filter(|call| call.tool == "Agent");
            call.is_some_and(|call| look::text(&call.input, "prompt") == Some(prompt)) && is_free(id)
        };
        self.order.iter().find(fits).cloned()
    }

    /// The model proposes a call.
    pub(super) fn proposed(&mut self, out: &mut Out, lane: LaneId, new: Proposed<'_>) {
        let Proposed { id, tool, input, cwd, home, mode } = new;
        let tool = tools::name(tool);
        let Known { title, impact, command, places, changes } = tools::known(tool, &input, cwd);
        let let_by = mode.filter(|mode| match *mode {
            "bypassPermissions" | "auto" | "dontAsk" => true,
            "acceptEdits" => impact == Impact::Edit,
            _ => false,
        });
        let patch = CallPatch {
            tool: Some(tool.to_owned()),
            title: title.as_deref().map(Into::into),
            impact: Some(impact),
            status: Some(CallStatus::Pending),
            args: Some(look::canonical(&input).into()),
            command: command.map(Into::into),
            cwd: (impact == Impact::Execute && cwd != home).then(|| cwd.to_owned()),
            places: (!places.is_empty()).then_some(places),
            changes: (!changes.is_empty()).then(|| changes.clone()),
            parent: self.parents.get(&lane).cloned(),
            exit: None,
        };
        out.event(lane, Event::Called { call: id.clone(), patch: Box::new(patch) });
        let let_by = let_by.map(str::to_owned);
        let tool = tool.to_owned();
        let call = Call { lane, tool, title, input, changes, let_by, ..Call::default() };
        self.known.insert(id.clone(), lane);
        if self.open.insert(id.clone(), call).is_none() {
            self.order.push(id);
        }
    }

    /// What it has written so far: text in JSON.
    pub(super) fn so_far(&mut self, id: &CallId, output: &str) {
        if let Some(call) = self.open.get_mut(id) {
            call.so_far = Some(output.to_owned());
        }
    }

    /// What came back of a call; its arguments, where it went well.
    pub(super) fn ended(&mut self, out: &mut Out, lane: LaneId, id: &CallId, end: End) -> Option<Value> {
        let known = self.open.remove(id);
        let is_late = known.is_none() && self.has(id);
        let call =
            known.unwrap_or_else(|| Call { lane: self.known.get(id).copied().unwrap_or(lane), ..Call::default() });
        let mut patch = CallPatch { exit: end.exit, ..CallPatch::default() };
        if !self.has(id) {
            patch.title = Some("a call from before".into());
            self.known.insert(id.clone(), lane);
        }
        let status = match end.how {
            _ if end.refused => CallStatus::Abandoned,
            How::Behind => CallStatus::Running,
            How::Well => CallStatus::Done,
            How::Badly => CallStatus::Failed,
        };
        if !is_late {
            patch.status = Some(status);
        }
        if !end.changes.is_empty() && end.changes != call.changes {
            patch.changes = Some(end.changes);
        }
        if let Some(mode) = call.let_by.as_ref().filter(|_| !end.refused) {
            out.event(call.lane, Event::CallGated { call: id.clone(), gate: Gate::AgentMode(mode.clone()) });
        }
        let output = end.text.map(|text| OutputPart::Replace(text.into()));
        let output = output.map(|part| Event::CallOutput { call: id.clone(), part });
        let patched =
            (patch != CallPatch::default()).then(|| Event::Called { call: id.clone(), patch: Box::new(patch) });
        // What never ran has no output: its words come after its end.
        let (first, second) = if end.refused { (patched, output) } else { (output, patched) };
        [first, second].into_iter().flatten().for_each(|event| out.event(call.lane, event));
        if status == CallStatus::Running {
            let input = call.input.clone();
            self.open.insert(id.clone(), Call { behind: true, so_far: None, ..call });
            return Some(input);
        }
        self.order.retain(|other| other != id);
        (status == CallStatus::Done).then_some(call.input)
    }

    /// What went on behind a call is over.
    pub(super) fn behind_ended(&mut self, out: &mut Out, id: &CallId, status: CallStatus, said: &str) -> bool {
        let Some(call) = self.open.remove(id) else { return false };
        self.order.retain(|other| other != id);
        let part = OutputPart::Append(format!("\n{said}").into());
        out.event(call.lane, Event::CallOutput { call: id.clone(), part });
        let patch = Box::new(CallPatch { status: Some(status), ..CallPatch::default() });
        out.event(call.lane, Event::Called { call: id.clone(), patch });
        true
    }

    /// Calls that will never come back: of one lane, but for what goes on behind; or all.
    pub(super) fn close(&mut self, out: &mut Out, lane: Option<LaneId>) {
        let (open, order) = (&mut self.open, &mut self.order);
        order.retain(|id| {
            let closes = |call: &Call| lane.is_none_or(|lane| lane == call.lane && !call.behind);
            if !open.get(id).is_some_and(closes) {
                return true;
            }
            if let Some(call) = open.remove(id) {
                let so_far = call.so_far.and_then(|text| serde_json::from_str::<String>(&text).ok());
                if let Some(text) = so_far.filter(|text| !text.is_empty()) {
                    let part = OutputPart::Replace(text.into());
                    out.event(call.lane, Event::CallOutput { call: id.clone(), part });
                }
                let patch = Box::new(CallPatch { status: Some(CallStatus::Abandoned), ..CallPatch::default() });
                out.event(call.lane, Event::Called { call: id.clone(), patch });
            }
            false
        });
    }
}
