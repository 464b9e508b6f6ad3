//! What a command would take from the disk: looked at while its request waits, never on record.

use super::{Digest, RequestId};
use serde::{Deserialize, Serialize};

/// What happens to a file; the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LossHow {
    /// It is gone.
    Deletes,
    /// Something else stands in its place.
    Overwrites,
    /// A part of it changes.
    Changes,
    /// It stands somewhere else.
    Moves,
    /// Who may read, write or run it changes, or whose it is.
    Mode,
}

/// What is hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LossOf {
    /// A file.
    File,
    /// A link itself, not what it leads to.
    Link,
    /// A folder.
    Folder,
}

/// Whether what is hit could be brought back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is", content = "why")]
pub enum Covered {
    /// A checkpoint holds it.
    Yes,
    /// None does, or would: why.
    No(String),
    /// It is not known.
    Unknown,
}

/// One file that would be hit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    /// Its path: from the workspace on where it lies in it, else from the root. Bytes that are no UTF-8 are U+FFFD.
    pub path: String,
    /// What happens to it.
    pub how: LossHow,
    /// What it is.
    pub of: LossOf,
    /// Bytes in it.
    pub bytes: u64,
    /// Whether it could be brought back.
    pub covered: Covered,
}

/// How many files are hit in one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// The way.
    pub how: LossHow,
    /// Files and links.
    pub files: u64,
    /// Bytes in them.
    pub bytes: u64,
    /// Folders.
    pub folders: u64,
}

/// Everything that a command would hit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Losses {
    /// The first of them, the worst first; folders that go with all that is in them are counted only.
    pub files: Vec<Loss>,
    /// How many there are, by what happens to them.
    pub tallies: Vec<Tally>,
    /// Of those, what no checkpoint would hold.
    pub uncovered: u64,
    /// Of those, what a checkpoint will hold, taken before the command runs.
    #[serde(default)]
    pub kept: u64,
    /// There are more: only so many were looked at.
    pub cut: bool,
    /// What can't be known, in words.
    pub unknown: Vec<String>,
    /// Programs that run beside, of which it is not known what they do to files.
    pub beside: Vec<String>,
}

impl LossHow {
    /// In a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Deletes => "deletes",
            Self::Overwrites => "overwrites",
            Self::Changes => "changes",
            Self::Moves => "moves",
            Self::Mode => "mode of",
        }
    }
}

impl Losses {
    /// Files and links that are hit.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.tallies.iter().map(|tally| tally.files).sum()
    }

    /// Bytes in them.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.tallies.iter().map(|tally| tally.bytes).sum()
    }

    /// Folders that are hit.
    #[must_use]
    pub fn folders(&self) -> u64 {
        self.tallies.iter().map(|tally| tally.folders).sum()
    }

    /// How a request of which nothing is known is told: never as if nothing were hit.
    #[must_use]
    pub fn unknown(why: impl Into<String>) -> Self {
        Self { unknown: vec![why.into()], ..Self::default() }
    }
}

/// A look at what a request would hit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previewed {
    /// Which request.
    pub request: RequestId,
    /// What it would hit.
    pub losses: Losses,
    /// Where it is not the call itself that was looked at: the name that was given for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Digest>,
}
