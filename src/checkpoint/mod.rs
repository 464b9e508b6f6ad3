//! A workspace before and after: checkpoints of its files, what differs between them, and the way back.
//!
//! An engine that knows nothing of agents, sessions or the hub. One [`Workspace`] has the checkpoints of one real path; who
//! opened it has it alone. Everything is kept in a store of our own, below the state folder; the user's repository is read
//! by its files (`HEAD`, `info/exclude`, the index) and never written, and nothing of it is run.
//!
//! - `path`, `entry`: the words: [`RelPath`], [`Entry`], [`Snapshot`], [`Change`]. `error`: what can go wrong.
//! - `place`: where it is kept and who has it. `git`: git without anybody's environment; `import` writes with it, `objects`
//!   reads.
//! - `repo`, `rules`, `walk`: what is in a workspace, and what is left out. `cache`: what need not be read again.
//!   `manifest`: what git does not keep. `snapshot`: a checkpoint is taken.
//! - `diff`: what differs between two of them, and any file of any of them. `look`: the same without having them. `log`: which are kept. `prune`: which are not.
//!   `lay`: one is laid out elsewhere. `shelf`: what lies in the store, for whoever has none of the workspaces.
//! - `plan`: an undo as pure data, three-way where somebody worked on; `merge`: the texts of it. `restore`: an undo is
//!   done, path by path in `settle`, by the `hand` that changes files, with a `journal` for whoever comes after a kill.
//!   `links`: files of several names. `traits`: what a file has beside bytes and mode.

mod cache;
mod diff;
mod entry;
mod error;
mod git;
mod hand;
mod import;
mod journal;
mod lay;
mod links;
mod log;
mod look;
mod manifest;
mod merge;
mod objects;
mod path;
mod place;
mod plan;
mod prune;
mod repo;
mod restore;
mod rules;
mod settle;
mod shelf;
mod snapshot;
mod traits;
mod walk;

pub use entry::{Change, Entry, Head, Kind, NotAnId, ObjectId, Skipped, Snapshot, SnapshotId, Why};
pub use error::Error;
pub use hand::{Fault, How};
pub use lay::{Laid, lay};
pub use links::Parted;
pub use log::Kept;
pub use look::{Look, Past};
pub use path::RelPath;
pub use place::{Wide, patiently};
pub use plan::{Cannot, Choice, Choices, Clash, Conflict, FilePlan, Outcome, Plan, Span};
pub use prune::{Bounds, Pruned, Sizes};
pub use restore::{Done, Left, LeftWhy, Resumed};
pub use shelf::{Shelf, half_restored};

use cache::Cache;
use git::Git;
use objects::Objects;
use place::Place;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What an index file looked like: inode, size, times.
type IndexSign = (u64, u64, i64, i64, i64);

/// The checkpoints of one workspace. Whoever has this has them alone, until it is dropped.
#[derive(Debug)]
pub struct Workspace {
    place: Place,
    root: PathBuf,
    git: Git,
    objects: Objects,
    cache: Cache,
    tracked: Option<(IndexSign, Arc<BTreeSet<Vec<u8>>>)>,
    views: diff::Views,
    fault: Option<Fault>,
}

/// How a workspace is opened.
#[derive(Debug, Clone, Default)]
pub struct Opening {
    /// The user's home, which is no workspace unless `wide` allows it.
    pub home: Option<PathBuf>,
    /// Whether it may be one.
    pub wide: Wide,
}

/// What a checkpoint takes at most, and by which rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// A larger file is left out, and listed.
    pub file_bytes: u64,
    /// So many files are covered of ignored folders that calls name.
    pub named_files: u64,
    /// The user's own ignore file, if any.
    pub global_ignore: Option<PathBuf>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file_bytes: 20 << 20, named_files: 10_000, global_ignore: None }
    }
}

/// How far a checkpoint is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Files seen.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Files that had to be read.
    pub read: u64,
}

/// What the caller says to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Go {
    /// Go on.
    On,
    /// Give it up.
    Stop,
}

impl Workspace {
    /// Opens the checkpoints of the workspace at `root`, below `store` (the state folder's `checkpoints`), and takes them:
    /// nobody else can while this lives. Nothing is read of the workspace yet.
    ///
    /// # Errors
    /// Where `root` is no folder, or a home folder; where another taut has it; where the store can't be made.
    pub fn open(store: &Path, root: &Path, opening: &Opening) -> Result<Self, Error> {
        let root = place::real(root, opening.home.as_deref(), opening.wide)?;
        Self::resting(store, root)
    }

    /// The same by its real path, whatever stands there now: to take checkpoints out, and for nothing else.
    ///
    /// # Errors
    /// Where another taut has it; where the store can't be made.
    pub fn resting(store: &Path, root: PathBuf) -> Result<Self, Error> {
        let place = Place::take(store, &root)?;
        let git = Git::new(place.git_dir());
        let objects = Objects::new(git.clone());
        let cache = Cache::load(&place);
        Ok(Self { place, root, git, objects, cache, tracked: None, views: diff::Views::default(), fault: None })
    }

    /// The real path of the workspace.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A path that a call names, below this workspace; `None` where it is outside.
    #[must_use]
    pub fn below(&self, named: &Path) -> Option<RelPath> {
        RelPath::below(&self.root, named)
    }
}
