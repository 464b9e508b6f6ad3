//! Selecting: rows by keys, characters by the mouse. What is selected is sent once a paint has found its text.

use super::super::app::{App, Focus};
use super::super::msg::{Effect, Hit};
use super::super::select::{Line, Manner, Select, SelectIn, Selected, Taken};
use super::super::{Action, Anchor};
use super::navigation::{self, Move};
use super::scopes::{Place, place};
use crate::domain::At;

/// Cells that the mouse must be dragged before it selects: a hand that shakes copies nothing.
const SHAKE: u16 = 2;

/// Whether something can be selected here.
pub(super) fn can_select(app: &App) -> Result<(), String> {
    app.copy_to.takes(0, "")?;
    if app.card.is_some() || app.selected.is_some() { Ok(()) } else { Err("there is no session yet".to_owned()) }
}

/// Begins to select rows where the keys are; the rail and the queue have none, so that it is the pane's then.
pub(super) fn begin(app: &mut App) {
    let place = match place(app) {
        Place::Card => SelectIn::Card,
        Place::Inspector => SelectIn::Inspector,
        _ => {
            let Some(id) = app.selected else { return };
            app.focus = Focus::Pane;
            SelectIn::Pane(id)
        }
    };
    let at = start(app, place);
    hold_still(app, place);
    let manner = Manner::Rows;
    app.select = Some(Select { place, manner, from: at, to: at, delta: 0, reveal: true, take: false });
}

/// The row to begin with: of the selected entry in a pane, else the first that is shown.
fn start(app: &App, place: SelectIn) -> Anchor {
    let mut lines = app.inner.lines.iter().filter(|line| line.place == place).map(|line| line.at);
    match place {
        SelectIn::Pane(id) => {
            let chosen = app.views.get(&id).and_then(|view| view.selected);
            let found = match chosen {
                Some(no) => lines.clone().find(|at| at.entry == no),
                None => lines.clone().next_back(),
            };
            found.or(lines.next()).unwrap_or(Anchor { entry: chosen.unwrap_or(0), row: 0 })
        }
        SelectIn::Inspector | SelectIn::Card => lines.next().unwrap_or_default(),
    }
}

/// What comes now does not move what is being selected.
fn hold_still(app: &mut App, place: SelectIn) {
    let id = match place {
        SelectIn::Pane(id) => Some(id),
        SelectIn::Inspector => app.selected,
        SelectIn::Card => None,
    };
    let Some(next) = id.and_then(|id| app.state.session(id)).map(|session| session.timeline.next) else { return };
    let view = app.views.entry(id.unwrap_or_default()).or_default();
    view.leave_end(next);
    if place == SelectIn::Inspector {
        view.selected = view.selected.or(next.checked_sub(1));
    }
}

/// Moves the end of what is selected.
pub(super) fn go(app: &mut App, by: Move) {
    let height = navigation::height_of(app, |hit| matches!(hit, Hit::Card | Hit::Inspector | Hit::Pane(_)));
    let Some(select) = &mut app.select else { return };
    select.reveal = true;
    match by {
        Move::Top => (select.to, select.delta) = (Anchor::default(), 0),
        Move::End => (select.to, select.delta) = (Anchor { entry: u64::MAX, row: usize::MAX }, 0),
        Move::Lines(_) | Move::Halves(_) => select.delta = select.delta.saturating_add(by.rows(height)),
    }
}

/// The next paint shall take the text.
pub(super) fn copy(app: &mut App) {
    if let Some(select) = &mut app.select {
        select.take = true;
    }
}

/// A key was pressed: what the mouse holds is let go, and so is what can't be seen any more.
pub(super) fn key(app: &mut App, action: Option<Action>) {
    let moves = action.is_some_and(|action| matches!(action, Action::PageDown | Action::PageUp | Action::Redraw));
    app.select.take_if(|select| !moves && matches!(select.manner, Manner::Cells { .. }));
    if app.overlay.is_none() && app.select.is_some() && app.selection().is_none() {
        app.select = None;
    }
}

/// A paint has found what is selected.
pub(super) fn painted(app: &mut App, found: Option<Selected>, now: At) -> Vec<Effect> {
    let (Some(found), Some(select)) = (found, &mut app.select) else { return Vec::new() };
    (select.to, select.delta, select.reveal) = (found.to, 0, false);
    let Some(taken) = found.taken.filter(|_| select.take) else { return Vec::new() };
    app.select = None;
    match taken {
        Taken::Text(text) => super::copy::send(app, &text, now),
        Taken::TooMuch => {
            let most = app.copy_to.most() as u64 + 1;
            let key = app.key(Action::Copy, "y");
            if let Err(why) = app.copy_to.takes(most, &format!("select less, or open it in the pager by {key}")) {
                app.say(why.replacen("are too much", "and more are too much", 1), now);
            }
            Vec::new()
        }
    }
}

/// The mouse was pressed on a row that can be selected.
pub(super) fn press(app: &mut App, column: u16, row: u16) {
    app.select.take_if(|select| matches!(select.manner, Manner::Cells { .. }));
    let on = |line: &&Line| {
        let (x, y, width) = line.area;
        y == row && column >= x && column - x < width
    };
    app.inner.pressed = app.inner.lines.iter().rev().find(on).map(|line| (*line, column));
}

/// The mouse is dragged: within the place where it was pressed, and no further.
pub(super) fn drag(app: &mut App, column: u16, row: u16) {
    let Some((pressed, from)) = app.inner.pressed else { return };
    let selecting = app.select.as_ref().is_some_and(|select| matches!(select.manner, Manner::Cells { .. }));
    if !selecting && row == pressed.area.1 && column.abs_diff(from) < SHAKE {
        return;
    }
    let lines = || app.inner.lines.iter().filter(|line| line.place == pressed.place);
    let (Some(first), Some(last)) = (lines().map(|l| l.area.1).min(), lines().map(|l| l.area.1).max()) else { return };
    let Some(line) = lines().find(|line| line.area.1 == row.clamp(first, last)).copied() else { return };
    let cell = |column: u16| {
        let (x, _, width) = line.area;
        usize::from(column.clamp(x, x.saturating_add(width.saturating_sub(1))) - x)
    };
    let manner = Manner::Cells { from: cell(from), to: cell(column) };
    if !selecting {
        hold_still(app, pressed.place);
    }
    let (place, from, to) = (pressed.place, pressed.at, line.at);
    app.select = Some(Select { place, manner, from, to, delta: 0, reveal: false, take: false });
    // Beyond its edge it goes on.
    let beyond = i64::from(row > last) - i64::from(row < first);
    if beyond != 0 {
        scroll(app, place, beyond);
    }
}

fn scroll(app: &mut App, place: SelectIn, rows: i64) {
    match place {
        SelectIn::Pane(id) => navigation::scroll(app, id, rows),
        SelectIn::Inspector => app.inspector_top = navigation::moved(app.inspector_top, rows),
        SelectIn::Card => {
            if let Some(card) = &mut app.card {
                card.delta = card.delta.saturating_add(rows);
            }
        }
    }
}

/// The mouse was let go: what it selected is sent.
pub(super) fn release(app: &mut App) {
    app.inner.pressed = None;
    if let Some(select) = app.select.as_mut().filter(|select| matches!(select.manner, Manner::Cells { .. })) {
        select.take = true;
    }
}
