//! Which steps are between their checkpoints now, in which workspace, and which of them at the same time.

use super::{Job, Place, Wait};
use crate::domain::{Beside, CallId, Checkpoint, CheckpointId, Draft, Event, Impact, LaneId, Moment, SessionId};
use crate::hub::actor::Hub;
use crate::hub::checkpoints::keeper::Snap;
use crate::hub::refused;
use crate::state::Step;

/// A step between its checkpoints.
#[derive(Debug)]
pub(super) struct Running {
    session: SessionId,
    call: CallId,
    before: Option<CheckpointId>,
    beside: Vec<Beside>,
    /// It was held until its checkpoint was taken.
    held: bool,
    /// The checkpoint after it is being taken.
    ending: bool,
}

/// True where a step is more than looking, or talking with its human.
pub(in crate::hub) fn may_change(step: &Step) -> bool {
    let talks = step.impact == Impact::Other && step.requests.iter().any(|request| !request.how.topic.is_call());
    let says_so = !step.impact.is_read_class() && !talks;
    says_so || !step.changes.is_empty() || step.command.is_some()
}

impl Running {
    pub(super) fn before(&self) -> Option<CheckpointId> {
        self.before.clone()
    }
}

impl Place {
    fn find(&mut self, session: SessionId, call: &CallId) -> Option<&mut Running> {
        self.running.iter_mut().find(|running| running.session == session && running.call == *call)
    }

    pub(super) fn runs(&self, session: SessionId, call: &CallId) -> bool {
        self.running.iter().any(|running| running.session == session && running.call == *call)
    }

    fn begin(&mut self, session: SessionId, call: &CallId, before: Option<CheckpointId>, held: bool) {
        self.running.retain(|running| running.session != session || running.call != *call);
        let me = Beside { session, call: call.clone() };
        let beside = self.running.iter().map(|other| Beside { session: other.session, call: other.call.clone() });
        let beside = beside.collect();
        for other in self.running.iter_mut().filter(|other| !other.beside.contains(&me)) {
            other.beside.push(me.clone());
        }
        self.running.push(Running { session, call: call.clone(), before, beside, held, ending: false });
    }
}

impl Hub {
    /// A step that was held until now is let run: what the workspace is before it. To be committed with its decision.
    pub(in crate::hub) fn begins(
        &mut self,
        session: SessionId,
        lane: LaneId,
        step: &Step,
        snapped: &Result<Snap, String>,
    ) {
        let mut checkpoint = match snapped {
            Ok(snap) => snap.checkpoint(Moment::Before, Some(step.call.clone())),
            Err(why) => {
                let mut none = Checkpoint::of(Moment::Before, Some(step.call.clone()));
                none.why = Some(why.clone());
                none
            }
        };
        self.numbered(session, step, &mut checkpoint);
        let before = checkpoint.id.clone();
        if let Some(place) = self.place(session) {
            place.begin(session, &step.call, before, true);
        }
        let event = Event::Checkpointed { checkpoint: Box::new(checkpoint) };
        self.draft(Draft { session, lane, said_at: None, cites: None, event });
    }

    /// taut does a step itself, in place of the agent's: it begins where that one would have.
    pub(in crate::hub) fn own_begins(&mut self, session: SessionId, instead_of: &CallId, call: &CallId) {
        self.commit();
        let Some(step) = self.state.session(session).and_then(|known| known.step_of(call)).cloned() else { return };
        let Some(place) = self.place(session) else { return };
        let before = place.find(session, instead_of).and_then(|running| running.before.clone());
        place.running.retain(|running| running.session != session || running.call != *instead_of);
        place.begin(session, call, before.clone(), true);
        let mut checkpoint = Checkpoint::of(Moment::Before, Some(call.clone()));
        checkpoint.id = before;
        self.numbered(session, &step, &mut checkpoint);
        self.note(session, Event::Checkpointed { checkpoint: Box::new(checkpoint) });
    }

    /// A step that nobody held begins, by the agent's word.
    pub(in crate::hub) fn began_unheld(&mut self, session: SessionId, step: &Step) {
        if !may_change(step) || step.worked.is_some() {
            return;
        }
        let Some(place) = self.place(session) else { return };
        if place.find(session, &step.call).is_none() {
            let before = place.last.clone();
            place.begin(session, &step.call, before, false);
        }
    }

    /// A step has ended: what the workspace is after it is found out.
    pub(in crate::hub) fn ends(&mut self, session: SessionId, lane: LaneId, step: &Step, ran: bool) {
        if !may_change(step) {
            return;
        }
        let Some(place) = self.place(session) else { return };
        if place.find(session, &step.call).is_none() {
            if !ran || step.worked.is_some() {
                return;
            }
            let before = place.last.clone();
            place.begin(session, &step.call, before, false);
        }
        let Some(running) = place.find(session, &step.call).filter(|running| !running.ending) else { return };
        if !running.held && !ran {
            let call = step.call.clone();
            return self.over_now(session, Some(&call));
        }
        running.ending = true;
        let (before, held) = (running.before.clone(), running.held);
        if !held {
            let mut checkpoint = Checkpoint::of(Moment::LastKnown, Some(step.call.clone()));
            if before.is_none() {
                checkpoint.why = Some("it ran unasked before the workspace was first read".to_owned());
            }
            checkpoint.id.clone_from(&before);
            self.numbered(session, step, &mut checkpoint);
            let event = Event::Checkpointed { checkpoint: Box::new(checkpoint) };
            self.draft(Draft { session, lane, said_at: None, cites: None, event });
        }
        let mut after = Checkpoint::of(Moment::After, Some(step.call.clone()));
        after.base.clone_from(&before);
        self.numbered(session, step, &mut after);
        let named = self.named(session, step);
        let ticket = self.checkpoints.ticket(Wait::After(session, lane, Box::new(after)));
        if let Some(place) = self.place(session) {
            place.tell(Job::Take { ticket: Some(ticket), base: before, named });
        }
    }

    /// A call that was refused says that it is done: whether its files say so too is found out.
    pub(in crate::hub) fn suspects(&mut self, session: SessionId, lane: LaneId, step: &Step) {
        let Some(place) = self.place(session) else { return };
        // What differs while others run may be theirs.
        let Some(base) = place.last.clone().filter(|_| place.running.is_empty()) else { return };
        place.begin(session, &step.call, Some(base.clone()), false);
        if let Some(running) = place.find(session, &step.call) {
            running.ending = true;
        }
        let named = self.named(session, step);
        let ticket = self.checkpoints.ticket(Wait::Suspect(session, lane, Box::new(step.clone())));
        if let Some(place) = self.place(session) {
            place.tell(Job::Take { ticket: Some(ticket), base: Some(base), named });
        }
    }

    /// What the files say of a call that was refused: it ran, or somebody else changed them.
    pub(super) fn suspected(&mut self, (session, lane): (SessionId, LaneId), step: &Step, snap: Option<Snap>) {
        let beside = self.beside(session, &step.call);
        self.over_now(session, Some(&step.call));
        let root = self.checkpoints.homes.get(&session).and_then(Clone::clone);
        let (Some(snap), Some(root)) = (snap, root) else { return };
        let differ = &snap.since_base;
        let told = |event| Draft { session, lane, said_at: None, cites: None, event };
        let differs = differ.effects.iter().map(|effect| effect.path.as_str());
        if !beside.is_empty() || !refused::hits_its_aim(step, &root, differs) {
            if beside.is_empty() && !differ.effects.is_empty() {
                let mut outside = snap.checkpoint(Moment::Outside, None);
                (outside.base, outside.effects, outside.more) =
                    (snap.base.clone(), differ.effects.clone(), differ.more);
                self.draft(told(Event::Checkpointed { checkpoint: Box::new(outside) }));
            }
            return;
        }
        let mut before = Checkpoint::of(Moment::LastKnown, Some(step.call.clone()));
        before.id.clone_from(&snap.base);
        let mut after = snap.checkpoint(Moment::After, Some(step.call.clone()));
        (after.base, after.effects, after.more) = (snap.base.clone(), differ.effects.clone(), differ.more);
        for mut checkpoint in [before, after] {
            self.numbered(session, step, &mut checkpoint);
            self.draft(told(Event::Checkpointed { checkpoint: Box::new(checkpoint) }));
        }
        self.ran_refused(session, lane, step);
    }

    /// A step is no longer running; what ran beside it is known now.
    pub(super) fn over_now(&mut self, session: SessionId, call: Option<&CallId>) {
        if let Some(place) = self.place(session) {
            place
                .running
                .retain(|running| running.session != session || call.is_some_and(|call| running.call != *call));
        }
    }

    /// What ran at the same time as a step, in the same workspace.
    pub(super) fn beside(&mut self, session: SessionId, call: &CallId) -> Vec<Beside> {
        let found = self.place(session).and_then(|place| place.find(session, call));
        found.map(|running| running.beside.clone()).unwrap_or_default()
    }

    /// Steps of a session that is over run no longer.
    pub(in crate::hub) fn nothing_runs(&mut self, session: SessionId) {
        let waits = |call: &CallId, hub: &Self| {
            hub.checkpoints.waits.values().any(|wait| match wait {
                Wait::After(of, _, after) => *of == session && after.call.as_ref() == Some(call),
                Wait::Suspect(of, _, step) => *of == session && step.call == *call,
                Wait::Decision(..) | Wait::Question(..) | Wait::Undo(_) => false,
            })
        };
        let calls: Vec<CallId> = match self.place(session) {
            Some(place) => place.running.iter().filter(|it| it.session == session).map(|it| it.call.clone()).collect(),
            None => return,
        };
        for call in calls.iter().filter(|call| !waits(call, self)).cloned().collect::<Vec<_>>() {
            self.over_now(session, Some(&call));
        }
    }

    /// An agent is gone: where it was the last in its workspace, nothing of that is held any longer.
    pub(in crate::hub) fn rests(&self, session: SessionId) {
        let homes = &self.checkpoints.homes;
        let Some(path) = homes.get(&session).and_then(Option::as_ref) else { return };
        let works = |other: &SessionId| homes.get(other).and_then(Option::as_ref) == Some(path);
        if let Some(place) = self.checkpoints.places.get(path).filter(|_| !self.agents.keys().any(works)) {
            // It comes after what the keeper has still to do. One that is gone holds nothing.
            drop(place.jobs.send(Job::Rest));
        }
    }

    /// A step that runs now in the workspace of a session.
    pub(super) fn runs_now(&mut self, session: SessionId) -> Option<(SessionId, CallId)> {
        self.place(session)?.running.first().map(|running| (running.session, running.call.clone()))
    }

    /// An undo is a step like any other.
    pub(super) fn begin_undo(&mut self, session: SessionId, call: &CallId, before: CheckpointId) {
        if let Some(place) = self.place(session) {
            place.begin(session, call, Some(before), true);
        }
    }

    pub(super) fn numbered(&self, session: SessionId, step: &Step, checkpoint: &mut Checkpoint) {
        checkpoint.step = step.number;
        checkpoint.turn = self.state.session(session).map(|known| known.turns).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Asking, Digest, RequestId, Seen, Seq, Text, Topic};
    use serde_json::json;

    /// A call of which nothing is known, and a request about it.
    fn asked(topic: Topic) -> Step {
        let how = Asking { topic, ..Asking::default() };
        let id = RequestId { session: SessionId(7), seq: Seq(3) };
        let request = json!({"id": id, "lane": LaneId::ROOT, "native": "1", "offers": [], "digest": Digest::default(),
            "payload": "whole", "asked": 1, "deadline": null, "instead_of": null, "changed": [], "how": how,
            "seen": Seen::default()});
        let request = serde_json::from_value(request).unwrap();
        Step { impact: Impact::Other, requests: vec![request], ..Step::default() }
    }

    #[test]
    fn a_question_to_the_human_changes_no_files() {
        assert!(may_change(&asked(Topic::Call)), "what it does is not known");
        let plan = || asked(Topic::Plan(Text::from("1. Mend it")));
        assert!(!may_change(&plan()));
        for more in [Step { command: Some(Text::from("make")), ..plan() }, Step { impact: Impact::Edit, ..plan() }] {
            assert!(may_change(&more), "{more:?}");
        }
    }
}
