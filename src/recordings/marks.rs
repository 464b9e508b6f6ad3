//! What tells whether a recording is still the one that somebody has read, without reading it.

use super::Recordings;
use super::keep::session;
use crate::domain::SessionId;
use crate::store::StoreError;

/// A recording as it is kept now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Which.
    pub id: SessionId,
    /// The tool's own id of it; empty where it tells none.
    pub native: String,
    /// Another one after each time that it was kept anew.
    pub as_of: String,
}

impl Recordings {
    /// All of them: from an index alone, since a list of ten thousand is asked for with every search.
    pub fn marks(&self) -> Result<Vec<Mark>, StoreError> {
        let sql = "SELECT id, native, last, records, kept, drawn FROM recording";
        let read = || {
            let mut select = self.conn.prepare_cached(sql)?;
            let rows = select.query_map([], |row| {
                let number = |column| row.get::<_, i64>(column);
                let as_of = format!("{}.{}.{}.{}", number(2)?, number(3)?, number(4)?, number(5)?);
                Ok(Mark { id: session(number(0)?), native: row.get(1)?, as_of })
            })?;
            rows.collect::<rusqlite::Result<Vec<Mark>>>()
        };
        read().map_err(self.fault())
    }
}
