//! Hunks written into a text, each as it is or not at all.

use super::Diff;
use super::part::Choice;

/// A hunk whose old lines are not in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("hunk {} (line {line}) does not fit: the file no longer has the lines it would change; read it again", hunk + 1)]
pub struct Misfit {
    /// Which one, from 0.
    pub hunk: usize,
    /// Where it says that it belongs.
    pub line: u32,
}

impl Diff {
    /// The text with every accepted hunk applied.
    ///
    /// # Errors
    /// The first accepted hunk that does not fit.
    pub fn apply(&self, text: &str, is_accepted: impl Fn(usize) -> bool) -> Result<String, Misfit> {
        self.take(text, |hunk| if is_accepted(hunk) { Choice::Taken } else { Choice::Refused })
    }
}
