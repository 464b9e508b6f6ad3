//! What comes to the console, and what it wants done.

use super::batch::PaintedBatch;
use super::diffs::{Fit, PaintedDiffs};
use super::review::{Pages, Sort};
use super::select::{Line, Selected};
use super::settings::{Change, Configured};
use super::{Action, Anchor, Glimpse, HandOver, MouseOwner, Notice, Pad, Purpose, Replay};
use crate::domain::{
    Answer, BodyRef, Changes, Command, CommandId, Digest, Elsewhere, HubStatus, PageNo, Query, Record, Reply,
    RequestId, Seq, SessionId, SettingsInForce,
};
use crate::state::{Session, State};
use crossterm::event::{KeyEvent, KeyEventKind, MouseEvent};

/// How an action was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Press {
    /// The only key in its read: may decide.
    Alone,
    /// One of several keys in one read, or a held key's repeat: never decides.
    Among,
}

impl Press {
    /// How a key was pressed that came with `keys` keys in its read, itself among them.
    #[must_use]
    pub fn of(kind: KeyEventKind, keys: usize) -> Self {
        match kind {
            KeyEventKind::Press if keys == 1 => Self::Alone,
            KeyEventKind::Press | KeyEventKind::Repeat | KeyEventKind::Release => Self::Among,
        }
    }
}

/// What comes to the console. Time comes beside it.
#[derive(Debug)]
pub enum Msg {
    /// A key that the keymap knows here.
    Did(Action, Press),
    /// A key that it does not know: text where something is typed, else nothing (with a line that says so).
    Typed(KeyEvent),
    /// A bracketed paste: text, never keys.
    Pasted(String),
    /// The mouse: scrolls, selects, focuses; never decides.
    Mouse(MouseEvent),
    /// The terminal has another size.
    Resized(u16, u16),
    /// The terminal window got or lost the focus.
    Focused(bool),
    /// New records, in order.
    Heard(Vec<Record>),
    /// The hub's own status.
    Status(HubStatus),
    /// The reply to a command.
    Replied(CommandId, Reply),
    /// The answer to a query.
    Answered(Answer),
    /// Sessions of other tools that are otherwise than they were told.
    Elsewhere(Vec<Elsewhere>),
    /// Everything that is known: what was heard before is in it.
    Known(Box<State>),
    /// A frame has reached the terminal.
    Painted(Box<Painted>),
    /// A replay's state as of a record.
    Sought(Box<Session>),
    /// A transcript is read still: how far, and at first its end.
    Glimpsed(Glimpse, Option<Box<Session>>),
    /// All of what a replay can go to was gathered; its own cursor stays where the human put it.
    Marked(Box<Replay>),
    /// The pages of a review were made.
    Paged(Box<Pages>),
    /// Another program had the terminal, and it is ours again: what it left, or why it left nothing.
    Back(Purpose, Result<String, String>),
    /// What was typed can't be kept: one sentence.
    Unkept(String),
    /// The time that [`next_tick`](super::update::next_tick) asked for.
    Tick,
    /// The text of a session or an entry that was asked for.
    Told(ShowTo, String),
    /// Something that the loop was asked to do came to nothing: one sentence for the human.
    Failed(String),
    /// The link to the hub broke, with why; or is back.
    Link(Option<String>),
    /// The settings are others now.
    Configured(Box<Configured>),
    /// A change of the settings was written, or why not: one sentence.
    Wrote(Result<String, String>),
    /// What the human wrote in the settings is to be in force at once: the file's digest.
    Own(Option<Digest>),
}

/// What the console wants done, in order.
#[derive(Debug, PartialEq)]
pub enum Effect {
    /// A command for the hub.
    Send(CommandId, Command),
    /// A query for the hub.
    Ask(Query),
    /// A replay wants the state as of this record.
    Seek(SessionId, Seq),
    /// Gather what a replay of this session can go to; [`Msg::Marked`] follows.
    Mark(SessionId),
    /// Make the pages of a review, which takes a while; [`Msg::Paged`] follows.
    Page(Box<Changes>, Sort),
    /// Keep what was typed, for the next start.
    Keep(Box<Pad>),
    /// Show a theme without taking it; `None` goes back to the one in force.
    TryTheme(Option<String>),
    /// Write a change of the settings.
    Configure(Change),
    /// End every agent from here as well, and count what is left: the hub may be stopped, out of reach or elsewhere.
    Halt,
    /// The hub says which settings are in force.
    Settled(Box<SettingsInForce>),
    /// Leave the console.
    Quit,
    /// Stop as the shell's job control does (Ctrl-Z).
    Suspend,
    /// Paint everything anew.
    Redraw,
    /// Take the mouse, or leave it to the terminal.
    Mouse(MouseOwner),
    /// Send a text to the clipboard.
    Copy(String),
    /// Make a text of a session or of one of its entries, as `taut show` prints it.
    Show(SessionId, Option<u64>, ShowTo),
    /// Call the human, in the ways that the configuration names.
    Ring(Notice),
    /// Give the terminal to a program of the user's; [`Msg::Back`] follows, whatever becomes of it.
    HandOver(HandOver),
}

/// Where a text goes that was made of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShowTo {
    /// Back here, to be copied.
    Copy,
    /// Into the pager.
    Pager,
    /// Into the editor.
    Editor,
}

/// Something that a frame lacked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Want {
    /// A long text.
    Body(Digest, u64),
    /// A page of the past.
    Page(SessionId, PageNo),
    /// What a request that waits would delete or rewrite.
    Losses(RequestId),
    /// What policy says of the changed call on the card, by its digest.
    Ahead(RequestId, Digest),
    /// What the command of that would hit.
    LossesAhead(RequestId, Digest),
    /// What changed between two moments.
    Changes(super::past::Between),
}

impl Want {
    /// The want for a body.
    #[must_use]
    pub fn body(body: &BodyRef) -> Self {
        Self::Body(body.digest, body.bytes)
    }
}

/// What a frame showed: made by layout, true once the frame was flushed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Painted {
    /// The card, if one was painted.
    pub card: Option<PaintedCard>,
    /// The card of several, if one was painted.
    pub batch: Option<PaintedBatch>,
    /// Changes that were painted: on the card, else in the inspector.
    pub diffs: Option<PaintedDiffs>,
    /// Where the panes came to stand.
    pub panes: Vec<PaneSettled>,
    /// Where the inspector came to stand.
    pub inspector_top: usize,
    /// Columns that the composer has for its text, if it was painted.
    pub composer: Option<usize>,
    /// Where the list of keys, or a look at a session, came to stand, if it was painted.
    pub help_top: Option<usize>,
    /// What of the question about changed settings was painted.
    pub accept: Option<super::PaintedAccept>,
    /// What of an undo's preview was painted.
    pub undo: Option<super::PaintedUndo>,
    /// Where a review came to stand, if it was painted.
    pub review: Option<super::PaintedReview>,
    /// The entry of a search's current hit, and how many of its rows hold what is looked for.
    pub found: Option<(u64, usize)>,
    /// What was found within the payload that is looked through.
    pub within: Option<super::find::WithinFound>,
    /// Where the mouse can hit: area (x, y, width, height), and what it is.
    pub hits: Vec<((u16, u16, u16, u16), Hit)>,
    /// Where rows stand that can be selected.
    pub lines: Vec<Line>,
    /// What is selected.
    pub selected: Option<Selected>,
    /// What was lacking.
    pub wants: Vec<Want>,
    /// Sessions whose end was visible in the focused pane: seen by the human.
    pub noticed: Vec<SessionId>,
}

/// What of a card was painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaintedCard {
    /// Which request.
    pub request: RequestId,
    /// What was asked.
    pub digest: Digest,
    /// What stands in its place: see [`face::of`](super::face::of); nothing where it is the call itself.
    pub face: Digest,
    /// The first payload row shown.
    pub top: usize,
    /// Payload rows shown.
    pub rows: usize,
    /// Of these, rows from the first on of which nothing is cut at the side: only these count as read.
    pub uncut: usize,
    /// What the rows are fitted to.
    pub fit: Fit,
    /// Where the rows are fitted otherwise than before: those from the first on that hold lines which were read already.
    pub carried: usize,
    /// Rows that the payload has.
    pub of: usize,
    /// Lines that the payload has (as opposed to rows after wrapping).
    pub lines: u32,
    /// The frame of the card (who, what, why, the keys) was painted whole.
    pub framed: bool,
    /// And the payload was loaded.
    pub whole: bool,
}

/// Where a pane came to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaneSettled {
    /// Whose pane.
    pub session: SessionId,
    /// Its first row.
    pub top: Anchor,
    /// Its end was visible.
    pub at_end: bool,
    /// The first and the last entry that were visible at all.
    pub visible: Option<(u64, u64)>,
}

/// What the mouse can hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hit {
    /// A row of the rail.
    Session(SessionId),
    /// A row of the rail that is none of taut's own sessions.
    Other(super::OtherRow),
    /// A pane.
    Pane(usize),
    /// An entry in a pane.
    Entry(usize, u64),
    /// A row of the queue.
    Request(RequestId),
    /// The inspector.
    Inspector,
    /// The composer.
    Composer,
    /// The card's payload.
    Card,
    /// The track of a replay.
    Track,
}
