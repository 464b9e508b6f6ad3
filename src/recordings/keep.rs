//! Keeping a session of another tool: its files as they are now, and what is drawn from them.

use super::archive::{PIECE, Part, number};
use super::draw::{self, Drawn, READERS};
use super::{Recordings, catalogue};
use crate::domain::{At, SessionId};
use crate::state::page;
use crate::store::StoreError;
use crate::transcript::{Beside, Files, Format, ReadError, Stamp, paths, source};
use rusqlite::{OptionalExtension, TransactionBehavior, params};
use std::io::{ErrorKind, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// How often a session is kept anew that another process keeps at the same time.
const TRIES: usize = 4;

/// Why a session was not kept.
#[derive(Debug, Error)]
pub enum KeepError {
    /// Its files can't be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It can't be written down.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What became of a file that was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// It was not known before.
    New,
    /// It has more than before.
    Grown,
    /// It is another one than before; what it was before is kept as well.
    Rewritten,
    /// It is as it was.
    Same,
}

/// A session that is kept.
#[derive(Debug)]
pub struct Kept {
    /// Which.
    pub id: SessionId,
    /// What became of it.
    pub what: What,
    /// What was drawn from it; nothing where it is as it was.
    pub drawn: Option<Drawn>,
}

/// A file as the disk has it.
struct Found {
    path: PathBuf,
    about: String,
    bytes: i64,
    changed: i64,
}

/// A file as it was kept.
struct Known {
    path: Vec<u8>,
    bytes: i64,
    changed: i64,
    version: i64,
}

impl Recordings {
    /// Keeps a session, with the files that belong to it, as they are now. With `archive` their bytes are kept as well;
    /// without it they are read where they lie.
    pub fn keep(
        &mut self,
        path: &Path,
        format: &'static dyn Format,
        archive: bool,
        now: At,
    ) -> Result<Kept, KeepError> {
        for _ in 0..TRIES {
            if let Some(kept) = self.try_keep(path, format, archive, now)? {
                return Ok(kept);
            }
        }
        Err(StoreError::Locked(self.path.clone()).into())
    }

    /// The same; nothing where another process kept the same session meanwhile and took a piece away that it had replaced.
    fn try_keep(
        &mut self,
        path: &Path,
        format: &'static dyn Format,
        archive: bool,
        now: At,
    ) -> Result<Option<Kept>, KeepError> {
        let unreadable = |why| ReadError::Unreadable { path: path.to_owned(), why };
        let path = source::canonical(path).map_err(unreadable)?;
        let beside = format.beside(&path);
        let found = found(&path, &beside).map_err(unreadable)?;
        let (id, is_new) = self.id_of(&path)?;
        let known = self.files(id)?;
        let is_same = known.len() == found.len() && known.iter().zip(&found).all(|(known, found)| known.is(found));
        if !is_new && is_same && self.is_drawn(id, archive)? {
            return Ok(Some(Kept { id: session(id), what: What::Same, drawn: None }));
        }
        let (mut what, mut kept, mut replaced) = (if is_new { What::New } else { What::Grown }, Vec::new(), Vec::new());
        for (n, file) in found.iter().enumerate() {
            let known = known.get(n).filter(|known| known.path == file.path.as_os_str().as_bytes());
            let version = known.map_or(1, |known| known.version);
            let before = self.parts(id, n, version)?;
            let parts = match archive {
                true => self.pieces(file, &before)?,
                false => Pieces { parts: Vec::new(), rewritten: false },
            };
            // A document is written anew with every word that is added to it: that is how it grows.
            let is_document = file.path.extension().is_some_and(|end| end == "json" || end == "traj");
            let grows = is_document && known.is_some_and(|known| file.bytes > known.bytes);
            let another = parts.rewritten && !grows;
            if another {
                what = What::Rewritten;
            } else {
                replaced.extend(before.iter().filter(|old| !parts.parts.contains(old)).map(|old| old.id));
            }
            kept.push((version + i64::from(another), parts.parts));
        }
        let drawn = self.draw_now(id, &path, &beside, &kept, format)?;
        let written = self.write(id, &path, format, &drawn, &found, (&kept, &replaced), now)?;
        Ok(written.then_some(Kept { id: session(id), what, drawn: Some(drawn) }))
    }

    /// Reads what was just kept, and not the file again: it may have changed since.
    fn draw_now(
        &self,
        id: i64,
        path: &Path,
        beside: &[Beside],
        kept: &[(i64, Vec<Part>)],
        format: &dyn Format,
    ) -> Result<Drawn, ReadError> {
        let paths = paths(path, beside);
        let open = |n: usize| -> std::io::Result<Box<dyn Read + '_>> {
            match (kept.get(n), paths.get(n)) {
                (Some((_, parts)), _) if !parts.is_empty() => Ok(Box::new(self.bytes_of(parts.clone()))),
                (_, Some(path)) => source::open(path),
                _ => Err(ErrorKind::NotFound.into()),
            }
        };
        let name = crate::transcript::name(path);
        let stamp = Stamp::for_session(session(id));
        draw::draw(Files { name, paths: paths.clone(), beside: beside.to_vec(), stamp, open: &open }, format)
    }

    /// The pieces of a file as it is now; those that are known already are not packed again.
    fn pieces(&self, found: &Found, before: &[Part]) -> Result<Pieces, KeepError> {
        let unreadable = |why| ReadError::Unreadable { path: found.path.clone(), why };
        let mut file = match source::open(&found.path) {
            // A subagent's file may be gone again.
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Ok(Pieces { parts: before.to_vec(), rewritten: false });
            }
            other => other.map_err(unreadable)?,
        };
        let (mut parts, mut rewritten, mut piece) = (Vec::new(), false, Vec::with_capacity(PIECE));
        loop {
            piece.clear();
            (&mut file).take(PIECE as u64).read_to_end(&mut piece).map_err(unreadable)?;
            let known = before.get(parts.len());
            // What was kept must be how it begins now; else it is another file than it was.
            rewritten |= known.is_some_and(|known| match piece.get(..known.bytes) {
                Some(same) => *blake3::hash(same).as_bytes() != known.digest,
                None => true,
            });
            if piece.is_empty() {
                break;
            }
            let digest = *blake3::hash(&piece).as_bytes();
            parts.push(match known.filter(|known| known.digest == digest) {
                Some(known) => known.clone(),
                None => self.piece(&piece, digest)?,
            });
            if piece.len() < PIECE {
                rewritten |= before.len() > parts.len();
                break;
            }
        }
        Ok(Pieces { parts, rewritten })
    }

    /// The id of the session of this file: the one that it has, or one that is free and always the same.
    fn id_of(&self, path: &Path) -> Result<(i64, bool), StoreError> {
        let bytes = path.as_os_str().as_bytes();
        let sql = "SELECT id FROM recording WHERE path = ?1";
        let known: Option<i64> =
            self.conn.query_row(sql, [bytes], |row| row.get(0)).optional().map_err(self.fault())?;
        if let Some(id) = known {
            return Ok((id, false));
        }
        let mut id = i64::from(Stamp::of(&path.to_string_lossy()).session().0);
        let taken = |id: i64| {
            let sql = "SELECT 1 FROM recording WHERE id = ?1";
            self.conn.query_row(sql, [id], |_| Ok(())).optional().map(|found| found.is_some())
        };
        while taken(id).map_err(self.fault())? {
            id = (id + 1) & 0x7fff_ffff;
        }
        Ok((id, true))
    }

    fn is_drawn(&self, id: i64, archive: bool) -> Result<bool, StoreError> {
        let sql = "SELECT drawn = ?2 AND (NOT ?3 OR EXISTS (SELECT 1 FROM part WHERE recording = ?1))
                   FROM recording WHERE id = ?1";
        let ask = self.conn.query_row(sql, params![id, READERS, archive], |row| row.get(0));
        Ok(ask.optional().map_err(self.fault())?.unwrap_or(false))
    }

    fn files(&self, id: i64) -> Result<Vec<Known>, StoreError> {
        let sql = "SELECT path, bytes, changed, version FROM file WHERE recording = ?1 ORDER BY n";
        let read = || {
            let mut select = self.conn.prepare_cached(sql)?;
            let rows = select.query_map([id], |row| {
                Ok(Known { path: row.get(0)?, bytes: row.get(1)?, changed: row.get(2)?, version: row.get(3)? })
            })?;
            rows.collect::<rusqlite::Result<Vec<Known>>>()
        };
        read().map_err(self.fault())
    }

    #[expect(clippy::too_many_arguments, reason = "one row of each table")]
    fn write(
        &mut self,
        id: i64,
        path: &Path,
        format: &dyn Format,
        drawn: &Drawn,
        found: &[Found],
        (kept, replaced): (&[(i64, Vec<Part>)], &[i64]),
        now: At,
    ) -> Result<bool, StoreError> {
        let session = &drawn.session;
        let numbers = serde_json::to_string(&drawn.numbers).unwrap_or_default();
        let (bare, tally) = (crate::store::pack::pack(&page::keyframe(session)), catalogue::tally_text(&drawn.tally));
        let fault = |path: PathBuf| move |error: rusqlite::Error| StoreError::of_sqlite(&path, &error);
        let fault = fault(self.path.clone());
        let mut write = || -> rusqlite::Result<bool> {
            let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            tx.execute(
                "INSERT OR REPLACE INTO recording VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
                params![
                    id,
                    format.name(),
                    path.as_os_str().as_bytes(),
                    drawn.native(),
                    session.agent,
                    session.cwd,
                    session.name,
                    drawn.first.0,
                    session.at.0,
                    i64::try_from(drawn.tally.records).unwrap_or(i64::MAX),
                    drawn.prompt,
                    numbers,
                    bare,
                    tally,
                    now.0,
                    READERS
                ],
            )?;
            tx.execute("DELETE FROM file WHERE recording = ?1", [id])?;
            for (n, (file, (version, parts))) in found.iter().zip(kept).enumerate() {
                tx.execute(
                    "INSERT INTO file VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    params![
                        id,
                        number(n),
                        file.path.as_os_str().as_bytes(),
                        file.about,
                        file.bytes,
                        file.changed,
                        version
                    ],
                )?;
                if parts.is_empty() {
                    continue;
                }
                let of = params![id, number(n), version];
                tx.execute("DELETE FROM part WHERE recording = ?1 AND file = ?2 AND version = ?3", of)?;
                for (place, part) in parts.iter().enumerate() {
                    let put = tx.execute(
                        "INSERT INTO part SELECT ?1, ?2, ?3, ?4, id FROM piece WHERE id = ?5",
                        params![id, number(n), version, number(place), part.id],
                    )?;
                    if put == 0 {
                        return Ok(false);
                    }
                }
            }
            for piece in replaced {
                let unused = "DELETE FROM piece WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM part WHERE piece = ?1)";
                tx.execute(unused, [piece])?;
            }
            tx.commit()?;
            Ok(true)
        };
        write().map_err(fault)
    }
}

struct Pieces {
    parts: Vec<Part>,
    rewritten: bool,
}

impl Known {
    fn is(&self, found: &Found) -> bool {
        self.path == found.path.as_os_str().as_bytes() && self.bytes == found.bytes && self.changed == found.changed
    }
}

pub(super) fn session(id: i64) -> SessionId {
    SessionId(u32::try_from(id).unwrap_or(0))
}

fn found(path: &Path, beside: &[Beside]) -> std::io::Result<Vec<Found>> {
    let stated = |path: &Path, about: &str, stat: source::Stat| {
        let source::Stat { bytes, changed } = stat;
        Found { path: path.to_owned(), about: about.to_owned(), bytes, changed }
    };
    let own = stated(path, "", source::stat(path)?);
    let others = beside.iter().filter_map(|one| Some(stated(&one.path, &one.about, source::stat(&one.path).ok()?)));
    Ok(std::iter::once(own).chain(others).collect())
}
