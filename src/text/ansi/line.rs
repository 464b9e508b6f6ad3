//! The line that is being written, as cells.

use super::sgr::Style;
use super::{Line, Span};
use crate::text::{Kind, visible};
use unicode_width::UnicodeWidthChar;

/// A line longer than this is broken: no line of a tool may cost more than this.
const MOST_CELLS: usize = 8192;
/// Characters that join a cell beyond its own.
const MOST_JOINED: usize = 8;

#[derive(Debug, Clone, Default)]
struct Cell {
    /// The character, and what it stands on the right half of: `None` is the second cell of a wide one.
    c: Option<char>,
    /// What joins it (accents and the like).
    joined: Option<Box<str>>,
    style: Style,
}

/// A cursor in a line.
#[derive(Debug, Default)]
pub(super) struct Pen {
    /// How the next character looks.
    pub(super) style: Style,
    cells: Vec<Cell>,
    at: usize,
}

impl Pen {
    /// Writes one character over what is there, and moves on.
    pub(super) fn put(&mut self, c: char) {
        // Hidden characters have a cell each, so that each one's mark is in its place.
        let width = c.width().unwrap_or(1);
        if width == 0 && self.join(c) {
            return;
        }
        self.put_cell(Some(c));
        if width > 1 {
            self.put_cell(None);
        }
    }

    pub(super) fn go_to(&mut self, column: usize) {
        self.at = column.min(MOST_CELLS);
    }

    pub(super) fn back(&mut self, count: usize) {
        self.at = self.at.saturating_sub(count);
    }

    pub(super) fn forward(&mut self, count: usize) {
        self.go_to(self.at.saturating_add(count));
    }

    pub(super) fn tab(&mut self) {
        self.forward(8 - self.at % 8);
    }

    pub(super) fn erase_after(&mut self) {
        self.cells.truncate(self.at);
    }

    pub(super) fn erase_before(&mut self) {
        let end = self.at.saturating_add(1).min(self.cells.len());
        self.cells[..end].fill(Cell { c: Some(' '), ..Cell::default() });
    }

    pub(super) fn erase_all(&mut self) {
        self.cells.clear();
    }

    /// Where the cursor is.
    pub(super) fn column(&self) -> usize {
        self.at
    }

    /// Cells of the line.
    pub(super) fn cells(&self) -> usize {
        self.cells.len()
    }

    pub(super) fn is_full(&self) -> bool {
        self.cells.len() >= MOST_CELLS && self.at >= MOST_CELLS
    }

    /// The line as it looks now.
    pub(super) fn line(&self) -> Line {
        let mut line = Line { text: String::with_capacity(self.cells.len()), spans: Vec::new() };
        let mut run = String::new();
        let mut style = Style::default();
        for cell in &self.cells {
            if cell.style != style {
                push(&mut line, &mut run, style);
                style = cell.style;
            }
            run.extend(cell.c);
            run.extend(cell.joined.as_deref());
        }
        push(&mut line, &mut run, style);
        line
    }

    /// Adds to the character before the cursor; false where there is none.
    fn join(&mut self, c: char) -> bool {
        let end = self.at.min(self.cells.len());
        let before = self.cells[..end].iter_mut().rev().find(|cell| cell.c.is_some());
        let Some(cell) = before else { return false };
        let mut joined = cell.joined.take().map_or_else(String::new, String::from);
        let room = joined.chars().count() < MOST_JOINED;
        if room {
            joined.push(c);
        }
        cell.joined = Some(joined.into_boxed_str());
        room
    }

    fn put_cell(&mut self, c: Option<char>) {
        let cell = Cell { c, joined: None, style: self.style };
        if self.at > self.cells.len() {
            self.cells.resize(self.at, Cell { c: Some(' '), ..Cell::default() });
        }
        match self.cells.get(self.at) {
            None => self.cells.push(cell),
            Some(old) => {
                // Half of a wide character cannot stay.
                let was_second = old.c.is_none();
                self.cells[self.at] = cell;
                if was_second && c.is_some() && self.at > 0 {
                    self.cells[self.at - 1].c = Some(' ');
                }
                if c.is_some() && self.cells.get(self.at + 1).is_some_and(|next| next.c.is_none()) {
                    self.cells[self.at + 1].c = Some(' ');
                }
            }
        }
        self.at += 1;
        if c.is_none() && self.cells.get(self.at).is_some_and(|next| next.c.is_none()) {
            self.cells[self.at].c = Some(' ');
        }
    }
}

fn push(line: &mut Line, run: &mut String, style: Style) {
    let shown = visible(run);
    let start = line.text.len();
    line.text.push_str(&shown.text);
    for (range, kind) in shown.spans() {
        line.spans.push(Span { end: start + range.end, style, mark: kind == Kind::Mark });
    }
    run.clear();
}
