//! What lies over everything else: a drawer that rises from the last line, with one rule above it.

mod accept;
mod confirm;
mod context;
mod everywhere;
mod form;
mod goto;
mod grants;
mod help;
mod peek;
mod picker;
mod rename;
pub(in crate::view) mod review;
mod settings;
mod stats;
mod undo;
mod way;

use super::{Area, Cache, Cx, Look, Row, Scene, area::cells};
use crate::theme::Role;
use crate::ui::Overlay;

/// Draws the overlay over the lower part of an area.
pub(super) fn draw(cx: &Cx<'_>, cache: &mut Cache, scene: &mut Scene, area: Area, overlay: &Overlay) {
    match overlay {
        Overlay::Help { top, filter } => help::draw(cx, scene, area, *top, filter.as_deref()),
        Overlay::NewSession(form) => form::draw(cx, scene, area, form),
        Overlay::Accept(question) => accept::draw(cx, scene, area, question),
        Overlay::Confirm { question, yes: _ } => confirm::draw(cx, scene, area, question),
        Overlay::Grants(list) => grants::draw(cx, scene, area, list),
        Overlay::Settings(screen) => settings::draw(cx, scene, area, screen),
        Overlay::Picker(picker) => picker::draw(cx, scene, area, picker),
        Overlay::Peek(peek) => peek::draw(cx, scene, area, *peek),
        Overlay::Review(review) => review::draw(cx, cache, scene, area, review),
        Overlay::Way(way) => way::draw(cx, scene, area, way),
        Overlay::Everywhere(search) => everywhere::draw(cx, scene, area, search),
        Overlay::Stats(stats) => stats::draw(cx, scene, area, stats),
        Overlay::Context(context) => context::draw(cx, scene, area, context),
        Overlay::Undo(undo) => undo::draw(cx, cache, scene, area, undo),
        Overlay::GoTo(line) => goto::draw(cx, scene, area, line),
        Overlay::Rename { session, text } => rename::draw(cx, scene, area, *session, text),
    }
}

/// The rule with the drawer's title, and the rows below it; gives the place of the rows.
fn drawer(cx: &Cx<'_>, scene: &mut Scene, area: Area, title: &str, rows: Vec<Row>) -> Area {
    let (place, _) = area.bottom(cells(rows.len() + 1));
    let (head, body) = place.top(1);
    let across = cx.glyphs.across;
    let mut rule =
        Row::of(across.repeat(2), Role::EdgeFocused).with(format!(" {title} "), Look::strong(Role::EdgeFocused));
    let rest = head.columns().saturating_sub(rule.width());
    rule.push(across.repeat(rest), Role::EdgeFocused);
    scene.put_row(head, rule.clip(head.columns()));
    scene.put(body, rows);
    body
}
