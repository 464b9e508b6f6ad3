//! Long texts: by digest, once, in compressed chunks that can be purged.

use super::chain::bytes;
use super::pack::{pack, unpack};
use crate::domain::{BodyRef, Digest};
use rusqlite::{Connection, OptionalExtension, params};

/// Bytes of a text that go into one row.
const CHUNK: usize = 64 * 1024;

/// What lies behind a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Condition {
    /// Every byte, as its digest says.
    Whole,
    /// It was purged; nothing of it is left.
    Purged,
    /// There never was one, or its row is gone.
    Missing,
    /// Other bytes than its digest says.
    Damaged,
}

/// Keeps a text; one that is there already is not written again.
pub(super) fn put(conn: &Connection, text: &str) -> rusqlite::Result<BodyRef> {
    let body = BodyRef::of(text);
    let id = match find(conn, &body.digest)? {
        Some(found) if !found.purged => return Ok(body),
        // It was said again after it was purged: a new fact, kept like any other.
        Some(found) => {
            conn.prepare_cached("UPDATE body SET purged = 0, bytes = ?2 WHERE id = ?1")?
                .execute(params![found.id, body.bytes.cast_signed()])?;
            conn.prepare_cached("DELETE FROM chunk WHERE body = ?1")?.execute([found.id])?;
            found.id
        }
        None => {
            conn.prepare_cached("INSERT INTO body (digest, bytes, purged) VALUES (?1, ?2, 0)")?
                .execute(params![body.digest.0, body.bytes.cast_signed()])?;
            conn.last_insert_rowid()
        }
    };
    let mut insert = conn.prepare_cached("INSERT INTO chunk (body, n, data) VALUES (?1, ?2, ?3)")?;
    for (n, chunk) in (0_i64..).zip(text.as_bytes().chunks(CHUNK)) {
        insert.execute(params![id, n, pack(chunk)])?;
    }
    Ok(body)
}

/// Reads a text. `Err` holds the condition that stands in its way.
pub(super) fn get(conn: &Connection, body: &BodyRef) -> rusqlite::Result<Result<String, Condition>> {
    // What the reference claims is only a hint of how much room to make.
    let room = usize::try_from(body.bytes).unwrap_or(usize::MAX).min(16 * CHUNK);
    let mut out = Vec::with_capacity(room);
    let condition = read(conn, &body.digest, |chunk| out.extend_from_slice(chunk))?;
    Ok(match condition {
        Condition::Whole => String::from_utf8(out).map_err(|_| Condition::Damaged),
        other => Err(other),
    })
}

/// Looks whether a text is what its digest says, without holding more than a chunk of it.
pub(super) fn check(conn: &Connection, digest: &Digest) -> rusqlite::Result<Condition> {
    read(conn, digest, |_| ())
}

/// Removes the bytes of a text for good; true where there were any. Its digest stays in the chain.
pub(super) fn purge(conn: &Connection, digest: &Digest) -> rusqlite::Result<bool> {
    let Some(found) = find(conn, digest)? else { return Ok(false) };
    conn.execute("UPDATE body SET purged = 1 WHERE id = ?1", [found.id])?;
    Ok(conn.execute("DELETE FROM chunk WHERE body = ?1", [found.id])? > 0)
}

struct Found {
    id: i64,
    bytes: i64,
    purged: bool,
}

fn find(conn: &Connection, digest: &Digest) -> rusqlite::Result<Option<Found>> {
    conn.prepare_cached("SELECT id, bytes, purged FROM body WHERE digest = ?1")?
        .query_row([digest.0], |row| {
            Ok(Found { id: row.get(0)?, bytes: row.get(1)?, purged: row.get::<_, i64>(2)? != 0 })
        })
        .optional()
}

fn read(conn: &Connection, digest: &Digest, mut take: impl FnMut(&[u8])) -> rusqlite::Result<Condition> {
    let Some(found) = find(conn, digest)? else { return Ok(Condition::Missing) };
    let mut select = conn.prepare_cached("SELECT n, data FROM chunk WHERE body = ?1 ORDER BY n")?;
    let mut rows = select.query([found.id])?;
    let mut hasher = blake3::Hasher::new();
    let mut length = 0_u64;
    let mut next = 0_i64;
    while let Some(row) = rows.next()? {
        // A tombstone over bytes that are still there is no purge.
        if found.purged || row.get::<_, i64>(0)? != next {
            return Ok(Condition::Damaged);
        }
        let Some(chunk) = unpack(bytes(row, 1)) else { return Ok(Condition::Damaged) };
        hasher.update(&chunk);
        take(&chunk);
        length += chunk.len() as u64;
        next += 1;
    }
    if found.purged {
        return Ok(Condition::Purged);
    }
    let whole = hasher.finalize().as_bytes() == &digest.0 && length == found.bytes.cast_unsigned();
    Ok(if whole { Condition::Whole } else { Condition::Damaged })
}
