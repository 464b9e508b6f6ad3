//! One row, and building it: columns that align, and what stands flush right.

use super::{Look, Span};
use crate::text;
use crate::theme::Role;
use std::borrow::Cow;

/// One row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Its runs, left to right; what goes beyond the area is clipped by cell.
    pub spans: Vec<Span>,
    /// The background of the whole row.
    pub back: Option<Role>,
    /// Cells at its beginning that are no part of the text: a margin, a time, a sign.
    pub lead: usize,
    /// Whether it goes on with the line of the row before it.
    pub breaks: Break,
}

/// How a row follows the one before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Break {
    /// It begins a line.
    #[default]
    Begins,
    /// It goes on with the line; the break is no part of it.
    Within,
    /// It goes on with the line; the one blank at which it was broken is left out.
    Blank,
}

impl Row {
    /// An empty row.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A row of one run.
    #[must_use]
    pub fn of(text: impl Into<Cow<'static, str>>, look: impl Into<Look>) -> Self {
        Self::new().with(text, look)
    }

    /// The row with one run more.
    #[must_use]
    pub fn with(mut self, text: impl Into<Cow<'static, str>>, look: impl Into<Look>) -> Self {
        self.push(text, look);
        self
    }

    /// Adds a run.
    pub fn push(&mut self, text: impl Into<Cow<'static, str>>, look: impl Into<Look>) {
        let text = text.into();
        if !text.is_empty() {
            self.spans.push(Span { text, look: look.into() });
        }
    }

    /// Adds a name with the letters that were typed in weight, each run of it made safe to draw.
    pub(super) fn push_found(&mut self, name: &str, letters: &[u32], look: Look, safe: impl Fn(&str) -> String) {
        let mut letters = letters.iter().peekable();
        let mut run = (String::new(), false);
        let look_of = |hit| if hit { Look::strong(Role::Accent) } else { look };
        for (n, c) in name.chars().enumerate() {
            let hit = letters.next_if(|&&at| at as usize == n).is_some();
            if hit != run.1 {
                self.push(safe(&std::mem::take(&mut run.0)), look_of(run.1));
            }
            run.1 = hit;
            run.0.push(c);
        }
        self.push(safe(&run.0), look_of(run.1));
    }

    /// The row with another one behind it.
    #[must_use]
    pub fn with_row(mut self, row: Row) -> Self {
        self.append(row);
        self
    }

    /// Adds the runs of another row.
    pub fn append(&mut self, row: Row) {
        self.spans.extend(row.spans);
    }

    /// The row one cell further right.
    #[must_use]
    pub fn indented(mut self) -> Self {
        self.spans.insert(0, Span { text: " ".into(), look: Role::Text.into() });
        self.lead += 1;
        self
    }

    /// Its cells.
    #[must_use]
    pub fn width(&self) -> usize {
        self.spans.iter().map(|span| text::width(&span.text)).sum()
    }

    /// Adds spaces up to a column.
    pub fn pad_to(&mut self, column: usize) {
        let missing = column.saturating_sub(self.width());
        self.push(spaces(missing), Role::Text);
    }

    /// The row cut to a width; `…` stands where something is missing.
    #[must_use]
    pub fn clip(mut self, width: usize) -> Self {
        if self.width() <= width {
            return self;
        }
        let mut room = width.saturating_sub(1);
        let mut kept = Vec::with_capacity(self.spans.len());
        for span in self.spans.drain(..) {
            let cells = text::width(&span.text);
            if cells <= room {
                room -= cells;
                kept.push(span);
                continue;
            }
            let look = span.look;
            let text = text::clip(&span.text, room).to_owned();
            kept.push(Span { text: text.into(), look });
            if width > 0 {
                kept.push(Span { text: "…".into(), look });
            }
            break;
        }
        self.spans = kept;
        self
    }

    /// The row with another one flush right at a width; this one is cut where both have no room.
    #[must_use]
    pub fn right(self, other: Row, width: usize) -> Self {
        let cells = other.width();
        if cells == 0 {
            return self.clip(width);
        }
        if cells >= width {
            return other.clip(width);
        }
        let mut row = self.clip(width - cells - 1);
        row.pad_to(width - cells);
        row.append(other);
        row
    }
}

/// So many spaces.
#[must_use]
pub(super) fn spaces(count: usize) -> Cow<'static, str> {
    const BLANK: &str = "                                                                ";
    match BLANK.get(..count) {
        Some(blank) => Cow::Borrowed(blank),
        None => Cow::Owned(" ".repeat(count)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(row: &Row) -> String {
        row.spans.iter().map(|span| span.text.as_ref()).collect()
    }

    #[test]
    fn what_stands_right_is_never_cut_for_what_stands_left() {
        let row = Row::of("a long name that goes on", Role::Text).right(Row::of("3m", Role::Muted), 12);
        assert_eq!(shown(&row), "a long n… 3m");
        assert_eq!(row.width(), 12);
        assert_eq!(shown(&Row::of("x", Role::Text).right(Row::of("12345", Role::Text), 3)), "12…");
    }

    #[test]
    fn wide_characters_are_never_split() {
        let row = Row::of("日本語", Role::Text).clip(4);
        assert_eq!(shown(&row), "日…");
        assert_eq!(Row::of("日本語", Role::Text).clip(0).width(), 0);
    }
}
