//! What the hub told of what changed between two moments, kept while it is looked at; and whether a step did what it showed.

use super::App;
use crate::diff::{self, splice};
use crate::domain::{Changed, Changes, FileChange, Listed, Point, SessionId, Stretch, Text};
use crate::state::Step;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// Answers that are kept.
const KEPT: usize = 16;
/// Bytes of their texts; the newest is kept in any case.
const BYTES: u64 = 16 << 20;

/// What is asked: of which session, between which moments, of which files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Between {
    /// Of which session.
    pub session: SessionId,
    /// Between which moments.
    pub stretch: Stretch,
    /// Of which files; of all where this is empty.
    pub paths: Vec<String>,
}

impl Between {
    /// All files of a step.
    #[must_use]
    pub fn step(session: SessionId, step: u32) -> Self {
        Self { session, stretch: Stretch::step(step), paths: Vec::new() }
    }

    /// What an answer is about.
    #[must_use]
    pub fn of(changes: &Changes) -> Self {
        Self { session: changes.session, stretch: changes.stretch, paths: changes.paths.clone() }
    }
}

/// An answer, as it is shown in the inspector.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// All of it.
    pub changes: Arc<Changes>,
    /// Its texts as a step would tell them.
    pub step: Arc<Step>,
}

impl Seen {
    /// Takes in an answer.
    #[must_use]
    pub fn new(changes: Changes) -> Self {
        let told = changes.files.iter().filter(|file| file.became.is_some()).filter_map(as_change).collect();
        let step = Arc::new(Step { changes: told, ..Step::default() });
        Self { changes: Arc::new(changes), step }
    }

    /// Bytes of its texts, those of both forms.
    fn bytes(&self) -> u64 {
        let side = |text: &Option<Text>| text.as_ref().map_or(0, Text::bytes);
        2 * self.step.changes.iter().map(|change| side(&change.old) + side(&change.new)).sum::<u64>()
    }
}

/// The texts of a file as a change tells them; nothing of what has none.
#[must_use]
pub fn as_change(file: &Changed) -> Option<FileChange> {
    file.texts()?;
    let side = |stands: &crate::domain::Stands| stands.text().map(Text::from);
    let (old, new) = (side(&file.old), side(&file.new));
    Some(FileChange { path: file.path.clone(), old, new, fragment: false, line: None, patch: None, moved_to: None })
}

/// The answers of late, the newest last.
#[derive(Debug, Clone, Default)]
pub struct Looked {
    kept: BTreeMap<Between, Result<Seen, String>>,
    order: VecDeque<Between>,
}

impl Looked {
    /// What was told; nothing where it was not asked yet.
    #[must_use]
    pub fn get(&self, what: &Between) -> Option<&Result<Seen, String>> {
        self.kept.get(what)
    }

    /// Keeps an answer; the oldest go.
    pub fn keep(&mut self, what: Between, told: Result<Seen, String>) {
        self.order.retain(|kept| *kept != what);
        self.order.push_back(what.clone());
        self.kept.insert(what, told);
        let size = |told: &Result<Seen, String>| told.as_ref().map_or(0, Seen::bytes);
        let mut bytes: u64 = self.kept.values().map(size).sum();
        while self.order.len() > 1 && (self.order.len() > KEPT || bytes > BYTES) {
            let Some(oldest) = self.order.pop_front() else { return };
            bytes -= self.kept.remove(&oldest).map_or(0, |told| size(&told));
        }
    }

    /// Whether it is known.
    #[must_use]
    pub fn has(&self, what: &Between) -> bool {
        self.kept.contains_key(what)
    }
}

/// The files of a workspace at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// Of which session.
    pub session: SessionId,
    /// At which moment.
    pub at: Point,
    /// Those that were changed first; or why there are none.
    pub files: Result<(Vec<Listed>, u32), String>,
}

/// How what a step did to a file stands to what it showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// It is what it showed, to the byte.
    Same,
    /// It is not.
    Other,
    /// What it showed does not say all of it.
    Unknown,
}

/// Compares what a step showed of a file with what it did.
#[must_use]
pub fn compare(app: &App, told: &[&FileChange], did: &Changed) -> Shown {
    let Some((old, new)) = did.texts().filter(|_| !told.is_empty()) else { return Shown::Unknown };
    let mut would = old.to_owned();
    for change in told {
        match carried_out(app, change, &would) {
            Some(next) => would = next,
            None => return Shown::Unknown,
        }
    }
    if would == new { Shown::Same } else { Shown::Other }
}

/// What a file would be after a change that was shown; nothing where that can't be said.
fn carried_out(app: &App, change: &FileChange, file: &str) -> Option<String> {
    let text = |text: &Text| match text {
        Text::Inline(text) => Some(text.clone()),
        Text::Body(body) => app.bodies.get(&body.digest)?.as_ref().map(ToString::to_string),
    };
    if let Some(patch) = &change.patch {
        let parsed = diff::parse(&text(patch)?);
        let [only] = parsed.files.as_slice() else { return None };
        return only.diff.apply(file, |_| true).ok();
    }
    match (&change.old, &change.new, change.fragment) {
        (_, Some(new), false) => text(new),
        (Some(_), None, false) => Some(String::new()),
        (Some(old), Some(new), true) => splice(file, &text(old)?, &text(new)?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Became, Stands};

    fn file(old: &str, new: &str) -> Changed {
        let of = |text: &str| Stands::File { mode: 0o644, bytes: text.len() as u64, text: Some(text.into()) };
        Changed { path: "a".into(), became: Some(Became::Changed), old: of(old), new: of(new), hunks: vec![] }
    }

    #[test]
    fn what_was_shown_is_compared_with_what_was_done() {
        let app = App::default();
        let change = |old: Option<&str>, new: Option<&str>, fragment| FileChange {
            path: "a".into(),
            old: old.map(Text::from),
            new: new.map(Text::from),
            fragment,
            line: None,
            patch: None,
            moved_to: None,
        };
        let did = file("a\nb\nc\n", "a\nB\nc\n");
        let piece = change(Some("b"), Some("B"), true);
        assert_eq!(compare(&app, &[&piece], &did), Shown::Same);
        assert_eq!(compare(&app, &[&change(Some("b"), Some("X"), true)], &did), Shown::Other);
        assert_eq!(compare(&app, &[&change(None, Some("a\nB\nc\n"), false)], &did), Shown::Same);
        assert_eq!(compare(&app, &[&change(Some("nowhere"), Some("X"), true)], &did), Shown::Unknown);
        assert_eq!(compare(&app, &[], &did), Shown::Unknown);
        let patch = FileChange { patch: Some("@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n".into()), ..change(None, None, false) };
        assert_ne!(compare(&app, &[&patch], &file("a\nb\nc\n", "a\nB\nC\n")), Shown::Same);
    }

    #[test]
    fn of_many_answers_the_newest_are_kept() {
        let mut looked = Looked::default();
        for step in 0..100 {
            looked.keep(Between::step(SessionId(1), step), Err("no".into()));
        }
        assert!(!looked.has(&Between::step(SessionId(1), 1)) && looked.has(&Between::step(SessionId(1), 99)));
        assert_eq!(looked.kept.len(), KEPT);
    }
}
