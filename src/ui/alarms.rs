//! What the watchdogs say, in words: the same on every screen, in plain output and in `taut ls`.

use super::App;
use super::attention::clean;
use crate::domain::{At, SessionId};
use crate::state::watch::{Kind, watch};
use crate::state::{Alarm, CALLS, Collision, Limits, Over, Scope, Session, Spend, State};
use crate::text::human;
use std::time::Duration;

/// What shows an alarm, and what can be done where that is not plain: one sentence without its end.
#[must_use]
pub fn evidence(alarm: &Alarm, now: At) -> String {
    let age = |since: At| human::age(Duration::from_millis(now.since(since)));
    let ago = |since: At| if now.since(since) < 1_000 { "just now".to_owned() } else { format!("{} ago", age(since)) };
    match alarm {
        Alarm::Spent(spend) => spent(spend),
        Alarm::Collides(collision) => collides(collision),
        Alarm::Unseen { since, count: 1, .. } => format!("a request waits {}, and nobody opened it yet", age(*since)),
        Alarm::Unseen { since, count, .. } => {
            format!("{count} requests wait, the oldest {}, and nobody opened them yet", age(*since))
        }
        Alarm::Circle(circle) => {
            let calls: Vec<String> = circle.calls.iter().map(|call| format!("`{}`", clean(call))).collect();
            let rounds = usize::try_from(circle.rounds).unwrap_or(CALLS);
            // Nobody remembers more.
            let least = if (rounds + 1) * calls.len() > CALLS { "at least " } else { "" };
            let how = if calls.len() == 1 { "in a row" } else { "over and over" };
            format!("{} {least}{rounds} times {how}, the last {}", calls.join(", "), ago(circle.last))
        }
        Alarm::Failing { failed, of, last, .. } => {
            format!("{failed} of the last {of} calls failed, the newest of them `{}`", clean(last))
        }
        Alarm::Behind { count: 1, since, what } => {
            format!("a command runs on behind its turn, for {}: `{}`", age(*since), clean(what))
        }
        Alarm::Behind { count, since, what } => {
            format!("{count} commands run on behind their turns, the oldest for {}: `{}`", age(*since), clean(what))
        }
        Alarm::Silent { since, last: None } => format!("no word for {}", age(*since)),
        Alarm::Silent { since, last: Some(last) } => format!("no word for {}; last: `{}`", age(*since), clean(last)),
    }
}

/// `docs wrote them too: src/auth.rs, src/lib.rs and 2 more files`.
#[must_use]
pub fn collides(collision: &Collision) -> String {
    let files = match collision.files.as_slice() {
        [] => "files".to_owned(),
        [one] => clean(one),
        [one, other] => format!("{} and {}", clean(one), clean(other)),
        [one, other, more @ ..] => {
            let s = if more.len() == 1 { "" } else { "s" };
            format!("{}, {} and {} more file{s}", clean(one), clean(other), more.len())
        }
    };
    format!("{} {}: {files}", clean(&collision.name), collision.does())
}

/// The same where there is room for a word or two.
#[must_use]
pub fn short(alarm: &Alarm) -> String {
    match alarm {
        Alarm::Spent(spend) => format!("over {}", human::money(spend.of.micros, spend.of.currency)),
        Alarm::Collides(collision) => match collision.files.len() {
            0 | 1 => "same file".to_owned(),
            many => format!("{many} same files"),
        },
        Alarm::Unseen { .. } => Kind::Unseen.word().to_owned(),
        Alarm::Circle(circle) => format!("same x{}", circle.rounds),
        Alarm::Failing { failed, of, .. } => format!("{failed}/{of} failed"),
        Alarm::Behind { count, .. } => format!("{count} run on"),
        Alarm::Silent { .. } => Kind::Silent.word().to_owned(),
    }
}

/// The same where there is room for a figure.
#[must_use]
pub fn figure(alarm: &Alarm) -> String {
    match alarm {
        Alarm::Spent(spend) => {
            let money = human::money(spend.of.micros, spend.of.currency);
            money.strip_suffix(".00").map_or(money.clone(), str::to_owned)
        }
        Alarm::Circle(circle) => format!("x{}", circle.rounds),
        Alarm::Collides(collision) => collision.files.len().to_string(),
        Alarm::Failing { failed, of, .. } => format!("{failed}/{of}"),
        Alarm::Behind { count, .. } => count.to_string(),
        Alarm::Unseen { .. } | Alarm::Silent { .. } => short(alarm),
    }
}

/// Since when its words count: the age that they tell.
#[must_use]
pub fn since(alarm: &Alarm) -> Option<At> {
    match alarm {
        Alarm::Unseen { since, .. } | Alarm::Behind { since, .. } | Alarm::Silent { since, .. } => Some(*since),
        Alarm::Circle(circle) => Some(circle.last),
        Alarm::Spent(_) | Alarm::Collides(_) | Alarm::Failing { .. } => None,
    }
}

/// True where it is more than a word of caution: the hub stops the session's turns.
#[must_use]
pub fn is_grave(alarm: &Alarm) -> bool {
    matches!(alarm, Alarm::Spent(spend) if spend.over == Over::Hard)
}

/// `$5.12 of $5.00, over the soft budget of the session: what rules allow is asked until budget.session is raised`.
#[must_use]
pub fn spent(spend: &Spend) -> String {
    let then = match spend.over {
        Over::Soft => "what rules allow is asked",
        Over::Hard => "no prompt is taken",
    };
    let today = match spend.scope {
        Scope::Session => "",
        Scope::Day => " today",
    };
    let figures = human::spent(spend.spent.micros, spend.of.micros, spend.of.currency);
    let (over, scope, key) = (spend.over.word(), spend.scope.word(), spend.key());
    format!("{figures}{today}, over the {over} budget of the {scope}: {then} until {key} is raised")
}

/// What a session should be looked at for, among all that is known: the worst first.
#[must_use]
pub fn all_of(state: &State, session: &Session, limits: &Limits, now: At) -> Vec<Alarm> {
    let mut alarms = watch(session, limits, now);
    let at = usize::from(matches!(alarms.first(), Some(Alarm::Spent(_))));
    alarms.splice(at..at, state.collisions(session.id).into_iter().map(Alarm::Collides));
    alarms
}

impl App {
    /// What a session should be looked at for, the worst first.
    #[must_use]
    pub fn alarms(&self, session: &Session, now: At) -> Vec<Alarm> {
        all_of(&self.state, session, &self.limits, now)
    }

    /// The limit that the money of this day has reached. A replay knows of one session only.
    #[must_use]
    pub fn spent_today(&self, now: At) -> Option<Spend> {
        let budget = &self.limits.budget;
        let asks = !budget.day.is_empty() && self.replay.is_none();
        if asks { budget.of_day(&self.state.today(now, self.utc_offset)) } else { None }
    }

    /// Every alarm there is: of sessions, and of the day's money.
    #[must_use]
    pub(super) fn all_alarms(&self, now: At) -> Vec<(Option<SessionId>, Alarm)> {
        let day = self.spent_today(now).map(|spend| (None, Alarm::Spent(spend)));
        let sessions = self.state.sessions.values().filter(|session| session.is_live() && !session.archived);
        let each = sessions.flat_map(|session| self.alarms(session, now).into_iter().map(|it| (Some(session.id), it)));
        day.into_iter().chain(each).collect()
    }
}
