//! Conversations that sessions of taut's hold, by the agents' own ids: their recordings are listed nowhere a second time. Where a
//! session went on from a recording, its earlier past stands in that one alone, and is read there.

use crate::domain::{At, Record};
use crate::state::Session;
use std::collections::BTreeMap;

pub use crate::recordings::CHANNEL as TRANSCRIPT;

/// Which, and since when a recording went on here.
#[derive(Debug, Default)]
pub struct Held(BTreeMap<String, Option<At>>);

/// What of a recording is nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    All,
    /// What was said before it went on here.
    Before(At),
}

impl Held {
    /// Takes in a session of taut's.
    pub fn take(&mut self, session: &Session) {
        for source in session.sources.iter().filter(|source| !source.native.is_empty()) {
            self.hold(&source.native, (source.channel == TRANSCRIPT).then_some(session.started));
        }
    }

    /// Takes in an agent's own id of a conversation, and since when that went on here from a recording.
    pub fn hold(&mut self, native: &str, started: Option<At>) {
        let since = self.0.entry(native.to_owned()).or_default();
        if let Some(started) = started {
            *since = Some(since.map_or(started, |since| since.min(started)));
        }
    }

    /// Whether a recording, by its tool's own id, is a session of taut's.
    #[must_use]
    pub fn has(&self, native: &str) -> bool {
        self.0.contains_key(native)
    }

    /// What of a recording, by its tool's own id, stands in no session of taut's.
    #[must_use]
    pub fn part(&self, native: &str) -> Option<Part> {
        match self.0.get(native) {
            None => Some(Part::All),
            Some(since) => since.map(Part::Before),
        }
    }
}

impl Part {
    /// Hands on the records of this part: what follows the first that is not of it is left out, however clocks step.
    pub fn only(self, each: &mut dyn FnMut(Record)) -> impl FnMut(Record) + '_ {
        let mut is_of_it = self.until();
        move |record| {
            if is_of_it(&record) {
                each(record);
            }
        }
    }

    /// Whether a record, and all before it, are of this part.
    pub fn until(self) -> impl FnMut(&Record) -> bool {
        let mut over = false;
        move |record| {
            over |= self.is_over(record.at);
            !over
        }
    }

    /// Whether it ends before a time.
    fn is_over(self, at: At) -> bool {
        matches!(self, Self::Before(since) if at >= since)
    }
}
