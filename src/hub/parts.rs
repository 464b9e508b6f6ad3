//! A part of what a call would write: its hunks in one order, and the texts that come of a choice among them.

use crate::diff::{self, Choice, Piece};
use crate::domain::TakenHunk;
use std::fmt::Write as _;

/// Bytes of hunks that the agent is told.
const TOLD: usize = 8 << 10;

/// A file as it shall stand: its path, and its text; none for one that goes.
pub(super) type Written = (String, Option<String>);

/// The choice for each hunk, by its number over all pieces from 1.
///
/// # Errors
/// One sentence where a number is none of theirs, or twice there.
fn choices(pieces: &[Piece], taken: &[TakenHunk]) -> Result<(), String> {
    let all = u32::try_from(pieces.iter().map(|piece| piece.diff.hunks.len()).sum::<usize>()).unwrap_or(u32::MAX);
    if all == 0 {
        return Err("it has no hunks to choose from: allow or deny it whole".to_owned());
    }
    let mut last = 0;
    for hunk in taken {
        if hunk.hunk == 0 || hunk.hunk > all {
            return Err(format!("there is no hunk {}: it has 1 to {all}", hunk.hunk));
        }
        if hunk.hunk <= last {
            return Err(format!("hunk {} is not in its order, or there twice: name each once, ascending", hunk.hunk));
        }
        last = hunk.hunk;
    }
    if taken.is_empty() { Err("no hunk was accepted: deny it instead".to_owned()) } else { Ok(()) }
}

/// What comes of a choice: each piece of which something is taken, with the text that its own `new` becomes then, and with
/// the whole file as it shall stand. `read` gives the text of a file, none where there is none.
///
/// # Errors
/// One sentence where a choice can't be made, or a hunk no longer fits.
pub(super) fn taken<'a>(
    pieces: &'a [Piece],
    hunks: &[TakenHunk],
    read: impl Fn(&str) -> Result<Option<String>, String>,
) -> Result<Vec<(&'a Piece, String, Written)>, String> {
    choices(pieces, hunks)?;
    let (mut out, mut before) = (Vec::new(), 0u32);
    // A file that several pieces change is written once, with what the pieces before left of it.
    let mut files: Vec<Written> = Vec::new();
    for piece in pieces {
        let first = before;
        before = before.saturating_add(u32::try_from(piece.diff.hunks.len()).unwrap_or(u32::MAX));
        let choice = |at: usize| {
            let number = first.saturating_add(u32::try_from(at).unwrap_or(u32::MAX)).saturating_add(1);
            match hunks.iter().find(|hunk| hunk.hunk == number) {
                None => Choice::Refused,
                Some(TakenHunk { edited: None, .. }) => Choice::Taken,
                Some(TakenHunk { edited: Some(text), .. }) => Choice::Edited(text),
            }
        };
        let count = piece.diff.hunks.len();
        if (0..count).all(|at| choice(at) == Choice::Refused) {
            continue;
        }
        if let Some(to) = &piece.moved_to {
            let path = &piece.path;
            return Err(format!(
                "{path} would move to {to}, which is done with all of the call or not at all: leave its hunks out, or allow it whole"
            ));
        }
        let whole = (0..count).all(|at| choice(at) == Choice::Taken);
        let known = files.iter().position(|(path, _)| *path == piece.path);
        let stands = match known {
            Some(at) => files[at].1.clone(),
            None => read(&piece.path)?,
        };
        let stands = stands.unwrap_or_default();
        let misfit = |misfit: diff::Misfit| format!("{}: {misfit}", piece.path);
        let (own, file) = if piece.fragment {
            let old = piece.old.as_deref().unwrap_or_default();
            let own = piece.diff.take(old, choice).map_err(misfit)?;
            let file = diff::splice(&stands, old, &own).ok_or_else(|| {
                format!("{}: the text that it would replace stands there several times, or not at all", piece.path)
            })?;
            (own, file)
        } else {
            let file = piece.diff.take(&stands, choice).map_err(misfit)?;
            (file.clone(), file)
        };
        let goes = whole && piece.new.is_none();
        let written = (piece.path.clone(), (!goes).then_some(file));
        match known {
            Some(at) => files[at] = written.clone(),
            None => files.push(written.clone()),
        }
        out.push((piece, own, written));
    }
    Ok(out)
}

/// What became of each hunk, for the agent: which were taken as they are, and word by word those that were not.
pub(super) fn told(pieces: &[Piece], hunks: &[TakenHunk]) -> String {
    let of: usize = pieces.iter().map(|piece| piece.diff.hunks.len()).sum();
    let (mut taken, mut said, mut unsaid, mut number) = (Vec::new(), String::new(), Vec::new(), 0u32);
    for piece in pieces {
        for at in 0..piece.diff.hunks.len() {
            number = number.saturating_add(1);
            let chosen = hunks.iter().find(|hunk| hunk.hunk == number);
            let how = match chosen {
                Some(TakenHunk { edited: None, .. }) => {
                    taken.push(number.to_string());
                    continue;
                }
                Some(TakenHunk { edited: Some(text), .. }) => {
                    format!("was changed; in its place stands now:\n{}", text.trim_end_matches('\n'))
                }
                None => {
                    let text = piece.diff.hunk_text(at).unwrap_or_default();
                    format!("was refused and is not written:\n{}", text.trim_end_matches('\n'))
                }
            };
            if said.len().saturating_add(how.len()) > TOLD {
                unsaid.push(number.to_string());
                continue;
            }
            // Writing to a `String` cannot fail.
            let _ = write!(said, "\nHunk {number} of {of}, in {}, {how}", piece.path);
        }
    }
    let mut moves: Vec<String> = pieces
        .iter()
        .filter_map(|piece| Some(format!("\n{} was not moved to {}.", piece.path, piece.moved_to.as_ref()?)))
        .collect();
    moves.dedup();
    let taken = match taken.as_slice() {
        [] => "No hunk was taken as it is.".to_owned(),
        [only] => format!("Hunk {only} of {of} was taken as it is."),
        several => format!("Hunks {} of {of} were taken as they are.", several.join(", ")),
    };
    let unsaid = match unsaid.as_slice() {
        [] => String::new(),
        several => format!("\nNot as you proposed, and too long to be repeated here: hunk {}.", several.join(", ")),
    };
    format!("{taken}{said}{unsaid}{}", moves.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hunk(hunk: u32) -> TakenHunk {
        TakenHunk { hunk, edited: None }
    }

    fn lines(changed: &[usize]) -> String {
        (0..60).fold(String::new(), |mut text, n| {
            writeln!(text, "{}{n}", if changed.contains(&n) { "new " } else { "line " }).unwrap();
            text
        })
    }

    #[test]
    fn one_hunk_of_three_is_exactly_that_one() {
        let pieces = Piece::of("a", false, Some(lines(&[])), Some(lines(&[5, 25, 45])), None);
        let read = |_: &str| Ok(Some(lines(&[])));
        let file = |hunks: &[TakenHunk]| taken(&pieces, hunks, read).unwrap()[0].2.clone();
        assert_eq!(file(&[hunk(2)]), ("a".to_owned(), Some(lines(&[25]))));
        assert_eq!(file(&[hunk(1), hunk(3)]), ("a".to_owned(), Some(lines(&[5, 45]))));
        let edited = TakenHunk { hunk: 2, edited: Some("mine\n".into()) };
        let text = file(&[edited]).1.unwrap();
        assert!(text.contains("mine\n") && !text.contains("line 25") && !text.contains("new"));
    }

    #[test]
    fn numbers_go_on_over_all_files_and_pieces_of_a_file_add_up() {
        let mut pieces = Piece::of("a", false, Some("x\n".into()), Some("y\n".into()), None);
        pieces.extend(Piece::of("b", true, Some("one\n".into()), Some("1\n".into()), None));
        pieces.extend(Piece::of("b", true, Some("two\n".into()), Some("2\n".into()), None));
        let read = |path: &str| Ok(Some(if path == "a" { "x\n".to_owned() } else { "one\ntwo\n".to_owned() }));
        let all = taken(&pieces, &[hunk(2), hunk(3)], read).unwrap();
        assert_eq!(all.last().unwrap().2, ("b".to_owned(), Some("1\n2\n".to_owned())));
        let gone = Piece::of("c", false, Some("x\n".into()), None, None);
        assert_eq!(taken(&gone, &[hunk(1)], |_| Ok(Some("x\n".into()))).unwrap()[0].2, ("c".to_owned(), None));
    }

    #[test]
    fn what_was_not_taken_is_named_hunk_by_hunk() {
        let pieces = Piece::of("a", false, Some(lines(&[])), Some(lines(&[5, 25, 45])), None);
        let said = told(&pieces, &[hunk(1), TakenHunk { hunk: 3, edited: Some("mine\n".into()) }]);
        assert!(
            said.starts_with("Hunk 1 of 3 was taken as it is.\nHunk 2 of 3, in a, was refused and is not written:\n@@")
        );
        assert!(said.contains("-line 25\n+new 25\n"), "{said}");
        assert!(said.ends_with("Hunk 3 of 3, in a, was changed; in its place stands now:\nmine"), "{said}");
        assert!(!said.contains("new 5\n") && !said.contains("new 45"), "{said}");
        let long = Piece::of("a", false, Some("x\n".into()), Some("y".repeat(TOLD)), None);
        assert!(told(&long, &[]).ends_with("too long to be repeated here: hunk 1."));
    }

    #[test]
    fn a_file_that_moves_is_not_taken_in_part() {
        let mut pieces = Piece::of("a", false, Some("x\n".into()), Some("y\n".into()), None);
        let moved = Piece::of("b", true, Some("x\n".into()), Some("z\n".into()), None);
        pieces.extend(moved.into_iter().map(|piece| piece.moving(Some("c"))));
        let read = |_: &str| Ok(Some("x\n".to_owned()));
        let why = taken(&pieces, &[hunk(1), hunk(2)], read).unwrap_err();
        assert!(why.starts_with("b would move to c, "), "{why}");
        assert_eq!(taken(&pieces, &[hunk(1)], read).unwrap().len(), 1);
        let said = told(&pieces, &[hunk(1)]);
        assert!(said.ends_with("+z\nb was not moved to c."), "{said}");
    }

    #[test]
    fn a_choice_that_cannot_be_made_is_said() {
        let pieces = Piece::of("a", false, Some("x\n".into()), Some("y\n".into()), None);
        let why = |hunks: &[TakenHunk], text: &str| taken(&pieces, hunks, |_| Ok(Some(text.to_owned()))).unwrap_err();
        assert!(why(&[], "x\n").contains("deny it instead"));
        assert!(why(&[hunk(2)], "x\n").contains("no hunk 2"));
        assert!(why(&[hunk(1), hunk(1)], "x\n").contains("twice"));
        assert!(why(&[hunk(1)], "other\n").contains("does not fit"));
    }
}
