//! The page of a past session in which the cursor stands, read: a cursor that moves within it, as one that plays does,
//! reads nothing again, and where it goes forward only what it passes is folded.

use crate::domain::{Record, Seq, SessionId};
use crate::state::{Session, page};

/// A page and the session somewhere in it.
#[derive(Debug)]
pub(super) struct Near {
    id: SessionId,
    keyframe: Option<Session>,
    /// The page's records, in order.
    records: Vec<Record>,
    /// As of where it was asked for last.
    session: Session,
}

impl Near {
    /// A page: the session as of its beginning, where it is not the first, and its records.
    pub(super) fn new(id: SessionId, keyframe: Option<Session>, records: Vec<Record>) -> Self {
        let session = page::seek(id, keyframe.clone(), []);
        Self { id, keyframe, records, session }
    }

    /// The session as of a record of the page, or of its last one where that is before it.
    pub(super) fn at(&mut self, seq: Seq) -> Session {
        if seq < self.session.seq {
            self.session = page::seek(self.id, self.keyframe.clone(), []);
        }
        let passed = self.records.partition_point(|record| record.seq <= self.session.seq);
        for record in self.records.iter().skip(passed).take_while(|record| record.seq <= seq) {
            self.session.apply(record);
        }
        self.session.clone()
    }

    /// The page's records.
    pub(super) fn records(&self) -> &[Record] {
        &self.records
    }
}
