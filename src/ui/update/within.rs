//! Searching within one payload: the card's, or the inspector's. The view finds the rows, a frame tells where it went; what
//! is jumped over was not on the screen, so it does not count as read.

use super::super::app::{App, Focus};
use super::super::find::{Go, Sheet, Stage, Within, WithinFound};
use crate::domain::At;

/// What could be looked through where the keys are.
fn sheet(app: &App) -> Option<Sheet> {
    match app.focus {
        Focus::Card => app.card.as_ref().map(|card| Sheet::Card(card.request)),
        Focus::Inspector => {
            let session = app.state.session(app.selected?)?;
            let last = session.timeline.next.checked_sub(1)?;
            let chosen = app.views.get(&session.id).and_then(|view| view.selected);
            Some(Sheet::Inspector(session.id, chosen.unwrap_or(last)))
        }
        Focus::Rail | Focus::Pane | Focus::Queue | Focus::Composer => None,
    }
}

pub(super) fn open(app: &mut App) {
    let Some(sheet) = sheet(app) else { return };
    let back = app.card.as_ref().filter(|_| app.focus == Focus::Card).map_or(app.inspector_top, |card| card.top);
    app.within = Some(Within { sheet, line: String::new(), stage: Stage::Typing, go: None, found: None, back });
}

/// True where the payload that has the keys is the one that is looked through.
pub(super) fn is_here(app: &App) -> bool {
    app.within.as_ref().is_some_and(|within| sheet(app) == Some(within.sheet))
}

/// True where the line is typed in.
pub(super) fn is_typed(app: &App) -> bool {
    is_here(app) && app.within.as_ref().is_some_and(|within| within.stage == Stage::Typing)
}

pub(super) fn edit(app: &mut App, f: impl FnOnce(&mut String)) {
    let Some(within) = &mut app.within else { return };
    let before = within.line.clone();
    f(&mut within.line);
    if within.line == before {
        return;
    }
    // Each letter looks from where the search began.
    (within.found, within.go) = (None, Some(Go::Here));
    let back = within.back;
    stand(app, back);
}

/// The first row that is shown, as the next frame takes it.
fn stand(app: &mut App, top: usize) {
    match (app.focus, &mut app.card) {
        (Focus::Card, Some(card)) => (card.top, card.delta) = (top, 0),
        _ => app.inspector_top = top,
    }
}

pub(super) fn go(app: &mut App, by: isize) {
    if let Some(within) = &mut app.within {
        within.go = Some(if by > 0 { Go::Next } else { Go::Previous });
    }
}

pub(super) fn keep(app: &mut App, now: At) {
    rest(app);
    let Some(within) = &mut app.within else { return };
    within.stage = Stage::Kept;
    let none = within.found.is_none_or(|found| found.of == 0);
    if within.line.is_empty() {
        app.within = None;
    } else if none {
        let said = format!("nothing here holds {:?}", within.line);
        app.say(said, now);
    }
}

pub(super) fn leave(app: &mut App) {
    rest(app);
    let Some(within) = app.within.take() else { return };
    if within.stage == Stage::Typing {
        stand(app, within.back);
    }
}

/// The card has the keys again: letters were typed over it, so that it must be looked at anew before one of them decides.
fn rest(app: &mut App) {
    if let Some(card) = app.card.as_mut().filter(|_| app.focus == Focus::Card) {
        card.painted = None;
    }
}

/// A frame went somewhere.
pub(super) fn painted(app: &mut App, found: Option<WithinFound>) {
    if let (Some(within), Some(found)) = (&mut app.within, found) {
        (within.found, within.go) = (Some(found), None);
    }
}

/// What is looked through is there no more, or another one: the search goes along with a request that is asked anew.
pub(super) fn follow(app: &mut App) {
    let Some(within) = &app.within else { return };
    let gone = match within.sheet {
        Sheet::Card(request) => match &app.card {
            Some(card) if card.request == request => false,
            Some(card) if app.focus == Focus::Card && within.stage == Stage::Typing => {
                // What is typed stays text, or its letters would become keys.
                let sheet = Sheet::Card(card.request);
                app.within = Some(Within { sheet, found: None, go: Some(Go::Here), back: 0, ..within.clone() });
                return;
            }
            Some(_) | None => true,
        },
        Sheet::Inspector(..) => app.focus == Focus::Inspector && sheet(app) != Some(within.sheet),
    };
    if gone {
        app.within = None;
    } else if let Some(within) = app.within.as_mut().filter(|within| app.focus != focus(within.sheet)) {
        within.stage = Stage::Kept;
    }
}

fn focus(sheet: Sheet) -> Focus {
    match sheet {
        Sheet::Card(_) => Focus::Card,
        Sheet::Inspector(..) => Focus::Inspector,
    }
}

pub(super) fn can_go(app: &App) -> Result<(), String> {
    match &app.within {
        Some(within) if within.found.is_some_and(|found| found.of == 0) => {
            Err(format!("nothing here holds {:?}", within.line))
        }
        Some(_) => Ok(()),
        None => Err("nothing is searched for".to_owned()),
    }
}

pub(super) fn can_open(app: &App) -> Result<(), String> {
    if sheet(app).is_some() { Ok(()) } else { Err("nothing is shown here yet".to_owned()) }
}
