//! Lanes: what a subagent does is told in one of its own.

use super::Talk;
use crate::domain::{CallId, Event, LaneId};
use crate::shapes::look;
use crate::transcript::Out;
use std::collections::{HashMap, HashSet};

/// The lanes that were opened, by the tool's own names of them.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    by_name: HashMap<String, LaneId>,
    ended: HashSet<LaneId>,
    last: u32,
}

impl Talk {
    /// The lane of this name, where there is one.
    pub(in crate::transcript) fn lane(&self, native: &str) -> Option<LaneId> {
        self.lanes.by_name.get(native).copied()
    }

    /// A lane of this name; the one that there is, where there is one.
    pub(in crate::transcript) fn lane_opens(
        &mut self,
        out: &mut Out,
        native: &str,
        name: Option<String>,
        call: Option<CallId>,
    ) -> LaneId {
        if let Some(lane) = self.lane(native) {
            return lane;
        }
        self.lanes.last = self.lanes.last.saturating_add(1);
        let opened = LaneId(self.lanes.last);
        self.lanes.by_name.insert(native.to_owned(), opened);
        let name = name.filter(|name| !name.is_empty());
        let name = name.unwrap_or_else(|| format!("subagent {}", native.chars().take(8).collect::<String>()));
        let call = call.filter(|call| self.call(call).is_some());
        let at = call.as_ref().map_or(LaneId::ROOT, |call| self.lane_of_call(call));
        let native = Some(native.to_owned());
        out.event(at, Event::LaneOpened { opened, native, name: look::cut(&name).into(), call });
        opened
    }

    /// A subagent is done.
    pub(in crate::transcript) fn lane_ends(&mut self, out: &mut Out, lane: LaneId) {
        if lane != LaneId::ROOT && self.lanes.ended.insert(lane) {
            self.close(out, Some(lane));
            out.event(LaneId::ROOT, Event::LaneEnded { ended: lane });
        }
    }

    /// All of them are.
    pub(super) fn lanes_end(&mut self, out: &mut Out) {
        (1..=self.lanes.last).for_each(|lane| self.lane_ends(out, LaneId(lane)));
    }
}
