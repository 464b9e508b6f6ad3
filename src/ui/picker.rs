//! One list for all that is chosen by name: a title, letters that narrow it, rows of which one is selected.
//!
//! A new list is a variant of [`PickerKind`], an arm in [`App::picks`] that makes its rows, and an arm in
//! `update/picker.rs` that does what was [`Picked`].

use super::App;
use super::diffs::FileMark;
use super::fuzzy::{self, Found};
use crate::domain::SessionId;
use crate::state::Life;

/// What is chosen from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PickerKind {
    /// One of the agent's modes.
    Modes(SessionId),
    /// One of its ways to log in.
    Logins(SessionId),
    /// One of the files that a call changes: on the open card, else in the inspector.
    Files,
    /// A theme: the selected one is tried on.
    Themes,
}

/// An open list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picker {
    /// What is chosen from.
    pub kind: PickerKind,
    /// The letters that narrow it.
    pub filter: String,
    /// The selected row among those that are left.
    pub selected: usize,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pick {
    /// What is chosen: its name, by which it is found.
    pub name: String,
    /// What it is, in a sentence or some lines; whole where it is selected.
    pub help: String,
    /// A word at the right: a key, `now`, an age.
    pub note: String,
    /// Why it can't be chosen now.
    pub lacks: Option<String>,
    /// What choosing it does.
    pub what: Picked,
}

/// What choosing a row does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picked {
    /// Sets the mode of a session.
    Mode(SessionId, String),
    /// Logs in by a way.
    Login(SessionId, String),
    /// Goes to this row of the payload.
    Row(usize),
    /// Takes a theme for good.
    Theme(String),
}

impl Picker {
    /// A list with nothing typed, on the row of what is so now.
    #[must_use]
    pub fn new(kind: PickerKind, selected: usize) -> Self {
        Self { kind, filter: String::new(), selected }
    }
}

impl FileMark {
    /// A file as a row of the list.
    fn pick(&self) -> Pick {
        Pick {
            name: self.name.clone(),
            help: String::new(),
            note: format!("+{} -{}", self.added, self.removed),
            lacks: None,
            what: Picked::Row(self.row),
        }
    }
}

impl PickerKind {
    /// What is said where there is nothing to choose from.
    #[must_use]
    pub fn none(self) -> &'static str {
        match self {
            Self::Modes(_) | Self::Logins(_) => "the agent offers none",
            Self::Files => "no file is on the screen",
            Self::Themes => "there are no themes",
        }
    }
}

impl App {
    /// The title of a list.
    #[must_use]
    pub fn picker_title(&self, kind: PickerKind) -> String {
        match kind {
            PickerKind::Modes(session) => format!("MODE OF {}", self.name_of(session)),
            PickerKind::Logins(session) => format!("LOG IN: {}", self.name_of(session)),
            PickerKind::Files => "FILES".to_owned(),
            PickerKind::Themes => "THEME".to_owned(),
        }
    }

    /// All rows of a list, in its own order.
    #[must_use]
    pub fn picks(&self, kind: PickerKind) -> Vec<Pick> {
        match kind {
            PickerKind::Modes(id) => {
                let Some(session) = self.state.session(id) else { return Vec::new() };
                let row = |mode: &crate::domain::Mode| Pick {
                    name: mode.name.clone(),
                    help: mode.help.clone().unwrap_or_default(),
                    note: if session.mode.as_ref() == Some(&mode.id) { "now".to_owned() } else { String::new() },
                    lacks: None,
                    what: Picked::Mode(id, mode.id.clone()),
                };
                session.modes.iter().map(row).collect()
            }
            PickerKind::Logins(id) => match self.state.session(id).map(|session| &session.life) {
                Some(Life::LoginNeeded { ways, .. }) => {
                    let row = |way: &crate::domain::LoginWay| Pick {
                        name: way.name.clone(),
                        help: way.help.clone().unwrap_or_default(),
                        note: String::new(),
                        lacks: None,
                        what: Picked::Login(id, way.id.clone()),
                    };
                    ways.iter().map(row).collect()
                }
                Some(Life::Unknown | Life::Starting(_) | Life::Open | Life::Ended { .. }) | None => Vec::new(),
            },
            PickerKind::Files => self.diffs().seen.files.iter().map(FileMark::pick).collect(),
            PickerKind::Themes => {
                let row = |(name, about): &(String, String)| Pick {
                    name: name.clone(),
                    help: about.clone(),
                    note: if *name == self.configured.theme { "now".to_owned() } else { String::new() },
                    lacks: None,
                    what: Picked::Theme(name.clone()),
                };
                self.configured.themes.iter().map(row).collect()
            }
        }
    }

    /// The rows that the typed letters leave, best first, with the letters that were found.
    #[must_use]
    pub fn picked(&self, picker: &Picker) -> Vec<(Pick, Found)> {
        let mut rows: Vec<Option<Pick>> = self.picks(picker.kind).into_iter().map(Some).collect();
        let found = fuzzy::find(&picker.filter, rows.iter().flatten().map(|pick| pick.name.as_str()));
        found.into_iter().filter_map(|found| Some((rows.get_mut(found.index)?.take()?, found))).collect()
    }
}
