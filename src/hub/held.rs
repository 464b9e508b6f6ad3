//! Conversations that sessions of taut's hold, by the agents' own ids: their recordings are listed nowhere a second time. Where a
//! session went on from a recording, its earlier past stands in that one alone, and is read there.

use super::onward::TRANSCRIPT;
use crate::domain::{At, Record};
use crate::recordings::Recorded;
use crate::state::Session;
use std::collections::BTreeMap;

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
            let since = self.0.entry(source.native.clone()).or_default();
            if source.channel == TRANSCRIPT {
                *since = Some(since.map_or(session.started, |since| since.min(session.started)));
            }
        }
    }

    /// Whether a recording is a session of taut's.
    #[must_use]
    pub fn has(&self, one: &Recorded) -> bool {
        self.0.contains_key(&one.native)
    }

    /// What of a recording stands in no session of taut's.
    #[must_use]
    pub fn part(&self, one: &Recorded) -> Option<Part> {
        match self.0.get(&one.native) {
            None => Some(Part::All),
            Some(since) => since.map(Part::Before),
        }
    }
}

impl Part {
    /// Hands on the records of this part: what follows the first that is not of it is left out, however clocks step.
    pub fn only(self, each: &mut dyn FnMut(Record)) -> impl FnMut(Record) + '_ {
        let mut over = false;
        move |record| {
            over |= self.is_over(record.at);
            if !over {
                each(record);
            }
        }
    }

    /// Whether it ends before a time.
    fn is_over(self, at: At) -> bool {
        matches!(self, Self::Before(since) if at >= since)
    }
}
