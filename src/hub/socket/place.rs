//! Where the socket is: in a folder of our own, closed to others; nothing that somebody else put there is used.

use rustix::io::Errno;
use rustix::net::{self, AddressFamily, SocketAddrUnix, SocketFlags, SocketType};
use std::fs::{self, DirBuilder, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The longest path of a socket that the system takes.
const LONGEST: usize = 107;
/// How often it is tried again while nobody is taken in.
const GLANCE: Duration = Duration::from_millis(20);

/// Why there can be no socket here.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// The path is too long for a socket.
    #[error("the path of the socket {0:?} is longer than the system takes: name a shorter folder with --state")]
    Long(PathBuf),
    /// The folder or the socket is a link, or somebody else's.
    #[error("{0:?} is {1}: taut talks only over a socket of its own; move it away")]
    Strange(PathBuf, &'static str),
    /// It takes nobody in.
    #[error("the hub at {0:?} takes nobody in: `taut daemon stop` ends it")]
    Full(PathBuf),
    /// The system said no.
    #[error("the socket {path:?} can't be made: {source}; see the rights of its folder")]
    Io {
        /// The path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Makes the folder of the socket, and sees to it that it is ours alone.
///
/// # Errors
/// It is not, or can't be made.
pub(super) fn prepare(socket: &Path) -> Result<(), PlaceError> {
    if socket.as_os_str().len() > LONGEST {
        return Err(PlaceError::Long(socket.to_owned()));
    }
    let folder = socket.parent().unwrap_or(Path::new("/"));
    let io = |source| PlaceError::Io { path: folder.to_owned(), source };
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(io)?;
    let meta = fs::symlink_metadata(folder).map_err(io)?;
    ours(folder, &meta)?;
    if meta.mode() & 0o077 != 0 {
        fs::set_permissions(folder, Permissions::from_mode(0o700)).map_err(io)?;
    }
    Ok(())
}

/// Takes away a socket that nobody listens to any more. The caller holds the lock of the state folder, so that it can't
/// be another hub's.
pub(super) fn clear(socket: &Path) -> Result<(), PlaceError> {
    let io = |source| PlaceError::Io { path: socket.to_owned(), source };
    match fs::symlink_metadata(socket) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(io(error)),
        Ok(meta) => {
            is_socket(socket, &meta)?;
            fs::remove_file(socket).map_err(io)
        }
    }
}

/// Opens the socket for a console: never through a link, never somebody else's; waits no longer than it has patience.
///
/// # Errors
/// There is none, it is not ours, or nobody listens.
pub(super) fn open(socket: &Path, patience: Duration) -> Result<UnixStream, PlaceError> {
    let io = |source| PlaceError::Io { path: socket.to_owned(), source };
    let folder = socket.parent().unwrap_or(Path::new("/"));
    ours(folder, &fs::symlink_metadata(folder).map_err(io)?)?;
    is_socket(socket, &fs::symlink_metadata(socket).map_err(io)?)?;
    let name = SocketAddrUnix::new(socket).map_err(|error| io(error.into()))?;
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let end = net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None);
    let end = end.map_err(|error| io(error.into()))?;
    let until = Instant::now() + patience;
    // One that takes nobody in has a full row of callers, and a plain `connect` would stand in it for ever.
    while let Err(error) = net::connect(&end, &name) {
        if error != Errno::AGAIN {
            return Err(io(error.into()));
        }
        if Instant::now() >= until {
            return Err(PlaceError::Full(socket.to_owned()));
        }
        std::thread::sleep(GLANCE);
    }
    let stream = UnixStream::from(end);
    stream.set_nonblocking(false).map_err(io)?;
    Ok(stream)
}

fn is_socket(path: &Path, meta: &fs::Metadata) -> Result<(), PlaceError> {
    if !meta.file_type().is_socket() {
        return Err(PlaceError::Strange(path.to_owned(), "no socket"));
    }
    owner(path, meta)
}

fn ours(folder: &Path, meta: &fs::Metadata) -> Result<(), PlaceError> {
    if meta.file_type().is_symlink() {
        return Err(PlaceError::Strange(folder.to_owned(), "a link"));
    }
    if !meta.is_dir() {
        return Err(PlaceError::Strange(folder.to_owned(), "no folder"));
    }
    owner(folder, meta)
}

fn owner(path: &Path, meta: &fs::Metadata) -> Result<(), PlaceError> {
    let own = rustix::process::getuid().as_raw();
    if meta.uid() == own { Ok(()) } else { Err(PlaceError::Strange(path.to_owned(), "another user's")) }
}
