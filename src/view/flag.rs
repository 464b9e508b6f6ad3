//! What the watchdogs say of a session: a mark and a word in its row, a sentence below what it says.

use super::{Cx, Look, Mark, Row};
use crate::keymap;
use crate::state::{Alarm, Session};
use crate::theme::Role;
use crate::ui::Action;
use crate::ui::alarms::{evidence, figure, is_grave, short as words};

/// How much of a flag has room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    /// Words, and how many more flags there are.
    Words,
    /// What shows it, in a figure.
    Figure,
    /// Its mark alone.
    Mark,
}

/// What stands in a row: the worst of all. A stall has its own mark and word there.
pub(super) fn short(cx: &Cx<'_>, session: &Session, room: Room) -> Option<Row> {
    let alarms = cx.app.alarms(session, cx.now);
    let mut told = alarms.iter().filter(|alarm| !matches!(alarm, Alarm::Silent { .. }));
    let Some(first) = told.next() else {
        let word = if room == Room::Mark { "" } else { "keeping " };
        return cx
            .app
            .keeping(session.id)
            .map(|_| Row::of(format!("{} {word}", Mark::Working.sign(cx.glyphs)), Role::Info));
    };
    let sign = mark(first).sign(cx.glyphs);
    let look = look(first);
    let text = match (room, told.count()) {
        (Room::Mark, _) => format!("{sign} "),
        (Room::Figure, _) => format!("{sign}{} ", figure(first)),
        (Room::Words, 0) => format!("{sign} {} ", words(first)),
        (Room::Words, more) => format!("{sign} {} +{more} ", words(first)),
    };
    Some(Row::of(text, look))
}

/// The key that lets a call go without its checkpoint.
fn skips(cx: &Cx<'_>) -> String {
    keymap::key(cx.app, Action::SkipCheckpoint).unwrap_or_else(|| "skip-checkpoint".to_owned())
}

/// That a call is allowed and waits for its checkpoint alone: in a row that has room for it in the smallest window.
pub(super) fn allowed(cx: &Cx<'_>, session: &Session) -> Option<String> {
    let so_far = cx.app.keeping(session.id)?.so_far();
    Some(format!("ALLOWED; checkpoint first: {so_far}; {} goes without it", skips(cx)))
}

/// How far the checkpoint is that takes its time, and the key that lets a call go without it.
pub(super) fn keeping(cx: &Cx<'_>, session: &Session) -> Option<String> {
    let kept = cx.app.keeping(session.id)?;
    let key = skips(cx);
    let skip = if kept.waits() { format!("; {key} lets the call go without it") } else { String::new() };
    Some(format!("{}{skip}", kept.words()))
}

/// What stands below the last entry: each alarm in a sentence. Of a stall the pane says more by itself.
pub(super) fn sentences(cx: &Cx<'_>, session: &Session) -> Vec<(String, Look)> {
    let alarms = cx.app.alarms(session, cx.now);
    let told = alarms.iter().filter(|alarm| !matches!(alarm, Alarm::Silent { .. }));
    told.map(|alarm| (format!("{} {}.", mark(alarm).sign(cx.glyphs), evidence(alarm, cx.now)), look(alarm))).collect()
}

fn mark(alarm: &Alarm) -> Mark {
    if matches!(alarm, Alarm::Collides(_)) { Mark::Collides } else { Mark::Flag }
}

/// The quiet sign of a session that writes where another one writes, though not the same files.
pub(super) fn beside(cx: &Cx<'_>, session: &Session) -> Option<Row> {
    let collides = || !cx.app.state.collisions(session.id).is_empty();
    let is_beside = !cx.app.state.beside(session.id).is_empty() && !collides();
    is_beside.then(|| Row::of(format!("{} ", Mark::Beside.sign(cx.glyphs)), Role::Muted))
}

fn look(alarm: &Alarm) -> Look {
    if is_grave(alarm) { Look::strong(Role::Danger) } else { Role::Warn.into() }
}
