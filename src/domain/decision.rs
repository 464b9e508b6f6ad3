//! What a human answers a request: allow, allow for longer, change what will run, take a part, answer, refuse.

use super::{At, Matcher, Text};
use serde::{Deserialize, Serialize};

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "answer")]
pub enum Decision {
    /// Let it run, by one of the agent's own offers.
    Allow {
        /// The offer's id.
        offer: String,
    },
    /// Let it run, and calls like it from now on: the hub holds the grant.
    AllowFor {
        /// The offer's id: one that allows this call and no more.
        offer: String,
        /// What else is covered.
        matcher: Matcher,
        /// When it ends; `None` with the session.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<At>,
    },
    /// Let it run with other arguments. Where the agent can't carry that, it is refused and the hub does what was edited
    /// ([`Carries::edit`](super::Carries)).
    Edit {
        /// The offer's id that lets the call run; none where the agent makes none.
        offer: Option<String>,
        /// The arguments that run instead: JSON text, whole.
        args: Text,
        /// Why, in the human's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Let a part of what it would write stand, and refuse the rest.
    Take {
        /// The hunks that stand, by their numbers over all of its changes, from 1; ascending.
        hunks: Vec<TakenHunk>,
        /// Why not the rest, in the human's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Answers to its questions.
    Reply {
        /// One a question, in their order.
        given: Vec<Given>,
    },
    /// Refuse it.
    Deny {
        /// The offer's id; `None` sends *cancelled*.
        offer: Option<String>,
        /// Why not, in the human's words.
        reason: Option<String>,
        /// End the turn as well.
        interrupt: bool,
    },
}

/// A hunk that stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenHunk {
    /// Its number, from 1.
    pub hunk: u32,
    /// What shall stand in its place, where the human changed it: lines with their ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited: Option<String>,
}

/// The answer to one question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// The question's id ([`Question::id`](super::Question)).
    pub question: String,
    /// The labels that were chosen, or what was written.
    pub answers: Vec<String>,
}

impl TakenHunk {
    /// Which, in words: `hunks 1, 3 (edited)`.
    #[must_use]
    pub fn list(hunks: &[Self]) -> String {
        let one = |hunk: &Self| format!("{}{}", hunk.hunk, if hunk.edited.is_some() { " (edited)" } else { "" });
        match hunks {
            [] => "no hunk".to_owned(),
            [only] => format!("hunk {}", one(only)),
            several => format!("hunks {}", several.iter().map(one).collect::<Vec<_>>().join(", ")),
        }
    }
}

impl Given {
    /// What was answered, in words: `a, b; c`.
    #[must_use]
    pub fn list(given: &[Self]) -> String {
        given.iter().map(|given| given.answers.join(", ")).collect::<Vec<_>>().join("; ")
    }
}

impl Decision {
    /// True where it lets something run, or be written.
    #[must_use]
    pub fn allows(&self) -> bool {
        match self {
            Self::Allow { .. } | Self::AllowFor { .. } | Self::Edit { .. } | Self::Take { .. } | Self::Reply { .. } => {
                true
            }
            Self::Deny { .. } => false,
        }
    }

    /// The agent's offer that it chooses, by id.
    #[must_use]
    pub fn offer(&self) -> Option<&str> {
        match self {
            Self::Allow { offer } | Self::AllowFor { offer, .. } => Some(offer),
            Self::Edit { offer, .. } | Self::Deny { offer, .. } => offer.as_deref(),
            Self::Take { .. } | Self::Reply { .. } => None,
        }
    }

    /// Why something is refused, in the human's words.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Deny { reason, .. } | Self::Edit { reason, .. } | Self::Take { reason, .. } => reason.as_deref(),
            Self::Allow { .. } | Self::AllowFor { .. } | Self::Reply { .. } => None,
        }
    }

    /// The word for it: `allowed`, `edited`, ...
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Allow { .. } | Self::AllowFor { .. } => "allowed",
            Self::Edit { .. } => "edited",
            Self::Take { .. } => "taken in part",
            Self::Reply { .. } => "answered",
            Self::Deny { .. } => "denied",
        }
    }
}
