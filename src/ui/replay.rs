//! A replay: which records are looked at, up to which one, how they play, and where on its track things stand.

use super::places::Places;
use crate::domain::{At, Seq, SessionId};

/// A gap between two records takes at most so many milliseconds.
const GAP_MS: u64 = 2_000;

/// The cursor of a replay. The state beside it is the fold up to `at`.
#[derive(Debug, Clone, PartialEq)]
pub struct Replay {
    /// Which session.
    pub session: SessionId,
    /// The record up to which everything is folded.
    pub at: Seq,
    /// The record that is being loaded, where another one was asked for.
    pub seeking: Option<Seq>,
    /// The last record.
    pub last: Seq,
    /// When the first record was written.
    pub first_at: At,
    /// When the last record was written.
    pub last_at: At,
    /// The clock as of the cursor: what every age counts to.
    pub clock: At,
    /// It plays.
    pub playing: bool,
    /// Real time of the last step of the play.
    pub stepped: At,
    /// Speed in quarters: 4 is real time.
    pub quarters: u32,
    /// What is worth going to is being gathered still.
    pub reading: bool,
    /// The mouse was pressed on the track, and is not released yet.
    pub dragged: bool,
    /// Places worth going to.
    pub marks: Places,
    /// When each record was written, sampled: (seq, at), in order; the first and last are in it.
    pub times: Vec<(Seq, At)>,
    /// It is what another tool wrote down; nothing where it is taut's own log.
    pub recording: Option<Recording>,
    /// Not all of it was read: what is known so far is no more than its end.
    pub glimpse: Option<Glimpse>,
}

/// How far a transcript was read, whose end may be shown before. In bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glimpse {
    /// Of its end, which are shown; 0 where nothing is.
    pub shown: u64,
    /// From its beginning on, which were read.
    pub read: u64,
    /// In all.
    pub of: u64,
}

/// A replay of what another tool wrote down.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recording {
    /// It goes on where it runs, and what is written is read as it comes.
    pub goes_on: bool,
    /// The cursor goes along with its end.
    pub follows: bool,
    /// How often it was found to be another one than before, and read anew.
    pub anew: u32,
}

/// What a place in a replay is: the worse, the later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReplayMark {
    /// A step begins.
    Step,
    /// A turn begins.
    Prompt,
    /// A step has changed files.
    Edited,
    /// A run that checks something ended well.
    Checked,
    /// A decision that allowed.
    Allowed,
    /// A request.
    Asked,
    /// A compaction.
    Compacted,
    /// What steps did to files was taken back.
    Undone,
    /// A decision that denied.
    Denied,
    /// A call that ran although nobody was asked, or did something else than was decided.
    Ungated,
    /// An error: of a step that was not denied, of a turn, of the agent.
    Failed,
}

impl ReplayMark {
    /// Every kind, the worst last.
    pub const ALL: [Self; 11] = [
        Self::Step,
        Self::Prompt,
        Self::Edited,
        Self::Checked,
        Self::Allowed,
        Self::Asked,
        Self::Compacted,
        Self::Undone,
        Self::Denied,
        Self::Ungated,
        Self::Failed,
    ];
    /// What is more than the course of things.
    pub const NOTABLE: [Self; 9] = [
        Self::Edited,
        Self::Checked,
        Self::Allowed,
        Self::Asked,
        Self::Compacted,
        Self::Undone,
        Self::Denied,
        Self::Ungated,
        Self::Failed,
    ];
    /// Requests, and what was decided.
    pub const REQUESTS: [Self; 3] = [Self::Asked, Self::Allowed, Self::Denied];
    /// What went wrong.
    pub const ERRORS: [Self; 2] = [Self::Ungated, Self::Failed];
    /// What became of files.
    pub const EDITS: [Self; 2] = [Self::Edited, Self::Undone];

    /// What it stands for, for people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Step => "a step begins",
            Self::Prompt => "a prompt: a turn begins",
            Self::Edited => "files were changed",
            Self::Checked => "a check ended well",
            Self::Allowed => "a request was allowed",
            Self::Asked => "a request",
            Self::Compacted => "the context was compacted",
            Self::Undone => "steps were taken back",
            Self::Denied => "a request was denied",
            Self::Ungated => "it ran unasked, or did something else",
            Self::Failed => "an error",
        }
    }
}

impl Replay {
    /// Where the cursor is, or will be once what was asked for has come.
    #[must_use]
    pub fn cursor(&self) -> Seq {
        self.seeking.unwrap_or(self.at)
    }

    /// When a record was written: sampled, so about.
    #[must_use]
    pub fn time_of(&self, seq: Seq) -> At {
        let after = self.times.partition_point(|(sampled, _)| *sampled <= seq);
        let (from, from_at) = after.checked_sub(1).map_or((Seq(1), self.first_at), |n| self.times[n]);
        let (to, to_at) = self.times.get(after).copied().unwrap_or((self.last, self.last_at));
        let (part, whole) = (seq.0.saturating_sub(from.0), to.0.saturating_sub(from.0));
        if whole == 0 {
            return from_at;
        }
        let way = i128::from(to_at.since(from_at)) * i128::from(part.min(whole)) / i128::from(whole);
        At(from_at.0.saturating_add(i64::try_from(way).unwrap_or(i64::MAX)))
    }

    /// The last record that was written by then; the first where none was.
    #[must_use]
    pub fn record_at(&self, at: At) -> Seq {
        let (mut low, mut high) = (1, self.last.0.max(1));
        while low < high {
            let middle = high - (high - low) / 2;
            if self.time_of(Seq(middle)) <= at {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        Seq(low)
    }

    /// Milliseconds from a record to the next one, as it plays; `None` at the end.
    #[must_use]
    pub(super) fn gap_after(&self, seq: Seq) -> Option<u64> {
        self.plays(seq).map(|(_, played)| played.min(GAP_MS))
    }

    /// How long nothing was written behind a record, where the play does not wait for that long.
    #[must_use]
    pub fn idle_after(&self, seq: Seq) -> Option<u64> {
        self.plays(seq).filter(|(_, played)| *played > GAP_MS).map(|(real, _)| real)
    }

    /// Milliseconds from a record to the next one: as they were, and at the speed of the play.
    fn plays(&self, seq: Seq) -> Option<(u64, u64)> {
        let next = Seq(seq.0.checked_add(1)?);
        if next > self.last {
            return None;
        }
        let real = self.time_of(next).since(self.time_of(seq));
        Some((real, real.saturating_mul(4) / u64::from(self.quarters.max(1))))
    }

    /// The cell of a track of so many in which a record stands.
    #[must_use]
    pub fn cell_of(&self, seq: Seq, cells: usize) -> usize {
        let (last, ends) = (self.last.0.max(1), cells.saturating_sub(1));
        let scaled = u128::from(seq.0.min(last)) * (ends as u128) / u128::from(last);
        usize::try_from(scaled).unwrap_or(ends).min(ends)
    }

    /// The worst that stands in a cell of a track, and where the first of it is.
    #[must_use]
    pub fn in_cell(&self, cell: usize, cells: usize) -> Option<(ReplayMark, Seq)> {
        self.marks.worst(self.first_in(cell, cells), self.first_in(cell + 1, cells))
    }

    /// The record to which a cell of a track leads: that of the worst in it, else its first one.
    #[must_use]
    pub fn led_by(&self, cell: usize, cells: usize) -> Seq {
        let first = self.first_in(cell, cells).clamp(Seq(1), Seq(self.last.0.max(1)));
        self.in_cell(cell, cells).map_or(first, |(_, seq)| seq)
    }

    /// The first record of a cell.
    fn first_in(&self, cell: usize, cells: usize) -> Seq {
        let ends = cells.saturating_sub(1);
        if cell > ends || ends == 0 {
            return if cell == 0 { Seq(0) } else { Seq(u64::MAX) };
        }
        let first = (cell as u128 * u128::from(self.last.0.max(1))).div_ceil(ends as u128);
        Seq(u64::try_from(first).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::super::marks::Marks;
    use super::*;
    use proptest::prelude::*;

    fn replay(last: u64, marks: &[(u64, ReplayMark)]) -> Replay {
        let mut replay = Marks::new(SessionId(1), Seq(last)).at(Seq(1));
        replay.marks = marks.iter().map(|(seq, mark)| (Seq(*seq), *mark)).collect();
        replay
    }

    proptest! {
        #[test]
        fn a_record_stands_in_one_cell_and_the_cell_leads_into_itself(last in 1u64..3_000, cells in 1usize..200, part in 0u64..3_000) {
            let seq = Seq(part % last + 1);
            let replay = replay(last, &[(seq.0, ReplayMark::Asked)]);
            let cell = replay.cell_of(seq, cells);
            let found: Vec<usize> = (0..cells).filter(|cell| replay.in_cell(*cell, cells).is_some()).collect();
            prop_assert_eq!(found, vec![cell]);
            prop_assert_eq!(replay.led_by(cell, cells), seq);
            for cell in 0..cells {
                let led = replay.led_by(cell, cells);
                prop_assert!((1..=last).contains(&led.0));
            }
            prop_assert_eq!(replay.cell_of(Seq(last), cells), cells - 1);
        }
    }

    #[test]
    fn the_worst_mark_of_a_cell_wins() {
        let all: Vec<(u64, ReplayMark)> = (50..).zip(ReplayMark::ALL).collect();
        for upto in 1..=all.len() {
            let replay = replay(10_000, &all[..upto]);
            assert_eq!(replay.in_cell(0, 80), Some((all[upto - 1].1, Seq(all[upto - 1].0))));
        }
    }

    #[test]
    fn a_record_is_found_by_its_time() {
        let mut replay = replay(100, &[]);
        (replay.first_at, replay.last_at) = (At(1_000), At(100_000));
        replay.times = vec![(Seq(1), At(1_000)), (Seq(50), At(50_000)), (Seq(51), At(90_000)), (Seq(100), At(100_000))];
        for seq in 1..=100 {
            assert_eq!(replay.record_at(replay.time_of(Seq(seq))), Seq(seq));
        }
        let at = |at| replay.record_at(At(at)).0;
        assert_eq!((at(0), at(60_000), at(89_999), at(90_000), at(i64::MAX)), (1, 50, 50, 51, 100));
    }
}
