//! Whether an agent has still to be told of steps that were taken back. Which ones is read from the log ([`spans`]); this only
//! says that it is worth reading.
//!
//! [`spans`]: super::spans

use crate::domain::Pos;
use serde::{Deserialize, Serialize};

/// Where the newest undo of a session (of steps, or of its conversation) and its newest prompt stand in the log of everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    undone: Pos,
    prompted: Pos,
}

impl Told {
    /// Files were changed by an undo.
    pub(super) fn undone(&mut self, at: Pos) {
        self.undone = at;
    }

    /// A prompt went to the agent, and what it had to be told with it.
    pub(super) fn prompted(&mut self, at: Pos) {
        self.prompted = at;
    }

    /// The conversation went back: with it may have gone what the agent had been told, and steps that stand.
    pub(super) fn rewound(&mut self, at: Pos) {
        (self.undone, self.prompted) = (at, Pos(0));
    }

    /// Whether no prompt since has told of it, with what went to the same conversation by another session taken into account.
    #[must_use]
    pub fn lacks(&self, elsewhere: Pos) -> bool {
        self.undone > self.prompted.max(elsewhere)
    }

    /// Where the newest prompt stands.
    #[must_use]
    pub fn newest_prompt(&self) -> Pos {
        self.prompted
    }
}
