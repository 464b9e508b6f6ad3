//! A replay: which records are looked at, up to which one, and how they play.

use crate::domain::{At, Seq, SessionId};

/// The cursor of a replay. The state beside it is the fold up to `at`.
#[derive(Debug, Clone, PartialEq)]
pub struct Replay {
    /// Which session.
    pub session: SessionId,
    /// The record up to which everything is folded.
    pub at: Seq,
    /// The record that is being loaded, where another one was asked for.
    pub seeking: Option<Seq>,
    /// The last record.
    pub last: Seq,
    /// When the first record was written.
    pub first_at: At,
    /// When the last record was written.
    pub last_at: At,
    /// The clock as of the cursor: what every age counts to.
    pub clock: At,
    /// It plays.
    pub playing: bool,
    /// Real time of the last step of the play.
    pub stepped: At,
    /// Speed in quarters: 4 is real time.
    pub quarters: u32,
    /// Places worth going to: the record, and what it is.
    pub marks: Vec<(Seq, ReplayMark)>,
    /// When each record was written, sampled: (seq, at), in order; the first and last are in it.
    pub times: Vec<(Seq, At)>,
}

/// What a place in a replay is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReplayMark {
    /// A turn begins.
    Prompt,
    /// A step begins.
    Step,
    /// A request.
    Asked,
    /// A decision that allowed.
    Allowed,
    /// A decision that denied.
    Denied,
    /// A call that ran although nobody was asked.
    Ungated,
    /// An error: of a step that was not denied, of a turn, of the agent.
    Failed,
    /// A compaction.
    Compacted,
}
