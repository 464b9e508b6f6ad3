//! The review: asked for, moved in, hunks marked, lines commented; what is reverted goes through the preview of an undo, and
//! what was commented through the composer. Nothing is done or sent from here.

use super::super::app::{App, Overlay};
use super::super::msg::Effect;
use super::super::past::Between;
use super::super::review::{COMMENT, Comment, Mark, Pages, PaintedReview, ReviewUi, Sort, Stage};
use super::super::undo::UndoUi;
use super::super::{Draft, Focus, undo as undo_ui};
use super::diffs::Way;
use super::navigation::Move;
use super::{composer, panes, past, timeline};
use crate::domain::{At, Changes, Point, Query, SessionId, Stretch, Undo};
use crate::state::{Entry, Session};

/// Bytes of texts whose pages are made at once: some milliseconds.
const AT_ONCE: usize = 128 << 10;

/// Whether there is a session to look at.
pub(super) fn can_open(app: &App) -> Result<SessionId, String> {
    app.subject().map(|session| session.id).ok_or_else(|| "no session is selected".to_owned())
}

/// Asks what changed in all of the session; in a replay until its cursor.
pub(super) fn open(app: &mut App, now: At) -> Vec<Effect> {
    match can_open(app) {
        Ok(session) => {
            let to = app.replay.as_ref().map_or(Point::Last, |replay| Point::Record { seq: replay.at.0 });
            let what = Between { session, stretch: Stretch { from: Point::First, to }, paths: Vec::new() };
            ask(app, what, Sort::Changes, now)
        }
        Err(why) => {
            app.say(why, now);
            Vec::new()
        }
    }
}

/// Asks for it, and shows that it is asked.
pub(super) fn ask(app: &mut App, what: Between, sort: Sort, now: At) -> Vec<Effect> {
    app.inner.review_under = None;
    let query = past::query(&what);
    let stage = Stage::Asked { since: now };
    app.overlay = Some(Overlay::Review(Box::new(ReviewUi { what, sort, stage, typing: None })));
    vec![Effect::Ask(query)]
}

fn ui(app: &mut App) -> Option<&mut ReviewUi> {
    match &mut app.overlay {
        Some(Overlay::Review(review)) => Some(review),
        _ => None,
    }
}

fn pages(app: &mut App) -> Option<&mut Pages> {
    match &mut ui(app)?.stage {
        Stage::Shown(pages) => Some(pages),
        Stage::Asked { .. } | Stage::Failed(_) => None,
    }
}

/// Whether an answer is waited for here.
pub(super) fn waits_for(app: &App, what: &Between) -> bool {
    app.reviewing().is_some_and(|review| review.what == *what && matches!(review.stage, Stage::Asked { .. }))
}

/// It came. Pages of much text are made elsewhere: no key waits for them.
pub(super) fn came(app: &mut App, changes: Changes) -> Vec<Effect> {
    let Some(sort) = ui(app).map(|ui| ui.sort) else { return Vec::new() };
    if Pages::bytes(&changes) > AT_ONCE {
        return vec![Effect::Page(Box::new(changes), sort)];
    }
    paged(app, Pages::new(changes, sort));
    Vec::new()
}

/// Its pages are made: where it was looked at before, the reader stands where they were.
pub(super) fn paged(app: &mut App, mut pages: Pages) {
    if !waits_for(app, &Between::of(&pages.changes)) {
        return;
    }
    let stood = app.inner.stood.take();
    let Some(ui) = ui(app) else { return };
    if let Some((_, at)) = stood.filter(|(what, _)| *what == ui.what) {
        pages.at = at.min(pages.len().saturating_sub(1));
    } else if ui.sort == Sort::File {
        pages.at = pages.hunks().first().copied().unwrap_or(0);
    }
    ui.stage = Stage::Shown(Box::new(pages));
}

/// It can't be shown.
pub(super) fn failed(app: &mut App, why: &str) {
    if let Some(ui) = ui(app) {
        ui.stage = Stage::Failed(why.to_owned());
    }
}

/// The link broke: what was asked has no answer any more.
pub(super) fn link_lost(app: &mut App) {
    if let Some(ui) = ui(app).filter(|ui| matches!(ui.stage, Stage::Asked { .. })) {
        ui.stage = Stage::Failed("the link to the hub broke before it could answer: ask again".to_owned());
    }
}

/// A frame showed so much of it.
pub(super) fn painted(app: &mut App, shown: Option<PaintedReview>) {
    if let (Some(pages), Some(shown)) = (pages(app), shown) {
        (pages.top, pages.page) = (shown.top, shown.page.max(1));
    }
}

/// Whether there is something to move in.
pub(super) fn can_move(app: &App) -> Result<(), String> {
    shown(app).map(|_| ())
}

fn shown(app: &App) -> Result<&Pages, String> {
    let review = app.reviewing().ok_or("no review is open")?;
    match &review.stage {
        Stage::Asked { .. } => Err("what changed is being looked at: wait".to_owned()),
        Stage::Failed(why) => Err(why.clone()),
        Stage::Shown(pages) if pages.is_empty() => Err("nothing differs".to_owned()),
        Stage::Shown(pages) => Ok(pages),
    }
}

/// By lines, halves of a page, to the ends.
pub(super) fn go(app: &mut App, by: Move) {
    let Some(pages) = pages(app) else { return };
    let rows = by.rows(u16::try_from(pages.page).unwrap_or(u16::MAX));
    let to = super::navigation::moved(pages.at, rows).min(pages.len().saturating_sub(1));
    if let Move::Halves(_) = by {
        pages.top = super::navigation::moved(pages.top, rows).min(to);
    }
    pages.at = to;
}

/// The wheel: rows, and nothing else.
pub(super) fn scroll(app: &mut App, rows: i64) {
    go(app, Move::Lines(rows));
}

/// Whether there is another hunk or file that way.
pub(super) fn can_go(app: &App, goal: super::diffs::Goal, way: Way) -> Result<(), String> {
    let pages = shown(app)?;
    let word = match goal {
        super::diffs::Goal::Hunk => "hunk",
        super::diffs::Goal::File => "file",
    };
    let found = next(pages, goal, way);
    found.map(|_| ()).ok_or_else(|| match way {
        Way::Next => format!("this is the last {word}"),
        Way::Before => format!("this is the first {word}"),
    })
}

fn next(pages: &Pages, goal: super::diffs::Goal, way: Way) -> Option<usize> {
    let places: Vec<usize> = match goal {
        super::diffs::Goal::Hunk => pages.hunks(),
        super::diffs::Goal::File => (0..pages.files.len()).map(|file| pages.start(file)).collect(),
    };
    match way {
        Way::Next => places.into_iter().find(|place| *place > pages.at),
        Way::Before => places.into_iter().rfind(|place| *place < pages.at),
    }
}

/// To the next hunk or file, or the one before.
pub(super) fn go_to(app: &mut App, goal: super::diffs::Goal, way: Way) {
    let Some(pages) = pages(app) else { return };
    if let Some(to) = next(pages, goal, way) {
        (pages.at, pages.top) = (to, to.saturating_sub(1).max(pages.top));
    }
}

/// Whether hunks can be marked here.
pub(super) fn can_mark(app: &App) -> Result<(), String> {
    shown(app)?;
    match app.reviewing().map(|review| review.sort) {
        Some(Sort::File) => Err("this is one file as it was: the review of what changed marks hunks".to_owned()),
        Some(Sort::Changes) | None => Ok(()),
    }
}

/// Marks the hunk at hand, or takes its mark away; the reader goes on to the next one.
pub(super) fn mark(app: &mut App, mark: Mark) {
    let Some((session, pages)) = app.reviewing().and_then(|ui| Some((ui.what.session, ui.pages()?))) else { return };
    let Some(here) = pages.hunk_at(pages.at) else { return };
    let Some(key) = pages.key(here.0, here.1) else { return };
    let next = pages.hunks().into_iter().find(|place| *place > pages.at && pages.hunk_at(*place) != Some(here));
    let marks = &mut app.reviews.entry(session).or_default().marks;
    if marks.get(&key) == Some(&mark) {
        marks.remove(&key);
    } else {
        marks.insert(key, mark);
        if let (Some(next), Some(pages)) = (next, self::pages(app)) {
            pages.at = next;
        }
    }
}

/// Whether something can be reverted from here.
pub(super) fn can_revert(app: &App) -> Result<(), String> {
    app.can_act()?;
    can_mark(app)
}

/// Asks what reverting would do: what is marked, else the hunk at hand. The review is there again when that is closed.
pub(super) fn revert(app: &mut App, now: At) -> Vec<Effect> {
    let Some((session, pages)) = app.reviewing().and_then(|ui| Some((ui.what.session, ui.pages()?))) else {
        return Vec::new();
    };
    let (files, steps) = pages.to_revert(app.reviewed(session));
    let (before, after) = (pages.changes.before.clone(), pages.changes.after.clone());
    let undo = Undo::Hunks { before, after, files, steps };
    let stage = undo_ui::Stage::Asked { since: now };
    let over = Overlay::Undo(Box::new(UndoUi { session, undo: undo.clone(), stage, anew: None }));
    if let Some(Overlay::Review(review)) = app.overlay.replace(over) {
        app.inner.review_under = Some(review);
    }
    vec![Effect::Ask(Query::UndoPlan { session, undo })]
}

/// What lay over it was closed: the review is there again, as it was left. What came meanwhile is taken in.
pub(super) fn come_back(app: &mut App) {
    let Some(mut review) = app.inner.review_under.take() else { return };
    if let (Stage::Asked { .. }, Some(told)) = (&review.stage, app.looked.get(&review.what)) {
        review.stage = match told {
            Ok(seen) => Stage::Shown(Box::new(Pages::new((*seen.changes).clone(), review.sort))),
            Err(why) => Stage::Failed(why.clone()),
        };
    }
    app.overlay = Some(Overlay::Review(review));
}

/// Something was reverted: the review is there again, and is looked at anew.
pub(super) fn reverted(app: &mut App, now: At) -> Vec<Effect> {
    let Some(review) = app.inner.review_under.take() else { return Vec::new() };
    if let Some(reviewed) = app.reviews.get_mut(&review.what.session) {
        reviewed.marks.retain(|_, mark| *mark != Mark::Revert);
    }
    app.inner.stood = review.pages().map(|pages| (review.what.clone(), pages.at));
    ask(app, review.what, review.sort, now)
}

/// Whether the line at hand can be commented.
pub(super) fn can_comment(app: &App) -> Result<(), String> {
    can_mark(app)?;
    let pages = shown(app)?;
    let spot = pages.spot(pages.at);
    spot.map(|_| ()).ok_or_else(|| "these lines are left out: go to a line that is shown".to_owned())
}

/// Opens the line in which a comment is typed; what was typed there before is in it.
pub(super) fn comment(app: &mut App) {
    let Some((session, spot)) = spot(app) else { return };
    let text = app.reviewed(session).comment(&spot).map(|comment| comment.text.clone()).unwrap_or_default();
    if let Some(ui) = ui(app) {
        ui.typing = Some(text);
    }
}

fn spot(app: &App) -> Option<(SessionId, super::super::review::Spot)> {
    let review = app.reviewing()?;
    let pages = review.pages()?;
    Some((review.what.session, pages.spot(pages.at)?))
}

/// The line that is typed.
pub(super) fn line(app: &mut App) -> Option<&mut String> {
    ui(app)?.typing.as_mut()
}

/// Keeps the comment; an empty one takes it away.
pub(super) fn keep_comment(app: &mut App) {
    let Some((session, spot)) = spot(app) else { return };
    let Some(mut text) = ui(app).and_then(|ui| ui.typing.take()) else { return };
    text.truncate(text.floor_char_boundary(COMMENT));
    let text = text.trim().to_owned();
    let comments = &mut app.reviews.entry(session).or_default().comments;
    let at = comments.iter().position(|comment| comment.spot == spot);
    match (at, text.is_empty()) {
        (Some(at), true) => drop(comments.remove(at)),
        (None, true) => {}
        (Some(at), false) => comments[at] = Comment { spot, text, given: false },
        (None, false) => comments.push(Comment { spot, text, given: false }),
    }
}

/// Leaves the line that is typed; true where one was.
pub(super) fn stop_typing(app: &mut App) -> bool {
    ui(app).is_some_and(|ui| ui.typing.take().is_some())
}

/// Whether there are comments to give.
pub(super) fn can_give(app: &App) -> Result<(), String> {
    app.can_act()?;
    let review = app.reviewing().ok_or("no review is open")?;
    if app.reviewed(review.what.session).unsent() == 0 {
        return Err("no comment waits: c on a line writes one".to_owned());
    }
    let session = app.state.session(review.what.session).ok_or("its session is gone")?;
    composer::takes_prompts(session)
}

/// All comments go into the composer as one prompt, below what is typed there already. Nothing is sent by it.
pub(super) fn give(app: &mut App, now: At) {
    let Some(session) = app.reviewing().map(|review| review.what.session) else { return };
    let Some(reviewed) = app.reviews.get_mut(&session) else { return };
    let (count, prompt) = (reviewed.unsent(), reviewed.prompt());
    reviewed.comments.iter_mut().for_each(|comment| comment.given = true);
    let typed = app.drafts.get(&session).map(|draft| draft.text.clone()).unwrap_or_default();
    let text = if typed.trim().is_empty() { prompt } else { format!("{}\n\n{prompt}", typed.trim_end()) };
    app.drafts.insert(session, Draft::of(text.trim_end().to_owned()));
    app.overlay = None;
    panes::select(app, session);
    app.focus = Focus::Composer;
    let what = if count == 1 { "1 comment stands".to_owned() } else { format!("{count} comments stand") };
    app.say(format!("{what} in the composer, to be edited and sent"), now);
}

/// Whether another stretch, or another moment to compare with, can be looked at.
pub(super) fn can_turn(app: &App) -> Result<(), String> {
    app.reviewing().map(|_| ()).ok_or_else(|| "no review is open".to_owned())
}

/// The whole session, from the selected step on, that step alone; of a file another moment to compare it with.
pub(super) fn turn(app: &mut App, now: At) -> Vec<Effect> {
    let Some(review) = app.reviewing() else { return Vec::new() };
    let (mut what, sort) = (review.what.clone(), review.sort);
    if sort == Sort::File {
        what.stretch.to = review.next_against();
        return ask(app, what, sort, now);
    }
    let Some(session) = app.state.session(what.session) else { return Vec::new() };
    let Some(step) = step_at_hand(app, session) else {
        app.say("no step is selected in the timeline: this is the whole session", now);
        return Vec::new();
    };
    let last = app.replay.as_ref().map_or(Point::Last, |replay| Point::Record { seq: replay.at.0 });
    what.stretch = match what.stretch {
        Stretch { from: Point::First, .. } => Stretch { from: Point::Before { step }, to: last },
        Stretch { from: Point::Before { .. }, to } if to == last => Stretch::step(step),
        _ => Stretch { from: Point::First, to: last },
    };
    ask(app, what, sort, now)
}

/// The step on which the timeline stands, or the nearest one before it.
pub(super) fn step_at_hand(app: &App, session: &Session) -> Option<u32> {
    let no = app.current(session)?;
    let near = (0..=no).rev().take(1 << 10).find_map(|no| app.entry(session, no).and_then(Entry::step));
    near.map(|step| step.number)
}

/// Goes to the step that made the hunk at hand.
pub(super) fn to_step(app: &mut App, now: At) {
    let Some((session, number)) = maker(app) else {
        return app.say("no step of this session made this", now);
    };
    let found = app.state.session(session).and_then(|session| {
        let is_it = |entry: &&Entry| entry.step().is_some_and(|step| step.number == number);
        session.timeline.entries.values().rev().find(is_it).map(|entry| entry.no)
    });
    match found {
        Some(no) => {
            app.overlay = None;
            panes::select(app, session);
            timeline::show(app, session, no);
        }
        None => app.say(format!("step {number} is not in memory: scroll back in the timeline to it"), now),
    }
}

fn maker(app: &App) -> Option<(SessionId, u32)> {
    let review = app.reviewing()?;
    let pages = review.pages()?;
    let (file, hunk) = pages.hunk_at(pages.at)?;
    let told = pages.changes.files.get(file)?;
    let makers = told.hunks.get(hunk).or(told.hunks.first())?;
    Some((review.what.session, *makers.steps.last()?))
}
