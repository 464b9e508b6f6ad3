//! The settings as the console knows them, and what may be changed in them: plain data. Who reads and writes the file
//! stands outside.

use super::{Action, Chord, CopyTo, MouseOwner, Occasion, Quiet};
use crate::state::Limits;
use std::collections::{BTreeMap, BTreeSet};

/// The settings as the file says them now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Configured {
    /// The file, as a person reads it.
    pub file: String,
    /// Every setting with one value, in order.
    pub settings: Vec<Setting>,
    /// The themes that can be chosen: the name, and what it is.
    pub themes: Vec<(String, String)>,
    /// The name of the theme in force.
    pub theme: String,
    /// Keys that stand instead of the table's.
    pub rebound: BTreeMap<Action, Vec<Chord>>,
    /// What the file says of keys, by the action's name, as it is written.
    pub keys: BTreeMap<String, String>,
    /// When a session is flagged.
    pub limits: Limits,
    /// Who has the mouse, where copied texts go, when a person is called.
    pub manners: Manners,
    /// Sections with entries of their own, and how many: agents, MCP servers.
    pub sections: Vec<(String, usize)>,
    /// What is wrong with the file: while there is anything, nothing is written to it.
    pub faults: Vec<String>,
}

/// How the console behaves towards its terminal and its human.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manners {
    /// Who has the mouse.
    pub mouse: MouseOwner,
    /// Rows of one notch of the wheel; 0 for the usual.
    pub notch: u8,
    /// Where a copied text goes.
    pub copy_to: CopyTo,
    /// What a person is called for.
    pub on: BTreeSet<Occasion>,
    /// When nobody is called.
    pub quiet: Option<Quiet>,
}

/// One setting.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Setting {
    /// Its key, with its section.
    pub key: String,
    /// The group that it is shown in.
    pub group: String,
    /// What the file says, as it is written; `None` where it says nothing.
    pub given: Option<String>,
    /// What is in force where the file says nothing.
    pub usual: String,
    /// What it does.
    pub about: String,
    /// What it takes, in words.
    pub accepts: String,
    /// How it is changed.
    pub takes: Takes,
}

/// How a setting is changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Takes {
    /// It is `true` or `false`.
    Switch,
    /// It is one of some words.
    OneOf(Vec<String>),
    /// It is a theme: chosen in the list of themes.
    Theme,
    /// It is typed as a text.
    #[default]
    Text,
    /// It is typed as a number.
    Number,
}

/// A change that the human wants written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A setting gets a value.
    Set {
        /// Its key, with its section.
        key: String,
        /// The new value.
        to: Value,
        /// What the screen showed that the file says.
        shown: Option<String>,
    },
    /// A setting is as usual again.
    Usual {
        /// Its key, with its section.
        key: String,
        /// What the screen showed that the file says.
        shown: Option<String>,
    },
    /// An action's keys change.
    Keys {
        /// The action.
        action: Action,
        /// How.
        to: Keys,
        /// What the screen showed that the file says.
        shown: Option<String>,
    },
}

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `true` or `false`.
    Switch(bool),
    /// A text.
    Text(String),
    /// A number.
    Number(i64),
    /// A value as TOML writes it: a list, a table on one line.
    Raw(String),
}

/// New keys of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keys {
    /// This one in place of those it has.
    Instead(Chord),
    /// This one beside those it has.
    AsWell(Chord),
    /// None at all.
    None,
    /// Those of the table.
    Usual,
}

/// The open settings screen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SettingsUi {
    /// The selected row.
    pub selected: usize,
    /// What is being changed in it.
    pub editing: Option<Editing>,
}

/// What is being changed in the selected row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Editing {
    /// A value is typed.
    Value(String),
    /// A key is waited for, to stand in place of those the action has.
    KeyInstead,
    /// A key is waited for, to stand beside them.
    KeyAsWell,
}

/// A row of the settings screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line<'a> {
    /// A setting.
    Setting(&'a Setting),
    /// The keys of an action.
    Keys(Action),
}

impl Configured {
    /// The rows of the screen: the settings, then the keys of every action.
    #[must_use]
    pub fn lines(&self) -> Vec<Line<'_>> {
        let keys = Action::ALL.iter().copied().filter(|action| !action.is_internal());
        self.settings.iter().map(Line::Setting).chain(keys.map(Line::Keys)).collect()
    }

    /// The row of a number, at most the last.
    #[must_use]
    pub fn line(&self, at: usize) -> Option<Line<'_>> {
        let lines = self.lines();
        lines.get(at).or(lines.last()).copied()
    }
}

impl Setting {
    /// The value in force.
    #[must_use]
    pub fn value(&self) -> &str {
        self.given.as_deref().unwrap_or(&self.usual)
    }
}
