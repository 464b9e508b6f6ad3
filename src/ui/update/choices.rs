//! Lists that lie over everything: the agent's modes, its ways to log in.

use super::super::app::{App, Overlay};
use super::super::card::DWELL_MS;
use super::super::console::Pending;
use super::super::msg::{Effect, Press};
use super::navigation::Move;
use crate::domain::{At, Command, SessionId};
use crate::state::Life;

pub(super) fn modes(app: &mut App, now: At) {
    let Some(session) = app.selected.and_then(|id| app.state.session(id)) else { return };
    let selected = session.modes.iter().position(|mode| Some(&mode.id) == session.mode.as_ref()).unwrap_or(0);
    app.overlay = Some(Overlay::Modes { session: session.id, selected });
    app.inner.opened = now;
}

pub(super) fn logins(app: &mut App, now: At) {
    let Some(session) = app.selected else { return };
    app.overlay = Some(Overlay::Logins { session, selected: 0 });
    app.inner.opened = now;
}

pub(super) fn go(app: &mut App, by: Move) {
    let len = match &app.overlay {
        Some(Overlay::Modes { session, .. }) => app.state.session(*session).map_or(0, |session| session.modes.len()),
        Some(Overlay::Logins { session, .. }) => ways(app, *session).len(),
        Some(Overlay::Help { .. } | Overlay::NewSession(_) | Overlay::Confirm { .. }) | None => 0,
    };
    if let Some(Overlay::Modes { selected, .. } | Overlay::Logins { selected, .. }) = &mut app.overlay {
        *selected = by.within(*selected, len);
    }
}

/// Takes the selected one. A mode may let an agent run unasked: it is chosen with the care of a decision.
pub(super) fn choose(app: &mut App, press: Press, now: At) -> Vec<Effect> {
    if press == Press::Among || now.since(app.inner.opened) < DWELL_MS {
        app.say("the list has just appeared: look, then press enter alone", now);
        return Vec::new();
    }
    let (command, words) = match &app.overlay {
        Some(Overlay::Modes { session, selected }) => {
            let Some(mode) = app.state.session(*session).and_then(|session| session.modes.get(*selected)) else {
                return Vec::new();
            };
            (Command::SetMode { session: *session, mode: mode.id.clone() }, "set the mode")
        }
        Some(Overlay::Logins { session, selected }) => {
            let Some(way) = ways(app, *session).get(*selected).cloned() else { return Vec::new() };
            (Command::Login { session: *session, way }, "log in")
        }
        Some(Overlay::Help { .. } | Overlay::NewSession(_) | Overlay::Confirm { .. }) | None => return Vec::new(),
    };
    app.overlay = None;
    app.send(command, Pending::Other, words)
}

fn ways(app: &App, session: SessionId) -> Vec<String> {
    match app.state.session(session).map(|session| &session.life) {
        Some(Life::LoginNeeded { ways, .. }) => ways.iter().map(|way| way.id.clone()).collect(),
        Some(Life::Unknown | Life::Starting(_) | Life::Open | Life::Ended { .. }) | None => Vec::new(),
    }
}
