//! opencode's database: what its newer versions keep instead of trees of files. A session in it is read as lines of JSON,
//! one a row, that hold the same three kinds of objects.
//!
//! Nothing of it is written, not even what a reader of `SQLite` writes by its nature: the index of a log beside the
//! database is kept in memory, no lock is taken, and the log is never folded into the database. So a moment may be met
//! in which opencode writes; what is read then is refused or read again later, and never repaired.

use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Row};
use serde_json::{Map, Value, json};
use std::fs::{self, File};
use std::io::{Error, ErrorKind, Read, Result};
use std::path::{Path, PathBuf};

/// How a database begins.
const MAGIC: &[u8] = b"SQLite format 3\0";

/// Ids of a session and of those that were begun in it.
const FAMILY: &str = "WITH RECURSIVE family(id) AS
    (SELECT ?1 UNION SELECT session.id FROM session JOIN family ON session.parent_id = family.id) ";

/// Whether a file is a database of opencode, which it calls `opencode.db`, or `opencode-CHANNEL.db`.
pub(in crate::transcript) fn is_one(path: &Path) -> bool {
    let begins = || {
        let mut head = [0; MAGIC.len()];
        File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok_and(|()| head == *MAGIC)
    };
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    name.starts_with(b"opencode")
        && name.ends_with(b".db")
        && fs::metadata(path).is_ok_and(|meta| meta.is_file())
        && begins()
}

/// The sessions in it, as paths below it; those that were begun by others are read with them.
pub(in crate::transcript) fn sessions(path: &Path) -> Result<Vec<PathBuf>> {
    named(path, "SELECT id FROM session WHERE parent_id IS NULL ORDER BY time_updated DESC, id")
}

/// Those of them, in which something happened in the ten minutes before anything last did.
pub(in crate::transcript) fn recent(path: &Path) -> Result<Vec<PathBuf>> {
    let sql = "WITH late(id, parent) AS
            (SELECT id, parent_id FROM session WHERE time_updated >= (SELECT max(time_updated) - 600000 FROM session))
        SELECT id FROM session WHERE parent_id IS NULL AND (id IN (SELECT id FROM late) OR id IN (SELECT parent FROM late))
        ORDER BY time_updated DESC, id";
    named(path, sql)
}

fn named(path: &Path, sql: &str) -> Result<Vec<PathBuf>> {
    let conn = open(path)?;
    let read = || -> rusqlite::Result<Vec<String>> { conn.prepare(sql)?.query_map([], |row| row.get(0))?.collect() };
    let ids = read().map_err(Error::other)?;
    Ok(ids.into_iter().filter(|id| !id.contains('/')).map(|id| path.join(id + ".json")).collect())
}

/// The database and the session, where a path leads into one.
pub(in crate::transcript) fn inside(path: &Path) -> Option<(&Path, &str)> {
    let id = path.file_name()?.to_str()?.strip_suffix(".json")?;
    let database = path.parent().filter(|database| is_one(database))?;
    Some((database, id))
}

/// How much a session holds, and when it last changed, in milliseconds.
pub(in crate::transcript) fn stat(path: &Path, id: &str) -> Result<(i64, i64)> {
    let sql = format!(
        "{FAMILY} SELECT coalesce(sum(bytes), 0), coalesce(max(at), 0), count(*) FROM (
            SELECT 0 AS bytes, time_updated AS at FROM session WHERE id IN family
            UNION ALL SELECT length(data), time_updated FROM message WHERE session_id IN family
            UNION ALL SELECT length(data), time_updated FROM part WHERE session_id IN family)"
    );
    let ask = open(path)?.query_row(&sql, [id], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, i64>(2)?)));
    match ask.map_err(Error::other)? {
        (_, _, 0) => Err(ErrorKind::NotFound.into()),
        (bytes, at, _) => Ok((bytes, at)),
    }
}

/// A session as lines.
pub(in crate::transcript) fn lines(path: &Path, id: &str) -> Result<Vec<u8>> {
    let conn = open(path)?;
    let mut text = String::new();
    let mut rows = |sql: &str, made: &dyn Fn(&Row<'_>) -> rusqlite::Result<Value>| -> rusqlite::Result<()> {
        let mut select = conn.prepare(&format!("{FAMILY} {sql}"))?;
        let mut rows = select.query([id])?;
        while let Some(row) = rows.next()? {
            text.push_str(&made(row)?.to_string());
            text.push('\n');
        }
        Ok(())
    };
    let mut read = || -> rusqlite::Result<()> {
        // The session itself comes first.
        rows("SELECT * FROM session WHERE id IN family ORDER BY id = ?1 DESC, time_created, id", &about)?;
        rows(
            "SELECT id, session_id, NULL, data FROM message WHERE session_id IN family ORDER BY time_created, id",
            &data,
        )?;
        rows("SELECT id, session_id, message_id, data FROM part WHERE session_id IN family ORDER BY id", &data)
    };
    read().map_err(Error::other)?;
    if text.is_empty() {
        return Err(ErrorKind::NotFound.into());
    }
    Ok(text.into_bytes())
}

/// What stands about a session, in the words of an export.
fn about(row: &Row<'_>) -> rusqlite::Result<Value> {
    let mut all = Map::new();
    let names: Vec<String> = row.as_ref().column_names().map(str::to_owned).collect();
    for (column, name) in names.iter().enumerate() {
        let value = match row.get_ref(column)? {
            ValueRef::Integer(number) => Value::from(number),
            ValueRef::Real(number) => Value::from(number),
            ValueRef::Text(text) => Value::from(String::from_utf8_lossy(text)),
            ValueRef::Null | ValueRef::Blob(_) => continue,
        };
        match name.as_str() {
            "project_id" => drop(all.insert("projectID".to_owned(), value)),
            "parent_id" => drop(all.insert("parentID".to_owned(), value)),
            "time_created" | "time_updated" => {
                let time = all.entry("time").or_insert_with(|| json!({}));
                time[name.trim_start_matches("time_")] = value;
            }
            "revert" => {
                let read = value.as_str().and_then(|text| serde_json::from_str(text).ok());
                all.insert("revert".to_owned(), read.unwrap_or(value));
            }
            "id" | "directory" | "title" | "version" | "slug" => drop(all.insert(name.clone(), value)),
            _ => {}
        }
    }
    Ok(Value::Object(all))
}

/// A message or a part: its own data, with the ids that stand beside it.
fn data(row: &Row<'_>) -> rusqlite::Result<Value> {
    let text: String = row.get(3)?;
    let mut data = serde_json::from_str::<Value>(&text).ok().filter(Value::is_object).unwrap_or_else(|| json!({}));
    for (column, name) in [(0, "id"), (1, "sessionID"), (2, "messageID")] {
        if let Some(id) = row.get::<_, Option<String>>(column)? {
            data[name] = id.into();
        }
    }
    Ok(data)
}

/// Opens it so that nothing is written.
fn open(path: &Path) -> Result<Connection> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let has_log = fs::metadata(&log).is_ok_and(|meta| meta.len() > 0);
    let is_empty = fs::metadata(path)?.len() == 0;
    if is_empty {
        return Err(ErrorKind::InvalidData.into());
    }
    let only = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = || -> rusqlite::Result<Connection> {
        if !has_log {
            // Without its log nothing is beside it; a reader of the common kind would put something there.
            let uri = format!("file:{}?mode=ro&immutable=1", escaped(path));
            return Connection::open_with_flags(uri, only | OpenFlags::SQLITE_OPEN_URI);
        }
        let conn = Connection::open_with_flags_and_vfs(path, only, "unix-none")?;
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        conn.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        Ok(conn)
    };
    opened().map_err(Error::other)
}

/// A path in a URI.
fn escaped(path: &Path) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.' | b'~');
    let one = |byte: &u8| if plain(*byte) { char::from(*byte).to_string() } else { format!("%{byte:02X}") };
    path.as_os_str().as_encoded_bytes().iter().map(one).collect()
}
