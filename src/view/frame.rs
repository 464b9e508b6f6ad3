//! The whole screen: what stands where, by its size.

use super::{Area, Cache, Cx, LEAST, Row, Scene, area::cells};
use super::{batch, card, elsewhere, empty, footer, grid, header, inspector, overlay, pane, queue, rail, replay_bar};
use crate::theme::Role;
use crate::ui::Focus;
use crate::ui::msg::Hit;
use crate::ui::room::{self, MIDDLE};

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
        (scene.painted.diffs, scene.painted.within) = (plugged.diffs, plugged.within);
        scene.painted.wants.extend(plugged.wants);
        scene.painted.hits.extend(plugged.hits);
        scene.painted.lines.extend(plugged.lines);
        scene.painted.selected = plugged.selected;
        scene.cursor = plugged.cursor;
        scene.painted.composer = plugged.columns;
    } else if let Some(ui) = &cx.app.batch {
        let plugged = batch::layout(cx, ui, cache, rest);
        plugged.regions.into_iter().for_each(|region| scene.put(region.area, region.rows));
        scene.painted.batch = Some(plugged.batch);
        scene.painted.wants.extend(plugged.wants);
        scene.hit(plugged.view, Hit::Card);
        scene.cursor = plugged.cursor;
    } else {
        console(cx, cache, scene, rest);
    }
    if let Some(over) = &cx.app.overlay {
        scene.cursor = None;
        // What lies under something was not shown: nothing of it counts as read.
        (scene.painted.card, scene.painted.batch) = (None, None);
        overlay::draw(cx, cache, scene, rest, over);
    }
    footer::draw(cx, scene, last);
}

/// The title of the terminal window: `(2) taut: 2 waiting · 3 working · 1 failed`.
pub(super) fn window_title(cx: &Cx<'_>) -> String {
    if cx.app.replay.is_some() {
        return "taut: replay".to_owned();
    }
    let counts = header::Counts::of(cx);
    let parts: Vec<String> = counts.worth_a_title().map(|(count, word)| format!("{count} {word}")).collect();
    let words = if parts.is_empty() { String::new() } else { format!(": {}", parts.join(cx.glyphs.dot)) };
    match counts.waiting {
        0 => format!("taut{words}"),
        count => format!("({count}) taut{words}"),
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
    let is_empty = app.slots.is_empty() && app.state.sessions.is_empty();
    // What other tools left is below the rail's head, which nothing else would show.
    let only_others = is_empty && body.width < MIDDLE && app.other_at().is_none();
    if is_empty && (only_others || app.others().is_empty()) {
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
                pane::draw(cx, cache, scene, body, app.pane, pane::Among::Alone);
            }
        }
        return Vec::new();
    }
    let mut downs = Vec::new();
    let mut rest = body;
    if !alone && !app.zoom {
        let (left, right) = rest.left(room::rail_of(app, body.width));
        rail::draw(cx, scene, left);
        rest = down(cx, scene, right, &mut downs);
    }
    if room::shows_inspector(app, scene.size) && !is_empty && app.other_at().is_none() {
        let (right, left) = rest.right(room::inspector(body.width));
        let (place, left) = left.right(1);
        down(cx, scene, place, &mut downs);
        inspector::draw(cx, cache, scene, right, session);
        rest = left;
    } else if app.focus == Focus::Inspector {
        inspector::draw(cx, cache, scene, rest, session);
        return downs;
    }
    if is_empty {
        match app.other_at() {
            Some(at) => elsewhere::draw(cx, scene, rest, at),
            None => empty::draw(cx, scene, rest),
        }
        return downs;
    }
    grid::draw(cx, cache, scene, rest, &mut downs);
    downs
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
