//! Files as they were: a list of those of a moment, those that were changed first; one of them, whole, beside what it became.

use super::super::app::{App, Overlay};
use super::super::msg::Effect;
use super::super::past::{Between, Tree};
use super::super::picker::{Pick, Picked, PickerKind};
use super::super::review::Sort;
use super::{Action, picker, review};
use crate::domain::{At, Listed, Point, Query, SessionId, Stretch, Text};
use crate::state::Entry;
use std::collections::BTreeMap;

/// Steps that are offered to compare a file with, the newest of them.
const STEPS: usize = 5_000;

/// The moment that is looked at: the cursor of a replay, else the selected step.
fn moment(app: &App) -> Result<(SessionId, Point), String> {
    let session = app.subject().ok_or_else(|| "no session is selected".to_owned())?;
    if let Some(replay) = &app.replay {
        return Ok((session.id, Point::Record { seq: replay.at.0 }));
    }
    let step = review::step_at_hand(app, session).ok_or("no step has happened before this")?;
    Ok((session.id, Point::After { step }))
}

/// Whether there is a moment to look at.
pub(super) fn can(app: &App) -> Result<(), String> {
    if app.replay.as_ref().is_some_and(|replay| replay.recording.is_some()) {
        return Err("another tool's recording keeps no files: what it tells of them stands in its steps".to_owned());
    }
    moment(app).map(|_| ())
}

/// Asks which files there were, and opens the list.
pub(super) fn open(app: &mut App, now: At) -> Vec<Effect> {
    match moment(app) {
        Ok((session, at)) => {
            app.tree = None;
            picker::open(app, PickerKind::Past(session, at), 0, now);
            vec![Effect::Ask(Query::Tree { session, at })]
        }
        Err(why) => {
            app.say(why, now);
            Vec::new()
        }
    }
}

/// They came; where none can be told, the list closes and says why.
pub(super) fn came(app: &mut App, tree: Tree, now: At) {
    let Some(Overlay::Picker(open)) = &app.overlay else { return };
    if open.kind != PickerKind::Past(tree.session, tree.at) {
        return;
    }
    match &tree.files {
        Ok(_) => app.tree = Some(tree),
        Err(why) => {
            let why = why.clone();
            app.overlay = None;
            app.say(why, now);
        }
    }
}

/// Shows a file as it was, and what it became until now.
pub(super) fn show(app: &mut App, session: SessionId, at: Point, path: String, now: At) -> Vec<Effect> {
    let stretch = Stretch { from: at, to: Point::Now };
    review::ask(app, Between { session, stretch, paths: vec![path] }, Sort::File, now)
}

/// Whether there is a file as it was, to be compared with another moment.
pub(super) fn can_choose(app: &App) -> Result<(), String> {
    let is_file = app.reviewing().is_some_and(|review| review.sort == Sort::File);
    let key = app.key(Action::FilesAsOf, "f");
    is_file.then_some(()).ok_or_else(|| format!("this is no file as it was: {key} in a replay opens one"))
}

/// Opens the list of moments to compare it with.
pub(super) fn choose(app: &mut App, now: At) {
    let Some(review) = app.reviewing() else { return };
    let (what, session) = (review.what.clone(), review.what.session);
    let rows = app.moments_of(&what);
    let selected = rows.iter().position(|row| !row.note.is_empty()).unwrap_or(0);
    app.inner.against = Some(what);
    picker::open(app, PickerKind::Against(session), selected, now);
}

/// Compares it with a moment that was chosen.
pub(super) fn compare(app: &mut App, what: Between, now: At) -> Vec<Effect> {
    review::ask(app, what, Sort::File, now)
}

impl App {
    /// The moments of a session with which the file at hand can be compared, as rows of a list.
    pub(in crate::ui) fn moments(&self, session: SessionId) -> Vec<Pick> {
        let what = self.inner.against.as_ref().filter(|what| what.session == session);
        what.map_or_else(Vec::new, |what| self.moments_of(what))
    }

    fn moments_of(&self, what: &Between) -> Vec<Pick> {
        let entries = self.state.session(what.session).map(|session| &session.timeline.entries);
        let steps = entries.into_iter().flat_map(|entries| entries.values().rev()).filter_map(Entry::step);
        let titles: BTreeMap<u32, String> = steps
            .map(|step| (step.number, step.title.as_ref().map_or_else(String::new, |title| self.first_line(title))))
            .collect();
        let newest = titles.keys().next_back().copied().unwrap_or(0);
        // Those that are not in memory any more are named by their numbers.
        let steps = (1..=newest).rev().take(STEPS).map(|step| Point::After { step });
        let row = |to: Point| {
            let help = match to {
                Point::After { step } => titles.get(&step).cloned().unwrap_or_default(),
                _ => String::new(),
            };
            Pick {
                name: to.words(),
                help,
                note: if to == what.stretch.to { "shown".to_owned() } else { String::new() },
                lacks: None,
                what: Picked::Against(Between { stretch: Stretch { to, ..what.stretch }, ..what.clone() }),
            }
        };
        [Point::Now, Point::Last].into_iter().chain(steps).chain([Point::First]).map(row).collect()
    }

    fn first_line(&self, text: &Text) -> String {
        self.here(text).and_then(|text| text.lines().next()).unwrap_or_default().to_owned()
    }

    /// The files of a moment as rows of a list.
    pub(in crate::ui) fn files_as_of(&self, session: SessionId, at: Point) -> Vec<Pick> {
        let tree = self.tree.as_ref().filter(|tree| (tree.session, tree.at) == (session, at));
        let Some(Ok((files, more))) = tree.map(|tree| &tree.files) else { return Vec::new() };
        let row = |file: &Listed| Pick {
            name: file.path.clone(),
            help: String::new(),
            note: file.became.map_or("", crate::domain::Became::word).to_owned(),
            lacks: None,
            what: Picked::Past(session, at, file.path.clone()),
        };
        let mut rows: Vec<Pick> = files.iter().map(row).collect();
        if *more > 0 {
            let name = format!("{more} more files are not listed");
            let lacks = Some("these are not listed: `taut cat` shows any of them".to_owned());
            let what = Picked::Past(session, at, String::new());
            rows.push(Pick { name, help: String::new(), note: String::new(), lacks, what });
        }
        rows
    }
}
