//! A workspace with a store of its own, and git for the part of the user.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;
use taut::checkpoint::{Change, Error, Go, Kind, Limits, Opening, RelPath, Snapshot, SnapshotId, Workspace};
use taut::domain::At;

pub struct Stage {
    pub dir: tempfile::TempDir,
    pub work: Option<Workspace>,
    clock: i64,
}

/// Whether there is a git; says so where there is none.
pub fn git_is_here() -> bool {
    let here = Command::new("git").arg("--version").output().is_ok_and(|output| output.status.success());
    if !here {
        eprintln!("skipped: there is no git here");
    }
    here
}

/// What stands at a path: its kind, its mode, and its bytes or where it leads.
pub type Standing = (char, u32, Vec<u8>);

impl Stage {
    /// A plain folder, and its store.
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("w")).unwrap();
        Self { dir, work: None, clock: 0 }
    }

    /// A repository with one commit.
    pub fn repository() -> Self {
        let stage = Self::new();
        stage.git(&["init", "-q", "-b", "main"]);
        stage.write("README", "read me\n");
        stage.git(&["add", "-A"]);
        stage.git(&["commit", "-qm", "first"]);
        stage
    }

    pub fn root(&self) -> PathBuf {
        self.dir.path().canonicalize().unwrap().join("w")
    }

    pub fn store(&self) -> PathBuf {
        self.dir.path().join("state/checkpoints")
    }

    pub fn at(&self, path: impl AsRef<OsStr>) -> PathBuf {
        self.root().join(path.as_ref())
    }

    #[track_caller]
    pub fn write(&self, path: impl AsRef<OsStr>, bytes: impl AsRef<[u8]>) {
        let path = self.at(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    #[track_caller]
    pub fn text(&self, path: &str) -> String {
        fs::read_to_string(self.at(path)).unwrap()
    }

    #[track_caller]
    pub fn chmod(&self, path: &str, mode: u32) {
        fs::set_permissions(self.at(path), fs::Permissions::from_mode(mode)).unwrap();
    }

    /// The user's own git.
    #[track_caller]
    pub fn git(&self, args: &[&str]) -> String {
        git_in(&self.root(), args)
    }

    pub fn open(&mut self) -> &mut Workspace {
        if self.work.is_none() {
            self.work = Some(Workspace::open(&self.store(), &self.root(), &Opening::default()).unwrap());
        }
        self.work.as_mut().unwrap()
    }

    pub fn try_snap(&mut self, named: &[&str], limits: &Limits) -> Result<Snapshot, Error> {
        let named: Vec<RelPath> = named.iter().map(|path| rel(path)).collect();
        self.clock += 1;
        let at = At(self.clock);
        self.open().snapshot(&named, limits, at, &mut |_| Go::On)
    }

    #[track_caller]
    pub fn snap(&mut self) -> Snapshot {
        self.try_snap(&[], &Limits::default()).unwrap()
    }

    #[track_caller]
    pub fn diff(&mut self, before: &Snapshot, after: &Snapshot) -> Vec<Change> {
        self.open().diff(before.id, after.id).unwrap()
    }

    /// The same, as words.
    #[track_caller]
    pub fn changed(&mut self, before: &Snapshot, after: &Snapshot) -> Vec<(String, Kind)> {
        self.diff(before, after).into_iter().map(|change| (change.path.to_string(), change.kind)).collect()
    }

    #[track_caller]
    pub fn was(&mut self, at: SnapshotId, path: &str) -> Option<String> {
        let bytes = self.open().read(at, &rel(path)).unwrap();
        bytes.map(|bytes| String::from_utf8(bytes).unwrap())
    }

    /// Everything in the workspace but the repository's own data.
    pub fn tree(&self) -> BTreeMap<Vec<u8>, Standing> {
        let mut tree = BTreeMap::new();
        standing(&self.root(), Path::new(""), &mut tree);
        tree.retain(|path, _| path.as_slice() != b".git" && !path.starts_with(b".git/"));
        tree
    }

    /// The user's repository, whole.
    pub fn dot_git(&self) -> BTreeMap<Vec<u8>, Standing> {
        let mut tree = BTreeMap::new();
        standing(&self.at(".git"), Path::new(""), &mut tree);
        tree
    }
}

#[track_caller]
pub fn git_in(folder: &Path, args: &[&str]) -> String {
    let mut command = Command::new("git");
    command.current_dir(folder).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("HOME", folder).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "you").env(format!("GIT_{who}_EMAIL"), "you@example.org");
    }
    let output = command.args(["-c", "protocol.file.allow=always"]).args(args).output().unwrap();
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub fn rel(path: &str) -> RelPath {
    RelPath::new(path).unwrap()
}

fn standing(root: &Path, below: &Path, into: &mut BTreeMap<Vec<u8>, Standing>) {
    let mut names: Vec<_> = fs::read_dir(root.join(below)).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    for name in names {
        let path = below.join(name);
        let meta = fs::symlink_metadata(root.join(&path)).unwrap();
        let key = path.as_os_str().as_bytes().to_vec();
        let mode = meta.mode() & 0o7777;
        if meta.is_dir() {
            into.insert(key, ('d', mode, Vec::new()));
            standing(root, &path, into);
        } else if meta.is_symlink() {
            let target = fs::read_link(root.join(&path)).unwrap();
            into.insert(key, ('l', 0, target.as_os_str().as_bytes().to_vec()));
        } else if meta.is_file() {
            into.insert(key, ('f', mode, fs::read(root.join(&path)).unwrap()));
        } else {
            into.insert(key, ('s', mode, Vec::new()));
        }
    }
}
