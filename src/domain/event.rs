//! What can be known: every kind of fact, in the past tense. The log holds nothing else.

pub use super::by::By;
pub use super::ends::{Cause, Notice, Speaker, Stop};
use super::request::Completeness;
pub use super::stored::Unknown;
use super::{
    AgentFace, Asking, CallId, CallPatch, Capabilities, Carrier, Checkpoint, Closing, ConfigOption, Context, Decision,
    Digest, Effect, Gate, Grant, GrantId, LaneId, Left, LoginWay, Mode, Offer, OutputPart, PlanItem, PromptId,
    RequestId, Seen, SlashCommand, Source, Text, Tokens, TurnNo, Usage, Verdict, Workplace,
};
use serde::{Deserialize, Serialize};

/// One fact. `#[serde(tag = "kind")]` names are for ever: see `tests/records/v1/`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Event {
    // --- a session's life
    /// A session began: always the first record of one.
    SessionStarted {
        /// The human's name for it, made unique by the hub.
        name: String,
        /// The preset's or the configuration's name of the agent.
        agent: String,
        /// How it is driven: `acp`, later `claude`, `codex`, `transcript`.
        driver: String,
        /// The workspace.
        cwd: String,
        /// The command line, secrets replaced.
        command: Vec<String>,
        /// Names (never values) of environment variables that were added for it.
        env: Vec<String>,
    },
    /// Where it works, as its start found it, or as a command of its agent left it.
    Placed {
        /// All of it.
        place: Box<Workplace>,
    },
    /// The human renamed it.
    Renamed {
        /// The new name.
        name: String,
    },
    /// What the agent's start is doing now.
    Starting {
        /// In words: `initialize`, `session/new`, ...
        doing: String,
    },
    /// The agent introduced itself.
    Connected {
        /// Who it is.
        face: AgentFace,
        /// What can be asked of it.
        can: Capabilities,
        /// Ways to log in.
        login: Vec<LoginWay>,
    },
    /// It wants a login before it works.
    LoginNeeded {
        /// What it said.
        said: Text,
        /// The ways it offers.
        ways: Vec<LoginWay>,
    },
    /// A source of facts was bound to the session.
    SourceAttached {
        /// Which.
        source: Source,
    },
    /// The conversation is open: prompts can be sent.
    Opened,
    /// The agent's modes.
    ModesOffered {
        /// All of them.
        modes: Vec<Mode>,
        /// The one it is in.
        current: Option<String>,
    },
    /// Its mode changed.
    ModeChanged {
        /// To which.
        mode: String,
        /// By whom.
        by: By,
    },
    /// Its settings, whole.
    OptionsOffered {
        /// All of them.
        options: Vec<ConfigOption>,
    },
    /// Its commands, whole.
    CommandsOffered {
        /// All of them.
        commands: Vec<SlashCommand>,
    },
    /// Its title for the conversation.
    Titled {
        /// The title.
        title: Text,
    },
    /// The process ended; no more facts from it but late ones.
    Ended {
        /// Why.
        cause: Cause,
        /// The last lines it wrote on stderr.
        last_words: Text,
        /// Processes of its tree still alive after the end, as far as known: (pid, name).
        survivors: Vec<(u32, String)>,
    },
    /// The human has looked at the ended or finished session.
    Noticed,
    /// The human put it out of sight, or back.
    Archived {
        /// True out of sight.
        archived: bool,
    },
    /// The human pinned it, so that its checkpoints stay however old they are; or lets them go with the others.
    Pinned {
        /// True while they stay.
        pinned: bool,
    },
    /// The human deleted it: its long texts and raw frames were wiped from the disk; its records stay, and so does the chain.
    Deleted {
        /// Long texts that no other session holds.
        texts: u64,
        /// Bytes of those.
        bytes: u64,
        /// Raw frames.
        frames: u64,
    },

    // --- turns
    /// A prompt waits on our side until the turn ends.
    PromptQueued {
        /// Its number.
        prompt: PromptId,
        /// What it says.
        text: Text,
        /// By whom, where it was not the human at the console.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<By>,
    },
    /// A prompt went to the agent: a turn begins.
    PromptSent {
        /// Its number.
        prompt: PromptId,
        /// What it says (again, so that the turn stands alone).
        text: Text,
        /// The turn that it began.
        turn: TurnNo,
        /// True where it was given to a running turn.
        steer: bool,
        /// By whom, where it was not the human at the console.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<By>,
    },
    /// The agent began a turn by itself: something that it waited for has ended.
    TurnBegan {
        /// Which.
        turn: TurnNo,
        /// Why, in words.
        why: Text,
    },
    /// A queued prompt was taken back.
    PromptDropped {
        /// Its number.
        prompt: PromptId,
    },
    /// Somebody asked for the end of the turn. Remembered, since agents answer it in many ways (acp.md, 23).
    InterruptAsked {
        /// Who.
        by: By,
    },
    /// The turn ended.
    TurnEnded {
        /// Which.
        turn: TurnNo,
        /// Why.
        stop: Stop,
        /// What it spent, where the agent says.
        tokens: Option<Tokens>,
    },

    /// The agent's own handle of a turn: by it the conversation can be taken back to before that turn. Words that were
    /// given to it later have one of their own.
    TurnMarked {
        /// Which.
        turn: TurnNo,
        /// The handle; means something to the agent's protocol alone.
        mark: String,
    },
    /// The agent's conversation was taken back: of what came after a turn it knows nothing any more. Files stay.
    Rewound {
        /// The last turn that it knows; 0 for none.
        to: TurnNo,
    },
    /// The conversation began as a copy of another session's.
    Forked {
        /// Whose.
        from: super::SessionId,
        /// The last turn of that which it holds; `None` where it holds all.
        to: Option<TurnNo>,
    },

    // --- what the agent says and does
    /// A lane opened: a subagent.
    LaneOpened {
        /// Its own lane id (the record's `lane` is where it was opened).
        opened: LaneId,
        /// The agent's own id of it, where it has one.
        native: Option<String>,
        /// Its name.
        name: Text,
        /// The call that opened it.
        call: Option<CallId>,
    },
    /// A lane ended.
    LaneEnded {
        /// Which.
        ended: LaneId,
    },
    /// A piece of a message: follows the last piece of the same speaker and message.
    Said {
        /// Who speaks.
        who: Speaker,
        /// The agent's id of the message, where it has one.
        message: Option<String>,
        /// The piece.
        text: Text,
    },
    /// A part of a message that is not text: image, audio, resource.
    Attached {
        /// Who gave it.
        who: Speaker,
        /// What it is, in words: `image/png, 12 kB`.
        what: Text,
    },
    /// The agent's plan, whole.
    Planned {
        /// Its lines.
        items: Vec<PlanItem>,
    },
    /// Something new about a call; the first of an id makes it.
    Called {
        /// The agent's id of it.
        call: CallId,
        /// What is new.
        patch: Box<CallPatch>,
    },
    /// Which files a call writes, as they really lie: links followed, and those of a command by its line.
    Aimed {
        /// Which call.
        call: CallId,
        /// Absolute; what lies below a folder belongs to it.
        files: Vec<String>,
    },
    /// Output of a call.
    CallOutput {
        /// Which call.
        call: CallId,
        /// What.
        part: OutputPart,
    },
    /// How a call came to run, as far as is known now.
    CallGated {
        /// Which call.
        call: CallId,
        /// How.
        gate: Gate,
    },

    // --- requests
    /// A call waits for a decision. Its seq is the request's id.
    Asked {
        /// The call.
        call: CallId,
        /// The agent's own id of the question, as JSON text (`0`, `"a-b"`).
        native: String,
        /// What it may be answered.
        offers: Vec<Offer>,
        /// Of canonical arguments, offers, folder and files that it would change.
        digest: Digest,
        /// How much of the payload is known.
        payload: Completeness,
        /// When the hub denies it by itself.
        deadline: Option<super::At>,
        /// The request in whose place it stands, after something changed.
        instead_of: Option<RequestId>,
        /// What changed since, in words; empty for a first request.
        changed: Vec<String>,
        /// About what, and what of a decision the agent can carry.
        #[serde(default, skip_serializing_if = "Asking::is_plain")]
        how: Asking,
    },
    /// What policy says of a request, or of a call that nobody asked about.
    Judged {
        /// The request; `None` where the agent did not ask.
        request: Option<RequestId>,
        /// The call.
        call: CallId,
        /// The verdict.
        verdict: Box<Verdict>,
    },
    /// A human could see it: the first time, and when its end was reached.
    Shown {
        /// Which.
        request: RequestId,
        /// What was painted.
        digest: Digest,
        /// How much.
        seen: Seen,
    },
    /// It was answered. One for a request, ever.
    Decided {
        /// Which.
        request: RequestId,
        /// The digest that was answered.
        digest: Digest,
        /// What.
        decision: Decision,
        /// By whom.
        by: By,
        /// A typed word stood in for reading to the end.
        overridden: bool,
    },
    /// The human changed what will run: what runs instead, and what policy says of that. Stands before its `Decided`.
    CallEdited {
        /// Which.
        request: RequestId,
        /// The call.
        call: CallId,
        /// What of it is other than proposed.
        edited: Box<CallPatch>,
        /// Who carries it out: where it is the hub, the agent's own call is refused.
        by: Carrier,
        /// Of the edited call.
        verdict: Box<Verdict>,
    },
    /// What a call did is not what was decided.
    Diverged {
        /// Which.
        call: CallId,
        /// How, in words.
        how: Text,
    },
    /// The answer left for the agent.
    Sent {
        /// Which.
        request: RequestId,
    },
    /// The agent acted on the answer.
    TakenUp {
        /// Which.
        request: RequestId,
    },
    /// The agent did not act on the answer within the time given.
    Unconfirmed {
        /// Which.
        request: RequestId,
    },
    /// It ended without a decision, or its decision came to nothing.
    RequestClosed {
        /// Which.
        request: RequestId,
        /// How.
        how: Closing,
    },
    /// A standing allowance began.
    Granted {
        /// What it covers.
        grant: Box<Grant>,
    },
    /// A standing allowance ended.
    Revoked {
        /// Which.
        grant: GrantId,
        /// By whom, where it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<By>,
    },
    /// The agent may now do things that it had to ask for (acp.md, 21).
    Loosened {
        /// What it said it would no longer ask.
        why: String,
    },

    // --- the workspace
    /// A workspace at a moment was kept, or could not be.
    Checkpointed {
        /// Which moment, of which call, and what differs from before.
        checkpoint: Box<Checkpoint>,
    },
    /// Steps were taken back: itself a step, whose checkpoints stand beside it.
    Undone {
        /// The step that did it.
        call: CallId,
        /// The steps that were taken back; those of an undo among them stand again.
        steps: Vec<CallId>,
        /// What became of the files.
        files: Vec<Effect>,
        /// Files that were not taken back.
        left: Vec<Left>,
        /// By whom.
        by: By,
    },

    // --- the hub's own: records of `SessionId::HUB`
    /// A token for scripts was made at a terminal.
    TokenMade {
        /// Its name.
        name: String,
        /// Of its secret, which is kept nowhere.
        hash: Digest,
        /// From when on it is worth nothing.
        expires: super::At,
        /// What it may do; everything where this is empty.
        only: Vec<String>,
        /// By whom.
        by: By,
    },
    /// A script did something with a token.
    TokenUsed {
        /// Its name.
        name: String,
        /// What was done: `allow`, `send`, ...
        what: String,
        /// With which session.
        session: Option<super::SessionId>,
    },
    /// A token is worth nothing any more.
    TokenRevoked {
        /// Its name.
        name: String,
        /// By whom.
        by: By,
    },
    /// A human put changed settings in force while agents ran.
    SettingsAccepted {
        /// The file's name.
        file: String,
        /// Of what it says; `None` where it is gone.
        digest: Option<Digest>,
        /// Who.
        by: By,
    },
    /// A file of the settings was changed while agents ran.
    RulesChanged {
        /// Its name.
        file: String,
        /// Of what it said before; `None` where it was not there.
        before: Option<Digest>,
        /// Of what it says now; `None` where it is gone.
        after: Option<Digest>,
    },

    // --- context
    /// What it carries now.
    Used {
        /// The report.
        usage: Usage,
    },
    /// What its context is made of: asked for, and of that moment.
    ContextTold {
        /// The breakdown.
        context: Context,
    },
    /// The context was compacted.
    Compacted {
        /// Tokens before, where said.
        before: Option<u64>,
        /// Tokens after, where said.
        after: Option<u64>,
    },

    // --- what went wrong, and what was not understood
    /// Something worth a line: a warning, a fault, a line on stderr.
    Noted {
        /// How loud.
        level: Notice,
        /// In words.
        text: Text,
    },
    /// What could not be decoded; shown as such.
    Unrecognised {
        /// What it seemed to be.
        what: String,
        /// The frame, or its beginning.
        raw: Text,
    },
    /// A kind that a newer version wrote.
    #[serde(skip)]
    Unknown(Unknown),
}
