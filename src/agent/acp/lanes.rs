//! Lanes: subagents, by the call that runs them or by a native session of their own.

use super::Acp;
use super::look;
use super::news;
use super::out::Out;
use crate::domain::{CallId, Event, LaneId, Text};
use serde_json::Value;
use std::collections::HashMap;

/// The lanes that were opened.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    by_session: HashMap<String, LaneId>,
    by_call: HashMap<CallId, LaneId>,
    ended: Vec<LaneId>,
    last: u32,
}

impl Lanes {
    fn next(&mut self) -> LaneId {
        self.last = self.last.saturating_add(1);
        LaneId(self.last)
    }

    /// The call is over, and with it the lane that it ran.
    pub(super) fn end_of(&mut self, out: &mut Out, call: &CallId) {
        if let Some(&lane) = self.by_call.get(call) {
            self.end(out, lane);
        }
    }

    /// The subagent of a native session is over.
    pub(super) fn end_session(&mut self, out: &mut Out, session: &str) {
        if let Some(&lane) = self.by_session.get(session) {
            self.end(out, lane);
        }
    }

    /// Everything is over.
    pub(super) fn end_all(&mut self, out: &mut Out) {
        let mut lanes: Vec<_> = self.by_session.values().chain(self.by_call.values()).copied().collect();
        lanes.sort_unstable();
        for lane in lanes {
            self.end(out, lane);
        }
    }

    fn end(&mut self, out: &mut Out, lane: LaneId) {
        if !self.ended.contains(&lane) {
            self.ended.push(lane);
            out.root(Event::LaneEnded { ended: lane });
        }
    }
}

impl Acp {
    /// The lane of a native session: ours is the root, any other is a lane of its own, never dropped.
    pub(super) fn lane_of_session(&mut self, out: &mut Out, session: Option<&str>, name: Option<&str>) -> LaneId {
        let Some(session) = session else { return LaneId::ROOT };
        // Before our own session has its id, what is said is said of it (goose reports usage first).
        if self.session.as_deref().is_none_or(|own| own == session) {
            return LaneId::ROOT;
        }
        if let Some(&lane) = self.lanes.by_session.get(session) {
            return lane;
        }
        let lane = self.lanes.next();
        self.lanes.by_session.insert(session.to_owned(), lane);
        let name = name.map_or_else(|| Text::from(format!("session {session}")), Text::from);
        out.root(Event::LaneOpened { opened: lane, native: Some(session.to_owned()), name, call: None });
        lane
    }

    /// The lane of an update: that of the call which its `_meta` names as its parent, else that of its session.
    pub(super) fn lane_of(&mut self, out: &mut Out, session: Option<&str>, update: &Value) -> LaneId {
        let lane = self.lane_of_session(out, session, None);
        let Some(native) = update.get("_meta").and_then(news::parent) else { return lane };
        let parent = self.calls.id(session, &native.0);
        if let Some(&lane) = self.lanes.by_call.get(&parent) {
            return lane;
        }
        let call = self.calls.get(&parent);
        let lane = call.map_or(lane, |call| call.lane);
        let name = call.and_then(|call| call.name()).unwrap_or("subagent").to_owned();
        let opened = self.lanes.next();
        self.lanes.by_call.insert(parent.clone(), opened);
        let native = Some(parent.0.clone());
        out.event(lane, Event::LaneOpened { opened, native, name: look::cut(&name).into(), call: Some(parent) });
        opened
    }
}
