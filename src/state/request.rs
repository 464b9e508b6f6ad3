//! A request: its life from the question to the agent's acting on the answer.

use crate::domain::{
    Asking, At, By, Carrier, Closing, Completeness, Decision, Digest, LaneId, Offer, RequestId, Seen, Verdict,
};
use serde::{Deserialize, Serialize};

/// Where a request stands. Derived, never tracked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// It waits for a decision.
    Open,
    /// Decided; the answer has not left.
    Decided,
    /// The answer left; the agent has not acted on it yet.
    Sent,
    /// The answer left, and the agent did not act on it within the time given.
    Unconfirmed,
    /// The agent acted on the answer.
    TakenUp,
    /// It ended otherwise.
    Closed,
}

/// What was answered, by whom and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    /// What.
    pub decision: Decision,
    /// By whom.
    pub by: By,
    /// When.
    pub at: At,
    /// A typed word stood in for reading to the end.
    pub overridden: bool,
}

/// One question about a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Its id.
    pub id: RequestId,
    /// Who asks.
    pub lane: LaneId,
    /// The agent's own id of the question, as JSON text.
    pub native: String,
    /// What it may be answered.
    pub offers: Vec<Offer>,
    /// What was asked, as a digest.
    pub digest: Digest,
    /// How much of the payload is known.
    pub payload: Completeness,
    /// When it was asked.
    pub asked: At,
    /// When the hub denies it by itself.
    pub deadline: Option<At>,
    /// The request in whose place it stands.
    pub instead_of: Option<RequestId>,
    /// What changed since that one.
    pub changed: Vec<String>,
    /// About what, and what of a decision the agent can carry.
    #[serde(default)]
    pub how: Asking,
    /// What policy says.
    pub verdict: Option<Verdict>,
    /// When it was first painted anywhere.
    pub shown: Option<At>,
    /// The most that was seen of it.
    pub seen: Seen,
    /// The answer.
    pub answered: Option<Answered>,
    /// When the answer left.
    pub sent: Option<At>,
    /// When the agent acted on it.
    pub taken_up: Option<At>,
    /// When the time to act on it ran out.
    pub unconfirmed: Option<At>,
    /// How and when it ended otherwise.
    pub closed: Option<(Closing, At)>,
}

impl Request {
    /// Takes in an answer: one for a request, ever. True where it is that one.
    pub(super) fn answer(&mut self, answered: Answered) -> bool {
        let is_first = self.answered.is_none();
        self.answered.get_or_insert(answered);
        is_first
    }

    /// Where it stands.
    #[must_use]
    pub fn stage(&self) -> Stage {
        if self.closed.is_some() {
            Stage::Closed
        } else if self.taken_up.is_some() {
            Stage::TakenUp
        } else if self.unconfirmed.is_some() {
            Stage::Unconfirmed
        } else if self.sent.is_some() {
            Stage::Sent
        } else if self.answered.is_some() {
            Stage::Decided
        } else {
            Stage::Open
        }
    }

    /// True while a human can still answer it.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.stage() == Stage::Open
    }

    /// Whose word let it run, and by what; `None` where nobody's did.
    #[must_use]
    pub fn let_in(&self) -> Option<String> {
        let answered = self.answered.as_ref()?;
        let done = match &answered.decision {
            Decision::Allow { .. } | Decision::AllowFor { .. } => "allowed",
            Decision::Edit { .. } => "edited",
            Decision::Take { .. } => "took a part of",
            Decision::Reply { .. } => "answered",
            Decision::Deny { .. } => return None,
        };
        let granted = self.verdict.as_ref().map(|verdict| &verdict.rule).filter(|rule| rule.is_grant());
        Some(match (&answered.by, granted) {
            (By::Rule, Some(rule)) => format!("granted: {}", rule.text.strip_prefix("granted: ").unwrap_or(&rule.text)),
            (By::Rule, None) => format!("{done} by rule"),
            (By::Human | By::Console { .. }, _) => format!("you {done} it"),
            (By::Script { .. } | By::Agent | By::Hub(_), _) => format!("{} {done} it", answered.by.word()),
        })
    }

    /// What is known of an answer whose agent was gone before it showed that it acted: a clause for people.
    #[must_use]
    pub fn unsure(&self) -> Option<&'static str> {
        let gone = matches!(self.closed, Some((Closing::AgentGone, _)));
        (gone && self.answered.is_some() && self.taken_up.is_none()).then_some(match self.sent {
            Some(_) => "the answer was sent, and nothing shows that it was acted on",
            None if self.is_the_hubs() => {
                "the agent was told nothing; taut's own step says how far it came, where there is one"
            }
            None => "the answer may have been delivered",
        })
    }

    /// Whether what was decided is carried out by the hub, and not by the agent.
    fn is_the_hubs(&self) -> bool {
        self.answered.as_ref().is_some_and(|answered| match answered.decision {
            Decision::Edit { .. } => self.how.carries.edit == Carrier::Hub,
            Decision::Take { .. } => self.how.carries.part == Carrier::Hub,
            Decision::Allow { .. } | Decision::AllowFor { .. } | Decision::Reply { .. } | Decision::Deny { .. } => {
                false
            }
        })
    }

    /// True where nothing more can happen to it.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self.stage(), Stage::TakenUp | Stage::Closed)
    }
}
