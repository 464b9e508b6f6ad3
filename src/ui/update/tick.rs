//! When the screen would change by itself: the only reason to wake up while nothing happens.

use super::super::alarms;
use super::super::app::{App, Focus};
use super::super::card::DWELL_MS;
use super::super::undo::Stage;
use super::pad::KEEP_MS;
use super::{ARMED_MS, TOAST_MS, silence};
use crate::domain::{At, CallStatus};
use crate::state::{Phase, Session, watch};
use crate::text::human::until_older;
use std::time::Duration;

/// Ages change together, on whole seconds of the clock, so that many of them cost one frame.
const SECOND_MS: i64 = 1_000;
/// Ages of what is over change on whole minutes.
const MINUTE_MS: i64 = 60_000;
/// Until then ages are told in minutes.
const HOUR_MS: u64 = 3_600_000;
/// A replay steps at most so often, in milliseconds.
const STEP_MS: u64 = 16;

/// When a person is called next, if anything is gathered for that.
#[must_use]
pub fn next_ring(app: &App) -> Option<At> {
    app.attention.due()
}

/// When the next [`Msg::Tick`](super::Msg::Tick) is due; `None` where nothing would change.
#[must_use]
pub fn next_tick(app: &App, now: At) -> Option<At> {
    let mut due = Due { now, next: None };
    if let Some(toast) = &app.toast {
        due.after(toast.at, TOAST_MS);
    }
    for armed in [app.halt_armed, app.quit_armed].into_iter().flatten() {
        due.after(armed, ARMED_MS);
    }
    if let Some(since) = silence::due(app) {
        due.after(since, silence::SILENT_MS);
    }
    if let Some(since) = app.inner.unsaved {
        due.after(since, KEEP_MS);
    }
    if let Some(replay) = &app.replay {
        if replay.playing && replay.seeking.is_none() {
            due.after(replay.stepped, replay.gap_after(replay.at).unwrap_or(0).max(STEP_MS));
        }
        // Every age is as of the cursor: no other time passes here.
        return due.next;
    }
    if let Some(card) = &app.card {
        for painted in [card.framed, card.painted].into_iter().flatten().filter(|&at| now.since(at) < DWELL_MS) {
            due.after(painted, DWELL_MS);
        }
        if let Some(request) = app.state.request(card.request).filter(|request| request.waits()) {
            due.age(request.asked);
        }
    }
    if let Some(batch) = &app.batch {
        for painted in [batch.framed, batch.painted].into_iter().flatten().filter(|&at| now.since(at) < DWELL_MS) {
            due.after(painted, DWELL_MS);
        }
        let requests = batch.items.iter().filter_map(|item| app.state.request(item.request));
        requests.filter(|request| request.waits()).for_each(|request| due.age(request.asked));
    }
    if let Some(super::super::review::Stage::Asked { since }) = app.reviewing().map(|review| &review.stage) {
        due.age(*since);
    }
    match app.undoing().map(|undo| &undo.stage) {
        Some(Stage::Asked { since }) => due.age(*since),
        Some(Stage::Shown(preview)) => {
            for painted in preview.painted.into_iter().filter(|&at| now.since(at) < DWELL_MS) {
                due.after(painted, DWELL_MS);
            }
        }
        Some(Stage::Failed(_)) | None => {}
    }
    if let Some(ring) = app.attention.due() {
        due.at(ring.0);
    }
    for session in app.state.sessions.values() {
        waits_and_silence(app, session, &mut due);
    }
    if app.card.is_none() {
        ages(app, &mut due);
    }
    due.next
}

/// A watchdog barks, a deadline comes nearer.
fn waits_and_silence(app: &App, session: &Session, due: &mut Due) {
    let phase = session.phase(due.now, app.limits.silent);
    if let Some(alarm) = watch::next(session, &app.limits, due.now) {
        due.at(alarm.0);
    }
    if let Phase::Waiting(_) = phase {
        session.waiting().filter_map(|(request, _, _)| request.deadline).for_each(|deadline| due.countdown(deadline));
    }
}

/// Ages in the rail, in the queue, and of what is shown in the panes.
fn ages(app: &App, due: &mut Due) {
    let rail = app.focus == Focus::Rail || (app.size.0 >= 80 && !app.zoom);
    let listed = app.slots.iter().filter(|_| rail);
    for session in listed.chain(app.panes.iter().flatten()).filter_map(|id| app.state.session(*id)) {
        let phase = session.phase(due.now, app.limits.silent);
        let since = session.since(phase);
        if is_quiet(phase) { due.old_age(since) } else { due.age(since) }
    }
    if app.drawer.is_open() {
        for waiting in app.state.queue() {
            due.age(waiting.request.asked);
        }
    }
    for session in
        app.panes.iter().flatten().filter_map(|id| app.state.session(*id)).filter(|session| session.is_live())
    {
        for (request, _, _) in session.waiting() {
            due.age(request.asked);
        }
        app.alarms(session, due.now).iter().filter_map(alarms::since).for_each(|since| due.age(since));
        let open = session.timeline.unsettled().filter_map(|no| session.timeline.entries.get(&no)?.step());
        for began in open.filter(|step| step.status == CallStatus::Running).filter_map(|step| step.began) {
            due.age(began);
        }
    }
}

/// True where nothing runs and nobody is waited for.
fn is_quiet(phase: Phase) -> bool {
    match phase {
        Phase::Starting | Phase::LoginNeeded | Phase::Waiting(_) | Phase::Working | Phase::Stalled(_) => false,
        Phase::Done | Phase::Idle | Phase::Failed | Phase::Overspent | Phase::Ended | Phase::Interrupted => true,
    }
}

/// The earliest of several times, none of them before now.
struct Due {
    now: At,
    next: Option<At>,
}

impl Due {
    fn at(&mut self, at: i64) {
        let at = At(at.max(self.now.0));
        self.next = Some(self.next.map_or(at, |next| next.min(at)));
    }

    fn after(&mut self, at: At, ms: u64) {
        self.at(at.0.saturating_add(i64::try_from(ms).unwrap_or(i64::MAX)));
    }

    /// The age of something that began `since` then.
    fn age(&mut self, since: At) {
        self.on_grid(millis(until_older(Duration::from_millis(self.now.since(since)))), SECOND_MS);
    }

    /// The age of something over and done: seconds no longer matter, and all of them change on the whole minute.
    fn old_age(&mut self, since: At) {
        let elapsed = self.now.since(since);
        let left = if elapsed < HOUR_MS { 1 } else { millis(until_older(Duration::from_millis(elapsed))) };
        self.on_grid(left, MINUTE_MS);
    }

    /// In so many milliseconds, or at the next whole `grid` after it.
    fn on_grid(&mut self, left: i64, grid: i64) {
        let at = self.now.0.saturating_add(left);
        let past = at.rem_euclid(grid);
        self.at(if past == 0 { at } else { at.saturating_add(grid - past) });
    }

    /// What is left until a deadline, in seconds under a minute and in minutes above; nothing after it.
    fn countdown(&mut self, deadline: At) {
        let left = deadline.since(self.now);
        if left == 0 {
            return;
        }
        let step = if left <= 60_000 { 1_000 } else { 60_000 };
        let part = if left.is_multiple_of(step) { step } else { left % step };
        self.after(self.now, part.min(left));
    }
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
