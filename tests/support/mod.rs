//! Helpers that several tests share.
#![allow(dead_code, clippy::unwrap_used, clippy::cast_possible_truncation, reason = "tests; each uses a part")]

pub mod frame;
pub mod story;
