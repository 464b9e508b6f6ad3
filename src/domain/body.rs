//! Long text: kept once, by digest, with the shape that layout needs, so that loading it never moves geometry.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Text longer than this many bytes leaves the record and becomes a body of its own.
pub const INLINE_MAX: usize = 4096;

/// A blake3 hash. Written as 64 hex digits.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The digest of some bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }

    /// The first eight hex digits, for people.
    #[must_use]
    pub fn short(&self) -> String {
        self.to_string()[..8].to_owned()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl std::str::FromStr for Digest {
    type Err = super::ids::BadId;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || super::ids::BadId(text.to_owned());
        if text.len() != 64 || !text.is_ascii() {
            return Err(bad());
        }
        let mut out = [0u8; 32];
        for (slot, at) in out.iter_mut().zip((0..64).step_by(2)) {
            *slot = u8::from_str_radix(&text[at..at + 2], 16).map_err(|_| bad())?;
        }
        Ok(Self(out))
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Where a long text is kept, and its shape.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BodyRef {
    /// blake3 of the UTF-8 bytes.
    pub digest: Digest,
    /// Length in bytes.
    pub bytes: u64,
    /// Lines, counted as `str::lines` does.
    pub lines: u32,
    /// The longest line in bytes: an upper bound of its width in cells.
    pub widest: u32,
}

impl BodyRef {
    /// The reference that a text would have.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let (mut lines, mut widest) = (0u32, 0usize);
        for line in text.lines() {
            lines = lines.saturating_add(1);
            widest = widest.max(line.len());
        }
        Self {
            digest: Digest::of(text.as_bytes()),
            bytes: text.len() as u64,
            lines,
            widest: u32::try_from(widest).unwrap_or(u32::MAX),
        }
    }
}

/// Text in a record: here, or by reference. Codecs always make `Inline`; the store takes out what is long.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Text {
    /// The text itself.
    Inline(String),
    /// Kept apart.
    Body(BodyRef),
}

impl Default for Text {
    fn default() -> Self {
        Self::Inline(String::new())
    }
}

impl Text {
    /// The text where it is here.
    #[must_use]
    pub fn inline(&self) -> Option<&str> {
        match self {
            Self::Inline(text) => Some(text),
            Self::Body(_) => None,
        }
    }

    /// Its digest, wherever it is.
    #[must_use]
    pub fn digest(&self) -> Digest {
        match self {
            Self::Inline(text) => Digest::of(text.as_bytes()),
            Self::Body(body) => body.digest,
        }
    }

    /// Its length in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        match self {
            Self::Inline(text) => text.len() as u64,
            Self::Body(body) => body.bytes,
        }
    }

    /// Its lines.
    #[must_use]
    pub fn lines(&self) -> u32 {
        match self {
            Self::Inline(text) => u32::try_from(text.lines().count()).unwrap_or(u32::MAX),
            Self::Body(body) => body.lines,
        }
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes() == 0
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::Inline(text.to_owned())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::Inline(text)
    }
}
