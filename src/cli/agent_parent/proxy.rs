//! The agent's stdin: what the hub writes is passed on, and the end of it is noticed even while the agent reads nothing.

use rustix::event::PollFlags;
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use std::io::{self, Read, StdinLock, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::process::ChildStdin;

/// As much as is taken at once. What the agent does not read stays in the pipe, so that the hub feels it.
const PIECE: usize = 16 * 1024;

/// One of the two ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Hub,
    Agent,
}

/// The passage between them.
pub(super) struct Proxy {
    hub: StdinLock<'static>,
    agent: Option<ChildStdin>,
    piece: Vec<u8>,
    from: usize,
    /// All that wrote to our stdin have gone; there may be a rest to read.
    hung_up: bool,
    /// The rest has been read.
    ended: bool,
}

impl Proxy {
    /// A passage to an agent's stdin, which becomes non-blocking.
    pub(super) fn new(agent: Option<ChildStdin>) -> io::Result<Self> {
        if let Some(agent) = &agent {
            fcntl_setfl(agent, fcntl_getfl(agent)? | OFlags::NONBLOCK)?;
        }
        Ok(Self { hub: io::stdin().lock(), agent, piece: Vec::new(), from: 0, hung_up: false, ended: false })
    }

    /// True once the hub's side has ended.
    pub(super) fn is_closing(&self) -> bool {
        self.hung_up || self.ended
    }

    /// What to wait for.
    pub(super) fn wishes(&self) -> Vec<(End, PollFlags)> {
        let holds = self.from < self.piece.len();
        let mut wishes = Vec::with_capacity(2);
        if holds {
            wishes.push((End::Agent, PollFlags::OUT));
            if !self.is_closing() {
                // Asks for nothing, but is told of a hang-up.
                wishes.push((End::Hub, PollFlags::empty()));
            }
        } else if !self.ended {
            wishes.push((End::Hub, PollFlags::IN));
        }
        wishes
    }

    /// The descriptor of an end.
    pub(super) fn descriptor(&self, end: End) -> BorrowedFd<'_> {
        match (end, &self.agent) {
            (End::Agent, Some(agent)) => agent.as_fd(),
            (End::Hub, _) | (End::Agent, None) => self.hub.as_fd(),
        }
    }

    /// Does what an end is ready for.
    pub(super) fn turn(&mut self, end: End, ready: PollFlags) {
        if ready.is_empty() {
            return;
        }
        match end {
            End::Hub => {
                self.hung_up |= ready.intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL);
                if self.from == self.piece.len() {
                    self.take();
                }
            }
            End::Agent => self.give(),
        }
    }

    fn take(&mut self) {
        self.piece.resize(PIECE, 0);
        self.from = 0;
        let taken = match self.hub.read(&mut self.piece) {
            Ok(taken) => taken,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return self.piece.clear(),
            Err(_) => 0,
        };
        self.piece.truncate(taken);
        if taken == 0 {
            self.ended = true;
            self.agent = None;
        }
        self.give();
    }

    fn give(&mut self) {
        while let Some(rest) = self.piece.get(self.from..).filter(|rest| !rest.is_empty()) {
            let Some(agent) = &mut self.agent else { return self.forget() };
            match agent.write(rest) {
                Ok(written) => self.from += written,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => {
                    // The agent has closed its stdin. We read on, for the end.
                    self.agent = None;
                    return self.forget();
                }
            }
        }
    }

    /// Nobody reads this.
    fn forget(&mut self) {
        self.piece.clear();
        self.from = 0;
    }
}
