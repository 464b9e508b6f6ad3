//! The open card: what of it was painted when, how far it was read, and what is being chosen.

use super::diffs::{DiffUi, Fit};
use super::edit::EditForm;
use super::face::{self, Face};
use super::parts::Parts;
use super::reply::ReplyForm;
use super::term::Term;
use super::unsent::Reasons;
use super::{App, Editing};
use crate::domain::{At, Decision, Digest, Losses, RequestId, Topic, Verdict};
use std::sync::Arc;

/// A card must have been on the screen for so long, in milliseconds, before a key decides.
pub const DWELL_MS: u64 = 350;

/// What is being chosen on a card.
#[derive(Debug, Clone, PartialEq)]
pub enum Menu {
    /// The agent's own offers, then what the hub can hold.
    Scopes {
        /// Index into the request's offers, and beyond them into its scopes.
        selected: usize,
        /// How long what the hub holds shall last.
        term: Term,
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
    /// A changed call is being typed: see [`CardUi::form`].
    Edit,
    /// Why the rest of a change is refused is being typed.
    Rest {
        /// What is typed.
        text: String,
    },
    /// A changed call stands in the place of what was proposed, to be read and sent.
    Sure {
        /// What is sent then.
        decision: Decision,
        /// The first row that was shown before.
        top: usize,
    },
    /// Questions are being answered: see [`CardUi::reply`].
    Reply,
}

impl Menu {
    /// What stays of it when the request changes under it: what is typed stays text, or its letters would become keys.
    pub(super) fn for_a_change(self) -> Option<Self> {
        match self {
            // What was made of something else is no answer to this.
            Self::Sure { decision: Decision::Edit { .. }, .. } => Some(Self::Edit),
            Self::Scopes { .. } | Self::Sure { .. } => None,
            Self::Reason { .. } | Self::Edit | Self::Rest { .. } | Self::Reply => Some(self),
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
    /// What was painted last: the call as it is asked, or a changed one ([`face::of`]).
    pub shown: Digest,
    /// A changed call, as it is shown before it is sent.
    pub face: Option<Face>,
    /// What policy says of it, and what its command would hit.
    pub outlook: Outlook,
    /// What was typed in the place of what is proposed; it stays while the card is open.
    pub form: Option<EditForm>,
    /// What becomes of the hunks.
    pub parts: Parts,
    /// Answers to its questions, as far as they were given.
    pub reply: Option<ReplyForm>,
    /// Reasons that were typed and not sent.
    pub reasons: Reasons,
    /// What is being chosen.
    pub menu: Option<Menu>,
    /// Every file that its command would hit is listed behind the payload.
    pub all_hits: bool,
    /// A decision left; its reply is awaited.
    pub sent: bool,
}

/// What is known of a changed call before it is sent: by its [`Face::digest`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outlook {
    /// Which.
    pub of: Digest,
    /// What policy says of it; why it can't be told; nothing as long as it was not told.
    pub verdict: Option<Result<Verdict, String>>,
    /// What its command would hit.
    pub losses: Option<Arc<Losses>>,
}

impl CardUi {
    /// What is known of the changed call that stands on the card.
    #[must_use]
    pub fn ahead(&self) -> Option<&Outlook> {
        self.changed().map(|_| &self.outlook)
    }

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
            shown: Digest::default(),
            face: None,
            outlook: Outlook::default(),
            form: None,
            parts: Parts::default(),
            reply: None,
            reasons: Reasons::default(),
            menu: None,
            all_hits: false,
            sent: false,
        }
    }
    /// What must stand on the card now: that of the decision that would leave, else the call itself.
    #[must_use]
    pub fn shows(&self) -> Digest {
        match &self.menu {
            Some(Menu::Sure { decision, .. } | Menu::Override { decision, .. }) => face::of(decision),
            Some(Menu::Scopes { .. } | Menu::Reason { .. } | Menu::Edit | Menu::Rest { .. } | Menu::Reply) | None => {
                Digest::default()
            }
        }
    }

    /// The changed call that must stand on the card now; nothing where it is the call itself.
    #[must_use]
    pub fn changed(&self) -> Option<&Face> {
        let shows = self.shows();
        self.face.as_ref().filter(|face| shows != Digest::default() && face.digest == shows)
    }

    /// True where every hunk is refused: that is a denial.
    #[must_use]
    pub fn takes_nothing(&self) -> bool {
        let of = u32::try_from(self.diffs.seen.hunks.len()).unwrap_or(u32::MAX);
        self.parts.differs() && of > 0 && self.parts.taken(of).is_empty()
    }

    /// The same reading place for a request that stands in the place of this one: what is typed stays, and of what was
    /// chosen what is about the same change.
    #[must_use]
    pub fn anew(&self, request: RequestId, is_same: bool) -> Self {
        let menu = self.menu.clone().and_then(Menu::for_a_change);
        let (form, reply, reasons) = (self.form.clone(), self.reply.clone(), self.reasons_now());
        let parts = if is_same { self.parts.clone() } else { Parts::default() };
        Self { form, parts, reply, reasons, menu, ..Self::new(request) }
    }
}

impl App {
    /// The words for the keys of the open card: what lets it go on, what refuses it, and what ends the form on it.
    #[must_use]
    pub fn words_of_card(&self) -> (&'static str, &'static str, &'static str) {
        let card = self.card.as_ref();
        let topic = card.and_then(|card| self.state.request(card.request)).map(|request| &request.how.topic);
        let hunk = card.and_then(|card| card.form.as_ref()).is_some_and(|form| matches!(form.what, Editing::Hunk(_)));
        let form = match card.and_then(|card| card.menu.as_ref()) {
            Some(Menu::Rest { .. }) => "look",
            _ if hunk => "keep",
            _ => "look, then run",
        };
        match topic {
            Some(Topic::Questions(_)) => ("answer…", "deny…", form),
            Some(Topic::Plan(_)) => ("accept the plan", "keep planning…", form),
            Some(Topic::Call) | None if card.is_some_and(CardUi::takes_nothing) => {
                ("deny, no hunk taken…", "deny…", form)
            }
            Some(Topic::Call) | None if card.is_some_and(|card| card.parts.differs()) => {
                ("take that part…", "deny…", form)
            }
            Some(Topic::Call) | None => ("allow once", "deny…", form),
        }
    }
}
