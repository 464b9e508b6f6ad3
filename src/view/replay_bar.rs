//! The head of a replay: that it is one, of what, as of when; and where on it the cursor stands.

use super::glyphs::Glyphs;
use super::{Area, Cx, Look, Mark, Row, Scene, area::cells, clock};
use crate::domain::Seq;
use crate::keymap;
use crate::state::Session;
use crate::text::{self, human};
use crate::theme::Role;
use crate::ui::replay::ReplayMark;
use crate::ui::{Action, Glimpse, Hit, Replay};
use std::time::Duration;

const REPLAY: &str = " REPLAY";
/// Cells before the track.
const BEFORE: u16 = 2;

/// Draws two rows.
pub(super) fn draw(cx: &Cx<'_>, scene: &mut Scene, area: Area, replay: &Replay) {
    let session = cx.app.state.session(replay.session);
    let (head, bar) = area.top(1);
    scene.put_row(head, title(cx, session, replay, head.columns()));
    if bar.height > 0 {
        let (row, room) = track(cx, session, replay, bar.columns());
        scene.put_row(Area { height: cells(1), ..bar }, row);
        if room > 0 {
            let place = (bar.x.saturating_add(BEFORE), bar.y, cells(room), 1);
            scene.painted.hits.push((place, Hit::Track));
        }
    }
}

fn title(cx: &Cx<'_>, session: Option<&Session>, replay: &Replay, width: usize) -> Row {
    let offset = cx.app.utc_offset;
    let mut row = Row::of(REPLAY, Look::strong(Role::Replay));
    if let Some(session) = session {
        row.push(format!("  {}", cx.name(session)), Look::strong(Role::Text));
        if !session.agent.is_empty() {
            row.push(format!("{}{}", cx.glyphs.dot, text::visible(&session.agent).text), cx.hue(session.id));
        }
    }
    if let Some(why) = &cx.app.link_lost {
        let why = format!("{} ", text::visible(why).text);
        return Row::of(REPLAY, Look::strong(Role::Replay)).with("  ", Role::Text).with(why, Role::Danger).clip(width);
    }
    if replay.last == Seq(0) || replay.glimpse.is_some() {
        return row.right(Row::of(reads(replay, width.saturating_sub(text::width(REPLAY) + 1)), Role::Info), width);
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
    if let Some(idle) = replay.idle_after(replay.at).filter(|_| replay.playing) {
        right.push(format!("  {} idle", human::duration(Duration::from_millis(idle))), Role::Info);
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
    if let Some(said) = elsewhere(cx, replay, room) {
        return row.with(said, Role::Info).right(right, width);
    }
    let spans = [span, day(first)].into_iter().map(|span| format!("{}{span}", cx.glyphs.dot));
    if let Some(span) = spans.into_iter().find(|span| text::width(span) <= room) {
        row.push(span, Role::Muted);
    }
    row.right(right, width)
}

/// Of what goes on where it runs: that it does, whether its end is followed, and that nothing can be done in it from here.
fn elsewhere(cx: &Cx<'_>, replay: &Replay, room: usize) -> Option<String> {
    let recording = replay.recording.filter(|recording| recording.goes_on)?;
    let sign = Mark::Elsewhere.sign(cx.glyphs);
    let key = keymap::key(cx.app, Action::ReplayEnd).unwrap_or_else(|| "G".to_owned());
    let (now, short) = match recording.follows {
        true => ("elsewhere, followed".to_owned(), "followed".to_owned()),
        false => (format!("elsewhere, held here: {key} follows"), format!("{key} follows")),
    };
    let all = [format!("{now}; taut can't act in it"), now, short, String::new()];
    all.into_iter().map(|said| format!("  {sign} {said}")).find(|said| text::width(said) <= room)
}

/// How far the first reading is, and what is shown of its end before.
fn reads(replay: &Replay, room: usize) -> String {
    let Some(Glimpse { shown, read, of }) = replay.glimpse else { return "reading the transcript ".to_owned() };
    let so_far = human::percent(read, of).map(|percent| format!(": {}%", percent.min(100))).unwrap_or_default();
    let all = match shown {
        0 => vec![format!("reading the transcript{so_far} ")],
        _ => vec![
            format!(
                "only the last {} of {} are shown; reading the rest{so_far} ",
                human::bytes(shown),
                human::bytes(of)
            ),
            format!("the last {}; reading the rest{so_far} ", human::bytes(shown)),
        ],
    };
    let fits = all.iter().find(|words| text::width(words) <= room).cloned();
    fits.unwrap_or_else(|| format!("reading{so_far} "))
}

/// `×4`, `×0.5`.
fn speed(quarters: u32) -> String {
    let part = ["", ".25", ".5", ".75"][(quarters % 4) as usize];
    format!("×{}{part} ", quarters / 4)
}

/// ` ▏··±··?✓··│··▕   step 214 of 482   turn 9 of 17   ctx 71%  $0.92`, and the cells of the track itself.
fn track(cx: &Cx<'_>, session: Option<&Session>, replay: &Replay, width: usize) -> (Row, usize) {
    let mut said = format!("   record {} of {}", replay.at.0, replay.last.0);
    if let Some(session) = session {
        // How many there are is not known before all of it was read.
        let of = |mark: ReplayMark, here: u64| match replay.reading {
            true => cx.glyphs.unknown.to_owned(),
            false => (replay.marks.of(mark).len() as u64).max(here).to_string(),
        };
        let steps = of(ReplayMark::Step, u64::from(session.steps));
        let turns = of(ReplayMark::Prompt, u64::from(session.turns.0));
        said = format!("   step {} of {steps}   turn {} of {turns}", session.steps, session.turns.0);
        if let Some(percent) = session.meter.used.zip(session.meter.window).and_then(|(u, w)| human::percent(u, w)) {
            said = format!("{said}   ctx {percent}%");
        }
        if let Some(cost) = session.meter.cost {
            said = format!("{said}  {}", human::money(cost.micros, cost.currency));
        }
    }
    if replay.last == Seq(0) || replay.glimpse.is_some() {
        said.clear();
    }
    let mut right = Row::of(said, Role::Text).with(" ", Role::Text);
    if replay.reading && replay.last > Seq(0) {
        // The track is not empty: nobody knows yet what is on it.
        right = Row::of("   reading marks", Role::Info).with_row(right);
    }
    let room = width.saturating_sub(right.width() + 4);
    if room < 8 {
        return (Row::new().right(right, width), 0);
    }
    let (open, close) = if cx.glyphs.ascii { ("[", "]") } else { ("▏", "▕") };
    let mut row = Row::of(format!(" {open}"), Role::Replay);
    row.append(marks(cx, replay, room));
    row.push(close, Role::Replay);
    (row.right(right, width), room)
}

/// A cell for every place: the worst mark that falls on it, and the cursor over it.
fn marks(cx: &Cx<'_>, replay: &Replay, room: usize) -> Row {
    let cursor = replay.cell_of(replay.at, room);
    let mut row = Row::new();
    for n in 0..room {
        // Where the end stands on the track is not known before all of it is.
        if n == cursor && replay.glimpse.is_none() {
            row.push(cx.glyphs.down, Look::strong(Role::Replay));
            continue;
        }
        let mark = replay.in_cell(n, room).map(|(mark, _)| mark);
        let (sign, role) = face(cx.glyphs, mark);
        row.push(sign, if n > cursor && mark.is_some() { Role::Muted } else { role });
    }
    row
}

/// The sign of a place; every kind has one of its own.
fn face(glyphs: &Glyphs, mark: Option<ReplayMark>) -> (&'static str, Role) {
    let of = |mark: Mark| (mark.sign(glyphs), mark.role());
    let own = |unicode, ascii| if glyphs.ascii { ascii } else { unicode };
    match mark {
        None => (Mark::Working.sign(glyphs), Role::Rule),
        Some(ReplayMark::Step) => (own("•", "o"), Role::Text),
        Some(ReplayMark::Prompt) => (glyphs.prompt, Role::Text),
        Some(ReplayMark::Edited) => (own("±", "%"), Role::Info),
        Some(ReplayMark::Checked) => (own("◇", "c"), Role::Good),
        Some(ReplayMark::Asked) => (Mark::Waiting.sign(glyphs), Role::Warn),
        Some(ReplayMark::Allowed) => (Mark::Done.sign(glyphs), Role::Good),
        Some(ReplayMark::Denied) => of(Mark::Denied),
        Some(ReplayMark::Undone) => (Mark::Undone.sign(glyphs), Role::Info),
        Some(ReplayMark::Ungated) => of(Mark::Ungated),
        Some(ReplayMark::Failed) => of(Mark::Failed),
        Some(ReplayMark::Compacted) => of(Mark::Compacted),
    }
}

/// What the signs of the track mean: the worst first, since it is the one that a cell shows.
pub(super) fn legend(glyphs: &Glyphs) -> Vec<Row> {
    let look = Look::strong(Role::EdgeFocused);
    let mut rows = vec![Row::of(" the track: a cell shows the worst in it", look)];
    rows.extend(ReplayMark::ALL.into_iter().rev().map(|mark| {
        let (sign, role) = face(glyphs, Some(mark));
        Row::of("   ", Role::Text).with(sign, role).with(format!("  {}", mark.words()), Role::Text)
    }));
    rows.push(
        Row::of("   ", Role::Text).with(glyphs.down, Look::strong(Role::Replay)).with("  the cursor", Role::Text),
    );
    rows
}

#[cfg(test)]
mod tests {
    use super::super::glyphs::{ASCII, UNICODE};
    use super::*;

    #[test]
    fn every_mark_has_a_sign_of_its_own_without_colour() {
        for glyphs in [&UNICODE, &ASCII] {
            let marks = ReplayMark::ALL.into_iter().map(Some).chain([None]);
            let mut signs: Vec<&str> = marks.map(|mark| face(glyphs, mark).0).chain([glyphs.down]).collect();
            assert!(signs.iter().all(|sign| text::width(sign) == 1), "{signs:?}");
            assert!(!glyphs.ascii || signs.iter().all(|sign| sign.is_ascii()), "{signs:?}");
            let count = signs.len();
            signs.sort_unstable();
            signs.dedup();
            assert_eq!(signs.len(), count, "{signs:?}");
        }
    }
}
