//! Which words of a change differ.

use super::Diff;
use super::lines::Lines;
use crate::text::graphemes;
use imara_diff::{Algorithm, InternedInput};
use std::ops::Range;

/// A larger change is shown as a whole.
const MOST_BYTES: usize = 16 << 10;

/// The words that differ in one change: for each of its lines, byte ranges. Nothing for a line, or for all, where too little
/// stays the same for it to help.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// For each line that goes.
    pub old: Vec<Vec<Range<usize>>>,
    /// For each line that comes.
    pub new: Vec<Vec<Range<usize>>>,
}

impl Diff {
    /// Compares the words of one change. Costs as much as the change is long: ask for what is on the screen, and keep it.
    #[must_use]
    pub fn words(&self, hunk: usize, change: usize) -> Words {
        let Some(change) = self.hunks.get(hunk).and_then(|hunk| hunk.changes.get(change)) else {
            return Words::default();
        };
        if change.old.is_empty() || change.new.is_empty() {
            return Words::default();
        }
        let (Some(old), Some(new)) = (joined(&self.old, &change.old), joined(&self.new, &change.new)) else {
            return Words::default();
        };
        let (old_ranges, new_ranges) = differing(&old, &new);
        if !helps(&old, &old_ranges) && !helps(&new, &new_ranges) {
            return Words::default();
        }
        Words { old: by_line(&old, &old_ranges), new: by_line(&new, &new_ranges) }
    }
}

fn joined(lines: &Lines, range: &Range<u32>) -> Option<String> {
    let mut text = String::new();
    for line in lines.range(range.clone()) {
        text.push_str(line.text);
        text.push('\n');
        if text.len() > MOST_BYTES {
            return None;
        }
    }
    Some(text)
}

fn differing(old: &str, new: &str) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let (old_tokens, new_tokens) = (tokens(old), tokens(new));
    let mut input = InternedInput::default();
    input.update_before(old_tokens.iter().map(|token| &old[token.clone()]));
    input.update_after(new_tokens.iter().map(|token| &new[token.clone()]));
    let mut diff = imara_diff::Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_no_heuristic(&input);
    let (mut old_ranges, mut new_ranges) = (Vec::new(), Vec::new());
    for hunk in diff.hunks() {
        add(&mut old_ranges, &old_tokens, hunk.before, old);
        add(&mut new_ranges, &new_tokens, hunk.after, new);
    }
    (old_ranges, new_ranges)
}

/// Adds a run of tokens; runs with nothing but blanks between them are one.
fn add(ranges: &mut Vec<Range<usize>>, tokens: &[Range<usize>], hunk: Range<u32>, text: &str) {
    let run = tokens.get(hunk.start as usize..hunk.end as usize).unwrap_or_default();
    let (Some(first), Some(last)) = (run.first(), run.last()) else { return };
    match ranges.last_mut() {
        Some(before) if text[before.end..first.start].chars().all(|c| c == ' ') => before.end = last.end,
        _ => ranges.push(first.start..last.end),
    }
}

/// Words, runs of blanks, and every other grapheme by itself.
fn tokens(text: &str) -> Vec<Range<usize>> {
    let mut tokens: Vec<Range<usize>> = Vec::new();
    let mut last = Sort::Single;
    for (at, cluster, _) in graphemes(text) {
        let sort = match cluster.chars().next() {
            Some('\n') | None => Sort::Single,
            Some(c) if c.is_alphanumeric() || c == '_' => Sort::Word,
            Some(c) if c.is_whitespace() => Sort::Blank,
            Some(_) => Sort::Single,
        };
        match tokens.last_mut() {
            Some(token) if sort == last && sort != Sort::Single => token.end = at + cluster.len(),
            _ => tokens.push(at..at + cluster.len()),
        }
        last = sort;
    }
    tokens
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Word,
    Blank,
    Single,
}

/// True where at least a third of what can be seen stays the same.
fn helps(text: &str, ranges: &[Range<usize>]) -> bool {
    let seen = |text: &str| text.bytes().filter(|byte| !byte.is_ascii_whitespace()).count();
    let changed: usize = ranges.iter().map(|range| seen(&text[range.clone()])).sum();
    changed * 3 <= seen(text) * 2
}

/// Cuts ranges at the ends of lines, without the blanks around what can be seen. Blanks alone count where they are all
/// that differs, and not where they only indent a line that was broken.
fn by_line(text: &str, ranges: &[Range<usize>]) -> Vec<Vec<Range<usize>>> {
    let mut start = 0;
    let mut ranges = ranges.iter().peekable();
    text.split_terminator('\n')
        .map(|line| {
            let end = start + line.len();
            let mut found = Vec::new();
            while let Some(range) = ranges.peek().filter(|range| range.start <= end) {
                let cut = range.start.max(start)..range.end.min(end);
                let seen = trimmed(text, cut.clone());
                if !seen.is_empty() {
                    found.push(seen.start - start..seen.end - start);
                } else if !cut.is_empty() && cut == **range {
                    found.push(cut.start - start..cut.end - start);
                }
                if range.end > end + 1 {
                    break;
                }
                ranges.next();
            }
            start = end + 1;
            // A line of which little is kept is new as a whole: marks all over it would say nothing.
            if helps(line, &found) { found } else { Vec::new() }
        })
        .collect()
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let piece = &text[range.clone()];
    let start = range.start + (piece.len() - piece.trim_start().len());
    start..start + piece.trim().len()
}
