//! Which steps of a session are taken back now. An undo is a step like any other, so that this is a matter of the chain:
//! who takes an undo back has its steps again, and who takes THAT back is rid of them once more.

use crate::domain::CallId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Every undo of a session, and what follows from all of them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Vec<(CallId, Vec<CallId>)>", into = "Vec<(CallId, Vec<CallId>)>")]
pub struct Taken {
    /// Which step took back which, in the order in which they did.
    undos: Vec<(CallId, Vec<CallId>)>,
    /// Each step that is taken back now, with the newest undo that does it and stands.
    by: BTreeMap<CallId, CallId>,
}

impl Taken {
    /// A step took others back. Which steps have now another standing than before.
    pub fn take(&mut self, by: &CallId, steps: &[CallId]) -> Vec<CallId> {
        let before = self.undos.len();
        self.undos.retain(|(known, _)| known != by);
        let again = self.undos.len() < before;
        self.undos.push((by.clone(), steps.iter().filter(|step| *step != by).cloned().collect()));
        let chained = self.undos.iter().any(|(undo, _)| steps.contains(undo));
        if !chained && !again {
            self.by.extend(steps.iter().filter(|step| *step != by).map(|step| (step.clone(), by.clone())));
            return steps.to_vec();
        }
        let new = standing(&self.undos);
        let old = std::mem::replace(&mut self.by, new);
        let both: BTreeSet<&CallId> = old.keys().chain(self.by.keys()).collect();
        both.into_iter().filter(|step| old.get(step) != self.by.get(step)).cloned().collect()
    }

    /// The step that took this one back, where that stands.
    #[must_use]
    pub fn by(&self, step: &CallId) -> Option<&CallId> {
        self.by.get(step)
    }

    /// Every step that is taken back now.
    pub fn steps(&self) -> impl Iterator<Item = &CallId> {
        self.by.keys()
    }

    /// Forgets the oldest undos, until the others have taken back no more than so many steps.
    pub fn keep(&mut self, most: usize) {
        let mut all = 0_usize;
        let kept = self.undos.iter().rev().take_while(|(_, steps)| {
            all = all.saturating_add(steps.len().max(1));
            all <= most
        });
        let kept = kept.count();
        if kept < self.undos.len() {
            self.undos.drain(..self.undos.len() - kept);
            self.by = standing(&self.undos);
        }
    }
}

/// The newest undo stands. Each one before it stands where none that stands has taken it back.
fn standing(undos: &[(CallId, Vec<CallId>)]) -> BTreeMap<CallId, CallId> {
    let mut taken = BTreeMap::new();
    for (undo, steps) in undos.iter().rev() {
        if taken.contains_key(undo) {
            continue;
        }
        for step in steps {
            taken.entry(step.clone()).or_insert_with(|| undo.clone());
        }
    }
    taken
}

impl From<Vec<(CallId, Vec<CallId>)>> for Taken {
    fn from(undos: Vec<(CallId, Vec<CallId>)>) -> Self {
        let by = standing(&undos);
        Self { undos, by }
    }
}

impl From<Taken> for Vec<(CallId, Vec<CallId>)> {
    fn from(taken: Taken) -> Self {
        taken.undos
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(taken: &mut Taken, by: &str, steps: &[&str]) {
        taken.take(&by.into(), &steps.iter().map(|&step| step.into()).collect::<Vec<_>>());
    }

    fn told(taken: &Taken) -> Vec<String> {
        taken.by.iter().map(|(step, by)| format!("{step} by {by}", step = step.0, by = by.0)).collect()
    }

    #[test]
    fn whether_a_step_stands_is_a_matter_of_the_whole_chain() {
        let mut taken = Taken::default();
        take(&mut taken, "u3", &["s1"]);
        let mut newest = "u3".to_owned();
        for n in 4..40 {
            let next = format!("u{n}");
            take(&mut taken, &next, &[&newest]);
            let stands = n % 2 == 0;
            assert_eq!(taken.by(&"s1".into()).is_none(), stands, "after {next}: {:?}", told(&taken));
            assert_eq!(taken.by(&newest.as_str().into()), Some(&next.as_str().into()));
            newest = next;
        }
    }

    #[test]
    fn what_a_range_took_back_is_as_it_was_before_once_that_is_taken_back() {
        let mut taken = Taken::default();
        take(&mut taken, "u3", &["s1"]);
        take(&mut taken, "u5", &["s4", "u3", "s2", "s1"]);
        assert_eq!(told(&taken), ["s1 by u5", "s2 by u5", "s4 by u5", "u3 by u5"]);
        take(&mut taken, "u6", &["u5"]);
        assert_eq!(told(&taken), ["s1 by u3", "u5 by u6"], "s1 was taken back before the range was");
        let read: Taken = serde_json::from_str(&serde_json::to_string(&taken).unwrap()).unwrap();
        assert_eq!(read, taken);
    }

    #[test]
    fn the_oldest_is_forgotten_first_and_nonsense_is_survived() {
        let mut taken = Taken::default();
        take(&mut taken, "a", &["a", "b"]);
        take(&mut taken, "b", &["c"]);
        take(&mut taken, "c", &["b"]);
        take(&mut taken, "a", &["c"]);
        assert_eq!(told(&taken), ["c by a"]);
        let mut taken = Taken::default();
        for n in 0..9 {
            take(&mut taken, &format!("u{n}"), &[&format!("s{n}")]);
        }
        taken.keep(3);
        assert_eq!(told(&taken), ["s6 by u6", "s7 by u7", "s8 by u8"]);
    }
}
