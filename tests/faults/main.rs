//! Whatever dies, and wherever it stood: nothing that was committed is lost, nothing is sent twice, nothing stays behind.
//!
//! `stage`: one request, and a hub that stops or dies at a point of its life. `hub`, `agent`, `console`: who is killed.
//! `impostor`: who sits in the hub's place. `socket`: what happens to the hub's socket, and what comes in by it. `disk`: one without room. `slow`: a console that
//! does not read. `answers`: late, doubled and unconfirmed ones. `halfway`: files are taken back, and the conversation is not.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, clippy::panic, clippy::pedantic, reason = "tests")]
#![cfg(debug_assertions)]

#[path = "../support/mod.rs"]
mod support;

mod agent;
mod answers;
mod console;
mod disk;
mod halfway;
mod hub;
mod impostor;
mod raw;
mod slow;
mod socket;
mod stage;
