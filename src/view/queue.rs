//! The queue drawer: everything that waits for a human, in a line each.

use super::{Area, Cx, Look, Row, Scene, clock, entry};
use crate::domain::Risk;
use crate::state::Waiting;
use crate::text;
use crate::theme::Role;
use crate::ui::{Focus, msg::Hit};

/// Rows of the drawer while it is not opened.
const CLOSED: usize = 3;

/// How many rows the drawer takes of a screen with so many.
pub(super) fn height(cx: &Cx<'_>, rows: usize) -> usize {
    let waiting = if cx.app.replay.is_some() { 0 } else { cx.app.state.waiting() };
    let most = if cx.app.queue_open { rows / 2 } else { CLOSED.min(rows / 4) };
    waiting.max(usize::from(cx.app.queue_open)).min(most)
}

/// Draws the drawer.
pub(super) fn draw(cx: &Cx<'_>, scene: &mut Scene, area: Area) {
    if area.is_empty() {
        return;
    }
    let queue = cx.app.state.queue();
    let keyed = cx.app.focus == Focus::Queue;
    let head = format!(" QUEUE {}", queue.len());
    let chosen = cx.app.queue_selected.and_then(|id| queue.iter().position(|waiting| waiting.request.id == id));
    let from = chosen.map_or(0, |at| (at + 1).saturating_sub(area.rows()));
    let mut rows = Vec::with_capacity(area.rows());
    for (n, waiting) in queue.iter().enumerate().skip(from).take(area.rows()) {
        let place = Area { y: area.y.saturating_add(super::area::cells(rows.len())), height: 1, ..area };
        scene.hit(place, Hit::Request(waiting.request.id));
        let title = if rows.is_empty() { head.as_str() } else { "" };
        rows.push(row(cx, waiting, title, keyed && chosen.unwrap_or(0) == n, area.columns()));
    }
    if queue.is_empty() {
        rows.push(Row::of(head, Role::Muted).with("   nothing waits for you", Role::Muted));
    }
    scene.put(area, rows);
}

/// ` QUEUE 2   ▲ high  2 fix-auth  run   git push --force   3m   rewrites remote history`.
fn row(cx: &Cx<'_>, waiting: &Waiting<'_>, title: &str, selected: bool, width: usize) -> Row {
    let (sign, look) = risk(cx, waiting.risk());
    let mut row = Row::of(text::clip(title, 10).to_owned(), Look::strong(Role::Accent));
    row.pad_to(10);
    row.push(if selected { cx.glyphs.cursor } else { " " }, Role::Accent);
    row.push(format!("{sign} {:<4}", waiting.risk().word()), look);
    let slot = cx.slot(waiting.session.id).map(|slot| format!("{slot:>3} ")).unwrap_or_default();
    row.push(slot, Role::Muted);
    let name = cx.name(waiting.session);
    row.push(format!("{}  ", text::pad_end(&text::end(&name, 12), 12)), cx.hue(waiting.session.id));
    row.push(format!("{:<6} ", waiting.step.impact.word()), Role::Text);
    let age = clock::age(waiting.request.asked, cx.now);
    let reason = waiting.request.verdict.as_ref().and_then(|verdict| verdict.reasons.first());
    let reason = reason.map_or("", String::as_str);
    let mut right = Row::of(format!("{age:>4}"), Look::strong(Role::Accent));
    if width >= 100 {
        let reason = text::visible(reason).text.into_owned();
        right.push(format!("   {}", text::pad_end(&text::end(&reason, 28), 28)), Role::Muted);
    }
    let room = width.saturating_sub(row.width() + right.width() + 2);
    row.push(entry::target(cx, waiting.session, waiting.step, room), Look::strong(Role::Text));
    row.right(right, width.saturating_sub(1))
}

/// The sign and the look of a risk.
fn risk(cx: &Cx<'_>, risk: Risk) -> (&'static str, Look) {
    let mid = if cx.glyphs.ascii { "o" } else { "●" };
    match risk {
        Risk::Low => (mid, Role::Muted.into()),
        Risk::Mid => (mid, Role::Warn.into()),
        Risk::High | Risk::Top => (cx.glyphs.high, Look::strong(Role::Danger)),
    }
}
