//! What can go wrong with a checkpoint: each one sentence that names the place, the cause and what to do.

use super::SnapshotId;
use std::io;
use std::path::{Path, PathBuf};

/// Why a checkpoint can't be taken, read or restored.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no git to keep the objects.
    #[error("cannot take checkpoints: the program `git` was not found; install git, or work without undo")]
    NoGit,
    /// A home folder, or the root of everything.
    #[error(
        "no checkpoints of {place}: it is a home folder or holds one, and everything in it would be copied; start the agent \
         in a project's folder, or name it in config.toml: `wide = [\"{place}\"]` under `[keep]`", place = .0.display()
    )]
    TooWide(PathBuf),
    /// The workspace is not there, or something else stands in its place.
    #[error("the workspace {} is gone or replaced by something else; put it back and try again", .0.display())]
    Gone(PathBuf),
    /// Somebody else has this workspace's checkpoints.
    #[error("the checkpoints of {} are in use by another taut; wait for it or end it, then try again", .0.display())]
    Busy(PathBuf),
    /// No space is left.
    #[error("cannot write {}: the disk is full; free some space and try again, nothing was lost", .0.display())]
    Full(PathBuf),
    /// The checkpoint was pruned, forgotten, or never was.
    #[error("checkpoint {0} is not kept any more: it was pruned or forgotten")]
    Missing(SnapshotId),
    /// Something in the store is not what it should be.
    #[error("the checkpoints in {} are damaged ({why}); move that folder away to begin anew", path.display())]
    Damaged {
        /// Where.
        path: PathBuf,
        /// What does not fit.
        why: String,
    },
    /// Git failed.
    #[error("git failed to {doing}: {says}; the files are as they were")]
    Git {
        /// What was asked of it.
        doing: &'static str,
        /// Its last words.
        says: String,
    },
    /// A restore was cut short, and has to be gone on with first.
    #[error("an undo in {} was cut short by a crash or a full disk; it has to be finished before another", .0.display())]
    Unfinished(PathBuf),
    /// The caller wanted no more of it.
    #[error("the checkpoint was skipped before it was whole; the files are as they were")]
    Stopped,
    /// A restore was cut short by the test's own seam, as a kill would.
    #[error("stopped where a fault was asked for, at write {0}")]
    Fault(u32),
    /// The operating system refuses.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// With what.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl Error {
    /// What the system says, in the words of this room.
    pub(super) fn io(doing: &'static str, path: &Path, source: impl Into<io::Error>) -> Self {
        let source = source.into();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full(path.to_owned()),
            _ => Self::Io { doing, path: path.to_owned(), source },
        }
    }

    pub(super) fn damaged(path: &Path, why: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_owned(), why: why.into() }
    }
}
