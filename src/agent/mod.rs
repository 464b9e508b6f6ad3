//! Agents: one folder a protocol, each a codec apart from the transport.
//!
//! A [`Protocol`] is a state machine without input or output: lines of an agent go in, facts and lines to send come out.
//! It cannot fail and cannot wait; a recorded session is a test. [`process`] is the transport: a child process, its
//! lines, and its end. [`presets`] knows the agents by name.
//!
//! What all protocols share: `turnout` gathers what comes of a line; `envelope` takes JSON-RPC apart, `form` makes questions
//! of a schema, `output` knows what of a growing output was told. [`hook`] is what an agent asks by a hook of its own. What
//! agents also write into transcripts of their own is read in [`crate::shapes`].

pub mod acp;
pub mod claude;
pub mod codex;
mod envelope;
mod form;
pub mod hook;
mod output;
pub mod presets;
pub mod process;
mod turnout;

pub use turnout::Turnout;

use crate::domain::{Asking, CallId, Completeness, Decision, Event, LaneId, Offer, Stop, Tokens};
use crate::shapes::look;
use serde_json::Value;

/// Something that a protocol found out.
#[derive(Debug, PartialEq)]
pub enum Fact {
    /// A record to be.
    Event(LaneId, Event),
    /// The agent asks for a decision. The events about the call come before it.
    Ask(Ask),
    /// A call is held back by a gate that holds every call back: the agent itself might not have asked. As `Ask`, but
    /// what only looks may pass without a request.
    HeldBack(Ask),
    /// A call that the agent would run unasked, by rules of its own that its human chose. It passes, unless a rule or a
    /// limit of taut's speaks of it: then as `Ask`.
    ByOwnRules(Ask),
    /// The same of an agent that can be made to ask about it in a way of its own: it is held until [`Tell::Leave`] says what.
    Leaves(Leaves),
    /// A call ran that nothing could hold, and that no mode of the agent's excuses: it is known only now. The events about
    /// it come before, but for its end.
    RanUnheld(LaneId, CallId),
    /// The agent took a question back (by its native id).
    AskGone(String),
    /// The conversation is open: the first prompt may go. Comes after `Event::Opened`.
    Ready,
    /// The agent began a turn that nobody gave a prompt for: why, in words. A `TurnOver` ends it.
    TurnBegan(String),
    /// The agent's own handle of what was said to it just now: by it the conversation can be taken back to before that.
    Marked(String),
    /// What became of a [`Tell::Back`]: the handle of the first that is gone, or why nothing is.
    WentBack(Result<String, String>),
    /// The prompt that was told has been answered: the turn is over. Calls left open were closed before it.
    TurnOver(Stop, Option<Tokens>),
    /// The start came to nothing: one sentence. The hub ends the session.
    StartFailed(String),
}

/// A question of the agent.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    /// Who asks.
    pub lane: LaneId,
    /// About which call.
    pub call: CallId,
    /// The question's own id as JSON text (`0`, `"a-b"`): what the answer carries.
    pub native: String,
    /// What it may be answered.
    pub offers: Vec<Offer>,
    /// How much of the payload is known.
    pub payload: Completeness,
    /// About what, and what of a decision this protocol can carry. Questions and plans stand in the call's arguments too.
    pub how: Asking,
}

/// A call that the agent's own rules would decide about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaves {
    /// Which.
    pub call: CallId,
    /// The agent's own id of what holds it.
    pub native: String,
}

/// What becomes of such a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leave {
    /// The agent's rules decide.
    ToItsRules,
    /// The agent asks about it, and it is judged like any other call.
    No,
}

/// How to open the conversation.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Opening {
    /// The workspace, absolute.
    pub cwd: String,
    /// MCP servers to hand over, as configured (already in ACP's form: a list of objects).
    pub mcp: Vec<Value>,
    /// The agent's own session to load, instead of a new one.
    pub load: Option<String>,
    /// Whether what is loaded goes on as itself.
    pub goes_on: GoesOn,
    /// Where a copy of it shall begin, where that is not its end.
    pub back: Option<Back>,
    /// The session's own mark, unlike that of any other: handles are made from it.
    pub mark: String,
    /// What is done where it can't be loaded.
    pub otherwise: Otherwise,
    /// The mode to set once open.
    pub mode: Option<String>,
    /// What this client lets the agent do through it.
    pub client: ClientCan,
    /// The hook that it is given, where its protocol does not ask about everything.
    pub hook: Option<hook::Install>,
}

/// How a loaded conversation goes on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum GoesOn {
    /// As itself.
    #[default]
    AsItself,
    /// As another one that begins where it stands: somebody else goes on with it, and two writers would branch it unseen.
    Forked,
}

/// A place of a conversation to go back to, by handles that were told as [`Fact::Marked`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Back {
    /// The first that shall be gone.
    pub first: String,
    /// The newest that shall be gone.
    pub last: String,
}

/// What is done where an agent can't load its own session.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Otherwise {
    /// The start comes to nothing: a new session would know nothing of what the prompt speaks of.
    #[default]
    Fail,
    /// A new one is opened, and that is said: a human reopens a session, and reads before they write.
    New,
}

/// What the client offers the agent. All off unless a preset says so (acp.md, 34).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ClientCan {
    /// `_meta.terminal_output`: terminals of the agent's own are told in updates.
    pub terminal_output: bool,
}

/// Something to be told to the agent.
#[derive(Debug, Clone, PartialEq)]
pub enum Tell {
    /// A prompt: begins a turn. Told only while none runs.
    Prompt(String),
    /// Words for the turn that runs. Told only where [`Protocol::steers`].
    Steer(String),
    /// The turn shall end: sends the cancel, and *cancelled* to every open question.
    Interrupt,
    /// An answer: the question's native id, and what was decided. What the protocol can't carry by its own word
    /// ([`Ask::how`]) never comes here: the hub has made a refusal of it. A refusal that ends the turn is followed by
    /// `Interrupt`.
    Answer(String, Decision),
    /// Whether a call is left to the agent: of a [`Fact::Leaves`], by its id.
    Leave(String, Leave),
    /// A mode, by its id.
    Mode(String),
    /// A model, by its id.
    Model(String),
    /// The conversation shall go back. Told only while no turn runs; a [`Fact::WentBack`] answers it.
    Back(Back),
    /// What its context is made of is wanted: an `Event::ContextTold`, or a note that says why not.
    Context,
    /// A login, by the way's id; the session is opened again after it.
    Login(String),
}

/// What a protocol has words for, beyond prompts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Can {
    /// Its conversation can go back: [`Tell::Back`].
    pub back: bool,
    /// It tells what its context is made of: [`Tell::Context`].
    pub context: bool,
    /// Its model can be set: [`Tell::Model`].
    pub model: bool,
}

/// A protocol spoken with one agent about one conversation.
pub trait Protocol: Send {
    /// The first lines.
    fn open(&mut self, opening: Opening) -> Turnout;
    /// One line of the agent's stdout, without its newline. Any bytes.
    fn hear(&mut self, line: &[u8]) -> Turnout;
    /// Something to tell it.
    fn tell(&mut self, tell: Tell) -> Turnout;
    /// Whether words can be given to a turn that runs.
    fn steers(&self) -> bool {
        false
    }
    /// A hook of the agent's asks about a call. The answer comes by [`Self::unhooked`], with all others.
    fn hooked(&mut self, question: &hook::Question) -> hook::Heard {
        question.plainly()
    }
    /// A hook was answered, or is gone without an answer. By the native id of its question.
    fn unhooked(&mut self, native: &str, answer: Option<&hook::Answer>) -> Turnout {
        let _ = (native, answer);
        Turnout::default()
    }
    /// Whether [`Tell::Interrupt`] ends what runs on behind a turn that is over, too.
    fn stops_behind(&self) -> bool {
        false
    }
    /// What of all that can be told beyond prompts this protocol has words for.
    fn can(&self) -> Can {
        Can::default()
    }
    /// The agent's stdout is at its end: closes what is open.
    fn gone(&mut self) -> Turnout;
}
