//! A difference with other lines in the place of some of its hunks, as a human wrote them: as many hunks, in the same order.

use super::lines::{Ending, LineText, Lines};
use super::{Change, Diff, Hunk, Shape, length};

/// A new text while it is put together.
#[derive(Default)]
struct Text {
    joined: String,
    lines: u32,
    unended: Vec<u32>,
}

impl Text {
    fn push(&mut self, line: LineText<'_>) {
        if self.lines > 0 && !self.joined.ends_with('\n') {
            // A line without an end is the last one of its file; here others come behind it.
            self.joined.push('\n');
            self.unended.push(self.lines - 1);
        }
        self.joined.push_str(line.text);
        self.joined.push_str(line.ending.as_str());
        if line.text.is_empty() && line.ending == Ending::None {
            self.joined.push('\n');
            self.unended.push(self.lines);
        }
        self.lines = self.lines.saturating_add(1);
    }
}

impl Diff {
    /// The same difference with these lines, ends and all, in the place of the hunks for which there are some.
    #[must_use]
    pub fn redone<'a>(&self, lines: impl Fn(usize) -> Option<&'a str>) -> Self {
        let mut new = Text::default();
        let mut hunks = Vec::with_capacity(self.hunks.len());
        let mut at = 0;
        for (number, hunk) in self.hunks.iter().enumerate() {
            self.new.range(at..hunk.new.start).for_each(|line| new.push(line));
            let start = new.lines;
            let changes = match lines(number) {
                None => {
                    self.new.range(hunk.new.clone()).for_each(|line| new.push(line));
                    let moved = |change: &Change| {
                        let from = start + change.new.start.saturating_sub(hunk.new.start);
                        Change { new: from..from + length(&change.new), ..change.clone() }
                    };
                    hunk.changes.iter().map(moved).collect()
                }
                Some(text) => {
                    text.split_inclusive('\n').for_each(|line| new.push(LineText::new(line)));
                    self.instead(number, text, start)
                }
            };
            let moved = |line: u32| line.saturating_sub(hunk.new.start).saturating_add(start);
            hunks.push(Hunk { new: start..new.lines, new_line: moved(hunk.new_line), changes, ..hunk.clone() });
            at = hunk.new.end;
        }
        self.new.range(at..self.new.len()).for_each(|line| new.push(line));
        let all = || hunks.iter().flat_map(|hunk: &Hunk| &hunk.changes);
        let added = all().map(|change| length(&change.new)).fold(0, u32::saturating_add);
        let removed = all().map(|change| length(&change.old)).fold(0, u32::saturating_add);
        let new = Lines::with_unended(&new.joined, new.unended);
        let mut diff =
            Self { hunks, added, removed, shape: self.shape, is_piece: self.is_piece, old: self.old.clone(), new };
        diff.number_rows();
        diff
    }

    /// What changes where these lines stand in a hunk's place, from a line of the new text on.
    fn instead(&self, number: usize, text: &str, start: u32) -> Vec<Change> {
        let Some(hunk) = self.hunks.get(number) else { return Vec::new() };
        let diff = Self::of(&self.goes(number).unwrap_or_default(), text);
        let mut changes: Vec<Change> = diff.hunks.into_iter().flat_map(|hunk| hunk.changes).collect();
        let fits = diff.old.len() == length(&hunk.old);
        if diff.shape == Shape::Binary || !fits {
            changes = vec![Change { old: 0..length(&hunk.old), new: 0..diff.new.len(), first_row: 0 }];
        }
        for change in &mut changes {
            change.old = change.old.start + hunk.old.start..change.old.end + hunk.old.start;
            change.new = change.new.start + start..change.new.end + start;
        }
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts() -> (String, String) {
        let old = (0..40).fold(String::new(), |text, n| text + "line " + &n.to_string() + "\n");
        let new = old.replace("line 3\n", "LINE 3\n").replace("line 20\n", "").replace("line 39\n", "end");
        (old, new)
    }

    #[test]
    fn a_hunk_that_is_edited_shows_what_was_written_and_the_others_stay() {
        let (old, new) = texts();
        let diff = Diff::of(&old, &new);
        let mine = diff.comes(0).unwrap().replace("LINE 3\n", "mine\nand more\n");
        let redone = diff.redone(|hunk| (hunk == 0).then_some(mine.as_str()));
        assert_eq!(redone.hunks.len(), 3);
        assert_eq!(redone.hunk_text(0).unwrap().matches("\n+mine\n+and more\n").count(), 1);
        assert!(!redone.hunk_text(0).unwrap().contains("LINE 3"), "{:?}", redone.hunk_text(0));
        assert_eq!((redone.added, redone.removed), (diff.added + 1, diff.removed));
        for hunk in [1, 2] {
            assert_eq!((redone.comes(hunk), redone.goes(hunk)), (diff.comes(hunk), diff.goes(hunk)));
            assert_eq!(redone.hunks[hunk].new_line, diff.hunks[hunk].new_line + 1);
        }
        // What is written is what a part with that edit writes.
        let edited = |hunk| if hunk == 0 { super::super::Choice::Edited(&mine) } else { super::super::Choice::Taken };
        assert_eq!(redone.apply(&old, |_| true), diff.take(&old, edited));
    }

    #[test]
    fn any_lines_make_as_many_hunks() {
        let (old, new) = texts();
        let diff = Diff::of(&old, &new);
        let goes = diff.goes(1).unwrap();
        for mine in ["", "no end", "\n", &goes, "a\0b\n", "x\r\ny\r\n"] {
            for at in 0..3 {
                let redone = diff.redone(|hunk| (hunk == at).then_some(mine));
                assert_eq!(redone.hunks.len(), 3, "{mine:?}");
                assert!(redone.hunk_text(at).is_some());
                assert_eq!(redone.goes(at), diff.goes(at), "{mine:?}");
                assert_eq!(redone.comes(at).unwrap(), mine, "{mine:?} {at}");
            }
        }
        let patch = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n\\ No newline at end of file\n";
        let diff = crate::diff::parse(patch).files.remove(0).diff;
        assert_eq!(diff.redone(|_| Some("mine\n")).comes(0).as_deref(), Some("mine\n"));
    }
}
