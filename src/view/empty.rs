//! No session yet: three things to do, each with its key, and what was found.

use super::{Area, Cx, Look, Row, Scene};
use crate::keymap;
use crate::text;
use crate::theme::Role;
use crate::ui::Action;

/// Draws what stands in place of panes.
pub(super) fn draw(cx: &Cx<'_>, scene: &mut Scene, area: Area) {
    let width = area.columns().saturating_sub(1);
    // Cells before what a key does, and before the key.
    let (at, lead) = if width < 50 { (11, " ") } else { (16, "   ") };
    let found: Vec<&str> = cx.app.agents.iter().filter(|agent| agent.found).map(|agent| agent.name.as_str()).collect();
    let key = |action| keymap::key(cx.app, action).unwrap_or_default();
    let start = match found.as_slice() {
        [] => "start an agent, once one is installed: see below".to_owned(),
        [one] => format!("start {} in {}", text::visible(one).text, cx.folder(&cx.app.here)),
        _ => format!("start an agent in {}", cx.folder(&cx.app.here)),
    };
    let things = [
        (key(Action::NewSession), start),
        ("taut demo".to_owned(), "in a shell: watch a scripted agent work, offline".to_owned()),
        (key(Action::Settings), "colours, keys and all else; nothing needs to be set".to_owned()),
    ];
    let mut rows = vec![Row::of(" Nothing runs yet. Three things to do:", Look::strong(Role::Text)), Row::new()];
    for (key, what) in things {
        let mut row = Row::of(format!("{lead}{key}"), Look::strong(Role::Accent));
        row.pad_to(at);
        rows.push(row.with(what, Role::Text).clip(width));
    }
    rows.push(Row::new());
    let also = [(key(Action::Themes), "themes"), (key(Action::Help), "all keys"), (key(Action::Quit), "leave")];
    let mut row = Row::of("   ", Role::Text);
    for (key, what) in also.into_iter().filter(|(key, _)| !key.is_empty()) {
        row.push(key, Look::strong(Role::Text));
        row.push(format!(" {what}   "), Role::Muted);
    }
    rows.push(row.clip(width));
    rows.push(Row::new());
    let past = cx.app.state.sessions.len();
    if past > 0 {
        let said = if past == 1 { "1 session".to_owned() } else { format!("{past} sessions") };
        rows.push(
            Row::of(format!(" {said} of the past: `taut ls` lists, `taut replay` shows"), Role::Muted).clip(width),
        );
        rows.push(Row::new());
    }
    let others = cx.app.others().len();
    if others > 0 {
        let said = if others == 1 { "1 session".to_owned() } else { format!("{others} sessions") };
        let key = key(Action::Down);
        rows.push(Row::of(format!(" {said} of other tools: {key} and enter list them"), Role::Text).clip(width));
        rows.push(Row::new());
    }
    let head = match found.len() {
        0 => " No agent is installed here. How to get one:".to_owned(),
        1 => " 1 agent is installed here:".to_owned(),
        many => format!(" {many} agents are installed here:"),
    };
    rows.push(Row::of(head, Look::strong(Role::Text)));
    // Those that are here first; where not all have room, how many there are besides.
    let mut agents: Vec<_> = cx.app.agents.iter().collect();
    agents.sort_by_key(|agent| !agent.found);
    let room = area.rows().saturating_sub(rows.len());
    let shown = if agents.len() > room { room.saturating_sub(1) } else { agents.len() };
    for agent in &agents[..shown] {
        let sign = if agent.found { super::Mark::Done.sign(cx.glyphs) } else { " " };
        let role = if agent.found { Role::Text } else { Role::Muted };
        let mut row = Row::of(format!(" {sign} "), Role::Good).with(text::visible(&agent.name).text.into_owned(), role);
        // A long name still stands apart from what is said of it.
        row.push(" ", Role::Text);
        row.pad_to(at);
        rows.push(row.with(text::prose(&agent.note).text.into_owned(), Role::Muted).clip(width));
    }
    if shown < agents.len() {
        rows.push(
            Row::of(format!("   and {} more: `taut agents` lists all", agents.len() - shown), Role::Muted).clip(width),
        );
    }
    scene.put(area, rows);
}
