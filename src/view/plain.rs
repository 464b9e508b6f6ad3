//! Parts of a frame as lines, for who hears them: the open card whole, what lies over everything, what is wrong.

use super::{Area, Cache, Cx, Region, Scene, batch, card, header, overlay, to_text};
use crate::domain::At;
use crate::text;
use crate::ui::{App, Overlay, Painted, Want};

/// Rows of a card that are said at once; of a longer one, reading on says the rest.
pub const LEAF: u16 = 4_000;
/// Rows that something over everything may have.
const OVER: u16 = 400;

/// What is said, and what of it counts as shown once it has left.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Spoken {
    /// One line each; nothing hidden in them.
    pub lines: Vec<String>,
    /// What they show.
    pub painted: Painted,
}

fn cx<'a>(app: &'a App, cache: &Cache, now: At) -> Cx<'a> {
    Cx { app, now, glyphs: cache.glyphs() }
}

/// The open card, as it would stand on a screen high enough for all of it; nothing where none is open.
#[must_use]
pub fn card(app: &App, cache: &mut Cache, width: u16, now: At) -> Option<Spoken> {
    let open = app.card.as_ref()?;
    let cx = cx(app, cache, now);
    cache.begin();
    let plugged = card::layout(&cx, open, cache, Area::screen((width, LEAF)));
    cache.end();
    let (lines, wants) = (lines(&cx, &plugged.regions), each_once(plugged.wants));
    Some(Spoken { lines, painted: Painted { card: plugged.card, diffs: plugged.diffs, wants, ..Painted::default() } })
}

/// The open card of several, as it would stand on a screen high enough for all of it; nothing where none is open.
#[must_use]
pub fn batch(app: &App, cache: &mut Cache, width: u16, now: At) -> Option<Spoken> {
    let open = app.batch.as_ref()?;
    let cx = cx(app, cache, now);
    cache.begin();
    let plugged = batch::layout(&cx, open, cache, Area::screen((width, LEAF)));
    cache.end();
    let (lines, wants) = (lines(&cx, &plugged.regions), each_once(plugged.wants));
    Some(Spoken { lines, painted: Painted { batch: Some(plugged.batch), wants, ..Painted::default() } })
}

/// The rows of regions as lines, without those that only part them.
fn lines(cx: &Cx<'_>, regions: &[Region]) -> Vec<String> {
    let rows = regions.iter().flat_map(|region| &region.rows);
    let text = rows.map(|row| row.spans.iter().map(|span| span.text.as_ref()).collect::<String>());
    text.map(|line| line.trim_end().to_owned()).filter(|line| !is_rule(line, cx.glyphs.across)).collect()
}

fn each_once(mut wants: Vec<Want>) -> Vec<Want> {
    wants.sort_unstable();
    wants.dedup();
    wants
}

/// What lies over everything, row by row.
#[must_use]
pub fn over(app: &App, cache: &mut Cache, width: u16, now: At) -> Spoken {
    let Some(over) = &app.overlay else { return Spoken::default() };
    let cx = cx(app, cache, now);
    let rows = match over {
        // All of it is said at once: what is done rests on it.
        Overlay::Undo(_) | Overlay::Review(_) => LEAF,
        Overlay::Way(_) | Overlay::Context(_) | Overlay::Settings(_) => OVER,
        _ => OVER / 2,
    };
    let mut scene = Scene { size: (width, rows), ..Scene::default() };
    let area = Area::screen(scene.size);
    cache.begin();
    overlay::draw(&cx, cache, &mut scene, area, over);
    cache.end();
    let across = cx.glyphs.across;
    let strip = |line: &str| line.trim_end().trim_start_matches(across).trim_end_matches(across).to_owned();
    let lines = to_text(&scene).lines().map(strip).filter(|line| !line.trim().is_empty()).collect();
    let Painted { accept, undo, wants, .. } = scene.painted;
    Spoken { lines, painted: Painted { accept, undo, wants: each_once(wants), ..Painted::default() } }
}

/// What a human must know of the hub and the link to it.
#[must_use]
pub fn troubles(app: &App, cache: &Cache, now: At) -> Vec<String> {
    let rows = header::troubles(&cx(app, cache, now), 100_000);
    let text = |row: &super::Row| row.spans.iter().map(|span| span.text.as_ref()).collect::<String>();
    rows.iter().map(|row| text::prose(text(row).trim()).text.into_owned()).collect()
}

fn is_rule(line: &str, across: &str) -> bool {
    line.trim().is_empty() || line.trim().trim_matches(|c: char| across.contains(c)).is_empty()
}
