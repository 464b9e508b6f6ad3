//! The queue: everything that waits for a human, in a line each; the worst first, then what waits longest. A drawer below
//! the panes, or the whole screen where many wait.

mod detail;

use super::{Area, Cache, Cx, Look, Mark, Row, Scene, area::cells, card, clock, entry};
use crate::domain::LaneId;
use crate::state::Waiting;
use crate::text;
use crate::theme::Role;
use crate::ui::{App, Focus, Hit, Want};

/// Rows of the drawer while it is not opened.
const CLOSED: usize = 3;
/// Rows from which an open drawer has one for what the selected request waits for.
const TELLS: usize = 3;
/// Rows from which the whole screen has some for what is known of the selected request.
const DETAILED: usize = 8;
/// Rows from which the whole screen has one for the names of the columns.
const NAMED: usize = 10;

/// How many rows the drawer takes of a screen with so many.
pub(super) fn height(cx: &Cx<'_>, rows: usize) -> usize {
    let waiting = if cx.app.replay.is_some() { 0 } else { cx.app.state.waiting() };
    let most = match rows {
        _ if cx.app.drawer.is_open() => rows / 2,
        0..9 => 0,
        9.. => CLOSED.min(rows / 4),
    };
    // One more for what the selected one waits for.
    let tells = usize::from(cx.app.drawer.is_open() && waiting > 0);
    (waiting + tells).max(usize::from(cx.app.drawer.is_open())).min(most)
}

/// Draws the drawer.
pub(super) fn draw(cx: &Cx<'_>, cache: &mut Cache, scene: &mut Scene, area: Area) {
    if area.is_empty() {
        return;
    }
    let queue = cx.app.queue();
    if queue.is_empty() {
        scene.put_row(area, nothing(area.columns()));
        return;
    }
    let tells = cx.app.drawer.is_open() && area.rows() >= TELLS;
    let (below, list) = area.bottom(u16::from(tells));
    let columns = Columns::new(area.columns(), Kind::Drawer);
    let chosen = chosen(cx, &queue);
    rows(cx, cache, scene, list, columns, (&queue, chosen));
    if let (true, Some(waiting)) = (tells, queue.get(chosen)) {
        scene.put_row(below, detail::line(waiting, below.columns()));
    }
}

/// Draws the queue over the whole of an area: the list, and what is known of the selected request.
pub(super) fn fill(cx: &Cx<'_>, cache: &mut Cache, scene: &mut Scene, area: Area) {
    let queue = cx.app.queue();
    let width = area.columns();
    if queue.is_empty() {
        scene.put_row(area, nothing(width));
        return;
    }
    let (chosen, columns) = (chosen(cx, &queue), Columns::new(width, Kind::Screen));
    let (head, rest) = area.top(1);
    let mut about = queue.get(chosen).map_or_else(Vec::new, |waiting| detail::all(cx, waiting, width));
    about.truncate(if rest.rows() < DETAILED { 0 } else { rest.rows() / 3 });
    if !about.is_empty() {
        about.insert(0, Row::of(cx.glyphs.across.repeat(width), cx.edge()));
    }
    let (below, rest) = rest.bottom(cells(about.len()));
    scene.put(below, about);
    let (names, list) = rest.top(u16::from(rest.rows() >= NAMED));
    scene.put_row(names, columns.names(cx));
    let (from, to) = rows(cx, cache, scene, list, columns, (&queue, chosen));
    let order = Row::of("   by risk, then by wait", Role::Muted);
    let mut place = Row::new();
    if to - from < queue.len() && width >= 32 {
        place.push(format!("{}-{to} of {}", from + 1, queue.len()), Role::Muted);
    }
    let mut title = Row::of(format!(" QUEUE {}", queue.len()), Look::strong(Role::Accent));
    if !cx.app.marks.is_empty() {
        title.push(format!("   {} marked", cx.app.marks.len()), Look::strong(Role::Accent));
    }
    scene.put_row(head, title.with_row(order).right(place, width.saturating_sub(1)));
}

fn nothing(width: usize) -> Row {
    Row::of(" QUEUE 0   nothing waits for you", Role::Muted).clip(width)
}

/// The place of the selected row; the first where none is selected.
fn chosen(cx: &Cx<'_>, queue: &[Waiting<'_>]) -> usize {
    let selected = cx.app.queue_selected;
    selected.and_then(|id| queue.iter().position(|waiting| waiting.request.id == id)).unwrap_or(0)
}

/// Puts the rows that fit, the chosen one among them; gives the first one and the one after the last.
fn rows(
    cx: &Cx<'_>,
    cache: &mut Cache,
    scene: &mut Scene,
    area: Area,
    columns: Columns,
    (queue, chosen): (&[Waiting<'_>], usize),
) -> (usize, usize) {
    let keyed = cx.app.focus == Focus::Queue;
    let from = first(chosen, queue.len(), area.rows());
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
        let selected = keyed && chosen == n;
        let changed = cache.payloads.changed(cx.app, waiting, &mut scene.painted.wants);
        rows.push(row(cx, waiting, columns, label, selected, changed));
    }
    scene.put(area, rows);
    (from, to)
}

/// The first row shown, so that the chosen one is in the middle where there is more than fits.
fn first(chosen: usize, all: usize, rows: usize) -> usize {
    chosen.saturating_sub(rows / 2).min(all.saturating_sub(rows))
}

/// Where the queue stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Below the panes: its name stands left of its rows.
    Drawer,
    /// It is the screen.
    Screen,
}

/// What has room.
#[derive(Debug, Clone, Copy)]
struct Columns {
    width: usize,
    label: usize,
    name: usize,
    /// Cells of the first reason, and of the rule.
    reason: usize,
    rule: usize,
}

/// Cells of an age, with the space before it.
const AGE: usize = 5;
/// Cells of `+14 −3`.
const EFFECT: usize = 10;

impl Columns {
    fn new(width: usize, kind: Kind) -> Self {
        let (label, name) = match width {
            72.. => (10, (12 + (width - 72) / 8).min(28)),
            52..72 => (7, 8),
            _ => (0, 0),
        };
        let label = if kind == Kind::Screen { usize::from(label > 0) } else { label };
        let (reason, rule) = match width {
            150.. => ((28 + (width - 150) / 3).min(48), 18),
            100..150 => (28, 0),
            _ => (0, 0),
        };
        Self { width, label, name, reason, rule }
    }

    fn title(self) -> &'static str {
        if self.label >= 10 { "QUEUE" } else { "Q" }
    }

    /// The names of the columns.
    fn names(self, cx: &Cx<'_>) -> Row {
        let mut left = Row::new();
        left.pad_to(self.label + 1 + marks(cx));
        left.push(if self.name > 0 { "risk" } else { "" }, Role::Muted);
        if self.name > 0 {
            left.pad_to(self.label + marks(cx) + 7 + 1 + digits(cx) + 1);
            left.push(format!("{}  does   what", text::pad_end("session", self.name)), Role::Muted);
        }
        let mut right = Row::of("lines", Role::Muted);
        right.push(format!("{:>AGE$}", "age"), Role::Muted);
        if self.reason > 0 {
            right.push(format!("   {}", text::pad_end("why", self.reason)), Role::Muted);
        }
        if self.rule > 0 {
            right.push(format!("  {}", text::pad_end("rule", self.rule)), Role::Muted);
        }
        left.right(right, self.width.saturating_sub(1))
    }
}

/// ` QUEUE 2   ▲ high  2 fix-auth › reviewer  run   git push --force   3m   rewrites remote history  policy.toml:12`.
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
    let mut row = if columns.label > 1 { label.clip(columns.label) } else { Row::new() };
    row.pad_to(columns.label);
    row.push(if selected { cx.glyphs.cursor } else { " " }, Look::strong(Role::Accent));
    // Marks stand there only while something is marked.
    if !cx.app.marks.is_empty() {
        let is_marked = cx.app.marks.contains(&waiting.request.id);
        row.push(if is_marked { mark(cx) } else { "  " }, Look::strong(Role::Accent));
    }
    row.push(sign, look);
    if columns.name > 0 {
        row.push(format!(" {:<4}", risk.word()), look);
    }
    let slot = cx.slot(waiting.session.id).map_or_else(String::new, |slot| slot.to_string());
    let digits = digits(cx);
    row.push(format!(" {slot:>digits$} "), Role::Muted);
    if columns.name > 0 {
        let who = who(cx, waiting, columns.name);
        row.push(format!("{}  ", text::pad_end(&who, columns.name)), cx.hue(waiting.session.id));
    }
    row.push(format!("{:<6} ", waiting.step.impact.word()), Role::Text);

    let mut right = Row::new();
    if columns.name > 0 {
        let lines = changed.map_or_else(Row::new, |(added, removed)| entry::lines(cx, added, removed));
        right.pad_to(EFFECT.saturating_sub(lines.width()));
        right.append(lines);
        // Where a row has no lines to count, what it aims at may have their room.
        if changed.is_none() {
            right = Row::new();
        }
    }
    let age = clock::age(waiting.request.asked, cx.now);
    right.push(format!("{age:>AGE$}"), Look::strong(Role::Accent));
    if columns.reason > 0 {
        let reason = text::end(&detail::reason(waiting), columns.reason).into_owned();
        right.push(format!("   {}", text::pad_end(&reason, columns.reason)), Role::Muted);
    }
    if columns.rule > 0 {
        let rule = text::middle(&detail::rule(waiting), columns.rule).into_owned();
        right.push(format!("  {}", text::pad_end(&rule, columns.rule)), Role::Muted);
    }
    let room = columns.width.saturating_sub(row.width() + right.width() + 2);
    row.push(entry::target(cx, waiting.session, waiting.step, room), Look::strong(Role::Text));
    row.right(right, columns.width.saturating_sub(1))
}

/// Cells of the marks, while something is marked.
fn marks(cx: &Cx<'_>) -> usize {
    if cx.app.marks.is_empty() { 0 } else { 2 }
}

/// The sign of what is marked.
fn mark(cx: &Cx<'_>) -> &'static str {
    if cx.glyphs.ascii { "* " } else { "✓ " }
}

/// Cells of the numbers of sessions.
fn digits(cx: &Cx<'_>) -> usize {
    cx.app.slots.len().max(10).ilog10() as usize + 1
}

/// The session, and the subagent in it that asks; a sign for it where both have no room.
fn who(cx: &Cx<'_>, waiting: &Waiting<'_>, room: usize) -> String {
    let name = cx.name(waiting.session);
    if waiting.entry.lane == LaneId::ROOT {
        return text::middle(&name, room).into_owned();
    }
    let lanes = waiting.session.path_of(waiting.entry.lane);
    let lanes: Vec<_> = lanes.iter().skip(1).map(|lane| text::visible(lane).text.into_owned()).collect();
    let path = format!("{name}{}{}", cx.glyphs.path, lanes.join(cx.glyphs.path));
    if text::width(&path) <= room {
        return path;
    }
    format!("{} {}", text::middle(&name, room.saturating_sub(2)), Mark::Lane.sign(cx.glyphs))
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
