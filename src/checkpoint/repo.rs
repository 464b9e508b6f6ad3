//! The user's repository, as far as we read it: by its files, never by running anything there, and never writing.

use super::Head;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// The repository that a folder belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Repo {
    /// The folder with `.git` in it.
    pub top: PathBuf,
    /// Its data; of a linked worktree, its own part.
    pub git_dir: PathBuf,
    /// The data that worktrees share.
    pub common_dir: PathBuf,
}

impl Repo {
    /// The repository that a folder is in, if any.
    pub(super) fn around(folder: &Path) -> Option<Self> {
        folder.ancestors().find_map(Self::at)
    }

    /// The repository that has this folder as its top.
    pub(super) fn at(top: &Path) -> Option<Self> {
        let dot = top.join(".git");
        let meta = fs::metadata(&dot).ok()?;
        let git_dir = if meta.is_dir() {
            dot
        } else {
            let text = small(&dot)?;
            top.join(text.strip_prefix("gitdir:")?.trim())
        };
        if !git_dir.join("HEAD").exists() {
            return None;
        }
        let common_dir =
            small(&git_dir.join("commondir")).map_or_else(|| git_dir.clone(), |to| git_dir.join(to.trim()));
        Some(Self { top: top.to_owned(), git_dir, common_dir })
    }

    /// Where its HEAD stands.
    pub(super) fn head(&self) -> Option<Head> {
        let head = small(&self.git_dir.join("HEAD"))?;
        match head.trim().strip_prefix("ref:").map(str::trim) {
            Some(branch) => Some(Head { branch: Some(branch.to_owned()), commit: self.commit(branch) }),
            None => Some(Head { branch: None, commit: hex(&head) }),
        }
    }

    fn commit(&self, branch: &str) -> Option<String> {
        if branch.split('/').any(|part| part.is_empty() || part == "..") {
            return None;
        }
        let loose = [&self.git_dir, &self.common_dir].into_iter().find_map(|dir| small(&dir.join(branch)));
        loose.and_then(|id| hex(&id)).or_else(|| {
            let packed = BufReader::new(File::open(self.common_dir.join("packed-refs")).ok()?);
            let line = packed
                .lines()
                .map_while(Result::ok)
                .find(|line| line.split_once(' ').is_some_and(|(_, name)| name == branch))?;
            hex(line.split(' ').next()?)
        })
    }
}

fn hex(text: &str) -> Option<String> {
    let text = text.trim();
    let digits = [40, 64].contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    digits.then(|| text.to_owned())
}

/// A short text file; `None` where there is none, or it is none.
fn small(path: &Path) -> Option<String> {
    fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    let file = File::open(path).ok()?;
    let mut text = String::new();
    file.take(4096).read_to_string(&mut text).ok()?;
    Some(text)
}
