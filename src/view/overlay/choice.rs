//! One of several: the agent's modes, its ways to log in.

use crate::domain::SessionId;
use crate::state::Life;
use crate::text;
use crate::theme::Role;
use crate::view::flow::Styled;
use crate::view::{Area, Cx, Look, Row, Scene};

/// Draws the agent's modes.
pub(super) fn modes(cx: &Cx<'_>, scene: &mut Scene, area: Area, id: SessionId, selected: usize) {
    let Some(session) = cx.app.state.session(id) else { return };
    let items = session.modes.iter().map(|mode| {
        let now = if session.mode.as_ref() == Some(&mode.id) { "now" } else { "" };
        (mode.name.as_str(), mode.help.as_deref().unwrap_or(""), now)
    });
    draw(cx, scene, area, &format!("MODE OF {}", cx.name(session)), &items.collect::<Vec<_>>(), selected);
}

/// Draws the ways to log in, with the agent's own instructions.
pub(super) fn logins(cx: &Cx<'_>, scene: &mut Scene, area: Area, id: SessionId, selected: usize) {
    let Some(session) = cx.app.state.session(id) else { return };
    let ways = match &session.life {
        Life::LoginNeeded { ways, .. } => ways.as_slice(),
        Life::Unknown | Life::Starting(_) | Life::Open | Life::Ended { .. } => &[],
    };
    let items = ways.iter().map(|way| (way.name.as_str(), way.help.as_deref().unwrap_or(""), ""));
    draw(cx, scene, area, &format!("LOG IN: {}", cx.name(session)), &items.collect::<Vec<_>>(), selected);
}

fn draw(cx: &Cx<'_>, scene: &mut Scene, area: Area, title: &str, items: &[(&str, &str, &str)], selected: usize) {
    let width = area.columns().saturating_sub(2).max(1);
    let mut rows = Vec::new();
    let mut begin_of_selected = 0;
    for (n, (name, help, note)) in items.iter().enumerate() {
        let chosen = n == selected;
        if chosen {
            begin_of_selected = rows.len();
        }
        let look = if chosen { Look::strong(Role::Text) } else { Role::Text.into() };
        let cursor = if chosen { cx.glyphs.cursor } else { " " };
        let row = Row::of(cursor, Role::Accent).with(format!(" {}", text::prose(name).text), look);
        rows.push(row.right(Row::of((*note).to_owned(), Role::Info), width));
        for line in help.lines().take(if chosen { 12 } else { 1 }) {
            let help = Styled::of(&text::prose(line).text, Role::Muted);
            if chosen {
                help.flow(Row::of("   ", Role::Text), width, &mut rows);
            } else {
                rows.push(Row::of("   ", Role::Text).with_row(help.row(width.saturating_sub(3))));
            }
        }
    }
    if items.is_empty() {
        rows.push(Row::of("  the agent offers none", Role::Muted));
    }
    let room = area.rows().saturating_sub(1).max(1);
    let from = begin_of_selected.min(rows.len().saturating_sub(room));
    let shown: Vec<Row> = rows.into_iter().skip(from).take(room).collect();
    super::drawer(cx, scene, area, title, shown);
}
