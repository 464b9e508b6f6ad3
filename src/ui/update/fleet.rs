//! The rail's own keys: how it is sorted, what it lists, which names it finds. The selection stays where it is.

use super::super::app::{App, Focus};
use super::super::elsewhere::OtherRow;
use super::super::fleet::{Filter, Sort};
use super::{Action, composer, panes};
use crate::domain::{At, SessionId};
use crossterm::event::KeyEvent;

/// The sessions of the rail in their order.
#[must_use]
pub fn rail(app: &App) -> Vec<SessionId> {
    app.listed().into_iter().map(|row| row.session.id).collect()
}

/// The next order.
pub(super) fn sort(app: &mut App, now: At) {
    app.fleet.sort = app.fleet.sort.next();
    let key = app.key(Action::Sort, "s");
    let how = match app.fleet.sort {
        Sort::Need => "by need: what waits for you, what runs, what came to rest",
        Sort::Slot => "by number",
        Sort::Age => "by age: what changed last comes first",
        Sort::Name => "by name",
        Sort::Cost => "by cost: the dearest comes first",
    };
    let next = app.fleet.sort.next().words();
    app.say(format!("sorted {how} ({key} again: {next})"), now);
}

/// The next filter. Where the selected session is not listed by it, the first one that is becomes selected.
pub(super) fn filter(app: &mut App, now: At) {
    app.fleet.filter = app.fleet.filter.next();
    super::elsewhere::settle(app);
    let rows = app.listed();
    let passing: Vec<SessionId> = rows.iter().filter(|row| app.passes(row)).map(|row| row.session.id).collect();
    let key = app.key(Action::Filter, "f");
    let next = app.fleet.filter.next().words();
    let count = passing.len();
    let what = match app.fleet.filter {
        Filter::All => format!("all {count} sessions"),
        Filter::NeedsYou => format!("only what needs you: {count}"),
        Filter::Working => format!("only what works: {count}"),
        Filter::Failed => format!("only what failed: {count}"),
        Filter::Here => format!("only what works in {} or below: {count}", app.here),
        Filter::Archived => {
            let back = app.key(Action::Archive, "A");
            format!("what was put away: {count}, {back} brings back")
        }
    };
    if let Some(first) = passing.first().filter(|_| app.selected.is_none_or(|id| !passing.contains(&id))) {
        panes::select(app, *first);
    }
    app.say(format!("{what} ({key} again: {next})"), now);
}

/// Begins to type a name.
pub(super) fn find(app: &mut App) {
    app.focus = Focus::Rail;
    app.fleet.typing = true;
}

/// A key while a name is typed.
pub(super) fn typed(app: &mut App, key: KeyEvent) {
    composer::edit_line(Some(&mut app.fleet.name), key);
}

pub(super) fn pasted(app: &mut App, text: &str) {
    composer::append(Some(&mut app.fleet.name), text);
}

/// The name is typed: its filter stays, and the first that it finds is selected.
pub(super) fn submit(app: &mut App, now: At) {
    app.fleet.typing = false;
    let rail = rail(app);
    match rail.first() {
        None if !app.others().is_empty() => {
            app.fleet.others.at = app.others().first().map(|one| OtherRow::One(one.id));
        }
        None => app.say("no session has these letters in its name", now),
        Some(first) if app.selected.is_none_or(|id| !rail.contains(&id)) => panes::select(app, *first),
        Some(_) => {}
    }
}

/// Goes back from what narrows the rail; true where anything did.
pub(super) fn clear(app: &mut App) -> bool {
    let fleet = &mut app.fleet;
    if fleet.typing || !fleet.name.is_empty() {
        fleet.typing = false;
        fleet.name.clear();
        super::elsewhere::settle(app);
        return true;
    }
    std::mem::take(&mut fleet.filter) != Filter::All
}
