//! What is known of a recorded session: drawn from its files by reading them to their end.

use crate::domain::{At, Event, Record};
use crate::numbers::{Counter, Numbers};
use crate::state::{Session, page};
use crate::transcript::{Files, Format, ReadError, Tally, read_files};

/// The number of the readers of this version: what was drawn by others is drawn again. To be raised with every change of
/// a reader that tells more, or something else, of the same file.
pub const READERS: i64 = 1;

/// Letters of a prompt that stand in a list.
const PROMPT: usize = 240;

/// What was drawn.
#[derive(Debug)]
pub struct Drawn {
    /// The session as of its last record, without its past.
    pub session: Session,
    /// What was read.
    pub tally: Tally,
    /// When it began, by its own clock.
    pub first: At,
    /// How its first prompt begins.
    pub prompt: String,
    /// What it came to.
    pub numbers: Numbers,
}

impl Drawn {
    /// The tool's own id of it; nothing where it tells none.
    #[must_use]
    pub fn native(&self) -> &str {
        self.session.sources.first().map_or("", |source| source.native.as_str())
    }
}

/// Reads a session to its end.
pub(super) fn draw(files: Files<'_>, format: &dyn Format) -> Result<Drawn, ReadError> {
    let mut session = Session::new(files.stamp.session());
    let (mut first, mut prompt, mut counter) = (None, String::new(), Counter::default());
    let tally = read_files(files, format, &mut |record: Record| {
        first = first.or(Some(record.at).filter(|at| at.0 > 0));
        if let Event::PromptSent { text, .. } = &record.event
            && prompt.is_empty()
        {
            prompt = text.inline().unwrap_or_default().trim().chars().take(PROMPT).collect();
        }
        counter.take(&record);
        session.apply(&record);
    })?;
    let mut session = page::known(&session);
    if let Some(first) = first {
        // Its first line may have no clock.
        session.started = session.started.max(first);
    }
    Ok(Drawn { session, tally, first: first.unwrap_or_default(), prompt, numbers: counter.done() })
}
