//! Everything is looked at, the newest session first.

use super::hit::{self, hit};
use super::{About, Query};
use crate::domain::{Hit, HitIn, LookedAll};
use crate::state::find::Spot;
use crate::state::{Entry, What};
use crate::stories::{Shelves, Story, StoryError};
use std::path::Path;

/// Who hears of it.
pub trait Each {
    /// Something was found.
    fn hit(&mut self, of: &HitIn, hit: Hit);

    /// Whether it is still wanted; asked often.
    fn goes_on(&mut self) -> bool {
        true
    }
}

/// Searches all sessions of a state folder for at most so many hits.
///
/// # Errors
/// The log or what is kept can't be read.
pub fn search(state: &Path, query: &Query, limit: usize, each: &mut dyn Each) -> Result<LookedAll, StoryError> {
    let shelves = Shelves::open(state)?;
    let mut looking = Looking { query, limit, each, found: 0, looked: LookedAll::default() };
    for story in shelves.all()? {
        if looking.query.takes(&About::of(story.session())) {
            looking.looked.sessions += 1;
            looking.scan(&story)?;
        }
        if looking.is_over() {
            break;
        }
    }
    Ok(looking.done())
}

struct Looking<'l> {
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

    fn scan(&mut self, story: &Story<'_>) -> Result<(), StoryError> {
        let of = HitIn {
            session: story.session().id,
            name: story.title(),
            agent: story.session().agent.clone(),
            cwd: story.session().cwd.clone(),
            recorded: story.is_recorded(),
            last: story.session().at,
        };
        self.looked.scanned += 1;
        let looked = story.entries(&mut |entry| {
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
            self.each.hit(of, told(entry, spot));
        }
        !self.is_over()
    }

    fn done(self) -> LookedAll {
        let found = u32::try_from(self.found).unwrap_or(u32::MAX);
        LookedAll { found, cut: self.found >= self.limit, ..self.looked }
    }
}

fn told(entry: &Entry, spot: Spot) -> Hit {
    Hit {
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
