//! Whether a checkpoint would hold a file: until there is one to be asked, what it surely would not hold.

use crate::domain::Covered;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Larger files are not kept.
const LARGEST: u64 = 20 << 20;

/// What git ignores in a workspace, as far as it was asked.
pub(super) struct Cover {
    workspace: PathBuf,
    /// The rules of each folder.
    rules: HashMap<PathBuf, Option<Gitignore>>,
}

impl Cover {
    pub(super) fn new(workspace: &Path) -> Self {
        Self { workspace: workspace.to_owned(), rules: HashMap::new() }
    }

    /// Whether a checkpoint would hold a file.
    pub(super) fn of(&mut self, path: &Path, bytes: u64) -> Covered {
        let no = |why: &str| Covered::No(why.to_owned());
        let Ok(inner) = path.strip_prefix(&self.workspace) else { return no("outside the workspace") };
        if inner.components().any(|part| part.as_os_str() == ".git") {
            return no("git's own");
        }
        if bytes > LARGEST {
            return no("larger than 20 MB");
        }
        if self.is_ignored(path) {
            return no("git ignores it");
        }
        Covered::Unknown
    }

    /// Whether the rules of any folder above say so; the nearest have the last word.
    fn is_ignored(&mut self, path: &Path) -> bool {
        let above: Vec<PathBuf> =
            path.ancestors().skip(1).take_while(|it| it.starts_with(&self.workspace)).map(Path::to_owned).collect();
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
        let is_top = folder == self.workspace;
        let read = || {
            let mut files = vec![folder.join(".gitignore")];
            if is_top {
                files.push(folder.join(".git/info/exclude"));
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
