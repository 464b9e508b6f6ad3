//! Lanes: a subagent's lines stand in a file of its own, among the lines of the session, or are told as progress of a call.

use super::{Claude, Fields, Out, tree};
use crate::domain::{CallId, Event, LaneId};
use crate::shapes::look;
use crate::transcript::Beside;
use serde_json::Value;
use std::collections::HashMap;

/// The lanes that were opened.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    /// The subagent whose own file this is.
    own: Option<String>,
    /// The subagents of the files beside it: their ids, and what is said about them.
    files: Vec<(String, Value)>,
    by_agent: HashMap<String, LaneId>,
    /// Of lines among those of the session: by their uuids.
    by_line: HashMap<u128, LaneId>,
    by_call: HashMap<CallId, LaneId>,
    ended: Vec<LaneId>,
    last: u32,
}

/// What is known of a subagent when its lane opens.
#[derive(Debug, Default)]
struct New {
    native: Option<String>,
    call: Option<CallId>,
    name: Option<String>,
}

impl Lanes {
    pub(super) fn new(name: &str, beside: &[Beside]) -> Self {
        let id = |beside: &Beside| {
            let name = beside.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            name.strip_prefix("agent-").unwrap_or(&name).to_owned()
        };
        let about = |beside: &Beside| serde_json::from_str(&beside.about).unwrap_or_default();
        Self {
            own: name.strip_prefix("agent-").map(str::to_owned),
            files: beside.iter().map(|beside| (id(beside), about(beside))).collect(),
            ..Self::default()
        }
    }

    /// Whether the file is a subagent's own.
    pub(super) fn is_agent(&self) -> bool {
        self.own.is_some()
    }

    /// Whether a subagent has a file of its own: then what is told of it elsewhere is told twice.
    pub(super) fn has_file(&self, agent: &str) -> bool {
        self.files.iter().any(|(id, _)| id == agent)
    }

    fn open(&mut self, out: &mut Out, at: LaneId, new: New) -> LaneId {
        self.last = self.last.saturating_add(1);
        let opened = LaneId(self.last);
        if let Some(call) = &new.call {
            self.by_call.insert(call.clone(), opened);
        }
        let name = new.name.or_else(|| new.native.as_ref().map(|id| format!("subagent {id}")));
        let name = look::cut(name.as_deref().unwrap_or("subagent")).into();
        out.event(at, Event::LaneOpened { opened, native: new.native, name, call: new.call });
        opened
    }

    fn end(&mut self, out: &mut Out, lane: LaneId) {
        if !self.ended.contains(&lane) {
            self.ended.push(lane);
            out.event(LaneId::ROOT, Event::LaneEnded { ended: lane });
        }
    }

    /// What a call began is done with it.
    pub(super) fn end_call(&mut self, out: &mut Out, call: &CallId) -> Option<LaneId> {
        let lane = self.by_call.get(call).copied()?;
        self.end(out, lane);
        Some(lane)
    }

    /// A subagent is done.
    pub(super) fn end_agent(&mut self, out: &mut Out, agent: &str) -> Option<LaneId> {
        let lane = self.by_agent.get(agent).copied()?;
        self.end(out, lane);
        Some(lane)
    }

    /// Everything is over.
    pub(super) fn end_all(&mut self, out: &mut Out) {
        (1..=self.last).for_each(|lane| self.end(out, LaneId(lane)));
    }
}

impl Claude {
    /// The lane of a line; never dropped where nobody knows it.
    pub(super) fn lane_of(&mut self, out: &mut Out, file: usize, entry: &Fields<'_>, uuid: Option<u128>) -> LaneId {
        let beside = file.checked_sub(1).and_then(|file| self.lanes.files.get(file)).map(|(id, _)| id.clone());
        let agent = beside.or_else(|| entry.owned("agentId"));
        if agent.is_some() && agent == self.lanes.own {
            return LaneId::ROOT;
        }
        if let Some(agent) = agent {
            return self.lane_of_agent(out, &agent, None, Some(entry));
        }
        if !entry.is("isSidechain") || self.lanes.is_agent() {
            return LaneId::ROOT;
        }
        let parent = entry.text("parentUuid").map(|parent| tree::key(&parent));
        let known = parent.and_then(|parent| self.lanes.by_line.get(&parent).copied());
        let lane = known.unwrap_or_else(|| {
            let call = self.call_of_prompt(entry);
            self.open_lane(out, New { call, ..New::default() })
        });
        if let Some(uuid) = uuid {
            self.lanes.by_line.insert(uuid, lane);
        }
        lane
    }

    /// The lane of a subagent by its id; opened where it is new.
    pub(super) fn lane_of_agent(
        &mut self,
        out: &mut Out,
        agent: &str,
        call: Option<CallId>,
        entry: Option<&Fields<'_>>,
    ) -> LaneId {
        if let Some(lane) = self.lanes.by_agent.get(agent) {
            return *lane;
        }
        let about = self.lanes.files.iter().find(|(id, _)| id == agent).map(|(_, about)| about.clone());
        let about = about.unwrap_or_default();
        let said = look::owned(&about, "toolUseId").map(CallId).filter(|call| self.calls.has(call));
        let call = call.or(said).or_else(|| entry.and_then(|entry| self.call_of_prompt(entry)));
        let name = look::first_text(&about, &["description", "agentType"]).map(str::to_owned);
        let lane = self.open_lane(out, New { native: Some(agent.to_owned()), call, name });
        self.lanes.by_agent.insert(agent.to_owned(), lane);
        lane
    }

    fn open_lane(&mut self, out: &mut Out, mut new: New) -> LaneId {
        if let Some(lane) = new.call.as_ref().and_then(|call| self.lanes.by_call.get(call)) {
            return *lane;
        }
        new.name = new.name.or_else(|| new.call.as_ref().and_then(|call| self.calls.title(call)));
        let at = new.call.as_ref().map_or(LaneId::ROOT, |call| self.calls.lane(call));
        let call = new.call.clone();
        let lane = self.lanes.open(out, at, new);
        if let Some(call) = call {
            self.calls.began(lane, &call);
        }
        lane
    }

    /// The call that began a subagent: the open one whose prompt is, word for word, the first that the subagent heard.
    fn call_of_prompt(&self, entry: &Fields<'_>) -> Option<CallId> {
        let content = entry.object("message")?.value("content")?;
        let first = content.get(0).and_then(|block| look::text(block, "text"));
        let prompt = content.as_str().or(first)?;
        self.calls.with_prompt(prompt, |call| !self.lanes.by_call.contains_key(call))
    }
}
