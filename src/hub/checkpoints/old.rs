//! Which checkpoints go: what is older than the configuration keeps, and the oldest of all workspaces while all of them
//! together are too much; or what only a session needs that is deleted. Looked for on a thread of its own, with no
//! workspace taken: whoever takes them out looks whether they are still so.

use crate::checkpoint::{Kept, Shelf, SnapshotId};
use crate::domain::{At, CheckpointId, SessionId};
use crate::hub::config::Keep;
use crate::store::Reader;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// What is looked for.
#[derive(Debug, Clone)]
pub(in crate::hub) enum Wanted {
    /// What is too old or too much.
    Old(Keep),
    /// The same, with what stays of it: for somebody who only looks.
    Look(Keep),
    /// What no session but this one needs.
    Of(SessionId),
}

/// What must stay, whatever is looked for.
#[derive(Debug, Clone, Default)]
pub(in crate::hub) struct Stays {
    /// Sessions that live or are pinned.
    pub(in crate::hub) sessions: BTreeSet<SessionId>,
    /// What steps that run now are compared with.
    pub(in crate::hub) held: BTreeSet<CheckpointId>,
    /// Workspaces in which an agent works.
    pub(in crate::hub) busy: BTreeSet<PathBuf>,
}

/// What goes.
#[derive(Debug, Clone, Default)]
pub(in crate::hub) struct Old {
    /// By workspace, the oldest first. One without any has something left of a death.
    pub(in crate::hub) places: BTreeMap<PathBuf, Vec<Kept>>,
    /// The steps of sessions that can't be undone any more then, and how many of their checkpoints go.
    pub(in crate::hub) sessions: BTreeMap<SessionId, Loses>,
    /// About how many bytes.
    pub(in crate::hub) bytes: u64,
    /// What would go as well, were it not for the sessions that stay: how many checkpoints of each, and about how many bytes.
    pub(in crate::hub) stay: (BTreeMap<SessionId, u64>, u64),
    /// How many checkpoints there are in all, and their bytes.
    pub(in crate::hub) of: (u64, u64),
}

/// What a session loses.
#[derive(Debug, Clone, Default)]
pub(in crate::hub) struct Loses {
    /// Which checkpoints.
    pub(in crate::hub) ids: BTreeSet<String>,
    /// The first and the last of its steps that stand at one of them.
    pub(in crate::hub) steps: Option<(u32, u32)>,
}

impl Old {
    /// How many checkpoints.
    pub(in crate::hub) fn count(&self) -> u64 {
        self.places.values().map(|kept| kept.len() as u64).sum()
    }
}

/// Who speaks of which checkpoint; a session that was deleted says nothing any more.
#[derive(Default)]
struct Spoken(BTreeMap<String, BTreeMap<SessionId, Option<(u32, u32)>>>);

impl Spoken {
    fn read(reader: &Reader) -> Result<Self, String> {
        let mut spoken = Self::default();
        let deleted = reader.deleted().map_err(|error| error.to_string())?;
        let read = reader.each_checkpoint(|session, checkpoint| {
            // What it was compared with is needed by the step that it was taken for, and else by nobody.
            if let Some(id) = checkpoint.id.as_ref().filter(|_| !deleted.contains(&session)) {
                let steps = spoken.0.entry(id.0.clone()).or_default().entry(session).or_default();
                if checkpoint.step > 0 {
                    let (first, last) = steps.unwrap_or((checkpoint.step, checkpoint.step));
                    *steps = Some((first.min(checkpoint.step), last.max(checkpoint.step)));
                }
            }
        });
        read.map(|()| spoken).map_err(|error| error.to_string())
    }

    fn by(&self, id: SnapshotId) -> impl Iterator<Item = (SessionId, Option<(u32, u32)>)> {
        let found = self.0.get(&id.to_string());
        found.into_iter().flat_map(|by| by.iter().map(|(session, steps)| (*session, *steps)))
    }
}

/// Looks for it.
pub(in crate::hub) fn find(reader: &Reader, wanted: &Wanted, stays: &Stays, now: At) -> Result<Old, String> {
    let shelves = Shelf::all(&reader.folder().join("checkpoints"));
    let mut old = Old {
        of: (shelves.iter().map(|shelf| shelf.kept.len() as u64).sum(), shelves.iter().map(|shelf| shelf.bytes).sum()),
        ..Old::default()
    };
    for shelf in shelves.iter().filter(|shelf| shelf.unfinished) {
        old.places.insert(shelf.root.clone(), Vec::new());
    }
    let goes = match wanted {
        Wanted::Old(keep) | Wanted::Look(keep) => {
            let before =
                keep.age.map(|age| At(now.0.saturating_sub(i64::try_from(age.as_millis()).unwrap_or(i64::MAX))));
            let aged = |kept: &Kept| before.is_some_and(|before| kept.at < before);
            let much = keep.size.is_some_and(|most| old.of.1 > most);
            // The log is walked only where something may go.
            if !much && !shelves.iter().any(|shelf| shelf.kept.iter().any(aged)) {
                return Ok(old);
            }
            let spoken = Spoken::read(reader)?;
            let goes = too_old(&shelves, &spoken, stays, before, keep.size);
            say(&mut old, &spoken, &shelves, &goes);
            if matches!(wanted, Wanted::Look(_)) {
                let any = Stays { sessions: BTreeSet::new(), ..stays.clone() };
                let all = too_old(&shelves, &spoken, &any, before, keep.size);
                say_what_stays(&mut old, &spoken, stays, (&shelves, &goes, &all));
            }
            goes
        }
        Wanted::Of(session) => {
            let spoken = Spoken::read(reader)?;
            let goes = only_of(&shelves, &spoken, stays, *session);
            say(&mut old, &spoken, &shelves, &goes);
            say_who_needs(&mut old, &spoken, &shelves, *session);
            goes
        }
    };
    for (shelf, kept) in goes {
        old.places.entry(shelves[shelf].root.clone()).or_default().push(kept);
    }
    Ok(old)
}

/// A checkpoint, and on which shelf.
type Goes = (usize, Kept);

fn too_old(shelves: &[Shelf], spoken: &Spoken, stays: &Stays, before: Option<At>, most: Option<u64>) -> Vec<Goes> {
    let mut all: Vec<Goes> = Vec::new();
    for (at, shelf) in shelves.iter().enumerate() {
        // The newest one is what the next is built on, where there may be a next.
        let built_on = shelf.kept.last().filter(|_| shelf.root.is_dir()).map(|kept| kept.id);
        let free = |kept: &&Kept| {
            built_on != Some(kept.id)
                && !stays.held.contains(&CheckpointId(kept.id.to_string()))
                && !spoken.by(kept.id).any(|(session, _)| stays.sessions.contains(&session))
        };
        all.extend(shelf.kept.iter().filter(free).map(|kept| (at, *kept)));
    }
    all.sort_by_key(|(_, kept)| kept.at);
    let aged = all.partition_point(|(_, kept)| before.is_some_and(|before| kept.at < before));
    let mut weights = BTreeMap::new();
    let (mut few, mut many) = (aged, all.len());
    if let Some(most) = most {
        // The fewest of the oldest without which the rest is not too much; all of them, where that is not enough.
        while few < many {
            let middle = few + (many - few) / 2;
            if weight(shelves, &all[..middle], &mut weights) <= most {
                many = middle;
            } else {
                few = middle + 1;
            }
        }
    }
    all.truncate(few);
    all
}

/// What no other session speaks of: its own, and, where no agent works there, what was taken and never spoken of.
fn only_of(shelves: &[Shelf], spoken: &Spoken, stays: &Stays, session: SessionId) -> Vec<Goes> {
    let mut all = Vec::new();
    for (at, shelf) in shelves.iter().enumerate() {
        let worked_here = shelf.kept.iter().any(|kept| spoken.by(kept.id).any(|(of, _)| of == session));
        let goes = |kept: &&Kept| {
            let mut by = spoken.by(kept.id).map(|(of, _)| of).peekable();
            let unspoken = by.peek().is_none();
            !stays.held.contains(&CheckpointId(kept.id.to_string()))
                && by.all(|of| of == session)
                && (!unspoken || (worked_here && !stays.busy.contains(&shelf.root)))
        };
        all.extend(shelf.kept.iter().filter(goes).map(|kept| (at, *kept)));
    }
    all
}

/// Bytes of all shelves without some checkpoints.
fn weight(shelves: &[Shelf], goes: &[Goes], known: &mut BTreeMap<(usize, usize), u64>) -> u64 {
    let of = |at: usize, shelf: &Shelf, known: &mut BTreeMap<(usize, usize), u64>| {
        let gone: BTreeSet<SnapshotId> = goes.iter().filter(|(on, _)| *on == at).map(|(_, kept)| kept.id).collect();
        if gone.is_empty() {
            return shelf.bytes;
        }
        *known.entry((at, gone.len())).or_insert_with(|| {
            let stays = shelf.kept.iter().map(|kept| kept.id).filter(|id| !gone.contains(id));
            shelf.needed(stays).unwrap_or_else(|_| {
                // A git that can't weigh: as if nothing were shared.
                let grown = shelf.kept.iter().filter(|kept| gone.contains(&kept.id)).map(|kept| kept.grown);
                shelf.bytes.saturating_sub(grown.sum())
            })
        })
    };
    shelves.iter().enumerate().map(|(at, shelf)| of(at, shelf, known)).sum()
}

fn say(old: &mut Old, spoken: &Spoken, shelves: &[Shelf], goes: &[Goes]) {
    old.bytes = old.of.1.saturating_sub(weight(shelves, goes, &mut BTreeMap::new()));
    for (_, kept) in goes {
        for (session, steps) in spoken.by(kept.id) {
            let loses = old.sessions.entry(session).or_default();
            loses.ids.insert(kept.id.to_string());
            if let Some((first, last)) = steps {
                let (from, to) = loses.steps.unwrap_or((first, last));
                loses.steps = Some((from.min(first), to.max(last)));
            }
        }
    }
}

/// Of a session's checkpoints, those that stay: who else stands at them.
fn say_who_needs(old: &mut Old, spoken: &Spoken, shelves: &[Shelf], session: SessionId) {
    for kept in shelves.iter().flat_map(|shelf| &shelf.kept) {
        let by: BTreeSet<SessionId> = spoken.by(kept.id).map(|(of, _)| of).collect();
        if by.contains(&session) {
            for other in by.into_iter().filter(|of| *of != session) {
                *old.stay.0.entry(other).or_default() += 1;
            }
        }
    }
}

/// Of all that is too old or too much, what does not go since a session needs it that stays.
fn say_what_stays(old: &mut Old, spoken: &Spoken, stays: &Stays, (shelves, goes, all): (&[Shelf], &[Goes], &[Goes])) {
    let going: BTreeSet<String> = goes.iter().map(|(_, kept)| kept.id.to_string()).collect();
    let stay: Vec<Goes> = all.iter().filter(|(_, kept)| !going.contains(&kept.id.to_string())).copied().collect();
    old.stay.1 = old.of.1.saturating_sub(weight(shelves, &stay, &mut BTreeMap::new()));
    for (_, kept) in &stay {
        for (session, _) in spoken.by(kept.id).filter(|(session, _)| stays.sessions.contains(session)) {
            *old.stay.0.entry(session).or_default() += 1;
        }
    }
}
