//! Requests that are decided together: which are marked, and the card that shows every one of them whole.

use super::alike::{Shape, can_ride};
use super::app::App;
use super::diffs::Fit;
use crate::domain::{At, Digest, RequestId};
use crate::state::Waiting;

/// Requests that one card can show.
pub const MOST: usize = 32;

/// The card of several requests.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BatchUi {
    /// Which, in their order.
    pub items: Vec<Item>,
    /// What was among them and fell out, each in a sentence.
    pub fallen: Vec<String>,
    /// When its frame was first painted with exactly these.
    pub framed: Option<At>,
    /// When it was first painted so with every payload here.
    pub painted: Option<At>,
    /// The first row shown, as settled by the last paint.
    pub top: usize,
    /// Rows to scroll at the next paint.
    pub delta: i64,
    /// The reason for a denial, while it is typed.
    pub reason: Option<String>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Which.
    pub request: RequestId,
    /// What is asked: another digest is another question.
    pub digest: Digest,
    /// Rows of it (who, why, and its payload) that were on the screen, from the first on.
    pub seen: usize,
    /// Rows that it has at the present width.
    pub of: usize,
    /// What they are fitted to.
    pub fit: Option<Fit>,
    /// All of it was on the screen.
    pub end: bool,
    /// Its answer left.
    pub sent: bool,
}

impl Item {
    fn new(request: RequestId, digest: Digest) -> Self {
        Self { request, digest, seen: 0, of: 0, fit: None, end: false, sent: false }
    }

    /// Rows that were not on the screen yet.
    #[must_use]
    pub fn unread(&self) -> usize {
        if self.end { 0 } else { self.of.saturating_sub(self.seen).max(1) }
    }
}

impl BatchUi {
    /// A card of these that was not painted yet.
    pub(super) fn of(waiting: &[Waiting<'_>]) -> Self {
        let items = waiting.iter().map(|waiting| Item::new(waiting.request.id, waiting.request.digest)).collect();
        Self { items, ..Self::default() }
    }

    /// Those that are still to be decided.
    pub fn open(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| !item.sent)
    }

    /// Rows of them that were not on the screen yet.
    #[must_use]
    pub fn unread(&self) -> usize {
        self.open().map(Item::unread).sum()
    }
}

/// What of the card was painted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PaintedBatch {
    /// Each of its requests, in their order.
    pub items: Vec<PaintedItem>,
    /// The first row shown.
    pub top: usize,
    /// The frame of the card was painted whole.
    pub framed: bool,
    /// And every payload is here.
    pub whole: bool,
}

/// What of one of its requests was painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaintedItem {
    /// Which.
    pub request: RequestId,
    /// What was asked.
    pub digest: Digest,
    /// The first row of it that was painted: who asks and why stand above its payload.
    pub first: usize,
    /// Of the rows painted from there on, those of which nothing is cut at the side.
    pub uncut: usize,
    /// Rows that it has.
    pub of: usize,
    /// Lines that its payload has.
    pub lines: u32,
    /// What the rows are fitted to.
    pub fit: Fit,
    /// Its payload is here.
    pub here: bool,
}

impl App {
    /// Waiting requests that are like this one and may be decided together with it, itself among them.
    #[must_use]
    pub fn alike(&self, id: RequestId) -> Vec<Waiting<'_>> {
        let queue = self.queue();
        let Some(first) = queue.iter().find(|waiting| waiting.request.id == id).filter(|one| can_ride(one).is_ok())
        else {
            return Vec::new();
        };
        let shape = Shape::of(first);
        let is_alike = |waiting: &Waiting<'_>| Shape::of(waiting) == shape && can_ride(waiting).is_ok();
        let free = |waiting: &Waiting<'_>| self.answer_to(waiting.request.id).is_none();
        queue.into_iter().filter(|waiting| free(waiting) && is_alike(waiting)).collect()
    }

    /// The marked requests that wait, in the order of the queue.
    #[must_use]
    pub fn marked(&self) -> Vec<Waiting<'_>> {
        if self.marks.is_empty() {
            return Vec::new();
        }
        self.queue().into_iter().filter(|waiting| self.marks.contains(&waiting.request.id)).collect()
    }
}
