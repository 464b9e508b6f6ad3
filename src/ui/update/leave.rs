//! Stopping: a turn, a session, everything, and this console. The brake is never held back.

use super::super::app::{App, HubHome};
use super::super::console::Pending;
use super::super::msg::Effect;
use super::super::{Action, Focus};
use super::{HELD_MS, forms};
use crate::domain::{At, Command};

/// Clears what is typed; else interrupts the turn; else, pressed twice, leaves. Held down it does one thing only.
pub(super) fn ctrl_c(app: &mut App, now: At) -> Vec<Effect> {
    let held = matches!(app.inner.last_key, Some((Some(Action::CtrlC), at)) if now.since(at) < HELD_MS);
    if held {
        return Vec::new();
    }
    app.toast = None;
    if app.overlay.take().is_some() {
        return Vec::new();
    }
    if super::card::step_back(app) {
        return Vec::new();
    }
    if app.batch.as_mut().is_some_and(|batch| batch.reason.take().is_some()) {
        return Vec::new();
    }
    if app.focus == Focus::Composer
        && let Some(draft) = app.selected.and_then(|id| app.drafts.remove(&id))
        && !draft.text.is_empty()
    {
        return Vec::new();
    }
    if super::available(app, Action::Interrupt).is_ok() {
        return interrupt(app, now);
    }
    if app.quit_armed.take().is_some() {
        return vec![Effect::Quit];
    }
    app.quit_armed = Some(now);
    app.say(format!("press it again to leave{}", and_ends(app)), now);
    Vec::new()
}

/// What else leaving does.
fn and_ends(app: &App) -> String {
    let live = live(app);
    if app.hub == HubHome::Apart {
        return match live {
            0 => String::new(),
            1 => "; 1 agent goes on".to_owned(),
            n => format!("; {n} agents go on"),
        };
    }
    match live {
        0 => String::new(),
        1 => ", which ends 1 running agent".to_owned(),
        n => format!(", which ends {n} running agents"),
    }
}

fn live(app: &App) -> usize {
    if app.replay.is_some() || app.status.read_only.is_some() {
        return 0;
    }
    app.state.sessions.values().filter(|session| session.is_live()).count()
}

pub(super) fn interrupt(app: &mut App, now: At) -> Vec<Effect> {
    let Some(session) = app.subject().map(|session| session.id) else { return Vec::new() };
    let name = app.name_of(session);
    let effects = app.send(Command::Interrupt { session }, Pending::Other, &format!("interrupt {name}"));
    if !effects.is_empty() {
        app.say(format!("interrupting {name}"), now);
    }
    effects
}

pub(super) fn ask_to_end(app: &mut App, now: At) {
    let Some(session) = app.subject().map(|session| session.id) else { return };
    let question = format!("End {} and every process it started?", app.name_of(session));
    forms::ask(app, question, Action::EndSessionNow, now);
}

pub(super) fn end_session(app: &mut App, now: At) -> Vec<Effect> {
    let Some(session) = app.subject().map(|session| session.id) else { return Vec::new() };
    let name = app.name_of(session);
    let effects = app.send(Command::End { session }, Pending::Other, &format!("end {name}"));
    if !effects.is_empty() {
        app.say(format!("ending {name}"), now);
    }
    effects
}

/// Ends everything at the second press.
pub(super) fn halt(app: &mut App, now: At) -> Vec<Effect> {
    if app.halt_armed.take().is_none() {
        app.halt_armed = Some(now);
        app.say("press it again to end every agent now", now);
        return Vec::new();
    }
    app.say("ending every agent", now);
    // A hub in this process is all there is; any other one may be stopped, lost, or not this console's.
    let elsewhere = app.hub == HubHome::Apart || app.can_act().is_err();
    let mut effects =
        if app.can_brake().is_ok() { app.send(Command::Halt, Pending::Other, "halt everything") } else { Vec::new() };
    effects.extend(elsewhere.then_some(Effect::Halt));
    effects
}

/// Leaves; asks first where agents run.
pub(super) fn quit(app: &mut App, now: At) -> Vec<Effect> {
    if app.hub == HubHome::Apart {
        return vec![Effect::Quit];
    }
    let question = match live(app) {
        0 => return vec![Effect::Quit],
        1 => "Leave taut? 1 agent runs, and ends with it.".to_owned(),
        n => format!("Leave taut? {n} agents run, and end with it."),
    };
    forms::ask(app, question, Action::QuitNow, now);
    Vec::new()
}
