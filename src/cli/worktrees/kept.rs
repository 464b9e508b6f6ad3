//! A work tree is kept before it goes, what git ignores in it too, and can be had again.

use super::super::args::RestoreWorktree;
use super::super::out::Out;
use super::super::setup::Setup;
use super::super::{CliError, say, words};
use crate::checkpoint::{Error, Go, Limits, NotAnId, Opening, RelPath, Snapshot, Why, Wide, Workspace, lay, patiently};
use crate::domain::At;
use crate::worktree::{self, Worktree, WorktreeError};
use serde::{Deserialize, Serialize};
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Which work trees went, a line each.
const FILE: &str = "removed-worktrees";
/// A hub holds the checkpoints of a workspace for a while after its last step (20 s), and lets go of them then.
const REST: Duration = Duration::from_secs(30);
/// Files that are named.
const NAMED: usize = 5;

/// A work tree that was removed.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Gone {
    name: String,
    root: PathBuf,
    repo: PathBuf,
    branch: Option<String>,
    commit: String,
    checkpoint: String,
}

/// What is kept of one that goes.
pub(super) struct Kept {
    name: String,
    files: u64,
    /// What goes and is not in it: which, and why.
    lost: Vec<(RelPath, Why)>,
}

/// Takes a checkpoint of a work tree that is about to go, with the files that git ignores and that go with it.
///
/// # Errors
/// None can be taken: then the work tree stays.
pub(super) fn keep(setup: &Setup, tree: &Worktree, ignored: &[String]) -> Result<Kept, CliError> {
    let stays = |why: String| {
        let what = format!("there is no checkpoint of it, and without one nothing is removed: {why}");
        CliError::from(WorktreeError::Kept { name: tree.name.clone(), what })
    };
    let snapshot = take(setup, tree, ignored).map_err(|error| stays(error.to_string()))?;
    let gone = Gone {
        name: tree.name.clone(),
        root: tree.root.clone(),
        repo: tree.repo.clone(),
        branch: tree.branch.clone(),
        commit: tree.commit.clone(),
        checkpoint: snapshot.id.to_string(),
    };
    note(setup, &gone).map_err(|error| stays(error.to_string()))?;
    // A file that is committed is safe, however large it is.
    let ignored: Vec<RelPath> = ignored.iter().filter_map(|path| named(path)).collect();
    let goes = |path: &RelPath| ignored.iter().any(|one| one == path || path.ancestors().any(|above| above == *one));
    let lost = snapshot.skipped.into_iter().filter(|skipped| goes(&skipped.path));
    let pointers = snapshot.pointers.into_iter().filter(goes).map(|path| (path, Why::Nested));
    let lost = lost.map(|skipped| (skipped.path, skipped.why)).chain(pointers).collect();
    Ok(Kept { name: tree.name.clone(), files: snapshot.files, lost })
}

/// A path as git gives it, a folder with a slash at its end.
fn named(path: &str) -> Option<RelPath> {
    RelPath::new(path.trim_end_matches('/').as_bytes().to_vec())
}

fn take(setup: &Setup, tree: &Worktree, ignored: &[String]) -> Result<Snapshot, Error> {
    let store = setup.places.state.join("checkpoints");
    let opening = Opening { home: None, wide: Wide::Allow };
    let open = || patiently(|| Workspace::open(&store, &tree.root, &opening));
    let until = Instant::now() + REST;
    let mut opened = open();
    if matches!(opened, Err(Error::Busy(_))) {
        say("a session worked in it just now: waiting until its checkpoints are let go of");
    }
    while matches!(opened, Err(Error::Busy(_))) && Instant::now() < until {
        opened = open();
    }
    let mut workspace = opened?;
    // What an undo has put aside there would go too.
    if workspace.unfinished() {
        return Err(Error::Unfinished(tree.root.clone()));
    }
    let ignored: Vec<RelPath> = ignored.iter().filter_map(|path| named(path)).collect();
    workspace.snapshot(&ignored, &Limits::default(), now(), &mut |_| Go::On)
}

fn now() -> At {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    At(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

fn note(setup: &Setup, gone: &Gone) -> std::io::Result<()> {
    let path = setup.places.state.join(FILE);
    let mut line = serde_json::to_vec(gone)?;
    line.push(b'\n');
    let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
    file.write_all(&line)?;
    file.sync_all()
}

impl Kept {
    /// That it is kept, and how to have it again.
    pub(super) fn say(&self, out: &mut Out) -> Result<(), CliError> {
        let files = words::counted(usize::try_from(self.files).unwrap_or(usize::MAX), "file");
        out.line(&format!(
            "a checkpoint of it is kept ({files}): `taut worktree restore {}` brings it back",
            self.name
        ))?;
        for (path, why) in self.lost.iter().take(NAMED) {
            // That git ignores it is no reason here: it was named, and there were too many.
            let why = match why {
                Why::Ignored => "there were more files than a checkpoint takes of what git ignores".to_owned(),
                why => why.to_string(),
            };
            say(&format!("not in that checkpoint, and gone: {path}: {why}"));
        }
        if self.lost.len() > NAMED {
            say(&format!("not in that checkpoint, and gone: {} more", self.lost.len() - NAMED));
        }
        Ok(())
    }
}

/// Brings a work tree back.
///
/// # Errors
/// None of that name was removed, or it can't stand there again: one sentence.
pub(super) fn restore(setup: &Setup, args: &RestoreWorktree) -> Result<ExitCode, CliError> {
    let text = std::fs::read_to_string(setup.places.state.join(FILE)).unwrap_or_default();
    let given = std::path::absolute(&args.name)?;
    let all = text.lines().rev().filter_map(|line| serde_json::from_str::<Gone>(line).ok());
    let mut named = all.filter(|gone| gone.name == args.name || gone.root == given);
    let gone = named.next().ok_or_else(|| WorktreeError::NotRemoved(args.name.clone()))?;
    let id = gone.checkpoint.parse().map_err(|error: NotAnId| CliError::Refused(error.to_string()))?;
    let store = setup.places.state.join("checkpoints");
    let branch = worktree::again(&gone.repo, &gone.root, gone.branch.as_deref(), &gone.commit)?;
    let laid = lay(&store, &gone.root, id, &gone.root).map_err(|error| {
        let root = gone.root.display();
        CliError::Refused(format!("{root} stands again as its commit has it, and without what git ignores: {error}"))
    })?;
    let mut out = Out::new();
    let at = branch.map_or_else(
        || format!("at {}, with no branch", gone.commit.get(..10).unwrap_or(&gone.commit)),
        |branch| format!("on the branch {branch}"),
    );
    let files = words::counted(usize::try_from(laid.files).unwrap_or(usize::MAX), "file");
    out.line(&format!("{} stands again, {at}, with {files}", gone.root.display()))?;
    out.done()
}
