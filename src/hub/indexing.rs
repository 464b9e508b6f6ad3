//! The index of what is searched follows what is written, on a thread of its own that nothing waits for and that gives way to
//! everything else. It sleeps until it is told that something was written, and gathers for a moment what comes at once.

use crate::search::Index;
use crate::store::StoreError;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::time::{Duration, Instant};

/// After the hub's start, until the agents and the consoles have what they need.
const FIRST: Duration = Duration::from_millis(700);
/// What is written within so long is indexed at once.
const QUIET: Duration = Duration::from_secs(1);
/// So many times as long as a pass took, nothing is indexed.
const REST: u32 = 6;
/// When somebody else writes there.
const AGAIN: Duration = Duration::from_secs(5);

/// The thread; ends when this is dropped.
#[derive(Debug)]
pub(super) struct Indexing(Option<Sender<Heard>>);

/// What tells it that something was written. One that is over hears nothing.
#[derive(Debug, Clone)]
pub(super) struct Indexer(Sender<Heard>);

#[derive(Debug, Clone, Copy)]
enum Heard {
    Written,
    Stop,
}

/// Starts it. Without the thread, sessions are read whenever they are searched.
pub(super) fn start(state: PathBuf) -> Indexing {
    let (tell, heard) = channel();
    let run = move || {
        give_way();
        follow(&state, &heard);
    };
    let started = std::thread::Builder::new().name("index".to_owned()).spawn(run).is_ok();
    Indexing(started.then_some(tell))
}

impl Indexing {
    /// Something was written to the log.
    pub(super) fn written(&self) {
        if let Some(tell) = &self.0 {
            // One that is over indexes no more.
            let _ = tell.send(Heard::Written);
        }
    }

    /// For those who write beside the log.
    pub(super) fn indexer(&self) -> Option<Indexer> {
        self.0.clone().map(Indexer)
    }
}

impl Indexer {
    /// Something was written.
    pub(super) fn written(&self) {
        let _ = self.0.send(Heard::Written);
    }
}

impl Drop for Indexing {
    fn drop(&mut self) {
        // Nobody waits for it: whatever it is doing is one transaction, which is done or is not.
        if let Some(tell) = &self.0 {
            let _ = tell.send(Heard::Stop);
        }
    }
}

fn follow(state: &std::path::Path, heard: &Receiver<Heard>) {
    let (mut due, mut rests) = (Some(Instant::now() + FIRST), Instant::now());
    loop {
        let told = match due {
            Some(at) => heard.recv_timeout(at.saturating_duration_since(Instant::now())),
            None => heard.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match told {
            Ok(Heard::Stop) | Err(RecvTimeoutError::Disconnected) => return,
            Ok(Heard::Written) => {
                due.get_or_insert_with(|| (Instant::now() + QUIET).max(rests));
            }
            Err(RecvTimeoutError::Timeout) => {
                let began = Instant::now();
                let (mut stop, mut more) = (false, false);
                let mut goes_on = || loop {
                    match heard.try_recv() {
                        Ok(Heard::Stop) | Err(TryRecvError::Disconnected) => {
                            stop = true;
                            return false;
                        }
                        Ok(Heard::Written) => more = true,
                        Err(TryRecvError::Empty) => return true,
                    }
                };
                let passed = pass(state, &mut goes_on);
                if stop {
                    return;
                }
                rests = Instant::now() + began.elapsed() * REST;
                due = match passed {
                    Ok(()) if more => Some((Instant::now() + QUIET).max(rests)),
                    Err(StoreError::Locked(_)) => Some(Instant::now() + AGAIN),
                    // What can't be written now is tried again with what is written next: until then all of it is read.
                    Ok(()) | Err(_) => None,
                };
            }
        }
    }
}

/// Opened for each pass: between two, nothing of it is held.
fn pass(state: &std::path::Path, goes_on: &mut dyn FnMut() -> bool) -> Result<(), StoreError> {
    match Index::open(state)?.catch_up(state, goes_on) {
        Err(StoreError::Damaged { why, path }) if path == Index::path_in(state) => {
            Index::anew(state, &format!("it was damaged ({why})"))?.catch_up(state, goes_on)?;
        }
        other => drop(other?),
    }
    Ok(())
}

/// This thread runs where nothing else wants to.
fn give_way() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), 19);
}
