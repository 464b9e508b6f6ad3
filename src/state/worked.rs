//! What a step did to the workspace, as its checkpoints say, and whether it was taken back.

use super::{Session, What};
use crate::domain::{Beside, CallId, Checkpoint, CheckpointId, Effect, Left, Moment, Notice, Record};
use serde::{Deserialize, Serialize};

/// Files of one step that are kept here; the log has the others.
const EFFECTS: usize = 64;

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

    /// Steps were taken back; those that an undo among them had taken back stand again.
    pub(super) fn undone(&mut self, record: &Record, by: &CallId, steps: &[CallId], left: &[Left]) {
        for call in steps.iter().filter(|call| self.timeline.of_call(call).is_some()).cloned().collect::<Vec<_>>() {
            let mut again = Vec::new();
            self.with_step(record, &call, |step| {
                let worked = step.worked.get_or_insert_default();
                worked.undone = Some(by.clone());
                again.clone_from(&worked.undoes);
            });
            for call in again.into_iter().filter(|call| !steps.contains(call)) {
                if self.timeline.of_call(&call).is_some() {
                    self.with_step(record, &call, |step| step.worked.get_or_insert_default().undone = None);
                }
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

/// What someone else changed, in words.
fn outside(checkpoint: &Checkpoint) -> String {
    let named: Vec<&str> = checkpoint.effects.iter().take(4).map(|effect| effect.path.as_str()).collect();
    let more = (checkpoint.effects.len() - named.len()).saturating_add(checkpoint.more as usize);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("changed by someone else: {}{more}", named.join(", "))
}
