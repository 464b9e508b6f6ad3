//! The small words of facts: who speaks, why a turn or a process ended, how loud a notice is.

use serde::{Deserialize, Serialize};

/// Who speaks in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The human, as the agent echoes it (replayed history). Prompts given here are `PromptSent`.
    User,
    /// The agent.
    Agent,
    /// The agent's thoughts.
    Thought,
}

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

/// How loud a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// Good to know.
    Info,
    /// Something may be wrong.
    Warning,
    /// Something went wrong.
    Error,
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
