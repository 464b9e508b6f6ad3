//! A workspace at a moment, what a step did to it, and what taking a step back would do.

use super::{CallId, Digest, Hunks, SessionId, Text, TurnNo};
use serde::{Deserialize, Serialize};

/// A workspace at a moment: the name of its tree and of what stands beside it, as the checkpoint room gives it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CheckpointId(pub String);

/// Which moment of a workspace a checkpoint is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// Right before a call was let run.
    Before,
    /// The last one known before a call that ran without having been held: what it did may have begun earlier.
    LastKnown,
    /// After a call had ended.
    After,
    /// No step of an agent stands between this one and the last: someone else changed what differs.
    Outside,
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Became {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It holds something else.
    Changed,
    /// Only its mode is another one.
    Mode,
    /// It is another kind of thing: a link in a file's place, a file in a folder's.
    Kind,
}

impl Became {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Mode => "mode",
            Self::Kind => "kind",
        }
    }
}

/// One file that differs between two checkpoints.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Effect {
    /// From the workspace on; bytes that are no UTF-8 are shown as such.
    pub path: String,
    /// What became of it.
    pub became: Became,
}

/// Another step that ran at the same time in the same workspace.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Beside {
    /// Whose.
    pub session: SessionId,
    /// Which.
    pub call: CallId,
}

/// What is known of a checkpoint when it is put on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Which moment.
    pub moment: Moment,
    /// Of which call; `None` where it is of none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
    /// Its number in the session, and the turn that it ran in; 0 where it is of none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub step: u32,
    /// See `step`.
    #[serde(default)]
    pub turn: TurnNo,
    /// Its name; `None` where it could not be taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<CheckpointId>,
    /// Why there is none: one sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// With which one it was compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<CheckpointId>,
    /// What differs from it; the first of them where there are many.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<Effect>,
    /// How many more differ.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more: u32,
    /// Steps that ran at the same time: what differs may be theirs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<Beside>,
    /// Files that it does not cover: too large, unreadable, repositories of their own.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub uncovered: u32,
    /// The commit that the user's own repository was at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<String>,
}

impl Checkpoint {
    /// One of a moment, of which nothing else is known.
    #[must_use]
    pub fn of(moment: Moment, call: Option<CallId>) -> Self {
        Self {
            moment,
            call,
            step: 0,
            turn: TurnNo(0),
            id: None,
            why: None,
            base: None,
            effects: Vec::new(),
            more: 0,
            beside: Vec::new(),
            uncovered: 0,
            head: None,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_zero(n: &u32) -> bool {
    *n == 0
}

/// Which steps shall be taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Undo {
    /// The last step that changed files, or the last undo.
    Last,
    /// One step, by its number in the session.
    Step {
        /// From 1.
        number: u32,
    },
    /// Every step of one turn.
    Turn {
        /// Which.
        turn: TurnNo,
    },
    /// A step and all that followed it.
    To {
        /// From 1.
        number: u32,
    },
    /// Single hunks of what differs between two checkpoints. No step counts as taken back by it.
    Hunks {
        /// The earlier one: so these lines become again.
        before: CheckpointId,
        /// The later one: this they were made.
        after: CheckpointId,
        /// Which of each file.
        files: Vec<Hunks>,
        /// Steps that made them, as it was shown.
        steps: Vec<u32>,
    },
}

/// What is done where later changes by others and the taking back touch the same lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// There, the lines stay as they are now.
    Ours,
    /// There, the lines become what they were before the step.
    Theirs,
    /// Both stand there, with marks around them.
    Both,
    /// The whole file is left alone.
    Skip,
}

/// What taking steps back does to one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UndoAct {
    /// It is made again.
    Create,
    /// It goes.
    Remove,
    /// It becomes what it was.
    Restore,
    /// Its step is taken out of it, and what others changed since stays.
    Merge,
    /// Others have changed the same lines since: somebody has to choose.
    Conflict,
    /// It is left as it is: its note says why.
    Nothing,
}

impl UndoAct {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Create => "make again",
            Self::Remove => "remove",
            Self::Restore => "restore",
            Self::Merge => "merge",
            Self::Conflict => "CONFLICT",
            Self::Nothing => "as it is",
        }
    }
}

/// One file of a preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoFile {
    /// From the workspace on.
    pub path: String,
    /// What happens to it.
    pub act: UndoAct,
    /// As a unified diff from now on, where it is text and not too long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diff: Option<Text>,
    /// What else is to be said of it: why it has no diff, what clashes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Where others have changed the same lines since: what each choice makes of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sides: Vec<UndoSide>,
}

/// What a choice makes of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoSide {
    /// The choice.
    pub side: Side,
    /// As a unified diff from now on, where it is text and not too long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diff: Option<Text>,
    /// Why it has no diff; what a diff does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl UndoFile {
    /// What becomes of it with a choice, which counts only where others have changed the same lines: its difference, and
    /// what is to be said of that.
    #[must_use]
    pub fn becomes(&self, side: Side) -> (Option<&Text>, Option<&str>) {
        if self.act != UndoAct::Conflict {
            return (self.diff.as_ref(), None);
        }
        let made = self.sides.iter().find(|made| made.side == side);
        made.map_or((None, None), |made| (made.diff.as_ref(), made.note.as_deref()))
    }

    /// Whether there is a difference to show, with some choice.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.diff.is_some() || self.sides.iter().any(|made| made.diff.is_some())
    }
}

/// One step that would be taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoStep {
    /// Its call.
    pub call: CallId,
    /// Its number in the session.
    pub number: u32,
    /// What it was, for one line.
    pub title: String,
}

/// What can become of the agent's conversation when steps are taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "talk")]
pub enum Talk {
    /// It can go back to before the first of the steps.
    Back {
        /// The last turn that stays; 0 for none.
        to: TurnNo,
        /// How many turns the agent would know nothing of.
        turns: u32,
        /// Steps of those turns that would stand, and that it would know nothing of.
        stand: u32,
    },
    /// It stays.
    Stays {
        /// Why: one sentence.
        why: String,
    },
}

impl Default for Talk {
    fn default() -> Self {
        Self::Stays { why: String::new() }
    }
}

/// What taking steps back would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoPlan {
    /// Of which session.
    pub session: SessionId,
    /// Which steps, the newest first.
    pub steps: Vec<UndoStep>,
    /// Every file that they changed.
    pub files: Vec<UndoFile>,
    /// What can't be taken back, in words.
    pub cannot: Vec<String>,
    /// The one of these that is to be said again once it is done: a later step stays, which no checkpoint shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub later: Option<String>,
    /// What can become of the agent's conversation.
    #[serde(default)]
    pub talk: Talk,
    /// Of all this, and of the files as they are: what was shown is what is done.
    pub digest: Digest,
}

/// A file that was not taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// From the workspace on.
    pub path: String,
    /// Why: one sentence.
    pub why: String,
}
