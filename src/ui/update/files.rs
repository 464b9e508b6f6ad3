//! Files as they were: a list of those of a moment, those that were changed first; one of them, whole, beside what it became.

use super::super::app::{App, Overlay};
use super::super::msg::Effect;
use super::super::past::{Between, Tree};
use super::super::picker::{Pick, Picked, PickerKind};
use super::super::review::Sort;
use super::{picker, review};
use crate::domain::{At, Listed, Point, Query, SessionId, Stretch};

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

impl App {
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
