//! Where a timeline stands: which row is the first. Looks only at entries near what is shown.

use crate::ui::{Anchor, PaneUi};

/// Rows walked for one request to scroll; a terminal has fewer.
const MOST: i64 = 20_000;

/// Where a timeline came to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stand {
    /// The first row.
    pub(super) top: Anchor,
    /// The last row is shown.
    pub(super) at_end: bool,
}

/// Finds the first row for a window of `rows` rows over entries `0..end`, each at least one row high. Of the selected entry,
/// where it shall be revealed, row `within` is shown.
pub(super) fn settle(
    ui: &PaneUi,
    within: Option<usize>,
    rows: usize,
    end: u64,
    height: &mut impl FnMut(u64) -> usize,
) -> Stand {
    if end == 0 || rows == 0 {
        return Stand { top: Anchor::default(), at_end: true };
    }
    let reveal = ui.selected.filter(|&no| ui.reveal && no < end);
    let mut top = if ui.follow || ui.top.entry >= end {
        back(Anchor { entry: end, row: 0 }, rows, height)
    } else {
        Anchor { row: ui.top.row.min(height(ui.top.entry).saturating_sub(1)), ..ui.top }
    };
    let delta = usize::try_from(ui.delta.clamp(-MOST, MOST).unsigned_abs()).unwrap_or(0);
    top = if ui.delta < 0 { back(top, delta, height) } else { forward(top, delta, end, height) };
    if let Some(no) = reveal {
        top = show(top, no, within, rows, height);
    }
    match rows_from(top, rows + 1, end, height) {
        left if left > rows => Stand { top, at_end: false },
        left if left == rows => Stand { top, at_end: true },
        _ => Stand { top: back(Anchor { entry: end, row: 0 }, rows, height), at_end: true },
    }
}

/// So many rows up.
fn back(from: Anchor, rows: usize, height: &mut impl FnMut(u64) -> usize) -> Anchor {
    let (mut at, mut left) = (from, rows);
    loop {
        if left <= at.row {
            return Anchor { row: at.row - left, ..at };
        }
        left -= at.row;
        let Some(entry) = at.entry.checked_sub(1) else { return Anchor::default() };
        at = Anchor { entry, row: height(entry).max(1) };
    }
}

/// So many rows down, at most to the last row.
fn forward(from: Anchor, rows: usize, end: u64, height: &mut impl FnMut(u64) -> usize) -> Anchor {
    let (mut at, mut left) = (from, rows);
    while left > 0 {
        let below = height(at.entry).max(1) - 1 - at.row.min(height(at.entry).max(1) - 1);
        if left <= below {
            return Anchor { row: at.row + left, ..at };
        }
        if at.entry + 1 >= end {
            return Anchor { row: at.row + below, ..at };
        }
        left -= below + 1;
        at = Anchor { entry: at.entry + 1, row: 0 };
    }
    at
}

/// The first row with which an entry is shown: whole where it fits, else its beginning, or the row that is wanted of it.
fn show(top: Anchor, no: u64, within: Option<usize>, rows: usize, height: &mut impl FnMut(u64) -> usize) -> Anchor {
    let begin = Anchor { entry: no, row: 0 };
    if let Some(row) = within.filter(|_| height(no).max(1) >= rows) {
        let row = Anchor { entry: no, row: row.min(height(no).max(1) - 1) };
        let last = back(Anchor { entry: no, row: row.row + 1 }, rows, height);
        // In sight already: nothing moves.
        return if (last..=row).contains(&top) { top } else { back(row, rows / 3, height) };
    }
    if begin < top {
        return begin;
    }
    let own = height(no).max(1);
    if own >= rows {
        // A tall one that is being read stays where it is.
        return if top.entry == no { top } else { begin };
    }
    let behind = Anchor { entry: no + 1, row: 0 };
    back(behind, rows, height).max(top)
}

/// Rows from `top` to the end, counted up to `most`.
fn rows_from(top: Anchor, most: usize, end: u64, height: &mut impl FnMut(u64) -> usize) -> usize {
    let mut rows = 0;
    for entry in top.entry..end {
        let own = height(entry).max(1);
        rows += if entry == top.entry { own.saturating_sub(top.row) } else { own };
        if rows >= most {
            return most;
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn settled(ui: &PaneUi, rows: usize, heights: &[usize]) -> Stand {
        settle(ui, None, rows, heights.len() as u64, &mut |no| heights[usize::try_from(no).unwrap()])
    }

    fn at(entry: u64, row: usize) -> Anchor {
        Anchor { entry, row }
    }

    #[test]
    fn the_end_is_followed_and_left_and_found_again() {
        let heights = [3, 1, 5, 2];
        let ui = PaneUi::default();
        assert_eq!(settled(&ui, 4, &heights), Stand { top: at(2, 3), at_end: true });
        let up = PaneUi { follow: false, top: at(2, 3), delta: -4, ..PaneUi::default() };
        assert_eq!(settled(&up, 4, &heights), Stand { top: at(1, 0), at_end: false });
        let down = PaneUi { delta: 99, top: at(1, 0), ..up.clone() };
        assert_eq!(settled(&down, 4, &heights), Stand { top: at(2, 3), at_end: true });
        assert_eq!(settled(&up, 40, &heights), Stand { top: at(0, 0), at_end: true });
    }

    #[test]
    fn a_row_of_a_tall_entry_is_brought_into_sight_and_then_stays() {
        let shown = |ui: &PaneUi, within| {
            settle(ui, Some(within), 10, 3, &mut |no| [3, 100, 2][usize::try_from(no).unwrap()]).top
        };
        let ui = PaneUi { follow: false, selected: Some(1), reveal: true, ..PaneUi::default() };
        assert_eq!(shown(&ui, 50), at(1, 47));
        assert_eq!(shown(&PaneUi { top: at(1, 44), ..ui.clone() }, 50), at(1, 44));
        assert_eq!(shown(&PaneUi { top: at(1, 90), ..ui.clone() }, 1), at(0, 1));
        assert_eq!(shown(&PaneUi { top: at(1, 2), ..ui }, 99), at(1, 92), "not beyond the end");
    }

    #[test]
    fn what_is_selected_is_shown_whole() {
        let heights = [3, 1, 5, 2];
        let ui = PaneUi { follow: false, selected: Some(2), reveal: true, ..PaneUi::default() };
        assert_eq!(settled(&ui, 6, &heights).top, at(1, 0));
        assert_eq!(settled(&ui, 4, &heights).top, at(2, 0), "too tall: its beginning");
        let above = PaneUi { top: at(3, 0), selected: Some(0), ..ui };
        assert_eq!(settled(&above, 3, &heights).top, at(0, 0));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn a_window_is_full_or_holds_everything(
            heights in prop::collection::vec(1usize..9, 0..20), rows in 0usize..12, entry in 0u64..25, row in 0usize..12,
            delta in any::<i64>(), follow in any::<bool>(), selected in prop::option::of(0u64..25), reveal in any::<bool>(),
        ) {
            let ui = PaneUi { follow, top: at(entry, row), delta, selected, reveal, ..PaneUi::default() };
            let stand = settled(&ui, rows, &heights);
            let all: usize = heights.iter().sum();
            let before: usize = heights.iter().take(usize::try_from(stand.top.entry).unwrap()).sum::<usize>() + stand.top.row;
            prop_assert!(all - before >= rows.min(all), "{stand:?}");
            prop_assert_eq!(stand.at_end, rows == 0 || all - before <= rows);
        }
    }
}
