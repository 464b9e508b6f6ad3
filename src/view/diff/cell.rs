//! The text of one side of a line, as rows: broken, or a window of it.

use crate::diff::Side;
use crate::theme::Role;
use crate::view::payload::{Heights, Ink, Layers, Piece};
use crate::view::row::spaces;
use crate::view::{Glyphs, Look, Row};
use std::ops::Range;

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It stays.
    Same,
    /// It goes.
    Removed,
    /// It comes.
    Added,
}

impl Kind {
    /// The background of such a line.
    pub(super) fn back(self) -> Option<Role> {
        match self {
            Self::Same => None,
            Self::Removed => Some(Role::Removed),
            Self::Added => Some(Role::Added),
        }
    }

    fn roles(self) -> (Role, Role) {
        match self {
            Self::Same => (Role::Text, Role::Text),
            Self::Removed => (Role::Removed, Role::RemovedWord),
            Self::Added => (Role::Added, Role::AddedWord),
        }
    }
}

/// One side of a line with its looks.
pub(super) struct Cell<'a> {
    pub(super) side: Side<'a>,
    pub(super) kind: Kind,
    /// The words that differ.
    pub(super) words: &'a [Range<usize>],
    /// The roles of its code.
    pub(super) syntax: Vec<(Range<usize>, Role)>,
    /// What is written behind it.
    pub(super) behind: &'static str,
}

/// Where a cell stands: its line and column, and the cells that it has.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) heights: &'a Heights,
    pub(super) place: (u32, u8),
    pub(super) room: usize,
}

impl Cell<'_> {
    /// Some of its rows, each at most as wide as its room; fewer where it has no more.
    pub(super) fn broken(&self, rows: Range<usize>, at: At<'_>) -> Vec<Row> {
        let mut out: Vec<Row> = Vec::new();
        let len = self.side.text.len();
        let mut row = rows.start;
        while row < rows.end {
            let piece = at.heights.piece(at.place, len, row);
            let ink = self.ink(&piece);
            let before = out.len();
            for range in ink.wrap(at.room).skip(row - piece.first).take(rows.end - row) {
                let mut strip = Row::new();
                ink.draw(range, &mut strip);
                out.push(strip);
            }
            match out.len() - before {
                0 => break,
                made => row += made,
            }
        }
        out
    }

    /// What of it stands in its room from a column on; a sign at the end where something is cut there.
    pub(super) fn window(&self, left: usize, at: At<'_>, glyphs: &Glyphs) -> Row {
        let len = self.side.text.len();
        let first = at.heights.piece(at.place, len, left);
        let mut ink = self.ink(&first);
        // A window may reach into the next pieces of a very long line.
        let mut last = first.clone();
        while !last.is_last && ink.cells() <= left.saturating_sub(first.first) + at.room {
            let before = last.bytes.end;
            last = at.heights.piece(at.place, len, first.first + ink.cells());
            if last.bytes.start < before {
                break;
            }
            ink.append(self.ink(&last));
        }
        let mut row = Row::new();
        window(&ink, left.saturating_sub(first.first), at.room, glyphs, &mut row);
        row
    }

    /// A piece of it with its looks.
    fn ink(&self, piece: &Piece) -> Ink {
        let (role, word) = self.kind.roles();
        let layers = Layers {
            words: self.words.iter().filter_map(|word| within(word, &piece.bytes)).collect(),
            word: Some(Look::from(word).on(word)),
            syntax: self.syntax.iter().filter_map(|(at, role)| Some((within(at, &piece.bytes)?, *role))).collect(),
        };
        let mut ink = Ink::default();
        ink.source(self.side.text.get(piece.bytes.clone()).unwrap_or_default(), role, &layers);
        if piece.is_last {
            ink.push(self.behind, Look::from(Role::Mark).on(Role::Mark));
        }
        ink
    }
}

/// Adds so many cells of a line from a column on; a sign in the last one where something is cut there.
pub(super) fn window(ink: &Ink, left: usize, room: usize, glyphs: &Glyphs, row: &mut Row) {
    let is_cut = ink.cells() > left.saturating_add(room);
    let shown = if is_cut { room.saturating_sub(1) } else { room };
    let begin = row.width();
    let (lead, range) = ink.window(left, shown);
    row.push(spaces(lead), Role::Text);
    ink.draw(range, row);
    if is_cut {
        row.pad_to(begin + shown);
        row.push(if glyphs.ascii { ">" } else { "›" }, Look::strong(Role::Info));
    }
}

/// A range as it stands in a piece of its line.
fn within(range: &Range<usize>, piece: &Range<usize>) -> Option<Range<usize>> {
    let (start, end) = (range.start.max(piece.start), range.end.min(piece.end));
    (start < end).then(|| start - piece.start..end - piece.start)
}
