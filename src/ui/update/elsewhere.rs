//! The sessions of other tools in the rail: they come, the cursor goes among them, one is replayed.

use super::super::HandOver;
use super::super::app::{App, Focus};
use super::super::elsewhere::OtherRow;
use super::super::msg::Effect;
use super::navigation::Move;
use super::{fleet, panes};
use crate::domain::{Elsewhere, SessionId};

/// All of them.
pub(super) fn all(app: &mut App, listed: Vec<Elsewhere>) {
    app.fleet.others.set(listed);
    settle(app);
}

/// Some are otherwise than before.
pub(super) fn heard(app: &mut App, listed: Vec<Elsewhere>) {
    app.fleet.others.take(listed);
    settle(app);
}

/// A cursor on what is not listed any more goes to the line above it, or back to taut's own sessions.
pub(super) fn settle(app: &mut App) {
    let Some(at) = app.fleet.others.at else { return };
    let listed = app.others();
    let is_there = match at {
        OtherRow::Fold => !listed.is_empty(),
        OtherRow::One(id) => app.lists_others() && listed.iter().any(|one| one.id == id),
    };
    let some = !listed.is_empty();
    if !is_there {
        app.fleet.others.at = some.then_some(OtherRow::Fold);
    }
}

/// A row of the rail.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Row {
    Own(SessionId),
    Other(OtherRow),
}

/// Moves in the rail: through taut's own sessions, and on to those of other tools.
pub(super) fn go(app: &mut App, by: Move) {
    let mut rows: Vec<Row> = fleet::rail(app).into_iter().map(Row::Own).collect();
    let own = rows.len();
    let others = app.others();
    if !others.is_empty() {
        rows.push(Row::Other(OtherRow::Fold));
    }
    if app.lists_others() {
        rows.extend(others.iter().map(|one| Row::Other(OtherRow::One(one.id))));
    }
    let now = app.other_at().map(Row::Other).or(app.selected.map(Row::Own));
    let at = rows.iter().position(|row| Some(*row) == now);
    // The end of taut's own is the end, until the cursor has left them.
    let len = match (by, app.other_at()) {
        (Move::End, None) if own > 0 && at.is_none_or(|at| at + 1 < own) => own,
        _ => rows.len(),
    };
    match rows.get(at.map_or(0, |at| by.within(at, len))) {
        Some(Row::Own(id)) => panes::select(app, *id),
        Some(Row::Other(row)) => app.fleet.others.at = Some(*row),
        None => {}
    }
}

/// Opens what has the cursor: the list, or the replay of a session.
pub(super) fn open(app: &mut App) -> Vec<Effect> {
    match app.other_at() {
        Some(OtherRow::Fold) => {
            app.fleet.others.open = !app.fleet.others.open;
            Vec::new()
        }
        Some(OtherRow::One(id)) => vec![Effect::HandOver(HandOver::replay(id))],
        None => Vec::new(),
    }
}

/// Back to taut's own sessions; true where the cursor was elsewhere, or the list was open.
pub(super) fn back(app: &mut App) -> bool {
    let others = &mut app.fleet.others;
    let was_open = std::mem::take(&mut others.open);
    others.at.take().is_some() || was_open
}

/// The mouse pressed a row.
pub(super) fn pressed(app: &mut App, row: OtherRow) {
    app.focus = Focus::Rail;
    if row == OtherRow::Fold {
        app.fleet.others.open = !app.fleet.others.open;
    }
    app.fleet.others.at = Some(row);
}
