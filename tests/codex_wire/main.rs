//! Codex by its own protocol, from wire logs that were recorded with the real agent (`tests/codex_wire/logs`): what is told, what
//! is sent, and each of its quirks. `UPDATE_GOLDEN=1 cargo test --test codex_wire` writes the golden records anew.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod any;
mod golden;
mod play;
mod quirks;
mod told;
mod typed;
