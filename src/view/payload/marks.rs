//! Where in a payload a reader stands: which hunk, which file, what can be unfolded, and what is cut at the side.

use super::{Body, Change, Payload};
use crate::diff::Folded;
use crate::ui::diffs::{Among, DiffUi, FileMark, Fold, HunkMark, Long, Marks};
use std::ops::Range;
use std::sync::Arc;

impl Payload {
    /// The changes in it: the part, its first row with its head, and its first row.
    fn changes(&self) -> impl DoubleEndedIterator<Item = (usize, usize, usize, &Change)> {
        self.parts.iter().zip(&self.starts).enumerate().filter_map(|(at, (part, &start))| match &part.body {
            Body::Diff(change) => {
                let head = at.checked_sub(1).and_then(|at| self.starts.get(at)).copied().unwrap_or(start);
                Some((at, head, start, &**change))
            }
            Body::Note(_) | Body::Lines(..) => None,
        })
    }

    /// The files that change.
    pub(super) fn find_files(&self) -> Arc<[FileMark]> {
        let mark = |(_, head, _, change): (usize, usize, usize, &Change)| {
            let (added, removed) = change.diff.counts();
            FileMark { name: change.name.clone(), added, removed, row: head }
        };
        self.changes().map(mark).collect()
    }

    /// The hunks of all changes, in their order.
    pub(super) fn find_hunks(&self) -> Arc<[HunkMark]> {
        let of_change = |(_, head, start, change): (usize, usize, usize, &Change)| {
            let (diff, end) = (&change.diff, start + change.diff.heights().rows());
            let row = |at: usize| diff.hunk_row(at).map_or(end, |row| start + row);
            let mark =
                |at: usize| HunkMark { row: if at == 0 { head } else { row(at) }, from: row(at), to: row(at + 1) };
            (0..diff.hunk_count()).map(mark).collect::<Vec<_>>()
        };
        self.changes().flat_map(of_change).collect()
    }

    /// The hunks, as they were found.
    pub(in crate::view) fn hunks(&self) -> Arc<[HunkMark]> {
        Arc::clone(&self.hunks)
    }

    /// The files that change, as they were found.
    pub(in crate::view) fn files(&self) -> Arc<[FileMark]> {
        Arc::clone(&self.files)
    }

    /// The first column shown of lines that are not broken.
    pub(in crate::view) fn left(&self, diffs: &DiffUi) -> usize {
        match self.fit().manner.long {
            Long::Wrapped => 0,
            Long::Scrolled => {
                let beyond = self.changes().map(|(_, _, _, change)| change.diff.heights().beyond()).max();
                diffs.left.min(beyond.unwrap_or(0))
            }
        }
    }

    /// Rows from the first of these on that are wholly on the screen: no line among them is cut at the side, at its end or,
    /// where the first column shown is another one, at its beginning.
    pub(in crate::view) fn uncut(&self, rows: &Range<usize>, left: usize) -> usize {
        let cut = self.changes().find_map(|(_, _, start, change)| {
            let heights = change.diff.heights();
            if start >= rows.end || start + heights.rows() <= rows.start {
                return None;
            }
            let from = rows.start.saturating_sub(start);
            if left > 0 { Some(start + from) } else { heights.cut_from(from).map(|row| start + row) }
        });
        cut.map_or(rows.len(), |cut| cut.saturating_sub(rows.start).min(rows.len()))
    }

    /// Where the reader of some rows stands, with row `top` at the top.
    pub(in crate::view) fn marks(&self, rows: &Range<usize>, top: i64) -> Marks {
        let mut marks = Marks::default();
        let away = |row: usize| i64::try_from(row).unwrap_or(i64::MAX) - top;
        let at_end = rows.end >= self.rows();
        for (number, (part, head, start, change)) in (1..).zip(self.changes()) {
            let diff = &change.diff;
            let end = start + diff.heights().rows();
            marks.has_diff |= diff.heights().rows() > 0;
            marks.narrow |= diff.is_narrow();
            marks.wide += diff.heights().wide();
            marks.beyond = marks.beyond.max(diff.heights().beyond());
            marks.file.of = number;
            if away(head) < 0 {
                marks.file.before = Some(head);
            } else if away(head) > 0 && !at_end && marks.file.after.is_none() {
                marks.file.after = Some(head);
            }
            jumps(&mut marks.hunk, top, (head, start), change);
            if end <= rows.start || head >= rows.end {
                continue;
            }
            marks.file.last = number;
            if marks.file.first == 0 {
                marks.file.first = number;
                let before = |row: usize| diff.hunks_before(row.saturating_sub(start));
                let of = diff.hunk_count();
                let first = before(rows.start + 1).clamp(1, of.max(1));
                let among = Among { first, last: before(rows.end).clamp(first, of.max(1)), of, ..marks.hunk };
                marks.hunk = if of == 0 { marks.hunk } else { among };
            }
            self.folds(&mut marks, part, start, rows);
        }
        if at_end {
            marks.hunk.after = None;
        }
        marks
    }

    /// The first of the rows that fold, else the lines in which the reader stands.
    fn folds(&self, marks: &mut Marks, part: usize, start: usize, rows: &Range<usize>) {
        let Some(Body::Diff(change)) = self.parts.get(part).map(|part| &part.body) else { return };
        let own = rows.start.saturating_sub(start)..rows.end.saturating_sub(start);
        let number = u32::try_from(part).unwrap_or(u32::MAX);
        for (gap, folded) in change.diff.folds(&own) {
            match folded {
                Folded::Unknown => marks.unknown = true,
                Folded::Closed | Folded::Open if marks.fold.is_none() => {
                    marks.fold = Some(Fold { part: number, gap });
                }
                Folded::Closed | Folded::Open => {}
            }
        }
        if marks.fold.is_none() {
            marks.fold = change.diff.gap_of(own.start).map(|gap| Fold { part: number, gap });
        }
    }
}

/// The rows of the hunk before and of the next one. The first hunk of a file begins with the head of the file.
fn jumps(hunk: &mut Among, top: i64, (head, start): (usize, usize), change: &Change) {
    let diff = &change.diff;
    let row_of = |at: usize| if at == 0 { Some(head) } else { diff.hunk_row(at).map(|row| start + row) };
    // Of those above the top only the last ones matter, of those below it only the first.
    let passed = diff.hunks_before(usize::try_from(top.saturating_add(1)).unwrap_or(0).saturating_sub(start));
    for row in (passed.saturating_sub(2)..(passed + 2).min(diff.hunk_count())).filter_map(row_of) {
        let away = i64::try_from(row).unwrap_or(i64::MAX) - top;
        if away < 0 {
            hunk.before = Some(row);
        } else if away > 0 && hunk.after.is_none() {
            hunk.after = Some(row);
        }
    }
}
