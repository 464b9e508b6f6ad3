//! Watchdogs: what a human should know of though nobody asks. Functions of what is known and of a clock that is given, so
//! that a replay barks at the same places.
//!
//! Silence, circles and failures are about a turn that runs; a request is unseen while it waits; money stays spent.

use super::recent::Circle;
use super::{Budget, Caps, Collision, Phase, Session, Spend};
use crate::domain::{At, RequestId, TurnNo};

/// When a watchdog barks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Milliseconds of silence after which a turn is stalled.
    pub silent: u64,
    /// Rounds of the same calls; 0 for never.
    pub repeat: u32,
    /// So many calls that failed, of so many; 0 for never.
    pub errors: (u32, u32),
    /// Milliseconds that a request waits without being painted anywhere.
    pub unseen: u64,
    /// Money.
    pub budget: Budget,
}

impl Default for Limits {
    fn default() -> Self {
        Self { silent: 60_000, repeat: 5, errors: (6, 8), unseen: 120_000, budget: Budget::default() }
    }
}

impl Limits {
    /// None of them ever barks.
    pub const NEVER: Self = Self {
        silent: u64::MAX,
        repeat: 0,
        errors: (0, 0),
        unseen: u64::MAX,
        budget: Budget { session: Caps { soft: None, hard: None }, day: Caps { soft: None, hard: None } },
    };
}

/// Something that a human should know of, with what shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alarm {
    /// A limit of money is reached.
    Spent(Spend),
    /// Another live session writes the same files. [`watch`] knows of one session only: `State::collisions` tells of it.
    Collides(Collision),
    /// Requests wait, and nobody opened them.
    Unseen {
        /// The oldest.
        request: RequestId,
        /// Since when it waits.
        since: At,
        /// How many there are.
        count: u32,
    },
    /// The same calls, over and over.
    Circle(Circle),
    /// Most calls fail.
    Failing {
        /// So many ...
        failed: u32,
        /// ... of the newest so many.
        of: u32,
        /// What failed last.
        last: String,
        /// In which turn.
        turn: TurnNo,
    },
    /// Commands of a turn that is over still run.
    Behind {
        /// How many.
        count: u32,
        /// Since when the oldest runs.
        since: At,
        /// What that is.
        what: String,
    },
    /// A turn runs, and nothing was heard since.
    Silent {
        /// Since when.
        since: At,
        /// What was heard of last: a call.
        last: Option<String>,
    },
}

/// Which watchdog it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Money.
    Spent,
    /// Another session in the same files.
    Collides,
    /// Unseen requests.
    Unseen,
    /// Circles.
    Circle,
    /// Failures.
    Failing,
    /// Commands that outlive their turn.
    Behind,
    /// Silence.
    Silent,
}

impl Kind {
    /// The word for it: the same on every screen and in `--json`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Spent => "budget",
            Self::Collides => "collides",
            Self::Unseen => "unseen",
            Self::Circle => "repeats",
            Self::Failing => "failing",
            Self::Behind => "runs on",
            Self::Silent => "stalled",
        }
    }
}

impl Alarm {
    /// Which watchdog it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Spent(_) => Kind::Spent,
            Self::Collides(_) => Kind::Collides,
            Self::Unseen { .. } => Kind::Unseen,
            Self::Circle(_) => Kind::Circle,
            Self::Failing { .. } => Kind::Failing,
            Self::Behind { .. } => Kind::Behind,
            Self::Silent { .. } => Kind::Silent,
        }
    }

    /// What tells it from others of its kind in its session: an alarm that goes on is the same.
    #[must_use]
    pub fn id(&self) -> (Kind, u64) {
        let id = match self {
            Self::Spent(spend) => {
                spend.of.micros.wrapping_mul(4) + u64::from(spend.over as u8) + 2 * u64::from(spend.scope as u8)
            }
            Self::Collides(collision) => u64::from(collision.other.0),
            Self::Unseen { request, .. } => request.seq.0,
            Self::Circle(circle) => circle.key,
            Self::Failing { turn, .. } => u64::from(turn.0),
            Self::Behind { since, .. } | Self::Silent { since, .. } => since.0.unsigned_abs(),
        };
        (self.kind(), id)
    }
}

/// What a session should be looked at for, the worst first. Of the day's money [`Budget::of_day`] tells: it is no one
/// session's.
#[must_use]
pub fn watch(session: &Session, limits: &Limits, now: At) -> Vec<Alarm> {
    if !session.is_live() {
        return Vec::new();
    }
    let mut alarms: Vec<Alarm> = limits.budget.of_session(session).map(Alarm::Spent).into_iter().collect();
    let unseen = || session.waiting().map(|(request, _, _)| request).filter(|request| request.shown.is_none());
    let late = unseen().filter(|request| now.since(request.asked) >= limits.unseen);
    if let Some(oldest) = late.min_by_key(|request| (request.asked, request.id)) {
        let count = u32::try_from(unseen().count()).unwrap_or(u32::MAX);
        alarms.push(Alarm::Unseen { request: oldest.id, since: oldest.asked, count });
    }
    if let Some(oldest) = session.behind().next() {
        let count = u32::try_from(session.behind().count()).unwrap_or(u32::MAX);
        let since = oldest.began.unwrap_or(session.at);
        alarms.push(Alarm::Behind { count, since, what: oldest.target().to_owned() });
    }
    let Some(turn) = session.turn.filter(|turn| !turn.interrupted) else { return alarms };
    if limits.repeat > 0 {
        let counts = |lane| session.lanes.get(&lane).is_none_or(|lane| !lane.ended);
        alarms.extend(session.recent.circle(limits.repeat, counts).map(Alarm::Circle));
    }
    if let (most @ 1.., of) = limits.errors
        && let (failed, of, Some(last)) = session.recent.failed(of)
        && failed >= most
    {
        alarms.push(Alarm::Failing { failed, of, last: last.to_owned(), turn: turn.no });
    }
    if let Phase::Stalled(since) = session.phase(now, limits.silent) {
        let last = session.recent.calls.back().map(|did| did.what.clone());
        alarms.push(Alarm::Silent { since, last });
    }
    alarms
}

/// When the clock alone brings the next alarm of a session, if nothing else happens: `None` where it brings none.
#[must_use]
pub fn next(session: &Session, limits: &Limits, now: At) -> Option<At> {
    if !session.is_live() {
        return None;
    }
    let after = |at: At, ms: u64| At(at.0.saturating_add(i64::try_from(ms).unwrap_or(i64::MAX)));
    let waiting = session.waiting().map(|(request, _, _)| request).filter(|request| request.shown.is_none());
    let unseen = waiting.map(|request| after(request.asked, limits.unseen));
    let silent = match (session.phase(now, limits.silent), session.turn) {
        (Phase::Working, Some(turn)) => Some(after(session.heard.max(turn.since), limits.silent)),
        _ => None,
    };
    unseen.chain(silent).filter(|due| *due > now && due.0 < i64::MAX).min()
}
