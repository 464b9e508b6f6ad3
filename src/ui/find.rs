//! A search: in a session, or within one payload. What is typed, what was found, and where the reader came from.

use super::{Focus, PaneUi};
use crate::domain::{FindKind, Found, RequestId, Seq, SessionId};
use crate::text::Needle;
use std::collections::BTreeMap;

/// Entries that a search keeps; beyond it, looking ends.
pub const MOST: usize = 5_000;

/// Whether its line is typed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It is: every letter looks anew.
    Typing,
    /// No more: the hits stay.
    Kept,
}

/// How far the looking has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Looking {
    /// More is to be looked at; the next step was asked for.
    On,
    /// Everything was looked at.
    Done,
    /// All was looked at, and the newest page is looked at again: something came that was not at hand.
    Again,
    /// There is more than is kept.
    Enough,
    /// The log can't be read: one sentence.
    Failed(String),
}

/// A search in a session. What is found are entries of its timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Find {
    /// In which session.
    pub session: SessionId,
    /// What is typed.
    pub line: String,
    /// What kind of things it looks at.
    pub kind: FindKind,
    /// Whether its line is typed in.
    pub stage: Stage,
    /// What was found, by entry.
    pub hits: BTreeMap<u64, Found>,
    /// The entry that the reader was brought to.
    pub at: Option<u64>,
    /// Which of the rows in it that hold what is looked for is shown: the view says how many there are.
    pub row: usize,
    /// How far the looking has come.
    pub looking: Looking,
    /// Where the reader was.
    pub back: Back,
    /// The console's own number of the search: answers to older ones are dropped.
    pub(super) number: u64,
    /// The entry from which on it looks first.
    pub(super) origin: u64,
    /// Everything from the origin on was looked at.
    pub(super) ahead: bool,
    /// What came until this record was looked at.
    pub(super) seen: Seq,
    /// An entry that was unfolded to show what is in it.
    pub(super) opened: Option<u64>,
    /// Rows of the current entry that hold what is looked for, as the last frame told.
    pub(super) rows: FoundRows,
}

/// Where the reader was when a search began.
#[derive(Debug, Clone, PartialEq)]
pub struct Back {
    /// What had the keys.
    pub focus: Focus,
    /// What the pane showed.
    pub view: PaneUi,
}

/// Rows of the current entry that hold what is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundRows {
    /// Which entry.
    pub entry: u64,
    /// How many rows.
    pub of: usize,
}

impl Find {
    /// What is looked for.
    #[must_use]
    pub fn needle(&self) -> Option<Needle> {
        Needle::new(&self.line)
    }

    /// The place of the current hit among all, from 1; 0 where there is none.
    #[must_use]
    pub fn place(&self) -> usize {
        self.at.map_or(0, |at| self.hits.range(..=at).count())
    }

    /// The current hit.
    #[must_use]
    pub fn hit(&self) -> Option<&Found> {
        self.hits.get(&self.at?)
    }
}

/// What a search within one payload looks through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sheet {
    /// The open card's payload.
    Card(RequestId),
    /// The inspector: this session's entry.
    Inspector(SessionId, u64),
}

/// Where the next frame shall go within a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Go {
    /// The first hit from here on.
    Here,
    /// The next one.
    Next,
    /// The one before.
    Previous,
}

/// A search within one payload. The view finds the rows; a frame says which one it went to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Within {
    /// What it looks through.
    pub sheet: Sheet,
    /// What is typed.
    pub line: String,
    /// Whether its line is typed in.
    pub stage: Stage,
    /// Where the next frame shall go.
    pub go: Option<Go>,
    /// What the last frame found: nothing before the first one.
    pub found: Option<WithinFound>,
    /// The first row that was shown when the search began.
    pub back: usize,
}

/// What a frame found within a payload.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WithinFound {
    /// How many rows hold it.
    pub of: usize,
    /// Which of them the reader was brought to, from 0.
    pub at: usize,
    /// The row itself.
    pub row: usize,
}

impl Within {
    /// What is looked for.
    #[must_use]
    pub fn needle(&self) -> Option<Needle> {
        Needle::new(&self.line)
    }
}
