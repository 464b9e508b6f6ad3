//! The whole screen: what stands where, by its size.

use super::{Area, Cache, Cx, LEAST, Row, Scene, area::cells};
use super::{card, empty, footer, header, inspector, overlay, pane, queue, rail, replay_bar};
use crate::theme::Role;
use crate::ui::room::{self, MIDDLE, OVER, PANE, WIDE};
use crate::ui::{Focus, Grid};

/// Draws everything.
pub(super) fn draw(cx: &Cx<'_>, cache: &mut Cache, scene: &mut Scene) {
    let screen = Area::screen(scene.size);
    if screen.width < LEAST.0 || screen.height < LEAST.1 {
        let (has, needs) = (format!("{}x{}", screen.width, screen.height), format!("{}x{}", LEAST.0, LEAST.1));
        let said = if screen.width < LEAST.0 { format!("needs {needs}") } else { format!("needs {needs}, is {has}") };
        scene.put_row(screen, Row::of(said, Role::Warn));
        return;
    }
    let (last, rest) = screen.bottom(1);
    if let Some(card_ui) = &cx.app.card {
        let plugged = card::layout(cx, card_ui, cache, rest);
        plugged.regions.into_iter().for_each(|region| scene.put(region.area, region.rows));
        // What lies under something is not read, and cannot be decided upon.
        scene.painted.card = plugged.card.filter(|_| cx.app.overlay.is_none());
        scene.painted.diffs = plugged.diffs;
        scene.painted.wants.extend(plugged.wants);
        scene.painted.hits.extend(plugged.hits);
        scene.cursor = plugged.cursor;
    } else {
        console(cx, cache, scene, rest);
    }
    if let Some(over) = &cx.app.overlay {
        scene.cursor = None;
        overlay::draw(cx, scene, rest, over);
    }
    footer::draw(cx, scene, last);
}

/// The title of the terminal window: what waits, first.
pub(super) fn window_title(cx: &Cx<'_>) -> String {
    match (&cx.app.replay, cx.app.state.waiting()) {
        (Some(_), _) => "taut: replay".to_owned(),
        (None, 0) => "taut".to_owned(),
        (None, count) => format!("({count}) taut: waiting for you"),
    }
}

fn console(cx: &Cx<'_>, cache: &mut Cache, scene: &mut Scene, area: Area) {
    let rules = area.height >= 12;
    let head = if cx.app.replay.is_some() { 2 } else { 1 };
    let (head, rest) = area.top(head);
    match &cx.app.replay {
        Some(replay) => replay_bar::draw(cx, scene, head, replay),
        None => header::draw(cx, scene, head),
    }
    let mut troubles = header::troubles(cx, area.columns());
    troubles.truncate(area.rows() / 4);
    let (place, rest) = rest.top(cells(troubles.len()));
    scene.put(place, troubles);

    if cx.app.queue_fills() {
        let (above, body) = rest.top(u16::from(rules));
        rule(cx, scene, above, &[], cx.glyphs.across);
        return queue::fill(cx, cache, scene, body);
    }
    let waiting = queue::height(cx, rest.rows());
    let (drawer, rest) = rest.bottom(cells(waiting));
    let (above, rest) = rest.top(u16::from(rules));
    let (below, body) = rest.bottom(u16::from(rules || waiting > 0));
    let downs = body_of(cx, cache, scene, body);
    rule(cx, scene, above, &downs, cx.glyphs.tee_down);
    rule(cx, scene, below, &downs, cx.glyphs.tee_up);
    queue::draw(cx, cache, scene, drawer);
}

/// Fills the body; gives the columns in which rules go down.
fn body_of(cx: &Cx<'_>, cache: &mut Cache, scene: &mut Scene, body: Area) -> Vec<u16> {
    let app = cx.app;
    if app.slots.is_empty() && app.state.sessions.is_empty() {
        empty::draw(cx, scene, body);
        return Vec::new();
    }
    let alone = app.replay.is_some();
    let shown = app.panes.get(app.pane).copied().flatten().or(app.selected);
    let session = shown.and_then(|id| app.state.session(id));
    if body.width < MIDDLE {
        match app.focus {
            Focus::Rail if !alone => rail::draw(cx, scene, body),
            Focus::Inspector => inspector::draw(cx, cache, scene, body, session),
            Focus::Rail | Focus::Pane | Focus::Queue | Focus::Composer | Focus::Card => {
                pane::draw(cx, cache, scene, body, app.pane);
            }
        }
        return Vec::new();
    }
    let mut downs = Vec::new();
    let mut rest = body;
    if !alone && !app.zoom {
        let (left, right) = rest.left(room::rail(body.width));
        rail::draw(cx, scene, left);
        rest = down(cx, scene, right, &mut downs);
    }
    if body.width >= WIDE && app.inspector && !app.zoom {
        let (right, left) = rest.right(room::inspector(body.width));
        let (place, left) = left.right(1);
        down(cx, scene, place, &mut downs);
        inspector::draw(cx, cache, scene, right, session);
        rest = left;
    } else if app.focus == Focus::Inspector {
        inspector::draw(cx, cache, scene, rest, session);
        return downs;
    }
    panes(cx, cache, scene, rest, &mut downs);
    downs
}

/// One pane, or two, or four.
fn panes(cx: &Cx<'_>, cache: &mut Cache, scene: &mut Scene, area: Area, downs: &mut Vec<u16>) {
    let app = cx.app;
    let beside = area.width > 2 * PANE;
    let over = area.height >= OVER;
    match app.grid {
        Grid::One => pane::draw(cx, cache, scene, area, app.pane),
        _ if app.zoom => pane::draw(cx, cache, scene, area, app.pane),
        Grid::Two if beside => {
            let (left, right) = area.left(beside_width(area));
            pane::draw(cx, cache, scene, left, 0);
            let right = down(cx, scene, right, downs);
            pane::draw(cx, cache, scene, Area { width: left.width, ..right }, 1);
        }
        Grid::Two if over => stack(cx, cache, scene, area, [0, 1], area.width),
        Grid::Four if beside && over => {
            let (left, right) = area.left(beside_width(area));
            stack(cx, cache, scene, left, [0, 2], left.width);
            let (line, right) = right.left(1);
            down(cx, scene, line, downs);
            stack(cx, cache, scene, right, [1, 3], left.width);
            let middle = Area { y: area.y.saturating_add(half(area)), height: 1, ..line };
            scene.put_row(middle, Row::of(cx.glyphs.cross, cx.edge()));
        }
        // Too small for more than one: the focused one.
        Grid::Two | Grid::Four => pane::draw(cx, cache, scene, area, app.pane),
    }
}

/// The width of each of two panes beside each other: the same, so that both show the same columns. A cell left over stays
/// blank.
fn beside_width(area: Area) -> u16 {
    area.width.saturating_sub(1) / 2
}

/// Two panes so wide, one above the other, with a rule between.
fn stack(cx: &Cx<'_>, cache: &mut Cache, scene: &mut Scene, area: Area, [first, second]: [usize; 2], width: u16) {
    let (top, rest) = area.top(half(area));
    let (line, bottom) = rest.top(1);
    pane::draw(cx, cache, scene, Area { width, ..top }, first);
    rule(cx, scene, line, &[], cx.glyphs.across);
    pane::draw(cx, cache, scene, Area { width, ..bottom }, second);
}

fn half(area: Area) -> u16 {
    area.height.saturating_sub(1) / 2
}

/// A rule down the first column; gives what is right of it.
fn down(cx: &Cx<'_>, scene: &mut Scene, area: Area, downs: &mut Vec<u16>) -> Area {
    let (line, rest) = area.left(1);
    scene.put(line, (0..line.rows()).map(|_| Row::of(cx.glyphs.down, cx.edge())).collect());
    downs.push(line.x);
    rest
}

/// A rule across, with signs where others meet it.
fn rule(cx: &Cx<'_>, scene: &mut Scene, area: Area, downs: &[u16], meet: &'static str) {
    let columns = area.x..area.x.saturating_add(area.width);
    let line: String = columns.map(|x| if downs.contains(&x) { meet } else { cx.glyphs.across }).collect();
    scene.put_row(area, Row::of(line, cx.edge()));
}
