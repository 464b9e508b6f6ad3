//! Who hears what the hub publishes. The hub never waits for any of them.

use super::Published;
use super::recordings::Follower;
use super::socket::{Mailbox, part};
use crate::domain::{By, Digest};
use crate::state::State;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::mpsc;

/// One console among those that are attached, as long as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConsoleId(pub u64);

/// The way to one console.
#[derive(Debug, Clone)]
pub(super) enum Line {
    /// It lives in this process, and takes everything.
    Here(mpsc::UnboundedSender<Published>),
    /// It is at the other end of a socket, and may be slow.
    Away(Arc<Mailbox>),
}

impl Line {
    /// Says something to it. One that is gone hears nothing, which is its own affair.
    pub(super) fn tell(&self, what: Published) {
        match self {
            Self::Here(channel) => drop(channel.send(what)),
            Self::Away(mailbox) => mailbox.put(what),
        }
    }

    /// Whether nobody hears what is said to it any more.
    pub(super) fn is_gone(&self) -> bool {
        match self {
            Self::Here(channel) => channel.is_closed(),
            Self::Away(mailbox) => mailbox.is_closed(),
        }
    }

    /// Whether it is the way to the same console.
    pub(super) fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Here(one), Self::Here(other)) => one.same_channel(other),
            (Self::Away(one), Self::Away(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }

    /// Tells it everything that is known. What is away gets it a session at a time: the first ones are on their way, and
    /// are read, while the others are written, and no buffer holds them all.
    pub(super) fn tell_all_known(&self, state: &State) {
        match self {
            Self::Here(channel) => drop(channel.send(Published::Known(Box::new(state.known())))),
            Self::Away(mailbox) => {
                state.sessions.values().for_each(|session| mailbox.put_part(part(session)));
                mailbox.put_whole(state.head);
            }
        }
    }
}

/// Who is at the other end, by the kernel's word.
#[derive(Debug, Clone)]
pub(super) struct Peer {
    /// In whose name it speaks.
    pub(super) by: By,
    /// Where it is.
    pub(super) seat: Seat,
    /// The hash of the token that it showed.
    pub(super) token: Option<Digest>,
}

impl Peer {
    /// The console in the hub's own process.
    pub(super) fn here() -> Self {
        Self { by: By::Human, seat: Seat::Terminal, token: None }
    }
}

/// Whether a peer is this program at a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seat {
    /// It is.
    Terminal,
    /// It is not.
    Elsewhere,
}

/// One that is attached: the way to it, and who it is.
#[derive(Debug)]
struct Attached {
    line: Line,
    peer: Peer,
}

/// All consoles that are attached.
#[derive(Debug, Default)]
pub(super) struct Consoles {
    attached: BTreeMap<ConsoleId, Attached>,
    /// Who follows the sessions of other tools, and tells consoles of them.
    pub(super) follower: Option<Follower>,
}

impl Consoles {
    /// Nobody yet, beside one who follows the sessions of other tools, where there is a thread for it.
    pub(super) fn with(follower: Option<Follower>) -> Self {
        Self { attached: BTreeMap::new(), follower }
    }

    pub(super) fn join(&mut self, id: ConsoleId, line: Line, peer: Peer) {
        self.attached.insert(id, Attached { line, peer });
    }

    pub(super) fn part(&mut self, id: ConsoleId) {
        self.attached.remove(&id);
    }

    /// The way to one of them.
    pub(super) fn line(&self, id: ConsoleId) -> Option<&Line> {
        self.attached.get(&id).map(|attached| &attached.line)
    }

    /// Who one of them is.
    pub(super) fn peer(&self, id: ConsoleId) -> Option<&Peer> {
        self.attached.get(&id).map(|attached| &attached.peer)
    }

    /// Says something to all of them.
    pub(super) fn tell_all(&self, what: &Published) {
        self.attached.values().for_each(|attached| attached.line.tell(what.clone()));
    }
}
