//! The hub as a process of its own: consoles come and go over its socket, and its agents stay.

use super::consoles::Consoles;
use super::socket::{self, ServeError};
use super::{Setup, actor, config};
use crate::store::{Opened, Store, StoreError};
use tokio::sync::mpsc;

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
    let store = match Store::open(&setup.places.state)? {
        Opened::Writer(store) => *store,
        Opened::ReadOnly { why, .. } => return Err(ApartError::Held(why)),
    };
    let (wishes, heard) = mpsc::unbounded_channel();
    let serving = socket::serve(&setup.places.socket, store.reader()?, wishes.clone())?;
    let watched = vec![setup.places.config.clone(), setup.places.policy.clone()];
    // Without a watch, changed settings are seen when a console comes.
    let watching = config::watch(watched, move || drop(wishes.send(super::Wish::Reconfigure))).ok();
    ready();
    actor::run(setup, store, heard, Consoles::default());
    drop(watching);
    serving.end();
    Ok(())
}
