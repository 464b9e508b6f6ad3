//! Helpers that several tests share.
#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    clippy::unwrap_used,
    clippy::pedantic,
    reason = "tests; each uses a part"
)]

pub mod frame;
pub mod story;
