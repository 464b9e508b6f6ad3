//! Everything that a key can do, and the places in which keys act.

/// A place in which keys act: innermost first, as [`scopes`](super::update::scopes) derives them from the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Everywhere.
    Global,
    /// Anything that lists or scrolls.
    List,
    /// The rail.
    Rail,
    /// A pane's timeline.
    Pane,
    /// The inspector.
    Inspector,
    /// The queue drawer.
    Queue,
    /// The open card.
    Card,
    /// A menu on a card.
    Menu,
    /// The composer.
    Composer,
    /// A form, a reason, a word that is typed.
    Typing,
    /// A question that `y` or `n` answers.
    Confirm,
    /// The list of keys.
    Help,
    /// A replay.
    Replay,
}

/// What a key can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// One row or item down.
    Down,
    /// One row or item up.
    Up,
    /// A page down.
    PageDown,
    /// A page up.
    PageUp,
    /// To the first.
    Top,
    /// To the last, and follow.
    End,
    /// Open, unfold, choose.
    Open,
    /// One place back; never anything else.
    Back,
    /// The next focus (rail, pane, inspector, composer).
    FocusNext,
    /// The focus before.
    FocusPrevious,
    /// Write a prompt.
    Compose,
    /// The n-th session (from 1).
    Slot(u8),
    /// The next request that waits.
    NextWaiting,
    /// Open or close the queue.
    Queue,
    /// Allow once.
    Allow,
    /// Choose among the agent's own offers.
    Scopes,
    /// Deny with a reason.
    Deny,
    /// Deny, and end the turn.
    DenyInterrupt,
    /// Send what is typed.
    Submit,
    /// Send what is typed into the running turn, where the agent can take it.
    Steer,
    /// A new line in what is typed.
    NewLine,
    /// The prompt before in the history.
    HistoryBack,
    /// The prompt after in the history.
    HistoryForward,
    /// Take back the newest queued prompt into the composer.
    Unqueue,
    /// Clear what is typed, else interrupt, else leave.
    CtrlC,
    /// End the turn.
    Interrupt,
    /// End the session.
    EndSession,
    /// End the session: asked and confirmed.
    EndSessionNow,
    /// End everything: pressed twice.
    Halt,
    /// A new session.
    NewSession,
    /// Choose the agent's mode.
    Modes,
    /// Put the session out of sight.
    Archive,
    /// One pane, two, four.
    GridNext,
    /// The next pane.
    PaneNext,
    /// The focused pane fills the screen, or not.
    Zoom,
    /// Show or hide the inspector.
    Inspector,
    /// Unfold or fold everything in the pane.
    FoldAll,
    /// All keys.
    Help,
    /// Leave.
    Quit,
    /// Leave: asked and confirmed.
    QuitNow,
    /// Stop as job control does.
    Suspend,
    /// Paint anew.
    Redraw,
    /// Yes.
    Yes,
    /// No.
    No,
    /// Replay: play or pause.
    PlayPause,
    /// Replay: one step on.
    StepForward,
    /// Replay: one step back.
    StepBack,
    /// Replay: one record on.
    RecordForward,
    /// Replay: one record back.
    RecordBack,
    /// Replay: the next turn.
    TurnForward,
    /// Replay: the turn before.
    TurnBack,
    /// Replay: faster.
    Faster,
    /// Replay: slower.
    Slower,
    /// Replay: to the first record.
    ReplayStart,
    /// Replay: to the last record.
    ReplayEnd,
}
