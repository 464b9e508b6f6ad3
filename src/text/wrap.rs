//! A line broken into rows.

use super::width::graphemes;
use std::ops::Range;

/// The rows of a line: byte ranges in order. See [`wrap`].
#[derive(Debug, Clone)]
pub struct Rows<'a> {
    line: &'a str,
    width: usize,
    at: usize,
    ascii: bool,
    done: bool,
}

/// Breaks a line into rows of at most `width` cells, at spaces where there are any, else inside the word.
///
/// Graphemes are never split. Nothing is left out but the one space at which a full row ends, so that the rows hold
/// every other byte of the line. An empty line is one empty row. A grapheme that is wider than a row has one of its own.
#[must_use]
pub fn wrap(line: &str, width: usize) -> Rows<'_> {
    Rows { line, width: width.max(1), at: 0, ascii: line.is_ascii(), done: false }
}

/// How many rows [`wrap`] makes.
#[must_use]
pub fn rows(line: &str, width: usize) -> usize {
    wrap(line, width).count()
}

impl Iterator for Rows<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        if self.done {
            return None;
        }
        let (end, next) = if self.ascii { self.ascii_row() } else { self.row() };
        let row = self.at..end;
        self.at = next;
        self.done = next >= self.line.len();
        Some(row)
    }
}

impl Rows<'_> {
    /// The end of the row at `at`, and the start of the next one.
    fn ascii_row(&self) -> (usize, usize) {
        let bytes = self.line.as_bytes();
        let full = self.at.saturating_add(self.width);
        match bytes.get(full) {
            None => (bytes.len(), bytes.len()),
            Some(b' ') => (full, full + 1),
            Some(_) => {
                let space = bytes[self.at..full].iter().rposition(|&byte| byte == b' ');
                let end = space.map_or(full, |space| self.at + space + 1);
                (end, end)
            }
        }
    }

    fn row(&self) -> (usize, usize) {
        let rest = &self.line[self.at..];
        let (mut used, mut break_at, mut last_was_wide) = (0, 0, false);
        for (offset, cluster, cells) in graphemes(rest) {
            let wide = cells > 1;
            if offset > 0 && (wide || last_was_wide) {
                break_at = offset;
            }
            if used + cells > self.width && offset > 0 {
                let full = self.at + offset;
                if cluster == " " {
                    return (full, full + 1);
                }
                let end = if break_at > 0 { self.at + break_at } else { full };
                return (end, end);
            }
            used += cells;
            last_was_wide = wide;
            if cluster == " " {
                break_at = offset + 1;
            }
        }
        (self.line.len(), self.line.len())
    }
}

#[cfg(test)]
mod tests {
    use super::super::width;
    use super::*;
    use proptest::prelude::*;

    fn broken(line: &str, width: usize) -> Vec<&str> {
        wrap(line, width).map(|row| &line[row]).collect()
    }

    #[test]
    fn words_stay_whole_where_they_can() {
        assert_eq!(broken("", 5), [""]);
        assert_eq!(broken("hello world foo", 5), ["hello", "world", "foo"]);
        assert_eq!(broken("hello big world", 9), ["hello big", "world"]);
        assert_eq!(broken("a bb ccc", 4), ["a bb", "ccc"]);
        assert_eq!(broken("see /a/very/long/path", 8), ["see ", "/a/very/", "long/pat", "h"]);
        assert_eq!(broken("héllo wörld", 6), ["héllo ", "wörld"]);
    }

    #[test]
    fn wide_characters_are_not_split() {
        assert_eq!(broken("日本語", 3), ["日", "本", "語"]);
        assert_eq!(broken("ab日本", 3), ["ab", "日", "本"]);
        assert_eq!(broken("日本", 1), ["日", "本"]);
        assert_eq!(broken("日本", 0), ["日", "本"]);
    }

    #[test]
    fn runs_of_spaces_are_rows_and_not_lost() {
        assert_eq!(broken("a          b", 5), ["a    ", "     ", "b"]);
    }

    #[test]
    fn a_space_at_the_very_end_makes_no_row() {
        assert_eq!(broken("hello ", 5), ["hello"]);
        assert_eq!(broken("héllo ", 5), ["héllo"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn rows_fit_and_leave_out_nothing_but_a_space(line in "([a-c]| |日|é|e\u{301}|👩‍👩‍👧|\\PC){0,60}", cells in 0usize..12) {
            let mut at = 0;
            for row in wrap(&line, cells) {
                prop_assert!(row.start == at || &line[at..row.start] == " ");
                let text = &line[row.clone()];
                prop_assert!(width(text) <= cells.max(1) || graphemes(text).count() == 1, "{:?}", text);
                at = row.end;
            }
            prop_assert!(at == line.len() || &line[at..] == " ");
        }

        #[test]
        fn ascii_and_general_rows_are_the_same(line in "[a-d ]{0,50}", cells in 1usize..12) {
            let mut general = wrap(&line, cells);
            general.ascii = false;
            prop_assert!(general.eq(wrap(&line, cells)));
        }
    }
}
