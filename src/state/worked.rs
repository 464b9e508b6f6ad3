//! What a step did to the workspace, as its checkpoints say, and whether it was taken back.

use super::{Entry, Session, What};
use crate::domain::{Beside, CallId, Checkpoint, CheckpointId, Effect, Left, Moment, Notice, Record};
use serde::{Deserialize, Serialize};

/// Files of one step that are kept here; the log has the others.
const EFFECTS: usize = 64;
/// Steps of a session that were taken back and are remembered.
const UNDONE: usize = 4096;

/// What stands between the two checkpoints of a step.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Worked {
    /// The workspace before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<CheckpointId>,
    /// That one was the last known: it was not taken for this step.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub last_known: bool,
    /// The workspace after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<CheckpointId>,
    /// What differs; the first of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<Effect>,
    /// How many more differ.
    pub more: u32,
    /// What ran at the same time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<Beside>,
    /// Files that the checkpoints do not cover.
    pub uncovered: u32,
    /// Why a checkpoint is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The step that took this one back, while that stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undone: Option<CallId>,
    /// The steps that this one took back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub undoes: Vec<CallId>,
    /// Files that it did not take back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<Left>,
}

impl Worked {
    /// Files that it changed, all of them.
    #[must_use]
    pub fn files(&self) -> usize {
        self.effects.len().saturating_add(self.more as usize)
    }

    /// The workspace was kept before it, and is not yet after it.
    #[must_use]
    pub fn is_half(&self) -> bool {
        self.before.is_some() && self.after.is_none() && self.why.is_none()
    }

    /// One of its checkpoints could not be taken, or a human did not wait for it.
    #[must_use]
    pub fn lacks_one(&self) -> bool {
        self.why.is_some() && (self.before.is_none() || self.after.is_none())
    }

    fn take(&mut self, checkpoint: &Checkpoint) {
        if checkpoint.why.is_some() {
            self.why.clone_from(&checkpoint.why);
        }
        self.uncovered = self.uncovered.max(checkpoint.uncovered);
        match checkpoint.moment {
            Moment::Before | Moment::LastKnown => {
                self.before.clone_from(&checkpoint.id);
                self.last_known = checkpoint.moment == Moment::LastKnown;
            }
            Moment::After => {
                self.after.clone_from(&checkpoint.id);
                self.beside.clone_from(&checkpoint.beside);
                let kept = checkpoint.effects.len().min(EFFECTS);
                self.effects = checkpoint.effects[..kept].to_vec();
                let cut = u32::try_from(checkpoint.effects.len() - kept).unwrap_or(u32::MAX);
                self.more = checkpoint.more.saturating_add(cut);
            }
            Moment::Outside => {}
        }
    }

    /// Bytes that it holds in memory, about.
    #[must_use]
    pub fn weight(&self) -> usize {
        let effects: usize = self.effects.iter().map(|effect| effect.path.len() + 32).sum();
        let left: usize = self.left.iter().map(|left| left.path.len() + left.why.len() + 48).sum();
        400 + effects + left + self.beside.len() * 64 + self.undoes.len() * 48
    }
}

impl Session {
    /// A checkpoint of the workspace is known.
    pub(super) fn checkpointed(&mut self, record: &Record, checkpoint: &Checkpoint) {
        match (&checkpoint.why, &checkpoint.id) {
            (Some(why), None) if checkpoint.call.is_none() => {
                self.unkept = Some(why.clone());
                let text = format!("the workspace is not kept, so that steps can't be undone: {why}");
                self.add(record, What::Noted { level: Notice::Warning, text: text.into() });
            }
            (_, Some(_)) => self.unkept = None,
            (_, None) => {}
        }
        if checkpoint.moment == Moment::Outside {
            if !checkpoint.effects.is_empty() {
                let text = outside(checkpoint).into();
                self.add(record, What::Noted { level: Notice::Info, text });
            }
            return;
        }
        // Of a call that is settled and out of memory it changes nothing here.
        if let Some(call) = checkpoint.call.as_ref().filter(|call| self.timeline.of_call(call).is_some()) {
            self.with_step(record, call, |step| step.worked.get_or_insert_default().take(checkpoint));
        }
    }

    /// Steps were taken back; which ones stand after that is a matter of the chain.
    pub(super) fn undone(
        &mut self,
        record: &Record,
        by: &CallId,
        (steps, files): (&[CallId], &[Effect]),
        left: &[Left],
    ) {
        // Where no file changed by it, nothing was taken back.
        let steps = if files.is_empty() { &[] } else { steps };
        if !files.is_empty() {
            self.told.undone(record.pos);
        }
        let changed = self.taken.take(by, steps);
        self.taken.keep(UNDONE);
        for call in changed.iter().filter(|call| *call != by) {
            if self.timeline.of_call(call).is_some() {
                let now = self.taken.by(call).cloned();
                self.with_step(record, call, |step| step.worked.get_or_insert_default().undone = now);
            }
        }
        if self.timeline.of_call(by).is_some() {
            self.with_step(record, by, |step| {
                let worked = step.worked.get_or_insert_default();
                (worked.undoes, worked.left) = (steps.to_vec(), left.to_vec());
            });
        }
    }
}

impl Session {
    /// Puts into an entry of an earlier page what became known of it later: whether it was taken back, and that stands.
    /// True where that changed it.
    pub fn mend(&self, entry: &mut Entry) -> bool {
        let What::Step(step) = &mut entry.what else { return false };
        let (by, Some(worked)) = (self.taken.by(&step.call), &mut step.worked) else { return false };
        let changes = worked.undone.as_ref() != by;
        if changes {
            worked.undone = by.cloned();
        }
        changes
    }
}

/// What someone else changed, in words.
fn outside(checkpoint: &Checkpoint) -> String {
    let named: Vec<&str> = checkpoint.effects.iter().take(4).map(|effect| effect.path.as_str()).collect();
    let more = (checkpoint.effects.len() - named.len()).saturating_add(checkpoint.more as usize);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("changed by someone else: {}{more}", named.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{At, By, CallPatch, Event, LaneId, Pos, Seq, SessionId, Speaker, VERSION};
    use crate::state::page;

    struct Log(Session, Vec<Record>);

    impl Log {
        fn tell(&mut self, event: Event) {
            let n = self.1.len() as u64 + 1;
            let (pos, seq, session, lane) = (Pos(n), Seq(n), SessionId(7), LaneId::ROOT);
            let record =
                Record { pos, session, seq, lane, at: At(0), said_at: None, version: VERSION, cites: None, event };
            self.0.apply(&record);
            self.1.push(record);
        }

        fn step(&mut self, call: &str) {
            let patch = CallPatch { status: Some(crate::domain::CallStatus::Done), ..CallPatch::default() };
            self.tell(Event::Called { call: call.into(), patch: Box::new(patch) });
            for moment in [Moment::Before, Moment::After] {
                let checkpoint = Checkpoint::of(moment, Some(call.into()));
                self.tell(Event::Checkpointed { checkpoint: Box::new(checkpoint) });
            }
        }

        fn undo(&mut self, call: &str, steps: &[&str]) {
            self.step(call);
            let steps = steps.iter().map(|&step| step.into()).collect();
            let files = vec![Effect { path: "a".into(), became: crate::domain::Became::Changed }];
            self.tell(Event::Undone { call: call.into(), steps, files, left: vec![], by: By::Human });
        }

        /// The steps of the first page that say they were undone.
        fn marked(&self) -> Vec<String> {
            let mut entries = page::settled_in(SessionId(7), None, self.1.iter().take(1024));
            for entry in &mut entries {
                self.0.mend(entry);
            }
            let undone = |entry: &Entry| entry.step().filter(|step| step.is_undone()).map(|step| step.call.0.clone());
            entries.iter().filter_map(undone).collect()
        }
    }

    #[test]
    fn what_is_undone_after_it_left_memory_says_so_and_so_does_what_stands_again() {
        let mut log = Log(Session::new(SessionId(7)), Vec::new());
        log.step("first");
        log.step("second");
        for n in 0..page::PAGE {
            let text = format!("{n}").as_str().into();
            log.tell(Event::Said { who: Speaker::Agent, message: Some(format!("m{n}").as_str().into()), text });
        }
        assert!(log.0.timeline.of_call(&"first".into()).is_none(), "it is out of memory");
        assert_eq!(log.marked(), [""; 0]);
        log.undo("undo", &["second", "first"]);
        assert_eq!(log.marked(), ["first", "second"]);
        log.undo("redo", &["undo"]);
        assert_eq!(log.marked(), [""; 0]);
        log.undo("once more", &["redo"]);
        assert_eq!(log.marked(), ["first", "second"], "the undo stands again");
        log.undo("back", &["once more"]);
        log.undo("again", &["first"]);
        assert_eq!(log.marked(), ["first"]);
        // What is known of it outlives a restart.
        let read = page::read_keyframe(&page::keyframe(&log.0)).unwrap();
        assert_eq!(read.taken, log.0.taken);
    }
}
