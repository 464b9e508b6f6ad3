//! What stands at a path: in a checkpoint, or on the disk now.

use crate::checkpoint::{Entry, Error, Look, RelPath};
use crate::domain::{Stands, Text};
use std::fs;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// Files of more bytes are not shown line by line.
pub(in crate::hub) const LONGEST: u64 = 512 << 10;

/// What stands there, with its text where there is room for it.
pub(super) fn stands(look: &mut dyn Look, entry: &Entry, room: &mut u64) -> Result<Stands, Error> {
    Ok(match entry {
        Entry::Absent => Stands::Nothing,
        Entry::File { blob, mode } => {
            let bytes = look.size(*blob)?;
            let text = if bytes <= LONGEST.min(*room) { text(look.bytes(*blob)?) } else { None };
            *room -= text.as_ref().map_or(0, |_| bytes);
            Stands::File { mode: *mode, bytes, text: text.map(Text::from) }
        }
        Entry::Link { blob } => Stands::Link { to: shown(&look.bytes(*blob)?) },
        Entry::Folder { mode } => Stands::Folder { mode: *mode },
        Entry::Pointer { head } => Stands::Repository { head: head.clone() },
        Entry::Uncovered(why) => Stands::Unknown { why: why.to_string() },
    })
}

/// A text, where these bytes are one.
pub(super) fn text(bytes: Vec<u8>) -> Option<String> {
    String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}

/// What stands there now. A link is never followed, and nothing outside is looked at.
pub(super) fn on_disk(root: &Path, path: &RelPath) -> Stands {
    let unknown = |why: String| Stands::Unknown { why };
    let full = root.join(path.to_path());
    let parent = full.parent().unwrap_or(root);
    match (parent.canonicalize(), root.canonicalize()) {
        (_, Err(_)) => return unknown(format!("the workspace {} is gone", root.display())),
        (Ok(parent), Ok(root)) if parent.starts_with(&root) => {}
        (Ok(_), Ok(_)) => return unknown("a link on the way leads outside".to_owned()),
        (Err(error), Ok(_)) if error.kind() == std::io::ErrorKind::NotFound => return Stands::Nothing,
        (Err(error), Ok(_)) => return unknown(error.to_string()),
    }
    let meta = match fs::symlink_metadata(&full) {
        Ok(meta) => meta,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Stands::Nothing,
        Err(error) => return unknown(error.to_string()),
    };
    let mode = meta.permissions().mode() & 0o7777;
    if meta.is_symlink() {
        return fs::read_link(&full).map_or_else(
            |error| unknown(error.to_string()),
            |to| Stands::Link { to: shown(to.as_os_str().as_bytes()) },
        );
    }
    if meta.is_dir() {
        return Stands::Folder { mode };
    }
    if !meta.is_file() {
        return unknown("it is neither a file, a folder nor a link".to_owned());
    }
    let flags = (rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK).bits().cast_signed();
    let mut read = Vec::new();
    let opened = fs::OpenOptions::new().read(true).custom_flags(flags).open(&full);
    match opened.and_then(|file| file.take(LONGEST + 1).read_to_end(&mut read)) {
        Ok(_) if read.len() as u64 > LONGEST => Stands::File { mode, bytes: meta.len(), text: None },
        Ok(length) => Stands::File { mode, bytes: length as u64, text: text(read).map(Text::from) },
        Err(error) => unknown(error.to_string()),
    }
}

fn shown(bytes: &[u8]) -> String {
    RelPath::new(bytes).map_or_else(|| String::from_utf8_lossy(bytes).into_owned(), |path| path.to_string())
}
