//! What a session carries, and how fast that grows. Unknown is `None`.

use crate::domain::{Cost, Tokens, TurnNo, Usage};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Turns over which growth is measured.
const TURNS: usize = 8;

/// How full the context is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Not known.
    Unknown,
    /// Below three quarters.
    Low,
    /// From 75 %.
    Mid,
    /// From 90 %.
    High,
    /// From 95 %, and beyond 100 %.
    Full,
}

/// The context meter of one lane.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Meter {
    /// Tokens in the context now.
    pub used: Option<u64>,
    /// The size of the window.
    pub window: Option<u64>,
    /// What the session has cost.
    pub cost: Option<Cost>,
    /// Tokens of the whole session by kind, summed over turns (or as the agent sums them).
    pub tokens: Tokens,
    /// Compactions so far.
    pub compactions: u32,
    /// What was in the context at the end of the last turns, newest last.
    pub at_turn_end: VecDeque<(TurnNo, u64)>,
}

impl Meter {
    /// Takes in a report. A drop counts at once; what a report leaves out stays.
    pub fn report(&mut self, usage: &Usage) {
        if let Some(used) = usage.used {
            self.used = Some(used);
        }
        if let Some(window) = usage.window.filter(|&window| window > 0) {
            self.window = Some(window);
        }
        if let Some(cost) = usage.cost {
            // A falling bill is a bad report: it never lowers what was spent.
            let falls = self.cost.is_some_and(|old| old.currency == cost.currency && old.micros > cost.micros);
            if !falls {
                self.cost = Some(cost);
            }
        }
    }

    /// The context was compacted.
    pub fn compacted(&mut self, after: Option<u64>) {
        self.compactions += 1;
        // Unknown until the next report: the old figure is no longer true.
        self.used = after;
        self.at_turn_end.clear();
    }

    /// A turn ended.
    pub fn turn_ended(&mut self, turn: TurnNo, tokens: Option<&Tokens>) {
        if let Some(used) = self.used {
            self.at_turn_end.push_back((turn, used));
            if self.at_turn_end.len() > TURNS {
                self.at_turn_end.pop_front();
            }
        }
        if let Some(tokens) = tokens {
            self.tokens = if tokens.cumulative { *tokens } else { sum(&self.tokens, tokens) };
        }
    }

    /// How full the window is; may be above 1.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a ratio for a bar; windows are far below 2^52")]
    pub fn fraction(&self) -> Option<f64> {
        Some(self.used? as f64 / self.window? as f64)
    }

    /// How full it is, in steps.
    #[must_use]
    pub fn level(&self) -> Level {
        match self.fraction() {
            None => Level::Unknown,
            Some(f) if f >= 0.95 => Level::Full,
            Some(f) if f >= 0.90 => Level::High,
            Some(f) if f >= 0.75 => Level::Mid,
            Some(_) => Level::Low,
        }
    }

    /// Tokens a turn, over the last turns that only grew.
    #[must_use]
    pub fn growth(&self) -> Option<u64> {
        let turns: Vec<u64> = self.at_turn_end.iter().map(|&(_, used)| used).collect();
        let start = turns.windows(2).rposition(|pair| pair[1] < pair[0]).map_or(0, |at| at + 1);
        let grown = turns.get(start..)?;
        let steps = grown.len().checked_sub(1).filter(|&steps| steps > 0)?;
        Some((grown.last()? - grown.first()?) / steps as u64)
    }

    /// Turns until the window is full, at the present growth.
    #[must_use]
    pub fn turns_left(&self) -> Option<u64> {
        let growth = self.growth().filter(|&growth| growth > 0)?;
        Some(self.window?.saturating_sub(self.used?) / growth)
    }
}

fn sum(a: &Tokens, b: &Tokens) -> Tokens {
    let add = |a: Option<u64>, b: Option<u64>| match (a, b) {
        (Some(a), Some(b)) => Some(a.saturating_add(b)),
        (one, None) | (None, one) => one,
    };
    Tokens {
        input: add(a.input, b.input),
        output: add(a.output, b.output),
        cache_read: add(a.cache_read, b.cache_read),
        cache_write: add(a.cache_write, b.cache_write),
        thought: add(a.thought, b.thought),
        cumulative: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(used: u64) -> Usage {
        Usage { used: Some(used), window: Some(200_000), cost: None }
    }

    #[test]
    fn levels_at_their_lines() {
        let mut meter = Meter::default();
        assert_eq!(meter.level(), Level::Unknown);
        for (tokens, level) in [
            (0, Level::Low),
            (149_999, Level::Low),
            (150_000, Level::Mid),
            (180_000, Level::High),
            (190_000, Level::Full),
            (230_000, Level::Full),
        ] {
            meter.report(&used(tokens));
            assert_eq!(meter.level(), level, "{tokens}");
        }
    }

    #[test]
    fn growth_and_turns_left_start_again_after_a_compaction() {
        let mut meter = Meter::default();
        for (turn, tokens) in [(1, 10_000), (2, 30_000), (3, 50_000)] {
            meter.report(&used(tokens));
            meter.turn_ended(TurnNo(turn), None);
        }
        assert_eq!((meter.growth(), meter.turns_left()), (Some(20_000), Some(7)));
        meter.compacted(None);
        assert_eq!((meter.used, meter.growth(), meter.level()), (None, None, Level::Unknown));
        meter.report(&used(12_000));
        assert_eq!(meter.level(), Level::Low);
        meter.turn_ended(TurnNo(4), None);
        assert_eq!(meter.turns_left(), None);
    }

    #[test]
    fn a_drop_without_a_word_of_compaction_counts_at_once() {
        let mut meter = Meter::default();
        for (turn, tokens) in [(1, 100_000), (2, 160_000), (3, 20_000), (4, 30_000)] {
            meter.report(&used(tokens));
            meter.turn_ended(TurnNo(turn), None);
        }
        assert_eq!((meter.used, meter.growth()), (Some(30_000), Some(10_000)));
    }

    #[test]
    fn a_bad_bill_never_lowers_what_was_spent() {
        let mut meter = Meter::default();
        let bill = |micros| Usage { cost: Some(Cost { micros, currency: *b"USD" }), ..Usage::default() };
        meter.report(&bill(500));
        meter.report(&bill(20));
        assert_eq!(meter.cost.map(|cost| cost.micros), Some(500));
    }
}
