//! The open card: what of it was painted when, how far it was read, and what is being chosen.

use super::diffs::{DiffUi, Fit};
use crate::domain::{At, Decision, Digest, RequestId};

/// A card must have been on the screen for so long, in milliseconds, before a key decides.
pub const DWELL_MS: u64 = 350;

/// What is being chosen on a card.
#[derive(Debug, Clone, PartialEq)]
pub enum Menu {
    /// The agent's own offers; the selected one.
    Scopes {
        /// Index into the request's offers.
        selected: usize,
    },
    /// A reason for a denial is being typed.
    Reason {
        /// What is typed.
        text: String,
        /// The turn shall end as well.
        interrupt: bool,
    },
    /// Not all was read: the word [`CardUi::OVERRIDE`] must be typed.
    Override {
        /// What is typed.
        text: String,
        /// What is decided then.
        decision: Decision,
    },
}

impl Menu {
    /// What stays of it when the request changes under it: what is typed stays text, or its letters would become keys.
    pub(super) fn for_a_change(self) -> Option<Self> {
        match self {
            Self::Scopes { .. } => None,
            Self::Reason { .. } => Some(self),
            Self::Override { decision, .. } => Some(Self::Override { text: String::new(), decision }),
        }
    }
}

/// The open card.
#[derive(Debug, Clone, PartialEq)]
pub struct CardUi {
    /// Which request.
    pub request: RequestId,
    /// The digest that was painted last; a change starts reading anew.
    pub digest: Option<Digest>,
    /// When the frame of the card (who, what, why, the keys) was first painted with this digest: the brake acts from then on,
    /// also while a long text is on its way.
    pub framed: Option<At>,
    /// When the whole card was first painted with this digest, its payload too.
    pub painted: Option<At>,
    /// What the rows are fitted to.
    pub fit: Option<Fit>,
    /// Rows of the payload that were on the screen, from the first on.
    pub seen_rows: usize,
    /// Rows that the payload has at the present width.
    pub of_rows: usize,
    /// The last row was on the screen.
    pub end_seen: bool,
    /// The first row shown, as settled by the last paint.
    pub top: usize,
    /// Rows to scroll at the next paint.
    pub delta: i64,
    /// What is unfolded, and where its changes stand.
    pub diffs: DiffUi,
    /// What is being chosen.
    pub menu: Option<Menu>,
    /// A decision left; its reply is awaited.
    pub sent: bool,
}

impl CardUi {
    /// The word that stands in for reading to the end.
    pub const OVERRIDE: &'static str = "unread";

    /// A card that was not painted yet.
    #[must_use]
    pub fn new(request: RequestId) -> Self {
        Self {
            request,
            digest: None,
            framed: None,
            painted: None,
            fit: None,
            seen_rows: 0,
            of_rows: 0,
            end_seen: false,
            top: 0,
            delta: 0,
            diffs: DiffUi::default(),
            menu: None,
            sent: false,
        }
    }
}
