//! The fleet: which sessions the rail lists, and in which order.
//!
//! The order depends on facts and never on the clock, so that a row moves only when something happened. What is selected
//! stays where it is until the selection leaves it: having been looked at moves no row under the cursor.

use super::App;
use super::elsewhere::Others;
use super::fuzzy;
use super::numbers::Numbers;
use crate::domain::SessionId;
use crate::state::{Group, Session, Sight};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// What the rail is sorted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Groups: what needs a human, what runs, what came to rest; by number within.
    #[default]
    Need,
    /// Numbers.
    Slot,
    /// What changed last comes first.
    Age,
    /// Names.
    Name,
    /// What cost most comes first.
    Cost,
}

/// What the rail lists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    /// Everything that is not put away.
    #[default]
    All,
    /// What waits for a human.
    NeedsYou,
    /// What runs.
    Working,
    /// What went wrong, seen or not.
    Failed,
    /// What works in the folder of this console, or below it.
    Here,
    /// What was put away.
    Archived,
}

/// How the fleet is looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fleet {
    /// What the rail is sorted by.
    pub sort: Sort,
    /// What it lists.
    pub filter: Filter,
    /// Letters that a name must have.
    pub name: String,
    /// Those letters are being typed.
    pub typing: bool,
    /// The sessions of other tools, below taut's own.
    pub others: Others,
    /// The numbers 1 to 9.
    pub numbers: Numbers,
    /// The selected session, where it was seen only since it is selected: it stays in its group until it no longer is.
    pub(super) lingers: Option<SessionId>,
}

/// A row of the rail.
#[derive(Debug, Clone, Copy)]
pub struct Listed<'a> {
    /// Whose.
    pub session: &'a Session,
    /// The group it stands in.
    pub group: Group,
}

impl Sort {
    /// The next one.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Need => Self::Slot,
            Self::Slot => Self::Age,
            Self::Age => Self::Name,
            Self::Name => Self::Cost,
            Self::Cost => Self::Need,
        }
    }

    /// `by need`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Need => "by need",
            Self::Slot => "by number",
            Self::Age => "by age",
            Self::Name => "by name",
            Self::Cost => "by cost",
        }
    }
}

impl Filter {
    /// The next one.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::All => Self::NeedsYou,
            Self::NeedsYou => Self::Working,
            Self::Working => Self::Failed,
            Self::Failed => Self::Here,
            Self::Here => Self::Archived,
            Self::Archived => Self::All,
        }
    }

    /// The words for it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::NeedsYou => "needs you",
            Self::Working => "working",
            Self::Failed => "failed",
            Self::Here => "this folder",
            Self::Archived => "archived",
        }
    }
}

impl App {
    /// The group that a session stands in. A working and a stalled turn stand in the same one: the clock does not matter.
    #[must_use]
    pub fn group_of(&self, session: &Session) -> Group {
        let sight = if self.fleet.lingers == Some(session.id) { Sight::Unseen } else { session.sight() };
        session.group(session.phase(session.at, u64::MAX), sight)
    }

    /// The rows of the rail, in their order.
    #[must_use]
    pub fn listed(&self) -> Vec<Listed<'_>> {
        let fleet = &self.fleet;
        let mut rows = self.all_of(fleet.filter);
        // What is selected does not vanish under the hand.
        rows.retain(|row| self.passes(row) || self.selected == Some(row.session.id));
        if !fleet.name.is_empty() {
            let names: Vec<String> = rows.iter().map(|row| self.name_of(row.session.id)).collect();
            let found = fuzzy::find(&fleet.name, names.iter().map(String::as_str));
            let mut kept: Vec<usize> = found.into_iter().map(|found| found.index).collect();
            kept.sort_unstable();
            rows = kept.into_iter().filter_map(|at| rows.get(at).copied()).collect();
        }
        self.sort(&mut rows, fleet.sort);
        rows
    }

    /// How many sessions the rail lists, and of how many.
    #[must_use]
    pub fn listed_of(&self, listed: usize) -> (usize, usize) {
        (listed, self.slots.len())
    }

    /// Every session that can be gone to, whatever the rail lists: by need first, then what was put away.
    #[must_use]
    pub fn everyone(&self) -> Vec<SessionId> {
        let mut rows = self.all_of(Filter::All);
        self.sort(&mut rows, Sort::Need);
        rows.extend(self.all_of(Filter::Archived));
        rows.into_iter().map(|row| row.session.id).collect()
    }

    /// Sessions before a filter: those that are listed, or those that were put away, the newest first.
    fn all_of(&self, filter: Filter) -> Vec<Listed<'_>> {
        let row = |session| Listed { session, group: self.group_of(session) };
        if filter == Filter::Archived {
            let away = self.state.sessions.values().filter(|session| session.archived && !session.deleted);
            let mut away: Vec<Listed<'_>> = away.map(row).collect();
            away.sort_by_key(|row| Reverse((row.session.life_since, row.session.id)));
            return away;
        }
        self.slots.iter().filter_map(|id| self.state.session(*id)).map(row).collect()
    }

    /// Whether a row passes the filter.
    #[must_use]
    pub fn passes(&self, row: &Listed<'_>) -> bool {
        let session = row.session;
        match self.fleet.filter {
            Filter::All | Filter::Archived => true,
            Filter::NeedsYou => row.group == Group::NeedsYou,
            Filter::Working => row.group == Group::Working,
            Filter::Failed => session.phase(session.at, u64::MAX).is_failure(),
            Filter::Here => self.is_here(&session.cwd),
        }
    }

    /// Whether a folder is the one of this console, or below it.
    pub(super) fn is_here(&self, folder: &str) -> bool {
        let here = self.here.trim_end_matches('/');
        folder.strip_prefix(here).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    fn sort(&self, rows: &mut [Listed<'_>], sort: Sort) {
        // Those without a number keep the order in which they came: the sort is stable.
        let number = |row: &Listed<'_>| self.fleet.numbers.of(row.session.id).unwrap_or(usize::MAX);
        match sort {
            Sort::Need => rows.sort_by_key(|row| (row.group, number(row))),
            Sort::Slot => rows.sort_by_key(number),
            Sort::Age => rows.sort_by_key(|row| {
                let session = row.session;
                (Reverse(session.since(session.phase(session.at, u64::MAX))), session.id)
            }),
            Sort::Name => rows.sort_by_key(|row| (self.name_of(row.session.id).to_lowercase(), row.session.id)),
            // Sums of different currencies can't be compared: by their number all the same, with unknown ones last.
            Sort::Cost => {
                rows.sort_by_key(|row| (Reverse(row.session.meter.cost.map(|cost| cost.micros)), number(row)));
            }
        }
    }
}
