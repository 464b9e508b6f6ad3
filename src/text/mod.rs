//! Text as a terminal must have it: measured, broken, cut, and with nothing hidden in it.
//!
//! - [`visible`](fn@visible), [`prose`]: hostile or odd characters become visible marks; what is plain is borrowed.
//! - [`width`](fn@width), [`graphemes`]: cells, as the terminal counts them (ambiguous characters are one cell).
//! - [`wrap`](fn@wrap), [`clip`], [`end`], [`middle`], [`pad_end`]: rows and columns.
//! - [`ansi`]: a tool's output as lines with colours, as a terminal would leave them.
//! - [`suspicious_host`]: hosts that are not what they look like. [`redact`](fn@redact): secrets taken out.
//! - [`Needle`]: what is searched for, in either case.
//! - [`human`]: sizes, durations, ages, money.
//!
//! Everything here is pure and total: any text, any width.

pub mod ansi;
mod fit;
mod host;
pub mod human;
mod mark;
mod needle;
mod redact;
mod script;
mod visible;
mod width;
mod wrap;

pub use fit::{clip, columns, end, middle, pad_end, pad_start};
pub use host::{HostDoubt, Why, suspicious_host, suspicious_hosts};
pub use needle::Needle;
pub use redact::{Secret, redact};
pub use visible::{Kind, Tabs, Visible, prose, visible, visible_with};
pub use width::{graphemes, width};
pub use wrap::{Rows, rows, wrap};
