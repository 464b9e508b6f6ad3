//! A replay: the cursor moves, the state follows. Nothing here can act.

use super::super::app::App;
use super::super::msg::{Effect, Want};
use super::super::{Action, Replay};
use crate::domain::{At, Seq};
use crate::state::{Session, page};
use crate::ui::replay::ReplayMark;

/// A gap between two records takes at most so many milliseconds.
const GAP_MS: u64 = 2_000;
/// The slowest and the fastest speed, in quarters.
const SPEEDS: std::ops::RangeInclusive<u32> = 1..=256;

impl Replay {
    /// Where the cursor is, or will be once what was asked for has come.
    #[must_use]
    pub fn cursor(&self) -> Seq {
        self.seeking.unwrap_or(self.at)
    }

    /// When a record was written: sampled, so about.
    #[must_use]
    pub fn time_of(&self, seq: Seq) -> At {
        let after = self.times.partition_point(|(sampled, _)| *sampled <= seq);
        let (from, from_at) = after.checked_sub(1).map_or((Seq(1), self.first_at), |n| self.times[n]);
        let (to, to_at) = self.times.get(after).copied().unwrap_or((self.last, self.last_at));
        let (part, whole) = (seq.0.saturating_sub(from.0), to.0.saturating_sub(from.0));
        if whole == 0 {
            return from_at;
        }
        let way = i128::from(to_at.since(from_at)) * i128::from(part.min(whole)) / i128::from(whole);
        At(from_at.0.saturating_add(i64::try_from(way).unwrap_or(i64::MAX)))
    }

    /// Milliseconds from a record to the next one, as it plays; `None` at the end.
    #[must_use]
    pub(super) fn gap_after(&self, seq: Seq) -> Option<u64> {
        let next = Seq(seq.0.checked_add(1)?);
        if next > self.last {
            return None;
        }
        let gap = self.time_of(next).since(self.time_of(seq)).saturating_mul(4) / u64::from(self.quarters.max(1));
        Some(gap.min(GAP_MS))
    }
}

pub(super) fn did(app: &mut App, action: Action, now: At) -> Vec<Effect> {
    let Some(replay) = &mut app.replay else { return Vec::new() };
    let cursor = replay.cursor();
    let is = |wanted: &'static [ReplayMark]| move |mark: &ReplayMark| wanted.contains(mark);
    let (step, turn) = (is(&[ReplayMark::Step]), is(&[ReplayMark::Prompt]));
    let notable = |mark: &ReplayMark| !matches!(mark, ReplayMark::Step | ReplayMark::Prompt);
    let (to, what) = match action {
        Action::PlayPause => return play(app, now),
        Action::Faster => {
            replay.quarters = replay.quarters.saturating_mul(2).clamp(*SPEEDS.start(), *SPEEDS.end());
            return Vec::new();
        }
        Action::Slower => {
            replay.quarters = (replay.quarters / 2).clamp(*SPEEDS.start(), *SPEEDS.end());
            return Vec::new();
        }
        Action::RecordForward => (Some(Seq(cursor.0.saturating_add(1).min(replay.last.0))), "record"),
        Action::RecordBack => (Some(Seq(cursor.0.saturating_sub(1).max(1))), "record"),
        Action::ReplayStart => (Some(Seq(1)), "record"),
        Action::ReplayEnd => (Some(replay.last), "record"),
        Action::StepForward => (after(replay, cursor, step), "step"),
        Action::StepBack => (before(replay, cursor, step), "step"),
        Action::TurnForward => (after(replay, cursor, turn), "turn"),
        Action::TurnBack => (before(replay, cursor, turn), "turn"),
        Action::MarkForward => (after(replay, cursor, notable), "mark"),
        Action::MarkBack => (before(replay, cursor, notable), "mark"),
        // No other key belongs to a replay.
        _ => return Vec::new(),
    };
    replay.playing = false;
    match to {
        Some(to) if to != cursor => seek(app, to),
        Some(_) | None => {
            app.say(format!("there is no {what} further that way"), now);
            Vec::new()
        }
    }
}

fn after(replay: &Replay, cursor: Seq, is: impl Fn(&ReplayMark) -> bool) -> Option<Seq> {
    replay.marks.iter().filter(|(seq, mark)| *seq > cursor && is(mark)).map(|(seq, _)| *seq).min()
}

fn before(replay: &Replay, cursor: Seq, is: impl Fn(&ReplayMark) -> bool) -> Option<Seq> {
    replay.marks.iter().filter(|(seq, mark)| *seq < cursor && is(mark)).map(|(seq, _)| *seq).max()
}

fn seek(app: &mut App, to: Seq) -> Vec<Effect> {
    let Some(replay) = &mut app.replay else { return Vec::new() };
    replay.seeking = Some(to);
    vec![Effect::Seek(replay.session, to)]
}

fn play(app: &mut App, now: At) -> Vec<Effect> {
    let Some(replay) = &mut app.replay else { return Vec::new() };
    replay.playing = !replay.playing;
    replay.stepped = now;
    // At the end it begins again.
    if replay.playing && replay.cursor() >= replay.last && replay.last > Seq(1) {
        seek(app, Seq(1))
    } else {
        Vec::new()
    }
}

/// The play goes on by as many records as the time since its last step holds.
pub(super) fn tick(app: &mut App, now: At) -> Vec<Effect> {
    let Some(replay) = app.replay.as_mut().filter(|replay| replay.playing && replay.seeking.is_none()) else {
        return Vec::new();
    };
    let mut left = now.since(replay.stepped);
    let mut to = replay.at;
    while let Some(gap) = replay.gap_after(to).filter(|gap| *gap <= left) {
        left -= gap;
        to.0 += 1;
    }
    replay.playing = to < replay.last;
    if to == replay.at {
        return Vec::new();
    }
    replay.stepped = At(now.0.saturating_sub(i64::try_from(left).unwrap_or(0)));
    seek(app, to)
}

/// The state as of a record has come.
pub(super) fn sought(app: &mut App, session: Session) {
    let Some(replay) = app.replay.as_mut().filter(|replay| replay.session == session.id) else { return };
    // Pages are folded up to the cursor: those about both cursors are no longer true.
    let first_false = page::page_of(replay.at).min(page::page_of(session.seq));
    (replay.at, replay.clock) = (session.seq, session.at);
    replay.seeking.take_if(|sought| *sought == session.seq);
    let (id, next) = (session.id, session.timeline.next);
    app.state.put(session);
    app.past.retain(|(_, no), _| *no < first_false);
    app.past_order.retain(|(_, no)| *no < first_false);
    app.wanted.retain(|want| !matches!(want, Want::Page(_, no) if *no >= first_false));
    app.inner.partial.clear();
    let view = app.views.entry(id).or_default();
    if view.selected.is_some_and(|no| no >= next) {
        view.follow_end();
    }
    view.unfolded.retain(|no| *no < next);
    view.whole.retain(|no| *no < next);
    if app.card.as_ref().is_some_and(|card| app.state.request(card.request).is_none()) {
        super::card::close(app);
    }
}
