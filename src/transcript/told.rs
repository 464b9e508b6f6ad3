//! What a transcript tells: facts that are no records yet, and what of it could not be read, with where.

use crate::domain::{At, Event, LaneId, Notice, Speaker};
use crate::shapes::look;

/// Something that a transcript tells.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// In which lane.
    pub lane: LaneId,
    /// When, by its own clock.
    pub said_at: Option<At>,
    /// When it was written down, where that is known beside it.
    pub written: Option<At>,
    /// What.
    pub event: Event,
}

/// Why a line was not read as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Odd {
    /// It is of a kind that nobody knows: kept, and shown as it stands.
    Unrecognised,
    /// It is not what was once written.
    Damaged,
}

/// A place in a file, and what is odd there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Why.
    pub odd: Odd,
    /// Which of the session's files: 0 is the one that was asked for.
    pub file: usize,
    /// The line, from 1.
    pub line: u64,
    /// What, in words.
    pub what: String,
}

/// Gathers what lines tell.
#[derive(Debug, Default)]
pub struct Out {
    /// What was told, in order.
    pub told: Vec<Told>,
    /// What was odd.
    pub places: Vec<Place>,
    /// Lines that were said before, and are not said again.
    pub again: u64,
    file: usize,
    line: u64,
    /// How many lines stand before is not known.
    unnumbered: bool,
    said_at: Option<At>,
}

impl Out {
    /// For lines of which nobody knows how many stand before them.
    pub(super) fn unnumbered() -> Self {
        Self { unnumbered: true, ..Self::default() }
    }

    /// What is told from here on stands in this line.
    pub fn at_line(&mut self, file: usize, line: u64) {
        (self.file, self.line, self.said_at) = (file, line, None);
    }

    /// What is told from here on was said at this time.
    pub fn at_time(&mut self, said_at: Option<At>) {
        self.said_at = said_at;
    }

    /// When what is told now was said.
    #[must_use]
    pub fn time(&self) -> Option<At> {
        self.said_at
    }

    /// Something happened in a lane.
    pub fn event(&mut self, lane: LaneId, event: Event) {
        self.told.push(Told { lane, said_at: self.said_at, written: None, event });
    }

    /// Something worth a line.
    pub fn note(&mut self, lane: LaneId, level: Notice, text: impl AsRef<str>) {
        self.event(lane, Event::Noted { level, text: look::cut(text.as_ref().trim()).into() });
    }

    /// Words; nothing where there are none.
    pub fn said(&mut self, lane: LaneId, who: Speaker, message: Option<&str>, text: &str) {
        if !text.trim().is_empty() {
            self.event(lane, Event::Said { who, message: message.map(str::to_owned), text: text.into() });
        }
    }

    /// A kind that nobody knows.
    pub fn unrecognised(&mut self, lane: LaneId, what: impl Into<String>, raw: &str) {
        self.odd(Odd::Unrecognised, lane, what.into(), raw);
    }

    /// A line, or a part of it, that is not what was once written.
    pub fn damaged(&mut self, what: impl Into<String>, raw: &str) {
        self.odd(Odd::Damaged, LaneId::ROOT, what.into(), raw);
    }

    fn odd(&mut self, odd: Odd, lane: LaneId, what: String, raw: &str) {
        let shown = match odd {
            Odd::Unrecognised => what.clone(),
            Odd::Damaged if self.unnumbered => format!("damaged: {what}"),
            Odd::Damaged => format!("line {}, damaged: {what}", self.line),
        };
        self.places.push(Place { odd, file: self.file, line: self.line, what });
        self.event(lane, Event::Unrecognised { what: shown, raw: look::cut(raw).into() });
    }
}
