//! Who made a change: a text is followed through its versions, and each line keeps who brought it, each line that went who
//! took it.

use super::{Diff, Hunk};
use std::collections::BTreeMap;

/// A text on its way from its first version to its last.
#[derive(Debug, Clone)]
pub struct Blame<W> {
    /// Of each line of the version at hand: who brought it; `None` where it stood there at first.
    by: Vec<Option<W>>,
    /// Of each line of the version at hand: which line of the first version it is.
    from: Vec<Option<u32>>,
    /// Who took which line of the first version away.
    gone: BTreeMap<u32, W>,
}

impl<W: Clone + Ord> Blame<W> {
    /// The first version.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let lines = u32::try_from(text.split_inclusive('\n').count()).unwrap_or(u32::MAX);
        Self { by: vec![None; lines as usize], from: (0..lines).map(Some).collect(), gone: BTreeMap::new() }
    }

    /// Somebody made another version of the one at hand.
    pub fn goes_on(&mut self, old: &str, new: &str, who: &W) {
        let diff = Diff::of(old, new);
        let lines = new.split_inclusive('\n').count();
        let (mut by, mut from) = (Vec::with_capacity(lines), Vec::with_capacity(lines));
        let mut at = 0;
        // A diff of what is no text has no hunks: then all of it is other.
        let whole = [(0..self.by.len(), 0..lines)];
        let fine = || {
            let changes = diff.hunks.iter().flat_map(|hunk| &hunk.changes);
            changes.map(|it| (it.old.start as usize..it.old.end as usize, it.new.start as usize..it.new.end as usize))
        };
        let changes: Vec<_> =
            if diff.hunks.is_empty() && old != new { whole.into_iter().collect() } else { fine().collect() };
        for (went, came) in changes {
            by.extend(self.by.get(at..went.start).unwrap_or_default().iter().cloned());
            from.extend_from_slice(self.from.get(at..went.start).unwrap_or_default());
            for line in self.from.get(went.clone()).unwrap_or_default().iter().flatten() {
                self.gone.insert(*line, who.clone());
            }
            by.extend(came.clone().map(|_| Some(who.clone())));
            from.extend(came.map(|_| None));
            at = went.end;
        }
        by.extend(self.by.get(at..).unwrap_or_default().iter().cloned());
        from.extend_from_slice(self.from.get(at..).unwrap_or_default());
        (self.by, self.from) = (by, from);
    }

    /// Who made each hunk between the first version and the one at hand, in order; nobody where that can't be told.
    #[must_use]
    pub fn makers(&self, diff: &Diff) -> Vec<Vec<W>> {
        diff.hunks.iter().map(|hunk| self.of(hunk)).collect()
    }

    fn of(&self, hunk: &Hunk) -> Vec<W> {
        let mut makers: Vec<W> = Vec::new();
        for change in &hunk.changes {
            let came = change.new.clone().filter_map(|line| self.by.get(line as usize)?.as_ref());
            let went = change.old.clone().filter_map(|line| self.gone.get(&line));
            makers.extend(came.chain(went).cloned());
        }
        makers.sort_unstable();
        makers.dedup();
        makers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_hunk_has_those_who_made_it() {
        let far = "x\n".repeat(20);
        let one = format!("a\nb\nc\n{far}d\ne\n");
        let two = format!("a\nB\nc\n{far}d\ne\n");
        let three = format!("a\nB\nc\n{far}e\nf\n");
        let four = format!("a\nB\nC\n{far}e\nf\n");
        let mut blame = Blame::new(&one);
        for (who, (old, new)) in [(&one, &two), (&two, &three), (&three, &four)].into_iter().enumerate() {
            blame.goes_on(old, new, &(who + 1));
        }
        assert_eq!(blame.makers(&Diff::of(&one, &four)), [vec![1, 3], vec![2]]);
    }

    #[test]
    fn a_line_that_went_and_came_back_is_theirs_who_brought_it_back() {
        let mut blame = Blame::new("a\nb\n");
        blame.goes_on("a\nb\n", "b\n", &1);
        blame.goes_on("b\n", "a\nb\nc\n", &2);
        assert_eq!(blame.makers(&Diff::of("a\nb\n", "a\nb\nc\n")), [vec![2]]);
        let mut odd = Blame::new("a\n");
        odd.goes_on("something else\nthat is longer\n", "z", &7);
        assert_eq!(odd.makers(&Diff::of("a\n", "z")).len(), 1, "any order, any text");
    }
}
