//! What the agent's context is made of, as it told it: a row a part, with its share.

use crate::domain::{At, Context};
use crate::text;
use crate::theme::Role;
use crate::ui::way::{Asked, ContextUi};
use crate::view::flow::Styled;
use crate::view::{Area, Cx, Look, Row, Scene, clock};

/// Cells of the numbers.
const NUMBER: usize = 9;
/// Cells of the bar of a part.
const BAR: usize = 20;
/// It is not wider: a number far away from its name would belong to nobody.
const WIDEST: usize = 100;

/// Draws it.
pub(super) fn draw(cx: &Cx<'_>, scene: &mut Scene, area: Area, ui: &ContextUi) {
    let width = area.columns().saturating_sub(1).clamp(1, WIDEST);
    let mut rows = Vec::new();
    let Some(session) = cx.app.state.session(ui.session) else {
        super::drawer(cx, scene, area, "CONTEXT", vec![Row::of(" its session is gone", Role::Warn)]);
        return;
    };
    match ui.asked(session) {
        Asked::No => {}
        Asked::Since(_, since) => {
            let age = Row::of(clock::age(since, cx.now), Role::Muted);
            rows.push(Row::of(" the agent is asked what it holds", Role::Info).right(age, width));
        }
        Asked::Failed(why) => {
            Styled::of(&text::visible(&why).text, Look::strong(Role::Warn)).flow(
                Row::of(" ", Role::Text),
                width,
                &mut rows,
            );
        }
    }
    match &session.context {
        Some((context, at)) => told(cx, context, *at, width, &mut rows),
        None => rows.push(Row::of(" it has told nothing yet", Role::Muted)),
    }
    let room = area.rows().saturating_sub(1).max(1);
    let top = ui.top.min(rows.len().saturating_sub(room));
    scene.painted.help_top = Some(top);
    let rows = rows.into_iter().skip(top).take(room).collect();
    let name = cx.name(session);
    let title = text::end(&format!("CONTEXT OF {name}"), area.columns().saturating_sub(6)).into_owned();
    super::drawer(cx, scene, area, &title, rows);
}

fn told(cx: &Cx<'_>, context: &Context, at: At, width: usize, rows: &mut Vec<Row>) {
    let number = |count: Option<u64>| count.map_or_else(|| "—".to_owned(), text::human::count);
    let share = match (context.used, context.window) {
        (Some(used), Some(window)) => {
            text::human::percent(used, window).map_or_else(String::new, |n| format!("  {n}%"))
        }
        _ => String::new(),
    };
    let all = format!(" {} of {} tokens{share}", number(context.used), number(context.window));
    let when = format!("told {}, {}", clock::hms(at, cx.app.utc_offset), clock::ago(at, cx.now));
    let mut head = Row::of(all, Look::strong(Role::Text));
    if head.width() + text::width(&when) + 2 <= width {
        head = head.right(Row::of(when, Role::Muted), width);
        rows.push(head);
    } else {
        rows.push(head.clip(width));
        rows.push(Row::of(format!(" {when}"), Role::Muted).clip(width));
    }
    // What the parts are shares of: the window, else all of them together.
    let whole = context.window.unwrap_or_else(|| context.parts.iter().map(|part| part.tokens).sum()).max(1);
    for part in &context.parts {
        let mut row = Row::of(format!(" {:>NUMBER$}", text::human::count(part.tokens)), Role::Text);
        if width >= 60 {
            row.push("  ", Role::Text);
            let cells = (u128::from(part.tokens.min(whole)) * BAR as u128).div_ceil(u128::from(whole));
            let full = usize::try_from(cells).unwrap_or(BAR).min(BAR);
            row.push(cx.glyphs.full.repeat(full), Role::Info);
            row.push(cx.glyphs.free.repeat(BAR - full), Role::Muted);
        }
        row.push("  ", Role::Text);
        let room = width.saturating_sub(row.width());
        row.push(text::end(&text::visible(&part.name).text, room).into_owned(), Role::Text);
        rows.push(row);
    }
    if context.parts.is_empty() {
        rows.push(Row::of(" of what parts, it does not tell", Role::Muted));
    }
}
