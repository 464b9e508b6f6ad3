//! Money against its limits. What an agent does not tell is not known, and crosses nothing: it is said and not counted.

use super::recent::QUARTER_MS;
use super::{Meter, Session, State};
use crate::domain::{At, Cost, TurnNo};

/// Two limits of one sum.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Caps {
    /// Beyond it, a human is asked about everything.
    pub soft: Option<Cost>,
    /// Beyond it, the turn is interrupted, and no new one begins.
    pub hard: Option<Cost>,
}

/// The limits of money.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Budget {
    /// Of each session.
    pub session: Caps,
    /// Of all sessions together, in one day.
    pub day: Caps,
}

/// Whose money it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// One session's.
    Session,
    /// That of all sessions, today.
    Day,
}

impl Scope {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Day => "day",
        }
    }
}

/// Which limit is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Over {
    /// The one that asks.
    Soft,
    /// The one that interrupts.
    Hard,
}

impl Over {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Soft => "soft",
            Self::Hard => "hard",
        }
    }
}

/// Why money is not held against a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uncounted {
    /// The agent does not tell what it costs.
    Untold,
    /// It tells another currency than the limits are in.
    Other,
}

/// A limit that is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spend {
    /// Whose money.
    pub scope: Scope,
    /// Which limit.
    pub over: Over,
    /// What was spent.
    pub spent: Cost,
    /// The limit.
    pub of: Cost,
}

impl Spend {
    /// The key in `config.toml` that holds the limit.
    #[must_use]
    pub fn key(&self) -> &'static str {
        match (self.scope, self.over) {
            (Scope::Session, Over::Soft) => "budget.session",
            (Scope::Session, Over::Hard) => "budget.session_hard",
            (Scope::Day, Over::Soft) => "budget.day",
            (Scope::Day, Over::Hard) => "budget.day_hard",
        }
    }
}

impl Caps {
    /// The limit that a sum has reached: the hard one goes before the soft one. Another currency reaches none.
    #[must_use]
    pub fn reached(&self, scope: Scope, spent: Cost) -> Option<Spend> {
        let reached = |cap: Option<Cost>, over| {
            let of = cap.filter(|cap| cap.currency == spent.currency && spent.micros >= cap.micros)?;
            Some(Spend { scope, over, spent, of })
        };
        reached(self.hard, Over::Hard).or_else(|| reached(self.soft, Over::Soft))
    }

    /// True where there is no limit.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.soft.is_none() && self.hard.is_none()
    }
}

impl Budget {
    /// The limit that a session has reached.
    #[must_use]
    pub fn of_session(&self, session: &Session) -> Option<Spend> {
        let reached = session.meter.costs().filter_map(|cost| self.session.reached(Scope::Session, cost));
        reached.max_by_key(|spend| spend.over)
    }

    /// Why no limit is ever reached by what a session tells, where there are limits.
    #[must_use]
    pub fn uncounted(&self, meter: &Meter) -> Option<Uncounted> {
        let caps = [self.session.soft, self.session.hard, self.day.soft, self.day.hard];
        if caps.iter().all(Option::is_none) {
            return None;
        }
        let Some(cost) = meter.cost else { return Some(Uncounted::Untold) };
        let counts = caps.iter().flatten().any(|cap| cap.currency == cost.currency);
        (!counts).then_some(Uncounted::Other)
    }

    /// The limit that a day's sums have reached; where they are of several currencies, the worst.
    #[must_use]
    pub fn of_day(&self, today: &Today) -> Option<Spend> {
        let reached = today.sums.iter().filter_map(|sum| self.day.reached(Scope::Day, *sum));
        reached.max_by_key(|spend| spend.over)
    }
}

/// What all sessions have spent today.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Today {
    /// A sum for each currency.
    pub sums: Vec<Cost>,
    /// Sessions that worked today and do not say what it cost.
    pub untold: usize,
}

impl State {
    /// What was spent in the day of `now`, that began at midnight of a clock so many seconds ahead of UTC.
    #[must_use]
    pub fn today(&self, now: At, utc_offset: i32) -> Today {
        const DAY_MS: i64 = 24 * 3_600_000;
        let ahead = i64::from(utc_offset).saturating_mul(1_000);
        let midnight = now.0.saturating_add(ahead).div_euclid(DAY_MS).saturating_mul(DAY_MS).saturating_sub(ahead);
        let first = midnight.div_euclid(QUARTER_MS);
        let mut today = Today::default();
        for session in self.sessions.values() {
            for (_, cost) in session.recent.spent.iter().filter(|(quarter, _)| *quarter >= first) {
                match today.sums.iter_mut().find(|sum| sum.currency == cost.currency) {
                    Some(sum) => sum.micros = sum.micros.saturating_add(cost.micros),
                    None => today.sums.push(*cost),
                }
            }
            let untold = session.meter.cost.is_none() && session.turns > TurnNo(0) && session.at.0 >= midnight;
            today.untold += usize::from(untold);
        }
        today
    }
}
