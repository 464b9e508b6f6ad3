//! The hub: an actor that owns the agents and is the only writer of the log.
//!
//! It takes commands, answers queries and publishes records: plain data, so that a socket can stand between it and a
//! console with nothing changed. It lives on a thread of its own that never ends before the process does (agents die
//! with it). One file an idea:
//! - `actor`: the loop; what wakes it. - `log`: drafts become records: coalesced, committed, then published.
//! - `start`: from a name to an open conversation. - `sessions`: an agent heard, told, and ended. - `turns`: prompts,
//!   queues, the end of a turn.
//! - `brake`: ends everything at once, whatever the loop is doing. - [`halts`]: what a halt past the hub leaves for it.
//! - `left`: what an interrupted turn left running is ended.
//! - `own`: what taut does itself in an agent's place. - [`marks`]: whose a process is, by its mark.
//! - `requests`: the life of a request up to its answer. - `judged`: what policy says of a call, also as a human changed it. - `answers`: decided, on record, sent; held where the store
//!   fails. - `witness`: what a committed fact implies: a decision taken up, a call that ran unasked; `refused`: one that ran although it was refused. - `digest`: what
//!   exactly was asked. - `lead`: where paths really lead. - `aim`: which files a call really writes. - `standing`: where pieces stand in their files.
//! - `scripts`: what a script may do, with which token. - `rules`: settings that change while agents run.
//! - `hooks`: what the hooks of agents ask.
//! - `grants`: a standing allowance is taken back.
//! - `shelf`: sessions renamed, put away, deleted. - `reopen`: an ended one is started again. `brief`: one is told for another agent. `onward`: one of another tool goes on. - `way`: a
//!   conversation goes back, is forked, and tells what it holds.
//! - `budget`: what is spent beyond a limit. - `deadlines`: what happens because nothing happens. - `coalesce`: streams in pieces.
//! - `recordings`: sessions of other tools are followed and kept. `indexing`: what is searched is indexed; `everywhere`: it is
//!   searched. - `fault`: where tests kill the hub. - `recover`: what a crash left. - `reading`: queries, on a thread of their own; `files`, `loss`: those about the workspace; `past`: those about the workspace as it was. - [`config`]: what the human wrote.

mod actor;
mod aim;
mod anew;
mod answers;
pub mod apart;
mod brake;
mod brief;
mod budget;
mod checkpoints;
mod claims;
mod coalesce;
pub mod config;
mod consoles;
mod deadlines;
mod digest;
mod diverged;
mod elsewhere;
mod everywhere;
mod fault;
mod files;
mod grants;
pub mod halts;
mod hooks;
mod indexing;
mod judged;
mod lead;
mod left;
mod log;
mod loss;
pub mod marks;
pub mod numbers;
mod onward;
mod own;
mod parts;
mod passing;
mod past;
mod plan;
mod reading;
mod recordings;
mod recover;
mod refused;
mod reopen;
mod requests;
mod rules;
pub(crate) mod scripts;
mod search;
mod sessions;
mod shelf;
pub mod socket;
mod standing;
mod start;
mod turns;
mod way;
mod witness;

use brake::Brake;
pub use brief::brief;
pub use checkpoints::HALF_UNDONE;
pub use consoles::ConsoleId;
pub use hooks::patience;
pub use lead::lead;
pub use loss::{Keeping, losses};
pub use past::{FileAt, blob_at, file_at};
pub use reading::{answer, each_of_hub, spans, state as reading_state, tokens};

/// How its sessions are read.
pub use crate::stories::{Held, TRANSCRIPT, page_entries, session_at};

use crate::domain::{Answer, Command, CommandId, Elsewhere, HubStatus, Query, Record, Reply};
use crate::state::State;
use crate::store::{Opened, Reader, Store, StoreError};
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
    /// Sessions of other tools that are otherwise than before, for a console that asked for all of them.
    Elsewhere(Arc<[Elsewhere]>),
    /// Everything that is known, which this console asked for; what was published before is in it.
    Known(Box<State>),
    /// The store can't be opened or read: there is no hub. Nothing but `Left` follows.
    Failed(Arc<StoreError>),
    /// There is no hub to be had: one sentence. Nothing follows.
    Absent(String),
    /// The link to a hub in another process broke, with why; or is back. Never said by a hub itself.
    Link(Option<String>),
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
    /// A console comes, and is told everything from now on.
    Join(ConsoleId, consoles::Line, consoles::Peer),
    /// A console goes; its agents stay.
    Part(ConsoleId),
    Do(ConsoleId, CommandId, Box<Command>),
    Ask(ConsoleId, Query),
    Reconfigure,
    /// A hook of an agent's asks.
    Hook(Box<hooks::Asked>),
    /// It is gone.
    HookGone(hooks::HookId),
    /// Something beside the log was taken away: is the log still where it was?
    Look,
    /// What became of what the commands of a session left running.
    Swept(crate::domain::SessionId, crate::agent::process::left::Swept),
    /// The console leaves; a hub in its process ends.
    Leave,
    /// The hub ends, wherever it lives.
    Stop,
    /// What a pull of the brake came to: processes that live, of so many that were known before.
    Halted {
        alive: u32,
        before: u32,
    },
}

/// The console in the hub's own process.
const HERE: ConsoleId = ConsoleId(0);

/// A console's end of the hub.
#[derive(Debug)]
pub struct Link {
    wishes: mpsc::UnboundedSender<Wish>,
    /// What the hub publishes.
    pub published: mpsc::UnboundedReceiver<Published>,
    thread: Option<JoinHandle<()>>,
    /// The brake of a hub in this process.
    brake: Option<Brake>,
    home: Home,
}

/// Where a hub lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// In this process: it ends with it.
    Here,
    /// In a process of its own.
    Away,
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
        // Pulled here, so that it waits for nothing that the hub is doing.
        if let (Command::Halt, Some(brake)) = (&command, &self.brake) {
            brake.pull();
        }
        drop(self.wishes.send(Wish::Do(HERE, id, Box::new(command))));
    }

    /// Asks for something to be read.
    pub fn ask(&self, query: Query) {
        drop(self.wishes.send(Wish::Ask(HERE, query)));
    }

    /// A sender of wishes for another thread.
    #[must_use]
    pub fn wishes(&self) -> Wishes {
        Wishes(self.wishes.clone())
    }

    /// A console's end of a hub in another process: leaving it leaves the hub alone.
    fn away(
        wishes: mpsc::UnboundedSender<Wish>,
        published: mpsc::UnboundedReceiver<Published>,
        thread: JoinHandle<()>,
    ) -> Self {
        Self { wishes, published, thread: Some(thread), brake: None, home: Home::Away }
    }

    /// Where the hub lives.
    #[must_use]
    pub fn home(&self) -> Home {
        self.home
    }

    /// Leaves the hub: one in this process ends with every agent, one in its own goes on. `Published::Left` follows.
    pub fn leave(&self) {
        drop(self.wishes.send(Wish::Leave));
    }

    /// Ends a hub in another process, with every agent it owns. One in this process is left by [`Self::leave`].
    pub fn stop(&self) {
        drop(self.wishes.send(Wish::Stop));
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
    let brake = Brake::new(&wishes);
    let its = brake.clone();
    // A weak one: where the console is gone without a word, the hub hears it.
    let hooks = wishes.downgrade();
    let live = move || live_here(setup, heard, &publish, its, hooks);
    let thread = std::thread::Builder::new().name("hub".to_owned()).spawn(live).map_err(StartError::Thread)?;
    Ok(Link { wishes, published, thread: Some(thread), brake: Some(brake), home: Home::Here })
}

/// The hub in this process, until it is left.
fn live_here(
    setup: Setup,
    heard: mpsc::UnboundedReceiver<Wish>,
    publish: &mpsc::UnboundedSender<Published>,
    brake: Brake,
    hooks: mpsc::WeakUnboundedSender<Wish>,
) {
    match Store::open(&setup.places.state) {
        Ok(Opened::Writer(store)) => {
            let following = recordings::follow(&setup.places);
            let follower = following.as_ref().map(recordings::Following::follower);
            let mut consoles = consoles::Consoles::with(follower);
            consoles.join(HERE, consoles::Line::Here(publish.clone()), consoles::Peer::here());
            // Where it can't be, no agent is given a hook, and its session says so.
            let hooks = socket::serve_hooks(&setup.places.hooks(), socket::Folder::of(&setup.places), hooks).ok();
            actor::run(setup, *store, heard, consoles, brake, hooks, || ());
        }
        Ok(Opened::ReadOnly { reader, why }) => reading::run_read_only(&reader, &why, heard, publish),
        Err(error) => drop(publish.send(Published::Failed(Arc::new(error)))),
    }
}

/// Links to the hub of a state folder that is a process of its own; where none runs, or it dies, `begin` starts one. Neither is waited
/// for: what comes of it is published. Everything that is known is asked for with the first word. Where a taut with its hub inside holds the folder, this one can look.
///
/// # Errors
/// Where there is no thread to be had.
pub fn attach(setup: Setup, begin: impl Fn() -> Result<(), String> + Send + 'static) -> Result<Link, StartError> {
    let (wishes, heard) = mpsc::unbounded_channel();
    let (publish, published) = mpsc::unbounded_channel();
    let live = move || {
        let (path, state) = (setup.places.socket.clone(), setup.places.state.clone());
        match socket::find(&path, &setup.places.state) {
            Ok(met) => socket::talk((path, state), met, heard, publish, Box::new(begin)),
            Err(error) if !error.is_absent() => drop(publish.send(Published::Absent(error.to_string()))),
            Err(_) => match held(&setup) {
                Some((reader, why)) => {
                    drop(publish.send(reading::answer(&reader, &Query::Snapshot)));
                    reading::run_read_only(&reader, &why, heard, &publish);
                }
                None => match begin().and_then(|()| socket::find(&path, &state).map_err(|error| error.to_string())) {
                    Ok(met) => socket::talk((path, state), met, heard, publish, Box::new(begin)),
                    Err(why) => drop(publish.send(Published::Absent(why))),
                },
            },
        }
    };
    let thread = std::thread::Builder::new().name("link".to_owned()).spawn(live).map_err(StartError::Thread)?;
    Ok(Link::away(wishes, published, thread))
}

/// Where another process writes in the state folder and serves no socket: what there is to look at. This one never
/// writes there, though it may be free by now: a hub inside a console would end with it.
fn held(setup: &Setup) -> Option<(Reader, String)> {
    Reader::open(&setup.places.state).ok().filter(|reader| reader.writer().is_some())?;
    match Store::open(&setup.places.state) {
        Ok(Opened::ReadOnly { reader, why }) => Some((reader, why)),
        Ok(Opened::Writer(_)) | Err(_) => None,
    }
}
