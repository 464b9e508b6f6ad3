//! The keys of the tables of numbers.

use super::table::{NONE, Row, row};
use crate::ui::{Action, Scope};

const NEXT: &str = "by session, by day, by project, by model";

/// Their keys.
pub(super) const TABLE: &[Row] = &[
    row(Scope::Stats, "tab right l", Action::StatsNext, (1, "other table"), NEXT),
    row(Scope::Stats, "shift-tab left h", Action::StatsBefore, NONE, NEXT),
    row(
        Scope::Stats,
        "s",
        Action::Sort,
        (2, "sort"),
        "sort by cost, turns, calls, retries, tokens written, waits, name",
    ),
    row(Scope::Stats, "enter", Action::Open, (3, "go there"), "go to the session, or replay another tool's"),
    row(Scope::Stats, "r", Action::Stats, (4, "count again"), "count again"),
    row(Scope::Stats, "esc q $", Action::Back, (5, "back"), "close the tables"),
    row(Scope::Stats, "?", Action::Help, (9, "help"), "show the keys"),
    row(
        Scope::Global,
        "$",
        Action::Stats,
        (11, "numbers"),
        "what sessions came to: turns, calls, tokens, cost, waits, retries, of taut's own and of other tools'",
    ),
];
