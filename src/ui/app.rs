//! Everything that the console knows and shows.

use super::console::Inner;
use super::{Action, CardUi, Chord, PaneUi, Picker, Replay};
use crate::domain::{At, Digest, HubStatus, PageNo, RequestId, SessionId};
use crate::state::{Entry, State};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// What has the keys.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Focus {
    /// The list of sessions.
    #[default]
    Rail,
    /// The timeline of the focused pane.
    Pane,
    /// The details of the selected entry.
    Inspector,
    /// The queue drawer.
    Queue,
    /// The line in which prompts are written.
    Composer,
    /// A request's card. The only focus in which a decision key acts.
    Card,
}

/// How many panes are shown at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Grid {
    /// One.
    #[default]
    One,
    /// Two, side by side (one above the other where narrow).
    Two,
    /// Four.
    Four,
}

impl Grid {
    /// How many panes.
    #[must_use]
    pub fn panes(self) -> usize {
        match self {
            Self::One => 1,
            Self::Two => 2,
            Self::Four => 4,
        }
    }
}

/// What lies over everything else.
#[derive(Debug, Clone, PartialEq)]
pub enum Overlay {
    /// All keys, for this place first; scrolled by so many rows.
    Help {
        /// First row shown.
        top: usize,
    },
    /// The form for a new session.
    NewSession(Box<super::app::NewSession>),
    /// A question before something that can't be taken back: ends a session, quits with live agents.
    Confirm {
        /// The question in words.
        question: String,
        /// What `y` does.
        yes: Box<super::Action>,
    },
    /// A list to choose from by name.
    Picker(Picker),
}

/// An agent that can be started, as found when the console began.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownAgent {
    /// Its name.
    pub name: String,
    /// It is installed.
    pub found: bool,
    /// One line: version, or how to install it.
    pub note: String,
}

/// The form for a new session.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NewSession {
    /// Which field has the keys: 0 agent, 1 folder, 2 mode, 3 prompt.
    pub field: usize,
    /// Index into `App::agents`.
    pub agent: usize,
    /// The folder as typed.
    pub folder: String,
    /// The mode as typed; empty for the agent's own.
    pub mode: String,
    /// The first prompt as typed; may be empty.
    pub prompt: String,
}

/// A line that answers a key, for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// What it says.
    pub text: String,
    /// When it was said.
    pub at: At,
}

/// A line editor with many lines: what is typed, and where the cursor is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// The text.
    pub text: String,
    /// The cursor as a byte offset on a grapheme's edge.
    pub cursor: usize,
    /// Which entry of the history is shown; `None` for the text itself.
    pub recalled: Option<usize>,
}

/// Where the hub lives, as far as leaving is concerned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum HubHome {
    /// In this process: leaving ends every agent.
    #[default]
    Here,
    /// In a process of its own: agents go on.
    Apart,
}

/// Everything that the console knows and shows.
#[derive(Debug, Default)]
pub struct App {
    /// Where the hub lives.
    pub hub: HubHome,
    /// What is known: live, or as of the cursor of a replay.
    pub state: State,
    /// What the hub says of itself.
    pub status: HubStatus,
    /// The link to the hub broke: why. Decisions are refused meanwhile.
    pub link_lost: Option<String>,
    /// Long texts that were loaded; `None` inside where purged.
    pub bodies: BTreeMap<Digest, Option<Arc<str>>>,
    /// The order in which bodies came, for forgetting the oldest beyond a bound.
    pub bodies_order: VecDeque<Digest>,
    /// Entries of the past that left the state, by session and page.
    pub past: BTreeMap<(SessionId, PageNo), Arc<Vec<Entry>>>,
    /// The order in which pages came.
    pub past_order: VecDeque<(SessionId, PageNo)>,
    /// Things asked of the hub and not answered yet.
    pub wanted: std::collections::BTreeSet<super::Want>,
    /// The number of the newest command.
    pub commands: u64,
    /// Commands in flight that a person waits for: what they are, in words.
    pub in_flight: BTreeMap<u64, String>,

    /// The slots of the rail: sessions in the order of their numbers 1-9 and on; stable.
    pub slots: Vec<SessionId>,
    /// The session selected in the rail, and shown in the focused pane.
    pub selected: Option<SessionId>,
    /// The session of each pane, as many as the grid has; `None` where empty.
    pub panes: Vec<Option<SessionId>>,
    /// Which pane is focused.
    pub pane: usize,
    /// How many panes are shown.
    pub grid: Grid,
    /// One pane fills the screen.
    pub zoom: bool,
    /// What each session's pane shows.
    pub views: BTreeMap<SessionId, PaneUi>,
    /// What has the keys.
    pub focus: Focus,
    /// The queue drawer is open.
    pub queue_open: bool,
    /// The request selected in the queue.
    pub queue_selected: Option<RequestId>,
    /// The card that is open, over everything but overlays.
    pub card: Option<CardUi>,
    /// The focus to go back to when the card closes.
    pub card_back: Focus,
    /// The inspector is shown (where the size allows).
    pub inspector: bool,
    /// First row of the inspector.
    pub inspector_top: usize,
    /// What lies over everything.
    pub overlay: Option<Overlay>,
    /// Drafts by session.
    pub drafts: BTreeMap<SessionId, Draft>,
    /// Prompts given before, newest last.
    pub history: Vec<String>,
    /// An answer to a key.
    pub toast: Option<Toast>,
    /// A replay instead of the live hub.
    pub replay: Option<Replay>,
    /// `Ctrl-\` was pressed at this time; a second one soon halts everything.
    pub halt_armed: Option<At>,
    /// `Ctrl-C` was pressed at this time with nothing left to clear or interrupt; a second one soon leaves.
    pub quit_armed: Option<At>,

    /// Agents that can be started.
    pub agents: Vec<KnownAgent>,
    /// The folder in which the console was started.
    pub here: String,
    /// The human's home folder, for `~` in paths.
    pub home: String,
    /// Milliseconds of silence after which a turn is stalled.
    pub stall_after: u64,
    /// The size of the terminal: columns, rows.
    pub size: (u16, u16),
    /// The offset of local time from UTC in seconds.
    pub utc_offset: i32,
    /// Keys that the configuration gives instead of the table's; an empty list unbinds.
    pub rebound: BTreeMap<Action, Vec<Chord>>,
    /// What only `update` needs to remember.
    pub inner: Inner,
}
