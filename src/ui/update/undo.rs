//! Taking steps back: what would be done is asked for and shown, a human chooses and confirms. The one place from which an
//! `Undo` can leave; its guards are those of a decision.

use super::super::app::{App, Overlay};
use super::super::card::DWELL_MS;
use super::super::console::Pending;
use super::super::msg::{Effect, Press};
use super::super::undo::{PaintedUndo, Preview, Scope, Stage, UNFOLDED, UndoUi, Which};
use super::navigation::Move;
use super::{Action, guard, review};
use crate::domain::{At, Command, Query, Reply, SessionId, Side, Talk, TurnNo, Undo, UndoAct, UndoPlan};
use crate::state::{Entry, Session, Step};

/// Rows of the preview before its first frame.
const ROWS: u16 = 20;

/// What a key would take back, here and now; else why it can't.
pub(super) fn subject(app: &App, which: Which) -> Result<(SessionId, Undo), String> {
    app.can_act()?;
    let session = app.subject().ok_or_else(|| "no session is selected".to_owned())?;
    if which == Which::Last {
        return Ok((session.id, Undo::Last));
    }
    if which == Which::Turn {
        return match session.turns {
            TurnNo(0) => Err("it has had no turn yet".to_owned()),
            turn => Ok((session.id, Undo::Turn { turn })),
        };
    }
    let no = app.current(session).ok_or_else(|| "nothing has happened here yet".to_owned())?;
    let entry = app.entry(session, no).ok_or_else(|| "this part is not loaded yet".to_owned())?;
    match (which, entry.step()) {
        (Which::Step, Some(step)) => {
            can_be_undone(app, session, step)?;
            Ok((session.id, Undo::Step { number: step.number }))
        }
        (Which::Step, None) => {
            let back = app.key(Action::UndoBack, "U");
            Err(format!("this is no step: only what a step did can be taken back; {back} goes back to here"))
        }
        (Which::Back | Which::Last | Which::Turn, Some(step)) => Ok((session.id, Undo::To { number: step.number })),
        (Which::Back | Which::Last | Which::Turn, None) => {
            let next = next_step(app, session, no).ok_or_else(|| "no step followed this".to_owned())?;
            Ok((session.id, Undo::To { number: next.number }))
        }
    }
}

/// The first step after an entry that is at hand.
fn next_step<'a>(app: &'a App, session: &'a Session, no: u64) -> Option<&'a Step> {
    (no + 1..session.timeline.next).take(1 << 12).find_map(|no| app.entry(session, no).and_then(Entry::step))
}

/// What is known here of whether a step can be taken back; the hub knows the rest.
fn can_be_undone(app: &App, session: &Session, step: &Step) -> Result<(), String> {
    if step.is_open() && !step.status.is_final() {
        return Err("it has not ended: wait for its end, or interrupt it, and take it back then".to_owned());
    }
    let Some(worked) = &step.worked else {
        return Err("it has no checkpoints: it changed no files, or nobody kept them".to_owned());
    };
    if let Some(by) = &worked.undone {
        let by = session.step_of(by).map_or_else(|| "another step".to_owned(), |by| format!("step {}", by.number));
        let key = app.key(Action::Undo, "u");
        return Err(format!("it was undone already, by {by}: {key} on {by} brings it back"));
    }
    match (&worked.before, &worked.after, &worked.why) {
        (Some(_), Some(_), _) if worked.files() == 0 => {
            Err("it changed no file: nothing is to be taken back".to_owned())
        }
        (Some(_), Some(_), _) => Ok(()),
        (_, _, Some(why)) => Err(format!("it can't be taken back, for it has no checkpoint: {why}")),
        (_, _, None) => Err("it can't be taken back: one of its two checkpoints is missing".to_owned()),
    }
}

/// Whether a key can ask for an undo.
pub(super) fn can(app: &App, which: Which) -> Result<(), String> {
    subject(app, which).map(|_| ())
}

/// Asks what an undo would do, and shows that it is asked.
pub(super) fn begin(app: &mut App, which: Which, now: At) -> Vec<Effect> {
    app.inner.review_under = None;
    match subject(app, which) {
        Ok((session, undo)) => ask(app, session, undo, None, now),
        Err(why) => {
            app.say(why, now);
            Vec::new()
        }
    }
}

fn ask(app: &mut App, session: SessionId, undo: Undo, anew: Option<String>, now: At) -> Vec<Effect> {
    let stage = Stage::Asked { since: now };
    app.overlay = Some(Overlay::Undo(Box::new(UndoUi { session, undo: undo.clone(), stage, anew })));
    vec![Effect::Ask(Query::UndoPlan { session, undo })]
}

fn ui(app: &mut App) -> Option<&mut UndoUi> {
    match &mut app.overlay {
        Some(Overlay::Undo(undo)) => Some(undo),
        _ => None,
    }
}

fn preview(app: &mut App) -> Option<&mut Preview> {
    match &mut ui(app)?.stage {
        Stage::Shown(preview) => Some(preview),
        Stage::Asked { .. } | Stage::Failed(_) => None,
    }
}

/// The hub says what it would do. A plan that nobody waits for any more, or of other steps, is none.
pub(super) fn answered(app: &mut App, plan: UndoPlan) {
    let rows = app.size.1;
    let Some(ui) = ui(app).filter(|ui| ui.session == plan.session && fits(&ui.undo, &plan)) else { return };
    if let Stage::Asked { .. } | Stage::Failed(_) = ui.stage {
        ui.stage = Stage::Shown(Box::new(Preview::new(plan, rows)));
    }
}

/// Whether a plan can be the answer to a question.
fn fits(undo: &Undo, plan: &UndoPlan) -> bool {
    let mut numbers = plan.steps.iter().map(|step| step.number);
    match undo {
        Undo::Last | Undo::Turn { .. } | Undo::Hunks { .. } => true,
        Undo::Step { number } => numbers.all(|of| of == *number),
        Undo::To { number } => numbers.all(|of| of >= *number),
    }
}

/// The hub says why it can't; false where nobody waits for that.
pub(super) fn failed(app: &mut App, why: &str) -> bool {
    match ui(app) {
        Some(ui) if matches!(ui.stage, Stage::Asked { .. }) => {
            ui.stage = Stage::Failed(why.to_owned());
            true
        }
        Some(_) | None => false,
    }
}

/// The link broke: what was asked or sent has no answer any more.
pub(super) fn link_lost(app: &mut App) {
    let Some(ui) = ui(app) else { return };
    match &mut ui.stage {
        Stage::Asked { .. } => {
            ui.stage = Stage::Failed("the link to the hub broke before it could answer: ask again".to_owned());
        }
        Stage::Shown(preview) => preview.sent = false,
        Stage::Failed(_) => {}
    }
}

/// To the next file, the one before; or a page on.
pub(super) fn go(app: &mut App, by: Move) {
    let page =
        super::navigation::height_of(app, |hit| matches!(hit, super::super::Hit::Card)).min(app.size.1.max(ROWS));
    let Some(preview) = preview(app) else { return };
    match by {
        Move::Lines(_) => {
            preview.at = by.within(preview.at, preview.plan.files.len());
            (preview.reveal, preview.delta) = (true, 0);
        }
        Move::Halves(_) | Move::Top | Move::End => {
            preview.delta = preview.delta.saturating_add(by.rows(page));
            preview.reveal = false;
        }
    }
}

/// The wheel: rows, and nothing else.
pub(super) fn scroll(app: &mut App, rows: i64) {
    if let Some(preview) = preview(app) {
        preview.delta = preview.delta.saturating_add(rows);
    }
}

/// Unfolds the difference of the file at hand, or folds it.
pub(super) fn fold(app: &mut App, now: At) {
    let Some(preview) = preview(app) else { return };
    let at = preview.at;
    let is_full = preview.open.len() >= UNFOLDED;
    if !preview.open.remove(&at) {
        if is_full {
            return app.say(format!("{UNFOLDED} files are unfolded: fold one of them first"), now);
        }
        preview.open.insert(at);
    }
    preview.reveal = true;
}

/// Unfolds the first ones, or folds all.
pub(super) fn fold_all(app: &mut App) {
    let Some(preview) = preview(app) else { return };
    if preview.open.is_empty() {
        let has = preview.plan.files.iter().enumerate().filter(|(_, file)| file.differs());
        preview.open = has.map(|(at, _)| at).take(UNFOLDED).collect();
    } else {
        preview.open.clear();
    }
    preview.reveal = true;
}

/// Whether the file at hand has a difference to show.
pub(super) fn can_fold(app: &App) -> Result<(), String> {
    let preview = shown(app)?;
    let file = preview.plan.files.get(preview.at).ok_or("no file would change")?;
    let has = file.differs();
    if has { Ok(()) } else { Err("there is no difference to show of this file".to_owned()) }
}

/// Whether there is a choice for the file at hand.
pub(super) fn can_choose(app: &App) -> Result<(), String> {
    let preview = shown(app)?;
    if preview.sent {
        return Err("it is being done".to_owned());
    }
    match preview.plan.files.get(preview.at) {
        Some(file) if file.act == UndoAct::Conflict => Ok(()),
        Some(_) | None => Err("there is nothing to choose: nobody else changed these lines since".to_owned()),
    }
}

/// What becomes of the file at hand. Nothing is done by it.
pub(super) fn choose(app: &mut App, side: Side) {
    if let Some(preview) = preview(app)
        && let Some(file) = preview.plan.files.get(preview.at)
        && file.act == UndoAct::Conflict
        && preview.side(&file.path) != side
    {
        preview.sides.insert(file.path.clone(), side);
        // What that makes of the file is another thing to read than what was shown before.
        if let Some(part) = preview.parts.get_mut(preview.at + 1) {
            *part = crate::ui::undo::Part::default();
        }
        if preview.open.len() < UNFOLDED {
            preview.open.insert(preview.at);
        }
        preview.reveal = true;
    }
}

/// Whether the conversation can be taken back, too.
pub(super) fn can_talk(app: &App) -> Result<(), String> {
    let preview = shown(app)?;
    if preview.sent {
        return Err("it is being done".to_owned());
    }
    match &preview.plan.talk {
        Talk::Back { .. } => Ok(()),
        Talk::Stays { why } if why.is_empty() => Err("the conversation stays".to_owned()),
        Talk::Stays { why } => Err(format!("the conversation stays: {why}")),
    }
}

/// Files, both, the conversation alone: the next one. Nothing is done by it.
pub(super) fn talk(app: &mut App) {
    if let Some(preview) = preview(app) {
        preview.scope = preview.scope.next();
    }
}

/// The call of the selected session that waits for its checkpoint goes without one.
pub(super) fn skip_checkpoint(app: &mut App) -> Vec<Effect> {
    let Some(session) = app.selected else { return Vec::new() };
    app.send(Command::SkipCheckpoint { session }, Pending::Other, "skip the checkpoint")
}

fn shown(app: &App) -> Result<&Preview, String> {
    let undo = app.undoing().ok_or("no undo is looked at")?;
    match &undo.stage {
        Stage::Asked { .. } => Err("what it would do is being found out: wait".to_owned()),
        Stage::Failed(why) => Err(why.clone()),
        Stage::Shown(preview) => Ok(preview),
    }
}

/// Whether it can be done: all of it was looked at, and something would change.
pub(super) fn can_do(app: &App) -> Result<(), String> {
    app.can_act()?;
    let preview = shown(app)?;
    if preview.sent {
        return Err("it is being done".to_owned());
    }
    if preview.changes() == 0 && preview.scope != Scope::Talk {
        let why = if preview.skipped() > 0 { "choose what becomes of the files that clash" } else { "esc goes back" };
        return Err(format!("no file would change: {why}"));
    }
    let unread = preview.unread();
    if unread > 0 {
        let key = app.key(Action::PageDown, "space");
        return Err(format!("not every file was on the screen yet: {key} reads on"));
    }
    Ok(())
}

/// A frame showed so much of it.
pub(super) fn painted(app: &mut App, shown: Option<PaintedUndo>, now: At) {
    if let (Some(preview), Some(shown)) = (preview(app), shown) {
        preview.painted(&shown, now);
    }
}

/// Does it: what was shown, with what was chosen then, and nothing newer.
pub(super) fn yes(app: &mut App, press: Press, now: At) -> Vec<Effect> {
    let refused = can_do(app)
        .and_then(|()| guard::pressed(app, (Action::Yes, press), now))
        .and_then(|()| guard::strayed(app, now).map_or(Ok(()), |why| Err(why.to_owned())))
        .and_then(|()| looked_at(app, now));
    if let Err(why) = refused {
        app.say(why, now);
        return Vec::new();
    }
    let Some(ui) = app.undoing() else { return Vec::new() };
    let (session, undo, words) = (ui.session, ui.undo.clone(), format!("undo {}", ui.words()));
    let Some((digest, sides)) = ui.preview().map(|preview| (preview.plan.digest, preview.chosen())) else {
        return Vec::new();
    };
    let (scope, talk) = ui.preview().map_or((Scope::Files, None), |preview| (preview.scope, preview.talk()));
    if let (Scope::Talk, Some(to)) = (scope, talk) {
        app.overlay = None;
        return app.send(Command::Rewind { session, to }, Pending::Other, "take the conversation back");
    }
    let command = Command::Undo { session, undo: undo.clone(), digest, sides, talk };
    let effects = app.send(command, Pending::Undo(session, undo), &words);
    if let (false, Some(preview)) = (effects.is_empty(), preview(app)) {
        preview.sent = true;
    }
    effects
}

/// What would be done is what stands there, and it stands there for a while.
fn looked_at(app: &App, now: At) -> Result<(), String> {
    let preview = shown(app)?;
    match preview.painted {
        Some(painted) if preview.shown == preview.face() && now.since(painted) >= DWELL_MS => Ok(()),
        Some(_) => Err("this has just appeared: look, then press again".to_owned()),
        None => Err("it was not whole on the screen yet: look, then press again".to_owned()),
    }
}

/// What became of it.
pub(super) fn replied(app: &mut App, (session, undo): (SessionId, Undo), reply: &Reply, now: At) -> Vec<Effect> {
    let is_open = app.undoing().is_some_and(|open| open.session == session && open.undo == undo);
    match reply {
        Reply::Done | Reply::Held | Reply::KeptFirst | Reply::Started { .. } => {
            let later = preview(app).filter(|_| is_open).and_then(|preview| preview.plan.later.clone());
            if is_open {
                app.overlay = None;
            }
            let later = later.map(|later| format!("; {later}")).unwrap_or_default();
            let said = format!("{}{later}", done(app, session));
            app.say(said, now);
            if is_open {
                return review::reverted(app, now);
            }
        }
        Reply::Stale { .. } if is_open => {
            let why = "a file changed since this was shown, and nothing was undone: this is how it is now";
            return ask(app, session, undo, Some(why.to_owned()), now);
        }
        Reply::Stale { .. } => app.say("a file changed since it was shown: nothing was undone, look again", now),
        Reply::Refused { .. } | Reply::Already { .. } => {
            if let Some(preview) = preview(app).filter(|_| is_open) {
                preview.sent = false;
            }
        }
    }
    Vec::new()
}

/// What was done, and how it is taken back.
fn done(app: &App, session: SessionId) -> String {
    let key = app.key(Action::Undo, "u");
    let steps = app.state.session(session).into_iter().flat_map(|known| known.timeline.entries.values().rev());
    let Some(step) = steps.filter_map(Entry::step).find(|step| step.way_back().is_some()) else {
        return format!("undone: {key} on its own step takes that back");
    };
    let (files, left) = step.worked.as_ref().map_or((0, 0), |worked| (worked.files(), worked.left.len()));
    let files = if files == 1 { "1 file".to_owned() } else { format!("{files} files") };
    let left = if left == 0 { String::new() } else { format!(", {left} left as before") };
    format!("undone, {files} changed{left}: {key} on step {} takes that back", step.number)
}
