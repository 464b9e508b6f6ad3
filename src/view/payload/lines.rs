//! A long text as rows: any row at the same cost.

use super::doubt::Doubts;
use super::heights::Heights;
use super::ink::{Ink, Layers};
use crate::theme::Role;
use crate::view::highlight::Piece;
use crate::view::row::Break;
use crate::view::{Look, Row};
use std::sync::Arc;

/// What stands before the lines of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::view) enum Lead {
    /// `$ ` before the first line and `> ` before the others: a command.
    Command,
    /// Nothing.
    Plain,
}

/// Cells of what stands before a line.
pub(in crate::view) const LEAD: usize = 2;

/// A long text.
#[derive(Debug, Clone)]
pub(in crate::view) struct Lines {
    text: Arc<str>,
    /// Where each line begins.
    starts: Vec<usize>,
    lead: Lead,
    role: Role,
    room: usize,
    heights: Heights,
    doubts: Doubts,
}

impl Lines {
    /// The lines of a text at a width.
    pub(in crate::view) fn new(text: Arc<str>, lead: Lead, role: Role, width: usize) -> Self {
        let mut starts = vec![0];
        // A newline at the very end ends the last line and begins none.
        let whole = text.strip_suffix('\n').unwrap_or(&text);
        starts.extend(whole.match_indices('\n').map(|(at, _)| at + 1));
        let (heights, mut doubts) = (Heights::default(), Doubts::default());
        whole.split('\n').for_each(|line| doubts.look(line));
        let mut lines = Self { text, starts, lead, role, room: 0, heights, doubts };
        lines.resize(width);
        lines
    }

    /// Fits it to another width.
    pub(in crate::view) fn resize(&mut self, width: usize) {
        self.room = width.saturating_sub(LEAD).max(1);
        let mut heights = Heights::default();
        (0..self.count()).filter_map(|line| self.line(line)).for_each(|line| heights.push(line, "", self.room));
        self.heights = heights;
    }

    /// The rows and lines of it.
    pub(in crate::view) fn heights(&self) -> &Heights {
        &self.heights
    }

    /// What in it is not what it looks like.
    pub(in crate::view) fn doubts(&self) -> &Doubts {
        &self.doubts
    }

    /// How many lines there are.
    pub(in crate::view) fn count(&self) -> u32 {
        u32::try_from(self.starts.len()).unwrap_or(u32::MAX)
    }

    /// A line, without its newline.
    pub(in crate::view) fn line(&self, line: u32) -> Option<&str> {
        let start = *self.starts.get(line as usize)?;
        let rest = self.text.get(start..)?;
        match self.starts.get(line as usize + 1) {
            Some(&next) => self.text.get(start..next - 1),
            None => Some(rest.strip_suffix('\n').unwrap_or(rest)),
        }
    }

    /// One row; `go_on` is the sign before rows that go on a line.
    pub(in crate::view) fn row(&self, row: usize, go_on: &'static str, colours: &[Piece]) -> Row {
        let (line, within) = self.heights.find(row);
        let Some(source) = self.line(line) else { return Row::new() };
        let piece = self.heights.piece((line, 0), source.len(), within);
        let mut ink = Ink::default();
        let syntax: Vec<_> = colours.iter().map(|piece| (piece.range.clone(), piece.role)).collect();
        let layers = Layers { syntax: syntax.into(), ..Layers::default() };
        ink.source(&source[piece.bytes], self.role, &layers);
        let (lead, look) = match (self.lead, line, within) {
            (_, _, 1..) => (go_on, Look::from(Role::Gutter)),
            (Lead::Command, 0, 0) => ("$ ", Role::Muted.into()),
            (Lead::Command, _, 0) => ("> ", Role::Muted.into()),
            (Lead::Plain, _, 0) => ("  ", Role::Muted.into()),
        };
        let breaks = if within > 0 { Break::Within } else { Break::Begins };
        let mut out = Row { lead: LEAD, breaks, ..Row::of(lead, look) };
        if let Some(range) = ink.wrap(self.room).nth(within - piece.first) {
            ink.draw(range, &mut out);
        }
        out
    }
}
