//! How many rows each of many lines takes at a width: found once, then any row is found in a few steps.

use super::ink;
use crate::text;
use std::collections::BTreeMap;
use std::ops::Range;

/// A line longer than this is looked at in pieces, so that showing one row of it never costs the whole of it.
const PIECE: usize = 4096;

/// What stands in a line: a text, and what is written behind it.
pub(in crate::view) type Written<'a> = (&'a str, &'static str);

/// How many rows each of many lines takes. Only lines of more than one row cost memory.
#[derive(Debug, Clone, Default)]
pub(in crate::view) struct Heights {
    /// Lines of more than one row: the line, its first row, its rows.
    tall: Vec<(u32, usize, usize)>,
    /// The pieces of very long lines, by line and column: first byte of each, and its first row (its first cell where lines
    /// are not broken).
    long: BTreeMap<(u32, u8), Vec<(usize, usize)>>,
    /// Lines that are cut, since they are not broken.
    wide: Vec<u32>,
    /// The most cells that are cut off.
    beyond: usize,
    lines: u32,
    rows: usize,
}

/// A piece of a line, and where it stands among the line's rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::view) struct Piece {
    /// Its bytes.
    pub(in crate::view) bytes: Range<usize>,
    /// Its first row within the line; its first cell where lines are not broken.
    pub(in crate::view) first: usize,
    /// Nothing of the line follows.
    pub(in crate::view) is_last: bool,
}

impl Heights {
    /// Adds the next line, with what is written behind it.
    pub(in crate::view) fn push(&mut self, line: &str, behind: &'static str, room: usize) {
        self.push_beside(&[Some((line, behind))], room);
    }

    /// Adds the next line, of texts that stand beside each other with so much room each: the highest of them counts.
    pub(in crate::view) fn push_beside(&mut self, columns: &[Option<Written<'_>>], room: usize) {
        let mut own = 1;
        for (column, (line, behind)) in (0u8..).zip(columns).filter_map(|(at, written)| Some((at, (*written)?))) {
            if !fits(line, behind, room) {
                own = own.max(self.measure((line, behind), column, |piece, behind| rows_of(piece, behind, room)));
            }
        }
        if own > 1 {
            self.tall.push((self.lines, self.rows, own));
        }
        self.lines = self.lines.saturating_add(1);
        self.rows += own;
    }

    /// Adds the next line as one row, however wide its texts are.
    pub(in crate::view) fn push_flat(&mut self, columns: &[Option<Written<'_>>], room: usize) {
        let mut beyond = 0;
        for (column, (line, behind)) in (0u8..).zip(columns).filter_map(|(at, written)| Some((at, (*written)?))) {
            if !fits(line, behind, room) {
                beyond = beyond.max(self.measure((line, behind), column, cells_of).saturating_sub(room));
            }
        }
        if beyond > 0 {
            self.wide.push(self.lines);
            self.beyond = self.beyond.max(beyond);
        }
        self.lines = self.lines.saturating_add(1);
        self.rows += 1;
    }

    /// The size of a line, and the places of its pieces where it is very long.
    fn measure(&mut self, (line, behind): Written<'_>, column: u8, size: impl Fn(&str, &str) -> usize) -> usize {
        if line.len() <= PIECE {
            return size(line, behind);
        }
        let (mut pieces, mut at, mut all) = (Vec::new(), 0, 0);
        while at < line.len() {
            let end = cut(line, at);
            pieces.push((at, all));
            all += size(&line[at..end], if end == line.len() { behind } else { "" });
            at = end;
        }
        self.long.insert((self.lines, column), pieces);
        all
    }

    /// How many lines are cut.
    pub(in crate::view) fn wide(&self) -> usize {
        self.wide.len()
    }

    /// The most cells that are cut off.
    pub(in crate::view) fn beyond(&self) -> usize {
        self.beyond
    }

    /// The first row from this one on that is cut.
    pub(in crate::view) fn cut_from(&self, row: usize) -> Option<usize> {
        let line = self.wide.get(self.wide.partition_point(|&line| (line as usize) < row))?;
        Some(*line as usize)
    }

    /// All rows.
    pub(in crate::view) fn rows(&self) -> usize {
        self.rows
    }

    /// All lines.
    pub(in crate::view) fn lines(&self) -> u32 {
        self.lines
    }

    /// The line that a row belongs to, and the row within it.
    pub(in crate::view) fn find(&self, row: usize) -> (u32, usize) {
        let small = |line: usize| u32::try_from(line).unwrap_or(u32::MAX);
        let at = self.tall.partition_point(|&(_, first, _)| first <= row);
        let Some(&(line, first, own)) = at.checked_sub(1).and_then(|at| self.tall.get(at)) else {
            return (small(row), 0);
        };
        if row - first < own { (line, row - first) } else { (line + small(row - first - own + 1), 0) }
    }

    /// The first row of a line.
    pub(in crate::view) fn first_row(&self, line: u32) -> usize {
        let at = self.tall.partition_point(|&(tall, _, _)| tall < line);
        match at.checked_sub(1).and_then(|at| self.tall.get(at)) {
            Some(&(tall, first, own)) => first + own + (line - tall - 1) as usize,
            None => line as usize,
        }
    }

    /// The piece of a line that holds one of its rows; of its cells, where lines are not broken.
    pub(in crate::view) fn piece(&self, (line, column): (u32, u8), len: usize, row: usize) -> Piece {
        let Some(pieces) = self.long.get(&(line, column)) else {
            return Piece { bytes: 0..len, first: 0, is_last: true };
        };
        let at = pieces.partition_point(|&(_, first)| first <= row).saturating_sub(1);
        let (start, first) = pieces.get(at).copied().unwrap_or_default();
        let next = pieces.get(at + 1).map(|&(next, _)| next);
        Piece { bytes: start..next.unwrap_or(len), first, is_last: next.is_none() }
    }
}

/// True where a line is sure to fit in one row: cheap, for nearly every line.
fn fits(line: &str, behind: &str, room: usize) -> bool {
    if line.len() + behind.len() > room {
        return false;
    }
    let plain = |byte: &u8| (b' '..=b'~').contains(byte);
    if line.bytes().fold(true, |all, byte| all & plain(&byte)) {
        return true;
    }
    let tabs = line.bytes().filter(|&byte| byte == b'\t').count();
    line.len() + behind.len() + 3 * tabs <= room && line.bytes().all(|byte| plain(&byte) || byte == b'\t')
}

fn rows_of(line: &str, behind: &str, room: usize) -> usize {
    let shown = text::visible(line).text;
    if behind.is_empty() { ink::rows(&shown, room) } else { ink::rows(&format!("{shown}{behind}"), room) }
}

fn cells_of(line: &str, behind: &str) -> usize {
    text::width(&text::visible(line).text) + text::width(behind)
}

/// The end of the piece that begins at `at`: before a plain character, so that no cluster is parted.
fn cut(line: &str, at: usize) -> usize {
    if line.len() - at <= PIECE {
        return line.len();
    }
    let most = line.floor_char_boundary(at + PIECE);
    let plain =
        line.as_bytes()[at + PIECE / 2..most].windows(2).rposition(|pair| pair.iter().all(u8::is_ascii_graphic));
    plain.map_or(most, |pair| at + PIECE / 2 + pair + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn every_row_is_found_and_every_line(lines in prop::collection::vec("([a-d ]|日|\t|\u{202e}){0,40}", 0..30), room in 1usize..20) {
            let mut heights = Heights::default();
            for line in &lines {
                heights.push(line, "", room);
            }
            let mut row = 0;
            for (at, line) in lines.iter().enumerate() {
                let at = u32::try_from(at).unwrap();
                prop_assert_eq!(heights.first_row(at), row);
                for within in 0..wrap_count(line, room) {
                    prop_assert_eq!(heights.find(row), (at, within));
                    row += 1;
                }
            }
            prop_assert_eq!((heights.rows(), heights.lines() as usize), (row, lines.len()));
        }

        #[test]
        fn pieces_of_a_long_line_are_all_of_it(unit in "[a-c ]{1,9}|日本|e\u{301}", room in 1usize..60) {
            let line = unit.repeat(20_000 / unit.len());
            let mut heights = Heights::default();
            heights.push(&line, "<end>", room);
            let (mut at, mut row) = (0, 0);
            while row < heights.rows() {
                let piece = heights.piece((0, 0), line.len(), row);
                prop_assert_eq!((piece.bytes.start, piece.first), (at, row));
                let behind = if piece.is_last { "<end>" } else { "" };
                row += rows_of(&line[piece.bytes.clone()], behind, room);
                at = piece.bytes.end;
            }
            prop_assert_eq!(at, line.len());
        }
    }

    #[test]
    fn lines_that_are_not_broken_take_a_row_each_and_are_known_where_they_are_cut() {
        let mut heights = Heights::default();
        let long = "ab ".repeat(3_000);
        for line in ["short", "just ten c", "eleven cell", "日本日本日", "日本日本日本", &long] {
            heights.push_flat(&[Some((line, "")), None], 10);
        }
        assert_eq!((heights.rows(), heights.lines(), heights.wide()), (6, 6, 3));
        assert_eq!([0, 2, 3, 5, 6].map(|row| heights.cut_from(row)), [Some(2), Some(2), Some(4), Some(5), None]);
        assert_eq!(heights.beyond(), 8_990);
        let piece = heights.piece((5, 0), long.len(), 5_000);
        assert!(piece.first <= 5_000 && piece.bytes.start == piece.first);
        heights.push_beside(&[Some(("one", "")), Some(("as wide as two", ""))], 10);
        assert_eq!((heights.rows(), heights.first_row(6)), (8, 6));
    }

    fn wrap_count(line: &str, room: usize) -> usize {
        ink::wrap(&text::visible(line).text, room).count()
    }
}
