//! What is kept between frames, so that a frame costs what changed and what is visible.

use super::columns::Columns;
use super::entry::{self, Fold, Kept};
use super::Cx;
use crate::domain::SessionId;
use crate::state::{Entry, Session};
use std::collections::BTreeMap;

/// Rows kept; those not shown for the longest time are forgotten beyond it.
const ROWS: usize = 8_000;

/// An entry as it is shown: which, how wide, and whether unfolded.
type Key = (SessionId, u64, Columns, Fold);

/// What is kept between frames. Losing it costs time and nothing else.
#[derive(Debug, Default)]
pub struct Cache {
    /// Only ASCII is drawn for marks and lines.
    pub ascii: bool,
    pub(super) payloads: super::payload::Shelf,
    entries: BTreeMap<Key, (u64, Kept)>,
    frame: u64,
    rows: usize,
}

impl Cache {
    /// An empty one for terminals that draw Unicode.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What is kept of an entry, brought up to date.
    pub(super) fn entry(
        &mut self,
        cx: &Cx<'_>,
        session: &Session,
        entry: &Entry,
        columns: Columns,
        fold: Fold,
    ) -> &mut Kept {
        let (used, kept) = self.entries.entry((session.id, entry.no, columns, fold)).or_default();
        if *used == 0 || !kept.is_fresh(cx.app, entry) {
            self.rows -= if *used == 0 { 0 } else { kept.weight() };
            kept.refresh(cx, session, entry, columns, fold);
            self.rows += kept.weight();
        }
        *used = self.frame;
        kept
    }

    /// The rows of an entry, counted; looked at only where they must be.
    pub(super) fn height(
        &mut self,
        cx: &Cx<'_>,
        session: &Session,
        entry: &Entry,
        columns: Columns,
        fold: Fold,
    ) -> usize {
        if entry::is_single(entry, fold) {
            return 1;
        }
        entry::height(entry, fold, self.entry(cx, session, entry, columns, fold))
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
        let mut old: Vec<(u64, Key)> =
            self.entries.iter().filter(|(_, (used, _))| *used < self.frame).map(|(key, (used, _))| (*used, *key)).collect();
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
