//! The line in which a session's new name is typed.

use crate::domain::SessionId;
use crate::text;
use crate::theme::Role;
use crate::view::area::cells;
use crate::view::{Area, Cx, Look, Row, Scene};

/// Draws the line.
pub(super) fn draw(cx: &Cx<'_>, scene: &mut Scene, area: Area, id: SessionId, typed: &str) {
    let name = cx.app.state.session(id).map_or_else(|| id.to_string(), |session| cx.name(session));
    let lead = Row::of(" ", Role::Text).with(cx.glyphs.prompt, Role::Accent).with(" ", Role::Text);
    let room = area.columns().saturating_sub(lead.width() + 2);
    let row = lead.with(end_of(typed, room), Look::strong(Role::Text));
    let column = row.width();
    let body = super::drawer(cx, scene, area, &format!("RENAME {name}"), vec![row]);
    if column < body.columns() && !body.is_empty() {
        scene.cursor = Some((body.x.saturating_add(cells(column)), body.y));
    }
}

/// What is being typed stays in sight: its end.
pub(super) fn end_of(typed: &str, room: usize) -> String {
    let shown = text::visible(typed).text;
    let mut from = 0;
    while text::width(&shown[from..]) > room {
        from += shown[from..].chars().next().map_or(1, char::len_utf8);
    }
    shown[from..].to_owned()
}
