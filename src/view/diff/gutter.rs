//! What stands before a line of a diff: its numbers and its sign.

use super::{Kind, Numbers, Sides};
use crate::diff::{Diff, Layout};
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

impl Gutter {
    /// One that is not fitted to anything yet.
    pub(super) fn unfitted(numbers: Numbers) -> Self {
        Self { numbers, digits: 1, both: false }
    }

    /// The gutter of a diff at a width.
    pub(super) fn new(diff: &Diff, numbers: Numbers, sides: Sides, layout: Layout, width: usize) -> Self {
        let digits = diff.last_number().max(1).ilog10() as usize + 1;
        let both = width >= WIDE && sides == Sides::Both && layout == Layout::Unified;
        Self { numbers, digits: digits.max(2) + usize::from(numbers == Numbers::OfPiece), both }
    }

    /// Its cells.
    pub(super) fn cells(self) -> usize {
        let columns = if self.both { 2 } else { 1 };
        columns * (self.digits + 1) + 2
    }

    /// Before the first row of a line, with its numbers in the old and the new file.
    pub(super) fn first(self, (old, new): (Option<u32>, Option<u32>), kind: Kind, glyphs: &Glyphs) -> Row {
        let (sign, look) = match kind {
            Kind::Same => (" ", Look::from(Role::Gutter)),
            Kind::Removed => (glyphs.minus, Look::strong(Role::Removed)),
            Kind::Added => ("+", Look::strong(Role::Added)),
        };
        let number = |number: Option<u32>| match (number, self.numbers) {
            (Some(number), Numbers::OfFile) => format!("{number:>0$} ", self.digits),
            (Some(number), Numbers::OfPiece) => format!("{:>1$} ", format!("~{number}"), self.digits),
            (None, _) => spaces(self.digits + 1).into_owned(),
        };
        let numbers = if self.both { format!("{}{}", number(old), number(new)) } else { number(new.or(old)) };
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
