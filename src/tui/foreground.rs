//! Who has the terminal, as the kernel sees it: one process group reads it, and only that group is interrupted by its keys.

use nix::sys::signal::{SigSet, Signal};
use rustix::process::{Pid, getpgrp};
use rustix::termios::{OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcgetpgrp, tcsetattr, tcsetpgrp};
use std::io;

/// The terminal as it was before it was given away.
pub(super) struct Kept(Termios);

impl Kept {
    /// Looks.
    ///
    /// # Errors
    /// Stdin is no terminal.
    pub(super) fn now() -> io::Result<Self> {
        Ok(Self(tcgetattr(io::stdin())?))
    }

    /// Takes the terminal back, as it was, without what was typed meanwhile.
    pub(super) fn take_back(&self) -> io::Result<()> {
        give(getpgrp());
        tcsetattr(io::stdin(), OptionalActions::Now, &self.0)?;
        Ok(tcflush(io::stdin(), QueueSelector::IFlush)?)
    }
}

/// Gives the terminal to a group. Where it is not the one that controls us there is nothing to give, and no harm done.
pub(super) fn give(group: Pid) {
    // Whoever is in the background and does this is stopped, unless the signal is blocked.
    let mut stops = SigSet::empty();
    stops.add(Signal::SIGTTOU);
    let blocked = stops.thread_block().is_ok();
    let _ = tcsetpgrp(io::stdin(), group);
    if blocked {
        let _ = stops.thread_unblock();
    }
}

/// Whether the terminal is ours to give; true as well where there is no job control.
pub(super) fn is_ours() -> bool {
    tcgetpgrp(io::stdin()).map_or(true, |group| group == getpgrp())
}
