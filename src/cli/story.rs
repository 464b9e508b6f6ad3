//! The session that a command names, of taut itself or of another tool, and its texts as they are written out.

use super::setup::Setup;
use super::{CliError, find, recorded, show};
use crate::domain::Text;
use crate::stories::{Part, Shelves, Story, StoryError};

impl From<StoryError> for CliError {
    fn from(error: StoryError) -> Self {
        match error {
            StoryError::Store(error) => error.into(),
            StoryError::Read(error) => error.into(),
        }
    }
}

/// The one that something names.
///
/// # Errors
/// Nothing or more than one is called that.
pub(super) fn named<'s>(shelves: &'s Shelves, setup: &Setup, given: &str) -> Result<Story<'s>, CliError> {
    if let Some(reader) = shelves.own() {
        match find::session(reader, given) {
            Ok(id) => return shelves.own_story(id)?.ok_or_else(|| CliError::NotFound(given.to_owned())),
            Err(CliError::NotFound(_)) => {}
            Err(other) => return Err(other),
        }
    }
    let found = recorded::named(setup, given)?.and_then(|one| shelves.kept_story(one, Part::All));
    found.ok_or_else(|| CliError::NotFound(given.to_owned()))
}

/// A text of a session, whole.
#[must_use]
pub(super) fn full(story: &Story<'_>, text: &Text) -> String {
    match (story, text) {
        (Story::Own(reader, _), text) => show::full(reader, text),
        (Story::Kept(..), Text::Inline(text)) => text.clone(),
        (Story::Kept(..), Text::Body(body)) => format!("[not kept: {} bytes, {} lines]", body.bytes, body.lines),
    }
}
