//! Calls that only look, of an agent whose every call is held back: they pass without a request.
//!
//! An agent with such a gate asks about each file that it reads. What policy allows by itself, since it only looks, is no
//! request: two records say that it ran and why, and nobody sees it wait. All else is asked like any other call.

use super::actor::Hub;
use crate::agent::{Ask, Fact, Leave, Leaves, Tell};
use crate::domain::{Completeness, Decision, Draft, Event, Gate, OfferKind, Outcome, SessionId};
use crate::policy::{self, Raised};
use crate::state::Step;
use crate::store::Durability;

impl Hub {
    /// The gate holds a call back that the agent itself might not have asked about.
    pub(super) fn held_back(&mut self, session: SessionId, ask: Ask, cites: Option<u64>) {
        let step = self.state.session(session).and_then(|known| known.step_of(&ask.call)).cloned().unwrap_or_default();
        let verdict = self.judge(session, &step, ask.payload, Raised::ByAgent);
        let once = ask.offers.iter().find(|offer| offer.kind == OfferKind::AllowOnce).map(|offer| offer.id.clone());
        let Some(offer) = once
            .filter(|_| verdict.outcome == Outcome::Allow && verdict.rule.source == "built-in" && only_looks(&step))
        else {
            return self.asked(session, ask, cites);
        };
        let call = ask.call.clone();
        let judged = Event::Judged { request: None, call: call.clone(), verdict: Box::new(verdict) };
        self.draft(Draft { session, lane: ask.lane, said_at: None, cites, event: judged });
        let gated = Event::CallGated { call, gate: Gate::ReadClass };
        let gated = Draft { session, lane: ask.lane, said_at: None, cites: None, event: gated };
        // Commit before allow, for this as for all.
        match self.record(gated, Durability::Decision) {
            Ok(()) => {
                self.tell_answer(session, ask.native, &Decision::Allow { offer });
            }
            Err(_) => self.stalled.push((session, Fact::HeldBack(ask), cites)),
        }
    }
}

impl Hub {
    /// The agent's own rules would decide: what a rule or a limit of taut's says of it comes first. Where there is one, the
    /// agent is made to ask, and the call is judged like any other, on record. Nothing here lets anything run that would not run without it.
    pub(super) fn leaves(&mut self, session: SessionId, leaves: Leaves) {
        let step =
            self.state.session(session).and_then(|known| known.step_of(&leaves.call)).cloned().unwrap_or_default();
        let verdict = self.judge(session, &step, Completeness::Whole, Raised::ByAgent);
        let leave = match verdict.outcome {
            Outcome::Allow => Leave::ToItsRules,
            Outcome::Ask if policy::is_silence(&verdict.rule) => Leave::ToItsRules,
            Outcome::Ask | Outcome::Deny => Leave::No,
        };
        self.tell(session, Tell::Leave(leaves.native, leave));
    }
}

fn only_looks(step: &Step) -> bool {
    step.impact.is_read_class() && step.changes.is_empty() && step.command.is_none()
}
