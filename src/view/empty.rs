//! No session yet: what can be done, each with its key, and what was found.

use super::{Area, Cx, Look, Row, Scene};
use crate::keymap;
use crate::text;
use crate::theme::Role;
use crate::ui::Action;

/// Draws what stands in place of panes.
pub(super) fn draw(cx: &Cx<'_>, scene: &mut Scene, area: Area) {
    let width = area.columns().saturating_sub(2);
    let mut rows = vec![
        Row::of(" FLEET", Role::Muted),
        Row::new(),
        Row::of("  No agent runs yet.", Look::strong(Role::Text)),
        Row::new(),
    ];
    let things = [
        (keymap::key(cx.app, Action::NewSession), "start an agent here"),
        (Some("taut demo".to_owned()), "watch a scripted agent, offline (in a shell)"),
        (Some("taut replay".to_owned()), "look at a session of the past (in a shell)"),
        (keymap::key(cx.app, Action::Help), "all keys"),
    ];
    for (key, what) in things {
        let mut row = Row::of(format!("  {}", key.unwrap_or_default()), Look::strong(Role::Text));
        row.pad_to(18);
        rows.push(row.with(what, Role::Text).clip(width));
    }
    rows.push(Row::new());
    rows.push(
        Row::of("  Here", Role::Muted).with(format!("            {}", cx.folder(&cx.app.here)), Role::Text).clip(width),
    );
    rows.push(Row::new());
    let found = cx.app.agents.iter().filter(|agent| agent.found).count();
    let head = match found {
        0 => "  No agent was found. These are known:".to_owned(),
        1 => "  1 agent was found:".to_owned(),
        _ => format!("  {found} agents were found:"),
    };
    rows.push(Row::of(head, Role::Muted));
    let mut agents: Vec<_> = cx.app.agents.iter().collect();
    agents.sort_by_key(|agent| !agent.found);
    for agent in agents {
        let sign = if agent.found { super::Mark::Done.sign(cx.glyphs) } else { " " };
        let role = if agent.found { Role::Text } else { Role::Muted };
        let mut row = Row::of(format!("  {sign} {}", text::visible(&agent.name).text), role);
        row.pad_to(18);
        rows.push(row.with(text::prose(&agent.note).text.into_owned(), Role::Muted).clip(width));
    }
    scene.put(area, rows);
}
