//! Workspaces as they were: what changed between two moments and by whom, and files as of any moment. Read from the
//! checkpoints without having them, on a thread of its own: no decision ever waits for a human who looks back.
//!
//! `points`: from a moment of a session to a checkpoint. `changes`: what differs. `blame`: who made it. `stands`: what
//! stands at a path.

mod blame;
mod changes;
mod points;
mod stands;

pub(super) use changes::{Asked as Between, changes};
pub(super) use stands::LONGEST;

use super::Published;
use super::consoles::Line;
use super::files;
use crate::checkpoint::{Entry, Look, Past};
use crate::domain::{Answer, Point, Query, Seq, SessionId, Stretch};
use crate::state::spans::Spans;
use crate::store::Reader;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc as std_mpsc;
use std::time::Duration;

/// After so long without a question nothing is held any more: no process, no memory.
const REST: Duration = Duration::from_secs(20);
/// Sessions whose steps are kept in memory.
const SESSIONS: usize = 8;
/// Records that are read at once.
const PAGE: usize = 1_024;

/// The thread that looks back, once it was needed.
#[derive(Default)]
pub(super) struct Back {
    wanted: Option<std_mpsc::Sender<(Line, Query)>>,
}

impl Back {
    /// Looks, and tells what is found.
    pub(super) fn find(&mut self, reader: &Reader, line: &Line, query: &Query) {
        let wanted = self.wanted.get_or_insert_with(|| start(reader.folder().to_owned()));
        if wanted.send((line.clone(), query.clone())).is_err() {
            line.tell(Published::Answered(refused(query, "there is no thread to look back".to_owned())));
        }
    }
}

fn start(state: PathBuf) -> std_mpsc::Sender<(Line, Query)> {
    let (wanted, asked) = std_mpsc::channel::<(Line, Query)>();
    let look = move || {
        let reader = Reader::open(&state);
        let mut desk = Desk::default();
        loop {
            let (line, query) = match asked.recv_timeout(REST) {
                Ok(wanted) => wanted,
                Err(std_mpsc::RecvTimeoutError::Timeout) => {
                    desk = Desk::default();
                    match asked.recv() {
                        Ok(wanted) => wanted,
                        Err(_) => return,
                    }
                }
                Err(std_mpsc::RecvTimeoutError::Disconnected) => return,
            };
            let answer = match &reader {
                Ok(reader) => desk.answer(reader, &query),
                Err(error) => refused(&query, error.to_string()),
            };
            line.tell(Published::Answered(answer));
        }
    };
    drop(std::thread::Builder::new().name("past".to_owned()).spawn(look));
    wanted
}

/// Answers one question, at once.
pub(super) fn answer(reader: &Reader, query: &Query) -> Answer {
    Desk::default().answer(reader, query)
}

/// A file as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileAt {
    /// Its bytes.
    File(Vec<u8>),
    /// It was a link, and led there.
    Link(Vec<u8>),
}

/// A file of a session's workspace as it was at a moment.
///
/// # Errors
/// One sentence: there is no such step, no checkpoint of it, or no such file there.
pub fn file_at(reader: &Reader, session: SessionId, at: Point, path: &str) -> Result<FileAt, String> {
    let said = |error: crate::checkpoint::Error| error.to_string();
    let mut desk = Desk::default();
    desk.learn(reader, session)?;
    let (spans, place) = desk.of(reader, session)?;
    let id = points::resolve(spans, at, None)?;
    let named = changes::named(place, &[path.to_owned()])?;
    let when = at.words();
    let Some(path) = named.first() else { return Err(format!("{path} is the workspace itself: name a file in it")) };
    let entry = place.entry(id, path).map_err(said)?;
    match &entry {
        Entry::File { blob, .. } => place.bytes(*blob).map(FileAt::File).map_err(said),
        Entry::Link { blob } => place.bytes(*blob).map(FileAt::Link).map_err(said),
        Entry::Absent => Err(format!("there is no {path} {when}")),
        Entry::Folder { .. } => Err(format!("{path} is a folder {when}: name a file in it")),
        Entry::Pointer { .. } => Err(format!("{path} is a repository of its own {when}: its files are not kept")),
        Entry::Uncovered(crate::checkpoint::Why::Nested) => {
            let own = path.ancestors().find(|own| matches!(place.entry(id, own), Ok(Entry::Pointer { .. })));
            let own = own.map_or_else(|| "a folder above it".to_owned(), |own| own.to_string());
            Err(format!(
                "{path} is not covered by the checkpoint {when}: {own} is a repository of its own, whose files are \
                         not kept"
            ))
        }
        Entry::Uncovered(why) => Err(format!("{path} is not covered by the checkpoint {when}: {why}")),
    }
}

/// A file of a session's workspace as it was at a moment: the name of its blob in git, and its bytes; nothing where there was
/// none, or a link or a folder.
///
/// # Errors
/// One sentence: there is no such step or no checkpoint of it.
pub fn blob_at(
    reader: &Reader,
    session: SessionId,
    at: Point,
    path: &str,
) -> Result<Option<(String, Vec<u8>)>, String> {
    let said = |error: crate::checkpoint::Error| error.to_string();
    let mut desk = Desk::default();
    desk.learn(reader, session)?;
    let (spans, place) = desk.of(reader, session)?;
    let id = points::resolve(spans, at, None)?;
    let named = changes::named(place, &[path.to_owned()])?;
    let Some(path) = named.first() else { return Ok(None) };
    match place.entry(id, path).map_err(said)? {
        Entry::File { blob, .. } => Ok(Some((blob.to_string(), place.bytes(blob).map_err(said)?))),
        _ => Ok(None),
    }
}

/// What is said where it can't be told.
pub(super) fn refused(query: &Query, why: String) -> Answer {
    match query {
        Query::Changes { session, stretch, paths } => {
            Answer::NoChanges { session: *session, stretch: *stretch, paths: paths.clone(), why }
        }
        Query::Tree { session, at } => {
            Answer::Tree { session: *session, at: *at, files: Vec::new(), more: 0, why: Some(why) }
        }
        _ => Answer::Failed { why },
    }
}

/// What was looked at last.
#[derive(Default)]
struct Desk {
    steps: BTreeMap<SessionId, (Seq, Spans)>,
    places: BTreeMap<PathBuf, Past>,
}

impl Desk {
    fn answer(&mut self, reader: &Reader, query: &Query) -> Answer {
        let answered = match query {
            Query::Changes { session, stretch, paths } => self
                .changes(reader, *session, *stretch, paths)
                .map(|changes| Answer::Changes { changes: Box::new(changes) }),
            Query::Tree { session, at } => self.tree(reader, *session, *at),
            _ => Err("this is no question about the past".to_owned()),
        };
        answered.unwrap_or_else(|why| refused(query, why))
    }

    fn changes(
        &mut self,
        reader: &Reader,
        session: SessionId,
        stretch: Stretch,
        paths: &[String],
    ) -> Result<crate::domain::Changes, String> {
        self.learn(reader, session)?;
        let (spans, place) = self.of(reader, session)?;
        changes(place, spans, &Between { session, stretch, paths, now: None })
    }

    fn tree(&mut self, reader: &Reader, session: SessionId, at: Point) -> Result<Answer, String> {
        self.learn(reader, session)?;
        let (spans, place) = self.of(reader, session)?;
        let (files, more) = changes::tree(place, spans, at)?;
        Ok(Answer::Tree { session, at, files, more, why: None })
    }

    /// Reads on where the log of a session goes on.
    fn learn(&mut self, reader: &Reader, session: SessionId) -> Result<(), String> {
        if self.steps.len() >= SESSIONS && !self.steps.contains_key(&session) {
            self.steps.clear();
        }
        let (next, spans) = self.steps.entry(session).or_insert_with(|| (Seq(1), Spans::default()));
        loop {
            let records = reader.records(session, *next, PAGE).map_err(|error| error.to_string())?;
            let Some(last) = records.last() else { return Ok(()) };
            *next = Seq(last.seq.0 + 1);
            records.iter().for_each(|record| spans.apply(record));
        }
    }

    fn of(&mut self, reader: &Reader, session: SessionId) -> Result<(&Spans, &mut Past), String> {
        let cwd = PathBuf::from(files::folder(reader, session)?);
        if !self.places.contains_key(&cwd) {
            let store = reader.folder().join("checkpoints");
            let past = Past::of(&store, Path::new(&cwd)).ok_or_else(|| nothing_kept(&cwd))?;
            self.places.insert(cwd.clone(), past);
        }
        let (_, spans) = self.steps.get(&session).ok_or("the log can't be read")?;
        let place = self.places.get_mut(&cwd).ok_or_else(|| nothing_kept(&cwd))?;
        Ok((spans, place))
    }
}

fn nothing_kept(cwd: &Path) -> String {
    format!("no checkpoints are kept of {}: no step has changed files there, or keeping is turned off", cwd.display())
}

/// Whether a question needs to know how the whole workspace is now: only who keeps it can find that out.
pub(super) fn needs_now(query: &Query) -> bool {
    match query {
        Query::Changes { stretch, paths, .. } => paths.is_empty() && stretch.to == Point::Now,
        _ => false,
    }
}
