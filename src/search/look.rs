//! Everything is looked at, the newest session first.

use super::Query;
use super::hit::{self, hit};
use super::index::{Asking, Index, Row};
use super::plan::{self, Job};
use crate::domain::{BodyRef, Hit, HitIn, LookedAll};
use crate::state::find::Spot;
use crate::state::{Entry, What};
use crate::store::StoreError;
use crate::stories::{Shelves, Story, StoryError};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// Who hears of it.
pub trait Each {
    /// Something was found.
    fn hit(&mut self, of: &HitIn, hit: Hit);

    /// Whether it is still wanted; asked often.
    fn goes_on(&mut self) -> bool {
        true
    }
}

/// Searches all sessions of a state folder for at most so many hits: by the index where it has them, else by reading.
///
/// # Errors
/// The log or what is kept can't be read.
pub fn search(state: &Path, query: &Query, limit: usize, each: &mut dyn Each) -> Result<LookedAll, StoryError> {
    let shelves = Shelves::open(state)?;
    match Index::read(state) {
        Ok(Some(index)) => match plan::jobs(&shelves, &index, query) {
            Ok(jobs) => look(&shelves, jobs, Some(&index), query, limit, each),
            Err(error) => without(&shelves, Some(error.to_string()), query, limit, each),
        },
        Ok(None) => without(&shelves, None, query, limit, each),
        Err(error) => without(&shelves, Some(error.to_string()), query, limit, each),
    }
}

/// The same by reading alone.
///
/// # Errors
/// The log or what is kept can't be read.
pub fn scan(state: &Path, query: &Query, limit: usize, each: &mut dyn Each) -> Result<LookedAll, StoryError> {
    without(&Shelves::open(state)?, None, query, limit, each)
}

fn without(
    shelves: &Shelves,
    why: Option<String>,
    query: &Query,
    limit: usize,
    each: &mut dyn Each,
) -> Result<LookedAll, StoryError> {
    let looked = look(shelves, plan::all_read(shelves, query)?, None, query, limit, each)?;
    Ok(LookedAll { why, ..looked })
}

fn look(
    shelves: &Shelves,
    jobs: Vec<Job<'_>>,
    index: Option<&Index>,
    query: &Query,
    limit: usize,
    each: &mut dyn Each,
) -> Result<LookedAll, StoryError> {
    let mut looked = LookedAll { sessions: count(jobs.len()), ..LookedAll::default() };
    looked.scanned = count(jobs.iter().filter(|job| !matches!(job, Job::Known(_))).count());
    let mut looking = Looking { shelves, query, limit, each, found: 0, looked };
    let mut asking = index.map(|index| Asking::new(index, query));
    for job in jobs {
        if looking.is_over() {
            break;
        }
        match job {
            Job::Read(story) => looking.read(&story, 0, &BTreeSet::new())?,
            Job::Known(row) => looking.known(&row, asking.as_mut(), u64::MAX, None)?,
            Job::Tail(row, story) => looking.known(&row, asking.as_mut(), row.pages, Some(&story))?,
        }
    }
    Ok(looking.done())
}

fn count(all: usize) -> u32 {
    u32::try_from(all).unwrap_or(u32::MAX)
}

struct Looking<'l> {
    shelves: &'l Shelves,
    query: &'l Query,
    limit: usize,
    each: &'l mut dyn Each,
    found: usize,
    looked: LookedAll,
}

impl Looking<'_> {
    fn is_over(&mut self) -> bool {
        self.found >= self.limit || !self.each.goes_on()
    }

    /// Asks the index for a session, in its first so many pages; reads it where the index can't tell. `tail` is the session
    /// where it goes on after those.
    fn known(
        &mut self,
        row: &Row,
        asking: Option<&mut Asking<'_>>,
        pages: u64,
        tail: Option<&Story<'_>>,
    ) -> Result<(), StoryError> {
        let mut seen = BTreeSet::new();
        let asked = match asking {
            Some(asking) => self.asked(row, asking, pages, tail, &mut seen),
            None => Ok(()),
        };
        let from = if asked.is_ok() { pages } else { 0 };
        if let Err(error) = asked {
            // It can be had again; what was found stands.
            self.looked.why = Some(error.to_string());
        }
        match tail {
            Some(story) if !self.is_over() => self.read(story, from, &seen),
            None if from == 0 => match story(self.shelves, row)? {
                Some(story) => self.read(&story, 0, &seen),
                None => Ok(()),
            },
            Some(_) | None => Ok(()),
        }
    }

    fn asked(
        &mut self,
        row: &Row,
        asking: &mut Asking<'_>,
        pages: u64,
        tail: Option<&Story<'_>>,
        seen: &mut BTreeSet<u64>,
    ) -> Result<(), StoreError> {
        let of = tail.map_or_else(|| row.of.clone(), told_of);
        let shelves = self.shelves;
        let mut body = |body: &BodyRef| match row.of.recorded {
            false => shelves.own()?.body(body).ok()?.map(Arc::from),
            true => None,
        };
        for id in asking.of(row.slot, pages)? {
            let entry = asking.entry(id)?;
            let (spot, blind) = hit(&entry, self.query, &mut body);
            seen.insert(entry.no);
            if !self.took(&of, &entry, spot, blind) {
                break;
            }
        }
        Ok(())
    }

    /// Reads a session from a page on, without the entries that were looked at.
    fn read(&mut self, story: &Story<'_>, from: u64, seen: &BTreeSet<u64>) -> Result<(), StoryError> {
        let of = told_of(story);
        let looked = story.entries_from::<StoryError>(from, &mut |_, entry| {
            if seen.contains(&entry.no) {
                return Ok(true);
            }
            let (spot, blind) = hit(entry, self.query, &mut |body| story.body(body));
            Ok(self.took(&of, entry, spot, blind))
        });
        match looked {
            // A recording whose file is gone or damaged holds nobody up.
            Err(StoryError::Read(_)) => self.looked.unread += 1,
            other => other?,
        }
        Ok(())
    }

    fn took(&mut self, of: &HitIn, entry: &Entry, spot: Option<Spot>, blind: bool) -> bool {
        self.looked.blind |= blind;
        if let Some(spot) = spot {
            self.found += 1;
            let hit = told(entry, spot, self.query);
            self.each.hit(of, hit);
        }
        !self.is_over()
    }

    fn done(self) -> LookedAll {
        LookedAll { found: count(self.found), cut: self.found >= self.limit, ..self.looked }
    }
}

/// A session that the index can't tell of.
fn story<'s>(shelves: &'s Shelves, row: &Row) -> Result<Option<Story<'s>>, StoreError> {
    let id = row.of.session;
    if !row.of.recorded {
        return shelves.own_story(id);
    }
    let one = shelves.kept().map(|kept| kept.one(id)).transpose()?.flatten();
    Ok(one.and_then(|one| shelves.kept_story(one, row.part())))
}

fn told_of(story: &Story<'_>) -> HitIn {
    let session = story.session();
    HitIn {
        session: session.id,
        name: story.title(),
        agent: session.agent.clone(),
        cwd: session.cwd.clone(),
        recorded: story.is_recorded(),
        last: session.at,
    }
}

fn told(entry: &Entry, spot: Spot, query: &Query) -> Hit {
    let byte = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let mut marks: Vec<(u32, u32)> = Vec::new();
    for (needle, _) in query.needles() {
        marks.extend(needle.all(&spot.excerpt).map(|range| (byte(range.start), byte(range.end))));
    }
    marks.sort_unstable();
    marks.dedup_by(|next, before| next.0 < before.1);
    Hit {
        marks,
        entry: entry.no,
        seq: hit::seq_of(entry, spot.part),
        at: entry.at,
        turn: entry.turn,
        step: match &entry.what {
            What::Step(step) => Some(step.number),
            _ => None,
        },
        part: hit::part_of(entry, spot.part).to_owned(),
        line: spot.line,
        excerpt: spot.excerpt,
    }
}
