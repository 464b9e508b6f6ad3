//! The log of a session that is looked at again: every question is answered from it at once.

use super::near::Near;
use crate::domain::{Answer, PageNo, Query, Seq, SessionId};
use crate::hub::{self, Published};
use crate::state::{Session, page};
use crate::store::{Reader, StoreError};
use std::cell::RefCell;

/// A log, and the page of it in which the cursor stands.
#[derive(Debug)]
pub struct Past {
    reader: Reader,
    near: RefCell<Option<Page>>,
}

/// A page as it was read, of which session, and unfolded.
#[derive(Debug)]
struct Page {
    session: SessionId,
    number: PageNo,
    /// The keyframe before it, as it is stored.
    keyframe: Option<Vec<u8>>,
    near: Near,
}

impl Past {
    pub(super) fn new(reader: Reader) -> Self {
        Self { reader, near: RefCell::new(None) }
    }

    /// Where it is read.
    #[must_use]
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Answers a question.
    pub(super) fn answer(&self, query: &Query) -> Published {
        if let Query::Page { session, page: number } = query
            && let Some(read) = self.near.borrow().as_ref().filter(|read| read.is(*session, *number))
        {
            let (keyframe, records) = (read.keyframe.clone(), read.near.records().to_vec());
            return Published::Answered(Answer::Page { session: *session, page: *number, keyframe, records });
        }
        hub::answer(&self.reader, query)
    }

    /// The session as of one of its records.
    ///
    /// # Errors
    /// The log can't be read.
    pub(super) fn at(&self, session: SessionId, seq: Seq) -> Result<Session, StoreError> {
        let number = page::page_of(seq);
        let mut read = self.near.borrow_mut();
        if let Some(read) = read.as_mut().filter(|read| read.is(session, number)) {
            return Ok(read.near.at(seq));
        }
        let Published::Answered(Answer::Page { keyframe, records, .. }) =
            hub::answer(&self.reader, &Query::Page { session, page: number })
        else {
            // It says what is wrong with the log.
            return hub::session_at(&self.reader, session, seq);
        };
        let mut near = Near::new(session, keyframe.as_deref().and_then(page::read_keyframe), records);
        let sought = near.at(seq);
        *read = Some(Page { session, number, keyframe, near });
        Ok(sought)
    }
}

impl Page {
    fn is(&self, session: SessionId, number: PageNo) -> bool {
        self.session == session && self.number == number
    }
}
