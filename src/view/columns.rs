//! The columns of a timeline: the same for every entry of a pane.

use super::{Look, Row};
use crate::text;
use crate::theme::Role;

/// The columns of a timeline: `14:01:07  ✓ read   src/auth.rs   1.2k  40ms`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Columns {
    /// All cells of a row.
    pub(super) width: usize,
    /// Cells by which the text of a lane stands further right.
    pub(super) indent: usize,
}

/// Cells of a speaker's name, or of a mark and a kind.
const LABEL: usize = 8;
/// Lanes within lanes that are told apart by where they stand.
const DEEPEST: usize = 4;

impl Columns {
    /// Columns for rows of so many cells.
    #[must_use]
    pub(super) fn new(width: usize) -> Self {
        Self { width, indent: 0 }
    }

    /// The same for an entry of a lane that is so deep.
    #[must_use]
    pub(super) fn within(self, depth: usize) -> Self {
        let room = self.width.saturating_sub(self.gutter()) / 4;
        Self { indent: (2 * depth.min(DEEPEST)).min(room), ..self }
    }

    /// Where the text of an entry begins.
    #[must_use]
    pub(super) fn start_of_text(self) -> usize {
        self.gutter() + self.indent
    }

    /// The time of day is shown.
    #[must_use]
    pub(super) fn has_time(self) -> bool {
        self.width >= 48
    }

    /// There is room for sizes and durations.
    #[must_use]
    pub(super) fn has_numbers(self) -> bool {
        self.width >= 34
    }

    /// There is room for an effect beside the size.
    #[must_use]
    pub(super) fn has_effect(self) -> bool {
        self.width >= 84
    }

    /// Where the text of the session's own lane begins.
    #[must_use]
    pub(super) fn gutter(self) -> usize {
        match self.width {
            48.. => 10 + LABEL + 1,
            24..48 => LABEL + 1,
            _ => 2.min(self.width),
        }
    }

    /// Cells of the label before the text.
    #[must_use]
    pub(super) fn label(self) -> usize {
        if self.width >= 24 { LABEL + 1 } else { 0 }
    }

    /// The cells of the text.
    #[must_use]
    pub(super) fn text(self) -> usize {
        self.width.saturating_sub(self.start_of_text()).max(1)
    }

    /// The time before the first row of an entry.
    #[must_use]
    pub(super) fn start(self, time: String) -> Row {
        if self.has_time() { Row::of(time, Role::Muted).with("  ", Role::Text) } else { Row::new() }
    }

    /// What stands before the first row of an entry: its time and its label.
    #[must_use]
    pub(super) fn lead(self, time: String, label: &str, look: Look) -> Row {
        let mut row = self.start(time);
        let room = self.gutter() - row.width();
        row.push(text::end(label, if room > 2 { room - 1 } else { 1 }).into_owned(), look);
        row.pad_to(self.start_of_text());
        row
    }
}
