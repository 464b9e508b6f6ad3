//! One table of keys: dispatch, the footer, the help and the configuration all read it.
//!
//! [`lookup`] gives the action of a key in the place where the keys are; [`footer`] and [`help`] say what acts, in the
//! words of the table; [`rebind()`] checks what `config.toml` says instead. Where text is typed, a plain character is text.

mod elsewhere;
mod everywhere;
mod rebind;
mod replay;
mod stats;
mod table;
mod words;

pub use rebind::{Fault, Rebound, rebind};
pub use table::Row;

use crate::ui::update::{available, scopes, scopes_under};
use crate::ui::way::Does;
use crate::ui::{Action, App, CardUi, Chord, Focus, Overlay, Scope};
use crossterm::event::KeyEvent;
use std::sync::LazyLock;

/// Every row, in the order in which the help lists them.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    table::TABLE.iter().chain(elsewhere::TABLE).chain(stats::TABLE).chain(everywhere::TABLE).chain(replay::TABLE)
}

/// A key, and what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The key, or the keys.
    pub keys: String,
    /// What it does: a word or two in the footer, a sentence in the help.
    pub what: String,
    /// What it does, for the program.
    pub action: Action,
}

/// The keys of one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Which.
    pub scope: Scope,
    /// Its name.
    pub title: &'static str,
    /// The keys act in the present place.
    pub here: bool,
    /// Its keys.
    pub items: Vec<Item>,
}

/// What a key does in the present place; `None` where it is text, or nothing.
#[must_use]
pub fn lookup(app: &App, key: KeyEvent) -> Option<Action> {
    let chord = Chord::from(key);
    let scopes = scopes(app);
    if chord.is_text() && scopes.iter().any(|scope| scope.is_typing()) {
        return None;
    }
    let of = |scope: Scope| move |bound: &&Bound| bound.row.scope == scope && bound.keys(&app.rebound).contains(&chord);
    scopes.into_iter().find_map(|scope| BOUND.iter().find(of(scope)).map(|bound| bound.row.action))
}

/// The key that does something in the present place, else anywhere; `None` where no key is bound to it.
#[must_use]
pub fn key(app: &App, action: Action) -> Option<String> {
    key_in(app, &scopes(app), action)
}

fn key_in(app: &App, scopes: &[Scope], action: Action) -> Option<String> {
    let mut rows: Vec<&Bound> = BOUND.iter().filter(|bound| bound.row.action == action).collect();
    rows.sort_by_key(|bound| !scopes.contains(&bound.row.scope));
    rows.into_iter().find_map(|bound| bound.keys(&app.rebound).first().map(|chord| chord.face()))
}

/// The same for the place that lies under a list or a question.
#[must_use]
pub fn key_under(app: &App, action: Action) -> Option<String> {
    key_in(app, &scopes_under(app), action)
}

/// The name of the place that has the keys.
#[must_use]
pub fn place(app: &App) -> &'static str {
    scopes(app).first().map_or("everywhere", |scope| title(*scope))
}

/// What an action does, in the sentence of the widest place it has.
#[must_use]
pub fn about(action: Action) -> &'static str {
    rows_of(action).first().map_or("", |bound| bound.row.help)
}

/// The rows of an action, the widest place first.
fn rows_of(action: Action) -> Vec<&'static Bound> {
    let mut rows: Vec<&Bound> = BOUND.iter().filter(|bound| bound.row.action == action).collect();
    rows.sort_by_key(|bound| match bound.row.scope {
        Scope::Global | Scope::Always => 0,
        Scope::List => 1,
        _ => 2,
    });
    rows
}

/// The keys that the table gives an action, in any place.
#[must_use]
pub fn usual(action: Action) -> Vec<Chord> {
    let mut keys: Vec<Chord> = Vec::new();
    for bound in rows_of(action) {
        for chord in &bound.own {
            if !keys.contains(chord) {
                keys.push(*chord);
            }
        }
    }
    keys
}

/// What acts now in the present place, most important first: a narrow screen shows the first ones.
#[must_use]
pub fn footer(app: &App) -> Vec<Item> {
    let scopes = scopes(app);
    let shown = |scope: Scope| BOUND.iter().filter(move |bound| bound.row.scope == scope && bound.row.rank > 0);
    let mut rows: Vec<&Bound> = scopes.iter().flat_map(|scope| shown(*scope)).collect();
    rows.retain(|bound| available(app, bound.row.action).is_ok() && acts(app, &scopes, bound));
    rows.retain(|bound| is_worth_a_place(app, bound.row));
    rows.sort_by_key(|bound| if reads_on(app, bound.row) { 0 } else { bound.row.rank });
    joined(app, &rows, |row| label(app, row))
}

/// All keys by place: the present place first, then the others.
#[must_use]
pub fn help(app: &App) -> Vec<Section> {
    let here = scopes_under(app);
    let rest = Scope::ALL.iter().copied().filter(|scope| !here.contains(scope));
    let order: Vec<Scope> = here.iter().copied().chain(rest).collect();
    let section = |scope: Scope| {
        let rows: Vec<&Bound> = BOUND.iter().filter(|bound| bound.row.scope == scope).collect();
        let mut items = joined(app, &rows, |row| row.help);
        // What the palette alone does is named as it is found there.
        let palette = key(app, Action::Palette).unwrap_or_default();
        let keyless = rows.iter().filter(|bound| bound.keys(&app.rebound).is_empty() && bound.own.is_empty());
        items.extend(keyless.map(|bound| Item {
            keys: palette.clone(),
            what: bound.row.help.to_owned(),
            action: bound.row.action,
        }));
        Section { scope, title: title(scope), here: here.contains(&scope), items }
    };
    order.into_iter().map(section).filter(|section| !section.items.is_empty()).collect()
}

/// A row and its keys, read once.
struct Bound {
    row: &'static Row,
    own: Vec<Chord>,
}

static BOUND: LazyLock<Vec<Bound>> = LazyLock::new(|| {
    let keys = |row: &Row| row.keys.split_whitespace().filter_map(|name| name.parse().ok()).collect();
    rows().map(|row| Bound { row, own: keys(row) }).collect()
});

impl Bound {
    /// The configured keys, else the table's. Where text is typed, a plain character stays text.
    fn keys<'a>(&'a self, rebound: &'a Rebound) -> &'a [Chord] {
        match rebound.get(&self.row.action) {
            Some(given) if !self.row.scope.is_typing() || given.iter().all(|chord| !chord.is_text()) => given,
            Some(_) | None => &self.own,
        }
    }
}

/// True where no inner place takes the row's key for something else.
fn acts(app: &App, scopes: &[Scope], bound: &Bound) -> bool {
    let Some(first) = bound.keys(&app.rebound).first() else { return false };
    let inner =
        |scope: &Scope| scopes.iter().take_while(|other| **other != bound.row.scope).any(|other| other == scope);
    !BOUND.iter().any(|other| inner(&other.row.scope) && other.keys(&app.rebound).contains(first))
}

/// A replay's footer is for the replay's own keys.
fn is_worth_a_place(app: &App, row: &Row) -> bool {
    app.replay.is_none() || row.scope != Scope::Global || matches!(row.action, Action::Help | Action::Quit)
}

/// True for the key that reads on, on a card of which not all was read: it comes before all others then.
fn reads_on(app: &App, row: &Row) -> bool {
    let unread = |card: &CardUi| card.painted.is_some() && !card.end_seen;
    let several = app.batch.as_ref().is_some_and(|batch| batch.painted.is_some() && batch.unread() > 0);
    let one = app.focus == Focus::Card && app.card.as_ref().is_some_and(unread);
    row.action == Action::PageDown && (one || several)
}

/// Neighbours that say the same are one item: `← → step`, `1 … 9`.
fn joined(app: &App, rows: &[&Bound], say: impl Fn(&Row) -> &'static str) -> Vec<Item> {
    let mut items: Vec<(Item, Vec<String>)> = Vec::new();
    for bound in rows {
        let row = bound.row;
        let Some(first) = bound.keys(&app.rebound).first().map(|chord| chord.face()) else { continue };
        let what = say(row);
        match items.last_mut() {
            Some((item, keys)) if item.what == what => keys.push(first),
            _ => {
                let item = Item { keys: String::new(), what: what.to_owned(), action: row.action };
                items.push((item, vec![first]));
            }
        }
    }
    let face = |keys: &[String]| match keys {
        [first, .., last] if keys.len() > 3 => format!("{first}…{last}"),
        keys => keys.join(" "),
    };
    items.into_iter().map(|(item, keys)| Item { keys: face(&keys), ..item }).collect()
}

/// The row's word in the footer, where the place makes it more precise.
fn label(app: &App, row: &Row) -> &'static str {
    let runs = app.subject().is_some_and(|session| session.turn.is_some());
    match (row.action, row.scope) {
        (Action::PageDown, _) if reads_on(app, row) => "read on",
        (Action::PlayPause, _) if app.replay.as_ref().is_some_and(|replay| replay.playing) => "pause",
        (Action::Allow, Scope::Card) => app.words_of_card().0,
        (Action::Deny, Scope::Card) => app.words_of_card().1,
        (Action::Submit, Scope::Edit) => app.words_of_card().2,
        (Action::Submit, Scope::Typing) if app.words_of_card().2 == "look" => "look",
        (Action::Submit, Scope::Composer) if runs => "queue",
        (Action::Submit, Scope::Typing) if matches!(app.overlay, Some(Overlay::Rename { .. })) => "rename",
        (Action::Submit, Scope::Typing) if matches!(app.overlay, Some(Overlay::GoTo(_))) => "go",
        (Action::Submit, Scope::Typing) if app.reviewing().is_some() => "keep the comment",
        (Action::Submit, Scope::Typing) if app.fleet.typing => "keep",
        (Action::Submit, Scope::Typing) if app.batch.is_some() => "deny them",
        (Action::Open, Scope::Queue) if app.marks.len() > 1 => "review",
        (Action::Open, Scope::Undo) => match app.undoing().and_then(|undo| undo.preview()) {
            Some(preview) if preview.open.contains(&preview.at) => "fold",
            Some(_) | None => row.label,
        },
        (Action::Open, Scope::Elsewhere) if app.other().is_none() => match app.fleet.others.open {
            true => "fold",
            false => "list them",
        },
        (Action::Archive, _) if app.subject().is_some_and(|session| session.archived) => "bring back",
        (Action::Open, Scope::Rail) if app.subject().is_some_and(|session| session.waiting().next().is_some()) => {
            "review"
        }
        (Action::Yes, Scope::Way) => match app.parting().map(|open| open.does) {
            Some(Does::Rewind) => "take back",
            Some(Does::Fork) => "fork",
            None => row.label,
        },
        _ => row.label,
    }
}

/// The name of a place.
#[must_use]
pub fn title(scope: Scope) -> &'static str {
    match scope {
        Scope::Always => "everywhere, also while typing",
        Scope::Global => "everywhere",
        Scope::List => "lists and texts",
        Scope::Rail => "the rail",
        Scope::Elsewhere => "sessions of other tools",
        Scope::Pane => "a session's pane",
        Scope::Inspector => "the inspector",
        Scope::Queue => "the queue",
        Scope::Select => "rows that are selected",
        Scope::Card => "a request's card",
        Scope::Batch => "the card of several requests",
        Scope::Menu => "a menu",
        Scope::Edit => "a call that is edited",
        Scope::Sure => "a changed call, before it is sent",
        Scope::Reply => "answers to an agent's questions",
        Scope::Picker => "a list to choose from",
        Scope::Composer => "the composer",
        Scope::Completing => "a word that is completed",
        Scope::Typing => "a line that is typed",
        Scope::Form => "a form",
        Scope::Find => "the line of a search",
        Scope::Settings => "the settings",
        Scope::Grants => "the list of grants",
        Scope::Confirm => "a question",
        Scope::Undo => "what an undo would do",
        Scope::Review => "a review",
        Scope::Way => "how far a conversation goes back, or is copied",
        Scope::Context => "what a context is made of",
        Scope::Stats => "what sessions came to",
        Scope::EverywhereLine => "the line of a search over all sessions",
        Scope::Everywhere => "what a search over all sessions found",
        Scope::Help => "this list",
        Scope::Peek => "a look at a session",
        Scope::HelpFind => "the line that narrows this list",
        Scope::Replay => "a replay",
    }
}

#[cfg(test)]
mod tests;
