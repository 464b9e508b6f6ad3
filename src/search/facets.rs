//! What an entry is, beside its words: what a query may ask for, and what the index writes down of it.

use crate::domain::{CallStatus, Decision, FileChange, Notice, Stop};
use crate::state::{Entry, Step, What};

/// Whether something failed.
pub(super) fn failed(entry: &Entry) -> bool {
    match &entry.what {
        What::Step(step) => step.status == CallStatus::Failed || step.exit.is_some_and(|code| code != 0),
        What::TurnEnd { stop, .. } => matches!(stop, Stop::Error(..) | Stop::Lost | Stop::Refusal),
        What::Noted { level, .. } => *level == Notice::Error,
        _ => false,
    }
}

/// The names of a step's tool, in small letters: the agent's own, and taut's word for what it does.
pub(super) fn tools(step: &Step) -> impl Iterator<Item = String> {
    let named = step.tool.as_ref().map(|name| name.to_lowercase());
    named.into_iter().chain([step.word().to_lowercase()])
}

/// The paths of a step.
pub(super) fn paths(step: &Step) -> impl Iterator<Item = &str> {
    let paths = step.places.iter().map(|place| place.path.as_str());
    let changed = step.changes.iter().flat_map(FileChange::paths);
    paths.chain(changed).chain(step.aimed.iter().map(String::as_str))
}

/// What was decided about a step, in a word each.
pub(super) fn decisions(step: &Step) -> impl Iterator<Item = &'static str> {
    step.requests.iter().filter_map(|request| request.answered.as_ref()).map(|answered| match &answered.decision {
        Decision::Allow { .. } | Decision::AllowFor { .. } => "allow",
        Decision::Deny { .. } => "deny",
        Decision::Edit { .. } => "edit",
        Decision::Take { .. } => "part",
        Decision::Reply { .. } => "reply",
    })
}

/// The private letters of Unicode: the first, and how many.
const PRIVATE: (u32, u32) = (0xe000, 6400);

/// Something that an entry is, as the index has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Facet<'f> {
    /// It failed.
    Failed,
    /// A call of this tool, in small letters.
    Tool(&'f str),
    /// It runs a command.
    Command,
    /// It was decided so.
    Decided(&'f str),
    /// Not all of its text is in the index: it has to be looked at, whatever is searched.
    Vague,
}

impl Facet<'_> {
    /// Three letters that no text has any use for, as the index takes them for a piece of it.
    pub(super) fn piece(&self) -> String {
        let key = match self {
            Self::Failed => "failed".to_owned(),
            Self::Tool(name) => format!("tool:{name}"),
            Self::Command => "command".to_owned(),
            Self::Decided(word) => format!("decided:{word}"),
            Self::Vague => "vague".to_owned(),
        };
        let hash = blake3::hash(key.as_bytes());
        let letter = |two: &[u8]| {
            let number = two.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte));
            char::from_u32(PRIVATE.0 + number % PRIVATE.1)
        };
        hash.as_bytes().chunks_exact(2).take(3).filter_map(letter).collect()
    }
}

/// Everything that an entry is.
pub(super) fn each_of(entry: &Entry, take: &mut dyn FnMut(&Facet<'_>)) {
    if failed(entry) {
        take(&Facet::Failed);
    }
    if let Some(step) = entry.step() {
        tools(step).for_each(|tool| take(&Facet::Tool(&tool)));
        decisions(step).for_each(|word| take(&Facet::Decided(word)));
        if step.command.is_some() {
            take(&Facet::Command);
        }
    }
}
