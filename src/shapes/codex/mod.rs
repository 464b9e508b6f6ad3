//! Codex: its tools and what comes back of them, its patches, its command lines, and its tokens.

pub mod command;
pub mod files;
pub mod patch;
pub mod results;
pub mod tokens;
pub mod tools;
