//! What a person does at the console, as stories: it hears, they press, it sends.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_wrap,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::redundant_closure_for_method_calls,
    clippy::missing_panics_doc,
    reason = "tests"
)]

mod support;

#[path = "scenarios/accepting.rs"]
mod accepting;
#[path = "scenarios/accidents.rs"]
mod accidents;
#[path = "scenarios/anything.rs"]
mod anything;
#[path = "scenarios/attention.rs"]
mod attention;
#[path = "scenarios/batch.rs"]
mod batch;
#[path = "scenarios/cards.rs"]
mod cards;
#[path = "scenarios/completing.rs"]
mod completing;
#[path = "scenarios/composing.rs"]
mod composing;
#[path = "scenarios/copying.rs"]
mod copying;
#[path = "scenarios/elsewhere.rs"]
mod elsewhere;
#[path = "scenarios/everywhere.rs"]
mod everywhere;
#[path = "scenarios/finding.rs"]
mod finding;
#[path = "scenarios/flags.rs"]
mod flags;
#[path = "scenarios/fleet.rs"]
mod fleet;
#[path = "scenarios/grants.rs"]
mod grants;
#[path = "scenarios/naming.rs"]
mod naming;
#[path = "scenarios/onward.rs"]
mod onward;
#[path = "scenarios/oracle.rs"]
mod oracle;
#[path = "scenarios/panes.rs"]
mod panes;
#[path = "scenarios/replay.rs"]
mod replay;
#[path = "scenarios/review.rs"]
mod review;
#[path = "scenarios/stopping.rs"]
mod stopping;
#[path = "scenarios/time.rs"]
mod time;
#[path = "scenarios/undo.rs"]
mod undo;
#[path = "scenarios/way.rs"]
mod way;
