//! Looking at the checkpoints of a workspace without having them: what is kept there is never rewritten, so that nobody has
//! to wait for anybody.

use super::cache::Cache;
use super::git::Git;
use super::objects::Objects;
use super::place::Place;
use super::{Change, Entry, Error, ObjectId, RelPath, SnapshotId, Workspace, diff};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What can be read of checkpoints, by who has them and by who only looks.
pub trait Look {
    /// The real path of the workspace.
    fn root(&self) -> &Path;

    /// Every path that differs between two checkpoints, in order.
    ///
    /// # Errors
    /// Where one of them is not kept any more, or the store can't be read.
    fn diff(&mut self, before: SnapshotId, after: SnapshotId) -> Result<Vec<Change>, Error>;

    /// What stands at a path.
    ///
    /// # Errors
    /// As for [`Look::diff`].
    fn entry(&mut self, at: SnapshotId, path: &RelPath) -> Result<Entry, Error>;

    /// Everything that a checkpoint covers.
    ///
    /// # Errors
    /// As for [`Look::diff`].
    fn entries(&mut self, at: SnapshotId) -> Result<BTreeMap<RelPath, Entry>, Error>;

    /// The bytes of a blob that an [`Entry`] names.
    ///
    /// # Errors
    /// As for [`Look::diff`].
    fn bytes(&mut self, blob: ObjectId) -> Result<Vec<u8>, Error>;

    /// How many bytes a blob has.
    ///
    /// # Errors
    /// As for [`Look::diff`].
    fn size(&mut self, blob: ObjectId) -> Result<u64, Error>;

    /// A path that is named, below the workspace; `None` where it is outside.
    fn below(&self, named: &Path) -> Option<RelPath> {
        RelPath::below(self.root(), named)
    }
}

impl Look for Workspace {
    fn root(&self) -> &Path {
        self.root()
    }

    fn diff(&mut self, before: SnapshotId, after: SnapshotId) -> Result<Vec<Change>, Error> {
        self.diff(before, after)
    }

    fn entry(&mut self, at: SnapshotId, path: &RelPath) -> Result<Entry, Error> {
        self.entry(at, path)
    }

    fn entries(&mut self, at: SnapshotId) -> Result<BTreeMap<RelPath, Entry>, Error> {
        self.entries(at)
    }

    fn bytes(&mut self, blob: ObjectId) -> Result<Vec<u8>, Error> {
        self.bytes(blob)
    }

    fn size(&mut self, blob: ObjectId) -> Result<u64, Error> {
        self.size(blob)
    }
}

/// The checkpoints of a workspace, to look at: somebody else may have them, and take more, meanwhile.
#[derive(Debug)]
pub struct Past(Workspace);

impl Past {
    /// Looks at the checkpoints of the workspace at `root` below `store`. The workspace itself may be gone. `None` where no
    /// checkpoint was ever kept.
    #[must_use]
    pub fn of(store: &Path, root: &Path) -> Option<Self> {
        let root: PathBuf = root.canonicalize().unwrap_or_else(|_| root.to_owned());
        let place = Place::look(store, &root)?;
        let git = Git::new(place.git_dir());
        let objects = Objects::new(git.clone());
        let (cache, views) = (Cache::default(), diff::Views::default());
        Some(Self(Workspace { place, root, git, objects, cache, tracked: None, views, fault: None }))
    }
}

impl Look for Past {
    fn root(&self) -> &Path {
        self.0.root()
    }

    fn diff(&mut self, before: SnapshotId, after: SnapshotId) -> Result<Vec<Change>, Error> {
        self.0.diff(before, after)
    }

    fn entry(&mut self, at: SnapshotId, path: &RelPath) -> Result<Entry, Error> {
        self.0.entry(at, path)
    }

    fn entries(&mut self, at: SnapshotId) -> Result<BTreeMap<RelPath, Entry>, Error> {
        self.0.entries(at)
    }

    fn bytes(&mut self, blob: ObjectId) -> Result<Vec<u8>, Error> {
        self.0.bytes(blob)
    }

    fn size(&mut self, blob: ObjectId) -> Result<u64, Error> {
        self.0.size(blob)
    }
}
