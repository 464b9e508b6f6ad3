//! What a colour can stand for.

macro_rules! closed {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $one:ident = $text:literal,)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$doc])* $one,)*
        }

        impl $name {
            /// Every one, in order.
            pub const ALL: [Self; [$($text,)*].len()] = [$(Self::$one,)*];

            /// Its name in a theme.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$one => $text,)*
                }
            }

            /// Its place in [`Self::ALL`].
            pub(super) const fn index(self) -> usize {
                self as usize
            }
        }
    };
}

closed! {
    /// What something on the screen is. The set is closed: a theme gives each a style, and nothing else has one.
    Role {
        /// Everything that has no other role, and the ground behind it.
        Text = "text",
        /// What matters less: ages, labels, done things.
        Muted = "muted",
        /// What waits for the human, and what has the focus.
        Accent = "accent",
        /// It went well.
        Good = "good",
        /// Look at this.
        Warn = "warn",
        /// Failed, or dangerous.
        Danger = "danger",
        /// Worth knowing.
        Info = "info",
        /// A line that comes.
        Added = "added",
        /// A line that goes.
        Removed = "removed",
        /// The words that come within a line.
        AddedWord = "added-word",
        /// The words that go within a line.
        RemovedWord = "removed-word",
        /// Line numbers and signs beside text.
        Gutter = "gutter",
        /// What is selected.
        Selection = "selection",
        /// The line that the cursor is on.
        CursorLine = "cursor-line",
        /// What a search found.
        Found = "found",
        /// A mark that stands for a hidden character.
        Mark = "mark",
        /// The context meter while there is room.
        MeterLow = "meter-low",
        /// The context meter when it fills.
        MeterMid = "meter-mid",
        /// The context meter when it is nearly full.
        MeterHigh = "meter-high",
        /// The first of four hues that tell sessions apart.
        Agent0 = "agent-0",
        /// The second.
        Agent1 = "agent-1",
        /// The third.
        Agent2 = "agent-2",
        /// The fourth.
        Agent3 = "agent-3",
        /// Lines between regions.
        Rule = "rule",
        /// The line and title of the region that has the focus.
        EdgeFocused = "edge-focused",
        /// The edge and the word of a replay, so that nobody takes it for live.
        Replay = "replay",
        /// Code: `fn`, `if`, `return`.
        SyntaxKeyword = "syntax.keyword",
        /// Code: text in quotes.
        SyntaxString = "syntax.string",
        /// Code: `\n` in a string, and the like.
        SyntaxEscape = "syntax.escape",
        /// Code: a comment.
        SyntaxComment = "syntax.comment",
        /// Code: a number.
        SyntaxNumber = "syntax.number",
        /// Code: `true`, `null`, and named constants.
        SyntaxConstant = "syntax.constant",
        /// Code: the name of a type.
        SyntaxType = "syntax.type",
        /// Code: the name of a function, where it is made or called.
        SyntaxFunction = "syntax.function",
        /// Code: the name of a macro.
        SyntaxMacro = "syntax.macro",
        /// Code: `#[derive]`, `@decorator`, an attribute of a tag.
        SyntaxAttribute = "syntax.attribute",
        /// Code: the name of a tag, or of a key in a configuration.
        SyntaxTag = "syntax.tag",
        /// Code: a variable or parameter, where it is told apart.
        SyntaxVariable = "syntax.variable",
        /// Code: `+`, `=>`.
        SyntaxOperator = "syntax.operator",
        /// Code: brackets, commas.
        SyntaxPunctuation = "syntax.punctuation",
        /// Code: a heading of a document.
        SyntaxHeading = "syntax.heading",
        /// Code: a link, or code within prose.
        SyntaxLink = "syntax.link",
    }
}

/// The four hues that tell sessions apart.
const AGENTS: [Role; 4] = [Role::Agent0, Role::Agent1, Role::Agent2, Role::Agent3];

impl Role {
    /// The hue of a session, by its slot.
    #[must_use]
    pub fn agent(slot: usize) -> Self {
        AGENTS[slot % AGENTS.len()]
    }

    /// True for the colours of code.
    #[must_use]
    pub fn is_syntax(self) -> bool {
        self.index() >= Self::SyntaxKeyword.index()
    }

    /// The role of that name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}
