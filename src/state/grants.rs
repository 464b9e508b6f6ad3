//! What was granted: how often it was used, when last, and whether it still stands. What has ended is kept for a while, so
//! that a human can see what was let through by it.

use super::{Session, State};
use crate::domain::{At, By, Grant, GrantId, Matcher, Outcome, Verdict};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Grants of a session that have ended and are kept all the same.
const ENDED: usize = 64;

/// A grant, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Given {
    /// What it is.
    pub grant: Grant,
    /// When it was given.
    pub at: At,
    /// Who gave it, where that is known.
    #[serde(default)]
    pub by: Option<By>,
    /// Calls that it let run.
    #[serde(default)]
    pub uses: u64,
    /// When the last of them was.
    #[serde(default)]
    pub last: Option<At>,
    /// When it was revoked, and by whom where that is known.
    #[serde(default)]
    pub revoked: Option<(At, Option<By>)>,
}

/// Whether a grant still covers anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It does.
    Holds,
    /// Its time is over.
    Expired,
    /// Somebody took it back.
    Revoked,
    /// Its session has ended.
    Over,
}

impl Standing {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::Over => "over",
        }
    }
}

impl Given {
    /// Whether it stands, in a session that lives or not.
    #[must_use]
    pub fn standing(&self, is_live: bool, now: At) -> Standing {
        if self.revoked.is_some() {
            Standing::Revoked
        } else if self.grant.until.is_some_and(|until| until <= now) {
            Standing::Expired
        } else if is_live {
            Standing::Holds
        } else {
            Standing::Over
        }
    }

    /// True where the agent keeps it itself: taut can neither count it nor take it back.
    #[must_use]
    pub fn is_agents_own(&self) -> bool {
        matches!(self.grant.matcher, Matcher::AgentsOwn { .. })
    }
}

/// The grants of a session: all that hold, and the newest that were revoked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ledger(BTreeMap<GrantId, Given>);

impl Ledger {
    /// A grant by its id.
    #[must_use]
    pub fn get(&self, id: GrantId) -> Option<&Given> {
        self.0.get(&id)
    }

    /// All of them, the oldest first.
    #[must_use]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (GrantId, &Given)> {
        self.0.iter().map(|(id, given)| (*id, given))
    }

    /// True where nothing was ever granted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One was given.
    pub(super) fn given(&mut self, id: GrantId, grant: Grant, by: Option<By>, at: At) {
        self.0.insert(id, Given { grant, at, by, uses: 0, last: None, revoked: None });
        // What may still let something run is never forgotten.
        let over: Vec<GrantId> =
            self.iter().filter(|(_, given)| given.standing(true, at) != Standing::Holds).map(|(id, _)| id).collect();
        for id in over.iter().take(over.len().saturating_sub(ENDED)) {
            self.0.remove(id);
        }
    }

    /// A verdict was given: where it is by a grant, that was used.
    pub(super) fn used(&mut self, verdict: &Verdict, at: At) {
        if verdict.outcome != Outcome::Allow {
            return;
        }
        let Ok(id) = verdict.rule.source.parse::<GrantId>() else { return };
        if let Some(given) = self.0.get_mut(&id) {
            given.uses = given.uses.saturating_add(1);
            given.last = Some(at);
        }
    }

    /// One was revoked: the first time counts.
    pub(super) fn revoked(&mut self, id: GrantId, by: Option<By>, at: At) {
        if let Some(given) = self.0.get_mut(&id) {
            given.revoked.get_or_insert((at, by));
        }
    }
}

impl State {
    /// A grant by its id, and its session.
    #[must_use]
    pub fn grant(&self, id: GrantId) -> Option<(&Session, &Given)> {
        let session = self.session(id.session)?;
        Some((session, session.ledger.get(id)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Digest, Risk, RuleRef, Seq, SessionId};

    fn id(seq: u64) -> GrantId {
        GrantId { session: SessionId(7), seq: Seq(seq) }
    }

    fn grant(until: Option<i64>) -> Grant {
        Grant { matcher: Matcher::Tool("Write".into()), origin: None, call: None, until: until.map(At) }
    }

    fn verdict(outcome: Outcome, source: &str) -> Verdict {
        let rule = RuleRef { source: source.into(), line: None, text: String::new() };
        Verdict { outcome, rule, risk: Risk::Mid, reasons: vec![], policy: Digest::default() }
    }

    #[test]
    fn only_what_a_grant_lets_run_counts_as_its_use() {
        let mut ledger = Ledger::default();
        ledger.given(id(3), grant(None), Some(By::Human), At(10));
        let source = id(3).to_string();
        ledger.used(&verdict(Outcome::Allow, &source), At(20));
        ledger.used(&verdict(Outcome::Ask, &source), At(30));
        ledger.used(&verdict(Outcome::Allow, "built-in"), At(40));
        ledger.used(&verdict(Outcome::Allow, &id(4).to_string()), At(50));
        let given = ledger.get(id(3)).unwrap();
        assert_eq!((given.uses, given.last, given.at), (1, Some(At(20)), At(10)));
    }

    #[test]
    fn how_it_stands_is_said_by_what_happened_first() {
        let mut ledger = Ledger::default();
        ledger.given(id(1), grant(Some(100)), None, At(10));
        let standing = |ledger: &Ledger, live, now| ledger.get(id(1)).unwrap().standing(live, At(now));
        assert_eq!(standing(&ledger, true, 99), Standing::Holds);
        assert_eq!(standing(&ledger, false, 99), Standing::Over);
        assert_eq!(standing(&ledger, true, 100), Standing::Expired);
        ledger.revoked(id(1), Some(By::Human), At(50));
        ledger.revoked(id(1), None, At(60));
        assert_eq!(standing(&ledger, true, 100), Standing::Revoked);
        assert_eq!(ledger.get(id(1)).unwrap().revoked, Some((At(50), Some(By::Human))));
    }

    #[test]
    fn what_has_ended_is_forgotten_in_the_end_and_what_holds_never() {
        let mut ledger = Ledger::default();
        for n in 0..500 {
            ledger.given(id(n), grant(None), None, At(0));
            if n % 5 != 0 {
                ledger.revoked(id(n), None, At(0));
            }
        }
        let holds = ledger.iter().filter(|(_, given)| given.revoked.is_none()).count();
        assert_eq!(holds, 100);
        assert!(ledger.iter().count() <= 100 + ENDED + 1);
        assert!(ledger.get(id(499)).is_some() && ledger.get(id(1)).is_none());
    }
}
