//! The hub's hold on an agent: send it a line, let it end, end it now.

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use tokio::process::ChildStdin;
use tokio::sync::{mpsc, watch};

/// The most lines that wait to be written.
pub(super) const QUEUE: usize = 256;

/// An agent that has not taken a line for so long does not read.
const STUCK_AFTER: Duration = Duration::from_secs(30);

/// What the hub wants of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// That it runs.
    Run,
    /// That it ends by itself.
    Close,
    /// That it ends now.
    Kill,
}

/// Why a line was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The agent does not read its stdin.
    #[error("the agent has not read its input for {0} s: nothing was sent; interrupt the turn or end the session")]
    Stuck(u64),
    /// Its stdin is closed.
    #[error("the agent has closed its input: nothing was sent; start the session again")]
    Closed,
}

/// Since when the writer has been waiting for the agent to read.
#[derive(Debug, Clone, Default)]
pub(super) struct Progress(Arc<Mutex<Option<Instant>>>);

impl Progress {
    fn set(&self, since: Option<Instant>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = since;
    }

    fn waiting(&self) -> Duration {
        let since = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        since.map_or(Duration::ZERO, |since| since.elapsed())
    }
}

/// The hold on one agent. Dropping it closes the agent.
#[derive(Debug)]
pub struct Handle {
    pid: u32,
    lines: mpsc::Sender<Vec<u8>>,
    end: Ender,
    progress: Progress,
}

/// Ends one agent, from any thread, whatever the one that holds it is doing.
#[derive(Debug, Clone)]
pub struct Ender {
    /// The process itself: a signal sent by it can't meet another process with the same pid.
    process: Option<Arc<OwnedFd>>,
    wish: watch::Sender<Wish>,
}

impl Ender {
    /// Ends the whole tree now.
    pub fn kill(&self) {
        if let Some(process) = &self.process {
            // Gone already is as good.
            let _ = pidfd_send_signal(process, Signal::TERM);
            let _ = pidfd_send_signal(process, Signal::CONT);
        }
        self.wish.send_replace(Wish::Kill);
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // Another one may still hold its end: the agent is closed all the same.
        self.close();
    }
}

impl Handle {
    /// A hold on a process that was just started.
    pub(super) fn new(pid: Option<u32>, lines: mpsc::Sender<Vec<u8>>, wish: watch::Sender<Wish>) -> Self {
        let pid = pid.unwrap_or_default();
        let known = i32::try_from(pid).ok().and_then(Pid::from_raw);
        let process = known.and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok()).map(Arc::new);
        Self { pid, lines, end: Ender { process, wish }, progress: Progress::default() }
    }

    /// What the writer tells of its waiting.
    pub(super) fn progress(&self) -> Progress {
        self.progress.clone()
    }

    /// The pid of the agent's parent (`taut __agent`).
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Queues a line (without its newline) for the agent. Never waits.
    ///
    /// # Errors
    /// Where the agent does not read, or has gone.
    pub fn send(&self, line: impl Into<Vec<u8>>) -> Result<(), SendError> {
        let waiting = self.progress.waiting();
        if waiting > STUCK_AFTER {
            return Err(SendError::Stuck(waiting.as_secs()));
        }
        if *self.end.wish.borrow() != Wish::Run {
            return Err(SendError::Closed);
        }
        self.lines.try_send(line.into()).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => SendError::Stuck(waiting.as_secs()),
            mpsc::error::TrySendError::Closed(_) => SendError::Closed,
        })
    }

    /// Closes the agent's stdin after what is queued, so that it ends by itself; its time over, its tree is ended.
    pub fn close(&self) {
        self.end.wish.send_if_modified(|wish| {
            let changes = *wish == Wish::Run;
            if changes {
                *wish = Wish::Close;
            }
            changes
        });
    }

    /// Ends the whole tree now.
    pub fn kill(&self) {
        self.end.kill();
    }

    /// What ends it from another thread.
    #[must_use]
    pub fn ender(&self) -> Ender {
        self.end.clone()
    }
}

/// Writes what is queued, until the hub wants the end or the agent has closed its stdin.
pub(super) async fn write(
    mut stdin: ChildStdin,
    mut queue: mpsc::Receiver<Vec<u8>>,
    mut wished: watch::Receiver<Wish>,
    progress: Progress,
) {
    loop {
        let line = tokio::select! {
            biased;
            line = queue.recv() => line,
            () = wish_to_end(&mut wished) => None,
        };
        let Some(mut line) = line else { return };
        line.push(b'\n');
        progress.set(Some(Instant::now()));
        let written = tokio::select! {
            biased;
            written = stdin.write_all(&line) => written.is_ok(),
            // What was queued before the wish may still go, but the end does not wait for an agent that reads nothing.
            () = no_patience_left(wished.clone()) => false,
        };
        progress.set(None);
        if !written {
            return;
        }
    }
}

/// How long the end waits for the agent to read what was sent before.
const LAST_LINES: Duration = Duration::from_millis(250);

async fn no_patience_left(mut wished: watch::Receiver<Wish>) {
    wish_to_end(&mut wished).await;
    tokio::time::sleep(LAST_LINES).await;
}

/// Waits until the process shall end; a dropped handle wishes so too.
pub(super) async fn wish_to_end(wished: &mut watch::Receiver<Wish>) {
    let _ = wished.wait_for(|wish| *wish != Wish::Run).await;
}
