//! The work trees that taut made, and what of each stands nowhere else.

use super::git::{done, git};
use super::hidden::{STATUS, unhidden};
use super::{BRANCH, WorktreeError};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Commits of one work tree that are named.
const COMMITS: &str = "100";

/// A work tree that taut made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worktree {
    /// Its name.
    pub name: String,
    /// Its root.
    pub root: PathBuf,
    /// The repository's own work tree.
    pub repo: PathBuf,
    /// Its branch; `None` where none is checked out.
    pub branch: Option<String>,
    /// The commit that it is at.
    pub commit: String,
    /// Why it is locked, where it is.
    pub locked: Option<String>,
    /// What stands nowhere else; `None` where its folder is gone.
    pub standing: Option<Standing>,
}

/// What of a work tree stands nowhere else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Files that are not committed, from its root on.
    pub uncommitted: Vec<String>,
    /// Those of them that git was told not to see: `git status` does not show them.
    pub hidden: Vec<String>,
    /// Files and folders that git ignores.
    pub ignored: Vec<String>,
    /// Commits that no other branch, no tag and no branch of a remote holds: `1a2b3c4 what it says`.
    pub unpushed: Vec<String>,
    /// What goes on in it: a merge, a rebase.
    pub amid: Option<&'static str>,
}

impl Standing {
    /// True where nothing is lost with it but what git ignores.
    #[must_use]
    pub fn is_safe(&self) -> bool {
        self.uncommitted.is_empty() && self.unpushed.is_empty() && self.amid.is_none()
    }

    /// `2 uncommitted, 1 unpushed`.
    #[must_use]
    pub fn words(&self) -> String {
        let counts = [(self.uncommitted.len(), "uncommitted"), (self.unpushed.len(), "unpushed")];
        let mut words: Vec<String> =
            counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
        words.extend(self.amid.map(|what| format!("amid {what}")));
        if words.is_empty() { "merged".to_owned() } else { words.join(", ") }
    }
}

/// Lists those of some repositories, each by any folder in it; `known` are roots of work trees that are on record, with
/// their names. A repository that is gone has none.
///
/// # Errors
/// git can't be run, or would not say.
pub fn list(folders: &[PathBuf], known: &BTreeMap<PathBuf, String>) -> Result<Vec<Worktree>, WorktreeError> {
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    for folder in folders {
        let said = match git(folder, &["worktree", "list", "--porcelain", "-z"])? {
            said if said.is_well => said,
            _ => continue,
        };
        let text = String::from_utf8_lossy(&said.out).into_owned();
        let mut repo = None;
        for block in text.split("\0\0").map(|block| block.split('\0').collect::<Vec<_>>()) {
            let field = |name: &str| block.iter().find_map(|line| line.strip_prefix(name));
            let Some(root) = field("worktree ").map(PathBuf::from) else { continue };
            let repo = repo.get_or_insert_with(|| root.clone()).clone();
            let branch = field("branch refs/heads/").map(str::to_owned);
            let own = branch.as_deref().and_then(|branch| branch.strip_prefix(BRANCH)).map(str::to_owned);
            let Some(name) = known.get(&root).cloned().or(own).filter(|_| root != repo) else { continue };
            if !seen.insert(root.clone()) {
                continue;
            }
            let standing = if root.is_dir() { Some(standing(&root, branch.as_deref())?) } else { None };
            let commit = field("HEAD ").unwrap_or_default().to_owned();
            let locked = block.iter().find_map(|line| line.strip_prefix("locked")).map(|why| why.trim().to_owned());
            found.push(Worktree { name, root, repo, branch, commit, locked, standing });
        }
    }
    Ok(found)
}

/// What of a work tree stands nowhere else.
pub(super) fn standing(root: &Path, branch: Option<&str>) -> Result<Standing, WorktreeError> {
    let mut all = Standing { amid: amid(root)?, ..Standing::default() };
    (all.uncommitted, all.ignored) = told(&done(root, &STATUS)?.out);
    if let Some(said) = unhidden(root)? {
        let known: BTreeSet<String> = all.uncommitted.iter().cloned().collect();
        all.hidden = told(&said.out).0.into_iter().filter(|path| !known.contains(path)).collect();
        all.uncommitted.extend(all.hidden.iter().cloned());
    }
    let own = branch.map(|branch| format!("--exclude={branch}"));
    let elsewhere = own.iter().map(String::as_str).chain(["--branches", "--remotes", "--tags"]);
    let args: Vec<&str> =
        ["log", "--format=%h %s", "-n", COMMITS, "HEAD", "--not"].into_iter().chain(elsewhere).collect();
    all.unpushed = done(root, &args)?.text().lines().map(str::to_owned).collect();
    Ok(all)
}

/// Files that are not committed, and files that are ignored, as `git status` tells of them.
fn told(said: &[u8]) -> (Vec<String>, Vec<String>) {
    let (mut uncommitted, mut ignored) = (Vec::new(), Vec::new());
    let text = String::from_utf8_lossy(said);
    let mut lines = text.split('\0').filter(|line| line.len() > 3);
    while let Some(line) = lines.next() {
        let (how, path) = line.split_at(3);
        match how {
            "!! " => ignored.push(path.to_owned()),
            _ => uncommitted.push(path.to_owned()),
        }
        // What was renamed is followed by its old name.
        if how.starts_with(['R', 'C']) {
            lines.next();
        }
    }
    (uncommitted, ignored)
}

/// What goes on in a work tree: half of it is in no commit.
fn amid(root: &Path) -> Result<Option<&'static str>, WorktreeError> {
    let own = PathBuf::from(done(root, &["rev-parse", "--absolute-git-dir"])?.text());
    let signs = [
        ("rebase-merge", "a rebase"),
        ("rebase-apply", "a rebase"),
        ("MERGE_HEAD", "a merge"),
        ("CHERRY_PICK_HEAD", "a cherry-pick"),
        ("REVERT_HEAD", "a revert"),
        ("BISECT_LOG", "a bisection"),
    ];
    Ok(signs.into_iter().find(|(file, _)| own.join(file).exists()).map(|(_, what)| what))
}
