//! Keyframes and pages: the past of a session without its whole past in memory.
//!
//! A keyframe is a session as of a multiple of [`PAGE`] (or of its end), with only those entries that are not settled.
//! Folding the records of one page onto its keyframe settles some entries: those are the page's. Every entry settles in
//! exactly one page, so that the pages up to k and what is unsettled at k are the whole timeline as of k.

use super::{Entry, Session, Timeline};
use crate::domain::{PageNo, Record, Seq, SessionId};

/// Records of a page.
pub const PAGE: u64 = 1024;

/// The page whose records hold `seq`.
#[must_use]
pub fn page_of(seq: Seq) -> PageNo {
    PageNo(seq.0.saturating_sub(1) / PAGE)
}

/// The seqs of a page: first and last.
#[must_use]
pub fn bounds(page: PageNo) -> (Seq, Seq) {
    (Seq(page.0 * PAGE + 1), Seq((page.0 + 1) * PAGE))
}

/// True where a keyframe is due after this record.
#[must_use]
pub fn is_due(seq: Seq) -> bool {
    seq.0 > 0 && seq.0.is_multiple_of(PAGE)
}

/// Writes a keyframe.
#[must_use]
pub fn keyframe(session: &Session) -> Vec<u8> {
    let mut bytes = Vec::new();
    add_keyframe(session, &mut bytes);
    bytes
}

/// Writes a keyframe after something else.
pub fn add_keyframe(session: &Session, bytes: &mut Vec<u8>) {
    // Of a timeline only what is not settled is ever written. A tree of strings and numbers: writing it cannot fail.
    drop(serde_json::to_writer(bytes, session));
}

/// A session as a keyframe of it reads: what is known of it now, without its past.
#[must_use]
pub fn known(session: &Session) -> Session {
    Session { timeline: session.timeline.unsettled_only(), ..session.clone() }
}

/// Reads a keyframe; `None` where it is damaged or of another version, and must be folded again from an earlier one.
#[must_use]
pub fn read_keyframe(bytes: &[u8]) -> Option<Session> {
    serde_json::from_slice(bytes).ok()
}

/// A session as of the last of `records`, from the keyframe before them.
#[must_use]
pub fn seek<'a>(id: SessionId, keyframe: Option<Session>, records: impl IntoIterator<Item = &'a Record>) -> Session {
    let mut session = keyframe.unwrap_or_else(|| Session::new(id));
    for record in records {
        session.apply(record);
    }
    session
}

/// The entries that settle in a page: the keyframe at its beginning, and its records (up to k where it is the last).
#[must_use]
pub fn settled_in<'a>(
    id: SessionId,
    keyframe: Option<Session>,
    records: impl IntoIterator<Item = &'a Record>,
) -> Vec<Entry> {
    let timeline = folded(id, keyframe, records);
    let settled: Vec<u64> = timeline.entries.keys().copied().filter(|&no| timeline.is_settled(no)).collect();
    let mut entries = timeline.entries;
    settled.into_iter().filter_map(|no| entries.remove(&no)).collect()
}

/// The same, and those that are not settled: with the pages before it, that is the whole timeline as of the last record.
#[must_use]
pub fn all_in<'a>(
    id: SessionId,
    keyframe: Option<Session>,
    records: impl IntoIterator<Item = &'a Record>,
) -> Vec<Entry> {
    folded(id, keyframe, records).entries.into_values().collect()
}

fn folded<'a>(id: SessionId, keyframe: Option<Session>, records: impl IntoIterator<Item = &'a Record>) -> Timeline {
    let mut session = keyframe.unwrap_or_else(|| Session::new(id));
    session.timeline.keep_all();
    for record in records {
        session.apply(record);
    }
    session.timeline
}
