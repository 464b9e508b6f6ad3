//! Where a reader stands when rows become other rows: after a change of width, of layout, of what is unfolded.
//!
//! A row is named by its part and its line. What was read is carried over by lines that were read whole, and never further:
//! decisions rest on it.

use super::{Body, Payload};
use crate::diff::Spot;
use crate::ui::diffs::{Fit, Fold};
use std::collections::BTreeSet;

/// Where the reader of another fit stands in the rows of this one.
#[derive(Debug, Default)]
pub(super) struct Stands {
    /// The fit that the reader knows, and their first row and rows seen, in rows of the present fit.
    moved: Option<(Fit, Stand)>,
    /// What was unfolded.
    open: BTreeSet<Fold>,
}

/// Where a reader stands, in rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::view) struct Stand {
    /// The first row shown.
    pub(in crate::view) top: usize,
    /// Rows from the first on that were seen.
    pub(in crate::view) seen: usize,
}

/// A line, by names that hold in every fit.
#[derive(Debug, Clone, Copy)]
enum Named {
    /// A line of a part.
    In(usize, Line),
    /// Behind everything.
    End,
}

#[derive(Debug, Clone, Copy)]
enum Line {
    /// Our own line.
    Note,
    /// A line of a text.
    Of(u32),
    /// A line of a change.
    Spot(Spot),
}

/// Which row of a line is meant.
#[derive(Clone, Copy, PartialEq)]
enum Rounding {
    /// The one on which the reader stands.
    On,
    /// One before which surely all was seen.
    Before,
}

impl Stands {
    /// Nothing is known of other fits any more.
    pub(super) fn forget(&mut self) {
        self.moved = None;
    }
}

/// A reader's place, named.
pub(super) struct Kept {
    fit: Fit,
    top: Named,
    seen: Named,
}

impl Payload {
    /// Where a reader stands who knows the rows of `fit`: in the rows that are now.
    pub(in crate::view) fn stand(&self, fit: Option<Fit>, known: Stand) -> Stand {
        match (fit, &self.stands.moved) {
            (Some(fit), _) if fit == self.fit => known,
            (Some(fit), Some((from, moved))) if *from == fit => *moved,
            (Some(_) | None, _) => Stand { seen: 0, ..known },
        }
    }

    /// What the rows are fitted to.
    pub(in crate::view) fn fit(&self) -> Fit {
        self.fit
    }

    /// Names the place of a reader, before the rows become others.
    pub(super) fn keep(&self, reader: Option<(Fit, Stand)>) -> Option<Kept> {
        let (fit, known) = reader?;
        let now = self.stand(Some(fit), known);
        Some(Kept { fit, top: self.named(now.top), seen: self.named(now.seen) })
    }

    /// Finds it again among the rows that are now.
    pub(super) fn carry(&mut self, kept: Option<Kept>, open: &BTreeSet<Fold>) {
        self.stands.moved = kept.map(|kept| {
            let mut seen = self.row_of(kept.seen, Rounding::Before);
            // What was unfolded just now was not on the screen yet.
            for fold in open.difference(&self.stands.open) {
                let part = fold.part as usize;
                if let (Some(Body::Diff(change)), Some(&start)) =
                    (self.parts.get(part).map(|part| &part.body), self.starts.get(part))
                {
                    seen = change.diff.row_in_gap(fold.gap).map_or(seen, |row| seen.min(start + row));
                }
            }
            (kept.fit, Stand { top: self.row_of(kept.top, Rounding::On), seen })
        });
        self.stands.open.clone_from(open);
    }

    fn named(&self, row: usize) -> Named {
        if row >= self.rows() {
            return Named::End;
        }
        let at = self.starts.partition_point(|&start| start <= row).saturating_sub(1);
        let (Some(part), Some(&start)) = (self.parts.get(at), self.starts.get(at)) else { return Named::End };
        let row = row - start;
        let line = match &part.body {
            Body::Note(_) => Line::Note,
            Body::Lines(lines, _) => Line::Of(lines.heights().find(row).0),
            Body::Diff(change) => Line::Spot(change.diff.spot(row)),
        };
        Named::In(at, line)
    }

    fn row_of(&self, named: Named, rounding: Rounding) -> usize {
        let Named::In(at, line) = named else { return self.rows() };
        let (Some(part), Some(&start)) = (self.parts.get(at), self.starts.get(at)) else { return 0 };
        let row = match (&part.body, line) {
            (Body::Lines(lines, _), Line::Of(line)) => lines.heights().first_row(line),
            (Body::Diff(change), Line::Spot(spot)) if rounding == Rounding::Before => change.diff.seen_to(spot),
            (Body::Diff(change), Line::Spot(spot)) => change.diff.row_of(spot),
            (Body::Note(_) | Body::Lines(..) | Body::Diff(_), _) => 0,
        };
        start + row
    }
}
