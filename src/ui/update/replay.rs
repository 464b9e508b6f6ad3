//! A replay: the cursor moves, the state follows. Nothing here can act.

use super::super::app::{App, Overlay};
use super::super::goto::GoTo;
use super::super::msg::{Effect, Want};
use super::super::{Action, Glimpse, Replay};
use crate::domain::{At, Seq};
use crate::state::{Session, page};
use crate::ui::replay::ReplayMark;

/// The slowest and the fastest speed, in quarters.
const SPEEDS: std::ops::RangeInclusive<u32> = 2..=256;

pub(super) fn did(app: &mut App, action: Action, now: At) -> Vec<Effect> {
    let Some(replay) = &mut app.replay else { return Vec::new() };
    let cursor = replay.cursor();
    let next = |marks: &[ReplayMark]| replay.marks.after(cursor, marks);
    let last = |marks: &[ReplayMark]| replay.marks.before(cursor, marks);
    let (to, what) = match action {
        Action::PlayPause => return play(app, now),
        Action::GoTo => {
            replay.playing = false;
            app.overlay = Some(Overlay::GoTo(GoTo::default()));
            return Vec::new();
        }
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
        Action::StepForward => (next(&[ReplayMark::Step]), "step"),
        Action::StepBack => (last(&[ReplayMark::Step]), "step"),
        Action::TurnForward => (next(&[ReplayMark::Prompt]), "turn"),
        Action::TurnBack => (last(&[ReplayMark::Prompt]), "turn"),
        Action::MarkForward => (next(&ReplayMark::NOTABLE), "mark"),
        Action::MarkBack => (last(&ReplayMark::NOTABLE), "mark"),
        Action::RequestForward => (next(&ReplayMark::REQUESTS), "request or decision"),
        Action::RequestBack => (last(&ReplayMark::REQUESTS), "request or decision"),
        Action::ErrorForward => (next(&ReplayMark::ERRORS), "error"),
        Action::ErrorBack => (last(&ReplayMark::ERRORS), "error"),
        Action::EditForward => (next(&ReplayMark::EDITS), "change of files"),
        Action::EditBack => (last(&ReplayMark::EDITS), "change of files"),
        // No other key belongs to a replay.
        _ => return Vec::new(),
    };
    replay.playing = false;
    let end = action == Action::ReplayEnd;
    if let Some(recording) = &mut replay.recording {
        recording.follows = end && recording.goes_on;
        if recording.follows {
            let (session, last) = (replay.session, replay.last);
            // As in a session that is live: at its end, and what comes is seen.
            app.views.entry(session).or_default().follow_end();
            return if to == Some(cursor) { Vec::new() } else { seek(app, last) };
        }
    }
    match to {
        Some(to) if to != cursor => seek(app, to),
        Some(_) | None => {
            app.say(format!("there is no {what} further that way"), now);
            Vec::new()
        }
    }
}

/// Goes to the place that was typed; where it leads nowhere, the line stays and says why.
pub(super) fn submit(app: &mut App) -> Vec<Effect> {
    let offset = app.utc_offset;
    let (Some(Overlay::GoTo(line)), Some(replay)) = (&mut app.overlay, &app.replay) else { return Vec::new() };
    let Ok(to) = replay.place(&line.text, offset) else {
        line.refused = true;
        return Vec::new();
    };
    app.overlay = None;
    go(app, to)
}

/// The mouse was pressed on a cell of the track, or drags from there.
pub(super) fn drag(app: &mut App, cell: usize, cells: usize) -> Vec<Effect> {
    let to = app.replay.as_ref().map(|replay| replay.led_by(cell, cells));
    to.map(|to| go(app, to)).unwrap_or_default()
}

/// Goes to a record and stays there.
pub(super) fn go(app: &mut App, to: Seq) -> Vec<Effect> {
    let Some(replay) = &mut app.replay else { return Vec::new() };
    replay.playing = false;
    replay.recording.iter_mut().for_each(|recording| recording.follows = false);
    if replay.cursor() == to { Vec::new() } else { seek(app, to) }
}

fn seek(app: &mut App, to: Seq) -> Vec<Effect> {
    // Before anything was read there is nowhere to go.
    let Some(replay) = app.replay.as_mut().filter(|replay| replay.last > Seq(0)) else { return Vec::new() };
    replay.seeking = Some(to);
    vec![Effect::Seek(replay.session, to)]
}

fn play(app: &mut App, now: At) -> Vec<Effect> {
    let Some(replay) = &mut app.replay else { return Vec::new() };
    replay.playing = !replay.playing;
    replay.stepped = now;
    replay.recording.iter_mut().for_each(|recording| recording.follows = false);
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

/// What is worth going to was gathered, or there is more of it. Where nothing was known before, the cursor is put where it
/// shall be; one that follows goes along with the end.
pub(super) fn marked(app: &mut App, marked: Replay, now: At) -> Vec<Effect> {
    let Some(replay) = app.replay.as_mut().filter(|replay| replay.session == marked.session) else {
        return Vec::new();
    };
    let (asked, is_new) = (replay.at, replay.last == Seq(0) && replay.recording.is_none());
    let (at, clock) = if is_new { (marked.at, marked.clock) } else { (replay.at, replay.clock) };
    let (seeking, playing, stepped, quarters) = (replay.seeking, replay.playing, replay.stepped, replay.quarters);
    let mut recording = marked.recording;
    let before = replay.recording.filter(|_| !is_new);
    if let (Some(recording), Some(before)) = (&mut recording, before) {
        // Where it goes on only now, the cursor stays where its human put it.
        recording.follows = before.follows;
    }
    let rewritten = before.is_some_and(|before| recording.is_some_and(|now| now.anew != before.anew));
    *replay = Replay {
        at,
        clock,
        seeking,
        playing,
        stepped,
        quarters,
        dragged: replay.dragged,
        recording,
        glimpse: replay.glimpse,
        ..marked
    };
    let (id, last, cursor) = (replay.session, replay.last, replay.cursor());
    let follows = recording.is_some_and(|recording| recording.follows);
    if is_new && asked > last {
        app.say(format!("there is no record {}: it has {}; this is the end", asked.0, last.0), now);
    }
    if rewritten {
        // What was read before is of another file.
        app.past.retain(|(session, _), _| *session != id);
        app.past_order.retain(|(session, _)| *session != id);
        app.wanted.retain(|want| !matches!(want, Want::Page(..)));
    }
    match follows {
        true if rewritten || last > cursor => seek(app, last),
        false if rewritten => seek(app, cursor.min(last)),
        _ => Vec::new(),
    }
}

/// Its end is shown while it is read; nothing is counted in it, since nobody knows what stands before.
pub(super) fn glimpsed(app: &mut App, glimpse: Glimpse, session: Option<Session>) {
    let of = |replay: &&mut Replay| replay.last == Seq(0);
    let Some(replay) = app.replay.as_mut().filter(of) else { return };
    replay.glimpse = Some(glimpse);
    if let Some(session) = session.filter(|session| session.id == replay.session) {
        replay.clock = session.at;
        app.state.put(session);
    }
}

/// The state as of a record has come.
pub(super) fn sought(app: &mut App, session: Session) {
    let Some(replay) = app.replay.as_mut().filter(|replay| replay.session == session.id) else { return };
    // It can be read after all.
    app.link_lost = None;
    // Pages are folded up to the cursor: those about both cursors are no longer true.
    let first_false = page::page_of(replay.at).min(page::page_of(session.seq));
    (replay.at, replay.clock) = (session.seq, session.at);
    replay.seeking.take_if(|sought| *sought == session.seq);
    let (id, next) = (session.id, session.timeline.next);
    if replay.glimpse.take().is_some() {
        // What was looked at has another number now: as many stand behind it as before.
        let before = app.state.session(id).map_or(0, |session| session.timeline.next);
        app.views.entry(id).or_default().renumber(|no| (no + next).checked_sub(before));
    }
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
