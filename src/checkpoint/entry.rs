//! What stands at a path: the words of this room.

use super::RelPath;
use crate::domain::At;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// An object of our own store, by the digest that git gives it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId(pub(super) [u8; 20]);

impl ObjectId {
    pub(super) fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for ObjectId {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let mut bytes = [0; 20];
        if text.len() != 40 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NotAnId);
        }
        for (byte, at) in bytes.iter_mut().zip((0..40).step_by(2)) {
            *byte = text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()).ok_or(NotAnId)?;
        }
        Ok(Self(bytes))
    }
}

impl Serialize for ObjectId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ObjectId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// It is not 40 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id of a checkpoint: 40 hexadecimal digits are expected")]
pub struct NotAnId;

/// A checkpoint: a workspace at a moment. Equal ids mean equal files, modes, folders, and the same left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SnapshotId(pub ObjectId);

impl fmt::Display for SnapshotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for SnapshotId {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        text.parse().map(Self)
    }
}

/// What stands at a path in a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// Nothing.
    Absent,
    /// A file.
    File {
        /// Its bytes.
        blob: ObjectId,
        /// All twelve bits of its mode.
        mode: u32,
    },
    /// A symbolic link, never followed.
    Link {
        /// Where it leads, as bytes.
        blob: ObjectId,
    },
    /// A folder.
    Folder {
        /// All twelve bits of its mode.
        mode: u32,
    },
    /// A repository of its own (nested, or a submodule): only where its HEAD stood is kept, never its files.
    Pointer {
        /// The commit, as far as it could be read.
        head: Option<String>,
    },
    /// Something may stand here, but the checkpoint does not cover it.
    Uncovered(Why),
}

impl Entry {
    /// The bytes of a file, or where a link leads.
    #[must_use]
    pub fn blob(&self) -> Option<ObjectId> {
        match self {
            Self::File { blob, .. } | Self::Link { blob } => Some(*blob),
            Self::Absent | Self::Folder { .. } | Self::Pointer { .. } | Self::Uncovered(_) => None,
        }
    }

    /// Its mode, where it has one.
    #[must_use]
    pub fn mode(&self) -> Option<u32> {
        match self {
            Self::File { mode, .. } | Self::Folder { mode } => Some(*mode),
            Self::Absent | Self::Link { .. } | Self::Pointer { .. } | Self::Uncovered(_) => None,
        }
    }
}

/// Why a checkpoint does not cover a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The ignore rules of the repository name it, and no call does.
    Ignored,
    /// It is larger than the bound.
    Large,
    /// It could not be read.
    Unreadable,
    /// It is neither file, folder nor link: a socket, a pipe, a device.
    Special,
    /// It is the repository's own data: `.git`.
    Repository,
    /// It is taut's own state.
    Own,
    /// It is in more folders than taut follows.
    Deep,
    /// It lies in a repository of its own: a submodule, a clone.
    Nested,
}

impl Why {
    /// Every reason.
    pub const ALL: [Self; 8] = [
        Self::Ignored,
        Self::Large,
        Self::Unreadable,
        Self::Special,
        Self::Repository,
        Self::Own,
        Self::Deep,
        Self::Nested,
    ];

    /// One word for the manifest.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Ignored => "ignored",
            Self::Large => "large",
            Self::Unreadable => "unreadable",
            Self::Special => "special",
            Self::Repository => "repository",
            Self::Own => "own",
            Self::Deep => "deep",
            Self::Nested => "nested",
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ignored => "git ignores it, so that no checkpoint holds it: name it in a call, or take it out of .gitignore, to have it kept next time",
            Self::Large => "it is larger than a checkpoint takes",
            Self::Unreadable => "it could not be read",
            Self::Special => "it is neither a file, a folder nor a link",
            Self::Repository => "it is the repository's own data",
            Self::Own => "it is taut's own state",
            Self::Deep => "it is in too many folders",
            Self::Nested => "it lies in a repository of its own, of which no checkpoint holds files",
        })
    }
}

/// A path that a checkpoint does not cover; with a folder, all that is in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Skipped {
    /// Which.
    pub path: RelPath,
    /// Why.
    pub why: Why,
}

/// A checkpoint that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Which.
    pub id: SnapshotId,
    /// When it was begun, by the caller's clock.
    pub at: At,
    /// Files and links that it covers.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Files that had to be read for it; the others had not changed.
    pub read: u64,
    /// By how many bytes the store grew.
    pub grown: u64,
    /// What it does not cover.
    pub skipped: Vec<Skipped>,
    /// Repositories of their own in the workspace: only their HEAD is kept.
    pub pointers: Vec<RelPath>,
    /// Where the HEAD of the user's repository stood: the branch, if any, and the commit. No undo moves it.
    pub head: Option<Head>,
}

/// Where the HEAD of a repository stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The branch, as `refs/heads/…`; `None` where HEAD is detached.
    pub branch: Option<String>,
    /// The commit; `None` before the first, or where it can't be read.
    pub commit: Option<String>,
}

/// What kind of change it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Nothing stood there before.
    Added,
    /// Nothing stands there after.
    Deleted,
    /// Other bytes; maybe another mode too.
    Modified,
    /// The same bytes, another mode.
    Mode,
    /// Something else stands there: a link for a file, a folder for a link.
    Type,
    /// One of the two checkpoints does not cover it: what happened there is not known.
    Unknown,
}

/// One path that differs between two checkpoints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Which.
    pub path: RelPath,
    /// How.
    pub kind: Kind,
    /// What stood there.
    pub before: Entry,
    /// What stands there.
    pub after: Entry,
}

impl Change {
    /// The change from one entry to another; `None` where they are equal.
    #[must_use]
    pub fn of(path: RelPath, before: Entry, after: Entry) -> Option<Self> {
        if before == after {
            return None;
        }
        let kind = match (&before, &after) {
            (Entry::Uncovered(_), _) | (_, Entry::Uncovered(_)) => Kind::Unknown,
            (Entry::Absent, _) => Kind::Added,
            (_, Entry::Absent) => Kind::Deleted,
            (Entry::File { blob: one, .. }, Entry::File { blob: other, .. }) if one == other => Kind::Mode,
            (Entry::Folder { .. }, Entry::Folder { .. }) => Kind::Mode,
            (Entry::File { .. }, Entry::File { .. })
            | (Entry::Link { .. }, Entry::Link { .. })
            | (Entry::Pointer { .. }, Entry::Pointer { .. }) => Kind::Modified,
            _ => Kind::Type,
        };
        Some(Self { path, kind, before, after })
    }
}
