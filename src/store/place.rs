//! The state folder: whose it is, who may write in it, and who does.

use super::StoreError;
use rustix::fs::{Access, FlockOperation, OFlags};
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{ErrorKind, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Every file that the store may make in its folder.
const FILES: [&str; 9] = [
    "taut.db",
    "taut.db-wal",
    "taut.db-shm",
    "head",
    "head.disputed",
    "lock",
    "recordings.db",
    "recordings.db-wal",
    "recordings.db-shm",
];

/// A state folder that was looked at and found in order.
#[derive(Debug, Clone)]
pub(super) struct Place {
    folder: PathBuf,
}

impl Place {
    /// The folder for a writer: made where it is missing, closed to others, every file in it closed as well.
    pub(super) fn for_writing(folder: &Path) -> Result<Self, StoreError> {
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| StoreError::io(folder, &error))?;
        let place = Self::for_reading(folder)?;
        // The files may be there and writable; the WAL beside them has to be made.
        rustix::fs::access(&place.folder, Access::WRITE_OK | Access::EXEC_OK)
            .map_err(|error| StoreError::io(&place.folder, &error.into()))?;
        place.close_to_others()?;
        Ok(place)
    }

    /// The folder for a reader: it exists, is yours, and no link stands where a file belongs.
    pub(super) fn for_reading(folder: &Path) -> Result<Self, StoreError> {
        // Links on the way to the folder are the user's own; from here on there are none.
        let folder = folder.canonicalize().map_err(|error| StoreError::io(folder, &error))?;
        owned(&folder, &fs::metadata(&folder).map_err(|error| StoreError::io(&folder, &error))?)?;
        let place = Self { folder };
        for name in FILES {
            plain(&place.file(name))?;
        }
        Ok(place)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn db(&self) -> PathBuf {
        self.file("taut.db")
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Makes an empty file that only its owner can open, where there is none. One that is there is not even opened: to
    /// close a database's file would drop the locks that this process has on it.
    pub(super) fn make_private(&self, name: &str) -> Result<(), StoreError> {
        let path = self.file(name);
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(StoreError::io(&path, &error)),
            _ => Ok(()),
        }
    }

    /// Makes names in the folder survive a power cut.
    pub(super) fn sync(&self) -> Result<(), StoreError> {
        File::open(&self.folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|error| StoreError::io(&self.folder, &error))
    }

    /// A folder of our own, or an empty one, is closed; one that also serves others is theirs to close.
    fn close_to_others(&self) -> Result<(), StoreError> {
        let io = |error| StoreError::io(&self.folder, &error);
        if fs::metadata(&self.folder).map_err(io)?.mode() & 0o077 != 0 {
            let ours = self.db().exists() || fs::read_dir(&self.folder).map_err(io)?.next().is_none();
            if !ours {
                return Err(StoreError::NotPrivate(self.folder.clone()));
            }
            fs::set_permissions(&self.folder, Permissions::from_mode(0o700)).map_err(io)?;
        }
        for path in FILES.map(|name| self.file(name)) {
            if fs::metadata(&path).is_ok_and(|meta| meta.mode() & 0o077 != 0) {
                fs::set_permissions(&path, Permissions::from_mode(0o600))
                    .map_err(|error| StoreError::io(&path, &error))?;
            }
        }
        Ok(())
    }

    /// Which files stand at the names that a writer needs; `None` for one that is not there.
    pub(super) fn standing(&self) -> [(PathBuf, Option<(u64, u64)>); 2] {
        ["lock", "taut.db"].map(|name| {
            let path = self.file(name);
            let file = fs::symlink_metadata(&path).ok().map(|meta| (meta.dev(), meta.ino()));
            (path, file)
        })
    }

    /// Takes the folder for this process. The lock is the operating system's and ends with the process, however it
    /// ends; the process id in the file is for people.
    pub(super) fn take(&self) -> Result<Taken, StoreError> {
        let path = self.file("lock");
        let io = |error| StoreError::io(&path, &error);
        let no_links = OFlags::NOFOLLOW.bits().cast_signed();
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600).custom_flags(no_links);
        let mut file = options.open(&path).map_err(io)?;
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {
                file.set_len(0).map_err(io)?;
                writeln!(file, "{}", std::process::id()).map_err(io)?;
                Ok(Taken::ByUs(Lock { file }))
            }
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(Taken::ByAnother(pid_in(&mut file))),
            Err(error) => Err(io(error.into())),
        }
    }

    /// The process that writes in the folder, as far as the lock file tells. The lock itself is not tried: a writer that
    /// starts at that moment would take the trial for a writer.
    pub(super) fn writer(&self) -> Option<u32> {
        let mut lock = File::open(self.file("lock")).ok()?;
        let (pid, meta) = (pid_in(&mut lock)?, lock.metadata().ok()?);
        // Or this very look would count.
        drop(lock);
        let process = rustix::process::Pid::from_raw(i32::try_from(pid).ok()?)?;
        match rustix::process::test_kill_process(process) {
            Ok(()) | Err(rustix::io::Errno::PERM) => holds(pid, &meta).then_some(pid),
            Err(_) => None,
        }
    }

    /// Whether a process has the lock open, whatever number the file says: a writer with process ids of its own (a
    /// container) writes another one. Without a lock nothing is known, and it is believed.
    pub(super) fn is_held_by(&self, pid: u32) -> bool {
        fs::metadata(self.file("lock")).map_or(true, |lock| holds(pid, &lock))
    }
}

/// Whether a process has a file open. Its number alone says little: one that was killed keeps it until its parent looks,
/// and another program may have it since. Where nobody may look, it is believed.
fn holds(pid: u32, file: &fs::Metadata) -> bool {
    let Ok(open) = fs::read_dir(format!("/proc/{pid}/fd")) else { return !is_dead(pid) };
    let mut open = open.flatten().peekable();
    if open.peek().is_none() {
        return !is_dead(pid);
    }
    open.any(|one| match fs::metadata(one.path()) {
        Ok(meta) => (meta.dev(), meta.ino()) == (file.dev(), file.ino()),
        // In another user namespace the numbers can be read, and not what they stand for.
        Err(error) => error.kind() == ErrorKind::PermissionDenied && !is_dead(pid),
    })
}

/// True where a process has ended, also one that nobody has waited for.
pub(super) fn is_dead(pid: u32) -> bool {
    let stat = match fs::read(format!("/proc/{pid}/stat")) {
        Ok(stat) => stat,
        Err(error) => return error.kind() == ErrorKind::NotFound,
    };
    let stat = String::from_utf8_lossy(&stat);
    stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with(['Z', 'X']))
}

/// The process id in a lock file. Bounded: the file is ours to write, but nothing says that only we did.
fn pid_in(file: &mut File) -> Option<u32> {
    let mut pid = String::new();
    file.rewind().and_then(|()| file.take(32).read_to_string(&mut pid)).ok()?;
    pid.trim().parse().ok()
}

/// Held as long as this process is the writer.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
}

impl Drop for Lock {
    /// In words: a child that was just forked has the file too, until it becomes another program, and the lock with it.
    fn drop(&mut self) {
        let _ = rustix::fs::flock(&self.file, FlockOperation::Unlock);
    }
}

/// Who has the folder.
#[derive(Debug)]
pub(super) enum Taken {
    /// This process.
    ByUs(Lock),
    /// Another one: its id where it could be read.
    ByAnother(Option<u32>),
}

fn owned(path: &Path, meta: &fs::Metadata) -> Result<(), StoreError> {
    let you = rustix::process::geteuid().as_raw();
    if meta.uid() == you {
        return Ok(());
    }
    Err(StoreError::NotYours { path: path.to_path_buf(), owner: meta.uid(), you })
}

fn plain(path: &Path) -> Result<(), StoreError> {
    let meta = match fs::symlink_metadata(path) {
        Ok(meta) => meta,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(StoreError::io(path, &error)),
    };
    let found = match meta.file_type() {
        kind if kind.is_file() => return owned(path, &meta),
        kind if kind.is_symlink() => "a symbolic link",
        kind if kind.is_dir() => "a folder",
        _ => "a special file",
    };
    Err(StoreError::NotAFile { path: path.to_path_buf(), found })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn a_new_folder_is_closed_to_others() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("a/b");
        let place = Place::for_writing(&folder).unwrap();
        assert_eq!(mode(place.folder()), 0o700);
    }

    #[test]
    fn a_folder_that_serves_others_is_refused_and_left_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("thesis.txt"), "mine").unwrap();
        fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).unwrap();
        assert!(matches!(Place::for_writing(dir.path()), Err(StoreError::NotPrivate(_))));
        assert_eq!(mode(dir.path()), 0o755);
        fs::remove_file(dir.path().join("thesis.txt")).unwrap();
        Place::for_writing(dir.path()).unwrap();
        assert_eq!(mode(dir.path()), 0o700);
    }

    #[test]
    fn a_folder_of_somebody_else_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        // Only root can give files away; everyone else can look at root's.
        let theirs = match std::os::unix::fs::chown(dir.path(), Some(65_534), None) {
            Ok(()) => dir.path(),
            Err(_) => Path::new("/"),
        };
        let error = Place::for_reading(theirs).unwrap_err();
        assert!(matches!(error, StoreError::NotYours { .. }), "{error}");
    }

    #[test]
    fn links_and_folders_in_place_of_files_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let other = tempfile::NamedTempFile::new().unwrap();
        for name in FILES {
            let path = dir.path().join(name);
            std::os::unix::fs::symlink(other.path(), &path).unwrap();
            assert!(matches!(Place::for_writing(dir.path()), Err(StoreError::NotAFile { .. })), "{name}");
            fs::remove_file(&path).unwrap();
            fs::create_dir(&path).unwrap();
            assert!(matches!(Place::for_writing(dir.path()), Err(StoreError::NotAFile { .. })), "{name}");
            fs::remove_dir(&path).unwrap();
        }
    }

    #[test]
    fn one_process_holds_it_and_the_next_learns_which() {
        let dir = tempfile::tempdir().unwrap();
        let place = Place::for_writing(dir.path()).unwrap();
        let Ok(Taken::ByUs(lock)) = place.take() else { panic!("free") };
        assert!(matches!(place.take(), Ok(Taken::ByAnother(Some(pid))) if pid == std::process::id()));
        drop(lock);
        assert!(matches!(place.take(), Ok(Taken::ByUs(_))));
        assert_eq!(mode(&dir.path().join("lock")), 0o600);
    }

    #[test]
    fn only_the_process_that_has_the_lock_open_is_the_writer() {
        let dir = tempfile::tempdir().unwrap();
        let place = Place::for_writing(dir.path()).unwrap();
        let Ok(Taken::ByUs(lock)) = place.take() else { panic!("free") };
        assert_eq!(place.writer(), Some(std::process::id()));
        drop(lock);
        assert_eq!(place.writer(), None, "this process lives, and has let it go");
        let mut child = std::process::Command::new("true").spawn().unwrap();
        fs::write(dir.path().join("lock"), format!("{}\n", child.id())).unwrap();
        while !is_dead(child.id()) {
            std::thread::yield_now();
        }
        assert_eq!(place.writer(), None, "a dead one that nobody has waited for");
        child.wait().unwrap();
    }
}
