//! Looking again shows what was shown, and does nothing (invariant 10).
#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::pedantic,
    clippy::type_complexity,
    reason = "tests"
)]

mod support;

#[path = "replay/frames.rs"]
mod frames;
#[path = "replay/glimpse.rs"]
mod glimpse;
#[path = "replay/near.rs"]
mod near;
#[path = "replay/past.rs"]
mod past;
#[path = "replay/program.rs"]
mod program;
#[path = "replay/quiet.rs"]
mod quiet;
#[path = "replay/transcript.rs"]
mod transcript;
