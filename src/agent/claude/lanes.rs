//! Lanes: subagents, by the task that runs them and by the call that began them.

use super::out::Out;
use super::{Claude, look};
use crate::domain::{CallId, Event, LaneId, Text};
use serde_json::Value;
use std::collections::HashMap;

/// The lanes that were opened.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    by_task: HashMap<String, LaneId>,
    by_call: HashMap<CallId, LaneId>,
    ended: Vec<LaneId>,
    last: u32,
}

impl Lanes {
    /// The lane of a task; opened where it is new.
    pub(super) fn of_task(
        &mut self,
        out: &mut Out,
        at: LaneId,
        task: &str,
        call: Option<CallId>,
        name: &str,
    ) -> LaneId {
        if let Some(&lane) = self.by_task.get(task) {
            return lane;
        }
        let known = call.as_ref().and_then(|call| self.by_call.get(call).copied());
        let lane = known.unwrap_or_else(|| self.open(out, at, Some(task.to_owned()), call, name));
        self.by_task.insert(task.to_owned(), lane);
        lane
    }

    /// The lane of what a call of this id began; opened where it is new.
    pub(super) fn of_call(&mut self, out: &mut Out, at: LaneId, call: &CallId, name: &str) -> LaneId {
        match self.by_call.get(call) {
            Some(&lane) => lane,
            None => self.open(out, at, None, Some(call.clone()), name),
        }
    }

    fn open(&mut self, out: &mut Out, at: LaneId, native: Option<String>, call: Option<CallId>, name: &str) -> LaneId {
        self.last = self.last.saturating_add(1);
        let opened = LaneId(self.last);
        if let Some(call) = &call {
            self.by_call.insert(call.clone(), opened);
        }
        out.event(at, Event::LaneOpened { opened, native, name: Text::from(look::cut(name)), call });
        opened
    }

    /// The subagent of a task is done: its lane, where it had one that was open.
    pub(super) fn end_task(&mut self, out: &mut Out, task: &str) -> Option<LaneId> {
        let lane = *self.by_task.get(task)?;
        self.end(out, lane).then_some(lane)
    }

    /// What a call began is done with it, where nothing tells of it as a task.
    pub(super) fn end_call(&mut self, out: &mut Out, call: &CallId) {
        if let Some(&lane) = self.by_call.get(call)
            && !self.by_task.values().any(|other| *other == lane)
        {
            self.end(out, lane);
        }
    }

    /// Everything is over.
    pub(super) fn end_all(&mut self, out: &mut Out) {
        for lane in 1..=self.last {
            self.end(out, LaneId(lane));
        }
    }

    fn end(&mut self, out: &mut Out, lane: LaneId) -> bool {
        let fresh = !self.ended.contains(&lane);
        if fresh {
            self.ended.push(lane);
            out.root(Event::LaneEnded { ended: lane });
        }
        fresh
    }
}

impl Claude {
    /// The lane of a message: that of its subagent, by either name of it; never dropped where nobody knows it.
    pub(super) fn lane_of(&mut self, out: &mut Out, message: &Value) -> LaneId {
        let agent = look::text(message, "agent_id");
        let parent = look::owned(message, "parent_tool_use_id").map(CallId);
        self.lane_by(out, agent, parent, message)
    }

    /// The same by the ids themselves.
    pub(super) fn lane_by(
        &mut self,
        out: &mut Out,
        agent: Option<&str>,
        parent: Option<CallId>,
        said: &Value,
    ) -> LaneId {
        let at = parent.as_ref().map_or(LaneId::ROOT, |call| self.calls.lane(call));
        let words = look::first_text(said, &["task_description", "subagent_type", "agent_type"]);
        let lane = match (agent.filter(|agent| !agent.is_empty()), &parent) {
            (Some(agent), parent) => {
                let name = words.map_or_else(|| format!("subagent {agent}"), str::to_owned);
                self.lanes.of_task(out, at, agent, parent.clone(), &name)
            }
            (None, Some(call)) => {
                let name = words.map(str::to_owned).or_else(|| self.calls.name(call));
                self.lanes.of_call(out, at, call, name.as_deref().unwrap_or("subagent"))
            }
            (None, None) => LaneId::ROOT,
        };
        if let Some(call) = parent.filter(|_| lane != LaneId::ROOT) {
            self.calls.began(lane, &call);
        }
        lane
    }
}
