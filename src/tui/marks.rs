//! What a replay of a stored session can go to, gathered from its log.

use crate::domain::{Seq, SessionId};
use crate::store::{Reader, StoreError};
use crate::ui::Replay;
use crate::ui::marks::Marks;
use crate::ui::places::Places;

/// Records read at a time.
const BATCH: usize = 4096;

/// Gathers it from all of a session's records; its cursor is at the end.
///
/// # Errors
/// The log can't be read.
pub fn of(reader: &Reader, id: SessionId) -> Result<Replay, StoreError> {
    let last = reader.last_seq(id)?;
    let (mut marks, mut from) = (Marks::new(id, last), Seq(1));
    while from <= last {
        let records = reader.records(id, from, BATCH)?;
        let Some(end) = records.last() else { break };
        from = Seq(end.seq.0 + 1);
        records.iter().for_each(|record| marks.take(record));
    }
    Ok(marks.at(last))
}

/// The same before anything was gathered: between which times the session goes, and where the cursor stands.
///
/// # Errors
/// The log can't be read.
pub fn before(reader: &Reader, id: SessionId, at: Seq) -> Result<Replay, StoreError> {
    let last = reader.last_seq(id)?;
    let mut marks = Marks::new(id, last);
    for seq in [Seq(1), at, last] {
        reader.records(id, seq, 1)?.iter().for_each(|record| marks.take(record));
    }
    Ok(Replay { marks: Places::default(), reading: true, ..marks.at(at) })
}
