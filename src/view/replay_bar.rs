//! The head of a replay: that it is one, of what, as of when; and where on it the cursor stands.

use super::{Area, Cx, Look, Mark, Row, Scene, area::cells, clock};
use crate::domain::Seq;
use crate::state::Session;
use crate::text::{self, human};
use crate::theme::Role;
use crate::ui::Replay;
use crate::ui::replay::ReplayMark;

const REPLAY: &str = " REPLAY";

/// Draws two rows.
pub(super) fn draw(cx: &Cx<'_>, scene: &mut Scene, area: Area, replay: &Replay) {
    let session = cx.app.state.session(replay.session);
    let (head, bar) = area.top(1);
    scene.put_row(head, title(cx, session, replay, head.columns()));
    if bar.height > 0 {
        scene.put_row(Area { height: cells(1), ..bar }, track(cx, session, replay, bar.columns()));
    }
}

fn title(cx: &Cx<'_>, session: Option<&Session>, replay: &Replay, width: usize) -> Row {
    let offset = cx.app.utc_offset;
    let mut row = Row::of(REPLAY, Look::strong(Role::Replay));
    if let Some(session) = session {
        row.push(format!("  {}", cx.name(session)), Look::strong(Role::Text));
        row.push(format!("{}{}", cx.glyphs.dot, text::visible(&session.agent).text), cx.hue(session.id));
    }
    let day = |at| clock::date(at, offset);
    let (first, last) = (replay.first_at, replay.last_at);
    let other_day = if day(first) == day(replay.clock) { String::new() } else { format!("{} ", day(replay.clock)) };
    let as_of = format!("as of {other_day}{}", clock::hms(replay.clock, offset));
    let as_of = Row::of(as_of, Look::strong(Role::Replay));
    let mut right = as_of.clone();
    if let Some(seeking) = replay.seeking {
        right.push(format!("  going to {}", seeking.0), Role::Info);
    }
    let sign = if replay.playing { cx.glyphs.play } else { cx.glyphs.pause };
    right.push(
        format!("   {}{} ", speed(replay.quarters), sign),
        if replay.playing { Role::Replay } else { Role::Muted },
    );
    // That it is a replay stays at any width; then when, then how fast, and then whose.
    let always = text::width(REPLAY) + 1;
    if always + right.width() > width {
        right = as_of;
    }
    if always + right.width() > width {
        right = Row::new();
    }
    let until = if day(first) == day(last) { String::new() } else { format!("{} ", day(last)) };
    let span = format!("{} {} to {until}{}", day(first), clock::hm(first, offset), clock::hm(last, offset));
    // The whole span, or its day, or nothing: a cut time would be another one.
    let room = width.saturating_sub(row.width() + right.width() + 2);
    let spans = [span, day(first)].into_iter().map(|span| format!("{}{span}", cx.glyphs.dot));
    if let Some(span) = spans.into_iter().find(|span| text::width(span) <= room) {
        row.push(span, Role::Muted);
    }
    row.right(right, width)
}

/// `×4`, `×0.5`.
fn speed(quarters: u32) -> String {
    let part = ["", ".25", ".5", ".75"][(quarters % 4) as usize];
    format!("×{}{part} ", quarters / 4)
}

/// ` ▏··✎··?✓··│··▕   step 214 of 482   turn 9 of 17   ctx 71%  $0.92`.
fn track(cx: &Cx<'_>, session: Option<&Session>, replay: &Replay, width: usize) -> Row {
    let count = |mark: ReplayMark| replay.marks.iter().filter(|(_, m)| *m == mark).count();
    let mut said = format!("   record {} of {}", replay.at.0, replay.last.0);
    if let Some(session) = session {
        let steps = count(ReplayMark::Step).max(session.steps as usize);
        let turns = count(ReplayMark::Prompt).max(session.turns.0 as usize);
        said = format!("   step {} of {steps}   turn {} of {turns}", session.steps, session.turns.0);
        if let Some(percent) = session.meter.used.zip(session.meter.window).and_then(|(u, w)| human::percent(u, w)) {
            said = format!("{said}   ctx {percent}%");
        }
        if let Some(cost) = session.meter.cost {
            said = format!("{said}  {}", human::money(cost.micros, cost.currency));
        }
    }
    let right = Row::of(said, Role::Text).with(" ", Role::Text);
    let room = width.saturating_sub(right.width() + 4);
    if room < 8 {
        return Row::new().right(right, width);
    }
    let (open, close) = if cx.glyphs.ascii { ("[", "]") } else { ("▏", "▕") };
    let mut row = Row::of(format!(" {open}"), Role::Replay);
    row.append(marks(cx, replay, room));
    row.push(close, Role::Replay);
    row.right(right, width)
}

/// A cell for every place: the worst mark that falls on it, and the cursor over it.
fn marks(cx: &Cx<'_>, replay: &Replay, room: usize) -> Row {
    let last = replay.last.0.max(1);
    let place = |seq: Seq| {
        let scaled = u128::from(seq.0.min(last)) * (room as u128 - 1) / u128::from(last);
        usize::try_from(scaled).unwrap_or(0).min(room - 1)
    };
    let mut found: Vec<Option<ReplayMark>> = vec![None; room];
    for &(seq, mark) in &replay.marks {
        let cell = &mut found[place(seq)];
        if cell.is_none_or(|old| weight(old) < weight(mark)) {
            *cell = Some(mark);
        }
    }
    let cursor = place(replay.at);
    let mut row = Row::new();
    for (n, mark) in found.into_iter().enumerate() {
        if n == cursor {
            row.push(cx.glyphs.down, Look::strong(Role::Replay));
            continue;
        }
        let (sign, role) = face(cx, mark);
        row.push(sign, if n > cursor && mark.is_some() { Role::Muted } else { role });
    }
    row
}

fn weight(mark: ReplayMark) -> u8 {
    match mark {
        ReplayMark::Step => 0,
        ReplayMark::Prompt => 1,
        ReplayMark::Allowed => 2,
        ReplayMark::Asked => 3,
        ReplayMark::Compacted => 4,
        ReplayMark::Denied => 5,
        ReplayMark::Ungated => 6,
        ReplayMark::Failed => 7,
    }
}

fn face(cx: &Cx<'_>, mark: Option<ReplayMark>) -> (&'static str, Role) {
    let of = |mark: Mark| (mark.sign(cx.glyphs), mark.role());
    match mark {
        None => (Mark::Working.sign(cx.glyphs), Role::Rule),
        Some(ReplayMark::Step) => (if cx.glyphs.ascii { "o" } else { "•" }, Role::Text),
        Some(ReplayMark::Prompt) => (cx.glyphs.prompt, Role::Text),
        Some(ReplayMark::Asked) => (Mark::Waiting.sign(cx.glyphs), Role::Warn),
        Some(ReplayMark::Allowed) => (Mark::Done.sign(cx.glyphs), Role::Good),
        Some(ReplayMark::Denied) => of(Mark::Denied),
        Some(ReplayMark::Ungated) => of(Mark::Ungated),
        Some(ReplayMark::Failed) => of(Mark::Failed),
        Some(ReplayMark::Compacted) => of(Mark::Compacted),
    }
}
