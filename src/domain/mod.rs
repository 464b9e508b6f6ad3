//! The vocabulary: what is known (records), what is asked for (commands), and what they speak about.
//!
//! Plain data with serde, nothing else: no clock, no files, no randomness. Every other room speaks in these words.
//! - [`Record`], [`Event`]: one fact and what it says; [`By`]: who did it.
//! - [`Call`](call), [`request`]: a tool call, and a call that waits for a decision; [`asking`], [`decision`]: how it asks,
//!   and what it is answered.
//! - [`fields`]: the arguments of a call as a person edits them; [`tools`]: what the tools known by name take; [`swap`]: texts
//!   that are replaced in a file.
//! - `ends`: who speaks, why a turn or a process ended.
//! - [`checkpoint`]: a workspace at a moment, and what taking a step back would do.
//! - [`review`]: what changed between two moments, by whom, and files as they were.
//! - `loss`: what a command would take from the disk, looked at while its request waits.
//! - [`usage`]: tokens, windows, money.
//! - `canonical`: arguments as they are meant, whatever the order of their keys.
//! - [`path`]: paths by their text.
//! - [`nearest`]: what a mistyped name was meant to be.
//! - `tally`: what sessions came to, as a table shows it.
//! - `elsewhere`: sessions of other tools, as they are listed. `everywhere`: a search over all sessions.
//! - [`hub`]: the boundary between console and hub: `Command`, `Reply`, `HubStatus`. [`query`]: `Query`, `Answer`. [`settings`]: which settings hold, and what of
//!   newer ones waits.

pub mod asking;
pub mod body;
mod by;
pub mod call;
mod canonical;
pub mod checkpoint;
pub mod decision;
mod elsewhere;
mod ends;
pub mod event;
mod everywhere;
pub mod fields;
pub mod hub;
pub mod ids;
mod loss;
pub mod near;
pub mod path;
pub mod query;
pub mod record;
pub mod request;
pub mod review;
pub mod search;
pub mod session;
pub mod settings;
mod stored;
pub mod swap;
mod tally;
pub mod tools;
pub mod usage;

pub use asking::{Asking, Carrier, Carries, Choice, Question, ReasonGoes, Stood, Topic};
pub use body::{BodyRef, Digest, Text};
pub use call::{CallPatch, CallStatus, FileChange, Gate, Impact, OutputPart, Place, UNKNOWN_FOLDER};
pub use canonical::canonical;
pub use checkpoint::{
    Became, Beside, Checkpoint, CheckpointId, Effect, Left, Moment, Side, Talk, Undo, UndoAct, UndoFile, UndoPlan,
    UndoSide, UndoStep,
};
pub use decision::{Decision, Given, TakenHunk};
pub use elsewhere::{Doing, Elsewhere};
pub use event::{By, Cause, Event, Notice, Speaker, Stop, Unknown};
pub use everywhere::{FindAll, Hit, HitIn, HitsIn, LookedAll};
pub use hub::{Apart, Command, CommandId, HubStatus, Keeping, Reply, StartSpec, Whence};
pub use ids::{At, CallId, GrantId, LaneId, PageNo, Pos, PromptId, RequestId, Seq, SessionId, TurnNo};
pub use loss::{Covered, Loss, LossHow, LossOf, Losses, Previewed, Tally};
pub use near::nearest;
pub use query::{Answer, Prunable, PrunedNot, Query, Weight};
pub use record::{Draft, Record, VERSION};
pub use request::{Closing, Completeness, Grant, Matcher, Offer, OfferKind, Outcome, Risk, RuleRef, Seen, Verdict};
pub use review::{Changed, Changes, Hunks, Listed, Makers, Point, Stands, Stretch};
pub use search::{FindKind, Found, FoundIn, Looked, Search, SearchFrom};
pub use session::{
    AgentFace, Capabilities, ConfigOption, LoginWay, Mode, PlanItem, PlanStatus, SlashCommand, Source, Workplace,
};
pub use settings::{SettingsDiff, SettingsFile, SettingsInForce, SettingsLine, SettingsWait};
pub use tally::{Tallied, Tallies, TallyBy};
pub use usage::{Context, ContextPart, Cost, Tokens, Usage};
