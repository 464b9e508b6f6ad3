//! Agents: one folder a protocol, each a codec apart from the transport.
//!
//! A [`Protocol`] is a state machine without input or output: lines of an agent go in, facts and lines to send come out.
//! It cannot fail and cannot wait; a recorded session is a test. [`process`] is the transport: a child process, its
//! lines, and its end. [`presets`] knows the agents by name.
//!
//! What all protocols share: `turnout` gathers what comes of a line; `look` reads JSON that may be anything, `envelope` takes
//! JSON-RPC apart, `form` makes questions of a schema, `output` knows what of a growing output was told.

pub mod acp;
pub mod claude;
pub mod codex;
mod envelope;
mod form;
mod look;
mod output;
pub mod presets;
pub mod process;
mod turnout;

pub use turnout::Turnout;

use crate::domain::{Asking, CallId, Completeness, Decision, Event, LaneId, Offer, Stop, Tokens};
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
    /// The agent took a question back (by its native id).
    AskGone(String),
    /// The conversation is open: the first prompt may go. Comes after `Event::Opened`.
    Ready,
    /// The agent began a turn that nobody gave a prompt for: why, in words. A `TurnOver` ends it.
    TurnBegan(String),
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
    /// What is done where it can't be loaded.
    pub otherwise: Otherwise,
    /// The mode to set once open.
    pub mode: Option<String>,
    /// What this client lets the agent do through it.
    pub client: ClientCan,
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
    /// A mode, by its id.
    Mode(String),
    /// A login, by the way's id; the session is opened again after it.
    Login(String),
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
    /// The agent's stdout is at its end: closes what is open.
    fn gone(&mut self) -> Turnout;
}
