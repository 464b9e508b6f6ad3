//! A search over all sessions: what is typed, and what was found so far, the newest session first.

use crate::domain::{Hit, HitIn, HitsIn, LookedAll};

/// Hits that are asked for; more words make fewer.
pub const MOST: u32 = 200;

/// What there is beside words, with what it takes and what it means.
pub const FACETS: [(&str, &str); 9] = [
    ("agent:claude", "sessions of this agent"),
    ("model:sonnet", "sessions whose model has this in its name"),
    ("project:.", "sessions that work in this folder or below it"),
    ("since:7d", "what was written since then: 36h, 7d, 2w, 2026-11-01"),
    ("tool:Bash", "calls of this tool"),
    ("file:src/lib", "calls that have this in a path"),
    ("cmd:\"cargo test\"", "command lines with this in it"),
    ("error:", "what failed; with some text behind it: with that in it"),
    ("decision:deny", "calls that were answered so: allow, deny, edit, part, reply"),
];

/// The search.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EverywhereUi {
    /// What is typed.
    pub line: String,
    /// The list has the keys, and not the line.
    pub in_list: bool,
    /// What was found, by session.
    pub groups: Vec<HitsIn>,
    /// The selected hit, among all.
    pub selected: usize,
    /// More may come.
    pub looking: bool,
    /// How all of it was looked at, once it was; or why it can't be.
    pub looked: Option<Result<LookedAll, String>>,
    /// The console's own number of it: answers to older ones are dropped.
    pub number: u64,
    /// What was found is by fewer letters, and stays until there is something else.
    pub stale: bool,
}

impl EverywhereUi {
    /// How many hits there are.
    #[must_use]
    pub fn hits(&self) -> usize {
        self.groups.iter().map(|group| group.hits.len()).sum()
    }

    /// The selected hit, and its session.
    #[must_use]
    pub fn hit(&self) -> Option<(&HitIn, &Hit)> {
        let mut all = self.groups.iter().flat_map(|group| group.hits.iter().map(|hit| (&group.of, hit)));
        all.nth(self.selected)
    }

    /// Takes in what was found further.
    pub(super) fn take(&mut self, groups: Vec<HitsIn>) {
        for group in groups {
            match self.groups.last_mut().filter(|last| last.of == group.of) {
                Some(last) => last.hits.extend(group.hits),
                None => self.groups.push(group),
            }
        }
    }
}
