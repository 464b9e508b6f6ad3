//! Sessions as they are read from their beginning to their end: taut's own and those of other tools alike, a page at a time,
//! so that a long one needs no more memory than a short one.
//!
//! `log`: one of taut's own, as of any record. `held`: what of a recording stands in no session of taut's.

mod held;
mod log;

pub use held::{Held, Part, TRANSCRIPT};
pub use log::{last_known, page_entries, session_at};

use crate::domain::{BodyRef, Record, Seq, SessionId};
use crate::recordings::{Filter, ReadError, Recorded, Recordings};
use crate::state::{Entry, Pages, Session, page};
use crate::store::{Reader, StoreError};
use std::path::Path;
use std::sync::Arc;
use thiserror::Error;

/// Records read at a time.
const BATCH: usize = 1024;
/// The page of what has not settled yet: it comes after all others.
pub const OPEN_PAGE: u64 = u32::MAX as u64;

/// Why a session is not read.
#[derive(Debug, Error)]
pub enum StoryError {
    /// The log, or what is kept beside it, can't be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A recording of another tool can't be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// A session that can be read.
pub enum Story<'s> {
    /// One of taut's.
    Own(&'s Reader, Box<Session>),
    /// One of another tool, of which a copy is kept.
    Kept(&'s Recordings, Box<Recorded>, Part),
}

/// Where sessions are read.
pub struct Shelves {
    own: Option<Reader>,
    kept: Option<Recordings>,
}

impl Shelves {
    /// Opens what there is in a state folder.
    ///
    /// # Errors
    /// It can't be read.
    pub fn open(state: &Path) -> Result<Self, StoreError> {
        let own = match Reader::open(state) {
            Err(StoreError::Missing(_)) => None,
            other => Some(other?),
        };
        Ok(Self { own, kept: Recordings::open_for_reading(state)? })
    }

    /// The log, where there is one.
    #[must_use]
    pub fn own(&self) -> Option<&Reader> {
        self.own.as_ref()
    }

    /// Recordings of other tools, where any were ever kept.
    #[must_use]
    pub fn kept(&self) -> Option<&Recordings> {
        self.kept.as_ref()
    }

    /// A session of taut's, as of its last record.
    ///
    /// # Errors
    /// It can't be read.
    pub fn own_story(&self, id: SessionId) -> Result<Option<Story<'_>>, StoreError> {
        self.own.as_ref().map(|reader| Ok(Story::Own(reader, Box::new(last_known(reader, id)?)))).transpose()
    }

    /// A part of a recording.
    #[must_use]
    pub fn kept_story(&self, one: Recorded, part: Part) -> Option<Story<'_>> {
        self.kept.as_ref().map(|kept| Story::Kept(kept, Box::new(one), part))
    }

    /// All of them, each once, the newest first.
    ///
    /// # Errors
    /// They can't be read.
    pub fn all(&self) -> Result<Vec<Story<'_>>, StoreError> {
        let (mut all, mut own) = (Vec::new(), Held::default());
        if let Some(reader) = &self.own {
            for span in reader.sessions()? {
                let session = last_known(reader, span.session)?;
                own.take(&session);
                all.push(Story::Own(reader, Box::new(session)));
            }
        }
        if let Some(kept) = &self.kept {
            let others = kept.list(&Filter::default())?.into_iter();
            let others = others.filter_map(|one| Some((own.part(&one.native)?, one)));
            all.extend(others.map(|(part, one)| Story::Kept(kept, Box::new(one), part)));
        }
        all.sort_by_key(|story| std::cmp::Reverse(story.session().at));
        Ok(all)
    }
}

impl Story<'_> {
    /// As of its last record.
    #[must_use]
    pub fn session(&self) -> &Session {
        match self {
            Self::Own(_, session) => session,
            Self::Kept(_, one, _) => &one.session,
        }
    }

    /// Whether it is another tool's.
    #[must_use]
    pub fn is_recorded(&self) -> bool {
        matches!(self, Self::Kept(..))
    }

    /// What it is called in a list.
    #[must_use]
    pub fn title(&self) -> String {
        match self {
            Self::Own(_, session) => session.name.clone(),
            Self::Kept(_, one, _) => one.title(),
        }
    }

    /// A long text, where it is at hand.
    #[must_use]
    pub fn body(&self, body: &BodyRef) -> Option<Arc<str>> {
        match self {
            Self::Own(reader, _) => reader.body(body).ok()?.map(Arc::from),
            Self::Kept(..) => None,
        }
    }

    /// Its records, in their order.
    ///
    /// # Errors
    /// They can't be read.
    pub fn records(&self, each: &mut dyn FnMut(Record)) -> Result<(), StoryError> {
        match self {
            Self::Kept(kept, one, part) => {
                kept.read(one.id, &mut part.only(each))?;
                Ok(())
            }
            Self::Own(reader, session) => {
                let mut from = Seq(1);
                loop {
                    let records = reader.records(session.id, from, BATCH)?;
                    let Some(last) = records.last() else { return Ok(()) };
                    from = Seq(last.seq.0 + 1);
                    records.into_iter().for_each(&mut *each);
                }
            }
        }
    }

    /// What a person reads of it, entry by entry, until `each` says that it is enough.
    ///
    /// # Errors
    /// It can't be read, or what `each` says.
    pub fn entries<E: From<StoryError>>(&self, each: &mut dyn FnMut(&Entry) -> Result<bool, E>) -> Result<(), E> {
        self.entries_from(0, &mut |_, entry| each(entry))
    }

    /// The same from a page on, with the page in which each entry settled; [`OPEN_PAGE`] for those that have not.
    ///
    /// # Errors
    /// It can't be read, or what `each` says.
    pub fn entries_from<E: From<StoryError>>(
        &self,
        page: u64,
        each: &mut dyn FnMut(u64, &Entry) -> Result<bool, E>,
    ) -> Result<(), E> {
        match self {
            Self::Own(reader, session) => {
                for number in page..=page::page_of(session.seq).0 {
                    let settled = page_entries(reader, session, number).map_err(StoryError::from)?;
                    for entry in settled {
                        if !each(number, &entry)? {
                            return Ok(());
                        }
                    }
                }
                for no in session.timeline.unsettled() {
                    if !each(OPEN_PAGE, &session.timeline.entries[&no])? {
                        return Ok(());
                    }
                }
                Ok(())
            }
            Self::Kept(kept, one, part) => {
                let mut only = part.until();
                let read = |take: &mut dyn FnMut(Record) -> bool| {
                    kept.read_until(one.id, &mut |record| only(&record) && take(record))?;
                    Ok(())
                };
                of_records(one.id, read, &mut |number, entry| {
                    if number < page { Ok(true) } else { each(number, entry) }
                })
            }
        }
    }
}

/// What a person reads of records as they are read, until `each` says that it is enough; `read` hands records on until it
/// hears that no more are wanted.
///
/// # Errors
/// They can't be read, or what `each` says.
pub fn of_records<E: From<StoryError>>(
    id: SessionId,
    read: impl FnOnce(&mut dyn FnMut(Record) -> bool) -> Result<(), StoryError>,
    each: &mut dyn FnMut(u64, &Entry) -> Result<bool, E>,
) -> Result<(), E> {
    let (mut pages, mut done, mut number) = (Pages::new(id), Ok(true), 0);
    let mut tell = |number: u64, entries: &[Entry], done: &mut Result<bool, E>| {
        for entry in entries {
            if !matches!(done, Ok(true)) {
                return;
            }
            *done = each(number, entry);
        }
    };
    read(&mut |record| {
        if matches!(done, Ok(true)) {
            number = page::page_of(record.seq).0;
            tell(number, &pages.take(record), &mut done);
        }
        matches!(done, Ok(true))
    })?;
    if matches!(done, Ok(true)) {
        tell(OPEN_PAGE, &pages.end(), &mut done);
    }
    done.map(|_| ())
}
