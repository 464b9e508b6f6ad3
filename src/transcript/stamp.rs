//! Facts of a transcript become records: with places of their own, and a clock that never steps back.
//!
//! A record's clock is the newest that was said so far: lines stand in the order in which they were written, and clocks of
//! several writers step back. What was really said stands beside it.

use super::told::Told;
use crate::domain::{At, Digest, Pos, Record, Seq, SessionId, VERSION};

/// Numbers the records of one session.
#[derive(Debug, Clone)]
pub struct Stamp {
    session: SessionId,
    last: u64,
    at: At,
}

impl Stamp {
    /// For a session that is known by this name: equal names have equal ids.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let [a, b, c, d, ..] = Digest::of(name.as_bytes()).0;
        // Below the hub's own id.
        let session = SessionId(u32::from_be_bytes([a, b, c, d]) & 0x7fff_ffff);
        Self::for_session(session)
    }

    /// For a session whose id is known.
    #[must_use]
    pub fn for_session(session: SessionId) -> Self {
        Self { session, last: 0, at: At(0) }
    }

    /// The session.
    #[must_use]
    pub fn session(&self) -> SessionId {
        self.session
    }

    /// The next record.
    pub fn record(&mut self, told: Told) -> Record {
        self.last += 1;
        self.at = told.written.or(told.said_at).map_or(self.at, |said| said.max(self.at));
        Record {
            pos: Pos(self.last),
            session: self.session,
            seq: Seq(self.last),
            lane: told.lane,
            at: self.at,
            said_at: told.said_at,
            cites: None,
            version: VERSION,
            event: told.event,
        }
    }
}
