//! Entries of a session by number: those in memory, those of loaded pages, and where the others would be found.

use crate::domain::PageNo;
use crate::state::{Entry, Session, page};
use crate::ui::{App, Want};

/// Entries that stand after a closed one before it is settled; its page is that of the entry after these.
const SETTLE: u64 = 64;

/// Entries of a session by number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entries<'a> {
    app: &'a App,
    session: &'a Session,
}

impl<'a> Entries<'a> {
    /// The entries of a session.
    pub(super) fn new(app: &'a App, session: &'a Session) -> Self {
        Self { app, session }
    }

    /// How many there are.
    pub(super) fn end(self) -> u64 {
        self.session.timeline.next
    }

    /// An entry, where it is at hand.
    pub(super) fn get(self, no: u64) -> Option<&'a Entry> {
        self.app.entry(self.session, no)
    }

    /// What to ask for where an entry is not at hand; `None` where nothing is left to ask for.
    pub(super) fn want(self, no: u64) -> Option<Want> {
        let last = page::page_of(self.session.seq).0;
        let guess = self.get(no.saturating_add(SETTLE + 1)).map(|after| page::page_of(after.seq).0);
        let (low, high) = self.between(no, last);
        let first = guess.unwrap_or(low + (high - low) / 2).min(last);
        // An entry that stayed open long is in a later page than others of its age.
        let mut pages = (first..=high).chain(low..first);
        let page = pages.find(|&page| !self.app.past.contains_key(&(self.session.id, PageNo(page))))?;
        Some(Want::Page(self.session.id, PageNo(page)))
    }

    /// The pages between which an entry must be, by what the loaded ones hold.
    fn between(self, no: u64, last: u64) -> (u64, u64) {
        let (mut low, mut high) = (0, last);
        for (page, entries) in self.pages() {
            if entries.last().is_some_and(|entry| entry.no < no) {
                low = low.max(page.0 + 1);
            }
            if entries.first().is_some_and(|entry| entry.no > no) {
                high = high.min(page.0.saturating_sub(1));
            }
        }
        (low.min(high), high.max(low.min(last)))
    }

    fn pages(self) -> impl Iterator<Item = (PageNo, &'a [Entry])> {
        self.app.pages(self.session.id)
    }
}
