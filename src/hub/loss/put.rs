//! `cp`, `mv`, `ln` and `install`, followed on the disk.

use super::look::{Look, same};
use super::names;
use crate::domain::LossHow;
use crate::shell::loss::{Deed, How, Keeps, Put, Target};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

pub(super) fn follow(look: &mut Look, deed: &Deed, put: &Put) {
    let folder = Path::new(&deed.folder);
    let sources: Vec<OsString> = names::of(look, deed, &put.sources);
    let Some(to) = names::one(look, deed, &put.to) else { return };
    let to = folder.join(to);
    let is_folder = to.is_dir();
    let into = match put.target {
        Target::Folder => true,
        Target::Either => is_folder,
        Target::Name => false,
    };
    // Neither puts many things, or one into a folder, where no folder stands.
    if (into || sources.len() > 1) && !is_folder {
        if !look.stands(&to) || sources.is_empty() {
            return;
        }
        return look.cannot_tell(format!("what `{}` hits: where it leads is no folder now", deed.by));
    }
    for source in sources {
        let from = folder.join(&source);
        let name = Path::new(&source).file_name();
        let at = match (into, name) {
            (true, Some(name)) => to.join(name),
            (true, None) | (false, _) => to.clone(),
        };
        one(look, put, &from, &at);
    }
}

fn one(look: &mut Look, put: &Put, from: &Path, to: &Path) {
    if put.how != How::Link && !look.stands(from) {
        return;
    }
    // A link that leads to the file is moved over as any other.
    let is_link = || put.how == How::Move && to.symlink_metadata().is_ok_and(|meta| meta.file_type().is_symlink());
    if same(from, to) && put.how != How::Link && !is_link() {
        return;
    }
    let stands = to.symlink_metadata().ok();
    let is_tree = match put.how {
        How::Move => from.symlink_metadata().is_ok_and(|meta| meta.is_dir()),
        How::Copy | How::Install => from.is_dir(),
        How::Link => false,
    };
    match (&stands, put.keeps) {
        (Some(_), Keeps::All) if !is_tree => return,
        (Some(_), Keeps::Newer) if !is_tree && !is_newer(look, from, to) => return,
        _ => {}
    }
    match put.how {
        How::Copy if is_tree && put.deep => merge(look, put, from, to),
        How::Copy | How::Install if is_tree => {}
        How::Copy => match stands {
            // A copy writes through a link.
            Some(_) if to.is_file() => look.hit_behind(to, LossHow::Overwrites),
            Some(_) => {}
            None => look.makes(to),
        },
        How::Install | How::Link => match stands {
            Some(meta) if meta.is_dir() => {}
            Some(_) => look.hit(to, LossHow::Overwrites),
            None => look.makes(to),
        },
        How::Move => moved(look, is_tree, from, to),
    }
}

fn moved(look: &mut Look, is_tree: bool, from: &Path, to: &Path) {
    match to.symlink_metadata() {
        Ok(meta) if meta.is_dir() => {
            // A folder only takes the place of an empty one.
            let is_empty = std::fs::read_dir(to).is_ok_and(|mut entries| entries.next().is_none());
            if !is_tree || !is_empty {
                return;
            }
            look.hit(to, LossHow::Overwrites);
        }
        Ok(_) if is_tree => return,
        Ok(_) => look.hit(to, LossHow::Overwrites),
        Err(_) => look.makes(to),
    }
    look.hit_tree(from, LossHow::Moves);
}

/// A folder is copied over another: what stands in both is overwritten.
fn merge(look: &mut Look, put: &Put, from: &Path, to: &Path) {
    let mut left: Vec<(PathBuf, PathBuf)> = vec![(from.to_owned(), to.to_owned())];
    while let Some((from, to)) = left.pop() {
        if !look.step() {
            return;
        }
        let Ok(meta) = from.symlink_metadata() else { continue };
        if !meta.is_dir() && from != *to {
            let is_kept = match put.keeps {
                Keeps::All => true,
                Keeps::Newer => to.symlink_metadata().is_ok() && !is_newer(look, &from, &to),
                Keeps::Nothing => false,
            };
            match to.symlink_metadata() {
                Ok(_) if is_kept => {}
                Ok(there) if there.is_dir() => {}
                Ok(_) => look.hit_behind(&to, LossHow::Overwrites),
                Err(_) => look.makes(&to),
            }
            continue;
        }
        // Nothing below can be in the way where no folder stands.
        if !to.is_dir() {
            look.makes(&to);
            continue;
        }
        let Ok(entries) = std::fs::read_dir(&from) else { continue };
        left.extend(entries.filter_map(Result::ok).map(|entry| (entry.path(), to.join(entry.file_name()))));
    }
}

fn is_newer(look: &Look, one: &Path, other: &Path) -> bool {
    // What the line itself has written before is the newest of all.
    if look.writes(one) {
        return true;
    }
    let time = |path: &Path| path.symlink_metadata().and_then(|meta| meta.modified());
    matches!((time(one), time(other)), (Ok(one), Ok(other)) if one > other)
}
