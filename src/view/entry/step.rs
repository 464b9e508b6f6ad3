//! A step in one row: time, mark, kind, target, effect, size, duration.

use super::{Names, Shown, label};
use crate::domain::{CallStatus, Closing, Decision, Gate, Text};
use crate::state::{Session, Stage, Step};
use crate::text::{self, human};
use crate::theme::Role;
use crate::ui::Want;
use crate::view::body::{Found, first_line};
use crate::view::columns::Columns;
use crate::view::{Cx, Look, Mark, Row, clock};

/// Cells of the numbers at the right.
const SIZE: usize = 8;
const TOOK: usize = 6;
const EFFECT: usize = 12;

/// The row of a step.
pub(super) fn head(cx: &Cx<'_>, shown: Shown<'_>, step: &Step, changed: Option<(u32, u32)>) -> Row {
    let Shown { session, entry, columns, names, .. } = shown;
    let mark = Mark::of_step(step);
    let waits = mark == Mark::Waiting;
    let look = |role: Role| if waits { Look::strong(Role::Accent) } else { Look::from(role) };
    let mark_look = if waits { look(Role::Accent) } else { mark.role().into() };
    let kind = if step.is_open() && mark != Mark::Abandoned { Role::Text } else { Role::Muted };

    let mut row = columns.start(clock::hms(entry.at, cx.app.utc_offset));
    row.push(mark.sign(cx.glyphs), mark_look);
    if columns.gutter() > 2 {
        row.push(format!(" {}", step.word()), look(kind));
    }
    row.pad_to(columns.start_of_text());

    let numbers = numbers(cx, step, columns, changed, look(Role::Muted));
    let room = columns.width.saturating_sub(row.width() + numbers.width() + usize::from(numbers.width() > 0));
    // What it does matters more than where.
    let lane = label::lane(cx, session, entry.lane).filter(|_| names == Names::Lane && room >= 12);
    let lane = lane.map_or_else(String::new, |lane| format!("{} ", text::end(&lane, (room / 3).min(12))));
    let room = room.saturating_sub(text::width(&lane));
    row.push(lane, cx.hue(session.id));
    row.push(target(cx, session, step, room), look(Role::Text));
    row.right(numbers, columns.width)
}

/// What a step aims at, in one line of at most `width` cells.
pub(in crate::view) fn target(cx: &Cx<'_>, session: &Session, step: &Step, width: usize) -> String {
    if let Some(command) = &step.command {
        return prose_line(first_line(cx.app, command), command, width);
    }
    if let (Some((_, what)), Some(title)) = (step.way_back(), &step.title) {
        // What was taken back says more than the files that it touched; which way it went stands before it.
        return prose_line(&within(session, what.lines().next().unwrap_or_default()), title, width);
    }
    let path = step.changes.first().map(|change| &change.path).or(step.places.first().map(|place| &place.path));
    if let Some(path) = path {
        let more = step.changes.len().max(step.places.len()).saturating_sub(1);
        let more = if more > 0 { format!(" +{more}") } else { String::new() };
        let path = cx.path(session, path);
        return format!("{}{more}", text::middle(&path, width.saturating_sub(more.len())));
    }
    match &step.title {
        Some(title) if !title.is_empty() => prose_line(first_line(cx.app, title), title, width),
        _ => text::end(&text::visible(step.tool.as_deref().unwrap_or("")).text, width).into_owned(),
    }
}

/// A title, with files of the session's folder named from there on.
pub(in crate::view) fn within(session: &Session, title: &str) -> String {
    if session.cwd.is_empty() { title.to_owned() } else { title.replace(&format!("{}/", session.cwd), "") }
}

/// What [`target`] lacks.
pub(in crate::view) fn target_lacks(cx: &Cx<'_>, step: &Step, wants: &mut Vec<Want>) {
    for text in step.command.iter().chain(&step.title) {
        Found::of(cx.app, text).or_want(wants);
    }
}

fn prose_line(line: &str, whole: &Text, width: usize) -> String {
    let shown = text::visible(line).text;
    if whole.lines() > 1 && text::width(&shown) + 2 <= width {
        return format!("{shown} …");
    }
    text::end(&shown, width).into_owned()
}

/// What came of a step, in a word: only where that is not what one would expect.
pub(in crate::view) fn outcome(step: &Step) -> Option<(String, Role)> {
    if step.waiting().is_some() {
        return None;
    }
    if step.gate == Gate::Ungated {
        let failed = step.status == CallStatus::Failed || step.exit.is_some_and(|code| code != 0);
        let word = step.gate.word();
        return Some((if failed { format!("{word}, failed") } else { word.to_owned() }, Role::Danger));
    }
    if step.diverged.is_some() {
        return Some((Mark::Diverged.word().to_owned(), Role::Danger));
    }
    if step.is_undone() {
        return Some((Mark::Undone.word().to_owned(), Role::Muted));
    }
    let left = step.worked.as_ref().map_or(0, |worked| worked.left.len());
    if left > 0 {
        return Some((format!("{left} left"), Role::Warn));
    }
    if step.denied() && !step.handed_over() {
        return Some(("denied".to_owned(), Role::Warn));
    }
    let failed = !step.handed_over() && step.status == CallStatus::Failed;
    let decision = step.request().and_then(|request| request.answered.as_ref()).map(|answered| &answered.decision);
    match decision {
        Some(Decision::Edit { .. }) if !failed => return Some(("edited".to_owned(), Role::Info)),
        Some(Decision::Take { .. }) if !failed => return Some(("in part".to_owned(), Role::Info)),
        Some(Decision::Reply { .. }) if !failed => return Some(("answered".to_owned(), Role::Info)),
        _ => {}
    }
    if let Some(request) = step.request() {
        let closed = request.closed.as_ref().map(|(how, _)| match how {
            Closing::Withdrawn(_) => "taken back",
            Closing::Expired => "expired",
            Closing::AgentGone if request.answered.is_some() => "no sign",
            Closing::AgentGone => "lost",
            Closing::Refused(_) => "refused",
            Closing::HookGone => "hook gone",
            Closing::Superseded => "changed",
        });
        let role = if Mark::of_step(step) == Mark::Abandoned { Role::Muted } else { Role::Warn };
        let stage = match request.stage() {
            Stage::Decided => Some("deciding"),
            Stage::Unconfirmed => Some("no sign"),
            Stage::Open | Stage::Sent | Stage::TakenUp | Stage::Closed => None,
        };
        if let Some(word) = closed.or(stage) {
            return Some((word.to_owned(), role));
        }
    }
    match step.status {
        CallStatus::Failed => {
            Some((step.exit.map_or_else(|| "failed".to_owned(), |code| format!("exit {code}")), Role::Danger))
        }
        CallStatus::Abandoned if step.began.is_none() => Some(("not run".to_owned(), Role::Muted)),
        CallStatus::Abandoned => Some(("no end".to_owned(), Role::Muted)),
        // What it did can't be taken back: whoever looks for the way back sees it here.
        CallStatus::Running | CallStatus::Done if step.worked.as_ref().is_some_and(|it| it.lacks_one()) => {
            Some(("not kept".to_owned(), Role::Warn))
        }
        CallStatus::Pending | CallStatus::Running | CallStatus::Done => None,
    }
}

/// Whether what it says can be what came of it: before it runs that is only what it is about.
fn has_run(step: &Step) -> bool {
    match step.status {
        CallStatus::Pending => false,
        CallStatus::Running | CallStatus::Done | CallStatus::Failed => step.waiting().is_none(),
        CallStatus::Abandoned => step.began.is_some(),
    }
}

/// The columns at the right.
fn numbers(cx: &Cx<'_>, step: &Step, columns: Columns, changed: Option<(u32, u32)>, quiet: Look) -> Row {
    if !columns.has_numbers() {
        return Row::new();
    }
    let outcome = outcome(step);
    let size = if step.output.is_empty() || !has_run(step) { String::new() } else { human::bytes(step.output.bytes) };
    // Of a command that told no changes, its checkpoints still say how many files it changed.
    let files = step.worked.as_ref().map_or(0, |worked| worked.files());
    let change = match changed {
        Some((added, removed)) => lines(cx, added, removed),
        None if files > 0 => Row::of(counted(files), quiet),
        None => Row::new(),
    };
    let mut row = Row::new();
    if columns.has_effect() {
        let word = outcome.map_or_else(Row::new, |(word, role)| Row::of(word, role));
        let size = Row::of(size, quiet);
        let (effect, second) = match (change.spans.is_empty(), word.spans.is_empty()) {
            (true, _) => (word, size),
            (false, true) => (change, size),
            (false, false) => (change, word),
        };
        row.append(right(effect, EFFECT));
        row.append(right(second, SIZE));
    } else {
        let first = match (outcome, change.spans.is_empty()) {
            (Some((word, role)), _) => Row::of(word, role),
            (None, false) => change,
            (None, true) => Row::of(size, quiet),
        };
        row.append(right(first, SIZE + 1));
    }
    row.append(right(Row::of(took(cx, step), quiet), TOOK));
    row
}

/// `1 file`, `12 files`.
pub(in crate::view) fn counted(files: usize) -> String {
    if files == 1 { "1 file".to_owned() } else { format!("{} files", human::count(files as u64)) }
}

fn right(content: Row, cells: usize) -> Row {
    let mut row = Row::new();
    row.pad_to(cells.saturating_sub(content.width()));
    row.append(content);
    row
}

/// `+14 −3`.
pub(in crate::view) fn lines(cx: &Cx<'_>, added: u32, removed: u32) -> Row {
    let count = |lines: u32| human::count(u64::from(lines));
    Row::of(format!("+{}", count(added)), Role::Added)
        .with(" ", Role::Text)
        .with(format!("{}{}", cx.glyphs.minus, count(removed)), Role::Removed)
}

/// How long it waits, runs or took.
fn took(cx: &Cx<'_>, step: &Step) -> String {
    if let Some(request) = step.waiting() {
        return clock::age(request.asked, cx.now);
    }
    match (step.began, step.ended) {
        (Some(began), Some(ended)) => human::duration(clock::between(began, ended)),
        (Some(began), None) => clock::age(began, cx.now),
        (None, _) => String::new(),
    }
}
