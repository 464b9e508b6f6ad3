//! Everything that the console knows and shows.

pub use super::draft::Draft;

use super::batch::BatchUi;
use super::console::Inner;
use super::diffs::{DiffUi, Manner};
use super::goto::GoTo;
use super::grants::GrantsUi;
use super::settings::{Configured, SettingsUi};
use super::{
    Accept, Action, Attention, CardUi, Chord, CopyTo, Drawer, Find, Fleet, PaneUi, Peek, Picker, Replay, Select, Within,
};
use crate::domain::{At, Digest, HubStatus, Losses, PageNo, RequestId, SessionId, Whence};
use crate::state::{Entry, Limits, State};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// What has the keys.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grid {
    /// One.
    #[default]
    One,
    /// Two, side by side (one above the other where narrow).
    Two,
    /// Four.
    Four,
    /// Six, three beside each other (two where narrow).
    Six,
    /// Nine.
    Nine,
}

impl Grid {
    /// How many panes.
    #[must_use]
    pub fn panes(self) -> usize {
        match self {
            Self::One => 1,
            Self::Two => 2,
            Self::Four => 4,
            Self::Six => 6,
            Self::Nine => 9,
        }
    }

    /// The number as a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::Two => "two",
            Self::Four => "four",
            Self::Six => "six",
            Self::Nine => "nine",
        }
    }

    /// The next larger one; after the largest the smallest.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::One => Self::Two,
            Self::Two => Self::Four,
            Self::Four => Self::Six,
            Self::Six => Self::Nine,
            Self::Nine => Self::One,
        }
    }
}

/// Who has the mouse.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum MouseOwner {
    /// taut: it scrolls, selects and focuses.
    #[default]
    Taut,
    /// The terminal, by the configuration.
    Terminal,
    /// The terminal, until the key is pressed again.
    Lent,
}

/// What lies over everything else.
#[derive(Debug, Clone, PartialEq)]
pub enum Overlay {
    /// All keys, for this place first; scrolled by so many rows.
    Help {
        /// First row shown.
        top: usize,
        /// What is typed to narrow it, while it is typed.
        filter: Option<String>,
    },
    /// The form for a new session.
    NewSession(Box<super::app::NewSession>),
    /// A look at a session, which goes on while it is looked at.
    Peek(Peek),
    /// The line in which a session's new name is typed.
    Rename {
        /// Which session.
        session: SessionId,
        /// What is typed.
        text: String,
    },
    /// The line in which a place of a replay is typed.
    GoTo(GoTo),
    /// What was granted.
    Grants(GrantsUi),
    /// The settings.
    Settings(SettingsUi),
    /// The question whether changed settings shall hold.
    Accept(Box<Accept>),
    /// A question before something that can't be taken back: ends a session, quits with live agents.
    Confirm {
        /// The question in words.
        question: String,
        /// What `y` does.
        yes: Box<super::Action>,
    },
    /// A list to choose from by name.
    Picker(Picker),
    /// What an undo would do.
    Undo(Box<super::UndoUi>),
    /// What changed between two moments.
    Review(Box<super::review::ReviewUi>),
    /// How far the agent's conversation is taken back, or copied.
    Way(super::way::WayUi),
    /// What the agent's context is made of.
    Context(super::way::ContextUi),
    /// What sessions came to.
    Stats(Box<super::stats::StatsUi>),
    /// A search over all sessions.
    Everywhere(Box<super::everywhere::EverywhereUi>),
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
    /// Which field has the keys: 0 agent, 1 folder, 2 work tree, 3 mode, 4 prompt.
    pub field: usize,
    /// Index into `App::agents`.
    pub agent: usize,
    /// The folder as typed.
    pub folder: String,
    /// The name of the work tree that is made for it, as typed; empty for none.
    pub worktree: String,
    /// The step whose files it begins with, in a work tree in any case; and the name of that one's session.
    pub whence: Option<(Whence, String)>,
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
    /// The hub is there, and has not answered a command for a while. Decisions are refused meanwhile.
    pub hub_silent: bool,
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
    /// What requests that wait would delete or rewrite, as it was when their cards were opened.
    pub losses: BTreeMap<RequestId, Arc<Losses>>,
    /// What changed between two moments, as it was told.
    pub looked: super::past::Looked,
    /// The files of a workspace at a moment, as they are chosen from.
    pub tree: Option<super::past::Tree>,
    /// Marks and comments of reviews, by session.
    pub reviews: BTreeMap<SessionId, super::review::Reviewed>,
    /// The number of the newest command.
    pub commands: u64,
    /// Commands in flight that a person waits for: what they are, in words.
    pub in_flight: BTreeMap<u64, String>,

    /// The sessions that are not put away, in the order in which they came; those of earlier runs last.
    pub slots: Vec<SessionId>,
    /// How the rail is sorted, what it lists, and who has which number.
    pub fleet: Fleet,
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
    /// How much of the queue is shown.
    pub drawer: Drawer,
    /// The request selected in the queue.
    pub queue_selected: Option<RequestId>,
    /// The card that is open, over everything but overlays.
    pub card: Option<CardUi>,
    /// What was typed on cards that are closed.
    pub unsent: super::Unsent,
    /// Requests that are marked in the queue, to be decided together.
    pub marks: BTreeSet<RequestId>,
    /// The card of several that is open, over the queue.
    pub batch: Option<Box<BatchUi>>,
    /// The focus to go back to when the card closes.
    pub card_back: Focus,
    /// The inspector is shown (where the size allows).
    pub inspector: bool,
    /// First row of the inspector.
    pub inspector_top: usize,
    /// What is unfolded in the inspector, and where its changes stand.
    pub inspected: DiffUi,
    /// How changes are shown, on every card and in the inspector.
    pub manner: Manner,
    /// What lies over everything.
    pub overlay: Option<Overlay>,
    /// A word of the composer that is being completed: the list over it.
    pub completion: Option<super::Completion>,
    /// A search in a session.
    pub find: Option<Find>,
    /// A search within the payload of the card or the inspector.
    pub within: Option<Within>,
    /// Agents that can begin with a copy of a conversation, by name.
    pub forks: BTreeSet<String>,
    /// How the session of a replay shall go on: the replay is left for it.
    pub onward: Option<super::onward::Onward>,
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

    /// What an *always* covers with an agent, by its name, as far as it is known.
    pub always: BTreeMap<String, String>,
    /// Agents that can be started.
    pub agents: Vec<KnownAgent>,
    /// The folder in which the console was started.
    pub here: String,
    /// The human's home folder, for `~` in paths.
    pub home: String,
    /// When a session is flagged.
    pub limits: Limits,
    /// The size of the terminal: columns, rows.
    pub size: (u16, u16),
    /// The offset of local time from UTC in seconds.
    pub utc_offset: i32,
    /// Keys that the configuration gives instead of the table's; an empty list unbinds.
    pub rebound: BTreeMap<Action, Vec<Chord>>,
    /// What is selected, to be copied.
    pub select: Option<Select>,
    /// Where a copied text goes.
    pub copy_to: CopyTo,
    /// Who has the mouse.
    pub mouse: MouseOwner,
    /// Rows of one notch of the wheel.
    pub notch: u8,
    /// Whom to call, and when.
    pub attention: Attention,
    /// The settings as the file says them.
    pub configured: Configured,
    /// What only `update` needs to remember.
    pub inner: Inner,
}
