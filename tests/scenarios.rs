//! What a person does at the console, as stories: it hears, they press, it sends.
#![allow(clippy::unwrap_used, clippy::cast_possible_wrap, clippy::cast_possible_truncation, reason = "tests")]

mod support;

#[path = "scenarios/accidents.rs"]
mod accidents;
#[path = "scenarios/cards.rs"]
mod cards;
#[path = "scenarios/composing.rs"]
mod composing;
#[path = "scenarios/oracle.rs"]
mod oracle;
#[path = "scenarios/panes.rs"]
mod panes;
#[path = "scenarios/replay.rs"]
mod replay;
#[path = "scenarios/stopping.rs"]
mod stopping;
#[path = "scenarios/time.rs"]
mod time;
