//! The keys of sessions of other tools, in the rail: they can be looked at, and nothing else.

use super::table::{NONE, Row, row};
use crate::ui::{Action, Scope};

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
    row(Scope::Elsewhere, "esc", Action::Back, (4, "back"), "back to taut's own sessions"),
];
