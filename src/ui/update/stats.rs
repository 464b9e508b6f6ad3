//! What sessions came to: asked of the hub, which counts beside everything else; shown as tables.

use super::super::HandOver;
use super::super::app::{App, Overlay};
use super::super::msg::Effect;
use super::super::stats::StatsUi;
use super::navigation::Move;
use super::records;
use crate::domain::{Query, Tallies, TallyBy};

fn opened(app: &mut App) -> Option<&mut StatsUi> {
    match &mut app.overlay {
        Some(Overlay::Stats(ui)) => Some(ui),
        _ => None,
    }
}

pub(super) fn is_open(app: &App) -> bool {
    matches!(app.overlay, Some(Overlay::Stats(_)))
}

/// Whether they can be asked for.
pub(super) fn can(app: &App) -> Result<(), String> {
    if app.replay.is_some() {
        return Err("this is a replay of one session: `taut stats` counts all of them".to_owned());
    }
    match &app.link_lost {
        Some(why) => Err(format!("the hub can't be reached ({why}): `taut stats` counts without it")),
        None => Ok(()),
    }
}

/// Asks, and opens the table; where it is open, it stays as it is until there are new numbers.
pub(super) fn ask(app: &mut App) -> Vec<Effect> {
    if !is_open(app) {
        app.overlay = Some(Overlay::Stats(Box::new(StatsUi::of(TallyBy::Session))));
    }
    vec![Effect::Ask(Query::Numbers)]
}

/// They came.
pub(super) fn came(app: &mut App, told: Result<Tallies, String>) {
    let Some(ui) = opened(app) else { return };
    ui.told = Some(told);
    ui.selected = ui.selected.min(ui.rows().len().saturating_sub(1));
}

pub(super) fn turn(app: &mut App, by: usize) {
    opened(app).into_iter().for_each(|ui| ui.turn(by));
}

pub(super) fn sort(app: &mut App) {
    opened(app).into_iter().for_each(StatsUi::sort_next);
}

pub(super) fn go(app: &mut App, by: Move) {
    if let Some(ui) = opened(app) {
        ui.selected = by.within(ui.selected, ui.rows().len());
    }
}

/// Whether the selected row is a session that can be gone to.
pub(super) fn can_open(app: &App) -> Result<(), String> {
    let Some(Overlay::Stats(ui)) = &app.overlay else { return Err("no table of numbers is open".to_owned()) };
    match ui.rows().get(ui.selected).map(|row| row.session) {
        Some(Some(_)) => Ok(()),
        Some(None) => Err("this is no session: tab shows them one by one".to_owned()),
        None => Err("there is nothing to go to".to_owned()),
    }
}

/// Goes to a session of taut's own, or replays another tool's.
pub(super) fn open(app: &mut App) -> Vec<Effect> {
    let selected = opened(app).and_then(|ui| ui.rows().get(ui.selected).and_then(|row| row.session));
    match selected {
        Some((id, true)) => vec![Effect::HandOver(HandOver::replay(id))],
        Some((id, false)) if app.state.session(id).is_some() => {
            app.overlay = None;
            records::go_to(app, id);
            Vec::new()
        }
        Some(_) | None => Vec::new(),
    }
}
