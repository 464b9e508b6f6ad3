//! Moving: in lists, in timelines, into things and back out of them.

use super::super::Action;
use super::super::app::{App, Focus, Overlay};
use super::super::msg::{Effect, Hit, Press};
use super::super::{Menu, PaneUi};
use super::accept;
use super::batch;
use super::card;
use super::elsewhere;
use super::everywhere;
use super::find;
use super::fleet;
use super::grants;
use super::guard;
use super::panes;
use super::peek;
use super::picker;
use super::reply;
use super::review;
use super::scopes::{Place, place};
use super::select;
use super::settings;
use super::stats;
use super::timeline;
use super::undo;
use super::way;
use crate::domain::{At, RequestId, SessionId};
use crate::state::Life;

/// A move in a list or a text.
#[derive(Debug, Clone, Copy)]
pub(super) enum Move {
    /// So many rows or items on.
    Lines(i64),
    /// So many half pages on.
    Halves(i64),
    /// To the first.
    Top,
    /// To the last.
    End,
}

/// Further than any text is long, and far from the end of numbers.
const FAR: i64 = 1 << 40;

impl Move {
    /// As a number of rows, where a page has `height` of them.
    pub(super) fn rows(self, height: u16) -> i64 {
        match self {
            Self::Lines(n) => n,
            // A page keeps one row of the page before.
            Self::Halves(n) => n * (i64::from(height.max(2)) - 1).max(2) / 2,
            Self::Top => -FAR,
            Self::End => FAR,
        }
    }

    /// The place in a list of `len` items that it leads to from `at`.
    pub(super) fn within(self, at: usize, len: usize) -> usize {
        let at = i64::try_from(at).unwrap_or(FAR);
        let to = usize::try_from(at.saturating_add(self.rows(20)).max(0)).unwrap_or(0);
        to.min(len.saturating_sub(1))
    }
}

pub(super) fn go(app: &mut App, by: Move, now: At) {
    match place(app) {
        Place::Help | Place::HelpFind => {
            if let Some(Overlay::Help { top, .. }) = &mut app.overlay {
                *top = moved(*top, by.rows(app.size.1.saturating_sub(4))).min(1_000);
            }
        }
        Place::Form => {
            if let Some(Overlay::NewSession(form)) = &mut app.overlay {
                form.field = by.within(form.field, super::forms::FIELDS);
            }
        }
        Place::Picker => picker::go(app, by),
        Place::Settings => settings::go(app, by),
        Place::Grants => grants::go(app, by, now),
        Place::Offers => {
            let offers = app.card.as_ref().and_then(|card| app.state.request(card.request)).map_or(0, card::choices);
            if let Some(Menu::Scopes { selected, .. }) = app.card.as_mut().and_then(|card| card.menu.as_mut()) {
                *selected = by.within(*selected, offers);
            }
        }
        Place::Select => select::go(app, by),
        Place::Reply => reply::go(app, by),
        Place::Card | Place::Sure => {
            let rows = by.rows(height_of(app, |hit| matches!(hit, Hit::Card)));
            if let Some(card) = &mut app.card {
                card.delta = card.delta.saturating_add(rows);
            }
        }
        Place::Batch => {
            let rows = by.rows(height_of(app, |hit| matches!(hit, Hit::Card)));
            if let Some(batch) = &mut app.batch {
                batch.delta = batch.delta.saturating_add(rows);
            }
        }
        Place::Rail | Place::Elsewhere => elsewhere::go(app, by),
        Place::Pane => go_in_pane(app, by),
        Place::Inspector => {
            let rows = by.rows(height_of(app, |hit| matches!(hit, Hit::Inspector)));
            app.inspector_top = moved(app.inspector_top, rows);
        }
        Place::Queue => {
            let queue: Vec<RequestId> = app.queue().iter().map(|waiting| waiting.request.id).collect();
            let at = queue.iter().position(|&id| Some(id) == app.queue_selected).unwrap_or(0);
            app.queue_selected = queue.get(by.within(at, queue.len())).copied();
        }
        Place::Peek => peek::go(app, by),
        Place::Accept => accept::go(app, by),
        Place::Undo => undo::go(app, by),
        Place::Review => review::go(app, by),
        Place::Way => way::go(app, by, now),
        Place::Context => way::scroll(app, by),
        Place::Stats => stats::go(app, by),
        Place::EverywhereLine | Place::Everywhere => everywhere::go(app, by),
        Place::Confirm
        | Place::CardText
        | Place::CardForm
        | Place::BatchText
        | Place::Composer
        | Place::Line
        | Place::ReviewText
        | Place::RailName
        | Place::Find
        | Place::SettingText
        | Place::SettingKey => {}
    }
}

/// A place that many rows on, and never before the first.
pub(super) fn moved(at: usize, rows: i64) -> usize {
    let rows_up = usize::try_from(rows.unsigned_abs()).unwrap_or(usize::MAX);
    if rows < 0 { at.saturating_sub(rows_up) } else { at.saturating_add(rows_up) }
}

/// Rows of an area of the last frame; before the first one, about those of the screen.
pub(super) fn height_of(app: &App, is: impl Fn(Hit) -> bool) -> u16 {
    let area = app.inner.hits.iter().find(|(_, hit)| is(*hit));
    area.map_or(app.size.1.saturating_sub(6), |((_, _, _, height), _)| *height)
}

fn go_in_pane(app: &mut App, by: Move) {
    let pane = app.pane;
    let height = height_of(app, |hit| hit == Hit::Pane(pane));
    let Some(id) = app.selected else { return };
    let next = app.state.session(id).map_or(0, |session| session.timeline.next);
    let Some(last) = next.checked_sub(1) else { return };
    let at = app.state.session(id).and_then(|session| app.current(session)).unwrap_or(last);
    let to = match by {
        Move::Lines(n) => app.state.session(id).map_or(at, |session| app.shown_entry(session, at, n, last)),
        Move::Halves(_) | Move::Top | Move::End => at,
    };
    let view = app.views.entry(id).or_default();
    let select = |view: &mut PaneUi, no: u64| {
        view.leave_end(next);
        (view.selected, view.reveal) = (Some(no), true);
    };
    match by {
        Move::Lines(n) => {
            if to == last && n > 0 {
                view.follow_end();
            } else {
                select(view, to);
            }
        }
        Move::Halves(n) if n < 0 || !view.follow => {
            view.leave_end(next);
            view.delta = view.delta.saturating_add(by.rows(height));
        }
        Move::Halves(_) => {}
        Move::Top => select(view, 0),
        Move::End => view.follow_end(),
    }
    app.inspector_top = 0;
}

/// Scrolls a session's pane by rows; what is selected stays selected while it can be seen.
pub(super) fn scroll(app: &mut App, id: SessionId, rows: i64) {
    let Some(next) = app.state.session(id).map(|session| session.timeline.next) else { return };
    let view = app.views.entry(id).or_default();
    if rows < 0 || !view.follow {
        view.leave_end(next);
        view.delta = view.delta.saturating_add(rows);
    }
}

/// Opens what is selected.
pub(super) fn open(app: &mut App, press: Press, now: At) -> Vec<Effect> {
    match place(app) {
        Place::Picker => return picker::choose(app, press, now),
        Place::Settings => return settings::change(app, press, now),
        Place::Grants => grants::origin(app, now),
        Place::Offers => return card::choose_offer(app, press, now),
        Place::Rail => {
            let Some(session) = app.subject() else { return Vec::new() };
            let waiting = session.waiting().next().map(|(request, _, _)| request.id);
            match (&session.life, waiting) {
                (Life::LoginNeeded { .. }, _) => picker::logins(app, now),
                (_, Some(id)) => card::open(app, id),
                (_, None) => app.focus = Focus::Pane,
            }
        }
        Place::Elsewhere => return elsewhere::open(app),
        Place::Peek => peek::open(app),
        Place::Stats => return stats::open(app),
        Place::EverywhereLine | Place::Everywhere => return everywhere::show(app),
        Place::Undo => undo::fold(app, now),
        Place::Review => review::to_step(app, now),
        Place::Pane | Place::Inspector => timeline::open(app),
        Place::Queue => {
            let queue = app.queue();
            let several = app.marks.len() > 1 && app.queue_selected.is_some_and(|id| app.marks.contains(&id));
            if several {
                drop(queue);
                batch::open(app, now);
                return Vec::new();
            }
            let id = app.queue_selected.filter(|&id| queue.iter().any(|waiting| waiting.request.id == id));
            if let Some(id) = id.or(queue.first().map(|waiting| waiting.request.id)) {
                card::open(app, id);
            }
        }
        Place::Way
        | Place::Context
        | Place::Help
        | Place::HelpFind
        | Place::Form
        | Place::Confirm
        | Place::Accept
        | Place::CardText
        | Place::CardForm
        | Place::Sure
        | Place::Reply
        | Place::BatchText
        | Place::Select
        | Place::SettingText
        | Place::SettingKey
        | Place::Card
        | Place::Batch
        | Place::Composer
        | Place::Line
        | Place::ReviewText
        | Place::RailName
        | Place::Find => {}
    }
    Vec::new()
}

/// Whether there is something to move in.
pub(super) fn can_move(app: &App) -> Result<(), String> {
    let empty = match place(app) {
        Place::Rail | Place::Elsewhere => fleet::rail(app).is_empty() && app.others().is_empty(),
        Place::Pane | Place::Inspector => app.selected.is_none(),
        Place::Queue => app.state.waiting() == 0,
        Place::Review => return review::can_move(app),
        Place::Undo => app.undoing().is_none_or(|undo| undo.preview().is_none()),
        Place::Way
        | Place::Context
        | Place::Stats
        | Place::EverywhereLine
        | Place::Everywhere
        | Place::Help
        | Place::HelpFind
        | Place::Settings
        | Place::Grants
        | Place::SettingText
        | Place::SettingKey
        | Place::Form
        | Place::Confirm
        | Place::Accept
        | Place::Picker
        | Place::CardText
        | Place::CardForm
        | Place::Sure
        | Place::Reply
        | Place::BatchText
        | Place::Select
        | Place::Offers
        | Place::Card
        | Place::Batch
        | Place::Peek
        | Place::Line
        | Place::ReviewText
        | Place::RailName
        | Place::Find
        | Place::Composer => false,
    };
    if empty { Err("there is nothing to move in yet".to_owned()) } else { Ok(()) }
}

/// Whether there is something to open.
pub(super) fn can_open(app: &App) -> Result<(), String> {
    match place(app) {
        Place::Rail | Place::Pane | Place::Inspector if app.subject().is_none() => {
            Err("there is no session yet".to_owned())
        }
        Place::Queue if app.state.waiting() == 0 => Err("nothing waits".to_owned()),
        Place::Offers => guard::standing(app).map(|_| ()),
        Place::Settings => settings::can(app, Action::Open),
        Place::Undo => undo::can_fold(app),
        Place::Review => review::can_move(app),
        Place::Grants if !grants::any(app) => Err("nothing is granted".to_owned()),
        Place::Stats => stats::can_open(app),
        Place::EverywhereLine | Place::Everywhere => everywhere::can_go(app),
        Place::Way | Place::Context => Err("there is nothing to open here".to_owned()),
        Place::Help
        | Place::Grants
        | Place::HelpFind
        | Place::SettingText
        | Place::SettingKey
        | Place::Form
        | Place::Confirm
        | Place::Accept
        | Place::Picker
        | Place::CardText
        | Place::CardForm
        | Place::Sure
        | Place::Reply
        | Place::BatchText
        | Place::Select
        | Place::Card
        | Place::Batch
        | Place::Peek
        | Place::Line
        | Place::ReviewText
        | Place::RailName
        | Place::Find
        | Place::Rail
        | Place::Elsewhere
        | Place::Pane
        | Place::Inspector
        | Place::Queue
        | Place::Composer => Ok(()),
    }
}

/// One place back, and never anything else.
pub(super) fn back(app: &mut App, now: At) {
    if let Some(Overlay::Help { filter: filter @ Some(_), top }) = &mut app.overlay {
        // First all keys again.
        (*filter, *top) = (None, 0);
        return;
    }
    if settings::stop_editing(app) || review::stop_typing(app) {
        return;
    }
    if let Some(closed) = app.overlay.take() {
        match closed {
            Overlay::Picker(_) => settings::come_back(app),
            Overlay::Confirm { .. } => grants::come_back(app),
            Overlay::Undo(_) | Overlay::Help { .. } => review::come_back(app),
            Overlay::Everywhere(search) => everywhere::left(app, search),
            _ => {}
        }
        return;
    }
    if app.batch.is_some() {
        return batch::back(app);
    }
    if app.selects_rows().is_some() {
        app.select = None;
        return;
    }
    if find::is_typed(app) || find::ends(app) {
        return find::leave(app);
    }
    if app.card.is_some() && app.focus == Focus::Card {
        if !card::step_back(app) {
            card::close(app);
        }
        return;
    }
    if app.focus == Focus::Rail && (fleet::clear(app) || elsewhere::back(app)) {
        return;
    }
    match app.focus {
        Focus::Composer | Focus::Inspector | Focus::Card => app.focus = Focus::Pane,
        Focus::Queue => panes::close_queue(app),
        Focus::Pane if app.zoom => app.zoom = false,
        Focus::Pane if app.replay.is_none() => app.focus = Focus::Rail,
        Focus::Pane | Focus::Rail => {
            let key = app.key(Action::Quit, "q");
            app.say(format!("this is as far back as it goes: {key} leaves"), now);
        }
    }
}

impl PaneUi {
    /// The reader leaves the end: what comes now is new.
    pub(super) fn leave_end(&mut self, next: u64) {
        if self.follow {
            (self.follow, self.seen_entries) = (false, next);
        }
    }

    /// The reader goes to the end, and stays there.
    pub(super) fn follow_end(&mut self) {
        (self.follow, self.selected, self.delta, self.reveal) = (true, None, 0, false);
    }
}
