//! A path below the root of a workspace, as the bytes that the system has: it need not be UTF-8.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::ffi::OsStr;
use std::fmt::{self, Write as _};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// A path below the root: parts between slashes, none of them empty, `.` or `..`. The empty path is the root itself.
///
/// As text it is itself, but for a backslash, control characters and what is not UTF-8: these are `\xNN`, so that any
/// path can be written on one line and read again.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RelPath(Vec<u8>);

impl RelPath {
    /// A path from bytes; `None` where it does not lead below the root.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>) -> Option<Self> {
        let bytes = bytes.into();
        let sound = |part: &[u8]| !part.is_empty() && part != b"." && part != b".." && !part.contains(&0);
        (bytes.is_empty() || bytes.split(|byte| *byte == b'/').all(sound)).then_some(Self(bytes))
    }

    /// What a call names, as a path below `root`: relative to it, or absolute and inside it. Links are not looked at.
    #[must_use]
    pub fn below(root: &Path, named: &Path) -> Option<Self> {
        let named = named.strip_prefix(root).or_else(|_| if named.is_absolute() { Err(()) } else { Ok(named) }).ok()?;
        let mut parts: Vec<&[u8]> = Vec::new();
        for part in named.components() {
            match part {
                std::path::Component::Normal(part) => parts.push(part.as_bytes()),
                std::path::Component::ParentDir => drop(parts.pop()?),
                std::path::Component::CurDir => {}
                std::path::Component::RootDir | std::path::Component::Prefix(_) => return None,
            }
        }
        Self::new(parts.join(&b'/'))
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The same for the standard library; relative.
    #[must_use]
    pub fn to_path(&self) -> PathBuf {
        PathBuf::from(OsStr::from_bytes(&self.0))
    }

    /// The root itself.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The parts between the slashes; none for the root.
    pub fn parts(&self) -> impl Iterator<Item = &[u8]> {
        self.0.split(|byte| *byte == b'/').filter(|part| !part.is_empty())
    }

    /// The last part; empty for the root.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        self.0.rsplit(|byte| *byte == b'/').next().unwrap_or_default()
    }

    /// The folder that it is in; `None` for the root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        if self.is_root() {
            return None;
        }
        let end = self.0.iter().rposition(|byte| *byte == b'/').unwrap_or(0);
        Some(Self(self.0[..end].to_vec()))
    }

    /// The folders that it is in, the nearest first, without the root.
    pub fn ancestors(&self) -> impl Iterator<Item = Self> {
        std::iter::successors(self.parent(), Self::parent).filter(|path| !path.is_root())
    }

    /// A name in this folder. The name is the system's: one part.
    #[must_use]
    pub(super) fn join(&self, name: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(self.0.len() + name.len() + 1);
        bytes.extend_from_slice(&self.0);
        if !bytes.is_empty() {
            bytes.push(b'/');
        }
        bytes.extend_from_slice(name);
        Self(bytes)
    }

    /// How many folders deep it is; 1 for a name in the root.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.parts().count()
    }

    /// The path that was written as text; `None` where nothing writes such a text.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let mut bytes = Vec::with_capacity(text.len());
        let mut rest = text.as_bytes();
        while let Some((first, after)) = rest.split_first() {
            if *first != b'\\' {
                bytes.push(*first);
                rest = after;
                continue;
            }
            let digits = after.strip_prefix(b"x")?.get(..2)?;
            bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
            rest = &after[3..];
        }
        Self::new(bytes)
    }
}

impl fmt::Display for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            for char in chunk.valid().chars() {
                if char == '\\' || char.is_ascii_control() {
                    write!(f, "\\x{:02x}", u32::from(char))?;
                } else {
                    f.write_char(char)?;
                }
            }
            for byte in chunk.invalid() {
                write!(f, "\\x{byte:02x}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{self}`")
    }
}

impl Serialize for RelPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RelPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_text(&text).ok_or_else(|| serde::de::Error::custom("not a path below a workspace"))
    }
}
