//! Any text made safe to draw, with nothing hidden in it.

use super::mark::{Class, class, is_pictographic, write_mark};
use super::width::width;
use std::borrow::Cow;
use std::ops::Range;

/// Marks that may stand on one base before the rest of them are marked themselves.
const MOST_COMBINING: u8 = 4;

/// How far apart the stops of tabs are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tabs {
    /// Every 4 cells.
    #[default]
    Four,
    /// Every 8 cells.
    Eight,
}

impl Tabs {
    fn cells(self) -> usize {
        match self {
            Self::Four => 4,
            Self::Eight => 8,
        }
    }
}

/// What a piece of a visible text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text as it was.
    Text,
    /// A mark that stands for a hidden character.
    Mark,
    /// The padding of a tab.
    Tab,
}

/// A text that can be drawn, and where in it something stands for something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visible<'a> {
    /// What is drawn. Borrowed where nothing had to change.
    pub text: Cow<'a, str>,
    edits: Vec<Edit>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Edit {
    source: Range<usize>,
    shown: Range<usize>,
    kind: Kind,
}

/// A line with every hidden character as a mark: for payloads, code and everything that is decided upon.
///
/// Controls, escapes, bidi controls, invisible, unassigned and private characters, odd blanks, selectors and joiners,
/// and combining characters that stack or have no base.
#[must_use]
pub fn visible(line: &str) -> Visible<'_> {
    visible_with(line, Tabs::Four)
}

/// [`visible`] with another distance of tab stops.
#[must_use]
pub fn visible_with(line: &str, tabs: Tabs) -> Visible<'_> {
    Maker::new(line, tabs, Manner::Exact).make()
}

/// A line of prose: as [`visible`], but an emoji's selectors and joiners are dropped, odd blanks are spaces, and joiners
/// stay in the scripts that are written with them.
#[must_use]
pub fn prose(line: &str) -> Visible<'_> {
    Maker::new(line, Tabs::Four, Manner::Prose).make()
}

impl Visible<'_> {
    /// The pieces of the text in order; together they are the whole of it.
    pub fn spans(&self) -> impl Iterator<Item = (Range<usize>, Kind)> {
        let mut at = 0;
        let ends = self.edits.iter().map(|edit| (edit.shown.clone(), edit.kind));
        let last = self.text.len()..self.text.len();
        ends.chain(std::iter::once((last, Kind::Text)))
            .flat_map(move |(shown, kind)| {
                let before = at..shown.start;
                at = shown.end;
                [(before, Kind::Text), (shown, kind)]
            })
            .filter(|(range, _)| !range.is_empty())
    }

    /// True where a mark stands in it.
    #[must_use]
    pub fn is_marked(&self) -> bool {
        self.edits.iter().any(|edit| edit.kind == Kind::Mark)
    }

    /// Where in the drawn text a byte of the source stands. Offsets inside of what was replaced go to its start.
    #[must_use]
    pub fn shown(&self, source: usize) -> usize {
        let after = self.edits.partition_point(|edit| edit.source.end <= source);
        let next = self.edits.get(after).filter(|edit| edit.source.start <= source);
        match (next, after.checked_sub(1).and_then(|last| self.edits.get(last))) {
            (Some(edit), _) => edit.shown.start,
            (None, Some(last)) => (last.shown.end + (source - last.source.end)).min(self.text.len()),
            (None, None) => source.min(self.text.len()),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    Exact,
    Prose,
}

struct Maker<'a> {
    source: &'a str,
    tabs: Tabs,
    manner: Manner,
    out: String,
    edits: Vec<Edit>,
    /// How much of the source is in `out`.
    copied: usize,
    /// The column at `measured` in `out`: only tabs need it.
    column: usize,
    measured: usize,
    /// The character before, where it is drawn as it is: what a combining one may stand on.
    base: Option<char>,
    combining: u8,
}

impl<'a> Maker<'a> {
    fn new(source: &'a str, tabs: Tabs, manner: Manner) -> Self {
        Self {
            source,
            tabs,
            manner,
            out: String::new(),
            edits: Vec::new(),
            copied: 0,
            column: 0,
            measured: 0,
            base: None,
            combining: 0,
        }
    }

    fn make(mut self) -> Visible<'a> {
        let mut at = 0;
        loop {
            let run = plain_ascii(&self.source.as_bytes()[at..]);
            if run > 0 {
                at += run;
                self.base = self.source.as_bytes().get(at - 1).map(|&byte| char::from(byte)).filter(|&c| c != ' ');
                self.combining = 0;
            }
            let Some(c) = self.source[at..].chars().next() else { break };
            let next = at + c.len_utf8();
            self.character(c, at..next);
            at = next;
        }
        if self.edits.is_empty() {
            return Visible { text: Cow::Borrowed(self.source), edits: self.edits };
        }
        self.out.push_str(&self.source[self.copied..]);
        Visible { text: Cow::Owned(self.out), edits: self.edits }
    }

    fn character(&mut self, c: char, at: Range<usize>) {
        match (class(c), self.manner) {
            (Class::Plain, _) => {
                self.base = Some(c);
                self.combining = 0;
            }
            (Class::Tab, _) => self.tab(at),
            (Class::Combining, _) if self.base.is_some() && self.combining < MOST_COMBINING => self.combining += 1,
            (Class::Blank, Manner::Prose) => {
                let blank = if c == '\u{3000}' { "  " } else { " " };
                self.replace(at, Kind::Text, |out| out.push_str(blank));
            }
            (Class::Selector, Manner::Prose) if self.base.is_some_and(is_pictographic) => {
                // The base stays: a joiner or a keycap may follow.
                let base = self.base;
                self.replace(at, Kind::Text, |_| ());
                self.base = base;
            }
            (Class::Joiner, Manner::Prose) if self.joins_emoji(at.end) => self.replace(at, Kind::Text, |_| ()),
            (Class::Joiner, Manner::Prose) if self.joins_letters(at.end) => self.combining += 1,
            (Class::Combining | Class::Blank | Class::Joiner | Class::Selector | Class::Hidden, _) => {
                self.replace(at, Kind::Mark, |out| write_mark(c, out));
            }
        }
    }

    fn joins_emoji(&self, next: usize) -> bool {
        let after = self.source[next..].chars().next();
        self.base.is_some_and(is_pictographic) && after.is_some_and(is_pictographic)
    }

    /// Arabic, and the scripts of India and around it, need joiners between letters.
    fn joins_letters(&self, next: usize) -> bool {
        let joining = |c: char| matches!(c, '\u{620}'..='\u{6d3}' | '\u{6fa}'..='\u{70e}' | '\u{710}'..='\u{7ff}' | '\u{8a0}'..='\u{dff}' | '\u{1780}'..='\u{18af}');
        let after = self.source[next..].chars().next();
        self.combining < MOST_COMBINING && self.base.is_some_and(joining) && after.is_some_and(joining)
    }

    fn tab(&mut self, at: Range<usize>) {
        self.out.push_str(&self.source[self.copied..at.start]);
        self.copied = at.start;
        self.column += width(&self.out[self.measured..]);
        self.measured = self.out.len();
        let stop = self.tabs.cells();
        let cells = stop - self.column % stop;
        self.replace(at, Kind::Tab, |out| {
            out.push('→');
            out.extend(std::iter::repeat_n(' ', cells - 1));
        });
    }

    fn replace(&mut self, source: Range<usize>, kind: Kind, write: impl FnOnce(&mut String)) {
        self.out.push_str(&self.source[self.copied..source.start]);
        let start = self.out.len();
        write(&mut self.out);
        self.copied = source.end;
        self.edits.push(Edit { source, shown: start..self.out.len(), kind });
        self.base = None;
        self.combining = 0;
    }
}

/// How many bytes at the start are printable ASCII.
fn plain_ascii(bytes: &[u8]) -> usize {
    const BLOCK: usize = 32;
    let plain = |byte: &u8| (b' '..=b'~').contains(byte);
    let mut at = 0;
    // A whole block without a branch a byte, so that the compiler can do it in a few instructions.
    while let Some(block) = bytes.get(at..at + BLOCK) {
        if !block.iter().fold(true, |all, byte| all & plain(byte)) {
            break;
        }
        at += BLOCK;
    }
    at + bytes[at..].iter().take_while(|byte| plain(byte)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> String {
        visible(text).text.into_owned()
    }

    #[test]
    fn plain_text_is_borrowed() {
        for text in ["", "fn main() {}", "naïve café", "日本語", "한국어", "e\u{301}"] {
            assert!(matches!(visible(text).text, Cow::Borrowed(_)), "{text}");
        }
    }

    #[test]
    fn what_is_hidden_becomes_a_mark() {
        assert_eq!(shown("a\u{1b}[2Jb"), "a␛[2Jb");
        assert_eq!(shown("x\u{202e}y"), "x‹U+202E›y");
        assert_eq!(shown("\u{feff}\0\u{7f}\r\n"), "‹U+FEFF›␀␡␍␊");
        assert_eq!(shown("a\u{a0}b"), "a‹U+00A0›b");
        assert_eq!(shown("\u{301}a"), "‹U+0301›a");
        assert_eq!(shown("\u{200b}\u{301}"), "‹U+200B›‹U+0301›");
    }

    #[test]
    fn stacks_of_combining_characters_are_cut() {
        let zalgo = format!("a{}", "\u{301}".repeat(6));
        assert_eq!(shown(&zalgo), format!("a{}{}", "\u{301}".repeat(4), "‹U+0301›".repeat(2)));
    }

    #[test]
    fn tabs_reach_their_stops_and_can_be_seen() {
        assert_eq!(shown("\ta\tb"), "→   a→  b");
        assert_eq!(shown("abcd\te"), "abcd→   e");
        assert_eq!(shown("日\te"), "日→ e");
        assert_eq!(visible_with("a\tb", Tabs::Eight).text, "a→      b");
    }

    #[test]
    fn prose_may_have_emoji_and_its_own_blanks() {
        assert_eq!(prose("ok ⚠\u{fe0f} done").text, "ok ⚠ done");
        assert_eq!(prose("👩\u{200d}💻").text, "👩💻");
        assert_eq!(prose("10\u{202f}%").text, "10 %");
        assert_eq!(prose("می\u{200c}خواهم").text, "می\u{200c}خواهم");
        assert_eq!(prose("pay\u{200d}pal").text, "pay‹U+200D›pal");
        assert_eq!(prose("a\u{fe0f}b").text, "a‹U+FE0F›b");
        assert_eq!(shown("⚠\u{fe0f}"), "⚠‹U+FE0F›");
    }

    #[test]
    fn spans_tell_marks_from_text_that_looks_like_them() {
        let text = visible("‹U+202E›\u{202e}\t");
        let spans: Vec<_> = text.spans().map(|(range, kind)| (&text.text[range], kind)).collect();
        assert_eq!(spans, [("‹U+202E›", Kind::Text), ("‹U+202E›", Kind::Mark), ("→   ", Kind::Tab)]);
    }

    #[test]
    fn offsets_of_the_source_are_found_in_what_is_shown() {
        let text = visible("a\tb\u{200b}c");
        assert_eq!(&text.text[text.shown(0)..], "a→  b‹U+200B›c");
        assert_eq!(&text.text[text.shown(1)..], "→  b‹U+200B›c");
        assert_eq!(&text.text[text.shown(2)..], "b‹U+200B›c");
        assert_eq!(&text.text[text.shown(3)..], "‹U+200B›c");
        assert_eq!(&text.text[text.shown(6)..], "c");
        assert_eq!(text.shown(7), text.text.len());
        assert_eq!(text.shown(99), text.text.len());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn nothing_hidden_is_left(text in "\\PC*|[\\x00-\\x{2fff}\\x{e0000}-\\x{e0fff}]{0,60}") {
            for shown in [visible(&text), prose(&text)] {
                prop_assert!(!shown.text.chars().any(char::is_control));
                prop_assert!(!shown.text.chars().any(|c| class(c) == Class::Hidden));
                let spans: String = shown.spans().map(|(range, _)| &shown.text[range]).collect();
                prop_assert_eq!(&spans, &shown.text);
                for at in 0..=text.len() + 1 {
                    prop_assert!(shown.text.is_char_boundary(shown.shown(at)) || !text.is_char_boundary(at));
                }
            }
            prop_assert!(!visible(&text).text.chars().any(|c| matches!(class(c), Class::Blank | Class::Joiner | Class::Selector | Class::Tab)));
        }
    }
}
