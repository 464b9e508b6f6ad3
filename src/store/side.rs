//! Databases beside the log: in the same folder, as closed to others, each with a schema of its own.
//!
//! What stands in them is no record: recordings of other tools, and what is derived. They have no hash chain and may be
//! written by several processes, each change in one transaction.

use super::StoreError;
use super::place::Place;
use super::schema::tune;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long somebody else's lock is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often it is tried meanwhile.
const GLANCE: Duration = Duration::from_millis(5);

/// Opens one for writing; makes the folder and it, or brings it up: the n-th step makes schema n, and steps are only added.
pub fn side(folder: &Path, name: &str, steps: &[&str]) -> Result<Connection, StoreError> {
    patiently(|| try_side(folder, name, steps))
}

fn try_side(folder: &Path, name: &str, steps: &[&str]) -> Result<Connection, StoreError> {
    let place = Place::for_writing(folder)?;
    place.make_private(name)?;
    let path = place.file(name);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let mut conn = open(&path, flags)?;
    let fail = |error: rusqlite::Error| StoreError::sqlite(&path, &error);
    if version(&conn, &path)? == 0 {
        conn.pragma_update(None, "journal_mode", "WAL").map_err(fail)?;
    }
    conn.pragma_update(None, "synchronous", "NORMAL").map_err(fail)?;
    conn.pragma_update(None, "journal_size_limit", 4 << 20).map_err(fail)?;
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(fail)?;
    // Another process may have brought it up meanwhile.
    let (found, known) = (version(&tx, &path)?, steps.len());
    if found > known {
        return Err(too_new(path, found, known));
    }
    for step in steps.iter().skip(found) {
        tx.execute_batch(step).map_err(fail)?;
    }
    tx.pragma_update(None, "user_version", i64::try_from(known).unwrap_or(i64::MAX)).map_err(fail)?;
    tx.commit().map_err(fail)?;
    Ok(conn)
}

/// Opens one for reading; `None` where there is none, or nothing in it yet.
pub fn side_reader(folder: &Path, name: &str, steps: &[&str]) -> Result<Option<Connection>, StoreError> {
    patiently(|| try_side_reader(folder, name, steps))
}

fn try_side_reader(folder: &Path, name: &str, steps: &[&str]) -> Result<Option<Connection>, StoreError> {
    let place = match Place::for_reading(folder) {
        Err(StoreError::Missing(_)) => return Ok(None),
        other => other?,
    };
    let path = place.file(name);
    if !path.exists() {
        return Ok(None);
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let conn = open(&path, flags)?;
    match (version(&conn, &path)?, steps.len()) {
        (0, _) => Ok(None),
        (found, known) if found < known => Err(StoreError::TooOld { path, found: number(found), known: number(known) }),
        (found, known) if found > known => Err(too_new(path, found, known)),
        _ => Ok(Some(conn)),
    }
}

/// `SQLite` itself waits for no lock where a database is made, or where the last one who had it open leaves.
fn patiently<T>(mut open: impl FnMut() -> Result<T, StoreError>) -> Result<T, StoreError> {
    let until = Instant::now() + PATIENCE;
    loop {
        match open() {
            Err(StoreError::Locked(_)) if Instant::now() < until => std::thread::sleep(GLANCE),
            other => return other,
        }
    }
}

fn open(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let open = || {
        let conn = Connection::open_with_flags(path, flags)?;
        tune(&conn, 1024)?;
        Ok(conn)
    };
    open().map_err(|error| StoreError::sqlite(path, &error))
}

fn version(conn: &Connection, path: &Path) -> Result<usize, StoreError> {
    let found: i64 = conn
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(|error| StoreError::sqlite(path, &error))?;
    Ok(usize::try_from(found).unwrap_or(0))
}

fn too_new(path: PathBuf, found: usize, known: usize) -> StoreError {
    StoreError::TooNew { path, found: number(found), known: number(known) }
}

fn number(schema: usize) -> i64 {
    i64::try_from(schema).unwrap_or(i64::MAX)
}
