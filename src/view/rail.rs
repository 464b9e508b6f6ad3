//! The rail: every session in its group, with its number, name and age.

use super::glyphs::phase_role;
use super::{Area, Cx, Look, Mark, Row, Scene, area::cells, clock, meter};
use crate::domain::LaneId;
use crate::state::{Group, Phase, Session};
use crate::text;
use crate::theme::Role;
use crate::ui::{Focus, msg::Hit};

/// A row of the rail.
enum Line<'a> {
    Head(Group),
    Session(usize, &'a Session, Phase),
}

/// Draws the rail.
pub(super) fn draw(cx: &Cx<'_>, scene: &mut Scene, area: Area) {
    let keyed = cx.app.focus == Focus::Rail;
    let (head, body) = area.top(u16::from(area.height >= 5));
    let look = if keyed { Look::strong(Role::EdgeFocused) } else { Role::Muted.into() };
    scene.put_row(head, Row::of(" FLEET", look));

    let lines = lines(cx, body.rows());
    if lines.is_empty() {
        scene.put_row(body, Row::of(" no session yet", Role::Muted));
        return;
    }
    let selected =
        lines.iter().position(|line| matches!(line, Line::Session(_, s, _) if Some(s.id) == cx.app.selected));
    // The selected one is always in sight; otherwise the first ones are.
    let spare = usize::from(body.rows() > 1);
    let from = selected.map_or(0, |at| (at + 1 + spare).saturating_sub(body.rows()));
    let from = from.min(lines.len().saturating_sub(body.rows()));
    let mut rows = Vec::with_capacity(body.rows());
    for line in lines.iter().skip(from).take(body.rows()) {
        match line {
            Line::Head(group) => rows.push(Row::of(format!(" {}", words(*group)), Role::Muted)),
            Line::Session(slot, session, phase) => {
                let place = Area { y: body.y.saturating_add(cells(rows.len())), height: 1, ..body };
                scene.hit(place, Hit::Session(session.id));
                rows.push(row(cx, *slot, session, *phase, keyed, area.columns()));
            }
        }
    }
    let hidden = lines.len().saturating_sub(from + body.rows());
    if hidden > 0 && body.rows() > 1 {
        rows.pop();
        rows.push(Row::of(format!(" {} {} more", cx.glyphs.below, hidden + 1), Role::Muted));
    }
    scene.put(body, rows);
}

/// Sessions in sight by group; within a group in the order of their numbers. Heads where there is room for all.
fn lines<'a>(cx: &Cx<'a>, room: usize) -> Vec<Line<'a>> {
    let mut found: Vec<(Group, usize, &Session, Phase)> = Vec::with_capacity(cx.app.slots.len());
    for (at, id) in cx.app.slots.iter().enumerate() {
        if let Some(session) = cx.app.state.session(*id).filter(|session| !session.archived) {
            let phase = cx.phase(session);
            found.push((phase.group(), at + 1, session, phase));
        }
    }
    found.sort_by_key(|&(group, slot, ..)| (group, slot));
    let with_heads = found.len() + 4 <= room && found.len() > 1;
    let mut lines = Vec::with_capacity(found.len() + 4);
    let mut last = None;
    for (group, slot, session, phase) in found {
        if with_heads && last != Some(group) {
            lines.push(Line::Head(group));
            last = Some(group);
        }
        lines.push(Line::Session(slot, session, phase));
    }
    lines
}

fn words(group: Group) -> &'static str {
    match group {
        Group::NeedsYou => "needs you",
        Group::Working => "working",
        Group::Failed => "failed",
        Group::Done => "done",
    }
}

/// `▌? 2 fix-auth ↳1   3m`.
fn row(cx: &Cx<'_>, slot: usize, session: &Session, phase: Phase, keyed: bool, width: usize) -> Row {
    let role = phase_role(phase);
    let loud = role == Role::Accent;
    let look = if loud { Look::strong(role) } else { role.into() };
    let selected = cx.app.selected == Some(session.id);
    let mut row = match selected {
        true if keyed => Row::of(cx.glyphs.cursor, Role::Accent),
        true => Row::of(cx.glyphs.cursor, Role::Muted),
        false => Row::of(" ", Role::Text),
    };
    row.push(Mark::of_phase(phase).sign(cx.glyphs), look);
    row.push(format!("{slot:>2} "), if loud { look } else { Role::Muted.into() });

    let mut right = Row::new();
    let lanes = session.lanes.iter().filter(|(id, lane)| **id != LaneId::ROOT && !lane.ended).count();
    if lanes > 0 && session.is_live() {
        right.push(format!("{}{lanes} ", Mark::Lane.sign(cx.glyphs)), Role::Muted);
    }
    if let Some(near) = meter::near(cx, &session.meter, width).filter(|_| session.is_live()) {
        right.push(near, Role::MeterHigh);
    }
    let age = clock::age(session.since(phase), cx.now);
    right.push(format!("{age:>3}"), if loud { look } else { Role::Muted.into() });
    let room = width.saturating_sub(row.width() + right.width() + 2);
    let name = cx.name(session);
    let quiet = matches!(phase, Phase::Idle | Phase::Ended);
    let name_look = match (loud, selected, quiet) {
        (true, ..) => look,
        (false, true, _) => Look::strong(Role::Text),
        (false, false, true) => Role::Muted.into(),
        (false, false, false) => Role::Text.into(),
    };
    // Names that begin alike are told apart by how they end.
    row.push(text::middle(&name, room).into_owned(), name_look);
    row.right(right, width.saturating_sub(1))
}
