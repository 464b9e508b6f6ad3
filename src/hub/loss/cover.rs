//! Whether a checkpoint will hold a file: one is taken of the workspace before what is allowed runs, where they are on.
//! What it leaves out is found out as the checkpoint room does it (`checkpoint::rules`, `checkpoint::snapshot`); where the two
//! could differ, it is said that none will.

use crate::checkpoint::Limits;
use crate::domain::Covered;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Whether the workspace is kept before its steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeping {
    /// It is.
    On,
    /// Checkpoints are off.
    Off,
    /// Nobody can say: no hub is asked.
    Unknown,
}

/// Whether what git ignores is kept where a command names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ignored {
    /// It is.
    IsKept,
    /// There is too much of it.
    IsTooMuch,
}

/// What git ignores in a workspace, as far as it was asked.
pub(super) struct Cover {
    workspace: PathBuf,
    /// The top of the repository that the workspace is in, or itself.
    top: PathBuf,
    keeping: Keeping,
    /// The rules of each folder.
    rules: HashMap<PathBuf, Option<Gitignore>>,
    /// Whether a folder is a repository of its own.
    repositories: HashMap<PathBuf, bool>,
}

impl Cover {
    pub(super) fn new(workspace: &Path, keeping: Keeping) -> Self {
        let is_top = |folder: &&Path| folder.join(".git").symlink_metadata().is_ok();
        let top = workspace.ancestors().find(is_top).unwrap_or(workspace).to_owned();
        let workspace = workspace.to_owned();
        Self { workspace, top, keeping, rules: HashMap::new(), repositories: HashMap::new() }
    }

    /// Whether a checkpoint will hold a file.
    pub(super) fn of(&mut self, path: &Path, bytes: u64, ignored: Ignored) -> Covered {
        let no = |why: &str| Covered::No(why.to_owned());
        let Ok(inner) = path.strip_prefix(&self.workspace) else { return no("outside the workspace") };
        if inner.components().any(|part| part.as_os_str() == ".git") {
            return no("git's own");
        }
        if self.is_in_another(path) {
            return no("in a repository of its own");
        }
        if bytes > Limits::default().file_bytes {
            return no("larger than 20 MB");
        }
        if ignored == Ignored::IsTooMuch && self.is_ignored(path) {
            return no("git ignores it, and it is too much to be kept");
        }
        match self.keeping {
            Keeping::Off => return no("checkpoints are off"),
            Keeping::Unknown => return Covered::Unknown,
            Keeping::On => {}
        }
        let home = std::env::var_os("HOME").map(PathBuf::from).and_then(|home| home.canonicalize().ok());
        if home.is_some_and(|home| home.starts_with(&self.workspace)) {
            return no("the workspace is too wide to be kept");
        }
        match path.symlink_metadata() {
            Ok(meta) if meta.is_symlink() || meta.is_dir() => Covered::Yes,
            Ok(meta) if meta.is_file() => match std::fs::File::open(path) {
                Ok(_) => Covered::Yes,
                Err(_) => no("it can't be read"),
            },
            Ok(_) => no("no plain file"),
            Err(_) => Covered::Unknown,
        }
    }

    /// Whether git ignores a file of this workspace, which a checkpoint could hold.
    pub(super) fn ignores(&mut self, path: &Path) -> bool {
        let inner = path.strip_prefix(&self.workspace);
        let own = inner.is_ok_and(|inner| inner.components().all(|part| part.as_os_str() != ".git"));
        own && !self.is_in_another(path) && self.is_ignored(path)
    }

    /// Whether a folder between the workspace and a file is a repository of its own.
    fn is_in_another(&mut self, path: &Path) -> bool {
        let between = path.ancestors().take_while(|it| it.starts_with(&self.workspace) && **it != self.workspace);
        let folders: Vec<PathBuf> = between.map(Path::to_owned).collect();
        folders.into_iter().any(|folder| {
            let is_one = || folder.join(".git").symlink_metadata().is_ok();
            *self.repositories.entry(folder.clone()).or_insert_with(is_one)
        })
    }

    /// Whether the rules of any folder above say so; the nearest have the last word.
    fn is_ignored(&mut self, path: &Path) -> bool {
        let above: Vec<PathBuf> =
            path.ancestors().skip(1).take_while(|it| it.starts_with(&self.top)).map(Path::to_owned).collect();
        // A folder that is ignored takes all below with it.
        let mut at = path.to_owned();
        loop {
            let is_dir = at != path;
            for folder in above.iter().filter(|folder| at.starts_with(folder) && **folder != at) {
                let matched = self.rules(folder).map(|rules| rules.matched(&at, is_dir));
                match matched {
                    Some(it) if it.is_ignore() => return true,
                    Some(it) if it.is_whitelist() => break,
                    _ => {}
                }
            }
            match at.parent().filter(|parent| parent.starts_with(&self.workspace) && **parent != self.workspace) {
                Some(parent) => at = parent.to_owned(),
                None => return false,
            }
        }
    }

    fn rules(&mut self, folder: &Path) -> Option<&Gitignore> {
        let is_top = folder == self.top;
        let read = || {
            let mut files = vec![folder.join(".gitignore")];
            if is_top {
                files.extend(common(&folder.join(".git")).map(|git| git.join("info/exclude")));
            }
            let files: Vec<PathBuf> = files.into_iter().filter(|file| file.is_file()).collect();
            if files.is_empty() {
                return None;
            }
            let mut rules = GitignoreBuilder::new(folder);
            files.iter().for_each(|file| drop(rules.add(file)));
            rules.build().ok()
        };
        self.rules.entry(folder.to_owned()).or_insert_with(read).as_ref()
    }
}

/// The folder of git that all work trees of a repository share.
fn common(git: &Path) -> Option<PathBuf> {
    if git.is_dir() {
        return Some(git.to_owned());
    }
    let said = std::fs::read_to_string(git).ok()?;
    let own = git.parent()?.join(said.strip_prefix("gitdir:")?.trim());
    match std::fs::read_to_string(own.join("commondir")) {
        Ok(shared) => Some(own.join(shared.trim())),
        Err(_) => Some(own),
    }
}
