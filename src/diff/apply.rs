//! Hunks written into a text.

use super::Diff;
use super::lines::Lines;

/// How far a hunk is looked for around the place that it names.
const FARTHEST: usize = 10_000;

/// A hunk whose old lines are not in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("hunk {} (line {line}) does not fit: the file no longer has the lines it would change; read it again", hunk + 1)]
pub struct Misfit {
    /// Which one, from 0.
    pub hunk: usize,
    /// Where it says that it belongs.
    pub line: u32,
}

impl Diff {
    /// The text with every accepted hunk applied. A hunk whose lines have moved is found near its place, after the hunk before
    /// it.
    ///
    /// # Errors
    /// The first accepted hunk that does not fit.
    pub fn apply(&self, text: &str, is_accepted: impl Fn(usize) -> bool) -> Result<String, Misfit> {
        let file: Vec<&str> = text.split_inclusive('\n').collect();
        let mut out = String::with_capacity(text.len());
        let (mut done, mut drift) = (0usize, 0isize);
        for (at, hunk) in self.hunks.iter().enumerate().filter(|(at, _)| is_accepted(*at)) {
            let old = side(&self.old, hunk.old.clone());
            let named = (hunk.old_line as usize).saturating_sub(1);
            let expected = named.saturating_add_signed(drift);
            let start = find(&file, &old, done, expected).ok_or(Misfit { hunk: at, line: hunk.old_line })?;
            drift = isize::try_from(start).unwrap_or(isize::MAX).saturating_sub_unsigned(named);
            out.extend(file[done..start].iter().copied());
            out.extend(side(&self.new, hunk.new.clone()));
            done = start + old.len();
        }
        out.extend(file[done..].iter().copied());
        Ok(out)
    }
}

fn side(lines: &Lines, range: std::ops::Range<u32>) -> Vec<String> {
    lines.range(range).map(|line| format!("{}{}", line.text, line.ending.as_str())).collect()
}

/// Where the old lines stand: at the expected line, or else nearest to it.
fn find(file: &[&str], old: &[String], from: usize, expected: usize) -> Option<usize> {
    let fits = |at: usize| {
        at >= from
            && file
                .get(at..at.saturating_add(old.len()))
                .is_some_and(|lines| lines.iter().zip(old).all(|(line, old)| line == old))
    };
    let expected = expected.clamp(from, file.len().max(from));
    (0..=FARTHEST.min(file.len()))
        .flat_map(|away| [expected.checked_sub(away), expected.checked_add(away)])
        .flatten()
        .find(|&at| fits(at))
}
