//! Reading changes: from hunk to hunk and file to file, folding, side by side, wrapped or scrolled. Nothing here decides.

use super::super::app::App;
use super::super::diffs::{DiffUi, Long};
use super::super::picker::PickerKind;
use super::super::room;
use super::navigation::moved;
use super::{losses, parts, picker};
use crate::diff::Layout;
use crate::domain::At;

/// Columns that a key scrolls sideways.
const SIDEWAYS: usize = 8;

/// One of several, seen from where the reader stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Before,
    Next,
}

/// What a key goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goal {
    Hunk,
    File,
}

impl App {
    /// The changes that are on the screen: those of the open card, else of the inspector.
    #[must_use]
    pub fn diffs(&self) -> &DiffUi {
        self.card.as_ref().map_or(&self.inspected, |card| &card.diffs)
    }

    fn diffs_mut(&mut self) -> &mut DiffUi {
        self.card.as_mut().map_or(&mut self.inspected, |card| &mut card.diffs)
    }
}

/// Whether there are changes on the screen.
fn in_sight(app: &App) -> Result<&DiffUi, String> {
    Some(app.diffs()).filter(|diffs| diffs.seen.marks.has_diff).ok_or_else(|| "no change is on the screen".to_owned())
}

/// Whether the layout can be changed: it holds for everything that is looked at later, too.
pub(super) fn can_lay_out(app: &App) -> Result<(), String> {
    if app.undoing().is_some_and(|undo| undo.preview().is_some()) {
        return Ok(());
    }
    in_sight(app).map(|_| ())
}

/// Unified, or side by side: on every card.
pub(super) fn lay_out(app: &mut App, now: At) {
    app.manner.layout = match app.manner.layout {
        Layout::Unified => Layout::Split,
        Layout::Split => Layout::Unified,
    };
    let narrow = app.card.is_some() && app.size.0 < room::BESIDE;
    match app.manner.layout {
        Layout::Split if narrow => {
            app.say(format!("side by side needs {} columns: unified as long as there are fewer", room::BESIDE), now);
        }
        Layout::Split => app.say("side by side, where both sides have 40 columns", now),
        Layout::Unified => app.say("unified", now),
    }
}

/// Long lines wrapped, or cut and scrolled.
pub(super) fn long(app: &mut App, now: At) {
    app.diffs_mut().left = 0;
    app.manner.long = match app.manner.long {
        Long::Wrapped => Long::Scrolled,
        Long::Scrolled => Long::Wrapped,
    };
    match app.manner.long {
        Long::Scrolled => {
            let keys = (app.key(super::Action::ScrollLeft, "h"), app.key(super::Action::ScrollRight, "l"));
            app.say(format!("long lines are cut: {} and {} scroll; they count as unseen", keys.0, keys.1), now);
        }
        Long::Wrapped => app.say("long lines are wrapped", now),
    }
}

/// Whether there are columns out of sight on that side.
pub(super) fn can_scroll(app: &App, way: Way) -> Result<(), String> {
    let diffs = in_sight(app)?;
    let beyond = diffs.seen.marks.beyond;
    match (app.manner.long, way) {
        (Long::Wrapped, _) => {
            Err(format!("long lines are wrapped: {} cuts and scrolls them", app.key(super::Action::LongLines, "W")))
        }
        (Long::Scrolled, _) if beyond == 0 => Err("no line is wider than the screen".to_owned()),
        (Long::Scrolled, Way::Before) if diffs.left == 0 => Err("this is the first column".to_owned()),
        (Long::Scrolled, Way::Next) if diffs.left >= beyond => Err("this is the last column".to_owned()),
        (Long::Scrolled, Way::Before | Way::Next) => Ok(()),
    }
}

pub(super) fn scroll(app: &mut App, way: Way) {
    let diffs = app.diffs_mut();
    let beyond = diffs.seen.marks.beyond;
    let left = diffs.left.min(beyond);
    diffs.left = match way {
        Way::Before => left.saturating_sub(SIDEWAYS),
        Way::Next => left.saturating_add(SIDEWAYS).min(beyond),
    };
}

/// Where a key goes.
fn goal(diffs: &DiffUi, goal: Goal, way: Way) -> Option<usize> {
    let among = match goal {
        Goal::Hunk => diffs.seen.marks.hunk,
        Goal::File => diffs.seen.marks.file,
    };
    match way {
        Way::Before => among.before,
        Way::Next => among.after,
    }
}

/// Whether there is one more that way.
pub(super) fn can_go(app: &App, to: Goal, way: Way) -> Result<(), String> {
    let diffs = in_sight(app)?;
    if to == Goal::Hunk && parts::has_hunks(app) {
        return match (parts::goal(app, way), way) {
            (Some(_), _) => Ok(()),
            (None, Way::Next) => Err("this is the last region that changes".to_owned()),
            (None, Way::Before) => Err("this is the first region that changes".to_owned()),
        };
    }
    let what = match to {
        Goal::Hunk => "region that changes",
        Goal::File => "file",
    };
    match (goal(diffs, to, way), way) {
        (Some(_), _) => Ok(()),
        (None, Way::Next) => Err(format!("the last {what} is on the screen")),
        (None, Way::Before) => Err(format!("this is the first {what}")),
    }
}

pub(super) fn go(app: &mut App, to: Goal, way: Way) {
    if to == Goal::Hunk && parts::has_hunks(app) {
        if let Some((number, row)) = parts::goal(app, way) {
            to_row(app, row);
            if let Some(card) = &mut app.card {
                card.parts.at = number;
            }
        }
        return;
    }
    if let Some(row) = goal(app.diffs(), to, way) {
        to_row(app, row);
    }
}

/// Puts a row of the payload at the top of the place.
pub(super) fn to_row(app: &mut App, row: usize) {
    let rows = app.diffs().way_to(row);
    match &mut app.card {
        Some(card) => card.delta = rows,
        None => app.inspector_top = moved(app.inspector_top, rows),
    }
}

/// Whether unchanged lines, or what a command would hit, can be shown or folded here.
pub(super) fn can_unfold(app: &App) -> Result<(), String> {
    if losses::can_unfold(app) {
        return Ok(());
    }
    let marks = in_sight(app)?.seen.marks;
    match (marks.fold, marks.unknown) {
        (Some(_), _) => Ok(()),
        (None, true) => {
            Err("what these lines say is not known: the agent shows only what is near its changes".to_owned())
        }
        (None, false) => Err("no unchanged lines are left out here".to_owned()),
    }
}

pub(super) fn unfold(app: &mut App) {
    if app.diffs().seen.marks.fold.is_none() && losses::can_unfold(app) {
        return losses::unfold(app);
    }
    let diffs = app.diffs_mut();
    if let Some(fold) = diffs.seen.marks.fold
        && !diffs.unfolded.remove(&fold)
    {
        diffs.unfolded.insert(fold);
    }
}

/// Whether there is a choice of files.
pub(super) fn can_list(app: &App) -> Result<(), String> {
    match in_sight(app)?.seen.files.len() {
        0 | 1 => Err("it changes one file only".to_owned()),
        _ => Ok(()),
    }
}

/// The list of the files, on the one that is looked at.
pub(super) fn list(app: &mut App, now: At) {
    let selected = app.diffs().seen.marks.file.first.saturating_sub(1);
    picker::open(app, PickerKind::Files, selected, now);
}
