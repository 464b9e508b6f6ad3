//! The life of a request until it is answered: asked, judged, shown, asked anew, withdrawn, expired.

use super::actor::Hub;
use super::checkpoints::{Asker, Question, Snap};
use super::digest::{self, AskedFor};
use super::fault;
use super::log::Unwritten;
use crate::agent::{Ask, Fact, hook};
use crate::domain::{
    At, By, Closing, Decision, Digest, Draft, Event, Offer, OfferKind, Outcome, Reply, RequestId, Seen, Seq, SessionId,
};
use crate::policy::{Raised, judge, scopes};
use crate::state::{Request, Step};
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
    /// The command that was asked for.
    pub(super) command: Option<Digest>,
    /// When it is denied by itself.
    pub(super) expires: Option<Instant>,
}

/// An answer that a human gave.
#[derive(Debug)]
pub(super) struct Due {
    pub(super) request: RequestId,
    /// What was painted.
    pub(super) digest: Digest,
    pub(super) decision: Decision,
    /// A typed word stands in for reading to the end.
    pub(super) overridden: bool,
    pub(super) by: By,
    /// Who waits for the reply.
    pub(super) asker: Option<Asker>,
}

impl Hub {
    /// The agent asks. What it said about the call before is in the fold.
    pub(super) fn asked(&mut self, session: SessionId, ask: Ask, cites: Option<u64>) {
        fault::at("asking");
        self.ask(session, ask, cites, None);
    }

    fn ask(&mut self, session: SessionId, ask: Ask, cites: Option<u64>, anew: Option<(RequestId, Vec<String>)>) {
        self.ask_with(Question { session, ask, cites, anew, about: None }, None);
    }

    /// The agent asks, and the workspace was kept for it, or could not be; or nobody has looked yet.
    pub(super) fn ask_with(&mut self, question: Question, snapped: Option<&Result<Snap, String>>) {
        let Question { session, ask, cites, anew, about } = question;
        let mut ask = self.located(session, ask);
        let Some(known) = self.state.session(session) else { return };
        let step =
            known.step_of(&ask.call).cloned().unwrap_or_else(|| Step { call: ask.call.clone(), ..Step::default() });
        let cwd = known.cwd.clone();
        // What was asked about is what is judged, where the agent has said the same in other words since.
        let same = |then: &Step| digest::rest_of(then, &ask.offers, &cwd) == digest::rest_of(&step, &ask.offers, &cwd);
        let step = about.filter(|then| same(then)).map_or(step.clone(), |then| *then);
        let asked = digest::asked_for(&step, &ask.offers, &cwd);
        let files = self.aimed(session, &step);
        let is_call = ask.how.topic.is_call();
        let raised = if is_call { Raised::ByAgent } else { Raised::ToTalk };
        let (view, ctx) = self.seen_by_policy(session, &step, &files, ask.payload, raised);
        let verdict = judge(&self.setup.settings.policy, &view, &ctx);
        // A grant lets the call itself run by the agent's own single allowance: without one there is none to give.
        let once = only(&ask.offers, OfferKind::AllowOnce).is_some();
        let kept = is_call && self.is_to_be_kept(session, &step);
        if once && verdict.outcome == Outcome::Allow && kept && snapped.is_none() {
            let about = Some(Box::new(step));
            return self.keep_before_asking(Question { session, ask, cites, anew, about });
        }
        let (instead_of, changed) = anew.map_or((None, Vec::new()), |(before, changed)| (Some(before), changed));
        let Ok(seq) = self.next_seq(session) else {
            // A question is never lost: it is asked as soon as it can be put on record.
            self.stalled.push((session, Fact::Ask(ask), cites));
            return;
        };
        let request = RequestId { session, seq };
        ask.how.scopes = if once && is_call { scopes(&view, &ctx) } else { Vec::new() };
        let own = self.setup.settings.config.deadline.map(|wait| {
            let at = super::log::now().0.saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX));
            (At(at), Instant::now() + wait)
        });
        // What a hook waits for is denied before its agent gives up on it: that would let the call run.
        let due = own.into_iter().chain(self.hooks.until(session, &ask.native)).min_by_key(|(_, due)| *due);
        let deadline = due.map(|(at, _)| at);
        let mut how = ask.how.clone();
        if verdict.outcome == Outcome::Ask {
            how.stood = digest::stood(&asked, &cwd);
        }
        let event = Event::Asked {
            call: ask.call.clone(),
            native: ask.native.clone(),
            offers: ask.offers.clone(),
            digest: asked.digest,
            payload: ask.payload,
            deadline,
            instead_of,
            changed,
            how,
        };
        self.draft(Draft { session, lane: ask.lane, said_at: None, cites, event });
        let judged =
            Event::Judged { request: Some(request), call: ask.call.clone(), verdict: Box::new(verdict.clone()) };
        self.draft(Draft { session, lane: ask.lane, said_at: None, cites: None, event: judged });
        if files != step.aimed {
            let event = Event::Aimed { call: ask.call.clone(), files };
            self.draft(Draft { session, lane: ask.lane, said_at: None, cites: None, event });
        }
        let (digest, lane) = (asked.digest, ask.lane);
        let offers = ask.offers.clone();
        if let Some(driven) = self.agents.get_mut(&session) {
            let command = OpenAsk::command_of(&step);
            driven.open.push(OpenAsk { seq, asked, ask, sent: None, command, expires: due.map(|(_, due)| due) });
        }
        // What a rule answers is on record together with its answer: nobody sees it wait.
        match verdict.outcome {
            Outcome::Ask => {
                if kept {
                    self.keep_ahead(session);
                }
                self.commit();
            }
            Outcome::Deny => {
                let reason = Some(format!("refused by {}: {}", verdict.rule.source, verdict.rule.text));
                let offer = first(&offers, OfferKind::RejectOnce);
                let decision = Decision::Deny { offer, reason, interrupt: false };
                self.decide_now(request, digest, decision, By::Rule, false);
            }
            // A rule allows one call and no more: without an offer that says so, a human is asked.
            // The turn was interrupted while the workspace was kept: what a rule would have let pass runs no more.
            Outcome::Allow if snapped.is_some() && self.is_interrupted(session) => {
                let reason = Some("the turn was interrupted".to_owned());
                let offer = first(&offers, OfferKind::RejectOnce);
                self.decide_now(request, digest, Decision::Deny { offer, reason, interrupt: false }, By::Rule, false);
            }
            Outcome::Allow => match only(&offers, OfferKind::AllowOnce) {
                Some(offer) => {
                    // On record in one commit with the decision.
                    if let Some(snapped) = snapped.filter(|_| kept) {
                        self.begins(session, lane, &step, snapped);
                    }
                    self.decide_now(request, digest, Decision::Allow { offer }, By::Rule, false);
                }
                None => self.commit(),
            },
        }
    }

    fn is_interrupted(&self, session: SessionId) -> bool {
        self.state.session(session).and_then(|known| known.turn).is_some_and(|turn| turn.interrupted)
    }

    /// A human answers. `None` where the reply comes later: what is allowed waits for the checkpoint of its workspace.
    pub(super) fn decide(&mut self, due: Due) -> Option<Reply> {
        fault::at("deciding");
        self.commit();
        if let Err(reply) = self.stands(&due) {
            return Some(reply);
        }
        let known = self.state.session(due.request.session).and_then(|known| known.request_and_step(due.request.seq));
        let step = known.filter(|(request, ..)| request.how.topic.is_call()).map(|(_, step, _)| step.clone());
        if due.decision.allows() && step.is_some_and(|step| self.is_to_be_kept(due.request.session, &step)) {
            self.keep_before(due);
            return None;
        }
        Some(self.decided(due, None))
    }

    /// A human has answered, and the workspace was kept for it, or could not be. All is looked at again: meanwhile the
    /// agent, time or another human may have been quicker.
    pub(super) fn decide_with(&mut self, due: Due, snapped: &Result<Snap, String>) -> Reply {
        self.commit();
        match self.stands(&due) {
            Ok(()) => self.decided(due, Some(snapped)),
            Err(reply) => reply,
        }
    }

    /// Whether an answer may still be given, as it stands.
    fn stands(&self, due: &Due) -> Result<(), Reply> {
        let id = due.request;
        let Some(request) = self.state.request(id) else { return Err(self.long_over(id)) };
        if let Some(answered) = &request.answered {
            return Err(Reply::Already { decision: answered.decision.clone() });
        }
        if let Some(newer) = self.stands_for(id) {
            return Err(Reply::Stale { digest: newer });
        }
        if due.decision.allows() && self.checkpoints.holds(id) {
            return Err(refused("it is allowed already, and runs once its workspace is kept".to_owned()));
        }
        if let Some((how, _)) = &request.closed {
            return Err(refused(format!("request {id} is over: {}", how_word(how))));
        }
        if request.digest != due.digest {
            return Err(Reply::Stale { digest: request.digest });
        }
        if let Some(why) = unfit(request, &due.decision) {
            return Err(refused(why));
        }
        let held = self.held.iter().find(|held| held.request == id);
        // An answer that is held has not left: a denial may still take its place, as the brake always may.
        if held.is_some_and(|held| due.decision.allows() || !held.decision.allows()) {
            return Err(refused("an answer to it is held until the store can be written".to_owned()));
        }
        Ok(())
    }

    fn decided(&mut self, due: Due, snapped: Option<&Result<Snap, String>>) -> Reply {
        let Due { request: id, digest, decision, overridden, by, asker: _ } = due;
        self.held.retain(|held| held.request != id);
        if decision.allows()
            && let Some(fresh) = self.changed_since(id)
        {
            return Reply::Stale { digest: fresh };
        }
        let planned = match self.planned(id, &decision) {
            Ok(planned) => planned,
            Err(why) => return refused(why),
        };
        if let Some((patch, carrier)) = planned.edited
            && let Err(why) = self.edited(id, patch, carrier)
        {
            return refused(why);
        }
        let allows = decision.allows();
        if let Some(snapped) = snapped
            && let Some((request, step, _)) =
                self.state.session(id.session).and_then(|known| known.request_and_step(id.seq))
        {
            let (lane, step) = (request.lane, step.clone());
            self.begins(id.session, lane, &step, snapped);
        }
        self.decide_now(id, digest, decision, by, overridden);
        if self.held.iter().any(|held| held.request == id) && !self.store.disturbed() {
            return Reply::Held;
        }
        if allows && self.store.disturbed() {
            // It will never be written: not held, but refused.
            self.held.retain(|held| held.request != id);
            self.tell_status();
            return refused(self.unwritten());
        }
        Reply::Done
    }

    /// What is to be said of an answer to a request that is no longer in memory: the log knows how it was decided.
    fn long_over(&self, id: RequestId) -> Reply {
        let decided = self.store.reader().and_then(|reader| reader.decided(id));
        match decided.map(|record| record.map(|record| record.event)) {
            Ok(Some(Event::Decided { decision, .. })) => Reply::Already { decision },
            Ok(_) => refused(format!("request {id} is over, or never was")),
            Err(error) => refused(format!("request {id} can't be looked up: {error}")),
        }
    }

    /// The digest of the request that was asked in the place of another one, and waits.
    fn stands_for(&self, id: RequestId) -> Option<Digest> {
        let (request, step, _) = self.state.session(id.session)?.request_and_step(id.seq)?;
        matches!(request.closed, Some((Closing::Superseded, _))).then_some(())?;
        step.waiting().map(|newer| newer.digest)
    }

    /// Requests whose call the agent has changed since ask anew: nobody is shown what is no longer meant.
    pub(super) fn ask_again(&mut self) {
        for id in std::mem::take(&mut self.changed) {
            if self.state.request(id).is_some_and(Request::waits) {
                self.changed_since(id);
            }
        }
    }

    /// Whether what waits for an answer is no longer what was asked, as far as the agent says.
    pub(super) fn is_other_than_asked(&self, id: RequestId, step: &Step, cwd: &str) -> bool {
        let open = self.agents.get(&id.session).and_then(|driven| driven.open.iter().find(|open| open.seq == id.seq));
        open.is_some_and(|open| digest::rest_of(step, &open.ask.offers, cwd) != open.asked.rest)
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
        let native = open.ask.native.clone();
        if let Some(driven) = self.agents.get_mut(&id.session) {
            driven.open.retain(|open| open.seq != id.seq);
        }
        self.note(id.session, Event::RequestClosed { request: id, how: Closing::Superseded });
        match self.try_commit() {
            Ok(()) => self.ask(id.session, open.ask, None, Some((id, changed))),
            Err(Unwritten::NotNow | Unwritten::Never) => {
                self.stalled.push((id.session, Fact::Ask(open.ask), None));
            }
        }
        // It is asked by what stands in its files now, which may be more than was known of it.
        let anew = self.agents.get(&id.session).and_then(|driven| {
            driven.open.iter().rev().find(|one| one.ask.native == native).map(|one| one.asked.digest)
        });
        Some(anew.unwrap_or(now.digest))
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
        self.asked_is_over(session, native, &Closing::Withdrawn("the agent took it back".to_owned()));
    }

    /// Whether a question of the agent is not over.
    pub(super) fn is_asked(&self, session: SessionId, native: &str) -> bool {
        self.agents.get(&session).is_some_and(|driven| driven.open.iter().any(|open| open.ask.native == native))
    }

    /// A question of the agent is over, this way.
    pub(super) fn asked_is_over(&mut self, session: SessionId, native: &str, how: &Closing) {
        self.unask(session, native);
        let Some(driven) = self.agents.get_mut(&session) else { return };
        let gone: Vec<Seq> = driven.open.iter().filter(|open| open.ask.native == native).map(|open| open.seq).collect();
        driven.open.retain(|open| open.ask.native != native);
        for seq in gone {
            self.note(session, Event::RequestClosed { request: RequestId { session, seq }, how: how.clone() });
        }
    }

    /// Nobody answered in time: the agent is refused, and the record says that it was time and not a human.
    pub(super) fn expire(&mut self, id: RequestId) {
        let Some(request) = self.state.request(id).filter(|request| request.waits()) else { return };
        let offer = first(&request.offers, OfferKind::RejectOnce);
        // A hook tells the model why.
        let reason = hook::is_native(&request.native).then(|| "nobody answered in time".to_owned());
        self.answer(id, &Decision::Deny { offer, reason, interrupt: false });
        self.held.retain(|held| held.request != id);
        self.note(id.session, Event::RequestClosed { request: id, how: Closing::Expired });
        self.commit();
        if let Some(driven) = self.agents.get_mut(&id.session) {
            driven.open.retain(|open| open.seq != id.seq);
        }
    }

    pub(super) fn home(&self) -> String {
        self.setup.places.home.as_ref().map(|home| home.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// Closes every request of a session that is not over.
    pub(super) fn close_requests(&mut self, session: SessionId, how: &Closing) {
        self.commit();
        if let Some(driven) = self.agents.get_mut(&session) {
            driven.open.clear();
        }
        self.drop_held(|request| request.session == session);
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
    let offer = decision.offer()?;
    let Some(offer) = request.offers.iter().find(|other| other.id == offer) else {
        return Some(format!("the agent does not offer {offer:?}"));
    };
    let rejects = matches!(offer.kind, OfferKind::RejectOnce | OfferKind::RejectAlways);
    match (decision.allows(), rejects) {
        (true, true) => Some(format!("{:?} is no allowance", offer.name)),
        // What is not known to refuse could let it run.
        (false, false) => Some(format!("{:?} is no refusal", offer.name)),
        (true, false) | (false, true) => None,
    }
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
        Closing::HookGone => "the process of its hook was gone without an answer".to_owned(),
        Closing::Refused(why) => format!("the agent would not take the answer, {why}"),
        Closing::Superseded => "another one stands in its place".to_owned(),
    }
}

/// A refusal in one sentence.
pub(super) fn refused(why: String) -> Reply {
    Reply::Refused { why }
}
