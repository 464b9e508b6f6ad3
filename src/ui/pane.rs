//! What one session's pane shows: where it is scrolled to, what is selected and unfolded.

use std::collections::BTreeSet;

/// A row of the timeline: an entry, and a row within it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Anchor {
    /// The entry's number.
    pub entry: u64,
    /// The row within it, from 0.
    pub row: usize,
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
    /// Entries that are unfolded.
    pub unfolded: BTreeSet<u64>,
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
            unfolded: BTreeSet::new(),
            seen_entries: 0,
        }
    }
}
