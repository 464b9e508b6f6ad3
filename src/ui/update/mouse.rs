//! The mouse scrolls, selects and focuses. It never decides, and opens nothing.

use super::super::app::{App, Focus, Overlay};
use super::super::msg::Hit;
use super::{FOCUS_MS, navigation, panes};
use crate::domain::At;
use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

pub(super) fn mouse(app: &mut App, event: MouseEvent, now: At) {
    match event.kind {
        MouseEventKind::ScrollDown => wheel(app, event, i64::from(app.notch)),
        MouseEventKind::ScrollUp => wheel(app, event, -i64::from(app.notch)),
        MouseEventKind::Down(MouseButton::Left) => {
            // The click that focuses the window is meant for the window.
            let focusing = app.inner.focused.is_some_and(|at| now.since(at) < FOCUS_MS);
            if !focusing {
                click(app, event);
            }
        }
        MouseEventKind::Down(MouseButton::Right | MouseButton::Middle)
        | MouseEventKind::Up(_)
        | MouseEventKind::Drag(_)
        | MouseEventKind::Moved
        | MouseEventKind::ScrollLeft
        | MouseEventKind::ScrollRight => {}
    }
}

/// What lies under the mouse: the last one painted lies on top.
fn under(app: &App, event: MouseEvent) -> Option<Hit> {
    let inside = |from: u16, length: u16, at: u16| at >= from && at - from < length;
    let mut hits = app.inner.hits.iter().rev();
    let found =
        hits.find(|((x, y, width, height), _)| inside(*x, *width, event.column) && inside(*y, *height, event.row));
    found.map(|(_, hit)| *hit)
}

fn wheel(app: &mut App, event: MouseEvent, rows: i64) {
    if let Some(Overlay::Help { .. }) = app.overlay {
        navigation::go(app, navigation::Move::Lines(rows));
        return;
    }
    if app.overlay.is_some() {
        return;
    }
    if let Some(card) = &mut app.card {
        card.delta = card.delta.saturating_add(rows);
        return;
    }
    match under(app, event) {
        Some(Hit::Pane(pane) | Hit::Entry(pane, _)) => {
            if let Some(id) = app.panes.get(pane).copied().flatten() {
                navigation::scroll(app, id, rows);
            }
        }
        Some(Hit::Inspector) => app.inspector_top = navigation::moved(app.inspector_top, rows),
        Some(Hit::Session(_) | Hit::Request(_) | Hit::Composer | Hit::Card) | None => {}
    }
}

fn click(app: &mut App, event: MouseEvent) {
    if app.overlay.is_some() || app.card.is_some() {
        return;
    }
    match under(app, event) {
        Some(Hit::Session(id)) => {
            panes::select(app, id);
            app.focus = Focus::Rail;
        }
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
        Some(Hit::Request(id)) => (app.queue_selected, app.queue_open, app.focus) = (Some(id), true, Focus::Queue),
        Some(Hit::Inspector) => app.focus = Focus::Inspector,
        Some(Hit::Composer) if super::available(app, super::Action::Compose).is_ok() => app.focus = Focus::Composer,
        Some(Hit::Composer | Hit::Card) | None => {}
    }
}

fn focus_pane(app: &mut App, pane: usize) {
    if let Some(id) = app.panes.get(pane).copied().flatten() {
        panes::select(app, id);
        app.focus = Focus::Pane;
    }
}
