//! The mouse scrolls, selects and focuses; what is dragged over is copied. It never decides, and opens nothing.

use super::super::app::{App, Focus, MouseOwner, Overlay};
use super::super::msg::{Effect, Hit};
use super::{FOCUS_MS, elsewhere, navigation, panes, replay, review, select, undo};
use crate::domain::At;
use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

pub(super) fn mouse(app: &mut App, event: MouseEvent, now: At) -> Vec<Effect> {
    match event.kind {
        MouseEventKind::Down(MouseButton::Left) if is_on_track(app, event, now) => return track(app, event),
        MouseEventKind::Drag(MouseButton::Left) if is_dragged(app) => return track(app, event),
        MouseEventKind::Up(MouseButton::Left) if is_dragged(app) => {
            app.replay.iter_mut().for_each(|replay| replay.dragged = false);
        }
        MouseEventKind::ScrollDown => wheel(app, event, i64::from(app.notch), now),
        MouseEventKind::ScrollUp => wheel(app, event, -i64::from(app.notch), now),
        MouseEventKind::Down(MouseButton::Left) => {
            // The click that focuses the window is meant for the window.
            let focusing = app.inner.focused.is_some_and(|at| now.since(at) < FOCUS_MS);
            app.inner.pressed = None;
            if !focusing {
                click(app, event);
                if app.overlay.is_none() {
                    select::press(app, event.column, event.row);
                }
            }
        }
        MouseEventKind::Drag(MouseButton::Left) => select::drag(app, event.column, event.row),
        MouseEventKind::Up(MouseButton::Left) => select::release(app),
        MouseEventKind::Down(MouseButton::Right | MouseButton::Middle)
        | MouseEventKind::Up(MouseButton::Right | MouseButton::Middle)
        | MouseEventKind::Drag(MouseButton::Right | MouseButton::Middle)
        | MouseEventKind::Moved
        | MouseEventKind::ScrollLeft
        | MouseEventKind::ScrollRight => {}
    }
    Vec::new()
}

fn is_dragged(app: &App) -> bool {
    app.replay.as_ref().is_some_and(|replay| replay.dragged)
}

fn is_on_track(app: &App, event: MouseEvent, now: At) -> bool {
    let focusing = app.inner.focused.is_some_and(|at| now.since(at) < FOCUS_MS);
    !focusing && app.overlay.is_none() && under(app, event) == Some(Hit::Track)
}

/// The cursor of a replay goes where the mouse is on the track, or nearest to it.
fn track(app: &mut App, event: MouseEvent) -> Vec<Effect> {
    let place = app.inner.hits.iter().find(|(_, hit)| *hit == Hit::Track).map(|(place, _)| *place);
    let Some((x, _, width, _)) = place.filter(|(_, _, width, _)| *width > 0) else { return Vec::new() };
    app.replay.iter_mut().for_each(|replay| replay.dragged = true);
    let cell = event.column.saturating_sub(x).min(width - 1);
    replay::drag(app, usize::from(cell), usize::from(width))
}

/// Leaves the mouse to the terminal, so that its own selection works, or takes it back.
pub(super) fn lend(app: &mut App) -> Vec<Effect> {
    app.mouse = match app.mouse {
        MouseOwner::Taut => MouseOwner::Lent,
        MouseOwner::Terminal | MouseOwner::Lent => MouseOwner::Taut,
    };
    vec![Effect::Mouse(app.mouse)]
}

/// What lies under the mouse: the last one painted lies on top.
fn under(app: &App, event: MouseEvent) -> Option<Hit> {
    let inside = |from: u16, length: u16, at: u16| at >= from && at - from < length;
    let mut hits = app.inner.hits.iter().rev();
    let found =
        hits.find(|((x, y, width, height), _)| inside(*x, *width, event.column) && inside(*y, *height, event.row));
    found.map(|(_, hit)| *hit)
}

fn wheel(app: &mut App, event: MouseEvent, rows: i64, now: At) {
    if let Some(Overlay::Help { .. } | Overlay::Accept(_)) = app.overlay {
        navigation::go(app, navigation::Move::Lines(rows), now);
        return;
    }
    if app.undoing().is_some() {
        return undo::scroll(app, rows);
    }
    if app.reviewing().is_some() {
        return review::scroll(app, rows);
    }
    if app.overlay.is_some() {
        return;
    }
    if let Some(card) = &mut app.card {
        card.delta = card.delta.saturating_add(rows);
        return;
    }
    if let Some(batch) = &mut app.batch {
        batch.delta = batch.delta.saturating_add(rows);
        return;
    }
    match under(app, event) {
        Some(Hit::Pane(pane) | Hit::Entry(pane, _)) => {
            if let Some(id) = app.panes.get(pane).copied().flatten() {
                navigation::scroll(app, id, rows);
            }
        }
        Some(Hit::Inspector) => app.inspector_top = navigation::moved(app.inspector_top, rows),
        Some(Hit::Other(_)) => navigation::go(app, navigation::Move::Lines(rows), now),
        Some(Hit::Session(_) | Hit::Request(_) | Hit::Composer | Hit::Card | Hit::Track) | None => {}
    }
}

fn click(app: &mut App, event: MouseEvent) {
    if app.overlay.is_some() || app.card.is_some() || app.batch.is_some() {
        return;
    }
    match under(app, event) {
        Some(Hit::Session(id)) => {
            panes::select(app, id);
            app.focus = Focus::Rail;
        }
        Some(Hit::Other(row)) => elsewhere::pressed(app, row),
        Some(Hit::Pane(pane)) => focus_pane(app, pane),
        Some(Hit::Entry(pane, no)) => {
            focus_pane(app, pane);
            let shown = app.panes.get(pane).copied().flatten();
            let next = shown.and_then(|id| app.state.session(id)).map_or(0, |session| session.timeline.next);
            if let Some(id) = shown.filter(|_| no < next) {
                let view = app.views.entry(id).or_default();
                view.leave_end(next);
                view.selected = Some(no);
            }
        }
        Some(Hit::Request(id)) => {
            (app.queue_selected, app.drawer, app.focus) = (Some(id), app.drawer.opened(), Focus::Queue);
        }
        Some(Hit::Inspector) => app.focus = Focus::Inspector,
        Some(Hit::Composer) if super::available(app, super::Action::Compose).is_ok() => app.focus = Focus::Composer,
        Some(Hit::Composer | Hit::Card | Hit::Track) | None => {}
    }
}

fn focus_pane(app: &mut App, pane: usize) {
    if let Some(id) = app.panes.get(pane).copied().flatten() {
        panes::select(app, id);
        app.focus = Focus::Pane;
    }
}
