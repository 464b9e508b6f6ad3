//! Going to a hit within a payload: which row, and which row stands first then.

use crate::ui::find::{Go, WithinFound};

/// Where a search within a payload leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::view) struct Sought {
    /// The first row shown.
    pub(in crate::view) top: usize,
    /// What was found.
    pub(in crate::view) found: WithinFound,
}

/// From a window of `view` rows that begins at `top`, to one of the rows that hold it. What is in sight already moves nothing.
pub(in crate::view) fn seek(hits: &[usize], go: Go, before: Option<WithinFound>, top: usize, view: usize) -> Sought {
    let from = before.map_or(top, |found| found.row);
    let at = match go {
        Go::Here => hits.partition_point(|&row| row < top),
        Go::Next if before.is_none() => hits.partition_point(|&row| row < top),
        Go::Next => hits.partition_point(|&row| row <= from),
        Go::Previous => hits.partition_point(|&row| row < from).checked_sub(1).unwrap_or(hits.len().saturating_sub(1)),
    };
    let at = if at < hits.len() { at } else { 0 };
    let Some(&row) = hits.get(at) else { return Sought { top, found: WithinFound::default() } };
    let in_sight = (top..top.saturating_add(view)).contains(&row);
    let top = if in_sight { top } else { row.saturating_sub(view / 3) };
    Sought { top, found: WithinFound { of: hits.len(), at, row } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_are_gone_through_in_order_and_around() {
        let hits = [3, 40, 41, 90];
        let first = seek(&hits, Go::Here, None, 10, 20);
        assert_eq!((first.top, first.found.at), (34, 1), "the first one from here on");
        let next = seek(&hits, Go::Next, Some(first.found), first.top, 20);
        assert_eq!((next.top, next.found.at), (34, 2), "in sight: nothing moves");
        let last = seek(&hits, Go::Next, Some(next.found), next.top, 20);
        assert_eq!((last.top, last.found.row), (84, 90));
        let around = seek(&hits, Go::Next, Some(last.found), last.top, 20);
        assert_eq!((around.top, around.found.at, around.found.of), (0, 0, 4));
        assert_eq!(seek(&hits, Go::Previous, Some(around.found), 0, 20).found.at, 3);
        assert_eq!(seek(&hits, Go::Here, None, 95, 20).found.at, 0, "nothing further down: from the beginning");
        assert_eq!(seek(&[], Go::Next, None, 7, 20), Sought { top: 7, found: WithinFound::default() });
    }
}
