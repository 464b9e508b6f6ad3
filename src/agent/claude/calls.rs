//! The calls, and what was told of each: named while it streams, proposed with its arguments, asked about, running, over.

use super::look;
use super::out::Out;
use crate::domain::{
    CallId, CallPatch, CallStatus, Completeness, Digest, Event, FileChange, Impact, LaneId, Notice, OutputPart,
};
use crate::shapes::claude::results::{End, How};
use crate::shapes::claude::tools::{self, Known};
use serde_json::Value;
use std::collections::{HashMap, VecDeque};

/// How many calls that are over are remembered.
const KEPT: usize = 256;

/// The calls of the session.
#[derive(Debug, Default)]
pub(super) struct Calls {
    by_id: HashMap<CallId, Call>,
    /// In the order in which they ended.
    over: VecDeque<CallId>,
    /// The calls that began the subagents of lanes.
    parents: HashMap<LaneId, CallId>,
}

/// What is known of a call.
#[derive(Debug, Default)]
pub(super) struct Call {
    lane: LaneId,
    tool: String,
    title: Option<String>,
    status: CallStatus,
    /// Its arguments as they would run: kept while it is not over.
    pub(super) input: Value,
    args_told: Option<Digest>,
    /// The folder it runs in, where the agent said that it is not the session's.
    cwd: Option<String>,
    changes: Vec<FileChange>,
    impact: Impact,
    whole: bool,
    stand: Stand,
    /// The task that it began.
    task: Option<String>,
}

/// What was said about whether it may run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Stand {
    /// Nobody has asked.
    #[default]
    Unasked,
    /// The agent was left to decide by its own rules.
    Left,
    /// It is asked about.
    Asked,
    /// It was allowed, and the agent has not shown that it heard it.
    Allowed,
    /// It runs.
    Runs,
    /// It ran when the turn was interrupted.
    Stopped,
}

impl Calls {
    /// The lane it runs in.
    pub(super) fn lane(&self, id: &CallId) -> LaneId {
        self.by_id.get(id).map_or(LaneId::ROOT, |call| call.lane)
    }

    /// A name for it.
    pub(super) fn name(&self, id: &CallId) -> Option<String> {
        self.by_id.get(id).and_then(|call| call.title.clone())
    }

    /// A call began the subagent of a lane: it caused what happens there.
    pub(super) fn began(&mut self, lane: LaneId, call: &CallId) {
        self.parents.entry(lane).or_insert_with(|| call.clone());
    }

    /// A call that is known.
    pub(super) fn get(&self, id: &CallId) -> Option<&Call> {
        self.by_id.get(id)
    }

    /// The model begins to write a call.
    pub(super) fn named(&mut self, out: &mut Out, lane: LaneId, id: &CallId, tool: &str) {
        if self.by_id.contains_key(id) {
            return;
        }
        let (tool, impact) = (tools::name(tool), tools::impact(tool));
        let call = Call { lane, tool: tool.to_owned(), impact, title: Some(tool.to_owned()), ..Call::default() };
        self.by_id.insert(id.clone(), call);
        let patch = CallPatch {
            tool: Some(tool.to_owned()),
            title: Some(tool.into()),
            impact: Some(impact),
            status: Some(CallStatus::Pending),
            parent: self.parents.get(&lane).cloned(),
            ..CallPatch::default()
        };
        tell(out, lane, id, patch);
    }

    /// The arguments of a call: as the model wrote them, or as they would run. A call may be asked about before the
    /// model's own message of it has come; what was asked about counts.
    pub(super) fn proposed(&mut self, out: &mut Out, lane: LaneId, id: &CallId, tool: &str, input: &Value, cwd: &str) {
        if self.by_id.get(id).is_none_or(|call| call.stand == Stand::Unasked && !call.status.is_final()) {
            self.has_args(out, lane, id, tool, input, cwd);
        }
    }

    fn has_args(&mut self, out: &mut Out, lane: LaneId, id: &CallId, tool: &str, input: &Value, cwd: &str) {
        let tool = tools::name(tool);
        let is_new = !self.by_id.contains_key(id);
        let call = self.by_id.entry(id.clone()).or_insert_with(|| Call { lane, ..Call::default() });
        let known = tools::known(tool, input, cwd);
        let mut patch = CallPatch::default();
        if is_new || call.tool != tool {
            tool.clone_into(&mut call.tool);
            patch.tool = Some(tool.to_owned());
        }
        if is_new || call.impact != known.impact {
            patch.impact = Some(known.impact);
            call.impact = known.impact;
        }
        if is_new {
            patch.status = Some(CallStatus::Pending);
            patch.parent = self.parents.get(&lane).cloned();
        }
        call.whole = tools::is_whole(known.impact, &known);
        let Known { title, command, places, changes, .. } = known;
        if title != call.title {
            patch.title = title.as_deref().map(Into::into);
            call.title = title;
        }
        let text = look::canonical(input);
        let print = look::print_of(&text);
        if call.args_told != Some(print) {
            call.args_told = Some(print);
            call.input = input.clone();
            patch.args = Some(text.into());
            patch.command = command.map(Into::into);
            patch.places = (!places.is_empty()).then_some(places);
            patch.changes = (!changes.is_empty()).then(|| changes.clone());
            call.changes = changes;
        }
        tell(out, call.lane, id, patch);
    }

    /// The folder in which a call would run: the agent's shell stays where the call before it went.
    pub(super) fn runs_in(&mut self, out: &mut Out, id: &CallId, folder: &str, session: &str) {
        let Some(call) = self.by_id.get_mut(id) else { return };
        let is_told = call.cwd.as_deref().unwrap_or(session) == folder;
        if is_told || call.status.is_final() {
            return;
        }
        call.cwd = Some(folder.to_owned());
        let places = tools::known(&call.tool, &call.input, folder).places;
        let told = tools::known(&call.tool, &call.input, session).places;
        let patch = CallPatch {
            cwd: (call.impact == Impact::Execute).then(|| folder.to_owned()),
            places: (places != told).then_some(places),
            ..CallPatch::default()
        };
        tell(out, call.lane, id, patch);
    }

    /// The agent was left to decide about a call by its own rules.
    pub(super) fn left(&mut self, id: &CallId) {
        if let Some(call) = self.by_id.get_mut(id) {
            call.stand = Stand::Left;
        }
    }

    /// A call is asked about, with the arguments that would run.
    pub(super) fn asked(&mut self, out: &mut Out, lane: LaneId, id: &CallId, tool: &str, input: &Value, cwd: &str) {
        self.has_args(out, lane, id, tool, input, cwd);
        if let Some(call) = self.by_id.get_mut(id) {
            call.stand = Stand::Asked;
        }
    }

    /// How much of what it would do is known.
    pub(super) fn completeness(&self, id: &CallId) -> Completeness {
        match self.by_id.get(id) {
            Some(call) if call.whole => Completeness::Whole,
            Some(_) => Completeness::Fragment,
            None => Completeness::TitleOnly,
        }
    }

    /// It was allowed.
    pub(super) fn allowed(&mut self, id: &CallId) {
        if let Some(call) = self.by_id.get_mut(id) {
            call.stand = Stand::Allowed;
        }
    }

    /// The agent has heard the answers so far: what they allowed runs.
    pub(super) fn answered_run(&mut self, out: &mut Out) {
        let mut heard: Vec<CallId> =
            self.by_id.iter().filter(|(_, call)| call.stand == Stand::Allowed).map(|(id, _)| id.clone()).collect();
        heard.sort();
        heard.iter().for_each(|id| self.runs(out, id));
    }

    /// It runs.
    pub(super) fn runs(&mut self, out: &mut Out, id: &CallId) {
        let Some(call) = self.by_id.get_mut(id).filter(|call| call.status == CallStatus::Pending) else { return };
        call.status = CallStatus::Running;
        if call.stand == Stand::Allowed {
            call.stand = Stand::Runs;
        }
        tell(out, call.lane, id, CallPatch { status: Some(CallStatus::Running), ..CallPatch::default() });
    }

    /// The turn was interrupted: what ran then has done a part of its work, whatever the model is told.
    pub(super) fn interrupted(&mut self) {
        let ran = |call: &&mut Call| {
            !call.status.is_final() && matches!(call.stand, Stand::Allowed | Stand::Runs | Stand::Left)
        };
        self.by_id.values_mut().filter(ran).for_each(|call| call.stand = Stand::Stopped);
    }

    /// A call began a task.
    pub(super) fn task_is(&mut self, id: &CallId, task: &str) {
        if let Some(call) = self.by_id.get_mut(id) {
            call.task = Some(task.to_owned());
        }
    }

    /// The task of a call is over: with it a call whose own end was only that it went on behind.
    pub(super) fn task_ended(
        &mut self,
        out: &mut Out,
        id: Option<CallId>,
        task: &str,
        status: CallStatus,
        said: Option<&str>,
    ) {
        let by_task =
            || self.by_id.iter().find(|(_, call)| call.task.as_deref() == Some(task)).map(|(id, _)| id.clone());
        let Some(id) = id.or_else(by_task) else { return };
        let Some(call) = self.by_id.get_mut(&id) else { return };
        let Some(said) = said else { return };
        if call.status == CallStatus::Running && call.stand == Stand::Unasked {
            call.status = status;
            let part = OutputPart::Append(format!("\n{said}").into());
            out.event(call.lane, Event::CallOutput { call: id.clone(), part });
            tell(out, call.lane, &id, CallPatch { status: Some(status), ..CallPatch::default() });
            self.is_over(&id);
        } else if call.impact == Impact::Execute {
            out.note(call.lane, Notice::Info, said);
        }
    }

    /// What came back of a call.
    pub(super) fn ended(&mut self, out: &mut Out, id: &CallId, lane: LaneId, end: End) -> Option<Value> {
        let is_new = !self.by_id.contains_key(id);
        let call = self.by_id.entry(id.clone()).or_insert_with(|| Call { lane, ..Call::default() });
        if call.status.is_final() {
            // Once more: nothing new but what it says.
            return None;
        }
        let mut patch = CallPatch { exit: end.exit, ..CallPatch::default() };
        if is_new {
            patch.title = Some("a call from before".into());
        }
        let never_ran = end.refused && matches!(call.stand, Stand::Unasked | Stand::Left);
        let status = match end.how {
            _ if never_ran => CallStatus::Abandoned,
            How::Behind => CallStatus::Running,
            How::Well => CallStatus::Done,
            How::Badly => CallStatus::Failed,
        };
        if call.stand == Stand::Stopped && status != CallStatus::Done {
            let name = call.title.as_deref().unwrap_or("a call");
            let said = format!(
                "{name}: it ran when you interrupted, and may have done a part of its work, though the model is told that it \
                 was rejected"
            );
            out.note(call.lane, Notice::Warning, said);
        }
        // What was asked about stays what was asked about, to be compared with what is on the disk. Of a call that nobody was
        // asked about, what it did says more than what it meant to do.
        let unasked = matches!(call.stand, Stand::Unasked | Stand::Left);
        if unasked && !end.changes.is_empty() && end.changes != call.changes {
            patch.changes = Some(end.changes);
        }
        if call.status != status {
            call.status = status;
            patch.status = Some(status);
        }
        let (lane, input) = (call.lane, std::mem::take(&mut call.input));
        let part = end.text.map(|text| OutputPart::Replace(text.into()));
        // What never ran has no output: its words come after its end.
        let output = part.map(|part| Event::CallOutput { call: id.clone(), part });
        if never_ran {
            tell(out, lane, id, patch);
            output.into_iter().for_each(|output| out.event(lane, output));
        } else {
            output.into_iter().for_each(|output| out.event(lane, output));
            tell(out, lane, id, patch);
        }
        if status == CallStatus::Running {
            // What follows is told by its task.
            call.stand = Stand::Unasked;
        } else {
            self.is_over(id);
        }
        (status == CallStatus::Done).then_some(input)
    }

    /// Which tool it is.
    pub(super) fn tool(&self, id: &CallId) -> Option<&str> {
        self.by_id.get(id).map(|call| call.tool.as_str())
    }

    /// Calls that will never end by themselves: of one lane, or all. What goes on behind the turn goes on.
    pub(super) fn close(&mut self, out: &mut Out, lane: Option<LaneId>) {
        let open = |call: &Call| {
            let behind = call.status == CallStatus::Running && call.stand == Stand::Unasked;
            !call.status.is_final() && lane.is_none_or(|lane| lane == call.lane && !behind)
        };
        let mut ids: Vec<CallId> = self.by_id.iter().filter(|(_, call)| open(call)).map(|(id, _)| id.clone()).collect();
        ids.sort();
        for id in ids {
            if let Some(call) = self.by_id.get_mut(&id) {
                call.status = CallStatus::Abandoned;
                tell(out, call.lane, &id, CallPatch { status: Some(CallStatus::Abandoned), ..CallPatch::default() });
            }
            self.is_over(&id);
        }
    }

    /// Those that ended long before are forgotten. (Said again, they are told again.)
    fn is_over(&mut self, id: &CallId) {
        if let Some(call) = self.by_id.get_mut(id) {
            (call.input, call.changes) = (Value::Null, Vec::new());
        }
        self.over.push_back(id.clone());
        while self.over.len() > KEPT {
            if let Some(old) = self.over.pop_front() {
                self.by_id.remove(&old);
            }
        }
    }
}

fn tell(out: &mut Out, lane: LaneId, id: &CallId, patch: CallPatch) {
    if patch != CallPatch::default() {
        out.event(lane, Event::Called { call: id.clone(), patch: Box::new(patch) });
    }
}
