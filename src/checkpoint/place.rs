//! Where the checkpoints of one workspace are: a folder of our own, and who has it.

use super::Error;
use rustix::fs::{FlockOperation, OFlags};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The configuration of the store: nothing runs, nothing is converted, nothing is thrown away unasked. Each checkpoint
/// is one pack, which git syncs.
const CONFIG: &str = "[core]
\trepositoryformatversion = 0
\tbare = true
\tfilemode = true
\tsymlinks = true
\tautocrlf = false
\tattributesFile = /dev/null
\texcludesFile = /dev/null
\thooksPath = /dev/null
\tfsmonitor = false
\tlogAllRefUpdates = false
\tcompression = 1
\tsharedRepository = 0600
[gc]
\tauto = 0
[maintenance]
\tauto = false
[fastimport]
\tunpackLimit = 1
[pack]
\twriteReverseIndex = false
\tthreads = 1
[repack]
\twriteBitmaps = false
";

/// Whether a home folder may be a workspace.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Wide {
    /// Not a home folder, nor what holds one.
    #[default]
    Refuse,
    /// Somebody said that it may.
    Allow,
}

/// The folder of one workspace's checkpoints, which nobody else has while this lives.
#[derive(Debug)]
pub(super) struct Place {
    folder: PathBuf,
    /// `None` where it is only looked at.
    lock: Option<File>,
}

impl Place {
    /// Takes the folder for `root`, a real path; makes it where it is missing.
    pub(super) fn take(store: &Path, root: &Path) -> Result<Self, Error> {
        let folder = folder_of(store, root);
        make(&folder)?;
        let path = folder.join("lock");
        let no_links = OFlags::NOFOLLOW.bits().cast_signed();
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600).custom_flags(no_links);
        let lock = options.open(&path).map_err(|error| Error::io("open", &path, error))?;
        match rustix::fs::flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => return Err(Error::Busy(root.to_owned())),
            Err(error) => return Err(Error::io("lock", &path, error)),
        }
        let place = Self { folder, lock: Some(lock) };
        place.write("root", root.as_os_str().as_bytes())?;
        place.make_store()?;
        place.sweep();
        Ok(place)
    }

    /// The folder for `root` to look at: somebody else may have it, and nothing in it is changed. `None` where no
    /// checkpoint was ever kept there.
    pub(super) fn look(store: &Path, root: &Path) -> Option<Self> {
        let folder = folder_of(store, root);
        folder.join("git/objects").is_dir().then_some(Self { folder, lock: None })
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn git_dir(&self) -> PathBuf {
        self.folder.join("git")
    }

    /// Which folders of the file system are taut's: the store, and the state folder around it. A walk through a workspace
    /// that holds them leaves them out.
    pub(super) fn identities(&self) -> Vec<(u64, u64)> {
        let around = self.folder.ancestors().skip(1).take(2);
        around.filter_map(|folder| fs::metadata(folder).ok()).map(|meta| (meta.dev(), meta.ino())).collect()
    }

    /// A whole file, written aside and put in place: it is the old one or the new one.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let (path, aside) = (self.file(name), self.file(&format!("{name}.new")));
        let _ = fs::remove_file(&aside);
        let written = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside);
        let written = written.and_then(|mut file| file.write_all(bytes)).and_then(|()| fs::rename(&aside, &path));
        written.map_err(|error| {
            let _ = fs::remove_file(&aside);
            Error::io("write", &path, error)
        })
    }

    /// The same, and on the disk when this returns.
    pub(super) fn write_synced(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let (path, aside) = (self.file(name), self.file(&format!("{name}.new")));
        let _ = fs::remove_file(&aside);
        let write = || -> std::io::Result<()> {
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&aside, &path)?;
            File::open(&self.folder)?.sync_all()
        };
        write().map_err(|error| {
            let _ = fs::remove_file(&aside);
            Error::io("write", &path, error)
        })
    }

    /// The bytes of a file of ours; `None` where there is none.
    pub(super) fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        let path = self.file(name);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io("read", &path, error)),
        }
    }

    /// Takes a file of ours away, where it is there.
    pub(super) fn remove(&self, name: &str) -> Result<(), Error> {
        let path = self.file(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", &path, error)),
            _ => Ok(()),
        }
    }

    /// A bare repository, written by hand: that needs no process, and nothing of the user's templates gets in.
    fn make_store(&self) -> Result<(), Error> {
        let git = self.git_dir();
        for folder in ["objects/pack", "objects/info", "refs/taut", "info"] {
            make(&git.join(folder))?;
        }
        for (name, text) in [
            ("HEAD", "ref: refs/taut/last\n"),
            ("config", CONFIG),
            ("info/attributes", "* -text -filter -ident -diff merge=text -working-tree-encoding\n"),
        ] {
            if fs::read(git.join(name)).is_ok_and(|bytes| bytes == text.as_bytes()) {
                continue;
            }
            self.write(&format!("git/{name}"), text.as_bytes())?;
        }
        Ok(())
    }

    /// Takes away what a git that was cut short left behind.
    pub(super) fn sweep(&self) {
        let git = self.git_dir();
        for (folder, prefixes) in
            [(git.clone(), ["fast_import_crash_", "packed-refs.lock"]), (git.join("objects/pack"), ["tmp_", ".tmp-"])]
        {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let name = entry.file_name();
                if prefixes.iter().any(|prefix| name.as_bytes().starts_with(prefix.as_bytes())) {
                    let _ = fs::remove_file(entry.path());
                }
            }
        }
        let _ = fs::remove_file(git.join("refs/taut/last.lock"));
    }
}

impl Drop for Place {
    /// In words: a child that was just forked has the file too, until it becomes another program.
    fn drop(&mut self) {
        if let Some(lock) = &self.lock {
            let _ = rustix::fs::flock(lock, FlockOperation::Unlock);
        }
    }
}

/// How often a workspace that somebody else holds is tried again, and how long in between.
const TRIES: u32 = 40;
const BETWEEN: Duration = Duration::from_millis(25);

/// Opens the checkpoints of a workspace; whoever has them may be about to let go of them.
///
/// # Errors
/// As of the opening: the last time.
pub fn patiently<T>(open: impl Fn() -> Result<T, Error>) -> Result<T, Error> {
    for _ in 0..TRIES {
        match open() {
            Err(Error::Busy(_)) => std::thread::sleep(BETWEEN),
            opened => return opened,
        }
    }
    open()
}

/// Where the checkpoints of a workspace are, by its real path.
pub(super) fn folder_of(store: &Path, root: &Path) -> PathBuf {
    let name = blake3::hash(root.as_os_str().as_bytes()).to_hex();
    store.join(&name[..32])
}

/// A folder that only its owner opens.
fn make(folder: &Path) -> Result<(), Error> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|error| Error::io("make the folder", folder, error))
}

/// The real path of a workspace, unless it is too wide for one.
pub(super) fn real(root: &Path, home: Option<&Path>, wide: Wide) -> Result<PathBuf, Error> {
    let gone = |_| Error::Gone(root.to_owned());
    let real = root.canonicalize().map_err(gone)?;
    if !fs::metadata(&real).map_err(gone)?.is_dir() {
        return Err(Error::Gone(root.to_owned()));
    }
    let home = home.and_then(|home| home.canonicalize().ok());
    let holds_home = real.parent().is_none() || home.is_some_and(|home| home.starts_with(&real));
    match wide {
        Wide::Refuse if holds_home => Err(Error::TooWide(real)),
        Wide::Refuse | Wide::Allow => Ok(real),
    }
}
