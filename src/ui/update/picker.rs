//! Choosing by name: moving in the list, typing into it, doing what was chosen.

use super::super::app::{App, Overlay};
use super::super::card::DWELL_MS;
use super::super::console::Pending;
use super::super::msg::{Effect, Press};
use super::super::picker::{Pick, Picked, Picker, PickerKind};
use super::navigation::Move;
use super::{composer, copy, files, onward, palette, settings, timeline};
use crate::domain::{At, Command};
use crossterm::event::{KeyCode, KeyEvent};

/// Opens a list on the row of what is so now.
pub(super) fn open(app: &mut App, kind: PickerKind, selected: usize, now: At) {
    app.overlay = Some(Overlay::Picker(Picker::new(kind, selected)));
    app.inner.opened = now;
}

pub(super) fn modes(app: &mut App, now: At) {
    let Some(session) = app.selected.and_then(|id| app.state.session(id)) else { return };
    let selected = session.modes.iter().position(|mode| Some(&mode.id) == session.mode.as_ref()).unwrap_or(0);
    let kind = PickerKind::Modes(session.id);
    open(app, kind, selected, now);
}

pub(super) fn logins(app: &mut App, now: At) {
    let Some(session) = app.selected else { return };
    open(app, PickerKind::Logins(session), 0, now);
}

fn picker(app: &mut App) -> Option<&mut Picker> {
    match &mut app.overlay {
        Some(Overlay::Picker(picker)) => Some(picker),
        _ => None,
    }
}

pub(super) fn go(app: &mut App, by: Move) {
    let Some(Overlay::Picker(shown)) = &app.overlay else { return };
    let len = app.picked(shown).len();
    if let Some(picker) = picker(app) {
        picker.selected = by.within(picker.selected, len);
    }
}

/// Letters narrow the list; the best row is selected then.
pub(super) fn typed(app: &mut App, key: KeyEvent, now: At) -> Vec<Effect> {
    let Some(picker) = picker(app) else { return Vec::new() };
    // The key that opens the list of what to copy takes the first of it.
    if matches!(picker.kind, PickerKind::Copy(..)) && picker.filter.is_empty() && key.code == KeyCode::Char('y') {
        return choose(app, Press::Alone, now);
    }
    let before = picker.filter.clone();
    composer::edit_line(Some(&mut picker.filter), key);
    if picker.filter != before {
        picker.selected = 0;
    }
    Vec::new()
}

pub(super) fn pasted(app: &mut App, text: &str) {
    let Some(picker) = picker(app) else { return };
    composer::append(Some(&mut picker.filter), text);
    picker.selected = 0;
}

/// Does what the selected row says.
pub(super) fn choose(app: &mut App, press: Press, now: At) -> Vec<Effect> {
    let Some(Overlay::Picker(picker)) = &app.overlay else { return Vec::new() };
    let Some((Pick { what, lacks, .. }, _)) = app.picked(picker).into_iter().nth(picker.selected) else {
        app.say("nothing is found by these letters", now);
        return Vec::new();
    };
    if let Some(why) = lacks {
        app.say(why, now);
        return Vec::new();
    }
    if what.wants_care() && (press == Press::Among || now.since(app.inner.opened) < DWELL_MS) {
        app.say("the list has just appeared: look, then press enter alone", now);
        return Vec::new();
    }
    app.overlay = None;
    match what {
        Picked::Mode(session, mode) => app.send(Command::SetMode { session, mode }, Pending::Other, "set the mode"),
        Picked::Copy(session, no, part) => copy::part(app, session, no, part, now),
        Picked::Show(session, no, to) => copy::show(app, session, no, to),
        Picked::Text(text) => copy::send(app, &text, now),
        Picked::Action(action) => {
            app.remember_choice(Picked::Action(action));
            palette::act(app, action, press, now)
        }
        Picked::Session(session) => {
            app.remember_choice(Picked::Session(session));
            palette::go_to(app, session);
            Vec::new()
        }
        Picked::Setting(row) => {
            settings::open_at(app, row);
            Vec::new()
        }
        Picked::Agent(agent) => {
            palette::start(app, agent);
            Vec::new()
        }
        Picked::Theme(name) => {
            settings::come_back(app);
            settings::take_theme(app, name)
        }
        Picked::Model(session, model) => {
            let words = format!("ask the model {model}");
            app.send(Command::SetModel { session, model }, Pending::Other, &words)
        }
        Picked::Login(session, way) => app.send(Command::Login { session, way }, Pending::Other, "log in"),
        Picked::Entry(session, no) => {
            timeline::show(app, session, no);
            Vec::new()
        }
        Picked::Past(session, at, path) => files::show(app, session, at, path, now),
        Picked::Against(what) => files::compare(app, what, now),
        Picked::Onward(session, how) => onward::chosen(app, session, how, now),
        Picked::Row(row) => {
            super::diffs::to_row(app, row);
            Vec::new()
        }
    }
}

impl Picked {
    /// True for what may let an agent run unasked, or starts something: it is chosen with the care of a decision.
    fn wants_care(&self) -> bool {
        match self {
            Self::Mode(..) | Self::Model(..) | Self::Login(..) | Self::Onward(..) => true,
            // An action, a session or an agent has its own guards, as when its key is pressed.
            Self::Action(_)
            | Self::Session(_)
            | Self::Agent(_)
            | Self::Setting(_)
            | Self::Copy(..)
            | Self::Show(..)
            | Self::Text(_)
            | Self::Entry(..)
            | Self::Theme(_)
            | Self::Past(..)
            | Self::Against(_)
            | Self::Row(_) => false,
        }
    }
}
