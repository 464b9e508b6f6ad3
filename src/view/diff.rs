//! The change of one file as rows: line numbers, signs, words that differ. Any row at the same cost, however long the file.

mod gutter;

use super::highlight::Piece;
use super::payload::{Doubts, Heights, Ink, Layers};
use super::{Glyphs, Look, Row, row::spaces};
use crate::diff::{self, Diff, Ending, RowKind, Words};
use crate::theme::Role;
use gutter::Gutter;
use std::collections::BTreeMap;
use std::ops::Range;

/// Changes whose words are kept; beyond it they are found anew.
const WORDS: usize = 512;

/// Where the line numbers come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::view) enum Numbers {
    /// They are those of the file.
    OfFile,
    /// Where the piece stands in its file is not known: they count within the piece, and are marked `~`.
    OfPiece,
}

/// Which sides there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::view) enum Sides {
    /// The file is there before and after.
    Both,
    /// It is new.
    New,
    /// It goes.
    Old,
}

/// Whether a missing newline at the end means something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::view) enum Ends {
    /// It does: the text is the whole file, or only one side lacks it.
    Told,
    /// It is the end of a piece.
    Silent,
}

/// The change of one file.
#[derive(Debug, Clone)]
pub(in crate::view) struct FileDiff {
    diff: Diff,
    sides: Sides,
    ends: Ends,
    usual: Ending,
    gutter: Gutter,
    room: usize,
    heights: Heights,
    doubts: Doubts,
    words: BTreeMap<(usize, usize), Words>,
}

impl FileDiff {
    /// Fits a change to a width.
    pub(in crate::view) fn new(diff: Diff, numbers: Numbers, sides: Sides, ends: Ends, width: usize) -> Self {
        let usual = diff.usual_ending();
        let (gutter, room) = (Gutter::default(), width);
        let (heights, doubts, words) = (Heights::default(), Doubts::default(), BTreeMap::new());
        let mut made = Self { diff, sides, ends, usual, gutter, room, heights, doubts, words };
        made.gutter.numbers = numbers;
        made.resize(width);
        for at in 0..made.diff.row_count() {
            let Some(row) = made.diff.row(at) else { break };
            made.doubts.look(row.text);
        }
        made
    }

    /// Fits it to another width.
    pub(in crate::view) fn resize(&mut self, width: usize) {
        self.gutter = Gutter::new(&self.diff, self.gutter.numbers, self.sides, width);
        self.room = width.saturating_sub(self.gutter.cells()).max(1);
        let mut heights = Heights::default();
        for at in 0..self.diff.row_count() {
            let Some(row) = self.diff.row(at) else { break };
            match row.kind {
                RowKind::Gap(_) => heights.push(&self.head(&row), "", self.room),
                RowKind::Context | RowKind::Removed | RowKind::Added => {
                    heights.push(row.text, self.behind(row.ending), self.room);
                }
            }
        }
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

    /// One row, with the syntax colours of its line: see [`Self::code_line`].
    pub(in crate::view) fn row(&mut self, at: usize, glyphs: &Glyphs, colours: &[Piece]) -> Row {
        let (line, within) = self.heights.find(at);
        self.find_words(line);
        let Some(row) = self.diff.row(line) else { return Row::new() };
        if let RowKind::Gap(_) = row.kind {
            return self.gap(&row, within, glyphs);
        }
        let (role, word) = match row.kind {
            RowKind::Gap(_) | RowKind::Context => (Role::Text, None),
            RowKind::Removed => (Role::Removed, Some(Role::RemovedWord)),
            RowKind::Added => (Role::Added, Some(Role::AddedWord)),
        };
        let piece = self.heights.piece(line, row.text.len(), within);
        let layers = Layers {
            words: shifted(self.words_of(&row), &piece.bytes).into(),
            word: word.map(|word| Look::from(word).on(word)),
            syntax: colours.iter().map(|piece| (piece.range.clone(), piece.role)).collect(),
        };
        let mut ink = Ink::default();
        ink.source(&row.text[piece.bytes.clone()], role, &layers);
        if piece.is_last {
            ink.push(self.behind(row.ending), Look::from(Role::Mark).on(Role::Mark));
        }
        let mut out = if within == 0 { self.gutter.first(&row, glyphs) } else { self.gutter.next(glyphs) };
        if let Some(range) = ink.wrap(self.room).nth(within - piece.first_row) {
            ink.draw(range, &mut out);
        }
        out.back = (role != Role::Text).then_some(role);
        out
    }

    /// The line of the text that a row's syntax colours are taken from. Changed lines keep the colours of their change: a
    /// green string in a line that goes would tell the wrong story.
    pub(in crate::view) fn code_line(&self, line: u32) -> Option<u32> {
        let row = self.diff.row(line)?;
        let hunk = self.diff.hunks.get(row.hunk)?;
        let index = |number: Option<u32>, first: u32, start: u32| Some(number?.checked_sub(first)?.saturating_add(start));
        match (row.kind, self.sides) {
            (RowKind::Gap(_), _) | (RowKind::Removed | RowKind::Added, Sides::Both) => None,
            (RowKind::Context, Sides::Both | Sides::New) | (RowKind::Added, Sides::New) => {
                index(row.new, hunk.new_line, hunk.new.start)
            }
            (RowKind::Context | RowKind::Removed, Sides::Old) => index(row.old, hunk.old_line, hunk.old.start),
            (RowKind::Removed, Sides::New) | (RowKind::Added, Sides::Old) => None,
        }
    }

    /// A line of the text that the syntax colours are taken from.
    pub(in crate::view) fn code(&self, line: u32) -> Option<&str> {
        let found = match self.sides {
            Sides::Both | Sides::New => self.diff.new_line(line),
            Sides::Old => self.diff.old_line(line),
        };
        found.map(|line| line.text)
    }

    fn gap(&self, row: &diff::Row<'_>, within: usize, glyphs: &Glyphs) -> Row {
        let head = self.head(row);
        let ink = Ink::exact(&head, Role::Gutter);
        let rule = self.gutter.cells().saturating_sub(1);
        let lead = if within == 0 { glyphs.across.repeat(rule).into() } else { spaces(rule) };
        let mut out = Row::of(lead, Role::Rule).with(" ", Role::Text);
        if let Some(range) = ink.wrap(self.room).nth(within) {
            ink.draw(range, &mut out);
        }
        out
    }

    /// What the row before a hunk says.
    fn head(&self, row: &diff::Row<'_>) -> String {
        let hunks = self.diff.hunks.len();
        let mut head = match hunks {
            1 => String::new(),
            _ => format!("hunk {} of {hunks}", row.hunk + 1),
        };
        if !row.text.is_empty() {
            let space = if head.is_empty() { "" } else { "  " };
            head = format!("{head}{space}{}", row.text.trim());
        }
        head
    }

    /// What is written behind a line that does not end as the others do.
    fn behind(&self, ending: Ending) -> &'static str {
        match (ending, self.usual) {
            (Ending::None, _) => match self.ends {
                Ends::Told => "‹no newline at the end›",
                Ends::Silent => "",
            },
            (Ending::CrLf, Ending::CrLf) | (Ending::Lf, Ending::Lf | Ending::None) => "",
            (Ending::CrLf, Ending::Lf | Ending::None) => "␍",
            (Ending::Lf, Ending::CrLf) => "␊",
        }
    }

    fn find_words(&mut self, line: u32) {
        let Some((hunk, change)) = self.diff.row(line).and_then(|row| Some((row.hunk, row.change?.0))) else { return };
        if self.words.contains_key(&(hunk, change)) {
            return;
        }
        if self.words.len() >= WORDS {
            self.words.clear();
        }
        let found = self.diff.words(hunk, change);
        self.words.insert((hunk, change), found);
    }

    fn words_of(&self, row: &diff::Row<'_>) -> &[Range<usize>] {
        let found = row.change.and_then(|(change, line)| {
            let words = self.words.get(&(row.hunk, change))?;
            let side = match row.kind {
                RowKind::Removed => &words.old,
                RowKind::Added => &words.new,
                RowKind::Gap(_) | RowKind::Context => return None,
            };
            side.get(line)
        });
        found.map_or(&[], Vec::as_slice)
    }
}

/// Ranges as they stand in a piece of their line.
fn shifted(ranges: &[Range<usize>], piece: &Range<usize>) -> Vec<Range<usize>> {
    let cut = |range: &Range<usize>| {
        let (start, end) = (range.start.max(piece.start), range.end.min(piece.end));
        (start < end).then(|| start - piece.start..end - piece.start)
    };
    ranges.iter().filter_map(cut).collect()
}
