//! Memory of a long session is bounded: what it holds does not grow with how long it is.
//!
//! Alone in its file, and one test, since it measures the whole process. `cargo bench` does the same with a million
//! records.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use support::memory::resident;
use support::story;
use taut::domain::{Record, SessionId};
use taut::state::{State, page};

/// A million records of one session must stay below this.
const BOUND: u64 = 84_000_000;
const ID: SessionId = SessionId(7);

/// Folds as the hub does, keyframes among it: bytes beyond the beginning at the highest, and at the highest of the
/// first half.
fn fold(records: impl Iterator<Item = Record>, count: u64) -> (u64, u64) {
    let begin = resident();
    let (mut state, mut peak, mut half) = (State::default(), 0, 0);
    for record in records {
        state.apply(&record);
        if page::is_due(record.seq) && record.seq.0.is_multiple_of(page::PAGE * 4) {
            let keyframe = page::keyframe(&state.sessions[&ID]);
            peak = peak.max(resident());
            assert!(!keyframe.is_empty());
            half = if record.seq.0 <= count / 2 { peak } else { half };
        }
    }
    assert_eq!(state.sessions[&ID].seq.0, count);
    (peak.saturating_sub(begin), half.saturating_sub(begin))
}

#[test]
fn a_long_session_stays_within_its_bound_and_does_not_grow() {
    if resident() == 0 {
        eprintln!("there is no /proc here to measure with");
        return;
    }
    let count = if cfg!(debug_assertions) { 40_960 } else { 1_000_000 };
    let (held, half) = fold(story::stream(ID, 5, count), count);
    let drift = held - half;
    println!("{count} records: {held} bytes more at the highest, {drift} of them in the second half");
    assert!(held < BOUND, "{count} records hold {held} bytes");
    let share = BOUND * (count / 2) / 1_000_000;
    assert!(half > 0 && drift < share, "half of {count} records added {drift} bytes: something grows for ever");

    let count = 16_384;
    let (held, half) = fold(story::heavy(ID, count), count);
    println!("{count} heavy records: {held} bytes more at the highest, {} of them in the second half", held - half);
    assert!(held < BOUND, "{count} heavy records hold {held} bytes");
}
