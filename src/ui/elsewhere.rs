//! Sessions of other tools in the rail: below all that taut drives, folded to a line until somebody opens it.
//!
//! They can be looked at, and nothing else. The order depends on when something was said in them last, and never on the
//! clock. One that taut drives itself is taut's, and does not stand here.

use super::fleet::Filter;
use super::{App, Focus, fuzzy};
use crate::domain::{Doing, Elsewhere, SessionId};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// The sessions of other tools, and how they are looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Others {
    /// All of them.
    all: BTreeMap<SessionId, Elsewhere>,
    /// The newest first.
    order: Vec<SessionId>,
    /// The list is open.
    pub open: bool,
    /// Where the rail's cursor is, once it has left taut's own sessions.
    pub at: Option<OtherRow>,
}

/// A row of the rail that is none of taut's own sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherRow {
    /// The line that says how many there are, and opens the list.
    Fold,
    /// One of them.
    One(SessionId),
}

/// How many there are: those of the past, and those that go on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OtherCount {
    /// Of the past.
    pub recorded: usize,
    /// That go on.
    pub going: usize,
    /// Of these, those that wait for their human where they run.
    pub waiting: usize,
}

impl Others {
    /// All of them, as they are now.
    pub fn set(&mut self, listed: Vec<Elsewhere>) {
        self.all.clear();
        self.take(listed);
    }

    /// Some of them are otherwise than before.
    pub fn take(&mut self, listed: Vec<Elsewhere>) {
        self.all.extend(listed.into_iter().map(|one| (one.id, one)));
        self.order = self.all.keys().copied().collect();
        let all = &self.all;
        self.order.sort_by_key(|id| (Reverse(all.get(id).map(|one| one.last)), *id));
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, id: SessionId) -> Option<&Elsewhere> {
        self.all.get(&id)
    }
}

impl App {
    /// The sessions of other tools that the rail would list, the newest first: those of which the name that is looked for
    /// is in the title, the agent or the folder.
    #[must_use]
    pub fn others(&self) -> Vec<&Elsewhere> {
        let others = &self.fleet.others;
        if others.order.is_empty() || self.replay.is_some() || !matches!(self.fleet.filter, Filter::All | Filter::Here)
        {
            return Vec::new();
        }
        let sources = self.state.sessions.values().flat_map(|session| &session.sources);
        let own: BTreeSet<&str> = sources.map(|source| source.native.as_str()).filter(|id| !id.is_empty()).collect();
        let mut listed: Vec<&Elsewhere> = others.order.iter().filter_map(|id| others.all.get(id)).collect();
        listed.retain(|one| !own.contains(one.native.as_str()));
        if self.fleet.filter == Filter::Here {
            listed.retain(|one| self.is_here(&one.cwd));
        }
        if !self.fleet.name.is_empty() {
            let texts: Vec<String> =
                listed.iter().map(|one| format!("{} {} {}", one.title, one.agent, one.cwd)).collect();
            let found = fuzzy::find(&self.fleet.name, texts.iter().map(String::as_str));
            let kept: BTreeSet<usize> = found.into_iter().map(|found| found.index).collect();
            let mut at = 0..;
            listed.retain(|_| at.next().is_some_and(|at| kept.contains(&at)));
        }
        listed
    }

    /// How many of them there are.
    #[must_use]
    pub fn count_others(others: &[&Elsewhere]) -> OtherCount {
        let going = others.iter().filter(|one| one.doing.goes_on()).count();
        let waiting = others.iter().filter(|one| matches!(one.doing, Doing::Waits { .. })).count();
        OtherCount { recorded: others.len() - going, going, waiting }
    }

    /// Whether they are listed: where the line is unfolded, or a name is looked for.
    #[must_use]
    pub fn lists_others(&self) -> bool {
        self.fleet.others.open || !self.fleet.name.is_empty()
    }

    /// The row of another tool's session that has the rail's cursor; nothing while anything else has the keys.
    #[must_use]
    pub fn other_at(&self) -> Option<OtherRow> {
        self.fleet.others.at.filter(|_| self.focus == Focus::Rail && self.replay.is_none())
    }

    /// The session of another tool that has the rail's cursor.
    #[must_use]
    pub fn other(&self) -> Option<&Elsewhere> {
        match self.other_at()? {
            OtherRow::Fold => None,
            OtherRow::One(id) => self.fleet.others.get(id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::At;

    fn one(id: u32, last: i64, title: &str) -> Elsewhere {
        let (id, title) = (SessionId(id), title.to_owned());
        Elsewhere { id, last: At(last), title, native: format!("n{}", id.0), ..Elsewhere::default() }
    }

    #[test]
    fn the_newest_comes_first_and_what_is_told_again_takes_its_place() {
        let mut others = Others::default();
        others.set(vec![one(1, 10, "a"), one(2, 30, "b"), one(3, 20, "c")]);
        assert_eq!(others.order, [SessionId(2), SessionId(3), SessionId(1)]);
        others.take(vec![Elsewhere { doing: Doing::Runs, ..one(1, 40, "a") }]);
        assert_eq!(others.order, [SessionId(1), SessionId(2), SessionId(3)]);
        let mut app = App { focus: Focus::Rail, ..App::default() };
        app.fleet.others = others;
        let count = App::count_others(&app.others());
        assert_eq!((count.recorded, count.going, count.waiting), (2, 1, 0));
        app.fleet.name = "c".to_owned();
        assert_eq!(app.others().iter().map(|one| one.id.0).collect::<Vec<_>>(), [3]);
        assert!(app.lists_others());
        app.fleet.name.clear();
        app.fleet.filter = Filter::Working;
        assert!(app.others().is_empty(), "they are none of what works here");
    }
}
