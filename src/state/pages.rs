//! A session that is read from its beginning to its end: a page at a time, so that a long one needs no more memory than a short one.

use super::{Entry, Session, page};
use crate::domain::{Record, SessionId};

/// Records as they come, and what a person reads of them.
#[derive(Debug)]
pub struct Pages {
    id: SessionId,
    /// As of the beginning of this page.
    before: Session,
    records: Vec<Record>,
}

impl Pages {
    /// Those of a session, from its first record on.
    #[must_use]
    pub fn new(id: SessionId) -> Self {
        Self { id, before: Session::new(id), records: Vec::new() }
    }

    /// The next record. Where a page is full, the entries that settled in it.
    pub fn take(&mut self, record: Record) -> Vec<Entry> {
        let is_last = page::is_due(record.seq);
        self.records.push(record);
        if !is_last {
            return Vec::new();
        }
        let records = std::mem::take(&mut self.records);
        let settled = page::settled_in(self.id, Some(page::known(&self.before)), &records);
        records.iter().for_each(|record| self.before.apply(record));
        settled
    }

    /// The entries of the last page, and those that never settled.
    #[must_use]
    pub fn end(self) -> Vec<Entry> {
        page::all_in(self.id, Some(page::known(&self.before)), &self.records)
    }
}
