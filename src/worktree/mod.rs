//! Work trees of git: where a folder stands, and work trees that taut makes, lists and removes for a human.
//!
//! - [`place`]: what git knows of a folder, read from its files; no program runs.

pub mod place;
