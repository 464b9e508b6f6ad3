//! `taut import`: reads transcripts of other tools, keeps them, and says what it read.

use super::args::Import;
use super::clock::now;
use super::out::Out;
use super::setup::Setup;
use super::{CliError, words};
use crate::domain::SessionId;
use crate::recordings::{KeepError, Recordings, What, places};
use crate::transcript::{self, Format, Odd, Place, ReadError, Tally};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Reads them.
///
/// # Errors
/// What is kept can't be written, or stdout can't.
pub(super) fn import(setup: &Setup, args: &Import) -> Result<ExitCode, CliError> {
    let mut kept = if args.dry_run { None } else { Some(Recordings::open(&setup.places.state)?) };
    let (mut out, mut total, mut failed) = (Out::new(), Tally::default(), false);
    let (mut read, mut known) = (0, 0);
    for path in args.paths.iter().flat_map(|path| files(path)) {
        let one = path.and_then(|path| Ok((format_of(&path, args.format)?, path)));
        let done = match (one, &mut kept) {
            (Ok((format, path)), None) => {
                transcript::read(&path, format, &mut |_| {}).map(|tally| Done::Read(path, tally))
            }
            (Ok((format, path)), Some(kept)) => match kept.keep(&path, format, true, now()) {
                Ok(kept) => Ok(Done::Kept(path, kept.id, kept.what, kept.drawn.map(|drawn| drawn.tally))),
                Err(KeepError::Read(error)) => Err(error),
                Err(KeepError::Store(error)) => return Err(error.into()),
            },
            (Err(error), _) => Err(error),
        };
        match done {
            Ok(done) => {
                out.line(&done.said())?;
                read += 1;
                known += usize::from(matches!(done, Done::Kept(_, _, What::Same, _)));
                if let Some(tally) = done.tally() {
                    total.files += tally.files;
                    total.lines += tally.lines;
                    total.records += tally.records;
                    total.unrecognised += tally.unrecognised;
                    total.damaged += tally.damaged;
                }
            }
            Err(error) => {
                out.flush()?;
                super::say(&error.to_string());
                failed = true;
            }
        }
    }
    if read > 1 {
        let same = if known > 0 { format!("; {known} of {read} are as they were") } else { String::new() };
        let read_now = if known < read { said(&total) } else { words::counted(read, "session") };
        out.line(&format!("in all: {read_now}{same}"))?;
    }
    let done = out.done()?;
    Ok(if failed || read == 0 { ExitCode::FAILURE } else { done })
}

/// What became of one.
enum Done {
    Read(PathBuf, Tally),
    Kept(PathBuf, SessionId, What, Option<Tally>),
}

impl Done {
    fn tally(&self) -> Option<&Tally> {
        match self {
            Self::Read(_, tally) => Some(tally),
            Self::Kept(_, _, _, tally) => tally.as_ref(),
        }
    }

    fn said(&self) -> String {
        match self {
            Self::Read(path, tally) => format!("{}: {}", path.display(), said(tally)),
            Self::Kept(path, id, what, tally) => {
                let what = match what {
                    What::New => "kept",
                    What::Grown => "read again",
                    What::Rewritten => "was rewritten; kept again, and what it was before stays",
                    What::Same => "as it was",
                };
                let tally = tally.as_ref().map(|tally| format!(": {}", said(tally))).unwrap_or_default();
                format!("{id}  {}: {what}{tally}", path.display())
            }
        }
    }
}

fn format_of(path: &Path, given: Option<&str>) -> Result<&'static dyn Format, ReadError> {
    match given.and_then(transcript::format) {
        Some(format) => Ok(format),
        None => places::format_of(path),
    }
}

/// A file, or those in a folder, whose subagents' files are read with the sessions that they belong to.
fn files(path: &Path) -> Vec<Result<PathBuf, ReadError>> {
    if !places::holds_many(path) {
        return vec![Ok(path.to_owned())];
    }
    let (found, faults) = places::sessions(path);
    let mut found: Vec<Result<PathBuf, ReadError>> = found.into_iter().map(Ok).collect();
    found.extend(faults.into_iter().map(|(path, why)| Err(ReadError::Unreadable { path, why })));
    found
}

/// What was read, in one line.
fn said(tally: &Tally) -> String {
    let number = |count: u64, thing: &str| words::counted(usize::try_from(count).unwrap_or(usize::MAX), thing);
    let mut parts: Vec<String> =
        Some(tally.format).filter(|format| !format.is_empty()).map(str::to_owned).into_iter().collect();
    if tally.files > 1 {
        parts.push(words::counted(tally.files, "file"));
    }
    parts.extend([number(tally.lines, "line"), number(tally.records, "record")]);
    parts.push(format!("{} unrecognised", tally.unrecognised));
    parts.push(format!("{} damaged", tally.damaged));
    let places: Vec<String> = tally.places.iter().map(|place| place_of(tally, place)).collect();
    let more = (tally.unrecognised + tally.damaged).saturating_sub(tally.places.len() as u64);
    let more = if more > 0 && !places.is_empty() { format!("; and {more} more") } else { String::new() };
    let places = if places.is_empty() { String::new() } else { format!(": {}", places.join("; ")) };
    format!("{}{places}{more}", parts.join(", "))
}

fn place_of(tally: &Tally, place: &Place) -> String {
    let file = tally.paths.get(place.file).filter(|_| place.file > 0);
    let file = file.map(|file| format!("{} ", file.file_name().unwrap_or_default().to_string_lossy()));
    let word = match place.odd {
        Odd::Unrecognised => "unrecognised",
        Odd::Damaged => "damaged",
    };
    format!("{}line {} {word}, {}", file.unwrap_or_default(), place.line, place.what)
}
