//! One fact, and its place in the order of everything.

use super::{At, Event, LaneId, Pos, Seq, SessionId};
use serde::{Deserialize, Serialize};

/// The version of bodies that this program writes. Older ones are lifted on reading; newer kinds stay `Unknown`.
pub const VERSION: u16 = 1;

/// A fact that has not been written yet: what the hub hands to the store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// The session it belongs to.
    pub session: SessionId,
    /// The lane within it.
    pub lane: LaneId,
    /// The source's own clock, if it has one.
    pub said_at: Option<At>,
    /// The number of the raw frame it was read from, within the session.
    pub cites: Option<u64>,
    /// What happened.
    pub event: Event,
}

impl Draft {
    /// A fact of the session's own lane, from no frame.
    #[must_use]
    pub fn new(session: SessionId, event: Event) -> Self {
        Self { session, lane: LaneId::ROOT, said_at: None, cites: None, event }
    }
}

/// One fact: appended once, never changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The order of everything.
    pub pos: Pos,
    /// The session it belongs to.
    pub session: SessionId,
    /// The order within the session.
    pub seq: Seq,
    /// The lane within it.
    pub lane: LaneId,
    /// The hub's clock when it was written; never decreasing by `pos`.
    pub at: At,
    /// The source's own clock, if it has one.
    pub said_at: Option<At>,
    /// The raw frame it was read from.
    pub cites: Option<u64>,
    /// The version of the body.
    pub version: u16,
    /// What happened.
    pub event: Event,
}
