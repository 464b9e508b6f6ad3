//! A transcript that is still written, followed: what is added to its one file is read on from where the last reading
//! ended, and a line counts once its end is there.
//!
//! Where anything else happens (its file shrinks, is another one, or begins or ends otherwise than before; a file beside it
//! is written to; it is a document, which is always written anew) it has to be read anew from its beginning.

use super::file::{self, Ends};
use super::source::{self, Stat};
use super::{Beside, Format, Lines, Out, ReadError, Reader, Stamp};
use crate::domain::{Record, SessionId};
use std::fs::{self, File};
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// A file is read in pieces of this size.
const PIECE: usize = 256 << 10;
/// So many bytes of its beginning, and before the place where the reading goes on, must be what they were.
const SAME: usize = 4 << 10;

/// What came of looking again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum More {
    /// It is as it was.
    Same,
    /// It was added to; the records are told.
    Added,
    /// It is not what it was: it must be read anew.
    Anew,
}

/// A transcript that is followed.
pub struct Follow {
    path: PathBuf,
    format: &'static dyn Format,
    /// How its files stood when it was looked at last.
    stood: Vec<Stood>,
    /// Where the reading goes on, where it can.
    reading: Option<Reading>,
}

/// A file, as far as it can be told from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stood {
    path: PathBuf,
    file: (u64, u64),
    bytes: u64,
    changed: i64,
}

struct Reading {
    reader: Box<dyn Reader>,
    lines: Lines,
    stamp: Stamp,
    out: Out,
    /// Bytes that were read.
    upto: u64,
    /// The first of them, and the last.
    first: Vec<u8>,
    last: Vec<u8>,
}

impl Follow {
    /// Reads what there is of it.
    ///
    /// # Errors
    /// It can't be read.
    pub fn begin(
        path: &Path,
        format: &'static dyn Format,
        session: SessionId,
        each: &mut dyn FnMut(Record),
    ) -> Result<Self, ReadError> {
        Self::begin_seen(path, format, session, each, &mut |_| {})
    }

    /// The same; how many bytes of its own file were read is told after every piece.
    ///
    /// # Errors
    /// As for [`Self::begin`].
    pub fn begin_seen(
        path: &Path,
        format: &'static dyn Format,
        session: SessionId,
        each: &mut dyn FnMut(Record),
        seen: &mut dyn FnMut(u64),
    ) -> Result<Self, ReadError> {
        let beside = format.beside(path);
        let stood = stood(path, &beside);
        let stamp = Stamp::for_session(session);
        let is_log = super::is_log(path);
        if !is_log || !beside.is_empty() {
            // A document is whole at any time, or it is no document.
            let ends = if is_log { Ends::Open } else { Ends::Over };
            file::read_as(path, format, (stamp, ends), each)?;
            return Ok(Self { path: path.to_owned(), format, stood, reading: None });
        }
        let mut reader = format.reader(&file::name(path), &beside);
        reader.belongs_to(session);
        let mut reading = Reading {
            reader,
            lines: Lines::default(),
            stamp,
            out: Out::default(),
            upto: 0,
            first: Vec::new(),
            last: Vec::new(),
        };
        reading.on(path, each, seen).map_err(|why| ReadError::Unreadable { path: path.to_owned(), why })?;
        Ok(Self { path: path.to_owned(), format, stood, reading: Some(reading) })
    }

    /// Looks again, and tells what was added. A file that is gone or empty for now is as it was: whoever writes it anew may be
    /// between two steps.
    pub fn more(&mut self, each: &mut dyn FnMut(Record)) -> More {
        let stood = stood(&self.path, &self.format.beside(&self.path));
        let Some(own) = stood.first().filter(|own| own.path == self.path && own.bytes > 0) else { return More::Same };
        if stood == self.stood {
            return More::Same;
        }
        let is_same_file = self.stood.first().is_some_and(|before| before.file == own.file);
        let Some(reading) = self.reading.as_mut().filter(|reading| {
            is_same_file && stood.len() == 1 && own.bytes >= reading.upto && reading.is_what_it_was(&self.path)
        }) else {
            return More::Anew;
        };
        let before = reading.upto;
        let read = reading.on(&self.path, each, &mut |_| {});
        let added = reading.upto > before;
        self.stood = stood;
        // What can't be read on now is tried again with the next word of it.
        drop(read);
        if added { More::Added } else { More::Same }
    }
}

impl Reading {
    /// Reads on to where the file ends now.
    fn on(&mut self, path: &Path, each: &mut dyn FnMut(Record), seen: &mut dyn FnMut(u64)) -> std::io::Result<()> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(self.upto))?;
        let mut piece = vec![0; PIECE];
        loop {
            let read = match file.read(&mut piece) {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                other => other?,
            };
            let Some(bytes) = piece.get(..read).filter(|bytes| !bytes.is_empty()) else { return Ok(()) };
            let (reader, out, stamp) = (&mut self.reader, &mut self.out, &mut self.stamp);
            self.lines.take(bytes, &mut |line| {
                reader.line(0, line, out);
                out.places.clear();
                out.told.drain(..).for_each(|told| each(stamp.record(told)));
            });
            self.upto += bytes.len() as u64;
            seen(self.upto);
            self.first.extend(bytes.iter().take(SAME - self.first.len()));
            self.last.extend_from_slice(bytes);
            self.last.drain(..self.last.len().saturating_sub(SAME));
        }
    }

    /// Whether what was read stands there still, as far as its beginning and its end say.
    fn is_what_it_was(&self, path: &Path) -> bool {
        let look = || -> std::io::Result<bool> {
            let mut file = File::open(path)?;
            let mut first = vec![0; self.first.len()];
            file.read_exact(&mut first)?;
            let mut last = vec![0; self.last.len()];
            file.seek(SeekFrom::Start(self.upto.saturating_sub(last.len() as u64)))?;
            file.read_exact(&mut last)?;
            Ok(first == self.first && last == self.last)
        };
        look().unwrap_or(false)
    }
}

fn stood(path: &Path, beside: &[Beside]) -> Vec<Stood> {
    let paths = std::iter::once(path).chain(beside.iter().map(|beside| beside.path.as_path()));
    let of = |path: &Path| {
        let Stat { bytes, changed } = source::stat(path).ok()?;
        // A session in a database is no file of its own.
        let file = fs::metadata(path).map(|about| (about.dev(), about.ino())).unwrap_or_default();
        Some(Stood { path: path.to_owned(), file, bytes: u64::try_from(bytes).unwrap_or_default(), changed })
    };
    paths.filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn line(n: u32) -> String {
        format!(
            concat!(
                r#"{{"type":"user","uuid":"u{n}","parentUuid":null,"sessionId":"s","cwd":"/w","#,
                r#""timestamp":"2026-01-02T03:04:{n:02}Z","message":{{"role":"user","content":"prompt {n}"}}}}"#,
                "\n"
            ),
            n = n
        )
    }

    fn append(path: &Path, text: &str) {
        fs::OpenOptions::new().append(true).create(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
    }

    fn whole(path: &Path) -> Vec<Record> {
        let mut all = Vec::new();
        let stamp = (Stamp::for_session(SessionId(7)), Ends::Open);
        file::read_as(path, file::sniff(path).unwrap(), stamp, &mut |record| all.push(record)).unwrap();
        all
    }

    fn begin(path: &Path) -> (Follow, Vec<Record>) {
        let mut records = Vec::new();
        let format = file::sniff(path).unwrap();
        let follow = Follow::begin(path, format, SessionId(7), &mut |record| records.push(record)).unwrap();
        (follow, records)
    }

    #[test]
    fn what_is_added_byte_by_byte_is_what_is_read_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.jsonl");
        append(&path, &line(1));
        let (mut follow, mut records) = begin(&path);
        for byte in (line(2) + &line(3)).bytes() {
            append(&path, &char::from(byte).to_string());
            let before = records.len();
            assert_eq!(follow.more(&mut |record| records.push(record)), More::Added);
            assert!(byte == b'\n' || records.len() == before, "half a line is no line");
        }
        assert_eq!(records, whole(&path));
        assert_eq!(follow.more(&mut |_| panic!("nothing was written")), More::Same);
    }

    #[test]
    fn one_that_is_not_what_it_was_is_read_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.jsonl");
        let text = line(1) + &line(2);
        let none = &mut |_: Record| panic!("it is told anew, and not added to");
        let changes: [&dyn Fn(); 4] = [
            // Shorter; as long, with another text; longer, with another text before; another file of the same text.
            &|| fs::write(&path, line(1)).unwrap(),
            &|| fs::write(&path, text.replace("prompt 1", "prompt 8")).unwrap(),
            &|| fs::write(&path, text.replace("prompt 2", "prompt 9") + &line(3)).unwrap(),
            &|| {
                fs::write(folder.path().join("new"), text.clone() + &line(3)).unwrap();
                fs::rename(folder.path().join("new"), &path).unwrap();
            },
        ];
        for change in changes {
            drop(fs::remove_file(&path));
            append(&path, &text);
            let (mut follow, _) = begin(&path);
            std::thread::sleep(std::time::Duration::from_millis(12));
            change();
            assert_eq!(follow.more(none), More::Anew);
        }
        let (mut follow, _) = begin(&path);
        fs::write(&path, "").unwrap();
        assert_eq!(follow.more(none), More::Same, "it is about to be written");
        fs::remove_file(&path).unwrap();
        assert_eq!(follow.more(none), More::Same, "it may come back");
    }
}
