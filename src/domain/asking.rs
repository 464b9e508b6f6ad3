//! How a request asks: about what, and what of a decision its agent can carry. By this table, never by an agent's name.

use super::{Matcher, Text};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How a request asks.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Asking {
    /// About what.
    #[serde(skip_serializing_if = "Topic::is_call")]
    pub topic: Topic,
    /// What of a decision the agent can carry.
    pub carries: Carries,
    /// What may be allowed beyond this call, held by the hub: narrowest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<Matcher>,
    /// The files that it would change, as they stood when it was asked: where one changes meanwhile, it is asked anew, and
    /// the difference is shown. Files that are long, many or no text are not among them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stood: Vec<Stood>,
}

/// A file as it stood.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Stood {
    /// Its path, as the change names it.
    pub path: String,
    /// What it held; none where there was no file.
    pub text: Option<Text>,
}

/// Files are named where there are any.
impl fmt::Debug for Asking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Asking");
        out.field("topic", &self.topic).field("carries", &self.carries).field("scopes", &self.scopes);
        if !self.stood.is_empty() {
            out.field("stood", &self.stood);
        }
        out.finish()
    }
}

impl Asking {
    /// True where nothing beyond the least is said: not stored then.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// About what is asked. Questions and plans stand in the call's arguments as well, so that the digest covers them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// May this call run?
    #[default]
    Call,
    /// Questions to the human.
    Questions(Vec<Question>),
    /// A plan: may the work begin?
    Plan(Text),
}

impl Topic {
    /// True where it is about a call.
    #[must_use]
    pub fn is_call(&self) -> bool {
        matches!(self, Self::Call)
    }
}

/// One question to the human.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Question {
    /// What an answer names it by.
    pub id: String,
    /// A word or two above it; may be empty.
    pub header: String,
    /// The question.
    pub text: String,
    /// What may be chosen; none where words are wanted.
    pub choices: Vec<Choice>,
    /// More than one may be chosen.
    pub many: bool,
    /// Words of the human's own are taken as well.
    pub free: bool,
    /// What is typed is a secret: never shown, never on record.
    pub secret: bool,
}

/// Something that may be chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choice {
    /// What is sent back.
    pub label: String,
    /// What it means; may be empty.
    pub about: String,
}

/// What of a decision reaches the agent by its protocol (DESIGN.md, section 5).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Carries {
    /// Other arguments.
    pub edit: Carrier,
    /// A part of a diff.
    pub part: Carrier,
    /// Why something was refused.
    pub reason: ReasonGoes,
}

/// Who carries out what a human changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Carrier {
    /// The agent's call is refused; the hub does the edited part as a step of its own, and the agent is told to look again.
    #[default]
    Hub,
    /// The agent runs what it is given.
    Agent,
}

/// How a reason reaches the agent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonGoes {
    /// Before the next prompt.
    #[default]
    NextPrompt,
    /// With the answer itself.
    Answer,
    /// At once after the answer, into the running turn.
    Steer,
}

impl ReasonGoes {
    /// In words, for the card.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::NextPrompt => "goes with the next prompt",
            Self::Answer => "goes with the answer",
            Self::Steer => "goes into the turn at once",
        }
    }
}
