//! A payload put together of its parts.

use super::change::{changed, patched};
use super::lines::{Lead, Lines};
use super::note::{Name, Note};
use super::{Body, Fitting, Ink, Part, args};
use crate::domain::{Digest, FileChange, Place, Question, Text, Topic};
use crate::state::{Session, Step};
use crate::theme::Role;
use crate::ui::Want;
use crate::view::body::Found;
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
    topic: Topic,
    is_undo: bool,
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
            topic: topic(step).cloned().unwrap_or_default(),
            is_undo: step.way_back().is_some(),
        }
    }

    /// True where the step says the same still.
    pub(super) fn is(&self, step: &Step) -> bool {
        let [title, args, command] = &self.texts;
        (title, args, command) == (&step.title, &step.args, &step.command)
            && (&self.tool, &self.cwd, &self.places) == (&step.tool, &step.cwd, &step.places)
            && self.changes == step.changes
            && self.topic == topic(step).cloned().unwrap_or_default()
            && self.is_undo == step.way_back().is_some()
    }
}

/// What a step asks about, beyond whether it may run.
fn topic(step: &Step) -> Option<&Topic> {
    step.request().map(|request| &request.how.topic).filter(|topic| !topic.is_call())
}

/// Makes the parts; those of `old` that are still the same are taken over.
pub(super) fn parts(cx: &Cx<'_>, session: &Session, step: &Step, to: &Fitting<'_>, old: Vec<Part>) -> Made {
    let mut maker = Maker { cx, session, step, to, width: to.width, old, made: Made::default() };
    if step.way_back().is_some() {
        maker.note(Ink::plain("taut's own step: what it did stands above", Role::Muted));
        return maker.made;
    }
    maker.topic();
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
    to: &'a Fitting<'a>,
    width: usize,
    old: Vec<Part>,
    made: Made,
}

impl<'a> Maker<'a> {
    /// Adds a section: the one that was made of the same before, or a new one.
    fn section(&mut self, key: Digest, make: impl FnOnce(usize, usize) -> Vec<Body>) {
        let (same, other) = std::mem::take(&mut self.old).into_iter().partition(|part| part.key == key);
        self.old = other;
        let same: Vec<Part> = same;
        if same.is_empty() {
            let first = self.made.parts.len();
            let bodies = make(self.width, first).into_iter().enumerate();
            self.made.parts.extend(bodies.map(|(at, body)| Part { key, body, number: first + at }));
        } else {
            self.made.parts.extend(same);
        }
    }

    /// Hunks so far.
    fn hunks(&self) -> usize {
        let of = |part: &Part| match &part.body {
            Body::Diff(change) => change.diff.hunk_count(),
            Body::Note(_) | Body::Lines(..) => 0,
        };
        self.made.parts.iter().map(of).sum()
    }

    /// A path within the session's folder, or from home.
    fn name<'p>(&self, path: &'p str) -> Name<'p> {
        Name::of(path, &self.session.cwd, &self.cx.app.home)
    }

    fn note(&mut self, ink: Ink) {
        self.made.parts.push(Part::note(Note::new(ink, self.width)));
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

    /// A plan, or questions with their choices, word for word.
    fn topic(&mut self) {
        match topic(self.step) {
            Some(Topic::Plan(plan)) => {
                self.note(Ink::plain("the plan", Role::Muted));
                if let Some(text) = self.text(plan) {
                    self.section(key("plan", &[plan.digest()]), |width, _| {
                        vec![Body::Lines(Lines::new(Arc::from(text), Lead::Plain, Role::Text, width), Some("markdown"))]
                    });
                }
            }
            Some(Topic::Questions(questions)) => {
                for (at, question) in questions.iter().enumerate() {
                    self.gap();
                    self.question(at + 1, questions.len(), question);
                }
            }
            Some(Topic::Call) | None => {}
        }
    }

    fn question(&mut self, number: usize, of: usize, question: &'a Question) {
        let mut head = Ink::plain(&format!("question {number} of {of}"), Role::Muted);
        if !question.header.is_empty() {
            head = head.and("   ", Role::Muted);
            head.append(Ink::exact(&question.header, Role::Info));
        }
        self.note(head);
        self.lines(&question.text, Role::Text);
        for (at, choice) in (1..).zip(&question.choices) {
            let mut ink = Ink::plain(&format!("    {at} "), Role::Muted);
            ink.append(Ink::exact(&choice.label, Look::strong(Role::Text)));
            if !choice.about.is_empty() {
                ink = ink.and("   ", Role::Muted);
                ink.append(Ink::exact(&choice.about, Role::Muted));
            }
            self.note(ink);
        }
        let takes = match (question.choices.is_empty(), question.many, question.free) {
            (true, _, _) if question.secret => "words that nobody sees, and that are kept nowhere",
            (true, _, _) => "words of your own",
            (false, true, true) => "several of these, and words of your own",
            (false, true, false) => "several of these",
            (false, false, true) => "one of these, or words of your own",
            (false, false, false) => "one of these",
        };
        self.note(Ink::plain(&format!("    it takes {takes}"), Role::Muted));
    }

    /// A text of several lines, each with what is hidden in it as marks.
    fn lines(&mut self, text: &str, role: Role) {
        for line in text.lines() {
            let mut ink = Ink::plain("  ", role);
            ink.append(Ink::exact(line, role));
            self.note(ink);
        }
    }

    fn command(&mut self) {
        let Some(command) = &self.step.command else { return };
        if let Some(text) = self.text(command) {
            self.section(key("command", &[command.digest()]), |width, _| {
                vec![Body::Lines(Lines::new(Arc::from(text), Lead::Command, Role::Text, width), Some("bash"))]
            });
        }
        let folder = self.step.cwd.as_deref().unwrap_or(&self.session.cwd);
        if !folder.is_empty() {
            // What is not the session's own folder deserves a look.
            let role = if folder == self.session.cwd { Role::Muted } else { Role::Warn };
            let name = Name::of(folder, "", &self.cx.app.home);
            let note = Note::named(Ink::plain("  in ", Role::Muted), name, role.into(), Ink::default(), self.width);
            self.made.parts.push(Part::note(note));
        }
    }

    fn change(&mut self, change: &'a FileChange) {
        self.gap();
        let moves = change.moved_to.as_deref().map(|to| self.moves(to));
        if let Some(patch) = &change.patch {
            let Some(text) = self.text(patch) else { return };
            let (name, minus, to) = (self.name(&change.path), self.cx.glyphs.minus, self.to);
            let (edits, before) = (to.edits(), self.hunks());
            let place = format!("{} {:?}", change.path, change.moved_to);
            self.section(key("patch", &[patch.digest(), Digest::of(place.as_bytes()), edits]), |_, first| {
                patched((name, moves), change, text, minus, (to, first, before))
            });
            return;
        }
        let (old, new) = (change.old.as_ref(), change.new.as_ref());
        if let (None, None, Some(to)) = (old, new, &change.moved_to) {
            let said = format!("   {}, and its text stays", self.moves(to));
            return self.only_path(&change.path, Ink::plain(&said, Role::Info));
        }
        if old.is_none() && new.is_none() {
            return self.only_path(&change.path, Ink::plain("   what it writes is not said", Role::Warn));
        }
        let is_here =
            |text: Option<&Text>| text.is_none_or(|text| matches!(Found::of(self.cx.app, text), Found::Here(_)));
        if !is_here(old) || !is_here(new) {
            self.only_path(&change.path, Ink::default());
        }
        let texts = (old.map(|text| self.text(text)), new.map(|text| self.text(text)));
        let (Some(before), Some(after)) = (texts.0.unwrap_or(Some("")), texts.1.unwrap_or(Some(""))) else { return };
        let digest = |text: Option<&Text>| text.map_or(Digest::default(), Text::digest);
        let place = format!("{} {:?} {} {:?}", change.fragment, change.line, change.path, change.moved_to);
        let (name, minus, to) = (self.name(&change.path), self.cx.glyphs.minus, self.to);
        let (edits, hunks) = (to.edits(), self.hunks());
        self.section(key("change", &[digest(old), digest(new), Digest::of(place.as_bytes()), edits]), |_, first| {
            changed((name, moves), change, (before, after), minus, (to, first, hunks))
        });
    }

    fn moves(&self, to: &str) -> String {
        format!("moves to {}", crate::text::visible(&self.name(to).shown()).text)
    }

    fn only_path(&mut self, path: &str, behind: Ink) {
        let note = Note::named(Ink::default(), self.name(path), Look::strong(Role::Text), behind, self.width);
        self.made.parts.push(Part::note(note));
    }

    fn places(&mut self) {
        let step = self.step;
        let is_new = |path: &str| step.changes.iter().all(|change| change.paths().all(|of| of != path));
        let places: Vec<_> = step.places.iter().filter(|place| is_new(&place.path)).collect();
        if !places.is_empty() {
            self.gap();
        }
        for place in places {
            let line = place.line.map(|line| format!(":{line}")).unwrap_or_default();
            let (at, line) = (Ink::plain("at ", Role::Muted), Ink::plain(&line, Role::Text));
            let note = Note::named(at, self.name(&place.path), Role::Text.into(), line, self.width);
            self.made.parts.push(Part::note(note));
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
        let names = step.changes.iter().flat_map(FileChange::paths);
        let names = names.chain(step.places.iter().map(|place| place.path.as_str()));
        let folder = step.cwd.as_deref().filter(|_| step.command.is_some());
        let plan = match topic(step) {
            Some(Topic::Plan(plan)) => here(plan),
            Some(Topic::Questions(_) | Topic::Call) | None => None,
        };
        // The questions themselves stand above.
        let asks = matches!(topic(step), Some(Topic::Questions(_)));
        let without = |source: &str, key| asks.then(|| args::without(source, key)).flatten();
        let first = without(source, "questions");
        let source = first.as_deref().unwrap_or(source);
        let second = without(source, "requestedSchema");
        let source = second.as_deref().unwrap_or(source);
        let shown: Vec<&str> = texts.chain(names).chain(folder).chain(plan).collect();
        let Some(rest) = args::rest(source, &|text| shown.contains(&text)) else { return };
        let is_first = self.made.parts.is_empty();
        self.gap();
        let head = match (&step.tool, is_first) {
            (Some(tool), _) => {
                Ink::plain("arguments of ", Role::Muted).and(&crate::text::visible(tool).text, Role::Text)
            }
            (None, true) => Ink::plain("arguments", Role::Muted),
            (None, false) => Ink::plain("other arguments", Role::Muted),
        };
        self.note(head);
        self.section(key("args", &[Digest::of(rest.as_bytes())]), |width, _| {
            vec![Body::Lines(Lines::new(Arc::from(rest), Lead::Plain, Role::Text, width), Some("json"))]
        });
    }

    /// The agent's title, where there is nothing else.
    fn title(&mut self) {
        let Some(title) = self.step.title.as_ref().filter(|_| is_title_all(self.step)) else { return };
        self.gap();
        self.note(Ink::plain("the agent only says", Role::Muted));
        let Some(text) = self.text(title) else { return };
        self.section(key("title", &[title.digest()]), |width, _| {
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
    for digest in of {
        bytes.extend_from_slice(&digest.0);
    }
    Digest::of(&bytes)
}
