//! What is deleted goes from the index as well, and what it leaves is overwritten.

use super::Index;
use crate::domain::SessionId;
use crate::store::StoreError;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use std::path::Path;

impl Index {
    /// Forgets a session: its entries, and what stands in them. True where anything of it was there.
    ///
    /// # Errors
    /// It can't be written.
    pub fn forget(&mut self, id: SessionId, recorded: bool) -> Result<bool, StoreError> {
        let sql = "SELECT slot FROM session WHERE id = ?1 AND recorded = ?2";
        let found = self.conn.query_row(sql, params![id.0, recorded], |row| row.get(0)).optional();
        let slot: Option<i64> = found.map_err(self.fault())?;
        if let Some(slot) = slot {
            self.forget_slot(slot)?;
            self.compact()?;
        }
        Ok(slot.is_some())
    }

    /// The same in a state folder that may have none.
    ///
    /// # Errors
    /// It can't be written.
    pub fn forget_in(state: &Path, id: SessionId, recorded: bool) -> Result<bool, StoreError> {
        if !state.join(super::NAME).exists() {
            return Ok(false);
        }
        Self::open(state)?.forget(id, recorded)
    }

    /// Takes a session out; until the index is compacted, its pieces are still on the disk.
    pub(super) fn forget_slot(&mut self, slot: i64) -> Result<(), StoreError> {
        self.overwriting(|conn| {
            let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let (from, to) = (super::id_of(slot, 0), super::id_of(slot, u64::from(u32::MAX)));
            tx.execute(
                "DELETE FROM words WHERE rowid IN (SELECT id FROM entry WHERE id BETWEEN ?1 AND ?2)",
                [from, to],
            )?;
            tx.execute("DELETE FROM entry WHERE id BETWEEN ?1 AND ?2", [from, to])?;
            tx.execute("DELETE FROM source WHERE slot = ?1", [slot])?;
            tx.execute("DELETE FROM session WHERE slot = ?1", [slot])?;
            // What holds no record any more is not up to any.
            tx.execute("DELETE FROM told WHERE key = 'pos'", [])?;
            tx.commit()
        })
    }

    /// Writes the pieces anew without those of what was taken out, and clears the WAL.
    pub(super) fn compact(&mut self) -> Result<(), StoreError> {
        self.overwriting(|conn| {
            conn.execute("INSERT INTO words (words) VALUES ('optimize')", [])?;
            conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        })
    }

    fn overwriting(&mut self, work: impl FnOnce(&mut Connection) -> rusqlite::Result<()>) -> Result<(), StoreError> {
        let zero = |conn: &Connection, on: bool| conn.pragma_update(None, "secure_delete", on);
        let done = zero(&self.conn, true).and_then(|()| work(&mut self.conn));
        let after = zero(&self.conn, false);
        done.and(after).map_err(self.fault())
    }
}
