//! A workspace before and after: what a checkpoint covers, what it leaves alone, and the way back.
//!
//! `stage`: a workspace with a store of its own. `snapshots`: what is covered and what is said not to be. `repositories`:
//! the user's own, which stay as they are.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, clippy::panic, clippy::pedantic, reason = "tests")]

mod repositories;
mod snapshots;
mod stage;
