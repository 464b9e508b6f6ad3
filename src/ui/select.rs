//! What is selected in a pane, the inspector or a card, to be copied: rows by keys, characters by the mouse. Selecting
//! reads nothing and decides nothing; what is selected is found by layout, also beyond the screen.

use super::{Anchor, App, Focus};
use crate::domain::SessionId;

/// Where something is selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SelectIn {
    /// A session's timeline.
    Pane(SessionId),
    /// The inspector; its rows count as those of entry 0.
    Inspector,
    /// The open card; its rows count as those of entry 0.
    Card,
}

/// How much of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Whole rows, by keys: a mode that is left by a key.
    Rows,
    /// From a cell of the first row to one of the last, by the mouse: until it is released.
    Cells {
        /// Where it was pressed.
        from: usize,
        /// Where it is now.
        to: usize,
    },
}

/// What is selected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Select {
    /// Where.
    pub place: SelectIn,
    /// How much of the rows.
    pub manner: Manner,
    /// Where it began.
    pub from: Anchor,
    /// Where it goes to, as settled by the last paint.
    pub to: Anchor,
    /// Rows to go at the next paint.
    pub delta: i64,
    /// The next paint shows where it goes to.
    pub reveal: bool,
    /// The next paint takes the text of it.
    pub take: bool,
}

/// The rows and cells that are selected, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// The first row.
    pub first: Anchor,
    /// The last row.
    pub last: Anchor,
    /// The first cell of the first row, and the end in the last one; `None` for whole rows.
    pub cells: Option<(usize, usize)>,
}

/// A row on the screen that can be selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Its column, row and width on the screen.
    pub area: (u16, u16, u16),
    /// Where it belongs.
    pub place: SelectIn,
    /// Which row it is.
    pub at: Anchor,
}

/// What a paint found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selected {
    /// Where it goes to.
    pub to: Anchor,
    /// Its text, where it was asked for and all of it was at hand.
    pub taken: Option<Taken>,
}

/// The text of what is selected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// All of it.
    Text(String),
    /// More than can be copied.
    TooMuch,
}

impl Select {
    /// The rows and cells, in their order.
    #[must_use]
    pub fn extent(&self) -> Extent {
        let (first, last) = (self.from.min(self.to), self.from.max(self.to));
        let cells = match self.manner {
            Manner::Rows => None,
            Manner::Cells { from, to } if (self.from, from) <= (self.to, to) => Some((from, to + 1)),
            Manner::Cells { from, to } => Some((to, from + 1)),
        };
        Extent { first, last, cells }
    }
}

impl Extent {
    /// The cells of a row of `width` cells that are selected; `None` where none is.
    #[must_use]
    pub fn of(&self, at: Anchor, width: usize) -> Option<std::ops::Range<usize>> {
        if at < self.first || at > self.last {
            return None;
        }
        let (from, to) = self.cells.unwrap_or((0, usize::MAX));
        let start = if at == self.first { from.min(width) } else { 0 };
        let end = if at == self.last { to.min(width) } else { width };
        Some(start..end.max(start))
    }
}

impl App {
    /// What is selected, while its place can be seen.
    #[must_use]
    pub fn selection(&self) -> Option<&Select> {
        let select = self.select.as_ref()?;
        let there = match select.place {
            SelectIn::Card => self.card.is_some(),
            SelectIn::Inspector => self.card.is_none(),
            SelectIn::Pane(id) => self.card.is_none() && self.panes.contains(&Some(id)),
        };
        Some(select).filter(|_| there)
    }

    /// What is selected by keys, while it has them.
    #[must_use]
    pub fn selects_rows(&self) -> Option<&Select> {
        let keyed = |select: &&Select| {
            select.manner == Manner::Rows
                && match select.place {
                    SelectIn::Card => self.focus == Focus::Card,
                    SelectIn::Inspector => self.focus == Focus::Inspector,
                    SelectIn::Pane(id) => self.focus == Focus::Pane && self.selected == Some(id),
                }
        };
        self.selection().filter(keyed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn select(from: (u64, usize, usize), to: (u64, usize, usize)) -> Extent {
        let at = |(entry, row, _): (u64, usize, usize)| Anchor { entry, row };
        let manner = Manner::Cells { from: from.2, to: to.2 };
        let place = SelectIn::Card;
        Select { place, manner, from: at(from), to: at(to), delta: 0, reveal: false, take: false }.extent()
    }

    #[test]
    fn both_ends_are_within_whichever_way_it_was_dragged() {
        let at = |entry, row| Anchor { entry, row };
        for extent in [select((1, 0, 7), (2, 3, 4)), select((2, 3, 4), (1, 0, 7))] {
            assert_eq!(extent.of(at(1, 0), 10), Some(7..10));
            assert_eq!(extent.of(at(2, 0), 10), Some(0..10));
            assert_eq!(extent.of(at(2, 3), 10), Some(0..5));
            assert_eq!((extent.of(at(0, 9), 10), extent.of(at(2, 4), 10)), (None, None));
        }
        assert_eq!(select((1, 0, 7), (1, 0, 3)).of(at(1, 0), 10), Some(3..8));
        assert_eq!(select((1, 0, 70), (1, 0, 90)).of(at(1, 0), 10), Some(10..10));
    }
}
