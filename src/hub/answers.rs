//! The answer to a request: decided, on record, sent. Nothing that lets something run leaves before its decision is
//! synced (invariant 4); the brake never waits, and is journaled when it can be.

use super::actor::Hub;
use super::fault;
use super::log::Unwritten;
use super::plan::{Plan, Planned, recorded};
use crate::agent::Tell;
use crate::domain::{
    By, Closing, Decision, Digest, Draft, Event, Grant, Matcher, Notice, OfferKind, ReasonGoes, RequestId, SessionId,
};
use crate::state::Request;
use crate::store::Durability;
use std::time::Instant;

/// A decision that waits until the store takes it. An allowance has not been sent; a denial has.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) request: RequestId,
    digest: Digest,
    pub(super) decision: Decision,
    by: By,
    overridden: bool,
    /// What became of its answer, where it left before its record.
    sent: Option<Sent>,
}

/// Whether an answer left for the agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    /// It did.
    Yes,
    /// The agent no longer waits for it, or does not read.
    No,
}

impl Hub {
    /// Puts a decision on record and sends it: a denial at once, an allowance only after its record is synced.
    pub(super) fn decide_now(
        &mut self,
        request: RequestId,
        digest: Digest,
        decision: Decision,
        by: By,
        overridden: bool,
    ) {
        let interrupts = matches!(decision, Decision::Deny { interrupt: true, .. });
        let sent = (!decision.allows()).then(|| self.answer(request, &decision));
        if interrupts {
            self.tell(request.session, Tell::Interrupt);
        }
        self.settle(Held { request, digest, decision, by: by.clone(), overridden, sent });
        if interrupts {
            // After the decision: its own request was not withdrawn.
            self.interrupted(request.session, by, Some(request.seq));
        }
    }

    /// Puts a decision on record, and sends what it allows; or holds it.
    fn settle(&mut self, mut held: Held) {
        let event = Event::Decided {
            request: held.request,
            digest: held.digest,
            decision: recorded(self.state.request(held.request), &held.decision),
            by: held.by.clone(),
            overridden: held.overridden,
        };
        match self.record(Draft::new(held.request.session, event), Durability::Decision) {
            Ok(()) => {
                let sent = held.sent.take().or_else(|| self.carry_out(&held));
                if let Some(sent) = sent {
                    self.after_decision(&held, sent);
                }
            }
            Err(Unwritten::NotNow) => {
                self.held.push(held);
                self.tell_status();
            }
            Err(Unwritten::Never) => {
                let text = format!("request {} was decided before: that decision stands", held.request);
                self.note(held.request.session, Event::Noted { level: Notice::Error, text: text.into() });
            }
        }
    }

    /// Does what an allowance says, now that it is on record: the agent hears it, or taut does it. Nothing yet where that
    /// goes on.
    fn carry_out(&mut self, held: &Held) -> Option<Sent> {
        match self.planned(held.request, &held.decision) {
            Ok(Planned { plan: Plan::Tell(decision), edited: _ }) => Some(self.answer(held.request, &decision)),
            Ok(Planned { plan: Plan::Own(work), edited: _ }) => self.do_own(held.request, work),
            // What was right when it was decided is no more: the file has changed while the answer was held.
            Err(why) => {
                self.own_failed(held.request, &why);
                None
            }
        }
    }

    /// Tries again to put held decisions on record, and sends what they allow.
    pub(super) fn release_held(&mut self) {
        if self.held.is_empty() {
            return;
        }
        for held in std::mem::take(&mut self.held) {
            // Withdrawn, expired or interrupted meanwhile: what it allowed never left.
            if self.state.request(held.request).is_some_and(Request::waits) {
                self.settle(held);
            }
        }
        self.tell_status();
    }

    /// Held answers of some requests come to nothing. A denial has left all the same: it is on record as soon as anything
    /// is, and before what ends its request. Which those are.
    pub(super) fn drop_held(&mut self, of: impl Fn(RequestId) -> bool) -> Vec<RequestId> {
        let (dropped, kept) = std::mem::take(&mut self.held).into_iter().partition(|held| of(held.request));
        self.held = kept;
        let mut left = Vec::new();
        for held in dropped {
            let Held { request, digest, decision, by, overridden, sent } = held;
            if sent.is_none() || !self.state.request(request).is_some_and(Request::waits) {
                continue;
            }
            self.note(request.session, Event::Decided { request, digest, decision, by, overridden });
            if sent == Some(Sent::Yes) {
                self.note(request.session, Event::Sent { request });
            }
            left.push(request);
        }
        left
    }

    /// Sends the answer that the agent waits for.
    pub(super) fn answer(&mut self, id: RequestId, decision: &Decision) -> Sent {
        let Some(driven) = self.agents.get_mut(&id.session) else { return Sent::No };
        let Some(open) = driven.open.iter_mut().find(|open| open.seq == id.seq) else { return Sent::No };
        open.sent = Some(Instant::now());
        let native = open.ask.native.clone();
        let sent = self.tell_answer(id.session, native, decision);
        fault::at("answered");
        sent
    }

    fn after_decision(&mut self, held: &Held, sent: Sent) {
        let (request, session) = (held.request, held.request.session);
        match sent {
            Sent::Yes => self.note(session, Event::Sent { request }),
            Sent::No => self.came_to_nothing(request),
        }
        match &held.decision {
            Decision::Allow { offer } if sent == Sent::Yes => self.note_grant(request, offer),
            Decision::AllowFor { matcher, until, .. } if sent == Sent::Yes => {
                let call = self.state.session(session).and_then(|known| known.request_and_step(request.seq));
                let call = call.map(|(_, step, _)| step.call.clone());
                let grant = Grant { matcher: matcher.clone(), origin: Some(request), call, until: *until };
                self.note(session, Event::Granted { grant: Box::new(grant) });
            }
            Decision::Deny { reason: Some(reason), .. }
                if held.by.is_human() && !reason.trim().is_empty() && self.reason_waits(request) =>
            {
                if let Some(driven) = self.agents.get_mut(&session) {
                    driven.reasons.push(format!("(Why I declined your last request: {})", reason.trim()));
                }
            }
            Decision::Allow { .. }
            | Decision::AllowFor { .. }
            | Decision::Edit { .. }
            | Decision::Take { .. }
            | Decision::Reply { .. }
            | Decision::Deny { .. } => {}
        }
        self.commit();
    }

    /// True where a reason can only go with the next prompt.
    fn reason_waits(&self, id: RequestId) -> bool {
        self.state.request(id).is_none_or(|request| request.how.carries.reason == ReasonGoes::NextPrompt)
    }

    /// The decision stands, and nobody has heard it.
    pub(super) fn came_to_nothing(&mut self, request: RequestId) {
        if let Some(driven) = self.agents.get_mut(&request.session) {
            driven.open.retain(|open| open.seq != request.seq);
        }
        let how = Closing::Refused("it no longer waits, or does not read".to_owned());
        self.note(request.session, Event::RequestClosed { request, how });
    }

    /// An *always* of the agent's own: recorded as what it is.
    fn note_grant(&mut self, id: RequestId, offer: &str) {
        let Some((request, step, _)) = self.state.session(id.session).and_then(|known| known.request_and_step(id.seq))
        else {
            return;
        };
        let Some(chosen) = request.offers.iter().find(|other| other.id == offer) else { return };
        if chosen.kind == OfferKind::AllowOnce {
            return;
        }
        let (name, impact) = (chosen.name.clone(), step.impact);
        let grant = Grant {
            matcher: Matcher::AgentsOwn { offer: name.clone() },
            origin: Some(id),
            call: Some(step.call.clone()),
            until: None,
        };
        self.note(id.session, Event::Granted { grant: Box::new(grant) });
        if let Some(driven) = self.agents.get_mut(&id.session) {
            driven.loosened.push((impact, name.clone()));
        }
        self.loosened(id.session, name);
    }

    /// The agent may now do things that it had to ask for.
    pub(super) fn loosened(&mut self, session: SessionId, why: String) {
        self.note(session, Event::Loosened { why });
    }
}
