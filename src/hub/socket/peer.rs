//! Who is at the other end: the same user, and no agent (invariant 9).
//!
//! The kernel names the peer's process. It is refused where it bears the mark of a session, in its environment or by its
//! control group, or comes from one: the line of parents holds while `taut __agent` lives, which is the subreaper of
//! everything below it, and after that leads to the hub itself.
//!
//! What this can't tell from the human: a process that another program of the same user starts at an agent's word, with
//! neither mark nor parent of the agent's (a running tmux server, cron, `systemd-run --user`, ssh to this machine); and a
//! program of the human's that the agent has changed or steers (a shell's start files, ptrace). `scripts = "token"` asks
//! more of what is no console.

use super::super::consoles::{Peer, Seat};
use super::place;
use super::wire::Role;
use crate::agent::process::tree::{self, MARK_VARIABLE, Origin, Unseen};
use crate::domain::{By, Digest};
use rustix::process::Pid;
use std::path::Path;
use std::time::Duration;

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
    /// It comes from the hub itself, which starts nothing but agents.
    #[error("process {0} was left behind by an agent: an agent can't decide, nor speak for its human")]
    Orphan(u32),
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
    match tree::origin(pid, Some(std::process::id())) {
        Ok(Origin::Free) => Ok(pid),
        Ok(Origin::Session(mark)) => Err(Refused::Agent { pid, mark }),
        Ok(Origin::Ours) => Err(Refused::Orphan(pid)),
        Err(Unseen) => Err(Refused::Unknown),
    }
}

/// Who a peer is. Its terminal and its program are the kernel's word for it; what it says of itself can only make less
/// of it. A human is at a console: this very program, at a terminal, that says it is one. Another program that is put in
/// the place of taut's, or taut run in a terminal that a program made up, can't be told from that.
#[must_use]
pub(super) fn who(pid: u32, role: Role, token: Option<&str>) -> Peer {
    let terminal = std::fs::read(format!("/proc/{pid}/stat")).ok().and_then(|stat| terminal(&stat));
    let seat = if terminal.is_some() && is_taut(pid) { Seat::Terminal } else { Seat::Elsewhere };
    let by = match (role, seat, terminal) {
        (Role::Console, Seat::Terminal, Some(terminal)) => By::Console { terminal },
        (Role::Console | Role::Script, _, terminal) => By::Script { terminal, token: None },
    };
    let token = token.filter(|token| !token.is_empty()).map(|token| Digest::of(token.as_bytes()));
    Peer { by, seat, token }
}

/// Whether a hub of this user listens at a socket: of another state folder, that shares the folder of sockets with ours.
#[must_use]
pub(super) fn is_hub(socket: &Path) -> bool {
    let Ok(stream) = place::open(socket, Duration::ZERO) else { return false };
    let Ok(peer) = rustix::net::sockopt::socket_peercred(&stream) else { return false };
    admit(peer.uid.as_raw(), Some(peer.pid.as_raw_nonzero().get())).is_ok_and(is_taut)
}

/// Whether a process runs the same file as this one.
fn is_taut(pid: u32) -> bool {
    use std::os::unix::fs::MetadataExt;
    let file = |path: String| std::fs::metadata(path).ok().map(|file| (file.dev(), file.ino()));
    let ours = file("/proc/self/exe".to_owned());
    ours.is_some() && file(format!("/proc/{pid}/exe")) == ours
}

/// The controlling terminal in a line of `/proc/PID/stat` (field 7): `pts/3`, `tty1`.
fn terminal(stat: &[u8]) -> Option<String> {
    // The name may hold anything; the last bracket ends it.
    let close = stat.iter().rposition(|byte| *byte == b')')?;
    let number: u32 =
        std::str::from_utf8(stat.get(close + 1..)?).ok()?.split_ascii_whitespace().nth(4)?.parse().ok()?;
    let (major, minor) = (number >> 8 & 0xff, (number & 0xff) | (number >> 12 & 0xfff00));
    match major {
        // Linux: 136 to 143 are pseudo-terminals, 4 the virtual consoles.
        136..=143 => Some(format!("pts/{}", (major - 136) * 256 + minor)),
        4 => Some(format!("tty{minor}")),
        _ => None,
    }
}

/// The mark of the session that this process comes from: taut in an agent's own shell, also in one with a clean
/// environment.
#[must_use]
pub fn own_mark() -> Option<String> {
    let borne = std::env::var(MARK_VARIABLE).ok().filter(|mark| !mark.is_empty());
    borne.or_else(|| match tree::origin(std::process::id(), None) {
        Ok(Origin::Session(mark)) => Some(mark),
        Ok(Origin::Free | Origin::Ours) | Err(Unseen) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::terminal;

    #[test]
    fn terminals_are_named_as_the_kernel_numbers_them() {
        let of = |number: &str| terminal(format!("7 (a b) c) S 1 7 7 {number} 7 0").as_bytes());
        assert_eq!(of("34816").as_deref(), Some("pts/0"));
        assert_eq!(of("34819").as_deref(), Some("pts/3"));
        assert_eq!(of("1083393").as_deref(), Some("pts/257"));
        assert_eq!(of("1025").as_deref(), Some("tty1"));
        assert_eq!(of("0"), None);
        assert_eq!(terminal(b"7 (x"), None);
    }
}
