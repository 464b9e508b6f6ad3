//! The database: how it is opened, its tables, and how an older one is brought up.

use super::StoreError;
use super::place::Place;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// Marks the file as ours (`taut` in ASCII).
const APPLICATION: i64 = 0x7461_7574;

/// How long to wait for another program's lock before giving up.
const PATIENCE: Duration = Duration::from_secs(2);

/// What leads from each schema to the next one: the n-th step makes schema n. Steps are only ever added.
const STEPS: &[&str] = &[V1];

const V1: &str = "
    -- One fact a row; never updated, never deleted. `stored` is text for ever as it was written.
    CREATE TABLE record (
        pos INTEGER PRIMARY KEY, session INTEGER NOT NULL, seq INTEGER NOT NULL, lane INTEGER NOT NULL,
        at INTEGER NOT NULL, said_at INTEGER, cites INTEGER, version INTEGER NOT NULL,
        kind TEXT NOT NULL, stored TEXT NOT NULL, hash BLOB NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX record_of_session ON record (session, seq);
    CREATE UNIQUE INDEX one_decision ON record (json_extract(stored, '$.request'))
        WHERE kind = 'decided' AND json_valid(stored);
    -- Long texts, by digest. A purged one keeps its row and loses its chunks.
    CREATE TABLE body (
        id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, bytes INTEGER NOT NULL, purged INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE chunk (body INTEGER NOT NULL, n INTEGER NOT NULL, data BLOB NOT NULL, UNIQUE (body, n)) STRICT;
    -- What came over the wire, outside the hash chain and with a retention.
    CREATE TABLE frame (
        session INTEGER NOT NULL, n INTEGER NOT NULL, at INTEGER NOT NULL, direction INTEGER NOT NULL,
        total INTEGER NOT NULL, data BLOB NOT NULL, UNIQUE (session, n)
    ) STRICT;
    -- Derived: may be dropped at any time and folded again.
    CREATE TABLE keyframe (
        session INTEGER NOT NULL, seq INTEGER NOT NULL, data BLOB NOT NULL, UNIQUE (session, seq)
    ) STRICT;
";

/// Opens the writer's connection; makes the database or brings it up where needed.
pub(super) fn open_writer(place: &Place) -> Result<Connection, StoreError> {
    // Made by us and not by SQLite, so that it and its WAL are closed to others from the first byte.
    place.make_private("taut.db")?;
    open_writer_with(place, STEPS)
}

fn open_writer_with(place: &Place, steps: &[&str]) -> Result<Connection, StoreError> {
    let path = place.db();
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let mut conn = Connection::open_with_flags(&path, flags).map_err(|error| StoreError::sqlite(&path, &error))?;
    tune(&conn, 1024).map_err(|error| StoreError::sqlite(&path, &error))?;
    migrate(&mut conn, place, steps)?;
    let ready = || -> rusqlite::Result<()> {
        // After a burst the WAL is cut back instead of staying as long as it ever was.
        conn.pragma_update(None, "journal_size_limit", 4 << 20)?;
        conn.pragma_update(None, "synchronous", "NORMAL")?;
        // On macOS a plain fsync does not reach the disk.
        conn.pragma_update(None, "fullfsync", true)
    };
    ready().map_err(|error| StoreError::sqlite(&path, &error))?;
    Ok(conn)
}

/// Opens a connection that can only read.
pub(super) fn open_reader(place: &Place) -> Result<Connection, StoreError> {
    let path = place.db();
    if !path.exists() {
        return Err(StoreError::Missing(place.folder().to_path_buf()));
    }
    let conn = match connect(&path) {
        Err(StoreError::Permission(_) | StoreError::ReadOnly(_)) if no_wal(place) => connect_immutable(&path)?,
        other => other?,
    };
    match version(&conn, &path)? {
        0 => Err(StoreError::Missing(place.folder().to_path_buf())),
        found if found < known(STEPS) => Err(StoreError::TooOld { path, found, known: known(STEPS) }),
        found if found > known(STEPS) => Err(StoreError::TooNew { path, found, known: known(STEPS) }),
        _ => Ok(conn),
    }
}

fn connect(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let open = || {
        let conn = Connection::open_with_flags(path, flags)?;
        tune(&conn, 512)?;
        conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        Ok(conn)
    };
    open().map_err(|error| StoreError::sqlite(path, &error))
}

/// On a read-only disk `SQLite` can't make the shared memory that a WAL wants. Where no WAL is left, nobody writes and
/// the file can be read as it lies there.
fn connect_immutable(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let open = || {
        let conn = Connection::open_with_flags(immutable_uri(path), flags)?;
        tune(&conn, 512)?;
        Ok(conn)
    };
    open().map_err(|error| StoreError::sqlite(path, &error))
}

fn immutable_uri(path: &Path) -> String {
    use std::fmt::Write as _;
    use std::os::unix::ffi::OsStrExt;
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.".contains(byte) {
            uri.push(char::from(*byte));
        } else {
            // Writing into a String can't fail.
            let _ = write!(uri, "%{byte:02x}");
        }
    }
    uri + "?immutable=1"
}

fn no_wal(place: &Place) -> bool {
    std::fs::metadata(place.file("taut.db-wal")).map_or(true, |wal| wal.len() == 0)
}

/// Small memory, patience with others, no surprises from a damaged file.
pub(super) fn tune(conn: &Connection, cache_kib: i64) -> rusqlite::Result<()> {
    conn.busy_timeout(PATIENCE)?;
    conn.set_prepared_statement_cache_capacity(32);
    conn.pragma_update(None, "cache_size", -cache_kib)?;
    conn.pragma_update(None, "mmap_size", 0)?;
    // A schema that somebody tampered with can't run functions with side effects.
    conn.pragma_update(None, "trusted_schema", false)
}

fn migrate(conn: &mut Connection, place: &Place, steps: &[&str]) -> Result<(), StoreError> {
    let path = place.db();
    let fail = |error: rusqlite::Error| StoreError::sqlite(&path, &error);
    let found = version(conn, &path)?;
    let known = known(steps);
    if found == known {
        return Ok(());
    }
    if found > known {
        return Err(StoreError::TooNew { path, found, known });
    }
    if found == 0 {
        conn.pragma_update(None, "journal_mode", "WAL").map_err(fail)?;
    } else {
        copy_first(conn, place, known)?;
    }
    let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Exclusive).map_err(fail)?;
    let done = usize::try_from(found).unwrap_or(0);
    for step in steps.iter().skip(done) {
        tx.execute_batch(step).map_err(fail)?;
    }
    tx.pragma_update(None, "application_id", APPLICATION).map_err(fail)?;
    tx.pragma_update(None, "user_version", known).map_err(fail)?;
    tx.commit().map_err(fail)?;
    place.sync()
}

/// Copies the database to `taut.db.before-vN`, whole and consistent, whatever is still in the WAL.
fn copy_first(conn: &Connection, place: &Place, to: i64) -> Result<(), StoreError> {
    let name = format!("taut.db.before-v{to}");
    let path = place.file(&name);
    // A copy that a failed attempt left may be half: it is made again.
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(StoreError::io(&path, &error)),
        _ => {}
    }
    place.make_private(&name)?;
    let target = path
        .to_str()
        .ok_or_else(|| StoreError::Failed { path: path.clone(), why: "its name is not UTF-8".to_owned() })?;
    conn.execute("VACUUM INTO ?1", [target]).map_err(|error| StoreError::sqlite(&path, &error))?;
    place.sync()
}

/// The schema of a database; 0 where it is empty.
fn version(conn: &Connection, path: &Path) -> Result<i64, StoreError> {
    let ask = || -> rusqlite::Result<(i64, i64, i64)> {
        Ok((
            conn.pragma_query_value(None, "user_version", |row| row.get(0))?,
            conn.pragma_query_value(None, "application_id", |row| row.get(0))?,
            conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?,
        ))
    };
    match ask().map_err(|error| StoreError::sqlite(path, &error))? {
        (0, _, 0) => Ok(0),
        (version, APPLICATION, _) if version > 0 => Ok(version),
        _ => Err(StoreError::Foreign(path.to_path_buf())),
    }
}

fn known(steps: &[&str]) -> i64 {
    i64::try_from(steps.len()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn place() -> (tempfile::TempDir, Place) {
        let dir = tempfile::tempdir().unwrap();
        let place = Place::for_writing(dir.path()).unwrap();
        (dir, place)
    }

    #[test]
    fn an_older_schema_is_copied_before_it_is_brought_up() {
        let (dir, place) = place();
        let conn = open_writer(&place).unwrap();
        conn.execute("INSERT INTO keyframe VALUES (1, 2, x'03')", []).unwrap();
        let next = [V1, "ALTER TABLE keyframe ADD COLUMN colour TEXT"];
        // Still in the WAL of an open connection: the copy holds it all the same.
        let newer = open_writer_with(&place, &next).unwrap();
        assert_eq!(version(&newer, &place.db()).unwrap(), 2);
        newer.query_row("SELECT colour FROM keyframe", [], |_| Ok(())).unwrap();

        let copy_path = dir.path().join("taut.db.before-v2");
        let copy = Connection::open(&copy_path).unwrap();
        assert_eq!(version(&copy, &copy_path).unwrap(), 1);
        assert_eq!(copy.query_row("SELECT seq FROM keyframe", [], |row| row.get(0)), Ok(2));
        assert_eq!(std::fs::metadata(&copy_path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_step_that_fails_changes_nothing() {
        let (_dir, place) = place();
        drop(open_writer(&place).unwrap());
        let broken = [V1, "CREATE TABLE extra (x); SELECT nonsense FROM nowhere"];
        assert!(open_writer_with(&place, &broken).is_err());
        let conn = open_writer(&place).unwrap();
        assert_eq!(version(&conn, &place.db()).unwrap(), 1);
        assert!(conn.query_row("SELECT * FROM extra", [], |_| Ok(())).is_err());
    }

    #[test]
    fn a_newer_schema_is_refused_by_both() {
        let (_dir, place) = place();
        open_writer(&place).unwrap().pragma_update(None, "user_version", 9).unwrap();
        for error in [open_writer(&place).unwrap_err(), open_reader(&place).unwrap_err()] {
            assert!(matches!(error, StoreError::TooNew { found: 9, .. }), "{error}");
        }
    }

    #[test]
    fn the_database_of_another_program_is_left_alone() {
        let (dir, place) = place();
        let theirs = Connection::open(dir.path().join("taut.db")).unwrap();
        theirs.execute_batch("CREATE TABLE bookmarks (x)").unwrap();
        drop(theirs);
        for error in [open_writer(&place).unwrap_err(), open_reader(&place).unwrap_err()] {
            assert!(matches!(error, StoreError::Foreign(_)), "{error}");
        }
    }

    #[test]
    fn garbage_is_damage_and_nothing_is_missing() {
        let (dir, place) = place();
        assert!(matches!(open_reader(&place), Err(StoreError::Missing(_))));
        std::fs::write(dir.path().join("taut.db"), [7; 9000]).unwrap();
        for error in [open_writer(&place).unwrap_err(), open_reader(&place).unwrap_err()] {
            assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
        }
    }

    #[test]
    fn a_disk_that_cannot_be_written_is_read_as_it_lies() {
        let dir = tempfile::tempdir().unwrap();
        let place = Place::for_writing(&dir.path().join("100% ?#ü")).unwrap();
        drop(open_writer(&place).unwrap());
        let conn = connect_immutable(&place.db()).unwrap();
        assert_eq!(version(&conn, &place.db()).unwrap(), 1);
    }
}
