//! Helpers that several tests share.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "tests; each uses a part"
)]

pub mod frame;
pub mod hub;
pub mod live;
pub mod pty;
pub mod story;
