//! Sessions that other tools run or ran, as a console lists them.

use super::{At, SessionId};
use serde::{Deserialize, Serialize};

/// A session of another tool, of which it wrote down what happened. taut can look at it, and do nothing in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Elsewhere {
    /// Which.
    pub id: SessionId,
    /// The agent.
    pub agent: String,
    /// The folder it works in; empty where that is not told.
    pub cwd: String,
    /// What its tool or its human calls it; else how its first prompt begins, or its file's name.
    pub title: String,
    /// How its first prompt begins.
    pub prompt: String,
    /// The model, as far as it is told.
    pub model: Option<String>,
    /// The branch of its folder, as far as it is told.
    pub branch: Option<String>,
    /// The tool's own id of it; empty where it tells none.
    pub native: String,
    /// The tool's own file of it.
    pub file: String,
    /// When it began.
    pub first: At,
    /// When the last of it was said.
    pub last: At,
    /// Turns so far.
    pub turns: u32,
    /// Steps so far.
    pub steps: u32,
    /// Records that were read of it.
    pub records: u64,
    /// Tokens of its context, and how many it can hold.
    pub context: (Option<u64>, Option<u64>),
    /// Lines that are damaged, and those of kinds that nobody knows.
    pub odd: (u64, u64),
    /// Whether it goes on.
    pub doing: Doing,
}

/// Whether a session of another tool goes on, by what its tool says of it, or by what is written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "doing")]
pub enum Doing {
    /// It is of the past, as far as can be told.
    #[default]
    Past,
    /// It was written to just now; its tool says nothing of it.
    Written,
    /// Its process lives; what it does is not told.
    Runs,
    /// Its process lives, and waits for a prompt.
    Idle {
        /// Since when, where that is told.
        since: Option<At>,
    },
    /// It works.
    Busy {
        /// Since when, where that is told.
        since: Option<At>,
    },
    /// It waits for its human, where it runs.
    Waits {
        /// For what, in the words of its tool.
        what: String,
        /// Since when, where that is told.
        since: Option<At>,
    },
}

impl Doing {
    /// Whether it goes on.
    #[must_use]
    pub fn goes_on(&self) -> bool {
        *self != Self::Past
    }

    /// The word for it: `recorded` where it is of the past.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Past => "recorded",
            Self::Written | Self::Runs => "elsewhere",
            Self::Idle { .. } => "idle",
            Self::Busy { .. } => "busy",
            Self::Waits { .. } => "waits",
        }
    }

    /// Since when, where that is told.
    #[must_use]
    pub fn since(&self) -> Option<At> {
        match self {
            Self::Past | Self::Written | Self::Runs => None,
            Self::Idle { since } | Self::Busy { since } | Self::Waits { since, .. } => *since,
        }
    }
}
