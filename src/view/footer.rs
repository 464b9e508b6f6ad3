//! The last line: what acts now, or the answer to the last key.

use super::{Area, Cx, Look, Row, Scene};
use crate::keymap;
use crate::text;
use crate::theme::Role;
use crate::ui::{Action, MouseOwner};

/// Draws the line.
pub(super) fn draw(cx: &Cx<'_>, scene: &mut Scene, area: Area) {
    let width = area.columns();
    if let Some(toast) = &cx.app.toast {
        let said = text::prose(&toast.text.replace('\n', " ")).text.into_owned();
        scene.put_row(area, Row::of(format!(" {said}"), Look::strong(Role::Warn)).clip(width));
        return;
    }
    let mut right = Row::new();
    if cx.app.mouse == MouseOwner::Lent {
        let key = keymap::key(cx.app, Action::Mouse).unwrap_or_default();
        right.push(format!("mouse off: {key} "), Role::Info);
    }
    if let Some(what) = cx.app.in_flight.values().next_back() {
        right.push(format!("{}… ", text::prose(what).text), Role::Info);
    }
    let mut row = Row::new();
    let room = width.saturating_sub(right.width() + 1);
    for item in keymap::footer(cx.app) {
        let (mut keys, mut what) = (item.keys, item.what);
        if cx.glyphs.ascii {
            (keys, what) = (super::glyphs::keys_in_ascii(&keys), what.replace('…', ".."));
        }
        let before = if row.spans.is_empty() { " " } else { "   " };
        let part =
            Row::of(before, Role::Text).with(keys, Look::strong(Role::Text)).with(format!(" {what}"), Role::Muted);
        // A key is shown whole or not at all.
        if row.width() + part.width() > room {
            break;
        }
        row.append(part);
    }
    scene.put_row(area, row.right(right, width));
}
