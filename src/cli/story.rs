//! Sessions as they are read from their beginning to their end: taut's own and those of other tools alike, a page at a time,
//! so that a long one needs no more memory than a short one.

use super::find;
use super::recorded;
use super::setup::Setup;
use super::{CliError, show};
use crate::domain::{BodyRef, Record, Seq, SessionId, Text};
use crate::hub::{Held, Part, page_entries, session_at};
use crate::recordings::{Recorded, Recordings};
use crate::state::{Entry, Pages, Session, page};
use crate::store::{Reader, StoreError};
use std::sync::Arc;

/// Records read at a time.
const BATCH: usize = 1024;

/// A session that can be read.
pub(super) enum Story<'s> {
    /// One of taut's.
    Own(&'s Reader, Box<Session>),
    /// One of another tool, of which a copy is kept.
    Kept(&'s Recordings, Box<Recorded>, Part),
}

/// Where sessions are read.
pub(super) struct Shelves {
    own: Option<Reader>,
    kept: Option<Recordings>,
}

impl Shelves {
    /// Opens what there is.
    ///
    /// # Errors
    /// It can't be read.
    pub(super) fn open(setup: &Setup) -> Result<Self, CliError> {
        let own = match setup.reader() {
            Err(CliError::Store(StoreError::Missing(_))) => None,
            other => Some(other?),
        };
        Ok(Self { own, kept: Recordings::open_for_reading(&setup.places.state)? })
    }

    /// The one that something names.
    ///
    /// # Errors
    /// Nothing or more than one is called that.
    pub(super) fn named(&self, setup: &Setup, given: &str) -> Result<Story<'_>, CliError> {
        if let Some(reader) = &self.own {
            match find::session(reader, given) {
                Ok(id) => return Ok(Story::Own(reader, Box::new(last_known(reader, id)?))),
                Err(CliError::NotFound(_)) => {}
                Err(other) => return Err(other),
            }
        }
        let one = recorded::named(setup, given)?;
        let found = self.kept.as_ref().zip(one).map(|(kept, one)| Story::Kept(kept, Box::new(one), Part::All));
        found.ok_or_else(|| CliError::NotFound(given.to_owned()))
    }

    /// All of them, each once, the newest first.
    ///
    /// # Errors
    /// They can't be read.
    pub(super) fn all(&self) -> Result<Vec<Story<'_>>, CliError> {
        let (mut all, mut own) = (Vec::new(), Held::default());
        if let Some(reader) = &self.own {
            for span in reader.sessions()? {
                let session = last_known(reader, span.session)?;
                own.take(&session);
                all.push(Story::Own(reader, Box::new(session)));
            }
        }
        if let Some(kept) = &self.kept {
            let others = kept.list(&crate::recordings::Filter::default())?.into_iter();
            let others = others.filter_map(|one| Some((own.part(&one)?, one)));
            all.extend(others.map(|(part, one)| Story::Kept(kept, Box::new(one), part)));
        }
        all.sort_by_key(|story| std::cmp::Reverse(story.session().at));
        Ok(all)
    }
}

impl Story<'_> {
    /// As of its last record.
    #[must_use]
    pub(super) fn session(&self) -> &Session {
        match self {
            Self::Own(_, session) => session,
            Self::Kept(_, one, _) => &one.session,
        }
    }

    /// Whether it is another tool's.
    #[must_use]
    pub(super) fn is_recorded(&self) -> bool {
        matches!(self, Self::Kept(..))
    }

    /// What it is called in a list.
    #[must_use]
    pub(super) fn title(&self) -> String {
        match self {
            Self::Own(_, session) => session.name.clone(),
            Self::Kept(_, one, _) => one.title(),
        }
    }

    /// A text, whole.
    #[must_use]
    pub(super) fn full(&self, text: &Text) -> String {
        match (self, text) {
            (Self::Own(reader, _), text) => show::full(reader, text),
            (Self::Kept(..), Text::Inline(text)) => text.clone(),
            (Self::Kept(..), Text::Body(body)) => format!("[not kept: {} bytes, {} lines]", body.bytes, body.lines),
        }
    }

    /// A long text, where it is at hand.
    #[must_use]
    pub(super) fn body(&self, body: &BodyRef) -> Option<Arc<str>> {
        match self {
            Self::Own(reader, _) => reader.body(body).ok()?.map(Arc::from),
            Self::Kept(..) => None,
        }
    }

    /// Its records, in their order.
    ///
    /// # Errors
    /// They can't be read.
    pub(super) fn records(&self, each: &mut dyn FnMut(Record)) -> Result<(), CliError> {
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
    pub(super) fn entries(&self, each: &mut dyn FnMut(&Entry) -> Result<bool, CliError>) -> Result<(), CliError> {
        match self {
            Self::Own(reader, session) => {
                for number in 0..=page::page_of(session.seq).0 {
                    for entry in page_entries(reader, session, number)? {
                        if !each(&entry)? {
                            return Ok(());
                        }
                    }
                }
                for no in session.timeline.unsettled() {
                    if !each(&session.timeline.entries[&no])? {
                        return Ok(());
                    }
                }
                Ok(())
            }
            Self::Kept(kept, one, part) => {
                let read = |take: &mut dyn FnMut(Record)| {
                    kept.read(one.id, &mut part.only(take))?;
                    Ok(())
                };
                of_records(one.id, read, each)
            }
        }
    }
}

/// What a person reads of records as they are read, until `each` says that it is enough.
///
/// # Errors
/// They can't be read, or what `each` says.
pub(super) fn of_records(
    id: SessionId,
    read: impl FnOnce(&mut dyn FnMut(Record)) -> Result<(), CliError>,
    each: &mut dyn FnMut(&Entry) -> Result<bool, CliError>,
) -> Result<(), CliError> {
    let (mut pages, mut done) = (Pages::new(id), Ok(true));
    let mut tell = |entries: &[Entry], done: &mut Result<bool, CliError>| {
        for entry in entries {
            if !matches!(done, Ok(true)) {
                return;
            }
            *done = each(entry);
        }
    };
    read(&mut |record| {
        if matches!(done, Ok(true)) {
            tell(&pages.take(record), &mut done);
        }
    })?;
    tell(&pages.end(), &mut done);
    done.map(|_| ())
}

fn last_known(reader: &Reader, id: SessionId) -> Result<Session, CliError> {
    Ok(session_at(reader, id, reader.last_seq(id)?)?)
}
