//! A search over all sessions, on the whole screen: what is typed, and what was found, by session.

use crate::domain::{Hit, HitIn, HitsIn, LookedAll};
use crate::text;
use crate::theme::Role;
use crate::ui::everywhere::{EverywhereUi, FACETS};
use crate::view::area::cells;
use crate::view::flow::Styled;
use crate::view::{Area, Cx, Look, Mark, Row, Scene, clock, find};

/// Cells in which hits are indented below their session.
const INDENT: usize = 5;
/// Cells of a facet before what it means.
const FACET: usize = 22;

/// Draws it over the whole area.
pub(super) fn draw(cx: &Cx<'_>, scene: &mut Scene, area: Area, ui: &EverywhereUi) {
    let width = area.columns().saturating_sub(1).max(1);
    let room = area.rows().saturating_sub(1).max(1);
    let (line, cursor) = line(cx, ui, width);
    let mut rows = vec![line];
    rows.extend(said(ui, width));
    rows.push(Row::new());
    let left = room.saturating_sub(rows.len());
    match ui.groups.is_empty() {
        true => rows.extend(help(ui, width).into_iter().take(left)),
        false => rows.extend(list(cx, ui, (width, left))),
    }
    rows.resize(room, Row::new());
    let body = super::drawer(cx, scene, area, "SEARCH all sessions", rows);
    if let Some(column) = cursor.filter(|column| *column < body.columns() && !body.is_empty()) {
        scene.cursor = Some((body.x.saturating_add(cells(column)), body.y));
    }
}

/// What is typed, and how much was found.
fn line(cx: &Cx<'_>, ui: &EverywhereUi, width: usize) -> (Row, Option<usize>) {
    let is_typed = !ui.in_list;
    let edge = if is_typed { Look::strong(Role::Accent) } else { Role::Muted.into() };
    let (count, role) = count(ui);
    let right = Row::of(count, role);
    let mut row = Row::of(" ", Role::Text).with(cx.glyphs.prompt, edge).with(" ", Role::Text);
    let room = width.saturating_sub(row.width() + right.width() + 3).max(8);
    row.push(super::rename::end_of(&ui.line, room), Look::strong(Role::Text));
    let cursor = is_typed.then(|| row.width());
    if ui.line.is_empty() {
        row.push(" words, \"words together\", and what stands below", Role::Muted);
    }
    (row.clip(width).right(right, width), cursor)
}

fn count(ui: &EverywhereUi) -> (String, Role) {
    let (hits, sessions) = (ui.hits(), ui.groups.len());
    let counted = |count: usize, one: &str| if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") };
    let all = format!("{} in {}", counted(hits, "hit"), counted(sessions, "session"));
    match &ui.looked {
        _ if ui.line.trim().is_empty() => (String::new(), Role::Muted),
        None if hits == 0 => ("looking".to_owned(), Role::Muted),
        None => (format!("{all}, still looking"), Role::Muted),
        Some(Err(_)) => (String::new(), Role::Muted),
        Some(Ok(_)) if hits == 0 => ("nothing found".to_owned(), Role::Warn),
        Some(Ok(looked)) if looked.cut => (format!("the first {all}"), Role::Text),
        Some(Ok(_)) => (all, Role::Text),
    }
}

/// How it was looked for, as far as there is something to say.
fn said(ui: &EverywhereUi, width: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut say = |said: &str, role: Role| {
        Styled::of(&text::prose(said).text, role).flow(Row::of("   ", Role::Text), width, &mut rows);
    };
    match &ui.looked {
        // Mostly it is half typed.
        Some(Err(why)) => say(why, Role::Muted),
        Some(Ok(looked)) => sentences(looked).iter().for_each(|(said, role)| say(said, *role)),
        None => {}
    }
    rows
}

fn sentences(looked: &LookedAll) -> Vec<(String, Role)> {
    let mut said = Vec::new();
    match (&looked.why, looked.scanned) {
        (Some(why), _) => said.push((format!("The index can't be used, everything was read: {why}"), Role::Warn)),
        (None, 0) => {}
        (None, scanned) => {
            let all = looked.sessions;
            said.push((format!("{scanned} of {all} were read: the index does not have them yet."), Role::Muted));
        }
    }
    match looked.unread {
        0 => {}
        1 => said.push(("1 session can't be read and was not searched.".to_owned(), Role::Warn)),
        n => said.push((format!("{n} sessions can't be read and were not searched."), Role::Warn)),
    }
    if looked.blind {
        said.push(("Some long texts are not on the disk any more, and were not searched.".to_owned(), Role::Muted));
    }
    said
}

/// What can be typed.
fn help(ui: &EverywhereUi, width: usize) -> Vec<Row> {
    if ui.looked.is_none() && !ui.line.trim().is_empty() {
        return Vec::new();
    }
    let facet = |(facet, what): &(&str, &str)| {
        let mut row = Row::of(format!("   {facet}"), Role::Text);
        row.pad_to(3 + FACET);
        row.with(what.to_string(), Role::Muted).clip(width)
    };
    FACETS.iter().map(facet).collect()
}

/// A row of the list.
enum Listed<'l> {
    Gap,
    Head(&'l HitIn),
    One(&'l Hit, bool),
}

/// As many rows as there is room for, with the selected one among them and the session above it.
fn list(cx: &Cx<'_>, ui: &EverywhereUi, (width, room): (usize, usize)) -> Vec<Row> {
    let (mut all, mut at, mut n) = (Vec::new(), 0, 0);
    for HitsIn { of, hits } in &ui.groups {
        if !all.is_empty() {
            all.push(Listed::Gap);
        }
        all.push(Listed::Head(of));
        for hit in hits {
            if n == ui.selected {
                at = all.len();
            }
            all.push(Listed::One(hit, n == ui.selected));
            n += 1;
        }
    }
    let from = (at + 2).saturating_sub(room).min(all.len().saturating_sub(room));
    let shown = all.get(from..).unwrap_or_default();
    let shown = &shown[..shown.len().min(room)];
    let parts = shown.iter().map(|row| if let Listed::One(hit, _) = row { text::width(&part(hit)) } else { 0 });
    let parts = parts.max().unwrap_or(0).min(width / 3);
    shown
        .iter()
        .map(|row| match row {
            Listed::Gap => Row::new(),
            Listed::Head(of) => head(cx, of, width),
            Listed::One(hit, selected) => one(cx, hit, *selected, (parts, width)),
        })
        .collect()
}

/// `▷ Constant time compare  claude  ~/src/shop      2d`.
fn head(cx: &Cx<'_>, of: &HitIn, width: usize) -> Row {
    let mark = if of.recorded { Mark::Replay.sign(cx.glyphs) } else { " " };
    let since = if of.last.0 > 0 { clock::age(of.last, cx.now) } else { cx.glyphs.unknown.to_owned() };
    let folder = if of.cwd.is_empty() { String::new() } else { text::middle(&cx.folder(&of.cwd), 32).into_owned() };
    let agent = text::end(&text::visible(&of.agent).text, 14).into_owned();
    let right = Row::of(format!("{since:>4}"), Role::Muted);
    let beside = format!("  {agent}  {folder}");
    let room = width.saturating_sub(3 + text::width(&beside) + right.width() + 2);
    let name = of.name.lines().next().unwrap_or_default();
    let name = text::end(text::visible(name).text.trim(), room.max(12)).into_owned();
    let row = Row::of(format!(" {mark} "), Role::Muted).with(name, Look::strong(Role::Text));
    row.with(beside, Role::Muted).clip(width.saturating_sub(right.width() + 1)).right(right, width)
}

/// In what it stands.
fn part(hit: &Hit) -> String {
    let step = hit.step.map(|step| format!("step {step} ")).unwrap_or_default();
    format!("{step}{}", hit.part)
}

/// Where an excerpt begins so that what was found first is in sight.
fn begin(hit: &Hit, room: usize) -> usize {
    let first = hit.marks.first().map_or(0, |mark| mark.0 as usize).min(hit.excerpt.len());
    let first = hit.excerpt.floor_char_boundary(first);
    let before = &hit.excerpt[..first];
    let mut from = before.len() - before.trim_start().len();
    while text::width(&hit.excerpt[from..first]) > room / 2 {
        from += hit.excerpt[from..].chars().next().map_or(1, char::len_utf8);
    }
    from
}

/// `▌    step 12 output  …error[E0308]: mismatched…    2d`.
fn one(cx: &Cx<'_>, hit: &Hit, selected: bool, (parts, width): (usize, usize)) -> Row {
    let sign = if selected { cx.glyphs.cursor } else { " " };
    let mut row = Row::of(sign, Role::Accent);
    row.pad_to(INDENT);
    row.push(format!("{}  ", text::pad_end(&part(hit), parts)), Role::Muted);
    let right = Row::of(format!("{:>4}", clock::age(hit.at, cx.now)), Role::Muted);
    let room = width.saturating_sub(row.width() + right.width() + 2);
    let look: Look = if selected { Look::strong(Role::Text) } else { Role::Text.into() };
    let mut from = begin(hit, room);
    if from > 0 && !hit.excerpt[..from].trim().is_empty() {
        row.push("…", look);
    }
    let mut piece = |from: usize, to: usize, look: Look| {
        let text = hit.excerpt.get(from..to).unwrap_or_default();
        row.push(text::visible(text).text.into_owned(), look);
    };
    for (begin, end) in hit.marks.iter().map(|(begin, end)| (*begin as usize, *end as usize)) {
        let is_whole = hit.excerpt.is_char_boundary(begin) && hit.excerpt.is_char_boundary(end);
        if begin >= from && is_whole {
            piece(from, begin, look);
            piece(begin, end, find::found());
            from = end;
        }
    }
    piece(from, hit.excerpt.len(), look);
    row.clip(width.saturating_sub(right.width() + 1)).right(right, width)
}
