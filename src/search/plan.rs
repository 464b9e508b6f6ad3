//! Which sessions are searched, and how each: by the index, to its end or as far as the index goes, or by reading it.

use super::index::{Index, Row, as_of_kept, as_of_own};
use super::{About, Query};
use crate::domain::{At, SessionId};
use crate::recordings::Recordings;
use crate::store::StoreError;
use crate::stories::{Held, Part, Shelves, Story, last_known};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// How a session is searched.
pub(super) enum Job<'s> {
    /// All of it is in the index.
    Known(Row),
    /// Its first pages are in the index; what comes after them is read.
    Tail(Row, Story<'s>),
    /// It is read.
    Read(Story<'s>),
}

/// Those that a query takes, the newest first.
pub(super) fn jobs<'s>(shelves: &'s Shelves, index: &Index, query: &Query) -> Result<Vec<Job<'s>>, StoreError> {
    let mut jobs = Jobs { query, jobs: Vec::new() };
    let mut known: BTreeMap<(bool, SessionId), Row> = BTreeMap::new();
    for row in index.sessions()? {
        known.insert((row.of.recorded, row.of.session), row);
    }
    let held = own(shelves, index, &mut known, &mut jobs)?;
    let Some(kept) = shelves.kept() else { return Ok(jobs.sorted()) };
    for mark in kept.marks()? {
        let row = known.remove(&(true, mark.id));
        let Some(part) = held.part(&mark.native) else { continue };
        match row.filter(|row| row.as_of == as_of_kept(&mark.as_of, part)) {
            Some(row) => jobs.known(row),
            None => jobs.kept(shelves, kept, mark.id, part)?,
        }
    }
    Ok(jobs.sorted())
}

/// Taut's own; gives which conversations they hold.
fn own<'s>(
    shelves: &'s Shelves,
    index: &Index,
    known: &mut BTreeMap<(bool, SessionId), Row>,
    jobs: &mut Jobs<'_, 's>,
) -> Result<Held, StoreError> {
    let Some(reader) = shelves.own() else { return Ok(Held::default()) };
    let is_all = index.pos()? == reader.head()?.pos.0;
    let mut behind = Vec::new();
    if !is_all {
        behind = reader.sessions()?;
        behind.retain(|span| known.get(&(false, span.session)).is_none_or(|row| row.as_of != as_of_own(span.count)));
    }
    let mut read = Vec::new();
    for span in behind {
        let session = last_known(reader, span.session)?;
        let row = known.remove(&(false, span.session));
        read.push((row, i64::try_from(span.first.0).unwrap_or(i64::MAX), session));
    }
    let mut held = index.held(&|slot| read.iter().any(|(row, ..)| row.as_ref().is_some_and(|row| row.slot == slot)))?;
    for (row, place, session) in read {
        held.take(&session);
        // Of one that was deleted meanwhile, the index still has what is gone.
        let row = row.filter(|row| row.pages > 0 && row.deleted == session.deleted);
        let (about, story) = (About::of(&session), Story::Own(reader, Box::new(session)));
        let job = match row {
            Some(row) => Job::Tail(row, story),
            None => Job::Read(story),
        };
        jobs.add(&about, false, place, job);
    }
    let rest: Vec<_> = known.keys().filter(|(recorded, _)| !recorded).copied().collect();
    rest.iter().filter_map(|key| known.remove(key)).for_each(|row| jobs.known(row));
    Ok(held)
}

/// All of them are read.
pub(super) fn all_read<'s>(shelves: &'s Shelves, query: &Query) -> Result<Vec<Job<'s>>, StoreError> {
    let mut jobs = Jobs { query, jobs: Vec::new() };
    for (place, story) in shelves.all()?.into_iter().enumerate() {
        let about = About::of(story.session());
        jobs.add(&about, false, i64::try_from(place).unwrap_or(i64::MAX), Job::Read(story));
    }
    Ok(jobs.sorted())
}

/// Where a session stands among all: the newest first; of the same time taut's own, and the older ones.
type Place = (Reverse<At>, bool, i64);

struct Jobs<'q, 's> {
    query: &'q Query,
    jobs: Vec<(Place, Job<'s>)>,
}

impl<'s> Jobs<'_, 's> {
    fn add(&mut self, about: &About, recorded: bool, place: i64, job: Job<'s>) {
        if self.query.takes(about) {
            self.jobs.push(((Reverse(about.at), recorded, place), job));
        }
    }

    fn known(&mut self, row: Row) {
        if self.query.takes(&row.about) {
            self.jobs.push(((Reverse(row.about.at), row.of.recorded, row.place), Job::Known(row)));
        }
    }

    fn kept(&mut self, shelves: &'s Shelves, kept: &Recordings, id: SessionId, part: Part) -> Result<(), StoreError> {
        let story = kept.one(id)?.and_then(|one| shelves.kept_story(one, part));
        if let Some(story) = story {
            self.add(&About::of(story.session()), true, i64::from(id.0), Job::Read(story));
        }
        Ok(())
    }

    fn sorted(mut self) -> Vec<Job<'s>> {
        self.jobs.sort_by_key(|(key, _)| *key);
        self.jobs.into_iter().map(|(_, job)| job).collect()
    }
}
