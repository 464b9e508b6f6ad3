//! The hash chain: what of a record is hashed, and in which form.

use crate::domain::{At, Digest, Event, LaneId, Pos, Record, Seq, SessionId, Unknown, VERSION};
use rusqlite::Row;
use rusqlite::types::ValueRef;
use std::borrow::Cow;

/// The columns of a record, in the order in which [`columns`] reads them.
pub(super) const COLUMNS: &str = "pos, session, seq, lane, at, said_at, cites, version, kind, stored, hash";

/// One stored record as it lies on disk, without its hash: raw numbers and bytes, whatever they hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Columns<'a> {
    /// The order of everything.
    pub pos: i64,
    /// The session's number.
    pub session: i64,
    /// The order within the session.
    pub seq: i64,
    /// The lane within it.
    pub lane: i64,
    /// The hub's clock.
    pub at: i64,
    /// The source's own clock.
    pub said_at: Option<i64>,
    /// The raw frame it was read from (the bits of a `u64`).
    pub cites: Option<i64>,
    /// The version of the body.
    pub version: i64,
    /// The kind.
    pub kind: &'a [u8],
    /// The stored bytes.
    pub stored: &'a [u8],
}

impl<'a> Columns<'a> {
    /// The columns of a record whose event has these stored bytes.
    #[must_use]
    pub fn of(record: &'a Record, stored: &'a str) -> Self {
        Self {
            pos: record.pos.0.cast_signed(),
            session: i64::from(record.session.0),
            seq: record.seq.0.cast_signed(),
            lane: i64::from(record.lane.0),
            at: record.at.0,
            said_at: record.said_at.map(|at| at.0),
            cites: record.cites.map(u64::cast_signed),
            version: i64::from(record.version),
            kind: record.event.kind().as_bytes(),
            stored: stored.as_bytes(),
        }
    }

    /// blake3 over the previous record's hash (32 zeros before the first) and every column. Each part is preceded by
    /// its length in eight bytes, numbers are eight bytes, both little-endian; what is absent has length 0.
    #[must_use]
    pub fn hash(&self, previous: &Digest) -> Digest {
        let mut head = Vec::with_capacity(256);
        part(&mut head, &previous.0);
        for number in [
            Some(self.version),
            Some(self.pos),
            Some(self.session),
            Some(self.seq),
            Some(self.lane),
            Some(self.at),
            self.said_at,
            self.cites,
        ] {
            match number {
                Some(number) => part(&mut head, &number.to_le_bytes()),
                None => part(&mut head, &[]),
            }
        }
        part(&mut head, self.kind);
        head.extend_from_slice(&(self.stored.len() as u64).to_le_bytes());
        let mut hasher = blake3::Hasher::new();
        hasher.update(&head).update(self.stored);
        Digest(*hasher.finalize().as_bytes())
    }

    /// The record that it is. Total: what is damaged reads as something, and `verify` names it.
    #[must_use]
    pub fn to_record(&self) -> Record {
        let narrow = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
        let version = u16::try_from(self.version).unwrap_or(u16::MAX);
        Record {
            pos: Pos(self.pos.cast_unsigned()),
            session: SessionId(narrow(self.session)),
            seq: Seq(self.seq.cast_unsigned()),
            lane: LaneId(narrow(self.lane)),
            at: At(self.at),
            said_at: self.said_at.map(At),
            cites: self.cites.map(i64::cast_unsigned),
            version,
            event: read_event(version, &text(self.kind), &text(self.stored)),
        }
    }
}

/// Reads stored bytes of a version. A body newer than this program is kept as it is and not guessed at.
fn read_event(version: u16, kind: &str, stored: &str) -> Event {
    if version > VERSION {
        return Event::Unknown(Unknown { kind: kind.to_owned(), body: stored.to_owned() });
    }
    Event::from_stored(kind, stored)
}

/// Text as it is, or with marks where damage made it none. (The lossy way alone is several times slower.)
fn text(bytes: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

fn part(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
    out.extend_from_slice(bytes);
}

/// The columns of a row that was selected with [`COLUMNS`]. Total: a column of a wrong type reads as a value that no
/// writer gives, so that its hash does not match.
pub(super) fn columns<'r>(row: &'r Row<'_>) -> Columns<'r> {
    Columns {
        pos: integer(row, 0),
        session: integer(row, 1),
        seq: integer(row, 2),
        lane: integer(row, 3),
        at: integer(row, 4),
        said_at: maybe_integer(row, 5),
        cites: maybe_integer(row, 6),
        version: integer(row, 7),
        kind: bytes(row, 8),
        stored: bytes(row, 9),
    }
}

/// The hash of a row that was selected with [`COLUMNS`]; `None` where it is no hash.
pub(super) fn stored_hash(row: &Row<'_>) -> Option<Digest> {
    bytes(row, 10).try_into().ok().map(Digest)
}

fn integer(row: &Row<'_>, column: usize) -> i64 {
    maybe_integer(row, column).unwrap_or(i64::MIN)
}

fn maybe_integer(row: &Row<'_>, column: usize) -> Option<i64> {
    match row.get_ref(column) {
        Ok(ValueRef::Integer(number)) => Some(number),
        Ok(ValueRef::Null) | Err(_) => None,
        Ok(ValueRef::Real(_) | ValueRef::Text(_) | ValueRef::Blob(_)) => Some(i64::MIN),
    }
}

/// The bytes of a text or blob column; empty for anything else.
pub(super) fn bytes<'r>(row: &'r Row<'_>, column: usize) -> &'r [u8] {
    match row.get_ref(column) {
        Ok(ValueRef::Text(bytes) | ValueRef::Blob(bytes)) => bytes,
        Ok(ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_)) | Err(_) => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: Columns<'static> = Columns {
        pos: 1,
        session: 2,
        seq: 3,
        lane: 4,
        at: 5,
        said_at: None,
        cites: None,
        version: 1,
        kind: b"ab",
        stored: b"cd",
    };

    #[test]
    fn nothing_moves_from_one_column_to_the_next_unseen() {
        let zero = Digest::default();
        let hash = ROW.hash(&zero);
        assert_ne!(hash, Columns { kind: b"abc", stored: b"d", ..ROW }.hash(&zero));
        assert_ne!(hash, Columns { said_at: Some(0), ..ROW }.hash(&zero));
        assert_ne!(Columns { said_at: Some(7), ..ROW }.hash(&zero), Columns { cites: Some(7), ..ROW }.hash(&zero));
        assert_ne!(hash, ROW.hash(&hash));
    }

    #[test]
    fn a_body_of_a_newer_version_is_not_guessed_at() {
        let stored = br#"{"kind":"opened"}"#;
        let row = Columns { version: i64::from(VERSION) + 1, kind: b"opened", stored, ..ROW };
        let event = row.to_record().event;
        assert!(matches!(&event, Event::Unknown(unknown) if unknown.kind == "opened"), "{event:?}");
        assert_eq!(event.to_stored().as_bytes(), stored);
    }
}
