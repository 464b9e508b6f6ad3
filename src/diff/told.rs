//! Changes as an agent tells them, and their hunks numbered over all of them: what a human takes or refuses is named by
//! these numbers, on the card as in the hub.

use super::{Diff, Hunk, parse};

/// One change as it is told: the text before and after it, or a patch.
#[derive(Debug, Clone, Copy, Default)]
pub struct Told<'a> {
    /// What stands there; nothing where it is new, or where a patch tells it.
    pub old: Option<&'a str>,
    /// What shall stand there.
    pub new: Option<&'a str>,
    /// The change as a patch, where only that is given.
    pub patch: Option<&'a str>,
    /// The line of the file at which the texts begin, where they are pieces of it.
    pub line: Option<u32>,
}

/// The difference of one file within a change.
#[derive(Debug, Clone)]
pub struct Piece {
    /// The change that it belongs to, from 0.
    pub change: usize,
    /// The path that a patch names; else it is the change's own.
    pub path: Option<String>,
    /// The difference.
    pub diff: Diff,
    /// The number of its first hunk over all changes, from 1.
    pub first: u32,
}

impl Told<'_> {
    /// Its differences, file by file; none where it tells no text.
    #[must_use]
    pub fn diffs(&self) -> Vec<(Option<String>, Diff)> {
        if let Some(patch) = self.patch {
            return parse(patch).files.into_iter().map(|file| (file.new_path.or(file.old_path), file.diff)).collect();
        }
        if self.old.is_none() && self.new.is_none() {
            return Vec::new();
        }
        let diff = Diff::of(self.old.unwrap_or(""), self.new.unwrap_or(""));
        let diff = match self.line {
            Some(line) => diff.starting_at(line),
            None => diff,
        };
        vec![(None, diff)]
    }
}

/// The differences of several changes, with the numbers of their hunks: in the order of the changes, of the files of a
/// patch, and of the hunks, as they are painted.
#[must_use]
pub fn pieces<'a>(changes: impl IntoIterator<Item = Told<'a>>) -> Vec<Piece> {
    let mut first = 1u32;
    let mut out = Vec::new();
    for (change, told) in changes.into_iter().enumerate() {
        for (path, diff) in told.diffs() {
            let own = u32::try_from(diff.hunks.len()).unwrap_or(u32::MAX);
            out.push(Piece { change, path, diff, first });
            first = first.saturating_add(own);
        }
    }
    out
}

/// The hunk of a number: the difference that holds it, and its place there.
#[must_use]
pub fn numbered(pieces: &[Piece], number: u32) -> Option<(&Piece, usize, &Hunk)> {
    pieces.iter().find_map(|piece| {
        let at = number.checked_sub(piece.first)? as usize;
        Some((piece, at, piece.diff.hunks.get(at)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hunks_are_numbered_over_all_changes_as_they_are_painted() {
        let old: String = (0..40).map(|n| format!("line {n}\n")).collect();
        let new = old.replace("line 3\n", "LINE 3\n").replace("line 30\n", "");
        let patch = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n--- a/y\n+++ b/y\n@@ -7,1 +7,1 @@\n-c\n+d\n";
        let told = [
            Told { old: Some(&old), new: Some(&new), ..Told::default() },
            Told::default(),
            Told { patch: Some(patch), ..Told::default() },
            Told { new: Some("whole\n"), ..Told::default() },
        ];
        let pieces = pieces(told);
        let firsts: Vec<_> =
            pieces.iter().map(|piece| (piece.change, piece.first, piece.path.as_deref().unwrap_or("-"))).collect();
        assert_eq!(firsts, [(0, 1, "-"), (2, 3, "x"), (2, 4, "y"), (3, 5, "-")]);
        let comes = |number| numbered(&pieces, number).map(|(piece, at, _)| piece.diff.comes(at).unwrap());
        assert_eq!(comes(4).as_deref(), Some("d\n"));
        assert_eq!(comes(5).as_deref(), Some("whole\n"));
        assert!(comes(2).unwrap().contains("line 29\nline 31\n"));
        assert_eq!((comes(0), comes(6)), (None, None));
        let goes = numbered(&pieces, 3).and_then(|(piece, at, _)| piece.diff.goes(at));
        assert_eq!(goes.as_deref(), Some("a\n"));
    }
}
