//! What a file has beside its bytes and its mode: an owner, extended attributes (access lists among them). No checkpoint holds
//! them; a new file takes them over from the one in whose place it comes, and what it could not is told.

use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{Gid, Mode, OFlags, Stat, Uid, fchown, fgetxattr, flistxattr, fremovexattr, fsetxattr, fstat, openat};
use rustix::io::Errno;
use std::ffi::OsStr;

/// Bytes of all names, and of one value: as much as Linux has.
const LONGEST: usize = 64 << 10;

/// What stands in a file's place until then, open to be read where that is allowed.
#[derive(Debug)]
pub(super) struct Like {
    stat: Stat,
    file: Result<OwnedFd, Errno>,
}

impl Like {
    /// What stands at a name, where that is a file.
    pub(super) fn of(folder: &OwnedFd, name: &OsStr, stat: Stat) -> Self {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        Self { stat, file: openat(folder, name, flags, Mode::empty()) }
    }

    /// Gives a new file what the old one has. What it can't have is told, in words.
    pub(super) fn give(&self, new: impl AsFd) -> Vec<String> {
        let mut lost = Vec::new();
        let (user, group) = (Uid::from_raw(self.stat.st_uid), Gid::from_raw(self.stat.st_gid));
        // Who may not give a file away keeps it; the group may be one of theirs.
        let _ = fchown(&new, Some(user), Some(group)).or_else(|_| fchown(&new, None, Some(group)));
        if let Ok(is) = fstat(&new)
            && (is.st_uid, is.st_gid) != (self.stat.st_uid, self.stat.st_gid)
        {
            lost.push(format!("its owner {}:{}", self.stat.st_uid, self.stat.st_gid));
        }
        match &self.file {
            Ok(old) => lost.extend(attributes(old, &new)),
            Err(_) => lost.push("its extended attributes, which can't be read".to_owned()),
        }
        lost
    }
}

/// Copies the attributes of one file to another; gives those that could not be.
fn attributes(old: &OwnedFd, new: &impl AsFd) -> Vec<String> {
    let mut names = vec![0_u8; LONGEST];
    let Ok(length) = flistxattr(old, &mut names[..]) else { return Vec::new() };
    names.truncate(length);
    let mut lost = Vec::new();
    for name in names.split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
        let mut value = vec![0_u8; LONGEST];
        let copied = fgetxattr(old, name, &mut value[..]).and_then(|length| {
            let value = value.get(..length).unwrap_or_default();
            let mut there = vec![0_u8; LONGEST];
            // The system gives some by itself.
            match fgetxattr(new, name, &mut there[..]) {
                Ok(length) if there.get(..length) == Some(value) => Ok(()),
                _ => fsetxattr(new, name, value, rustix::fs::XattrFlags::empty()),
            }
        });
        if copied.is_err() {
            lost.push(format!("its extended attribute {}", String::from_utf8_lossy(name)));
        }
    }
    // What it got from its folder and the old one had not.
    let mut given = vec![0_u8; LONGEST];
    let length = flistxattr(new, &mut given[..]).unwrap_or(0);
    given.truncate(length);
    let known: Vec<&[u8]> = names.split(|byte| *byte == 0).collect();
    for name in given.split(|byte| *byte == 0).filter(|name| !name.is_empty() && !known.contains(name)) {
        // Some are the system's own.
        let _ = fremovexattr(new, name);
    }
    lost
}
