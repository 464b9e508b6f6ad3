//! Sessions, panes and focus: which is shown where, and which has the keys.

use super::super::app::{App, Focus, Overlay};
use super::super::{Drawer, room};
use super::fleet;
use crate::domain::{At, SessionId};

/// Selects a session: its pane gets the focus of the panes, or the focused pane shows it.
pub(super) fn select(app: &mut App, id: SessionId) {
    fit(app);
    app.fleet.others.at = None;
    match app.panes.iter().position(|shown| *shown == Some(id)) {
        Some(pane) => app.pane = pane,
        None => app.panes[app.pane] = Some(id),
    }
    if app.selected.replace(id) != Some(id) {
        app.inspector_top = 0;
        // Whatever lingered under the selection goes where it belongs.
        app.fleet.lingers = None;
    }
}

/// As many panes as the grid has; empty ones take sessions that are not shown yet.
pub(super) fn fit(app: &mut App) {
    let want = app.grid.panes();
    if app.panes.len() > want {
        // The focused one stays; the others keep their order.
        let focused = app.panes.get(app.pane).copied().flatten();
        let others = app.panes.drain(..).flatten().filter(|id| Some(*id) != focused).collect::<Vec<_>>();
        app.panes = focused.into_iter().chain(others).take(want).map(Some).collect();
        app.pane = 0;
    }
    app.panes.resize(want, None);
    app.pane = app.pane.min(want - 1);
}

/// Empty panes take sessions that are not shown yet: first what needs the human, last what has ended.
pub(super) fn fill(app: &mut App) {
    fit(app);
    if app.panes.contains(&None) {
        let everyone = app.everyone();
        let lists = |id: &SessionId| app.state.session(*id).is_some_and(|session| !session.archived);
        let hidden = everyone.into_iter().filter(|id| !app.panes.contains(&Some(*id)) && lists(id));
        let mut hidden = hidden.collect::<Vec<_>>().into_iter();
        for pane in app.panes.iter_mut().filter(|pane| pane.is_none()) {
            *pane = hidden.next();
        }
    }
    if app.selected.is_none() {
        app.selected = app.panes.get(app.pane).copied().flatten();
    }
}

/// The next grid that has room; those that have none are skipped, and why is said.
pub(super) fn grid_next(app: &mut App, now: At) {
    app.zoom = false;
    let mut why = None;
    let mut next = app.grid.next();
    while let Err(reason) = room::fits(app, next) {
        why.get_or_insert(reason);
        next = next.next();
    }
    app.grid = next;
    fill(app);
    if let Some(why) = why {
        app.say(why, now);
    }
}

/// The next pane that shows a session.
pub(super) fn pane_next(app: &mut App) {
    let panes = app.panes.len();
    let after = (1..=panes).map(|step| (app.pane + step) % panes);
    if let Some(pane) = after.into_iter().find(|&pane| app.panes[pane].is_some()) {
        app.pane = pane;
        app.selected = app.panes[pane];
        (app.focus, app.inspector_top) = (Focus::Pane, 0);
    }
}

pub(super) fn slot(app: &mut App, n: u8) {
    let Some(id) = app.fleet.numbers.owner(n) else { return };
    select(app, id);
    if matches!(app.focus, Focus::Inspector | Focus::Queue) {
        app.focus = Focus::Pane;
    }
}

/// The next focus, or the one before: rail, pane, inspector, queue, composer.
pub(super) fn focus_next(app: &mut App, by: isize) {
    if let Some(Overlay::NewSession(form)) = &mut app.overlay {
        let all = super::forms::FIELDS;
        form.field = form.field.wrapping_add_signed(by).wrapping_add(all) % all;
        return;
    }
    if app.focus == Focus::Card {
        return;
    }
    let mut ring = vec![Focus::Rail, Focus::Pane];
    if app.inspector {
        ring.push(Focus::Inspector);
    }
    if app.drawer.is_open() {
        ring.push(Focus::Queue);
    }
    if app.selected.is_some() && app.replay.is_none() {
        ring.push(Focus::Composer);
    }
    let at = ring.iter().position(|focus| *focus == app.focus).unwrap_or(0);
    app.focus = ring[at.wrapping_add_signed(by).wrapping_add(ring.len()) % ring.len()];
}

pub(super) fn compose(app: &mut App) {
    app.focus = Focus::Composer;
}

/// Opens the queue; the same key again gives it the whole screen, and once more closes it.
pub(super) fn queue(app: &mut App) {
    if !app.drawer.is_open() || app.focus != Focus::Queue {
        (app.drawer, app.focus) = (app.drawer.opened(), Focus::Queue);
        if app.queue_selected.is_none_or(|id| app.state.waiting_request(id).is_none()) {
            app.queue_selected = app.queue().first().map(|waiting| waiting.request.id);
        }
    } else if app.drawer == Drawer::Full {
        close_queue(app);
    } else {
        app.drawer = Drawer::Full;
    }
}

pub(super) fn close_queue(app: &mut App) {
    (app.drawer, app.focus) = (Drawer::Closed, Focus::Pane);
}

/// The pane alone, or the queue where it has the keys; or all again.
pub(super) fn zoom(app: &mut App) {
    match (app.focus, app.drawer) {
        (Focus::Queue, Drawer::Full) => app.drawer = Drawer::Open,
        (Focus::Queue, Drawer::Open | Drawer::Closed) => app.drawer = Drawer::Full,
        _ => app.zoom = !app.zoom,
    }
}

pub(super) fn inspector(app: &mut App) {
    app.inspector = !app.inspector;
    if !app.inspector && app.focus == Focus::Inspector {
        app.focus = Focus::Pane;
    }
}

/// A session leaves the rail: where it was selected, the one that stood below it is now. `rail` is how it was before.
pub(super) fn take_out(app: &mut App, id: SessionId, rail: &[SessionId]) {
    app.slots.retain(|slot| *slot != id);
    app.panes.iter_mut().filter(|pane| **pane == Some(id)).for_each(|pane| *pane = None);
    if app.selected != Some(id) {
        return;
    }
    app.selected = None;
    let left = fleet::rail(app);
    let at = rail.iter().position(|row| *row == id).unwrap_or(0);
    let below = rail.iter().skip(at).chain(rail.iter().take(at).rev()).copied().find(|row| left.contains(row));
    if let Some(next) = below.or(left.first().copied()).or(app.slots.first().copied()) {
        select(app, next);
    }
}
