//! A call that waits: what is asked, what policy says of it, what was shown, what was answered.

use super::{At, CallId, Digest, GrantId, Impact, RequestId};
use serde::{Deserialize, Serialize};

/// How much of the real payload a request shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Completeness {
    /// Everything that would run or be written.
    Whole,
    /// A piece: the lines that change and not the file, or the arguments without the diff.
    Fragment,
    /// Nothing but a title.
    #[default]
    TitleOnly,
}

impl Completeness {
    /// The words for it on a card.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Fragment => "a fragment",
            Self::TitleOnly => "a title only",
        }
    }
}

/// What kind of answer an offer is, by the agent's word. Two offers may share a kind (acp.md, 18).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferKind {
    /// Let this call run.
    AllowOnce,
    /// Let this and others like it run.
    AllowAlways,
    /// Refuse this call.
    RejectOnce,
    /// Refuse this and others like it.
    RejectAlways,
    /// A kind that we do not know.
    #[default]
    Unknown,
}

/// One answer that the agent offers.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Offer {
    /// Its id on the wire: what is sent back.
    pub id: String,
    /// The agent's own name for it.
    pub name: String,
    /// Its kind.
    pub kind: OfferKind,
}

/// May it?
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A rule lets it run.
    Allow,
    /// A human is asked.
    Ask,
    /// A rule refuses it.
    Deny,
}

/// How bad it could be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// Looks only.
    Low,
    /// Changes something inside the workspace.
    Mid,
    /// Reaches outside, destroys, or is not known.
    High,
    /// Touches taut itself or what guards it.
    Top,
}

impl Risk {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Mid => "mid",
            Self::High => "high",
            Self::Top => "top",
        }
    }
}

/// The rule that gave a verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleRef {
    /// `built-in`, `policy.toml`, or a grant's id.
    pub source: String,
    /// The line in the source, where it has lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The rule in words.
    pub text: String,
}

impl RuleRef {
    /// True where it is a grant, and not a rule of a file or a built-in one.
    #[must_use]
    pub fn is_grant(&self) -> bool {
        self.source.parse::<GrantId>().is_ok()
    }
}

/// What policy says of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// May it?
    pub outcome: Outcome,
    /// Which rule says so.
    pub rule: RuleRef,
    /// How bad it could be.
    pub risk: Risk,
    /// Why, in words; most important first.
    pub reasons: Vec<String>,
    /// The policy that was asked.
    pub policy: Digest,
}

/// How a request ended without a decision, or after one that came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closing {
    /// The agent took it back, or its turn ended.
    Withdrawn(String),
    /// Its deadline passed.
    Expired,
    /// The agent is gone.
    AgentGone,
    /// The agent would not take the answer.
    Refused(String),
    /// What it would do has changed: another request stands in its place.
    Superseded,
    /// The process of the hook that held its call is gone without an answer: what agents make of that is an allowance.
    HookGone,
}

/// What of a request's payload a human could see.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Lines of the payload that have been on the screen.
    pub lines: u32,
    /// Lines that it has.
    pub of: u32,
    /// True where the last line was among them.
    pub end: bool,
}

/// What a grant covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matcher {
    /// Whatever the agent takes its own *always* to mean: kept by the agent, not by us.
    AgentsOwn {
        /// The agent's name of the offer.
        offer: String,
    },
    /// Exactly these arguments.
    Exact {
        /// The tool's name or title.
        tool: String,
        /// The digest of the canonical arguments.
        args: Digest,
    },
    /// Every call of this impact.
    Impact(Impact),
    /// Every call of this tool.
    Tool(String),
    /// Every edit below this path, as a glob.
    Path(String),
    /// Every command line in which each command begins with these words, and nothing else writes or runs.
    Prefix(Vec<String>),
}

impl Matcher {
    /// What it covers, in words: made from nothing but the matcher, so that it says exactly what is granted.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            // Some adapters name an offer so that whose it is stands in it.
            Self::AgentsOwn { offer } if offer.starts_with("This agent's own") => offer.replacen("This", "the", 1),
            Self::AgentsOwn { offer } => format!("the agent's own {offer}"),
            Self::Exact { tool, .. } => format!("exactly this call of {tool}"),
            Self::Impact(impact) => format!("every {} in the workspace", impact.word()),
            Self::Tool(tool) => format!("every call of {tool} in the workspace"),
            Self::Path(glob) => format!("every edit of {glob}"),
            Self::Prefix(words) => {
                format!("commands that begin with `{}`, where taut warns of nothing", shown(words))
            }
        }
    }
}

/// Words as they are typed, those in quotes that would be read as more than one.
fn shown(words: &[String]) -> String {
    let plain =
        |word: &&String| !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || "-_./:=@+,%".contains(c));
    let all = words.iter().map(|word| if plain(&word) { word.clone() } else { format!("{word:?}") });
    all.collect::<Vec<_>>().join(" ")
}

/// A standing allowance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// What it covers.
    pub matcher: Matcher,
    /// The request whose answer gave it.
    pub origin: Option<RequestId>,
    /// The call that was allowed with it.
    pub call: Option<CallId>,
    /// When it ends; `None` with the session.
    pub until: Option<At>,
}
