//! A list to choose from by name: what is typed, and the rows that are left.

use crate::keymap;
use crate::text;
use crate::theme::Role;
use crate::ui::fuzzy::Found;
use crate::ui::picker::{Pick, Picked, Picker};
use crate::view::area::cells;
use crate::view::flow::Styled;
use crate::view::{Area, Cx, Look, Row, Scene};

/// Lines of the selected row's help that are shown.
const HELP: usize = 8;
/// A list is not wider: a key far away from its name would belong to nobody.
const WIDEST: usize = 110;
/// Cells between a name and what stands right of it.
const GAP: usize = 2;

/// Draws the list.
pub(super) fn draw(cx: &Cx<'_>, scene: &mut Scene, area: Area, picker: &Picker) {
    let width = area.columns().saturating_sub(1).clamp(1, WIDEST);
    let found = cx.app.picked(picker);
    let all = if picker.filter.is_empty() { found.len() } else { cx.app.picks(picker.kind).len() };
    let typed = text::prose(&picker.filter).text.into_owned();
    let count = if found.len() == all { format!("{all}") } else { format!("{} of {all}", found.len()) };
    let mut head = Row::of(" > ", Look::strong(Role::Accent)).with(typed.clone(), Look::strong(Role::Text));
    if typed.is_empty() {
        head.push("type to narrow", Role::Muted);
    }
    let head = head.right(Row::of(count, Role::Muted), width);

    let selected = picker.selected.min(found.len().saturating_sub(1));
    let room = area.rows().saturating_sub(2).max(1);
    let names =
        found.iter().skip(selected.saturating_sub(room)).take(2 * room).map(|(pick, _)| text::width(&pick.name));
    // Names stand in a column, and what they are beside them.
    let names = names.max().unwrap_or(0).min(width / 3);
    let mut rows = Vec::new();
    // As many rows as there is room for, around the selected one: the work is for what is seen.
    let from = selected.saturating_sub(room / 2).min(found.len().saturating_sub(room));
    for (n, (pick, letters)) in found.iter().enumerate().skip(from).take(room) {
        rows.push(one(cx, pick, letters, n == selected, (names, width)));
        if n == selected {
            help(pick, width, &mut rows);
        }
    }
    if found.is_empty() {
        let why = if all == 0 { picker.kind.none() } else { "nothing is found by these letters" };
        rows.push(Row::of(format!("   {why}"), Role::Muted));
    }
    // The selected row and its help stay in sight.
    let at = selected - from.min(selected);
    let over = (at + 1 + HELP).min(rows.len()).saturating_sub(room).min(at);
    let mut shown: Vec<Row> = rows.into_iter().skip(over).take(room).collect();
    shown.insert(0, head);
    let body = super::drawer(cx, scene, area, &cx.app.picker_title(picker.kind), shown);
    let column = 3 + text::width(&typed);
    if column < body.columns() && body.rows() > 0 {
        scene.cursor = Some((body.x.saturating_add(cells(column)), body.y));
    }
}

/// One row: its name with the letters that were typed in weight, its help where there is room, its note at the right.
fn one(cx: &Cx<'_>, pick: &Pick, found: &Found, selected: bool, (names, width): (usize, usize)) -> Row {
    let role = if pick.lacks.is_some() { Role::Muted } else { Role::Text };
    let mut row = Row::of(if selected { cx.glyphs.cursor } else { " " }, Role::Accent).with("  ", Role::Text);
    let look = if selected { Look::strong(role) } else { role.into() };
    row.push_found(&pick.name, &found.letters, look, |run| text::prose(run).text.into_owned());
    let note = match pick.what {
        Picked::Action(action) => keymap::key_under(cx.app, action).unwrap_or_default(),
        _ => pick.note.clone(),
    };
    let note = Row::of(text::prose(&note).text.into_owned(), Role::Info);
    let room = width.saturating_sub(row.width().max(3 + names) + note.width() + 2 * GAP);
    let first = pick.lacks.as_deref().or(pick.help.lines().next()).unwrap_or_default();
    if !selected && room > 12 && !first.is_empty() {
        row.pad_to(3 + names);
        row.push(" ".repeat(GAP), Role::Text);
        row.append(Styled::of(&text::prose(first).text, Role::Muted).row(room));
    }
    row.right(note, width)
}

/// All that is said of the selected row: why it can't be chosen, and its help.
fn help(pick: &Pick, width: usize, rows: &mut Vec<Row>) {
    let begin = rows.len();
    if let Some(why) = &pick.lacks {
        Styled::of(&text::prose(why).text, Role::Warn).flow(Row::of("     ", Role::Text), width, rows);
    }
    for line in pick.help.lines().take(HELP) {
        Styled::of(&text::prose(line).text, Role::Muted).flow(Row::of("     ", Role::Text), width, rows);
    }
    rows.truncate(begin + HELP);
}
