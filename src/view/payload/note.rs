//! A line of our own in a payload, with a path that an agent gave.

use super::{Doubts, Ink, Layers};
use crate::text;
use crate::theme::Role;
use crate::view::{Look, Row};
use std::ops::Range;

/// A path as a person reads it: within the session's folder, or from home.
#[derive(Debug, Clone, Copy)]
pub(super) struct Name<'a> {
    before: &'static str,
    rest: &'a str,
}

impl<'a> Name<'a> {
    /// Shortens a path without making it another one.
    pub(super) fn of(path: &'a str, folder: &str, home: &str) -> Self {
        let below = |folder: &str| {
            let folder = Some(folder.trim_end_matches('/')).filter(|folder| !folder.is_empty())?;
            path.strip_prefix(folder).filter(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        if let Some(rest) = below(folder).and_then(|rest| rest.strip_prefix('/')).filter(|rest| !rest.is_empty()) {
            return Self { before: if rest.starts_with('~') { "./" } else { "" }, rest };
        }
        match below(home) {
            Some(rest) => Self { before: "~", rest },
            // A folder that is really called `~`.
            None => Self { before: if path.starts_with('~') { "./" } else { "" }, rest: path },
        }
    }
}

impl Name<'_> {
    /// As text that is safe to draw.
    pub(super) fn shown(&self) -> String {
        format!("{}{}", self.before, text::visible(self.rest).text)
    }
}

/// A line, and its rows.
#[derive(Debug)]
pub(super) struct Note {
    ink: Ink,
    rows: Vec<Range<usize>>,
    doubts: Doubts,
}

impl Note {
    /// A line of our own.
    pub(super) fn new(ink: Ink, width: usize) -> Self {
        let rows = ink.wrap(width).collect();
        Self { ink, rows, doubts: Doubts::default() }
    }

    /// A line with a path in it.
    pub(super) fn named(mut before: Ink, name: Name<'_>, look: Look, behind: Ink, width: usize) -> Self {
        before.push(name.before, look);
        before.source(name.rest, look, &Layers::default());
        before.append(behind);
        let mut note = Self::new(before, width);
        note.doubts.look(name.rest);
        note
    }

    /// What it says.
    pub(super) fn text(&self) -> &str {
        self.ink.text()
    }

    /// The row that holds a byte of it.
    pub(super) fn row_of(&self, byte: usize) -> usize {
        self.rows.iter().position(|row| row.contains(&byte)).unwrap_or(0)
    }

    pub(super) fn rows(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn doubts(&self) -> &Doubts {
        &self.doubts
    }

    pub(super) fn resize(&mut self, width: usize) {
        self.rows = self.ink.wrap(width).collect();
    }

    pub(super) fn row(&self, row: usize) -> Row {
        let mut out = Row::of("", Role::Text);
        if let Some(range) = self.rows.get(row) {
            self.ink.draw(range.clone(), &mut out);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_name_is_still_the_same_file() {
        let name = |path| {
            let name = Name::of(path, "/home/demo/wt", "/home/demo");
            format!("{}{}", name.before, name.rest)
        };
        assert_eq!(name("/home/demo/wt/src/a.rs"), "src/a.rs");
        assert_eq!(name("/home/demo/wt"), "~/wt");
        assert_eq!(name("/home/demo/.ssh/id"), "~/.ssh/id");
        assert_eq!(name("/home/demo2/x"), "/home/demo2/x");
        assert_eq!(name("~/x"), "./~/x");
        assert_eq!(name("/home/demo/wt/~/x"), "./~/x");
        assert_eq!(Name::of("/etc/passwd", "/", "").rest, "/etc/passwd");
    }
}
