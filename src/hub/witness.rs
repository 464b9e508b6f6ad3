//! What a committed fact implies: a decision taken up, a call that ran although nobody was asked.

use super::actor::Hub;
use crate::agent::Ask;
use crate::domain::{CallId, CallStatus, Completeness, Draft, Event, Gate, Record, RequestId, SessionId};
use crate::policy::Raised;
use crate::state::{Session, Stage, Step};

impl Hub {
    /// Looks at one record that has just been folded, and drafts what follows from it.
    pub(super) fn witness(&mut self, record: &Record) {
        let (call, ran) = match &record.event {
            Event::Called { call, patch } => (call, patch.status.is_some_and(CallStatus::is_final)),
            Event::CallOutput { call, .. } => (call, true),
            _ => return,
        };
        if !self.agents.contains_key(&record.session) {
            return;
        }
        let Some(session) = self.state.session(record.session) else { return };
        let Some(step) = session.step_of(call) else { return };
        let sign = ran || step.status == CallStatus::Running;
        let taken = step.requests.iter().find(|r| matches!(r.stage(), Stage::Sent | Stage::Unconfirmed));
        let drafts = match (taken, step.gate.clone()) {
            (Some(request), _) if sign => {
                let request = request.id;
                vec![Event::TakenUp { request }]
            }
            (None, Gate::Unknown) if ran && step.status != CallStatus::Abandoned => {
                let gate = gate_of(session, step, self.asking_mode(session));
                let mut events = vec![Event::CallGated { call: call.clone(), gate: gate.clone() }];
                if gate == Gate::Ungated {
                    events.push(self.judge_unasked(record.session, call, step));
                }
                events
            }
            _ => Vec::new(),
        };
        if let Some(Event::TakenUp { request }) = drafts.first() {
            self.confirmed(*request);
        }
        for event in drafts {
            // Several facts of one batch may imply the same.
            if self.is_pending(record.session, &event) {
                continue;
            }
            self.draft(Draft { session: record.session, lane: record.lane, said_at: None, cites: None, event });
        }
    }

    fn judge_unasked(&self, session: SessionId, call: &CallId, step: &Step) -> Event {
        let ask = Ask {
            lane: crate::domain::LaneId::ROOT,
            call: call.clone(),
            native: String::new(),
            offers: Vec::new(),
            payload: Completeness::Whole,
        };
        let verdict = self.judge(session, step, &ask, Raised::Nobody);
        Event::Judged { request: None, call: call.clone(), verdict: Box::new(verdict) }
    }

    fn confirmed(&mut self, request: RequestId) {
        if let Some(driven) = self.agents.get_mut(&request.session) {
            driven.open.retain(|open| open.seq != request.seq);
        }
    }

    /// The mode in which this agent asks, by its preset.
    fn asking_mode(&self, session: &Session) -> Option<String> {
        self.agents.get(&session.id).and_then(|driven| driven.asking_mode.clone())
    }
}

/// How a call came to run that is known to have run.
fn gate_of(session: &Session, step: &Step, asking: Option<String>) -> Gate {
    if step.request().is_some() {
        return Gate::Asked;
    }
    let looks = step.impact.is_read_class() && step.changes.is_empty() && step.command.is_none();
    if looks {
        return Gate::ReadClass;
    }
    if let Some(why) = session.loosened.last() {
        return Gate::Granted(why.clone());
    }
    match &session.mode {
        Some(mode) if asking.as_ref().is_some_and(|asking| asking != mode) => Gate::AgentMode(mode.clone()),
        _ => Gate::Ungated,
    }
}
