//! How a console begins, and what only `update` needs to remember between two messages.

use super::app::{App, Draft, KnownAgent, NewSession};
use super::copy::Copying;
use super::msg::Hit;
use super::select::Line;
use super::settings::SettingsUi;
use super::update::Completing;
use super::{Action, Fleet, Focus, Numbers, PaneUi, Replay};
use crate::domain::{At, Decision, Digest, GrantId, PageNo, RequestId, SessionId, Undo};
use crate::state::{Limits, Session, State};
use std::collections::{BTreeMap, BTreeSet};

/// What the console is told of the world when it begins.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// Agents that can be started.
    pub agents: Vec<KnownAgent>,
    /// The folder in which it was started.
    pub here: String,
    /// The human's home folder.
    pub home: String,
    /// When a session is flagged.
    pub limits: Limits,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// The offset of local time from UTC in seconds.
    pub utc_offset: i32,
}

impl App {
    /// A console of the live hub, before its first record.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        let Setup { agents, here, home, limits, size, utc_offset } = setup;
        Self {
            agents,
            here,
            home,
            limits,
            size,
            utc_offset,
            panes: vec![None],
            inspector: true,
            notch: 3,
            ..Self::default()
        }
    }

    /// A console that looks at the past of one session, as of `session`.
    #[must_use]
    pub fn of_replay(setup: Setup, replay: Replay, session: Session) -> Self {
        let id = session.id;
        Self {
            state: State::of(crate::domain::Pos(0), [session]),
            slots: vec![id],
            fleet: Fleet { numbers: Numbers::in_order(&[id]), ..Fleet::default() },
            selected: Some(id),
            panes: vec![Some(id)],
            views: BTreeMap::from([(id, PaneUi::default())]),
            focus: Focus::Pane,
            replay: Some(replay),
            ..Self::new(setup)
        }
    }
}

/// What only `update` needs to remember.
#[derive(Debug, Clone, Default)]
pub struct Inner {
    /// The last key, and when: a held key and a burst of keys are told by it.
    pub(super) last_key: Option<(Option<Action>, At)>,
    /// The settings from which the list of themes was opened: it goes back there.
    pub(super) settings_under: Option<SettingsUi>,
    /// When the human asked what the changed settings would change; `None` once that was answered.
    pub(super) settings_asked: Option<At>,
    /// When a key came on a card that means nothing there: somebody may be typing.
    pub(super) strayed: Option<At>,
    /// When the terminal window got the focus.
    pub(super) focused: Option<At>,
    /// When the newest menu or question opened.
    pub(super) opened: At,
    /// What was read of requests, so that a card opened again goes on where it was.
    pub(super) reads: BTreeMap<RequestId, Read>,
    /// Requests that were answered here; those of which nothing came are taken out again.
    pub(super) answered: BTreeMap<RequestId, Decision>,
    /// The order of the queue while a row or a card is looked at; empty where nothing is.
    pub(super) order: Vec<RequestId>,
    /// Requests whose cards were left undecided in this round: others come first.
    pub(super) passed: BTreeSet<RequestId>,
    /// A key that allows was pressed on unread lines: which request, its digest, and when.
    pub(super) unread_armed: Option<(RequestId, Digest, At)>,
    /// Commands that were sent, by number, where the reply changes something here.
    pub(super) pending: BTreeMap<u64, Pending>,
    /// Commands that have no reply yet, and when they were sent.
    pub(super) unanswered: BTreeMap<u64, At>,
    /// Finishes of sessions that were told as noticed.
    pub(super) noticed: BTreeMap<SessionId, At>,
    /// The theme that is tried on.
    pub(super) tried: Option<String>,
    /// A session that was started here and shall be selected once it is heard of.
    pub(super) awaited: Option<SessionId>,
    /// A session of which a brief is being made, and for which agent.
    pub(super) briefing: Option<(SessionId, String)>,
    /// A session whose draft a human is to look at, as soon as it is shown.
    pub(super) handed: Option<SessionId>,
    /// How it stood when that was kept last.
    pub(super) kept: super::kept::Kept,
    /// It stands as it was left, and has not heard yet what of that is still there.
    pub(super) came_back: bool,
    /// A card that was open when the console was left, to be opened once its request is known to wait.
    pub(super) card_to_open: Option<RequestId>,
    /// Where the mouse could hit in the last frame.
    pub(super) hits: Vec<((u16, u16, u16, u16), Hit)>,
    /// Where rows stood that can be selected, in the last frame.
    pub(super) lines: Vec<Line>,
    /// What shall be copied once its long texts are here.
    pub(super) copying: Option<Copying>,
    /// Where the mouse was pressed, and in which column.
    pub(super) pressed: Option<(Line, u16)>,
    /// What was typed before the history was looked at.
    pub(super) stashed: BTreeMap<SessionId, Draft>,
    /// Columns of the composer's text in the last frame; none before the first.
    pub(super) columns: Option<usize>,
    /// What is known for completing words.
    pub(super) completing: Completing,
    /// Something was typed that was not kept yet: since when.
    pub(super) unsaved: Option<At>,
    /// Pages that were folded before their last record was written.
    pub(super) partial: BTreeMap<(SessionId, PageNo), Partial>,
    /// What the palette lists, as of its opening.
    pub(super) palette: Vec<super::palette::Listed>,
    /// What was chosen of late in the palette, the newest first.
    pub(super) recent: Vec<super::picker::Picked>,
    /// The search over all sessions as it was left.
    pub(super) sought: Option<Box<super::everywhere::EverywhereUi>>,
    /// The number of the newest search.
    pub(super) searches: u64,
    /// Sessions that ended before this console began: the newest of them stand last in the rail.
    pub(super) past: BTreeSet<SessionId>,
    /// Sessions that were reopened and are not open yet, and which they were.
    pub(super) reopened: BTreeMap<SessionId, SessionId>,
    /// The grant that is asked about, before it is revoked.
    pub(super) revoking: Option<GrantId>,
    /// The list of grants from which the question was asked: it goes back there.
    pub(super) grants_under: Option<super::grants::GrantsUi>,
    /// The review from which a revert was asked for: it goes back there.
    pub(super) review_under: Option<Box<super::review::ReviewUi>>,
    /// Where the reader stood in a review that is looked at anew.
    pub(super) stood: Option<(super::past::Between, usize)>,
    /// The session whose deletion is being asked about.
    pub(super) deleting: Option<SessionId>,
    /// The file as it was for which another moment is chosen.
    pub(super) against: Option<super::past::Between>,
}

/// A page that was folded before its last record was written: when it must be folded again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Partial {
    /// The number of its last entry.
    pub(super) last: u64,
    /// Older entries that were open still, and so in memory: once they leave it they are this page's.
    pub(super) open: Vec<u64>,
}

/// What was read of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Read {
    /// What was painted.
    pub(super) digest: Digest,
    /// Every line of it was on the screen.
    pub(super) end: bool,
    /// The hub was told of the first paint.
    pub(super) told: bool,
    /// The hub was told of the end.
    pub(super) told_end: bool,
}

/// What a reply will change here.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Pending {
    /// A decision: the card of the request says *sent* meanwhile.
    Decision(RequestId),
    /// A start: the form comes back where it is refused.
    Start(Box<NewSession>),
    /// A session that is handed on: the draft stands in the composer of what begins.
    Hand(String),
    /// A session that is reopened: what begins has its number.
    Reopen(SessionId),
    /// A prompt: its text comes back where it is refused.
    Prompt(SessionId, String),
    /// A queued prompt that was taken back: its text comes into the composer.
    Unqueue(SessionId, String),
    /// A held prompt on its way to the agent: it goes once the hub has dropped it from the queue, never twice.
    Release(SessionId, String),
    /// An undo: its preview says *being done* meanwhile.
    Undo(SessionId, Undo),
    /// A conversation that goes back, or is copied: the question stays until then.
    Way(SessionId),
    /// Something a person waits for.
    Other,
    /// Something nobody waits for.
    Quiet,
}
