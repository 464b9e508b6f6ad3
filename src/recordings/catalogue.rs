//! What is kept: which sessions, how much, and their records, read again.

use super::Recordings;
use super::archive::number;
use super::keep::session;
use crate::domain::{At, Record, SessionId};
use crate::numbers::Numbers;
use crate::state::{Session, page};
use crate::store::{StoreError, pack};
use crate::transcript::{Beside, Files, ReadError, Stamp, Tally, format, read_files, source};
use rusqlite::{OptionalExtension, Row, TransactionBehavior, params};
use serde_json::json;
use std::cell::Cell;
use std::ffi::OsStr;
use std::io::{ErrorKind, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A recorded session.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Which.
    pub id: SessionId,
    /// The name of its format.
    pub format: String,
    /// Its file.
    pub path: PathBuf,
    /// The tool's own id of it.
    pub native: String,
    /// As of its last record, without its past.
    pub session: Session,
    /// How its first prompt begins.
    pub prompt: String,
    /// When it began.
    pub first: At,
    /// How many records it has.
    pub records: u64,
    /// Lines that are damaged, and those of kinds that nobody knows.
    pub odd: (u64, u64),
}

/// Which of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of an agent or format of this name.
    pub agent: Option<String>,
    /// With something in it since then.
    pub since: Option<At>,
    /// In this folder or below it.
    pub project: Option<PathBuf>,
}

impl Filter {
    /// Whether it takes all of them.
    #[must_use]
    pub fn takes_all(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a session is one of them.
    #[must_use]
    pub fn takes(&self, session: &Session) -> bool {
        self.agent.as_ref().is_none_or(|agent| *agent == session.agent)
            && self.since.is_none_or(|since| session.at >= since)
            && self.project.as_ref().is_none_or(|project| Path::new(&session.cwd).starts_with(project))
    }
}

/// How much is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sizes {
    /// Sessions.
    pub sessions: u64,
    /// Bytes of their files as they lie or lay there.
    pub bytes: u64,
    /// Bytes that they take here.
    pub packed: u64,
}

const COLUMNS: &str = "id, format, path, native, session, first, records, tally, prompt";

impl Recordings {
    /// Those that a filter takes, the newest first. What was drawn by another version and can't be read any more is known
    /// by its name alone.
    pub fn list(&self, filter: &Filter) -> Result<Vec<Recorded>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM recording ORDER BY last DESC, id");
        let read = || {
            let mut select = self.conn.prepare_cached(&sql)?;
            let rows = select.query_map([], recorded)?;
            rows.collect::<rusqlite::Result<Vec<Recorded>>>()
        };
        let all = read().map_err(self.fault())?;
        Ok(all.into_iter().filter(|one| filter.takes(&one.session)).collect())
    }

    /// The one of this id.
    pub fn one(&self, id: SessionId) -> Result<Option<Recorded>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM recording WHERE id = ?1");
        self.conn.query_row(&sql, [i64::from(id.0)], recorded).optional().map_err(self.fault())
    }

    /// Those that the tool itself calls so.
    pub fn native(&self, native: &str) -> Result<Vec<Recorded>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM recording WHERE native = ?1 ORDER BY id");
        let read = || {
            let mut select = self.conn.prepare_cached(&sql)?;
            let rows = select.query_map([native], recorded)?;
            rows.collect::<rusqlite::Result<Vec<Recorded>>>()
        };
        read().map_err(self.fault())
    }

    /// Those that something names: an id or the beginning of one, the tool's own id or the beginning of that, a name.
    pub fn named(&self, given: &str) -> Result<Vec<Recorded>, StoreError> {
        let all = self.list(&Filter::default())?;
        let exact = |one: &Recorded| one.id.to_string() == given || one.native == given || one.session.name == given;
        let found: Vec<Recorded> = all.iter().filter(|one| exact(one)).cloned().collect();
        if !found.is_empty() || given.len() < 2 {
            return Ok(found);
        }
        let begins = |one: &Recorded| one.id.to_string().starts_with(given) || one.native.starts_with(given);
        Ok(all.into_iter().filter(begins).collect())
    }

    /// Reads a session, record by record: from what is kept of it, or where it lies.
    pub fn read(&self, id: SessionId, each: &mut dyn FnMut(Record)) -> Result<Tally, ReadError> {
        self.read_until(id, &mut |record| {
            each(record);
            true
        })
    }

    /// The same, until `each` says that it is enough: then no more of its files is read.
    pub fn read_until(&self, id: SessionId, each: &mut dyn FnMut(Record) -> bool) -> Result<Tally, ReadError> {
        let here = || self.path.clone();
        let stored = |error: StoreError| ReadError::Unreadable { path: here(), why: std::io::Error::other(error) };
        let gone = || ReadError::Unreadable { path: here(), why: ErrorKind::NotFound.into() };
        let one = self.one(id).map_err(stored)?.ok_or_else(gone)?;
        let format = format(&one.format).ok_or_else(gone)?;
        let files = self.kept_files(id).map_err(stored)?;
        let paths: Vec<PathBuf> = files.iter().map(|(path, _, _)| path.clone()).collect();
        let beside: Vec<Beside> =
            files.iter().skip(1).map(|(path, about, _)| Beside { path: path.clone(), about: about.clone() }).collect();
        let enough = Cell::new(false);
        let open = |n: usize| -> std::io::Result<Box<dyn Read + '_>> {
            let Some((path, _, version)) = files.get(n) else { return Err(ErrorKind::NotFound.into()) };
            let parts = self.parts(i64::from(id.0), n, *version).map_err(std::io::Error::other)?;
            let bytes: Box<dyn Read + '_> = match parts.is_empty() {
                false => Box::new(self.bytes_of(parts)),
                true => source::open(path)?,
            };
            Ok(Box::new(Until { bytes, enough: &enough }))
        };
        let (name, stamp) = (crate::transcript::name(&one.path), Stamp::for_session(id));
        read_files(Files { name, paths, beside, stamp, open: &open }, format, &mut |record| {
            if !enough.get() {
                enough.set(!each(record));
            }
        })
    }

    /// How much is kept of the sessions below a folder, or of all.
    pub fn sizes(&self, below: Option<&Path>) -> Result<Sizes, StoreError> {
        let all = self.list(&Filter::default())?;
        let mut sizes = Sizes::default();
        for one in all.iter().filter(|one| below.is_none_or(|below| one.path.starts_with(below))) {
            let ask = |sql: &str| -> Result<u64, StoreError> {
                let bytes: i64 =
                    self.conn.query_row(sql, [i64::from(one.id.0)], |row| row.get(0)).map_err(self.fault())?;
                Ok(u64::try_from(bytes).unwrap_or(0))
            };
            sizes.sessions += 1;
            sizes.bytes += ask("SELECT coalesce(sum(bytes), 0) FROM file WHERE recording = ?1")?;
            sizes.packed += ask("SELECT coalesce(sum(length(data)), 0) FROM piece
                 WHERE id IN (SELECT piece FROM part WHERE recording = ?1)")?;
        }
        Ok(sizes)
    }

    /// Forgets a session: what is kept of it goes from the disk. The tool's own file stays.
    pub fn forget(&mut self, id: SessionId) -> Result<bool, StoreError> {
        let path = self.path.clone();
        let id = i64::from(id.0);
        let mut forget = || -> rusqlite::Result<bool> {
            self.conn.pragma_update(None, "secure_delete", true)?;
            let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let was = tx.execute("DELETE FROM recording WHERE id = ?1", [id])? > 0;
            tx.execute("DELETE FROM file WHERE recording = ?1", [id])?;
            tx.execute("DELETE FROM part WHERE recording = ?1", [id])?;
            tx.execute("DELETE FROM piece WHERE id NOT IN (SELECT piece FROM part)", [])?;
            tx.commit()?;
            Ok(was)
        };
        forget().map_err(|error| StoreError::of_sqlite(&path, &error))
    }

    /// Forgets the copies to which nothing was added for longer than `age`, and the oldest while all of them take more than
    /// `most` bytes. Gives how many went.
    pub fn prune(&mut self, age: Option<Duration>, most: Option<u64>, now: At) -> Result<u64, StoreError> {
        let mut gone = 0;
        let old = |one: &Recorded| age.is_some_and(|age| u128::from(now.since(one.session.at)) > age.as_millis());
        // The newest first, so that what is left at the end is the oldest.
        let mut all = self.list(&Filter::default())?;
        while let Some(oldest) = all.pop() {
            let too_much = match most {
                Some(most) => self.packed()? > most,
                None => false,
            };
            if !old(&oldest) && !too_much {
                break;
            }
            gone += u64::from(self.forget(oldest.id)?);
        }
        Ok(gone)
    }

    fn packed(&self) -> Result<u64, StoreError> {
        let sql = "SELECT coalesce(sum(length(data)), 0) FROM piece";
        let bytes: i64 = self.conn.query_row(sql, [], |row| row.get(0)).map_err(self.fault())?;
        Ok(u64::try_from(bytes).unwrap_or(0))
    }

    fn kept_files(&self, id: SessionId) -> Result<Vec<(PathBuf, String, i64)>, StoreError> {
        let sql = "SELECT path, about, version FROM file WHERE recording = ?1 ORDER BY n";
        let read = || {
            let mut select = self.conn.prepare_cached(sql)?;
            let rows = select.query_map([i64::from(id.0)], |row| Ok((path_of(row, 0)?, row.get(1)?, row.get(2)?)))?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(self.fault())
    }

    /// What a session came to, as it was drawn; nothing where that can't be read.
    pub fn numbers(&self, id: SessionId) -> Result<Numbers, StoreError> {
        let sql = "SELECT numbers FROM recording WHERE id = ?1";
        let text: Option<String> =
            self.conn.query_row(sql, [i64::from(id.0)], |row| row.get(0)).optional().map_err(self.fault())?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    /// How many versions of its own file are kept: more than one where it was rewritten.
    pub fn versions(&self, id: SessionId) -> Result<u64, StoreError> {
        let sql = "SELECT count(DISTINCT version) FROM part WHERE recording = ?1 AND file = ?2";
        let count: i64 =
            self.conn.query_row(sql, params![i64::from(id.0), number(0)], |row| row.get(0)).map_err(self.fault())?;
        Ok(u64::try_from(count).unwrap_or(0))
    }
}

/// The bytes of a file, until somebody has enough of them: then it is at its end.
struct Until<'u> {
    bytes: Box<dyn Read + 'u>,
    enough: &'u Cell<bool>,
}

impl Read for Until<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.enough.get() { Ok(0) } else { self.bytes.read(buffer) }
    }
}

fn path_of(row: &Row<'_>, column: usize) -> rusqlite::Result<PathBuf> {
    let bytes: Vec<u8> = row.get(column)?;
    Ok(PathBuf::from(OsStr::from_bytes(&bytes)))
}

fn recorded(row: &Row<'_>) -> rusqlite::Result<Recorded> {
    let (id, session_blob, tally): (i64, Vec<u8>, String) = (row.get(0)?, row.get(4)?, row.get(7)?);
    let id = session(id);
    let drawn = pack::unpack(&session_blob).and_then(|bytes| page::read_keyframe(&bytes));
    let tally: serde_json::Value = serde_json::from_str(&tally).unwrap_or_default();
    let count = |key: &str| tally.get(key).and_then(serde_json::Value::as_u64).unwrap_or(0);
    let records: i64 = row.get(6)?;
    Ok(Recorded {
        id,
        format: row.get(1)?,
        path: path_of(row, 2)?,
        native: row.get(3)?,
        session: drawn.unwrap_or_else(|| Session::new(id)),
        prompt: row.get(8)?,
        first: At(row.get(5)?),
        records: u64::try_from(records).unwrap_or(0),
        odd: (count("damaged"), count("unrecognised")),
    })
}

/// What was read, as it is written down.
pub(super) fn tally_text(tally: &Tally) -> String {
    json!({
        "files": tally.files, "lines": tally.lines, "records": tally.records,
        "unrecognised": tally.unrecognised, "damaged": tally.damaged, "again": tally.again,
    })
    .to_string()
}
