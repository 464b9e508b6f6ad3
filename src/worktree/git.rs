//! Running git as the human would: with their configuration, and with nothing that points it at another repository.

use super::WorktreeError;
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

/// Variables that make git look elsewhere than where it stands.
pub const ELSEWHERE: [&str; 9] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_CEILING_DIRECTORIES",
];

/// What git said.
pub(super) struct Said {
    pub(super) is_well: bool,
    pub(super) out: Vec<u8>,
    pub(super) err: String,
}

impl Said {
    /// What it said on stdout, without the end of the last line.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.out).trim_end_matches('\n').to_owned()
    }
}

/// Runs it in a folder, and waits for its end.
pub(super) fn git(folder: &Path, args: &[&str]) -> Result<Said, WorktreeError> {
    run(folder, args, None, None)
}

/// The same with another index, and with something to read.
fn run(folder: &Path, args: &[&str], index: Option<&Path>, reads: Option<File>) -> Result<Said, WorktreeError> {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(args).stdin(reads.map_or_else(Stdio::null, Stdio::from));
    for variable in ELSEWHERE {
        command.env_remove(variable);
    }
    if let Some(index) = index {
        command.env("GIT_INDEX_FILE", index);
    }
    // To look changes nothing, not even git's own notes of what it has seen.
    command.env("GIT_OPTIONAL_LOCKS", "0").env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C");
    let output = command.output().map_err(WorktreeError::NoGit)?;
    let err = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Ok(Said { is_well: output.status.success(), out: output.stdout, err })
}

/// Runs it, and takes nothing but success.
pub(super) fn done(folder: &Path, args: &[&str]) -> Result<Said, WorktreeError> {
    done_with(folder, args, None, None)
}

/// The same with another index, and with something to read.
pub(super) fn done_with(
    folder: &Path,
    args: &[&str],
    index: Option<&Path>,
    reads: Option<File>,
) -> Result<Said, WorktreeError> {
    let said = run(folder, args, index, reads)?;
    if said.is_well {
        return Ok(said);
    }
    let last = said.err.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it did not say why");
    let last = last.strip_prefix("fatal: ").or(last.strip_prefix("error: ")).unwrap_or(last).to_owned();
    // What it was told to believe is not what it was to do.
    let mut words = args.iter().copied();
    let mut what = Vec::new();
    while let Some(word) = words.next() {
        if word == "-c" {
            words.next();
        } else {
            what.push(word);
        }
    }
    Err(WorktreeError::Git { what: what.into_iter().take(2).collect::<Vec<_>>().join(" "), said: last })
}
