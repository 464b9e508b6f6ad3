//! Reading: short transactions on a connection of its own, beside the writer and from other processes.

use super::body::{self, Condition};
use super::chain::{COLUMNS, columns, stored_hash};
use super::head::Head;
use super::place::Place;
use super::raw::clamp;
use super::{StoreError, schema};
use crate::domain::{At, BodyRef, Pos, Record, RequestId, Seq, SessionId};
use rusqlite::{Connection, OptionalExtension, Params, params};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Reads the store and never changes it. Threads may share one; each may as well open its own.
#[derive(Debug)]
pub struct Reader {
    place: Place,
    conn: Mutex<Connection>,
}

/// A session in the log: where it begins and ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Which.
    pub session: SessionId,
    /// Its first record.
    pub first: Pos,
    /// Its newest record.
    pub last: Pos,
    /// How many records it has: the newest one's seq.
    pub count: u64,
    /// When its newest record was written.
    pub last_at: At,
}

impl Reader {
    /// Opens the store in a folder for reading; it must exist.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        Self::at(Place::for_reading(folder)?)
    }

    pub(super) fn at(place: Place) -> Result<Self, StoreError> {
        let conn = Mutex::new(schema::open_reader(&place)?);
        Ok(Self { place, conn })
    }

    /// The state folder that it reads.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.place.folder()
    }

    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    /// Runs something on the connection. `SQLite` itself is whole after a panic elsewhere, so a poisoned lock is taken.
    pub(super) fn read<T>(&self, ask: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let conn = self.conn.lock().unwrap_or_else(PoisonError::into_inner);
        ask(&conn).map_err(|error| StoreError::sqlite(&self.place.db(), &error))
    }

    /// The process that writes here now, as far as can be told from outside: its id.
    #[must_use]
    pub fn writer(&self) -> Option<u32> {
        self.place.writer()
    }

    /// The newest record's place and hash; all zero in an empty log.
    pub fn head(&self) -> Result<Head, StoreError> {
        self.read(|conn| Ok(tail(conn)?.head))
    }

    /// Records of a session from a seq on.
    pub fn records(&self, session: SessionId, from: Seq, limit: usize) -> Result<Vec<Record>, StoreError> {
        self.read(|conn| {
            let sql = format!("SELECT {COLUMNS} FROM record WHERE session = ?1 AND seq >= ?2 ORDER BY seq LIMIT ?3");
            select(conn, &sql, params![session.0, clamp(from.0), clamp(limit as u64)])
        })
    }

    /// Records of every session from a pos on.
    pub fn records_by_pos(&self, from: Pos, limit: usize) -> Result<Vec<Record>, StoreError> {
        self.read(|conn| {
            let sql = format!("SELECT {COLUMNS} FROM record WHERE pos >= ?1 ORDER BY pos LIMIT ?2");
            select(conn, &sql, params![clamp(from.0), clamp(limit as u64)])
        })
    }

    /// The decision on a request, where there is one.
    pub fn decided(&self, request: RequestId) -> Result<Option<Record>, StoreError> {
        self.read(|conn| {
            let sql = format!(
                "SELECT {COLUMNS} FROM record
                 WHERE json_extract(stored, '$.request') = ?1 AND kind = 'decided' AND json_valid(stored)"
            );
            Ok(select(conn, &sql, params![request.to_string()])?.pop())
        })
    }

    /// Every session, oldest first; the hub's own is none.
    pub fn sessions(&self) -> Result<Vec<Span>, StoreError> {
        // Steps from session to session through the index: the records between are not touched.
        const SQL: &str = "
            WITH RECURSIVE each (id) AS (
                SELECT min(session) FROM record
                UNION ALL
                SELECT (SELECT min(session) FROM record WHERE session > each.id) FROM each WHERE each.id IS NOT NULL
            )
            SELECT each.id, first.pos, last.pos, last.seq, last.at FROM each
            JOIN record first ON first.session = each.id
                AND first.seq = (SELECT min(seq) FROM record WHERE session = each.id)
            JOIN record last ON last.session = each.id
                AND last.seq = (SELECT max(seq) FROM record WHERE session = each.id)
            WHERE each.id <> 4294967295
            ORDER BY first.pos";
        self.read(|conn| {
            let mut select = conn.prepare_cached(SQL)?;
            let rows = select.query_map([], |row| {
                let number = |column| row.get::<_, i64>(column).map(i64::cast_unsigned);
                Ok(Span {
                    session: SessionId(u32::try_from(number(0)?).unwrap_or(u32::MAX)),
                    first: Pos(number(1)?),
                    last: Pos(number(2)?),
                    count: number(3)?,
                    last_at: At(row.get(4)?),
                })
            })?;
            rows.collect()
        })
    }

    /// The newest seq of a session; 0 where it has no record.
    pub fn last_seq(&self, session: SessionId) -> Result<Seq, StoreError> {
        self.read(|conn| last_seq(conn, session))
    }

    /// A long text; `None` where it was purged. What is not what its digest says is an error and never shown.
    pub fn body(&self, body: &BodyRef) -> Result<Option<String>, StoreError> {
        let why = match self.read(|conn| body::get(conn, body))? {
            Ok(text) => return Ok(Some(text)),
            Err(Condition::Purged) => return Ok(None),
            Err(Condition::Missing) => "is missing",
            Err(Condition::Damaged | Condition::Whole) => "does not match its digest",
        };
        Err(StoreError::Damaged { path: self.place.db(), why: format!("body {} {why}", body.digest.short()) })
    }
}

/// The end of the log.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tail {
    pub(super) head: Head,
    pub(super) at: At,
}

pub(super) fn tail(conn: &Connection) -> rusqlite::Result<Tail> {
    let sql = format!("SELECT {COLUMNS} FROM record ORDER BY pos DESC LIMIT 1");
    let found = conn
        .prepare_cached(&sql)?
        .query_row([], |row| {
            let row_columns = columns(row);
            let hash = stored_hash(row).unwrap_or_default();
            Ok(Tail { head: Head { pos: Pos(row_columns.pos.cast_unsigned()), hash }, at: At(row_columns.at) })
        })
        .optional()?;
    Ok(found.unwrap_or_default())
}

pub(super) fn last_seq(conn: &Connection, session: SessionId) -> rusqlite::Result<Seq> {
    let newest: Option<i64> = conn
        .prepare_cached("SELECT max(seq) FROM record WHERE session = ?1")?
        .query_row([session.0], |row| row.get(0))?;
    Ok(Seq(newest.unwrap_or(0).cast_unsigned()))
}

fn select(conn: &Connection, sql: &str, given: impl Params) -> rusqlite::Result<Vec<Record>> {
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map(given, |row| Ok(columns(row).to_record()))?;
    rows.collect()
}
