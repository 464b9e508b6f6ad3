//! Searching: what is looked for, where it was found, and how far the looking has come.

use super::{PageNo, Seq, SessionId};
use serde::{Deserialize, Serialize};

/// What kind of things a search looks at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindKind {
    /// Everything that a person reads.
    #[default]
    All,
    /// What humans asked for.
    Prompts,
    /// What agents say.
    Messages,
    /// What agents think.
    Thoughts,
    /// Commands that are run.
    Commands,
    /// What calls gave back.
    Output,
    /// Changes of files: their paths, what comes, what goes.
    Edits,
    /// What failed, and what was not understood.
    Errors,
    /// Calls that a human or a rule was asked about.
    Requests,
}

impl FindKind {
    /// Every kind, in the order in which a key goes through them.
    pub const ALL: [Self; 9] = [
        Self::All,
        Self::Prompts,
        Self::Messages,
        Self::Thoughts,
        Self::Commands,
        Self::Output,
        Self::Edits,
        Self::Errors,
        Self::Requests,
    ];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::All => "everything",
            Self::Prompts => "prompts",
            Self::Messages => "messages",
            Self::Thoughts => "thoughts",
            Self::Commands => "commands",
            Self::Output => "output",
            Self::Edits => "edits",
            Self::Errors => "errors",
            Self::Requests => "requests",
        }
    }

    /// The kind so many places on, around the end.
    #[must_use]
    pub fn step(self, by: isize) -> Self {
        let at = Self::ALL.iter().position(|kind| *kind == self).unwrap_or(0);
        let len = Self::ALL.len();
        Self::ALL[at.wrapping_add_signed(by).wrapping_add(len) % len]
    }
}

/// The part of an entry in which something was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FoundIn {
    /// What is said.
    Text,
    /// The agent's title of a call, or the tool's name.
    Title,
    /// A command line.
    Command,
    /// A path.
    Path,
    /// The arguments of a call.
    Arguments,
    /// What a call gave back.
    Output,
    /// What comes into a file, or goes.
    Change,
    /// Why something was denied, asked or ended.
    Reason,
}

impl FoundIn {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Title => "title",
            Self::Command => "command",
            Self::Path => "path",
            Self::Arguments => "arguments",
            Self::Output => "output",
            Self::Change => "change",
            Self::Reason => "reason",
        }
    }
}

/// One step of a search. A search goes page by page, from where the reader is to the end, then back to the beginning; the
/// console asks for the next step with what the last one answered, so that a search that nobody wants any more just ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Search {
    /// The console's own number of the search; the answer carries the same.
    pub number: u64,
    /// In which session.
    pub session: SessionId,
    /// Only what was known as of this record.
    pub upto: Seq,
    /// What is looked for: plain text, smart case.
    pub text: String,
    /// What kind of things.
    pub kind: FindKind,
    /// Where this step begins.
    pub from: SearchFrom,
}

/// Where a step of a search begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchFrom {
    /// The page of this step.
    pub page: PageNo,
    /// Entries of it that were looked at already.
    pub skip: u32,
    /// The page with which the search began.
    pub origin: PageNo,
}

impl SearchFrom {
    /// The beginning of a search.
    #[must_use]
    pub fn page(origin: PageNo) -> Self {
        Self { page: origin, skip: 0, origin }
    }

    /// The page after this one: on to `last`, then from before the origin back to the first.
    #[must_use]
    pub fn next(self, last: PageNo) -> Option<Self> {
        let before = |page: PageNo| page.0.checked_sub(1).map(PageNo);
        let page = if self.page >= self.origin && self.page < last {
            Some(PageNo(self.page.0 + 1))
        } else if self.page >= self.origin {
            before(self.origin)
        } else {
            before(self.page)
        }?;
        Some(Self { page, skip: 0, ..self })
    }
}

/// One entry in which something was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Whose it is.
    pub session: SessionId,
    /// The number of the entry.
    pub entry: u64,
    /// The record that made it.
    pub seq: Seq,
    /// The page that holds it, where it is not in memory.
    pub page: PageNo,
    /// In which part.
    pub part: FoundIn,
    /// The line in that part, from 0.
    pub line: u32,
    /// The line, or the piece of it around what was found.
    pub excerpt: String,
}

/// How far a search has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Looked {
    /// There is more to look at: the next step begins here.
    More(SearchFrom),
    /// Everything was looked at.
    All,
    /// It can't be looked at: one sentence.
    Failed(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_goes_to_the_end_and_then_back_to_the_beginning() {
        let steps = |origin: u64, last: u64| {
            let first = SearchFrom::page(PageNo(origin));
            std::iter::successors(Some(first), |from| from.next(PageNo(last)))
                .map(|from| from.page.0)
                .collect::<Vec<_>>()
        };
        assert_eq!(steps(2, 4), [2, 3, 4, 1, 0]);
        assert_eq!(steps(4, 4), [4, 3, 2, 1, 0]);
        assert_eq!(steps(0, 2), [0, 1, 2]);
        assert_eq!(steps(0, 0), [0]);
    }

    #[test]
    fn kinds_go_around() {
        assert_eq!(FindKind::All.step(-1), FindKind::Requests);
        assert_eq!(FindKind::Requests.step(1), FindKind::All);
    }
}
