//! The hand that changes a workspace: small acts on names in folders that were opened part by part, never through a link.
//! Each act is one that the system does wholly or not at all, and each can be made to fail, for tests.

use super::traits::Like;
use super::walk::{FOLDER_FLAGS, THROUGH, root_of, size};
use super::{Entry, Error, RelPath};
use rustix::fd::OwnedFd;
use rustix::fs::{
    AtFlags, CWD, FileType, Mode, OFlags, RenameFlags, Stat, fchmod, fstat, fsync, linkat, mkdirat, openat, readlinkat,
    renameat, renameat_with, statat, symlinkat, unlinkat,
};
use rustix::io::Errno;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// A fault that a test asks for: at the n-th write of a restore, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// At which write.
    pub at: u32,
    /// What happens there.
    pub how: How,
}

/// What happens at a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// It ends there, as by `kill -9`: nothing more is done, nothing is tidied up.
    Kill,
    /// The disk is full there, once.
    Full,
    /// The system refuses it there, once.
    Refuse,
}

/// So many files are brought to the disk at once.
const SYNCS: usize = 16;

/// Acts in one workspace.
#[derive(Debug)]
pub(super) struct Hand {
    root: PathBuf,
    fault: Option<Fault>,
    writes: u32,
    dead: bool,
    /// What new files could not take over from the old ones.
    pub(super) lost: Vec<String>,
}

/// Why an act was not done.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The system says no, to this act.
    Errno(Errno),
    /// Nothing more can be done.
    Dead(u32),
}

impl From<Errno> for Refusal {
    fn from(errno: Errno) -> Self {
        Self::Errno(errno)
    }
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Self {
        Self::Errno(Errno::from_io_error(&error).unwrap_or(Errno::IO))
    }
}

impl Refusal {
    /// As an error of the whole.
    pub(super) fn error(self, doing: &'static str, path: &Path) -> Error {
        match self {
            Self::Errno(errno) => Error::io(doing, path, errno),
            Self::Dead(at) => Error::Fault(at),
        }
    }
}

impl Hand {
    pub(super) fn new(root: &Path, fault: Option<Fault>) -> Self {
        Self { root: root.to_owned(), fault, writes: 0, dead: false, lost: Vec::new() }
    }

    /// Counts a write, and lets it fail where a test says so.
    pub(super) fn write(&mut self) -> Result<(), Refusal> {
        if self.dead {
            return Err(Refusal::Dead(self.writes));
        }
        self.writes += 1;
        match self.fault.filter(|fault| fault.at == self.writes).map(|fault| fault.how) {
            None => Ok(()),
            Some(How::Full) => Err(Errno::NOSPC.into()),
            Some(How::Refuse) => Err(Errno::ACCESS.into()),
            Some(How::Kill) => {
                self.dead = true;
                Err(Refusal::Dead(self.writes))
            }
        }
    }

    /// The root, if it is still the folder that it was.
    pub(super) fn root(&self) -> Result<OwnedFd, Errno> {
        root_of(&self.root)
    }

    /// A folder, gone into part by part: a link on the way is not followed.
    pub(super) fn folder(&self, path: &RelPath) -> Result<OwnedFd, Errno> {
        path.parts().try_fold(self.root()?, |folder, part| openat(&folder, part, THROUGH, Mode::empty()))
    }

    /// Writes a file or link that was not there. The file is on the disk only after [`Hand::sync`].
    pub(super) fn create(
        &mut self,
        folder: &OwnedFd,
        name: &OsStr,
        entry: &Entry,
        bytes: &[u8],
        like: Option<&Like>,
    ) -> Result<Option<File>, Refusal> {
        self.write()?;
        let Entry::File { mode, .. } = entry else {
            symlinkat(OsStr::from_bytes(bytes), folder, name)?;
            return Ok(None);
        };
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut file: File = openat(folder, name, flags, Mode::from_raw_mode(0o600))?.into();
        // In two parts, so that a test can stand between them.
        let (first, second) = bytes.split_at(bytes.len() / 2);
        file.write_all(first)?;
        self.write()?;
        file.write_all(second)?;
        // Before its mode: who gives a file away takes some bits from it.
        let lost = like.map(|like| like.give(&file)).unwrap_or_default();
        self.lost.extend((!lost.is_empty()).then(|| lost.join(", ")));
        fchmod(&file, Mode::from_raw_mode(*mode))?;
        Ok(Some(file))
    }

    /// Brings files to the disk, side by side: the disk takes many at once in the time of a few.
    pub(super) fn sync(&mut self, files: &mut Vec<File>) -> Result<(), Refusal> {
        if files.is_empty() {
            return Ok(());
        }
        self.write()?;
        let files = std::mem::take(files);
        let sync = |files: &[File]| files.iter().try_for_each(fsync);
        let share = files.len().div_ceil(SYNCS);
        std::thread::scope(|scope| {
            let threads: Vec<_> = files.chunks(share).map(|files| scope.spawn(move || sync(files))).collect();
            threads.into_iter().try_for_each(|thread| thread.join().unwrap_or(Err(Errno::IO)))
        })?;
        Ok(())
    }

    /// Two names change places, at once. A file system that can't do it puts the one in the other's place.
    pub(super) fn exchange(&mut self, one: (&OwnedFd, &OsStr), other: (&OwnedFd, &OsStr)) -> Result<(), Refusal> {
        self.write()?;
        match renameat_with(one.0, one.1, other.0, other.1, RenameFlags::EXCHANGE) {
            Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => Ok(renameat(one.0, one.1, other.0, other.1)?),
            done => Ok(done?),
        }
    }

    /// Gives another name, unless something has it.
    pub(super) fn rename(&mut self, from: (&OwnedFd, &OsStr), to: (&OwnedFd, &OsStr)) -> Result<(), Refusal> {
        self.write()?;
        match renameat_with(from.0, from.1, to.0, to.1, RenameFlags::NOREPLACE) {
            Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) if look(to.0, to.1)?.is_none() => {
                Ok(renameat(from.0, from.1, to.0, to.1)?)
            }
            done => Ok(done?),
        }
    }

    /// Gives a file one more name.
    pub(super) fn link(&mut self, from: (&OwnedFd, &OsStr), to: (&OwnedFd, &OsStr)) -> Result<(), Refusal> {
        self.write()?;
        Ok(linkat(from.0, from.1, to.0, to.1, AtFlags::empty())?)
    }

    pub(super) fn unlink(&mut self, folder: &OwnedFd, name: &OsStr) -> Result<(), Refusal> {
        self.write()?;
        Ok(unlinkat(folder, name, AtFlags::empty())?)
    }

    pub(super) fn make_folder(&mut self, folder: &OwnedFd, name: &OsStr) -> Result<(), Refusal> {
        self.write()?;
        Ok(mkdirat(folder, name, Mode::RWXU)?)
    }

    pub(super) fn remove_folder(&mut self, folder: &OwnedFd, name: &OsStr) -> Result<(), Refusal> {
        self.write()?;
        Ok(unlinkat(folder, name, AtFlags::REMOVEDIR)?)
    }

    pub(super) fn folder_mode(&mut self, folder: &OwnedFd, name: &OsStr, mode: u32) -> Result<(), Refusal> {
        self.write()?;
        let mode = Mode::from_raw_mode(mode);
        match openat(folder, name, FOLDER_FLAGS, Mode::empty()) {
            Ok(fd) => Ok(fchmod(&fd, mode)?),
            // One that can't be listed can't be opened: by its descriptor's own name, which is no link to elsewhere.
            Err(Errno::ACCESS) => {
                use rustix::fd::AsRawFd;
                let fd = openat(folder, name, THROUGH, Mode::empty())?;
                Ok(rustix::fs::chmodat(CWD, format!("/proc/self/fd/{}", fd.as_raw_fd()), mode, AtFlags::empty())?)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Makes the names in a folder survive a power cut.
    pub(super) fn settle(&mut self, folder: &RelPath) -> Result<(), Refusal> {
        self.write()?;
        let fd = openat(self.folder(folder)?, ".", FOLDER_FLAGS, Mode::empty())?;
        Ok(fsync(fd)?)
    }
}

/// What stands at a name, without following it; `None` for nothing.
pub(super) fn look(folder: &OwnedFd, name: &OsStr) -> Result<Option<Stat>, Errno> {
    match statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => Ok(Some(stat)),
        Err(Errno::NOENT) => Ok(None),
        Err(error) => Err(error),
    }
}

/// True where exactly this stands at a name. `bytes` are those of the entry's blob.
pub(super) fn is(folder: &OwnedFd, name: &OsStr, entry: &Entry, bytes: &[u8]) -> Result<bool, Errno> {
    let Some(stat) = look(folder, name)? else { return Ok(*entry == Entry::Absent) };
    let kind = FileType::from_raw_mode(stat.st_mode);
    match entry {
        Entry::File { mode, .. } => {
            if kind != FileType::RegularFile || stat.st_mode & 0o7777 != *mode || size(&stat) != bytes.len() as u64 {
                return Ok(false);
            }
            let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
            let file = openat(folder, name, flags, Mode::empty())?;
            let same_file = fstat(&file)?.st_ino == stat.st_ino;
            let mut there = Vec::with_capacity(bytes.len());
            let read = File::from(file).take(bytes.len() as u64 + 1).read_to_end(&mut there);
            read.map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
            Ok(same_file && there == bytes)
        }
        Entry::Link { .. } => {
            Ok(kind == FileType::Symlink && readlinkat(folder, name, Vec::new())?.as_bytes() == bytes)
        }
        Entry::Folder { mode } => Ok(kind == FileType::Directory && stat.st_mode & 0o7777 == *mode),
        Entry::Absent | Entry::Pointer { .. } | Entry::Uncovered(_) => Ok(false),
    }
}

/// True where a file stands at a name that we began to write with these bytes, and did not end.
pub(super) fn begun(folder: &OwnedFd, name: &OsStr, bytes: &[u8]) -> bool {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let Ok(file) = openat(folder, name, flags, Mode::empty()) else { return false };
    let private = fstat(&file).is_ok_and(|stat| stat.st_mode & 0o170_777 == 0o100_600);
    let mut there = Vec::new();
    let read = File::from(file).take(bytes.len() as u64 + 1).read_to_end(&mut there);
    private && read.is_ok() && bytes.starts_with(&there)
}
