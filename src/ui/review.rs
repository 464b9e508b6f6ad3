//! The review: what changed between two moments as one diff, by file and hunk, each hunk with who made it. Hunks are kept or
//! marked to be reverted, lines are commented; marks and comments stay when the screen is left. `pages`: its files as places.

mod pages;

pub use pages::{Item, Page, Pages};

use super::App;
use super::past::Between;
use crate::domain::{At, Digest, Point, SessionId, Stretch};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Bytes of one comment.
pub const COMMENT: usize = 4_096;

/// A review that is looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct ReviewUi {
    /// What is looked at.
    pub what: Between,
    /// One file as it was, all of it, and what differs since.
    pub sort: Sort,
    /// How far it is.
    pub stage: Stage,
    /// The comment that is typed on the line at hand.
    pub typing: Option<String>,
}

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// What changed, with the lines around it.
    Changes,
    /// One file, whole.
    File,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// The hub was asked.
    Asked {
        /// When.
        since: At,
    },
    /// It can't be shown: one sentence.
    Failed(String),
    /// It is shown.
    Shown(Box<Pages>),
}

/// A line, by which a comment finds it again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The file, from the workspace on.
    pub path: String,
    /// Its number: among the lines as they are, or of one that is gone among those that were; 0 for the file.
    pub line: u32,
    /// It is gone.
    pub gone: bool,
    /// What it says.
    pub quote: String,
}

/// A comment on a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// On which.
    pub spot: Spot,
    /// What it says.
    pub text: String,
    /// It went into the composer.
    pub given: bool,
}

/// What a human thinks of a hunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It stays.
    Keep,
    /// It shall go.
    Revert,
}

/// What stays of the reviews of a session when the screen is left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reviewed {
    /// Of hunks, by path and what they change.
    pub marks: BTreeMap<Digest, Mark>,
    /// In the order in which they were made.
    pub comments: Vec<Comment>,
}

/// Where a review came to stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PaintedReview {
    /// The first place shown.
    pub top: usize,
    /// How many were shown.
    pub page: usize,
}

impl Reviewed {
    /// The comment on a line.
    #[must_use]
    pub fn comment(&self, spot: &Spot) -> Option<&Comment> {
        self.comments.iter().find(|comment| comment.spot == *spot)
    }

    /// Comments that were not given to the composer yet.
    #[must_use]
    pub fn unsent(&self) -> usize {
        self.comments.iter().filter(|comment| !comment.given).count()
    }

    /// They as one prompt, file by file and line by line.
    #[must_use]
    pub fn prompt(&self) -> String {
        let mut comments: Vec<&Comment> = self.comments.iter().filter(|comment| !comment.given).collect();
        comments.sort_by(|one, other| (&one.spot.path, one.spot.line).cmp(&(&other.spot.path, other.spot.line)));
        let mut prompt = "Comments on your changes:\n".to_owned();
        for Comment { spot, text, .. } in comments {
            let line = if spot.line == 0 { String::new() } else { format!(":{}", spot.line) };
            let gone = if spot.gone { " (a line that you removed)" } else { "" };
            let _ = writeln!(prompt, "\n{}{line}{gone}", spot.path);
            if spot.line > 0 {
                let _ = writeln!(prompt, "> {}", spot.quote.trim_end());
            }
            let _ = writeln!(prompt, "{text}");
        }
        prompt
    }
}

impl ReviewUi {
    /// Its pages, where they are here.
    #[must_use]
    pub fn pages(&self) -> Option<&Pages> {
        match &self.stage {
            Stage::Shown(pages) => Some(pages),
            Stage::Asked { .. } | Stage::Failed(_) => None,
        }
    }

    /// What is looked at, in words.
    #[must_use]
    pub fn words(&self) -> String {
        match (self.sort, self.what.paths.first()) {
            (Sort::File, Some(path)) => {
                let Stretch { from, to } = self.what.stretch;
                format!("{path}: {}, and {}", from.words(), to.words())
            }
            _ => self.what.stretch.words(),
        }
    }

    /// Another moment to compare a file with.
    #[must_use]
    pub fn next_against(&self) -> Point {
        match self.what.stretch.to {
            Point::Now => Point::Last,
            Point::Last => Point::First,
            _ => Point::Now,
        }
    }
}

impl App {
    /// The review that is looked at.
    #[must_use]
    pub fn reviewing(&self) -> Option<&ReviewUi> {
        match &self.overlay {
            Some(super::Overlay::Review(review)) => Some(review),
            _ => None,
        }
    }

    /// Marks and comments of a session.
    #[must_use]
    pub fn reviewed(&self, session: SessionId) -> &Reviewed {
        const NONE: &Reviewed = &Reviewed { marks: BTreeMap::new(), comments: Vec::new() };
        self.reviews.get(&session).unwrap_or(NONE)
    }
}

#[cfg(test)]
mod tests {
    use super::pages::tests::pages;
    use super::*;

    #[test]
    fn comments_become_one_prompt_with_file_line_and_quote() {
        let pages = pages(&[("src/b", "q\n", "r\n"), ("src/a", "1\n2\n", "1\n3\n")]);
        let at =
            |quote: &str| (0..pages.len()).filter_map(|at| pages.spot(at)).find(|spot| spot.quote == quote).unwrap();
        let comment = |quote: &str, text: &str, given| Comment { spot: at(quote), text: text.into(), given };
        let reviewed = Reviewed {
            comments: vec![comment("r", "why?", false), comment("2", "keep this", false), comment("3", "old", true)],
            ..Reviewed::default()
        };
        let prompt =
            "Comments on your changes:\n\nsrc/a:2 (a line that you removed)\n> 2\nkeep this\n\nsrc/b:1\n> r\nwhy?\n";
        assert_eq!((reviewed.prompt().as_str(), reviewed.unsent()), (prompt, 2));
    }
}
