//! The store: one append-only log of facts in `SQLite`, hash-chained, with long texts beside it.
//!
//! - [`Store`] is the single writer of a state folder, [`Reader`] reads beside it and from other processes.
//! - Records are appended in transactions; what lets something run is synced before [`Store::append`] returns.
//! - [`verify()`] walks the chain and names what does not fit. It detects damage and casual edits, not an owner who
//!   hashes everything anew: a head kept elsewhere does.
//! - Bodies (long texts), raw frames and keyframes lie in tables of their own and can be dropped; the chain stays valid.

#![expect(clippy::missing_errors_doc, reason = "each cause is a variant of StoreError with its own sentence")]

mod append;
mod body;
mod chain;
mod error;
mod fault;
mod forget;
mod head;
mod kept;
mod keyframe;
pub mod pack;
mod place;
mod raw;
mod reader;
mod schema;
mod side;
mod verify;
mod writer;

pub use append::Durability;
pub use chain::Columns;
pub use error::StoreError;
pub use fault::Fault;
pub use forget::Holdings;
pub use head::Head;
pub use raw::{Direction, FRAME_MAX, KeptFrame, RawFrame};
pub use reader::{Reader, Span};
pub use side::{side, side_reader};
pub use verify::{Verified, verify};
pub use writer::{Opened, Store};

use std::path::Path;

/// The process that writes in a state folder now, as far as can be told from outside: its id. Nothing of the log is opened.
#[must_use]
pub fn writer(folder: &Path) -> Option<u32> {
    place::Place::for_reading(folder).ok()?.writer()
}

/// True where a process has ended, also one that nobody has waited for.
#[must_use]
pub fn is_dead(pid: u32) -> bool {
    place::is_dead(pid)
}

/// Whether a process has the lock of a state folder open, as its writer has. Where there is no lock, or nobody may look,
/// it is believed.
#[must_use]
pub fn holds(folder: &Path, pid: u32) -> bool {
    place::Place::for_reading(folder).map_or(true, |place| place.is_held_by(pid))
}
