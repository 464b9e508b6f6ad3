//! The fold: one arm a fact. Total: every record is accepted in every state, in any order.

use super::reach::Home;
use super::timeline::MESSAGE;
use super::{Answered, Edited, Entry, Life, Parts, Pin, Queued, Request, Session, Step, Turn, What};
use crate::domain::{
    At, By, CallId, CallStatus, Event, Gate, GrantId, LaneId, Notice, OutputPart, Record, RequestId, Speaker, Text,
    TurnNo, Workplace,
};

impl Session {
    /// Folds one record of this session.
    pub fn apply(&mut self, record: &Record) {
        (self.seq, self.at) = (self.seq.max(record.seq), self.at.max(record.at));
        if let Some(lane) = self.lanes.get_mut(&record.lane) {
            lane.until = lane.until.max(record.at);
        }
        match &record.event {
            Event::SessionStarted { .. }
            | Event::Placed { .. }
            | Event::Renamed { .. }
            | Event::Starting { .. }
            | Event::Connected { .. }
            | Event::LoginNeeded { .. }
            | Event::SourceAttached { .. }
            | Event::Opened
            | Event::ModesOffered { .. }
            | Event::ModeChanged { .. }
            | Event::OptionsOffered { .. }
            | Event::CommandsOffered { .. }
            | Event::Titled { .. }
            | Event::Ended { .. }
            | Event::Noticed
            | Event::Archived { .. }
            | Event::Pinned { .. }
            | Event::Deleted { .. } => self.apply_life(record),
            Event::PromptQueued { .. }
            | Event::PromptSent { .. }
            | Event::TurnBegan { .. }
            | Event::PromptDropped { .. }
            | Event::InterruptAsked { .. }
            | Event::TurnEnded { .. } => self.apply_turn(record),
            Event::TurnMarked { .. } | Event::Rewound { .. } | Event::Forked { .. } | Event::ContextTold { .. } => {
                self.apply_way(record);
            }
            Event::LaneOpened { .. }
            | Event::LaneEnded { .. }
            | Event::Said { .. }
            | Event::Attached { .. }
            | Event::Planned { .. }
            | Event::Called { .. }
            | Event::Aimed { .. }
            | Event::CallOutput { .. }
            | Event::CallGated { .. }
            | Event::Used { .. }
            | Event::Compacted { .. }
            | Event::Noted { .. }
            | Event::Unrecognised { .. }
            | Event::Unknown(_) => self.apply_work(record),
            Event::Asked { .. }
            | Event::Judged { .. }
            | Event::Shown { .. }
            | Event::Decided { .. }
            | Event::CallEdited { .. }
            | Event::Diverged { .. }
            | Event::Sent { .. }
            | Event::TakenUp { .. }
            | Event::Unconfirmed { .. }
            | Event::RequestClosed { .. }
            | Event::Granted { .. }
            | Event::Revoked { .. }
            | Event::Loosened { .. } => self.apply_request(record),
            Event::Checkpointed { checkpoint } => self.checkpointed(record, checkpoint),
            Event::Undone { call, steps, files, left, by: _ } => self.undone(record, call, (steps, files), left),
            // The hub's own: not about a session.
            Event::TokenMade { .. }
            | Event::TokenUsed { .. }
            | Event::TokenRevoked { .. }
            | Event::RulesChanged { .. }
            | Event::SettingsAccepted { .. } => {}
        }
    }

    fn live(&mut self, life: Life, at: At) {
        if self.is_live() || self.life == Life::Unknown {
            (self.life, self.life_since) = (life, at);
        }
    }

    fn apply_life(&mut self, record: &Record) {
        let at = record.at;
        match &record.event {
            Event::SessionStarted { name, agent, driver, cwd, command, env: _ } => {
                self.name.clone_from(name);
                self.agent.clone_from(agent);
                self.driver.clone_from(driver);
                self.cwd.clone_from(cwd);
                self.command.clone_from(command);
                (self.started, self.heard) = (at, at);
                (self.life, self.life_since) = (Life::Starting("start the agent".to_owned()), at);
            }
            Event::Placed { place } => {
                // What a command leaves behind is still the work tree that was made for it.
                let worktree = self.place.take().and_then(|place| place.worktree);
                self.place = Some(Workplace { worktree: place.worktree.clone().or(worktree), ..(**place).clone() });
            }
            Event::Renamed { name } => self.name.clone_from(name),
            Event::Starting { doing } => {
                // The age of a start counts from its beginning, not from its newest part.
                let since = if matches!(self.life, Life::Starting(_)) { self.life_since } else { at };
                self.live(Life::Starting(doing.clone()), since);
            }
            Event::Connected { face, can, login: _ } => (self.face, self.can) = (face.clone(), can.clone()),
            Event::LoginNeeded { said, ways } => {
                self.live(Life::LoginNeeded { said: said.clone(), ways: ways.clone() }, at);
            }
            Event::SourceAttached { source } if !self.sources.contains(source) => self.sources.push(source.clone()),
            Event::Opened => {
                self.live(Life::Open, at);
                self.heard = at;
            }
            Event::ModesOffered { modes, current } => {
                self.modes.clone_from(modes);
                if current.is_some() {
                    self.mode.clone_from(current);
                }
            }
            Event::ModeChanged { mode, by: _ } if self.mode.as_ref() != Some(mode) => {
                self.mode = Some(mode.clone());
                self.add(record, What::Mode { mode: mode.clone() });
            }
            Event::OptionsOffered { options } => self.options.clone_from(options),
            Event::CommandsOffered { commands } => self.commands.clone_from(commands),
            Event::Titled { title } => self.title = Some(title.clone()),
            Event::Ended { cause, last_words, survivors } => {
                (self.life, self.life_since) = (Life::Ended { cause: cause.clone(), at }, at);
                self.last_words.clone_from(last_words);
                self.survivors.clone_from(survivors);
                (self.turn, self.noticed) = (None, false);
                self.close_messages(record);
                let (cause, last_words) = (cause.clone(), last_words.clone());
                self.add(record, What::Ended { cause, last_words, survivors: survivors.clone() });
            }
            Event::Noticed => self.noticed = true,
            Event::Archived { archived } => self.archived = *archived,
            Event::Pinned { pinned } => self.pin = if *pinned { Pin::Pinned } else { Pin::Loose },
            Event::Deleted { .. } => (self.archived, self.deleted) = (true, true),
            _ => {}
        }
    }

    fn apply_turn(&mut self, record: &Record) {
        match &record.event {
            Event::PromptQueued { prompt, text, by } => {
                self.prompts = self.prompts.max(*prompt);
                self.queue.push(Queued { prompt: *prompt, text: text.clone(), by: by.clone() });
            }
            Event::PromptSent { prompt, text, turn, steer, by } => {
                self.prompts = self.prompts.max(*prompt);
                self.queue.retain(|queued| queued.prompt != *prompt);
                if !steer {
                    self.turn_began(*turn, record.at);
                    self.way.begins(*turn);
                    self.overspent = None;
                    self.told.prompted(record.pos);
                }
                self.noticed = false;
                self.prompted.push((*prompt, *turn), self.timeline.next, record.at, text);
                let what = What::Prompt { prompt: *prompt, text: text.clone(), steer: *steer, by: by.clone() };
                self.add(record, what);
            }
            Event::TurnBegan { turn, why } => {
                self.turn_began(*turn, record.at);
                self.way.begins(*turn);
                self.add(record, What::Noted { level: Notice::Info, text: why.clone() });
            }
            Event::PromptDropped { prompt } => self.queue.retain(|queued| queued.prompt != *prompt),
            Event::InterruptAsked { by } => {
                if let Some(turn) = &mut self.turn {
                    turn.interrupted = true;
                    // Nothing but money lets the hub do that by itself.
                    if let By::Hub(why) = by {
                        self.overspent = Some(why.clone());
                    }
                }
            }
            Event::TurnEnded { turn, stop, tokens } => {
                let since = self.turn.map_or(record.at, |turn| turn.since);
                self.turn = None;
                self.stopped = Some((stop.clone(), record.at));
                self.noticed = false;
                self.meter.turn_ended(*turn, tokens.as_ref());
                self.close_messages(record);
                let (stop, cost) = (stop.clone(), self.meter.turn_cost());
                self.add(record, What::TurnEnd { turn: *turn, stop, tokens: *tokens, since, cost });
            }
            _ => {}
        }
    }

    fn turn_began(&mut self, turn: TurnNo, at: At) {
        // A conversation that was loaded has said something before its first prompt here.
        self.meter.turn_began(self.turns == TurnNo(0) && self.timeline.next == 0);
        self.recent.turn_began();
        self.reach.turn_began(turn);
        self.turns = self.turns.max(turn);
        self.turn = Some(Turn { no: turn, since: at, interrupted: false });
        self.stopped = None;
        self.heard = at;
    }

    fn apply_work(&mut self, record: &Record) {
        self.heard = record.at;
        match &record.event {
            Event::LaneOpened { opened, native: _, name, call } => {
                let lane = self.lanes.entry(*opened).or_default();
                (lane.parent, lane.call) = (record.lane, call.clone());
                (lane.since, lane.until) = (record.at, record.at);
                name.inline().unwrap_or("subagent").clone_into(&mut lane.name);
                self.add(record, What::Lane { opened: *opened, name: name.clone() });
            }
            Event::LaneEnded { ended } => self.lanes.entry(*ended).or_default().ended = true,
            Event::Said { who, message, text } => self.said(record, *who, message.as_deref(), text),
            Event::Attached { who, what } => self.add(record, What::Attached { who: *who, what: what.clone() }),
            Event::Planned { items } => {
                self.plan.clone_from(items);
                let turn = self.turns;
                let last = self.timeline.newest(|entry| entry.turn == turn && matches!(entry.what, What::Plan { .. }));
                let change = |entry: &mut Entry| entry.what = What::Plan { items: items.clone() };
                if last.and_then(|no| self.timeline.change(no, record.seq, record.at, change)).is_none() {
                    self.add(record, What::Plan { items: items.clone() });
                }
            }
            Event::Called { call, patch } => {
                let failed = patch.status == Some(CallStatus::Failed);
                let was = self.step_of(call).map(|step| step.status);
                self.failed_steps += u32::from(failed && was != Some(CallStatus::Failed));
                let recent = &mut std::mem::take(&mut self.recent);
                self.with_step(record, call, |step| {
                    step.patch(patch, record.at);
                    recent.called(step, patch, record.lane, record.at);
                });
                self.recent = std::mem::take(recent);
            }
            // Said about a call that is settled, it changes nothing there, and is no call of its own.
            Event::Aimed { call, files } if self.timeline.of_call(call).is_some() => {
                self.with_step(record, call, |step| step.aimed.clone_from(files));
            }
            Event::CallOutput { call, part } => self.with_step(record, call, |step| match part {
                OutputPart::Append(text) => step.output.push(text),
                OutputPart::Replace(text) => step.output.replace(text),
            }),
            Event::CallGated { call, gate } => {
                // A later fact corrects an earlier one.
                let was = self.step_of(call).is_some_and(|step| step.gate == Gate::Ungated);
                let is = *gate == Gate::Ungated;
                self.ungated = (self.ungated + u32::from(is)).saturating_sub(u32::from(was));
                // Said about a call that is settled, it changes nothing there, and is no call of its own.
                if self.timeline.of_call(call).is_some() {
                    self.with_step(record, call, |step| step.gate = gate.clone());
                }
            }
            Event::Used { usage } => {
                if record.lane == LaneId::ROOT {
                    if let Some(cost) = self.meter.report(usage) {
                        self.recent.spent(cost, record.at);
                    }
                } else {
                    self.lanes.entry(record.lane).or_default().meter.report(usage);
                }
            }
            Event::Compacted { before, after } => {
                if record.lane == LaneId::ROOT {
                    self.meter.compacted(*before, *after);
                } else {
                    self.lanes.entry(record.lane).or_default().meter.compacted(*before, *after);
                }
                self.add(record, What::Compacted { before: *before, after: *after });
            }
            Event::Noted { level, text } => self.add(record, What::Noted { level: *level, text: text.clone() }),
            Event::Unrecognised { what, raw } => {
                self.unrecognised += 1;
                self.add(record, What::Unrecognised { what: what.clone(), raw: raw.clone() });
            }
            Event::Unknown(unknown) => {
                let (what, raw) = (unknown.kind.clone(), Text::Inline(unknown.body.clone()));
                self.add(record, What::Unrecognised { what, raw });
            }
            _ => {}
        }
    }

    fn apply_request(&mut self, record: &Record) {
        let at = record.at;
        match &record.event {
            Event::Asked { call, native, offers, digest, payload, deadline, instead_of, changed, how } => {
                self.asked += 1;
                let request = Request {
                    id: self.request_id(record.seq),
                    lane: record.lane,
                    native: native.clone(),
                    offers: offers.clone(),
                    digest: *digest,
                    payload: *payload,
                    asked: at,
                    deadline: *deadline,
                    instead_of: *instead_of,
                    changed: changed.clone(),
                    how: how.clone(),
                    verdict: None,
                    shown: None,
                    seen: crate::domain::Seen::default(),
                    answered: None,
                    sent: None,
                    taken_up: None,
                    unconfirmed: None,
                    closed: None,
                };
                self.with_step(record, call, |step| step.ask(request));
                if let Some(no) = self.timeline.of_call(call) {
                    self.open.insert(record.seq, no);
                }
            }
            Event::Judged { request: Some(id), call: _, verdict } => {
                self.ledger.used(verdict, at);
                self.with_request(record, *id, |request| request.verdict = Some((**verdict).clone()));
            }
            Event::Judged { request: None, call, verdict } => {
                self.ledger.used(verdict, at);
                if self.timeline.of_call(call).is_some() {
                    self.with_step(record, call, |step| step.verdict = Some((**verdict).clone()));
                }
            }
            Event::Shown { request, digest: _, seen } => self.with_request(record, *request, |request| {
                request.shown = request.shown.or(Some(at));
                request.seen.lines = request.seen.lines.max(seen.lines);
                request.seen.of = seen.of;
                request.seen.end |= seen.end;
            }),
            Event::Decided { request, digest: _, decision, by, overridden } => {
                let answered = Answered { decision: decision.clone(), by: by.clone(), at, overridden: *overridden };
                let mut is_first = false;
                self.with_request(record, *request, |request| is_first = request.answer(answered));
                self.by_rule += u32::from(is_first && *by == By::Rule);
            }
            Event::CallEdited { request, call, edited, by, verdict } if self.timeline.of_call(call).is_some() => {
                let edited =
                    Edited { request: *request, patch: (**edited).clone(), by: *by, verdict: (**verdict).clone() };
                self.with_step(record, call, |step| step.edited = Some(edited));
            }
            Event::Diverged { call, how } if self.timeline.of_call(call).is_some() => {
                self.with_step(record, call, |step| step.diverged = Some(how.clone()));
            }
            Event::Sent { request } => self.with_request(record, *request, |r| r.sent = r.sent.or(Some(at))),
            Event::TakenUp { request } => {
                self.heard = at;
                self.with_request(record, *request, |r| r.taken_up = r.taken_up.or(Some(at)));
            }
            Event::Unconfirmed { request } => {
                self.with_request(record, *request, |r| r.unconfirmed = r.unconfirmed.or(Some(at)));
            }
            Event::RequestClosed { request, how } => self.with_request(record, *request, |request| {
                request.closed = request.closed.take().or(Some((how.clone(), at)));
            }),
            Event::Granted { grant } => {
                let id = GrantId { session: self.id, seq: record.seq };
                let origin = grant.origin.and_then(|origin| self.request(origin.seq));
                let by = origin.and_then(|request| request.answered.as_ref()).map(|answered| answered.by.clone());
                self.grants.insert(id, (**grant).clone());
                self.ledger.given(id, (**grant).clone(), by, at);
            }
            Event::Revoked { grant, by } => {
                self.grants.remove(grant);
                self.ledger.revoked(*grant, by.clone(), at);
            }
            Event::Loosened { why } => {
                if !self.loosened.contains(why) {
                    self.loosened.push(why.clone());
                }
                self.add(record, What::Loosened { why: why.clone() });
            }
            _ => {}
        }
    }

    /// Adds an entry; a message of the same lane does not go on after it.
    pub(super) fn add(&mut self, record: &Record, what: What) {
        if let Some(no) = self.timeline.last_in(record.lane).filter(|entry| entry.is_open()).map(|entry| entry.no) {
            self.timeline.change(no, record.seq, record.at, close_message);
        }
        let no = self.timeline.next;
        let lane = self.lanes.entry(record.lane).or_default();
        lane.entries += 1;
        lane.span = Some(lane.span.map_or((no, no), |(first, _)| (first, no)));
        self.timeline.push(Entry {
            no: 0,
            seq: record.seq,
            changed: record.seq,
            at: record.at,
            until: record.at,
            lane: record.lane,
            turn: self.turns,
            what,
        });
    }

    fn said(&mut self, record: &Record, who: Speaker, message: Option<&str>, text: &Text) {
        if text.is_empty() {
            return;
        }
        let goes_on = self.timeline.last_in(record.lane).and_then(|entry| match &entry.what {
            What::Said { who: last, message: id, text, open: true }
                if *last == who && id.as_deref() == message && text.bytes < MESSAGE =>
            {
                Some(entry.no)
            }
            _ => None,
        });
        if let Some(no) = goes_on {
            self.timeline.change(no, record.seq, record.at, |entry| {
                if let What::Said { text: parts, .. } = &mut entry.what {
                    parts.push(text);
                }
            });
            return;
        }
        let mut parts = Parts::default();
        parts.push(text);
        self.add(record, What::Said { who, message: message.map(str::to_owned), text: parts, open: true });
    }

    /// Changes the step of a call; a call that was never seen, or is long settled, begins a new one.
    pub(super) fn with_step(&mut self, record: &Record, call: &CallId, f: impl FnOnce(&mut Step)) {
        if self.timeline.of_call(call).is_none() {
            self.steps += 1;
            if record.lane != LaneId::ROOT {
                self.lanes.entry(record.lane).or_default().steps += 1;
            }
            let step = Step { call: call.clone(), number: self.steps, ..Step::default() };
            self.add(record, What::Step(Box::new(step)));
        }
        if let Some(no) = self.timeline.of_call(call) {
            let (reach, home) = (&mut self.reach, Home::of(self.id, &self.cwd, self.place.as_ref()));
            self.timeline.change(no, record.seq, record.at, |entry| {
                let turn = entry.turn;
                if let What::Step(step) = &mut entry.what {
                    f(step);
                    if !matches!(record.event, Event::CallOutput { .. }) {
                        reach.note(step, turn, &home);
                    }
                }
            });
        }
    }

    fn with_request(&mut self, record: &Record, id: RequestId, f: impl FnOnce(&mut Request)) {
        let Some(&no) = self.open.get(&id.seq).filter(|_| id.session == self.id) else { return };
        let (reach, home) = (&mut self.reach, Home::of(self.id, &self.cwd, self.place.as_ref()));
        let over = self.timeline.change(no, record.seq, record.at, |entry| {
            let turn = entry.turn;
            let What::Step(step) = &mut entry.what else { return true };
            let Some(request) = step.requests.iter_mut().find(|request| request.id == id) else { return true };
            f(request);
            let is_over = request.is_over();
            if !matches!(record.event, Event::Shown { .. } | Event::Sent { .. }) {
                reach.note(step, turn, &home);
            }
            is_over
        });
        if over.unwrap_or(true) {
            self.open.remove(&id.seq);
        }
    }

    /// No message goes on after this.
    fn close_messages(&mut self, record: &Record) {
        let open: Vec<u64> = self
            .lanes
            .keys()
            .filter_map(|&lane| self.timeline.last_in(lane))
            .filter(|entry| matches!(entry.what, What::Said { open: true, .. }))
            .map(|entry| entry.no)
            .collect();
        for no in open {
            self.timeline.change(no, record.seq, record.at, close_message);
        }
    }
}

fn close_message(entry: &mut Entry) {
    if let What::Said { open, .. } = &mut entry.what {
        *open = false;
    }
}
