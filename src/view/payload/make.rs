//! A payload put together of its parts.

use super::lines::{Lead, Lines};
use super::note::{Name, Note};
use super::{Body, Ink, Part, args};
use crate::diff::{self, Diff, Fate, FilePatch, Shape};
use crate::domain::{Digest, FileChange, Place, Text};
use crate::state::{Session, Step};
use crate::text;
use crate::theme::Role;
use crate::ui::Want;
use crate::view::body::Found;
use crate::view::diff::{Ends, FileDiff, Numbers, Sides};
use crate::view::{Cx, Look};
use std::sync::Arc;

/// The parts of a payload, and what is not here.
#[derive(Debug, Default)]
pub(super) struct Made {
    pub(super) parts: Vec<Part>,
    pub(super) wants: Vec<Want>,
    pub(super) loading: u64,
    pub(super) purged: usize,
}

/// What of a step a payload is made of.
#[derive(Debug, Default)]
pub(super) struct Source {
    tool: Option<String>,
    texts: [Option<Text>; 3],
    cwd: Option<String>,
    places: Vec<Place>,
    changes: Vec<FileChange>,
}

impl Source {
    /// Remembers what a step says of itself.
    pub(super) fn of(step: &Step) -> Self {
        Self {
            tool: step.tool.clone(),
            texts: [step.title.clone(), step.args.clone(), step.command.clone()],
            cwd: step.cwd.clone(),
            places: step.places.clone(),
            changes: step.changes.clone(),
        }
    }

    /// True where the step says the same still.
    pub(super) fn is(&self, step: &Step) -> bool {
        let [title, args, command] = &self.texts;
        (title, args, command) == (&step.title, &step.args, &step.command)
            && (&self.tool, &self.cwd, &self.places) == (&step.tool, &step.cwd, &step.places)
            && self.changes == step.changes
    }
}

/// Makes the parts; those of `old` that are still the same are taken over.
pub(super) fn parts(cx: &Cx<'_>, session: &Session, step: &Step, width: usize, old: Vec<Part>) -> Made {
    let mut maker = Maker { cx, session, step, width, old, made: Made::default() };
    maker.command();
    for change in &step.changes {
        maker.change(change);
    }
    maker.places();
    maker.args();
    maker.title();
    if maker.made.parts.is_empty() {
        maker.note(Ink::plain("The agent does not say what it would do.", Role::Warn));
    }
    maker.made
}

struct Maker<'a> {
    cx: &'a Cx<'a>,
    session: &'a Session,
    step: &'a Step,
    width: usize,
    old: Vec<Part>,
    made: Made,
}

impl<'a> Maker<'a> {
    /// Adds a section: the one that was made of the same before, or a new one.
    fn section(&mut self, key: Digest, make: impl FnOnce(usize) -> Vec<Body>) {
        let (same, other) = std::mem::take(&mut self.old).into_iter().partition(|part| part.key == key);
        self.old = other;
        let same: Vec<Part> = same;
        if same.is_empty() {
            self.made.parts.extend(make(self.width).into_iter().map(|body| Part { key, body }));
        } else {
            self.made.parts.extend(same);
        }
    }

    /// A path within the session's folder, or from home.
    fn name<'p>(&self, path: &'p str) -> Name<'p> {
        Name::of(path, &self.session.cwd, &self.cx.app.home)
    }

    fn note(&mut self, ink: Ink) {
        let body = Body::Note(Note::new(ink, self.width));
        self.made.parts.push(Part { key: Digest::default(), body });
    }

    /// An empty row between two sections.
    fn gap(&mut self) {
        if !self.made.parts.is_empty() {
            self.note(Ink::default());
        }
    }

    /// A text, where it is here; else a line that says so.
    fn text(&mut self, text: &'a Text) -> Option<&'a str> {
        match Found::of(self.cx.app, text) {
            Found::Here(text) => Some(text),
            Found::Missing(body) => {
                let (lines, want) = (body.lines, Want::body(body));
                if !self.made.wants.contains(&want) {
                    self.made.wants.push(want);
                    self.made.loading += u64::from(lines.max(1));
                    let lines = if lines > 1 { format!("{lines} lines") } else { "1 line".to_owned() };
                    self.note(Ink::plain(&format!("loading {lines}…"), Role::Info));
                }
                None
            }
            Found::Purged => {
                self.made.purged += 1;
                self.note(Ink::plain("purged: this part can't be shown any more", Role::Warn));
                None
            }
        }
    }

    fn command(&mut self) {
        let Some(command) = &self.step.command else { return };
        if let Some(text) = self.text(command) {
            self.section(key("command", &[command.digest()]), |width| {
                vec![Body::Lines(Lines::new(Arc::from(text), Lead::Command, Role::Text, width), Some("bash"))]
            });
        }
        let folder = self.step.cwd.as_deref().unwrap_or(&self.session.cwd);
        if !folder.is_empty() {
            // What is not the session's own folder deserves a look.
            let role = if folder == self.session.cwd { Role::Muted } else { Role::Warn };
            let name = Name::of(folder, "", &self.cx.app.home);
            let note = Note::named(Ink::plain("  in ", Role::Muted), name, role.into(), Ink::default(), self.width);
            self.made.parts.push(Part { key: Digest::default(), body: Body::Note(note) });
        }
    }

    fn change(&mut self, change: &'a FileChange) {
        self.gap();
        if let Some(patch) = &change.patch {
            let Some(text) = self.text(patch) else { return };
            let (name, minus) = (self.name(&change.path), self.cx.glyphs.minus);
            self.section(key("patch", &[patch.digest(), Digest::of(change.path.as_bytes())]), |width| {
                patched(name, change, text, minus, width)
            });
            return;
        }
        let (old, new) = (change.old.as_ref(), change.new.as_ref());
        if old.is_none() && new.is_none() {
            return self.only_path(&change.path, Ink::plain("   what it writes is not said", Role::Warn));
        }
        let is_here = |text: Option<&Text>| text.is_none_or(|text| matches!(Found::of(self.cx.app, text), Found::Here(_)));
        if !is_here(old) || !is_here(new) {
            self.only_path(&change.path, Ink::default());
        }
        let texts = (old.map(|text| self.text(text)), new.map(|text| self.text(text)));
        let (Some(before), Some(after)) = (texts.0.unwrap_or(Some("")), texts.1.unwrap_or(Some(""))) else { return };
        let digest = |text: Option<&Text>| text.map_or(Digest::default(), Text::digest);
        let place = format!("{} {:?} {}", change.fragment, change.line, change.path);
        let (name, minus) = (self.name(&change.path), self.cx.glyphs.minus);
        self.section(key("change", &[digest(old), digest(new), Digest::of(place.as_bytes())]), |width| {
            changed(name, change, (before, after), minus, width)
        });
    }

    fn only_path(&mut self, path: &str, behind: Ink) {
        let note = Note::named(Ink::default(), self.name(path), Look::strong(Role::Text), behind, self.width);
        self.made.parts.push(Part { key: Digest::default(), body: Body::Note(note) });
    }

    fn places(&mut self) {
        let step = self.step;
        let is_new = |path: &str| step.changes.iter().all(|change| change.path != path);
        let places: Vec<_> = step.places.iter().filter(|place| is_new(&place.path)).collect();
        if !places.is_empty() {
            self.gap();
        }
        for place in places {
            let line = place.line.map(|line| format!(":{line}")).unwrap_or_default();
            let (at, line) = (Ink::plain("at ", Role::Muted), Ink::plain(&line, Role::Text));
            let note = Note::named(at, self.name(&place.path), Role::Text.into(), line, self.width);
            self.made.parts.push(Part { key: Digest::default(), body: Body::Note(note) });
        }
    }

    /// The arguments that are not shown yet.
    fn args(&mut self) {
        let Some(args) = &self.step.args else { return };
        if args.is_empty() {
            return;
        }
        let Some(source) = self.text(args) else { return };
        let (app, step) = (self.cx.app, self.step);
        let here = |text: &'a Text| match Found::of(app, text) {
            Found::Here(text) => Some(text),
            Found::Missing(_) | Found::Purged => None,
        };
        let texts = step.changes.iter().flat_map(|change| [&change.old, &change.new, &change.patch]);
        let texts = texts.chain([&step.command, &step.title]).filter_map(|text| here(text.as_ref()?));
        let names = step.changes.iter().map(|change| change.path.as_str());
        let names = names.chain(step.places.iter().map(|place| place.path.as_str()));
        let folder = step.cwd.as_deref().filter(|_| step.command.is_some());
        let shown: Vec<&str> = texts.chain(names).chain(folder).collect();
        let Some(rest) = args::rest(source, &|text| shown.contains(&text)) else { return };
        let is_first = self.made.parts.is_empty();
        self.gap();
        let head = match (&step.tool, is_first) {
            (Some(tool), _) => Ink::plain("arguments of ", Role::Muted).and(&text::visible(tool).text, Role::Text),
            (None, true) => Ink::plain("arguments", Role::Muted),
            (None, false) => Ink::plain("other arguments", Role::Muted),
        };
        self.note(head);
        self.section(key("args", &[Digest::of(rest.as_bytes())]), |width| {
            vec![Body::Lines(Lines::new(Arc::from(rest), Lead::Plain, Role::Text, width), Some("json"))]
        });
    }

    /// The agent's title, where there is nothing else.
    fn title(&mut self) {
        let Some(title) = self.step.title.as_ref().filter(|_| is_title_all(self.step)) else { return };
        self.gap();
        self.note(Ink::plain("the agent only says", Role::Muted));
        let Some(text) = self.text(title) else { return };
        self.section(key("title", &[title.digest()]), |width| {
            vec![Body::Lines(Lines::new(Arc::from(text), Lead::Plain, Role::Text, width), None)]
        });
    }
}

/// True where a title is all that is known of what a call would do; the places that it speaks of are no more than that.
pub(in crate::view) fn is_title_all(step: &Step) -> bool {
    let has = |text: &Option<Text>| text.as_ref().is_some_and(|text| !text.is_empty());
    has(&step.title) && !has(&step.command) && step.changes.is_empty() && !has(&step.args)
}

fn key(sort: &str, of: &[Digest]) -> Digest {
    let mut bytes = sort.as_bytes().to_vec();
    of.iter().for_each(|digest| bytes.extend_from_slice(&digest.0));
    Digest::of(&bytes)
}

/// `src/auth.rs   +14 −3   new file`.
fn head(name: Name<'_>, diff: &Diff, minus: &str, notes: &[String], width: usize) -> Body {
    let mut ink = Ink::default();
    if diff.shape != Shape::Binary {
        ink.push(&format!("   +{}", diff.added), Role::Added);
        ink.push(&format!(" {minus}{}", diff.removed), Role::Removed);
    }
    for note in notes {
        ink.push(&format!("   {note}"), Role::Info);
    }
    Body::Note(Note::named(Ink::default(), name, Look::strong(Role::Text), ink, width))
}

/// What else is to be said of a diff: in words, before its lines.
fn notes(diff: &Diff) -> Vec<String> {
    let mut notes = Vec::new();
    match diff.shape {
        Shape::Binary => notes.push("binary: its bytes can't be shown".to_owned()),
        Shape::Large => notes.push("too large to compare: one change from first to last".to_owned()),
        Shape::Text if diff.is_empty() => notes.push("nothing changes".to_owned()),
        Shape::Text => {}
    }
    if diff.only_endings() {
        notes.push("only line ends change".to_owned());
    } else if diff.usual_ending() == diff::Ending::CrLf {
        notes.push("CRLF".to_owned());
    }
    notes
}

fn changed(name: Name<'_>, change: &FileChange, (before, after): (&str, &str), minus: &str, width: usize) -> Vec<Body> {
    let diff = Diff::of(before, after);
    let sides = match (&change.old, &change.new) {
        (None, _) => Sides::New,
        (_, None) => Sides::Old,
        (Some(_), Some(_)) => Sides::Both,
    };
    let mut about = Vec::new();
    match sides {
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
    about.extend(notes(&diff));
    if diff.shape == Shape::Binary {
        about.push(format!("{} to {} bytes", before.len(), after.len()));
    }
    let head = head(name, &diff, minus, &about, width);
    let body = Body::Diff(Box::new(FileDiff::new(diff, numbers, sides, ends, width)), change.path.clone());
    vec![head, body]
}

fn patched(name: Name<'_>, change: &FileChange, patch: &str, minus: &str, width: usize) -> Vec<Body> {
    let parsed = diff::parse(patch);
    let mut bodies = Vec::new();
    if parsed.files.is_empty() {
        let said = Ink::plain("   the patch holds no change that can be read", Role::Warn);
        bodies.push(Body::Note(Note::named(Ink::default(), name, Look::strong(Role::Text), said, width)));
    }
    let is_single = parsed.files.len() == 1;
    for (at, file) in parsed.files.into_iter().enumerate() {
        if at > 0 {
            bodies.push(Body::Note(Note::new(Ink::default(), width)));
        }
        let mut about = about(&file);
        let named = file.new_path.as_deref().or(file.old_path.as_deref()).filter(|named| !is_end(&change.path, named));
        if named.is_some() && is_single {
            about.push(format!("but the call names {}", text::visible(&change.path).text));
        }
        let name = named.map_or(name, |named| Name::of(named, "", ""));
        bodies.push(head(name, &file.diff, minus, &about, width));
        let sides = match file.fate {
            Fate::Created => Sides::New,
            Fate::Deleted => Sides::Old,
            Fate::Kept | Fate::Renamed | Fate::Copied => Sides::Both,
        };
        let diff = FileDiff::new(file.diff, Numbers::OfFile, sides, Ends::Told, width);
        bodies.push(Body::Diff(Box::new(diff), change.path.clone()));
    }
    if !parsed.stray.is_empty() {
        bodies.push(Body::Note(Note::new(Ink::plain("in the patch, and of no file", Role::Warn), width)));
        let text = Arc::from(parsed.stray.join("\n"));
        bodies.push(Body::Lines(Lines::new(text, Lead::Plain, Role::Text, width), None));
    }
    bodies
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
        Fate::Created => about.push("new file".to_owned()),
        Fate::Deleted => about.push("deleted".to_owned()),
        Fate::Kept => {}
        Fate::Renamed => about.push(format!("renamed from {}", from())),
        Fate::Copied => about.push(format!("copied from {}", from())),
    }
    if let Some((old, new)) = &file.modes {
        about.push(format!("mode {} to {}", shown(old), shown(new)));
    }
    if file.is_miscounted {
        about.push("a hunk holds other numbers of lines than it says".to_owned());
    }
    about.extend(notes(&file.diff));
    about
}
