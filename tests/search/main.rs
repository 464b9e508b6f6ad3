//! Searching all sessions: the index finds what reading finds, whatever it has yet, and what is deleted goes from it.
#![allow(unreachable_pub, clippy::unwrap_used, clippy::panic, clippy::needless_for_each, reason = "tests")]

#[path = "../support/mod.rs"]
mod support;

mod index;
mod made;
mod same;
