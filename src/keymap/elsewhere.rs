//! The keys of sessions of other tools, in the rail: they can be looked at, and gone on with.

use super::table::{NONE, Row, row};
use crate::ui::{Action, Scope};

const ON: &str = "go on with it here: its own agent, or another one with a brief of it";

/// Their keys.
pub(super) const TABLE: &[Row] = &[
    row(
        Scope::Elsewhere,
        "enter o",
        Action::Open,
        (1, "replay"),
        "list them, or replay one: it is followed where it goes on; q comes back",
    ),
    row(
        Scope::Elsewhere,
        "/",
        Action::FilterName,
        (3, "find"),
        "list what has these letters in its title, agent or folder; esc lists all again",
    ),
    row(Scope::Elsewhere, "f", Action::Filter, NONE, "list all, or what is of this folder"),
    row(Scope::Elsewhere, "ctrl-r", Action::Reopen, (2, "go on…"), ON),
    row(Scope::Elsewhere, "esc", Action::Back, (4, "back"), "back to taut's own sessions"),
];
