//! Which checkpoints the log speaks of, and whose they are.

use super::{Reader, StoreError};
use crate::domain::{Checkpoint, Event, SessionId};
use std::collections::BTreeSet;

impl Reader {
    /// Every checkpoint that a session has on record, in order. Walks the whole log: not for the thread that writes.
    pub fn each_checkpoint(&self, mut each: impl FnMut(SessionId, &Checkpoint)) -> Result<(), StoreError> {
        self.read(|conn| {
            let sql = "SELECT session, kind, stored FROM record WHERE kind = 'checkpointed' ORDER BY pos";
            let mut select = conn.prepare_cached(sql)?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                let (session, kind, stored): (u32, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
                if let Event::Checkpointed { checkpoint } = Event::from_stored(&kind, &stored) {
                    each(SessionId(session), &checkpoint);
                }
            }
            Ok(())
        })
    }

    /// Sessions that were deleted: they need none of theirs any more.
    pub fn deleted(&self) -> Result<BTreeSet<SessionId>, StoreError> {
        self.read(|conn| {
            let mut select = conn.prepare_cached("SELECT DISTINCT session FROM record WHERE kind = 'deleted'")?;
            let rows = select.query_map([], |row| Ok(SessionId(row.get(0)?)))?;
            rows.collect()
        })
    }
}
