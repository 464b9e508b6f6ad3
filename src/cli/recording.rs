//! A transcript of another tool as something to look at: every question about it is answered by reading it again.

use super::CliError;
use super::args::At;
use crate::domain::{Answer, Query, Record, Seq, SessionId};
use crate::state::{Session, page};
use crate::transcript::{self, Format, Stamp};
use crate::ui::marks::Marks;
use crate::ui::{Msg, Replay};
use std::path::{Path, PathBuf};

/// A transcript.
pub(super) struct Recording {
    path: PathBuf,
    format: &'static dyn Format,
    id: SessionId,
}

impl Recording {
    /// What was typed, where it is written as a path and such a file is there.
    #[must_use]
    pub(super) fn named(given: &str) -> Option<&Path> {
        let path = Path::new(given);
        let is_path = given.contains('/') || path.extension().is_some_and(|end| end == "jsonl" || end == "json");
        (is_path && path.exists()).then_some(path)
    }

    /// Opens it.
    ///
    /// # Errors
    /// It can't be read, or is no transcript.
    pub(super) fn open(path: &Path) -> Result<Self, CliError> {
        let format = transcript::file::sniff(path)?;
        Ok(Self { path: path.to_owned(), format, id: Stamp::of(&path.to_string_lossy()).session() })
    }

    /// Reads it to its end: where a replay can go, and the session as of the place where it begins.
    ///
    /// # Errors
    /// It can't be read, or has no such place.
    pub(super) fn begin(&self, at: Option<At>) -> Result<(Replay, Session), CliError> {
        let until = match at {
            None | Some(At::End) => Seq(u64::MAX),
            Some(At::Record(n)) => Seq(n),
        };
        let (mut marks, mut session, mut last) = (Marks::new(self.id, Seq(0)), Session::new(self.id), Seq(0));
        self.each(&mut |record| {
            marks.take(&record);
            last = record.seq;
            if record.seq <= until {
                session.apply(&record);
            }
        })?;
        let at = match at {
            Some(At::Record(given)) if !(1..=last.0).contains(&given) => {
                return Err(CliError::At { session: self.path.display().to_string(), given, last: last.0 });
            }
            Some(At::Record(given)) => Seq(given),
            None | Some(At::End) => last,
        };
        Ok((Replay { last, ..marks.at(at) }, session))
    }

    /// Answers a question of the console.
    pub(super) fn ask(&self, query: &Query) -> Msg {
        let answered = match query {
            Query::Page { session, page } if *session == self.id => self.page(*page),
            _ => Ok(Answer::Failed { why: "a transcript of another tool holds no more than it shows".to_owned() }),
        };
        Msg::Answered(answered.unwrap_or_else(|error| Answer::Failed { why: error.to_string() }))
    }

    fn page(&self, number: crate::domain::PageNo) -> Result<Answer, CliError> {
        let (first, last) = page::bounds(number);
        let (mut session, mut records) = (Session::new(self.id), Vec::new());
        self.each(&mut |record| {
            if record.seq < first {
                session.apply(&record);
            } else if record.seq <= last {
                records.push(record);
            }
        })?;
        let keyframe = (number.0 > 0).then(|| page::keyframe(&session));
        Ok(Answer::Page { session: self.id, page: number, keyframe, records })
    }

    fn each(&self, each: &mut dyn FnMut(Record)) -> Result<(), CliError> {
        transcript::read(&self.path, self.format, each)?;
        Ok(())
    }
}
