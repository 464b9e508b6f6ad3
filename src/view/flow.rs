//! A line with looks, and its rows.

use super::row::{Break, spaces};
use super::{Look, Row, Span};
use crate::text::{self, Kind, ansi};
use crate::theme::Role;
use std::borrow::Cow;
use std::ops::Range;

/// A line with looks: its text, and where each look ends.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Styled {
    text: String,
    runs: Vec<(usize, Look)>,
}

impl Styled {
    /// A line of one look.
    #[must_use]
    pub fn of(text: &str, look: impl Into<Look>) -> Self {
        let mut line = Self::default();
        line.push(text, look);
        line
    }

    /// A line with its hidden characters as marks, for what is decided upon.
    #[must_use]
    pub fn exact(source: &str, look: impl Into<Look>) -> Self {
        let mut line = Self::default();
        line.push_visible(&text::visible(source), look);
        line
    }

    /// A line of a tool's output in its own colours.
    #[must_use]
    pub fn output(source: &ansi::Line, role: Role) -> Self {
        let mut line = Self::default();
        for (piece, span) in source.pieces() {
            let look = if span.mark {
                Look::from(Role::Mark)
            } else {
                Look { ansi: (span.style != ansi::Style::default()).then_some(span.style), ..Look::from(role) }
            };
            line.push(piece, look);
        }
        line
    }

    /// Adds text that is already safe.
    pub fn push(&mut self, text: &str, look: impl Into<Look>) {
        if text.is_empty() {
            return;
        }
        self.text.push_str(text);
        let look = look.into();
        match self.runs.last_mut() {
            Some((end, last)) if *last == look => *end = self.text.len(),
            _ => self.runs.push((self.text.len(), look)),
        }
    }

    /// Adds text with its hidden characters as marks.
    pub fn push_visible(&mut self, shown: &text::Visible<'_>, look: impl Into<Look>) {
        let look = look.into();
        for (range, kind) in shown.spans() {
            let look = match kind {
                Kind::Text => look,
                Kind::Mark => Look { role: Role::Mark, ..look },
                Kind::Tab => Look { role: Role::Muted, ..look },
            };
            self.push(&shown.text[range], look);
        }
    }

    /// Adds another line behind it.
    pub fn append(&mut self, other: &Self) {
        let mut at = 0;
        for &(end, look) in &other.runs {
            self.push(&other.text[at..end], look);
            at = end;
        }
    }

    /// Its text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its rows: `first` stands before the first one, as many spaces before the others; each at most `width` cells.
    pub fn flow(&self, first: Row, width: usize, out: &mut Vec<Row>) {
        let hang = first.width();
        self.flow_at(first, hang, width, out);
    }

    /// The same with so many spaces before the other rows.
    pub fn flow_at(&self, first: Row, hang: usize, width: usize, out: &mut Vec<Row>) {
        let room = width.saturating_sub(hang.max(first.width())).max(1);
        let mut lead = Some(first);
        let mut end = 0;
        for range in text::wrap(&self.text, room) {
            let breaks = if range.start > end { Break::Blank } else { Break::Within };
            end = range.end;
            let next = || Row { lead: hang, breaks, ..Row::of(spaces(hang), Role::Text) };
            let mut row = lead.take().unwrap_or_else(next);
            self.slice(range, &mut row);
            out.push(row);
        }
    }

    /// The line in one row, with `…` where it is too long.
    #[must_use]
    pub fn row(&self, width: usize) -> Row {
        let mut row = Row::new();
        self.slice(0..self.text.len(), &mut row);
        row.clip(width)
    }

    fn slice(&self, range: Range<usize>, row: &mut Row) {
        let from = self.runs.partition_point(|&(end, _)| end <= range.start);
        let mut at = range.start;
        for &(end, look) in &self.runs[from..] {
            if at >= range.end {
                break;
            }
            let to = end.min(range.end);
            row.spans.push(Span { text: Cow::Owned(self.text[at..to].to_owned()), look });
            at = to;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_go_on_over_the_end_of_a_row() {
        let mut line = Styled::of("one two ", Role::Text);
        line.push("three four", Role::Info);
        let mut rows = Vec::new();
        line.flow(Row::of("> ", Role::Muted), 12, &mut rows);
        let shown: Vec<Vec<(&str, Role)>> =
            rows.iter().map(|row| row.spans.iter().map(|s| (s.text.as_ref(), s.look.role)).collect()).collect();
        assert_eq!(
            shown,
            vec![
                vec![("> ", Role::Muted), ("one two ", Role::Text)],
                vec![("  ", Role::Text), ("three four", Role::Info)],
            ]
        );
    }

    #[test]
    fn what_is_hidden_is_marked() {
        let line = Styled::exact("a\u{202e}b", Role::Text);
        assert_eq!(line.text(), "a‹U+202E›b");
        assert_eq!(line.runs[1].1.role, Role::Mark);
    }
}
