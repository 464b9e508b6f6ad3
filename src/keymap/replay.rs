//! The keys of a replay: small letters go on to what they name, with alt they go back to it.

use super::table::{NONE, Row, row};
use super::words::AS_OF;
use crate::ui::{Action, Scope};

const STEP: &str = "the step before, the next step";
const TURN: &str = "the turn before, the next turn";
const MARK: &str = "the thing of note before, the next one: request, decision, error, edit, check, undo, compaction";
const REQUEST: &str = "the next request or decision, the one before";
const ERROR: &str = "the next error, the error before; calls that ran unasked are among them";
const EDIT: &str = "the next change of files, the one before; an undo is one as well";
const ENDS: &str = "to the first record, to the last record";
const RECORD: &str = "the record before, the next record";
const SPEED: &str = "faster, slower: from half of real time to 64 times; the play does not wait where nothing was done";
const GO_TO: &str = "go to what is typed: `step 12`, `turn 3`, `record 400`, a time (`16:31`), `+5m`, `50%`, `end`";

const ON: &str = "leave the replay and go on with the session: its own agent, or another one with a brief of it";

/// The keys of a replay.
pub(super) const TABLE: &[Row] = &[
    row(Scope::Replay, "space", Action::PlayPause, (1, "play"), "play, or pause"),
    row(Scope::Replay, "left", Action::StepBack, (2, "step"), STEP),
    row(Scope::Replay, "right", Action::StepForward, (2, "step"), STEP),
    row(Scope::Replay, "[", Action::TurnBack, (3, "turn"), TURN),
    row(Scope::Replay, "]", Action::TurnForward, (3, "turn"), TURN),
    row(Scope::Replay, "{", Action::MarkBack, (4, "mark"), MARK),
    row(Scope::Replay, "}", Action::MarkForward, (4, "mark"), MARK),
    row(Scope::Replay, "r", Action::RequestForward, (9, "request"), REQUEST),
    row(Scope::Replay, "alt-r", Action::RequestBack, NONE, REQUEST),
    row(Scope::Replay, "x", Action::ErrorForward, (9, "error"), ERROR),
    row(Scope::Replay, "alt-x", Action::ErrorBack, NONE, ERROR),
    row(Scope::Replay, "e", Action::EditForward, (9, "edit"), EDIT),
    row(Scope::Replay, "alt-e", Action::EditBack, NONE, EDIT),
    row(Scope::Replay, "g", Action::GoTo, (5, "go to"), GO_TO),
    row(Scope::Replay, "+ =", Action::Faster, (5, "speed"), SPEED),
    row(Scope::Replay, "- _", Action::Slower, (5, "speed"), SPEED),
    row(Scope::Replay, "home", Action::ReplayStart, (8, "start, end"), ENDS),
    row(Scope::Replay, "end G", Action::ReplayEnd, (8, "start, end"), ENDS),
    row(Scope::Replay, ",", Action::RecordBack, (8, "record"), RECORD),
    row(Scope::Replay, ".", Action::RecordForward, (8, "record"), RECORD),
    row(Scope::Replay, "f", Action::FilesAsOf, (6, "files as of here"), AS_OF),
    row(Scope::Replay, "ctrl-r", Action::Reopen, (10, "go on…"), ON),
];
