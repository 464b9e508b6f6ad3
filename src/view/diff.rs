//! The change of one file as rows: line numbers, signs, words that differ, unified or side by side. Any row at the same
//! cost, however long the file.

mod cell;
mod gutter;

use super::payload::{Code, Doubts, Heights, Ink, Told};
use super::{Glyphs, Row};
use crate::diff::{Diff, Ending, Folded, Layout, Line, Sheet, Side, Spot, Words};
use crate::domain::Digest;
use crate::text;
use crate::theme::Role;
use crate::ui::diffs::{Long, Manner};
use cell::{At, Cell, Kind};
use gutter::Gutter;
use std::collections::BTreeMap;
use std::ops::Range;

/// Changes whose words are kept; beyond it they are found anew.
const WORDS: usize = 512;
/// The least cells of each of two sides.
const SIDE: usize = 40;

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

/// What a change is fitted to.
#[derive(Clone, Copy)]
pub(in crate::view) struct Shown<'a> {
    /// Columns.
    pub(in crate::view) width: usize,
    /// How it shall stand.
    pub(in crate::view) manner: Manner,
    /// Which unchanged lines are shown.
    pub(in crate::view) is_open: &'a dyn Fn(u32) -> bool,
}

/// The change of one file.
#[derive(Debug, Clone)]
pub(in crate::view) struct FileDiff {
    diff: Diff,
    sides: Sides,
    ends: Ends,
    usual: Ending,
    sheet: Sheet,
    long: Long,
    is_narrow: bool,
    gutter: Gutter,
    width: usize,
    /// Cells of the text of one side.
    room: usize,
    heights: Heights,
    doubts: Doubts,
    words: BTreeMap<(usize, usize), Words>,
}

impl FileDiff {
    /// Fits a change to a width.
    pub(in crate::view) fn new(diff: Diff, numbers: Numbers, sides: Sides, ends: Ends, shown: &Shown<'_>) -> Self {
        let mut made = Self {
            usual: diff.usual_ending(),
            diff,
            sides,
            ends,
            sheet: Sheet::default(),
            long: Long::Wrapped,
            is_narrow: false,
            gutter: Gutter::unfitted(numbers),
            width: 0,
            room: 1,
            heights: Heights::default(),
            doubts: Doubts::default(),
            words: BTreeMap::new(),
        };
        let mut doubts = Doubts::default();
        made.measure(shown, |line| doubts.look(line));
        made.doubts = doubts;
        made
    }

    /// Fits it to another width or manner.
    pub(in crate::view) fn refit(&mut self, shown: &Shown<'_>) {
        self.measure(shown, |_| ());
    }

    /// Finds how many rows each line takes, and shows each line to `look`.
    fn measure(&mut self, shown: &Shown<'_>, mut look: impl FnMut(&str)) {
        let side = shown.width.saturating_sub(1) / 2;
        let wants_split = shown.manner.layout == Layout::Split && self.sides == Sides::Both;
        self.is_narrow = wants_split && side < SIDE;
        let layout = if wants_split && side >= SIDE { Layout::Split } else { Layout::Unified };
        (self.width, self.long) = (shown.width, shown.manner.long);
        self.gutter = Gutter::new(&self.diff, self.gutter.numbers, self.sides, layout, shown.width);
        let columns = if layout == Layout::Split { side } else { shown.width };
        self.room = columns.saturating_sub(self.gutter.cells()).max(1);
        self.sheet = Sheet::new(&self.diff, layout, shown.is_open);
        let mut heights = Heights::default();
        for at in 0..self.sheet.lines() {
            let Some(line) = self.sheet.line(&self.diff, at) else { break };
            let room = self.room;
            match (line, layout) {
                (Line::Fold { heading, .. }, _) => {
                    look(heading);
                    let head = self.head(&line, &super::UNICODE);
                    self.add(&mut heights, &[Some((head.as_str(), ""))], self.head_room());
                }
                (Line::Same { new, .. }, Layout::Unified) => {
                    look(new.text);
                    self.add(&mut heights, &[Some(self.written(new))], room);
                }
                (Line::Same { old, new }, Layout::Split) => {
                    look(new.text);
                    self.add(&mut heights, &[Some(self.written(old)), Some(self.written(new))], room);
                }
                (Line::Change { old, new, .. }, _) => {
                    [old, new].into_iter().flatten().for_each(|side| look(side.text));
                    let both = [old.map(|side| self.written(side)), new.map(|side| self.written(side))];
                    match layout {
                        Layout::Split => self.add(&mut heights, &both, room),
                        Layout::Unified => self.add(&mut heights, &[both[0].or(both[1])], room),
                    }
                }
            }
        }
        self.heights = heights;
    }

    /// A line, and what is written behind it.
    fn written<'a>(&self, side: Side<'a>) -> (&'a str, &'static str) {
        (side.text, self.behind(side.ending))
    }

    fn add(&self, heights: &mut Heights, columns: &[Option<(&str, &'static str)>], room: usize) {
        match self.long {
            Long::Wrapped => heights.push_beside(columns, room),
            Long::Scrolled => heights.push_flat(columns, room),
        }
    }

    /// The rows and lines of it.
    pub(in crate::view) fn heights(&self) -> &Heights {
        &self.heights
    }

    /// What in it is not what it looks like.
    pub(in crate::view) fn doubts(&self) -> &Doubts {
        &self.doubts
    }

    /// The texts of a line, by its number among the lines shown: of one side, or of both beside each other.
    pub(in crate::view) fn texts(&self, line: u32) -> [Option<&str>; 2] {
        match self.sheet.line(&self.diff, line) {
            Some(Line::Fold { heading, .. }) => [Some(heading), None],
            Some(Line::Same { new, .. }) => [Some(new.text), None],
            Some(Line::Change { old, new, .. }) => [old.map(|side| side.text), new.map(|side| side.text)],
            None => [None, None],
        }
    }

    /// Lines that come, and lines that go.
    pub(in crate::view) fn counts(&self) -> (u32, u32) {
        (self.diff.added, self.diff.removed)
    }

    /// Side by side was asked for, and there is no room for it.
    pub(in crate::view) fn is_narrow(&self) -> bool {
        self.is_narrow
    }

    /// How many hunks there are.
    pub(in crate::view) fn hunk_count(&self) -> usize {
        self.sheet.heads().len()
    }

    /// The first row of a hunk.
    pub(in crate::view) fn hunk_row(&self, hunk: usize) -> Option<usize> {
        self.sheet.heads().get(hunk).map(|&line| self.heights.first_row(line))
    }

    /// How many hunks begin before a row.
    pub(in crate::view) fn hunks_before(&self, row: usize) -> usize {
        self.sheet.heads().partition_point(|&line| self.heights.first_row(line) < row)
    }

    /// What folds among some rows: its gap, and whether it can be shown.
    pub(in crate::view) fn folds(&self, rows: &Range<usize>) -> impl Iterator<Item = (u32, Folded)> {
        let folds = self.sheet.folds();
        let from = folds.partition_point(|&line| self.heights.first_row(line) < rows.start);
        let end = rows.end;
        folds[from..].iter().map_while(move |&line| match self.sheet.line(&self.diff, line)? {
            Line::Fold { gap, folded, .. } if self.heights.first_row(line) < end => Some((gap, folded)),
            Line::Fold { .. } | Line::Same { .. } | Line::Change { .. } => None,
        })
    }

    /// The gap whose unfolded lines a row belongs to.
    pub(in crate::view) fn gap_of(&self, row: usize) -> Option<u32> {
        self.sheet.gap_of(self.heights.find(row).0)
    }

    /// The name of the line that a row belongs to.
    pub(in crate::view) fn spot(&self, row: usize) -> Spot {
        self.sheet.spot(&self.diff, self.heights.find(row).0)
    }

    /// The row before which surely all was seen, where all lines before this one were.
    pub(in crate::view) fn seen_to(&self, spot: Spot) -> usize {
        match self.sheet.lines() {
            0 => 0,
            _ => self.heights.first_row(self.sheet.seen_to(&self.diff, spot)),
        }
    }

    /// The first row of a line by its name; what is folded away stands where its fold is.
    pub(in crate::view) fn row_of(&self, spot: Spot) -> usize {
        match self.sheet.lines() {
            0 => 0,
            _ => self.heights.first_row(self.sheet.line_of(&self.diff, spot)),
        }
    }

    /// The row below the head of a gap.
    pub(in crate::view) fn row_in_gap(&self, gap: u32) -> Option<usize> {
        let fold = self.sheet.folds().iter().find(|&&line| self.sheet.fold_at(line) == Some(gap))?;
        Some(self.heights.first_row(fold + 1))
    }

    /// Some rows, their code in colour as far as it is known; lines that are not broken from column `left` on.
    pub(in crate::view) fn rows(
        &mut self,
        rows: Range<usize>,
        left: usize,
        glyphs: &Glyphs,
        (code, key, path): (&mut Code, Digest, &str),
        out: &mut Vec<Row>,
    ) {
        let mut paint = Paint { old_key: Digest::of(&[key.0.as_slice(), b"old"].concat()), key, path, code };
        let mut at = rows.start;
        while at < rows.end {
            let (number, within) = self.heights.find(at);
            if let Some(Line::Change { hunk, change, .. }) = self.sheet.line(&self.diff, number) {
                self.find_words((hunk, change));
            }
            let Some(line) = self.sheet.line(&self.diff, number) else { break };
            let own = self.heights.first_row(number + 1).saturating_sub(at).max(1);
            let part = Part { number, rows: within..within + own.min(rows.end - at), left, glyphs };
            at += part.rows.len();
            match line {
                Line::Fold { .. } => self.fold_rows(&line, &part, out),
                Line::Same { old, new } => {
                    let syntax = self.syntax(&mut paint, Kind::Same, old.index, new.index);
                    let cell = |side| Cell {
                        side,
                        kind: Kind::Same,
                        words: &[],
                        syntax: syntax.clone(),
                        behind: self.behind(new.ending),
                    };
                    match self.sheet.layout() {
                        Layout::Unified => self.one(&cell(new), (Some(old.number), Some(new.number)), &part, out),
                        Layout::Split => self.two(&[Some(cell(old)), Some(cell(new))], &part, out),
                    }
                }
                Line::Change { hunk, change, old, new } => {
                    let words = self.words.get(&(hunk, change));
                    let mut cell = |side: Side<'_>, kind| {
                        let of = words.map(|words| if kind == Kind::Removed { &words.old } else { &words.new });
                        let words = of.and_then(|lines| lines.get(side.within)).map_or(&[][..], Vec::as_slice);
                        let syntax = self.syntax(&mut paint, kind, side.index, side.index);
                        (words, syntax, self.behind(side.ending))
                    };
                    let [old, new] = [(old, Kind::Removed), (new, Kind::Added)].map(|(side, kind)| {
                        let side = side?;
                        let (words, syntax, behind) = cell(side, kind);
                        Some(Cell { side, kind, words, syntax, behind })
                    });
                    match (self.sheet.layout(), old, new) {
                        (Layout::Split, old, new) => self.two(&[old, new], &part, out),
                        (Layout::Unified, Some(old), _) => {
                            self.one(&old, (Some(old.side.number), None), &part, out);
                        }
                        (Layout::Unified, None, Some(new)) => {
                            self.one(&new, (None, Some(new.side.number)), &part, out);
                        }
                        (Layout::Unified, None, None) => out.extend(part.rows.map(|_| Row::new())),
                    }
                }
            }
        }
    }

    /// The rows that say what is left out.
    fn fold_rows(&self, line: &Line<'_>, part: &Part<'_>, out: &mut Vec<Row>) {
        let ink = Ink::plain(&self.head(line, part.glyphs), Role::Gutter);
        let lead = |row: usize| if row == 0 { self.gutter.rule(part.glyphs) } else { self.gutter.blank() };
        let at = At { heights: &self.heights, place: (part.number, 0), room: self.head_room() };
        for row in part.rows.clone() {
            let mut strip = lead(row);
            match self.long {
                Long::Wrapped => {
                    if let Some(range) = ink.wrap(at.room).nth(row) {
                        ink.draw(range, &mut strip);
                    }
                }
                Long::Scrolled => cell::window(&ink, part.left, at.room, part.glyphs, &mut strip),
            }
            out.push(strip);
        }
    }

    /// The rows of a line of one column.
    fn one(&self, cell: &Cell<'_>, numbers: (Option<u32>, Option<u32>), part: &Part<'_>, out: &mut Vec<Row>) {
        let strips = self.strips(cell, 0, part);
        for (row, strip) in part.rows.clone().zip(strips) {
            let lead = if row == 0 {
                self.gutter.first(numbers, cell.kind, part.glyphs)
            } else {
                self.gutter.next(part.glyphs)
            };
            out.push(Row { back: cell.kind.back(), ..lead.with_row(strip) });
        }
    }

    /// The rows of a line of two columns: each has the background of its own side.
    fn two(&self, sides: &[Option<Cell<'_>>; 2], part: &Part<'_>, out: &mut Vec<Row>) {
        let strips = [0u8, 1].map(|column| match &sides[usize::from(column)] {
            Some(cell) => self.strips(cell, column, part),
            None => Vec::new(),
        });
        let width = self.gutter.cells() + self.room;
        let [mut old, mut new] = strips.map(Vec::into_iter);
        for row in part.rows.clone() {
            let mut line = Row::new();
            for (at, (cell, strip)) in sides.iter().zip([old.next(), new.next()]).enumerate() {
                let mut side = match (cell, row) {
                    (None, _) => Row::new(),
                    (Some(cell), 0) => self.gutter.first((Some(cell.side.number), None), cell.kind, part.glyphs),
                    (Some(_), _) if strip.is_some() => self.gutter.next(part.glyphs),
                    (Some(_), _) => self.gutter.blank(),
                };
                side.append(strip.unwrap_or_default());
                side.pad_to(width);
                if let Some(back) = cell.as_ref().and_then(|cell| cell.kind.back()) {
                    side.spans.iter_mut().for_each(|span| span.look.back = span.look.back.or(Some(back)));
                }
                line.append(side);
                if at == 0 {
                    line.push(part.glyphs.down, Role::Rule);
                }
            }
            out.push(line);
        }
    }

    fn strips(&self, cell: &Cell<'_>, column: u8, part: &Part<'_>) -> Vec<Row> {
        let at = At { heights: &self.heights, place: (part.number, column), room: self.room };
        match self.long {
            Long::Wrapped => cell.broken(part.rows.clone(), at),
            Long::Scrolled => vec![cell.window(part.left, at, part.glyphs)],
        }
    }

    fn find_words(&mut self, change: (usize, usize)) {
        if self.words.contains_key(&change) {
            return;
        }
        if self.words.len() >= WORDS {
            self.words.clear();
        }
        self.words.insert(change, self.diff.words(change.0, change.1));
    }

    /// The colours of a line's code: what goes has those of the old text, everything else those of the new one, if it is
    /// there.
    fn syntax(&self, paint: &mut Paint<'_>, kind: Kind, old: u32, new: u32) -> Vec<(Range<usize>, Role)> {
        let is_old = kind == Kind::Removed || self.sides == Sides::Old;
        let told = Told::Path(paint.path);
        let found = if is_old {
            paint.code.line(paint.old_key, told, old, |index| self.diff.old_line(index).map(|line| line.text))
        } else {
            paint.code.line(paint.key, told, new, |index| self.diff.new_line(index).map(|line| line.text))
        };
        found.iter().map(|piece| (piece.range.clone(), piece.role)).collect()
    }

    /// What stands at a gap: how many lines it holds, and which hunk follows.
    fn head(&self, line: &Line<'_>, glyphs: &Glyphs) -> String {
        let Line::Fold { gap, lines, folded, heading } = line else { return String::new() };
        let mut said = Vec::new();
        // As wide in both, since it is measured before it is drawn.
        let dots = if glyphs.ascii { ":" } else { "⋯" };
        let unfolded = if *folded == Folded::Open { ", unfolded" } else { "" };
        match lines {
            0 => {}
            _ if *gap == 0 && self.diff.is_piece => said.push(format!("{dots} from line {}", lines.saturating_add(1))),
            1 => said.push(format!("{dots} 1 unchanged line{unfolded}")),
            many => said.push(format!("{dots} {many} unchanged lines{unfolded}")),
        }
        let (hunk, hunks) = (*gap as usize + 1, self.diff.hunks.len());
        if hunks > 1 && hunk <= hunks {
            said.push(format!("hunk {hunk}/{hunks}"));
        }
        if !heading.is_empty() {
            said.push(text::visible(heading.trim()).text.into_owned());
        }
        said.join("  ")
    }

    /// Cells for what stands at a gap.
    fn head_room(&self) -> usize {
        self.width.saturating_sub(self.gutter.cells()).max(1)
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

/// Some rows of a line that are drawn.
struct Part<'a> {
    number: u32,
    rows: Range<usize>,
    left: usize,
    glyphs: &'a Glyphs,
}

/// Where colours come from.
struct Paint<'a> {
    code: &'a mut Code,
    key: Digest,
    old_key: Digest,
    path: &'a str,
}
