//! Helpers that several tests share.
#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::pedantic,
    reason = "tests; each uses a part"
)]

pub mod cli;
pub mod console;
pub mod frame;
pub mod hub;
pub mod live;
pub mod memory;
pub mod place;
pub mod pty;
pub mod sources;
pub mod store;
pub mod story;
pub mod tries;
pub mod weight;
