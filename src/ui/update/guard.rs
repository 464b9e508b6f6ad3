//! Invariant 5: no decision by accident. Every reason why a key decides nothing.

use super::super::app::{App, Focus};
use super::super::card::{CardUi, DWELL_MS, Menu};
use super::super::face;
use super::super::keeping::ALLOWED;
use super::super::msg::Press;
use super::{Action, BURST_MS, FOCUS_MS, HELD_MS, STRAY_MS};
use crate::domain::{At, Closing, Decision, RequestId};
use crate::state::{Request, Waiting};

/// Why a key decides nothing now.
pub(super) enum Refusal {
    /// So many rows of the payload were not on the screen yet.
    Unread(usize),
    /// One line for the human.
    Because(String),
}

/// Whether the payload must have been read.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Reading {
    /// All of it: the decision lets something run.
    Needed,
    /// Not all: what refuses may come at any time, and a typed word stands in for reading.
    Waived,
}

/// Rows of the open card's payload that were not on the screen yet.
#[must_use]
pub fn unread(card: &CardUi) -> usize {
    if card.end_seen { 0 } else { card.of_rows.saturating_sub(card.seen_rows).max(1) }
}

/// The request on the open card, where a human can still answer it; else why not.
pub(super) fn standing(app: &App) -> Result<Waiting<'_>, String> {
    app.can_act()?;
    let Some(card) = app.card.as_ref().filter(|_| app.focus == Focus::Card) else {
        return Err("open a request first: a decision acts on its card only".to_owned());
    };
    let waiting = app.state.waiting_request(card.request).ok_or_else(|| over(app, card.request))?;
    let sent = card.sent || app.inner.answered.contains_key(&card.request);
    if sent { Err("the answer is on its way".to_owned()) } else { Ok(waiting) }
}

/// How a request came to wait no more.
pub(super) fn over(app: &App, id: RequestId) -> String {
    let Some(request) = app.state.request(id) else { return "this request is no longer known".to_owned() };
    match (&request.closed, &request.answered) {
        (Some((Closing::Withdrawn(why), _)), _) if why.is_empty() => "the agent took the question back".to_owned(),
        (Some((Closing::Withdrawn(why), _)), _) => format!("the agent took the question back: {why}"),
        (Some((Closing::Expired, _)), _) => "its deadline passed".to_owned(),
        (Some((Closing::Refused(why), _)), _) => format!("the agent would not take the answer: {why}"),
        (Some((Closing::HookGone, _)), _) => "its hook's process ended before you had answered".to_owned(),
        (Some((Closing::Superseded, _)), _) => "it asks anew: something changed".to_owned(),
        (None, Some(answer)) => format!("it was {} already", said(&answer.decision)),
        (Some((Closing::AgentGone, _)), _) | (None, None) => "the agent is gone".to_owned(),
    }
}

/// A decision as a participle.
pub(super) fn said(decision: &Decision) -> &'static str {
    decision.word()
}

/// Why the keys of a card do nothing now: a key that means nothing there came just before, and somebody may be typing.
pub(super) fn strayed(app: &App, now: At) -> Option<&'static str> {
    let strayed = app.inner.strayed.is_some_and(|at| now.since(at) < STRAY_MS);
    strayed.then_some("a key that means nothing here came just before, as if you were typing: look, then press again")
}

/// Whether a key that decides was meant: pressed alone, by somebody who looks at what it decides.
///
/// # Errors
/// Why it decides nothing.
pub(super) fn meant(app: &App, (key, press): (Action, Press), now: At) -> Result<(), String> {
    let because = |why: &str| Err(why.to_owned());
    if app.overlay.is_some() {
        return because("something lies over the card");
    }
    if super::find::is_typed(app) {
        return because("a search is being typed");
    }
    pressed(app, (key, press), now)
}

/// Whether a key was pressed alone, by somebody who was not just typing or coming back.
///
/// # Errors
/// Why it decides nothing.
pub(super) fn pressed(app: &App, (key, press): (Action, Press), now: At) -> Result<(), String> {
    let because = |why: &str| Err(why.to_owned());
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
    Ok(())
}

/// Invariant 5: no decision by accident.
pub(super) fn may(
    app: &App,
    decision: &Decision,
    by: (Action, Press),
    reading: Reading,
    now: At,
) -> Result<(), Refusal> {
    let because = |why: &str| Err(Refusal::Because(why.to_owned()));
    let waiting = standing(app).map_err(Refusal::Because)?;
    let Some(card) = &app.card else { return because("open a request first") };
    if decision.allows() && app.is_allowed(waiting.request.id) {
        return because(ALLOWED);
    }
    if !is_offered(waiting.request, decision) {
        return because("the agent's offers have changed: esc goes back, then choose anew");
    }
    meant(app, by, now).map_err(Refusal::Because)?;
    if let Some(why) = strayed(app, now).filter(|_| matches!(card.menu, None | Some(Menu::Sure { .. }))) {
        return because(why);
    }
    // The brake needs no payload: a denial may come before a long text is here.
    let since = if decision.allows() { card.painted } else { card.framed };
    let same = card.digest == Some(waiting.request.digest);
    let Some(painted) = since.filter(|_| same) else {
        let lacks = if same && card.framed.is_some() { "all here" } else { "whole on the screen" };
        return because(&format!("the card was not {lacks} yet: look, then press again"));
    };
    // What would leave is what stands there, and nothing else.
    if decision.allows() && card.shown != face::of(decision) {
        return because("what would be sent was not on the screen yet: look, then press again");
    }
    if now.since(painted) < DWELL_MS {
        return because("the card has just appeared: look, then press again");
    }
    if reading == Reading::Needed && !card.end_seen {
        return Err(Refusal::Unread(unread(card)));
    }
    Ok(())
}

fn is_offered(request: &Request, decision: &Decision) -> bool {
    decision.offer().is_none_or(|id| request.offers.iter().any(|offer| offer.id == id))
}
