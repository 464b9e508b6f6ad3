//! The change of one file as a call tells it, and its hunks: in the one order that card, hub and command line count them.

use super::{Diff, Fate, FilePatch, Hunk, parse};

/// What a call would do to one file, as far as hunks can say it.
#[derive(Debug, Clone)]
pub struct Piece {
    /// As the agent names it.
    pub path: String,
    /// True where old and new are a piece of the file and not the whole of it.
    pub fragment: bool,
    /// What stood there, where the agent gave it.
    pub old: Option<String>,
    /// What shall stand there; none for a removed file.
    pub new: Option<String>,
    /// Where the file lies afterwards, where it moves: it does so as a whole, or not at all.
    pub moved_to: Option<String>,
    /// Its hunks.
    pub diff: Diff,
}

impl Piece {
    /// The pieces of one change, in the order in which a card shows them.
    #[must_use]
    pub fn of(
        path: &str,
        fragment: bool,
        old: Option<String>,
        new: Option<String>,
        by_patch: Option<&str>,
    ) -> Vec<Self> {
        let Some(told) = by_patch else {
            let diff = Diff::of(old.as_deref().unwrap_or_default(), new.as_deref().unwrap_or_default());
            return vec![Self { path: path.to_owned(), fragment, old, new, moved_to: None, diff }];
        };
        let files = parse(told).files;
        let alone = files.len() == 1;
        let piece = |file: FilePatch| {
            let named = file.new_path.or(file.old_path).filter(|_| !alone);
            let goes = file.fate == Fate::Deleted;
            Self {
                path: named.unwrap_or_else(|| path.to_owned()),
                fragment: false,
                old: None,
                new: (!goes).then(String::new),
                moved_to: None,
                diff: file.diff,
            }
        };
        files.into_iter().map(piece).collect()
    }

    /// One of a file that moves, where it does.
    #[must_use]
    pub fn moving(self, to: Option<&str>) -> Self {
        Self { moved_to: to.map(str::to_owned), ..self }
    }
}

/// The hunk of a number, from 1 over all pieces: the piece that holds it, its place there, and the hunk.
#[must_use]
pub fn numbered(pieces: &[Piece], number: u32) -> Option<(&Piece, usize, &Hunk)> {
    let mut at = (number as usize).checked_sub(1)?;
    for piece in pieces {
        match piece.diff.hunks.get(at) {
            Some(hunk) => return Some((piece, at, hunk)),
            None => at -= piece.diff.hunks.len(),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hunks_are_numbered_over_all_pieces() {
        let old = (0..40).fold(String::new(), |text, n| text + "line " + &n.to_string() + "\n");
        let new = old.replace("line 3\n", "LINE 3\n").replace("line 30\n", "");
        let patch = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n--- a/y\n+++ b/y\n@@ -7,1 +7,1 @@\n-c\n+d\n";
        let mut pieces = Piece::of("one", false, Some(old), Some(new), None);
        pieces.extend(Piece::of("nothing", false, None, None, None));
        pieces.extend(Piece::of("patched", false, None, None, Some(patch)));
        pieces.extend(Piece::of("new", false, None, Some("whole\n".into()), None));
        let of = |number| {
            numbered(&pieces, number).map(|(piece, at, _)| (piece.path.as_str(), piece.diff.comes(at).unwrap()))
        };
        assert!(of(2).is_some_and(|(path, text)| path == "one" && text.contains("line 29\nline 31\n")));
        assert_eq!(of(4), Some(("y", "d\n".to_owned())));
        assert_eq!(of(5), Some(("new", "whole\n".to_owned())));
        assert_eq!((of(0), of(6)), (None, None));
        let goes = numbered(&pieces, 3).and_then(|(piece, at, _)| piece.diff.goes(at));
        assert_eq!(goes.as_deref(), Some("a\n"));
    }
}
