//! A new work tree: beside the repository, on a branch of its own, from a commit of the folder that it is made for.

use super::git::{ELSEWHERE, done, git};
use super::{BRANCH, WorktreeError};
use std::path::{Path, PathBuf};

/// Longest name.
const LONGEST: usize = 40;
/// Numbers that are tried behind a name that is taken.
const TRIES: u32 = 99;

/// What a work tree is to be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name<'a> {
    /// This, and nothing else.
    Given(&'a str),
    /// Something like this: what a name can't hold is left out, and a number makes it another one.
    Like(&'a str),
}

/// A work tree that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Its name.
    pub name: String,
    /// Its root.
    pub root: PathBuf,
    /// The folder in it that is the one it was made for.
    pub folder: PathBuf,
    /// Its branch.
    pub branch: String,
    /// The commit that it begins with.
    pub commit: String,
    /// What a human should know, one sentence each: what did not come along.
    pub notes: Vec<String>,
}

/// Makes a work tree of the repository that a folder lies in, beginning with a commit by any name that git knows.
///
/// # Errors
/// There is no such repository or commit, or the name is taken: one sentence.
pub fn add(folder: &Path, name: Name<'_>, from: &str) -> Result<Made, WorktreeError> {
    let asked = git(folder, &["rev-parse", "--is-bare-repository", "--is-inside-work-tree"])?;
    if !asked.is_well {
        if asked.err.contains("not a git repository") {
            return Err(WorktreeError::NoRepository(folder.to_owned()));
        }
        // Such as a repository of somebody else's: git says best what is wrong.
        done(folder, &["rev-parse", "--git-dir"])?;
    }
    match asked.text().lines().collect::<Vec<_>>()[..] {
        ["true", ..] => return Err(WorktreeError::Bare(folder.to_owned())),
        [_, "true"] => {}
        _ => return Err(WorktreeError::NoRepository(folder.to_owned())),
    }
    let text = |args: &[&str]| done(folder, args).map(|said| said.text());
    let top = PathBuf::from(text(&["rev-parse", "--show-toplevel"])?);
    let above = text(&["rev-parse", "--show-superproject-working-tree"])?;
    if !above.is_empty() {
        return Err(WorktreeError::Submodule(top, PathBuf::from(above)));
    }
    let commit = git(folder, &["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{from}^{{commit}}")])?;
    if !commit.is_well && from == "HEAD" {
        return Err(WorktreeError::Unborn(top));
    }
    let commit = if commit.is_well { commit } else { done(folder, &["rev-parse", "--verify", from])? }.text();
    let beside = main_of(folder)?.unwrap_or_else(|| top.clone());
    let name = free(folder, &beside, name)?;
    let (root, branch) = (place(&beside, &name), format!("{BRANCH}{name}"));
    let path = root.to_string_lossy();
    done(folder, &["worktree", "add", "--quiet", "-b", &branch, &path, &commit])?;
    let prefix = text(&["rev-parse", "--show-prefix"])?;
    let prefix = prefix.trim_end_matches('/');
    let inner = (!prefix.is_empty()).then(|| root.join(prefix)).filter(|inner| inner.is_dir());
    let notes = notes(&top, &root, &commit)?;
    Ok(Made { folder: inner.unwrap_or_else(|| root.clone()), name, root, branch, commit, notes })
}

/// Makes a work tree again that was removed, where it stood and from its commit: on its branch, where that is gone or still
/// stands there. Gives the branch.
///
/// # Errors
/// Something lies there, or git would not: one sentence.
pub fn again(repo: &Path, root: &Path, branch: Option<&str>, commit: &str) -> Result<Option<String>, WorktreeError> {
    if root.symlink_metadata().is_ok() {
        return Err(WorktreeError::PathExists(root.to_owned()));
    }
    let path = root.to_string_lossy();
    if let Some(branch) = branch {
        let at = git(repo, &["rev-parse", "--verify", "--quiet", &format!("refs/heads/{branch}")])?;
        let made = if at.is_well && at.text() == commit {
            git(repo, &["worktree", "add", "--quiet", &path, branch])?
        } else if at.is_well {
            at
        } else {
            done(repo, &["worktree", "add", "--quiet", "-b", branch, &path, commit])?
        };
        if made.is_well && root.is_dir() {
            return Ok(Some(branch.to_owned()));
        }
    }
    // Its branch is elsewhere by now.
    done(repo, &["worktree", "add", "--quiet", "--detach", &path, commit])?;
    Ok(None)
}

/// Whether the repository that a folder lies in has a commit.
#[must_use]
pub fn has(folder: &Path, commit: &str) -> bool {
    let args = ["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{commit}^{{commit}}")];
    git(folder, &args).is_ok_and(|said| said.is_well)
}

/// The caller's environment as it is in a work tree: nothing in it points elsewhere.
#[must_use]
pub fn environment(env: Vec<(String, String)>, folder: &Path) -> Vec<(String, String)> {
    let points = |key: &str| key == "PWD" || key == "OLDPWD" || ELSEWHERE.contains(&key);
    let here = ("PWD".to_owned(), folder.to_string_lossy().into_owned());
    env.into_iter().filter(|(key, _)| !points(key)).chain([here]).collect()
}

/// The root of the first work tree of a repository, beside which the others go; `None` where it has none.
fn main_of(folder: &Path) -> Result<Option<PathBuf>, WorktreeError> {
    let said = done(folder, &["worktree", "list", "--porcelain"])?.text();
    let first: Vec<&str> = said.lines().take_while(|line| !line.is_empty()).collect();
    let path = first.iter().find_map(|line| line.strip_prefix("worktree "));
    Ok(path.filter(|_| !first.contains(&"bare")).map(PathBuf::from))
}

/// `app` and `fix-auth` make `app-fix-auth`, beside `app`: what lies beside the one lies beside the other.
fn place(beside: &Path, name: &str) -> PathBuf {
    let repo = beside.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    beside.with_file_name(format!("{repo}-{name}"))
}

/// A name that nothing has yet.
fn free(folder: &Path, beside: &Path, name: Name<'_>) -> Result<String, WorktreeError> {
    match name {
        Name::Given(name) => {
            if !is_name(name) {
                return Err(WorktreeError::BadName(name.to_owned()));
            }
            taken(folder, beside, name)?.map_or(Ok(name.to_owned()), Err)
        }
        Name::Like(words) => {
            let name = like(words);
            let numbered = |n: u32| if n == 1 { name.clone() } else { format!("{name}-{n}") };
            for candidate in (1..=TRIES).map(numbered) {
                if taken(folder, beside, &candidate)?.is_none() {
                    return Ok(candidate);
                }
            }
            Err(WorktreeError::BranchExists(format!("{BRANCH}{name}")))
        }
    }
}

/// What has a name already.
fn taken(folder: &Path, beside: &Path, name: &str) -> Result<Option<WorktreeError>, WorktreeError> {
    let path = place(beside, name);
    if path.symlink_metadata().is_ok() {
        return Ok(Some(WorktreeError::PathExists(path)));
    }
    let branch = format!("{BRANCH}{name}");
    let known = git(folder, &["show-ref", "--verify", "--quiet", &format!("refs/heads/{branch}")])?;
    Ok(known.is_well.then_some(WorktreeError::BranchExists(branch)))
}

/// What a name may hold is a part of a branch and of a folder, on every system.
fn is_name(name: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let ends = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    name.len() <= LONGEST
        && name.chars().all(inner)
        && ends(name.chars().next())
        && ends(name.chars().next_back())
        && !name.contains("..")
        && Path::new(name).extension().is_none_or(|end| !end.eq_ignore_ascii_case("lock"))
}

/// A name of some words: the first three.
fn like(words: &str) -> String {
    let clean: String =
        words.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { ' ' }).collect();
    let name: String = clean.split_whitespace().take(3).collect::<Vec<_>>().join("-").chars().take(24).collect();
    let name = name.trim_matches('-');
    if name.is_empty() { "work".to_owned() } else { name.to_owned() }
}

/// What a human should know of a new work tree.
fn notes(top: &Path, root: &Path, commit: &str) -> Result<Vec<String>, WorktreeError> {
    let mut notes = Vec::new();
    let changed = done(top, &["status", "--porcelain", "-z", "--untracked-files=normal"])?;
    match changed.out.split(|byte| *byte == 0).filter(|line| !line.is_empty()).count() {
        0 => {}
        1 => notes.push(format!("1 file that is not committed stays behind in {}", top.display())),
        many => notes.push(format!("{many} files that are not committed stay behind in {}", top.display())),
    }
    if !git(top, &["symbolic-ref", "--quiet", "HEAD"])?.is_well {
        notes.push(format!("it begins at {}, at which no branch is checked out", commit.get(..10).unwrap_or(commit)));
    }
    if root.join(".gitmodules").is_file() {
        notes.push("its submodules are empty: `git submodule update --init` in it fills them".to_owned());
    }
    Ok(notes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_word_of_plain_letters() {
        for good in ["a", "fix-auth", "v1.2", "A_b"] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "-a", "a-", ".a", "a..b", "a/b", "a b", "x.lock", "ä", "~", &"x".repeat(41)] {
            assert!(!is_name(bad), "{bad}");
        }
        assert_eq!(like("Fix the *auth* code, please"), "fix-the-auth");
        assert!(is_name(&like("über /// alles")) && is_name(&like("…")) && is_name(&like(&"x".repeat(99))));
        assert_eq!(place(Path::new("/srv/app"), "fix"), Path::new("/srv/app-fix"));
    }
}
