//! The socket stays where consoles look for it: where somebody takes its file away, it is made anew; where somebody puts
//! another socket in its place, ours goes back over it.
//!
//! A cleaner of old files, the end of a login (which takes the runtime folder along) or a person may remove it; the
//! consoles that are attached notice nothing, and no other one would ever come. The kernel tells of it: nothing is polled.

use super::super::config::Places;
use super::peer;
use super::place::{self, PlaceError};
use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
use std::fs::{self, Permissions};
use std::io;
use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::io::unix::AsyncFd;
use tokio::net::UnixListener;
use tokio::time::Instant;

/// How soon it is tried again where it can't be made; it doubles ...
const FIRST: Duration = Duration::from_secs(1);
/// ... up to this.
const LONGEST: Duration = Duration::from_mins(1);

/// Who puts another one in its place again and again is answered no sooner than this.
const PACE: Duration = Duration::from_millis(250);

/// Whether the folder of the socket is made anew with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::hub) enum Folder {
    /// It holds nothing but the socket: it may be.
    Own,
    /// The log lies there: where it is gone, a socket in an empty folder would lie about it.
    OfTheLog,
}

impl Folder {
    /// That of the sockets of these places.
    pub(in crate::hub) fn of(places: &Places) -> Self {
        if places.runtime == places.state { Self::OfTheLog } else { Self::Own }
    }
}

/// The file of a socket that is listened to.
#[derive(Debug)]
pub(super) struct Kept {
    path: PathBuf,
    /// The file that we made: its device and number.
    own: (u64, u64),
    /// It was taken away for good.
    removed: bool,
}

impl Kept {
    /// Makes the socket and listens to it. The caller holds the lock of the state folder.
    pub(super) fn bind(path: &Path) -> Result<(Self, std::os::unix::net::UnixListener), PlaceError> {
        place::prepare(path)?;
        place::clear(path)?;
        let io = |source| PlaceError::Io { path: path.to_owned(), source };
        let listener = std::os::unix::net::UnixListener::bind(path).map_err(io)?;
        fs::set_permissions(path, Permissions::from_mode(0o600)).map_err(io)?;
        listener.set_nonblocking(true).map_err(io)?;
        let meta = fs::symlink_metadata(path).map_err(io)?;
        Ok((Self { path: path.to_owned(), own: (meta.dev(), meta.ino()), removed: false }, listener))
    }

    /// Puts a socket over what lies there, in one step: who looks finds the one or the other.
    fn over(path: &Path) -> Result<(Self, std::os::unix::net::UnixListener), PlaceError> {
        // No longer than the name of the socket itself.
        let new = path.with_extension("new");
        let (mut kept, listener) = Self::bind(&new)?;
        path.clone_into(&mut kept.path);
        fs::rename(&new, path).map_err(|source| PlaceError::Io { path: path.to_owned(), source })?;
        Ok((kept, listener))
    }

    /// True while the file is ours.
    fn is_there(&self) -> bool {
        fs::symlink_metadata(&self.path).is_ok_and(|meta| (meta.dev(), meta.ino()) == self.own)
    }

    /// True once it was taken away for good.
    pub(super) fn is_removed(&self) -> bool {
        self.removed
    }

    /// Takes the file away for good, where it is ours.
    pub(super) fn remove(&mut self) {
        if self.is_there() {
            drop(fs::remove_file(&self.path));
        }
        self.removed = true;
    }

    /// What tells of its end; nothing where the system has no more of these.
    #[expect(deprecated, reason = "its successor is unsafe; an `OwnedFd` keeps what that one asks for")]
    fn watch(&self) -> Option<AsyncFd<OwnedFd>> {
        let watch = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).ok()?;
        // A file that is removed and still listened to changes its number of links, and no more than that.
        let flags = WatchFlags::ATTRIB | WatchFlags::MOVE_SELF | WatchFlags::DELETE_SELF;
        inotify::add_watch(&watch, &self.path, flags).ok()?;
        AsyncFd::new(watch).ok()
    }
}

/// Keeps a socket where it is.
pub(super) struct Keep {
    folder: Folder,
    watch: Option<AsyncFd<OwnedFd>>,
    /// When it is tried again, and how long it was waited.
    again: Option<(Instant, Duration)>,
    /// When it was put over another one.
    put: Option<Instant>,
    /// Tells that it was taken away: what lies beside it may be gone as well.
    tell: Box<dyn Fn() + Send>,
}

impl Keep {
    /// Watches over a socket.
    pub(super) fn of(kept: &Kept, folder: Folder, tell: impl Fn() + Send + 'static) -> Self {
        Self { folder, watch: kept.watch(), again: None, put: None, tell: Box::new(tell) }
    }

    /// Waits until the socket had to be made anew, and gives it. May be dropped and called again at any time.
    pub(super) async fn anew(&mut self, kept: &std::sync::Mutex<Kept>) -> UnixListener {
        loop {
            match (&self.again, &mut self.watch) {
                (Some((at, _)), _) => tokio::time::sleep_until(*at).await,
                (None, Some(watch)) => touched(watch).await,
                (None, None) => std::future::pending().await,
            }
            let mut kept = kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if kept.removed || kept.is_there() {
                self.again = None;
                continue;
            }
            (self.tell)();
            if let Some(at) = self.put.map(|put| put + PACE).filter(|at| *at > Instant::now()) {
                self.again = Some((at, PACE));
                continue;
            }
            if let Ok((new, listener)) = self.make(&kept.path) {
                (self.watch, self.again) = (new.watch(), None);
                // Replaced before it was watched: what is watched is somebody else's.
                if !new.is_there() {
                    self.again = Some((Instant::now() + PACE, PACE));
                }
                *kept = new;
                return listener;
            }
            let wait = self.again.map_or(FIRST, |(_, waited)| (waited * 2).min(LONGEST));
            self.again = Some((Instant::now() + wait, wait));
        }
    }

    fn make(&mut self, path: &Path) -> io::Result<(Kept, UnixListener)> {
        if self.folder == Folder::OfTheLog {
            fs::symlink_metadata(path.parent().unwrap_or(path))?;
        }
        let made = match fs::symlink_metadata(path) {
            Err(_) => Kept::bind(path),
            Ok(meta) if meta.file_type().is_socket() && !peer::is_hub(path) => {
                self.put = Some(Instant::now());
                let made = Kept::over(path);
                if made.is_ok() {
                    let now = jiff::Zoned::now().strftime("%F %T").to_string();
                    // A log that can't be written is no reason to be out of reach.
                    drop(writeln!(
                        io::stdout(),
                        "{now} another socket was in the place of {}: put back",
                        path.display()
                    ));
                }
                made
            }
            // Somebody else's file in its place is left alone, and so is the socket of another hub.
            Ok(_) => return Err(io::ErrorKind::AlreadyExists.into()),
        };
        let (kept, listener) = made.map_err(io::Error::other)?;
        Ok((kept, UnixListener::from_std(listener)?))
    }
}

/// Waits until something happened to the file.
async fn touched(watch: &mut AsyncFd<OwnedFd>) {
    let Ok(mut ready) = watch.readable_mut().await else { return std::future::pending().await };
    let mut said = [std::mem::MaybeUninit::uninit(); 512];
    let mut reader = inotify::Reader::new(ready.get_inner(), &mut said);
    while reader.next().is_ok() {}
    ready.clear_ready();
}
