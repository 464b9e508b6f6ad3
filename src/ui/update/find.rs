//! Searching in a session: letters look anew, a key goes on, going back is where the reader was. What comes meanwhile is
//! counted and moves nothing.

use super::super::app::{App, Focus};
use super::super::find::{Back, Find, Looking, MOST, Stage};
use super::super::msg::{Effect, Want};
use super::scopes::{Place, place};
use super::{composer, forms, within};
use crate::domain::{Answer, At, BodyRef, FindKind, Found, Looked, PageNo, Query, Search, SearchFrom, Seq, SessionId};
use crate::state::find::{Eyes, look};
use crate::state::{Entry, Session, page};
use crate::text::Needle;
use crossterm::event::KeyEvent;

/// Opens the line of a search: in the payload that is looked at, else in the selected session.
pub(super) fn open(app: &mut App) -> Vec<Effect> {
    match place(app) {
        Place::Help => forms::narrow_help(app),
        Place::Card | Place::Inspector => within::open(app),
        _ => in_session(app),
    }
    Vec::new()
}

fn in_session(app: &mut App) {
    let Some(session) = app.selected.and_then(|id| app.state.session(id)) else { return };
    let (id, next) = (session.id, session.timeline.next);
    let view = app.views.entry(id).or_default().clone();
    let last = next.saturating_sub(1);
    let origin = if view.follow { last } else { view.selected.unwrap_or(view.top.entry).min(last) };
    // A search that is still there gives way, and what it unfolded is folded.
    fold(app);
    let view = app.views.get(&id).cloned().unwrap_or(view);
    let back = Back { focus: app.focus, view };
    app.find = Some(Find {
        session: id,
        line: String::new(),
        kind: FindKind::All,
        stage: Stage::Typing,
        hits: std::collections::BTreeMap::new(),
        at: None,
        row: 0,
        looking: Looking::Done,
        back,
        number: 0,
        origin,
        ahead: false,
        seen: Seq(0),
        opened: None,
        rows: super::super::find::FoundRows::default(),
    });
    app.focus = Focus::Pane;
}

/// A letter in the line of a search.
pub(super) fn typed(app: &mut App, key: KeyEvent) -> Vec<Effect> {
    edit(app, |line| composer::edit_line(Some(line), key))
}

pub(super) fn pasted(app: &mut App, text: &str) -> Vec<Effect> {
    edit(app, |line| composer::append(Some(line), text))
}

fn edit(app: &mut App, f: impl FnOnce(&mut String)) -> Vec<Effect> {
    if within::is_typed(app) {
        within::edit(app, f);
        return Vec::new();
    }
    let Some(find) = &mut app.find else { return Vec::new() };
    let before = find.line.clone();
    f(&mut find.line);
    if find.line == before { Vec::new() } else { anew(app) }
}

/// Another kind of things is looked at.
pub(super) fn filter(app: &mut App, by: isize) -> Vec<Effect> {
    let Some(find) = &mut app.find else { return Vec::new() };
    find.kind = find.kind.step(by);
    anew(app)
}

/// Looks from the beginning: at what is in memory now, at the log step by step.
fn anew(app: &mut App) -> Vec<Effect> {
    app.inner.searches += 1;
    let number = app.inner.searches;
    fold(app);
    let Some(find) = &mut app.find else { return Vec::new() };
    find.hits.clear();
    (find.at, find.row, find.number, find.ahead) = (None, 0, number, false);
    let id = find.session;
    find.looking = if find.line.is_empty() { Looking::Done } else { Looking::On };
    let needle = find.needle();
    if find.stage == Stage::Typing {
        // From where the reader was, so that what was found by fewer letters leaves no trace.
        app.views.insert(id, find.back.view.clone());
    }
    let Some(needle) = needle else { return Vec::new() };
    let whole_from = app.state.session(id).map_or(0, |session| session.timeline.whole_from());
    look_at_memory(app, &needle, Seq(0));
    if let Some(find) = &mut app.find {
        find.ahead = find.origin >= whole_from;
    }
    let mut effects = ask(app, None);
    effects.extend(choose(app));
    effects
}

/// Looks at the entries in memory that changed after a record; true where some text was not at hand.
fn look_at_memory(app: &mut App, needle: &Needle, after: Seq) -> bool {
    let Some(find) = &mut app.find else { return false };
    let Some(session) = app.state.session(find.session) else { return false };
    find.seen = session.seq;
    let bodies = &app.bodies;
    let mut body = |body: &BodyRef| bodies.get(&body.digest).cloned().flatten();
    let look_for = |text: &str| needle.find(text);
    let mut eyes = Eyes { find: &look_for, body: &mut body, blind: false };
    for entry in session.timeline.entries.values().filter(|entry| entry.changed > after) {
        if let Some(spot) = look(entry, find.kind, &mut eyes)
            && (find.hits.len() < MOST || find.hits.contains_key(&entry.no))
        {
            let (session, page) = (session.id, page::page_of(entry.seq));
            let (entry, seq) = (entry.no, entry.seq);
            let found = Found { session, entry, seq, page, part: spot.part, line: spot.line, excerpt: spot.excerpt };
            find.hits.insert(entry, found);
        }
    }
    eyes.blind
}

/// Asks for the next step, or for the first one.
fn ask(app: &App, from: Option<SearchFrom>) -> Vec<Effect> {
    let Some(find) = &app.find else { return Vec::new() };
    let Some(session) = app.state.session(find.session) else { return Vec::new() };
    let from = from.unwrap_or_else(|| SearchFrom::page(page_of(app, session, find.origin)));
    let (number, session, upto) = (find.number, session.id, session.seq);
    let (text, kind) = (find.line.clone(), find.kind);
    vec![Effect::Ask(Query::Search(Search { number, session, upto, text, kind, from }))]
}

/// The page in which an entry is, about: one that is not settled is in the last.
fn page_of(app: &App, session: &Session, no: u64) -> PageNo {
    if session.timeline.entries.contains_key(&no) {
        return page::page_of(session.seq);
    }
    let of = |entries: &[Entry]| entries.binary_search_by_key(&no, |entry| entry.no).is_ok();
    let pages = app.past.range((session.id, PageNo(0))..=(session.id, PageNo(u64::MAX)));
    let found = pages.into_iter().find(|(_, entries)| of(entries)).map(|((_, page), _)| *page);
    found.unwrap_or_else(|| page::page_of(session.seq))
}

/// What a step found.
pub(super) fn found(app: &mut App, number: u64, found: Vec<Found>, looked: Looked) -> Vec<Effect> {
    let Some(find) = app.find.as_mut().filter(|find| find.number == number) else { return Vec::new() };
    for found in found {
        if find.hits.len() < MOST {
            find.hits.entry(found.entry).or_insert(found);
        }
    }
    let enough = find.hits.len() >= MOST;
    let next = match (looked, &find.looking) {
        (_, _) if enough => Err(Looking::Enough),
        (Looked::Failed(why), _) => Err(Looking::Failed(why)),
        (Looked::All, _) | (Looked::More(_), Looking::Again) => Err(Looking::Done),
        (Looked::More(from), _) => Ok(from),
    };
    let mut effects = match next {
        Ok(from) => {
            find.ahead |= from.page < from.origin;
            ask(app, Some(from))
        }
        Err(end) => {
            (find.looking, find.ahead) = (end, true);
            Vec::new()
        }
    };
    effects.extend(choose(app));
    effects
}

/// The answer to a step, where it is one.
pub(super) fn answered(app: &mut App, answer: Answer) -> Vec<Effect> {
    match answer {
        Answer::Found { search, found: entries, looked } => found(app, search, entries, looked),
        _ => Vec::new(),
    }
}

/// Brings the reader to the first hit from where they were on, else to the nearest one before, once it is known which.
/// Only while they type: a hit that is found later moves nothing.
fn choose(app: &mut App) -> Vec<Effect> {
    let Some(find) = app.find.as_ref().filter(|find| find.at.is_none() && find.stage == Stage::Typing) else {
        return Vec::new();
    };
    if !find.ahead && find.looking == Looking::On {
        return Vec::new();
    }
    let on = find.hits.range(find.origin..).next();
    match on.or_else(|| find.hits.range(..find.origin).next_back()).map(|(&no, _)| no) {
        Some(no) => show(app, no),
        None => Vec::new(),
    }
}

/// The next hit, or the one before; around the end, and says so.
pub(super) fn go(app: &mut App, by: isize, now: At) -> Vec<Effect> {
    if within::is_here(app) {
        within::go(app, by);
        return Vec::new();
    }
    let Some(find) = &mut app.find else { return Vec::new() };
    // Further rows of the same entry come first.
    let rows = if Some(find.rows.entry) == find.at { find.rows.of } else { 1 };
    if let Some(row) = find.row.checked_add_signed(by).filter(|&row| row < rows) {
        find.row = row;
        let (id, at) = (find.session, find.at);
        if let Some(view) = app.views.get_mut(&id) {
            (view.selected, view.reveal) = (at, true);
        }
        return Vec::new();
    }
    let from = find.at.unwrap_or(find.origin);
    let near =
        if by > 0 { find.hits.range(from.saturating_add(1)..).next() } else { find.hits.range(..from).next_back() };
    let around = if by > 0 { find.hits.iter().next() } else { find.hits.iter().next_back() };
    let (to, wrapped) = (near.or(around).map(|(&no, _)| no), near.is_none());
    let on = if find.looking == Looking::On { ", still looking" } else { "" };
    let said = match (wrapped, by > 0) {
        (true, true) => Some(format!("that was the last one{on}: here is the first")),
        (true, false) => Some(format!("that was the first one{on}: here is the last")),
        (false, _) => None,
    };
    let Some(to) = to else { return Vec::new() };
    let effects = show(app, to);
    if let Some(find) = app.find.as_mut().filter(|_| by < 0) {
        // Going up, the last row of an entry is the nearest.
        find.row = usize::MAX;
    }
    if let Some(said) = said {
        app.say(said, now);
    }
    effects
}

/// Brings the reader to a hit: its entry is selected, unfolded where it hides what was found, and its page asked for.
fn show(app: &mut App, no: u64) -> Vec<Effect> {
    fold(app);
    let Some(find) = &mut app.find else { return Vec::new() };
    let (id, hit) = (find.session, find.hits.get(&no).cloned());
    (find.at, find.row) = (Some(no), 0);
    let Some(session) = app.state.session(id) else { return Vec::new() };
    let here = session.timeline.entries.contains_key(&no) || is_in_past(app, id, no);
    let next = session.timeline.next;
    let view = app.views.entry(id).or_default();
    view.leave_end(next);
    (view.selected, view.reveal) = (Some(no), true);
    let hidden = hit.as_ref().is_some_and(hides);
    if hidden
        && view.unfolded.insert(no)
        && let Some(find) = &mut app.find
    {
        find.opened = Some(no);
    }
    app.inspector_top = 0;
    match hit {
        // A guess of the view would look for it page by page.
        Some(hit) if !here && app.wanted.insert(Want::Page(id, hit.page)) => {
            vec![Effect::Ask(Query::Page { session: id, page: hit.page })]
        }
        Some(_) | None => Vec::new(),
    }
}

fn is_in_past(app: &App, id: SessionId, no: u64) -> bool {
    let mut pages = app.past.range((id, PageNo(0))..=(id, PageNo(u64::MAX)));
    pages.any(|(_, entries)| entries.binary_search_by_key(&no, |entry| entry.no).is_ok())
}

/// True where a folded entry does not show what was found in it, or may not.
fn hides(hit: &Found) -> bool {
    use crate::domain::FoundIn;
    match hit.part {
        FoundIn::Text | FoundIn::Command | FoundIn::Title => hit.line > 0,
        // The inspector has these, and a pane that unfolds has not.
        FoundIn::Path | FoundIn::Change | FoundIn::Reason => false,
        FoundIn::Arguments | FoundIn::Output => true,
    }
}

/// Folds what was unfolded to show a hit.
fn fold(app: &mut App) {
    let Some(find) = &mut app.find else { return };
    if let (Some(no), Some(view)) = (find.opened.take(), app.views.get_mut(&find.session)) {
        view.unfolded.remove(&no);
    }
}

/// `Enter`: the hits stay, and the reader where they are.
pub(super) fn keep(app: &mut App, now: At) {
    if within::is_typed(app) {
        within::keep(app, now);
        return;
    }
    let Some(find) = &mut app.find else { return };
    if find.line.is_empty() {
        return leave(app);
    }
    find.stage = Stage::Kept;
    if find.hits.is_empty() && find.looking == Looking::Done {
        let said = format!("nothing here holds {:?}", find.line);
        app.say(said, now);
    }
}

/// `Esc`: while its line is typed in, back to where the reader was; later only the marks go.
pub(super) fn leave(app: &mut App) {
    if within::is_here(app) {
        return within::leave(app);
    }
    let Some(find) = app.find.take() else { return };
    if find.stage == Stage::Typing {
        app.views.insert(find.session, find.back.view);
        app.focus = find.back.focus;
    }
}

/// True where the line of a search has the keys, once nothing lies over it.
pub(super) fn is_typed(app: &App) -> bool {
    within::is_typed(app) || (is_here(app) && app.find.as_ref().is_some_and(|find| find.stage == Stage::Typing))
}

/// True where `Esc` ends a search whose line is typed in no more.
pub(super) fn ends(app: &App) -> bool {
    within::is_here(app) || is_here(app)
}

/// True where the session that was searched in is looked at.
fn is_here(app: &App) -> bool {
    app.focus == Focus::Pane && app.find.as_ref().is_some_and(|find| app.selected == Some(find.session))
}

/// New facts: what holds it is counted. Nothing moves.
pub(super) fn heard(app: &mut App) -> Vec<Effect> {
    let Some(find) = app.find.as_ref().filter(|find| !find.line.is_empty()) else { return Vec::new() };
    let (seen, id) = (find.seen, find.session);
    let Some((needle, session)) = find.needle().zip(app.state.session(id)) else { return Vec::new() };
    if session.seq <= seen {
        return Vec::new();
    }
    let last = page::page_of(session.seq);
    let blind = look_at_memory(app, &needle, seen);
    let Some(find) = app.find.as_mut().filter(|find| blind && find.looking == Looking::Done) else {
        return Vec::new();
    };
    // A long text came that is in the log only: its page is looked at again.
    find.looking = Looking::Again;
    ask(app, Some(SearchFrom::page(last)))
}

/// The cursor of a replay has moved: what is found is what was known then.
pub(super) fn sought(app: &mut App) -> Vec<Effect> {
    let Some(find) = &mut app.find else { return Vec::new() };
    let (at, row, stage) = (find.at, find.row, find.stage);
    let next = app.state.session(find.session).map_or(0, |session| session.timeline.next);
    find.back.view.unfolded.retain(|no| *no < next);
    find.opened.take_if(|no| *no >= next);
    // What is shown stays as it is: only the counting begins anew.
    let opened = find.opened.take();
    find.stage = Stage::Kept;
    let effects = anew(app);
    if let Some(find) = &mut app.find {
        (find.at, find.row, find.stage, find.opened) = (at.filter(|no| *no < next), row, stage, opened);
    }
    effects
}

/// What the last frame told of the current hit's rows.
pub(super) fn painted(app: &mut App, rows: Option<(u64, usize)>) {
    if let (Some(find), Some((entry, of))) = (&mut app.find, rows)
        && find.at == Some(entry)
    {
        find.rows = super::super::find::FoundRows { entry, of };
        find.row = find.row.min(of.saturating_sub(1));
    }
}

/// A line that has the keys no more is no longer typed in; a payload that is gone is not looked through.
pub(super) fn follow(app: &mut App) {
    within::follow(app);
    let gone = app.find.as_ref().is_some_and(|find| app.state.session(find.session).is_none());
    if gone {
        app.find = None;
    }
    let elsewhere =
        app.focus != Focus::Pane || app.find.as_ref().is_some_and(|find| app.selected != Some(find.session));
    if let Some(find) = app.find.as_mut().filter(|find| elsewhere && find.stage == Stage::Typing) {
        find.stage = Stage::Kept;
        if find.line.is_empty() {
            app.find = None;
        }
    }
}

/// Whether there is something to go to.
pub(super) fn can_go(app: &App) -> Result<(), String> {
    if within::is_here(app) {
        return within::can_go(app);
    }
    let find = app.find.as_ref().filter(|find| app.selected == Some(find.session) && !find.line.is_empty());
    match find {
        None => Err(format!("nothing is searched for: {} searches", app.key(super::Action::Find, "/"))),
        Some(find) if find.hits.is_empty() && find.looking == Looking::On => Err("still looking".to_owned()),
        Some(find) if find.hits.is_empty() => Err(format!("nothing here holds {:?}", find.line)),
        Some(_) => Ok(()),
    }
}

/// Whether the search that is typed looks at kinds of things.
pub(super) fn has_kinds(app: &App) -> Result<(), String> {
    if within::is_here(app) { Err("a payload is of one kind".to_owned()) } else { Ok(()) }
}

/// Whether there is something to search in.
pub(super) fn can_open(app: &App) -> Result<(), String> {
    match place(app) {
        Place::Card | Place::Help => Ok(()),
        Place::Inspector => within::can_open(app),
        _ if app.selected.is_some() => Ok(()),
        _ => Err("there is no session to search in yet".to_owned()),
    }
}
