//! A workspace before and after: what a checkpoint covers, what it leaves alone, and the way back.
//!
//! `stage`: a workspace with a store of its own. `snapshots`: what is covered and what is said not to be. `repositories`:
//! the user's own, which stay as they are. `undo`: the way back. `programs`: random
//! ones, undone and done again. `faults`: a restore that is cut short.
//! `links`: names, owners and attributes. `keeping`: what is kept how long. `ignoring`: the same files as git. `speed`: beside git and cp.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, clippy::panic, clippy::pedantic, reason = "tests")]

mod faults;
mod ignoring;
mod keeping;
mod links;
mod programs;
mod repositories;
mod snapshots;
mod speed;
mod stage;
#[path = "../support/store.rs"]
mod store;
mod undo;
