//! What stands on a terminal: what was written to it goes in, lines with colours and nothing else come out.

use std::fmt::Write;
use std::num::NonZeroU16;
use vt100::{Cell, Color, Parser};

/// A larger terminal is taken as one of this size.
const COLUMNS: u64 = 500;
const ROWS: u64 = 200;

/// A terminal.
pub(super) struct Terminal(Parser);

impl Default for Terminal {
    fn default() -> Self {
        Self(Parser::new(cells(Some(24), ROWS, 24), cells(Some(80), COLUMNS, 80), 0))
    }
}

/// A size within bounds; what is none is the usual one.
fn cells(given: Option<u64>, most: u64, usual: u16) -> NonZeroU16 {
    let given = given.filter(|size| *size > 0).map(|size| u16::try_from(size.min(most)).unwrap_or(usual));
    NonZeroU16::new(given.unwrap_or(usual)).unwrap_or(NonZeroU16::MIN)
}

impl Terminal {
    /// It has this size from now on: columns, rows.
    pub(super) fn resize(&mut self, columns: Option<u64>, rows: Option<u64>) -> (u16, u16) {
        let (columns, rows) = (cells(columns, COLUMNS, 80), cells(rows, ROWS, 24));
        self.0.screen_mut().set_size(rows, columns);
        (columns.get(), rows.get())
    }

    /// Something is written to it.
    pub(super) fn take(&mut self, text: &str) {
        self.0.process(text.as_bytes());
    }

    /// What stands on it: a line a row, with its colours, down to the last that holds something or has the cursor.
    pub(super) fn text(&self) -> String {
        let screen = self.0.screen();
        let (rows, columns) = screen.size();
        let (row, column) = screen.cursor_position();
        let cursor = (!screen.hide_cursor()).then_some((row, column.min(columns.get() - 1)));
        let mut out = String::new();
        let mut end = 0;
        for row in 0..rows.get() {
            let from = out.len();
            let mut style = String::new();
            // Up to the last cell of the row that is more than ground.
            let shown = |column: &u16| {
                let cell = screen.cell(row, *column);
                cursor == Some((row, *column)) || cell.is_some_and(|cell| cell.has_contents() || is_ground(cell))
            };
            let last = (0..columns.get()).rev().find(shown);
            for column in 0..last.map_or(0, |last| last + 1) {
                let Some(cell) = screen.cell(row, column).filter(|cell| !cell.is_wide_continuation()) else { continue };
                let wanted = sgr(cell, cursor == Some((row, column)));
                if wanted != style {
                    out.push_str("\x1b[0");
                    out.push_str(&wanted);
                    out.push('m');
                    style = wanted;
                }
                out.push_str(if cell.has_contents() { cell.contents() } else { " " });
            }
            if !style.is_empty() {
                out.push_str("\x1b[0m");
            }
            if out.len() > from {
                end = out.len();
            }
            out.push('\n');
        }
        out.truncate(end);
        out
    }
}

/// Whether an empty cell is seen all the same.
fn is_ground(cell: &Cell) -> bool {
    cell.bgcolor() != Color::Default || cell.inverse() || cell.underline()
}

/// How a cell looks, as parameters of its escape sequence; the cursor stands on one.
fn sgr(cell: &Cell, is_cursor: bool) -> String {
    let mut all = String::new();
    let marks = [(cell.bold(), 1), (cell.dim(), 2), (cell.italic(), 3), (cell.underline(), 4)];
    let marks = marks.into_iter().chain([(cell.inverse() != is_cursor, 7)]);
    for (_, mark) in marks.filter(|(is, _)| *is) {
        // Writing to a String can't fail.
        let _ = write!(all, ";{mark}");
    }
    for (color, ground) in [(cell.fgcolor(), 38), (cell.bgcolor(), 48)] {
        let _ = match color {
            Color::Default => Ok(()),
            Color::Idx(number) => write!(all, ";{ground};5;{number}"),
            Color::Rgb(red, green, blue) => write!(all, ";{ground};2;{red};{green};{blue}"),
        };
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn screen(columns: u64, rows: u64, text: &str) -> String {
        let mut terminal = Terminal::default();
        terminal.resize(Some(columns), Some(rows));
        terminal.take(text);
        terminal.text()
    }

    #[test]
    fn what_is_written_is_what_stands_there_and_nothing_else() {
        let hidden = "\x1b[?25l";
        assert_eq!(screen(10, 3, &format!("{hidden}one\r\ntwo\x1b[1;1HO")), "One\ntwo");
        assert_eq!(screen(10, 3, &format!("{hidden}1\r\n2\r\n3\r\n4")), "2\n3\n4");
        assert_eq!(screen(10, 3, &format!("{hidden}a\x1b[31mb\x1b[0mc")), "a\x1b[0;38;5;1mb\x1b[0mc");
        assert_eq!(screen(10, 3, &format!("{hidden}日本\x1b]0;title\x07\x1b[2Kx\x1b[c")), "    x");
        assert_eq!(screen(10, 3, "$ "), "$ \x1b[0;7m \x1b[0m");
        assert_eq!(screen(0, 0, hidden), "");
    }

    #[test]
    fn no_size_is_too_much() {
        let mut terminal = Terminal::default();
        assert_eq!(terminal.resize(Some(u64::MAX), None), (500, 24));
        terminal.take(&"x".repeat(10_000));
        assert_eq!(terminal.resize(Some(1), Some(1)), (1, 1));
        terminal.take("日本\x1b[999;999H\x1b[999L\x1b[5;2r\n\n");
        assert!(terminal.text().lines().count() <= 1);
    }
}
