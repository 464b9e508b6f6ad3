//! Two texts compared by lines, within bounds.

use super::lines::Lines;
use super::{Change, Diff, Shape};
use imara_diff::{Algorithm, InternedInput};

/// More than this on either side is first cut to what differs.
const MOST_BYTES: usize = 4 << 20;
/// More lines than this that differ are one change.
const MOST_LINES: usize = 200_000;
/// Up to here the histogram algorithm is used: people read its result more easily. Its cost grows with the lines times the
/// changes (28 ms for 10,000 lines with 1,000 changes, where Myers needs 0.4), so that longer texts go to Myers.
const MOST_FOR_HISTOGRAM: usize = 4_000;
/// What is looked at to tell text from something else.
const SAMPLE: usize = 8_000;

pub(super) fn compare(old: &str, new: &str) -> Diff {
    if is_binary(old) || is_binary(new) {
        return if old == new { Diff::default() } else { Diff { shape: Shape::Binary, ..Diff::default() } };
    }
    if old.len().max(new.len()) <= MOST_BYTES {
        let changes = changes(old, new, 0);
        return Diff::assemble(Lines::new(old), Lines::new(new), Shape::Text, changes);
    }
    let (before, prefix) = same_start(old, new);
    let after = same_end(&old[prefix..], &new[prefix..]);
    let (old_middle, new_middle) = (&old[prefix..old.len() - after], &new[prefix..new.len() - after]);
    let lines = |text: &str| text.split_inclusive('\n').count();
    let (old_count, new_count) = (lines(old_middle), lines(new_middle));
    let fits = old_middle.len().max(new_middle.len()) <= MOST_BYTES && old_count.max(new_count) <= MOST_LINES;
    let (shape, changes) = if fits {
        (Shape::Text, changes(old_middle, new_middle, before))
    } else {
        let end = |count: usize| before.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
        (Shape::Large, vec![Change { old: before..end(old_count), new: before..end(new_count), first_row: 0 }])
    };
    Diff::assemble(Lines::new(old), Lines::new(new), shape, changes)
}

fn changes(old: &str, new: &str, offset: u32) -> Vec<Change> {
    let input = InternedInput::new(old, new);
    let is_short = input.before.len().max(input.after.len()) <= MOST_FOR_HISTOGRAM;
    let algorithm = if is_short { Algorithm::Histogram } else { Algorithm::Myers };
    let mut diff = imara_diff::Diff::compute(algorithm, &input);
    diff.postprocess_lines(&input);
    diff.hunks()
        .map(|hunk| Change {
            old: hunk.before.start + offset..hunk.before.end + offset,
            new: hunk.after.start + offset..hunk.after.end + offset,
            first_row: 0,
        })
        .collect()
}

/// The whole lines at the start that are the same: their number, and their bytes.
fn same_start(old: &str, new: &str) -> (u32, usize) {
    let same = same_bytes(old.as_bytes().chunks(BLOCK).zip(new.as_bytes().chunks(BLOCK)), |one, other| {
        one.iter().zip(other).take_while(|(one, other)| one == other).count()
    });
    let start = old.as_bytes()[..same].iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1);
    let lines = old[..start].matches('\n').count();
    (u32::try_from(lines).unwrap_or(u32::MAX), start)
}

/// The bytes of the whole lines at the end that are the same.
fn same_end(old: &str, new: &str) -> usize {
    let same = same_bytes(old.as_bytes().rchunks(BLOCK).zip(new.as_bytes().rchunks(BLOCK)), |one, other| {
        one.iter().rev().zip(other.iter().rev()).take_while(|(one, other)| one == other).count()
    });
    // A line is whole where a newline stands before it, on both sides.
    let tail = &old.as_bytes()[old.len() - same..];
    tail.iter().position(|&byte| byte == b'\n').map_or(0, |newline| same - newline - 1)
}

const BLOCK: usize = 16 << 10;

/// How many bytes are the same, whole blocks at once.
fn same_bytes<'a>(blocks: impl Iterator<Item = (&'a [u8], &'a [u8])>, count: impl Fn(&[u8], &[u8]) -> usize) -> usize {
    let mut same = 0;
    for (one, other) in blocks {
        if one != other {
            return same + count(one, other);
        }
        same += one.len();
    }
    same
}

/// True where a text is mostly not text. A few odd characters do not make a binary: they are shown as marks, so that nothing
/// hides behind one zero byte.
fn is_binary(text: &str) -> bool {
    let bytes = &text.as_bytes()[..text.len().min(SAMPLE)];
    let odd = |byte: &&u8| matches!(**byte, 0..=8 | 14..=26 | 28..=31 | 127);
    let replaced = text.char_indices().take_while(|(at, _)| *at < SAMPLE).filter(|(_, c)| *c == '\u{fffd}').count();
    bytes.len() >= 16 && (bytes.iter().filter(odd).count() + replaced) * 6 > bytes.len()
}
