//! The line of a search: what is typed, what was found, and where the current hit stands.

use super::mark;
use crate::keymap;
use crate::text::{self, Needle};
use crate::theme::Role;
use crate::ui::find::{Looking, MOST, Stage};
use crate::ui::{Action, Find, Within};
use crate::view::row::Row;
use crate::view::{Cx, Look};

/// Below so many cells there is only room for what is typed and a count.
const NARROW: usize = 40;

/// The line of a search as rows, and the column of the cursor in the first one while it is typed in.
pub(in crate::view) struct Bar {
    pub(in crate::view) rows: Vec<Row>,
    pub(in crate::view) cursor: Option<usize>,
}

/// The line of a search in a session; the second row says where the current hit stands.
pub(in crate::view) fn session(cx: &Cx<'_>, find: &Find, width: usize, rows: usize) -> Bar {
    let kind = match find.kind {
        crate::domain::FindKind::All => String::new(),
        kind => format!("in {} only", kind.word()),
    };
    let (count, role) = if width < NARROW { short(find) } else { count(find) };
    let kind = if width < NARROW { "" } else { &kind };
    let mut bar = line(cx, (&find.line, find.stage), kind, (count, role, find.hits.len()), width);
    if rows > 1 {
        bar.rows.push(place(cx, find, width));
    }
    bar
}

/// The line of a search within a payload.
pub(in crate::view) fn within(cx: &Cx<'_>, within: &Within, width: usize) -> Bar {
    let count = match within.found {
        None => (String::new(), Role::Muted, 0),
        Some(_) if within.line.is_empty() => (String::new(), Role::Muted, 0),
        Some(found) if found.of == 0 => ("nothing found".to_owned(), Role::Warn, 0),
        Some(found) => (format!("{} of {}", found.at + 1, found.of), Role::Text, found.of),
    };
    line(cx, (&within.line, within.stage), "", count, width)
}

fn line(
    cx: &Cx<'_>,
    (typed, stage): (&str, Stage),
    kind: &str,
    (count, role, many): (String, Role, usize),
    width: usize,
) -> Bar {
    let is_typed = stage == Stage::Typing;
    let edge = if is_typed { Look::strong(Role::Accent) } else { Role::Muted.into() };
    let mut right = Row::of(kind.to_owned(), Role::Info);
    if !count.is_empty() {
        right.push(if kind.is_empty() { "" } else { "  " }, Role::Text);
        right.push(count, role);
    }
    let keys = [Action::FindNext, Action::FindPrevious].map(|action| keymap::key(cx.app, action));
    if let ([Some(next), Some(before)], false) = (&keys, is_typed)
        && width >= 50
        && many > 0
    {
        right.push(format!("  {next} next  {before} before"), Role::Muted);
    }
    let shown = text::visible(typed).text.into_owned();
    let mut row = Row::of(" / ", edge);
    // The end of what is typed stays in sight, and one cell for the cursor.
    let room = width.saturating_sub(row.width() + right.width() + 3).max(8).min(width.saturating_sub(4));
    let from = tail(&shown, room);
    row.push(shown[from..].to_owned(), if is_typed { Look::strong(Role::Text) } else { Role::Text.into() });
    let cursor = is_typed.then(|| row.width().min(width.saturating_sub(1)));
    if shown.is_empty() && width >= 40 {
        row.push(" type to search", Role::Muted);
    }
    Bar { rows: vec![row.right(right, width.saturating_sub(1))], cursor }
}

/// Where the end of a text begins that has so many cells.
fn tail(shown: &str, room: usize) -> usize {
    let (mut used, mut from) = (0, shown.len());
    for (at, _, cells) in text::graphemes(shown).rev() {
        used += cells;
        if used > room {
            break;
        }
        from = at;
    }
    from
}

/// `3/41`, with `…` while it looks: for a narrow place.
fn short(find: &Find) -> (String, Role) {
    let on = if find.looking == Looking::On { "…" } else { "" };
    let role = if find.hits.is_empty() && on.is_empty() { Role::Warn } else { Role::Text };
    if find.line.is_empty() {
        return (String::new(), role);
    }
    (format!("{}/{}{on}", find.place(), find.hits.len()), role)
}

/// `3 of 41, still looking`.
fn count(find: &Find) -> (String, Role) {
    if find.line.is_empty() {
        return (String::new(), Role::Muted);
    }
    let many = find.hits.len();
    let counted = match find.place() {
        0 => many.to_string(),
        at => format!("{at} of {many}"),
    };
    match (&find.looking, many) {
        (Looking::On, 0) => ("looking".to_owned(), Role::Muted),
        (Looking::On, _) => (format!("{counted}, still looking"), Role::Text),
        (Looking::Done | Looking::Again, 0) => ("nothing found".to_owned(), Role::Warn),
        (Looking::Done | Looking::Again, _) => (counted, Role::Text),
        (Looking::Enough, _) => (format!("{} of {MOST} and more", find.place()), Role::Text),
        (Looking::Failed(_), _) => (format!("{counted}, the rest can't be read"), Role::Warn),
    }
}

/// Where the current hit stands: `output, line 813: …error[E0308]: mismatched types…`.
fn place(cx: &Cx<'_>, find: &Find, width: usize) -> Row {
    let mut row = Row::of("   ", Role::Text);
    if let Looking::Failed(why) = &find.looking {
        row.push(text::prose(why).text.into_owned(), Role::Warn);
        return row.clip(width);
    }
    let Some(hit) = find.hit() else {
        let key = keymap::key(cx.app, Action::FindKind);
        if let (Some(key), Stage::Typing) = (key, find.stage) {
            row.push(format!("{key} searches in {} only", find.kind.step(1).word()), Role::Muted);
        }
        return row.clip(width);
    };
    let line = if hit.line > 0 { format!(" line {}", hit.line + 1) } else { String::new() };
    row.push(format!("{}{line}  ", hit.part.word()), Role::Muted);
    let column = row.width();
    let (needle, room) = (find.needle(), width.saturating_sub(column + 1));
    row.push(in_sight(&text::visible(hit.excerpt.trim_start()).text, needle.as_ref(), room), Role::Text);
    let mut rows = [row];
    if let Some(needle) = needle {
        mark(&needle, &mut rows, column);
    }
    let [row] = rows;
    row.clip(width)
}

/// A text that begins so that what was found in it is in sight in `room` cells.
fn in_sight(shown: &str, needle: Option<&Needle>, room: usize) -> String {
    let Some(found) = needle.and_then(|needle| needle.find(shown)) else { return shown.to_owned() };
    if text::width(&shown[..found.end]) <= room {
        return shown.to_owned();
    }
    format!("…{}", &shown[tail(&shown[..found.start], room / 3)..])
}
