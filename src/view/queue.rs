//! The queue drawer: everything that waits for a human, in a line each; the worst first, then what waits longest.

use super::{Area, Cache, Cx, Look, Row, Scene, area::cells, card, clock, entry};
use crate::state::Waiting;
use crate::text;
use crate::theme::Role;
use crate::ui::{App, Focus, Hit, Want};

/// Rows of the drawer while it is not opened.
const CLOSED: usize = 3;

/// How many rows the drawer takes of a screen with so many.
pub(super) fn height(cx: &Cx<'_>, rows: usize) -> usize {
    let waiting = if cx.app.replay.is_some() { 0 } else { cx.app.state.waiting() };
    let most = match rows {
        _ if cx.app.queue_open => rows / 2,
        0..9 => 0,
        9.. => CLOSED.min(rows / 4),
    };
    waiting.max(usize::from(cx.app.queue_open)).min(most)
}

/// Draws the drawer.
pub(super) fn draw(cx: &Cx<'_>, cache: &mut Cache, scene: &mut Scene, area: Area) {
    if area.is_empty() {
        return;
    }
    let columns = Columns::new(area.columns());
    let queue = cx.app.state.queue();
    if queue.is_empty() {
        scene.put_row(area, Row::of(" QUEUE 0   nothing waits for you", Role::Muted).clip(area.columns()));
        return;
    }
    let keyed = cx.app.focus == Focus::Queue;
    let chosen = cx.app.queue_selected.and_then(|id| queue.iter().position(|waiting| waiting.request.id == id));
    let from = first(chosen.unwrap_or(0), queue.len(), area.rows());
    let to = (from + area.rows()).min(queue.len());
    let mut rows = Vec::with_capacity(to - from);
    for (n, waiting) in queue.iter().enumerate().take(to).skip(from) {
        let y = area.y.saturating_add(cells(rows.len()));
        scene.hit(Area { y, height: 1, ..area }, Hit::Request(waiting.request.id));
        let label = match rows.len() {
            0 => Row::of(format!(" {} {}", columns.title(), queue.len()), Look::strong(Role::Accent)),
            // What is not in sight is counted.
            1 if to - from < queue.len() => Row::of(format!(" {}-{to}", from + 1), Role::Muted),
            _ => Row::new(),
        };
        entry::target_lacks(cx, waiting.step, &mut scene.painted.wants);
        let selected = keyed && chosen.unwrap_or(0) == n;
        let changed = cache.payloads.changed(cx.app, waiting, &mut scene.painted.wants);
        rows.push(row(cx, waiting, columns, label, selected, changed));
    }
    scene.put(area, rows);
}

/// The first row shown, so that the chosen one is in the middle where there is more than fits.
fn first(chosen: usize, all: usize, rows: usize) -> usize {
    chosen.saturating_sub(rows / 2).min(all.saturating_sub(rows))
}

/// What has room.
#[derive(Debug, Clone, Copy)]
struct Columns {
    width: usize,
    label: usize,
    name: usize,
}

impl Columns {
    fn new(width: usize) -> Self {
        let (label, name) = match width {
            72.. => (10, (12 + (width - 72) / 8).min(28)),
            52..72 => (7, 8),
            _ => (0, 0),
        };
        Self { width, label, name }
    }

    fn title(self) -> &'static str {
        if self.label >= 10 { "QUEUE" } else { "Q" }
    }
}

/// ` QUEUE 2   ▲ high  2 fix-auth  run   git push --force   3m   rewrites remote history`.
fn row(
    cx: &Cx<'_>,
    waiting: &Waiting<'_>,
    columns: Columns,
    label: Row,
    selected: bool,
    changed: Option<(u32, u32)>,
) -> Row {
    let risk = waiting.risk();
    let (sign, look) = card::risk(cx, risk);
    let mut row = label.clip(columns.label);
    row.pad_to(columns.label);
    row.push(if selected { cx.glyphs.cursor } else { " " }, Look::strong(Role::Accent));
    row.push(sign, look);
    if columns.name > 0 {
        row.push(format!(" {:<4}", risk.word()), look);
    }
    let slot = cx.slot(waiting.session.id).map_or_else(String::new, |slot| slot.to_string());
    let digits = cx.app.slots.len().max(10).ilog10() as usize + 1;
    row.push(format!(" {slot:>digits$} "), Role::Muted);
    if columns.name > 0 {
        let name = cx.name(waiting.session);
        let name = text::pad_end(&text::middle(&name, columns.name), columns.name).into_owned();
        row.push(format!("{name}  "), cx.hue(waiting.session.id));
    }
    row.push(format!("{:<6} ", waiting.step.impact.word()), Role::Text);

    let mut right = changed.map_or_else(Row::new, |(added, removed)| entry::lines(cx, added, removed));
    let age = clock::age(waiting.request.asked, cx.now);
    right.push(format!("{age:>5}"), Look::strong(Role::Accent));
    if columns.width >= 100 {
        let reason = waiting.request.verdict.as_ref().and_then(|verdict| verdict.reasons.first());
        let reason = text::visible(reason.map_or("", String::as_str)).text.into_owned();
        right.push(format!("   {}", text::pad_end(&text::end(&reason, 28), 28)), Role::Muted);
    }
    let room = columns.width.saturating_sub(row.width() + right.width() + 2);
    row.push(entry::target(cx, waiting.session, waiting.step, room), Look::strong(Role::Text));
    row.right(right, columns.width.saturating_sub(1))
}

/// Lines that a waiting edit adds and removes, where all of it is here.
pub(super) fn count(app: &App, waiting: &Waiting<'_>, wants: &mut Vec<Want>) -> Option<(u32, u32)> {
    entry::changed_lines(app, waiting.step, wants)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chosen_one_is_in_sight() {
        for (all, rows) in [(1, 1), (3, 3), (200, 3), (200, 8), (5, 8)] {
            for chosen in 0..all {
                let first = first(chosen, all, rows);
                assert!((first..first + rows).contains(&chosen), "{chosen} of {all} in {rows}");
                assert!(first + rows <= all.max(rows));
            }
        }
    }
}
