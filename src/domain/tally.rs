//! What sessions came to, added up by what belongs together: plain data for a table.

use super::{Cost, SessionId, Tokens};
use serde::{Deserialize, Serialize};

/// What is added up together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TallyBy {
    /// Each session by itself.
    #[default]
    Session,
    /// What happened in a day.
    Day,
    /// What works in a folder.
    Project,
    /// What a model did.
    Model,
    /// Everything.
    All,
}

impl TallyBy {
    /// Those of which a table is made.
    pub const TABLES: [Self; 4] = [Self::Session, Self::Day, Self::Project, Self::Model];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Session => "session",
            Self::Day => "day",
            Self::Project => "project",
            Self::Model => "model",
        }
    }
}

/// What belongs together, added up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tallied {
    /// What it is of: an id, a day, a folder, a model.
    pub key: String,
    /// What people call it, where that is something else.
    pub name: String,
    /// The session, where it is one; and whether another tool's.
    pub session: Option<(SessionId, bool)>,
    /// Sessions in it.
    pub sessions: u64,
    /// Turns that began.
    pub turns: u64,
    /// Calls that began.
    pub calls: u64,
    /// Calls that failed, and were not denied.
    pub failed: u64,
    /// Calls that were the same as one that had failed just before.
    pub retried: u64,
    /// Those of them that failed again.
    pub failed_again: u64,
    /// Requests that a human or a script answered.
    pub answered: u64,
    /// Of these, those that were denied.
    pub denied: u64,
    /// Milliseconds for which those waited.
    pub waited: u64,
    /// Compactions.
    pub compactions: u64,
    /// Tokens of turns that ended.
    pub tokens: Tokens,
    /// What it cost by what agents told.
    pub told: Vec<Cost>,
    /// What it cost by a list of prices.
    pub priced: Vec<Cost>,
    /// Tokens are in it that no list has a price for.
    pub unknown: bool,
}

/// What all sessions came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tallies {
    /// When the prices were noted, as the list says.
    pub as_of: String,
    /// All of them in one.
    pub all: Tallied,
    /// Each session.
    pub sessions: Vec<Tallied>,
    /// By day.
    pub days: Vec<Tallied>,
    /// By folder.
    pub projects: Vec<Tallied>,
    /// By model.
    pub models: Vec<Tallied>,
}

impl Tallies {
    /// The rows of a table.
    #[must_use]
    pub fn by(&self, by: TallyBy) -> &[Tallied] {
        match by {
            TallyBy::All => std::slice::from_ref(&self.all),
            TallyBy::Session => &self.sessions,
            TallyBy::Day => &self.days,
            TallyBy::Project => &self.projects,
            TallyBy::Model => &self.models,
        }
    }
}
