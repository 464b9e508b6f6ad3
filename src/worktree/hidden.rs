//! Changes that git was told not to see: files marked `skip-worktree` or `assume-unchanged`, modes under
//! `core.fileMode=false`. They stand nowhere else all the same. git looks once more, with a copy of its index in which nothing
//! is marked; the human's own is only read.

use super::WorktreeError;
use super::git::{Said, done, done_with, git};
use std::fs::{self, DirBuilder, File, Metadata};
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// What is asked of git in any case.
pub(super) const STATUS: [&str; 6] =
    ["status", "--porcelain", "-z", "--untracked-files=all", "--ignored=traditional", "--ignore-submodules=none"];

/// What it shall not believe on the second look.
const STRICT: [&str; 12] = [
    "-c",
    "core.trustctime=true",
    "-c",
    "core.checkStat=default",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.untrackedCache=false",
    "-c",
    "core.ignoreStat=false",
    "-c",
    "core.splitIndex=false",
];

/// What `git status` says when it looks at everything; `None` where it does so by itself.
pub(super) fn unhidden(root: &Path) -> Result<Option<Said>, WorktreeError> {
    let (assumed, skipped) = marked(root)?;
    let is_off = git(root, &["config", "--type=bool", "core.fileMode"])?.text() == "false";
    let modes: &[&str] = if is_off && keeps_modes(root) { &["-c", "core.fileMode=true"] } else { &[] };
    let strict = || STRICT.iter().chain(modes).copied();
    if assumed.is_empty() && skipped.is_empty() {
        return if modes.is_empty() {
            Ok(None)
        } else {
            done(root, &strict().chain(STATUS).collect::<Vec<_>>()).map(Some)
        };
    }
    let index = root.join(done(root, &["rev-parse", "--git-path", "index"])?.text());
    let apart = Room::new().map_err(WorktreeError::NoRoom)?;
    let copy = apart.0.join("index");
    fs::copy(&index, &copy).map_err(WorktreeError::NoRoom)?;
    for (mark, paths) in [("--no-assume-unchanged", assumed), ("--no-skip-worktree", skipped)] {
        if !paths.is_empty() {
            let list = apart.list(&paths).map_err(WorktreeError::NoRoom)?;
            let args: Vec<&str> = strict().chain(["update-index", mark, "-z", "--stdin"]).collect();
            done_with(root, &args, Some(&copy), Some(list))?;
        }
    }
    done_with(root, &strict().chain(STATUS).collect::<Vec<_>>(), Some(&copy), None).map(Some)
}

/// Names as git gives them.
type Names = Vec<Vec<u8>>;

/// Files that are marked: to be taken as unchanged; and to be skipped, though something stands there. What a sparse checkout
/// left out is not there, and stands in a commit.
fn marked(root: &Path) -> Result<(Names, Names), WorktreeError> {
    let listed = done(root, &["ls-files", "-v", "-z"])?.out;
    let (mut assumed, mut skipped) = (Names::new(), Names::new());
    for line in listed.split(|byte| *byte == 0) {
        let ([mark, b' '], path) = (line.get(..2).unwrap_or_default(), line.get(2..).unwrap_or_default()) else {
            continue;
        };
        if mark.is_ascii_lowercase() {
            assumed.push(path.to_vec());
        }
        let at = root.join(std::ffi::OsStr::from_bytes(path));
        if mark.eq_ignore_ascii_case(&b'S') && at.symlink_metadata().is_ok() {
            skipped.push(path.to_vec());
        }
    }
    Ok((assumed, skipped))
}

/// Whether the file system has modes at all: where it has none, every file is a program, git's own `.git` among them.
fn keeps_modes(root: &Path) -> bool {
    let plain = |meta: Metadata| meta.permissions().mode() & 0o111 == 0;
    root.join(".git").metadata().is_ok_and(plain)
}

/// A folder for a copy, which goes with this.
struct Room(PathBuf);

impl Room {
    fn new() -> std::io::Result<Self> {
        let nanos = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
        let folder = std::env::temp_dir().join(format!("taut-index-{}-{nanos}", std::process::id()));
        DirBuilder::new().mode(0o700).create(&folder)?;
        Ok(Self(folder))
    }

    /// Names for git to read.
    fn list(&self, names: &[Vec<u8>]) -> std::io::Result<File> {
        let path = self.0.join("names");
        let mut file = File::create(&path)?;
        names.iter().try_for_each(|name| file.write_all(name).and_then(|()| file.write_all(&[0])))?;
        File::open(path)
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
