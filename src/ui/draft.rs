//! The line editor: every operation leaves the cursor on the edge of a grapheme, and of a folded paste.
//!
//! - `folds`: pastes of many lines, folded. - [`rows`]: what is typed as rows, and the cursor among them.

mod folds;
pub mod rows;

use super::Chord;
use crossterm::event::{KeyCode, KeyEvent};
use std::ops::Range;
use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

/// A line editor with many lines: what is typed, and where the cursor is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// The text, whole.
    pub text: String,
    /// The cursor as a byte offset on a grapheme's edge.
    pub cursor: usize,
    /// Which entry of the history is shown; `None` for the text itself.
    pub recalled: Option<usize>,
    /// Pastes that are folded: shown in a few words, sent whole, deleted as one. In order, and apart.
    pub folds: Vec<Range<usize>>,
    /// The column that the cursor keeps while it goes up and down.
    pub goal: Option<usize>,
}

/// What a key did to a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edited {
    /// The text or the cursor changed, or could not go further.
    Here,
    /// The cursor would leave the text upwards.
    Above,
    /// The cursor would leave the text downwards.
    Below,
    /// The key edits nothing.
    Unknown,
}

impl Draft {
    /// A draft with its cursor at the end.
    #[must_use]
    pub fn of(text: String) -> Self {
        Self { cursor: text.len(), text, ..Self::default() }
    }

    /// Puts text at the cursor. Control characters other than newline and tab are left out.
    pub fn insert(&mut self, text: &str) {
        let clean = cleaned(text);
        let at = self.aligned();
        self.text.insert_str(at, &clean);
        self.make_room(at, clean.len());
        self.cursor = at + clean.len();
        // A combining mark may have joined what stands beside it.
        self.cursor = self.aligned();
    }

    /// The draft with its cursor and its folds where they can be, whatever they were.
    #[must_use]
    pub fn sane(mut self) -> Self {
        self.folds.sort_by_key(|fold| fold.start);
        self.keep_sane();
        self.cursor = self.aligned();
        self
    }

    /// Puts text in the place of a part, and the cursor behind it.
    pub fn replace(&mut self, part: Range<usize>, text: &str) {
        let end = part.end.min(self.text.len());
        let start = part.start.min(end);
        if self.text.is_char_boundary(start) && self.text.is_char_boundary(end) {
            self.cut(start, end);
            self.insert(text);
        }
        self.goal = None;
    }

    /// Carries out an editing key, where a row has so many columns.
    pub fn edit(&mut self, key: KeyEvent, columns: usize) -> Edited {
        let chord = Chord::from(key);
        let goal = self.goal.take();
        if let (true, KeyCode::Char(c)) = (chord.is_text(), KeyEvent::from(chord).code) {
            self.insert(c.encode_utf8(&mut [0; 4]));
            return Edited::Here;
        }
        let at = self.aligned();
        self.cursor = at;
        match chord.to_string().as_str() {
            "space" | "shift-space" => self.insert(" "),
            "backspace" | "ctrl-h" | "shift-backspace" => self.cut(self.before(at), at),
            "delete" | "ctrl-d" => self.cut(at, self.after(at)),
            "ctrl-w" | "alt-backspace" | "ctrl-backspace" => self.cut(self.word_before(at), at),
            "alt-d" | "ctrl-delete" => self.cut(at, self.word_after(at)),
            "ctrl-u" => self.cut(self.line_start(at), at),
            "ctrl-k" => {
                let end = self.line_end(at);
                // At a line's end it takes the newline, so that held it takes the rest.
                self.cut(at, if end == at { self.after(at) } else { end });
            }
            "left" | "ctrl-b" => self.cursor = self.before(at),
            "right" | "ctrl-f" => self.cursor = self.after(at),
            "ctrl-left" | "alt-left" | "alt-b" => self.cursor = self.word_before(at),
            "ctrl-right" | "alt-right" | "alt-f" => self.cursor = self.word_after(at),
            "home" | "ctrl-a" => self.cursor = self.line_start(at),
            "end" | "ctrl-e" => self.cursor = self.line_end(at),
            "ctrl-home" => self.cursor = 0,
            "ctrl-end" => self.cursor = self.text.len(),
            "up" => return self.row_up(columns, goal),
            "down" => return self.row_down(columns, goal),
            _ => return Edited::Unknown,
        }
        // A word may begin inside a grapheme: a mark that joins what follows it, say.
        self.cursor = self.aligned();
        Edited::Here
    }

    fn cut(&mut self, from: usize, to: usize) {
        let Range { start, end } = self.with_whole_folds(from..to);
        self.text.replace_range(start..end, "");
        self.close_gap(start..end);
        self.cursor = start;
        self.cursor = self.aligned();
    }

    /// The cursor, moved on to the next edge where it stands on none.
    fn aligned(&self) -> usize {
        let mut at = self.cursor.min(self.text.len());
        if let Some(fold) = self.fold_around(at) {
            return fold.end;
        }
        while !self.text.is_char_boundary(at) {
            at += 1;
        }
        match GraphemeCursor::new(at, self.text.len(), true).is_boundary(&self.text, 0) {
            Ok(true) => at,
            _ => self.after(at),
        }
    }

    fn before(&self, at: usize) -> usize {
        let before =
            GraphemeCursor::new(at, self.text.len(), true).prev_boundary(&self.text, 0).ok().flatten().unwrap_or(0);
        self.fold_around(before).map_or(before, |fold| fold.start)
    }

    fn after(&self, at: usize) -> usize {
        let len = self.text.len();
        let after = GraphemeCursor::new(at, len, true).next_boundary(&self.text, 0).ok().flatten().unwrap_or(len);
        self.fold_around(after).map_or(after, |fold| fold.end)
    }

    fn word_before(&self, at: usize) -> usize {
        let words = self.text[..at].split_word_bound_indices();
        let mut words = words.rev().filter(|(_, word)| !word.trim().is_empty());
        let before = words.next().map_or(0, |(from, _)| from);
        // A fold is a word.
        self.fold_around(before).map_or(before, |fold| fold.start)
    }

    fn word_after(&self, at: usize) -> usize {
        let mut words = self.text[at..].split_word_bound_indices();
        let word = words.find(|(_, word)| !word.trim().is_empty());
        let after = word.map_or(self.text.len(), |(from, word)| at + from + word.len());
        self.folds.iter().find(|fold| fold.start >= at && fold.start < after).map_or(after, |fold| fold.end)
    }

    /// The start of the line at an offset. Lines inside of a fold are none.
    fn line_start(&self, at: usize) -> usize {
        let mut newlines = self.text[..at].rmatch_indices('\n').map(|(newline, _)| newline);
        newlines.find(|&newline| !self.is_folded(newline)).map_or(0, |newline| newline + 1)
    }

    fn line_end(&self, at: usize) -> usize {
        let mut newlines = self.text[at..].match_indices('\n').map(|(newline, _)| at + newline);
        newlines.find(|&newline| !self.is_folded(newline)).unwrap_or(self.text.len())
    }
}

/// Text as it may stand in a draft: newlines of one kind, no control characters but newline and tab.
#[must_use]
pub fn cleaned(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars().filter(|&c| c == '\n' || c == '\t' || !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(super) fn press(draft: &mut Draft, keys: &str) {
        for key in keys.split_whitespace() {
            let chord: Chord = key.parse().unwrap();
            draft.edit(chord.into(), 80);
        }
    }

    fn after(text: &str, keys: &str) -> (String, usize) {
        let mut draft = Draft::of(text.to_owned());
        press(&mut draft, keys);
        (draft.text, draft.cursor)
    }

    #[test]
    fn keys_edit_as_a_shell_does() {
        let cases = [
            ("fix it", "ctrl-w", "fix "),
            ("fix it", "ctrl-a ctrl-k", ""),
            ("fix it", "alt-b ctrl-u", "it"),
            ("fix it", "ctrl-a alt-d", " it"),
            ("fix it", "ctrl-a x ctrl-e y", "xfix ity"),
            ("one\ntwo", "up ctrl-e !", "one!\ntwo"),
            ("one\ntwo", "up ctrl-e ctrl-k", "onetwo"),
            ("one two", "ctrl-left ctrl-left alt-f ctrl-k", "one"),
        ];
        for (text, keys, expected) in cases {
            assert_eq!(after(text, keys).0, expected, "{text:?} {keys}");
        }
    }

    #[test]
    fn a_grapheme_is_one_step_and_one_deletion() {
        assert_eq!(after("a👨‍👩‍👧", "left"), ("a👨‍👩‍👧".to_owned(), 1));
        assert_eq!(after("ae\u{301}", "backspace"), ("a".to_owned(), 1));
    }

    #[test]
    fn the_edges_of_the_text_are_told() {
        let mut draft = Draft::of("one\ntwo".to_owned());
        let up: Chord = "up".parse().unwrap();
        let down: Chord = "down".parse().unwrap();
        assert_eq!(draft.edit(down.into(), 80), Edited::Below);
        assert_eq!(draft.edit(up.into(), 80), Edited::Here);
        assert_eq!(draft.edit(up.into(), 80), Edited::Above);
    }

    #[test]
    fn what_is_pasted_carries_no_control_characters() {
        let mut draft = Draft::default();
        draft.insert("a\r\nb\u{1b}[31mc\rd\u{7}");
        assert_eq!(draft.text, "a\nb[31mc\nd");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn the_cursor_stands_on_an_edge_after_any_keys(
            start in "(\\PC|\n|e\u{301}|👨‍👩‍👧){0,12}",
            cursor in 0usize..40,
            ops in prop::collection::vec((0usize..20, "(\\PC|\u{301}|\u{200d}|\n){0,3}"), 0..24),
        ) {
            let names = ["left", "right", "up", "down", "home", "end", "backspace", "delete", "ctrl-w", "alt-d",
                "ctrl-u", "ctrl-k", "alt-b", "alt-f", "ctrl-home", "ctrl-end", "x", "space", "f5", "ctrl-q"];
            let mut draft = Draft { text: start, cursor, ..Draft::default() };
            for (op, text) in ops {
                draft.insert(&text);
                press(&mut draft, names[op]);
                let edges = draft.text.grapheme_indices(true).map(|(at, _)| at);
                prop_assert!(edges.chain([draft.text.len()]).any(|at| at == draft.cursor), "{:?}", draft);
            }
        }
    }
}
