//! `taut run --worktree`, `taut worktrees`, `taut worktree remove` and `restore`. `kept`: the checkpoint in between.

mod kept;

use super::args::{OneWorktree, RemoveWorktree, WorktreeVerb, Worktrees};
use super::out::Out;
use super::setup::Setup;
use super::{CliError, say};
use crate::domain::path::below;
use crate::hub::reading_state;
use crate::state::{Session, State};
use crate::store::StoreError;
use crate::text;
use crate::worktree::{self, Ignored, Made, Name, Worktree, WorktreeError};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Makes one for a session, and says so.
///
/// # Errors
/// There can be none: one sentence.
pub(super) fn make(folder: &Path, name: Name<'_>) -> Result<Made, CliError> {
    let made = worktree::add(folder, name, "HEAD")?;
    let short = made.commit.get(..10).unwrap_or(&made.commit);
    say(&format!("work tree {} on the new branch {}, from {short}", made.root.display(), made.branch));
    made.notes.iter().for_each(|note| say(note));
    Ok(made)
}

/// What the log knows, and whether somebody writes it.
fn known(setup: &Setup) -> Result<(State, bool), CliError> {
    match setup.reader() {
        Err(CliError::Store(StoreError::Missing(_))) => Ok((State::default(), false)),
        other => {
            let reader = other?;
            Ok((reading_state(&reader)?, reader.writer().is_some()))
        }
    }
}

/// Every work tree that taut made: of the repository here, and of those in which sessions worked.
fn all(state: &State) -> Result<Vec<Worktree>, CliError> {
    let (mut folders, mut names) = (vec![std::env::current_dir().unwrap_or_default()], BTreeMap::new());
    for place in state.sessions.values().filter_map(|session| session.place.as_ref()) {
        let repo = place.repo.as_ref().map(PathBuf::from).filter(|repo| repo.is_dir() && !folders.contains(repo));
        folders.extend(repo);
        if let (Some(root), Some(name)) = (&place.root, &place.worktree) {
            names.insert(PathBuf::from(root), name.clone());
        }
    }
    Ok(worktree::list(&folders, &names)?)
}

/// The sessions that worked in a work tree, the newest last.
fn sessions_in<'a>(state: &'a State, tree: &Worktree) -> Vec<&'a Session> {
    let root = tree.root.to_string_lossy();
    let within = |session: &&Session| {
        let place = session.place.as_ref();
        let folder = place.map_or(session.cwd.as_str(), |place| place.folder.as_str());
        place.and_then(|place| place.root.as_deref()) == Some(&*root) || below(folder, &root).is_some()
    };
    let mut found: Vec<&Session> = state.sessions.values().filter(within).collect();
    found.sort_by_key(|session| (session.started, session.id));
    found
}

/// Lists them.
///
/// # Errors
/// The log can't be read, or git can't be run.
pub(super) fn list(setup: &Setup, args: &Worktrees) -> Result<ExitCode, CliError> {
    let (state, runs) = known(setup)?;
    let (mut out, trees) = (Out::new(), all(&state)?);
    let lives = |session: &Session| runs && session.is_live();
    if args.json {
        for tree in &trees {
            let (within, standing) = (sessions_in(&state, tree), tree.standing.as_ref());
            out.json(&json!({
                "name": tree.name, "path": tree.root, "repo": tree.repo, "branch": tree.branch, "commit": tree.commit,
                "session": within.last().map(|session| session.id), "live": within.iter().any(|it| lives(it)),
                "state": words(tree), "uncommitted": standing.map(|it| &it.uncommitted),
                "ignored": standing.map(|it| &it.ignored), "unpushed": standing.map(|it| &it.unpushed),
                "merged": standing.map(worktree::Standing::is_safe),
            }))?;
        }
        return out.done();
    }
    if trees.is_empty() {
        out.line("No work tree of taut's: `taut run --worktree` makes one.")?;
    }
    let wide = |of: fn(&Worktree) -> usize| trees.iter().map(of).max().unwrap_or(0);
    let (name, branch) = (wide(|tree| text::width(&tree.name)), wide(|tree| text::width(shown_branch(tree))));
    let state_cells = wide(|tree| words(tree).len());
    for tree in &trees {
        let within = sessions_in(&state, tree);
        let who = match within.iter().rev().find(|session| lives(session)).or(within.last()) {
            Some(session) if lives(session) => format!("{} works in it", session.name),
            Some(session) => format!("{} ({})", session.name, session.id),
            None => "no session".to_owned(),
        };
        let (name, branch) = (text::pad_end(&tree.name, name), text::pad_end(shown_branch(tree), branch));
        let state = words(tree);
        let state = text::pad_end(&state, state_cells);
        out.line(&format!("{name}  {branch}  {state}  {}  {who}", tree.root.display()))?;
    }
    out.done()
}

fn shown_branch(tree: &Worktree) -> &str {
    tree.branch.as_deref().unwrap_or("no branch")
}

fn words(tree: &Worktree) -> String {
    tree.standing.as_ref().map_or_else(|| "gone".to_owned(), worktree::Standing::words)
}

/// Does something with one.
///
/// # Errors
/// There is none of that name, or it stays: one sentence.
pub(super) fn one(setup: &Setup, args: &OneWorktree) -> Result<ExitCode, CliError> {
    match &args.verb {
        WorktreeVerb::Remove(args) => remove(setup, args),
        WorktreeVerb::Restore(args) => kept::restore(setup, args),
    }
}

fn remove(setup: &Setup, args: &RemoveWorktree) -> Result<ExitCode, CliError> {
    let (state, runs) = known(setup)?;
    let trees = all(&state)?;
    let path = Path::new(&args.name).canonicalize().ok();
    let named = |tree: &&Worktree| tree.name == args.name || Some(&tree.root) == path.as_ref();
    let tree = match trees.iter().filter(named).collect::<Vec<_>>()[..] {
        [tree] => tree,
        [] => return Err(WorktreeError::Unknown(args.name.clone()).into()),
        [..] => return Err(WorktreeError::Ambiguous(args.name.clone()).into()),
    };
    let live: Vec<&Session> = sessions_in(&state, tree).into_iter().filter(|it| runs && it.is_live()).collect();
    if let Some(session) = live.first() {
        let what = format!("{} ({}) works in it: end that first", session.name, session.id);
        return Err(WorktreeError::Kept { name: tree.name.clone(), what }.into());
    }
    let ignored = if args.with_ignored { Ignored::Go } else { Ignored::Stay };
    let files = worktree::may_go(tree, ignored)?;
    let kept = kept::keep(setup, tree, &files)?;
    let removed = worktree::remove(tree, ignored)?;
    let mut out = Out::new();
    let branch = match (&removed.branch, &tree.branch) {
        (Some(branch), _) => format!(", and its branch {branch}"),
        (None, Some(branch)) => format!("; the branch {branch} stays"),
        (None, None) => String::new(),
    };
    out.line(&format!("removed {}{branch}", tree.root.display()))?;
    kept.say(&mut out)?;
    out.done()
}
