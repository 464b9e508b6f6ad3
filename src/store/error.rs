//! What can go wrong with the store: each one sentence that names the place, the cause and what to do.

use crate::domain::RequestId;
use rusqlite::{ErrorCode, ffi};
use std::io;
use std::path::{Path, PathBuf};

/// Why the store can't do what was asked. Nothing was changed by a call that returns one.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another program holds the database.
    #[error("cannot use {}: another program holds it locked; close that program and try again", .0.display())]
    Locked(PathBuf),
    /// No space is left.
    #[error("cannot write {}: the disk is full; free some space", .0.display())]
    Full(PathBuf),
    /// The place can't be written at all.
    #[error(
        "cannot write {}: the place is read-only; make it writable or name another folder with --state", .0.display()
    )]
    ReadOnly(PathBuf),
    /// The bytes on disk are not what was written.
    #[error(
        "{} is damaged ({why}); keep a copy, see `taut verify`, and restore it or name another folder with --state",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        why: String,
    },
    /// Another program wrote into the database beside its only writer.
    #[error(
        "another program wrote into {} while taut had it: nothing is added to it, and nothing allowed, any more; keep a \
         copy, see `taut verify`, then end the hub and name another folder with --state", .0.display()
    )]
    Disturbed(PathBuf),
    /// The folder, or a file in it, was taken away while its writer had it.
    #[error(
        "{} was removed or replaced while taut writes there: nothing is added, and nothing allowed, any more; put it back, \
         or end the agents and the hub (`taut halt` in a console, `kill {pid}`) and start anew", path.display()
    )]
    Removed {
        /// What is missing.
        path: PathBuf,
        /// Who writes there.
        pid: u32,
    },
    /// The operating system refuses.
    #[error("cannot open {}: permission denied; give yourself access or name another folder with --state", .0.display())]
    Permission(PathBuf),
    /// Nothing is there to be read.
    #[error("there is no store in {}: start a session first, or name another folder with --state", .0.display())]
    Missing(PathBuf),
    /// The folder belongs to another user.
    #[error("{} belongs to user {owner}, not to you (user {you}); name a folder of your own with --state", path.display())]
    NotYours {
        /// The folder or file.
        path: PathBuf,
        /// Whose it is.
        owner: u32,
        /// Who asks.
        you: u32,
    },
    /// The folder is open to others and holds other things, so that taut won't close it by itself.
    #[error(
        "{} is open to other users; `chmod 700` it, or name a folder of taut's own with --state", .0.display()
    )]
    NotPrivate(PathBuf),
    /// A symbolic link, a folder or a device stands where a file of the store belongs.
    #[error("{} is {found} and not a plain file; move it away", path.display())]
    NotAFile {
        /// Where.
        path: PathBuf,
        /// What stands there.
        found: &'static str,
    },
    /// A newer taut wrote it.
    #[error(
        "{} was written by a newer taut (schema {found}, this one knows {known}); use that version", path.display()
    )]
    TooNew {
        /// The database.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// An older taut wrote it and only a writer may bring it up.
    #[error(
        "{} was written by an older taut (schema {found}, this one knows {known}); start `taut` once to bring it up",
        path.display()
    )]
    TooOld {
        /// The database.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// Another program's database.
    #[error("{} is a database of another program; move it away or name another folder with --state", .0.display())]
    Foreign(PathBuf),
    /// A request has one decision, ever.
    #[error("request {0} has been decided already; its first decision stands")]
    AlreadyDecided(RequestId),
    /// A frame's number was used before.
    #[error("frame {n} of {session} is kept already; a frame is never written over")]
    FrameTwice {
        /// The session.
        session: crate::domain::SessionId,
        /// The number.
        n: u64,
    },
    /// The operating system or `SQLite` failed in another way.
    #[error("cannot use {}: {why}; check the disk, then try again", path.display())]
    Failed {
        /// The file.
        path: PathBuf,
        /// What was said.
        why: String,
    },
}

impl StoreError {
    /// What an error of `SQLite` means for the file at `path`.
    pub(super) fn sqlite(path: &Path, error: &rusqlite::Error) -> Self {
        let here = path.to_path_buf();
        let rusqlite::Error::SqliteFailure(failure, _) = error else {
            return Self::Failed { path: here, why: error.to_string() };
        };
        match failure.code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed => {
                Self::Locked(here)
            }
            ErrorCode::DiskFull => Self::Full(here),
            // The index of the WAL is a file as well: growing it is where a full disk is met first.
            ErrorCode::SystemIoFailure if failure.extended_code == ffi::SQLITE_IOERR_SHMSIZE => Self::Full(here),
            ErrorCode::ReadOnly => Self::ReadOnly(here),
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
                Self::Damaged { path: here, why: error.to_string() }
            }
            ErrorCode::PermissionDenied | ErrorCode::CannotOpen => Self::Permission(here),
            _ => Self::Failed { path: here, why: error.to_string() },
        }
    }

    /// What an error of `SQLite` means for a database beside the log.
    #[must_use]
    pub fn of_sqlite(path: &Path, error: &rusqlite::Error) -> Self {
        Self::sqlite(path, error)
    }

    /// What an error of the operating system means for `path`.
    pub(super) fn io(path: &Path, error: &io::Error) -> Self {
        let here = path.to_path_buf();
        match error.kind() {
            io::ErrorKind::PermissionDenied => Self::Permission(here),
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly(here),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full(here),
            io::ErrorKind::NotFound => Self::Missing(here),
            _ => Self::Failed { path: here, why: error.to_string() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cause_has_its_own_variant_and_one_sentence() {
        let path = Path::new("taut.db");
        let of = |code| StoreError::sqlite(path, &rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
        assert!(matches!(of(ffi::SQLITE_BUSY), StoreError::Locked(_)));
        assert!(matches!(of(ffi::SQLITE_FULL), StoreError::Full(_)));
        assert!(matches!(of(ffi::SQLITE_IOERR_SHMSIZE), StoreError::Full(_)));
        assert!(matches!(of(ffi::SQLITE_READONLY), StoreError::ReadOnly(_)));
        assert!(matches!(of(ffi::SQLITE_CORRUPT), StoreError::Damaged { .. }));
        assert!(matches!(of(ffi::SQLITE_NOTADB), StoreError::Damaged { .. }));
        assert!(matches!(of(ffi::SQLITE_CANTOPEN), StoreError::Permission(_)));
        assert!(matches!(of(ffi::SQLITE_IOERR), StoreError::Failed { .. }));
        let said = of(ffi::SQLITE_FULL).to_string();
        assert!(said.contains("taut.db") && said.contains("disk is full") && !said.contains('\n'), "{said}");
    }
}
