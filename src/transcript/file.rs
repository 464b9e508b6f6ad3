//! One transcript, read from the disk to its end, with the files that belong to it.
//!
//! Lines of several files are told in the order of their clocks, and of one file always in the order in which they stand.

use super::{Beside, FORMATS, Format, Line, LineText, Lines, NO_JSON, Odd, Out, Place, Sniff, Stamp, source};
use crate::domain::{At, Record};
use crate::text::human::os;
use std::collections::VecDeque;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// As much of a file is looked at to see whose it is.
const HEAD: usize = 256 << 10;
/// A file is read in pieces of this size.
const PIECE: usize = 256 << 10;
/// Places that are remembered; all are counted.
const PLACES: usize = 8;

/// Why a file was not read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The system would not.
    #[error("{} can't be read: {}", path.display(), os(why))]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system says.
        why: std::io::Error,
    },
    /// There is nothing in it.
    #[error("{} is empty: there is nothing to read", .0.display())]
    Empty(PathBuf),
    /// It is something else.
    #[error("{} is no transcript that taut can read: {why}; it reads those of {}", path.display(), tools())]
    Other {
        /// Which.
        path: PathBuf,
        /// What it seems to be.
        why: String,
    },
}

fn tools() -> String {
    FORMATS.map(Format::tool).join(", ")
}

/// What was read of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// The name of its format.
    pub format: &'static str,
    /// Files, with those beside it.
    pub files: usize,
    /// Lines in all of them.
    pub lines: u64,
    /// Records that came of them.
    pub records: u64,
    /// Lines of kinds that nobody knows.
    pub unrecognised: u64,
    /// Lines that are damaged.
    pub damaged: u64,
    /// Lines that say what was said before, by their ids.
    pub again: u64,
    /// The first places where something was odd.
    pub places: Vec<Place>,
    /// The files by their numbers.
    pub paths: Vec<PathBuf>,
}

impl Tally {
    fn count(&mut self, out: &mut Out) {
        for place in out.places.drain(..) {
            match place.odd {
                Odd::Unrecognised => self.unrecognised += 1,
                Odd::Damaged => self.damaged += 1,
            }
            if self.places.len() < PLACES {
                self.places.push(place);
            }
        }
        self.again += std::mem::take(&mut out.again);
    }
}

/// Whose file it is.
///
/// # Errors
/// It can't be read, is empty, or of no format that is known.
pub fn sniff(path: &Path) -> Result<&'static dyn Format, ReadError> {
    let unreadable = |why| unreadable(path, why);
    let mut head = Vec::new();
    let file = source::open(path).map_err(unreadable)?;
    file.take(HEAD as u64).read_to_end(&mut head).map_err(unreadable)?;
    if head.is_empty() {
        return Err(ReadError::Empty(path.to_owned()));
    }
    let mut whys = Vec::new();
    for format in FORMATS {
        match format.sniff(&head) {
            Sniff::Mine => return Ok(format),
            Sniff::Not(why) => whys.push(why),
        }
    }
    // Who understood more of it says what it is.
    whys.sort_by_key(|why| why == NO_JSON);
    Err(ReadError::Other { path: path.to_owned(), why: whys.into_iter().next().unwrap_or_default() })
}

/// The files of a session, wherever their bytes are.
pub struct Files<'f> {
    /// The name of the first, without its ending.
    pub name: String,
    /// All of them, the session's own first.
    pub paths: Vec<PathBuf>,
    /// What belongs to it: the others, in their order.
    pub beside: Vec<Beside>,
    /// Which session it is.
    pub stamp: Stamp,
    /// Opens one of them.
    pub open: &'f dyn Fn(usize) -> std::io::Result<Box<dyn Read + 'f>>,
}

/// Reads a session whole, record by record; nothing of it is kept here.
///
/// # Errors
/// It can't be read, or is of no format that is known. What can't be read in its middle ends it, as the end of a file does.
pub fn read(path: &Path, format: &dyn Format, each: &mut dyn FnMut(Record)) -> Result<Tally, ReadError> {
    read_as(path, format, (Stamp::of(&path.to_string_lossy()), Ends::Over), each)
}

/// The same, as a session that has its stamp already, and perhaps is not over.
///
/// # Errors
/// As for [`read`].
pub fn read_as(
    path: &Path,
    format: &dyn Format,
    (stamp, ends): (Stamp, Ends),
    each: &mut dyn FnMut(Record),
) -> Result<Tally, ReadError> {
    let beside = format.beside(path);
    let paths = paths(path, &beside);
    let open = |file: usize| -> std::io::Result<Box<dyn Read>> { source::open(&paths[file]) };
    read_until(Files { name: name(path), paths: paths.clone(), beside, stamp, open: &open }, format, ends, each)
}

/// What stands at the end of a session's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// Nothing more will be written.
    Over,
    /// It goes on: what has no end yet is no line yet.
    Open,
}

/// A session's own file, and those that belong to it.
#[must_use]
pub fn paths(path: &Path, beside: &[Beside]) -> Vec<PathBuf> {
    std::iter::once(path.to_owned()).chain(beside.iter().map(|Beside { path, .. }| path.clone())).collect()
}

/// What a session's file is called, without its ending.
#[must_use]
pub fn name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The same, of files wherever they are.
///
/// # Errors
/// The first of them can't be opened.
pub fn read_files(files: Files<'_>, format: &dyn Format, each: &mut dyn FnMut(Record)) -> Result<Tally, ReadError> {
    read_until(files, format, Ends::Over, each)
}

fn read_until(
    files: Files<'_>,
    format: &dyn Format,
    ends: Ends,
    each: &mut dyn FnMut(Record),
) -> Result<Tally, ReadError> {
    let Files { name, paths, beside, mut stamp, open } = files;
    let mut reader = format.reader(&name, &beside);
    reader.belongs_to(stamp.session());
    let mut tally = Tally { format: format.name(), files: paths.len(), ..Tally::default() };
    let mut out = Out::default();
    let mut tell = |out: &mut Out, tally: &mut Tally| {
        tally.count(out);
        for told in out.told.drain(..) {
            tally.records += 1;
            each(stamp.record(told));
        }
    };
    let open = |file: usize| Source::new(open(file), ends).map_err(|why| unreadable(&paths[file], why));
    if paths.len() == 1 || format.one_by_one() {
        for file in 0..paths.len() {
            let mut source = match open(file) {
                Err(error) if file == 0 => return Err(error),
                // One that is gone is as if it had never been there.
                Err(_) => continue,
                Ok(source) => source,
            };
            while source.next(&mut |line| {
                reader.line(file, line, &mut out);
                tell(&mut out, &mut tally);
            }) {}
            tally.lines += source.lines.count();
        }
    } else {
        tally.lines = merged((0..paths.len()).map(open), format, &mut |file, line| {
            reader.line(file, line, &mut out);
            tell(&mut out, &mut tally);
        })?;
    }
    if ends == Ends::Over {
        reader.end(&mut out);
        tell(&mut out, &mut tally);
    }
    tally.paths = paths;
    Ok(tally)
}

fn unreadable(path: &Path, why: std::io::Error) -> ReadError {
    ReadError::Unreadable { path: path.to_owned(), why }
}

/// A file, read piece by piece.
struct Source<'f> {
    file: Box<dyn Read + 'f>,
    lines: Lines,
    piece: Vec<u8>,
    ends: Ends,
    over: bool,
}

impl<'f> Source<'f> {
    fn new(file: std::io::Result<Box<dyn Read + 'f>>, ends: Ends) -> std::io::Result<Self> {
        Ok(Self { file: file?, lines: Lines::default(), piece: vec![0; PIECE], ends, over: false })
    }

    /// The lines that the next piece ends; false where there is none.
    fn next(&mut self, each: &mut dyn FnMut(Line<'_>)) -> bool {
        let read = loop {
            match self.file.read(&mut self.piece) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // A file that can't be read on is at its end.
                other => break other.unwrap_or(0),
            }
        };
        match self.piece.get(..read).filter(|piece| !piece.is_empty()) {
            Some(piece) => self.lines.take(piece, each),
            None if self.over || self.ends == Ends::Open => return false,
            None => {
                self.over = true;
                self.lines.end(each);
            }
        }
        true
    }
}

/// A file whose next lines wait for their turn.
struct Turn<'f> {
    source: Source<'f>,
    number: usize,
    clock: At,
    waiting: VecDeque<Waiting>,
}

/// A line's number, the newest clock up to it, and its bytes or its length.
type Waiting = (u64, At, Result<Vec<u8>, u64>);

impl Turn<'_> {
    /// When its next line was said, where it has one.
    fn next(&mut self, format: &dyn Format) -> Option<At> {
        while self.waiting.is_empty() {
            let (clock, waiting) = (&mut self.clock, &mut self.waiting);
            let more = self.source.next(&mut |line| {
                let bytes = match line.text {
                    LineText::Bytes(bytes) => Ok(bytes.to_vec()),
                    LineText::TooLong(length) => Err(length),
                };
                let said = bytes.as_ref().ok().and_then(|bytes| format.when(bytes));
                *clock = said.map_or(*clock, |at| at.max(*clock));
                waiting.push_back((line.number, *clock, bytes));
            });
            if !more {
                return None;
            }
        }
        self.waiting.front().map(|(_, at, _)| *at)
    }
}

/// Lines of several files, in the order of their clocks; counted.
fn merged<'f>(
    sources: impl Iterator<Item = Result<Source<'f>, ReadError>>,
    format: &dyn Format,
    each: &mut dyn FnMut(usize, Line<'_>),
) -> Result<u64, ReadError> {
    let mut turns = Vec::new();
    for (number, source) in sources.enumerate() {
        match source {
            Ok(source) => turns.push(Turn { source, number, clock: At(0), waiting: VecDeque::new() }),
            Err(error) if number == 0 => return Err(error),
            // One that is gone is as if it had never been there.
            Err(_) => {}
        }
    }
    loop {
        let nexts = turns.iter_mut().filter_map(|turn| turn.next(format).map(|at| (at, turn)));
        // Of equal ones the first: a session's own file goes before those of its subagents.
        let Some((_, turn)) = nexts.min_by_key(|(at, turn)| (*at, turn.number)) else { break };
        let Some((number, _, bytes)) = turn.waiting.pop_front() else { break };
        let text = match &bytes {
            Ok(bytes) => LineText::Bytes(bytes),
            Err(length) => LineText::TooLong(*length),
        };
        each(turn.number, Line { number, text });
    }
    Ok(turns.iter().map(|turn| turn.source.lines.count()).sum())
}
