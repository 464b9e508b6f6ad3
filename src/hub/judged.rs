//! What policy says of a call: as the agent asks for it, and as a human has changed it.

use super::actor::Hub;
use super::lead::lead;
use super::plan::patch_of;
use crate::domain::{
    CallPatch, Carrier, Completeness, Decision, Draft, Event, Outcome, RequestId, RuleRef, SessionId, Verdict,
};
use crate::policy::{CallView, Context, Raised, judge};
use crate::state::Step;
use std::collections::BTreeMap;

impl Hub {
    /// What policy says of a step.
    pub(super) fn judge(&self, session: SessionId, step: &Step, payload: Completeness, raised: Raised) -> Verdict {
        let files = self.aimed(session, step);
        let (view, ctx) = self.seen_by_policy(session, step, &files, payload, raised);
        judge(&self.setup.settings.policy, &view, &ctx)
    }

    /// A step as policy looks at it, and what stands around it.
    pub(super) fn seen_by_policy(
        &self,
        session: SessionId,
        step: &Step,
        files: &[String],
        payload: Completeness,
        raised: Raised,
    ) -> (CallView, Context) {
        let known = self.state.session(session);
        let mut view = CallView::of(&patch_of(step), payload, raised);
        let cwd = known.map_or("", |known| known.cwd.as_str());
        let mut ctx = Context {
            workspace: cwd.to_owned(),
            home: self.home(),
            agent: known.map(|known| known.agent.clone()).unwrap_or_default(),
            mode: known.and_then(|known| known.mode.clone()),
            own: self.setup.places.own(&self.setup.program),
            grants: known
                .map(|k| k.grants.iter().map(|(id, grant)| (*id, grant.clone())).collect())
                .unwrap_or_default(),
            over_budget: self.over_budget(session),
            contested: self.contested(session, files),
            absent: absent(files),
            led: BTreeMap::new(),
            now: super::log::now(),
        };
        lead(&mut view, &mut ctx);
        (view, ctx)
    }

    /// What policy would say of a call that a human has changed, if that were sent now. Nothing is put on record.
    ///
    /// # Errors
    /// It could not be done: one sentence.
    pub(super) fn judged_ahead(&self, id: RequestId, decision: &Decision) -> Result<Verdict, String> {
        match self.planned(id, decision)?.edited {
            Some((patch, _)) => self.judged_as(id, &patch),
            None => Err("it changes nothing of the call".to_owned()),
        }
    }

    /// What policy says of a call with other arguments.
    fn judged_as(&self, id: RequestId, patch: &CallPatch) -> Result<Verdict, String> {
        let known = self.state.session(id.session).and_then(|known| known.request_and_step(id.seq));
        let Some((request, step, _)) = known else { return Err(format!("there is no request {id}")) };
        let mut step = step.clone();
        step.patch(patch, super::log::now());
        Ok(self.judge(id.session, &step, request.payload, Raised::ByAgent))
    }

    /// A human changed what will run: it is judged again, and that goes on record before the decision does.
    pub(super) fn edited(&mut self, id: RequestId, patch: CallPatch, by: Carrier) -> Result<(), String> {
        let verdict = self.judged_as(id, &patch)?;
        let known = self.state.session(id.session).and_then(|known| known.request_and_step(id.seq));
        let Some((request, step, _)) = known else { return Err(format!("there is no request {id}")) };
        let (call, from) = (step.call.clone(), request.lane);
        if verdict.outcome == Outcome::Deny {
            let RuleRef { source, line, text } = verdict.rule;
            let place = line.map(|line| format!(":{line}")).unwrap_or_default();
            return Err(format!("what you made of it is denied by {source}{place}: {text}"));
        }
        let event = Event::CallEdited { request: id, call, edited: Box::new(patch), by, verdict: Box::new(verdict) };
        self.draft(Draft { session: id.session, lane: from, said_at: None, cites: None, event });
        Ok(())
    }
}

/// Those of some files that are not there.
fn absent(files: &[String]) -> Vec<String> {
    let is_absent = |file: &&String| {
        std::fs::symlink_metadata(file).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
    };
    files.iter().filter(is_absent).cloned().collect()
}
