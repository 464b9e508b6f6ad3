//! The files that a session writes, or waits to write: those of its newest turn and the one before, bounded.
//!
//! Where the hub has found out where they really lie, that counts; else what the agent names, from its folder on. What its checkpoints say that it wrote counts
//! as well.

use super::Step;
use crate::domain::path::joined;
use crate::domain::{CallId, CallStatus, Gate, Impact, SessionId, TurnNo, Workplace};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// Calls that are remembered.
const CALLS: usize = 96;
/// Files of one call that are remembered.
const FILES: usize = 64;
/// Files of one session that are looked at.
pub(super) const MOST: usize = 512;

/// How far a write is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Touch {
    /// It waits for a decision.
    Waits,
    /// It runs, or may.
    Writes,
    /// It has.
    Wrote,
}

/// A call, and the files that it writes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Writing {
    call: CallId,
    turn: TurnNo,
    touch: Touch,
    files: Vec<String>,
}

/// The files that a session writes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reach {
    calls: VecDeque<Writing>,
    /// How often it has changed: what looks at it need not look again.
    pub(super) changes: u64,
}

impl Reach {
    /// Something is newly known of a call.
    pub(super) fn note(&mut self, step: &Step, turn: TurnNo, home: &Home<'_>) {
        let known = self.calls.iter().rposition(|writing| writing.call == step.call);
        let now = touch(step).map(|touch| (touch, home.all(step))).filter(|(_, files)| !files.is_empty());
        let Some((touch, files)) = now else {
            if let Some(at) = known {
                self.calls.remove(at);
                self.changes += 1;
            }
            return;
        };
        match known.and_then(|at| self.calls.get_mut(at)) {
            Some(writing) if writing.touch == touch && writing.files == files => return,
            Some(writing) => (writing.touch, writing.files) = (touch, files),
            None => self.calls.push_back(Writing { call: step.call.clone(), turn, touch, files }),
        }
        if self.calls.len() > CALLS {
            self.calls.pop_front();
        }
        self.changes += 1;
    }

    /// A turn began: what was written before the last one counts no more. What waits or runs does.
    pub(super) fn turn_began(&mut self, turn: TurnNo) {
        let before = self.calls.len();
        self.calls.retain(|writing| writing.touch != Touch::Wrote || writing.turn.0.saturating_add(1) >= turn.0);
        self.changes += u64::from(self.calls.len() != before);
    }

    /// Its files, each with how far it is.
    pub(super) fn files(&self) -> BTreeMap<&str, Touch> {
        let mut all: BTreeMap<&str, Touch> = BTreeMap::new();
        // The newest first: where there are too many, those count.
        for writing in self.calls.iter().rev() {
            for file in &writing.files {
                if all.len() >= MOST {
                    return all;
                }
                let touch = all.entry(file).or_insert(writing.touch);
                *touch = (*touch).max(writing.touch);
            }
        }
        all
    }

    /// True where it has written something, or may be writing it.
    #[must_use]
    pub fn writes(&self) -> bool {
        self.calls.iter().any(|writing| writing.touch != Touch::Waits)
    }
}

/// Where a session works.
pub(super) struct Home<'a> {
    /// Which session.
    pub id: SessionId,
    /// Its folder, by the word of who started it.
    pub cwd: &'a str,
    /// The same as it really lies, where that is known.
    pub real: Option<&'a str>,
}

impl<'a> Home<'a> {
    /// That of a session.
    pub(super) fn of(id: SessionId, cwd: &'a str, place: Option<&'a Workplace>) -> Self {
        Self { id, cwd, real: place.map(|place| place.folder.as_str()) }
    }

    /// The files of a call: those that it said it would write, and those that its checkpoints say it wrote. Of what ran
    /// beside a step of another session nobody knows whose work it is.
    fn all(&self, step: &Step) -> Vec<String> {
        let mut all = files(step, self.cwd);
        let worked = step.worked.as_deref();
        if let Some(worked) = worked.filter(|worked| worked.beside.iter().all(|other| other.session == self.id)) {
            let real = self.real.unwrap_or(self.cwd);
            all.extend(worked.effects.iter().map(|effect| joined(real, &effect.path)));
            all.sort_unstable();
            all.dedup();
            all.truncate(FILES);
        }
        all
    }
}

/// How far a call's writing is; `None` where it writes nothing, as far as is known.
fn touch(step: &Step) -> Option<Touch> {
    if step.waiting().is_some() {
        return Some(Touch::Waits);
    }
    if step.denied() && step.gate != Gate::Ungated {
        return None;
    }
    let runs = step.command.is_some() || step.impact == Impact::Execute;
    match step.status {
        CallStatus::Pending => step.request()?.answered.as_ref().map(|_| Touch::Writes),
        CallStatus::Running => Some(Touch::Writes),
        CallStatus::Done => Some(Touch::Wrote),
        // An edit that failed has written nothing; of a command nobody knows.
        CallStatus::Failed => runs.then_some(Touch::Wrote),
        CallStatus::Abandoned => step.began.map(|_| Touch::Wrote),
    }
}

/// The files that a call writes, absolute.
#[must_use]
pub(super) fn files(step: &Step, cwd: &str) -> Vec<String> {
    let mut files = step.aimed.clone();
    if files.is_empty() {
        let folder = step.cwd.as_deref().map_or_else(|| cwd.to_owned(), |own| joined(cwd, own));
        let named = step.changes.iter().map(|change| change.path.as_str());
        let writes = matches!(step.impact, Impact::Edit | Impact::Delete | Impact::Move);
        let places = step.places.iter().filter(|_| writes).map(|place| place.path.as_str());
        files.extend(named.chain(places).filter(|path| !path.is_empty()).map(|path| joined(&folder, path)));
    }
    files.sort_unstable();
    files.dedup();
    files.truncate(FILES);
    files
}
