//! The inspector: everything that is known of the selected entry, each mark with its word.

mod facts;
mod told;

use super::past::Entries;
use super::payload::{Fitting, Place};
use super::{Area, Cache, Cx, Look, Mark, Row, Scene, entry};
use crate::state::{Entry, Session, Step, What};
use crate::text;
use crate::theme::Role;
use crate::ui::diffs::{DiffUi, PaintedDiffs};
use crate::ui::{Focus, msg::Hit};

/// Draws the inspector of a session's selected entry.
pub(super) fn draw(cx: &Cx<'_>, cache: &mut Cache, scene: &mut Scene, area: Area, session: Option<&Session>) {
    scene.hit(area, Hit::Inspector);
    let (head, body) = area.top(1);
    let keyed = cx.app.focus == Focus::Inspector;
    let found = session.and_then(|session| Some((session, selected(cx, session)?)));
    let Some((session, found)) = found else {
        scene.put_row(head, Row::of(" DETAILS", Role::Muted));
        scene.put_row(body, Row::of(" nothing is selected", Role::Muted));
        return;
    };
    scene.put_row(head, title(cx, session, found, head.columns(), keyed));
    let width = body.columns().saturating_sub(2);
    let of = Some((session.id, found.no));
    let nothing = DiffUi::default();
    let diffs = if cx.app.inspected.of == of { &cx.app.inspected } else { &nothing };
    let to = Fitting { width: width.max(1), manner: cx.app.manner, diffs };
    let mut wants = Vec::new();
    let (mut rows, mut behind, mut payload) = (vec![Row::new()], Vec::new(), 0);
    match &found.what {
        What::Step(step) => {
            facts::of_step(cx, session, found, step, width, &mut rows);
            rows.push(Row::new());
            let told = cache.payloads.payload(cx, session, found, step, Place::Inspector, (&to, None));
            (payload, wants) = (told.rows(), told.wants.clone());
            told::output(cx, step, width, &mut behind, &mut wants);
        }
        _ => facts::of_entry(cx, session, found, width, &mut rows, &mut wants),
    }
    scene.painted.wants.append(&mut wants);
    let all = rows.len() + payload + behind.len();
    let top = cx.app.inspector_top.min(all.saturating_sub(body.rows()));
    scene.painted.inspector_top = top;
    let below = all.saturating_sub(top + body.rows());
    // Only the rows of the payload that are in sight are made.
    let (end, facts) = (top + body.rows(), rows.len());
    let told = top.saturating_sub(facts).min(payload)..end.saturating_sub(facts).min(payload);
    let mut left = 0;
    if let What::Step(step) = &found.what {
        let signed = |row: usize| i64::try_from(row).unwrap_or(i64::MAX);
        let first = signed(top) - signed(facts);
        let shown = cache.payloads.payload(cx, session, found, step, Place::Inspector, (&to, None));
        let (marks, files) = (shown.marks(&told, first), shown.files());
        left = shown.left(diffs);
        scene.painted.diffs = Some(PaintedDiffs { of, top: first, marks, files });
    }
    let told = cache.payloads.rows(cx, session, found, Place::Inspector, (told, left));
    let after = top.saturating_sub(facts + payload);
    let shown = rows.into_iter().skip(top).chain(told).chain(behind.into_iter().skip(after));
    let mut shown: Vec<Row> = shown.take(body.rows()).map(Row::indented).collect();
    if below > 0 {
        shown.pop();
        shown.push(Row::of(format!(" {} {} more rows", cx.glyphs.below, below + 1), Role::Info));
    }
    scene.put(body, shown);
}

/// The selected entry of a session, or its newest one.
fn selected<'a>(cx: &Cx<'a>, session: &'a Session) -> Option<&'a Entry> {
    let entries = Entries::new(cx.app, session);
    let chosen = cx.app.views.get(&session.id).and_then(|ui| ui.selected);
    entries.get(chosen.or_else(|| entries.end().checked_sub(1))?)
}

/// `STEP 14  edit src/auth.rs      ? waiting`.
fn title(cx: &Cx<'_>, session: &Session, entry: &Entry, width: usize, keyed: bool) -> Row {
    let look = if keyed { Look::strong(Role::EdgeFocused) } else { Look::from(Role::Muted) };
    let What::Step(step) = &entry.what else {
        return Row::of(format!(" {}", kind(&entry.what)), look).clip(width);
    };
    let mark = Mark::of_step(step);
    let state = format!("{} {}", mark.sign(cx.glyphs), state(step));
    let state_look = if mark == Mark::Waiting { Look::strong(Role::Accent) } else { mark.role().into() };
    let mut row = Row::of(format!(" STEP {}", step.number), look);
    row.push(format!("  {} ", step.impact.word()), Role::Text);
    let room = width.saturating_sub(row.width() + text::width(&state) + 3);
    row.push(entry::target(cx, session, step, room), Look::strong(Role::Text));
    row.right(Row::of(state, state_look), width.saturating_sub(1))
}

/// The word for where a step stands.
fn state(step: &Step) -> &'static str {
    use crate::domain::CallStatus;
    match (Mark::of_step(step), step.status) {
        (Mark::Working, CallStatus::Pending) => "proposed",
        (Mark::Working, _) => "running",
        (mark, _) => mark.word(),
    }
}

fn kind(what: &What) -> &'static str {
    match what {
        What::Prompt { .. } => "PROMPT",
        What::Said { .. } | What::Attached { .. } => "MESSAGE",
        What::Step(_) => "STEP",
        What::Plan { .. } => "PLAN",
        What::Lane { .. } => "SUBAGENT",
        What::TurnEnd { .. } => "END OF TURN",
        What::Compacted { .. } => "COMPACTION",
        What::Mode { .. } => "MODE",
        What::Loosened { .. } => "LOOSENED",
        What::Noted { .. } => "NOTE",
        What::Unrecognised { .. } => "NOT UNDERSTOOD",
        What::Ended { .. } => "END OF SESSION",
    }
}
