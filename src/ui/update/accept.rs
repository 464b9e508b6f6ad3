//! Taking settings that were changed while agents run: what differs is shown, and what was shown is what is taken.

use super::super::app::{App, Overlay};
use super::super::card::DWELL_MS;
use super::super::console::Pending;
use super::super::msg::Effect;
use super::super::{Accept, Action, PaintedAccept};
use super::navigation::{Move, moved};
use crate::domain::{At, Command, Query, SettingsDiff};

/// Asks the hub what the changed settings would change.
pub(super) fn ask(app: &mut App, now: At) -> Vec<Effect> {
    app.inner.settings_asked = Some(now);
    vec![Effect::Ask(Query::Settings)]
}

/// Shows it, where the human waits for it still.
pub(super) fn show(app: &mut App, waits: Vec<SettingsDiff>, now: At) {
    let Some(asked) = app.inner.settings_asked.take() else { return };
    if waits.is_empty() {
        app.say("no settings wait: what the files say is in force", now);
    } else if app.overlay.is_some() || app.inner.last_key.is_some_and(|(_, at)| at > asked) {
        // Whoever has pressed a key since then is elsewhere: nothing comes under their hands.
        let key = app.key(Action::AcceptSettings, "ctrl-y");
        app.say(format!("the changed settings can be looked at now: {key}"), now);
    } else {
        app.overlay = Some(Overlay::Accept(Box::new(Accept::of(waits))));
    }
}

fn open(app: &mut App) -> Option<&mut Accept> {
    match &mut app.overlay {
        Some(Overlay::Accept(accept)) => Some(accept),
        _ => None,
    }
}

/// Scrolls it.
pub(super) fn go(app: &mut App, by: Move) {
    // The drawer leaves this much to its rows; a page keeps one of them.
    let page = app.size.1.saturating_sub(6);
    if let Some(accept) = open(app) {
        accept.top = moved(accept.top, by.rows(page)).min(accept.of);
    }
}

/// A frame showed so much of it.
pub(super) fn painted(app: &mut App, shown: Option<PaintedAccept>, now: At) {
    if let (Some(accept), Some(shown)) = (open(app), shown) {
        accept.painted(shown, now);
    }
}

/// What waits is another one than what is shown: nothing of it can be taken any more.
pub(super) fn follow(app: &mut App, now: At) {
    let waits = app.status.settings.as_ref().map_or(&[][..], |settings| &settings.waits);
    let waits = |one: &SettingsDiff| waits.iter().any(|wait| (wait.file, wait.digest) == (one.file, one.digest));
    let Some(Overlay::Accept(accept)) = &app.overlay else { return };
    if !accept.waits.iter().all(waits) {
        app.overlay = None;
        app.say("the settings changed while you read, or were taken elsewhere: nothing was taken by this", now);
    }
}

/// Takes what was shown, and nothing newer.
pub(super) fn yes(app: &mut App, in_haste: bool, now: At) -> Vec<Effect> {
    let more = app.key(Action::PageDown, "space");
    let Some(accept) = open(app) else { return Vec::new() };
    let why = if accept.left_out() > 0 {
        Some("that is too long to be taken here: make it shorter, or end all agents, then the files hold".to_owned())
    } else if in_haste || accept.since.is_none_or(|at| now.since(at) < DWELL_MS) {
        Some("the question has just appeared: read it, then press again".to_owned())
    } else if !accept.read {
        Some(format!("not all of it was on the screen: {more} reads on, then press again"))
    } else {
        None
    };
    if let Some(why) = why {
        app.say(why, now);
        return Vec::new();
    }
    let shown = std::mem::take(&mut accept.waits);
    app.overlay = None;
    let mut effects = Vec::new();
    for SettingsDiff { file, digest, .. } in shown {
        let words = format!("take {}", file.name());
        effects.extend(app.send(Command::AcceptSettings { file, digest }, Pending::Other, &words));
    }
    if !effects.is_empty() {
        app.say("taking the changed settings", now);
    }
    effects
}
