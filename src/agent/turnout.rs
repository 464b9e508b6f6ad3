//! What comes of a line, gathered in order: the same for every protocol. How a line is written is each one's own.

use super::{Ask, Fact, look};
use crate::domain::{Event, LaneId, Notice};
use serde_json::Value;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

/// What came of a line heard or a thing told: facts for the log, lines for the agent, both in order.
#[derive(Debug, Default, PartialEq)]
pub struct Turnout {
    /// What is now known.
    pub facts: Vec<Fact>,
    /// What goes to the agent, each one line without its newline.
    pub lines: Vec<String>,
}

/// A turnout in the making, with the words of a protocol `P` for its lines.
#[derive(Debug)]
pub(super) struct Out<P>(pub(super) Turnout, PhantomData<P>);

impl<P> Default for Out<P> {
    fn default() -> Self {
        Self(Turnout::default(), PhantomData)
    }
}

impl<P> Deref for Out<P> {
    type Target = Turnout;

    fn deref(&self) -> &Turnout {
        &self.0
    }
}

impl<P> DerefMut for Out<P> {
    fn deref_mut(&mut self) -> &mut Turnout {
        &mut self.0
    }
}

impl Turnout {
    /// Something happened in a lane.
    pub(super) fn event(&mut self, lane: LaneId, event: Event) {
        self.facts.push(Fact::Event(lane, event));
    }

    /// Something happened in the session's own lane.
    pub(super) fn root(&mut self, event: Event) {
        self.event(LaneId::ROOT, event);
    }

    /// A fact that is no record.
    pub(super) fn fact(&mut self, fact: Fact) {
        self.facts.push(fact);
    }

    /// The agent asks.
    pub(super) fn ask(&mut self, ask: Ask) {
        self.fact(Fact::Ask(ask));
    }

    /// Something worth a line.
    pub(super) fn note(&mut self, lane: LaneId, level: Notice, text: impl AsRef<str>) {
        self.event(lane, Event::Noted { level, text: look::cut(text.as_ref().trim()).into() });
    }

    /// Something that was not understood.
    pub(super) fn unrecognised(&mut self, lane: LaneId, what: impl Into<String>, raw: &str) {
        self.event(lane, Event::Unrecognised { what: what.into(), raw: look::cut(raw).into() });
    }

    /// A line for the agent: JSON on one line.
    pub(super) fn line(&mut self, message: &Value) {
        self.lines.push(message.to_string());
    }
}
