//! A search over all sessions: what is looked for, where it was found, and how it was looked for.

use super::{At, Seq, SessionId, TurnNo};
use serde::{Deserialize, Serialize};

/// A search over all sessions, taut's own and the kept recordings of other tools.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindAll {
    /// The console's own number of the search; the answers carry the same. A later one ends it.
    pub number: u64,
    /// Words and facets, as they are typed; nothing ends the search that goes on.
    pub text: String,
    /// The folder from which a folder in it is told.
    pub folder: String,
    /// At most so many hits.
    pub limit: u32,
}

/// A session in which something was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HitIn {
    /// Which.
    pub session: SessionId,
    /// What it is called.
    pub name: String,
    /// The agent.
    pub agent: String,
    /// The folder it works in; empty where that is not told.
    pub cwd: String,
    /// It is another tool's.
    pub recorded: bool,
    /// When the last of it was written.
    pub last: At,
}

/// One entry in which everything that was looked for stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// The number of the entry.
    pub entry: u64,
    /// The record at which a replay shows it.
    pub seq: Seq,
    /// When it was made.
    pub at: At,
    /// Its turn.
    pub turn: TurnNo,
    /// The number of its step, where it is one.
    pub step: Option<u32>,
    /// In what of it, in a word.
    pub part: String,
    /// The line in that, from 0.
    pub line: u32,
    /// The line, or the piece of it around what was found.
    pub excerpt: String,
    /// Where in the excerpt something stands that was looked for: from which byte to which.
    pub marks: Vec<(u32, u32)>,
}

/// The hits of one session.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HitsIn {
    /// Of which session.
    pub of: HitIn,
    /// Each, in the order of the session.
    pub hits: Vec<Hit>,
}

/// How it was looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookedAll {
    /// Hits.
    pub found: u32,
    /// Sessions that were looked for, as far as their agent, folder, model and time are asked for.
    pub sessions: u32,
    /// Of these, those that the index did not have, or not to their end: they were read.
    pub scanned: u32,
    /// Those that can't be read.
    pub unread: u32,
    /// Some long texts are not on the disk any more.
    pub blind: bool,
    /// There may be more: as many as were wanted were found.
    pub cut: bool,
    /// Why there was no index to be asked: one sentence.
    pub why: Option<String>,
}
