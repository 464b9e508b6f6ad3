//! Decisions: the one place from which a `Decide` can leave.

use super::super::app::{App, Focus};
use super::super::card::{CardUi, DWELL_MS, Menu};
use super::super::console::Pending;
use super::super::msg::{Effect, Press};
use super::super::term::Term;
use super::super::{face, queue};
use super::Action;
use super::guard;
use super::guard::{Reading, Refusal, may, standing};
use super::{edit, parts, reply};
use crate::domain::{At, Command, Decision, Matcher, OfferKind, RequestId};
use crate::state::Request;

/// Opens the card of a request.
pub(super) fn open(app: &mut App, request: RequestId) {
    if app.focus != Focus::Card {
        app.card_back = app.focus;
    }
    let left = app.card.as_ref().map(|card| card.request).filter(|left| *left != request);
    queue::turn_to(app, left);
    super::losses::ask_anew(app, request);
    let sent = app.inner.answered.contains_key(&request);
    app.keep_unsent();
    let mut card = CardUi { sent, ..CardUi::new(request) };
    app.give_unsent(&mut card);
    app.card = Some(card);
    (app.focus, app.queue_selected, app.inner.unread_armed) = (Focus::Card, Some(request), None);
}

/// Closes the card and gives the keys back to where they were.
pub(super) fn close(app: &mut App) {
    app.keep_unsent();
    (app.card, app.inner.unread_armed) = (None, None);
    app.focus = if app.card_back == Focus::Card { Focus::Pane } else { app.card_back };
}

/// Opens the card of the request that comes next. Only a human's key leads here: a decision never does.
pub(super) fn next_waiting(app: &mut App, now: At) {
    match app.next_waiting().map(|waiting| waiting.request.id) {
        Some(next) => open(app, next),
        None if app.state.waiting() > 0 => app.say("nothing else waits", now),
        None => app.say("nothing waits", now),
    }
}

/// Goes one place back on the card: from a question to what it is about, from there to the card. False where nothing is
/// open on it.
pub(super) fn step_back(app: &mut App) -> bool {
    let Some(card) = app.card.as_mut() else { return false };
    card.reasons = card.reasons_now();
    let Some(menu) = card.menu.take() else { return false };
    match menu {
        Menu::Override { decision, .. } if face::of(&decision) != crate::domain::Digest::default() => {
            card.menu = Some(Menu::Sure { decision, top: 0 });
        }
        Menu::Sure { decision, top } => {
            (card.top, card.delta) = (top, 0);
            card.menu = matches!(decision, Decision::Edit { .. }).then_some(Menu::Edit);
        }
        Menu::Scopes { .. }
        | Menu::Reason { .. }
        | Menu::Override { .. }
        | Menu::Edit
        | Menu::Rest { .. }
        | Menu::Reply => {}
    }
    true
}

/// Allows once, by the agent's own offer for that; where it has none or several, the human chooses among its offers.
/// Questions are answered, and of a change whose hunks were chosen that part is taken.
pub(super) fn allow(app: &mut App, press: Press, now: At) -> Vec<Effect> {
    let is_whole = app.card.as_ref().is_none_or(|card| !card.parts.differs());
    if reply::questions(app).is_some() || !is_whole {
        if !holds(app, now) {
            if is_whole { reply::open(app, now) } else { parts::take(app, now) }
        }
        return Vec::new();
    }
    let once: Vec<String> = match standing(app) {
        Ok(waiting) => of_kind(waiting.request, OfferKind::AllowOnce),
        Err(why) => {
            app.say(why, now);
            return Vec::new();
        }
    };
    match once.as_slice() {
        [offer] => decide(app, Decision::Allow { offer: offer.clone() }, (Action::Allow, press), now),
        several => {
            let none = several.is_empty();
            scopes_menu(app, now);
            let why = if none { "offers no single allowance" } else { "offers more than one single allowance" };
            app.say(format!("the agent {why}: choose among its own offers"), now);
            Vec::new()
        }
    }
}

/// Says why the card's keys do nothing now, where they don't.
pub(super) fn holds(app: &mut App, now: At) -> bool {
    let why = guard::strayed(app, now);
    if let Some(why) = why {
        app.say(why, now);
    }
    why.is_some()
}

/// Shows the agent's own offers, and what the hub can hold; nothing is chosen by it.
pub(super) fn scopes_menu(app: &mut App, now: At) {
    if holds(app, now) {
        return;
    }
    let Ok(waiting) = standing(app) else { return };
    let place = |kind| waiting.request.offers.iter().position(|offer| offer.kind == kind);
    let selected = place(OfferKind::AllowOnce).or_else(|| place(OfferKind::RejectOnce)).unwrap_or(0);
    set_menu(app, Menu::Scopes { selected, term: Term::default() }, now);
}

/// How many rows the menu of offers has.
pub(super) fn choices(request: &Request) -> usize {
    request.offers.len() + request.how.scopes.len()
}

/// The allowance for longer that is selected in the menu, with its term.
pub(super) fn longer(app: &App) -> Option<(Matcher, Term)> {
    let card = app.card.as_ref()?;
    let Some(Menu::Scopes { selected, term }) = &card.menu else { return None };
    let request = app.state.request(card.request)?;
    let at = selected.checked_sub(request.offers.len())?;
    Some((request.how.scopes.get(at)?.clone(), *term))
}

/// Another term for what the hub shall hold.
pub(super) fn turn_term(app: &mut App, places: usize) {
    if longer(app).is_some()
        && let Some(Menu::Scopes { term, .. }) = app.card.as_mut().and_then(|card| card.menu.as_mut())
    {
        *term = term.on(places);
    }
}

/// Asks for a reason; nothing is sent before `Enter`.
pub(super) fn deny_with_reason(app: &mut App, now: At) {
    if holds(app, now) {
        return;
    }
    let text = app.card.as_ref().map(|card| card.reasons.deny.clone()).unwrap_or_default();
    set_menu(app, Menu::Reason { text, interrupt: false }, now);
}

pub(super) fn deny_and_interrupt(app: &mut App, press: Press, now: At) -> Vec<Effect> {
    let decision = denial(app, None, true);
    decide(app, decision, (Action::DenyInterrupt, press), now)
}

/// Chooses the selected offer of the menu.
pub(super) fn choose_offer(app: &mut App, press: Press, now: At) -> Vec<Effect> {
    let Some(Menu::Scopes { selected, .. }) = app.card.as_ref().and_then(|card| card.menu.as_ref()) else {
        return Vec::new();
    };
    let (offer, once) = match standing(app) {
        Ok(waiting) => (waiting.request.offers.get(*selected).cloned(), single(waiting.request)),
        Err(why) => {
            app.say(why, now);
            return Vec::new();
        }
    };
    let grant = longer(app);
    let allows = grant.is_some()
        || offer.as_ref().is_some_and(|offer| !matches!(offer.kind, OfferKind::RejectOnce | OfferKind::RejectAlways));
    if allows && app.card.as_ref().is_some_and(|card| card.parts.differs()) {
        app.say("hunks are refused or edited, and this would allow all of it: take them all back first", now);
        return Vec::new();
    }
    if let Some((matcher, term)) = grant {
        let Some(offer) = once else {
            app.say("the agent offers no single allowance: only its own offers can be chosen", now);
            return Vec::new();
        };
        if now.since(app.inner.opened) < DWELL_MS {
            app.say("the offers have just appeared: look, then press again", now);
            return Vec::new();
        }
        let until = term.until(now, app.utc_offset);
        return decide(app, Decision::AllowFor { offer, matcher, until }, (Action::Open, press), now);
    }
    let Some(offer) = offer else {
        app.say("the agent made no offer: deny answers it all the same", now);
        return Vec::new();
    };
    if now.since(app.inner.opened) < DWELL_MS {
        app.say("the offers have just appeared: look, then press again", now);
        return Vec::new();
    }
    let decision = match offer.kind {
        OfferKind::RejectOnce | OfferKind::RejectAlways => {
            Decision::Deny { offer: Some(offer.id), reason: None, interrupt: false }
        }
        // An unknown kind may let something run: it is held to the same care.
        OfferKind::AllowOnce | OfferKind::AllowAlways | OfferKind::Unknown => Decision::Allow { offer: offer.id },
    };
    decide(app, decision, (Action::Open, press), now)
}

/// Sends the reason, or the decision behind the typed word.
pub(super) fn submit(app: &mut App, press: Press, now: At) -> Vec<Effect> {
    match app.card.as_ref().and_then(|card| card.menu.clone()) {
        Some(Menu::Reason { text, interrupt }) => {
            let reason = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
            let decision = denial(app, reason, interrupt);
            decide(app, decision, (Action::Submit, press), now)
        }
        Some(Menu::Override { text, decision }) if text.trim() == CardUi::OVERRIDE => {
            match may(app, &decision, (Action::Submit, press), Reading::Waived, now) {
                Ok(()) => leave(app, decision),
                Err(refusal) => refuse(app, refusal, decision, now),
            }
        }
        Some(Menu::Override { .. }) => {
            app.say(format!("type {} to decide without reading all of it", CardUi::OVERRIDE), now);
            Vec::new()
        }
        Some(Menu::Edit) => {
            edit::submit(app, now);
            Vec::new()
        }
        Some(Menu::Rest { text }) => {
            parts::rest(app, &text, now);
            Vec::new()
        }
        Some(Menu::Sure { decision, .. }) => decide(app, decision, (Action::Submit, press), now),
        Some(Menu::Reply) => reply::submit(app, press, now),
        Some(Menu::Scopes { .. }) | None => Vec::new(),
    }
}

/// The one offer that lets this call run and no other, where there is just one.
pub(super) fn single(request: &Request) -> Option<String> {
    face::single(request).map(|offer| offer.id.clone())
}

fn denial(app: &App, reason: Option<String>, interrupt: bool) -> Decision {
    let request = app.card.as_ref().and_then(|card| app.state.request(card.request));
    let offer = request.and_then(|request| of_kind(request, OfferKind::RejectOnce).into_iter().next());
    Decision::Deny { offer, reason, interrupt }
}

fn of_kind(request: &Request, kind: OfferKind) -> Vec<String> {
    request.offers.iter().filter(|offer| offer.kind == kind).map(|offer| offer.id.clone()).collect()
}

pub(super) fn set_menu(app: &mut App, menu: Menu, now: At) {
    app.inner.opened = now;
    if let Some(card) = &mut app.card {
        card.menu = Some(menu);
    }
}

pub(super) fn decide(app: &mut App, decision: Decision, by: (Action, Press), now: At) -> Vec<Effect> {
    let reading = if decision.allows() { Reading::Needed } else { Reading::Waived };
    match may(app, &decision, by, reading, now) {
        Ok(()) => leave(app, decision),
        Err(refusal) => refuse(app, refusal, decision, now),
    }
}

/// Says why; a second press on unread lines asks for the word.
fn refuse(app: &mut App, refusal: Refusal, decision: Decision, now: At) -> Vec<Effect> {
    let rows = match refusal {
        Refusal::Because(why) => {
            app.say(why, now);
            return Vec::new();
        }
        Refusal::Unread(rows) => rows,
    };
    let Some((request, digest)) = app.card.as_ref().and_then(|card| Some((card.request, card.digest?))) else {
        return Vec::new();
    };
    if app.inner.unread_armed.is_some_and(|(armed, seen, _)| (armed, seen) == (request, digest)) {
        app.inner.unread_armed = None;
        app.toast = None;
        set_menu(app, Menu::Override { text: String::new(), decision }, now);
        return Vec::new();
    }
    app.inner.unread_armed = Some((request, digest, now));
    let (page, again) = (app.key(Action::PageDown, "space"), app.key(Action::Allow, "a"));
    let (lines, word) = (if rows == 1 { "line" } else { "lines" }, CardUi::OVERRIDE);
    let again = if app.card.as_ref().is_some_and(|card| card.menu.is_some()) { "enter".to_owned() } else { again };
    app.say(format!("{rows} {lines} unseen: {page} pages on; or press {again} again and type {word}"), now);
    Vec::new()
}

/// The decision leaves. The card stays where it is, and so does the focus.
fn leave(app: &mut App, decision: Decision) -> Vec<Effect> {
    let Some((request, digest, end)) = app.card.as_ref().and_then(|c| Some((c.request, c.digest?, c.end_seen))) else {
        return Vec::new();
    };
    let overridden = decision.allows() && !end;
    let verb = match &decision {
        Decision::Allow { .. } | Decision::AllowFor { .. } => "allow",
        Decision::Edit { .. } => "edit",
        Decision::Take { .. } => "take a part of",
        Decision::Reply { .. } => "answer",
        Decision::Deny { .. } => "deny",
    };
    let words = format!("{verb} {}", app.name_of(request.session));
    let told = decision.clone();
    let command = Command::Decide { request, digest, decision, overridden };
    let effects = app.send(command, Pending::Decision(request), &words);
    if let (false, Some(card)) = (effects.is_empty(), &mut app.card) {
        (card.sent, card.menu) = (true, None);
        app.inner.answered.insert(request, told);
    }
    app.inner.unread_armed = None;
    effects
}
