//! Which keys act, from the one table that dispatch and help read as well.

use crate::ui::{Action, App};

/// A key and what it does here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// The key.
    pub(super) key: String,
    /// What it does, in a word or two.
    pub(super) what: String,
}

/// The key that does something here.
pub(super) fn key(_app: &App, action: Action) -> Option<String> {
    let key = match action {
        Action::Submit => "enter",
        Action::NewLine => "alt-enter",
        Action::Compose => "i",
        Action::NewSession => "n",
        Action::Interrupt => "ctrl-c",
        Action::Unqueue => "alt-up",
        Action::Open => "enter",
        Action::Help => "?",
        Action::NextWaiting => "w",
        _ => return None,
    };
    Some(key.to_owned())
}

/// What acts now, most useful first.
pub(super) fn footer(_app: &App) -> Vec<Item> {
    [("enter", "review"), ("w", "next waiting"), ("i", "write"), ("o", "unfold"), ("tab", "focus"), ("?", "help")]
        .map(|(key, what)| Item { key: key.to_owned(), what: what.to_owned() })
        .into()
}

/// All keys by place, this place first.
pub(super) fn help(app: &App) -> Vec<(String, Vec<Item>)> {
    vec![("here".to_owned(), footer(app))]
}
