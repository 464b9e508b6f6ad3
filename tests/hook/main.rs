//! `taut hook`: what an agent runs before a call. It is answered about calls of its own session alone, and whatever goes
//! wrong for such a call is a denial.
#![allow(unreachable_pub, clippy::unwrap_used, clippy::panic, clippy::pedantic, reason = "tests")]

#[path = "../support/mod.rs"]
mod support;

mod agent;
mod answers;
mod refusals;
