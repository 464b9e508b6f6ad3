//! What changed between two moments of a session's workspace, file by file, and by whom; and files as they were.

use super::{Became, CheckpointId, SessionId, Text, UndoStep};
use serde::{Deserialize, Serialize};

/// A moment of a session, at which its workspace is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "point")]
pub enum Point {
    /// Before its first step that changed files.
    First,
    /// Right before a step, by its number; of one that changes no files what was known then.
    Before {
        /// From 1.
        step: u32,
    },
    /// Right after a step.
    After {
        /// From 1.
        step: u32,
    },
    /// What was known last when this record was written.
    Record {
        /// Its seq.
        seq: u64,
    },
    /// After its last step that changed files.
    Last,
    /// As the files are now.
    Now,
}

impl Point {
    /// It in words.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::First => "before its first step".to_owned(),
            Self::Before { step } => format!("before step {step}"),
            Self::After { step } => format!("after step {step}"),
            Self::Record { seq } => format!("at record {seq}"),
            Self::Last => "after its last step".to_owned(),
            Self::Now => "now".to_owned(),
        }
    }
}

/// From one moment to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Stretch {
    /// The earlier one.
    pub from: Point,
    /// The later one.
    pub to: Point,
}

impl Stretch {
    /// All that a session's steps stand between.
    pub const WHOLE: Self = Self { from: Point::First, to: Point::Last };

    /// One step.
    #[must_use]
    pub fn step(step: u32) -> Self {
        Self { from: Point::Before { step }, to: Point::After { step } }
    }

    /// From before one step to after another.
    #[must_use]
    pub fn steps(from: u32, to: u32) -> Self {
        Self { from: Point::Before { step: from }, to: Point::After { step: to } }
    }

    /// It in words.
    #[must_use]
    pub fn words(self) -> String {
        match (self.from, self.to) {
            (Point::First, Point::Last) => "the whole session".to_owned(),
            (Point::Before { step }, Point::After { step: to }) if step == to => format!("step {step}"),
            (Point::Before { step }, Point::After { step: to }) => format!("steps {step} to {to}"),
            (Point::First, Point::Record { seq }) => format!("until record {seq}"),
            (from, to) => format!("from {} to {}", from.words(), to.words()),
        }
    }
}

/// What stands at a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "stands")]
pub enum Stands {
    /// Nothing.
    Nothing,
    /// A file.
    File {
        /// All twelve bits of its mode.
        mode: u32,
        /// How many bytes it has.
        bytes: u64,
        /// What it holds, where it is text and not too long.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<Text>,
    },
    /// A link, never followed.
    Link {
        /// Where it leads.
        to: String,
    },
    /// A folder.
    Folder {
        /// All twelve bits of its mode.
        mode: u32,
    },
    /// A repository of its own: only where its HEAD stood is known.
    Repository {
        /// The commit.
        head: Option<String>,
    },
    /// It is not covered by the checkpoint: one sentence.
    Unknown {
        /// Why.
        why: String,
    },
}

impl Stands {
    /// The text of a file, where it is here.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::File { text: Some(text), .. } => text.inline(),
            Self::File { text: None, .. }
            | Self::Nothing
            | Self::Link { .. }
            | Self::Folder { .. }
            | Self::Repository { .. }
            | Self::Unknown { .. } => None,
        }
    }

    /// Its mode, where it has one.
    #[must_use]
    pub fn mode(&self) -> Option<u32> {
        match self {
            Self::File { mode, .. } | Self::Folder { mode } => Some(*mode),
            Self::Nothing | Self::Link { .. } | Self::Repository { .. } | Self::Unknown { .. } => None,
        }
    }
}

/// Who made a hunk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Makers {
    /// Steps of the session, by their numbers, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<u32>,
    /// Someone else changed something of it: a human, another session.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub others: bool,
}

impl Makers {
    /// In words: `step 3`, `steps 3, 5 and someone else`.
    #[must_use]
    pub fn words(&self) -> String {
        let steps: Vec<String> = self.steps.iter().map(u32::to_string).collect();
        let named = match steps.as_slice() {
            [] => String::new(),
            [one] => format!("step {one}"),
            several => format!("steps {}", several.join(", ")),
        };
        match (named.is_empty(), self.others) {
            (true, _) => "someone else".to_owned(),
            (false, true) => format!("{named} and someone else"),
            (false, false) => named,
        }
    }
}

/// A file that differs between two moments, or that was asked for by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// From the workspace on; bytes that are no UTF-8 are shown as such.
    pub path: String,
    /// What became of it; `None` where it is the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub became: Option<Became>,
    /// What stood there.
    pub old: Stands,
    /// What stands there.
    pub new: Stands,
    /// Who made each hunk, in order, where both are text; else one for the whole file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hunks: Vec<Makers>,
}

impl Changed {
    /// The texts before and after, where both are text, or one of them and nothing else.
    #[must_use]
    pub fn texts(&self) -> Option<(&str, &str)> {
        let of = |stands: &'_ Stands| matches!(stands, Stands::Nothing);
        match (self.old.text(), self.new.text()) {
            (Some(old), Some(new)) => Some((old, new)),
            (None, Some(new)) if of(&self.old) => Some(("", new)),
            (Some(old), None) if of(&self.new) => Some((old, "")),
            _ => None,
        }
    }

    /// What lines can't say, in words: other modes, links, folders, what is no text or too long.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        match (&self.old, &self.new) {
            (
                Stands::File { mode, .. } | Stands::Folder { mode },
                Stands::File { mode: new, .. } | Stands::Folder { mode: new },
            ) if mode != new => {
                notes.push(format!("mode {mode:04o} becomes {new:04o}"));
            }
            (Stands::Nothing, Stands::File { mode, .. }) if mode & 0o111 != 0 => {
                notes.push(format!("mode {mode:04o}, executable"));
            }
            _ => {}
        }
        let is = |stands: &Stands| match stands {
            Stands::Link { to } => Some(format!("a link to {to}")),
            Stands::Folder { .. } => Some("a folder".to_owned()),
            Stands::Repository { head: Some(head) } => Some(format!("a repository of its own, at {}", short(head))),
            Stands::Repository { head: None } => Some("a repository of its own".to_owned()),
            Stands::Nothing | Stands::File { .. } | Stands::Unknown { .. } => None,
        };
        for (stands, when) in [(&self.old, "before"), (&self.new, "after")] {
            if let Stands::Unknown { why } = stands {
                notes.push(format!("what stands there {when} is not known: {why}"));
                return notes;
            }
        }
        match (is(&self.old), is(&self.new)) {
            (Some(old), Some(new)) if old != new => notes.push(format!("{old} becomes {new}")),
            (Some(old), None) if self.new == Stands::Nothing => notes.push(format!("{old} is gone")),
            (Some(old), None) => notes.push(format!("{old} becomes a file")),
            (None, Some(new)) if self.old == Stands::Nothing => notes.push(format!("new: {new}")),
            (None, Some(new)) => notes.push(format!("a file becomes {new}")),
            (Some(_), Some(same)) => notes.push(same),
            (None, None) => {}
        }
        let unshown = |stands: &Stands| match stands {
            Stands::File { text: None, bytes, .. } => Some(*bytes),
            _ => None,
        };
        let same = self.became.is_none() || self.became == Some(Became::Mode);
        match (unshown(&self.old), unshown(&self.new)) {
            (None, None) => {}
            (Some(bytes), _) | (None, Some(bytes)) if same => {
                notes.push(format!("no text, or too long to be shown: {bytes} bytes"));
            }
            (old, new) => {
                let bytes = |bytes: Option<u64>, stands: &Stands| match (bytes, stands) {
                    (Some(bytes), _) => bytes.to_string(),
                    (None, Stands::File { bytes, .. }) => bytes.to_string(),
                    (None, _) => "none".to_owned(),
                };
                let (old, new) = (bytes(old, &self.old), bytes(new, &self.new));
                notes.push(format!("no text, or too long to be shown: bytes before {old}, after {new}"));
            }
        }
        notes
    }
}

fn short(head: &str) -> &str {
    head.get(..12).unwrap_or(head)
}

/// What changed between two moments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// Of which session.
    pub session: SessionId,
    /// Between which moments.
    pub stretch: Stretch,
    /// Of which files it was asked; of all where this is empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<String>,
    /// The checkpoints that were compared.
    pub before: CheckpointId,
    /// See `before`.
    pub after: CheckpointId,
    /// The steps that lie between them and changed files.
    pub steps: Vec<UndoStep>,
    /// Every file that differs, in the order of their names; the first of them where there are many.
    pub files: Vec<Changed>,
    /// How many more differ.
    #[serde(default)]
    pub more: u32,
    /// What is not known, in words: steps without checkpoints.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// A file of a workspace at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// From the workspace on.
    pub path: String,
    /// What the session's steps made of it until that moment; `None` where they left it alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub became: Option<Became>,
}

/// Hunks of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hunks {
    /// From the workspace on.
    pub path: String,
    /// Which, from 0, among those between the two checkpoints; all of the file, its mode as well, where this is empty.
    pub hunks: Vec<u32>,
}

impl Hunks {
    /// Some in words: `2 hunks of src/a.rs`, `5 hunks of 3 files`.
    #[must_use]
    pub fn words(files: &[Self]) -> String {
        let hunks: usize = files.iter().map(|file| file.hunks.len()).sum();
        let counted = |n: usize, one: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") };
        let is_whole = files.iter().all(|file| file.hunks.is_empty());
        match files {
            [one] if is_whole => format!("all of {}", one.path),
            several if is_whole => format!("all of {}", counted(several.len(), "file")),
            [one] => format!("{} of {}", counted(hunks, "hunk"), one.path),
            several if several.iter().any(|file| file.hunks.is_empty()) => counted(several.len(), "file"),
            several => format!("{} of {}", counted(hunks, "hunk"), counted(several.len(), "file")),
        }
    }
}
