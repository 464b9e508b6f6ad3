//! Which lines of the two sides of a change stand beside each other.

use super::lines::LineText;
use super::{Change, Diff, length};

/// How many lines below the first one each side of a change begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Shift {
    pub(super) old: u32,
    pub(super) new: u32,
}

/// Sides longer than this begin beside each other.
const MOST_SHIFTED: u32 = 40;

impl Diff {
    /// How far the shorter side of a change is moved down, so that its lines stand beside those that are most like them.
    pub(super) fn shift(&self, change: &Change) -> Shift {
        let (removed, added) = (length(&change.old), length(&change.new));
        let most = removed.max(added);
        if removed == added || removed.min(added) == 0 || most > MOST_SHIFTED {
            return Shift::default();
        }
        let like = |down: u32| {
            let old_is_short = removed < added;
            let pairs = (0..removed.min(added)).map(|at| {
                let (old, new) = if old_is_short { (at, at + down) } else { (at + down, at) };
                let text = |line: Option<LineText<'_>>| line.map_or("", |line| line.text).trim().to_owned();
                alike(&text(self.old.get(change.old.start + old)), &text(self.new.get(change.new.start + new)))
            });
            pairs.sum::<u32>()
        };
        // The least of those that fit best.
        let best = (0..=most - removed.min(added)).rev().max_by_key(|&down| like(down)).unwrap_or(0);
        if removed < added { Shift { old: best, new: 0 } } else { Shift { old: 0, new: best } }
    }
}

/// How much of two lines is the same at their beginning and end, of a thousand.
fn alike(one: &str, other: &str) -> u32 {
    let most = one.len().max(other.len());
    let least = one.len().min(other.len());
    let pairs = one.bytes().zip(other.bytes());
    let start = pairs.take_while(|(one, other)| one == other).count();
    let pairs = one.bytes().rev().zip(other.bytes().rev());
    let end = pairs.take_while(|(one, other)| one == other).count().min(least - start);
    u32::try_from((start + end) * 1_000 / most.max(1)).unwrap_or(0)
}
