//! Pastes of many lines, folded into a few words. The text keeps all of it: what is sent is what was pasted.

use super::{Draft, cleaned};
use std::ops::Range;
use unicode_segmentation::GraphemeCursor;

/// A paste of more lines than this is folded ...
const LINES: usize = 5;
/// ... and one of more characters than this.
const CHARACTERS: usize = 1_000;

impl Draft {
    /// Puts a paste at the cursor, folded where it is long.
    pub fn paste(&mut self, text: &str) {
        let text = cleaned(text);
        let long = text.lines().count() > LINES || text.chars().count() > CHARACTERS;
        let at = self.aligned();
        self.insert(&text);
        if long {
            self.folds.push(at..at + text.len());
            self.folds.sort_by_key(|fold| fold.start);
            self.keep_sane();
        }
        self.goal = None;
    }

    /// Unfolds the paste at the cursor, else all of them.
    pub fn unfold(&mut self) {
        let at = self.aligned();
        let here = self.folds.iter().position(|fold| fold.start == at || fold.end == at);
        match here {
            Some(here) => drop(self.folds.remove(here)),
            None => self.folds.clear(),
        }
    }

    /// What a folded paste is called.
    #[must_use]
    pub fn label(&self, fold: &Range<usize>) -> String {
        let text = self.text.get(fold.clone()).unwrap_or_default();
        match text.lines().count() {
            lines if lines > LINES => format!("[pasted {lines} lines]"),
            _ => format!("[pasted {} characters]", text.chars().count()),
        }
    }

    /// The fold in which an offset lies, its edges apart.
    pub(super) fn fold_around(&self, at: usize) -> Option<&Range<usize>> {
        self.folds.iter().find(|fold| fold.start < at && at < fold.end)
    }

    pub(super) fn is_folded(&self, at: usize) -> bool {
        self.folds.iter().any(|fold| fold.contains(&at))
    }

    /// A range, grown so that it holds no part of a fold without the rest.
    pub(super) fn with_whole_folds(&self, range: Range<usize>) -> Range<usize> {
        let touched = self.folds.iter().filter(|fold| fold.start < range.end && range.start < fold.end);
        touched.fold(range.clone(), |all, fold| all.start.min(fold.start)..all.end.max(fold.end))
    }

    /// So many bytes came in at an offset.
    pub(super) fn make_room(&mut self, at: usize, bytes: usize) {
        for fold in self.folds.iter_mut().filter(|fold| fold.start >= at) {
            *fold = fold.start + bytes..fold.end + bytes;
        }
        self.keep_sane();
    }

    /// A range is gone, which held folds whole or not at all.
    pub(super) fn close_gap(&mut self, gone: Range<usize>) {
        self.folds.retain(|fold| fold.end <= gone.start || fold.start >= gone.end);
        for fold in self.folds.iter_mut().filter(|fold| fold.start >= gone.end) {
            *fold = fold.start - gone.len()..fold.end - gone.len();
        }
        self.keep_sane();
    }

    /// A fold whose edge has become the inside of a character is none: the cursor could not stand at it.
    pub(super) fn keep_sane(&mut self) {
        let text = &self.text;
        let is_edge = |at: usize| {
            text.is_char_boundary(at)
                && GraphemeCursor::new(at, text.len(), true).is_boundary(text, 0).is_ok_and(|edge| edge)
        };
        let mut end = 0;
        self.folds.retain(|fold| {
            let sane = fold.start >= end && fold.start < fold.end && fold.end <= text.len();
            let keeps = sane && is_edge(fold.start) && is_edge(fold.end);
            end = if keeps { fold.end } else { end };
            keeps
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::press;
    use super::*;

    fn folded() -> Draft {
        let mut draft = Draft::of("look at ".to_owned());
        draft.paste(&"line\n".repeat(42));
        draft.insert(" please");
        draft
    }

    #[test]
    fn a_long_paste_is_one_thing_to_the_cursor_and_whole_to_who_is_sent_it() {
        let mut draft = folded();
        assert_eq!(draft.label(&draft.folds[0]), "[pasted 42 lines]");
        assert_eq!(draft.text, format!("look at {} please", "line\n".repeat(42)));
        press(&mut draft, "ctrl-left left left");
        assert_eq!(draft.cursor, 8, "over it in one step");
        press(&mut draft, "right backspace");
        assert_eq!((draft.text.as_str(), draft.folds.len()), ("look at  please", 0));
        let mut draft = folded();
        press(&mut draft, "ctrl-left ctrl-left ctrl-w");
        assert_eq!(draft.text.matches("line").count(), 42, "a word before it is a word");
        let mut draft = folded();
        press(&mut draft, "home delete delete");
        assert_eq!(draft.label(&draft.folds[0]), "[pasted 42 lines]");
        assert_eq!(draft.folds[0].start, 6, "it moves with what stands before it");
        press(&mut draft, "ctrl-k");
        assert_eq!((draft.text.as_str(), draft.folds.len()), ("", 0), "its newlines end no line");
    }

    #[test]
    fn a_short_paste_is_text_and_a_long_line_is_folded() {
        let mut draft = Draft::default();
        draft.paste("a\nb\nc\nd\ne");
        assert!(draft.folds.is_empty());
        draft.paste(&"x".repeat(1_001));
        assert_eq!(draft.label(&draft.folds[0]), "[pasted 1001 characters]");
        draft.unfold();
        assert!(draft.folds.is_empty() && draft.text.len() == 9 + 1_001);
    }
}
