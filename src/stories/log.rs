//! Sessions of taut's own, read from the log: as of any record, and page by page.

use crate::domain::{PageNo, Seq, SessionId};
use crate::state::{Entry, Session, page};
use crate::store::{Reader, StoreError};

/// A session as of one of its records: the nearest keyframe, and the records after it.
///
/// # Errors
/// The log can't be read.
pub fn session_at(reader: &Reader, id: SessionId, seq: Seq) -> Result<Session, StoreError> {
    let near = reader.keyframe_at_or_before(id, seq)?;
    let read = near.and_then(|(at, bytes)| page::read_keyframe(&bytes).map(|session| (at, session)));
    let (mut at, mut session) = read.unwrap_or_else(|| (Seq(0), Session::new(id)));
    while at < seq {
        let limit = usize::try_from((seq.0 - at.0).min(page::PAGE)).unwrap_or(1);
        let records = reader.records(id, Seq(at.0 + 1), limit)?;
        let Some(last) = records.last() else { break };
        at = last.seq;
        for record in &records {
            session.apply(record);
        }
    }
    Ok(session)
}

/// A session as of its newest record.
///
/// # Errors
/// The log can't be read.
pub fn last_known(reader: &Reader, id: SessionId) -> Result<Session, StoreError> {
    session_at(reader, id, reader.last_seq(id)?)
}

/// The entries of a session as it is known that settled in a page.
///
/// # Errors
/// The log can't be read.
pub fn page_entries(reader: &Reader, session: &Session, number: u64) -> Result<Vec<Entry>, StoreError> {
    let (first, last) = page::bounds(PageNo(number));
    let mut before = session_at(reader, session.id, Seq(first.0 - 1))?;
    // What settled before the page belongs to pages before it.
    before.timeline = before.timeline.unsettled_only();
    // What was written since the session was read belongs to a later look.
    let last = last.min(session.seq);
    let limit = usize::try_from((last.0 + 1).saturating_sub(first.0)).unwrap_or(usize::MAX);
    let records = reader.records(session.id, first, limit)?;
    let mut entries = page::settled_in(session.id, (number > 0).then_some(before), &records);
    for entry in &mut entries {
        session.mend(entry);
    }
    Ok(entries)
}
