//! The 34 things that real agents do (acp.md, section 4), each from a wire log: `tests/wire/INDEX.tsv` says which.
//!
//! Points 5 (ends of processes) and 6 (deadlines at the start) are the hub's; what the codec has to do with them is here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod asks;
mod calls;
mod came;
mod framing;
mod index;
mod play;
mod sessions;
mod turns;
