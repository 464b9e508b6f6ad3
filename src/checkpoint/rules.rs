//! What is left out: the ignore rules of the workspace as git has them, and what is covered all the same.

use super::git::Git;
use super::repo::Repo;
use super::{Error, RelPath};
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Longer ignore files are nobody's.
pub(super) const LONGEST: u64 = 4 << 20;

/// The rules that hold at a place of a walk: those of a folder go before those of the folder it is in.
#[derive(Debug, Default)]
pub(super) struct Rules {
    levels: Vec<Level>,
}

#[derive(Debug)]
struct Level {
    matcher: Gitignore,
    /// How much of a path from the root leads to the folder of these rules.
    strip: usize,
    /// What leads from the folder of these rules to the root, where they are above it.
    lead: Vec<u8>,
}

impl Rules {
    /// The rules from outside the workspace: the user's own file, the repository's `info/exclude`, and the folders
    /// between its top and the workspace.
    pub(super) fn around(root: &Path, repo: Option<&Repo>, global: Option<&Path>) -> Self {
        let mut rules = Self::default();
        let top = repo.map_or(root, |repo| &repo.top);
        let outside = global.map(Path::to_owned).into_iter();
        let outside = outside.chain(repo.map(|repo| repo.common_dir.join("info/exclude"))).map(|file| (top, file));
        let mut above: Vec<&Path> = root.ancestors().skip(1).take_while(|folder| folder.starts_with(top)).collect();
        above.reverse();
        for (folder, file) in outside.chain(above.into_iter().map(|folder| (folder, folder.join(".gitignore")))) {
            let is_file = fs::symlink_metadata(&file).is_ok_and(|meta| meta.is_file() && meta.len() <= LONGEST);
            let Some(text) = is_file.then(|| fs::read(&file).ok()).flatten() else { continue };
            let lead = root.strip_prefix(folder).unwrap_or(Path::new("")).as_os_str().as_bytes().to_vec();
            rules.push(&text, 0, lead);
        }
        rules
    }

    /// The rules of a folder of the workspace, for the walk below it. True where there are any.
    pub(super) fn enter(&mut self, folder: &RelPath, text: &[u8]) -> bool {
        let strip = if folder.is_root() { 0 } else { folder.bytes().len() + 1 };
        self.push(text, strip, Vec::new())
    }

    /// The walk leaves a folder that had rules.
    pub(super) fn leave(&mut self) {
        self.levels.pop();
    }

    fn push(&mut self, text: &[u8], strip: usize, lead: Vec<u8>) -> bool {
        let mut builder = GitignoreBuilder::new("");
        let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
        for line in text.split(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            // A line that can't be read leaves nothing out.
            if let Ok(line) = std::str::from_utf8(line) {
                let _ = builder.add_line(None, line);
            }
        }
        match builder.build() {
            Ok(matcher) if !matcher.is_empty() => {
                self.levels.push(Level { matcher, strip, lead });
                true
            }
            Ok(_) | Err(_) => false,
        }
    }

    /// True where the nearest rule that speaks of a path leaves it out.
    pub(super) fn ignore(&self, path: &RelPath, is_folder: bool) -> bool {
        for level in self.levels.iter().rev() {
            let below = path.bytes().get(level.strip..).unwrap_or_default();
            let found = if level.lead.is_empty() {
                level.matcher.matched(Path::new(std::ffi::OsStr::from_bytes(below)), is_folder)
            } else {
                let led = [&level.lead[..], below].join(&b'/');
                level.matcher.matched(PathBuf::from(std::ffi::OsString::from_vec(led)), is_folder)
            };
            match found {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
                Match::None => {}
            }
        }
        false
    }
}

/// Paths that are covered though a rule leaves them out: the repository tracks them, or a call named them.
#[derive(Debug, Default, Clone)]
pub(super) struct Forced {
    tracked: Arc<BTreeSet<Vec<u8>>>,
    named: BTreeSet<Vec<u8>>,
}

impl Forced {
    pub(super) fn new(tracked: Arc<BTreeSet<Vec<u8>>>, named: &BTreeSet<RelPath>) -> Self {
        Self { tracked, named: named.iter().map(|path| path.bytes().to_vec()).collect() }
    }

    /// The file is covered by its name.
    pub(super) fn file(&self, path: &RelPath) -> bool {
        self.tracked.contains(path.bytes()) || self.named.contains(path.bytes())
    }

    /// A call named the folder: everything in it is covered, as far as the bound goes.
    pub(super) fn whole(&self, path: &RelPath) -> bool {
        self.named.contains(path.bytes())
    }

    /// Something in the folder is covered.
    pub(super) fn inside(&self, folder: &RelPath) -> bool {
        let mut start = folder.bytes().to_vec();
        start.push(b'/');
        [&*self.tracked, &self.named]
            .into_iter()
            .any(|paths| paths.range(start.clone()..).next().is_some_and(|path| path.starts_with(&start)))
    }
}

/// What the user's repository tracks below the root: read from its index by our own git, which has no configuration.
/// An index that it can't read (split, or of another kind) is read with the repository's own data, still without writing.
pub(super) fn tracked(git: &Git, root: &Path, repo: &Repo) -> Result<BTreeSet<Vec<u8>>, Error> {
    let index = repo.git_dir.join("index");
    if !index.exists() {
        return Ok(BTreeSet::new());
    }
    let list = |dir: Option<&Path>| {
        let mut command = git.command();
        command.args(["-c", "core.fsmonitor=false", "-c", "core.bare=false", "ls-files", "-z"]);
        command.env("GIT_INDEX_FILE", &index).env("GIT_WORK_TREE", &repo.top).current_dir(root);
        if let Some(dir) = dir {
            command.env("GIT_DIR", dir).env_remove("GIT_OBJECT_DIRECTORY");
        }
        git.run("list what the repository tracks", &mut command)
    };
    let listed = list(None).or_else(|_| list(Some(&repo.git_dir)))?;
    Ok(listed.split(|byte| *byte == 0).filter(|path| !path.is_empty()).map(<[u8]>::to_vec).collect())
}
