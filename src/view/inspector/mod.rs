//! The inspector: everything that is known of the selected entry, each mark with its word.

mod did;
mod facts;
mod told;
mod worked;

use super::past::Entries;
use super::payload::{Fitting, Place};
use super::{Area, Cache, Cx, Look, Mark, Row, Scene, area::cells, entry, find, select};
use crate::state::{Entry, Session, Step, What};
use crate::text;
use crate::theme::Role;
use crate::ui::diffs::{DiffUi, PaintedDiffs};
use crate::ui::find::Sheet;
use crate::ui::select::SelectIn;
use crate::ui::{Focus, Within, msg::Hit};

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
    let sheet = Sheet::Inspector(session.id, found.no);
    let within = cx.app.within.as_ref().filter(|within| within.sheet == sheet && body.height >= 2);
    let (line, body) = body.bottom(u16::from(within.is_some()));
    if let Some(within) = within {
        let bar = find::within(cx, within, line.columns());
        scene.put(line, bar.rows);
        scene.cursor = bar.cursor.map(|column| (line.x.saturating_add(cells(column)), line.y));
    }
    let width = body.columns().saturating_sub(2);
    let of = Some((session.id, found.no));
    let nothing = DiffUi::default();
    let diffs = if cx.app.inspected.of == of { &cx.app.inspected } else { &nothing };
    let to = Fitting { width: width.max(1), manner: cx.app.manner, diffs, edits: None };
    let (mut wants, mut behind) = (Vec::new(), Vec::new());
    let (mut rows, mut payload) = (vec![Row::new()], 0);
    match &found.what {
        What::Step(step) => {
            let told = cache.payloads.payload(cx, session, found, step, Place::Inspector, (&to, None));
            (payload, wants) = (told.rows(), told.wants.clone());
            facts::of_step(cx, session, (found, step), width, &mut rows, &mut wants);
            did::rows(cx, cache, session, step, width, &mut behind);
            told::output(cx, step, width, &mut behind, &mut wants);
        }
        _ => facts::of_entry(cx, session, found, width, &mut rows, &mut wants),
    }
    scene.painted.wants.append(&mut wants);
    let all = rows.len() + payload + behind.len();
    let mut top = cx.app.inspector_top;
    let needle = within.and_then(Within::needle);
    if let Some((within, go)) = within.and_then(|within| Some((within, within.go?))) {
        let mut hits = Vec::new();
        if let Some(needle) = &needle {
            let plain = |row: &Row| row.spans.iter().map(|span| span.text.as_ref()).collect::<String>();
            let holds = |(n, row): (usize, &Row)| needle.find(&plain(row)).map(|_| n);
            hits.extend(rows.iter().enumerate().filter_map(holds));
            if let What::Step(step) = &found.what {
                let told = cache.payloads.payload(cx, session, found, step, Place::Inspector, (&to, None));
                hits.extend(told.hits(needle).iter().map(|row| rows.len() + row));
            }
            hits.extend(behind.iter().enumerate().filter_map(holds).map(|n| rows.len() + payload + n));
        }
        let sought = find::seek(&hits, go, within.found, top, body.rows().saturating_sub(1));
        (top, scene.painted.within) = (sought.top, Some(sought.found));
    }
    let top = top.min(all.saturating_sub(body.rows()));
    let select = select::here(cx, SelectIn::Inspector);
    // The last row may say how many are below it.
    let chosen = select.map(|select| select::in_list(select, top, body.rows().saturating_sub(1).max(1), all));
    let top = chosen.map_or(top, |(top, _)| top.min(all.saturating_sub(body.rows())));
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
        let (marks, files, hunks) = (shown.marks(&told, first), shown.files(), shown.hunks());
        left = shown.left(diffs);
        scene.painted.diffs = Some(PaintedDiffs { of, top: first, marks, files, hunks });
    }
    let told = cache.payloads.rows(cx, session, found, Place::Inspector, (told, left));
    if let Some((select, (_, to))) = select.zip(chosen) {
        let found = select::of_list(cx, (select, to), all, |range| {
            let within = |from: usize, len: usize| {
                range.start.saturating_sub(from).min(len)..range.end.saturating_sub(from).min(len)
            };
            let mut made: Vec<Row> = rows[within(0, facts)].to_vec();
            made.extend(cache.payloads.rows(cx, session, found, Place::Inspector, (within(facts, payload), left)));
            made.extend_from_slice(&behind[within(facts + payload, behind.len())]);
            made.into_iter().map(Row::indented).collect()
        });
        scene.painted.selected = Some(found);
    }
    let after = top.saturating_sub(facts + payload);
    let shown = rows.into_iter().skip(top).chain(told).chain(behind.into_iter().skip(after));
    let mut shown: Vec<Row> = shown.take(body.rows()).map(Row::indented).collect();
    // What a search in the session found is marked here as well: not all of it stands in the pane.
    let sights = find::sights(cx, session.id).filter(|sights| sights.is_at(found.no));
    match (&needle, sights) {
        (Some(needle), _) => find::mark(needle, &mut shown),
        (None, Some(sights)) => sights.mark(cx, found.no, &mut shown),
        (None, None) => {}
    }
    if below > 0 {
        shown.pop();
        shown.push(Row::of(format!(" {} {} more rows", cx.glyphs.below, below + 1), Role::Info));
    }
    let at = select::anchors(top, shown.len() - usize::from(below > 0));
    select::rows(cx, scene, body, SelectIn::Inspector, &mut shown, &at);
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
    let mut row = Row::of(format!(" STEP {}", cx.numbered(step.number)), look);
    row.push(format!("  {} ", step.word()), Role::Text);
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
