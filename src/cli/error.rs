//! What a command ends with when it can't do what was asked: one sentence.

use crate::hub::StartError;
use crate::store::StoreError;
use crate::tui::RunError;
use std::io;
use std::path::PathBuf;

/// Why a command came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The store can't be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The hub can't run.
    #[error(transparent)]
    Hub(#[from] StartError),
    /// A full-screen command without a terminal.
    #[error(
        "the console needs a terminal, and {0} is none; `taut replay SESSION --print`, `taut ls` and `taut show` work without one"
    )]
    NoTerminal(&'static str),
    /// The console ended before it was left.
    #[error(transparent)]
    Console(#[from] RunError),
    /// Nothing has such an id.
    #[error("nothing is called {0:?}: `taut ls` lists the sessions")]
    NotFound(String),
    /// More than one thing has such an id.
    #[error("{given:?} could be {}: give more letters", .candidates.join(", "))]
    Ambiguous {
        /// What was given.
        given: String,
        /// What it could be.
        candidates: Vec<String>,
    },
    /// A session whose first record is not there.
    #[error("session {0} has no records")]
    Empty(String),
    /// A size that is none.
    #[error("{0:?} is not a size: give columns and rows, like 120x36")]
    Size(String),
    /// A place in a replay that is none.
    #[error("{given:?} is not a record of the session: give a number from 1 to {last}, or `end`")]
    At {
        /// What was given.
        given: String,
        /// The last record.
        last: u64,
    },
    /// A head that is none.
    #[error("{0:?} is not a head: give the 64 hex digits of a record's hash, as in the file `head`")]
    Head(String),
    /// A folder that can't be used.
    #[error("the folder {} can't be used: {why}; name another with {option}", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        why: String,
        /// The option that names another.
        option: &'static str,
    },
    /// The configuration named on the command line can't be used.
    #[error("{0}")]
    Config(String),
    /// An agent can't be started.
    #[error("{0}")]
    Agent(String),
    /// Something could not be written to stdout.
    #[error("cannot write the output: {0}")]
    Output(#[from] io::Error),
}
