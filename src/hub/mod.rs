//! The hub: an actor that owns the agents and is the only writer of the log.
//!
//! It takes commands, answers queries and publishes records: plain data, so that a socket can stand between it and a
//! console with nothing changed. It lives on a thread of its own that never ends before the process does (agents die
//! with it). One file an idea:
//! - `actor`: the loop; what wakes it. - `log`: drafts become records: coalesced, committed, then published.
//! - `start`: from a name to an open conversation. - `sessions`: an agent heard, told, and ended. - `turns`: prompts,
//!   queues, the end of a turn.
//! - `requests`: the life of a request up to its answer. - `answers`: decided, on record, sent; held where the store
//!   fails. - `witness`: what a committed fact implies: a decision taken up, a call that ran unasked. - `digest`: what
//!   exactly was asked. - `lead`: where paths really lead. - `standing`: where pieces stand in their files.
//! - `shelf`: sessions renamed, put away, deleted. - `reopen`: an ended one is started again.
//! - `deadlines`: what happens because nothing happens. - `coalesce`: streams in pieces.
//! - `recover`: what a crash left. - `reading`: queries, on a thread of their own; `files`: those about the workspace. - [`config`]: what the human wrote.

mod actor;
mod answers;
mod coalesce;
pub mod config;
mod deadlines;
mod digest;
mod files;
mod lead;
mod log;
mod reading;
mod recover;
mod reopen;
mod requests;
mod search;
mod sessions;
mod shelf;
mod standing;
mod start;
mod turns;
mod witness;

pub use reading::{answer, session_at, state as reading_state};

use crate::domain::{Answer, Command, CommandId, HubStatus, Query, Record, Reply};
use crate::store::{Opened, Store, StoreError};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::mpsc;

/// What the hub tells every console, in order.
#[derive(Debug, Clone)]
pub enum Published {
    /// New records; they are committed.
    Records(Arc<[Record]>),
    /// What is not a record.
    Status(HubStatus),
    /// The reply to a command of this console.
    Replied(CommandId, Reply),
    /// The answer to a query of this console.
    Answered(Answer),
    /// The store can't be opened or read: there is no hub. Nothing but `Left` follows.
    Failed(Arc<StoreError>),
    /// The hub has ended everything it owned; nothing follows.
    Left,
}

/// What the hub needs to begin.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The path of taut itself: agents start through it.
    pub program: PathBuf,
    /// Where things are.
    pub places: config::Places,
    /// What the human configured.
    pub settings: config::Settings,
}

/// Why the hub can't run.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no thread to be had.
    #[error("the hub cannot run, since there is no thread to be had: {0}; end other programs and try again")]
    Thread(std::io::Error),
}

/// What is asked of the hub.
#[derive(Debug)]
enum Wish {
    Do(CommandId, Box<Command>),
    Ask(Query),
    Reconfigure,
    Leave,
}

/// A console's end of the hub.
#[derive(Debug)]
pub struct Link {
    wishes: mpsc::UnboundedSender<Wish>,
    /// What the hub publishes.
    pub published: mpsc::UnboundedReceiver<Published>,
    thread: Option<JoinHandle<()>>,
}

/// Only a sender of wishes, for other threads.
#[derive(Debug, Clone)]
pub struct Wishes(mpsc::UnboundedSender<Wish>);

impl Wishes {
    /// The files of the configuration may have changed.
    pub fn reconfigure(&self) {
        drop(self.0.send(Wish::Reconfigure));
    }
}

impl Link {
    /// Asks for something to be done. Never waits; a hub that is gone shows by the end of `published`.
    pub fn send(&self, id: CommandId, command: Command) {
        drop(self.wishes.send(Wish::Do(id, Box::new(command))));
    }

    /// Asks for something to be read.
    pub fn ask(&self, query: Query) {
        drop(self.wishes.send(Wish::Ask(query)));
    }

    /// A sender of wishes for another thread.
    #[must_use]
    pub fn wishes(&self) -> Wishes {
        Wishes(self.wishes.clone())
    }

    /// Ends every agent and the hub. `Published::Left` follows when nothing is left.
    pub fn leave(&self) {
        drop(self.wishes.send(Wish::Leave));
    }

    /// Waits for the hub's thread after `leave`.
    pub fn join(&mut self) {
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// Starts the hub on a thread of its own.
///
/// # Errors
/// Where there is no thread to be had. A store that can't be opened is told as [`Published::Failed`].
pub fn start(setup: Setup) -> Result<Link, StartError> {
    let (wishes, heard) = mpsc::unbounded_channel();
    let (publish, published) = mpsc::unbounded_channel();
    // The store is opened over there: the first frame does not wait for it.
    let live = move || match Store::open(&setup.places.state) {
        Ok(Opened::Writer(store)) => actor::run(setup, *store, heard, &publish),
        Ok(Opened::ReadOnly { reader, why }) => reading::run_read_only(&reader, &why, heard, &publish),
        Err(error) => drop(publish.send(Published::Failed(Arc::new(error)))),
    };
    let thread = std::thread::Builder::new().name("hub".to_owned()).spawn(live);
    Ok(Link { wishes, published, thread: Some(thread.map_err(StartError::Thread)?) })
}
