//! The index: every entry of every session, and which pieces of three letters stand in it, in a database beside the log.
//!
//! It is derived: where it is missing, damaged or of another version it is made anew, and meanwhile everything is read. A
//! session counts as indexed only together with the last of its entries, in one transaction: what a crash takes is what was
//! not indexed yet. `words`: what of an entry is indexed. `sessions`: what is known of each. `fill`: it catches up. `ask`:
//! where something may stand. `forget`: what is deleted goes from it as well.

mod ask;
mod fill;
mod forget;
mod sessions;
mod words;

pub(super) use ask::Asking;
pub use fill::Caught;
pub(super) use sessions::{Row, as_of_kept, as_of_own};

use crate::recordings::READERS;
use crate::store::{StoreError, side, side_reader};
use rusqlite::{Connection, OptionalExtension};
use std::path::{Path, PathBuf};

/// The name of its file in the state folder.
const NAME: &str = "index.db";

/// Its schema. A change of it makes another version, and so the index anew.
const STEPS: &[&str] = &["
    -- What is known of the index itself: `made_by`, the version; `pos`, the record up to which taut's own sessions are in it;
    -- `anew`, why it was made anew.
    CREATE TABLE told (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    -- One session. `as_of` tells what of it is in the index; nothing while it is not whole. Of taut's own, the entries of
    -- the first `pages` pages are there for good.
    CREATE TABLE session (
        slot INTEGER PRIMARY KEY, id INTEGER NOT NULL, recorded INTEGER NOT NULL, place INTEGER NOT NULL, name TEXT NOT NULL,
        agent TEXT NOT NULL, model TEXT, cwd TEXT NOT NULL, at INTEGER NOT NULL, as_of TEXT NOT NULL, pages INTEGER NOT NULL,
        deleted INTEGER NOT NULL, UNIQUE (recorded, id)
    ) STRICT;
    -- The conversations that sessions of taut's hold, and when one that went on from a recording began.
    CREATE TABLE source (slot INTEGER NOT NULL, native TEXT NOT NULL, started INTEGER) STRICT;
    CREATE INDEX source_of_session ON source (slot);
    -- One entry: the number of its session and its own.
    CREATE TABLE entry (id INTEGER PRIMARY KEY, page INTEGER NOT NULL, until INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
    -- Which pieces stand in which entry, and no more: no text, and not where.
    CREATE VIRTUAL TABLE words USING fts5 (
        text, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1', detail = 'none'
    );
"];

/// The index of a state folder.
#[derive(Debug)]
pub struct Index {
    conn: Connection,
    path: PathBuf,
}

/// How much is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holds {
    /// Sessions.
    pub sessions: u64,
    /// Bytes on the disk.
    pub bytes: u64,
    /// Why it was made anew, where it was.
    pub anew: Option<String>,
}

impl Index {
    /// Opens it for writing. What is there and can't be used is made anew.
    ///
    /// # Errors
    /// It can't be made.
    pub fn open(state: &Path) -> Result<Self, StoreError> {
        let anew = match Self::try_open(state) {
            Ok(index) => match index.told("made_by")? {
                Some(made_by) if made_by == made_by_this() => return Ok(index),
                None => return index.begun(None),
                Some(_) => "another version of taut made it".to_owned(),
            },
            Err(StoreError::Damaged { why, .. }) => format!("it was damaged ({why})"),
            Err(other) => return Err(other),
        };
        remove(state)?;
        Self::try_open(state)?.begun(Some(&anew))
    }

    /// Makes it anew, where it was found to be damaged.
    ///
    /// # Errors
    /// It can't be made.
    pub fn anew(state: &Path, why: &str) -> Result<Self, StoreError> {
        remove(state)?;
        Self::try_open(state)?.begun(Some(why))
    }

    fn try_open(state: &Path) -> Result<Self, StoreError> {
        let conn = side(state, NAME, STEPS)?;
        let index = Self { conn, path: state.join(NAME) };
        // It can be had again: nothing waits for the disk.
        index.conn.pragma_update(None, "synchronous", "OFF").map_err(index.fault())?;
        Ok(index)
    }

    fn begun(self, anew: Option<&str>) -> Result<Self, StoreError> {
        self.tell("made_by", &made_by_this())?;
        if let Some(anew) = anew {
            self.tell("anew", anew)?;
        }
        Ok(self)
    }

    /// Opens it for reading, as it is now: what is added afterwards is not seen. `None` where there is none of this version.
    ///
    /// # Errors
    /// It can't be read.
    pub fn read(state: &Path) -> Result<Option<Self>, StoreError> {
        let Some(conn) = side_reader(state, NAME, STEPS)? else { return Ok(None) };
        let index = Self { conn, path: state.join(NAME) };
        index.conn.execute_batch("BEGIN").map_err(index.fault())?;
        let made_by = index.told("made_by")?;
        Ok(made_by.filter(|made_by| *made_by == made_by_this()).map(|_| index))
    }

    /// What its sessions are called.
    ///
    /// # Errors
    /// It can't be read.
    pub fn names(&self) -> Result<Vec<String>, StoreError> {
        Ok(self.sessions()?.into_iter().map(|row| row.of.name).collect())
    }

    /// Its file in a state folder.
    #[must_use]
    pub fn path_in(state: &Path) -> PathBuf {
        state.join(NAME)
    }

    /// How much is in it.
    ///
    /// # Errors
    /// It can't be read.
    pub fn holds(&self) -> Result<Holds, StoreError> {
        let count = |sql: &str| self.conn.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(self.fault());
        let sessions = count("SELECT count(*) FROM session WHERE as_of <> ''")?.cast_unsigned();
        let bytes = count("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")?.cast_unsigned();
        Ok(Holds { sessions, bytes, anew: self.told("anew")? })
    }

    fn told(&self, key: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT value FROM told WHERE key = ?1";
        self.conn.query_row(sql, [key], |row| row.get(0)).optional().map_err(self.fault())
    }

    fn tell(&self, key: &str, value: &str) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO told VALUES (?1, ?2)";
        self.conn.execute(sql, [key, value]).map(drop).map_err(self.fault())
    }

    fn fault(&self) -> impl Fn(rusqlite::Error) -> StoreError {
        |error| StoreError::of_sqlite(&self.path, &error)
    }
}

/// What reads the sessions, and how they are written down: another one may read them otherwise.
fn made_by_this() -> String {
    format!("{}, readers {READERS}", env!("CARGO_PKG_VERSION"))
}

/// Takes it away, with what belongs to it.
fn remove(state: &Path) -> Result<(), StoreError> {
    for end in ["", "-wal", "-shm"] {
        let path = state.join(format!("{NAME}{end}"));
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(StoreError::Failed { path, why: error.to_string() });
            }
            _ => {}
        }
    }
    Ok(())
}

/// The number of an entry in the index.
fn id_of(slot: i64, entry: u64) -> i64 {
    slot << 32 | i64::try_from(entry & 0xffff_ffff).unwrap_or(0)
}
