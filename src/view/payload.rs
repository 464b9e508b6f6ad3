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
mod marks;
mod note;
mod shelf;
mod sought;
mod stand;

pub(in crate::view) use code::{BLOCK, Code, Told};
pub use code::{CodeFound, CodeWanted};
pub(in crate::view) use doubt::Doubts;
pub(in crate::view) use heights::{Heights, Piece};
pub(in crate::view) use ink::{Ink, Layers};
pub(in crate::view) use make::is_title_all;
pub(in crate::view) use shelf::{Place, Shelf};

use super::diff::{FileDiff, Shown};
use super::{Cx, Row, area::cells};
use crate::diff::Diff;
use crate::domain::{Digest, Seq};
use crate::state::{Entry, Session, Step};
use crate::text::Needle;
use crate::ui::diffs::{DiffUi, FileMark, Fit, Fold, HunkMark, Manner};
use crate::ui::{App, Chosen, Parts, Want};
use lines::Lines;
use make::Source;
use note::Note;
pub(in crate::view) use stand::Stand;
use std::ops::Range;
use std::sync::Arc;

/// What a call would do, at a width.
#[derive(Debug, Default)]
pub(in crate::view) struct Payload {
    changed: Seq,
    source: Source,
    /// Of what was written in the place of its hunks.
    edits: Digest,
    fit: Fit,
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
    /// What was searched for last, and the rows that hold it.
    found: Option<(Needle, Vec<usize>)>,
    stands: stand::Stands,
    files: Arc<[FileMark]>,
    hunks: Arc<[HunkMark]>,
}

/// How a payload shall be shown.
#[derive(Clone, Copy)]
pub(in crate::view) struct Fitting<'a> {
    /// Columns.
    pub(in crate::view) width: usize,
    /// How changes stand.
    pub(in crate::view) manner: Manner,
    /// What is unfolded.
    pub(in crate::view) diffs: &'a DiffUi,
    /// What a human wrote in the place of hunks.
    pub(in crate::view) edits: Option<Edits<'a>>,
}

/// What a human wrote in the place of some hunks.
#[derive(Clone, Copy)]
pub(in crate::view) struct Edits<'a> {
    /// The hunks.
    pub(in crate::view) parts: &'a Parts,
    /// All that is written there.
    pub(in crate::view) digest: Digest,
}

impl Fitting<'_> {
    /// What is told from other edits by it; the same where there are none.
    fn edits(&self) -> Digest {
        self.edits.map_or(Digest::default(), |edits| edits.digest)
    }

    /// A difference with what was written in the place of its hunks; so many stand before it.
    fn edited(&self, diff: Diff, before: usize) -> Diff {
        let Some(edits) = self.edits else { return diff };
        let written = |hunk: usize| match edits.parts.chosen.get(&u32::try_from(before + hunk + 1).ok()?)? {
            Chosen::Edited(lines) => Some(lines.as_str()),
            Chosen::Refused => None,
        };
        if (0..diff.hunks.len()).any(|hunk| written(hunk).is_some()) { diff.redone(written) } else { diff }
    }

    fn fit(&self) -> Fit {
        Fit { width: cells(self.width), manner: self.manner, folds: self.diffs.folds() }
    }

    /// Fits the change that is the part of this number.
    fn shown<T>(&self, part: usize, fit: impl FnOnce(&Shown<'_>) -> T) -> T {
        let part = u32::try_from(part).unwrap_or(u32::MAX);
        let is_open = |gap| self.diffs.unfolded.contains(&Fold { part, gap });
        fit(&Shown { width: self.width, manner: self.manner, is_open: &is_open })
    }
}

/// A part, and what it was made of: the same key is the same part.
#[derive(Debug)]
struct Part {
    key: Digest,
    body: Body,
    /// The number by which its folds were looked up.
    number: usize,
}

impl Part {
    fn note(note: Note) -> Self {
        Self { key: Digest::default(), body: Body::Note(note), number: 0 }
    }
}

#[derive(Debug)]
enum Body {
    /// A line of our own.
    Note(Note),
    /// A long text, and its language.
    Lines(Lines, Option<&'static str>),
    /// The change of a file.
    Diff(Box<Change>),
}

/// The change of a file.
#[derive(Debug)]
struct Change {
    diff: FileDiff,
    /// Its path, which tells its language.
    path: String,
    /// Its name, safe to draw.
    name: String,
    /// What else is said of it in its head, safe to draw.
    about: Vec<String>,
}

/// The change of the only file of a payload.
pub(in crate::view) struct Only<'a> {
    /// Lines that come, and lines that go.
    pub(in crate::view) lines: (u32, u32),
    /// What else its head says.
    pub(in crate::view) about: &'a [String],
    /// Its rows, without its head.
    pub(in crate::view) rows: Range<usize>,
}

impl Body {
    fn rows(&self) -> usize {
        match self {
            Self::Note(note) => note.rows(),
            Self::Lines(lines, _) => lines.heights().rows(),
            Self::Diff(change) => change.diff.heights().rows(),
        }
    }

    fn lines(&self) -> u32 {
        match self {
            Self::Note(_) => 1,
            Self::Lines(lines, _) => lines.heights().lines(),
            Self::Diff(change) => change.diff.heights().lines(),
        }
    }

    fn refit(&mut self, part: usize, to: &Fitting<'_>) {
        match self {
            Self::Note(note) => note.resize(to.width),
            Self::Lines(lines, _) => lines.resize(to.width),
            Self::Diff(change) => to.shown(part, |shown| change.diff.refit(shown)),
        }
    }

    fn look(&self, doubts: &mut Doubts) {
        match self {
            Self::Note(note) => doubts.add(note.doubts()),
            Self::Lines(lines, _) => doubts.add(lines.doubts()),
            Self::Diff(change) => doubts.add(change.diff.doubts()),
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

    /// The change of its only file.
    pub(in crate::view) fn only_change(&self) -> Option<Only<'_>> {
        let at = self.parts.iter().position(|part| matches!(part.body, Body::Diff(_)))?;
        let Body::Diff(change) = &self.parts.get(at)?.body else { return None };
        Some(Only { lines: change.diff.counts(), about: &change.about, rows: *self.starts.get(at)?..self.rows() })
    }

    /// True where all of it is here.
    pub(in crate::view) fn is_here(&self) -> bool {
        self.wants.is_empty() && self.purged == 0
    }

    /// Some rows.
    fn draw(&mut self, rows: Range<usize>, left: usize, cx: &Cx<'_>, code: &mut Code) -> Vec<Row> {
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
                Body::Diff(change) => {
                    change.diff.rows(own, left, cx.glyphs, (code, key, &change.path), &mut out);
                }
            }
        }
        out
    }

    /// True where it is still what the step is, and nothing that was lacking has come.
    fn is_fresh(&mut self, app: &App, entry: &Entry, step: &Step) -> bool {
        let came = |want: &Want| matches!(want, Want::Body(digest, _) if app.bodies.contains_key(digest));
        if self.starts.is_empty() || self.wants.iter().any(came) {
            return false;
        }
        // Output and answers change an entry often, and what the call would do hardly ever.
        if self.changed != entry.changed && self.source.is(step) {
            self.changed = entry.changed;
        }
        self.changed == entry.changed
    }

    fn refresh(&mut self, cx: &Cx<'_>, session: &Session, entry: &Entry, step: &Step, to: &Fitting<'_>) {
        let fit = to.fit();
        let mut old = std::mem::take(&mut self.parts);
        if fit != self.fit {
            for (at, part) in old.iter_mut().enumerate() {
                part.body.refit(at, to);
            }
        }
        let made = make::parts(cx, session, step, to, old);
        (self.wants, self.loading, self.purged) = (made.wants, made.loading, made.purged);
        self.parts = made.parts;
        for (at, part) in self.parts.iter_mut().enumerate().filter(|(at, part)| part.number != *at) {
            if matches!(part.body, Body::Diff(_)) {
                part.body.refit(at, to);
            }
            part.number = at;
        }
        (self.changed, self.fit, self.source) = (entry.changed, fit, Source::of(step));
        self.edits = to.edits();
        self.stands.forget();
        self.settle();
        self.carry(None, &to.diffs.unfolded);
    }

    /// Fits it to another width or manner; the reader stays where they are.
    fn refit(&mut self, to: &Fitting<'_>, reader: Option<(Fit, Stand)>) {
        let kept = self.keep(reader);
        for (at, part) in self.parts.iter_mut().enumerate() {
            part.body.refit(at, to);
        }
        self.fit = to.fit();
        self.settle();
        self.carry(kept, &to.diffs.unfolded);
    }

    /// Adds up what the parts hold.
    fn settle(&mut self) {
        (self.starts, self.found) = (vec![0], None);
        (self.lines, self.doubts) = (0, Doubts::default());
        let mut row = 0;
        for part in &self.parts {
            row += part.body.rows();
            self.starts.push(row);
            self.lines = self.lines.saturating_add(part.body.lines());
            part.body.look(&mut self.doubts);
        }
        self.files = self.find_files();
        self.hunks = self.find_hunks();
    }
}
