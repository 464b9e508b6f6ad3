//! Sessions as they are read from their beginning to their end: taut's own and those of other tools alike, a page at a time,
//! so that a long one needs no more memory than a short one.

use super::find::{self, page_entries};
use super::recorded;
use super::setup::Setup;
use super::{CliError, show};
use crate::domain::{BodyRef, Record, Seq, SessionId, Text};
use crate::hub::session_at;
use crate::recordings::{Recorded, Recordings};
use crate::state::{Entry, Session, page};
use crate::store::{Reader, StoreError};
use std::sync::Arc;

/// Records read at a time.
const BATCH: usize = 1024;

/// A session that can be read.
pub(super) enum Story<'s> {
    /// One of taut's.
    Own(&'s Reader, Box<Session>),
    /// One of another tool, of which a copy is kept.
    Kept(&'s Recordings, Box<Recorded>),
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
        let found = self.kept.as_ref().zip(one).map(|(kept, one)| Story::Kept(kept, Box::new(one)));
        found.ok_or_else(|| CliError::NotFound(given.to_owned()))
    }

    /// All of them, each once, the newest first.
    ///
    /// # Errors
    /// They can't be read.
    pub(super) fn all(&self) -> Result<Vec<Story<'_>>, CliError> {
        let (mut all, mut own) = (Vec::new(), std::collections::BTreeSet::new());
        if let Some(reader) = &self.own {
            for span in reader.sessions()? {
                let session = last_known(reader, span.session)?;
                own.extend(session.sources.iter().map(|source| source.native.clone()));
                all.push(Story::Own(reader, Box::new(session)));
            }
        }
        if let Some(kept) = &self.kept {
            let others = kept.list(&crate::recordings::Filter::default())?.into_iter();
            let others = others.filter(|one| one.native.is_empty() || !own.contains(&one.native));
            all.extend(others.map(|one| Story::Kept(kept, Box::new(one))));
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
            Self::Kept(_, one) => &one.session,
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
            Self::Kept(_, one) => one.title(),
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
            Self::Kept(kept, one) => {
                kept.read(one.id, each)?;
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
            Self::Kept(kept, one) => {
                let mut pages = Pages { id: one.id, before: Session::new(one.id), records: Vec::new(), done: Ok(true) };
                kept.read(one.id, &mut |record| pages.take(record, each))?;
                pages.end(each)
            }
        }
    }
}

/// Pages of records, as they come.
struct Pages {
    id: SessionId,
    /// As of the beginning of this page.
    before: Session,
    records: Vec<Record>,
    /// Whether more is wanted.
    done: Result<bool, CliError>,
}

impl Pages {
    fn take(&mut self, record: Record, each: &mut dyn FnMut(&Entry) -> Result<bool, CliError>) {
        if !matches!(self.done, Ok(true)) {
            return;
        }
        let is_last = page::is_due(record.seq);
        self.records.push(record);
        if is_last {
            let records = std::mem::take(&mut self.records);
            let settled = page::settled_in(self.id, Some(page::known(&self.before)), &records);
            records.iter().for_each(|record| self.before.apply(record));
            self.tell(&settled, each);
        }
    }

    fn tell(&mut self, entries: &[Entry], each: &mut dyn FnMut(&Entry) -> Result<bool, CliError>) {
        for entry in entries {
            self.done = each(entry);
            if !matches!(self.done, Ok(true)) {
                return;
            }
        }
    }

    fn end(mut self, each: &mut dyn FnMut(&Entry) -> Result<bool, CliError>) -> Result<(), CliError> {
        if matches!(self.done, Ok(true)) {
            let rest = page::all_in(self.id, Some(page::known(&self.before)), &self.records);
            self.tell(&rest, each);
        }
        self.done.map(|_| ())
    }
}

fn last_known(reader: &Reader, id: SessionId) -> Result<Session, CliError> {
    Ok(session_at(reader, id, reader.last_seq(id)?)?)
}
