//! A conversation as most tools write it down: a prompt begins a turn and nothing says where it ends; a call is written
//! with what was proposed, and again with what came back; what a subagent does is marked as its own.
//!
//! Readers say what a line says, in these words; what follows from it (a turn that begins or is over, a call that never
//! came back) is told here, once for all of them.

mod calls;
mod lanes;
mod turns;

use super::Out;
use super::opening::{Opening, Tool};
use super::spent::Spent;
use crate::domain::{Cost, Event, LaneId, Tokens, Usage};
use std::collections::HashMap;

/// What is known of a conversation so far.
#[derive(Debug, Default)]
pub(super) struct Talk {
    pub(super) open: Opening,
    turns: turns::Turns,
    calls: calls::Calls,
    lanes: lanes::Lanes,
    counted: Spent,
    told: Usage,
    /// Millionths of a dollar.
    cost: Option<u64>,
    cost_of: HashMap<String, u64>,
    title: Option<String>,
}

impl Talk {
    pub(super) fn new(tool: Tool, name: &str) -> Self {
        Self { open: Opening::new(tool, name), ..Self::default() }
    }

    /// The tool's title of the conversation, where it is another than before.
    pub(super) fn titled(&mut self, out: &mut Out, title: String) {
        if !title.is_empty() && self.title.as_ref() != Some(&title) {
            self.title = Some(title.clone());
            out.event(LaneId::ROOT, Event::Titled { title: title.into() });
        }
    }

    /// A message spent so much: what of it is new counts. One without an id is one of its own.
    pub(super) fn spent(&mut self, message: Option<u128>, tokens: Tokens) {
        let more = self.counted.adds(message, tokens);
        self.turns.spent(more);
    }

    /// A message has cost so many dollars.
    pub(super) fn costs(&mut self, dollars: f64) {
        if let Some(micros) = micros(dollars).filter(|micros| *micros > 0) {
            self.cost = Some(self.cost.unwrap_or(0).saturating_add(micros));
        }
    }

    /// All that something did has cost so many dollars so far: what that adds to what it was before counts.
    pub(super) fn costs_in_all(&mut self, of: &str, dollars: f64) {
        let Some(now) = micros(dollars) else { return };
        let before = self.cost_of.insert(of.to_owned(), now).unwrap_or(0);
        if now > before {
            self.cost = Some(self.cost.unwrap_or(0).saturating_add(now - before));
        }
    }

    /// So much is carried now, where it is said; told with what was spent so far.
    pub(super) fn carries(&mut self, out: &mut Out, used: Option<u64>, window: Option<u64>) {
        let cost = self.cost.map(|micros| Cost { micros, currency: *b"USD" });
        let used = used.filter(|used| *used > 0).or(self.told.used);
        let now = Usage { used, window: window.or(self.told.window), cost };
        if now != self.told {
            self.told = now;
            out.event(LaneId::ROOT, Event::Used { usage: now });
        }
    }

    /// What is carried now.
    pub(super) fn carried(&self) -> Option<u64> {
        self.told.used
    }

    /// Nothing more will be written.
    pub(super) fn end(&mut self, out: &mut Out) {
        out.at_time(None);
        self.open.begin(out);
        self.turn_over(out);
        self.close(out, None);
        self.lanes_end(out);
    }
}

/// Dollars in millionths.
fn micros(dollars: f64) -> Option<u64> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked: between 0 and 1e15")]
    let micros = |dollars: f64| (dollars * 1e6).round() as u64;
    (0.0..1e9).contains(&dollars).then(|| micros(dollars))
}
