//! One list for all that is chosen by name: a title, letters that narrow it, rows of which one is selected.
//!
//! A new list is a variant of [`PickerKind`], an arm in [`App::picks`] that makes its rows, and an arm in
//! `update/picker.rs` that does what was [`Picked`].

use super::App;
use super::copy::Part;
use super::fuzzy::{self, Found};
use super::msg::ShowTo;
use super::update::older;
use crate::domain::SessionId;
use crate::state::{Life, Prompted, Session};

/// What is chosen from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PickerKind {
    /// One of the agent's modes.
    Modes(SessionId),
    /// One of its ways to log in.
    Logins(SessionId),
    /// What to copy of an entry of a session, or of the session alone.
    Copy(SessionId, Option<u64>),
    /// One of the prompts that were given.
    Prompts(SessionId),
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
    /// Copies a part of an entry.
    Copy(SessionId, u64, Part),
    /// Makes a text of a session, or of one of its entries.
    Show(SessionId, Option<u64>, ShowTo),
    /// Copies a short text as it is.
    Text(String),
    /// Shows an entry of a session.
    Entry(SessionId, u64),
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

impl PickerKind {
    /// What is said where there is nothing to choose from.
    #[must_use]
    pub fn none(self) -> &'static str {
        match self {
            Self::Modes(_) | Self::Logins(_) => "the agent offers none",
            Self::Copy(..) => "there is nothing to copy",
            Self::Prompts(_) => "no prompt was given yet",
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
            PickerKind::Copy(..) => "COPY".to_owned(),
            PickerKind::Logins(session) => format!("LOG IN: {}", self.name_of(session)),
            PickerKind::Prompts(session) => format!("PROMPTS OF {}", self.name_of(session)),
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
            PickerKind::Copy(id, no) => self.to_copy(id, no),
            PickerKind::Prompts(id) => self.state.session(id).map_or_else(Vec::new, prompts),
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

/// The prompts of a session, newest first; the last row says what is not listed.
fn prompts(session: &Session) -> Vec<Pick> {
    let row = |prompted: &Prompted| Pick {
        name: if prompted.head.is_empty() { "(a long text)".to_owned() } else { prompted.head.clone() },
        help: String::new(),
        note: prompted.prompt.0.to_string(),
        lacks: None,
        what: Picked::Entry(session.id, prompted.entry),
    };
    let mut rows: Vec<Pick> = session.prompted.list.iter().rev().map(row).collect();
    let older = older(session);
    if older > 0 {
        rows.push(Pick {
            name: format!("{older} older prompts are not listed"),
            help: "They are on record; g in the pane goes to the beginning.".to_owned(),
            note: String::new(),
            lacks: Some("these are not listed; g in the pane goes to the beginning".to_owned()),
            what: Picked::Entry(session.id, 0),
        });
    }
    rows
}
