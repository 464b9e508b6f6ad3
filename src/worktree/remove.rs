//! A work tree goes: never with anything that stands nowhere else.

use super::git::{done, git};
use super::list::standing;
use super::{BRANCH, Worktree, WorktreeError};

/// Files or commits that a refusal names.
const NAMED: usize = 5;

/// What becomes of files that git ignores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ignored {
    /// Where there are any, the work tree stays.
    Stay,
    /// They go with it.
    Go,
}

/// What went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removed {
    /// Its branch, where that went too: another one holds all of it.
    pub branch: Option<String>,
}

/// Looks at what is at stake with a work tree, and tells what of it only goes with it since the caller says so: files that
/// git ignores.
///
/// # Errors
/// Something of it stands nowhere else: one sentence that names it.
pub fn may_go(tree: &Worktree, ignored: Ignored) -> Result<Vec<String>, WorktreeError> {
    let kept = |what: String| Err(WorktreeError::Kept { name: tree.name.clone(), what });
    if !tree.root.is_dir() {
        return Err(WorktreeError::Gone(tree.root.clone()));
    }
    if let Some(why) = &tree.locked {
        let why = if why.is_empty() { String::new() } else { format!(" ({why})") };
        return kept(format!("it is locked{why}: `git worktree unlock {}` first", tree.root.display()));
    }
    let now = standing(&tree.root, tree.branch.as_deref())?;
    if let Some(what) = now.amid {
        return kept(format!("{what} is going on in it: end that first"));
    }
    if !now.uncommitted.is_empty() {
        let hidden = match now.hidden.as_slice() {
            [] => String::new(),
            hidden => format!(
                "; `git status` does not show {}: git was told not to look (skip-worktree, assume-unchanged, or \
                 core.fileMode=false)",
                named(hidden)
            ),
        };
        let files = counted(now.uncommitted.len(), "file");
        return kept(format!("{files} not committed: {}{hidden}", named(&now.uncommitted)));
    }
    if !now.unpushed.is_empty() {
        let what = counted(now.unpushed.len(), "commit");
        return kept(format!("{what} on no other branch: {}; push or merge first", named(&now.unpushed)));
    }
    if !now.ignored.is_empty() && ignored == Ignored::Stay {
        let files = named(&now.ignored);
        return kept(format!(
            "git ignores what else lies in it, and it would be lost: {files}; --with-ignored takes it along"
        ));
    }
    Ok(now.ignored)
}

/// Removes a work tree, and its branch where that is taut's. There is no way to force it: what is at stake is looked at
/// anew, and git looks once more.
///
/// # Errors
/// Something of it stands nowhere else, or git would not: one sentence that names it.
pub fn remove(tree: &Worktree, ignored: Ignored) -> Result<Removed, WorktreeError> {
    may_go(tree, ignored)?;
    // Without `--force`, git itself refuses what was written since.
    let root = tree.root.to_string_lossy();
    done(&tree.repo, &["worktree", "remove", &root])?;
    let own = tree.branch.as_ref().filter(|branch| branch.starts_with(BRANCH));
    let Some(branch) = own else { return Ok(Removed { branch: None }) };
    // Only as it was looked at: a commit that came meanwhile keeps it.
    let gone = git(&tree.repo, &["update-ref", "-d", &format!("refs/heads/{branch}"), &tree.commit])?;
    Ok(Removed { branch: gone.is_well.then(|| branch.clone()) })
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what} is") } else { format!("{count} {what}s are") }
}

fn named(all: &[String]) -> String {
    let first = all.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    let more = all.len().saturating_sub(NAMED);
    if more > 0 { format!("{first} and {more} more") } else { first }
}
