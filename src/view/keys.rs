//! Which keys act, from the one table that dispatch and help read as well.

use crate::keymap;
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
pub(super) fn key(app: &App, action: Action) -> Option<String> {
    keymap::key(app, action)
}

/// What acts now, most useful first.
pub(super) fn footer(app: &App) -> Vec<Item> {
    keymap::footer(app).into_iter().map(|item| Item { key: item.keys, what: item.what }).collect()
}

/// All keys by place, this place first.
pub(super) fn help(app: &App) -> Vec<(String, Vec<Item>)> {
    let item = |item: keymap::Item| Item { key: item.keys, what: item.what };
    keymap::help(app)
        .into_iter()
        .map(|section| (section.title.to_owned(), section.items.into_iter().map(item).collect()))
        .collect()
}
