//! Where the bytes of a transcript are: in a file, or in a database of which a session is read as lines. A path that leads into
//! a database (`opencode.db/SESSION.json`) is one like any other.

use super::opencode::database;
use std::fs::{self, File};
use std::io::{Cursor, Error, Read, Result};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// What is known of a transcript without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    /// How much it holds: of a session in a database, about.
    pub bytes: i64,
    /// When it last changed, in nanoseconds.
    pub changed: i64,
}

/// Opens one for reading.
///
/// # Errors
/// The system would not, or it is no plain file.
pub fn open(path: &Path) -> Result<Box<dyn Read>> {
    if let Some((database, id)) = database::inside(path) {
        return Ok(Box::new(Cursor::new(database::lines(database, id)?)));
    }
    // A pipe or a device may never end, and to open one may never return.
    if !fs::metadata(path)?.is_file() {
        return Err(Error::other("it is no plain file"));
    }
    Ok(Box::new(File::open(path)?))
}

/// What is known of one.
///
/// # Errors
/// It can't be asked for.
pub fn stat(path: &Path) -> Result<Stat> {
    if let Some((database, id)) = database::inside(path) {
        let (bytes, at) = database::stat(database, id)?;
        return Ok(Stat { bytes, changed: at.saturating_mul(1_000_000) });
    }
    let meta = fs::metadata(path)?;
    let changed = meta.mtime().saturating_mul(1_000_000_000).saturating_add(meta.mtime_nsec());
    Ok(Stat { bytes: i64::try_from(meta.len()).unwrap_or(i64::MAX), changed })
}

/// A path without links and detours.
///
/// # Errors
/// There is nothing.
pub fn canonical(path: &Path) -> Result<PathBuf> {
    match (database::inside(path), path.file_name()) {
        (Some((database, _)), Some(name)) => Ok(database.canonicalize()?.join(name)),
        _ => path.canonicalize(),
    }
}

/// Whether a file holds many sessions.
#[must_use]
pub fn is_store(path: &Path) -> bool {
    database::is_one(path)
}

/// Whether a path leads into a file that holds many.
#[must_use]
pub fn is_inside(path: &Path) -> bool {
    database::inside(path).is_some()
}

/// The sessions in a file that holds many, as paths below it.
///
/// # Errors
/// It can't be read, or its rows are none of a known tool.
pub fn sessions(path: &Path) -> Result<Vec<PathBuf>> {
    database::sessions(path)
}

/// Those of them that changed last.
///
/// # Errors
/// As for [`sessions`].
pub fn recent(path: &Path) -> Result<Vec<PathBuf>> {
    database::recent(path)
}
