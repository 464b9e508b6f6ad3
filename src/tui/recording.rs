//! A transcript of another tool as something to look at: every question about it is answered from its file.
//!
//! The first reading tells where a replay can go, and keeps nothing. The first question about the past reads once more, and
//! keeps what it passes: keyframes, and the records of pages, compressed and up to a limit. A page costs no whole reading
//! after that. Nothing is written anywhere.

use super::glimpse;
use super::kept::Kept;
use crate::domain::{Answer, Found, Looked, PageNo, Query, Record, Search, Seq, SessionId};
use crate::recordings::{Recorded, Recordings};
use crate::state::find::{Eyes, look};
use crate::state::{Session, page};
use crate::text::Needle;
use crate::transcript::{self, Ends, Follow, Format, More, ReadError, Stamp};
use crate::ui::marks::Marks;
use crate::ui::{Glimpse, Replay};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Why something of it can't be shown.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// The file can't be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It was written to since.
    #[error("{} was written to since it was opened: leave and open it again to see more of it", .0.display())]
    Changed(PathBuf),
}

/// A transcript.
pub struct Recording {
    path: PathBuf,
    from: From,
    id: SessionId,
    /// How much there was when it was read first.
    was: Option<Stands>,
    last: Seq,
    kept: Kept,
    /// It goes on where it runs.
    goes_on: bool,
    /// How its file stood when it was opened.
    stood: Option<Stands>,
    /// What is written is read as it comes.
    followed: Option<Followed>,
    /// How often it was read anew, since it was another one than before.
    anew: u32,
}

/// What is known of a transcript at its end, while it is followed.
struct Followed {
    follow: Follow,
    marks: Marks,
    session: Session,
}

/// Where it is read.
enum From {
    /// In the tool's own file.
    File(&'static dyn Format),
    /// In what is kept of it.
    Kept(Recordings),
}

/// How much of it there is: the length of the file and when it was written to; or the records that are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    File(u64, SystemTime),
    Kept(u64),
}

impl Recording {
    /// Opens it.
    ///
    /// # Errors
    /// It can't be read, or is no transcript.
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        let format = transcript::file::sniff(path)?;
        let id = Stamp::of(&path.to_string_lossy()).session();
        Ok(Self::new(path, From::File(format), id))
    }

    /// Opens one of which a copy is kept: also where its file is gone.
    #[must_use]
    pub fn kept(recordings: Recordings, one: &Recorded) -> Self {
        Self::new(&one.path, From::Kept(recordings), one.id)
    }

    fn new(path: &Path, from: From, id: SessionId) -> Self {
        let (stood, path, kept) = (stands(path), path.to_owned(), Kept::default());
        Self { path, from, id, was: None, last: Seq(0), kept, goes_on: false, stood, followed: None, anew: 0 }
    }

    /// One that goes on where it runs: its own file is followed, whatever is kept of it.
    ///
    /// # Errors
    /// It can't be read, or is no transcript.
    pub fn following(path: &Path, id: SessionId) -> Result<Self, ReadError> {
        let format = transcript::file::sniff(path)?;
        Ok(Self { goes_on: true, ..Self::new(path, From::File(format), id) })
    }

    /// Its file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its session.
    #[must_use]
    pub fn session(&self) -> SessionId {
        self.id
    }

    /// How often the whole file was read.
    #[must_use]
    pub fn readings(&self) -> u32 {
        self.kept.readings
    }

    /// What its end says, where it is so long that reading it takes a while. Nothing is counted in it.
    #[must_use]
    pub fn glimpse(&self) -> Option<(Session, Glimpse)> {
        let From::File(format) = &self.from else { return None };
        glimpse::of(&self.path, *format, self.id, if self.goes_on { Ends::Open } else { Ends::Over })
    }

    /// The bytes of its own file, where it is read from there.
    #[must_use]
    pub fn bytes(&self) -> Option<u64> {
        matches!(self.from, From::File(_)).then(|| glimpse::size(&self.path)).flatten()
    }

    /// Reads it to its end: where a replay can go, with its cursor there, and the session as of a record, or of its end.
    ///
    /// # Errors
    /// It can't be read.
    pub fn begin(&mut self, until: Option<Seq>) -> Result<(Replay, Session), RecordingError> {
        self.begin_seen(until, &mut |_| {})
    }

    /// The same; how many bytes of its own file were read is told again and again.
    ///
    /// # Errors
    /// As for [`Self::begin`].
    pub fn begin_seen(
        &mut self,
        until: Option<Seq>,
        seen: &mut dyn FnMut(u64),
    ) -> Result<(Replay, Session), RecordingError> {
        if self.goes_on {
            let session = self.read_anew(seen)?;
            let follows = until.is_none();
            let session = match until {
                Some(seq) if seq < self.last => self.at(seq)?,
                _ => session,
            };
            let mut replay = self.replay(session.seq);
            replay.recording.iter_mut().for_each(|recording| recording.follows = follows);
            return Ok((replay, session));
        }
        self.was = self.stands();
        let until = until.unwrap_or(Seq(u64::MAX));
        let (mut marks, mut session, mut last) = (Marks::new(self.id, Seq(0)), Session::new(self.id), Seq(0));
        let mut each = |record: Record| {
            marks.take(&record);
            last = record.seq;
            if record.seq <= until {
                session.apply(&record);
            }
        };
        self.from.read(&self.path, self.id, &mut each, seen)?;
        self.kept.readings += 1;
        self.last = last;
        let recording = Some(crate::ui::Recording::default());
        Ok((Replay { last, recording, ..marks.at(session.seq) }, session))
    }

    /// Looks again: where a replay can go by now, where there is more of it, or where it is another one.
    ///
    /// # Errors
    /// It can't be read.
    pub fn more(&mut self) -> Result<Option<Replay>, RecordingError> {
        let Some(Followed { follow, marks, session }) = &mut self.followed else { return self.goes_on_after_all() };
        let before = self.last;
        let last = &mut self.last;
        let more = follow.more(&mut |record| {
            marks.take(&record);
            *last = record.seq;
            session.apply(&record);
        });
        match more {
            More::Anew => {
                self.anew += 1;
                self.read_anew(&mut |_| {})?;
            }
            More::Added if self.last > before => self.kept.forget_from(page::page_of(Seq(before.0 + 1))),
            More::Added | More::Same => return Ok(None),
        }
        Ok(Some(self.replay(self.last)))
    }

    /// One that was of the past and is written to again: from now on it is followed.
    fn goes_on_after_all(&mut self) -> Result<Option<Replay>, RecordingError> {
        let now = stands(&self.path);
        if now.is_none() || self.stood.is_none() || now == self.stood {
            return Ok(None);
        }
        self.stood = now;
        let Ok(followed) = Self::following(&self.path, self.id) else { return Ok(None) };
        *self = Self { anew: self.anew + 1, ..followed };
        self.read_anew(&mut |_| {})?;
        Ok(Some(self.replay(self.last)))
    }

    fn replay(&self, at: Seq) -> Replay {
        let marks = self.followed.as_ref().map_or_else(|| Marks::new(self.id, self.last), |it| it.marks.clone());
        let recording = crate::ui::Recording { goes_on: self.followed.is_some(), follows: false, anew: self.anew };
        Replay { last: self.last, recording: Some(recording), ..marks.at(at) }
    }

    /// Reads what there is, and goes on from there.
    fn read_anew(&mut self, seen: &mut dyn FnMut(u64)) -> Result<Session, RecordingError> {
        let From::File(format) = &self.from else { return Ok(Session::new(self.id)) };
        let (mut marks, mut session, mut last) = (Marks::new(self.id, Seq(0)), Session::new(self.id), Seq(0));
        let mut each = |record: Record| {
            marks.take(&record);
            last = record.seq;
            session.apply(&record);
        };
        let follow = Follow::begin_seen(&self.path, *format, self.id, &mut each, seen)?;
        self.kept.forget_from(PageNo(0));
        self.kept.readings += 1;
        self.last = last;
        self.followed = Some(Followed { follow, marks, session: session.clone() });
        Ok(session)
    }

    /// The session as of a record.
    ///
    /// # Errors
    /// It can't be read, or was written to since.
    pub fn at(&mut self, seq: Seq) -> Result<Session, RecordingError> {
        if let Some(followed) = self.followed.as_ref().filter(|followed| followed.session.seq == seq) {
            return Ok(followed.session.clone());
        }
        let number = page::page_of(seq);
        self.gathered(number)?;
        Ok(self.kept.at(self.id, seq))
    }

    /// Answers a question of the console.
    pub fn answer(&mut self, query: &Query) -> Answer {
        let answered = match query {
            Query::Page { session, page } if *session == self.id => self.page(*page),
            Query::Search(search) if search.session == self.id => self.find(search),
            Query::Changes { .. } | Query::Tree { .. } => {
                return failed(
                    "a transcript of another tool keeps no files: what it tells of them stands in its steps",
                );
            }
            _ => return failed("a transcript of another tool holds no more than it shows"),
        };
        answered.unwrap_or_else(|error| failed(&error.to_string()))
    }

    fn page(&mut self, number: PageNo) -> Result<Answer, RecordingError> {
        let records = self.records(number)?;
        let keyframe = self.kept.packed_keyframe(number);
        Ok(Answer::Page { session: self.id, page: number, keyframe, records })
    }

    /// One step of a search: a page.
    fn find(&mut self, search: &Search) -> Result<Answer, RecordingError> {
        let answer = |found, looked| Answer::Found { search: search.number, found, looked };
        let Some(needle) = Needle::new(&search.text) else { return Ok(answer(Vec::new(), Looked::All)) };
        let (number, last) = (search.from.page, page::page_of(search.upto));
        let mut records = self.records(number)?;
        records.retain(|record| record.seq <= search.upto);
        let keyframe = self.kept.keyframe(number);
        let entries = match number == last {
            true => page::all_in(self.id, keyframe, &records),
            false => page::settled_in(self.id, keyframe, &records),
        };
        let find = |text: &str| needle.find(text);
        // A transcript's texts all stand in its records.
        let mut body = |_: &_| None;
        let found = entries.iter().filter_map(|entry| {
            let spot = look(entry, search.kind, &mut Eyes { find: &find, body: &mut body, blind: false })?;
            let (session, entry, seq) = (self.id, entry.no, entry.seq);
            Some(Found { session, entry, seq, page: number, part: spot.part, line: spot.line, excerpt: spot.excerpt })
        });
        Ok(answer(found.collect(), search.from.next(last).map_or(Looked::All, Looked::More)))
    }

    /// The records of a page, up to those that were there when it was opened.
    fn records(&mut self, number: PageNo) -> Result<Vec<Record>, RecordingError> {
        self.gathered(number)?;
        Ok(self.kept.records(number))
    }

    /// Sees to it that a page is kept, where there is one of this number.
    fn gathered(&mut self, number: PageNo) -> Result<(), RecordingError> {
        if number <= page::page_of(self.last) && !self.kept.has(number) {
            self.gather(number)?;
        }
        Ok(())
    }

    /// Reads it once more, and keeps what it passes: of records the pages that are nearest to one.
    fn gather(&mut self, wanted: PageNo) -> Result<(), RecordingError> {
        if self.followed.is_none() && self.stands() != self.was {
            return Err(RecordingError::Changed(self.path.clone()));
        }
        let (kept, last) = (&mut self.kept, self.last);
        let mut session = Session::new(self.id);
        let (mut number, mut json) = (PageNo(0), Vec::new());
        let mut each = |record: Record| {
            if record.seq > last {
                return;
            }
            let of = page::page_of(record.seq);
            if of != number {
                kept.page(std::mem::replace(&mut number, of), &std::mem::take(&mut json), wanted);
                kept.begins(of, &session);
            }
            // A tree of strings and numbers: writing it cannot fail.
            drop(serde_json::to_writer(&mut json, &record));
            json.push(b'\n');
            session.apply(&record);
        };
        self.from.read(&self.path, self.id, &mut each, &mut |_| {})?;
        kept.page(number, &json, wanted);
        kept.readings += 1;
        Ok(())
    }

    fn stands(&self) -> Option<Stands> {
        match &self.from {
            From::File(_) => stands(&self.path),
            From::Kept(recordings) => Some(Stands::Kept(recordings.one(self.id).ok()??.records)),
        }
    }
}

fn stands(path: &Path) -> Option<Stands> {
    let about = std::fs::metadata(path).ok()?;
    Some(Stands::File(about.len(), about.modified().ok()?))
}

impl From {
    fn read(
        &self,
        path: &Path,
        id: SessionId,
        each: &mut dyn FnMut(Record),
        seen: &mut dyn FnMut(u64),
    ) -> Result<(), ReadError> {
        match self {
            Self::File(format) => glimpse::read(path, *format, id, each, seen)?,
            Self::Kept(recordings) => recordings.read(id, each)?,
        };
        Ok(())
    }
}

fn failed(why: &str) -> Answer {
    Answer::Failed { why: why.to_owned() }
}
