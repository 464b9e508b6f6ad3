//! What differs between two checkpoints, and what stands anywhere in one of them.

use super::manifest::Manifest;
use super::objects::{FOLDER, Item, Tree};
use super::{Change, Entry, Error, Head, ObjectId, RelPath, Skipped, SnapshotId, Workspace};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Manifests that are kept in memory.
const VIEWS: usize = 16;

/// The checkpoints that were looked at last.
#[derive(Debug, Default)]
pub(super) struct Views(HashMap<SnapshotId, View>);

impl Views {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

/// A checkpoint that can be read.
#[derive(Debug, Clone)]
pub(super) struct View {
    files: Option<ObjectId>,
    pub manifest: Arc<Manifest>,
}

/// Whether what git finds equal is equal.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trust {
    /// The usual modes are the same: equal trees are equal.
    Trees,
    /// They are not: every path is compared.
    Nothing,
}

impl Workspace {
    /// Every path that differs between two checkpoints, in order.
    ///
    /// # Errors
    /// Where one of them is not kept any more, or the store can't be read.
    pub fn diff(&mut self, before: SnapshotId, after: SnapshotId) -> Result<Vec<Change>, Error> {
        if before == after {
            return Ok(Vec::new());
        }
        let (one, other) = (self.view(before)?, self.view(after)?);
        let mut paths = one.manifest.differing(&other.manifest);
        let trust = if one.manifest.usual == other.manifest.usual { Trust::Trees } else { Trust::Nothing };
        self.compare(&RelPath::default(), one.files, other.files, trust, &mut paths)?;
        let mut changes = Vec::new();
        for path in paths {
            let (before, after) = (self.stands(&one, &path)?, self.stands(&other, &path)?);
            changes.extend(Change::of(path, before, after));
        }
        Ok(changes)
    }

    /// What stands at a path.
    ///
    /// # Errors
    /// Where the checkpoint is not kept any more, or the store can't be read.
    pub fn entry(&mut self, at: SnapshotId, path: &RelPath) -> Result<Entry, Error> {
        let view = self.view(at)?;
        self.stands(&view, path)
    }

    /// Where the HEAD of the user's repository stood; `None` where there was none.
    ///
    /// # Errors
    /// Where the checkpoint is not kept any more, or the store can't be read.
    pub fn head_at(&mut self, at: SnapshotId) -> Result<Option<Head>, Error> {
        Ok(self.view(at)?.manifest.head.clone())
    }

    /// Everything that a checkpoint covers: files, links, folders, pointers.
    ///
    /// # Errors
    /// Where the checkpoint is not kept any more, or the store can't be read.
    pub fn entries(&mut self, at: SnapshotId) -> Result<BTreeMap<RelPath, Entry>, Error> {
        let view = self.view(at)?;
        let mut paths: BTreeSet<RelPath> = view.manifest.empty.clone();
        paths.extend(view.manifest.pointers.keys().cloned());
        self.compare(&RelPath::default(), view.files, None, Trust::Trees, &mut paths)?;
        let mut entries = BTreeMap::new();
        for path in paths {
            let entry = self.stands(&view, &path)?;
            entries.insert(path, entry);
        }
        Ok(entries)
    }

    /// What a checkpoint does not cover.
    ///
    /// # Errors
    /// Where the checkpoint is not kept any more, or the store can't be read.
    pub fn skipped(&mut self, at: SnapshotId) -> Result<Vec<Skipped>, Error> {
        let view = self.view(at)?;
        let skipped = view.manifest.skipped.iter();
        Ok(skipped.map(|(path, why)| Skipped { path: path.clone(), why: *why }).collect())
    }

    /// The repositories of their own in a workspace, of whose files a checkpoint holds none.
    ///
    /// # Errors
    /// Where the checkpoint is not kept any more, or the store can't be read.
    pub fn repositories(&mut self, at: SnapshotId) -> Result<Vec<RelPath>, Error> {
        Ok(self.view(at)?.manifest.pointers.keys().cloned().collect())
    }

    /// The bytes of a file as of a checkpoint, or where a link leads; `None` where neither stands there.
    ///
    /// # Errors
    /// Where the checkpoint is not kept any more, or the store can't be read.
    pub fn read(&mut self, at: SnapshotId, path: &RelPath) -> Result<Option<Vec<u8>>, Error> {
        match self.entry(at, path)?.blob() {
            Some(blob) => self.bytes(blob).map(Some),
            None => Ok(None),
        }
    }

    /// The bytes of a blob that an [`Entry`] names.
    ///
    /// # Errors
    /// Where it is not kept any more, or the store can't be read.
    pub fn bytes(&mut self, blob: ObjectId) -> Result<Vec<u8>, Error> {
        self.objects.blob(blob)?.ok_or_else(|| Error::damaged(self.git.dir(), format!("{blob} is missing")))
    }

    /// How many bytes a blob has.
    ///
    /// # Errors
    /// Where it is not kept any more, or the store can't be read.
    pub fn size(&mut self, blob: ObjectId) -> Result<u64, Error> {
        self.objects.size(blob)?.ok_or_else(|| Error::damaged(self.git.dir(), format!("{blob} is missing")))
    }

    pub(super) fn view(&mut self, id: SnapshotId) -> Result<View, Error> {
        if let Some(view) = self.views.0.get(&id) {
            return Ok(view.clone());
        }
        let tree = self.objects.tree(id.0)?.ok_or(Error::Missing(id))?;
        let mut text = |name: &str| -> Result<String, Error> {
            let item = tree.get(name.as_bytes());
            let bytes = item.map(|item| self.objects.blob(item.id)).transpose()?.flatten().unwrap_or_default();
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        };
        let (there, out) = (text("manifest")?, text("skipped")?);
        let manifest = Manifest::read(&there, &out)
            .ok_or_else(|| Error::damaged(self.git.dir(), format!("the manifest of {id} can't be read")))?;
        let files = tree.get(&b"files"[..]).map(|item| item.id);
        let view = View { files, manifest: Arc::new(manifest) };
        if self.views.0.len() >= VIEWS {
            self.views.0.clear();
        }
        self.views.0.insert(id, view.clone());
        Ok(view)
    }

    pub(super) fn stands(&mut self, view: &View, path: &RelPath) -> Result<Entry, Error> {
        let mut at = view.files.map(|id| Item { mode: FOLDER, id });
        if path.is_root() {
            return Ok(view.manifest.beside(path));
        }
        for part in path.parts() {
            at = match at {
                Some(Item { mode: FOLDER, id }) => self.tree(id)?.get(part).cloned(),
                _ => None,
            };
        }
        Ok(at.map_or_else(|| view.manifest.beside(path), |item| view.manifest.entry(path, item.mode, item.id)))
    }

    fn tree(&mut self, id: ObjectId) -> Result<Arc<Tree>, Error> {
        self.objects.tree(id)?.ok_or_else(|| Error::damaged(self.git.dir(), format!("tree {id} is missing")))
    }

    /// Collects the paths where two trees differ.
    fn compare(
        &mut self,
        folder: &RelPath,
        one: Option<ObjectId>,
        other: Option<ObjectId>,
        trust: Trust,
        into: &mut BTreeSet<RelPath>,
    ) -> Result<(), Error> {
        if one == other && trust == Trust::Trees {
            return Ok(());
        }
        let mut load = |id: Option<ObjectId>| id.map(|id| self.tree(id)).transpose();
        let (left, right) = (load(one)?.unwrap_or_default(), load(other)?.unwrap_or_default());
        let names: BTreeSet<&Vec<u8>> = left.keys().chain(right.keys()).collect();
        for name in names {
            let (one, other) = (left.get(name), right.get(name));
            if one == other && trust == Trust::Trees {
                continue;
            }
            let path = folder.join(name);
            let below = |item: Option<&Item>| item.filter(|item| item.mode == FOLDER).map(|item| item.id);
            if below(one).is_some() || below(other).is_some() {
                self.compare(&path, below(one), below(other), trust, into)?;
            }
            into.insert(path);
        }
        Ok(())
    }
}
