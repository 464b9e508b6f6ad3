//! The keys of a search over all sessions.

use super::table::{NONE, Row, row};
use crate::ui::{Action, Scope};

const HIT: &str = "go to the step of a live session, or replay the session from there";
const TURN: &str = "from the line to the list, and back";
const MOVE: &str = "the next hit, the hit before";

/// Their keys.
pub(super) const TABLE: &[Row] = &[
    row(Scope::EverywhereLine, "enter", Action::Open, (1, "go there"), HIT),
    row(Scope::EverywhereLine, "down ctrl-n", Action::Down, (2, "hits"), MOVE),
    row(Scope::EverywhereLine, "up ctrl-p", Action::Up, (2, "hits"), MOVE),
    row(Scope::EverywhereLine, "pagedown", Action::PageDown, NONE, "a page down, a page up"),
    row(Scope::EverywhereLine, "pageup", Action::PageUp, NONE, "a page down, a page up"),
    row(Scope::EverywhereLine, "tab shift-tab", Action::EverywhereTurn, (3, "list"), TURN),
    row(
        Scope::EverywhereLine,
        "esc",
        Action::Back,
        (4, "back"),
        "close the search; what is typed stays for the next time",
    ),
    row(Scope::Everywhere, "enter", Action::Open, (1, "go there"), HIT),
    row(Scope::Everywhere, "/ i tab shift-tab", Action::EverywhereTurn, (3, "search"), TURN),
    row(
        Scope::Everywhere,
        "esc q F",
        Action::Back,
        (4, "back"),
        "close the search; what is typed stays for the next time",
    ),
    row(Scope::Everywhere, "?", Action::Help, (9, "help"), "show the keys"),
    row(
        Scope::Global,
        "F",
        Action::Everywhere,
        (11, "search all"),
        "search all sessions, taut's own and the recordings of other tools: words, and agent: tool: file: cmd: and more",
    ),
];
