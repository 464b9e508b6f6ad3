//! `taut import`: reads transcripts of other tools, and says what it read.

use super::args::Import;
use super::out::Out;
use super::{CliError, words};
use crate::transcript::{self, Odd, Place, ReadError, Tally};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Reads them.
///
/// # Errors
/// It was not asked for a dry run, or stdout can't be written.
pub(super) fn import(args: &Import) -> Result<ExitCode, CliError> {
    if !args.dry_run {
        return Err(CliError::NotKept);
    }
    let (mut out, mut total, mut failed) = (Out::new(), Tally::default(), false);
    let mut read = 0;
    for path in args.paths.iter().flat_map(|path| files(path)) {
        match path.and_then(|path| Ok((one(&path, args.format)?, path))) {
            Ok((tally, path)) => {
                out.line(&format!("{}: {}", path.display(), said(&tally)))?;
                read += 1;
                total.files += tally.files;
                total.lines += tally.lines;
                total.records += tally.records;
                total.unrecognised += tally.unrecognised;
                total.damaged += tally.damaged;
            }
            Err(error) => {
                out.flush()?;
                super::say(&error.to_string());
                failed = true;
            }
        }
    }
    if read > 1 {
        out.line(&format!("in all: {}", said(&total)))?;
    }
    let done = out.done()?;
    Ok(if failed || read == 0 { ExitCode::FAILURE } else { done })
}

fn one(path: &Path, format: Option<&str>) -> Result<Tally, ReadError> {
    let format = match format.and_then(transcript::format) {
        Some(format) => format,
        None => transcript::file::sniff(path)?,
    };
    transcript::read(path, format, &mut |_| {})
}

/// A file, or those in a folder, whose subagents' files are read with the sessions that they belong to.
fn files(path: &Path) -> Vec<Result<PathBuf, ReadError>> {
    if !path.is_dir() {
        return vec![Ok(path.to_owned())];
    }
    let inside = match fs::read_dir(path) {
        Ok(inside) => inside,
        Err(why) => return vec![Err(ReadError::Unreadable { path: path.to_owned(), why })],
    };
    let mut inside: Vec<PathBuf> = inside.filter_map(|entry| Some(entry.ok()?.path())).collect();
    inside.sort();
    let belongs = |path: &Path| path.ends_with("subagents") && path.parent().is_some_and(has_session);
    let below = |path: &PathBuf| match fs::symlink_metadata(path) {
        // A link to a folder could lead back to where it stands.
        Ok(it) if it.is_dir() && !belongs(path) => files(path),
        Ok(it) if !it.is_dir() && !path.is_dir() && path.extension().is_some_and(|end| end == "jsonl") => {
            vec![Ok(path.clone())]
        }
        _ => Vec::new(),
    };
    inside.iter().flat_map(below).collect()
}

fn has_session(folder: &Path) -> bool {
    // The name may hold dots: the ending is added, not exchanged.
    let mut name = folder.as_os_str().to_owned();
    name.push(".jsonl");
    Path::new(&name).is_file()
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
