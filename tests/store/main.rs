//! The store from outside: the golden log, every flipped byte, and a writer killed in the middle.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod crash;
mod flips;
mod golden;
mod sample;

use std::path::Path;
use taut::store::{Opened, Store};

/// The writer of a folder that nobody else has.
#[track_caller]
fn writer(folder: &Path) -> Store {
    match Store::open(folder).unwrap() {
        Opened::Writer(store) => *store,
        Opened::ReadOnly { why, .. } => panic!("{why}"),
    }
}
