//! The loop, the terminal guard, the pacer: the only place of the console that awaits.
//!
//! - `console`: the loop. Quitting beats keys, keys beat frames, frames beat floods; an idle console does not wake.
//! - `terminal`: the terminal, taken and given back whatever happens; one write a frame.
//! - `colours`: syntax colours, on a thread of their own.
//! - `input`: what came from the keyboard, and whether it came alone. - `signals`. - [`pacer`]: when to draw.
//! - `source`: the hub, or the log of a past session. - `still`: one frame as text, without a terminal.

mod colours;
mod console;
mod input;
pub mod pacer;
mod signals;
mod source;
pub mod still;
mod terminal;

pub use console::{Left, Look, RunError, run};
pub use source::Source;
pub use terminal::{Mouse, restore_on_panic};
