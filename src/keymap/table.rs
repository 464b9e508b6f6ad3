//! The table itself.

use crate::ui::{Action, Scope};

/// One row: keys, what they do, and the words for it.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The place in which the keys act.
    pub scope: Scope,
    /// The keys by name, separated by spaces; the first one is shown.
    pub keys: &'static str,
    /// What they do.
    pub action: Action,
    /// How far to the left it stands in the footer: 1 is first, 0 is not shown there.
    pub rank: u8,
    /// The word for the footer.
    pub label: &'static str,
    /// The sentence for the help.
    pub help: &'static str,
}

const fn row(scope: Scope, keys: &'static str, action: Action, foot: (u8, &'static str), help: &'static str) -> Row {
    Row { scope, keys, action, rank: foot.0, label: foot.1, help }
}

const NONE: (u8, &str) = (0, "");
const SLOT: &str = "go to the session of that number";

/// All keys. `n`, `N`, `/`, `:`, `e` and `u` are kept free for what is still to come.
pub const TABLE: &[Row] = &[
    // A request's card.
    row(Scope::Card, "a", Action::Allow, (1, "allow once"), "allow this call once, when all of it was read"),
    row(Scope::Card, "s", Action::Scopes, (2, "scope…"), "choose among the agent's own offers"),
    row(Scope::Card, "d", Action::Deny, (3, "deny…"), "deny, with a reason"),
    row(Scope::Card, "x", Action::DenyInterrupt, (4, "deny and interrupt"), "deny, and end the turn"),
    row(Scope::Card, "w", Action::NextWaiting, (6, "next"), "leave this card and open the next request that waits"),
    row(Scope::Card, "esc q", Action::Back, (5, "back"), "close the card; nothing is decided by it"),
    row(Scope::Card, "E", Action::EndSession, NONE, "end the session that asks, after a question"),
    row(Scope::Card, "?", Action::Help, (9, "help"), "show the keys"),
    // Its changes.
    row(Scope::Card, "t", Action::DiffLayout, (14, "side by side"), "changes unified, or side by side"),
    row(Scope::Card, "]", Action::HunkNext, (10, "hunk"), "the next region that changes, the one before"),
    row(Scope::Card, "[", Action::HunkBefore, (10, "hunk"), "the next region that changes, the one before"),
    row(Scope::Card, "}", Action::FileNext, (11, "file"), "the next file, the file before"),
    row(Scope::Card, "{", Action::FileBefore, (11, "file"), "the next file, the file before"),
    row(Scope::Card, "f", Action::Files, (12, "files"), "a list of the files that change"),
    row(Scope::Card, "o", Action::UnfoldLines, (13, "unfold"), "show unchanged lines that are left out, or fold them"),
    row(Scope::Card, "W", Action::LongLines, NONE, "wrap long lines, or cut them and scroll sideways"),
    row(Scope::Card, "h", Action::ScrollLeft, NONE, "to the left and to the right, where lines are cut"),
    row(Scope::Card, "l", Action::ScrollRight, NONE, "to the left and to the right, where lines are cut"),
    // A menu on a card, a list over everything.
    row(Scope::Menu, "enter", Action::Open, (1, "choose"), "take the selected one"),
    row(Scope::Menu, "esc q", Action::Back, (2, "back"), "close the menu; nothing is chosen by it"),
    row(Scope::Picker, "enter", Action::Open, (1, "choose"), "take the selected one"),
    row(Scope::Picker, "down ctrl-n", Action::Down, (3, "move"), "one down, one up; letters narrow the list"),
    row(Scope::Picker, "up ctrl-p", Action::Up, (3, "move"), "one down, one up; letters narrow the list"),
    row(Scope::Picker, "pagedown", Action::PageDown, NONE, "a page down, a page up"),
    row(Scope::Picker, "pageup", Action::PageUp, NONE, "a page down, a page up"),
    row(Scope::Picker, "esc", Action::Back, (2, "back"), "close the list; nothing is chosen by it"),
    // Text.
    row(Scope::Typing, "enter", Action::Submit, (1, "send"), "send what is typed"),
    row(Scope::Typing, "esc", Action::Back, (2, "back"), "close it; nothing is sent"),
    row(Scope::Form, "tab down", Action::FocusNext, (3, "field"), "the next field"),
    row(Scope::Form, "shift-tab up", Action::FocusPrevious, NONE, "the field before"),
    row(Scope::Form, "enter", Action::Submit, (1, "start"), "start the session"),
    row(Scope::Composer, "enter", Action::Submit, (1, "send"), "send the prompt; while a turn runs it is queued"),
    row(
        Scope::Composer,
        "alt-s ctrl-enter",
        Action::Steer,
        (2, "steer"),
        "hand it to the running turn, where the agent can",
    ),
    row(Scope::Composer, "alt-enter ctrl-j shift-enter", Action::NewLine, (3, "new line"), "a new line"),
    row(Scope::Composer, "alt-up", Action::Unqueue, (4, "take back"), "take the newest queued prompt back to edit it"),
    row(Scope::Composer, "ctrl-p", Action::HistoryBack, NONE, "the prompt before; ↑ on the first line does the same"),
    row(Scope::Composer, "ctrl-n", Action::HistoryForward, NONE, "the prompt after; ↓ on the last line does the same"),
    row(Scope::Composer, "esc", Action::Back, (5, "back"), "leave the composer; the draft stays"),
    row(Scope::Composer, "tab", Action::FocusNext, NONE, "the next place"),
    row(Scope::Composer, "shift-tab", Action::FocusPrevious, NONE, "the place before"),
    row(Scope::Composer, "alt-1", Action::Slot(1), NONE, SLOT),
    row(Scope::Composer, "alt-2", Action::Slot(2), NONE, SLOT),
    row(Scope::Composer, "alt-3", Action::Slot(3), NONE, SLOT),
    row(Scope::Composer, "alt-4", Action::Slot(4), NONE, SLOT),
    row(Scope::Composer, "alt-5", Action::Slot(5), NONE, SLOT),
    row(Scope::Composer, "alt-6", Action::Slot(6), NONE, SLOT),
    row(Scope::Composer, "alt-7", Action::Slot(7), NONE, SLOT),
    row(Scope::Composer, "alt-8", Action::Slot(8), NONE, SLOT),
    row(Scope::Composer, "alt-9", Action::Slot(9), NONE, SLOT),
    // A question, the list of keys.
    row(Scope::Confirm, "y", Action::Yes, (1, "yes"), "yes"),
    row(Scope::Confirm, "n q", Action::No, (2, "no"), "no"),
    row(Scope::Confirm, "esc", Action::Back, NONE, "no"),
    row(Scope::Help, "esc q ? f1", Action::Back, (1, "back"), "close this list"),
    // A replay.
    row(Scope::Replay, "space", Action::PlayPause, (1, "play"), "play, or pause"),
    row(Scope::Replay, "left", Action::StepBack, (2, "step"), "the step before, the next step"),
    row(Scope::Replay, "right", Action::StepForward, (2, "step"), "the step before, the next step"),
    row(Scope::Replay, "[", Action::TurnBack, (3, "turn"), "the turn before, the next turn"),
    row(Scope::Replay, "]", Action::TurnForward, (3, "turn"), "the turn before, the next turn"),
    row(
        Scope::Replay,
        "{",
        Action::MarkBack,
        (4, "mark"),
        "the request, decision, error or compaction before; the next one",
    ),
    row(
        Scope::Replay,
        "}",
        Action::MarkForward,
        (4, "mark"),
        "the request, decision, error or compaction before; the next one",
    ),
    row(Scope::Replay, "+ =", Action::Faster, (5, "speed"), "faster, slower"),
    row(Scope::Replay, "- _", Action::Slower, (5, "speed"), "faster, slower"),
    row(Scope::Replay, "g home", Action::ReplayStart, (6, "start, end"), "to the first record, to the last record"),
    row(Scope::Replay, "G end", Action::ReplayEnd, (6, "start, end"), "to the first record, to the last record"),
    row(Scope::Replay, ",", Action::RecordBack, (7, "record"), "the record before, the next record"),
    row(Scope::Replay, ".", Action::RecordForward, (7, "record"), "the record before, the next record"),
    // The places.
    row(Scope::Rail, "enter", Action::Open, (1, "open"), "review what waits there, or go to its pane"),
    row(Scope::Rail, "A", Action::Archive, (8, "put away"), "put an ended session out of sight"),
    row(Scope::Pane, "enter o", Action::Open, (1, "open"), "review what waits, or unfold"),
    row(Scope::Pane, "O", Action::FoldAll, NONE, "unfold everything, or fold everything"),
    row(Scope::Inspector, "enter", Action::Open, (1, "open"), "review what waits, or unfold"),
    row(Scope::Inspector, "]", Action::HunkNext, (10, "hunk"), "the next region that changes, the one before"),
    row(Scope::Inspector, "[", Action::HunkBefore, (10, "hunk"), "the next region that changes, the one before"),
    row(Scope::Inspector, "}", Action::FileNext, (11, "file"), "the next file, the file before"),
    row(Scope::Inspector, "{", Action::FileBefore, (11, "file"), "the next file, the file before"),
    row(Scope::Inspector, "f", Action::Files, (12, "files"), "a list of the files that change"),
    row(
        Scope::Inspector,
        "o",
        Action::UnfoldLines,
        (13, "unfold"),
        "show unchanged lines that are left out, or fold them",
    ),
    row(Scope::Inspector, "W", Action::LongLines, NONE, "wrap long lines, or cut them and scroll sideways"),
    row(Scope::Inspector, "h", Action::ScrollLeft, NONE, "to the left and to the right, where lines are cut"),
    row(Scope::Inspector, "l", Action::ScrollRight, NONE, "to the left and to the right, where lines are cut"),
    row(Scope::Queue, "enter", Action::Open, (1, "review"), "open the selected request's card"),
    // Lists and texts.
    row(Scope::List, "j down", Action::Down, NONE, "one down, one up"),
    row(Scope::List, "k up", Action::Up, NONE, "one down, one up"),
    row(Scope::List, "space pagedown ctrl-f", Action::PageDown, (7, "page"), "a page down, a page up"),
    row(Scope::List, "b pageup ctrl-b", Action::PageUp, NONE, "a page down, a page up"),
    row(Scope::List, "ctrl-d", Action::HalfDown, NONE, "half a page down, half a page up"),
    row(Scope::List, "ctrl-u", Action::HalfUp, NONE, "half a page down, half a page up"),
    row(Scope::List, "g home", Action::Top, NONE, "to the first, to the last"),
    row(Scope::List, "G end", Action::End, NONE, "to the first, to the last"),
    // Everywhere.
    row(Scope::Global, "w", Action::NextWaiting, (2, "next waiting"), "open the card of the next request that waits"),
    row(Scope::Global, "i", Action::Compose, (3, "write"), "write a prompt"),
    row(Scope::Global, "Q", Action::Queue, (4, "queue"), "open or close the queue"),
    row(Scope::Global, "c +", Action::NewSession, (5, "new session"), "start an agent"),
    row(Scope::Global, "L", Action::Logins, (1, "log in"), "choose one of the agent's ways to log in"),
    row(Scope::Global, "m", Action::Modes, (9, "mode"), "choose one of the agent's modes"),
    row(Scope::Global, "X", Action::Interrupt, (6, "interrupt"), "end the turn"),
    row(Scope::Global, "E", Action::EndSession, NONE, "end the session and all that it started, after a question"),
    row(Scope::Global, "tab", Action::FocusNext, (8, "focus"), "the next place, the place before"),
    row(Scope::Global, "shift-tab", Action::FocusPrevious, NONE, "the next place, the place before"),
    row(Scope::Global, "1 alt-1", Action::Slot(1), NONE, SLOT),
    row(Scope::Global, "2 alt-2", Action::Slot(2), NONE, SLOT),
    row(Scope::Global, "3 alt-3", Action::Slot(3), NONE, SLOT),
    row(Scope::Global, "4 alt-4", Action::Slot(4), NONE, SLOT),
    row(Scope::Global, "5 alt-5", Action::Slot(5), NONE, SLOT),
    row(Scope::Global, "6 alt-6", Action::Slot(6), NONE, SLOT),
    row(Scope::Global, "7 alt-7", Action::Slot(7), NONE, SLOT),
    row(Scope::Global, "8 alt-8", Action::Slot(8), NONE, SLOT),
    row(Scope::Global, "9 alt-9", Action::Slot(9), NONE, SLOT),
    row(Scope::Global, "t", Action::DiffLayout, NONE, "changes unified, or side by side"),
    row(Scope::Global, "v", Action::GridNext, NONE, "one pane, two, four"),
    row(Scope::Global, "ctrl-w", Action::PaneNext, NONE, "the next pane"),
    row(Scope::Global, "z", Action::Zoom, NONE, "the pane alone, or all again"),
    row(Scope::Global, "I", Action::Inspector, NONE, "show or hide the inspector"),
    row(Scope::Global, "esc", Action::Back, NONE, "one place back, and never anything else"),
    row(Scope::Global, "?", Action::Help, (7, "help"), "show the keys"),
    row(Scope::Global, "q", Action::Quit, (10, "quit"), "leave taut; asks first where agents run"),
    row(
        Scope::Always,
        "ctrl-c",
        Action::CtrlC,
        NONE,
        "clear what is typed, else interrupt the turn, else (twice) leave",
    ),
    row(Scope::Always, "ctrl-\\", Action::Halt, NONE, "twice within two seconds: end every agent"),
    row(Scope::Always, "f1", Action::Help, NONE, "show the keys"),
    row(Scope::Always, "ctrl-z", Action::Suspend, NONE, "stop as job control does; the agents go on"),
    row(Scope::Always, "ctrl-l", Action::Redraw, NONE, "paint everything anew"),
];
