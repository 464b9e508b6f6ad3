//! The form for a new session.

use crate::text;
use crate::theme::Role;
use crate::ui::app::NewSession;
use crate::view::area::cells;
use crate::view::{Area, Cx, Look, Mark, Row, Scene};

/// Cells before the fields' values.
const LABEL: usize = 12;

/// Draws the form.
pub(super) fn draw(cx: &Cx<'_>, scene: &mut Scene, area: Area, form: &NewSession) {
    let width = area.columns();
    let agent = cx.app.agents.get(form.agent);
    let name = agent.map_or("none is known: write one into config.toml", |agent| agent.name.as_str());
    let folder = if form.folder.is_empty() { cx.folder(&cx.app.here) } else { String::new() };
    let worktree = match &form.whence {
        Some((whence, name)) => format!("with the files of step {} of {}", whence.step, text::visible(name).text),
        None => "none: the folder itself".to_owned(),
    };
    let fields = [
        ("agent", name, String::new()),
        ("folder", form.folder.as_str(), folder),
        ("worktree", form.worktree.as_str(), worktree),
        ("mode", form.mode.as_str(), "the agent's own".to_owned()),
        ("prompt", form.prompt.as_str(), "none yet".to_owned()),
    ];
    let mut rows = vec![Row::new()];
    let mut cursor = None;
    for (n, (label, value, otherwise)) in fields.into_iter().enumerate() {
        let here = form.field == n;
        let mut row = Row::of(if here { cx.glyphs.cursor } else { " " }, Role::Accent);
        row.push(format!(" {label}"), if here { Look::strong(Role::Text) } else { Role::Muted.into() });
        row.pad_to(LABEL);
        let shown = text::visible(&value.replace('\n', " ")).text.into_owned();
        let room = width.saturating_sub(LABEL + 2).max(1);
        // What is being typed stays in sight: its end.
        let shown = if text::width(&shown) > room { end_of(&shown, room) } else { shown };
        if here && n > 0 {
            cursor = Some((LABEL + text::width(&shown), rows.len()));
        }
        if shown.is_empty() {
            row.push(otherwise, Role::Muted);
        } else {
            row.push(shown, if here { Look::strong(Role::Text) } else { Role::Text.into() });
        }
        if n == 0
            && let Some(agent) = agent
        {
            let (sign, role) = if agent.found { (Mark::Done, Role::Muted) } else { (Mark::Failed, Role::Danger) };
            row.push(format!("   {} {}", sign.sign(cx.glyphs), text::prose(&agent.note).text), role);
            let many = format!("{} of {}", form.agent + 1, cx.app.agents.len());
            row = row.right(Row::of(many, Role::Muted), width.saturating_sub(1));
        }
        rows.push(row.clip(width));
    }
    rows.push(Row::new());
    let body = super::drawer(cx, scene, area, "NEW SESSION", rows);
    if let Some((column, row)) = cursor.filter(|&(column, row)| column < body.columns() && row < body.rows()) {
        scene.cursor = Some((body.x.saturating_add(cells(column)), body.y.saturating_add(cells(row))));
    }
}

/// The end of a text, in at most `room` cells.
fn end_of(shown: &str, room: usize) -> String {
    let mut used = 1;
    let mut from = shown.len();
    for (at, _, cells) in text::graphemes(shown).rev() {
        used += cells;
        if used > room {
            break;
        }
        from = at;
    }
    format!("…{}", &shown[from..])
}
