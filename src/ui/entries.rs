//! Entries of a session by number, wherever they are at hand: in memory, or on a page that was loaded.

use super::App;
use crate::domain::{LaneId, PageNo, SessionId};
use crate::state::{Entry, Session};

impl App {
    /// An entry, where it is at hand.
    #[must_use]
    pub fn entry<'a>(&'a self, session: &'a Session, no: u64) -> Option<&'a Entry> {
        session.timeline.entries.get(&no).or_else(|| {
            let find = |(_, entries): (PageNo, &'a [Entry])| {
                entries.binary_search_by_key(&no, |entry| entry.no).ok().map(|at| &entries[at])
            };
            self.pages(session.id).find_map(find)
        })
    }

    /// The pages of a session that were loaded, in order.
    pub fn pages(&self, session: SessionId) -> impl Iterator<Item = (PageNo, &[Entry])> {
        let range = (session, PageNo(0))..=(session, PageNo(u64::MAX));
        self.past.range(range).map(|((_, page), entries)| (*page, entries.as_slice()))
    }

    /// The entries around one that its pane does not show, first and last.
    #[must_use]
    pub fn hidden(&self, session: &Session, no: u64) -> Option<(u64, u64)> {
        let view = self.views.get(&session.id).filter(|view| !view.lanes.is_empty())?;
        let lane: Option<LaneId> = self.entry(session, no).map(|entry| entry.lane);
        view.hidden(session, no, lane)
    }

    /// The entry that has the cursor: the selected one, else the newest that is shown.
    #[must_use]
    pub fn current(&self, session: &Session) -> Option<u64> {
        let last = session.timeline.next.checked_sub(1)?;
        if let Some(selected) = self.views.get(&session.id).and_then(|view| view.selected) {
            return Some(selected.min(last));
        }
        let mut at = last;
        while let Some((first, _)) = self.hidden(session, at) {
            at = first.checked_sub(1)?;
        }
        Some(at)
    }

    /// The entry so many shown ones on, at most `last`, at least the first.
    #[must_use]
    pub fn shown_entry(&self, session: &Session, from: u64, by: i64, last: u64) -> u64 {
        let (mut at, mut left) = (from.min(last), by.unsigned_abs().min(1 << 20));
        while left > 0 {
            let mut next = if by < 0 { at.checked_sub(1) } else { Some(at + 1).filter(|no| *no <= last) };
            while let Some((first, end)) = next.and_then(|no| self.hidden(session, no)) {
                next = if by < 0 { first.checked_sub(1) } else { Some(end + 1).filter(|no| *no <= last) };
            }
            let Some(next) = next else { return at };
            (at, left) = (next, left - 1);
        }
        at
    }
}
