//! Helpers that several tests share.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::cast_possible_truncation, reason = "tests; each uses a part")]

pub mod hub;
pub mod story;
