//! The unified view, row by row.

use super::lines::Ending;
use super::{Diff, Hunk, length};

/// What a row of the unified view shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    /// This many unchanged lines are left out here; the text is the heading of the hunk that follows.
    Gap(u32),
    /// A line that stays.
    Context,
    /// A line that goes.
    Removed,
    /// A line that comes.
    Added,
}

/// A row of the unified view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row<'a> {
    /// What it shows.
    pub kind: RowKind,
    /// The number of the line in the old file.
    pub old: Option<u32>,
    /// The number of the line in the new file.
    pub new: Option<u32>,
    /// The line, without its ending.
    pub text: &'a str,
    /// How the line ends.
    pub ending: Ending,
    /// The hunk that it belongs to.
    pub hunk: usize,
    /// The change within the hunk, and the line within that side of it: where [`Diff::words`] has its words.
    pub change: Option<(usize, usize)>,
}

impl Diff {
    /// How many rows the unified view has.
    #[must_use]
    pub fn row_count(&self) -> u32 {
        self.hunks
            .last()
            .map_or(0, |hunk| hunk.first_row.saturating_add(hunk.row_count(self.gap(self.hunks.len() - 1))))
    }

    /// A row of the unified view; the cost does not depend on which.
    #[must_use]
    pub fn row(&self, index: u32) -> Option<Row<'_>> {
        let at = self.hunks.partition_point(|hunk| hunk.first_row <= index).checked_sub(1)?;
        let hunk = &self.hunks[at];
        let gap = self.gap(at);
        let mut offset = index - hunk.first_row;
        if gap > 0 {
            let Some(rest) = offset.checked_sub(1) else {
                return Some(Row {
                    kind: RowKind::Gap(gap),
                    old: None,
                    new: None,
                    text: &hunk.heading,
                    ending: Ending::Lf,
                    hunk: at,
                    change: None,
                });
            };
            offset = rest;
        }
        self.line_row(at, hunk, offset)
    }

    /// The first row of a hunk: where the view goes when it jumps there.
    #[must_use]
    pub fn hunk_row(&self, hunk: usize) -> Option<u32> {
        self.hunks.get(hunk).map(|hunk| hunk.first_row)
    }

    /// True where a row stands before a hunk that says what is left out.
    pub(super) fn has_head(&self, hunk: usize) -> bool {
        self.gap(hunk) > 0
    }

    fn line_row<'a>(&'a self, at: usize, hunk: &'a Hunk, offset: u32) -> Option<Row<'a>> {
        let change_at = hunk.changes.partition_point(|change| change.first_row <= offset).checked_sub(1);
        let (kind, old, new, change) = match change_at.map(|at| (at, &hunk.changes[at])) {
            None => (RowKind::Context, Some(hunk.old.start + offset), Some(hunk.new.start + offset), None),
            Some((change_at, change)) => {
                let within = offset - change.first_row;
                let (removed, added) = (length(&change.old), length(&change.new));
                if within < removed {
                    (RowKind::Removed, Some(change.old.start + within), None, Some((change_at, within as usize)))
                } else if within - removed < added {
                    let within = within - removed;
                    (RowKind::Added, None, Some(change.new.start + within), Some((change_at, within as usize)))
                } else {
                    let behind = within - removed - added;
                    (RowKind::Context, Some(change.old.end + behind), Some(change.new.end + behind), None)
                }
            }
        };
        if old.is_some_and(|old| old >= hunk.old.end) || new.is_some_and(|new| new >= hunk.new.end) {
            return None;
        }
        let line = match (old, new) {
            (_, Some(new)) => self.new.get(new)?,
            (Some(old), None) => self.old.get(old)?,
            (None, None) => return None,
        };
        let number =
            |index: Option<u32>, start: u32, first: u32| index.map(|index| first.saturating_add(index - start));
        Some(Row {
            kind,
            old: number(old, hunk.old.start, hunk.old_line),
            new: number(new, hunk.new.start, hunk.new_line),
            text: line.text,
            ending: line.ending,
            hunk: at,
            change,
        })
    }

    /// The unchanged lines that are left out before a hunk.
    fn gap(&self, at: usize) -> u32 {
        let Some(hunk) = self.hunks.get(at) else { return 0 };
        let before = at.checked_sub(1).map(|before| &self.hunks[before]);
        let end = before.map_or(1, |before| before.old_line.saturating_add(length(&before.old)));
        let gap = hunk.old_line.saturating_sub(end);
        // A patch may put hunks side by side, or out of order; they still want a row between them.
        if before.is_some() { gap.max(1) } else { gap }
    }

    /// Gives every hunk and change its first row.
    pub(super) fn number_rows(&mut self) {
        let mut row = 0u32;
        for at in 0..self.hunks.len() {
            let gap = self.gap(at);
            let hunk = &mut self.hunks[at];
            hunk.first_row = row;
            let (mut extra, start) = (0u32, hunk.old.start);
            for change in &mut hunk.changes {
                change.first_row = change.old.start.saturating_sub(start).saturating_add(extra);
                extra = extra.saturating_add(length(&change.new));
            }
            row = row.saturating_add(hunk.row_count(gap));
        }
    }
}

impl Hunk {
    fn row_count(&self, gap: u32) -> u32 {
        let added = self.changes.iter().map(|change| length(&change.new)).fold(0, u32::saturating_add);
        length(&self.old).saturating_add(added).saturating_add(u32::from(gap > 0))
    }
}
