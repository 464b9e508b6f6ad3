//! How a card divides its rows: the payload, the facts below it, and those that must be scrolled to.

use crate::view::Row;
use std::ops::Range;

/// How the rows of a card are divided.
#[derive(Debug, Default)]
pub(super) struct Shape {
    /// Rows that the payload has.
    pub(super) of: usize,
    /// Rows in which it scrolls.
    pub(super) view: usize,
    /// Rows between it and what is below.
    pub(super) gap: usize,
    /// What stands below it.
    pub(super) pinned: Vec<Row>,
    /// What is scrolled to behind its end.
    behind: Vec<Row>,
}

/// What stands below the payload.
pub(super) enum Below {
    /// Facts, the most important first: what has no room goes behind the end of the payload.
    Facts(Vec<Vec<Row>>),
    /// A menu: it is there or it is not.
    Menu(Vec<Row>),
}

/// What of a card is shown.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Stand {
    /// The first row.
    pub(super) top: usize,
    /// Rows of the payload.
    pub(super) payload: Range<usize>,
}

impl Shape {
    /// Divides `rows` rows.
    pub(super) fn new(of: usize, below: Below, rows: usize) -> Self {
        let (facts, least) = match below {
            Below::Facts(facts) => (facts, rows / 3),
            Below::Menu(menu) => (vec![menu], rows.saturating_sub(2)),
        };
        let all: usize = facts.iter().map(Vec::len).sum();
        if of + 1 + all <= rows {
            let pinned: Vec<Row> = facts.into_iter().flatten().collect();
            return Self { of, view: of, gap: 1, pinned, behind: Vec::new() };
        }
        let (pinned, behind) = fit(facts, least.max(rows.saturating_sub(of + 1)));
        let gap = usize::from(!pinned.is_empty() && rows >= pinned.len() + 4);
        let view = rows.saturating_sub(pinned.len() + gap);
        Self { of, view, gap, pinned, behind }
    }

    /// Divides `rows` rows where the facts stand beside the payload: gives those that fit there.
    pub(super) fn beside(of: usize, facts: Vec<Vec<Row>>, rows: usize) -> (Self, Vec<Row>) {
        let (beside, behind) = fit(facts, rows);
        let (view, gap) = if of <= rows && behind.is_empty() { (of, 0) } else { (rows.saturating_sub(1), 1) };
        // The only row is the payload's.
        let (view, gap) = if rows == 1 { (1, 0) } else { (view, gap) };
        (Self { of, view, gap, pinned: Vec::new(), behind }, beside)
    }

    /// Puts a list behind the end of the payload, before all that stands there.
    pub(super) fn listing(mut self, list: Vec<Row>, rows: usize) -> Self {
        if list.is_empty() {
            return self;
        }
        // Whoever wants the list wants room for it: of what stands below, the most important stays.
        let below = self.pinned.split_off(self.pinned.len().min(rows / 3));
        if self.behind.is_empty() || !below.is_empty() {
            self.gap = usize::from(rows > self.pinned.len() + 1);
            self.view = rows.saturating_sub(self.pinned.len() + self.gap);
        }
        self.behind.splice(0..0, list.into_iter().chain(below));
        self
    }

    /// True where nothing stands behind the end of the payload.
    pub(super) fn is_flat(&self) -> bool {
        self.behind.is_empty()
    }

    /// Finds where the reader stands.
    pub(super) fn settle(&self, top: usize, delta: i64) -> Stand {
        let last = self.all().saturating_sub(self.view);
        let (top, far) = (top.min(last), usize::try_from(delta.unsigned_abs()).unwrap_or(usize::MAX));
        let top = if delta < 0 { top.saturating_sub(far) } else { top.saturating_add(far).min(last) };
        Stand { top, payload: top.min(self.of)..top.saturating_add(self.view).min(self.of) }
    }

    /// All rows that it scrolls through.
    pub(super) fn all(&self) -> usize {
        self.of + if self.behind.is_empty() { 0 } else { self.behind.len() + 1 }
    }

    /// What is shown behind the end of the payload: an empty row, then facts.
    pub(super) fn behind(&self, stand: &Stand) -> Vec<Row> {
        self.behind_rows(stand.top..stand.top.saturating_add(self.view))
    }

    /// Those of some rows that stand behind the end of the payload.
    pub(super) fn behind_rows(&self, rows: Range<usize>) -> Vec<Row> {
        let rows = rows.start.max(self.of)..rows.end;
        rows.map_while(|row| match row.checked_sub(self.of + 1) {
            None => Some(Row::new()),
            Some(fact) => self.behind.get(fact).cloned(),
        })
        .collect()
    }
}

/// The facts that fit into `most` rows, and those that do not. None is parted but the first one: it is too important to
/// wait behind a long payload.
pub(super) fn fit(facts: Vec<Vec<Row>>, most: usize) -> (Vec<Row>, Vec<Row>) {
    let (mut here, mut behind) = (Vec::new(), Vec::new());
    for fact in facts {
        if behind.is_empty() && here.len() + fact.len() <= most {
            here.extend(fact);
        } else if here.is_empty() && behind.is_empty() {
            let mut fact = fact.into_iter();
            here.extend(fact.by_ref().take(most));
            behind.extend(fact);
        } else {
            behind.extend(fact);
        }
    }
    (here, behind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::Role;
    use proptest::prelude::*;

    fn facts(heights: &[usize]) -> Vec<Vec<Row>> {
        let row = |fact: usize, n: usize| Row::of(format!("{fact}.{n}"), Role::Text);
        heights.iter().enumerate().map(|(fact, &rows)| (0..rows).map(|n| row(fact, n)).collect()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn scrolling_shows_every_row_and_every_fact(
            of in 0usize..40, heights in prop::collection::vec(1usize..4, 0..6), rows in 1usize..30, step in 1usize..9,
            is_beside in any::<bool>(), listed in 0usize..50,
        ) {
            let list: Vec<Row> = facts(&vec![listed; usize::from(listed > 0)]).concat();
            let list: Vec<Row> = list.into_iter().map(|row| Row::of("listed ", Role::Text).with_row(row)).collect();
            let (shape, mut seen) = if is_beside {
                let (shape, beside) = Shape::beside(of, facts(&heights), rows);
                prop_assert!(beside.len() <= rows && shape.view + shape.gap <= rows);
                (shape.listing(list.clone(), rows), beside)
            } else {
                let shape = Shape::new(of, Below::Facts(facts(&heights)), rows);
                let pinned = shape.pinned.clone();
                (shape.listing(list.clone(), rows), pinned)
            };
            prop_assert!(shape.view + shape.gap + shape.pinned.len() <= rows.max(of + 1 + shape.pinned.len()));
            prop_assert!(shape.view > 0 || of == 0);
            let far = i64::try_from(step.min(shape.view.max(1))).unwrap();
            let (mut stand, mut next) = (shape.settle(0, 0), 0);
            loop {
                prop_assert!(stand.payload.start <= next, "a row was skipped");
                next = next.max(stand.payload.end);
                let behind = shape.behind(&stand);
                prop_assert!(behind.len() + stand.payload.len() <= shape.view);
                seen.extend(behind);
                let on = shape.settle(stand.top, far);
                if on == stand {
                    break;
                }
                prop_assert!(on.top > stand.top);
                stand = on;
            }
            prop_assert_eq!(next, of);
            for fact in facts(&heights).concat().into_iter().chain(list) {
                prop_assert!(seen.contains(&fact), "{fact:?}");
            }
        }
    }

    #[test]
    fn a_menu_takes_what_it_needs_and_leaves_a_row_to_the_payload() {
        let shape = Shape::new(100, Below::Menu(facts(&[30]).concat()), 10);
        assert_eq!((shape.pinned.len(), shape.view), (8, 2));
    }

    #[test]
    fn the_reader_stays_within_it() {
        let shape = Shape::new(100, Below::Facts(facts(&[1, 1])), 20);
        assert_eq!(shape.settle(0, i64::MIN).top, 0);
        assert_eq!(shape.settle(usize::MAX, i64::MAX).payload.end, 100);
        assert_eq!(shape.settle(90, -5).top, shape.settle(usize::MAX, 0).top.min(90) - 5);
    }
}
