//! The last lines of an output, on which the cursor moves: what a terminal would show of it.

use super::Line;
use super::line::Pen;
use super::sgr::Style;
use std::collections::VecDeque;

/// Lines that the cursor can go back to. No progress display is taller.
const LINES: usize = 64;
/// Cells that these may hold together; those beyond it are as they are.
const CELLS: usize = 64 << 10;

/// Lines that are final, and those on which the cursor moves.
#[derive(Default)]
pub(super) struct Screen {
    /// Lines that nothing changes any more.
    pub(super) lines: Vec<Line>,
    /// The lines before the bottom one that can still change, top first.
    rows: VecDeque<Pen>,
    /// The line that the cursor is on.
    pen: Pen,
    /// How many of `rows` stand before it; the others stand below it.
    at: usize,
    /// A place to come back to: its line, counted from the first one of all, and its column.
    saved: Option<(usize, usize)>,
    /// How the next character looks.
    pub(super) style: Style,
    /// An escape that is not finished is ended now.
    pub(super) cancelling: bool,
}

impl Screen {
    /// Writes a character; a line that is full goes on in the next one.
    pub(super) fn put(&mut self, c: char) {
        if self.pen.is_full() {
            self.newline();
        }
        self.pen.style = self.style;
        self.pen.put(c);
    }

    /// The line that the cursor is on.
    pub(super) fn pen(&mut self) -> &mut Pen {
        &mut self.pen
    }

    /// To the beginning of the next line; a new one where there is none.
    pub(super) fn newline(&mut self) {
        if self.at == self.rows.len() {
            self.rows.push_back(std::mem::take(&mut self.pen));
            self.at += 1;
            self.settle();
        } else {
            self.go(self.at + 1);
        }
        self.pen.go_to(0);
    }

    /// So many lines up, as far as there are any.
    pub(super) fn up(&mut self, lines: usize) {
        let column = self.pen.column();
        self.go(self.at.saturating_sub(lines));
        self.pen.go_to(column);
    }

    /// So many lines down, but not below the last one.
    pub(super) fn down(&mut self, lines: usize) {
        let column = self.pen.column();
        self.go(self.at.saturating_add(lines).min(self.rows.len()));
        self.pen.go_to(column);
    }

    /// Erases from the cursor to the end of everything.
    pub(super) fn erase_below(&mut self) {
        self.pen.erase_after();
        self.rows.truncate(self.at);
    }

    pub(super) fn save(&mut self) {
        self.saved = Some((self.lines.len() + self.at, self.pen.column()));
    }

    pub(super) fn restore(&mut self) {
        if let Some((line, column)) = self.saved {
            self.go(line.saturating_sub(self.lines.len()).min(self.rows.len()));
            self.pen.go_to(column);
        }
    }

    /// All lines, as they look now.
    pub(super) fn all(mut self) -> Vec<Line> {
        let below = self.rows.split_off(self.at);
        self.lines.extend(self.rows.iter().map(Pen::line));
        let begun = self.lines.len();
        self.lines.push(self.pen.line());
        self.lines.extend(below.iter().map(Pen::line));
        // The cursor stands on an empty line where everything was said.
        while self.lines.len() > begun && self.lines.last().is_some_and(|line| line.text.is_empty()) {
            self.lines.pop();
        }
        self.lines
    }

    /// Puts the cursor on a line: `rows` holds all the others, in order.
    fn go(&mut self, to: usize) {
        while self.at > to {
            self.at -= 1;
            if let Some(row) = self.rows.get_mut(self.at) {
                std::mem::swap(row, &mut self.pen);
            }
        }
        while self.at < to {
            if let Some(row) = self.rows.get_mut(self.at) {
                std::mem::swap(row, &mut self.pen);
            }
            self.at += 1;
        }
    }

    /// Lines that are too far up are final.
    fn settle(&mut self) {
        let mut cells: usize = self.rows.iter().map(Pen::cells).sum();
        while self.rows.len() > LINES || (cells > CELLS && self.rows.len() > 1) {
            let Some(row) = self.rows.pop_front() else { return };
            cells -= row.cells();
            self.at = self.at.saturating_sub(1);
            self.lines.push(row.line());
        }
    }
}
