//! A checkpoint laid out in another folder, which was just made and in which nobody works yet: what it covers stands there
//! as it was, and what it does not cover is left as it is there.

use super::git::Git;
use super::objects::Objects;
use super::place::Place;
use super::{Entry, Error, RelPath, SnapshotId, Why, Workspace, cache, diff};
use std::collections::BTreeMap;
use std::fs::{self, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

/// What was laid out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Laid {
    /// Files and links that the checkpoint covers.
    pub files: u64,
    /// What it does not cover, though a human would expect it.
    pub left: Vec<RelPath>,
}

/// Lays the checkpoint `id` of the workspace at `root` out in `target`. Somebody else may have the workspace meanwhile.
///
/// # Errors
/// Where it is not kept any more, or `target` can't be written.
pub fn lay(store: &Path, root: &Path, id: SnapshotId, target: &Path) -> Result<Laid, Error> {
    let place = Place::look(store, root).ok_or(Error::Missing(id))?;
    let git = Git::new(place.git_dir());
    let objects = Objects::new(git.clone());
    let (cache, views) = (cache::Cache::default(), diff::Views::default());
    let mut from = Workspace { place, root: root.to_owned(), git, objects, cache, tracked: None, views, fault: None };
    let entries = from.entries(id)?;
    clear(&mut from, id, &entries, target, &RelPath::default())?;
    let (mut laid, mut modes) = (Laid::default(), Vec::new());
    for (path, entry) in entries.iter().filter(|(path, _)| !path.is_root()) {
        let at = target.join(path.to_path());
        let io = |error| Error::io("write", &at, error);
        match entry {
            Entry::Folder { mode } => {
                if !at.is_dir() {
                    fs::create_dir(&at).map_err(io)?;
                }
                modes.push((at, *mode));
            }
            Entry::File { blob, mode } => {
                let bytes = from.bytes(*blob)?;
                // What was checked out is as it was: its times stay.
                if !fs::read(&at).is_ok_and(|there| there == bytes) {
                    let _ = fs::remove_file(&at);
                    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&at);
                    file.and_then(|mut file| file.write_all(&bytes)).map_err(io)?;
                }
                fs::set_permissions(&at, Permissions::from_mode(*mode)).map_err(io)?;
                laid.files += 1;
            }
            Entry::Link { blob } => {
                let leads = PathBuf::from(std::ffi::OsString::from_vec(from.bytes(*blob)?));
                if !fs::read_link(&at).is_ok_and(|there| there == leads) {
                    let _ = fs::remove_file(&at);
                    symlink(&leads, &at).map_err(io)?;
                }
                laid.files += 1;
            }
            Entry::Pointer { .. } => laid.left.push(path.clone()),
            Entry::Absent | Entry::Uncovered(_) => {}
        }
    }
    // The innermost first: one that can't be written to is closed once all of it is there.
    for (folder, mode) in modes.into_iter().rev() {
        fs::set_permissions(&folder, Permissions::from_mode(mode))
            .map_err(|error| Error::io("write", &folder, error))?;
    }
    let odd = |why: Why| !matches!(why, Why::Ignored | Why::Repository | Why::Own);
    laid.left.extend(from.skipped(id)?.into_iter().filter(|skipped| odd(skipped.why)).map(|skipped| skipped.path));
    Ok(laid)
}

/// Takes away what does not stand there, or stands there as something else. No link is followed.
fn clear(
    from: &mut Workspace,
    id: SnapshotId,
    entries: &BTreeMap<RelPath, Entry>,
    target: &Path,
    below: &RelPath,
) -> Result<(), Error> {
    let folder = target.join(below.to_path());
    let read = |error| Error::io("read", &folder, error);
    for found in fs::read_dir(&folder).map_err(read)? {
        let found = found.map_err(read)?;
        let (name, at) = (found.file_name(), found.path());
        // Git's own, of the work tree.
        if name == ".git" {
            continue;
        }
        let path = below.join(name.as_bytes());
        let is = found.file_type().map_err(read)?;
        let stands = entries.get(&path).cloned().map_or_else(|| from.entry(id, &path), Ok)?;
        let fits = match stands {
            Entry::Folder { .. } => is.is_dir(),
            Entry::File { .. } => is.is_file(),
            Entry::Link { .. } => is.is_symlink(),
            Entry::Pointer { .. } | Entry::Uncovered(_) => continue,
            Entry::Absent => false,
        };
        let gone = |error| Error::io("remove", &at, error);
        match (fits, is.is_dir()) {
            (true, true) => clear(from, id, entries, target, &path)?,
            (true, false) => {}
            (false, true) => fs::remove_dir_all(&at).map_err(gone)?,
            (false, false) => fs::remove_file(&at).map_err(gone)?,
        }
    }
    Ok(())
}
