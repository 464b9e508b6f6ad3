//! A text as numbered lines, with an index that stays small for any text.

use std::sync::Arc;

/// How many lines lie between two places that are remembered.
const STRIDE: u32 = 32;

/// How a line ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Ending {
    /// With a newline.
    #[default]
    Lf,
    /// With a carriage return and a newline.
    CrLf,
    /// Not at all: the last line of a file without a newline at its end.
    None,
}

impl Ending {
    /// The bytes of it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lf => "\n",
            Self::CrLf => "\r\n",
            Self::None => "",
        }
    }
}

/// A line and how it ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct LineText<'a> {
    /// Without its ending.
    pub text: &'a str,
    /// How it ends.
    pub ending: Ending,
}

impl<'a> LineText<'a> {
    /// Takes the ending off a line.
    pub(super) fn new(line: &'a str) -> Self {
        match line.strip_suffix('\n') {
            None => Self { text: line, ending: Ending::None },
            Some(text) => match text.strip_suffix('\r') {
                Some(text) => Self { text, ending: Ending::CrLf },
                None => Self { text, ending: Ending::Lf },
            },
        }
    }
}

/// A text as lines. Every 32nd start is remembered, so that also a hundred million empty lines cost little.
#[derive(Debug, Clone)]
pub(super) struct Lines {
    text: Arc<str>,
    starts: Vec<usize>,
    count: u32,
    /// Lines inside of the text that end without a newline in their file (a patch may say so of any line).
    unended: Vec<u32>,
}

impl Default for Lines {
    fn default() -> Self {
        Self::new("")
    }
}

impl Lines {
    pub(super) fn new(text: &str) -> Self {
        let (mut starts, mut count, mut start) = (Vec::new(), 0u32, 0);
        for line in text.split_inclusive('\n') {
            if count.is_multiple_of(STRIDE) {
                starts.push(start);
            }
            start += line.len();
            count = count.saturating_add(1);
        }
        Self { text: Arc::from(text), starts, count, unended: Vec::new() }
    }

    pub(super) fn with_unended(text: &str, unended: Vec<u32>) -> Self {
        Self { unended, ..Self::new(text) }
    }

    pub(super) fn len(&self) -> u32 {
        self.count
    }

    pub(super) fn get(&self, index: u32) -> Option<LineText<'_>> {
        let start = *self.starts.get((index / STRIDE) as usize)?;
        let line = self.text[start..].split_inclusive('\n').nth((index % STRIDE) as usize)?;
        let line = LineText::new(line);
        Some(if self.unended.binary_search(&index).is_ok() { LineText { ending: Ending::None, ..line } } else { line })
    }

    /// The lines of a range, in order.
    pub(super) fn range(&self, range: std::ops::Range<u32>) -> impl Iterator<Item = LineText<'_>> {
        range.map_while(|index| self.get(index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_found_again() {
        let text: String = (0..100).map(|n| format!("line {n}\n")).collect::<Vec<_>>().concat();
        let lines = Lines::new(&text);
        assert_eq!(lines.len(), 100);
        for n in 0..100 {
            assert_eq!(lines.get(n).map(|line| line.text.to_owned()), Some(format!("line {n}")));
        }
        assert_eq!(lines.get(100), None);
        assert_eq!(lines.get(u32::MAX), None);
    }

    #[test]
    fn endings_are_told_apart() {
        let lines = Lines::new("a\nb\r\nc\rd");
        let all: Vec<_> = lines.range(0..9).map(|line| (line.text, line.ending)).collect();
        assert_eq!(all, [("a", Ending::Lf), ("b", Ending::CrLf), ("c\rd", Ending::None)]);
    }
}
