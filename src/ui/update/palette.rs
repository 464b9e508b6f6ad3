//! The palette and the list of sessions: opened, and what was chosen done by the same way as its key.

use super::super::app::{App, Focus, Overlay};
use super::super::msg::{Effect, Press};
use super::super::palette::{Listed, belongs, decides};
use super::super::picker::{Picked, PickerKind};
use super::{Action, available, card, did, forms, panes, picker};
use crate::domain::{At, SessionId};

/// Opens the palette. What can act is found before it lies over the place that the keys are in.
pub(super) fn open(app: &mut App, now: At) {
    app.overlay = None;
    let listed = |&action: &Action| Listed { action, lacks: lacks(app, action).err() };
    let one_slot = |action: &&Action| !matches!(action, Action::Slot(n) if usize::from(*n) > app.slots.len().max(1));
    let all = Action::ALL.iter().filter(|action| !action.is_internal() && **action != Action::Palette);
    app.inner.palette = all.filter(one_slot).map(listed).collect();
    picker::open(app, PickerKind::Palette, 0, now);
}

/// Opens the list of sessions, on the one that was gone from last.
pub(super) fn jump(app: &mut App, now: At) {
    let rows = app.picks(PickerKind::Jump);
    let at = rows.iter().position(|row| row.what == app.selected.map_or(Picked::Agent(usize::MAX), Picked::Session));
    picker::open(app, PickerKind::Jump, at.unwrap_or(0), now);
}

/// Why an action can't be chosen.
fn lacks(app: &App, action: Action) -> Result<(), String> {
    let focus = if app.batch.is_some() { Focus::Card } else { app.focus };
    if decides(action, focus) {
        return Err("it is never chosen from a list: its key decides, on the request's card".to_owned());
    }
    belongs(app, action)?;
    available(app, action)
}

/// Does an action as its key would.
pub(super) fn act(app: &mut App, action: Action, press: Press, now: At) -> Vec<Effect> {
    match lacks(app, action) {
        Ok(()) => {
            let effects = did(app, action, press, now);
            // What leads elsewhere leaves the card: one without the keys would be in the way.
            if app.focus != Focus::Card {
                (app.card, app.inner.unread_armed) = (None, None);
            }
            effects
        }
        Err(why) => {
            app.say(why, now);
            Vec::new()
        }
    }
}

/// Goes to a session, also to one that was put away.
pub(super) fn go_to(app: &mut App, session: SessionId) {
    if !app.knows(session) {
        return;
    }
    if app.focus == Focus::Card {
        card::close(app);
    }
    panes::select(app, session);
    app.focus = Focus::Pane;
}

/// Opens the form for an agent.
pub(super) fn start(app: &mut App, agent: usize) {
    forms::new_session(app);
    if let Some(Overlay::NewSession(form)) = &mut app.overlay {
        form.agent = agent.min(app.agents.len().saturating_sub(1));
    }
}
