//! Recordings: what other tools wrote down of their own sessions, found, kept, and read again as often as it is looked at.
//!
//! Kept is the file itself, byte for byte, packed, in pieces that are kept once: so the tool's own retention can't destroy
//! it, and a better reader reads it better. What is known of a session (whose it is, its turns, its tokens) is drawn from
//! it by reading, and drawn again where that is out of date. Nothing of the tool is ever written. Recordings are
//! what somebody else says; they stand beside the log of what taut saw and did, and never in it.

#![expect(clippy::missing_errors_doc, reason = "each cause is a variant of an error with its own sentence")]

mod archive;
mod back;
mod catalogue;
mod draw;
mod elsewhere;
mod keep;
mod marks;
pub mod places;
pub mod registry;

pub use crate::transcript::CHANNEL;
pub use back::Writer;
pub use catalogue::{Filter, Recorded, Sizes};
pub use draw::{Drawn, READERS};
pub use elsewhere::{LATELY, all as elsewhere};
pub use keep::{KeepError, Kept, What};
pub use marks::Mark;

pub use crate::transcript::ReadError;

use crate::store::{StoreError, side, side_reader};
use rusqlite::Connection;
use std::path::{Path, PathBuf};

/// The name of their file in the state folder.
const NAME: &str = "recordings.db";

/// What leads from each schema to the next one; steps are only ever added.
const STEPS: &[&str] = &["
    -- One session of another tool. `session` and `tally` are drawn from its files by the reader of number `drawn`.
    CREATE TABLE recording (
        id INTEGER PRIMARY KEY, format TEXT NOT NULL, path BLOB NOT NULL UNIQUE, native TEXT NOT NULL, agent TEXT NOT NULL,
        project TEXT NOT NULL, name TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, records INTEGER NOT NULL,
        prompt TEXT NOT NULL, numbers TEXT NOT NULL,
        session BLOB NOT NULL, tally TEXT NOT NULL, kept INTEGER NOT NULL, drawn INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX recording_by_native ON recording (native);
    -- Its files as they were when they were last looked at. A file without parts is read where it lies.
    CREATE TABLE file (
        recording INTEGER NOT NULL, n INTEGER NOT NULL, path BLOB NOT NULL, about TEXT NOT NULL,
        bytes INTEGER NOT NULL, changed INTEGER NOT NULL, version INTEGER NOT NULL, UNIQUE (recording, n)
    ) STRICT;
    -- Of which pieces a version of a file is made. Older versions are of files that were rewritten.
    CREATE TABLE part (
        recording INTEGER NOT NULL, file INTEGER NOT NULL, version INTEGER NOT NULL, n INTEGER NOT NULL,
        piece INTEGER NOT NULL, UNIQUE (recording, file, version, n)
    ) STRICT;
    CREATE INDEX part_by_piece ON part (piece);
    CREATE TABLE piece (
        id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, bytes INTEGER NOT NULL, data BLOB NOT NULL
    ) STRICT;
", "
    -- All that tells whether a recording is still the one that was read, without the session in its row.
    CREATE INDEX recording_as_of ON recording (id, native, last, records, kept, drawn);
"];

/// The recordings of a state folder.
#[derive(Debug)]
pub struct Recordings {
    conn: Connection,
    path: PathBuf,
}

impl Recordings {
    /// Opens them for keeping more. Several processes may do so at the same time.
    pub fn open(state: &Path) -> Result<Self, StoreError> {
        Ok(Self { conn: side(state, NAME, STEPS)?, path: state.join(NAME) })
    }

    /// Opens them for reading; `None` where none was ever kept.
    pub fn open_for_reading(state: &Path) -> Result<Option<Self>, StoreError> {
        let conn = match side_reader(state, NAME, STEPS) {
            // They are not the log: whoever reads them first brings them up.
            Err(StoreError::TooOld { .. }) => {
                drop(side(state, NAME, STEPS)?);
                side_reader(state, NAME, STEPS)
            }
            other => other,
        };
        Ok(conn?.map(|conn| Self { conn, path: state.join(NAME) }))
    }

    fn fault(&self) -> impl Fn(rusqlite::Error) -> StoreError {
        |error| StoreError::of_sqlite(&self.path, &error)
    }
}
