//! The hub's socket: the same words that a console in its own process speaks, as lines of JSON.
//!
//! - `place`: where the socket is, and whose. - `wire`: what is said. - `peer`: who may say it.
//! - `server`: consoles are taken in. - `door`: who comes is looked at first. - `keep`: the socket's file, made anew where somebody takes it away. - `serving`: one of them. - `mailbox`: what waits for it, bounded.
//! - `hooks`: a socket apart, for the hooks of agents.
//! - `client`: a console's end, which looks like a hub in the same process, and comes back by itself. - `listener`: whether it is the hub that listens.

mod client;
mod door;
mod hooks;
mod keep;
mod listener;
mod mailbox;
mod peer;
mod place;
mod server;
mod serving;
mod wire;

pub use client::{ConnectError, connect, listener};
pub(in crate::hub) use client::{find, talk};
pub(in crate::hub) use hooks::{HooksServed, serve_hooks};
pub use hooks::{Question, SAID_MAX, ask_hub, too_long};
pub(in crate::hub) use keep::Folder;
pub use listener::Stranger;
pub use mailbox::Mailbox;
pub use peer::{Refused, own_mark};
pub use place::PlaceError;
pub use server::ServeError;
pub(in crate::hub) use server::serve;
pub(in crate::hub) use wire::part;
pub use wire::{Role, WIRE};
