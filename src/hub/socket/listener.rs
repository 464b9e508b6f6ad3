//! Who listens at a socket: the hub of this state folder, or one that only sits in its place.
//!
//! Whoever may write in the socket's folder can put a socket of its own there, and every process of this user may. So
//! the kernel is asked who called `listen`, before a word is said, a token least of all: it is this user's process, it
//! comes from no agent, and it has the lock of the state folder open.

use super::client::ConnectError;
use crate::agent::process::tree::{self, Origin, Unseen};
use crate::store;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

/// A process that listens in the hub's place.
#[derive(Debug, thiserror::Error)]
#[error(
    "process {pid} listens at the hub's socket {socket:?} and {what}: it was told nothing; end it (`kill {pid}`), and try again"
)]
pub struct Stranger {
    /// The process.
    pub pid: u32,
    /// Where it listens.
    pub socket: PathBuf,
    /// The process that holds the state folder, where there is one.
    pub holder: Option<u32>,
    what: String,
}

/// The process that listens at the other end: the hub.
///
/// # Errors
/// It is somebody else, or nobody can say who it is.
pub(super) fn check(stream: &UnixStream, socket: &Path, state: &Path) -> Result<u32, ConnectError> {
    let unknown = || {
        ConnectError::Refused(
            "the kernel does not say which process listens at the hub's socket: it was told nothing".to_owned(),
        )
    };
    let peer = rustix::net::sockopt::socket_peercred(stream).map_err(|_| unknown())?;
    if peer.uid != rustix::process::getuid() {
        return Err(ConnectError::Refused("another user's process listens there: it is left alone".to_owned()));
    }
    let pid = peer.pid.as_raw_nonzero().get().unsigned_abs();
    let gone = || store::is_dead(pid) || !socket.exists();
    let holder = store::writer(state);
    let stranger = |what: String| ConnectError::Stranger(Stranger { pid, socket: socket.to_owned(), holder, what });
    // What an agent left behind has come to the hub, which starts nothing but agents.
    match tree::origin(pid, holder.filter(|holder| *holder != pid)) {
        Ok(Origin::Free) => {}
        Ok(Origin::Session(mark)) => {
            return Err(stranger(format!("was started by the agent of session {mark}")));
        }
        Ok(Origin::Ours) => return Err(stranger("was left behind by an agent".to_owned())),
        Err(Unseen) if gone() => return Err(ConnectError::Gone(socket.to_owned())),
        Err(Unseen) => return Err(unknown()),
    }
    // A hub that has just let its lock go has taken its socket away before.
    if store::holds(state, pid) {
        Ok(pid)
    } else if gone() {
        Err(ConnectError::Gone(socket.to_owned()))
    } else {
        Err(stranger("does not hold the state folder".to_owned()))
    }
}
