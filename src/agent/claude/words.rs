//! The command line of Claude Code, as far as it depends on what is opened.

use super::super::{GoesOn, Opening};

/// What follows the program and the arguments of its preset.
#[must_use]
pub fn words(opening: &Opening) -> Vec<String> {
    let Some(session) = &opening.load else { return Vec::new() };
    let fork = match opening.goes_on {
        GoesOn::AsItself => None,
        // Claude itself looks for no other writer of a conversation.
        GoesOn::Forked => Some("--fork-session".to_owned()),
    };
    ["--resume".to_owned(), session.clone()].into_iter().chain(fork).collect()
}
