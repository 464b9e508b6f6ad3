//! The list of what was granted: moving in it, taking one back after a question.

use super::super::Action;
use super::super::app::{App, Overlay};
use super::super::console::Pending;
use super::super::grants::{GrantsUi, Row};
use super::super::msg::Effect;
use super::navigation::Move;
use super::{card, forms};
use crate::domain::{At, Command, GrantId, RequestId};
use crate::state::Standing;

/// Opens the list.
pub(super) fn open(app: &mut App) {
    app.overlay = Some(Overlay::Grants(GrantsUi::default()));
}

fn ui(app: &App) -> Option<&GrantsUi> {
    match &app.overlay {
        Some(Overlay::Grants(ui)) => Some(ui),
        _ => None,
    }
}

/// Whether there is anything in the list.
pub(super) fn any(app: &App) -> bool {
    app.state.sessions.values().any(|session| !session.ledger.is_empty() || !session.loosened.is_empty())
}

/// Moves the selection.
pub(super) fn go(app: &mut App, by: Move, now: At) {
    let Some(shown) = ui(app) else { return };
    let rows = app.grants(now);
    let at = app.granted_at(shown, &rows);
    let selected = rows.get(by.within(at, rows.len())).map(Row::named);
    if let Some(Overlay::Grants(ui)) = &mut app.overlay {
        ui.selected = selected;
    }
}

/// The selected grant that can be taken back; else why it can't.
fn revocable(app: &App, now: At) -> Result<(GrantId, String), String> {
    let Some(ui) = ui(app) else { return Err("open the list of grants first".to_owned()) };
    let rows = app.grants(now);
    match rows.get(app.granted_at(ui, &rows)) {
        None => Err("nothing is granted".to_owned()),
        Some(Row::Loosened { session, .. }) => Err(own(&session.name)),
        Some(Row::Grant { session, given, .. }) if given.is_agents_own() => Err(own(&session.name)),
        Some(Row::Grant { id, given, session, standing }) => match standing {
            Standing::Holds => {
                Ok((*id, format!("Revoke what {} may do: {}?", app.name_of(session.id), given.grant.matcher.words())))
            }
            Standing::Expired => Err("it covers nothing any more: its time is over".to_owned()),
            Standing::Revoked => Err("it was revoked already".to_owned()),
            Standing::Over => Err("it covers nothing any more: its session has ended".to_owned()),
        },
    }
}

/// What can be done against something that the agent keeps itself.
fn own(name: &str) -> String {
    format!("the agent keeps this itself, where taut can't reach: end {name}, or put it in another mode")
}

/// Asks before one is taken back.
pub(super) fn ask(app: &mut App, now: At) {
    match revocable(app, now) {
        Err(why) => app.say(why, now),
        Ok((id, question)) => {
            app.inner.revoking = Some(id);
            app.inner.grants_under = ui(app).cloned();
            let question = format!("{question}\nCalls that it covered ask again, from the next one on.");
            forms::ask(app, question, Action::RevokeNow, now);
        }
    }
}

/// Goes back to the list, where the question was asked from it.
pub(super) fn come_back(app: &mut App) {
    app.inner.revoking = None;
    if app.overlay.is_none() {
        app.overlay = app.inner.grants_under.take().map(Overlay::Grants);
    }
}

/// Takes back the one that was asked about.
pub(super) fn revoke(app: &mut App) -> Vec<Effect> {
    let grant = app.inner.revoking.take();
    come_back(app);
    let Some(grant) = grant else { return Vec::new() };
    app.send(Command::Revoke { grant }, Pending::Other, &format!("revoke {grant}"))
}

/// Opens the card of the request from which the selected grant came.
pub(super) fn origin(app: &mut App, now: At) {
    let Some(shown) = ui(app) else { return };
    let rows = app.grants(now);
    let origin: Option<RequestId> = match rows.get(app.granted_at(shown, &rows)) {
        Some(Row::Grant { given, .. }) => given.grant.origin,
        Some(Row::Loosened { .. }) | None => None,
    };
    match origin.filter(|id| app.state.request(*id).is_some()) {
        Some(id) => {
            app.overlay = None;
            card::open(app, id);
        }
        None => app.say("the request that it came from is not in memory: `taut show` has it", now),
    }
}
