//! What a committed fact implies: a decision taken up, a call that ran although nobody was asked, a call that is no
//! longer the one that was asked about. Of calls that were refused: `refused`.

use super::actor::Hub;
use super::refused::{Doubtful, Shown, tells_of_refusal};
use crate::domain::{
    CallId, CallPatch, CallStatus, Closing, Completeness, Draft, Event, Gate, Impact, LaneId, OutputPart, Record,
    RequestId, SessionId, Text,
};
use crate::policy::Raised;
use crate::state::{Request, Session, Stage, Step};
use crate::worktree::place;
use std::path::Path;

/// What one record shows of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// Only words about it.
    Words,
    /// It has begun.
    Begun,
    /// It gave something out.
    Output,
    /// It ended, by the agent's word.
    Ended,
    /// The turn ended over it.
    Abandoned,
}

/// Whether a call has run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ran {
    /// Not as far as is known.
    NotKnown,
    /// It was asked about and allowed.
    Allowed,
    /// Nobody allowed it.
    Unasked,
    /// It was refused, or its hook was gone before anybody had answered, and it ran all the same.
    Refused,
    /// It was refused, and says that it is done: what it gave back is not known yet.
    Doubtful,
}

impl Hub {
    /// Looks at one record that has just been folded, and drafts what follows from it.
    pub(super) fn witness(&mut self, record: &Record) {
        let (call, sign) = match &record.event {
            Event::Called { call, patch } => (call, sign_of(patch)),
            Event::CallOutput { call, part: OutputPart::Append(text) | OutputPart::Replace(text) } => {
                (call, if text.is_empty() { Sign::Words } else { Sign::Output })
            }
            _ => return,
        };
        let (Some(driven), Some(session)) = (self.agents.get(&record.session), self.state.session(record.session))
        else {
            return;
        };
        let Some(step) = session.step_of(call) else { return };
        let taken = step.requests.iter().find(|r| matches!(r.stage(), Stage::Sent | Stage::Unconfirmed));
        let mut events = Vec::new();
        if let Some(request) = taken.filter(|_| matches!(sign, Sign::Begun | Sign::Output | Sign::Ended)) {
            events.push(Event::TakenUp { request: request.id });
        }
        let ran = match step.request() {
            Some(request) => match (sign, self.shown_of_refused(request, step)) {
                (Sign::Ended, Shown::Ran) => Ran::Refused,
                (Sign::Ended, Shown::Perhaps) => Ran::Doubtful,
                _ => {
                    // What the agent says of its call may be heard before its hook is missed.
                    let hook_waits =
                        request.closed.is_none() && self.hooks.until(record.session, &request.native).is_some();
                    ran_asked(session, (request, hook_waits), step, sign)
                }
            },
            None => ran_unasked(step, sign),
        };
        match ran {
            Ran::Allowed if step.gate != Gate::Asked => {
                events.push(Event::CallGated { call: call.clone(), gate: Gate::Asked });
            }
            Ran::Unasked if step.gate == Gate::Unknown => {
                let gate = gate_of_unasked(session, step, driven.asking_mode.as_deref(), &driven.loosened);
                events.push(Event::CallGated { call: call.clone(), gate: gate.clone() });
                if gate == Gate::Ungated {
                    events.push(self.judge_unasked(record.session, call, step));
                }
            }
            Ran::Refused if step.gate != Gate::Ungated => {
                events.push(Event::CallGated { call: call.clone(), gate: Gate::Ungated });
                events.push(self.judge_unasked(record.session, call, step));
            }
            Ran::Allowed | Ran::Unasked | Ran::Refused | Ran::Doubtful | Ran::NotKnown => {}
        }
        let kept = self.keeps(record, step, sign).then(|| step.clone());
        let patch = match &record.event {
            Event::Called { patch, .. } => Some(patch),
            _ => None,
        };
        if step.request().is_none() && matches!(sign, Sign::Begun | Sign::Ended) && !only_looks(step) {
            let files = self.aimed(record.session, step);
            if files != step.aimed {
                events.push(Event::Aimed { call: call.clone(), files });
            }
        }
        if sign == Sign::Ended {
            events.extend(moved(session, step));
        }
        let another = patch.and_then(|patch| self.runs_another(record.session, step, patch));
        let ended = sign == Sign::Ended && step.status == CallStatus::Done;
        events.extend(another.or_else(|| ended.then(|| self.diverged(record.session, step)).flatten()));
        let waits = step.waiting().map(|request| request.id);
        if let Some(id) = waits.filter(|&id| self.is_other_than_asked(id, step, &session.cwd)) {
            self.changed.push(id);
        }
        if let Some(step) = kept {
            self.keeps_step(record, &step, sign, ran);
        }
        for event in events {
            // Several facts of one batch may imply the same.
            if self.is_pending(record.session, &event) {
                continue;
            }
            if let Event::TakenUp { request } = &event {
                self.confirmed(*request);
            }
            self.draft(Draft { session: record.session, lane: record.lane, said_at: None, cites: None, event });
        }
    }

    /// Whether a checkpoint follows from this word about a step. Most words about one that runs say nothing new of it.
    fn keeps(&self, record: &Record, step: &Step, sign: Sign) -> bool {
        match sign {
            Sign::Begun => step.request().is_none() && !self.checkpoints.runs(record.session, &step.call),
            Sign::Ended | Sign::Abandoned => true,
            Sign::Words | Sign::Output => false,
        }
    }

    /// The workspace is kept after what may have changed it.
    fn keeps_step(&mut self, record: &Record, step: &Step, sign: Sign, ran: Ran) {
        match sign {
            Sign::Begun => self.began_unheld(record.session, step),
            Sign::Ended | Sign::Abandoned => {
                let ran = match ran {
                    Ran::Allowed | Ran::Unasked | Ran::Refused => true,
                    Ran::NotKnown => false,
                    Ran::Doubtful => {
                        let (session, lane, call) = (record.session, record.lane, step.call.clone());
                        let turn = self.state.session(session).and_then(|known| known.turn.as_ref());
                        let in_turn = turn.is_some_and(|turn| !turn.interrupted);
                        return self.doubtful.push(Doubtful { session, lane, call, in_turn });
                    }
                };
                self.ends(record.session, record.lane, step, ran);
            }
            Sign::Words | Sign::Output => {}
        }
    }

    /// A call ran, and the agent had no way to have it held: it is said, with what policy thinks of it.
    pub(super) fn ran_unheld(&mut self, session: SessionId, lane: LaneId, call: &CallId) {
        let Some(step) = self.state.session(session).and_then(|known| known.step_of(call)) else { return };
        let judged = self.judge_unasked(session, call, step);
        for event in [Event::CallGated { call: call.clone(), gate: Gate::Ungated }, judged] {
            self.draft(Draft { session, lane, said_at: None, cites: None, event });
        }
    }

    pub(super) fn judge_unasked(&self, session: SessionId, call: &CallId, step: &Step) -> Event {
        let known = step.args.is_some() || !step.changes.is_empty();
        let payload = if known { Completeness::Whole } else { Completeness::TitleOnly };
        let verdict = self.judge(session, step, payload, Raised::Nobody);
        Event::Judged { request: None, call: call.clone(), verdict: Box::new(verdict) }
    }

    fn confirmed(&mut self, request: RequestId) {
        if let Some(driven) = self.agents.get_mut(&request.session) {
            driven.open.retain(|open| open.seq != request.seq);
        }
    }
}

fn only_looks(step: &Step) -> bool {
    step.impact.is_read_class() && step.changes.is_empty() && step.command.is_none()
}

/// Where a session works, where a command of git has put that on another branch.
fn moved(session: &Session, step: &Step) -> Option<Event> {
    let command = step.command.as_ref().and_then(Text::inline)?;
    if !command.contains("git") {
        return None;
    }
    let (was, now) = (session.place.as_ref()?, place::of(Path::new(&session.cwd), None));
    let other = (&was.root, &was.branch) != (&now.root, &now.branch);
    other.then(|| Event::Placed { place: Box::new(now) })
}

fn sign_of(patch: &CallPatch) -> Sign {
    match patch.status {
        Some(CallStatus::Running) => Sign::Begun,
        Some(CallStatus::Done | CallStatus::Failed) => Sign::Ended,
        Some(CallStatus::Abandoned) => Sign::Abandoned,
        Some(CallStatus::Pending) | None => Sign::Words,
    }
}

/// Whether a call that was asked about ran, and was allowed to; of a request, and whether a hook still waits for its answer.
fn ran_asked(session: &Session, (request, hook_waits): (&Request, bool), step: &Step, sign: Sign) -> Ran {
    if sign == Sign::Words {
        return Ran::NotKnown;
    }
    if let Some(answer) = &request.answered {
        let left = answer.decision.allows() && !step.handed_over() && request.sent.is_some();
        return if left { Ran::Allowed } else { Ran::NotKnown };
    }
    if hook_waits || matches!(request.closed, Some((Closing::HookGone, _))) {
        return ran_let_go(session, step, sign);
    }
    // The agent says that it is done although nobody has answered: it asked, and did not wait. After an interrupt many
    // say so of what they did not do (acp.md, 12).
    let did_not_wait = match &request.closed {
        None => true,
        Some((Closing::Withdrawn(_), _)) => session.turn.is_some_and(|turn| !turn.interrupted),
        Some((
            Closing::Expired | Closing::AgentGone | Closing::Refused(_) | Closing::Superseded | Closing::HookGone,
            _,
        )) => false,
    };
    let done = sign == Sign::Ended && step.status == CallStatus::Done;
    if did_not_wait && done { Ran::Unasked } else { Ran::NotKnown }
}

/// Whether a call ran whose hook was gone before anybody had answered. No mode and no grant of the agent's own covers it:
/// it was to wait. Its turn is interrupted, so that the word *done* alone shows little.
fn ran_let_go(session: &Session, step: &Step, sign: Sign) -> Ran {
    let interrupted = session.turn.is_none_or(|turn| turn.interrupted);
    let gave = step.output.bytes > 0 && !tells_of_refusal(step);
    match sign {
        Sign::Words | Sign::Begun => Ran::NotKnown,
        Sign::Output => {
            if gave {
                Ran::Refused
            } else {
                Ran::NotKnown
            }
        }
        Sign::Ended | Sign::Abandoned if step.exit.is_some() || gave => Ran::Refused,
        Sign::Ended if step.status == CallStatus::Done && !interrupted => Ran::Refused,
        // Its files tell.
        Sign::Ended | Sign::Abandoned => Ran::Doubtful,
    }
}

/// Whether a call that nobody was asked about is known to have run. That it begins, and gives something out, is no sign
/// yet: a question may follow (codex, kimi).
fn ran_unasked(step: &Step, sign: Sign) -> Ran {
    let ran = match sign {
        Sign::Ended => true,
        Sign::Abandoned => step.began.is_some() || step.output.bytes > 0,
        Sign::Words | Sign::Begun | Sign::Output => false,
    };
    if ran { Ran::Unasked } else { Ran::NotKnown }
}

/// How a call came to run that ran although nobody was asked.
fn gate_of_unasked(session: &Session, step: &Step, asking: Option<&str>, loosened: &[(Impact, String)]) -> Gate {
    if step.impact.is_read_class() && step.changes.is_empty() && step.command.is_none() {
        return Gate::ReadClass;
    }
    if let (Some(mode), Some(asking)) = (session.mode.as_deref(), asking)
        && mode != asking
    {
        return Gate::AgentMode(mode.to_owned());
    }
    // What was allowed for edits was not allowed for commands, whatever the agent takes it to mean (acp.md, 21).
    match loosened.iter().rev().find(|(impact, _)| *impact == step.impact) {
        Some((_, why)) => Gate::Granted(why.clone()),
        None => Gate::Ungated,
    }
}
