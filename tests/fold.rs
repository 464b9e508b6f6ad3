//! Properties of the fold: total, bounded, and the same whether whole or page by page.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::collections::BTreeMap;
use support::story::{heavy, records};
use taut::domain::{PageNo, Record, Seq, SessionId};
use taut::state::page::{self, PAGE};
use taut::state::{Entry, Session};

const ID: SessionId = SessionId(7);

/// Everything from the first record to the k-th, with nothing forgotten.
fn full(records: &[Record]) -> (Session, BTreeMap<u64, Entry>) {
    let mut session = Session::new(ID);
    session.timeline.keep_all();
    for record in records {
        session.apply(record);
    }
    let entries = session.timeline.entries.clone();
    (session, entries)
}

/// The keyframe after each page.
fn keyframes(records: &[Record]) -> Vec<Vec<u8>> {
    let mut session = Session::new(ID);
    let mut out = Vec::new();
    for record in records {
        session.apply(record);
        if page::is_due(record.seq) {
            out.push(page::keyframe(&session));
        }
    }
    out
}

fn keyframe_before(keyframes: &[Vec<u8>], page: u64) -> Option<Session> {
    Some(page::read_keyframe(keyframes.get(usize::try_from(page).unwrap().checked_sub(1)?)?).unwrap())
}

fn page_records(records: &[Record], page: u64) -> &[Record] {
    let (first, last) = page::bounds(PageNo(page));
    let end = usize::try_from(last.0).unwrap().min(records.len());
    &records[usize::try_from(first.0).unwrap() - 1..end]
}

#[test]
fn pages_and_keyframes_give_what_the_whole_fold_gives() {
    for seed in 0..3 {
        let records = records(ID, seed, 4000);
        compare(&records, &[1, 500, 1023, 1024, 1025, 2047, 2500, 3072, 4000]);
    }
}

#[test]
fn what_never_ends_is_settled_alike_and_a_question_waits_on() {
    let records: Vec<Record> = heavy(ID, 4000).collect();
    compare(&records, &[1024, 2500, 4000]);
    let (session, entries) = full(&records);
    let open = session.timeline.unsettled().count();
    assert!(open < entries.len() - 20, "{open} of {} entries are open: their bound was not reached", entries.len());
    assert_eq!(session.waiting().count(), 1, "the oldest of all entries, and it waits for a human");
}

/// Whether the pages up to each k, and what is unsettled there, are what the whole fold gives.
fn compare(records: &[Record], places: &[usize]) {
    let keyframes = keyframes(records);
    for &k in places {
        let (whole, entries) = full(&records[..k]);
        let page = (k as u64 - 1) / PAGE;
        let session = page::seek(ID, keyframe_before(&keyframes, page), page_records(&records[..k], page));
        // What is known now is the same ...
        let bare = |s: &Session| Session { timeline: s.timeline.unsettled_only(), ..s.clone() };
        assert_eq!(serde_json::to_value(bare(&session)).unwrap(), serde_json::to_value(bare(&whole)).unwrap(), "k {k}");
        // ... also as a keyframe says it, which is written from the whole ...
        let keyframe = serde_json::to_value(&session).unwrap();
        assert_eq!(keyframe, serde_json::to_value(page::known(&session)).unwrap(), "k {k}");
        let read = page::read_keyframe(&page::keyframe(&session)).unwrap();
        let entries_of = |session: &Session| session.timeline.entries.clone();
        assert!(entries_of(&read) == entries_of(&bare(&session)), "k {k}: a keyframe differs");
        // ... and every entry stands in exactly one page, or is not settled yet.
        let mut paged = BTreeMap::new();
        for p in 0..=page {
            let settled = page::settled_in(ID, keyframe_before(&keyframes, p), page_records(&records[..k], p));
            for entry in settled {
                assert!(paged.insert(entry.no, entry).is_none(), "settled twice");
            }
        }
        for no in session.timeline.unsettled() {
            assert!(paged.insert(no, session.timeline.entries[&no].clone()).is_none());
        }
        assert_eq!(paged.len(), entries.len(), "k {k}");
        assert!(paged == entries, "k {k}: an entry differs");
    }
}

#[test]
fn what_is_in_memory_of_a_long_session_is_bounded() {
    let mut session = Session::new(ID);
    for record in records(ID, 3, 20_000) {
        session.apply(&record);
    }
    assert!(session.timeline.next > 5_000, "{}", session.timeline.next);
    assert!(session.timeline.entries.len() <= 512 + 1024, "{}", session.timeline.entries.len());
    let size = page::keyframe(&session).len();
    assert!(size < 800_000, "a keyframe of {size} bytes");
}

#[test]
fn any_order_and_any_repetition_is_a_fold() {
    let mut records = records(ID, 11, 2000);
    records.reverse();
    let mut session = Session::new(ID);
    for record in records.iter().chain(records.iter().step_by(3)) {
        session.apply(record);
    }
    assert_eq!(session.seq, Seq(2000));
}
