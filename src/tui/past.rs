//! The log of a session that is looked at again: every question is answered from it at once.

use super::near::Near as Unfolded;
use crate::domain::{Answer, PageNo, Query, Seq, SessionId};
use crate::hub::{self, Published};
use crate::state::{Session, page};
use crate::store::{Reader, StoreError};
use std::cell::RefCell;

/// A log, and the page of it in which the cursor stands.
#[derive(Debug)]
pub struct Past {
    reader: Reader,
    near: RefCell<Near>,
}

/// What is known of the page in which the cursor stands.
#[derive(Debug)]
enum Near {
    Nothing,
    /// The cursor was put there once. One that is dragged may be far away the next time, so only what is before it was read.
    Touched(SessionId, PageNo),
    Read(Box<Page>),
}

/// A page as it was read, of which session, and unfolded.
#[derive(Debug)]
struct Page {
    session: SessionId,
    number: PageNo,
    /// The keyframe before it, as it is stored.
    keyframe: Option<Vec<u8>>,
    near: Unfolded,
}

impl Past {
    pub(super) fn new(reader: Reader) -> Self {
        Self { reader, near: RefCell::new(Near::Nothing) }
    }

    /// Where it is read.
    #[must_use]
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Answers a question.
    pub(super) fn answer(&self, query: &Query) -> Published {
        if let Query::Page { session, page: number } = query
            && let Near::Read(read) = &*self.near.borrow()
            && read.is(*session, *number)
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
        let mut known = self.near.borrow_mut();
        match &mut *known {
            Near::Read(read) if read.is(session, number) => return Ok(read.near.at(seq)),
            Near::Touched(of, touched) if *of == session && *touched == number => {}
            _ => {
                *known = Near::Touched(session, number);
                return hub::session_at(&self.reader, session, seq);
            }
        }
        let Published::Answered(Answer::Page { keyframe, records, .. }) =
            hub::answer(&self.reader, &Query::Page { session, page: number })
        else {
            // It says what is wrong with the log.
            return hub::session_at(&self.reader, session, seq);
        };
        let mut near = Unfolded::new(session, keyframe.as_deref().and_then(page::read_keyframe), records);
        let sought = near.at(seq);
        *known = Near::Read(Box::new(Page { session, number, keyframe, near }));
        Ok(sought)
    }
}

impl Page {
    fn is(&self, session: SessionId, number: PageNo) -> bool {
        self.session == session && self.number == number
    }
}
