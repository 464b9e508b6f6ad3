//! What a call would do, as rows: its command, its changes file by file, its other arguments. All of it, nothing cut.
//!
//! A `Payload` is made once and kept; then any of its rows costs the same, however long it is. `make` puts it together,
//! `Lines`, `FileDiff` and notes are its parts, `Ink` is a line that loses no byte when it
//! is broken into rows.

mod args;
mod change;
mod code;
mod doubt;
mod heights;
mod ink;
mod lines;
mod make;
mod note;
mod shelf;
mod sought;

pub(in crate::view) use code::{BLOCK, Code, Told};
pub use code::{CodeFound, CodeWanted};
pub(in crate::view) use doubt::Doubts;
pub(in crate::view) use heights::{Heights, Piece};
pub(in crate::view) use ink::{Ink, Layers};
pub(in crate::view) use make::is_title_all;
pub(in crate::view) use shelf::{Place, Shelf};

use super::diff::FileDiff;
use super::{Cx, Row};
use crate::domain::{Digest, Seq};
use crate::state::{Entry, Session, Step};
use crate::text::Needle;
use crate::ui::{App, Want};
use lines::Lines;
use make::Source;
use note::Note;
use std::ops::Range;

/// What a call would do, at a width.
#[derive(Debug, Default)]
pub(in crate::view) struct Payload {
    changed: Seq,
    source: Source,
    width: usize,
    parts: Vec<Part>,
    /// The first row of each part, and the end.
    starts: Vec<usize>,
    /// What is not here yet.
    pub(in crate::view) wants: Vec<Want>,
    /// Lines of that.
    pub(in crate::view) loading: u64,
    /// Texts that were purged.
    pub(in crate::view) purged: usize,
    /// What in it is not what it looks like.
    pub(in crate::view) doubts: Doubts,
    lines: u32,
    /// The part and its line that stood first when it was last shown.
    anchor: Option<(usize, u32)>,
    /// What was searched for last, and the rows that hold it.
    found: Option<(Needle, Vec<usize>)>,
}

/// A part, and what it was made of: the same key is the same part.
#[derive(Debug)]
struct Part {
    key: Digest,
    body: Body,
}

#[derive(Debug)]
enum Body {
    /// A line of our own.
    Note(Note),
    /// A long text, and its language.
    Lines(Lines, Option<&'static str>),
    /// The change of a file at a path.
    Diff(Box<FileDiff>, String),
}

impl Body {
    fn rows(&self) -> usize {
        match self {
            Self::Note(note) => note.rows(),
            Self::Lines(lines, _) => lines.heights().rows(),
            Self::Diff(diff, _) => diff.heights().rows(),
        }
    }

    fn lines(&self) -> u32 {
        match self {
            Self::Note(_) => 1,
            Self::Lines(lines, _) => lines.heights().lines(),
            Self::Diff(diff, _) => diff.heights().lines(),
        }
    }

    fn resize(&mut self, width: usize) {
        match self {
            Self::Note(note) => note.resize(width),
            Self::Lines(lines, _) => lines.resize(width),
            Self::Diff(diff, _) => diff.resize(width),
        }
    }

    /// The line that a row belongs to.
    fn line_of(&self, row: usize) -> u32 {
        match self {
            Self::Note(_) => 0,
            Self::Lines(lines, _) => lines.heights().find(row).0,
            Self::Diff(diff, _) => diff.heights().find(row).0,
        }
    }

    fn first_row(&self, line: u32) -> usize {
        match self {
            Self::Note(_) => 0,
            Self::Lines(lines, _) => lines.heights().first_row(line),
            Self::Diff(diff, _) => diff.heights().first_row(line),
        }
    }

    fn look(&self, doubts: &mut Doubts) {
        match self {
            Self::Note(note) => doubts.add(note.doubts()),
            Self::Lines(lines, _) => doubts.add(lines.doubts()),
            Self::Diff(diff, _) => doubts.add(diff.doubts()),
        }
    }
}

impl Payload {
    /// How many rows it has.
    pub(in crate::view) fn rows(&self) -> usize {
        self.starts.last().copied().unwrap_or(0)
    }

    /// How many lines it has, before any is broken.
    pub(in crate::view) fn lines(&self) -> u32 {
        self.lines
    }

    /// True where all of it is here.
    pub(in crate::view) fn is_here(&self) -> bool {
        self.wants.is_empty() && self.purged == 0
    }

    /// Where the reader stands after the width changed: on the line that was first before.
    pub(in crate::view) fn found_again(&self) -> Option<usize> {
        let (part, line) = self.anchor?;
        Some(self.starts.get(part)? + self.parts.get(part)?.body.first_row(line))
    }

    /// Remembers which row stands first.
    pub(in crate::view) fn stand(&mut self, top: usize) {
        let at = self.starts.partition_point(|&start| start <= top).saturating_sub(1);
        self.anchor = self.parts.get(at).map(|part| (at, part.body.line_of(top - self.starts[at])));
    }

    /// Some rows.
    fn draw(&mut self, rows: Range<usize>, cx: &Cx<'_>, code: &mut Code) -> Vec<Row> {
        let mut out = Vec::with_capacity(rows.len());
        let first = self.starts.partition_point(|&start| start <= rows.start).saturating_sub(1);
        for (part, &start) in self.parts.iter_mut().zip(&self.starts).skip(first) {
            if start >= rows.end {
                break;
            }
            let own = rows.start.saturating_sub(start)..(rows.end - start).min(part.body.rows());
            let key = part.key;
            match &mut part.body {
                Body::Note(note) => out.extend(own.map(|row| note.row(row))),
                Body::Lines(lines, language) => out.extend(own.map(|row| {
                    let line = lines.heights().find(row).0;
                    let colours = language.map(|name| code.line(key, Told::Language(name), line, |at| lines.line(at)));
                    let go_on = if cx.glyphs.ascii { "\\ " } else { "» " };
                    lines.row(row, go_on, colours.unwrap_or_default())
                })),
                Body::Diff(diff, path) => diff.rows(own, cx.glyphs, code, (key, path), &mut out),
            }
        }
        out
    }

    /// True where it is still what the step is, and nothing that was lacking has come.
    fn is_fresh(&mut self, app: &App, entry: &Entry, step: &Step, width: usize) -> bool {
        let came = |want: &Want| matches!(want, Want::Body(digest, _) if app.bodies.contains_key(digest));
        if self.width != width || self.starts.is_empty() || self.wants.iter().any(came) {
            return false;
        }
        // Output and answers change an entry often, and what the call would do hardly ever.
        if self.changed != entry.changed && self.source.is(step) {
            self.changed = entry.changed;
        }
        self.changed == entry.changed
    }

    fn refresh(&mut self, cx: &Cx<'_>, session: &Session, entry: &Entry, step: &Step, width: usize) {
        let mut old = std::mem::take(&mut self.parts);
        if width != self.width {
            for part in &mut old {
                part.body.resize(width);
            }
        }
        let made = make::parts(cx, session, step, width, old);
        (self.wants, self.loading, self.purged) = (made.wants, made.loading, made.purged);
        self.parts = made.parts;
        (self.changed, self.width, self.source) = (entry.changed, width, Source::of(step));
        (self.starts, self.found) = (vec![0], None);
        (self.lines, self.doubts) = (0, Doubts::default());
        let mut row = 0;
        for part in &self.parts {
            row += part.body.rows();
            self.starts.push(row);
            self.lines = self.lines.saturating_add(part.body.lines());
            part.body.look(&mut self.doubts);
        }
    }
}
