//! What stands before an entry: its time, who or what it is.

use crate::domain::{By, LaneId, Notice, Speaker, Stop};
use crate::state::{Entry, Session, What};
use crate::text;
use crate::theme::Role;
use crate::view::columns::Columns;
use crate::view::{Cx, Look, Mark, Row, clock};

/// The time and the label of an entry, up to where its text begins.
pub(super) fn lead(cx: &Cx<'_>, session: &Session, entry: &Entry, columns: Columns) -> Row {
    let (label, look) = label(cx, session, entry);
    columns.lead(clock::hms(entry.at, cx.app.utc_offset), &label, look)
}

/// The lane's name with its mark, for entries of subagents.
pub(super) fn lane(cx: &Cx<'_>, session: &Session, lane: LaneId) -> Option<String> {
    if lane == LaneId::ROOT {
        return None;
    }
    Some(format!("{}{}", Mark::Lane.sign(cx.glyphs), lane_name(session, lane)))
}

/// A lane's name.
pub(super) fn lane_name(session: &Session, lane: LaneId) -> String {
    let name = session.lanes.get(&lane).map(|lane| lane.name.as_str()).filter(|name| !name.is_empty());
    name.map_or_else(|| format!("lane {}", lane.0), |name| text::prose(name).text.into_owned())
}

fn label(cx: &Cx<'_>, session: &Session, entry: &Entry) -> (String, Look) {
    let marked = |mark: Mark, word: String| (format!("{} {word}", mark.sign(cx.glyphs)), Look::from(mark.role()));
    match &entry.what {
        What::Prompt { by, .. } => (By::speaks(by.as_ref()).to_owned(), Look::strong(Role::Text)),
        What::Said { who, .. } | What::Attached { who, .. } => said(cx, session, entry, *who),
        // A step has a head of its own, and so has a lane.
        What::Step(_) | What::Lane { .. } => (String::new(), Role::Text.into()),
        What::Plan { .. } => ("plan".to_owned(), Role::Muted.into()),
        What::TurnEnd { turn, stop, .. } => marked(stop_mark(stop), format!("turn {}", turn.0)),
        What::Compacted { .. } => marked(Mark::Compacted, "ctx".to_owned()),
        What::Mode { .. } => ("mode".to_owned(), Role::Info.into()),
        What::Loosened { .. } => ("! looser".to_owned(), Role::Warn.into()),
        What::Noted { level: Notice::Info, .. } => ("note".to_owned(), Role::Muted.into()),
        What::Noted { level: Notice::Warning, .. } => ("warning".to_owned(), Role::Warn.into()),
        What::Noted { level: Notice::Error, .. } => ("error".to_owned(), Role::Danger.into()),
        What::Unrecognised { .. } => ("unknown".to_owned(), Role::Warn.into()),
        What::Ended { cause, .. } => marked(super::notes::end_mark(cause), "ended".to_owned()),
    }
}

fn said(cx: &Cx<'_>, session: &Session, entry: &Entry, who: Speaker) -> (String, Look) {
    match (who, lane(cx, session, entry.lane)) {
        (Speaker::Thought, _) => ("thought".to_owned(), Role::Muted.into()),
        (Speaker::User, None) => ("you".to_owned(), Look::strong(Role::Text)),
        (Speaker::User | Speaker::Agent, Some(lane)) => (lane, cx.hue(session.id).into()),
        (Speaker::Agent, None) => (text::prose(&session.agent).text.into_owned(), cx.hue(session.id).into()),
    }
}

/// How a turn ended, as a mark.
fn stop_mark(stop: &Stop) -> Mark {
    match stop {
        Stop::EndTurn => Mark::Done,
        Stop::Cancelled => Mark::Denied,
        Stop::MaxTokens | Stop::MaxRequests | Stop::Refusal | Stop::Error(..) | Stop::Other(_) | Stop::Lost => {
            Mark::Failed
        }
    }
}
