//! What one session's pane shows: where it is scrolled to, what is selected and unfolded.

use crate::domain::LaneId;
use crate::state::Session;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A row of the timeline: an entry, and a row within it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Anchor {
    /// The entry's number.
    pub entry: u64,
    /// The row within it, from 0.
    pub row: usize,
}

/// How entries are shown of which nothing else was said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rest {
    /// In a row each, or a few.
    #[default]
    Folded,
    /// With all that they have.
    Unfolded,
}

/// What one session's pane shows.
#[derive(Debug, Clone, PartialEq)]
pub struct PaneUi {
    /// The end is followed; else `top` stays where it is.
    pub follow: bool,
    /// The first row shown, as settled by the last paint.
    pub top: Anchor,
    /// Rows to scroll at the next paint; the paint settles it into `top`.
    pub delta: i64,
    /// The selected entry; `None` for the newest.
    pub selected: Option<u64>,
    /// The next paint scrolls so that the selected entry is visible.
    pub reveal: bool,
    /// How entries are shown, also those that are not in memory and those that are still to come.
    pub rest: Rest,
    /// Entries that are shown the other way.
    pub unfolded: BTreeSet<u64>,
    /// Entries that are unfolded further: of which all the output is shown.
    pub whole: BTreeSet<u64>,
    /// Lanes that are folded to one row.
    pub lanes: BTreeSet<LaneId>,
    /// How many entries there were when the reader left the end: for `12 new`.
    pub seen_entries: u64,
}

impl Default for PaneUi {
    fn default() -> Self {
        Self {
            follow: true,
            top: Anchor::default(),
            delta: 0,
            selected: None,
            reveal: false,
            rest: Rest::Folded,
            unfolded: BTreeSet::new(),
            whole: BTreeSet::new(),
            lanes: BTreeSet::new(),
            seen_entries: 0,
        }
    }
}

impl PaneUi {
    /// Whether an entry is unfolded.
    #[must_use]
    pub fn is_unfolded(&self, no: u64) -> bool {
        self.unfolded.contains(&no) != (self.rest == Rest::Unfolded)
    }

    /// Unfolds an entry, or folds it.
    pub fn fold(&mut self, no: u64) {
        self.whole.remove(&no);
        if !self.unfolded.remove(&no) {
            self.unfolded.insert(no);
        }
    }

    /// Folds everything where something is unfolded; else unfolds everything, whatever is in memory.
    pub fn fold_all(&mut self) {
        self.rest = match self.rest {
            Rest::Folded if self.unfolded.is_empty() && self.whole.is_empty() => Rest::Unfolded,
            Rest::Folded | Rest::Unfolded => Rest::Folded,
        };
        self.unfolded.clear();
        self.whole.clear();
    }

    /// Entries have other numbers now; those that have none are gone, and are not looked at any more.
    pub(super) fn renumber(&mut self, new: impl Fn(u64) -> Option<u64>) {
        self.selected = self.selected.and_then(&new);
        self.top = new(self.top.entry).map_or_else(Anchor::default, |entry| Anchor { entry, ..self.top });
        self.seen_entries = new(self.seen_entries).unwrap_or_default();
        for all in [&mut self.unfolded, &mut self.whole] {
            *all = all.iter().filter_map(|no| new(*no)).collect();
        }
    }

    /// Whether a lane's entries are hidden: it is folded, or one that it is within.
    #[must_use]
    pub fn hides(&self, session: &Session, lane: LaneId) -> bool {
        self.lanes.iter().any(|&folded| session.is_within(lane, folded))
    }

    /// The entries around `no` that are hidden with it, first and last: `lane` is that of the entry, where it is known.
    ///
    /// What belongs to nothing but one folded lane is known by its ends, so that its pages need not be. A selected entry is
    /// always shown.
    #[must_use]
    pub fn hidden(&self, session: &Session, no: u64, lane: Option<LaneId>) -> Option<(u64, u64)> {
        if self.lanes.is_empty() || self.selected == Some(no) {
            return None;
        }
        let solid = self.lanes.iter().filter_map(|&folded| solid(session, folded));
        let (first, last) = solid
            .filter(|(first, last)| (*first..=*last).contains(&no))
            .max_by_key(|(first, last)| last - first)
            .or_else(|| lane.filter(|&lane| self.hides(session, lane)).map(|_| (no, no)))?;
        match self.selected.filter(|selected| (first..=last).contains(selected)) {
            Some(selected) if selected < no => Some((selected + 1, last)),
            Some(selected) => Some((first, selected.saturating_sub(1))),
            None => Some((first, last)),
        }
    }
}

/// The entries of a lane and those within it, where no others stand between them.
fn solid(session: &Session, outer: LaneId) -> Option<(u64, u64)> {
    let (mut count, mut span) = (0, None::<(u64, u64)>);
    for lane in session.lanes.iter().filter(|(id, _)| session.is_within(**id, outer)).map(|(_, lane)| lane) {
        count += lane.entries;
        let Some((first, last)) = lane.span else { continue };
        span = Some(span.map_or((first, last), |(from, to)| (from.min(first), to.max(last))));
    }
    span.filter(|(first, last)| last - first + 1 == count)
}
