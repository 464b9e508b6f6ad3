//! Where a timeline stands: which row is the first. Looks only at entries near what is shown.

use crate::ui::select::Select;
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

/// Entries `0..end`, each of them shown or not.
pub(super) struct Entries<'a> {
    /// How many there are.
    pub(super) end: u64,
    /// The rows of one that is shown, at least one.
    pub(super) height: &'a mut dyn FnMut(u64) -> usize,
    /// The entries around one that are hidden with it, first and last; `None` where it is shown.
    pub(super) hidden: &'a dyn Fn(u64) -> Option<(u64, u64)>,
}

impl Entries<'_> {
    fn height(&mut self, no: u64) -> usize {
        (self.height)(no).max(1)
    }

    /// The first shown entry from `no` on; `end` where there is none.
    pub(super) fn from(&self, mut no: u64) -> u64 {
        while let Some((_, last)) = (no < self.end).then(|| (self.hidden)(no)).flatten() {
            no = last.max(no) + 1;
        }
        no.min(self.end)
    }

    /// The last shown entry before `no`.
    fn before(&self, no: u64) -> Option<u64> {
        let mut no = no.checked_sub(1)?;
        while let Some((first, _)) = (self.hidden)(no) {
            no = first.min(no).checked_sub(1)?;
        }
        Some(no)
    }
}

/// Finds the first row for a window of `rows` rows. Of the selected entry, where it shall be revealed, row `within` is
/// shown.
pub(super) fn settle(ui: &PaneUi, within: Option<usize>, rows: usize, entries: &mut Entries<'_>) -> Stand {
    let end = entries.end;
    if end == 0 || rows == 0 {
        return Stand { top: Anchor::default(), at_end: true };
    }
    let reveal = ui.selected.filter(|&no| ui.reveal && no < end);
    let begin = entries.from(ui.top.entry);
    let mut top = if ui.follow || begin >= end {
        back(Anchor { entry: end, row: 0 }, rows, entries)
    } else if begin > ui.top.entry {
        Anchor { entry: begin, row: 0 }
    } else {
        Anchor { row: ui.top.row.min(entries.height(begin).saturating_sub(1)), ..ui.top }
    };
    let delta = usize::try_from(ui.delta.clamp(-MOST, MOST).unsigned_abs()).unwrap_or(0);
    top = if ui.delta < 0 { back(top, delta, entries) } else { forward(top, delta, entries) };
    if let Some(no) = reveal {
        top = show(top, no, within, rows, entries);
    }
    match rows_from(top, rows + 1, entries) {
        left if left > rows => Stand { top, at_end: false },
        left if left == rows => Stand { top, at_end: true },
        _ => Stand { top: back(Anchor { entry: end, row: 0 }, rows, entries), at_end: true },
    }
}

/// Where it stands so that the end of what is selected can be seen, and that end. What is below the entries can't be
/// selected: `end` is the end of those that can.
pub(super) fn selecting<'a>(
    select: Option<&'a Select>,
    stand: Stand,
    rows: usize,
    end: u64,
    entries: &mut Entries<'_>,
) -> (Stand, Option<(&'a Select, Anchor)>) {
    let Some((select, last)) = select.zip(end.checked_sub(1)) else { return (stand, None) };
    let all = std::mem::replace(&mut entries.end, end);
    let wanted = select.to.entry.min(last);
    // What is hidden is selected by what it is hidden under.
    let entry = entries.before(wanted + 1).unwrap_or(0);
    let most = entries.height(entry) - 1;
    let to = Anchor { entry, row: if select.to.entry == entry { select.to.row.min(most) } else { most } };
    let far = usize::try_from(select.delta.clamp(-MOST, MOST).unsigned_abs()).unwrap_or(0);
    let to = if select.delta < 0 { back(to, far, entries) } else { forward(to, far, entries) };
    entries.end = all;
    if !select.reveal || rows == 0 {
        return (stand, Some((select, to)));
    }
    let top = if to < stand.top {
        to
    } else {
        // Only as far as needed, so that what is read moves little.
        back(Anchor { row: to.row + 1, ..to }, rows, entries).max(stand.top)
    };
    let at_end = rows_from(top, rows + 1, entries) <= rows;
    (Stand { top, at_end }, Some((select, to)))
}

/// So many rows up.
fn back(from: Anchor, rows: usize, entries: &mut Entries<'_>) -> Anchor {
    let (mut at, mut left) = (from, rows);
    loop {
        if left <= at.row {
            return Anchor { row: at.row - left, ..at };
        }
        left -= at.row;
        let Some(entry) = entries.before(at.entry) else { return Anchor { entry: entries.from(0), row: 0 } };
        at = Anchor { entry, row: entries.height(entry) };
    }
}

/// So many rows down, at most to the last row.
fn forward(from: Anchor, rows: usize, entries: &mut Entries<'_>) -> Anchor {
    let (mut at, mut left) = (from, rows);
    while left > 0 {
        let height = entries.height(at.entry);
        let below = height - 1 - at.row.min(height - 1);
        if left <= below {
            return Anchor { row: at.row + left, ..at };
        }
        let next = entries.from(at.entry + 1);
        if next >= entries.end {
            return Anchor { row: at.row + below, ..at };
        }
        left -= below + 1;
        at = Anchor { entry: next, row: 0 };
    }
    at
}

/// The first row with which an entry is shown: whole where it fits, else its beginning, or the row that is wanted of it.
fn show(top: Anchor, no: u64, within: Option<usize>, rows: usize, entries: &mut Entries<'_>) -> Anchor {
    let begin = Anchor { entry: entries.from(no), row: 0 };
    if let Some(row) = within.filter(|_| begin.entry == no && no < entries.end && entries.height(no) >= rows) {
        let row = Anchor { entry: no, row: row.min(entries.height(no) - 1) };
        let last = back(Anchor { entry: no, row: row.row + 1 }, rows, entries);
        // In sight already: nothing moves.
        return if (last..=row).contains(&top) { top } else { back(row, rows / 3, entries) };
    }
    if begin < top {
        return begin;
    }
    if begin.entry >= entries.end {
        return top;
    }
    let own = entries.height(begin.entry);
    if own >= rows {
        // A tall one that is being read stays where it is.
        return if top.entry == begin.entry { top } else { begin };
    }
    let behind = Anchor { entry: begin.entry + 1, row: 0 };
    back(behind, rows, entries).max(top)
}

/// Rows from `top` to the end, counted up to `most`.
fn rows_from(top: Anchor, most: usize, entries: &mut Entries<'_>) -> usize {
    let (mut rows, mut entry) = (0, top.entry);
    while entry < entries.end {
        let own = entries.height(entry);
        rows += if entry == top.entry { own.saturating_sub(top.row) } else { own };
        if rows >= most {
            return most;
        }
        entry = entries.from(entry + 1);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn settled(ui: &PaneUi, rows: usize, heights: &[usize]) -> Stand {
        without(ui, rows, heights, &|_| None)
    }

    fn without(ui: &PaneUi, rows: usize, heights: &[usize], hidden: &dyn Fn(u64) -> Option<(u64, u64)>) -> Stand {
        let height = &mut |no| heights[usize::try_from(no).unwrap()];
        settle(ui, None, rows, &mut Entries { end: heights.len() as u64, height, hidden })
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
            let height = &mut |no| [3, 100, 2][usize::try_from(no).unwrap()];
            settle(ui, Some(within), 10, &mut Entries { end: 3, height, hidden: &|_| None }).top
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

    #[test]
    fn what_is_hidden_takes_no_row() {
        let heights = [3, 1, 5, 2, 4];
        let hidden = |no| (1..=3).contains(&no).then_some((1, 3));
        let ui = PaneUi::default();
        assert_eq!(without(&ui, 5, &heights, &hidden), Stand { top: at(0, 2), at_end: true });
        let up = PaneUi { follow: false, top: at(4, 1), delta: -2, ..PaneUi::default() };
        assert_eq!(without(&up, 2, &heights, &hidden).top, at(0, 2));
        let within = PaneUi { follow: false, top: at(2, 4), ..PaneUi::default() };
        assert_eq!(without(&within, 2, &heights, &hidden).top, at(4, 0));
        let down = PaneUi { follow: false, top: at(0, 1), delta: 3, ..PaneUi::default() };
        assert_eq!(without(&down, 2, &heights, &hidden).top, at(4, 1));
        assert_eq!(without(&ui, 3, &heights, &|_| Some((0, 4))), Stand { top: at(5, 0), at_end: true });
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
