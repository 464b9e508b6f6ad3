//! Removals, rewrites and modes, followed on the disk.

use super::look::Look;
use super::tool::{self, Failing, Ran};
use super::{git, mode, names, put};
use crate::domain::LossHow;
use crate::shell::loss::{Act, Arg, Deed, Reach, Written};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};

/// Follows what one command does.
pub(super) fn follow(look: &mut Look, deed: &Deed) {
    let folder = Path::new(&deed.folder);
    if !folder.is_dir() {
        let there = look.shown(folder);
        return look.cannot_tell(format!("what `{}` hits: there is no folder {there} now", deed.by));
    }
    match &deed.act {
        Act::Remove { what, reach } => {
            let names = names::of(look, deed, what);
            remove(look, folder, &names, *reach);
        }
        Act::RemoveFolders { what, parents } => {
            for name in names::of(look, deed, what) {
                remove_folders(look, folder, Path::new(&name), *parents);
            }
        }
        Act::Write { what, how } => {
            for name in names::of(look, deed, what) {
                write(look, &folder.join(name), how);
            }
        }
        Act::Mode { what, deep, mode } => {
            for name in names::of(look, deed, what) {
                modes(look, &folder.join(name), *deep, mode.as_deref());
            }
        }
        Act::Put(put) => put::follow(look, deed, put),
        Act::Unpack { archive, into, strip } => unpack(look, deed, archive, into.as_ref(), *strip),
        Act::Git(what) => git::follow(look, deed, what),
    }
}

fn remove(look: &mut Look, folder: &Path, names: &[OsString], reach: Reach) {
    // What `find` finds comes from the deepest up, so that a folder comes when all in it has gone.
    for name in names {
        if look.is_over() {
            return;
        }
        let path = folder.join(name);
        let bytes = name.as_bytes();
        let ends = bytes.ends_with(b"/");
        let last = bytes.rsplit(|byte| *byte == b'/').find(|part| !part.is_empty()).unwrap_or_default();
        if bytes.is_empty() || (reach != Reach::Found && matches!(last, b"." | b"..")) {
            // rm refuses.
            continue;
        }
        if path.components().all(|part| part == Component::RootDir) {
            look.cannot_tell("what is left of /, which rm refuses to delete");
            continue;
        }
        let Ok(meta) = without_end(&path).symlink_metadata() else { continue };
        match (meta.is_dir(), reach) {
            // With a `/` behind it a link is the folder that it leads to: that stays, and all in it goes.
            (false, Reach::Trees) if ends => below(look, &path),
            (false, _) if ends => {}
            (false, _) => look.hit(&path, LossHow::Deletes),
            (true, Reach::Trees) => look.hit_tree(&path, LossHow::Deletes),
            (true, Reach::Empty | Reach::Found) if is_empty(look, &path) => look.hit(&path, LossHow::Deletes),
            (true, Reach::Files | Reach::Empty | Reach::Found) => {}
        }
    }
}

/// All that is in a folder, and not the folder itself.
fn below(look: &mut Look, path: &Path) {
    let Ok(entries) = std::fs::read_dir(path) else { return };
    for entry in entries.filter_map(Result::ok) {
        if !look.step() {
            return;
        }
        look.hit_tree(&entry.path(), LossHow::Deletes);
    }
}

fn without_end(path: &Path) -> PathBuf {
    path.components().collect()
}

/// Whether nothing is in a folder, or nothing that stays.
fn is_empty(look: &mut Look, path: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(path) else { return false };
    entries.filter_map(Result::ok).all(|entry| look.goes(&entry.path()))
}

fn remove_folders(look: &mut Look, folder: &Path, name: &Path, parents: bool) {
    let mut at = Some(name);
    while let Some(name) = at.filter(|name| !name.as_os_str().is_empty() && *name != Path::new(".")) {
        let path = folder.join(name);
        let is_folder = without_end(&path).symlink_metadata().is_ok_and(|meta| meta.is_dir());
        if !is_folder || !is_empty(look, &path) {
            return;
        }
        look.hit(&path, LossHow::Deletes);
        at = name.parent().filter(|_| parents);
    }
}

fn write(look: &mut Look, path: &Path, how: &Written) {
    let is_file = path.metadata().is_ok_and(|meta| meta.is_file());
    if !is_file {
        return look.makes(path);
    }
    match how {
        Written::Anew | Written::Shred { removes: false } => look.hit_behind(path, LossHow::Overwrites),
        Written::Within => look.hit_behind(path, LossHow::Changes),
        Written::Shred { removes: true } => {
            look.hit_behind(path, LossHow::Overwrites);
            look.hit(path, LossHow::Deletes);
        }
        Written::Copy { backup } => {
            let is_link = path.symlink_metadata().is_ok_and(|meta| meta.file_type().is_symlink());
            look.hit(path, if is_link { LossHow::Overwrites } else { LossHow::Changes });
            if let Some(backup) = backup {
                let mut kept = path.as_os_str().to_owned();
                kept.push(backup);
                look.hit(Path::new(&kept), LossHow::Overwrites);
                look.makes(Path::new(&kept));
            }
        }
    }
}

fn modes(look: &mut Look, path: &Path, deep: bool, said: Option<&str>) {
    // What a name leads to is changed; links below are left alone.
    let Ok(path) = path.canonicalize() else { return };
    let mut unsure = false;
    let mut each = |look: &mut Look, path: &Path, meta: &std::fs::Metadata| {
        if meta.file_type().is_symlink() {
            return;
        }
        let old = meta.permissions().mode() & 0o7777;
        let new = said.map(|said| mode::changed(said, old, meta.is_dir()));
        match new {
            Some(Some(new)) if new == old => {}
            Some(None) => {
                unsure = true;
                look.hit(path, LossHow::Mode);
            }
            Some(Some(_)) | None => look.hit(path, LossHow::Mode),
        }
    };
    if deep {
        look.each_below(&path, each);
    } else if let Ok(meta) = path.metadata() {
        each(look, &path, &meta);
    }
    if unsure {
        look.cannot_tell(format!("which modes differ afterwards: {}", said.unwrap_or_default()));
    }
}

fn unpack(look: &mut Look, deed: &Deed, archive: &Arg, into: Option<&Arg>, strip: usize) {
    let folder = Path::new(&deed.folder);
    let Some(archive) = names::one(look, deed, archive) else { return };
    let into = match into {
        Some(into) => match names::one(look, deed, into) {
            Some(into) => folder.join(into),
            None => return,
        },
        None => folder.to_owned(),
    };
    let mut command = tool::command("tar", folder);
    command.args(["--list", "--force-local", "--quoting-style=escape", "--file"]).arg(&archive);
    let text = match tool::run(look, command, Failing::Fails) {
        Ran::Said(text) => text,
        Ran::Cut(text) => {
            look.cut();
            text
        }
        Ran::Failed(why) => {
            let archive = archive.to_string_lossy();
            return look.cannot_tell(format!("what is in {archive}: {why}"));
        }
    };
    for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty() && !line.ends_with(b"/")) {
        if !look.step() {
            return;
        }
        let name = OsString::from_vec(unescaped(line));
        let kept: PathBuf = Path::new(&name)
            .components()
            .filter(|part| *part != Component::CurDir && *part != Component::RootDir)
            .collect();
        if kept.components().any(|part| part == Component::ParentDir) {
            continue;
        }
        let stripped: PathBuf = kept.components().skip(strip).collect();
        let path = into.join(&stripped);
        if stripped.as_os_str() != OsStr::new("") && path.symlink_metadata().is_ok_and(|meta| !meta.is_dir()) {
            look.hit(&path, LossHow::Overwrites);
        }
    }
}

/// A name in which some bytes are written with a backslash (`\n`, `\\`, `\303`), as `tar` and git do.
pub(super) fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut left = text.iter().copied().peekable();
    while let Some(byte) = left.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let Some(kind) = left.next() else { break };
        bytes.push(match kind {
            b'a' => 7,
            b'b' => 8,
            b't' => b'\t',
            b'n' => b'\n',
            b'v' => 11,
            b'f' => 12,
            b'r' => b'\r',
            b'0'..=b'7' => {
                let mut value = u32::from(kind - b'0');
                for _ in 0..2 {
                    let Some(digit) = left.next_if(|it| (b'0'..=b'7').contains(it)) else { break };
                    value = value * 8 + u32::from(digit - b'0');
                }
                u8::try_from(value & 0xff).unwrap_or_default()
            }
            other => other,
        });
    }
    bytes
}
