//! The calls of a session: proposed, told more of, and come back.

use super::Codex;
use crate::domain::{CallId, CallPatch, CallStatus, Event, Gate, Impact, LaneId, OutputPart};
use crate::shapes::codex::results::Came;
use crate::shapes::codex::tools::{self, Known};
use crate::transcript::Out;
use std::collections::HashMap;

/// The calls so far.
#[derive(Debug, Default)]
pub(super) struct Calls {
    known: HashMap<CallId, Call>,
    /// Those that are open, in the order in which they were proposed.
    open: Vec<CallId>,
    /// Two threads may use one name, and one thread a name twice: the newest call of a name.
    names: HashMap<(LaneId, String), CallId>,
    /// How often a name was used again.
    again: u32,
}

#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
struct Call {
    lane: LaneId,
    told: CallPatch,
    escalated: bool,
    /// Its whole output was told.
    whole: bool,
    /// It came back and its command goes on: the name by which it is spoken to.
    behind: Option<String>,
    /// A subagent was begun by it.
    began: bool,
    /// How it came to run was told.
    gated: bool,
}

impl Call {
    fn is_over(&self) -> bool {
        self.told.status.is_some_and(CallStatus::is_final)
    }
}

/// The end of a call, as something tells it.
#[derive(Debug, Default)]
pub(super) struct End {
    pub(super) patch: CallPatch,
    /// Its whole output.
    pub(super) output: Option<String>,
    /// It never ran.
    pub(super) refused: bool,
}

impl Calls {
    pub(super) fn id(&self, lane: LaneId, name: &str) -> Option<&CallId> {
        self.names.get(&(lane, name.to_owned()))
    }

    pub(super) fn tool(&self, lane: LaneId, name: &str) -> Option<&str> {
        let id = self.id(lane, name)?;
        self.known.get(id).and_then(|call| call.told.tool.as_deref())
    }

    pub(super) fn args(&self, lane: LaneId, name: &str) -> Option<&str> {
        let call = self.known.get(self.id(lane, name)?)?;
        call.told.args.as_ref().and_then(|args| args.inline())
    }

    /// Whether calls of a lane have not come back.
    pub(super) fn waits(&self, lane: LaneId) -> bool {
        let waits = |id: &CallId| self.known.get(id).is_some_and(|call| call.lane == lane && call.behind.is_none());
        self.open.iter().any(waits)
    }

    /// The first call that begins a subagent and has begun none yet.
    pub(super) fn spawning(&self) -> Option<(LaneId, CallId)> {
        let spawns = |id: &&CallId| {
            let call = self.known.get(*id);
            call.is_some_and(|call| !call.began && call.told.tool.as_deref() == Some("spawn_agent"))
        };
        let id = self.open.iter().find(spawns)?;
        Some((self.known.get(id)?.lane, id.clone()))
    }

    pub(super) fn began(&mut self, id: &CallId) {
        if let Some(call) = self.known.get_mut(id) {
            call.began = true;
        }
    }

    /// The open call of a script, in which other calls run.
    pub(super) fn script(&self, lane: LaneId) -> Option<CallId> {
        let is = |id: &&CallId| {
            let call = self.known.get(*id);
            call.is_some_and(|call| call.lane == lane && call.told.tool.as_deref() == Some("exec"))
        };
        self.open.iter().rev().find(is).cloned()
    }

    fn fresh(&mut self, name: &str) -> CallId {
        let plain = CallId(name.to_owned());
        if !self.known.contains_key(&plain) {
            return plain;
        }
        loop {
            self.again += 1;
            let id = CallId(format!("{name}#{}", self.again + 1));
            if !self.known.contains_key(&id) {
                return id;
            }
        }
    }

    /// The model proposes a call.
    pub(super) fn proposed(&mut self, out: &mut Out, lane: LaneId, name: &str, known: Known) -> CallId {
        // Of a name that was there, and is over or says something else, it is another one.
        let same = self.id(lane, name).cloned().filter(|id| {
            self.known
                .get(id)
                .is_some_and(|call| !call.is_over() && (call.told.args.is_none() || call.told.args == known.patch.args))
        });
        let id = same.unwrap_or_else(|| self.fresh(name));
        self.names.insert((lane, name.to_owned()), id.clone());
        if !self.known.contains_key(&id) {
            self.open.push(id.clone());
        }
        let call = self.known.entry(id.clone()).or_insert_with(|| Call { lane, ..Call::default() });
        call.escalated |= known.escalated;
        let mut patch = known.patch;
        patch.status = patch.status.or_else(|| call.told.status.is_none().then_some(CallStatus::Pending));
        tell(out, &id, call, patch);
        id
    }

    /// More of a call, or all of it where nothing was known.
    pub(super) fn ends(&mut self, out: &mut Out, lane: LaneId, name: &str, end: End, policy: Option<&str>) {
        let id = if let Some(id) = self.id(lane, name).cloned() {
            id
        } else {
            let title = end.patch.title.clone().or_else(|| Some("a call from before".into()));
            let patch = CallPatch { title, status: None, exit: None, ..end.patch.clone() };
            self.proposed(out, lane, name, Known { patch, escalated: true })
        };
        let Some(call) = self.known.get_mut(&id) else { return };
        let End { mut patch, output, refused } = end;
        let was_over = call.is_over();
        if refused {
            patch.status = Some(CallStatus::Abandoned);
        }
        if call.told.status == Some(CallStatus::Abandoned) {
            // It was given up, or refused: what comes late says how it looked then.
            patch.status = None;
        }
        if patch.status.is_some_and(|status| status != CallStatus::Abandoned) && !was_over && !call.gated {
            let impact = call.told.impact.unwrap_or_default();
            if let Some(gate) = gate(policy, call.escalated, impact) {
                call.gated = true;
                out.event(call.lane, Event::CallGated { call: id.clone(), gate: Gate::AgentMode(gate) });
            }
        }
        let output = output.filter(|_| !std::mem::replace(&mut call.whole, true));
        let output = output.filter(|text| !text.is_empty());
        let said = output.map(|text| Event::CallOutput { call: id.clone(), part: OutputPart::Replace(text.into()) });
        let lane = call.lane;
        // What never ran has no output: its words come after its end.
        match said {
            Some(said) if refused => {
                tell(out, &id, call, patch);
                out.event(lane, said);
            }
            said => {
                said.into_iter().for_each(|said| out.event(lane, said));
                tell(out, &id, call, patch);
            }
        }
        if call.is_over() {
            // Nobody asks about it any more: its long texts need not be kept.
            (call.told.args, call.told.changes, call.told.command) = (None, None, None);
            call.behind = None;
            self.open.retain(|other| *other != id);
        }
    }

    /// Its command goes on behind: what there is of its output so far.
    pub(super) fn goes_on(&mut self, out: &mut Out, lane: LaneId, name: &str, came: Came) {
        let Some(id) = self.id(lane, name).cloned() else { return };
        let Some(call) = self.known.get_mut(&id).filter(|call| !call.is_over()) else { return };
        call.behind = came.behind;
        let lane = call.lane;
        if !came.text.is_empty() && !call.whole {
            let part = OutputPart::Append(came.text.into());
            out.event(lane, Event::CallOutput { call: id.clone(), part });
        }
        tell(out, &id, call, CallPatch { status: Some(CallStatus::Running), ..CallPatch::default() });
    }

    /// More of what a command that goes on writes, as a later call saw it; and its end, where it has ended.
    pub(super) fn went_on(&mut self, out: &mut Out, lane: LaneId, session: &str, came: &Came) {
        let is = |(_, call): &(&CallId, &mut Call)| call.lane == lane && call.behind.as_deref() == Some(session);
        let Some((id, call)) = self.known.iter_mut().find(is) else { return };
        let id = id.clone();
        if !came.text.is_empty() && !call.whole {
            let part = OutputPart::Append(came.text.clone().into());
            out.event(lane, Event::CallOutput { call: id.clone(), part });
        }
        if let Some(exit) = came.exit {
            let patch = CallPatch { status: Some(status_of(exit)), exit: Some(exit), ..CallPatch::default() };
            tell(out, &id, call, patch);
            call.behind = None;
            self.open.retain(|other| *other != id);
        }
    }

    /// Calls that will never come back: of one lane, but for what goes on behind; or all.
    pub(super) fn close(&mut self, out: &mut Out, lane: Option<LaneId>) {
        let closes = |call: &Call| lane.is_none_or(|lane| lane == call.lane && call.behind.is_none());
        let known = &mut self.known;
        self.open.retain(|id| {
            let Some(call) = known.get_mut(id).filter(|call| closes(call)) else { return true };
            tell(out, id, call, CallPatch { status: Some(CallStatus::Abandoned), ..CallPatch::default() });
            false
        });
    }
}

fn tell(out: &mut Out, id: &CallId, call: &mut Call, patch: CallPatch) {
    let patch = call.told.news(patch);
    if patch != CallPatch::default() {
        out.event(call.lane, Event::Called { call: id.clone(), patch: Box::new(patch) });
    }
}

/// What an exit code says of a command.
pub(super) fn status_of(exit: i32) -> CallStatus {
    if exit == 0 { CallStatus::Done } else { CallStatus::Failed }
}

/// How a call came to run, where the agent's own settings say it: approvals are not recorded.
fn gate(policy: Option<&str>, escalated: bool, impact: Impact) -> Option<String> {
    match (policy?, impact) {
        (_, Impact::Read | Impact::Think) => None,
        ("full-access", _) => Some("full-access".to_owned()),
        (policy, _) if policy.starts_with("never") => Some(policy.to_owned()),
        (_, Impact::Execute) if !escalated => Some("its sandbox or its own rules let it run".to_owned()),
        _ => None,
    }
}

impl Codex {
    /// A call came back.
    pub(super) fn came_back(&mut self, out: &mut Out, lane: LaneId, name: &str, came: Came) {
        let tool = self.calls.tool(lane, name).unwrap_or_default().to_owned();
        let args = self.calls.args(lane, name).and_then(|args| serde_json::from_str::<serde_json::Value>(args).ok());
        if tool == "write_stdin" {
            let session = args.as_ref().and_then(|args| args.get("session_id"));
            let session = session.map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
            if let Some(session) = session {
                self.calls.went_on(out, lane, &session, &came);
            }
        } else if came.behind.is_some() {
            return self.calls.goes_on(out, lane, name, came);
        }
        let well = !came.failed && !came.refused && !came.stopped;
        if tool == "update_plan" && well {
            let items = args.as_ref().map(tools::plan).unwrap_or_default();
            out.event(lane, Event::Planned { items });
        }
        if tool == "spawn_agent" && well {
            self.spawned(out, lane, name, &came.text);
        }
        let exit = came.exit.filter(|_| tool != "write_stdin" && tool != "apply_patch");
        let status = match came.exit {
            _ if came.stopped => CallStatus::Abandoned,
            _ if came.failed => CallStatus::Failed,
            Some(exit) if tool != "write_stdin" => status_of(exit),
            _ => CallStatus::Done,
        };
        let patch = CallPatch { status: Some(status), exit, ..CallPatch::default() };
        let end = End { patch, output: Some(came.text), refused: came.refused };
        self.calls.ends(out, lane, name, end, self.policy.as_deref());
    }
}
