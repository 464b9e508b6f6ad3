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
    /// The hub would not do it, or takes nothing from whoever asks.
    #[error("{0}")]
    Refused(String),
    /// There is no such request.
    #[error("there is no request {0:?}: `taut ls` lists those that wait, `taut show SESSION` all of a session")]
    NoRequest(String),
    /// A session of which no request was ever asked.
    #[error("{0:?} has asked nothing yet: `taut wait {0} --for request` waits until it does")]
    NothingAsked(String),
    /// More than one thing has such an id.
    #[error("{given:?} could be {}: give more letters", .candidates.join(", "))]
    Ambiguous {
        /// What was given.
        given: String,
        /// What it could be.
        candidates: Vec<String>,
    },
    /// A session whose first record is not there.
    #[error("session {0} has no records: `taut verify` says what the log has lost")]
    Empty(String),
    /// A place in a replay that is none.
    #[error("{session} has no record {given}: give a number from 1 to {last}, or `end`")]
    At {
        /// The session.
        session: String,
        /// What was given.
        given: u64,
        /// The last record.
        last: u64,
    },
    /// The log is not as it was written.
    #[error(
        "the log in {} is not as it was written: {faults}, listed above; keep a copy of the folder before anything else, and restore it from a backup",
        state.display()
    )]
    Unsound {
        /// The state folder.
        state: PathBuf,
        /// How many faults.
        faults: String,
    },
    /// Something that taut needs is broken.
    #[error("{0}: mend that first, as it says above")]
    Broken(String),
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
    /// The hub in a process of its own can't do it.
    #[error("{0}")]
    Daemon(String),
    /// There is no work tree to be had, or one stays.
    #[error(transparent)]
    Worktree(#[from] crate::worktree::WorktreeError),
    /// What was can't be told: one sentence.
    #[error("{0}")]
    Past(String),
    /// An agent can't be started.
    #[error("{0}")]
    Agent(String),
    /// A transcript of another tool can't be read.
    #[error(transparent)]
    Transcript(#[from] crate::transcript::ReadError),
    /// A transcript that is looked at can't be read.
    #[error(transparent)]
    Recording(#[from] crate::tui::recording::RecordingError),
    /// No thread.
    #[error("there is no thread to read it: {}; try again", crate::text::human::os(.0))]
    Thread(std::io::Error),
    /// A query that is not understood.
    #[error("{0}; `taut search --help` says what there is")]
    Query(String),
    /// Nobody reads the output any more: a silent end.
    #[error("nobody reads the output")]
    Closed,
    /// A session of which no text is made at once.
    #[error("its text is too long to be made at once: `taut show {0} | less` reads it")]
    TooLong(String),
    /// Something could not be written to stdout.
    #[error("cannot write the output: {0}; send it to another place")]
    Output(io::Error),
}

/// It was refused.
pub(super) const REFUSED: u8 = 5;

impl CliError {
    /// What a command ends with that ends with this.
    #[must_use]
    pub(super) fn code(&self) -> u8 {
        match self {
            Self::Closed => 0,
            Self::Refused(_) | Self::Worktree(crate::worktree::WorktreeError::Kept { .. }) => REFUSED,
            Self::Store(_)
            | Self::Hub(_)
            | Self::NoTerminal(_)
            | Self::Console(_)
            | Self::NotFound(_)
            | Self::NoRequest(_)
            | Self::NothingAsked(_)
            | Self::Ambiguous { .. }
            | Self::Empty(_)
            | Self::At { .. }
            | Self::Unsound { .. }
            | Self::Broken(_)
            | Self::Folder { .. }
            | Self::Config(_)
            | Self::Daemon(_)
            | Self::Worktree(_)
            | Self::Past(_)
            | Self::Agent(_)
            | Self::Transcript(_)
            | Self::Query(_)
            | Self::Recording(_)
            | Self::Thread(_)
            | Self::TooLong(_)
            | Self::Output(_) => 1,
        }
    }
}

impl From<io::Error> for CliError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::Output(error),
        }
    }
}
