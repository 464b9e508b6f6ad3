//! Raw frames: what came over the wire, for as long as there is room. Outside the hash chain.

use super::chain::bytes;
use super::pack::{pack, unpack};
use super::{Reader, Store, StoreError};
use crate::domain::{At, SessionId};
use rusqlite::{Connection, ErrorCode, params};

/// Bytes that are kept of one frame; what is longer keeps its beginning and its length.
pub const FRAME_MAX: usize = 256 * 1024;

/// Which way a frame went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the agent to us.
    FromAgent,
    /// From us to the agent.
    ToAgent,
    /// What the agent wrote on stderr.
    Stderr,
}

/// A frame as it went over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawFrame {
    /// Its number within the session; records cite it.
    pub n: u64,
    /// When.
    pub at: At,
    /// Which way.
    pub direction: Direction,
    /// What.
    pub bytes: Vec<u8>,
}

/// A frame as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptFrame {
    /// The frame; of a long one the first [`FRAME_MAX`] bytes, of a damaged one none.
    pub frame: RawFrame,
    /// How long it was on the wire.
    pub total: u64,
}

impl Store {
    /// Keeps frames of a session: all of them or none.
    pub fn raw(&mut self, session: SessionId, frames: &[RawFrame]) -> Result<(), StoreError> {
        if frames.is_empty() {
            return Ok(());
        }
        let mut refused = None;
        let written = self.write(|conn| {
            frames.iter().try_for_each(|frame| put(conn, session, frame).inspect_err(|_| refused = Some(frame.n)))
        });
        written.map_err(|error| match (&error, refused) {
            (rusqlite::Error::SqliteFailure(failure, _), Some(n)) if failure.code == ErrorCode::ConstraintViolation => {
                StoreError::FrameTwice { session, n }
            }
            _ => self.fault(&error),
        })
    }

    /// Drops the oldest frames of a session that holds more than so many bytes on disk; returns how many.
    pub fn prune_raw_of(&mut self, session: SessionId, bytes: u64) -> Result<u64, StoreError> {
        let room = i64::try_from(bytes).unwrap_or(i64::MAX);
        self.write(|conn| prune_one(conn, i64::from(session.0), room)).map_err(|error| self.fault(&error))
    }

    /// The same for every session.
    pub fn prune_raw(&mut self, bytes_per_session: u64) -> Result<u64, StoreError> {
        let room = i64::try_from(bytes_per_session).unwrap_or(i64::MAX);
        self.write(|conn| prune(conn, room)).map_err(|error| self.fault(&error))
    }
}

impl Reader {
    /// Frames of a session from a number on.
    pub fn raw(&self, session: SessionId, from: u64, limit: usize) -> Result<Vec<KeptFrame>, StoreError> {
        self.read(|conn| {
            let mut select = conn.prepare_cached(
                "SELECT n, at, direction, total, data FROM frame WHERE session = ?1 AND n >= ?2 ORDER BY n LIMIT ?3",
            )?;
            let rows = select.query_map(params![session.0, clamp(from), clamp(limit as u64)], |row| {
                let direction = match row.get::<_, i64>(2)? {
                    0 => Direction::FromAgent,
                    1 => Direction::ToAgent,
                    _ => Direction::Stderr,
                };
                let frame = RawFrame {
                    n: row.get::<_, i64>(0)?.cast_unsigned(),
                    at: At(row.get(1)?),
                    direction,
                    bytes: unpack(bytes(row, 4)).unwrap_or_default(),
                };
                Ok(KeptFrame { frame, total: row.get::<_, i64>(3)?.cast_unsigned() })
            })?;
            rows.collect()
        })
    }

    /// The number of a session's newest frame that is kept; 0 where there is none.
    pub fn last_frame(&self, session: SessionId) -> Result<u64, StoreError> {
        self.read(|conn| {
            let newest: Option<i64> = conn
                .prepare_cached("SELECT max(n) FROM frame WHERE session = ?1")?
                .query_row([session.0], |row| row.get(0))?;
            Ok(newest.unwrap_or(0).cast_unsigned())
        })
    }
}

/// A count as `SQLite` can hold it.
pub(super) fn clamp(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn put(conn: &Connection, session: SessionId, frame: &RawFrame) -> rusqlite::Result<()> {
    let direction = match frame.direction {
        Direction::FromAgent => 0,
        Direction::ToAgent => 1,
        Direction::Stderr => 2,
    };
    let kept = pack(frame.bytes.get(..FRAME_MAX).unwrap_or(&frame.bytes));
    conn.prepare_cached("INSERT INTO frame (session, n, at, direction, total, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
        .execute(params![session.0, clamp(frame.n), frame.at.0, direction, clamp(frame.bytes.len() as u64), kept])?;
    Ok(())
}

fn prune(conn: &Connection, room: i64) -> rusqlite::Result<u64> {
    let sessions: Vec<i64> = conn
        .prepare("SELECT DISTINCT session FROM frame")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut dropped = 0;
    for session in sessions {
        dropped += prune_one(conn, session, room)?;
    }
    Ok(dropped)
}

fn prune_one(conn: &Connection, session: i64, room: i64) -> rusqlite::Result<u64> {
    match first_without_room(conn, session, room)? {
        Some(newest) => Ok(conn.execute("DELETE FROM frame WHERE session = ?1 AND n <= ?2", [session, newest])? as u64),
        None => Ok(0),
    }
}

/// The newest frame of a session that does not fit, counted from its end.
fn first_without_room(conn: &Connection, session: i64, room: i64) -> rusqlite::Result<Option<i64>> {
    let mut select = conn.prepare_cached("SELECT n, length(data) FROM frame WHERE session = ?1 ORDER BY n DESC")?;
    let mut rows = select.query([session])?;
    let mut used = 0_i64;
    while let Some(row) = rows.next()? {
        used = used.saturating_add(row.get(1)?);
        if used > room {
            return row.get(0).map(Some);
        }
    }
    Ok(None)
}
