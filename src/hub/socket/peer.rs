//! Who is at the other end: the same user, and no agent (invariant 9).
//!
//! The kernel names the peer's process. It is refused where it bears the mark of a session or comes from one: the line of
//! parents holds while `taut __agent` lives, which is the subreaper of everything below it; the mark in the environment
//! holds also for what daemonised and changed its parent. A process that cleans its environment *and* outlives its
//! session's tree can't: the tree is ended with the session.

use crate::agent::process::tree::{self, MARK_VARIABLE};
use rustix::process::Pid;

/// Why a peer is refused: one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Another user.
    #[error("the process belongs to user {0}, and this hub to user {1}: only its own user may talk to it")]
    User(u32, u32),
    /// An agent, or something that it started.
    #[error("process {pid} was started by the agent of session {mark}: an agent can't decide, nor speak for its human")]
    Agent {
        /// The peer.
        pid: u32,
        /// The session's mark.
        mark: String,
    },
    /// Nobody knows who it is.
    #[error("the kernel does not say which process is at the other end: nothing is taken from it")]
    Unknown,
}

/// Looks at the peer of a connection.
///
/// # Errors
/// Why nothing is taken from it.
pub(super) fn admit(uid: u32, pid: Option<i32>) -> Result<u32, Refused> {
    let own = rustix::process::getuid().as_raw();
    if uid != own {
        return Err(Refused::User(uid, own));
    }
    let pid = pid.and_then(Pid::from_raw).ok_or(Refused::Unknown)?;
    let pid = pid.as_raw_nonzero().get().unsigned_abs();
    match tree::mark_of(pid) {
        Ok(None) => Ok(pid),
        Ok(Some(mark)) => Err(Refused::Agent { pid, mark }),
        Err(()) => Err(Refused::Unknown),
    }
}

/// The mark that this process bears itself: taut in an agent's own shell.
#[must_use]
pub fn own_mark() -> Option<String> {
    std::env::var(MARK_VARIABLE).ok().filter(|mark| !mark.is_empty())
}
