//! A session's timeline: what is folded in it, and the way from prompt to prompt.

use super::super::app::{App, Focus};
use super::super::pane::Anchor;
use super::super::picker::PickerKind;
use super::diffs::Way;
use super::{card, picker};
use crate::domain::{At, SessionId};
use crate::state::{Entry, Prompted, Session, What};

/// Lines of an output or a change that an unfolded step shows before it is unfolded further.
pub const ENDS: usize = 10;
/// Lines of a change that an unfolded step shows before it is unfolded further.
pub const CHANGE: usize = 40;

/// Opens an entry: what waits is reviewed, a lane folded, everything else unfolded, further where it has more, and folded.
pub(super) fn open(app: &mut App) {
    let Some(session) = app.selected.and_then(|id| app.state.session(id)) else { return };
    let Some(no) = app.current(session) else { return };
    let id = session.id;
    let entry = app.entry(session, no);
    if let Some(request) = entry.and_then(Entry::step).and_then(|step| step.waiting()) {
        let id = request.id;
        return card::open(app, id);
    }
    let lane = entry.and_then(|entry| match entry.what {
        What::Lane { opened, .. } => Some(opened),
        _ => None,
    });
    let has_more = entry.is_some_and(has_more);
    let view = app.views.entry(id).or_default();
    if let Some(lane) = lane {
        if !view.lanes.remove(&lane) {
            view.lanes.insert(lane);
        }
    } else if view.is_unfolded(no) && has_more && !view.whole.contains(&no) {
        view.whole.insert(no);
    } else {
        view.fold(no);
    }
}

/// Whether an unfolded entry leaves something out.
fn has_more(entry: &Entry) -> bool {
    entry.step().is_some_and(|step| {
        let sides = step.changes.iter().flat_map(|change| [&change.old, &change.new, &change.patch]);
        let lines = sides.flatten().map(|text| u64::from(text.lines())).sum::<u64>();
        step.output.lines > 2 * ENDS as u64 || lines > CHANGE as u64
    })
}

/// Unfolds everything in the pane, also what is not in memory; folds it where something is unfolded.
pub(super) fn fold_all(app: &mut App) {
    if let Some(id) = app.selected {
        app.views.entry(id).or_default().fold_all();
    }
}

/// The prompt that a way leads to.
fn target(app: &App, way: Way) -> Result<(SessionId, u64), String> {
    let session = app.selected.and_then(|id| app.state.session(id)).ok_or("there is no session yet")?;
    let view = app.views.get(&session.id);
    let from = match view.and_then(|view| view.selected) {
        Some(no) => no,
        None if view.is_none_or(|view| view.follow) => session.timeline.next,
        None => view.map_or(0, |view| view.top.entry),
    };
    let found = match way {
        Way::Before => session.prompted.before(from),
        Way::Next => session.prompted.after(from),
    };
    found.map(|prompted| (session.id, prompted.entry)).ok_or_else(|| match (way, older(session)) {
        (Way::Next, _) => "there is no later prompt".to_owned(),
        (Way::Before, 0) => "there is no prompt before this one".to_owned(),
        (Way::Before, older) => format!("{older} older prompts are not listed; g goes to the beginning"),
    })
}

/// Prompts before those that are listed.
pub(in crate::ui) fn older(session: &Session) -> u64 {
    let before = session.prompted.list.front().map_or(u64::from(session.prompts.0), |first| {
        // Numbers are dense but for prompts that were taken back.
        u64::from(first.prompt.0.saturating_sub(1))
    });
    if session.prompted.older > 0 {
        before.max(session.prompted.older)
    } else if session.prompted.list.is_empty() {
        0
    } else {
        before
    }
}

/// Whether there is a prompt that way.
pub(super) fn can_go(app: &App, way: Way) -> Result<(), String> {
    target(app, way).map(|_| ())
}

pub(super) fn to_prompt(app: &mut App, way: Way) {
    if let Ok((id, no)) = target(app, way) {
        show(app, id, no);
    }
}

/// Shows an entry at the top of its session's pane.
pub(super) fn show(app: &mut App, id: SessionId, no: u64) {
    let Some(next) = app.state.session(id).map(|session| session.timeline.next) else { return };
    if app.card.is_some() {
        card::close(app);
    }
    let view = app.views.entry(id).or_default();
    view.leave_end(next);
    (view.selected, view.reveal, view.delta) = (Some(no), true, 0);
    view.top = Anchor { entry: no, row: 0 };
    (app.focus, app.inspector_top) = (Focus::Pane, 0);
}

/// Whether there are prompts to choose from.
pub(super) fn can_list(app: &App) -> Result<(), String> {
    let session = app.selected.and_then(|id| app.state.session(id)).ok_or("there is no session yet")?;
    if session.prompted.list.is_empty() { Err("no prompt was given yet".to_owned()) } else { Ok(()) }
}

/// Opens the list of prompts, on the one that is read.
pub(super) fn prompts(app: &mut App, now: At) {
    let Some(session) = app.selected.and_then(|id| app.state.session(id)) else { return };
    let view = app.views.get(&session.id);
    let at = view.and_then(|view| view.selected.or((!view.follow).then_some(view.top.entry)));
    let list = &session.prompted.list;
    let newer = |prompted: &&Prompted| at.is_some_and(|at| prompted.entry > at);
    let selected = list.iter().rev().take_while(newer).count().min(list.len().saturating_sub(1));
    let kind = PickerKind::Prompts(session.id);
    picker::open(app, kind, selected, now);
}
