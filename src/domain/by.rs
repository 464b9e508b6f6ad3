//! Who decided, or did.

use serde::{Deserialize, Serialize};

/// Who decided, or did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// A human at the console that owns the hub.
    Human,
    /// A human at one of several consoles.
    Console {
        /// Its terminal, as the kernel names it: `pts/3`.
        terminal: String,
    },
    /// A script of the human's.
    Script {
        /// The terminal that it runs on, where it has one.
        terminal: Option<String>,
        /// The name of the token that it showed.
        token: Option<String>,
    },
    /// A rule; see the request's verdict.
    Rule,
    /// The agent.
    Agent,
    /// The hub itself, with the reason.
    Hub(String),
}

impl By {
    /// A human did it, or a script in a human's name.
    #[must_use]
    pub fn is_human(&self) -> bool {
        match self {
            Self::Human | Self::Console { .. } | Self::Script { .. } => true,
            Self::Rule | Self::Agent | Self::Hub(_) => false,
        }
    }

    /// Who gave a prompt, in one short word: the human where nobody else is on record, as in old ones.
    #[must_use]
    pub fn speaks(by: Option<&Self>) -> &'static str {
        match by {
            None | Some(Self::Human | Self::Console { .. }) => "you",
            Some(Self::Script { .. }) => "script",
            Some(Self::Rule) => "rule",
            Some(Self::Agent) => "agent",
            Some(Self::Hub(_)) => "taut",
        }
    }

    /// In words, without the reasons: `you on pts/3`, `the agent`.
    #[must_use]
    pub fn word(&self) -> String {
        match self {
            Self::Human => "you".to_owned(),
            Self::Console { terminal } => format!("you on {terminal}"),
            Self::Script { token: Some(token), .. } => format!("a script with the token {token}"),
            Self::Script { terminal: Some(terminal), .. } => format!("a script on {terminal}"),
            Self::Script { .. } => "a script".to_owned(),
            Self::Rule => "a rule".to_owned(),
            Self::Agent => "the agent".to_owned(),
            Self::Hub(_) => "taut".to_owned(),
        }
    }
}
