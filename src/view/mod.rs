//! The screen as a function: [`layout`] makes a [`Scene`] of the app, [`paint()`] puts it into cells.
//!
//! A frame costs what changed and what is visible: rows of entries are kept in a [`Cache`] by session, entry, width and
//! fold, and a message that grows is broken anew only from its last line on. Nothing an agent says is drawn raw.
//!
//! - `frame` divides the screen, `grid` its panes; `header`, `rail`, `pane`, `inspector`, `footer`, `overlay`, `replay_bar`, `empty` fill it.
//! - `timeline` shows the entries of a session from where `scroll` finds the first row; `entry` makes their rows.
//! - `flag` is what a watchdog says of a session. - `find` is a search on the screen: its line, and the marks in the rows.
//! - `card`, `batch` and `queue` show what waits: a request whole, several of them whole, all of them in a line each. `payload` is what a call would
//!   do, in rows that lose no byte; `diff` is the change of one file in it.

mod area;
mod batch;
mod body;
mod cache;
mod card;
mod clock;
mod columns;
mod complete;
mod composer;
mod cx;
mod diff;
mod elsewhere;
mod empty;
mod entry;
mod find;
mod flag;
mod flow;
mod footer;
mod frame;
mod glyphs;
mod grid;
mod header;
pub mod highlight;
mod inspector;
mod meter;
mod overlay;
mod paint;
mod pane;
mod past;
pub mod payload;
pub mod plain;
mod print;
mod queue;
mod rail;
mod replay_bar;
mod row;
mod scene;
mod scroll;
mod select;
mod tail;
mod timeline;

pub use area::Area;
pub use cache::Cache;
pub use flow::Styled;
pub use glyphs::{ASCII, Glyphs, Mark, UNICODE};
pub use paint::paint;
pub use payload::{CodeFound, CodeWanted};
pub use print::{Sink, to_text, walk};
pub use row::{Break, Row};
pub use scene::{Look, Region, Scene, Span};

use crate::domain::At;
use crate::ui::App;
use cx::Cx;

/// The least that can be used: columns, rows.
pub const LEAST: (u16, u16) = (20, 6);

/// The signs that are left, in ASCII.
fn ascii(scene: &mut Scene) {
    let rows = scene.regions.iter_mut().flat_map(|region| &mut region.rows);
    for span in rows.flat_map(|row| &mut row.spans) {
        if let Some(text) = glyphs::in_ascii(&span.text) {
            span.text = text.into();
        }
    }
}

/// Makes the frame of an app as of `now` (in a replay its own clock). Total: any app, any size.
#[must_use]
pub fn layout(app: &App, cache: &mut Cache, size: (u16, u16), now: At) -> Scene {
    let cx = Cx { app, now, glyphs: cache.glyphs() };
    let mut scene = Scene { size, title: frame::window_title(&cx), ..Scene::default() };
    cache.begin();
    frame::draw(&cx, cache, &mut scene);
    cache.end();
    if cx.glyphs.ascii {
        ascii(&mut scene);
    }
    let wants = &mut scene.painted.wants;
    wants.sort_unstable();
    wants.dedup();
    scene
}
