//! Places of a replay that are worth going to, by kind: a million of them are looked through in no time.

use super::replay::ReplayMark;
use crate::domain::Seq;

/// Places by kind, each kind in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    by: [Vec<Seq>; ReplayMark::ALL.len()],
}

impl Places {
    /// One more place. Those of a kind come in order.
    pub fn push(&mut self, seq: Seq, mark: ReplayMark) {
        self.by[mark as usize].push(seq);
    }

    /// The last place of a kind is this one instead, behind it.
    pub fn put_off(&mut self, mark: ReplayMark, from: Seq, to: Seq) {
        if let Some(last) = self.by[mark as usize].last_mut().filter(|last| **last == from) {
            *last = to;
        }
    }

    /// The places of a kind, in order.
    #[must_use]
    pub fn of(&self, mark: ReplayMark) -> &[Seq] {
        &self.by[mark as usize]
    }

    /// The first place behind a record that is of one of these kinds.
    #[must_use]
    pub fn after(&self, seq: Seq, marks: &[ReplayMark]) -> Option<Seq> {
        let next = |mark: &ReplayMark| {
            let of = self.of(*mark);
            of.get(of.partition_point(|place| *place <= seq)).copied()
        };
        marks.iter().filter_map(next).min()
    }

    /// The last place before a record that is of one of these kinds.
    #[must_use]
    pub fn before(&self, seq: Seq, marks: &[ReplayMark]) -> Option<Seq> {
        let last = |mark: &ReplayMark| {
            let of = self.of(*mark);
            of.partition_point(|place| *place < seq).checked_sub(1).map(|at| of[at])
        };
        marks.iter().filter_map(last).max()
    }

    /// The worst of what stands from one record up to before another, and where the first of that kind is.
    #[must_use]
    pub fn worst(&self, from: Seq, to: Seq) -> Option<(ReplayMark, Seq)> {
        ReplayMark::ALL.into_iter().rev().find_map(|mark| {
            let of = self.of(mark);
            let first = of.get(of.partition_point(|place| *place < from)).copied();
            first.filter(|first| *first < to).map(|first| (mark, first))
        })
    }

    /// All of them in order; of several at one record the worst is last.
    #[must_use]
    pub fn all(&self) -> Vec<(Seq, ReplayMark)> {
        let of = |mark: ReplayMark| self.of(mark).iter().map(move |seq| (*seq, mark));
        let mut all: Vec<(Seq, ReplayMark)> = ReplayMark::ALL.into_iter().flat_map(of).collect();
        all.sort_unstable();
        all
    }
}

impl FromIterator<(Seq, ReplayMark)> for Places {
    fn from_iter<T: IntoIterator<Item = (Seq, ReplayMark)>>(places: T) -> Self {
        let mut all: Vec<(Seq, ReplayMark)> = places.into_iter().collect();
        all.sort_unstable();
        let mut places = Self::default();
        for (seq, mark) in all {
            places.push(seq, mark);
        }
        places
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ReplayMark::{Asked, Failed, Prompt, Step};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn they_are_found_as_by_looking_at_each(
            given in prop::collection::vec((1u64..60, 0usize..ReplayMark::ALL.len()), 0..40), at in 0u64..62, more in 0u64..20
        ) {
            let all: Vec<(Seq, ReplayMark)> = given.into_iter().map(|(seq, n)| (Seq(seq), ReplayMark::ALL[n])).collect();
            let places: Places = all.iter().copied().collect();
            let (at, kinds) = (Seq(at), [Step, Asked, Failed]);
            let of_kinds = || all.iter().filter(|(_, mark)| kinds.contains(mark)).map(|(seq, _)| *seq);
            prop_assert_eq!(places.after(at, &kinds), of_kinds().filter(|seq| *seq > at).min());
            prop_assert_eq!(places.before(at, &kinds), of_kinds().filter(|seq| *seq < at).max());
            let to = Seq(at.0 + more);
            let within = all.iter().filter(|(seq, _)| (at..to).contains(seq));
            let worst = within.clone().map(|(_, mark)| *mark).max();
            let first = within.filter(|(_, mark)| Some(*mark) == worst).map(|(seq, _)| *seq).min();
            prop_assert_eq!(places.worst(at, to), worst.zip(first));
            let mut sorted = all.clone();
            sorted.sort_unstable();
            prop_assert_eq!(places.all(), sorted);
        }
    }

    #[test]
    fn one_that_is_put_off_stands_behind() {
        let mut places: Places = [(Seq(3), Asked), (Seq(2), Prompt)].into_iter().collect();
        places.put_off(Asked, Seq(3), Seq(4));
        places.put_off(Prompt, Seq(3), Seq(4));
        assert_eq!(places.all(), [(Seq(2), Prompt), (Seq(4), Asked)]);
    }
}
