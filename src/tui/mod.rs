//! The loop, the terminal guard, the pacer: the only place of the console that awaits.
//!
//! - `console`: the loop. Quitting beats keys, keys beat frames, frames beat floods; an idle console does not wake.
//! - `terminal`: the terminal, taken and given back whatever happens; one write a frame.
//! - `colours`: syntax colours, on a thread of their own.
//! - `input`: what came from the keyboard, and whether it came alone. - `signals`. - [`pacer`]: when to draw.
//! - `outside`: the bell, notifications, copied texts; `osc` is how a terminal takes them, `errand` runs the user's own
//!   commands for them.
//! - [`pad`]: drafts and history, kept from one start to the next.
//! - `keys`: reading, and not reading. - `handover`: another program has the terminal: an editor, a pager; `foreground`:
//!   who reads it, as the kernel sees it; `private`: the file between.
//! - `desk`: who keeps the configuration. - `ground`: whether the terminal's is dark or light.
//! - [`plain`]: the console as lines, for screen readers.
//! - `source`: the hub, the log of a past session, or a transcript of another tool: [`recording`] answers from its file,
//!   [`recorded`] is its thread, `past` is a log; `kept` is what was read of one, `near` the page where its cursor stands, [`marks`] gathers where a replay of a log can go. - `still`: one frame as text, without a terminal.

mod colours;
mod console;
mod desk;
mod errand;
mod foreground;
mod glimpse;
mod ground;
mod handover;
mod input;
mod kept;
mod keys;
pub mod marks;
mod near;
mod osc;
mod outside;
pub mod pacer;
pub mod pad;
mod past;
pub mod plain;
mod private;
pub mod recorded;
pub mod recording;
mod signals;
mod source;
pub mod still;
mod terminal;

pub use console::{Left, RunError, run};
pub use desk::{Asked, Desk, Look, Marks, Told, Wish};
pub use outside::Outside;
pub use past::Past;
pub use source::{Heard, Source};
pub use terminal::{Mouse, cells, restore_on_panic};
