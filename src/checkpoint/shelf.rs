//! What lies in the store, looked at from outside: no workspace is taken for it, and none needs to be there any more.

use super::git::Git;
use super::{Error, Kept, SnapshotId, journal, log, place, prune};
use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// The checkpoints of one workspace, as they lie there.
#[derive(Debug, Clone)]
pub struct Shelf {
    /// The real path of the workspace.
    pub root: PathBuf,
    /// Its checkpoints, the oldest first.
    pub kept: Vec<Kept>,
    /// Bytes on the disk.
    pub bytes: u64,
    /// A death cut short what takes checkpoints out: some of it is still there, though on no list.
    pub unfinished: bool,
    git: Git,
}

/// Workspaces below `store` in which a restore was cut short and waits to be gone on with.
#[must_use]
pub fn half_restored(store: &Path) -> Vec<PathBuf> {
    let folders = fs::read_dir(store).into_iter().flatten().flatten().map(|entry| entry.path());
    let half = folders.filter(|folder| folder.join(journal::FILE).exists());
    let root = |folder: PathBuf| Some(PathBuf::from(std::ffi::OsString::from_vec(fs::read(folder.join("root")).ok()?)));
    half.filter_map(root).collect()
}

impl Shelf {
    /// Every workspace that has checkpoints below `store`. What can't be read is none.
    #[must_use]
    pub fn all(store: &Path) -> Vec<Self> {
        let folders = fs::read_dir(store).into_iter().flatten().flatten().map(|entry| entry.path());
        let mut all: Vec<Self> = folders.filter_map(|folder| Self::in_folder(&folder)).collect();
        all.sort_by(|one, other| one.root.cmp(&other.root));
        all
    }

    /// That of a workspace, by its real path.
    #[must_use]
    pub fn of(store: &Path, root: &Path) -> Option<Self> {
        Self::in_folder(&place::folder_of(store, root))
    }

    fn in_folder(folder: &Path) -> Option<Self> {
        let root = PathBuf::from(std::ffi::OsString::from_vec(fs::read(folder.join("root")).ok()?));
        let git = Git::new(folder.join("git"));
        Some(Self {
            root,
            kept: log::read(&fs::read(folder.join(log::FILE)).unwrap_or_default()),
            bytes: log::packed(git.dir()),
            unfinished: folder.join(prune::LEAVING).exists(),
            git,
        })
    }

    /// How many bytes some of its checkpoints need, whatever else lies there: what they share counts once.
    ///
    /// # Errors
    /// Where git fails.
    pub fn needed(&self, ids: impl Iterator<Item = SnapshotId>) -> Result<u64, Error> {
        let lines = ids.fold(String::new(), |lines, id| lines + &id.to_string() + "\n");
        if lines.is_empty() {
            return Ok(0);
        }
        let mut command = self.git.command();
        command.args(["rev-list", "--objects", "--disk-usage", "--stdin"]).stdin(Stdio::piped());
        let mut child = self.git.spawn(&mut command)?;
        let to = child.stdin.take();
        let told = std::thread::scope(|scope| {
            // It may go away before it has read all: why is in its last words.
            scope.spawn(|| to.map(|mut to| drop(to.write_all(lines.as_bytes()))));
            child.wait_with_output()
        });
        let told = told.map_err(|error| Error::io("wait for git in", self.git.dir(), error))?;
        if !told.status.success() {
            return Err(self.git.failed("weigh checkpoints", &told.stderr));
        }
        Ok(String::from_utf8_lossy(&told.stdout).trim().parse().unwrap_or(0))
    }
}
