//! How the console stood when it was left: the next one stands the same.
//!
//! What was being read and selected comes back; what was being asked (menus, lists, questions) does not. A card comes back
//! unread, as every card that opens: it has to be painted whole and dwelt on anew before a key decides.

use super::app::{App, Focus, Grid};
use super::diffs::{Long, Manner};
use super::fleet::{Filter, Sort};
use super::numbers::Numbers;
use super::pane::{Anchor, PaneUi, Rest};
use super::queue::Drawer;
use crate::diff::Layout;
use crate::domain::{LaneId, RequestId, SessionId};
use crate::state::Session;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Folded rows are kept of so many entries of a session, the newest ones.
const FOLDS: usize = 256;

/// How the console stood.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    /// The sessions in the order of the rail's slots, without those of earlier runs.
    pub slots: Vec<SessionId>,
    /// Who has the numbers 1 to 9.
    pub numbers: Numbers,
    /// What the rail is sorted by.
    pub sort: Sort,
    /// What it lists.
    pub filter: Filter,
    /// The selected session.
    pub selected: Option<SessionId>,
    /// The session of each pane.
    pub panes: Vec<Option<SessionId>>,
    /// Which pane is focused.
    pub pane: usize,
    /// How many there are.
    pub grid: Grid,
    /// One fills the screen.
    pub zoom: bool,
    /// What had the keys.
    pub focus: Focus,
    /// What had them before the card.
    pub card_back: Focus,
    /// The card that was open.
    pub card: Option<RequestId>,
    /// How much of the queue was shown.
    pub drawer: Drawer,
    /// The inspector was shown.
    pub inspector: bool,
    /// Changes were shown side by side.
    pub layout: Layout,
    /// What became of long lines.
    pub long: Long,
    /// Where each pane was scrolled to.
    pub views: Vec<(SessionId, View)>,
}

/// Where a session's pane was scrolled to, and what of it was folded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct View {
    /// The first row, where the end was not followed: an entry, and a row within it.
    pub top: Option<(u64, usize)>,
    /// The selected entry.
    pub selected: Option<u64>,
    /// Entries were shown unfolded.
    pub rest: Rest,
    /// Entries that were shown the other way.
    pub unfolded: Vec<u64>,
    /// Entries that were shown whole.
    pub whole: Vec<u64>,
    /// Lanes that were folded.
    pub lanes: Vec<LaneId>,
    /// How many entries there were when the end was left.
    pub seen: u64,
}

impl View {
    fn of(pane: &PaneUi) -> Self {
        let newest = |entries: &BTreeSet<u64>| entries.iter().rev().take(FOLDS).copied().collect();
        Self {
            top: (!pane.follow).then_some((pane.top.entry, pane.top.row)),
            selected: pane.selected,
            rest: pane.rest,
            unfolded: newest(&pane.unfolded),
            whole: newest(&pane.whole),
            lanes: pane.lanes.iter().copied().collect(),
            seen: pane.seen_entries,
        }
    }

    fn pane(self) -> PaneUi {
        PaneUi {
            follow: self.top.is_none(),
            top: self.top.map_or_else(Anchor::default, |(entry, row)| Anchor { entry, row }),
            selected: self.selected,
            rest: self.rest,
            unfolded: self.unfolded.into_iter().collect(),
            whole: self.whole.into_iter().collect(),
            lanes: self.lanes.into_iter().collect(),
            seen_entries: self.seen,
            ..PaneUi::default()
        }
    }
}

impl App {
    /// How the console stands.
    #[must_use]
    pub fn kept(&self) -> Kept {
        let moved = |view: &View| *view != View::default();
        let views = self.views.iter().map(|(id, pane)| (*id, View::of(pane)));
        Kept {
            slots: self.slots.iter().filter(|id| !self.inner.past.contains(id)).copied().collect(),
            numbers: self.fleet.numbers,
            sort: self.fleet.sort,
            filter: self.fleet.filter,
            selected: self.selected,
            panes: self.panes.clone(),
            pane: self.pane,
            grid: self.grid,
            zoom: self.zoom,
            focus: self.focus,
            card_back: self.card_back,
            card: self.card.as_ref().map(|card| card.request),
            drawer: self.drawer,
            inspector: self.inspector,
            layout: self.manner.layout,
            long: self.manner.long,
            views: views.filter(|(id, view)| moved(view) && self.slots.contains(id)).collect(),
        }
    }

    /// Stands as it stood. Sessions that are no more are left out once they are known; a card waits for its request.
    pub(super) fn stand(&mut self, kept: Kept) {
        self.slots = kept.slots;
        self.fleet.numbers = kept.numbers;
        (self.fleet.sort, self.fleet.filter) = (kept.sort, kept.filter);
        (self.selected, self.panes, self.pane) = (kept.selected, kept.panes, kept.pane);
        (self.grid, self.zoom, self.drawer, self.inspector) = (kept.grid, kept.zoom, kept.drawer, kept.inspector);
        self.manner = Manner { layout: kept.layout, long: kept.long };
        self.views = kept.views.into_iter().map(|(id, view)| (id, view.pane())).collect();
        self.focus = if kept.focus == Focus::Card { kept.card_back } else { kept.focus };
        self.inner.card_to_open = kept.card.filter(|_| kept.focus == Focus::Card);
        self.inner.came_back = true;
        self.panes.resize(self.grid.panes(), None);
        self.pane = self.pane.min(self.panes.len().saturating_sub(1));
    }

    /// A session that is to be shown as soon as it is known, whatever was shown before.
    pub fn go_to(&mut self, session: SessionId) {
        (self.inner.awaited, self.inner.card_to_open) = (Some(session), None);
        if matches!(self.focus, Focus::Composer | Focus::Queue) {
            self.focus = Focus::Pane;
        }
    }

    /// Nothing has the keys that had them: a session is about to begin.
    pub fn stand_back(&mut self) {
        (self.focus, self.inner.card_to_open) = (Focus::default(), None);
    }

    /// Where nothing lives any more that was there, a new run begins: nothing is selected, the numbers are free.
    pub(super) fn stand_anew(&mut self) {
        let lives = |id: &SessionId| self.state.session(*id).is_some_and(Session::is_live);
        if self.slots.iter().any(lives) {
            return;
        }
        self.slots.clear();
        self.fleet.numbers = Numbers::default();
        self.selected = None;
        self.panes.iter_mut().for_each(|pane| *pane = None);
        self.stand_back();
    }
}
