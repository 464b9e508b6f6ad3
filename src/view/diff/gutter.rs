//! What stands before a line of a diff: its numbers and its sign.

use super::{Numbers, Sides};
use crate::diff::{Diff, Row as Line, RowKind};
use crate::theme::Role;
use crate::view::{Glyphs, Look, Row, row::spaces};

/// From so many cells on both numbers are shown.
const WIDE: usize = 60;

/// What stands before a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gutter {
    pub(super) numbers: Numbers,
    digits: usize,
    both: bool,
}

impl Default for Gutter {
    fn default() -> Self {
        Self { numbers: Numbers::OfFile, digits: 1, both: false }
    }
}

impl Gutter {
    /// The gutter of a diff at a width.
    pub(super) fn new(diff: &Diff, numbers: Numbers, sides: Sides, width: usize) -> Self {
        let last = diff.hunks.iter().map(|hunk| {
            let old = hunk.old_line.saturating_add(hunk.old.end.saturating_sub(hunk.old.start));
            let new = hunk.new_line.saturating_add(hunk.new.end.saturating_sub(hunk.new.start));
            old.max(new).saturating_sub(1)
        });
        let digits = last.max().unwrap_or(0).max(1).ilog10() as usize + 1;
        let both = width >= WIDE && sides == Sides::Both;
        Self { numbers, digits: digits.max(2) + usize::from(numbers == Numbers::OfPiece), both }
    }

    /// Its cells.
    pub(super) fn cells(self) -> usize {
        let columns = if self.both { 2 } else { 1 };
        columns * (self.digits + 1) + 2
    }

    /// Before the first row of a line.
    pub(super) fn first(self, line: &Line<'_>, glyphs: &Glyphs) -> Row {
        let (sign, look) = match line.kind {
            RowKind::Gap(_) | RowKind::Context => (" ", Look::from(Role::Gutter)),
            RowKind::Removed => (glyphs.minus, Look::strong(Role::Removed)),
            RowKind::Added => ("+", Look::strong(Role::Added)),
        };
        let number = |number: Option<u32>| match (number, self.numbers) {
            (Some(number), Numbers::OfFile) => format!("{number:>0$} ", self.digits),
            (Some(number), Numbers::OfPiece) => format!("{:>1$} ", format!("~{number}"), self.digits),
            (None, _) => spaces(self.digits + 1).into_owned(),
        };
        let numbers =
            if self.both { format!("{}{}", number(line.old), number(line.new)) } else { number(line.new.or(line.old)) };
        let quiet = Look { bold: false, ..look };
        Row::of(numbers, quiet).with(sign, look).with(" ", quiet)
    }

    /// Before what is said between two hunks.
    pub(super) fn rule(self, glyphs: &Glyphs) -> Row {
        Row::of(glyphs.across.repeat(self.cells().saturating_sub(1)), Role::Rule).with(" ", Role::Text)
    }

    /// Before the other rows of that.
    pub(super) fn blank(self) -> Row {
        Row::of(spaces(self.cells()), Role::Text)
    }

    /// Before the other rows of a line.
    pub(super) fn next(self, glyphs: &Glyphs) -> Row {
        let sign = if glyphs.ascii { "\\" } else { "»" };
        Row::of(spaces(self.cells() - 2), Role::Gutter).with(sign, Role::Gutter).with(" ", Role::Gutter)
    }
}
