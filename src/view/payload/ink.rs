//! A line with looks, broken into rows that hold every byte of it: for what is decided upon.

use crate::text::{self, Kind};
use crate::theme::Role;
use crate::view::{Look, Row, Span};
use std::borrow::Cow;
use std::ops::Range;

/// A line with looks.
#[derive(Debug, Clone, Default)]
pub(in crate::view) struct Ink {
    text: String,
    runs: Vec<(usize, Look)>,
}

/// What lies over the plain look of a source line: byte ranges of it, in order.
#[derive(Debug, Clone, Default)]
pub(in crate::view) struct Layers<'a> {
    /// Words that differ, and their look.
    pub(in crate::view) words: Cow<'a, [Range<usize>]>,
    /// The look of these words.
    pub(in crate::view) word: Option<Look>,
    /// The roles of code.
    pub(in crate::view) syntax: Cow<'a, [(Range<usize>, Role)]>,
}

impl Ink {
    /// A line of one look, with every hidden character as a mark.
    pub(in crate::view) fn exact(source: &str, look: impl Into<Look>) -> Self {
        let mut ink = Self::default();
        ink.source(source, look, &Layers::default());
        ink
    }

    /// Text of our own.
    pub(in crate::view) fn plain(own: &str, look: impl Into<Look>) -> Self {
        let mut ink = Self::default();
        ink.push(own, look);
        ink
    }

    /// The line with text of our own behind it.
    pub(in crate::view) fn and(mut self, own: &str, look: impl Into<Look>) -> Self {
        self.push(own, look);
        self
    }

    /// Adds another line behind it.
    pub(in crate::view) fn append(&mut self, other: Self) {
        let mut at = 0;
        for (end, look) in other.runs {
            self.push(&other.text[at..end], look);
            at = end;
        }
    }

    /// Adds text that is safe already.
    pub(in crate::view) fn push(&mut self, safe: &str, look: impl Into<Look>) {
        if safe.is_empty() {
            return;
        }
        let look = look.into();
        self.text.push_str(safe);
        match self.runs.last_mut() {
            Some((end, last)) if *last == look => *end = self.text.len(),
            _ => self.runs.push((self.text.len(), look)),
        }
    }

    /// Adds text of anybody's, with every hidden character as a mark.
    pub(in crate::view) fn source(&mut self, source: &str, look: impl Into<Look>, layers: &Layers<'_>) {
        let look = look.into();
        let shown = text::visible(source);
        let words: Vec<Range<usize>> = layers.words.iter().map(|r| shown.shown(r.start)..shown.shown(r.end)).collect();
        let syntax: Vec<(Range<usize>, Role)> =
            layers.syntax.iter().map(|(r, role)| (shown.shown(r.start)..shown.shown(r.end), *role)).collect();
        let (mut words, mut syntax) = (words.as_slice(), syntax.as_slice());
        for (range, kind) in shown.spans() {
            let mut at = range.start;
            while at < range.end {
                words = &words[words.iter().take_while(|word| word.end <= at).count()..];
                syntax = &syntax[syntax.iter().take_while(|(code, _)| code.end <= at).count()..];
                let word = words.first();
                let code = syntax.first();
                let edges =
                    [word.map(|r| r.start), word.map(|r| r.end), code.map(|c| c.0.start), code.map(|c| c.0.end)];
                let to = edges.into_iter().flatten().filter(|&edge| edge > at).fold(range.end, usize::min);
                let in_word = layers.word.filter(|_| word.is_some_and(|r| r.contains(&at)));
                let role = code.filter(|(r, _)| r.contains(&at)).map(|(_, role)| *role);
                let under = in_word.unwrap_or(look);
                let over = match (kind, role) {
                    (Kind::Mark, _) => Look::from(Role::Mark).on(Role::Mark),
                    (Kind::Tab, _) => Look { role: Role::Gutter, ..under },
                    (Kind::Text, Some(role)) if in_word.is_none() => Look { role, ..under },
                    (Kind::Text, _) => under,
                };
                self.push(&shown.text[at..to], over);
                at = to;
            }
        }
    }

    /// What is shown of it.
    pub(in crate::view) fn text(&self) -> &str {
        &self.text
    }

    /// Its rows as byte ranges.
    pub(in crate::view) fn wrap(&self, width: usize) -> impl Iterator<Item = Range<usize>> {
        wrap(&self.text, width)
    }

    /// The part of it in so many cells from a column on, and the cells before it where half a wide character stands there.
    pub(in crate::view) fn window(&self, left: usize, room: usize) -> (usize, Range<usize>) {
        let (mut at, mut start, mut end, mut lead) = (0, None, self.text.len(), 0);
        for (offset, _, cells) in text::graphemes(&self.text) {
            if start.is_none() && at >= left {
                (start, lead) = (Some(offset), at - left);
            }
            if at + cells > left.saturating_add(room) {
                end = offset;
                break;
            }
            at += cells;
        }
        let start = start.unwrap_or(end).min(end);
        (lead.min(room), start..end)
    }

    /// Its cells.
    pub(in crate::view) fn cells(&self) -> usize {
        text::width(&self.text)
    }

    /// Adds a part of it to a row.
    pub(in crate::view) fn draw(&self, range: Range<usize>, row: &mut Row) {
        let from = self.runs.partition_point(|&(end, _)| end <= range.start);
        let mut at = range.start;
        for &(end, look) in &self.runs[from..] {
            if at >= range.end {
                break;
            }
            let to = end.min(range.end);
            row.spans.push(Span { text: Cow::Owned(self.text[at..to].to_owned()), look });
            at = to;
        }
    }
}

/// Breaks a line into rows of at most `width` cells, behind a space where there is one, else inside the word. Unlike
/// `text::wrap` it leaves out nothing: a space that is not shown could join two arguments, or part one.
pub(super) fn wrap(line: &str, width: usize) -> impl Iterator<Item = Range<usize>> {
    let (ascii, width) = (line.is_ascii(), width.max(1));
    let mut at = Some(0);
    std::iter::from_fn(move || {
        let start = at?;
        let end = if ascii { ascii_row(line.as_bytes(), start, width) } else { row(line, start, width) };
        at = Some(end).filter(|&end| end < line.len());
        Some(start..end)
    })
}

/// How many rows [`wrap`] makes.
pub(super) fn rows(line: &str, width: usize) -> usize {
    if line.len() <= width && line.is_ascii() { 1 } else { wrap(line, width).count() }
}

fn ascii_row(bytes: &[u8], start: usize, width: usize) -> usize {
    let full = start.saturating_add(width);
    if full >= bytes.len() {
        return bytes.len();
    }
    let row = &bytes[start..full];
    let indent = row.iter().take_while(|&&byte| byte == b' ').count();
    row[indent..].iter().rposition(|&byte| byte == b' ').map_or(full, |space| start + indent + space + 1)
}

fn row(line: &str, start: usize, width: usize) -> usize {
    let (mut used, mut break_at, mut was_wide, mut in_indent) = (0, 0, false, true);
    for (offset, cluster, cells) in text::graphemes(&line[start..]) {
        let wide = cells > 1;
        if offset > 0 && (wide || was_wide) {
            break_at = offset;
        }
        if used + cells > width && offset > 0 {
            return start + if break_at > 0 { break_at } else { offset };
        }
        used += cells;
        was_wide = wide;
        in_indent &= cluster == " ";
        if cluster == " " && !in_indent {
            break_at = offset + 1;
        }
    }
    line.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn broken(line: &str, width: usize) -> Vec<&str> {
        wrap(line, width).map(|row| &line[row]).collect()
    }

    #[test]
    fn no_space_is_lost_at_the_end_of_a_row() {
        assert_eq!(broken("", 5), [""]);
        assert_eq!(broken("rm -rf build /", 12), ["rm -rf ", "build /"]);
        assert_eq!(broken("rm -rf build/", 12), ["rm -rf ", "build/"]);
        assert_eq!(broken("aaaa bbbb", 4), ["aaaa", " bbb", "b"]);
        assert_eq!(broken("    deep", 5), ["    d", "eep"]);
        assert_eq!(broken("日本語", 3), ["日", "本", "語"]);
        assert_eq!(broken("é aaaa bbbb", 8), ["é aaaa ", "bbbb"]);
    }

    #[test]
    fn words_marks_and_code_lie_over_each_other() {
        let look = Look::from(Role::Added);
        let layers = Layers {
            words: std::iter::once(3..6).collect(),
            word: Some(Role::AddedWord.into()),
            syntax: vec![(0..2, Role::SyntaxKeyword), (3..9, Role::SyntaxString)].into(),
        };
        let mut ink = Ink::default();
        ink.source("let abc\u{202e}d", look, &layers);
        let mut row = Row::new();
        ink.draw(0..ink.text.len(), &mut row);
        let shown: Vec<_> = row.spans.iter().map(|s| (s.text.as_ref(), s.look.role)).collect();
        assert_eq!(
            shown,
            [
                ("le", Role::SyntaxKeyword),
                ("t", Role::Added),
                (" ab", Role::AddedWord),
                ("c", Role::SyntaxString),
                ("‹U+202E›", Role::Mark),
                ("d", Role::Added),
            ]
        );
    }

    #[test]
    fn a_window_cuts_no_character() {
        let ink = Ink::plain("ab日本cd", Role::Text);
        let window = |left, room| {
            let (lead, range) = ink.window(left, room);
            (lead, ink.text[range].to_owned())
        };
        assert_eq!(window(0, 4), (0, "ab日".into()));
        assert_eq!(window(0, 5), (0, "ab日".into()));
        assert_eq!(window(3, 4), (1, "本c".into()));
        assert_eq!(window(7, 9), (0, "d".into()));
        assert_eq!(window(99, 9), (0, String::new()));
        assert_eq!(ink.cells(), 8);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn rows_fit_and_hold_every_byte(line in "([a-c]| |日|é|e\u{301}|👩‍👩‍👧|\\PC){0,60}", width in 0usize..12) {
            prop_assert_eq!(broken(&line, width).concat(), line.clone());
            prop_assert_eq!(rows(&line, width), wrap(&line, width).count());
            for row in broken(&line, width) {
                prop_assert!(text::width(row) <= width.max(1) || text::graphemes(row).count() == 1, "{row:?}");
            }
        }
    }
}
