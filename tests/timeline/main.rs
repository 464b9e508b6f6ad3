//! A timeline as a person sees it: markdown, output, plans, lanes; and the ways through it.
//! `UPDATE_GOLDEN=1 cargo test --test timeline` writes the golden frames anew.

#![allow(unreachable_pub, clippy::unwrap_used, clippy::pedantic, reason = "tests")]

mod frames;
#[path = "../support/mod.rs"]
mod support;
mod ways;
