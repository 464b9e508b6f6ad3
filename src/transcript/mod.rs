//! Transcripts of other tools: what they write down of their own sessions, read into facts.
//!
//! A [`Format`] knows whose file it is and makes a [`Reader`]; lines go in, facts come out, and nothing can fail: a line that
//! is damaged costs that line only, a kind that nobody knows is kept and shown. [`Lines`] takes a file apart, also one that
//! still grows; [`mod@file`] reads one from the disk, with the files that belong to it; [`Stamp`] makes records.

pub mod atif;
pub mod claude;
pub mod codex;
pub mod copilot;
mod documents;
mod fields;
pub mod file;
mod follow;
pub mod gemini;
mod heads;
mod key;
mod lines;
mod objects;
pub mod opencode;
pub mod openhands;
mod opening;
pub mod own;
pub mod pi;
pub mod source;
mod spent;
mod stamp;
pub mod swe;
mod tail;
mod talk;

mod time;
mod told;

pub use file::{Ends, Files, ReadError, Tally, name, paths, read, read_as, read_files};
pub use follow::{Follow, More};
pub use lines::{LONGEST, Line, LineText, Lines};
pub use stamp::Stamp;
pub use tail::tail;
pub use told::{Odd, Out, Place, Told};

use crate::domain::{At, SessionId};
use std::path::Path;

/// A format of transcripts.
pub trait Format: Sync {
    /// Its name on the command line.
    fn name(&self) -> &'static str;
    /// The tool that writes it, for people.
    fn tool(&self) -> &'static str;
    /// Whose file begins like this. `head` may end in the middle of a line.
    fn sniff(&self, head: &[u8]) -> Sniff;
    /// The files that belong to the session of this one: its subagents', or its later messages and events.
    fn beside(&self, path: &Path) -> Vec<Beside>;
    /// When a line was said, as far as that can be seen without reading it.
    fn when(&self, line: &[u8]) -> Option<At>;
    /// Whether the files of a session are told one after another, in their order, and not by the clocks of their lines.
    fn one_by_one(&self) -> bool {
        false
    }
    /// A reader of a file of this name and of those beside it.
    fn reader(&self, name: &str, beside: &[Beside]) -> Box<dyn Reader>;
}

/// What the beginning of a file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sniff {
    /// It is of this format.
    Mine,
    /// It is not; what it seems to be instead.
    Not(String),
}

/// A file that belongs to the session of another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beside {
    /// Where it is.
    pub path: std::path::PathBuf,
    /// What stands about it in a file of its own, as JSON; empty where there is none.
    pub about: String,
}

/// Reads one session. It cannot fail and cannot wait.
pub trait Reader: Send {
    /// Of which session of taut's its facts will be: told before the first line, and of use only where lines name it.
    fn belongs_to(&mut self, _: SessionId) {}
    /// The next line: of the file itself (0) or of one beside it (from 1).
    fn line(&mut self, file: usize, line: Line<'_>, out: &mut Out);
    /// Nothing more will be written: what is open stays open for ever, and is told as such.
    fn end(&mut self, out: &mut Out);
}

/// Every format that is known.
pub const FORMATS: [&dyn Format; 10] = [
    &claude::ClaudeCode,
    &codex::CodexRollout,
    &gemini::GeminiCli,
    &copilot::CopilotCli,
    &opencode::OpenCode,
    &pi::Pi,
    &openhands::OpenHands,
    &atif::Atif,
    &swe::SweAgent,
    &own::Export,
];

/// The format of this name.
#[must_use]
pub fn format(name: &str) -> Option<&'static dyn Format> {
    FORMATS.into_iter().find(|format| format.name() == name)
}

/// Whether a file of this name is a log: something to which lines are added. Others are documents, written anew with every
/// word that is added to them.
#[must_use]
pub fn is_log(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "jsonl" || end == "ndjson" || end == "cast")
}

/// What drives a session that was read from a transcript, and the channel by which its facts came.
pub const CHANNEL: &str = "transcript";

/// What is said of a beginning in which nothing is JSON.
const NO_JSON: &str = "nothing in its beginning is JSON";

/// What a line of JSON seems to be, by its kind.
fn seems(kind: &str) -> String {
    match kind {
        "" => "its lines are JSON, and none says of which kind it is".to_owned(),
        kind => {
            let short: String = kind.chars().take(40).collect();
            format!("its lines are JSON of another tool, such as {short:?}")
        }
    }
}
