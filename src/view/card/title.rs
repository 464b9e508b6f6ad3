//! The first lines of a card: who asks for what, how bad it could be, since when and until when.

use super::Asked;
use crate::domain::{Completeness, Risk};
use crate::text::{self, human};
use crate::theme::Role;
use crate::ui::CardUi;
use crate::view::flow::Styled;
use crate::view::payload::{Ink, Layers};
use crate::view::{Cx, Look, Row, clock};

/// A deadline nearer than this, in milliseconds, is loud.
const SOON: u64 = 60_000;

/// `REVIEW 1 of 2    2 fix-auth › reviewer    run    ▲ high    waiting 3m`.
pub(super) fn row(cx: &Cx<'_>, (ui, asked): (&CardUi, &Asked<'_>), width: usize) -> Row {
    let space = match width {
        72.. => "    ",
        48..72 => "  ",
        _ => " ",
    };
    let waits = asked.request.waits() && asked.session.is_live();
    let mut front = Row::of(" ", Role::Text);
    front.append(place(cx, asked, width));
    front.push(space, Role::Text);
    let mut back = Row::of(format!("{space}{}", asked.step.impact.word()), Look::strong(Role::Text));
    let verdict = match ui.ahead() {
        Some(ahead) => ahead.verdict.as_ref().and_then(|verdict| verdict.as_ref().ok()),
        None => asked.step.judged(asked.request),
    };
    if verdict.is_none() && ui.ahead().is_some_and(|ahead| ahead.verdict.is_none()) {
        back.push(format!("{space}? not judged yet"), Role::Muted);
    } else {
        let risk_of = verdict.map_or(Risk::High, |verdict| verdict.risk);
        let (sign, look) = risk(cx, risk_of);
        back.push(format!("{space}{sign} {}", risk_of.word()), look);
    }
    let age = clock::age(asked.request.asked, cx.now);
    match (waits, width) {
        (true, 48..) => back.push(format!("{space}waiting {age}"), Look::strong(Role::Accent)),
        (true, _) => back.push(format!("{space}{age}"), Look::strong(Role::Accent)),
        (false, _) => back.push(format!("{space}asked {}", clock::ago(asked.request.asked, cx.now)), Role::Muted),
    }
    if let Some(deadline) = asked.request.deadline.filter(|_| waits) {
        let left = deadline.since(cx.now);
        let role = if left <= SOON { Role::Danger } else { Role::Warn };
        let left = human::age(std::time::Duration::from_millis(left));
        back.push(format!("{space}denied in {left}"), Look::strong(role));
    }
    let who = who(cx, asked, width.saturating_sub(front.width() + back.width()));
    front.with_row(who).with_row(back).clip(width)
}

/// Which one of those that wait.
fn place(cx: &Cx<'_>, asked: &Asked<'_>, width: usize) -> Row {
    let (loud, quiet) = (Look::strong(Role::Accent), Look::strong(Role::Muted));
    if cx.app.replay.is_some() {
        return Row::of("REPLAY", Look::strong(Role::Replay));
    }
    let queue = cx.app.state.queue();
    match queue.iter().position(|waiting| waiting.request.id == asked.request.id) {
        Some(at) if width >= 48 => Row::of(format!("REVIEW {} of {}", at + 1, queue.len()), loud),
        Some(at) => Row::of(format!("{}/{}", at + 1, queue.len()), loud),
        None if asked.request.answered.is_some() => Row::of("ANSWERED", quiet),
        None => Row::of("OVER", quiet),
    }
}

/// `2 fix-auth › reviewer`: the session's name is the human's and stays, what an agent calls its lanes is cut.
fn who(cx: &Cx<'_>, asked: &Asked<'_>, room: usize) -> Row {
    let hue = Look::strong(cx.hue(asked.session.id));
    let mut row = Row::new();
    if let Some(slot) = cx.slot(asked.session.id).filter(|_| cx.app.replay.is_none()) {
        row.push(format!("{slot} "), Role::Muted);
    }
    row.push(cx.name(asked.session), hue);
    let lanes = asked.session.path_of(asked.entry.lane);
    for lane in lanes.iter().skip(1) {
        row.push(cx.glyphs.path, Role::Muted);
        let mut ink = Ink::default();
        ink.source(lane, Role::Text, &Layers::default());
        let end = ink.text().len();
        ink.draw(0..end, &mut row);
    }
    row.clip(room)
}

/// What a human must know before anything else: that this is not all of it.
pub(super) fn banner(asked: &Asked<'_>, width: usize) -> Option<Row> {
    let (said, short) = match asked.request.payload {
        Completeness::Whole => return None,
        Completeness::Fragment => {
            (" A FRAGMENT: the agent shows a piece, not everything that it would do", " A FRAGMENT")
        }
        Completeness::TitleOnly => (" A TITLE ONLY: the agent does not show what it would do", " A TITLE ONLY"),
    };
    let said = if text::width(said) <= width { said } else { short };
    Some(Row::of(said, Look::strong(Role::Warn)).clip(width))
}

/// What a human must know before they answer: that an allowance can't leave now, and why.
pub(super) fn held(cx: &Cx<'_>, asked: &Asked<'_>, width: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    let why = cx.app.status.store_error.as_ref().filter(|_| asked.request.waits() && cx.app.replay.is_none());
    if let Some(why) = why {
        let why = text::prose(&why.replace('\n', " ")).text.into_owned();
        let said = format!("what allows is held until it can be written, deny acts at once: {why}");
        Styled::of(&said, Role::Danger).flow(Row::of(" NOT WRITTEN  ", Look::strong(Role::Danger)), width, &mut rows);
        rows.truncate(3);
    }
    rows
}

/// The sign and the look of a risk.
pub(in crate::view) fn risk(cx: &Cx<'_>, risk: Risk) -> (&'static str, Look) {
    let sign = |unicode, ascii| if cx.glyphs.ascii { ascii } else { unicode };
    match risk {
        Risk::Low => (sign("○", "."), Role::Muted.into()),
        Risk::Mid => (sign("●", "o"), Role::Warn.into()),
        Risk::High => (cx.glyphs.high, Look::strong(Role::Danger)),
        Risk::Top => (sign("◆", "!"), Look::strong(Role::Danger)),
    }
}
