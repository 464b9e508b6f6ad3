//! The head of a subagent's lane: its name, and in numbers what is in it. One row, also where the lane is folded.

use super::label;
use crate::domain::{LaneId, Text};
use crate::state::{Entry, Session};
use crate::text::{self, human};
use crate::theme::Role;
use crate::view::body::first_line;
use crate::view::columns::Columns;
use crate::view::{Cx, Look, Mark, Row, clock};

/// Cells of a name for which numbers give way.
const LEAST: usize = 12;

/// Whether a lane's entries are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::view) enum LaneFold {
    /// They are.
    Shown,
    /// Only this row is.
    Hidden,
}

/// The head of a lane.
pub(super) fn head(
    cx: &Cx<'_>,
    session: &Session,
    entry: &Entry,
    (lane, name): (LaneId, &Text),
    columns: Columns,
    fold: LaneFold,
) -> Row {
    let waiting = session.waiting().filter(|(request, _, _)| session.is_within(request.lane, lane)).count();
    // What waits out of sight must be loud; in sight it is loud itself.
    let is_loud = waiting > 0 && fold == LaneFold::Hidden;
    let mark = if is_loud { Mark::Waiting } else { Mark::Lane };
    let look = |quiet: Look| if is_loud { Look::strong(Role::Accent) } else { quiet };
    let time = clock::hms(entry.at, cx.app.utc_offset);
    let mut row = columns.lead(time, &format!("{} lane", mark.sign(cx.glyphs)), look(mark.role().into()));

    let name = text::prose(first_line(cx.app, name)).text.into_owned();
    let name = if name.is_empty() { label::lane_name(session, lane) } else { name };
    let mut told = Vec::new();
    if waiting > 0 {
        told.push(format!("{waiting} waiting"));
    }
    let (steps, took) = facts(cx, session, lane);
    told.push(format!("{steps} {}", if steps == 1 { "step" } else { "steps" }));
    told.extend(took);
    if fold == LaneFold::Hidden {
        told.push("folded".to_owned());
    }
    // The name comes before the numbers, but never before what waits.
    let room = columns.width.saturating_sub(row.width() + 2);
    let least = text::width(&name).min(LEAST);
    while told.len() > usize::from(waiting > 0) && text::width(&told.join(", ")) + least > room {
        told.pop();
    }
    let told = Row::of(told.join(", "), look(Role::Muted.into()));
    let name = text::end(&name, room.saturating_sub(told.width())).into_owned();
    row.push(name, look(cx.hue(session.id).into()));
    row.right(told, columns.width)
}

/// The calls of a lane and of those within it, and how long it took.
fn facts(cx: &Cx<'_>, session: &Session, outer: LaneId) -> (u32, Option<String>) {
    let (mut steps, mut until) = (0u32, None);
    for (_, lane) in session.lanes.iter().filter(|(id, _)| session.is_within(**id, outer)) {
        steps = steps.saturating_add(lane.steps);
        until = until.max(Some(lane.until));
    }
    let Some(lane) = session.lanes.get(&outer) else { return (steps, None) };
    let runs = !lane.ended && session.turn.is_some();
    let took = match until {
        _ if runs => Some(clock::age(lane.since, cx.now)),
        Some(until) => Some(human::duration(clock::between(lane.since, until))),
        None => None,
    };
    (steps, took.filter(|_| lane.since.0 > 0))
}
