//! The line in which a place of a replay is typed, and where it leads.

use crate::text;
use crate::theme::Role;
use crate::ui::Replay;
use crate::ui::goto::{Astray, GoTo};
use crate::view::area::cells;
use crate::view::flow::Styled;
use crate::view::{Area, Cx, Look, Row, Scene, clock};

/// Draws the line, and below it the place or why there is none.
pub(super) fn draw(cx: &Cx<'_>, scene: &mut Scene, area: Area, line: &GoTo) {
    let Some(replay) = &cx.app.replay else { return };
    let lead = Row::of(" ", Role::Text).with(cx.glyphs.prompt, Role::Accent).with(" ", Role::Text);
    let row = lead.with(super::rename::end_of(&line.text, area.columns().saturating_sub(5)), Look::strong(Role::Text));
    let column = row.width();
    let role = if line.refused { Role::Warn } else { Role::Muted };
    let (leads, role) = match replay.place(&line.text, cx.app.utc_offset) {
        Ok(seq) => {
            let at = replay.time_of(seq);
            let (day, time) = (clock::date(at, cx.app.utc_offset), clock::hms(at, cx.app.utc_offset));
            (format!("record {} of {}, as of {day} {time}", seq.0, replay.last.0), Role::Info)
        }
        Err(astray) => (sentence(cx, replay, astray, &line.text), role),
    };
    let mut rows = vec![row];
    Styled::of(&leads, role).flow(Row::of("   ", Role::Text), area.columns(), &mut rows);
    let body = super::drawer(cx, scene, area, "GO TO", rows);
    if column < body.columns() && !body.is_empty() {
        scene.cursor = Some((body.x.saturating_add(cells(column)), body.y));
    }
}

fn sentence(cx: &Cx<'_>, replay: &Replay, astray: Astray, typed: &str) -> String {
    const FORMS: &str = "step 12, turn 3, record 400, 16:31, 2026-11-20 16:31, +5m, 50% or end";
    match astray {
        Astray::Empty => format!("type {FORMS}"),
        Astray::Unclear => format!("{:?} is no place here: type {FORMS}", text::visible(typed.trim()).text),
        Astray::NoSuch { what, given, of } => {
            let has = if of == 0 { "none".to_owned() } else { of.to_string() };
            format!("there is no {} {given}: the session has {has}", what.word())
        }
        Astray::Outside => {
            let offset = cx.app.utc_offset;
            let [first, last] = [replay.first_at, replay.last_at]
                .map(|at| format!("{} {}", clock::date(at, offset), clock::hms(at, offset)));
            format!("nothing was written then: the session goes from {first} to {last}")
        }
    }
}
