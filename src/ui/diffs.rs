//! How changes are read: side by side or not, wrapped or scrolled, what is unfolded, and where the reader stands.

use crate::diff::Layout;
use crate::domain::SessionId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// How changes are shown: the same on every card and in the inspector.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Manner {
    /// Unified or side by side.
    pub layout: Layout,
    /// What becomes of lines that are wider than the screen.
    pub long: Long,
}

/// What becomes of lines that are wider than the screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Long {
    /// They take more rows.
    #[default]
    Wrapped,
    /// They are cut, and scrolled sideways: what is cut counts as unseen until it is wrapped.
    Scrolled,
}

/// A run of unchanged lines that is folded away: the part of the payload, and the gap in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fold {
    /// The part of the payload.
    pub part: u32,
    /// The gap in its change.
    pub gap: u32,
}

/// What is unfolded of one payload, how far it is scrolled sideways, and what its last frame told.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DiffUi {
    /// The entry that it belongs to.
    pub of: Option<(SessionId, u64)>,
    /// Unchanged lines that are shown.
    pub unfolded: BTreeSet<Fold>,
    /// The first column shown of lines that are scrolled.
    pub left: usize,
    /// What the last frame told.
    pub seen: PaintedDiffs,
}

/// What a frame shows of a payload's changes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PaintedDiffs {
    /// The entry that they belong to.
    pub of: Option<(SessionId, u64)>,
    /// The row of the payload at the top of the place; negative where something else stands there.
    pub top: i64,
    /// Where the reader stands.
    pub marks: Marks,
    /// The files of the payload.
    pub files: Arc<[FileMark]>,
    /// Its hunks, by their numbers over all changes.
    pub hunks: Arc<[HunkMark]>,
}

/// A hunk of a payload.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HunkMark {
    /// The row to go to: that of its head, or of the head of its file.
    pub row: usize,
    /// Its first row.
    pub from: usize,
    /// The row behind its last.
    pub to: usize,
}

impl DiffUi {
    /// Takes in what a frame told; what was unfolded of another entry is forgotten.
    pub fn painted(&mut self, seen: PaintedDiffs) {
        if self.of != seen.of {
            *self = Self { of: seen.of, ..Self::default() };
        }
        self.seen = seen;
    }

    /// Rows from the top of the place to a row of the payload.
    #[must_use]
    pub fn way_to(&self, row: usize) -> i64 {
        i64::try_from(row).unwrap_or(i64::MAX).saturating_sub(self.seen.top)
    }

    /// A number that changes with what is unfolded.
    #[must_use]
    pub fn folds(&self) -> u64 {
        // Order does not matter in a set, and neither may it here.
        let mix = |fold: &Fold| {
            let both = (u64::from(fold.part) << 32 | u64::from(fold.gap)).wrapping_add(0x9e37_79b9_7f4a_7c15);
            let both = (both ^ (both >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            both ^ (both >> 27)
        };
        self.unfolded.iter().map(mix).fold(0, u64::wrapping_add)
    }
}

/// One of several: the first and the last that are on the screen, and how many there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Among {
    /// The first one on the screen, from 1; 0 where there is none.
    pub first: usize,
    /// The last one on the screen.
    pub last: usize,
    /// How many there are.
    pub of: usize,
    /// The row of the payload at which the one before begins.
    pub before: Option<usize>,
    /// That of the next one.
    pub after: Option<usize>,
}

/// Where the reader of a payload stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Marks {
    /// Regions that change.
    pub hunk: Among,
    /// Files.
    pub file: Among,
    /// The unchanged lines that a key would show or fold now.
    pub fold: Option<Fold>,
    /// There are unchanged lines on the screen, but nobody knows what they say.
    pub unknown: bool,
    /// Unified, although side by side was asked for: there is no room.
    pub narrow: bool,
    /// Lines that are wider than the screen, of all.
    pub wide: usize,
    /// The cells of the widest of them beyond the screen.
    pub beyond: usize,
    /// There is a change to look at.
    pub has_diff: bool,
}

/// A file of a payload.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileMark {
    /// Its name, safe to draw.
    pub name: String,
    /// Lines that come.
    pub added: u32,
    /// Lines that go.
    pub removed: u32,
    /// The first row of its head.
    pub row: usize,
}

/// What the rows of a payload were fitted to: rows of two different fits are not the same rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Fit {
    /// Columns.
    pub width: u16,
    /// How changes are shown.
    pub manner: Manner,
    /// What is unfolded: see [`DiffUi::folds`].
    pub folds: u64,
}
