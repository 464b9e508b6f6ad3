//! Consoles are taken in: each gets tasks of its own, on a thread that is not the hub's.

use super::super::brake::Brake;
use super::super::{ConsoleId, Wish};
use super::door::Door;
use super::keep::{Folder, Keep, Kept};
use super::place::PlaceError;
use super::serving;
use crate::store::Reader;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use tokio::net::UnixListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};

/// Consoles at once: more are refused, so that a mistake in a script costs no more than this.
const MOST: usize = 64;

/// Why no socket is served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// There is no place for it.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// There is no thread to be had.
    #[error("the socket can't be served, since there is no thread to be had: {0}")]
    Thread(std::io::Error),
}

/// The socket while it is served.
#[derive(Debug)]
pub(in crate::hub) struct Serving {
    kept: Arc<Mutex<Kept>>,
    end: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

/// Listens on a socket and gives what consoles wish to the hub. The caller holds the lock of the state folder.
///
/// # Errors
/// There is no place for a socket, or no thread.
pub(in crate::hub) fn serve(
    path: &Path,
    folder: Folder,
    reader: Reader,
    wishes: mpsc::UnboundedSender<Wish>,
    brake: Brake,
) -> Result<Serving, ServeError> {
    let (kept, listener) = Kept::bind(path)?;
    let kept = Arc::new(Mutex::new(kept));
    let (end, ended) = watch::channel(false);
    let served = Arc::clone(&kept);
    let serve = move || {
        // Without a runtime nothing is served, and the start says that nobody answers.
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        runtime.block_on(async {
            if let Ok(listener) = UnixListener::from_std(listener) {
                listen(listener, &served, folder, Arc::new(reader), wishes, brake, ended).await;
            }
        });
    };
    let thread = std::thread::Builder::new().name("socket".to_owned()).spawn(serve).map_err(ServeError::Thread)?;
    Ok(Serving { kept, end, thread: Some(thread) })
}

async fn listen(
    mut listener: UnixListener,
    kept: &Mutex<Kept>,
    folder: Folder,
    reader: Arc<Reader>,
    wishes: mpsc::UnboundedSender<Wish>,
    brake: Brake,
    mut ended: watch::Receiver<bool>,
) {
    let look = wishes.clone();
    // A hub that has ended looks at nothing any more.
    let look = move || drop(look.send(Wish::Look));
    let mut keep = Keep::of(&kept.lock().unwrap_or_else(PoisonError::into_inner), folder, look);
    let (mut tasks, mut next) = (tokio::task::JoinSet::new(), 1u64);
    let mut door = Door::default();
    let Ok(mut asked) = signal(SignalKind::terminate()) else { return };
    let Ok(mut interrupted) = signal(SignalKind::interrupt()) else { return };
    loop {
        tokio::select! {
            _ = ended.changed() => break,
            _ = asked.recv() => leave(&brake, &wishes),
            _ = interrupted.recv() => leave(&brake, &wishes),
            came = listener.accept() => match came {
                Ok(_) if kept.lock().unwrap_or_else(PoisonError::into_inner).is_removed() => {}
                // Looked at before it takes a place: however many an agent opens, its human comes in.
                Ok((stream, _)) => match door.admit(&stream) {
                    Ok(pid) if tasks.len() < MOST => {
                        let id = ConsoleId(next);
                        next += 1;
                        let (reader, wishes) = (Arc::clone(&reader), wishes.clone());
                        tasks.spawn(serving::serve(id, pid, stream, reader, wishes, brake.clone()));
                    }
                    Ok(_) => {
                        let why = "too many consoles are attached: leave one of them".to_owned();
                        drop(tokio::spawn(serving::turn_away(stream, why)));
                    }
                    Err(Some(why)) => drop(tokio::spawn(serving::turn_away(stream, why.to_string()))),
                    Err(None) => {}
                },
                // Out of descriptors, say: those that leave make room.
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(100)).await,
            },
            new = keep.anew(kept) => listener = new,
            Some(_) = tasks.join_next() => {}
        }
    }
    // What was said last still goes out; nobody is waited for long.
    let last = async { while tasks.join_next().await.is_some() {} };
    drop(tokio::time::timeout(std::time::Duration::from_secs(1), last).await);
}

/// The hub ends: its agents at once, whatever it is doing, and then itself.
fn leave(brake: &Brake, wishes: &mpsc::UnboundedSender<Wish>) {
    drop(wishes.send(Wish::Leave));
    brake.end_all();
}

impl Serving {
    /// No console comes from now on; those that are there stay.
    pub(in crate::hub) fn shut(&self) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).remove();
    }

    /// Ends it: the socket is gone, consoles have heard what was said last.
    pub(in crate::hub) fn end(mut self) {
        self.shut();
        // A thread that is gone serves nobody any more.
        let _ = self.end.send(true);
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}
