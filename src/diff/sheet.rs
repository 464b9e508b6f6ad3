//! The lines of a view: unified or side by side, unchanged lines folded or not.
//!
//! A [`Sheet`] is made once for a layout and holds only where each region begins; [`Sheet::line`] gives any line at the same
//! cost. A [`Spot`] names a line in every layout, so that a reader stays where they were when the layout changes.

use super::align::Shift;
use super::lines::Ending;
use super::{Diff, length};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// How the two sides of a change stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// What goes above what comes.
    #[default]
    Unified,
    /// Beside each other, aligned.
    Split,
}

/// Whether unchanged lines are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Folded {
    /// They are, and can be shown.
    Closed,
    /// They are shown.
    Open,
    /// They are, and what they say is not known: a patch holds only what is near its changes.
    Unknown,
}

/// One side of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Side<'a> {
    /// Its number in the file.
    pub number: u32,
    /// Its index in the text that the diff holds.
    pub index: u32,
    /// The line, without its ending.
    pub text: &'a str,
    /// How it ends.
    pub ending: Ending,
    /// The how-manieth line of its side of a change: where [`Diff::words`] has its words.
    pub within: usize,
}

/// A line of a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line<'a> {
    /// The head of a hunk, or what follows the last one: how many unchanged lines come before it.
    Fold {
        /// Which gap: that before the hunk of this number, or behind the last one.
        gap: u32,
        /// How many lines; 0 where that is not known.
        lines: u32,
        /// Whether they are left out.
        folded: Folded,
        /// What a patch says of the hunk.
        heading: &'a str,
    },
    /// A line that stays.
    Same {
        /// In the old text.
        old: Side<'a>,
        /// In the new text.
        new: Side<'a>,
    },
    /// A line that changes: one side of it, or both beside each other.
    Change {
        /// The hunk.
        hunk: usize,
        /// The change in it.
        change: usize,
        /// What goes.
        old: Option<Side<'a>>,
        /// What comes.
        new: Option<Side<'a>>,
    },
}

/// A line, in every layout.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    /// The row of the folded unified view.
    row: u32,
    /// The line within the gap that stands there.
    within: u32,
}

/// The lines of a view.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    layout: Layout,
    regions: Vec<Region>,
    lines: u32,
    /// The first line of each hunk.
    heads: Vec<u32>,
    folds: Vec<u32>,
}

#[derive(Debug, Clone)]
struct Region {
    first: u32,
    spot: Spot,
    sort: Sort,
}

#[derive(Debug, Clone)]
enum Sort {
    Fold {
        gap: u32,
        lines: u32,
        folded: Folded,
    },
    /// Lines that stay, from these on; of an opened gap where `in_gap`.
    Same {
        old: u32,
        new: u32,
        hunk: usize,
        place: SamePlace,
    },
    /// Beside each other, the shorter side begins so many lines below the other.
    Change {
        hunk: usize,
        change: usize,
        shift: Shift,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SamePlace {
    Hunk,
    Gap,
}

impl Sheet {
    /// The lines of a diff, with the gaps open of which `is_open` says so.
    #[must_use]
    pub fn new(diff: &Diff, layout: Layout, is_open: impl Fn(u32) -> bool) -> Self {
        let mut sheet = Self { layout, ..Self::default() };
        for at in 0..diff.hunks.len() {
            sheet.gap(diff, at, &is_open);
            sheet.hunk(diff, at);
        }
        if !diff.hunks.is_empty() {
            sheet.gap(diff, diff.hunks.len(), &is_open);
        }
        sheet
    }

    /// How many lines there are.
    #[must_use]
    pub fn lines(&self) -> u32 {
        self.lines
    }

    /// How it stands.
    #[must_use]
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// The first line of each hunk: that which says what is left out before it, where there is one.
    #[must_use]
    pub fn heads(&self) -> &[u32] {
        &self.heads
    }

    /// The lines that say what is left out.
    #[must_use]
    pub fn folds(&self) -> &[u32] {
        &self.folds
    }

    /// A line; the cost does not depend on which.
    #[must_use]
    pub fn line<'a>(&self, diff: &'a Diff, line: u32) -> Option<Line<'a>> {
        if line >= self.lines {
            return None;
        }
        let region = self.regions.get(self.regions.partition_point(|region| region.first <= line).checked_sub(1)?)?;
        let offset = line - region.first;
        match region.sort {
            Sort::Fold { gap, lines, folded } => {
                let heading = diff.hunks.get(gap as usize).map_or("", |hunk| hunk.heading.as_str());
                Some(Line::Fold { gap, lines, folded, heading })
            }
            Sort::Same { old, new, hunk, .. } => {
                let old = old_side(diff, hunk, old.saturating_add(offset), 0)?;
                let new = new_side(diff, hunk, new.saturating_add(offset), 0)?;
                Some(Line::Same { old, new })
            }
            Sort::Change { hunk, change, shift } => {
                let (removed, added) = sides(diff, hunk, change)?;
                let within = |range: &Range<u32>, at: u32| (at < length(range)).then(|| range.start + at);
                let (old_at, new_at) = match self.layout {
                    Layout::Split => (offset.checked_sub(shift.old), offset.checked_sub(shift.new)),
                    Layout::Unified => (Some(offset), offset.checked_sub(length(&removed))),
                };
                let line = |at: Option<u32>, range: &Range<u32>| at.and_then(|at| Some((at, within(range, at)?)));
                let old = line(old_at, &removed).and_then(|(at, index)| old_side(diff, hunk, index, at as usize));
                let new = line(new_at, &added).and_then(|(at, index)| new_side(diff, hunk, index, at as usize));
                Some(Line::Change { hunk, change, old, new })
            }
        }
    }

    /// The name of a line in every layout.
    #[must_use]
    pub fn spot(&self, diff: &Diff, line: u32) -> Spot {
        let Some(region) = self.region_of(line) else { return Spot::default() };
        let offset = line - region.first;
        let Spot { row, within } = region.spot;
        match region.sort {
            Sort::Fold { .. } => region.spot,
            Sort::Same { place: SamePlace::Gap, .. } => Spot { row, within: within.saturating_add(offset) },
            Sort::Same { place: SamePlace::Hunk, .. } => Spot { row: row.saturating_add(offset), within },
            Sort::Change { hunk, change, shift } => {
                let removed = sides(diff, hunk, change).map_or(0, |(removed, _)| length(&removed));
                let offset = match (self.layout, offset.checked_sub(shift.old).filter(|&old| old < removed)) {
                    (Layout::Unified, _) => offset,
                    (Layout::Split, Some(old)) => old,
                    (Layout::Split, None) => removed.saturating_add(offset.saturating_sub(shift.new)),
                };
                Spot { row: row.saturating_add(offset), within }
            }
        }
    }

    /// The line before which surely all was seen, where all lines before this spot were: a change is seen as a whole, since
    /// each layout has its lines in another order.
    #[must_use]
    pub fn seen_to(&self, diff: &Diff, spot: Spot) -> u32 {
        let at = self.regions.partition_point(|region| region.spot <= spot).saturating_sub(1);
        match self.regions.get(at) {
            Some(Region { sort: Sort::Change { .. }, first, .. }) => *first,
            Some(_) | None => self.line_of(diff, spot),
        }
    }

    /// The line of a spot; the one before it where it is folded away.
    #[must_use]
    pub fn line_of(&self, diff: &Diff, spot: Spot) -> u32 {
        let at = self.regions.partition_point(|region| region.spot <= spot).saturating_sub(1);
        let Some(region) = self.regions.get(at) else { return 0 };
        let rows = spot.row.saturating_sub(region.spot.row);
        let offset = match region.sort {
            Sort::Fold { .. } => 0,
            Sort::Same { place: SamePlace::Gap, .. } if rows == 0 => spot.within.saturating_sub(region.spot.within),
            Sort::Same { .. } => rows,
            Sort::Change { hunk, change, shift } => {
                let removed = sides(diff, hunk, change).map_or(0, |(removed, _)| length(&removed));
                match (self.layout, rows.checked_sub(removed)) {
                    (Layout::Unified, _) => rows,
                    (Layout::Split, None) => rows.saturating_add(shift.old),
                    (Layout::Split, Some(new)) => new.saturating_add(shift.new),
                }
            }
        };
        let next = self.regions.get(at + 1).map_or(self.lines, |next| next.first);
        region.first.saturating_add(offset).min(next.saturating_sub(1).max(region.first))
    }

    /// The gap that is told of on a line.
    #[must_use]
    pub fn fold_at(&self, line: u32) -> Option<u32> {
        match self.region_of(line)?.sort {
            Sort::Fold { gap, .. } => Some(gap),
            Sort::Same { .. } | Sort::Change { .. } => None,
        }
    }

    /// The gap whose unfolded lines a line belongs to.
    #[must_use]
    pub fn gap_of(&self, line: u32) -> Option<u32> {
        match self.region_of(line)? {
            Region { sort: Sort::Same { place: SamePlace::Gap, .. }, first, .. } => self.fold_at(first.checked_sub(1)?),
            _ => None,
        }
    }

    fn region_of(&self, line: u32) -> Option<&Region> {
        let at = self.regions.partition_point(|region| region.first <= line).checked_sub(1)?;
        self.regions.get(at).filter(|_| line < self.lines)
    }

    fn push(&mut self, spot: Spot, lines: u32, sort: Sort) {
        if lines > 0 {
            self.regions.push(Region { first: self.lines, spot, sort });
            self.lines = self.lines.saturating_add(lines);
        }
    }

    /// What is left out before a hunk, or behind the last one.
    fn gap(&mut self, diff: &Diff, at: usize, is_open: &impl Fn(u32) -> bool) {
        let gap = u32::try_from(at).unwrap_or(u32::MAX);
        if at < diff.hunks.len() {
            self.heads.push(self.lines);
        }
        let left_out = diff.left_out(at);
        let Some(row) = diff.hunk_row(at).or((at == diff.hunks.len()).then(|| diff.row_count())) else { return };
        let spot = Spot { row, within: 0 };
        let inner = Spot { row, within: 1 };
        let Some(held) = left_out.held else {
            if left_out.is_told {
                self.folds.push(self.lines);
                self.push(spot, 1, Sort::Fold { gap, lines: left_out.lines, folded: Folded::Unknown });
            }
            return;
        };
        let hunk = at.min(diff.hunks.len().saturating_sub(1));
        let same = Sort::Same { old: held.0, new: held.1, hunk, place: SamePlace::Gap };
        match left_out.lines {
            0 => {}
            // To say that one line is left out takes as much room as the line.
            1 => self.push(inner, 1, same),
            lines => {
                let folded = if is_open(gap) { Folded::Open } else { Folded::Closed };
                self.folds.push(self.lines);
                self.push(spot, 1, Sort::Fold { gap, lines, folded });
                if folded == Folded::Open {
                    self.push(inner, lines, same);
                }
            }
        }
    }

    fn hunk(&mut self, diff: &Diff, at: usize) {
        let Some(hunk) = diff.hunks.get(at) else { return };
        let mut row = diff.hunk_row(at).unwrap_or_default().saturating_add(u32::from(diff.has_head(at)));
        let (mut old, mut new) = (hunk.old.start, hunk.new.start);
        let same = |sheet: &mut Self, row: &mut u32, (old, new): (u32, u32), to: u32| {
            let lines = to.saturating_sub(old);
            let sort = Sort::Same { old, new, hunk: at, place: SamePlace::Hunk };
            sheet.push(Spot { row: *row, within: 0 }, lines, sort);
            *row = row.saturating_add(lines);
        };
        for (change_at, change) in hunk.changes.iter().enumerate() {
            same(self, &mut row, (old, new), change.old.start);
            let (removed, added) = (length(&change.old), length(&change.new));
            let lines = match self.layout {
                Layout::Unified => removed.saturating_add(added),
                Layout::Split => removed.max(added),
            };
            let shift = if self.layout == Layout::Split { diff.shift(change) } else { Shift::default() };
            self.push(Spot { row, within: 0 }, lines, Sort::Change { hunk: at, change: change_at, shift });
            row = row.saturating_add(removed).saturating_add(added);
            (old, new) = (change.old.end, change.new.end);
        }
        same(self, &mut row, (old, new), hunk.old.end);
    }
}

impl Diff {
    /// The highest number that a line of either side may have, also behind the last hunk.
    #[must_use]
    pub fn last_number(&self) -> u32 {
        let side = |first: u32, lines: u32| first.saturating_add(lines).saturating_sub(1);
        let hunks = self
            .hunks
            .iter()
            .map(|hunk| side(hunk.old_line, length(&hunk.old)).max(side(hunk.new_line, length(&hunk.new))));
        let behind = self.hunks.last().map(|hunk| {
            let old = side(hunk.old_line, self.old.len().saturating_sub(hunk.old.start));
            old.max(side(hunk.new_line, self.new.len().saturating_sub(hunk.new.start)))
        });
        hunks.chain(behind).max().unwrap_or(0)
    }
}

/// What is left out at a gap.
struct LeftOut {
    /// How many lines.
    lines: u32,
    /// Where they begin in the old and the new text, where they are known.
    held: Option<(u32, u32)>,
    /// There is something to say of it.
    is_told: bool,
}

impl Diff {
    /// What is left out before a hunk, or behind the last one.
    fn left_out(&self, at: usize) -> LeftOut {
        let before = at.checked_sub(1).and_then(|before| self.hunks.get(before));
        let (old, new) = before.map_or((0, 0), |hunk| (hunk.old.end, hunk.new.end));
        let Some(hunk) = self.hunks.get(at) else {
            let lines = self.old.len().saturating_sub(old).min(self.new.len().saturating_sub(new));
            return LeftOut { lines, held: Some((old, new)), is_told: lines > 0 };
        };
        let end = before.map_or(1, |before| before.old_line.saturating_add(length(&before.old)));
        let lines = hunk.old_line.saturating_sub(end);
        let held = hunk.old.start.saturating_sub(old);
        let known = lines == held && hunk.new.start.saturating_sub(new) == held;
        let is_told = before.is_some() || lines > 0;
        LeftOut { lines, held: (known && (held > 0 || before.is_none())).then_some((old, new)), is_told }
    }
}

fn sides(diff: &Diff, hunk: usize, change: usize) -> Option<(Range<u32>, Range<u32>)> {
    let change = diff.hunks.get(hunk)?.changes.get(change)?;
    Some((change.old.clone(), change.new.clone()))
}

fn old_side(diff: &Diff, hunk: usize, index: u32, within: usize) -> Option<Side<'_>> {
    let (line, hunk) = (diff.old.get(index)?, diff.hunks.get(hunk)?);
    let number = numbered(index, hunk.old.start, hunk.old_line);
    Some(Side { number, index, text: line.text, ending: line.ending, within })
}

fn new_side(diff: &Diff, hunk: usize, index: u32, within: usize) -> Option<Side<'_>> {
    let (line, hunk) = (diff.new.get(index)?, diff.hunks.get(hunk)?);
    let number = numbered(index, hunk.new.start, hunk.new_line);
    Some(Side { number, index, text: line.text, ending: line.ending, within })
}

/// The number of a line, by that of the first line of its hunk.
fn numbered(index: u32, start: u32, first: u32) -> u32 {
    match index.checked_sub(start) {
        Some(behind) => first.saturating_add(behind),
        None => first.saturating_sub(start - index),
    }
}
