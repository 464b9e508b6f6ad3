//! What is kept between frames, so that a frame costs what changed and what is visible.

use super::columns::Columns;
use super::entry::{self, Fold, Kept, Shown};
use super::overlay::review::Fitted;
use super::payload::Shelf;
use super::{ASCII, Cx, Glyphs, UNICODE};
use crate::domain::{Digest, SessionId};
use std::collections::BTreeMap;

/// Rows kept; those not shown for the longest time are forgotten beyond it.
const ROWS: usize = 8_000;

/// An entry as it is shown: which, how wide, and whether unfolded.
type Key = (SessionId, u64, Columns, Fold);

/// What is kept between frames. Losing it costs time and nothing else.
#[derive(Debug)]
pub struct Cache {
    /// What calls would do.
    pub(super) payloads: Shelf,
    /// Files of the review that is open.
    pub(super) reviewed: Fitted,
    /// Whether the command that was asked of last is known to delete or rewrite files.
    loses: Option<(Digest, bool)>,
    glyphs: &'static Glyphs,
    entries: BTreeMap<Key, (u64, Kept)>,
    frame: u64,
    rows: usize,
}

impl Default for Cache {
    fn default() -> Self {
        Self::new()
    }
}

impl Cache {
    /// An empty one, for terminals that draw Unicode.
    #[must_use]
    pub fn new() -> Self {
        Self {
            reviewed: Fitted::default(),
            loses: None,
            glyphs: &UNICODE,
            payloads: Shelf::default(),
            entries: BTreeMap::new(),
            frame: 0,
            rows: 0,
        }
    }

    /// An empty one, for terminals that draw only ASCII: marks and lines are made of it.
    #[must_use]
    pub fn ascii() -> Self {
        Self { glyphs: &ASCII, ..Self::new() }
    }

    /// The signs that are drawn.
    pub(super) fn glyphs(&self) -> &'static Glyphs {
        self.glyphs
    }

    /// Whether a command deletes or rewrites files: found out once for the card that is open.
    pub(super) fn loses(&mut self, command: Digest, look: impl FnOnce() -> bool) -> bool {
        match self.loses {
            Some((known, loses)) if known == command => loses,
            _ => self.loses.insert((command, look())).1,
        }
    }

    /// What is kept of an entry, brought up to date.
    pub(super) fn entry(&mut self, cx: &Cx<'_>, shown: Shown<'_>) -> &mut Kept {
        let key = (shown.session.id, shown.entry.no, shown.columns, shown.fold);
        let (used, kept) = self.entries.entry(key).or_default();
        let code = self.payloads.code();
        if *used == 0 || !kept.is_fresh(cx.app, shown.entry, code) {
            self.rows -= if *used == 0 { 0 } else { kept.weight() };
            kept.refresh(cx, shown, code);
            self.rows += kept.weight();
        }
        *used = self.frame;
        kept
    }

    /// The rows of an entry, counted; looked at only where they must be.
    pub(super) fn height(&mut self, cx: &Cx<'_>, shown: Shown<'_>) -> usize {
        if entry::is_single(shown) {
            return 1;
        }
        entry::height(shown, self.entry(cx, shown))
    }

    /// A frame begins.
    pub(super) fn begin(&mut self) {
        self.frame += 1;
    }

    /// A frame is made: forgets what was not shown for long.
    pub(super) fn end(&mut self) {
        if self.rows <= ROWS {
            return;
        }
        let mut old: Vec<(u64, Key)> = self
            .entries
            .iter()
            .filter(|(_, (used, _))| *used < self.frame)
            .map(|(key, (used, _))| (*used, *key))
            .collect();
        old.sort_unstable();
        for (_, key) in old {
            if self.rows <= ROWS / 2 {
                break;
            }
            if let Some((_, kept)) = self.entries.remove(&key) {
                self.rows -= kept.weight();
            }
        }
    }
}
