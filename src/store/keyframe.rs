//! Keyframes: a session's state as folded up to a record. Derived, unhashed, rebuildable.

use super::chain::bytes;
use super::pack::{pack, unpack};
use super::raw::clamp;
use super::{Reader, Store, StoreError};
use crate::domain::{Seq, SessionId};
use rusqlite::params;

impl Store {
    /// Keeps a keyframe; one of the same place is replaced.
    pub fn keyframe(&mut self, session: SessionId, seq: Seq, state: &[u8]) -> Result<(), StoreError> {
        let packed = pack(state);
        let put = self.write(|conn| {
            conn.prepare_cached("INSERT OR REPLACE INTO keyframe (session, seq, data) VALUES (?1, ?2, ?3)")?
                .execute(params![session.0, clamp(seq.0), packed])
        });
        put.map(drop).map_err(|error| self.fault(&error))
    }

    /// Drops every keyframe, so that they are folded again: after a change of the fold.
    pub fn drop_keyframes(&mut self) -> Result<(), StoreError> {
        self.write(|conn| conn.execute("DELETE FROM keyframe", [])).map(drop).map_err(|error| self.fault(&error))
    }
}

impl Reader {
    /// The keyframe at exactly this record. A damaged one is none: it is folded again.
    pub fn keyframe(&self, session: SessionId, seq: Seq) -> Result<Option<Vec<u8>>, StoreError> {
        let found = self.keyframe_at_or_before(session, seq)?;
        Ok(found.and_then(|(at, state)| (at == seq).then_some(state)))
    }

    /// The newest keyframe of a session up to this record; damaged ones are passed over.
    pub fn keyframe_at_or_before(&self, session: SessionId, seq: Seq) -> Result<Option<(Seq, Vec<u8>)>, StoreError> {
        self.read(|conn| {
            let mut select = conn
                .prepare_cached("SELECT seq, data FROM keyframe WHERE session = ?1 AND seq <= ?2 ORDER BY seq DESC")?;
            let mut rows = select.query(params![session.0, clamp(seq.0)])?;
            while let Some(row) = rows.next()? {
                if let Some(state) = unpack(bytes(row, 1)) {
                    return Ok(Some((Seq(row.get::<_, i64>(0)?.cast_unsigned()), state)));
                }
            }
            Ok(None)
        })
    }
}
