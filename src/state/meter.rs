//! What a session carries, and how fast that grows. Unknown is `None`.

use super::State;
use crate::domain::{Cost, Tokens, TurnNo, Usage};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// Turns over which growth is measured.
const TURNS: usize = 8;
/// Currencies that are remembered beside the newest.
const CURRENCIES: usize = 8;
/// So many turns before the line there is a warning, where at least half of the way is gone.
const SOON: u64 = 2;

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
    /// What was in the context when it was last compacted: where the agent draws its line, as far as it was seen to.
    #[serde(default)]
    pub line: Option<u64>,
    /// What it cost in other currencies, before the agent began to count in this one: nothing of it is forgotten.
    #[serde(default)]
    pub earlier: Vec<Cost>,
    /// What the session had cost when the newest turn began; a nothing without a currency fits every currency.
    #[serde(default)]
    pub cost_before: Option<Cost>,
}

/// Where the context ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Where it was compacted the last time.
    Line(u64),
    /// The end of its window.
    Window(u64),
}

impl Limit {
    /// As a number of tokens.
    #[must_use]
    pub fn tokens(self) -> u64 {
        match self {
            Self::Line(tokens) | Self::Window(tokens) => tokens,
        }
    }
}

impl Meter {
    /// Takes in a report. A drop counts at once; what a report leaves out stays. Gives what was spent since the report
    /// before it, where that is known.
    pub fn report(&mut self, usage: &Usage) -> Option<Cost> {
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
                let other = self.cost.filter(|old| old.currency != cost.currency);
                if let Some(old) = other {
                    self.turn_currency(old, cost);
                }
                // The first bill of a conversation that goes on from an older one is not only this one's.
                // What is told in a new currency was all spent since the bill before.
                let before = if other.is_some() { Some(Cost::default()) } else { self.cost.or(self.cost_before) };
                self.cost = Some(cost);
                return before.and_then(|before| since(before, cost)).filter(|spent| spent.micros > 0);
            }
        }
        None
    }

    /// The agent counts in another currency from now on.
    fn turn_currency(&mut self, old: Cost, new: Cost) {
        self.earlier.retain(|cost| cost.currency != new.currency && cost.currency != old.currency);
        // Nobody pays in more than a few.
        if self.earlier.len() < CURRENCIES {
            self.earlier.push(old);
        }
    }

    /// What it has cost, in every currency that was told.
    pub fn costs(&self) -> impl Iterator<Item = Cost> + '_ {
        self.cost.into_iter().chain(self.earlier.iter().copied())
    }

    /// The context was compacted. The figure drops at once, and the growth begins anew.
    pub fn compacted(&mut self, before: Option<u64>, after: Option<u64>) {
        self.compactions = self.compactions.saturating_add(1);
        self.line = before.or(self.used).filter(|&line| line > 0).or(self.line);
        // Unknown until the next report: the old figure is no longer true.
        self.used = after;
        self.at_turn_end.clear();
    }

    /// A turn begins. The first one of a `fresh` conversation begins with nothing spent.
    pub fn turn_began(&mut self, fresh: bool) {
        self.cost_before = self.cost.or(fresh.then_some(Cost::default()));
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

    /// Tokens a turn, over the last turns that only grew; the newer a turn is, the more it counts.
    #[must_use]
    pub fn growth(&self) -> Option<u64> {
        let turns: Vec<u64> = self.at_turn_end.iter().map(|&(_, used)| used).collect();
        let start = turns.windows(2).rposition(|pair| pair[1] < pair[0]).map_or(0, |at| at + 1);
        let (mut sum, mut weights) = (0u128, 0u128);
        for (pair, weight) in turns.get(start..)?.windows(2).zip(1u128..) {
            sum += u128::from(pair[1] - pair[0]) * weight;
            weights += weight;
        }
        u64::try_from(sum.checked_div(weights)?).ok()
    }

    /// What the context grows towards: where it was compacted the last time, else the end of its window. A line in the
    /// lower half was most likely drawn by hand, and one that was passed is none any more.
    #[must_use]
    pub fn limit(&self) -> Option<Limit> {
        let window = self.window?;
        let is_line = |line: &u64| *line > window / 2 && *line < window && self.used.is_none_or(|used| used < *line);
        Some(self.line.filter(is_line).map_or(Limit::Window(window), Limit::Line))
    }

    /// Turns until that is reached, at the present growth.
    #[must_use]
    pub fn turns_left(&self) -> Option<u64> {
        let growth = self.growth().filter(|&growth| growth > 0)?;
        Some(self.limit()?.tokens().saturating_sub(self.used?) / growth)
    }

    /// True where the line is so near that a human should know before it is reached.
    #[must_use]
    pub fn is_near(&self) -> bool {
        let (Some(used), Some(limit)) = (self.used, self.limit().map(Limit::tokens)) else { return false };
        let is_soon = self.turns_left().is_some_and(|turns| turns <= SOON) && used >= limit / 2;
        is_soon || self.level() >= Level::High || used >= limit / 10 * 9
    }

    /// What the newest turn has cost so far; `None` where it is not known, or told in two currencies.
    #[must_use]
    pub fn turn_cost(&self) -> Option<Cost> {
        since(self.cost_before?, self.cost?)
    }
}

/// What was spent between two bills; `None` where they are of two currencies.
fn since(before: Cost, now: Cost) -> Option<Cost> {
    let same = before.currency == now.currency || before == Cost::default();
    same.then(|| Cost { micros: now.micros.saturating_sub(before.micros), ..now })
}

/// What was spent, in each currency: sums over different ones mean nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spent {
    /// Millionths by currency.
    pub sums: BTreeMap<[u8; 3], u64>,
    /// Sessions that worked and do not say what it cost.
    pub untold: usize,
}

impl State {
    /// What all sessions have cost.
    #[must_use]
    pub fn spent(&self) -> Spent {
        let mut spent = Spent::default();
        for session in self.sessions.values() {
            for cost in session.meter.costs() {
                let sum = spent.sums.entry(cost.currency).or_default();
                *sum = sum.saturating_add(cost.micros);
            }
            spent.untold += usize::from(session.meter.cost.is_none() && session.turns > TurnNo(0));
        }
        spent
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
        meter.compacted(None, None);
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

    /// A meter after turns that ended with so many tokens in a window of 200,000.
    fn grown(turns: &[u64]) -> Meter {
        let mut meter = Meter::default();
        for (turn, &tokens) in (1..).zip(turns) {
            meter.report(&used(tokens));
            meter.turn_ended(TurnNo(turn), None);
        }
        meter
    }

    /// How many more turns of the same kind really fit below a limit.
    fn fitting(from: u64, limit: u64, mut grows: impl FnMut() -> u64) -> u64 {
        let (mut at, mut turns) = (from + grows(), 0);
        while at <= limit {
            (at, turns) = (at + grows(), turns + 1);
        }
        turns
    }

    #[test]
    fn the_forecast_is_right_by_one_turn() {
        // What each turn adds, over and over: even, uneven, one that reads a long file now and then.
        for kinds in [&[9_000][..], &[5_000], &[8_000, 10_000], &[12_000, 9_000, 15_000], &[20_000, 21_000, 19_000]] {
            for turns in 3..9 {
                let mut next = kinds.iter().copied().cycle();
                let mut at = 12_000;
                let ends: Vec<u64> = (0..turns)
                    .map(|_| {
                        at += next.next().unwrap();
                        at
                    })
                    .collect();
                let meter = grown(&ends);
                let real = fitting(at, 200_000, || next.next().unwrap());
                let told = meter.turns_left().unwrap();
                assert!(told.abs_diff(real) <= 1, "{kinds:?} after {turns}: {told} told, {real} real");
            }
        }
    }

    #[test]
    fn a_change_of_pace_is_followed() {
        // Slow at first, then fast: the newer turns count for more.
        let ends = [2_000, 4_000, 6_000, 8_000, 28_000, 48_000, 68_000, 88_000];
        let told = grown(&ends).turns_left().unwrap();
        assert!((5..=7).contains(&told), "{told}");
        assert_eq!(grown(&[50_000, 50_000, 50_000]).turns_left(), None, "what does not grow is never full");
        assert_eq!(grown(&[50_000]).turns_left(), None, "one turn is no slope");
    }

    #[test]
    fn the_forecast_goes_to_where_it_was_compacted_last() {
        let mut meter = grown(&[100_000, 150_000]);
        meter.compacted(Some(160_000), Some(20_000));
        assert_eq!((meter.used, meter.limit()), (Some(20_000), Some(Limit::Line(160_000))));
        for (turn, tokens) in [(3, 30_000), (4, 50_000), (5, 70_000)] {
            meter.report(&used(tokens));
            meter.turn_ended(TurnNo(turn), None);
        }
        assert_eq!(meter.turns_left(), Some(4), "90,000 until the line, 20,000 a turn");
        meter.report(&used(170_000));
        assert_eq!(meter.limit(), Some(Limit::Window(200_000)), "passed");
        // One that a human asked for early tells nothing of the agent's own line.
        let mut early = grown(&[30_000, 60_000]);
        early.compacted(None, None);
        assert_eq!((early.line, early.limit()), (Some(60_000), Some(Limit::Window(200_000))));
    }

    #[test]
    fn a_human_is_warned_before_the_line() {
        assert!(!grown(&[10_000, 20_000]).is_near());
        assert!(grown(&[80_000, 140_000]).is_near(), "one more turn");
        assert!(grown(&[181_000]).is_near(), "nearly full");
        assert!(!Meter::default().is_near());
        let mut meter = grown(&[100_000, 110_000]);
        meter.compacted(Some(120_000), Some(109_000));
        assert!(meter.is_near(), "nine tenths of the line");
    }

    #[test]
    fn a_turn_costs_what_was_spent_since_it_began() {
        let bill =
            |micros, currency: &[u8; 3]| Usage { cost: Some(Cost { micros, currency: *currency }), ..Usage::default() };
        let mut meter = Meter::default();
        meter.turn_began(true);
        assert_eq!(meter.turn_cost(), None, "nothing was told yet");
        meter.report(&bill(500, b"EUR"));
        assert_eq!(meter.turn_cost(), Some(Cost { micros: 500, currency: *b"EUR" }));
        meter.turn_began(false);
        assert_eq!(meter.turn_cost().map(|cost| cost.micros), Some(0));
        meter.report(&bill(800, b"EUR"));
        assert_eq!(meter.turn_cost().map(|cost| cost.micros), Some(300));
        meter.report(&bill(900, b"USD"));
        assert_eq!(meter.turn_cost(), None, "two currencies");
        // A conversation that goes on from an older one brings its old bill along.
        let mut loaded = Meter::default();
        loaded.turn_began(false);
        loaded.report(&bill(70_000, b"USD"));
        assert_eq!(loaded.turn_cost(), None);
    }

    #[test]
    fn what_was_spent_in_another_currency_is_not_forgotten() {
        let bill =
            |micros, currency: &[u8; 3]| Usage { cost: Some(Cost { micros, currency: *currency }), ..Usage::default() };
        let mut meter = Meter::default();
        meter.turn_began(true);
        meter.report(&bill(900, b"USD"));
        let spent = meter.report(&bill(40, b"EUR"));
        assert_eq!(spent, Some(Cost { micros: 40, currency: *b"EUR" }), "it counts for the day as well");
        let costs = |meter: &Meter| meter.costs().map(|cost| (cost.currency, cost.micros)).collect::<Vec<_>>();
        assert_eq!(costs(&meter), [(*b"EUR", 40), (*b"USD", 900)]);
        meter.report(&bill(950, b"USD"));
        assert_eq!(costs(&meter), [(*b"USD", 950), (*b"EUR", 40)]);
    }

    #[test]
    fn a_meter_of_an_older_keyframe_is_read() {
        let old = r#"{"used":5,"window":9,"cost":null,"tokens":{},"compactions":1,"at_turn_end":[[1,5]]}"#;
        let meter: Meter = serde_json::from_str(old).unwrap();
        assert_eq!((meter.used, meter.line, meter.cost_before), (Some(5), None, None));
    }
}
