//! Syntax colours, found elsewhere: a frame is drawn plain and says which lines it would like in colour; whoever runs the
//! console lets a thread answer, and the next frame has them. They never move a cell.

use crate::domain::Digest;
use crate::view::highlight::{Highlighter, Hint, LONGEST, Language, Piece};
use std::collections::{BTreeMap, BTreeSet};

/// Lines that are coloured at once.
pub(in crate::view) const BLOCK: u32 = 64;
/// Lines before them that are read as well, so that it is known what they stand in.
const RUN_UP: u32 = 60;
/// Blocks kept.
const KEPT: usize = 256;

/// Lines that shall be coloured.
#[derive(Debug, Clone)]
pub struct CodeWanted {
    key: (Digest, u32),
    path: Option<String>,
    language: Option<String>,
    /// The lines from the run-up on.
    lines: Vec<String>,
    /// Of these, the first line of the whole text.
    first_line: Option<String>,
    skip: u32,
}

/// Lines in colour.
#[derive(Debug, Clone)]
pub struct CodeFound {
    key: (Digest, u32),
    pieces: Vec<Vec<Piece>>,
}

impl CodeWanted {
    /// Finds the colours. Takes milliseconds: for a thread of its own.
    #[must_use]
    pub fn find(self) -> CodeFound {
        let (path, language) = (self.path.as_deref(), self.language.as_deref());
        let hint = Hint { path, language, first_line: self.first_line.as_deref() };
        let pieces = Language::of(hint).map_or_else(Vec::new, |language| {
            let end = u32::try_from(self.lines.len()).unwrap_or(u32::MAX);
            let line = |at: u32| self.lines.get(at as usize).map(String::as_str);
            Highlighter::new(language).lines(self.skip..end, line)
        });
        CodeFound { key: self.key, pieces }
    }
}

/// Where a text's language is told.
#[derive(Debug, Clone, Copy)]
pub(in crate::view) enum Told<'a> {
    /// By its path.
    Path(&'a str),
    /// By name.
    Language(&'a str),
}

/// The colours found so far, and those that are lacking.
#[derive(Debug, Default)]
pub(in crate::view) struct Code {
    found: BTreeMap<(Digest, u32), Vec<Vec<Piece>>>,
    asked: BTreeSet<(Digest, u32)>,
    wanted: Vec<CodeWanted>,
}

impl Code {
    /// The colours of a line; what is lacking is asked for.
    pub(in crate::view) fn line<'a, 't>(
        &'a mut self,
        text: Digest,
        told: Told<'_>,
        line: u32,
        source: impl Fn(u32) -> Option<&'t str>,
    ) -> &'a [Piece] {
        let block = line / BLOCK;
        let key = (text, block);
        if !self.found.contains_key(&key) && self.asked.insert(key) {
            let start = block * BLOCK;
            let from = start.saturating_sub(RUN_UP);
            // Of a line that stays plain anyway no more than that it is too long goes along.
            let cut = |line: &str| line[..line.floor_char_boundary(LONGEST * 2)].to_owned();
            let lines: Vec<String> = (from..start + BLOCK).map_while(source).map(cut).collect();
            let (path, language) = match told {
                Told::Path(path) => (Some(path.to_owned()), None),
                Told::Language(name) => (None, Some(name.to_owned())),
            };
            let first_line = lines.first().filter(|_| from == 0).cloned();
            self.wanted.push(CodeWanted { key, path, language, lines, first_line, skip: start - from });
        }
        let lines = self.found.get(&key);
        lines.and_then(|lines| lines.get((line % BLOCK) as usize)).map_or(&[], Vec::as_slice)
    }

    /// Whether the colours of a line's block were found.
    pub(in crate::view) fn has(&self, text: Digest, line: u32) -> bool {
        self.found.contains_key(&(text, line / BLOCK))
    }

    /// What is lacking, each once.
    pub(in crate::view) fn take_wanted(&mut self) -> Vec<CodeWanted> {
        std::mem::take(&mut self.wanted)
    }

    /// Takes in what was found.
    pub(in crate::view) fn give(&mut self, found: CodeFound) {
        if self.found.len() >= KEPT {
            self.found.clear();
            self.asked.clear();
        }
        self.found.insert(found.key, found.pieces);
    }
}
