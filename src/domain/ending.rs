//! How a turn ends, and how an agent does.

use serde::{Deserialize, Serialize};

/// Why a turn ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// The agent had no more to say.
    EndTurn,
    /// A limit of tokens.
    MaxTokens,
    /// A limit of model requests.
    MaxRequests,
    /// The agent refused.
    Refusal,
    /// It was interrupted.
    Cancelled,
    /// The agent answered with an error: code and message.
    Error(i64, String),
    /// A reason that we do not know.
    Other(String),
    /// The agent went away in the middle.
    Lost,
}

/// Why an agent's process is no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A human ended the session.
    Human,
    /// taut was left or told to stop.
    Quit,
    /// It ended by itself: its exit code or signal.
    Itself {
        /// The exit code.
        code: Option<i32>,
        /// The signal that ended it.
        signal: Option<i32>,
    },
    /// taut died first; found at the next start.
    HubDied,
    /// It could not be started, or did not do what a start needs: one sentence.
    Failed(String),
}
