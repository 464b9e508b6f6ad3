//! What was found so far, and how far it may go.

use super::cover::{Cover, Ignored, Keeping};
use crate::domain::{Loss, LossHow, LossOf, Losses, Tally};
use std::collections::{BTreeMap, HashSet};
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, Instant};

/// So many files are looked at ...
pub(super) const MOST: usize = 10_000;
/// ... in so much time.
const PATIENCE: Duration = Duration::from_secs(2);
/// What can't be known, and is told.
const MOST_UNKNOWN: usize = 16;

/// So many files that git ignores are kept before one command that names them ...
const MOST_IGNORED: u64 = 1_000;
/// ... and so many bytes of them: what is built anew at any time is not copied at each step.
const MOST_IGNORED_BYTES: u64 = 50 << 20;

/// A file that is hit.
#[derive(Debug, Clone, Copy)]
struct Found {
    how: LossHow,
    of: LossOf,
    bytes: u64,
}

/// A look at the disk.
pub(super) struct Look {
    workspace: PathBuf,
    seen: usize,
    end: Instant,
    cut: bool,
    found: BTreeMap<PathBuf, Found>,
    /// What the line itself makes on its way: later commands find it.
    made: HashSet<PathBuf>,
    unknown: Vec<String>,
}

impl Look {
    pub(super) fn new(workspace: &Path) -> Self {
        Self::within(workspace, PATIENCE)
    }

    /// A look that may take so long.
    pub(super) fn within(workspace: &Path, patience: Duration) -> Self {
        let workspace = workspace.canonicalize().unwrap_or_else(|_| workspace.to_owned());
        let (found, made, unknown) = (BTreeMap::new(), HashSet::new(), Vec::new());
        Self { workspace, seen: 0, end: Instant::now() + patience, cut: false, found, made, unknown }
    }

    /// What is left of the time.
    pub(super) fn patience(&self) -> Duration {
        self.end.saturating_duration_since(Instant::now())
    }

    /// True where it must not look at more.
    pub(super) fn is_over(&mut self) -> bool {
        self.cut |= self.seen >= MOST || (self.seen % 64 == 63 && Instant::now() > self.end);
        self.cut
    }

    /// Counts something that was looked at; false where that was the last.
    pub(super) fn step(&mut self) -> bool {
        self.seen += 1;
        !self.is_over()
    }

    pub(super) fn cut(&mut self) {
        self.cut = true;
    }

    pub(super) fn cannot_tell(&mut self, what: impl Into<String>) {
        let what = what.into();
        if self.unknown.len() < MOST_UNKNOWN && !self.unknown.contains(&what) {
            self.unknown.push(what);
        }
    }

    /// Notes a file, by its own name, if it stands there.
    pub(super) fn hit(&mut self, path: &Path, how: LossHow) {
        if let (Some(path), Ok(meta)) = (named(path), path.symlink_metadata()) {
            self.hit_it(path, &meta, how);
        }
    }

    /// Notes the file that a name leads to, links followed.
    pub(super) fn hit_behind(&mut self, path: &Path, how: LossHow) {
        if let Ok(real) = path.canonicalize() {
            self.hit(&real, how);
        }
    }

    fn hit_it(&mut self, path: PathBuf, meta: &Metadata, how: LossHow) {
        self.seen += 1;
        let kind = meta.file_type();
        let of = match (kind.is_symlink(), kind.is_dir()) {
            (true, _) => LossOf::Link,
            (_, true) => LossOf::Folder,
            (false, false) => LossOf::File,
        };
        let bytes = if of == LossOf::File { meta.len() } else { 0 };
        let found = self.found.entry(path).or_insert(Found { how, of, bytes });
        found.how = found.how.min(how);
    }

    /// Notes a file, or a folder with all below; links are not followed.
    pub(super) fn hit_tree(&mut self, path: &Path, how: LossHow) {
        let Some(root) = named(path) else { return };
        self.each_below(&root, |look, path, meta| look.hit_it(path.to_owned(), meta, how));
    }

    /// Everything from a path on, links not followed, as far as it may look.
    pub(super) fn each_below(&mut self, root: &Path, mut each: impl FnMut(&mut Self, &Path, &Metadata)) {
        let mut left = vec![root.to_owned()];
        while let Some(path) = left.pop() {
            if self.is_over() {
                return;
            }
            let Ok(meta) = path.symlink_metadata() else { continue };
            each(self, &path, &meta);
            if !meta.is_dir() {
                continue;
            }
            match std::fs::read_dir(&path) {
                Ok(entries) => {
                    for entry in entries.filter_map(Result::ok) {
                        // What is read of a folder counts before it is looked at.
                        if left.len() > 4 * MOST {
                            self.cut();
                            return;
                        }
                        left.push(entry.path());
                    }
                }
                Err(_) => self.cannot_tell(format!("what is in {}, which can't be read", self.shown(&path))),
            }
        }
    }

    /// True where something stands at a path, or will once the line comes to it.
    pub(super) fn stands(&self, path: &Path) -> bool {
        path.symlink_metadata().is_ok() || named(path).is_some_and(|path| self.made.contains(&path))
    }

    /// Notes that the line makes something where nothing stood.
    pub(super) fn makes(&mut self, path: &Path) {
        if path.symlink_metadata().is_err() && self.made.len() < MOST {
            // A folder that the line makes first is not there yet.
            self.made.insert(named(path).unwrap_or_else(|| path.to_owned()));
        }
    }

    /// Notes a file that the line makes, or adds to.
    pub(super) fn makes_or_adds(&mut self, path: &Path) {
        match path.symlink_metadata() {
            Ok(meta) if meta.is_dir() => {}
            Ok(_) => self.hit(path, LossHow::Changes),
            Err(_) => self.makes(path),
        }
    }

    /// Whether a path is among what goes.
    pub(super) fn goes(&self, path: &Path) -> bool {
        named(path).is_some_and(|path| self.found.get(&path).is_some_and(|it| it.how == LossHow::Deletes))
    }

    /// Whether an earlier command of the line writes a file.
    pub(super) fn writes(&self, path: &Path) -> bool {
        let Some(path) = named(path) else { return false };
        let found = self.found.get(&path).map(|it| it.how);
        self.made.contains(&path) || matches!(found, Some(LossHow::Overwrites | LossHow::Changes))
    }

    /// A path for people: from the workspace on.
    pub(super) fn shown(&self, path: &Path) -> String {
        let short = path.strip_prefix(&self.workspace).ok().filter(|rest| !rest.as_os_str().is_empty());
        short.unwrap_or(path).to_string_lossy().into_owned()
    }

    /// The files that git ignores among what is hit or made: they are named, so that they are kept all the same.
    pub(super) fn ignored(self) -> Vec<PathBuf> {
        let mut cover = Cover::new(&self.workspace, Keeping::On);
        let hit: Vec<PathBuf> = match self.keeps_ignored(&mut cover) {
            true => self
                .found
                .iter()
                .filter(|(_, found)| found.of != LossOf::Folder)
                .map(|(path, _)| path.clone())
                .collect(),
            false => Vec::new(),
        };
        hit.into_iter().chain(self.made).filter(|path| cover.ignores(path)).collect()
    }

    /// Whether the files that git ignores, of those that are hit, are few enough to be kept.
    fn keeps_ignored(&self, cover: &mut Cover) -> bool {
        let (mut files, mut bytes) = (0, 0);
        for (path, found) in self.found.iter().filter(|(_, found)| found.of != LossOf::Folder) {
            if cover.ignores(path) {
                (files, bytes) = (files + 1, bytes + found.bytes);
            }
            if files > MOST_IGNORED || bytes > MOST_IGNORED_BYTES {
                return false;
            }
        }
        !self.cut
    }

    /// Everything that was found.
    pub(super) fn told(mut self, most: u32, beside: Vec<String>, keeping: Keeping) -> Losses {
        let mut cover = Cover::new(&self.workspace, keeping);
        let ignored = if self.keeps_ignored(&mut cover) { Ignored::IsKept } else { Ignored::IsTooMuch };
        let found = std::mem::take(&mut self.found);
        let mut tallies: Vec<Tally> = Vec::new();
        let (mut files, mut uncovered, mut kept) = (Vec::new(), 0, 0);
        let mut sorted: Vec<(&PathBuf, &Found)> = found.iter().collect();
        sorted.sort_by_key(|(path, found)| (found.how, found.of == LossOf::Folder, *path));
        for (path, found) in sorted {
            let at = tallies.iter().position(|tally| tally.how == found.how).unwrap_or_else(|| {
                tallies.push(Tally { how: found.how, files: 0, bytes: 0, folders: 0 });
                tallies.len() - 1
            });
            if let Some(tally) = tallies.get_mut(at) {
                tally.bytes += found.bytes;
                *if found.of == LossOf::Folder { &mut tally.folders } else { &mut tally.files } += 1;
            }
            let covered = cover.of(path, found.bytes, ignored);
            uncovered += u64::from(matches!(covered, crate::domain::Covered::No(_)) && found.of != LossOf::Folder);
            kept += u64::from(covered == crate::domain::Covered::Yes && found.of != LossOf::Folder);
            if files.len() < most as usize {
                let path = self.shown(path);
                files.push(Loss { path, how: found.how, of: found.of, bytes: found.bytes, covered });
            }
        }
        Losses { files, tallies, uncovered, kept, cut: self.cut, unknown: self.unknown, beside }
    }
}

/// A name with the folder that it really stands in: the last part is not followed. `None` where its folder is not there.
pub(super) fn named(path: &Path) -> Option<PathBuf> {
    match path.components().next_back()? {
        Component::Normal(name) => {
            let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
            Some(folder.canonicalize().ok()?.join(name))
        }
        _ => path.canonicalize().ok(),
    }
}

/// A file's inode, to tell whether two names are one file.
pub(super) fn same(one: &Path, other: &Path) -> bool {
    match (one.metadata(), other.metadata()) {
        (Ok(one), Ok(other)) => (one.dev(), one.ino()) == (other.dev(), other.ino()),
        _ => false,
    }
}
