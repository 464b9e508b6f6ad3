//! Who made what: every file that differs is followed through the checkpoints of the steps. What changed between the end
//! of one step and the beginning of the next is somebody else's.

use super::stands::{LONGEST, text};
use crate::checkpoint::{Change, Entry, Error, Look, RelPath, SnapshotId};
use crate::diff::{Blame, Diff};
use crate::domain::Changed;
use crate::hub::claims::{self, Claims};
use crate::state::spans::{Group, Span, groups};
use std::collections::{BTreeMap, BTreeSet};

/// Who made something: steps, and whether others did.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Makers {
    steps: BTreeSet<u32>,
    others: bool,
}

impl Makers {
    fn others() -> Self {
        Self { steps: BTreeSet::new(), others: true }
    }

    fn and(mut self, other: &Self) -> Self {
        self.steps.extend(&other.steps);
        self.others |= other.others;
        self
    }

    /// As it goes over the wire.
    pub(super) fn told(self) -> crate::domain::Makers {
        crate::domain::Makers { steps: self.steps.into_iter().collect(), others: self.others }
    }
}

/// The files that differ, on their way from the first checkpoint to the last.
pub(super) struct Trail {
    turns: BTreeMap<RelPath, Vec<(Makers, Entry, Entry)>>,
}

impl Trail {
    /// Follows some files through steps.
    pub(super) fn new(
        look: &mut dyn Look,
        spans: &[&Span],
        (before, after): (SnapshotId, SnapshotId),
        files: &[Change],
        notes: &mut Vec<String>,
    ) -> Result<Self, Error> {
        let wanted: BTreeSet<&RelPath> = files.iter().map(|change| &change.path).collect();
        let mut trail = Self { turns: BTreeMap::new() };
        if wanted.is_empty() {
            return Ok(trail);
        }
        let mut at = before;
        for group in groups(spans.iter().copied()) {
            let (Ok(began), Ok(ended)) = (group.before.0.parse(), group.after.0.parse()) else { continue };
            let other = look.diff(at, began).and_then(|outside| {
                let inside = look.diff(began, ended)?;
                Ok((outside, inside))
            });
            let (outside, inside) = match other {
                Ok(both) => both,
                Err(Error::Missing(_)) => {
                    let numbers: Vec<String> = group.spans.iter().map(|span| span.number.to_string()).collect();
                    notes.push(format!(
                        "the checkpoints of step {} are not kept any more: what it made counts as someone else's",
                        numbers.join(", ")
                    ));
                    continue;
                }
                Err(error) => return Err(error),
            };
            trail.take(&wanted, outside, |_| Makers::others());
            let claimed: Vec<Claims> = group.spans.iter().map(|span| Claims::of(span, look)).collect();
            let own = match group.spans.as_slice() {
                [_] => Vec::new(),
                spans => spans.iter().map(|span| own(look, span)).collect::<Result<_, _>>()?,
            };
            trail.take(&wanted, inside, |path| makers(&group, (&claimed, &own), path));
            at = ended;
        }
        let rest = look.diff(at, after)?;
        trail.take(&wanted, rest, |_| Makers::others());
        Ok(trail)
    }

    fn take(&mut self, wanted: &BTreeSet<&RelPath>, changes: Vec<Change>, who: impl Fn(&RelPath) -> Makers) {
        for change in changes.into_iter().filter(|change| wanted.contains(&change.path)) {
            let makers = who(&change.path);
            self.turns.entry(change.path).or_default().push((makers, change.before, change.after));
        }
    }

    /// Who made each hunk of a file; one for all of it, where it has no lines.
    pub(super) fn makers(
        &mut self,
        look: &mut dyn Look,
        path: &RelPath,
        changed: &Changed,
    ) -> Result<Vec<Makers>, Error> {
        let turns = self.turns.remove(path).unwrap_or_default();
        let all = turns.iter().fold(Makers::default(), |all, (who, _, _)| all.and(who));
        let Some((old, new)) = changed.texts() else { return Ok(vec![all]) };
        let diff = Diff::of(old, new);
        if diff.hunks.is_empty() {
            return Ok(vec![all]);
        }
        let mut blame = Blame::new(old);
        for (who, was, is) in &turns {
            match (lines(look, was)?, lines(look, is)?) {
                (Some(was), Some(is)) => blame.goes_on(&was, &is, who),
                // In between it was something without lines.
                _ => return Ok(vec![all; diff.hunks.len()]),
            }
        }
        let whose = |makers: Vec<Makers>| match makers.as_slice() {
            [] => all.clone(),
            makers => makers.iter().fold(Makers::default(), Makers::and),
        };
        Ok(blame.makers(&diff).into_iter().map(whose).collect())
    }
}

/// The text of an entry; none of nothing is an empty one.
fn lines(look: &mut dyn Look, entry: &Entry) -> Result<Option<String>, Error> {
    match entry {
        Entry::Absent => Ok(Some(String::new())),
        Entry::File { blob, .. } if look.size(*blob)? <= LONGEST => Ok(text(look.bytes(*blob)?)),
        _ => Ok(None),
    }
}

/// What differs between the checkpoints of one step: while it ran, somebody changed that. `None` where one is not kept.
fn own(look: &mut dyn Look, span: &Span) -> Result<Option<BTreeSet<RelPath>>, Error> {
    let ids = span.before.as_ref().zip(span.after.as_ref());
    let Some((Ok(before), Ok(after))) = ids.map(|(before, after)| (before.0.parse(), after.0.parse())) else {
        return Ok(None);
    };
    match look.diff(before, after) {
        Ok(changes) => Ok(Some(changes.into_iter().map(|change| change.path).collect())),
        Err(Error::Missing(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Who changed a file while some steps ran at the same time: see [`claims::whose`]. A step that had ended before, or began after,
/// did not.
fn makers(group: &Group<'_>, (claimed, own): (&[Claims], &[Option<BTreeSet<RelPath>>]), path: &RelPath) -> Makers {
    let mut whose = claims::whose(claimed, path);
    let ran: Vec<bool> = own.iter().map(|own| own.as_ref().is_none_or(|own| own.contains(path))).collect();
    let both: Vec<bool> = whose.of.iter().zip(&ran).map(|(theirs, ran)| *theirs && *ran).collect();
    if both.contains(&true) {
        whose.of = both;
    }
    let steps = group.spans.iter().zip(&whose.of).filter(|(_, theirs)| **theirs).map(|(span, _)| span.number).collect();
    let is_here = |it| group.spans.iter().any(|span| span.is(it));
    let others = !whose.is_claimed && group.spans.iter().flat_map(|span| &span.beside).any(|it| !is_here(it));
    Makers { steps, others }
}
