//! Claude Code's own protocol: sessions of the real one with a scripted model (`logs/`, made by `record.py`), played to the
//! codec. Each quirk of the protocol that is ours to handle has a test; what the records are is golden.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod back;
mod deciding;
mod golden;
mod hostile;
mod play;
mod quirks;
