//! Whom to call, when, and with which words: the pure half of the bell. What rings is in `tui`.
//!
//! A request is told of once, ever, and only if it still waits half a second after it came: what a rule or another
//! console answered meanwhile rings nowhere. Nobody is told of what they look at: the window has the focus (or the
//! terminal says nothing of it), a key or a click came within [`PRESENT_MS`], and the request's card or its row in the
//! queue is on the screen. That a turn ended, a session failed or a watchdog barks is told to nobody who is present at
//! all; an alarm is told once, as long as it goes on.
//! What comes within [`GATHER_MS`] is one ring, and rings are [`APART_MS`] apart. A replay never rings.

use super::App;
use super::alarms::evidence;
use crate::domain::{At, Cause, Event, Record, RequestId, SessionId, Stop};
use crate::state::watch::Kind;
use crate::state::{Alarm, Life, Phase, Session};
use crate::text;
use std::collections::BTreeSet;

/// What comes within so many milliseconds is one ring.
pub const GATHER_MS: u64 = 500;
/// So many milliseconds lie between two rings at least.
pub const APART_MS: u64 = 3_000;
/// After so many milliseconds without a key or a click nobody counts as present.
pub const PRESENT_MS: u64 = 120_000;
/// Cells of a name or of a command in what is told.
const SHORT: usize = 60;
/// Cells of all that is told.
const LONG: usize = 200;
/// Requests that are remembered before those that are over are forgotten.
const KNOWN: usize = 256;

/// What is worth a ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Occasion {
    /// A request waits for a decision, or an agent for a login.
    Waiting,
    /// A session is flagged.
    Alarm,
    /// A turn ended, or a session failed or ended by itself.
    Finished,
}

/// Hours of the day in which nothing rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    /// The first minute of the day.
    pub from: u16,
    /// The first minute after it; may be earlier in the day.
    pub until: u16,
}

impl Quiet {
    /// Whether a time is within; `utc_offset` in seconds.
    #[must_use]
    pub fn holds(self, now: At, utc_offset: i32) -> bool {
        let minute = (now.0.div_euclid(1_000).saturating_add(i64::from(utc_offset))).div_euclid(60).rem_euclid(1_440);
        let (from, until) = (i64::from(self.from), i64::from(self.until));
        if from <= until { (from..until).contains(&minute) } else { minute >= from || minute < until }
    }
}

/// A ring, in safe words: no control character, no line end, no secret, at most 200 cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What it is about.
    pub occasions: BTreeSet<Occasion>,
    /// One line for a person.
    pub text: String,
    /// How many requests wait that were not told of before.
    pub waiting: usize,
    /// The names of the sessions that it is about.
    pub sessions: Vec<String>,
}

/// One alarm of a session, or of the day: which watchdog, and what tells it from others.
type Bark = (Option<SessionId>, (Kind, u64));

/// What the configuration says, and what was told.
#[derive(Debug, Clone, Default)]
pub struct Attention {
    /// What is worth a ring.
    pub on: BTreeSet<Occasion>,
    /// When nothing rings.
    pub quiet: Option<Quiet>,
    /// Every request that was heard of.
    known: BTreeSet<RequestId>,
    /// Those that were told.
    told: BTreeSet<RequestId>,
    /// What shall be told at the next ring.
    requests: BTreeSet<RequestId>,
    /// Sessions that want a login.
    logins: BTreeSet<SessionId>,
    /// Sessions that finished.
    finished: BTreeSet<SessionId>,
    /// Alarms that were heard of; those of no session are of the day.
    barked: BTreeSet<Bark>,
    /// Those that shall be told at the next ring.
    barks: BTreeSet<Bark>,
    /// When the next ring is due.
    due: Option<At>,
    /// When it rang last.
    rang: Option<At>,
    /// The state of before was taken in: what comes now is new.
    began: bool,
    /// The terminal said that its window lost the focus.
    left: bool,
    /// The last key, click or paste.
    touched: Option<At>,
}

impl Attention {
    /// Somebody did something at this console.
    pub(super) fn touch(&mut self, now: At) {
        (self.touched, self.left) = (Some(now), false);
    }

    /// The window got or lost the focus.
    pub(super) fn focus(&mut self, has: bool, now: At) {
        self.left = !has;
        if has {
            self.touched = Some(now);
        } else if !self.requests.is_empty() {
            // What was looked at is out of sight now.
            self.gather(now);
        }
    }

    /// True where the window is known to be out of sight.
    pub(super) fn has_left(&self) -> bool {
        self.left
    }

    /// When the next ring is due.
    pub(super) fn due(&self) -> Option<At> {
        self.due
    }

    /// True where somebody is at this console.
    fn is_present(&self, now: At) -> bool {
        !self.left && self.touched.is_some_and(|at| now.since(at) < PRESENT_MS)
    }

    fn gather(&mut self, now: At) {
        let after = |at: At, ms: u64| At(at.0.saturating_add(i64::try_from(ms).unwrap_or(i64::MAX)));
        let soon = after(now, GATHER_MS);
        // A clock that stepped back must not hold a ring up for long.
        let apart = self.rang.filter(|&rang| rang <= now).map_or(soon, |rang| after(rang, APART_MS));
        let due = soon.max(apart);
        self.due = Some(self.due.map_or(due, |known| known.min(due)));
    }
}

/// A fact came: is it one to ring for?
pub(super) fn heard(app: &mut App, record: &Record, now: At) {
    let id = RequestId { session: record.session, seq: record.seq };
    let attention = &mut app.attention;
    let (waiting, finished) =
        (attention.on.contains(&Occasion::Waiting), attention.on.contains(&Occasion::Finished) && attention.began);
    match &record.event {
        Event::Asked { .. } if attention.known.insert(id) && waiting => {
            attention.requests.insert(id);
        }
        Event::LoginNeeded { .. } if waiting => {
            attention.logins.insert(record.session);
        }
        // What the human stopped is no news to them.
        Event::TurnEnded { stop, .. } if finished && !matches!(stop, Stop::Cancelled) => {
            attention.finished.insert(record.session);
        }
        Event::Ended { cause: Cause::Itself { .. } | Cause::Failed(_), .. } if finished => {
            attention.finished.insert(record.session);
        }
        _ => return,
    }
    attention.gather(now);
}

/// The state as a whole came. What waited before this console began rings nowhere; what was missed while the link was
/// broken rings once.
pub(super) fn caught_up(app: &mut App, now: At) {
    let waiting: Vec<RequestId> = app.state.queue().iter().map(|waiting| waiting.request.id).collect();
    if !app.attention.began {
        let old: Vec<Bark> = app.all_alarms(now).iter().map(|(id, alarm)| (*id, alarm.id())).collect();
        app.attention.barked.extend(old);
    }
    let attention = &mut app.attention;
    for id in waiting {
        if attention.known.insert(id) && attention.began && attention.on.contains(&Occasion::Waiting) {
            attention.requests.insert(id);
            attention.gather(now);
        }
    }
    attention.began = true;
}

/// Looks after the watchdogs: what barks newly is gathered, as long as it is worth a ring.
pub(super) fn watch(app: &mut App, now: At) {
    let asks = app.attention.on.contains(&Occasion::Alarm) && app.replay.is_none();
    if !asks || !app.attention.began {
        return;
    }
    let alarms: BTreeSet<Bark> = app.all_alarms(now).iter().map(|(id, alarm)| (*id, alarm.id())).collect();
    let attention = &mut app.attention;
    let new: Vec<Bark> = alarms.difference(&attention.barked).copied().collect();
    if attention.barked.len() > KNOWN {
        attention.barked.retain(|bark| alarms.contains(bark));
    }
    if !new.is_empty() {
        attention.barked.extend(&new);
        attention.barks.extend(new);
        attention.gather(now);
    }
}

/// Rings where it is due, and something is left to tell.
pub(super) fn ring(app: &mut App, now: At) -> Option<Notice> {
    app.attention.due.take_if(|due| *due <= now)?;
    let attention = &mut app.attention;
    let requests = std::mem::take(&mut attention.requests);
    let logins = std::mem::take(&mut attention.logins);
    let finished = std::mem::take(&mut attention.finished);
    let (requests, later): (Vec<RequestId>, Vec<RequestId>) =
        requests.into_iter().filter(|id| is_open(app, *id)).partition(|id| !is_looked_at(app, *id, now));
    // Whoever looks now may have gone before it is answered: it is tried again then.
    if !later.is_empty() {
        app.attention.due = Some(At(now.0.saturating_add(i64::try_from(PRESENT_MS).unwrap_or(i64::MAX))));
        app.attention.requests.extend(later);
    }
    let present = app.attention.is_present(now);
    let logins: Vec<SessionId> = logins.into_iter().filter(|id| !present && wants_login(app, *id)).collect();
    let finished: Vec<(SessionId, &str)> =
        finished.into_iter().filter(|_| !present).filter_map(|id| Some((id, how_finished(app, id, now)?))).collect();
    let barks = std::mem::take(&mut app.attention.barks);
    let barking = |(id, alarm): &(Option<SessionId>, Alarm)| !present && barks.contains(&(*id, alarm.id()));
    let alarms: Vec<_> = match barks.is_empty() {
        true => Vec::new(),
        false => app.all_alarms(now).into_iter().filter(barking).collect(),
    };
    forget(app);
    if requests.is_empty() && logins.is_empty() && finished.is_empty() && alarms.is_empty() {
        return None;
    }
    app.attention.told.extend(requests.iter().copied());
    if app.attention.quiet.is_some_and(|quiet| quiet.holds(now, app.utc_offset)) {
        return None;
    }
    app.attention.rang = Some(now);
    Some(notice(app, &requests, &logins, &finished, (&alarms, now)))
}

/// True where a request still waits, and was never told of.
fn is_open(app: &App, id: RequestId) -> bool {
    let Some(waiting) = app.state.waiting_request(id).filter(|_| !app.inner.answered.contains_key(&id)) else {
        return false;
    };
    // It was told of before something in it changed.
    let told = waiting.request.instead_of.is_some_and(|before| app.attention.told.contains(&before));
    !told
}

fn is_looked_at(app: &App, id: RequestId, now: At) -> bool {
    app.attention.is_present(now) && is_on_screen(app, id)
}

/// True where a request's card or its row in the queue is on the screen, with nothing over it.
fn is_on_screen(app: &App, id: RequestId) -> bool {
    let card = app.card.as_ref().is_some_and(|card| card.request == id && card.painted.is_some());
    let row = app.inner.hits.iter().any(|(_, hit)| *hit == super::Hit::Request(id));
    let among = app.batch.as_ref().filter(|batch| batch.painted.is_some());
    let batch = among.is_some_and(|batch| batch.items.iter().any(|item| item.request == id));
    app.overlay.is_none() && (card || row || batch)
}

fn wants_login(app: &App, id: SessionId) -> bool {
    app.state.session(id).is_some_and(|session| matches!(session.life, Life::LoginNeeded { .. }))
}

/// How a session finished, where it did.
fn how_finished(app: &App, id: SessionId, now: At) -> Option<&'static str> {
    let session = app.state.session(id).filter(|session| !session.archived && session.queue.is_empty())?;
    match session.phase(now, u64::MAX) {
        // A frame may have shown the end to an empty chair.
        Phase::Done | Phase::Idle => Some("is done"),
        Phase::Failed => Some("failed"),
        Phase::Overspent => Some("was stopped: its budget is spent"),
        Phase::Ended => Some("ended"),
        Phase::Starting
        | Phase::LoginNeeded
        | Phase::Waiting(_)
        | Phase::Working
        | Phase::Stalled(_)
        | Phase::Interrupted => None,
    }
}

/// Forgets requests that are over: they are never asked again under the same number.
fn forget(app: &mut App) {
    if app.attention.known.len() > KNOWN {
        let state = &app.state;
        app.attention.known.retain(|id| state.waiting_request(*id).is_some());
        app.attention.told.retain(|id| state.session(id.session).is_some_and(Session::is_live));
    }
}

fn notice(
    app: &App,
    requests: &[RequestId],
    logins: &[SessionId],
    finished: &[(SessionId, &str)],
    (alarms, now): (&[(Option<SessionId>, Alarm)], At),
) -> Notice {
    let name = |id: SessionId| clean(&app.name_of(id));
    let mut sessions: Vec<String> = Vec::new();
    let mut add = |ids: &mut dyn Iterator<Item = SessionId>| -> String {
        let mut names: Vec<String> = Vec::new();
        for name in ids.map(name) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        sessions.extend(names.iter().filter(|name| !sessions.contains(name)).cloned().collect::<Vec<_>>());
        names.join(", ")
    };
    let mut parts = Vec::new();
    let names = add(&mut requests.iter().map(|id| id.session));
    match requests {
        [] => {}
        [one] => parts.push(format!("{names} waits: {}", what(app, *one))),
        many => parts.push(format!("{} requests wait: {names}", many.len())),
    }
    if !logins.is_empty() {
        parts.push(format!("login needed: {}", add(&mut logins.iter().copied())));
    }
    let names = add(&mut finished.iter().map(|(id, _)| *id));
    match finished {
        [] => {}
        [(_, how)] => parts.push(format!("{names} {how}")),
        many => parts.push(format!("{} sessions finished: {names}", many.len())),
    }
    let names = add(&mut alarms.iter().filter_map(|(id, _)| *id));
    match alarms {
        [] => {}
        [(None, alarm)] => parts.push(evidence(alarm, now)),
        [(Some(_), alarm)] => parts.push(format!("{names}: {}", evidence(alarm, now))),
        many if names.is_empty() => parts.push(format!("{} alarms", many.len())),
        many => parts.push(format!("{} alarms: {names}", many.len())),
    }
    let waits = !requests.is_empty() || !logins.is_empty();
    let occasions =
        [(waits, Occasion::Waiting), (!finished.is_empty(), Occasion::Finished), (!alarms.is_empty(), Occasion::Alarm)];
    Notice {
        occasions: occasions.into_iter().filter(|(is, _)| *is).map(|(_, what)| what).collect(),
        text: text::end(&parts.join("; "), LONG).into_owned(),
        waiting: requests.len(),
        sessions,
    }
}

/// What a request is about, in a few words.
fn what(app: &App, id: RequestId) -> String {
    let Some(waiting) = app.state.waiting_request(id) else { return String::new() };
    let step = waiting.step;
    let target = clean(step.target());
    format!("{} {target}", step.impact.word()).trim_end().to_owned()
}

/// The first line of a text, without secrets, with hidden characters as marks, cut.
pub(super) fn clean(text: &str) -> String {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    // No line is longer than this, and a secret beyond it is not shown either.
    let line = &line[..line.floor_char_boundary(4_096)];
    text::end(&text::visible(&text::redact(line).0).text, SHORT).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_hours_may_go_over_midnight_and_are_of_local_time() {
        let at = |hour: i64, minute: i64| At((hour * 60 + minute) * 60_000);
        let night = Quiet { from: 22 * 60, until: 7 * 60 };
        let held = |hour, minute| night.holds(at(hour, minute), 0);
        assert_eq!((held(21, 59), held(22, 0), held(3, 0), held(6, 59), held(7, 0)), (false, true, true, true, false));
        assert!(night.holds(at(20, 30), 2 * 3_600) && !night.holds(at(22, 30), -3_600));
        let noon = Quiet { from: 12 * 60, until: 13 * 60 };
        assert!(noon.holds(at(12, 30), 0) && !noon.holds(at(13, 0), 0));
        assert!(!Quiet { from: 60, until: 60 }.holds(at(1, 0), 0));
    }

    #[test]
    fn what_is_told_is_one_clean_line() {
        assert_eq!(clean("\n  \n a\u{1b}]9;x\u{7}b \nmore"), " a␛]9;x␇b ");
        assert!(!clean("curl -H 'Authorization: Bearer abcdefghijklmnop0123456789'").contains("abcdefghijkl"));
        assert!(text::width(&clean(&"wide 日本語 ".repeat(400))) <= SHORT);
    }
}
