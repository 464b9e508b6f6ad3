//! The console as a function: [`App`], what comes to it ([`Msg`]), what it wants done ([`Effect`]), and `update` between.
//!
//! Nothing here waits, reads a file, asks the time or fails. The loop in `tui` turns keys into actions by the keymap,
//! calls [`update`](update::update), carries out the effects, and paints; the view reads `&App` and nothing else.

pub mod action;
pub mod app;
pub mod card;
pub mod chord;
pub mod console;
pub mod draft;
pub mod fuzzy;
pub mod marks;
pub mod msg;
pub mod pane;
pub mod picker;
pub mod replay;
pub mod room;
pub mod update;

pub use action::{Action, Scope};
pub use app::{App, Focus, Grid, HubHome, Overlay, Toast};
pub use card::{CardUi, Menu};
pub use chord::Chord;
pub use console::Setup;
pub use msg::{Effect, Hit, Msg, Painted, PaintedCard, PaneSettled, Press, Want};
pub use pane::{Anchor, PaneUi};
pub use picker::{Picker, PickerKind};
pub use replay::Replay;
