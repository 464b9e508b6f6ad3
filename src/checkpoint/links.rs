//! Files of several names: hard links. A restore puts a new file in the place of an old one, which would part a name from the
//! others. Names that become the same together stay one file; of those that do not, the preview tells.

use super::journal::Item;
use super::{Entry, Outcome, Plan, RelPath, Workspace};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// A file by what the system knows it by.
type Inode = (u64, u64);

/// How many names a file has, and which of them a plan would change, to what.
type Names<'a> = (u64, Vec<(&'a RelPath, Entry)>);

/// Names that are told.
const NAMED: usize = 3;

/// What a file of several names is, where something stands that is one.
fn shared(root: &Path, path: &RelPath) -> Option<(Inode, u64)> {
    let of = |meta: Metadata| ((meta.dev(), meta.ino()), meta.nlink());
    let meta = root.join(path.to_path()).symlink_metadata().ok()?;
    (meta.is_file() && meta.nlink() > 1).then(|| of(meta))
}

/// Joins items that are names of one file and become the same file.
pub(super) fn join(root: &Path, items: &mut [Item]) {
    let mut first: Vec<(Inode, Entry, usize)> = Vec::new();
    let mut known: HashMap<Inode, Vec<usize>> = HashMap::new();
    for (n, item) in items.iter_mut().enumerate() {
        if !matches!((&item.now, &item.want), (Entry::File { .. }, Entry::File { .. })) {
            continue;
        }
        let Some((inode, _)) = shared(root, &item.path) else { continue };
        let same = known.entry(inode).or_default();
        item.with = same.iter().map(|&at| &first[at]).find(|(_, want, _)| *want == item.want).map(|(_, _, n)| *n);
        if item.with.is_none() {
            same.push(first.len());
            first.push((inode, item.want.clone(), n));
        }
    }
}

/// Names that a restore parts from others of the same file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parted {
    /// Which name is parted.
    pub path: RelPath,
    /// Names in the workspace that keep what the file holds now.
    pub others: Vec<RelPath>,
    /// So many more are outside, or where no checkpoint looks.
    pub elsewhere: u64,
}

impl fmt::Display for Parted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.others.iter().take(NAMED).map(ToString::to_string);
        let more = self.others.len().saturating_sub(NAMED) as u64 + self.elsewhere;
        let more = match (more, self.others.is_empty()) {
            (0, _) => None,
            (1, true) => Some("1 name elsewhere".to_owned()),
            (more, true) => Some(format!("{more} names elsewhere")),
            (1, false) => Some("1 more name".to_owned()),
            (more, false) => Some(format!("{more} more names")),
        };
        let names: Vec<String> = names.chain(more).collect();
        let (path, names) = (&self.path, names.join(", "));
        write!(
            f,
            "{path} is one file with {names} (hard links): those keep what it holds now, and it is parted from them"
        )
    }
}

impl Workspace {
    /// Names that a plan would part from other names of the same file, which keep what it holds now.
    #[must_use]
    pub fn parts(&self, plan: &Plan) -> Vec<Parted> {
        let becomes = |outcome: &Outcome| match outcome {
            Outcome::Restore(to) | Outcome::Merge(to) => Some(to.clone()),
            Outcome::Conflict(conflict) => Some(conflict.theirs.clone()),
            Outcome::Cannot(_) => None,
        };
        let mut files: BTreeMap<Inode, Names<'_>> = BTreeMap::new();
        for file in &plan.files {
            // A name that goes leaves the file to the others, as it is.
            let Some(to @ Entry::File { .. }) = becomes(&file.outcome).filter(|to| *to != file.now) else { continue };
            if let Some((inode, names)) = shared(&self.root, &file.path) {
                files.entry(inode).or_insert((names, Vec::new())).1.push((&file.path, to));
            }
        }
        if files.is_empty() {
            return Vec::new();
        }
        let mut inside: BTreeMap<Inode, BTreeSet<&RelPath>> = BTreeMap::new();
        for (path, seen) in &self.cache.files {
            if files.contains_key(&seen.sign.file()) {
                inside.entry(seen.sign.file()).or_default().insert(path);
            }
        }
        let mut parted = Vec::new();
        for (inode, (names, changed)) in &files {
            let known = inside.get(inode).cloned().unwrap_or_default();
            for (path, to) in changed {
                let stays = |other: &&&RelPath| {
                    *other != path && !changed.iter().any(|(name, same)| name == *other && same == to)
                };
                let others: Vec<RelPath> = known.iter().filter(stays).map(|other| (*other).clone()).collect();
                let all = known.len().max(changed.len()) as u64;
                let elsewhere = names.saturating_sub(all);
                if !others.is_empty() || elsewhere > 0 {
                    parted.push(Parted { path: (*path).clone(), others, elsewhere });
                }
            }
        }
        parted.sort_by(|one, other| one.path.cmp(&other.path));
        parted
    }
}
