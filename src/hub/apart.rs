//! The hub as a process of its own: consoles come and go over its socket, and its agents stay.

use super::brake::Brake;
use super::consoles::Consoles;
use super::socket::{self, Folder, ServeError};
use super::{Setup, actor, config, recordings};
use crate::agent::process::tree;
use crate::store::{Opened, Store, StoreError};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// How long a state folder may be held by one that is about to be gone.
const TAKEN: Duration = Duration::from_millis(500);
/// How often it is tried meanwhile.
const GLANCE: Duration = Duration::from_millis(10);

/// Why there is no such hub.
#[derive(Debug, thiserror::Error)]
pub enum ApartError {
    /// The store can't be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another process writes there.
    #[error("{0}")]
    Held(String),
    /// There can be no socket.
    #[error(transparent)]
    Serve(#[from] ServeError),
}

/// Runs the hub on this thread until it is told to stop, by a console or by SIGTERM; then every agent has ended.
/// `ready` is called as soon as consoles can come.
///
/// # Errors
/// There is no hub to be had here.
pub fn run(setup: Setup, ready: impl FnOnce()) -> Result<(), ApartError> {
    let store = open(&setup)?;
    tree::adopt_orphans();
    let (wishes, heard) = mpsc::unbounded_channel();
    let brake = Brake::new(&wishes);
    let folder = Folder::of(&setup.places);
    let serving = socket::serve(&setup.places.socket, folder, store.reader()?, wishes.clone(), brake.clone())?;
    let hook_wishes = wishes.downgrade();
    let following = recordings::follow(&setup.places);
    let changed = move || drop(wishes.send(super::Wish::Reconfigure));
    // Without a watch, changed settings are seen when a console comes.
    let watching = config::watch_settings(&setup.places, changed).ok();
    // Where it can't be, no agent is given a hook, and its session says so.
    let hooks = socket::serve_hooks(&setup.places.hooks(), folder, hook_wishes).ok();
    ready();
    let consoles = Consoles::with(following.as_ref().map(recordings::Following::follower));
    actor::run(setup, store, heard, consoles, brake, hooks, || serving.shut());
    drop(watching);
    drop(following);
    serving.end();
    Ok(())
}

/// The store. One that has just died holds its lock until the kernel has taken it apart.
fn open(setup: &Setup) -> Result<Store, ApartError> {
    let until = Instant::now() + TAKEN;
    loop {
        match Store::open(&setup.places.state)? {
            Opened::Writer(store) => return Ok(*store),
            Opened::ReadOnly { why, .. } if Instant::now() >= until => return Err(ApartError::Held(why)),
            // Another one was quicker: it is not about to be gone, and nobody takes its place when it ends.
            Opened::ReadOnly { why, .. } if socket::listener(&setup.places.socket, &setup.places.state).is_ok() => {
                return Err(ApartError::Held(why));
            }
            Opened::ReadOnly { .. } => std::thread::sleep(GLANCE),
        }
    }
}
