//! The change of one file: its head, and its lines.

use super::lines::{Lead, Lines};
use super::note::{Name, Note};
use super::{Body, Change, Fitting, Ink};
use crate::diff::{self, Diff, Fate, FilePatch, Shape};
use crate::domain::FileChange;
use crate::text;
use crate::theme::Role;
use crate::view::Look;
use crate::view::diff::{Ends, FileDiff, Numbers, Sides};
use std::sync::Arc;

/// A change that is told by the text before and after it.
pub(super) fn changed(
    (name, moves): (Name<'_>, Option<String>),
    change: &FileChange,
    (before, after): (&str, &str),
    minus: &str,
    (to, first, hunks): (&Fitting<'_>, usize, usize),
) -> Vec<Body> {
    let diff = to.edited(Diff::of(before, after), hunks);
    let sides = match (&change.old, &change.new) {
        (None, _) => Sides::New,
        (_, None) => Sides::Old,
        (Some(_), Some(_)) => Sides::Both,
    };
    let mut about: Vec<String> = moves.into_iter().collect();
    match sides {
        Sides::New if !change.fragment && after.is_empty() => about.push("new file, empty".to_owned()),
        Sides::New if !change.fragment => about.push("new file".to_owned()),
        Sides::Old if !change.fragment => about.push("deleted".to_owned()),
        Sides::New | Sides::Old | Sides::Both => {}
    }
    let (diff, numbers) = match (change.fragment, change.line) {
        (true, None) => {
            about.push("a piece: ~ counts within it".to_owned());
            (diff, Numbers::OfPiece)
        }
        (true, Some(line)) => (diff.starting_at(line), Numbers::OfFile),
        (false, _) => (diff, Numbers::OfFile),
    };
    let same_end = before.ends_with('\n') == after.ends_with('\n');
    let ends = if change.fragment && same_end { Ends::Silent } else { Ends::Told };
    about.extend(notes(&diff, about.len()));
    if diff.shape == Shape::Binary {
        about.push(format!("{} bytes before, {} after", before.len(), after.len()));
    }
    let shown = name.shown();
    let head = head(name, &diff, minus, &about, to.width);
    let diff = to.shown(first + 1, |to| FileDiff::new(diff, numbers, sides, ends, to));
    vec![head, Body::Diff(Box::new(Change { diff, path: change.path.clone(), name: shown, about }))]
}

/// A change that is told as a patch: every file of it, and what belongs to none.
pub(super) fn patched(
    (name, moves): (Name<'_>, Option<String>),
    change: &FileChange,
    patch: &str,
    minus: &str,
    (to, first, mut hunks): (&Fitting<'_>, usize, usize),
) -> Vec<Body> {
    let width = to.width;
    let parsed = diff::parse(patch);
    let mut bodies = Vec::new();
    if parsed.files.is_empty() {
        let said = Ink::plain("   the patch holds no change that can be read", Role::Warn);
        bodies.push(Body::Note(Note::named(Ink::default(), name, Look::strong(Role::Text), said, width)));
    }
    let is_single = parsed.files.len() == 1;
    for (at, mut file) in parsed.files.into_iter().enumerate() {
        file.diff = to.edited(file.diff, hunks);
        hunks += file.diff.hunks.len();
        if at > 0 {
            bodies.push(Body::Note(Note::new(Ink::default(), width)));
        }
        let mut about = about(&file);
        let named = file.new_path.as_deref().or(file.old_path.as_deref()).filter(|named| !is_end(&change.path, named));
        let moves = moves.as_ref().filter(|_| is_single);
        if let Some(said) = moves {
            about.retain(|it| file.fate != Fate::Renamed || !it.starts_with("renamed from "));
            about.insert(0, said.clone());
        }
        let named = named.filter(|_| moves.is_none());
        if named.is_some() && is_single {
            about.push(format!("but the call names {}", text::visible(&change.path).text));
        }
        let whose = named.unwrap_or(&change.path).to_owned();
        let name = named.map_or(name, |named| Name::of(named, "", ""));
        let shown = name.shown();
        bodies.push(head(name, &file.diff, minus, &about, width));
        let sides = match file.fate {
            Fate::Created => Sides::New,
            Fate::Deleted => Sides::Old,
            Fate::Kept | Fate::Renamed | Fate::Copied => Sides::Both,
        };
        let number = first + bodies.len();
        let diff = to.shown(number, |to| FileDiff::new(file.diff, Numbers::OfFile, sides, Ends::Told, to));
        bodies.push(Body::Diff(Box::new(Change { diff, path: whose, name: shown, about })));
    }
    if !parsed.stray.is_empty() {
        bodies.push(Body::Note(Note::new(Ink::plain("in the patch, and of no file", Role::Warn), width)));
        let text = Arc::from(parsed.stray.join("\n"));
        bodies.push(Body::Lines(Lines::new(text, Lead::Plain, Role::Text, width), None));
    }
    bodies
}

/// `src/auth.rs   +14 −3   new file`.
fn head(name: Name<'_>, diff: &Diff, minus: &str, notes: &[String], width: usize) -> Body {
    let mut ink = Ink::default();
    if diff.shape != Shape::Binary {
        ink.push("   ", Role::Text);
        ink.push(&format!("+{}", diff.added), Role::Added);
        ink.push(" ", Role::Text);
        ink.push(&format!("{minus}{}", diff.removed), Role::Removed);
    }
    for note in notes {
        ink.push(&format!("   {note}"), Role::Info);
    }
    Body::Note(Note::named(Ink::default(), name, Look::strong(Role::Text), ink, width))
}

/// What else is to be said of a diff of which so much was said: in words, before its lines.
fn notes(diff: &Diff, said: usize) -> Vec<String> {
    let mut notes = Vec::new();
    match diff.shape {
        Shape::Binary => notes.push("binary: its bytes can't be shown".to_owned()),
        Shape::Large => notes.push("too large to compare: one change from first to last".to_owned()),
        Shape::Text if diff.is_empty() && said == 0 => notes.push("nothing changes".to_owned()),
        Shape::Text => {}
    }
    if diff.only_endings() {
        notes.push("only line ends change".to_owned());
    } else if diff.usual_ending() == diff::Ending::CrLf {
        notes.push("CRLF".to_owned());
    }
    notes
}

/// True where a path is another one, or the last part of it.
fn is_end(path: &str, end: &str) -> bool {
    path.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

/// What a patch says of a file beside its lines.
fn about(file: &FilePatch) -> Vec<String> {
    let shown = |path: &str| text::visible(path).text.into_owned();
    let from = || shown(file.old_path.as_deref().unwrap_or("?"));
    let mut about = Vec::new();
    match file.fate {
        Fate::Created if file.diff.added == 0 && file.diff.shape == Shape::Text => {
            about.push("new file, empty".to_owned());
        }
        Fate::Created => about.push("new file".to_owned()),
        Fate::Deleted => about.push("deleted".to_owned()),
        Fate::Kept => {}
        Fate::Renamed => about.push(format!("renamed from {}", from())),
        Fate::Copied => about.push(format!("copied from {}", from())),
    }
    let means = |mode: &str| meaning(mode).map(|word| format!(", {word}")).unwrap_or_default();
    if let Some((old, new)) = &file.modes {
        about.push(format!("mode {} to {}{}", shown(old), shown(new), means(new)));
    }
    // That of a plain file says nothing.
    if let Some(mode) = file.made.as_deref().filter(|mode| *mode != "100644") {
        about.push(format!("mode {}{}", shown(mode), means(mode)));
    }
    if file.is_miscounted {
        about.push("a hunk holds other numbers of lines than it says".to_owned());
    }
    if file.diff.is_empty() && file.fate != Fate::Created && !about.is_empty() {
        about.push("its text stays".to_owned());
    }
    about.extend(notes(&file.diff, about.len()));
    about
}

/// What a mode means, where it is more than a plain file.
fn meaning(mode: &str) -> Option<&'static str> {
    match mode {
        "100755" => Some("executable"),
        "100644" => Some("not executable"),
        "120000" => Some("a link: its text is where it leads"),
        "160000" => Some("a repository of its own"),
        _ => None,
    }
}
