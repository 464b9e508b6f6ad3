//! The queue as a human sees it: its order, which holds still while something in it is looked at, and what comes next.

use super::alike::Shape;
use super::app::{App, Focus};
use crate::domain::{Decision, RequestId};
use crate::state::Waiting;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How much of the queue is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Drawer {
    /// The worst few, where anything waits.
    #[default]
    Closed,
    /// As many as there is room for below the panes.
    Open,
    /// The whole screen, while it has the keys.
    Full,
}

impl Drawer {
    /// True where it was opened.
    #[must_use]
    pub fn is_open(self) -> bool {
        self != Self::Closed
    }

    /// Open at least.
    #[must_use]
    pub fn opened(self) -> Self {
        if self.is_open() { self } else { Self::Open }
    }
}

impl App {
    /// What waits, in the order in which it is shown: the highest risk first, then what waits longest, with what is like it
    /// behind it. While a row or a card is looked at the order holds still, and what is new comes last.
    #[must_use]
    pub fn queue(&self) -> Vec<Waiting<'_>> {
        let mut queue = self.state.queue();
        if self.inner.order.is_empty() {
            gather(&mut queue);
        } else {
            let places: BTreeMap<RequestId, usize> = self.inner.order.iter().copied().zip(0..).collect();
            queue.sort_by_key(|waiting| places.get(&waiting.request.id).copied().unwrap_or(usize::MAX));
        }
        queue
    }

    /// The request that the key for the next one opens: the highest risk that waits, then the longest wait. One that was
    /// answered here is no longer it, and one that was left undecided comes again after all others.
    #[must_use]
    pub fn next_waiting(&self) -> Option<Waiting<'_>> {
        let current = self.card.as_ref().map(|card| card.request);
        let mut queue = self.state.queue();
        queue.retain(|waiting| Some(waiting.request.id) != current);
        let is_free = |waiting: &&Waiting<'_>| !self.inner.answered.contains_key(&waiting.request.id);
        let is_new = |waiting: &&Waiting<'_>| !self.inner.passed.contains(&waiting.request.id);
        let found = queue.iter().find(|waiting| is_free(waiting) && is_new(waiting));
        found.or_else(|| queue.iter().find(is_free)).or(queue.first()).copied()
    }

    /// What was answered here to a request of which nothing is on record yet.
    #[must_use]
    pub fn answer_to(&self, request: RequestId) -> Option<&Decision> {
        self.inner.answered.get(&request)
    }

    /// True where the queue has the whole screen.
    #[must_use]
    pub fn queue_fills(&self) -> bool {
        self.drawer == Drawer::Full && self.focus == Focus::Queue && self.replay.is_none()
    }
}

/// Puts requests of one shape behind the first of them. A shape has one risk, so that none comes before a higher one.
fn gather(queue: &mut Vec<Waiting<'_>>) {
    let mut first: BTreeMap<Shape<'_>, usize> = BTreeMap::new();
    let places: Vec<usize> =
        queue.iter().enumerate().map(|(at, waiting)| *first.entry(Shape::of(waiting)).or_insert(at)).collect();
    let mut gathered: Vec<(usize, Waiting<'_>)> = places.into_iter().zip(queue.drain(..)).collect();
    gathered.sort_by_key(|(place, _)| *place);
    queue.extend(gathered.into_iter().map(|(_, waiting)| waiting));
}

/// Holds the order while a row or a card is looked at, and lets it go after.
pub(super) fn hold(app: &mut App) {
    if app.card.is_none() && app.focus != Focus::Queue {
        app.inner.order.clear();
        app.inner.passed.clear();
    } else if app.inner.order.is_empty() {
        app.inner.order = app.queue().iter().map(|waiting| waiting.request.id).collect();
    }
}

/// New facts came: what waits no more leaves the order, and what is new comes last.
pub(super) fn follow(app: &mut App) {
    if app.inner.order.is_empty() {
        return;
    }
    let waiting: Vec<RequestId> = app.state.queue().iter().map(|waiting| waiting.request.id).collect();
    let (still, known): (BTreeSet<_>, BTreeSet<_>) =
        (waiting.iter().copied().collect(), app.inner.order.iter().copied().collect());
    app.inner.order.retain(|id| still.contains(id));
    app.inner.order.extend(waiting.into_iter().filter(|id| !known.contains(id)));
    app.inner.passed.retain(|id| still.contains(id));
}

/// The card of another request opens: the order is made anew, and one that was left undecided comes again later.
pub(super) fn turn_to(app: &mut App, left: Option<RequestId>) {
    app.inner.order.clear();
    let Some(left) = left else { return };
    app.inner.passed.insert(left);
    let waiting: BTreeSet<RequestId> = app.state.queue().iter().map(|waiting| waiting.request.id).collect();
    let is_left = |id: &RequestId| app.inner.passed.contains(id) || app.inner.answered.contains_key(id);
    // All were looked at: the next round begins.
    if waiting.iter().all(is_left) {
        app.inner.passed = BTreeSet::from([left]);
    }
}
