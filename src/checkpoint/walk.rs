//! One walk through a workspace: what is there, what is covered, what is left out and why. It goes from folder to folder
//! by their descriptors, never through a link, and looks at each file once.

use super::repo::Repo;
use super::rules::{Forced, LONGEST, Rules};
use super::{Error, Limits, RelPath, Skipped, Why};
use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, Stat, fstat, openat, statat};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Folders in folders.
const DEEPEST: usize = 200;

/// What a restore puts aside in a workspace is named so.
pub(super) const ASIDE: &str = ".taut-";

/// Opens a folder, and no link to one.
pub(super) const FOLDER_FLAGS: OFlags =
    OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// Opens a folder to go through it, without the right to list it.
pub(super) const THROUGH: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// A real path, opened part by part: if a link stands anywhere on it by now, it is not that path any more.
pub(super) fn root_of(path: &Path) -> Result<OwnedFd, rustix::io::Errno> {
    let parts = path.components().filter_map(|part| match part {
        std::path::Component::Normal(part) => Some(part),
        _ => None,
    });
    let top = openat(CWD, "/", THROUGH, Mode::empty())?;
    parts.into_iter().try_fold(top, |folder, part| openat(&folder, part, THROUGH, Mode::empty()))
}

/// What a walk found besides files.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Folders, with their mode and whether something in them is covered.
    pub folders: BTreeMap<RelPath, (u32, Filled)>,
    /// Repositories of their own.
    pub pointers: BTreeMap<RelPath, Option<String>>,
    /// What is not covered.
    pub skipped: Vec<Skipped>,
}

/// Whether a file or link that is covered is somewhere below a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filled {
    Yes,
    No,
}

/// A file or link that the walk stands at.
pub(super) struct At<'a> {
    pub folder: &'a OwnedFd,
    pub path: &'a RelPath,
    pub stat: &'a Stat,
}

/// What becomes of a file.
pub(super) enum Taken {
    Covered,
    Not(Why),
}

/// A walk that is under way.
pub(super) struct Walk<'a> {
    pub root: &'a Path,
    pub rules: Rules,
    pub forced: &'a Forced,
    pub limits: &'a Limits,
    /// The folders of taut's own state.
    pub own: Vec<(u64, u64)>,
    pub found: Found,
    /// Files that were covered because a call named their folder.
    pub by_name: u64,
    /// What is done with each file and link.
    pub take: &'a mut dyn FnMut(&At) -> Result<Taken, Error>,
}

/// How the rules hold in a folder.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Under {
    /// As they stand.
    Rules,
    /// The folder is ignored; some of what is in it is covered by its own name.
    Ignored,
    /// A call named the folder.
    Named,
}

impl Walk<'_> {
    /// Walks all of it.
    pub(super) fn run(&mut self) -> Result<(), Error> {
        let gone = |_| Error::Gone(self.root.to_owned());
        let root = root_of(self.root).map_err(gone)?;
        let root =
            openat(&root, ".", FOLDER_FLAGS, Mode::empty()).map_err(|error| Error::io("read", self.root, error))?;
        self.folder(&root, &RelPath::default(), Under::Rules).map_err(|error| match error {
            // The root itself could be opened and not be read.
            Stop::Unreadable(error) => Error::io("read", self.root, error),
            Stop::Error(error) => error,
        })?;
        Ok(())
    }

    fn folder(&mut self, fd: &OwnedFd, path: &RelPath, under: Under) -> Result<Filled, Stop> {
        let mut names = Vec::new();
        for entry in Dir::read_from(fd)? {
            let entry = entry?;
            let name = entry.file_name();
            if ![&b"."[..], b".."].contains(&name.to_bytes()) {
                names.push(name.to_owned());
            }
        }
        names.sort_unstable();
        let entered = names.iter().any(|name| name.as_bytes() == b".gitignore")
            && ignore_file(fd).is_some_and(|text| self.rules.enter(path, &text));
        let mut filled = Filled::No;
        for name in &names {
            let below = path.join(name.as_bytes());
            let Ok(stat) = statat(fd, name, AtFlags::SYMLINK_NOFOLLOW) else {
                // It went away meanwhile, or the folder can be listed and not be entered.
                if statat(fd, ".", AtFlags::empty()).is_err() {
                    self.skip(below, Why::Unreadable);
                }
                continue;
            };
            let here = At { folder: fd, path: &below, stat: &stat };
            if self.entry(&here, under)? == Filled::Yes {
                filled = Filled::Yes;
            }
        }
        if entered {
            self.rules.leave();
        }
        Ok(filled)
    }

    fn entry(&mut self, at: &At, under: Under) -> Result<Filled, Stop> {
        let kind = FileType::from_raw_mode(at.stat.st_mode);
        if at.path.name() == b".git" {
            self.skip(at.path.clone(), Why::Repository);
            return Ok(Filled::No);
        }
        if at.path.name().starts_with(ASIDE.as_bytes()) {
            self.skip(at.path.clone(), Why::Own);
            return Ok(Filled::No);
        }
        if kind == FileType::Directory {
            return self.sub_folder(at, under);
        }
        let covered = match under {
            // The rules first: most files are left out by none, and what is tracked is a long list.
            Under::Rules => !self.rules.ignore(at.path, false) || self.forced.file(at.path),
            Under::Ignored => self.forced.file(at.path),
            Under::Named => {
                self.by_name += 1;
                self.forced.file(at.path) || self.by_name <= self.limits.named_files
            }
        };
        if !covered {
            self.skip(at.path.clone(), Why::Ignored);
            return Ok(Filled::No);
        }
        let taken = match kind {
            FileType::RegularFile if size(at.stat) > self.limits.file_bytes => Taken::Not(Why::Large),
            FileType::RegularFile | FileType::Symlink => (self.take)(at)?,
            _ => Taken::Not(Why::Special),
        };
        Ok(match taken {
            Taken::Covered => Filled::Yes,
            Taken::Not(why) => {
                self.skip(at.path.clone(), why);
                Filled::No
            }
        })
    }

    fn sub_folder(&mut self, at: &At, under: Under) -> Result<Filled, Stop> {
        if self.own.contains(&(at.stat.st_dev, at.stat.st_ino)) {
            self.skip(at.path.clone(), Why::Own);
            return Ok(Filled::No);
        }
        let ignored = match under {
            Under::Rules => self.rules.ignore(at.path, true),
            Under::Ignored => true,
            Under::Named => false,
        };
        let under = match under {
            Under::Named => Under::Named,
            _ if ignored && self.forced.whole(at.path) => Under::Named,
            _ if ignored && !self.forced.inside(at.path) => {
                self.skip(at.path.clone(), Why::Ignored);
                return Ok(Filled::No);
            }
            _ if ignored => Under::Ignored,
            other => other,
        };
        if at.path.depth() > DEEPEST {
            self.skip(at.path.clone(), Why::Deep);
            return Ok(Filled::No);
        }
        let Ok(fd) = openat(at.folder, at.path.name(), FOLDER_FLAGS, Mode::empty()) else {
            self.skip(at.path.clone(), Why::Unreadable);
            return Ok(Filled::No);
        };
        if statat(&fd, ".git", AtFlags::SYMLINK_NOFOLLOW).is_ok()
            && let Some(nested) = Repo::at(&self.root.join(at.path.to_path()))
        {
            self.found.pointers.insert(at.path.clone(), nested.head().and_then(|head| head.commit));
            return Ok(Filled::No);
        }
        match self.folder(&fd, at.path, under) {
            Ok(filled) => {
                self.found.folders.insert(at.path.clone(), (at.stat.st_mode & 0o7777, filled));
                Ok(filled)
            }
            Err(Stop::Unreadable(_)) => {
                self.skip(at.path.clone(), Why::Unreadable);
                Ok(Filled::No)
            }
            Err(stop) => Err(stop),
        }
    }

    fn skip(&mut self, path: RelPath, why: Why) {
        self.found.skipped.push(Skipped { path, why });
    }
}

/// Why the walk goes no further.
enum Stop {
    /// Not in this folder.
    Unreadable(rustix::io::Errno),
    /// Not at all.
    Error(Error),
}

impl From<rustix::io::Errno> for Stop {
    fn from(error: rustix::io::Errno) -> Self {
        Self::Unreadable(error)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// The ignore rules of a folder. Git follows no link here, and neither do we.
fn ignore_file(folder: &OwnedFd) -> Option<Vec<u8>> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = openat(folder, ".gitignore", flags, Mode::empty()).ok()?;
    let is_file = fstat(&file).is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile);
    let mut text = Vec::new();
    is_file.then(|| File::from(file).take(LONGEST).read_to_end(&mut text).ok()).flatten()?;
    Some(text)
}

/// The size of a file. The system gives it with a sign that it never uses.
pub(super) fn size(stat: &Stat) -> u64 {
    u64::try_from(stat.st_size).unwrap_or(0)
}
