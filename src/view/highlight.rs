//! Syntax colours: which role each piece of a line of code has.
//!
//! A [`Highlighter`] belongs to one text and remembers the state of its parser every 200 lines, so that any window of a long
//! file is cheap. It stays on the thread that made it (the parser holds pointers of its own); what goes to that thread and
//! comes from it ([`Language`], [`Piece`]) is `Send`. The syntaxes are loaded when the first language is looked for, and not
//! before.

mod scopes;

use crate::theme::Role;
use scopes::Scopes;
use std::ops::Range;
use std::sync::OnceLock;
use syntect::parsing::{ParseState, ScopeStack, SyntaxReference, SyntaxSet};

/// Lines between two states that are kept.
const STRIDE: u32 = 200;
/// A line longer than this stays plain: nobody reads it, and its cost has no bound.
pub(in crate::view) const LONGEST: usize = 2048;
/// A window this far behind the last known state is begun near by, as if the text started there.
const FARTHEST: u32 = 2000;
/// Where such a window is begun: this many lines before it.
const RUN_UP: u32 = 60;

/// A piece of a line, in bytes of the line, and what it is. Pieces that are nothing special are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Where in the line.
    pub range: Range<usize>,
    /// What it is.
    pub role: Role,
}

/// What may tell the language of a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hint<'a> {
    /// The path of the file.
    pub path: Option<&'a str>,
    /// The language by name, as behind the fence of a code block (`rust`, `py`).
    pub language: Option<&'a str>,
    /// The first line of the whole text (`#!/bin/sh`).
    pub first_line: Option<&'a str>,
}

/// A language whose syntax is known.
#[derive(Debug, Clone, Copy)]
pub struct Language(&'static SyntaxReference);

impl PartialEq for Language {
    fn eq(&self, other: &Self) -> bool {
        self.0.scope == other.0.scope
    }
}

impl Language {
    /// The language of a text; `None` where it is not known, or has no syntax.
    #[must_use]
    pub fn of(hint: Hint<'_>) -> Option<Self> {
        let set = syntaxes();
        let by_name = |name: &str| set.find_syntax_by_token(name.trim());
        let by_path = |path: &str| {
            let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
            let ending = file.rsplit_once('.').map(|(_, ending)| ending);
            set.find_syntax_by_extension(file).or_else(|| set.find_syntax_by_extension(ending?))
        };
        let by_line =
            |line: &str| line.get(..LONGEST.min(line.len())).and_then(|line| set.find_syntax_by_first_line(line));
        let found =
            hint.language.and_then(by_name).or_else(|| by_path(hint.path?)).or_else(|| by_line(hint.first_line?))?;
        (found.name != "Plain Text").then_some(Self(found))
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        &self.0.name
    }
}

/// The syntax colours of one text.
#[derive(Debug, Clone)]
pub struct Highlighter {
    language: Language,
    /// The state before line 0, 200, 400, as far as it is known.
    kept: Vec<State>,
    scopes: Scopes,
    line: String,
}

#[derive(Debug, Clone)]
struct State {
    parser: ParseState,
    stack: ScopeStack,
    roles: Vec<Option<Role>>,
}

impl Highlighter {
    /// For a text in this language.
    #[must_use]
    pub fn new(language: Language) -> Self {
        Self { language, kept: vec![State::new(language)], scopes: Scopes::default(), line: String::new() }
    }

    /// The pieces of some lines; `line` gives each line of the text by its number from 0, without its ending. It is also asked
    /// for lines before these. The text must be the same at every call.
    pub fn lines<'a>(&mut self, range: Range<u32>, line: impl Fn(u32) -> Option<&'a str>) -> Vec<Vec<Piece>> {
        let known = u32::try_from(self.kept.len() - 1).unwrap_or(u32::MAX / STRIDE).min(range.start / STRIDE);
        let from = known * STRIDE;
        let is_far = range.start - from > FARTHEST;
        let (mut at, mut state) = match self.kept.get(known as usize) {
            Some(state) if !is_far => (from, state.clone()),
            _ => (range.start.saturating_sub(RUN_UP), State::new(self.language)),
        };
        let mut pieces = Vec::new();
        while at < range.end {
            let Some(text) = line(at) else { break };
            let found = self.parse(&mut state, text);
            if at >= range.start {
                pieces.push(found);
            }
            at += 1;
            if !is_far && at.is_multiple_of(STRIDE) && self.kept.len() == (at / STRIDE) as usize {
                self.kept.push(state.clone());
            }
        }
        pieces
    }

    fn parse(&mut self, state: &mut State, text: &str) -> Vec<Piece> {
        if text.len() > LONGEST {
            return Vec::new();
        }
        self.line.clear();
        self.line.push_str(text);
        self.line.push('\n');
        // What the parser cannot do leaves the rest of the text plain, which is true if not pretty.
        let Ok(steps) = state.parser.parse_line(&self.line, syntaxes()) else { return Vec::new() };
        let mut pieces: Vec<Piece> = Vec::new();
        let mut start = 0;
        for (at, step) in steps {
            let end = at.min(text.len());
            push(&mut pieces, start..end, state.roles.last().copied().flatten());
            start = start.max(end);
            let (scopes, roles) = (&mut self.scopes, &mut state.roles);
            if state.stack.apply_with_hook(&step, |step, _| scopes.step(&step, roles)).is_err() {
                return pieces;
            }
        }
        push(&mut pieces, start..text.len(), state.roles.last().copied().flatten());
        pieces
    }
}

impl State {
    fn new(language: Language) -> Self {
        Self { parser: ParseState::new(language.0), stack: ScopeStack::new(), roles: Vec::new() }
    }
}

fn push(pieces: &mut Vec<Piece>, range: Range<usize>, role: Option<Role>) {
    let Some(role) = role.filter(|_| range.start < range.end) else { return };
    match pieces.last_mut() {
        Some(last) if last.role == role && last.range.end == range.start => last.range.end = range.end,
        _ => pieces.push(Piece { range, role }),
    }
}

/// Every syntax there is: some 14 MB once they are used, so that it waits for the first diff.
fn syntaxes() -> &'static SyntaxSet {
    static SYNTAXES: OnceLock<SyntaxSet> = OnceLock::new();
    SYNTAXES.get_or_init(two_face::syntax::extra_newlines)
}

#[cfg(test)]
mod tests;
