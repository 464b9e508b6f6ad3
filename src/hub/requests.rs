//! The life of a request: asked, judged, shown, decided, sent; and nothing that lets something run leaves before its
//! decision is synced (invariant 4). The brake never waits.

use super::actor::Hub;
use super::digest::{self, AskedFor};
use crate::agent::{Ask, Tell};
use crate::domain::{
    At, By, CallPatch, Closing, Decision, Digest, Draft, Event, Grant, Matcher, Offer, OfferKind, Outcome, Reply,
    RequestId, Seen, Seq, SessionId,
};
use crate::policy::{CallView, Context, Raised, judge};
use crate::state::{Request, Step};
use crate::store::{Durability, StoreError};
use std::time::{Duration, Instant};

/// How long the agent may take to act on an answer before it is flagged.
pub(super) const CONFIRM: Duration = Duration::from_secs(30);

/// What the hub remembers of a request beside the log: what was asked for, to compare with.
#[derive(Debug, Clone)]
pub(super) struct OpenAsk {
    pub(super) seq: Seq,
    pub(super) asked: AskedFor,
    pub(super) ask: Ask,
    /// The answer left at this time, and the agent has not acted on it.
    pub(super) sent: Option<Instant>,
    /// When it is denied by itself.
    pub(super) expires: Option<Instant>,
}

/// An answer that waits until the store takes its decision.
#[derive(Debug)]
pub(super) struct Held {
    request: RequestId,
    digest: Digest,
    decision: Decision,
    by: By,
    overridden: bool,
}

impl Hub {
    /// The agent asks. The events about the call are drafted already.
    pub(super) fn asked(&mut self, session: SessionId, ask: Ask, cites: Option<u64>) {
        // What is known of the call is in the fold only once it is committed.
        self.commit();
        self.ask_anew(session, ask, cites, None, Vec::new());
    }

    fn ask_anew(
        &mut self,
        session: SessionId,
        ask: Ask,
        cites: Option<u64>,
        instead_of: Option<RequestId>,
        changed: Vec<String>,
    ) {
        let Some(known) = self.state.session(session) else { return };
        let step =
            known.step_of(&ask.call).cloned().unwrap_or_else(|| Step { call: ask.call.clone(), ..Step::default() });
        let asked = digest::asked_for(&step, &ask.offers, &known.cwd);
        let Ok(seq) = self.next_seq(session) else { return };
        let request = RequestId { session, seq };
        let verdict = self.judge(session, &step, &ask, Raised::ByAgent);
        let deadline =
            self.setup.settings.config.deadline.map(|wait| {
                At(super::log::now().0.saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)))
            });
        let event = Event::Asked {
            call: ask.call.clone(),
            native: ask.native.clone(),
            offers: ask.offers.clone(),
            digest: asked.digest,
            payload: ask.payload,
            deadline,
            instead_of,
            changed,
        };
        self.draft(Draft { session, lane: ask.lane, said_at: None, cites, event });
        let judged =
            Event::Judged { request: Some(request), call: ask.call.clone(), verdict: Box::new(verdict.clone()) };
        self.draft(Draft { session, lane: ask.lane, said_at: None, cites: None, event: judged });
        let digest = asked.digest;
        let offers = ask.offers.clone();
        if let Some(driven) = self.agents.get_mut(&session) {
            let wait = self.setup.settings.config.deadline;
            driven.open.push(OpenAsk { seq, asked, ask, sent: None, expires: wait.map(|wait| Instant::now() + wait) });
        }
        self.commit();
        match verdict.outcome {
            Outcome::Ask => {}
            Outcome::Deny => {
                let reason = Some(format!("refused by {}: {}", verdict.rule.source, verdict.rule.text));
                let offer = first(&offers, OfferKind::RejectOnce);
                let decision = Decision::Deny { offer, reason, interrupt: false };
                self.decide_now(request, digest, decision, By::Rule, false);
            }
            // A rule allows one call and no more: without an offer that says so, a human is asked.
            Outcome::Allow => {
                if let Some(offer) = only(&offers, OfferKind::AllowOnce) {
                    self.decide_now(request, digest, Decision::Allow { offer }, By::Rule, false);
                }
            }
        }
    }

    /// What policy says of a step.
    pub(super) fn judge(&self, session: SessionId, step: &Step, ask: &Ask, raised: Raised) -> crate::domain::Verdict {
        let known = self.state.session(session);
        let patch = CallPatch {
            tool: step.tool.clone(),
            title: step.title.clone(),
            impact: Some(step.impact),
            status: None,
            args: step.args.clone(),
            command: step.command.clone(),
            cwd: step.cwd.clone(),
            places: Some(step.places.clone()),
            changes: Some(step.changes.clone()),
            parent: step.parent.clone(),
            exit: None,
        };
        let mut view = CallView::of(&patch, ask.payload, raised);
        let cwd = known.map_or("", |known| known.cwd.as_str());
        super::sessions::lead(&mut view, cwd);
        let ctx = Context {
            workspace: cwd.to_owned(),
            home: self.home(),
            agent: known.map(|known| known.agent.clone()).unwrap_or_default(),
            mode: known.and_then(|known| known.mode.clone()),
            own: self.setup.places.own(&self.setup.program),
            grants: known
                .map(|k| k.grants.iter().map(|(id, grant)| (*id, grant.clone())).collect())
                .unwrap_or_default(),
            now: super::log::now(),
        };
        judge(&self.setup.settings.policy, &view, &ctx)
    }

    /// A human answers.
    pub(super) fn decide(&mut self, id: RequestId, digest: Digest, decision: Decision, overridden: bool) -> Reply {
        self.commit();
        let Some(request) = self.state.request(id) else {
            return refused(format!("there is no request {id}"));
        };
        if let Some(answered) = &request.answered {
            return Reply::Already { decision: answered.decision.clone() };
        }
        if let Some((how, _)) = &request.closed {
            return refused(format!("request {id} is over: {}", how_word(how)));
        }
        if request.digest != digest {
            return Reply::Stale { digest: request.digest };
        }
        if let Some(why) = unfit(request, &decision) {
            return refused(why);
        }
        if self.held.iter().any(|held| held.request == id) {
            return refused("an answer to it is held until the store can be written".to_owned());
        }
        if decision.allows()
            && let Some(fresh) = self.changed_since(id)
        {
            return Reply::Stale { digest: fresh };
        }
        self.decide_now(id, digest, decision, By::Human, overridden);
        Reply::Done
    }

    /// Where what would be changed is no longer what was shown, the request is asked anew: its new digest.
    fn changed_since(&mut self, id: RequestId) -> Option<Digest> {
        let known = self.state.session(id.session)?;
        let (_, step, _) = known.request_and_step(id.seq)?;
        let open = self.agents.get(&id.session)?.open.iter().find(|open| open.seq == id.seq)?.clone();
        let now = digest::asked_for(step, &open.ask.offers, &known.cwd);
        if now == open.asked {
            return None;
        }
        let changed = digest::changed(&open.asked, &now);
        if let Some(driven) = self.agents.get_mut(&id.session) {
            driven.open.retain(|open| open.seq != id.seq);
        }
        self.note(id.session, Event::RequestClosed { request: id, how: Closing::Superseded });
        self.commit();
        self.ask_anew(id.session, open.ask, None, Some(id), changed);
        Some(now.digest)
    }

    /// Puts a decision on record and sends it: a denial at once, an allowance only after its record is synced.
    fn decide_now(&mut self, request: RequestId, digest: Digest, decision: Decision, by: By, overridden: bool) {
        let allows = decision.allows();
        if !allows {
            self.answer(request, &decision);
        }
        let held = Held { request, digest, decision, by, overridden };
        if self.record_decision(&held).is_err() {
            self.held.push(held);
            self.tell_status();
            return;
        }
        if allows {
            self.answer(request, &held.decision);
        }
        self.after_decision(&held);
    }

    fn record_decision(&mut self, held: &Held) -> Result<(), StoreError> {
        let event = Event::Decided {
            request: held.request,
            digest: held.digest,
            decision: held.decision.clone(),
            by: held.by.clone(),
            overridden: held.overridden,
        };
        // What was heard before is committed before: a decision never waits behind a draft that fails alone.
        self.try_commit(Durability::Stream)?;
        let records =
            self.store.append(&[Draft::new(held.request.session, event)], super::log::now(), Durability::Decision);
        match records {
            Ok(records) => {
                self.took(records);
                Ok(())
            }
            Err(error) => {
                self.could_not(&error);
                Err(error)
            }
        }
    }

    /// Sends the answer that the agent waits for.
    fn answer(&mut self, id: RequestId, decision: &Decision) {
        let Some(driven) = self.agents.get_mut(&id.session) else { return };
        let Some(open) = driven.open.iter_mut().find(|open| open.seq == id.seq) else { return };
        open.sent = Some(Instant::now());
        let native = open.ask.native.clone();
        let (offer, interrupt) = match decision {
            Decision::Allow { offer } => (Some(offer.clone()), false),
            Decision::Deny { offer, reason: _, interrupt } => (offer.clone(), *interrupt),
        };
        self.tell(id.session, Tell::Answer(native, offer));
        if interrupt {
            self.interrupt(id.session);
        }
    }

    fn after_decision(&mut self, held: &Held) {
        let session = held.request.session;
        self.note(session, Event::Sent { request: held.request });
        match &held.decision {
            Decision::Allow { offer } => self.note_grant(held.request, offer),
            Decision::Deny { reason: Some(reason), .. } if held.by == By::Human && !reason.trim().is_empty() => {
                if let Some(driven) = self.agents.get_mut(&session) {
                    driven.reasons.push(reason.trim().to_owned());
                }
            }
            Decision::Deny { .. } => {}
        }
        self.commit();
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
        let name = chosen.name.clone();
        let grant = Grant {
            matcher: Matcher::AgentsOwn { offer: name.clone() },
            origin: Some(id),
            call: Some(step.call.clone()),
            until: None,
        };
        self.note(id.session, Event::Granted { grant: Box::new(grant) });
        self.note(id.session, Event::Loosened { why: name });
    }

    /// Tries again to put held decisions on record, and sends what they allow.
    pub(super) fn release_held(&mut self) {
        if self.held.is_empty() || self.retry.is_some() {
            return;
        }
        for held in std::mem::take(&mut self.held) {
            let waits = self.state.request(held.request).is_some_and(Request::waits);
            if !waits {
                continue;
            }
            match self.record_decision(&held) {
                Ok(()) => {
                    if held.decision.allows() {
                        self.answer(held.request, &held.decision);
                    }
                    self.after_decision(&held);
                }
                Err(_) => self.held.push(held),
            }
        }
        self.tell_status();
    }

    /// A human could see it.
    pub(super) fn shown(&mut self, request: RequestId, digest: Digest, seen: Seen) -> Reply {
        match self.state.request(request) {
            Some(known) if known.digest == digest && known.waits() => {
                self.note(request.session, Event::Shown { request, digest, seen });
                Reply::Done
            }
            Some(known) if known.digest != digest => Reply::Stale { digest: known.digest },
            Some(_) => Reply::Done,
            None => refused(format!("there is no request {request}")),
        }
    }

    /// The agent took a question back.
    pub(super) fn ask_gone(&mut self, session: SessionId, native: &str) {
        let Some(driven) = self.agents.get_mut(&session) else { return };
        let gone: Vec<Seq> = driven.open.iter().filter(|open| open.ask.native == native).map(|open| open.seq).collect();
        driven.open.retain(|open| open.ask.native != native);
        for seq in gone {
            let how = Closing::Withdrawn("the agent took it back".to_owned());
            self.note(session, Event::RequestClosed { request: RequestId { session, seq }, how });
        }
    }

    /// Nobody answered in time: the agent is refused, and the record says that it was time and not a human.
    pub(super) fn expire(&mut self, id: RequestId) {
        let Some(request) = self.state.request(id).filter(|request| request.waits()) else { return };
        let offer = first(&request.offers, OfferKind::RejectOnce);
        self.answer(id, &Decision::Deny { offer, reason: None, interrupt: false });
        self.note(id.session, Event::RequestClosed { request: id, how: Closing::Expired });
        self.commit();
        if let Some(driven) = self.agents.get_mut(&id.session) {
            driven.open.retain(|open| open.seq != id.seq);
        }
    }

    fn home(&self) -> String {
        self.setup.places.home.as_ref().map(|home| home.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// Closes every request of a session that is not over.
    pub(super) fn close_requests(&mut self, session: SessionId, how: &Closing) {
        self.commit();
        if let Some(driven) = self.agents.get_mut(&session) {
            driven.open.clear();
        }
        self.held.retain(|held| held.request.session != session);
        let Some(known) = self.state.session(session) else { return };
        let open: Vec<Seq> = known.open.keys().copied().collect();
        for seq in open {
            let request = RequestId { session, seq };
            self.note(session, Event::RequestClosed { request, how: how.clone() });
        }
    }
}

/// Why this answer does not fit this question.
fn unfit(request: &Request, decision: &Decision) -> Option<String> {
    let offer = match decision {
        Decision::Allow { offer } => Some(offer),
        Decision::Deny { offer, .. } => offer.as_ref(),
    }?;
    let Some(offer) = request.offers.iter().find(|other| other.id == *offer) else {
        return Some(format!("the agent does not offer {offer:?}"));
    };
    let rejects = matches!(offer.kind, OfferKind::RejectOnce | OfferKind::RejectAlways);
    (decision.allows() && rejects).then(|| format!("{:?} is no allowance", offer.name))
}

fn first(offers: &[Offer], kind: OfferKind) -> Option<String> {
    offers.iter().find(|offer| offer.kind == kind).map(|offer| offer.id.clone())
}

/// The offer of a kind, where there is exactly one: two of a kind mean something that we don't know (acp.md, 18).
fn only(offers: &[Offer], kind: OfferKind) -> Option<String> {
    let mut of_kind = offers.iter().filter(|offer| offer.kind == kind);
    let offer = of_kind.next()?;
    of_kind.next().is_none().then(|| offer.id.clone())
}

fn how_word(how: &Closing) -> String {
    match how {
        Closing::Withdrawn(why) => format!("withdrawn, {why}"),
        Closing::Expired => "its deadline passed".to_owned(),
        Closing::AgentGone => "the agent is gone".to_owned(),
        Closing::Refused(why) => format!("the agent would not take the answer, {why}"),
        Closing::Superseded => "another one stands in its place".to_owned(),
    }
}

/// A refusal in one sentence.
pub(super) fn refused(why: String) -> Reply {
    Reply::Refused { why }
}
