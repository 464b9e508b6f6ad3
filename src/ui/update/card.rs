//! Decisions: the one place from which a `Decide` can leave, and every reason why it does not.

use super::super::app::{App, Focus};
use super::super::card::{CardUi, DWELL_MS, Menu};
use super::super::console::Pending;
use super::super::msg::{Effect, Press};
use super::{Action, BURST_MS, FOCUS_MS, HELD_MS};
use crate::domain::{At, Command, Decision, OfferKind, RequestId};
use crate::state::{Request, Session, Waiting};

/// Why a key decides nothing now.
enum Refusal {
    /// So many rows of the payload were not on the screen yet.
    Unread(usize),
    /// One line for the human.
    Because(String),
}

/// Whether the payload must have been read.
#[derive(Clone, Copy, PartialEq)]
enum Reading {
    /// All of it: the decision lets something run.
    Needed,
    /// Not all: what refuses may come at any time, and a typed word stands in for reading.
    Waived,
}

/// How a deny's reason reaches this session's agent, in words for the card.
#[must_use]
pub fn reason_goes(session: &Session) -> &'static str {
    // ACP's answer to a question has no field for it.
    if session.driver == "acp" { "goes with the next prompt" } else { "goes with the answer" }
}

/// Rows of the open card's payload that were not on the screen yet.
#[must_use]
pub fn unread(card: &CardUi) -> usize {
    if card.end_seen { 0 } else { card.of_rows.saturating_sub(card.seen_rows).max(1) }
}

/// Opens the card of a request.
pub(super) fn open(app: &mut App, request: RequestId) {
    if app.focus != Focus::Card {
        app.card_back = app.focus;
    }
    app.card = Some(CardUi::new(request));
    (app.focus, app.queue_selected, app.inner.unread_armed) = (Focus::Card, Some(request), None);
}

/// Closes the card and gives the keys back to where they were.
pub(super) fn close(app: &mut App) {
    (app.card, app.inner.unread_armed) = (None, None);
    app.focus = if app.card_back == Focus::Card { Focus::Pane } else { app.card_back };
}

/// The next request of the queue after the one on the card; the first where no card is open.
pub(super) fn next_waiting(app: &mut App, now: At) {
    let queue: Vec<RequestId> = app.state.queue().iter().map(|waiting| waiting.request.id).collect();
    let current = app.card.as_ref().map(|card| card.request);
    let after = current.and_then(|id| queue.iter().position(|&waiting| waiting == id)).map_or(0, |at| at + 1);
    match queue.get(after).or(queue.first()) {
        Some(&id) if Some(id) != current => open(app, id),
        Some(_) => app.say("nothing else waits", now),
        None => app.say("nothing waits", now),
    }
}

/// The request on the open card, where a human can still answer it; else why not.
pub(super) fn standing(app: &App) -> Result<Waiting<'_>, String> {
    app.can_act()?;
    let Some(card) = app.card.as_ref().filter(|_| app.focus == Focus::Card) else {
        return Err("open a request first: a decision acts on its card only".to_owned());
    };
    let waiting = app.state.waiting_request(card.request).ok_or_else(|| over(app, card.request))?;
    if card.sent { Err("the answer is on its way".to_owned()) } else { Ok(waiting) }
}

/// How a request came to wait no more.
fn over(app: &App, id: RequestId) -> String {
    use crate::domain::Closing;
    let Some(request) = app.state.request(id) else { return "this request is no longer known".to_owned() };
    match (&request.closed, &request.answered) {
        (Some((Closing::Withdrawn(why), _)), _) if why.is_empty() => "the agent took the question back".to_owned(),
        (Some((Closing::Withdrawn(why), _)), _) => format!("the agent took the question back: {why}"),
        (Some((Closing::Expired, _)), _) => "its deadline passed".to_owned(),
        (Some((Closing::Refused(why), _)), _) => format!("the agent would not take the answer: {why}"),
        (Some((Closing::Superseded, _)), _) => "it asks anew: something changed".to_owned(),
        (None, Some(answer)) => format!("it was {} already", said(&answer.decision)),
        (Some((Closing::AgentGone, _)), _) | (None, None) => "the agent is gone".to_owned(),
    }
}

/// A decision as a participle.
pub(super) fn said(decision: &Decision) -> &'static str {
    if decision.allows() { "allowed" } else { "denied" }
}

/// Allows once, by the agent's own offer for that; where it has none or several, the human chooses among its offers.
pub(super) fn allow(app: &mut App, press: Press, now: At) -> Vec<Effect> {
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

/// Shows the agent's own offers; nothing is chosen by it.
pub(super) fn scopes_menu(app: &mut App, now: At) {
    let Ok(waiting) = standing(app) else { return };
    let place = |kind| waiting.request.offers.iter().position(|offer| offer.kind == kind);
    let selected = place(OfferKind::AllowOnce).or_else(|| place(OfferKind::RejectOnce)).unwrap_or(0);
    set_menu(app, Menu::Scopes { selected }, now);
}

/// Asks for a reason; nothing is sent before `Enter`.
pub(super) fn deny_with_reason(app: &mut App, now: At) {
    set_menu(app, Menu::Reason { text: String::new(), interrupt: false }, now);
}

pub(super) fn deny_and_interrupt(app: &mut App, press: Press, now: At) -> Vec<Effect> {
    let decision = denial(app, None, true);
    decide(app, decision, (Action::DenyInterrupt, press), now)
}

/// Chooses the selected offer of the menu.
pub(super) fn choose_offer(app: &mut App, press: Press, now: At) -> Vec<Effect> {
    let Some(Menu::Scopes { selected }) = app.card.as_ref().and_then(|card| card.menu.as_ref()) else {
        return Vec::new();
    };
    let offer = match standing(app) {
        Ok(waiting) => waiting.request.offers.get(*selected).cloned(),
        Err(why) => {
            app.say(why, now);
            return Vec::new();
        }
    };
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
        Some(Menu::Scopes { .. }) | None => Vec::new(),
    }
}

fn denial(app: &App, reason: Option<String>, interrupt: bool) -> Decision {
    let request = app.card.as_ref().and_then(|card| app.state.request(card.request));
    let offer = request.and_then(|request| of_kind(request, OfferKind::RejectOnce).into_iter().next());
    Decision::Deny { offer, reason, interrupt }
}

fn is_offered(request: &Request, decision: &Decision) -> bool {
    let id = match decision {
        Decision::Allow { offer } | Decision::Deny { offer: Some(offer), .. } => offer,
        Decision::Deny { offer: None, .. } => return true,
    };
    request.offers.iter().any(|offer| offer.id == *id)
}

fn of_kind(request: &Request, kind: OfferKind) -> Vec<String> {
    request.offers.iter().filter(|offer| offer.kind == kind).map(|offer| offer.id.clone()).collect()
}

fn set_menu(app: &mut App, menu: Menu, now: At) {
    app.inner.opened = now;
    if let Some(card) = &mut app.card {
        card.menu = Some(menu);
    }
}

fn decide(app: &mut App, decision: Decision, by: (Action, Press), now: At) -> Vec<Effect> {
    let reading = if decision.allows() { Reading::Needed } else { Reading::Waived };
    match may(app, &decision, by, reading, now) {
        Ok(()) => leave(app, decision),
        Err(refusal) => refuse(app, refusal, decision, now),
    }
}

/// Invariant 5: no decision by accident.
fn may(app: &App, decision: &Decision, by: (Action, Press), reading: Reading, now: At) -> Result<(), Refusal> {
    let (key, press) = by;
    let because = |why: &str| Err(Refusal::Because(why.to_owned()));
    let waiting = standing(app).map_err(Refusal::Because)?;
    let Some(card) = &app.card else { return because("open a request first") };
    if !is_offered(waiting.request, decision) {
        return because("the agent's offers have changed: esc goes back, then choose anew");
    }
    if app.overlay.is_some() {
        return because("something lies over the card");
    }
    if press == Press::Among {
        return because("several keys came at once, so none of them decides: press it alone");
    }
    if let Some((last, at)) = app.inner.last_key {
        if last == Some(key) && now.since(at) < HELD_MS {
            return because("a held key never decides: let go, then press once");
        }
        if now.since(at) < BURST_MS {
            return because("keys came too fast to be meant: press it alone");
        }
    }
    if app.inner.focused.is_some_and(|at| now.since(at) < FOCUS_MS) {
        return because("the window has just got the focus: look, then press again");
    }
    let Some(painted) = card.painted.filter(|_| card.digest == Some(waiting.request.digest)) else {
        return because("the card was not whole on the screen yet: look, then press again");
    };
    if now.since(painted) < DWELL_MS {
        return because("the card has just appeared: look, then press again");
    }
    if reading == Reading::Needed && !card.end_seen {
        return Err(Refusal::Unread(unread(card)));
    }
    Ok(())
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
    let verb = if decision.allows() { "allow" } else { "deny" };
    let words = format!("{verb} {}", app.name_of(request.session));
    let command = Command::Decide { request, digest, decision, overridden };
    let effects = app.send(command, Pending::Decision(request), &words);
    if let Some(card) = &mut app.card {
        (card.sent, card.menu) = (!effects.is_empty(), None);
    }
    app.inner.unread_armed = None;
    effects
}
