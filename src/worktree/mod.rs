//! Work trees of git: where a folder stands, and work trees that taut makes, lists and removes for a human. To make one is
//! the one thing that taut writes to the human's repository, at their word: a folder beside it, and a branch `taut/NAME`.
//!
//! - [`place`]: what git knows of a folder, read from its files; no program runs.
//! - [`add()`]: a new one. - [`list()`]: those that taut made, and what of each stands nowhere else. - [`remove()`]: only what
//!   can be lost. - `hidden`: changes that git was told not to see. - `git`: running it.

mod add;
mod git;
mod hidden;
mod list;
pub mod place;
mod remove;

pub use add::{Made, Name, add, again, environment, has};
pub use git::ELSEWHERE;
pub use list::{Standing, Worktree, list};
pub use remove::{Ignored, Removed, may_go, remove};

use std::io;
use std::path::PathBuf;

/// What the branches of taut's work trees begin with.
pub const BRANCH: &str = "taut/";

/// Why there is no work tree, or why one stays: one sentence.
#[derive(Debug, thiserror::Error)]
pub enum WorktreeError {
    /// git is missing.
    #[error("git can't be run: {0}; install it, or work without a work tree")]
    NoGit(io::Error),
    /// A copy of its index can't be written.
    #[error("what git was told not to see can't be looked at: {0}; make room in the folder for temporary files")]
    NoRoom(io::Error),
    /// There is no repository.
    #[error("{} is in no git repository: run it in one, or without --worktree", .0.display())]
    NoRepository(PathBuf),
    /// It has no files.
    #[error("{} is a bare repository, and nobody works in one: run it in a clone of it", .0.display())]
    Bare(PathBuf),
    /// It has no commit.
    #[error("the repository {} has no commit yet, and a work tree begins with one: commit first", .0.display())]
    Unborn(PathBuf),
    /// It is a part of another one.
    #[error(
        "{} is a submodule of {}, in which a work tree beside it would lie: run it there, or without --worktree",
        .0.display(), .1.display()
    )]
    Submodule(PathBuf, PathBuf),
    /// It can't be called that.
    #[error("{0:?} is no name for a work tree: give letters and digits, with `-`, `_` or `.` between them")]
    BadName(String),
    /// Something else has the name.
    #[error("the branch {0} is there already: give the work tree another name")]
    BranchExists(String),
    /// Something lies there.
    #[error("{} is there already: give the work tree another name", .0.display())]
    PathExists(PathBuf),
    /// There is none.
    #[error("taut made no work tree called {0:?} here: `taut worktrees` lists those it made")]
    Unknown(String),
    /// None was removed.
    #[error(
        "taut removed no work tree called {0:?}: give the name or the folder that `taut worktree remove` was given"
    )]
    NotRemoved(String),
    /// There are several.
    #[error("more than one work tree is called {0:?}: give its folder")]
    Ambiguous(String),
    /// Its folder is gone.
    #[error("the folder {} is gone: `git worktree prune` makes git forget it", .0.display())]
    Gone(PathBuf),
    /// Something of it stands nowhere else.
    #[error("{name} stays: {what}")]
    Kept {
        /// Which.
        name: String,
        /// What, and what to do.
        what: String,
    },
    /// git would not.
    #[error("git {what}: {said}")]
    Git {
        /// What it was to do.
        what: String,
        /// What it said.
        said: String,
    },
}
