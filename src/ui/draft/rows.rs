//! What is typed as rows of the screen, and the cursor among them: wide characters, marks and folded pastes included.

use super::{Draft, Edited};
use crate::text;
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// A run of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// What is drawn.
    pub text: String,
    /// What it is.
    pub kind: RunKind,
}

/// What a run of a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunKind {
    /// Text as it was typed.
    Typed,
    /// A mark that stands for a character that can't be seen.
    Mark,
    /// A folded paste.
    Fold,
}

/// One row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DraftRow {
    /// Its runs, left to right.
    pub runs: Vec<Run>,
    /// The line goes on in the next row.
    pub goes_on: bool,
    /// Where the cursor can stand: the offset in the draft, and the column.
    stops: Vec<(usize, usize)>,
}

/// The rows of a draft around its cursor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Window {
    /// The rows, at least one.
    pub rows: Vec<DraftRow>,
    /// Where the cursor stands: column, row.
    pub cursor: (usize, usize),
    /// Rows come before these.
    pub above: bool,
    /// Rows follow these.
    pub below: bool,
}

impl DraftRow {
    /// The row as text.
    #[must_use]
    pub fn text(&self) -> String {
        self.runs.iter().map(|run| run.text.as_str()).collect()
    }

    /// The column of an offset, where the cursor can stand on it in this row.
    fn column(&self, at: usize) -> Option<usize> {
        self.stops.iter().find(|(offset, _)| *offset == at).map(|(_, column)| *column)
    }

    /// The last offset at or before a column.
    fn offset(&self, column: usize) -> Option<usize> {
        let before = self.stops.iter().rev().find(|(_, at)| *at <= column);
        before.or(self.stops.first()).map(|(offset, _)| *offset)
    }
}

impl Draft {
    /// The rows around the cursor, at most `most` (and one at least) of `columns` columns: only the lines that are in
    /// sight are looked at.
    #[must_use]
    pub fn window(&self, columns: usize, most: usize) -> Window {
        let (most, at) = (most.max(1), self.aligned());
        let (start, end) = (self.line_start(at), self.line_end(at));
        let mut here = self.line(start..end, columns);
        let (row, column) = place(&here, at);
        let mut after = here.split_off((row + 1).min(here.len()));
        let (mut before, mut first) = (here, start);
        while before.len() < most && first > 0 {
            let above = self.line_start(first - 1)..first - 1;
            first = above.start;
            let mut rows = self.line(above, columns);
            rows.append(&mut before);
            before = rows;
        }
        let hidden = before.len().saturating_sub(most);
        let mut rows = before.split_off(hidden);
        let cursor = (column, rows.len().saturating_sub(1));
        let mut last = end;
        while rows.len() + after.len() < most && last < self.text.len() {
            let below = last + 1..self.line_end(last + 1);
            last = below.end;
            after.extend(self.line(below, columns));
        }
        let room = most - rows.len();
        let below = after.len() > room || last < self.text.len();
        after.truncate(room);
        rows.append(&mut after);
        Window { rows, cursor, above: hidden > 0 || first > 0, below }
    }

    /// The cursor one row up.
    pub(super) fn row_up(&mut self, columns: usize, goal: Option<usize>) -> Edited {
        let at = self.aligned();
        let start = self.line_start(at);
        let mut rows = self.line(start..self.line_end(at), columns);
        let (row, column) = place(&rows, at);
        let target = match row.checked_sub(1) {
            Some(above) => Some(rows.swap_remove(above)),
            None if start == 0 => return Edited::Above,
            None => self.line(self.line_start(start - 1)..start - 1, columns).pop(),
        };
        self.go_to(target, goal.unwrap_or(column));
        Edited::Here
    }

    /// The cursor one row down.
    pub(super) fn row_down(&mut self, columns: usize, goal: Option<usize>) -> Edited {
        let at = self.aligned();
        let end = self.line_end(at);
        let mut rows = self.line(self.line_start(at)..end, columns);
        let (row, column) = place(&rows, at);
        let target = if row + 1 < rows.len() {
            Some(rows.swap_remove(row + 1))
        } else if end == self.text.len() {
            return Edited::Below;
        } else {
            self.line(end + 1..self.line_end(end + 1), columns).into_iter().next()
        };
        self.go_to(target, goal.unwrap_or(column));
        Edited::Here
    }

    fn go_to(&mut self, row: Option<DraftRow>, column: usize) {
        if let Some(offset) = row.and_then(|row| row.offset(column)) {
            (self.cursor, self.goal) = (offset, Some(column));
        }
    }

    /// One line as rows.
    fn line(&self, line: Range<usize>, columns: usize) -> Vec<DraftRow> {
        let (mut shown, mut kinds, mut stops) = (String::new(), Vec::new(), Vec::new());
        let mut at = line.start;
        let inside = |fold: &&Range<usize>| fold.start >= line.start && fold.end <= line.end;
        for fold in self.folds.iter().filter(inside) {
            self.plain(at..fold.start, &mut shown, &mut kinds, &mut stops);
            stops.push((fold.start, shown.len()));
            let from = shown.len();
            shown.push_str(&self.label(fold));
            kinds.push((from..shown.len(), RunKind::Fold));
            at = fold.end;
        }
        self.plain(at..line.end, &mut shown, &mut kinds, &mut stops);
        stops.push((line.end, shown.len()));
        let mut rows = Vec::new();
        let (mut stops, mut kinds) = (stops.into_iter().peekable(), kinds.as_slice());
        let mut ranges = text::wrap(&shown, columns).peekable();
        while let Some(range) = ranges.next() {
            let next = ranges.peek().map_or(usize::MAX, |next| next.start);
            let goes_on = ranges.peek().is_some();
            let mut row = DraftRow { runs: runs(&shown, &range, kinds), goes_on, stops: Vec::new() };
            kinds = &kinds[kinds.iter().take_while(|(run, _)| run.end <= range.end).count()..];
            let (mut from, mut column) = (range.start, 0);
            while let Some((offset, stop)) = stops.next_if(|(_, stop)| *stop < next) {
                let stop = stop.clamp(from, range.end.max(from));
                column += text::width(shown.get(from..stop).unwrap_or_default());
                from = stop;
                row.stops.push((offset, column));
            }
            rows.push(row);
        }
        rows
    }

    /// Text between folds: as it is drawn, with every edge of a character as a stop.
    fn plain(
        &self,
        range: Range<usize>,
        shown: &mut String,
        kinds: &mut Vec<(Range<usize>, RunKind)>,
        stops: &mut Vec<(usize, usize)>,
    ) {
        let source = self.text.get(range.clone()).unwrap_or_default();
        // The text is the human's own: an emoji of several parts is shown as its parts, without marks between them.
        let (visible, base) = (text::prose(source), shown.len());
        stops.extend(source.grapheme_indices(true).map(|(at, _)| (range.start + at, base + visible.shown(at))));
        kinds.extend(visible.spans().map(|(span, kind)| {
            let kind = if kind == text::Kind::Mark { RunKind::Mark } else { RunKind::Typed };
            (base + span.start..base + span.end, kind)
        }));
        shown.push_str(&visible.text);
    }
}

/// In which row and column of a line an offset is: the last row that has it, since a full row goes on in the next.
fn place(rows: &[DraftRow], at: usize) -> (usize, usize) {
    let found = rows.iter().enumerate().rev().find_map(|(row, it)| Some((row, it.column(at)?)));
    found.unwrap_or((rows.len().saturating_sub(1), 0))
}

/// The part of a line in a row, by kinds.
fn runs(shown: &str, row: &Range<usize>, kinds: &[(Range<usize>, RunKind)]) -> Vec<Run> {
    let mut runs = Vec::new();
    for (range, kind) in kinds.iter().take_while(|(range, _)| range.start < row.end) {
        let text = shown.get(range.start.max(row.start)..range.end.min(row.end)).unwrap_or_default();
        if !text.is_empty() {
            runs.push(Run { text: text.to_owned(), kind: *kind });
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::super::tests::press;
    use super::*;
    use proptest::prelude::*;

    fn drawn(draft: &Draft, columns: usize, most: usize) -> (Vec<String>, (usize, usize)) {
        let window = draft.window(columns, most);
        (window.rows.iter().map(DraftRow::text).collect(), window.cursor)
    }

    fn at(text: &str, cursor: usize) -> Draft {
        Draft { cursor, ..Draft::of(text.to_owned()) }
    }

    #[test]
    fn the_cursor_stands_where_the_next_letter_goes() {
        assert_eq!(drawn(&at("", 0), 10, 3), (vec![String::new()], (0, 0)));
        assert_eq!(drawn(&at("日本", 3), 10, 3).1, (2, 0));
        assert_eq!(drawn(&at("one\n", 4), 10, 3), (vec!["one".into(), String::new()], (0, 1)));
        assert_eq!(drawn(&at("aaaa bbbb", 5), 5, 3).1, (0, 1));
        assert_eq!(drawn(&at("a\u{7}b", 2), 10, 3), (vec!["a␇b".into()], (2, 0)));
        assert_eq!(drawn(&at("e\u{301}x", 3), 10, 3).1, (1, 0), "a combining mark has no cell of its own");
        assert_eq!(drawn(&at("👨‍👩‍👧x", 18), 10, 3).1.1, 0);
        assert_eq!(drawn(&at("日本語", 9), 4, 3), (vec!["日本".into(), "語".into()], (2, 1)));
        let marked = at("a\u{202e}b", 5).window(10, 3).rows.remove(0);
        assert_eq!(marked.runs[1].kind, RunKind::Mark, "{marked:?}");
    }

    #[test]
    fn only_so_many_rows_are_in_sight_and_the_cursor_is_among_them() {
        let mut draft = Draft::of((1..=20).fold(String::new(), |text, n| text + &format!("line {n}\n")));
        let window = draft.window(20, 4);
        assert_eq!((window.rows.len(), window.cursor, window.above, window.below), (4, (0, 3), true, false));
        press(&mut draft, "ctrl-home");
        let window = draft.window(20, 4);
        assert_eq!(
            (window.rows[3].text().as_str(), window.cursor, window.above, window.below),
            ("line 4", (0, 0), false, true)
        );
        press(&mut draft, "down down down down");
        let window = draft.window(20, 4);
        assert_eq!((window.rows[0].text().as_str(), window.above, window.below), ("line 2", true, true));
    }

    #[test]
    fn up_and_down_go_by_rows_and_keep_their_column() {
        let mut draft = Draft::of("aaaa bbbb cccc\nx\nyyyyyyyy".to_owned());
        let go = |draft: &mut Draft, key: &str| {
            let chord: crate::ui::Chord = key.parse().unwrap();
            draft.edit(chord.into(), 5);
            draft.cursor
        };
        // Rows: "aaaa ", "bbbb ", "cccc", "x", "yyyyy", "yyy".
        draft.cursor = 8;
        let path: Vec<usize> =
            ["up", "down", "down", "down", "down", "down", "down"].map(|key| go(&mut draft, key)).into();
        assert_eq!(path, [3, 8, 13, 16, 20, 25, 25], "{draft:?}");
    }

    #[test]
    fn a_fold_is_a_few_words() {
        let mut draft = Draft::of("see ".to_owned());
        draft.paste(&"x\n".repeat(9));
        draft.insert("?");
        assert_eq!(drawn(&draft, 40, 5), (vec!["see [pasted 9 lines]?".into()], (21, 0)));
        assert_eq!(drawn(&draft, 10, 5).0, ["see ", "[pasted 9 ", "lines]?"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(192))]
        #[test]
        fn any_draft_has_its_cursor_in_sight(
            text in "(\\PC|\n|\t|e\u{301}|日|👨‍👩‍👧|\u{202e}|a){0,40}",
            cursor in 0usize..80,
            folds in prop::collection::vec((0usize..60, 0usize..30), 0..3),
            columns in 1usize..14,
            most in 0usize..6,
            keys in prop::collection::vec(0usize..6, 0..6),
        ) {
            let folds = folds.into_iter().map(|(from, length)| from..from + length).collect();
            let mut draft = Draft { cursor, folds, ..Draft::of(text) }.sane();
            for key in keys {
                let chord: crate::ui::Chord = ["up", "down", "left", "right", "backspace", "a"][key].parse().unwrap();
                draft.edit(chord.into(), columns);
                let window = draft.window(columns, most);
                prop_assert!(!window.rows.is_empty() && window.rows.len() <= most.max(1));
                prop_assert!(window.cursor.1 < window.rows.len());
                let row = &window.rows[window.cursor.1];
                prop_assert!(window.cursor.0 <= text::width(&row.text()), "{window:?}");
                let cut = |line: &String| text::width(line) <= columns || line.graphemes(true).count() == 1 || line.chars().count() < 4;
                prop_assert!(window.rows.iter().map(DraftRow::text).all(|line| cut(&line)), "{window:?}");
                prop_assert!(draft.fold_around(draft.cursor).is_none());
            }
        }
    }
}
