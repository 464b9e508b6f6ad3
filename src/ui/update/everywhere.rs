//! Searching all sessions: each letter asks the hub anew, which ends the search before; what it finds comes while it looks.

use super::super::HandOver;
use super::super::app::{App, Overlay};
use super::super::everywhere::{EverywhereUi, MOST};
use super::super::msg::Effect;
use super::navigation::Move;
use super::{composer, panes, timeline};
use crate::domain::{FindAll, HitsIn, LookedAll, Query};
use crate::state::Life;
use crossterm::event::KeyEvent;

fn opened(app: &mut App) -> Option<&mut EverywhereUi> {
    match &mut app.overlay {
        Some(Overlay::Everywhere(ui)) => Some(ui),
        _ => None,
    }
}

pub(super) fn is_open(app: &App) -> bool {
    matches!(app.overlay, Some(Overlay::Everywhere(_)))
}

/// Whether it can be opened.
pub(super) fn can(app: &App) -> Result<(), String> {
    if app.replay.is_some() {
        return Err("this is a replay of one session: `taut search` looks through all of them".to_owned());
    }
    match &app.link_lost {
        Some(why) => Err(format!("the hub can't be reached ({why}): `taut search` looks without it")),
        None => Ok(()),
    }
}

/// Opens it as it was left, and looks again: something may have come.
pub(super) fn open(app: &mut App) -> Vec<Effect> {
    let left = app.inner.sought.take().unwrap_or_default();
    app.overlay = Some(Overlay::Everywhere(Box::new(EverywhereUi { in_list: false, ..*left })));
    if opened(app).is_some_and(|ui| ui.line.is_empty()) { Vec::new() } else { ask(app) }
}

/// It was closed: what was found stays for the next time.
pub(super) fn left(app: &mut App, ui: Box<EverywhereUi>) {
    app.inner.sought = Some(ui);
}

pub(super) fn typed(app: &mut App, key: KeyEvent) -> Vec<Effect> {
    edit(app, |line| composer::edit_line(Some(line), key))
}

pub(super) fn pasted(app: &mut App, text: &str) -> Vec<Effect> {
    edit(app, |line| composer::append(Some(line), text))
}

fn edit(app: &mut App, f: impl FnOnce(&mut String)) -> Vec<Effect> {
    let Some(ui) = opened(app) else { return Vec::new() };
    let before = ui.line.clone();
    f(&mut ui.line);
    if ui.line == before { Vec::new() } else { ask(app) }
}

/// Asks anew. An empty line ends what goes on.
fn ask(app: &mut App) -> Vec<Effect> {
    app.inner.searches += 1;
    let (number, folder) = (app.inner.searches, app.here.clone());
    let Some(ui) = opened(app) else { return Vec::new() };
    (ui.number, ui.stale, ui.looked) = (number, true, None);
    ui.looking = !ui.line.trim().is_empty();
    if !ui.looking {
        (ui.groups, ui.selected, ui.stale) = (Vec::new(), 0, false);
    }
    vec![Effect::Ask(Query::Everywhere(FindAll { number, text: ui.line.clone(), folder, limit: MOST }))]
}

/// What was found.
pub(super) fn came(app: &mut App, number: u64, groups: Vec<HitsIn>, looked: Option<Result<LookedAll, String>>) {
    let Some(ui) = opened(app).filter(|ui| ui.number == number) else { return };
    if std::mem::take(&mut ui.stale) {
        // Where the same is found again, the same stays selected.
        let selected = ui.hit().map(|(of, hit)| (of.session, hit.entry));
        ui.groups.clear();
        ui.take(groups);
        let all = ui.groups.iter().flat_map(|group| group.hits.iter().map(|hit| (group.of.session, hit.entry)));
        let again = all.clone().position(|hit| Some(hit) == selected);
        ui.selected = again.unwrap_or(0);
    } else {
        ui.take(groups);
    }
    if looked.is_some() {
        (ui.looking, ui.looked) = (false, looked);
    }
}

pub(super) fn go(app: &mut App, by: Move) {
    if let Some(ui) = opened(app) {
        ui.selected = by.within(ui.selected, ui.hits());
    }
}

/// Between the line and the list.
pub(super) fn turn(app: &mut App) {
    opened(app).into_iter().for_each(|ui| ui.in_list = !ui.in_list);
}

/// Whether there is a hit to go to.
pub(super) fn can_go(app: &App) -> Result<(), String> {
    let Some(Overlay::Everywhere(ui)) = &app.overlay else { return Err("nothing is searched".to_owned()) };
    match (ui.hit(), ui.looking) {
        (Some(_), _) => Ok(()),
        (None, true) => Err("nothing was found yet: it is still looking".to_owned()),
        (None, false) if ui.line.trim().is_empty() => Err("type what is searched first".to_owned()),
        (None, false) => Err("nothing was found: fewer words find more".to_owned()),
    }
}

/// Goes to the selected hit: to the step of a session that lives, else into a replay at that step; that comes back here.
pub(super) fn show(app: &mut App) -> Vec<Effect> {
    let Some((id, entry, seq, recorded)) =
        opened(app).and_then(|ui| ui.hit().map(|(of, hit)| (of.session, hit.entry, hit.seq, of.recorded)))
    else {
        return Vec::new();
    };
    let lives = |app: &App| app.state.session(id).is_some_and(|session| !matches!(session.life, Life::Ended { .. }));
    if recorded || !lives(app) {
        return vec![Effect::HandOver(HandOver::replay_at(id, seq))];
    }
    if let Some(Overlay::Everywhere(ui)) = app.overlay.take() {
        left(app, ui);
    }
    panes::select(app, id);
    timeline::show(app, id, entry);
    Vec::new()
}
