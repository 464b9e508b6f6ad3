//! What holds of any two texts: every byte of both sides can be reached in both layouts, no row is too wide, and colours
//! move nothing.

use crate::desk::{Desk, change, edit, whole};
use crate::{coloured, manner, payload};
use proptest::prelude::*;
use std::collections::BTreeMap;
use taut::diff::{Diff, Layout};
use taut::text::graphemes;
use taut::theme::Role;
use taut::ui::diffs::{Fold, Long};
use taut::view::{Row, Scene, to_text};

/// A card with everything unfolded.
fn unfolded(old: &str, new: &str, layout: Layout, size: (u16, u16)) -> (Desk, Scene) {
    let mut desk = whole(edit(vec![change("a.rs", Some(old), Some(new))]));
    desk.app.manner = manner(layout);
    desk.settled(size);
    desk.card().diffs.unfolded = (0..99).map(|gap| Fold { part: 1, gap }).collect();
    let scene = desk.settled(size);
    (desk, scene)
}

/// A row as cells; the second half of a wide character is empty.
fn row_cells(row: &Row) -> Vec<String> {
    let text: String = row.spans.iter().map(|span| span.text.as_ref()).collect();
    let mut cells = Vec::new();
    for (_, grapheme, width) in graphemes(&text) {
        cells.push(grapheme.to_owned());
        cells.extend((1..width).map(|_| String::new()));
    }
    cells
}

/// The lines of a column of cells: its numbers, its sign, its text. Blanks do not count: they also fill the column.
fn column(rows: &[Row], from: usize, to: usize, gutter: usize) -> Vec<String> {
    let (mut lines, mut in_head): (Vec<String>, bool) = (Vec::new(), false);
    for row in rows {
        let cells = row_cells(row);
        let part = cells.get(from..to.min(cells.len())).unwrap_or_default();
        let text: String = part.iter().skip(gutter).map(|cell| cell.trim().to_owned()).collect();
        let lead: String = part.iter().take(gutter).map(String::as_str).collect();
        if lead.contains('»') {
            lines.last_mut().unwrap().push_str(&text);
        } else if lead.contains(|c: char| c.is_ascii_digit()) {
            lines.push(text);
            in_head = false;
        } else {
            in_head |= lead.contains('─');
            assert!(text.is_empty() || in_head, "{lead:?} {text:?}");
        }
    }
    lines
}

/// A text as the lines that a reader must be able to see.
fn wanted(text: &str) -> Vec<String> {
    let usual = |line: &str| taut::text::visible(line).text.replace(char::is_whitespace, "");
    text.split_terminator('\n').map(usual).collect()
}

fn text() -> impl Strategy<Value = String> {
    let line = "(fn|let|[a-c]{1,9}| |日|é|e\u{301}|\t|\u{202e}|\"|//){0,20}";
    prop::collection::vec(line, 0..30).prop_map(|lines| lines.iter().map(|line| format!("{line}\n")).collect())
}

/// A text, and the same with some lines left out, changed or added.
fn pair() -> impl Strategy<Value = (String, String)> {
    (text(), prop::collection::vec((any::<prop::sample::Index>(), text()), 0..4)).prop_map(|(old, edits)| {
        let mut lines: Vec<String> = old.split_inclusive('\n').map(str::to_owned).collect();
        for (at, new) in edits {
            let at = at.index(lines.len() + 1);
            let new = new.split_inclusive('\n').take(3).map(str::to_owned);
            lines.splice(at..(at + 2).min(lines.len()), new);
        }
        (old, lines.concat())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn side_by_side_every_byte_of_both_sides_is_reached((old, new) in pair(), width in 83u16..140) {
        prop_assume!(old != new);
        let (mut desk, scene) = unfolded(&old, &new, Layout::Split, (width, 600));
        let rows = payload(&scene);
        // What stands at a gap goes over both sides.
        let is_gap = |row: &&Row| crate::line(row).chars().nth(1) == Some('─');
        let rows: Vec<Row> = rows[1..].iter().filter(|row| !is_gap(row)).cloned().collect();
        // An empty cell, then the sides; numbers have two digits here, then come a blank, a sign and a blank.
        let side = (usize::from(width) - 3) / 2;
        prop_assert_eq!(column(&rows, 1, 1 + side, 5), wanted(&old));
        prop_assert_eq!(column(&rows, 2 + side, 2 + 2 * side, 5), wanted(&new));
        let plain = to_text(&scene);
        prop_assert_eq!(plain, to_text(&coloured(&mut desk, (width, 600))));
    }

    #[test]
    fn unified_every_byte_of_both_sides_is_reached((old, new) in pair(), width in 20u16..140) {
        prop_assume!(old != new);
        let (mut desk, scene) = unfolded(&old, &new, Layout::Unified, (width, 2_000));
        // The head of the file comes first, in one row or more.
        let rows = payload(&scene);
        let head = rows.iter().position(|row| row_cells(row).concat().contains('−')).unwrap_or(0) + 1;
        let gutter = if width - 2 >= 60 { 8 } else { 5 };
        let shown = column(&rows[head..], 1, usize::from(width), gutter);
        let mut want = Vec::new();
        let diff = Diff::of(&old, &new);
        let sheet = taut::diff::Sheet::new(&diff, Layout::Unified, |_| true);
        for at in 0..sheet.lines() {
            match sheet.line(&diff, at).unwrap() {
                taut::diff::Line::Fold { .. } => {}
                taut::diff::Line::Same { new, .. } => want.extend(wanted(&format!("{}\n", new.text))),
                taut::diff::Line::Change { old, new, .. } => {
                    want.extend(old.or(new).into_iter().flat_map(|side| wanted(&format!("{}\n", side.text))));
                }
            }
        }
        prop_assert_eq!(shown, want);
        let plain = to_text(&scene);
        prop_assert_eq!(plain, to_text(&coloured(&mut desk, (width, 2_000))));
    }

    #[test]
    fn scrolled_sideways_every_column_comes_and_nothing_counts_as_read_that_was_cut(
        (old, new) in pair(), width in 24u16..60,
    ) {
        prop_assume!(old != new);
        let mut desk = whole(edit(vec![change("a.rs", Some(&old), Some(&new))]));
        desk.app.manner.long = Long::Scrolled;
        let scene = desk.settled((width, 600));
        let beyond = desk.app.diffs().seen.marks.beyond;
        prop_assert_eq!(desk.card().end_seen, beyond == 0);
        let count = payload(&scene).len();
        let mut found: BTreeMap<(usize, usize), String> = BTreeMap::new();
        for left in 0..=beyond {
            desk.card().diffs.left = left;
            let scene = desk.settled((width, 600));
            let rows = payload(&scene);
            prop_assert_eq!(rows.len(), count, "each line is a row");
            for (at, row) in rows.iter().enumerate() {
                let is_cut = row.spans.last().is_some_and(|span| span.look.role == Role::Info && span.text == "›");
                let cells = row_cells(row);
                let shown = cells.len() - usize::from(is_cut);
                for (column, cell) in cells.into_iter().take(shown).enumerate().skip(6) {
                    if !cell.trim().is_empty() {
                        found.insert((at, left + column - 6), cell);
                    }
                }
            }
        }
        prop_assert_eq!(desk.card().end_seen, beyond == 0, "scrolling sideways is not reading");
        let diff = Diff::of(&old, &new);
        let sheet = taut::diff::Sheet::new(&diff, Layout::Unified, |_| false);
        let head = count - sheet.lines() as usize;
        for at in 0..sheet.lines() {
            let text = match sheet.line(&diff, at).unwrap() {
                taut::diff::Line::Fold { .. } => continue,
                taut::diff::Line::Same { new, .. } => new.text,
                taut::diff::Line::Change { old, new, .. } => old.or(new).unwrap().text,
            };
            let row = head + at as usize;
            let shown: String = found.range((row, 0)..(row + 1, 0)).map(|(_, cell)| cell.as_str()).collect();
            prop_assert_eq!(shown, wanted(&format!("{text}\n")).concat());
        }
        desk.app.manner.long = Long::Wrapped;
        desk.settled((width, 2_000));
        prop_assert!(desk.card().end_seen);
    }
}
