//! Names of things. Ids enter as data, stamped at the edge; nothing here makes one up.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Place of a record in the order of everything. Dense from 1, given by the single writer; 0 is before the first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pos(pub u64);

/// Place of a record within its session. Dense from 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub u64);

/// Milliseconds since the Unix epoch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct At(pub i64);

impl At {
    /// Milliseconds from `earlier` to here; 0 where clocks stepped back.
    #[must_use]
    pub fn since(self, earlier: At) -> u64 {
        u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0)
    }
}

/// A lane: a subagent inside its session. 0 is the session's own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LaneId(pub u32);

impl LaneId {
    /// The session's own lane.
    pub const ROOT: LaneId = LaneId(0);
}

/// A page of a session: records `PAGE * n + 1 ..= PAGE * (n + 1)` by seq.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageNo(pub u64);

/// The n-th turn of a session, from 1; 0 is before the first prompt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TurnNo(pub u32);

/// A prompt that a human gave, by a number of its own within the session (from 1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PromptId(pub u32);

/// The agent's own id of a tool call (ACP `toolCallId`, Claude `tool_use_id`, Codex item id).
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallId(pub String);

impl From<&str> for CallId {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// One session, for ever. Shown as `s` and seven letters of Crockford's base 32; may be shortened where unique.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SessionId(pub u32);

impl SessionId {
    /// The hub's own: what is on record and belongs to no agent. No session ever has this id.
    pub const HUB: SessionId = SessionId(u32::MAX);
}

/// One request: the session and the seq of its `Asked`. Shown as `rSESSION.SEQ`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RequestId {
    /// The session that asks.
    pub session: SessionId,
    /// The seq of its `Asked` record.
    pub seq: Seq,
}

/// One grant: the session and the seq of its `Granted`. Shown as `gSESSION.SEQ`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct GrantId {
    /// The session in which it was given.
    pub session: SessionId,
    /// The seq of its `Granted` record.
    pub seq: Seq,
}

const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

fn encode(mut n: u32) -> String {
    let mut out = [b'0'; 7];
    for slot in out.iter_mut().rev() {
        *slot = LETTERS[(n & 31) as usize];
        n >>= 5;
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn decode(text: &str) -> Option<u32> {
    if text.len() != 7 {
        return None;
    }
    let mut n: u64 = 0;
    for byte in text.bytes() {
        let digit = LETTERS.iter().position(|&letter| letter == byte.to_ascii_lowercase())?;
        n = (n << 5) | digit as u64;
    }
    u32::try_from(n).ok()
}

/// A text that is no id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadId(pub String);

impl fmt::Display for BadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not an id", self.0)
    }
}

impl std::error::Error for BadId {}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s{}", encode(self.0))
    }
}

impl FromStr for SessionId {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        text.strip_prefix('s').and_then(decode).map(SessionId).ok_or_else(|| BadId(text.to_owned()))
    }
}

fn pair(text: &str, letter: char) -> Result<(SessionId, Seq), BadId> {
    let bad = || BadId(text.to_owned());
    let (session, seq) = text.strip_prefix(letter).and_then(|rest| rest.split_once('.')).ok_or_else(bad)?;
    let session = decode(session).ok_or_else(bad)?;
    Ok((SessionId(session), Seq(seq.parse().map_err(|_| bad())?)))
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "r{}.{}", encode(self.session.0), self.seq.0)
    }
}

impl FromStr for RequestId {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        pair(text, 'r').map(|(session, seq)| Self { session, seq })
    }
}

impl fmt::Display for GrantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "g{}.{}", encode(self.session.0), self.seq.0)
    }
}

impl FromStr for GrantId {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        pair(text, 'g').map(|(session, seq)| Self { session, seq })
    }
}

macro_rules! as_string {
    ($($name:ident),*) => {$(
        impl TryFrom<String> for $name {
            type Error = BadId;
            fn try_from(text: String) -> Result<Self, BadId> {
                text.parse()
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.to_string()
            }
        }
    )*};
}
as_string!(SessionId, RequestId, GrantId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_back_as_written() {
        for n in [0, 1, 31, 32, 4_000_000_000, u32::MAX] {
            let session = SessionId(n);
            assert_eq!(session.to_string().parse(), Ok(session));
            let request = RequestId { session, seq: Seq(214) };
            assert_eq!(request.to_string().parse(), Ok(request));
        }
        assert!("s1".parse::<SessionId>().is_err());
        assert!("s!!!!!!!".parse::<SessionId>().is_err());
        assert!("szzzzzzz".parse::<SessionId>().is_err(), "more than 32 bits");
        assert!("r0000001".parse::<RequestId>().is_err());
    }
}
