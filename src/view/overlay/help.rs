//! All keys: for this place first.

use crate::keymap;
use crate::theme::Role;
use crate::view::glyphs::keys_in_ascii;
use crate::view::{Area, Cx, Look, Row, Scene};

/// Draws the list from row `top` on, over the whole area.
pub(super) fn draw(cx: &Cx<'_>, scene: &mut Scene, area: Area, top: usize) {
    let width = area.columns();
    let columns = (width / 72).clamp(1, 2);
    let mut rows = Vec::new();
    for section in keymap::help(cx.app) {
        let items = section.items;
        if !rows.is_empty() {
            rows.push(Row::new());
        }
        let look = if section.here { Look::strong(Role::Text) } else { Role::Muted.into() };
        rows.push(Row::of(format!(" {}", section.title), look));
        let down = items.len().div_ceil(columns);
        for line in 0..down {
            let mut row = Row::new();
            for column in 0..columns {
                let Some(item) = items.get(column * down + line) else { break };
                let begin = column * (width / columns);
                row.pad_to(begin + 3);
                let keys = if cx.glyphs.ascii { keys_in_ascii(&item.keys) } else { item.keys.clone() };
                row.push(keys, Look::strong(Role::Text));
                row.pad_to(begin + 3 + 16);
                row.push(item.what.clone(), Role::Muted);
                row = row.clip(begin + width / columns);
            }
            rows.push(row);
        }
    }
    let room = area.rows().saturating_sub(1);
    let top = top.min(rows.len().saturating_sub(room));
    scene.painted.help_top = Some(top);
    let below = rows.len().saturating_sub(top + room);
    let mut shown: Vec<Row> = rows.into_iter().skip(top).take(room).collect();
    if below > 0 {
        shown.pop();
        shown.push(Row::of(format!(" {} {} more", cx.glyphs.below, below + 1), Role::Info));
    }
    shown.resize(room, Row::new());
    super::drawer(cx, scene, area, "KEYS", shown);
}
