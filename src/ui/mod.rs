//! The console as a function: [`App`], what comes to it ([`Msg`]), what it wants done ([`Effect`]), and `update` between.
//!
//! Nothing here waits, reads a file, asks the time or fails. The loop in `tui` turns keys into actions by the keymap,
//! calls [`update`](update::update), carries out the effects, and paints; the view reads `&App` and nothing else.

pub mod accept;
pub mod action;
pub mod alarms;
pub mod alike;
pub mod app;
pub mod attention;
pub mod batch;
pub mod card;
pub mod chord;
pub mod complete;
pub mod console;
pub mod copy;
pub mod diffs;
pub mod draft;
pub mod entries;
pub mod find;
pub mod fleet;
pub mod fuzzy;
pub mod grants;
pub mod handover;
pub mod kept;
pub mod marks;
pub mod msg;
pub mod numbers;
pub mod pad;
pub mod palette;
pub mod pane;
mod patch;
pub mod peek;
pub mod picker;
pub mod queue;
pub mod replay;
pub mod room;
pub mod select;
pub mod settings;
pub mod update;

pub use accept::{Accept, PaintedAccept};
pub use action::{Action, Scope};
pub use app::{App, Focus, Grid, HubHome, MouseOwner, Overlay, Toast};
pub use attention::{Attention, Notice, Occasion, Quiet};
pub use card::{CardUi, Menu};
pub use chord::Chord;
pub use complete::Completion;
pub use console::Setup;
pub use copy::CopyTo;
pub use diffs::{DiffUi, Long, Manner};
pub use draft::Draft;
pub use find::{Find, Within};
pub use fleet::{Filter, Fleet, Listed, Sort};
pub use handover::{HandOver, Program, Purpose};
pub use msg::{Effect, Hit, Msg, Painted, PaintedCard, PaneSettled, Press, ShowTo, Want};
pub use numbers::Numbers;
pub use pad::Pad;
pub use pane::{Anchor, PaneUi, Rest};
pub use peek::Peek;
pub use picker::{Picker, PickerKind};
pub use queue::Drawer;
pub use replay::Replay;
pub use select::Select;
