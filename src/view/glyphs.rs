//! The marks and lines of the screen, in Unicode and in ASCII. Every one is one cell wide.

use crate::domain::{CallStatus, Gate};
use crate::state::{Level, Phase, Step};
use crate::theme::Role;

/// What a row is marked with. Closed: a mark means the same everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mark {
    /// It waits for a human.
    Waiting,
    /// It works.
    Working,
    /// It works, and shows nothing for long.
    Stalled,
    /// It ended well.
    Done,
    /// It ended badly.
    Failed,
    /// It was refused.
    Denied,
    /// It is over without an end: taken back, expired, lost.
    Abandoned,
    /// A human made something else of it: edited, or taken in part.
    Edited,
    /// What it did to files was taken back.
    Undone,
    /// What it did is not what was decided.
    Diverged,
    /// It ran although nobody was asked.
    Ungated,
    /// It goes on elsewhere.
    Elsewhere,
    /// A replay, or what can only be replayed.
    Replay,
    /// A subagent.
    Lane,
    /// The context was compacted.
    Compacted,
    /// A watchdog flags it.
    Flag,
    /// Another session writes the same file.
    Collides,
    /// Another session writes in the same work tree.
    Beside,
    /// Its checkpoints stay.
    Pinned,
}

impl Mark {
    /// Its sign.
    #[must_use]
    pub fn sign(self, glyphs: &Glyphs) -> &'static str {
        let (unicode, ascii) = match self {
            Self::Waiting => ("?", "?"),
            Self::Working => ("·", "."),
            Self::Stalled => ("◦", "z"),
            Self::Done => ("✓", "+"),
            Self::Failed => ("✗", "x"),
            Self::Denied | Self::Abandoned => ("⊘", "-"),
            Self::Edited => ("✎", "e"),
            Self::Undone => ("↶", "<"),
            Self::Ungated | Self::Diverged => ("!", "!"),
            Self::Elsewhere => ("◌", "o"),
            Self::Replay => ("▷", ">"),
            Self::Lane => ("↳", "`"),
            Self::Compacted => ("≈", "~"),
            Self::Flag => ("⚑", "#"),
            Self::Collides => ("⇄", "&"),
            Self::Beside => ("=", "="),
            Self::Pinned => ("*", "*"),
        };
        if glyphs.ascii { ascii } else { unicode }
    }

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Working => "working",
            Self::Stalled => "stalled",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Denied => "denied",
            Self::Abandoned => "never ended",
            Self::Edited => "edited by you",
            Self::Undone => "undone",
            Self::Diverged => "DIVERGED",
            Self::Ungated => "UNGATED",
            Self::Elsewhere => "elsewhere",
            Self::Replay => "replay",
            Self::Lane => "subagent",
            Self::Compacted => "compacted",
            Self::Flag => "flagged",
            Self::Collides => "same file",
            Self::Beside => "shared folder",
            Self::Pinned => "pinned",
        }
    }

    /// Its role. Only what waits is loud.
    #[must_use]
    pub fn role(self) -> Role {
        match self {
            Self::Waiting => Role::Accent,
            Self::Working => Role::Text,
            Self::Done
            | Self::Lane
            | Self::Elsewhere
            | Self::Abandoned
            | Self::Undone
            | Self::Beside
            | Self::Pinned => Role::Muted,
            Self::Failed | Self::Ungated | Self::Diverged => Role::Danger,
            Self::Denied | Self::Stalled | Self::Flag | Self::Collides => Role::Warn,
            Self::Replay => Role::Replay,
            Self::Compacted | Self::Edited => Role::Info,
        }
    }

    /// The mark of a step.
    #[must_use]
    pub fn of_step(step: &Step) -> Self {
        if step.waiting().is_some() {
            return Self::Waiting;
        }
        // That it ran unasked, or otherwise than decided, is said by its word: see `entry::outcome`.
        if step.is_undone() {
            return Self::Undone;
        }
        if step.gate == Gate::Ungated {
            return Self::Ungated;
        }
        if step.diverged.is_some() {
            return Self::Diverged;
        }
        // Refused to the agent, since it was done in its place: that is no denial.
        if step.handed_over() {
            return Self::Edited;
        }
        if step.denied() {
            return Self::Denied;
        }
        // One that was only proposed and whose question was closed is not going to run.
        let is_closed = step.request().is_some_and(|request| request.closed.is_some());
        match step.status {
            CallStatus::Abandoned => Self::Abandoned,
            CallStatus::Pending if is_closed => Self::Abandoned,
            CallStatus::Pending | CallStatus::Running => Self::Working,
            CallStatus::Done if step.edited.is_some() => Self::Edited,
            CallStatus::Done => Self::Done,
            CallStatus::Failed => Self::Failed,
        }
    }

    /// The mark of a session.
    #[must_use]
    pub fn of_phase(phase: Phase) -> Self {
        match phase {
            Phase::LoginNeeded | Phase::Waiting(_) => Self::Waiting,
            Phase::Starting | Phase::Working => Self::Working,
            Phase::Stalled(_) => Self::Stalled,
            Phase::Failed | Phase::Interrupted => Self::Failed,
            Phase::Overspent => Self::Flag,
            Phase::Done | Phase::Idle | Phase::Ended => Self::Done,
        }
    }
}

/// The role of a session's phase, where its word stands.
#[must_use]
pub(super) fn phase_role(phase: Phase) -> Role {
    match phase {
        Phase::LoginNeeded | Phase::Waiting(_) => Role::Accent,
        Phase::Starting | Phase::Working => Role::Text,
        Phase::Stalled(_) => Role::Warn,
        Phase::Failed | Phase::Overspent | Phase::Interrupted => Role::Danger,
        Phase::Done => Role::Good,
        Phase::Idle | Phase::Ended => Role::Muted,
    }
}

/// The role of a meter's level.
#[must_use]
pub(super) fn level_role(level: Level) -> Role {
    match level {
        Level::Unknown => Role::Muted,
        Level::Low => Role::MeterLow,
        Level::Mid => Role::MeterMid,
        Level::High | Level::Full => Role::MeterHigh,
    }
}

/// Signs of the screen that stand in no table of signs: where something was cut, arrows of keys.
const LOOSE: [(&str, &str); 11] = [
    ("▸", "+"),
    ("▾", "-"),
    ("…", "~"),
    ("↑", "^"),
    ("↓", "v"),
    ("←", "<"),
    ("→", ">"),
    ("●", "*"),
    ("»", ">"),
    ("×", "x"),
    ("—", "-"),
];

/// Names of keys as ASCII draws them.
#[must_use]
pub(super) fn keys_in_ascii(keys: &str) -> String {
    let arrows = [("↑", "up"), ("↓", "down"), ("←", "left"), ("→", "right"), ("…", "..")];
    arrows.iter().fold(keys.to_owned(), |keys, (sign, name)| keys.replace(sign, name))
}

/// A run of text as ASCII draws it. Only what is taut's own is changed: marks of hidden characters, signs that stand
/// alone, and the sign of a cut. The letters of others are theirs: `−` must not look like `-`.
#[must_use]
pub(super) fn in_ascii(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    if let Some((sign, ascii)) = LOOSE.iter().find(|(sign, _)| *sign == text.trim()) {
        return Some(text.replace(sign, ascii));
    }
    let is_picture = |c: char| matches!(c, '\u{2400}'..='\u{2421}');
    if !text.contains("‹U+") && !text.contains(is_picture) {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut in_number = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if is_picture(c) => out.push('^'),
            '‹' if text[at..].starts_with("‹U+") => {
                in_number = true;
                out.push('<');
            }
            '›' if in_number => {
                in_number = false;
                out.push('>');
            }
            other => out.push(other),
        }
    }
    Some(out)
}

/// The lines and small signs of the screen.
#[derive(Debug, PartialEq, Eq)]
pub struct Glyphs {
    /// Only ASCII.
    pub ascii: bool,
    /// A rule across.
    pub across: &'static str,
    /// A rule down.
    pub down: &'static str,
    /// A rule across from which one goes down.
    pub tee_down: &'static str,
    /// A rule across on which one from above ends.
    pub tee_up: &'static str,
    /// A rule across which one crosses.
    pub cross: &'static str,
    /// The selected row.
    pub cursor: &'static str,
    /// Where a prompt is written.
    pub prompt: &'static str,
    /// More of it stands above.
    pub up: &'static str,
    /// More of it stands below.
    pub down_more: &'static str,
    /// A typed line goes on in the next row.
    pub wrapped: &'static str,
    /// Between the parts of a line.
    pub dot: &'static str,
    /// From an agent to its subagent.
    pub path: &'static str,
    /// A full cell of a bar.
    pub full: &'static str,
    /// A cell that the next turn will take.
    pub soon: &'static str,
    /// An empty cell of a bar.
    pub free: &'static str,
    /// High risk.
    pub high: &'static str,
    /// More below.
    pub below: &'static str,
    /// From one value to another.
    pub to: &'static str,
    /// Unknown.
    pub unknown: &'static str,
    /// Less, with a number.
    pub minus: &'static str,
    /// One of a list.
    pub bullet: &'static str,
    /// It plays.
    pub play: &'static str,
    /// It pauses.
    pub pause: &'static str,
}

/// For every terminal that draws Unicode.
pub const UNICODE: Glyphs = Glyphs {
    ascii: false,
    across: "─",
    down: "│",
    tee_down: "┬",
    tee_up: "┴",
    cross: "┼",
    cursor: "▌",
    prompt: "›",
    up: "↑",
    down_more: "↓",
    wrapped: "→",
    dot: " · ",
    path: " › ",
    full: "█",
    soon: "▒",
    free: "░",
    high: "▲",
    below: "↓",
    to: "→",
    unknown: "—",
    minus: "−",
    bullet: "•",
    play: "▶",
    pause: "‖",
};

/// For terminals that do not.
pub const ASCII: Glyphs = Glyphs {
    ascii: true,
    across: "-",
    down: "|",
    tee_down: "+",
    tee_up: "+",
    cross: "+",
    cursor: ">",
    prompt: ">",
    up: "^",
    down_more: "v",
    wrapped: ">",
    dot: " - ",
    path: " > ",
    full: "#",
    soon: "+",
    free: ".",
    high: "^",
    below: "v",
    to: "->",
    unknown: "-",
    minus: "-",
    bullet: "*",
    play: ">",
    pause: "=",
};
