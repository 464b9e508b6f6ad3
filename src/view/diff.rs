//! The change of one file as rows: line numbers, signs, words that differ. Any row at the same cost, however long the file.

mod gutter;

use super::highlight::Piece as CodePiece;
use super::payload::{Code, Doubts, Heights, Ink, Layers, Piece, Told};
use super::{Glyphs, Look, Row};
use crate::diff::{self, Diff, Ending, RowKind, Words};
use crate::domain::Digest;
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
        let mut doubts = Doubts::default();
        made.measure(width, |line| doubts.look(line));
        made.doubts = doubts;
        made
    }

    /// Fits it to another width.
    pub(in crate::view) fn resize(&mut self, width: usize) {
        self.measure(width, |_| ());
    }

    /// Finds how many rows each line takes, and shows each line to `look`.
    fn measure(&mut self, width: usize, mut look: impl FnMut(&str)) {
        self.gutter = Gutter::new(&self.diff, self.gutter.numbers, self.sides, width);
        self.room = width.saturating_sub(self.gutter.cells()).max(1);
        let mut heights = Heights::default();
        for at in 0..self.diff.row_count() {
            let Some(line) = self.diff.row(at) else { break };
            look(line.text);
            match line.kind {
                RowKind::Gap(_) => heights.push(&self.head(&line), "", self.room),
                RowKind::Context | RowKind::Removed | RowKind::Added => {
                    heights.push(line.text, self.behind(line.ending), self.room);
                }
            }
        }
        self.heights = heights;
    }

    /// The rows and lines of it.
    pub(in crate::view) fn heights(&self) -> &Heights {
        &self.heights
    }

    /// The text of a line, for what is searched in it.
    pub(in crate::view) fn text(&self, line: u32) -> Option<&str> {
        let row = self.diff.row(line)?;
        match row.kind {
            RowKind::Gap(_) => None,
            RowKind::Context | RowKind::Removed | RowKind::Added => Some(row.text),
        }
    }

    /// What in it is not what it looks like.
    pub(in crate::view) fn doubts(&self) -> &Doubts {
        &self.doubts
    }

    /// Some rows, their code in colour as far as it is known.
    pub(in crate::view) fn rows(
        &mut self,
        rows: Range<usize>,
        glyphs: &Glyphs,
        code: &mut Code,
        (key, path): (Digest, &str),
        out: &mut Vec<Row>,
    ) {
        let mut at = rows.start;
        while at < rows.end {
            let (number, within) = self.heights.find(at);
            let Some(line) = self.diff.row(number) else { break };
            let colours = match self.code_line(&line) {
                Some(index) => code.line(key, Told::Path(path), index, |index| self.code(index)),
                None => &[],
            };
            let change = line.change.map(|(change, _)| (line.hunk, change));
            if let Some(change) = change.filter(|change| !self.words.contains_key(change)) {
                if self.words.len() >= WORDS {
                    self.words.clear();
                }
                self.words.insert(change, self.diff.words(change.0, change.1));
            }
            let words = change.and_then(|change| self.words.get(&change));
            let piece = self.heights.piece(number, line.text.len(), within);
            let ink = self.ink(&line, &piece, words, colours);
            let (before, begin) = (out.len(), within - piece.first_row);
            for range in ink.wrap(self.room).skip(begin).take(rows.end - at) {
                let mut row = match (line.kind, within + out.len() - before) {
                    (RowKind::Gap(_), 0) => self.gutter.rule(glyphs),
                    (RowKind::Gap(_), _) => self.gutter.blank(),
                    (_, 0) => self.gutter.first(&line, glyphs),
                    (_, _) => self.gutter.next(glyphs),
                };
                ink.draw(range, &mut row);
                row.back = back(line.kind);
                out.push(row);
            }
            at += (out.len() - before).max(1);
        }
    }

    /// A piece of a line with its looks.
    fn ink(&self, line: &diff::Row<'_>, piece: &Piece, words: Option<&Words>, colours: &[CodePiece]) -> Ink {
        let (role, word) = match line.kind {
            RowKind::Gap(_) => return Ink::exact(&self.head(line), Role::Gutter),
            RowKind::Context => (Role::Text, Role::Text),
            RowKind::Removed => (Role::Removed, Role::RemovedWord),
            RowKind::Added => (Role::Added, Role::AddedWord),
        };
        let layers = Layers {
            words: shifted(words.map_or(&[], |words| of_line(words, line)), &piece.bytes).into(),
            word: Some(Look::from(word).on(word)),
            syntax: colours.iter().map(|piece| (piece.range.clone(), piece.role)).collect(),
        };
        let mut ink = Ink::default();
        ink.source(line.text.get(piece.bytes.clone()).unwrap_or_default(), role, &layers);
        if piece.is_last {
            ink.push(self.behind(line.ending), Look::from(Role::Mark).on(Role::Mark));
        }
        ink
    }

    /// The line of the text that a line's syntax colours are taken from. Changed lines keep the colours of their change: a
    /// green string in a line that goes would tell the wrong story.
    fn code_line(&self, line: &diff::Row<'_>) -> Option<u32> {
        let hunk = self.diff.hunks.get(line.hunk)?;
        let index =
            |number: Option<u32>, first: u32, start: u32| Some(number?.checked_sub(first)?.saturating_add(start));
        match (line.kind, self.sides) {
            (RowKind::Gap(_), _)
            | (RowKind::Removed | RowKind::Added, Sides::Both)
            | (RowKind::Removed, Sides::New)
            | (RowKind::Added, Sides::Old) => None,
            (RowKind::Context, Sides::Both | Sides::New) | (RowKind::Added, Sides::New) => {
                index(line.new, hunk.new_line, hunk.new.start)
            }
            (RowKind::Context | RowKind::Removed, Sides::Old) => index(line.old, hunk.old_line, hunk.old.start),
        }
    }

    /// A line of the text that the syntax colours are taken from.
    fn code(&self, line: u32) -> Option<&str> {
        let found = match self.sides {
            Sides::Both | Sides::New => self.diff.new_line(line),
            Sides::Old => self.diff.old_line(line),
        };
        found.map(|line| line.text)
    }

    /// What the row before a hunk says.
    fn head(&self, row: &diff::Row<'_>) -> String {
        let hunks = self.diff.hunks.len();
        let mut head = match hunks {
            1 => self.diff.hunks.first().map_or_else(String::new, |hunk| format!("line {}", hunk.new_line)),
            _ => format!("hunk {} of {hunks}", row.hunk + 1),
        };
        if !row.text.is_empty() {
            head = format!("{head}  {}", row.text.trim());
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
}

/// The background of a row.
fn back(kind: RowKind) -> Option<Role> {
    match kind {
        RowKind::Gap(_) | RowKind::Context => None,
        RowKind::Removed => Some(Role::Removed),
        RowKind::Added => Some(Role::Added),
    }
}

/// The words of one line that differ.
fn of_line<'w>(words: &'w Words, line: &diff::Row<'_>) -> &'w [Range<usize>] {
    let side = match line.kind {
        RowKind::Removed => &words.old,
        RowKind::Added => &words.new,
        RowKind::Gap(_) | RowKind::Context => return &[],
    };
    line.change.and_then(|(_, within)| side.get(within)).map_or(&[], Vec::as_slice)
}

/// Ranges as they stand in a piece of their line.
fn shifted(ranges: &[Range<usize>], piece: &Range<usize>) -> Vec<Range<usize>> {
    let cut = |range: &Range<usize>| {
        let (start, end) = (range.start.max(piece.start), range.end.min(piece.end));
        (start < end).then(|| start - piece.start..end - piece.start)
    };
    ranges.iter().filter_map(cut).collect()
}
