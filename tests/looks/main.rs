//! Looks and settings: every theme, ASCII, no colour, the settings screen, the first start; what changes while the console
//! runs; the console as lines.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::pedantic, reason = "tests")]

mod frames;
mod live;
mod plain;
mod settings;
#[path = "../support/mod.rs"]
mod support;
