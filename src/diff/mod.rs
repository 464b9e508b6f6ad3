//! What changes between two texts, line by line and word by word.
//!
//! - [`Diff::of`] compares two texts; [`parse`](fn@parse) reads a unified or git patch into the same structure.
//! - [`Diff::row`] is one row of a unified view, at any place, without making the others; [`Diff::words`] says which
//!   words of a change differ, only for what is asked.
//! - [`Piece`] is the change of one file as a call tells it; hunks are counted over all pieces of a call, from 1.
//! - [`Sheet`] is the same unified or side by side, with unchanged lines folded or shown; its lines cost the same each.
//! - [`Blame`] follows a text through its versions and says who made each hunk.
//! - [`Diff::apply`] writes accepted hunks into a text, [`Diff::take`] also changed ones, and [`Diff::redone`] shows those; [`locate`](fn@locate) and [`splice`] find a fragment in its file.
//!
//! Rows, folds and side by side are views of the same hunks and changes: ranges of lines, never copies. Everything is
//! total: any text, any patch. What is too large for a fine comparison is one change from its first different line to its
//! last.

mod align;
mod apply;
mod blame;
mod compare;
mod lines;
mod locate;
mod parse;
mod part;
mod piece;
mod redo;
mod rows;
mod sheet;
mod unquote;
mod words;

pub use apply::Misfit;
pub use blame::Blame;
pub use lines::{Ending, LineText};
pub use locate::{Located, locate, splice};
pub use parse::{Fate, FilePatch, Patch, parse};
pub use part::Choice;
pub use piece::{Piece, numbered};
pub use rows::{Row, RowKind};
pub use sheet::{Folded, Layout, Line, Sheet, Side, Spot};
pub use words::Words;

use lines::Lines;
use std::ops::Range;

/// Unchanged lines around a change.
const CONTEXT: u32 = 3;

/// How two texts were compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Shape {
    /// Line by line.
    #[default]
    Text,
    /// Too large for that: one change from the first different line to the last.
    Large,
    /// It is not text: there are no lines to show.
    Binary,
}

/// The difference of two texts.
#[derive(Debug, Clone, Default)]
pub struct Diff {
    /// The regions that change, in order, with the lines around them.
    pub hunks: Vec<Hunk>,
    /// Lines added.
    pub added: u32,
    /// Lines removed.
    pub removed: u32,
    /// How it was compared.
    pub shape: Shape,
    /// It is a piece of a file: of the lines above it nothing is known but their number.
    pub is_piece: bool,
    old: Lines,
    new: Lines,
}

/// A region that changes, with the unchanged lines around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk {
    /// Its lines of the old text, counted from 0 in what this diff holds of it.
    pub old: Range<u32>,
    /// Its lines of the new text.
    pub new: Range<u32>,
    /// The number of its first old line in the file, from 1.
    pub old_line: u32,
    /// The number of its first new line in the file, from 1.
    pub new_line: u32,
    /// What a patch says about where it is (`fn verify`).
    pub heading: String,
    /// What changes in it, in order.
    pub changes: Vec<Change>,
    /// Its first row in the unified view.
    first_row: u32,
}

/// Lines that are replaced by others; either side may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The lines that go.
    pub old: Range<u32>,
    /// The lines that come.
    pub new: Range<u32>,
    /// Its first row in its hunk.
    first_row: u32,
}

impl Diff {
    /// Compares two texts by lines. An absent text is an empty one.
    #[must_use]
    pub fn of(old: &str, new: &str) -> Self {
        compare::compare(old, new)
    }

    /// A text in which nothing changes, with all of its lines: to be shown as a file is.
    #[must_use]
    pub fn whole(text: &str) -> Self {
        let lines = Lines::new(text);
        let all = 0..lines.len();
        let hunk = Hunk {
            old: all.clone(),
            new: all,
            old_line: 1,
            new_line: 1,
            heading: String::new(),
            changes: Vec::new(),
            first_row: 0,
        };
        let mut diff = Self {
            hunks: if text.is_empty() { Vec::new() } else { vec![hunk] },
            shape: Shape::Text,
            old: lines.clone(),
            new: lines,
            ..Self::default()
        };
        diff.number_rows();
        diff
    }

    /// The same, where the texts are pieces of a file that begin at this line of it (from 1).
    #[must_use]
    pub fn starting_at(mut self, line: u32) -> Self {
        let before = line.saturating_sub(1);
        self.is_piece = before > 0;
        for hunk in &mut self.hunks {
            hunk.old_line = hunk.old_line.saturating_add(before);
            hunk.new_line = hunk.new_line.saturating_add(before);
        }
        self.number_rows();
        self
    }

    /// True where nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hunks.is_empty() && self.shape != Shape::Binary
    }

    /// How lines end in this file: of the new text, or of the old one where the new one has no line that ends. Rows that end
    /// otherwise are worth a mark.
    #[must_use]
    pub fn usual_ending(&self) -> Ending {
        let ends = |side: &&Lines| side.get(0).map(|line| line.ending).filter(|ending| *ending != Ending::None);
        [&self.new, &self.old].iter().find_map(ends).unwrap_or(Ending::Lf)
    }

    /// True where lines only end in another way than before: nothing else changes.
    #[must_use]
    pub fn only_endings(&self) -> bool {
        let mut changes = self.hunks.iter().flat_map(|hunk| &hunk.changes).peekable();
        changes.peek().is_some()
            && changes.all(|change| {
                change.old.len() == change.new.len()
                    && change.old.clone().zip(change.new.clone()).all(|(old, new)| {
                        self.old.get(old).map(|line| line.text) == self.new.get(new).map(|line| line.text)
                    })
            })
    }

    /// A line of the old text, counted from 0 in what this diff holds of it.
    #[must_use]
    pub fn old_line(&self, index: u32) -> Option<LineText<'_>> {
        self.old.get(index)
    }

    /// A line of the new text, counted from 0 in what this diff holds of it.
    #[must_use]
    pub fn new_line(&self, index: u32) -> Option<LineText<'_>> {
        self.new.get(index)
    }

    /// Puts hunks around changes, and counts.
    fn assemble(old: Lines, new: Lines, shape: Shape, changes: Vec<Change>) -> Self {
        let added = changes.iter().map(|change| length(&change.new)).fold(0, u32::saturating_add);
        let removed = changes.iter().map(|change| length(&change.old)).fold(0, u32::saturating_add);
        let mut hunks: Vec<Hunk> = Vec::new();
        for change in changes {
            match hunks.last_mut() {
                Some(last) if change.old.start.saturating_sub(2 * CONTEXT) <= last.last_change_end() => {
                    last.changes.push(change);
                }
                _ => hunks.push(Hunk::around(change)),
            }
        }
        for hunk in &mut hunks {
            hunk.take_context(&old);
        }
        let mut diff = Self { hunks, added, removed, shape, is_piece: false, old, new };
        diff.number_rows();
        diff
    }
}

impl Hunk {
    /// Where it stands, as a patch says it: `@@ -3,2 +3,4 @@`. An empty side begins at the line before it.
    #[must_use]
    pub fn header(&self) -> String {
        let side = |first: u32, range: &Range<u32>| {
            let first = if range.is_empty() { first.saturating_sub(1) } else { first };
            format!("{first},{}", range.len())
        };
        format!("@@ -{} +{} @@", side(self.old_line, &self.old), side(self.new_line, &self.new))
    }

    fn around(change: Change) -> Self {
        Self {
            old: change.old.clone(),
            new: change.new.clone(),
            old_line: 1,
            new_line: 1,
            heading: String::new(),
            changes: vec![change],
            first_row: 0,
        }
    }

    fn last_change_end(&self) -> u32 {
        self.changes.last().map_or(0, |change| change.old.end)
    }

    /// Widens the hunk around its changes. As the lines around are the same on both sides, so is their number.
    fn take_context(&mut self, old: &Lines) {
        let (Some(first), Some(last)) = (self.changes.first(), self.changes.last()) else { return };
        let before = first.old.start.min(CONTEXT);
        let after = old.len().saturating_sub(last.old.end).min(CONTEXT);
        self.old = first.old.start - before..last.old.end + after;
        self.new = first.new.start.saturating_sub(before)..last.new.end + after;
        self.old_line = self.old.start + 1;
        self.new_line = self.new.start + 1;
    }
}

fn length(range: &Range<u32>) -> u32 {
    range.end.saturating_sub(range.start)
}

#[cfg(test)]
mod tests;
