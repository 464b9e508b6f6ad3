//! The command line of Claude Code, as far as it depends on what is opened.

use super::super::Opening;

/// What follows the program and the arguments of its preset.
#[must_use]
pub fn words(opening: &Opening) -> Vec<String> {
    opening.load.iter().flat_map(|session| ["--resume".to_owned(), session.clone()]).collect()
}
