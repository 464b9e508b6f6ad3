//! Signals, as things that happen to the loop.

use std::io;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// End: SIGTERM, SIGHUP, SIGINT.
    Leave,
    /// Stop, as job control does: SIGTSTP.
    Stop,
    /// Go on after a stop that was not ours to prepare: SIGCONT.
    GoOn,
    /// Panic, so that a test can see what is left: SIGUSR2, in debug builds only.
    #[cfg(debug_assertions)]
    Panic,
}

impl Asked {
    #[cfg(debug_assertions)]
    const PANIC: Self = Self::Panic;
    #[cfg(not(debug_assertions))]
    const PANIC: Self = Self::Leave;
}

/// The signals that the console listens to.
#[derive(Debug)]
pub(super) struct Signals {
    term: Signal,
    hup: Signal,
    int: Signal,
    tstp: Signal,
    cont: Signal,
    #[cfg(debug_assertions)]
    usr2: Signal,
}

impl Signals {
    /// Listens. Must be called inside the runtime.
    ///
    /// # Errors
    /// The system refuses.
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self {
            term: signal(SignalKind::terminate())?,
            hup: signal(SignalKind::hangup())?,
            int: signal(SignalKind::interrupt())?,
            tstp: signal(SignalKind::from_raw(rustix::process::Signal::TSTP.as_raw()))?,
            cont: signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()))?,
            #[cfg(debug_assertions)]
            usr2: signal(SignalKind::user_defined2())?,
        })
    }

    /// The next one.
    pub(super) async fn next(&mut self) -> Asked {
        #[cfg(debug_assertions)]
        let panic = self.usr2.recv();
        #[cfg(not(debug_assertions))]
        let panic = std::future::pending::<Option<()>>();
        tokio::select! {
            _ = self.term.recv() => Asked::Leave,
            _ = self.hup.recv() => Asked::Leave,
            _ = self.int.recv() => Asked::Leave,
            _ = self.tstp.recv() => Asked::Stop,
            _ = self.cont.recv() => Asked::GoOn,
            _ = panic => Asked::PANIC,
        }
    }
}

/// Stops this process as SIGTSTP would; returns when it goes on.
pub(super) fn stop_here() {
    // A process that can't stop itself goes on at once: nothing is lost by it.
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::STOP);
}
