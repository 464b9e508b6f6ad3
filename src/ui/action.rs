//! Everything that a key can do, and the places in which keys act.

/// A place in which keys act: innermost first, as [`scopes`](super::update::scopes) derives them from the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Everywhere, even over a form: chords only.
    Always,
    /// Wherever no text is typed and nothing lies over the panes.
    Global,
    /// Anything that lists or scrolls.
    List,
    /// The rail.
    Rail,
    /// The rail's sessions of other tools.
    Elsewhere,
    /// A pane's timeline.
    Pane,
    /// The inspector.
    Inspector,
    /// The queue drawer.
    Queue,
    /// Rows that are being selected.
    Select,
    /// The open card.
    Card,
    /// The card of several requests.
    Batch,
    /// A menu on a card.
    Menu,
    /// The form in which a call is edited.
    Edit,
    /// A changed call that stands on the card, to be sent.
    Sure,
    /// The answers to an agent's questions.
    Reply,
    /// A list to choose from by name.
    Picker,
    /// The composer.
    Composer,
    /// The list over the composer that completes a word.
    Completing,
    /// A form, a reason, a word that is typed.
    Typing,
    /// The line of a search.
    Find,
    /// The fields of a form.
    Form,
    /// The settings.
    Settings,
    /// The list of what was granted.
    Grants,
    /// A question that `y` or `n` answers.
    Confirm,
    /// What an undo would do.
    Undo,
    /// What changed between two moments.
    Review,
    /// How far the agent's conversation is taken back, or copied.
    Way,
    /// What the agent's context is made of.
    Context,
    /// What sessions came to.
    Stats,
    /// The line of a search over all sessions.
    EverywhereLine,
    /// What such a search found.
    Everywhere,
    /// The list of keys.
    Help,
    /// A look at a session.
    Peek,
    /// The line that narrows the list of keys.
    HelpFind,
    /// A replay.
    Replay,
}

impl Scope {
    /// Every scope.
    pub const ALL: &[Self] = &[
        Self::Select,
        Self::Card,
        Self::Batch,
        Self::Menu,
        Self::Edit,
        Self::Sure,
        Self::Reply,
        Self::Picker,
        Self::Rail,
        Self::Elsewhere,
        Self::Pane,
        Self::Inspector,
        Self::Queue,
        Self::List,
        Self::Global,
        Self::Composer,
        Self::Completing,
        Self::Typing,
        Self::Form,
        Self::Find,
        Self::Settings,
        Self::Grants,
        Self::Confirm,
        Self::Undo,
        Self::Review,
        Self::Way,
        Self::Context,
        Self::Stats,
        Self::EverywhereLine,
        Self::Everywhere,
        Self::Replay,
        Self::Help,
        Self::Peek,
        Self::HelpFind,
        Self::Always,
    ];

    /// True where a plain character is text.
    #[must_use]
    pub fn is_typing(self) -> bool {
        matches!(
            self,
            Self::Composer
                | Self::Completing
                | Self::Typing
                | Self::Form
                | Self::Picker
                | Self::Find
                | Self::EverywhereLine
                | Self::HelpFind
                | Self::Edit
                | Self::Reply
        )
    }
}

macro_rules! actions {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal,)+) => {
        /// What a key can do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action {
            /// The n-th session (from 1).
            Slot(u8),
            $($(#[doc = $doc])+ $name,)+
        }

        impl Action {
            /// Every action.
            pub const ALL: &[Self] = &[
                Self::Slot(1), Self::Slot(2), Self::Slot(3), Self::Slot(4), Self::Slot(5),
                Self::Slot(6), Self::Slot(7), Self::Slot(8), Self::Slot(9),
                $(Self::$name,)+
            ];

            /// Its name, as `config.toml` says it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    Self::Slot(n) => SLOTS.get(usize::from(n).wrapping_sub(1)).copied().unwrap_or("slot"),
                    $(Self::$name => $text,)+
                }
            }

            /// What it does, in a sentence.
            #[must_use]
            pub fn help(self) -> &'static str {
                match self {
                    Self::Slot(_) => "go to the session of that number",
                    $(Self::$name => concat!($($doc),+).trim_ascii(),)+
                }
            }
        }
    };
}

const SLOTS: [&str; 9] = ["slot-1", "slot-2", "slot-3", "slot-4", "slot-5", "slot-6", "slot-7", "slot-8", "slot-9"];

actions! {
    /// One row or item down.
    Down = "down",
    /// One row or item up.
    Up = "up",
    /// A page down.
    PageDown = "page-down",
    /// A page up.
    PageUp = "page-up",
    /// Half a page down.
    HalfDown = "half-down",
    /// Half a page up.
    HalfUp = "half-up",
    /// To the first.
    Top = "top",
    /// To the last, and follow.
    End = "end",
    /// Open, unfold, choose.
    Open = "open",
    /// One place back; never anything else.
    Back = "back",
    /// The next focus (rail, pane, inspector, composer).
    FocusNext = "focus-next",
    /// The focus before.
    FocusPrevious = "focus-previous",
    /// Write a prompt.
    Compose = "compose",
    /// The next request that waits.
    NextWaiting = "next-waiting",
    /// Open or close the queue.
    Queue = "queue",
    /// Queue: mark the request, to decide it together with others; or take its mark away.
    Mark = "mark",
    /// Queue: mark all that are like it, or none.
    MarkAlike = "mark-alike",
    /// Queue: open the marked ones on one card, each whole.
    Batch = "batch",
    /// Allow once.
    Allow = "allow",
    /// Choose among the agent's own offers, and allowances for longer.
    Scopes = "scopes",
    /// Allowances for longer: another term.
    TermNext = "term-next",
    /// Allowances for longer: the term before.
    TermBefore = "term-before",
    /// Edit the hunk, or the call, then let it run.
    Edit = "edit",
    /// Edit the call itself, then let it run.
    EditCall = "edit-call",
    /// Take the hunk.
    HunkTake = "hunk-take",
    /// Refuse the hunk.
    HunkRefuse = "hunk-refuse",
    /// Deny with a reason.
    Deny = "deny",
    /// Deny, and end the turn.
    DenyInterrupt = "deny-interrupt",
    /// Changes: unified or side by side.
    DiffLayout = "diff-layout",
    /// Changes: long lines wrapped, or cut and scrolled sideways.
    LongLines = "long-lines",
    /// Changes: some columns to the left, where lines are cut.
    ScrollLeft = "scroll-left",
    /// Changes: some columns to the right, where lines are cut.
    ScrollRight = "scroll-right",
    /// Changes: the next region that changes.
    HunkNext = "hunk-next",
    /// Changes: the region before.
    HunkBefore = "hunk-before",
    /// Changes: the next file.
    FileNext = "file-next",
    /// Changes: the file before.
    FileBefore = "file-before",
    /// Changes: a list of the files.
    Files = "files",
    /// Changes: show unchanged lines that are folded away, or fold them.
    UnfoldLines = "unfold-lines",
    /// Send what is typed.
    Submit = "submit",
    /// Send what is typed into the running turn, where the agent can take it.
    Steer = "steer",
    /// A new line in what is typed.
    NewLine = "new-line",
    /// The prompt before in the history.
    HistoryBack = "history-back",
    /// The prompt after in the history.
    HistoryForward = "history-forward",
    /// What is typed goes to the editor, and comes back.
    EditOutside = "edit-outside",
    /// Unfold a folded paste.
    UnfoldPaste = "unfold-paste",
    /// Complete the word by the selected row.
    Complete = "complete",
    /// The next row of what completes the word.
    CompleteNext = "complete-next",
    /// The row before.
    CompletePrevious = "complete-previous",
    /// Close what completes the word.
    CompleteClose = "complete-close",
    /// Take back the newest queued prompt into the composer.
    Unqueue = "unqueue",
    /// Clear what is typed, else interrupt, else leave.
    CtrlC = "ctrl-c",
    /// End the turn.
    Interrupt = "interrupt",
    /// End the session.
    EndSession = "end-session",
    /// End the session: asked and confirmed.
    EndSessionNow = "end-session-now",
    /// End everything: pressed twice.
    Halt = "halt",
    /// A new session.
    NewSession = "new-session",
    /// A new session in a work tree with the files of the step at hand.
    NewFromStep = "new-from-step",
    /// Choose the agent's mode.
    Modes = "modes",
    /// Choose the model that the agent asks.
    Models = "model",
    /// What the agent's context is made of: asked of it.
    Context = "context",
    /// Take the agent's conversation back to before a turn, while files stay: shown first.
    Rewind = "rewind",
    /// Another session with a copy of the agent's conversation, up to a turn: shown first.
    Fork = "fork",
    /// Choose a way to log in.
    Logins = "logins",
    /// Choose a theme; moving tries them on.
    Themes = "themes",
    /// What was granted, in all sessions: it can be taken back there.
    Grants = "grants",
    /// What sessions came to; in its tables: count again.
    Stats = "numbers",
    /// Numbers: the next table.
    StatsNext = "numbers-next",
    /// Numbers: the table before.
    StatsBefore = "numbers-before",
    /// Search all sessions.
    Everywhere = "search-all",
    /// Search of all: from the line to the list, and back.
    EverywhereTurn = "search-all-turn",
    /// Grants: take the selected one back, after a question.
    Revoke = "revoke",
    /// Take it back: asked and confirmed.
    RevokeNow = "revoke-now",
    /// The settings.
    Settings = "settings",
    /// Take the settings that were changed while agents run: they say what, and ask first.
    AcceptSettings = "accept-settings",
    /// Settings: the selected one as usual again.
    SettingUsual = "setting-usual",
    /// Settings: one more key for the selected action.
    KeyAdd = "key-add",
    /// Settings: no key for the selected action.
    KeyNone = "key-none",
    /// Put the session out of sight, or bring it back.
    Archive = "archive",
    /// Let the session's checkpoints stay however old they are, or go with the others.
    Pin = "pin",
    /// Sort the rail another way.
    Sort = "sort",
    /// List other sessions in the rail.
    Filter = "filter",
    /// Type a name that the rail's sessions must have.
    FilterName = "filter-name",
    /// Rename the session.
    Rename = "rename",
    /// Delete the session.
    Delete = "delete",
    /// Delete the session: asked and confirmed.
    DeleteNow = "delete-now",
    /// Start an ended session again.
    Reopen = "reopen",
    /// Look at a session without going there.
    Peek = "peek",
    /// One pane, two, four, six, nine.
    GridNext = "grid-next",
    /// The next pane.
    PaneNext = "pane-next",
    /// The focused pane fills the screen, or not.
    Zoom = "zoom",
    /// Show or hide the inspector.
    Inspector = "inspector",
    /// Unfold or fold everything in the pane.
    FoldAll = "fold-all",
    /// To the prompt before.
    PromptBack = "prompt-back",
    /// To the next prompt.
    PromptForward = "prompt-forward",
    /// The list of prompts.
    Prompts = "prompts",
    /// Search in the session, or within the payload.
    Find = "find",
    /// The next hit of the search.
    FindNext = "find-next",
    /// The hit before.
    FindPrevious = "find-previous",
    /// Search in another kind of things.
    FindKind = "find-kind",
    /// Search in the kind of things before.
    FindKindBack = "find-kind-back",
    /// Everything that can be done or gone to, by name.
    Palette = "palette",
    /// Go to a session by its name.
    Jump = "jump",
    /// All keys.
    Help = "help",
    /// Leave.
    Quit = "quit",
    /// Leave: asked and confirmed.
    QuitNow = "quit-now",
    /// Stop as job control does.
    Suspend = "suspend",
    /// Paint anew.
    Redraw = "redraw",
    /// Copy: what is there, or what is selected.
    Copy = "copy",
    /// Select rows, to copy them.
    Select = "select",
    /// Leave the mouse to the terminal, or take it back.
    Mouse = "mouse",
    /// Take back what the step did to files: shown first.
    Undo = "undo",
    /// Take back what the step and all that followed it did to files: shown first.
    UndoBack = "undo-back",
    /// Take back what the last step did that changed files, or the last undo: shown first.
    UndoLast = "undo-last",
    /// Take back all that the session's last turn did: shown first.
    UndoTurn = "undo-turn",
    /// Undo, where others changed the same lines: there, they stay as they are now.
    SideOurs = "side-ours",
    /// Undo, where others changed the same lines: there, they become what they were before the step.
    SideTheirs = "side-theirs",
    /// Undo, where others changed the same lines: both stand there, with marks around them.
    SideBoth = "side-both",
    /// Undo, where others changed the same lines: the file is left alone.
    SideSkip = "side-skip",
    /// Review what the session changed, by file and hunk: keep, revert, comment.
    Review = "review",
    /// Review: all of the session, from the selected step on, that step alone; of a file: another moment to compare with.
    ReviewSpan = "review-span",
    /// Of a file as it was: choose another moment to compare it with.
    CompareWith = "compare-with",
    /// Review: a comment on the line.
    Comment = "comment",
    /// Review: all comments go into the composer as one prompt.
    GiveComments = "give-comments",
    /// Open a file of the workspace as it was at the selected step.
    FilesAsOf = "files-as-of",
    /// Let a call that waits for its checkpoint go without one.
    SkipCheckpoint = "skip-checkpoint",
    /// Undo: files, the conversation as well, or the conversation alone.
    UndoTalk = "undo-talk",
    /// Yes.
    Yes = "yes",
    /// No.
    No = "no",
    /// Replay: play or pause.
    PlayPause = "play-pause",
    /// Replay: one step on.
    StepForward = "step-forward",
    /// Replay: one step back.
    StepBack = "step-back",
    /// Replay: one record on.
    RecordForward = "record-forward",
    /// Replay: one record back.
    RecordBack = "record-back",
    /// Replay: the next turn.
    TurnForward = "turn-forward",
    /// Replay: the turn before.
    TurnBack = "turn-back",
    /// Replay: the next thing of note: a request, a decision, an error, an edit, a check, an undo, a compaction.
    MarkForward = "mark-forward",
    /// Replay: the thing of note before.
    MarkBack = "mark-back",
    /// Replay: the next request or decision.
    RequestForward = "request-forward",
    /// Replay: the request or decision before.
    RequestBack = "request-back",
    /// Replay: the next error.
    ErrorForward = "error-forward",
    /// Replay: the error before.
    ErrorBack = "error-back",
    /// Replay: the next change of files.
    EditForward = "edit-forward",
    /// Replay: the change of files before.
    EditBack = "edit-back",
    /// Replay: go to a time, a step, a turn or a record that is typed.
    GoTo = "go-to",
    /// Replay: faster.
    Faster = "faster",
    /// Replay: slower.
    Slower = "slower",
    /// Replay: to the first record.
    ReplayStart = "replay-start",
    /// Replay: to the last record.
    ReplayEnd = "replay-end",
}

impl Action {
    /// The action of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.name() == name)
    }

    /// True where no key is bound to it: only another action leads here, after a question.
    #[must_use]
    pub fn is_internal(self) -> bool {
        matches!(self, Self::EndSessionNow | Self::QuitNow | Self::DeleteNow | Self::RevokeNow)
    }
}
