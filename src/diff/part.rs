//! A part of a diff: some of its hunks, some of them changed, written into a text.

use super::lines::{Ending, Lines};
use super::{Diff, Misfit};
use std::ops::Range;

/// How far a hunk is looked for around the place that it names.
const FARTHEST: usize = 10_000;

/// What becomes of one hunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice<'a> {
    /// The text stays as it was there.
    Refused,
    /// It is written.
    Taken,
    /// These lines are written in its place, ends and all.
    Edited(&'a str),
}

impl Diff {
    /// The text with a part of the hunks written into it. A hunk whose lines have moved is found near its place, after the
    /// hunk before it.
    ///
    /// # Errors
    /// The first hunk that is not refused and does not fit.
    pub fn take<'a>(&self, text: &str, choice: impl Fn(usize) -> Choice<'a>) -> Result<String, Misfit> {
        let file: Vec<&str> = text.split_inclusive('\n').collect();
        let mut out = String::with_capacity(text.len());
        let (mut done, mut drift) = (0usize, 0isize);
        for (at, hunk) in self.hunks.iter().enumerate() {
            let comes = match choice(at) {
                Choice::Refused => continue,
                Choice::Taken => side(&self.new, hunk.new.clone()).concat(),
                Choice::Edited(lines) => lines.to_owned(),
            };
            let old = side(&self.old, hunk.old.clone());
            let named = (hunk.old_line as usize).saturating_sub(1);
            let expected = named.saturating_add_signed(drift);
            let start = find(&file, &old, done, expected).ok_or(Misfit { hunk: at, line: hunk.old_line })?;
            drift = isize::try_from(start).unwrap_or(isize::MAX).saturating_sub_unsigned(named);
            out.extend(file[done..start].iter().copied());
            out.push_str(&comes);
            done = start + old.len();
        }
        out.extend(file[done..].iter().copied());
        Ok(out)
    }

    /// What stands in a hunk's place once it is written: lines with their ends. Nothing where there is no such hunk.
    #[must_use]
    pub fn comes(&self, hunk: usize) -> Option<String> {
        self.hunks.get(hunk).map(|hunk| side(&self.new, hunk.new.clone()).concat())
    }

    /// What stands in a hunk's place before it is written.
    #[must_use]
    pub fn goes(&self, hunk: usize) -> Option<String> {
        self.hunks.get(hunk).map(|hunk| side(&self.old, hunk.old.clone()).concat())
    }

    /// A hunk of a patch to the byte: its head with some words behind it, its lines with their own ends, and where the last
    /// one has none, that.
    #[must_use]
    pub fn patch(&self, hunk: usize, heading: &str) -> Option<String> {
        let hunk = self.hunks.get(hunk)?;
        let mut out = hunk.header();
        if !heading.is_empty() {
            out.push(' ');
            out.push_str(heading);
        }
        out.push('\n');
        let mut put = |mark: char, lines: &Lines, range: Range<u32>| {
            for line in lines.range(range) {
                out.push(mark);
                out.push_str(line.text);
                out.push_str(match line.ending {
                    Ending::None => "\n\\ No newline at end of file\n",
                    ending => ending.as_str(),
                });
            }
        };
        let mut at = hunk.old.start;
        for change in &hunk.changes {
            put(' ', &self.old, at..change.old.start);
            put('-', &self.old, change.old.clone());
            put('+', &self.new, change.new.clone());
            at = change.old.end;
        }
        put(' ', &self.old, at..hunk.old.end);
        Some(out)
    }

    /// A hunk as a patch says it: its head, and its lines with ` `, `-` and `+` before them.
    #[must_use]
    pub fn hunk_text(&self, hunk: usize) -> Option<String> {
        let hunk = self.hunks.get(hunk)?;
        let mut out = hunk.header();
        out.push('\n');
        let mut put = |mark: char, lines: &Lines, range: Range<u32>| {
            for line in lines.range(range) {
                out.push(mark);
                out.push_str(line.text);
                out.push('\n');
            }
        };
        let mut at = hunk.old.start;
        for change in &hunk.changes {
            put(' ', &self.old, at..change.old.start);
            put('-', &self.old, change.old.clone());
            put('+', &self.new, change.new.clone());
            at = change.old.end;
        }
        put(' ', &self.old, at..hunk.old.end);
        Some(out)
    }
}

fn side(lines: &Lines, range: Range<u32>) -> Vec<String> {
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
