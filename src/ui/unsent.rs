//! What was typed on a card and not sent. It is kept while the card is closed, and offered again: on the same request, and
//! on the one that is asked in its place.

use super::app::App;
use super::card::{CardUi, Menu};
use super::edit::EditForm;
use super::parts::Parts;
use super::reply::ReplyForm;
use crate::domain::RequestId;
use std::collections::BTreeMap;

/// Cards of which it is kept; the oldest request goes first.
const KEPT: usize = 32;

/// Reasons that were typed, as long as they were not sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reasons {
    /// Why it is denied.
    pub deny: String,
    /// Why the rest of a change is refused.
    pub rest: String,
}

/// What was typed on one card.
#[derive(Debug, Clone, PartialEq)]
struct Typed {
    form: Option<EditForm>,
    reply: Option<ReplyForm>,
    parts: Parts,
    reasons: Reasons,
}

/// What was typed on cards that are closed.
#[derive(Debug, Default)]
pub struct Unsent {
    cards: BTreeMap<RequestId, Typed>,
}

impl CardUi {
    /// The reasons as they stand, those that are being typed among them.
    #[must_use]
    pub fn reasons_now(&self) -> Reasons {
        let mut reasons = self.reasons.clone();
        match &self.menu {
            Some(Menu::Reason { text, .. }) => reasons.deny.clone_from(text),
            Some(Menu::Rest { text }) => reasons.rest.clone_from(text),
            Some(Menu::Scopes { .. } | Menu::Override { .. } | Menu::Edit | Menu::Sure { .. } | Menu::Reply) | None => {
            }
        }
        reasons
    }

    fn typed(&self) -> Option<Typed> {
        let typed = Typed {
            form: self.form.clone().filter(|form| form.touched),
            reply: self.reply.clone().filter(ReplyForm::is_begun),
            parts: self.parts.clone(),
            reasons: self.reasons_now(),
        };
        let is_any = typed.form.is_some()
            || typed.reply.is_some()
            || typed.parts.differs()
            || typed.reasons != Reasons::default();
        is_any.then_some(typed)
    }

    /// Takes what was typed; the choices among hunks only where they are about the same change.
    fn take(&mut self, typed: Typed, is_same: bool) {
        self.form = typed.form;
        self.reply = typed.reply;
        self.reasons = typed.reasons;
        if is_same {
            self.parts = typed.parts;
        }
    }
}

impl App {
    /// The open card is about to close: what was typed on it is kept, unless it was answered.
    pub(super) fn keep_unsent(&mut self) {
        let Some(card) = &self.card else { return };
        let is_answered = self.state.request(card.request).is_some_and(|request| request.answered.is_some());
        if let Some(typed) = card.typed().filter(|_| !is_answered) {
            self.unsent.cards.insert(card.request, typed);
            while self.unsent.cards.len() > KEPT {
                self.unsent.cards.pop_first();
            }
        }
    }

    /// What was typed on the card of this request before, or of one in whose place it is asked, goes to it.
    pub(super) fn give_unsent(&mut self, card: &mut CardUi) {
        let asked = |id: RequestId| self.state.request(id);
        let before = |id: &RequestId| asked(*id)?.instead_of.filter(|old| old < id);
        let mut line = std::iter::successors(Some(card.request), before);
        let Some(from) = line.find(|id| self.unsent.cards.contains_key(id)) else { return };
        let is_same = from == card.request || self.is_same_change(card.request);
        if let Some(typed) = self.unsent.cards.remove(&from) {
            card.take(typed, is_same);
        }
    }

    /// True where a request asks anew for just what was asked before, since something around it changed.
    pub(super) fn is_same_change(&self, request: RequestId) -> bool {
        let known = self.state.session(request.session).and_then(|session| session.request_and_step(request.seq));
        known.is_some_and(|(request, step, _)| {
            let was = step.was.as_deref().map(|(of, _)| *of);
            request.instead_of.is_some() && was != request.instead_of
        })
    }
}
