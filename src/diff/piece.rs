//! The change of one file as a call tells it, and its hunks: in the one order that card, hub and command line count them.

use super::{Diff, Fate, FilePatch, parse};

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
            return vec![Self { path: path.to_owned(), fragment, old, new, diff }];
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
                diff: file.diff,
            }
        };
        files.into_iter().map(piece).collect()
    }
}
