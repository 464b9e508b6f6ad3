//! One list for all that is chosen by name: a title, letters that narrow it, rows of which one is selected.
//!
//! A new list is a variant of [`PickerKind`], an arm in [`App::picks`] that makes its rows, and an arm in
//! `update/picker.rs` that does what was [`Picked`].

use super::copy::Part;
use super::diffs::FileMark;
use super::fuzzy::{self, Found};
use super::msg::ShowTo;
use super::past::Between;
use super::update::older;
use super::{Action, App};
use crate::domain::{Point, SessionId};
use crate::state::{Life, Prompted, Session};
use crate::text::Needle;
use std::collections::BTreeSet;

/// What is chosen from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PickerKind {
    /// One of the agent's modes.
    Modes(SessionId),
    /// One of the models that it offers, or any by its name.
    Models(SessionId),
    /// One of its ways to log in.
    Logins(SessionId),
    /// What to copy of an entry of a session, or of the session alone.
    Copy(SessionId, Option<u64>),
    /// One of the prompts that were given.
    Prompts(SessionId),
    /// Everything that can be done or gone to.
    Palette,
    /// A session.
    Jump,
    /// One of the files that a call changes: on the open card, else in the inspector.
    Files,
    /// A theme: the selected one is tried on.
    Themes,
    /// A file of a session's workspace, as it was at a moment.
    Past(SessionId, Point),
    /// Another moment of a session, with which a file as it was is compared.
    Against(SessionId),
    /// How a session goes on.
    Onward(SessionId),
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
    /// Sets the model of a session.
    Model(SessionId, String),
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
    /// Does what a key does.
    Action(Action),
    /// Goes to a session.
    Session(SessionId),
    /// Opens the form for an agent, by its place among those known.
    Agent(usize),
    /// Opens the settings at a row.
    Setting(usize),
    /// Goes to this row of the payload.
    Row(usize),
    /// Takes a theme for good.
    Theme(String),
    /// Opens a file as it was.
    Past(SessionId, Point, String),
    /// Compares a file as it was with another moment.
    Against(Between),
    /// Goes on with a session.
    Onward(SessionId, super::onward::Onward),
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
            Self::Models(_) => "the agent names no models: type the name of one",
            Self::Copy(..) => "there is nothing to copy",
            Self::Prompts(_) => "no prompt was given yet",
            Self::Palette | Self::Jump => "there is nothing yet",
            Self::Files => "no file is on the screen",
            Self::Themes => "there are no themes",
            Self::Against(_) => "no file is compared",
            Self::Onward(_) => "the session is gone",
            Self::Past(..) => "the files are being looked at, or there were none",
        }
    }

    /// True where a row is found by its help as well.
    fn is_found_by_help(self) -> bool {
        match self {
            Self::Palette | Self::Jump => true,
            Self::Modes(_)
            | Self::Models(_)
            | Self::Logins(_)
            | Self::Copy(..)
            | Self::Prompts(_)
            | Self::Files
            | Self::Past(..)
            | Self::Against(_)
            | Self::Onward(_)
            | Self::Themes => false,
        }
    }
}

impl App {
    /// The title of a list.
    #[must_use]
    pub fn picker_title(&self, kind: PickerKind) -> String {
        match kind {
            PickerKind::Modes(session) => format!("MODE OF {}", self.name_of(session)),
            PickerKind::Models(session) => format!("MODEL OF {}", self.name_of(session)),
            PickerKind::Copy(..) => "COPY".to_owned(),
            PickerKind::Logins(session) => format!("LOG IN: {}", self.name_of(session)),
            PickerKind::Prompts(session) => format!("PROMPTS OF {}", self.name_of(session)),
            PickerKind::Palette => "PALETTE".to_owned(),
            PickerKind::Jump => "GO TO A SESSION".to_owned(),
            PickerKind::Files => "FILES".to_owned(),
            PickerKind::Themes => "THEME".to_owned(),
            PickerKind::Against(session) => format!("COMPARE WITH {} AS IT WAS", self.name_of(session)),
            PickerKind::Onward(session) => {
                format!("GO ON WITH {}", self.goes(session).map_or_else(|| session.to_string(), |goes| goes.name))
            }
            PickerKind::Past(session, at) => format!("FILES OF {} {}", self.name_of(session), at.words()),
        }
    }

    /// All rows of a list, in its own order.
    #[must_use]
    pub fn picks(&self, kind: PickerKind) -> Vec<Pick> {
        match kind {
            PickerKind::Palette => self.palette(),
            PickerKind::Jump => self.sessions_by_name(""),
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
            PickerKind::Models(id) => self.state.session(id).map_or_else(Vec::new, models),
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
            PickerKind::Files => self.diffs().seen.files.iter().map(FileMark::pick).collect(),
            PickerKind::Past(session, at) => self.files_as_of(session, at),
            PickerKind::Against(session) => self.moments(session),
            PickerKind::Onward(session) => self.ways_on(session),
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
        let mut found = fuzzy::find(&picker.filter, rows.iter().flatten().map(|pick| pick.name.as_str()));
        if picker.kind.is_found_by_help() {
            // Behind those found by name, and only by whole words: letters alone stand in every sentence.
            let words: Vec<Needle> = picker.filter.split_whitespace().filter_map(Needle::new).collect();
            let holds = |pick: &Pick| {
                words.iter().all(|word| word.find(&pick.help).is_some() || word.find(&pick.name).is_some())
            };
            let by_help = rows.iter().flatten().enumerate().filter(|(_, pick)| holds(pick)).map(|(index, _)| index);
            let named: BTreeSet<usize> = found.iter().map(|found| found.index).collect();
            found.extend(by_help.filter(|at| !named.contains(at)).map(|index| Found { index, letters: Vec::new() }));
        }
        let mut left: Vec<(Pick, Found)> =
            found.into_iter().filter_map(|found| Some((rows.get_mut(found.index)?.take()?, found))).collect();
        left.extend(as_typed(picker).map(|pick| (pick, Found { index: usize::MAX, letters: Vec::new() })));
        left
    }
}

/// The models that a session's agent offers.
fn models(session: &Session) -> Vec<Pick> {
    let Some(option) = session.model() else { return Vec::new() };
    let row = |value: &str, name: &str| Pick {
        name: value.to_owned(),
        help: if name == value { String::new() } else { name.to_owned() },
        note: if *value == *option.current { "now".to_owned() } else { String::new() },
        lacks: None,
        what: Picked::Model(session.id, value.to_owned()),
    };
    let mut rows: Vec<Pick> = option.values.iter().map(|(value, name)| row(value, name)).collect();
    if !option.values.iter().any(|(value, _)| *value == option.current) && !option.current.is_empty() {
        rows.insert(0, row(&option.current, &option.current));
    }
    rows
}

/// The last row of a list in which one may also name what is not listed: what is typed, as it stands.
fn as_typed(picker: &Picker) -> Option<Pick> {
    let PickerKind::Models(session) = picker.kind else { return None };
    let typed = picker.filter.trim();
    (!typed.is_empty()).then(|| Pick {
        name: typed.to_owned(),
        help: "as it is typed: whether there is such a model, the agent's service says with the next turn".to_owned(),
        note: "as typed".to_owned(),
        lacks: None,
        what: Picked::Model(session, typed.to_owned()),
    })
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
