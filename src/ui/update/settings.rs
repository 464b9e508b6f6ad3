//! The settings screen and the themes: moving, changing, trying on. What is changed goes out as an effect; whoever keeps
//! the file says what came of it.

use super::super::app::{App, Overlay};
use super::super::console::Pending;
use super::super::draft::cleaned;
use super::super::msg::{Effect, Press};
use super::super::picker::PickerKind;
use super::super::settings::{Change, Configured, Editing, Keys, Line, Setting, SettingsUi, Takes, Value};
use super::super::{Action, Chord};
use super::navigation::Move;
use super::{composer, picker};
use crate::domain::{At, Command, Digest, SettingsFile};
use crossterm::event::KeyEvent;

/// Opens the settings.
pub(super) fn open(app: &mut App) {
    app.overlay = Some(Overlay::Settings(SettingsUi::default()));
}

/// Opens the settings at a row.
pub(super) fn open_at(app: &mut App, row: usize) {
    app.overlay = Some(Overlay::Settings(SettingsUi { selected: row, ..SettingsUi::default() }));
}

/// Opens the list of themes on the one in force.
pub(super) fn themes(app: &mut App, now: At) {
    app.inner.settings_under = match app.overlay.take() {
        Some(Overlay::Settings(ui)) => Some(ui),
        _ => None,
    };
    let at = app.configured.themes.iter().position(|(name, _)| *name == app.configured.theme).unwrap_or(0);
    picker::open(app, PickerKind::Themes, at, now);
}

/// Goes back to the settings, where the list of themes was opened from them.
pub(super) fn come_back(app: &mut App) {
    if app.overlay.is_none() {
        app.overlay = app.inner.settings_under.take().map(Overlay::Settings);
    }
}

/// The theme that is tried on: the selected one of the list of themes, while that is open.
pub(super) fn tried(app: &App) -> Option<String> {
    let Some(Overlay::Picker(list)) = &app.overlay else { return None };
    if list.kind != PickerKind::Themes {
        return None;
    }
    app.picked(list).into_iter().nth(list.selected).map(|(pick, _)| pick.name)
}

/// Takes a theme for good.
pub(super) fn take_theme(app: &App, name: String) -> Vec<Effect> {
    let known = app.configured.settings.iter().find(|setting| setting.key == "theme");
    let shown = known.and_then(|setting| setting.given.clone());
    vec![Effect::Configure(Change::Set { key: "theme".to_owned(), to: Value::Text(name), shown })]
}

/// The settings are others now. Keys that change under a hand are said, and an open card begins to dwell anew: nobody shall
/// decide by a key that meant something else a moment ago.
pub(super) fn configured(app: &mut App, configured: Configured, now: At) {
    let is_first = app.configured == Configured::default();
    if !is_first && app.rebound != configured.rebound {
        let help = app.key(Action::Help, "?");
        app.say(format!("the keys have changed in {}: {help} shows them", configured.file), now);
        if let Some(card) = &mut app.card {
            (card.painted, card.menu) = (None, None);
        }
        if let Some(batch) = &mut app.batch {
            (batch.framed, batch.painted, batch.reason) = (None, None, None);
        }
    }
    app.rebound.clone_from(&configured.rebound);
    app.limits = configured.limits;
    let manners = &configured.manners;
    if app.configured.manners.mouse != manners.mouse || app.configured == Configured::default() {
        app.mouse = manners.mouse;
    }
    app.notch = if manners.notch == 0 { app.notch } else { manners.notch };
    app.copy_to.clone_from(&manners.copy_to);
    app.attention.on.clone_from(&manners.on);
    app.attention.quiet = manners.quiet;
    app.configured = configured;
}

/// What the human wrote in the settings holds at once.
pub(super) fn own(app: &mut App, digest: Option<Digest>) -> Vec<Effect> {
    if app.can_act().is_err() {
        return Vec::new();
    }
    let command = Command::AcceptSettings { file: SettingsFile::Config, digest };
    app.send(command, Pending::Other, "take the settings")
}

fn screen(app: &mut App) -> Option<&mut SettingsUi> {
    match &mut app.overlay {
        Some(Overlay::Settings(screen)) => Some(screen),
        _ => None,
    }
}

fn line(app: &App) -> Option<Line<'_>> {
    let Some(Overlay::Settings(screen)) = &app.overlay else { return None };
    app.configured.line(screen.selected)
}

pub(super) fn go(app: &mut App, by: Move) {
    let len = app.configured.lines().len();
    if let Some(screen) = screen(app) {
        screen.selected = by.within(screen.selected, len);
    }
}

/// Closes what is being typed; false where nothing was.
pub(super) fn stop_editing(app: &mut App) -> bool {
    screen(app).is_some_and(|screen| screen.editing.take().is_some())
}

/// Changes the selected row: turns it, goes to its next word, or begins to type.
pub(super) fn change(app: &mut App, press: Press, now: At) -> Vec<Effect> {
    if among(app, press, now) {
        return Vec::new();
    }
    match line(app) {
        Some(Line::Setting(setting)) => {
            let setting = setting.clone();
            change_setting(app, &setting, now)
        }
        Some(Line::Keys(action)) => {
            app.say(format!("press the new key for {}; esc leaves it as it is", action.name()), now);
            edit(app, Editing::KeyInstead)
        }
        None => Vec::new(),
    }
}

fn change_setting(app: &mut App, setting: &Setting, now: At) -> Vec<Effect> {
    let set = |to| {
        let shown = setting.given.clone();
        vec![Effect::Configure(Change::Set { key: setting.key.clone(), to, shown })]
    };
    match &setting.takes {
        Takes::Switch => set(Value::Switch(setting.value() != "true")),
        Takes::OneOf(words) => {
            let at = words.iter().position(|word| word == setting.value()).map_or(0, |at| at + 1);
            words.get(at).or(words.first()).map(|word| set(Value::Text(word.clone()))).unwrap_or_default()
        }
        Takes::Theme => {
            themes(app, now);
            Vec::new()
        }
        Takes::Text | Takes::Number => edit(app, Editing::Value(setting.value().to_owned())),
    }
}

fn edit(app: &mut App, editing: Editing) -> Vec<Effect> {
    if let Some(screen) = screen(app) {
        screen.editing = Some(editing);
    }
    Vec::new()
}

/// Several keys at once were not meant for a file.
fn among(app: &mut App, press: Press, now: At) -> bool {
    if press == Press::Among {
        app.say("several keys came at once: press it alone", now);
    }
    press == Press::Among
}

/// The selected row is as usual again.
pub(super) fn usual(app: &mut App, press: Press, now: At) -> Vec<Effect> {
    if among(app, press, now) {
        return Vec::new();
    }
    match line(app) {
        Some(Line::Setting(setting)) => {
            vec![Effect::Configure(Change::Usual { key: setting.key.clone(), shown: setting.given.clone() })]
        }
        Some(Line::Keys(action)) => keys(app, action, Keys::Usual),
        None => Vec::new(),
    }
}

/// One more key for the selected action.
pub(super) fn add_key(app: &mut App, now: At) -> Vec<Effect> {
    let Some(Line::Keys(action)) = line(app) else { return Vec::new() };
    app.say(format!("press one more key for {}; esc leaves it as it is", action.name()), now);
    edit(app, Editing::KeyAsWell)
}

/// No key for the selected action.
pub(super) fn no_key(app: &mut App, press: Press, now: At) -> Vec<Effect> {
    if among(app, press, now) {
        return Vec::new();
    }
    match line(app) {
        Some(Line::Keys(action)) => keys(app, action, Keys::None),
        Some(Line::Setting(_)) | None => Vec::new(),
    }
}

fn keys(app: &App, action: Action, to: Keys) -> Vec<Effect> {
    let shown = app.configured.keys.get(action.name()).cloned();
    vec![Effect::Configure(Change::Keys { action, to, shown })]
}

/// A key while a row is being changed: text, or the very key that is wanted.
pub(super) fn typed(app: &mut App, key: KeyEvent, now: At) -> Vec<Effect> {
    let action = match line(app) {
        Some(Line::Keys(action)) => Some(action),
        Some(Line::Setting(_)) | None => None,
    };
    let Some(screen) = screen(app) else { return Vec::new() };
    match screen.editing.take() {
        Some(Editing::Value(mut text)) => {
            composer::edit_line(Some(&mut text), key);
            screen.editing = Some(Editing::Value(text));
            Vec::new()
        }
        Some(as_said @ (Editing::KeyInstead | Editing::KeyAsWell)) => {
            let chord = Chord::from(key);
            let Some(action) = action else { return Vec::new() };
            if chord.to_string() == "esc" {
                app.say("its keys stay as they are", now);
                return Vec::new();
            }
            let to = if as_said == Editing::KeyAsWell { Keys::AsWell(chord) } else { Keys::Instead(chord) };
            keys(app, action, to)
        }
        None => Vec::new(),
    }
}

pub(super) fn pasted(app: &mut App, text: &str) {
    if let Some(Editing::Value(value)) = screen(app).and_then(|screen| screen.editing.as_mut()) {
        composer::append(Some(value), &cleaned(text));
    }
}

/// Sends what was typed for the selected setting.
pub(super) fn submit(app: &mut App, press: Press, now: At) -> Vec<Effect> {
    if among(app, press, now) {
        return Vec::new();
    }
    let Some(Line::Setting(setting)) = line(app) else { return Vec::new() };
    let setting = setting.clone();
    let Some(Editing::Value(text)) = screen(app).and_then(|screen| screen.editing.clone()) else { return Vec::new() };
    let text = text.trim();
    let to = match (&setting.takes, text.parse()) {
        (_, _) if text.starts_with(['[', '{']) => Value::Raw(text.to_owned()),
        (Takes::Number, Ok(number)) => Value::Number(number),
        (Takes::Number, Err(_)) => {
            app.say(format!("{} takes a whole number, and not {text:?}", setting.key), now);
            return Vec::new();
        }
        (Takes::Switch | Takes::OneOf(_) | Takes::Theme | Takes::Text, _) => Value::Text(text.to_owned()),
    };
    stop_editing(app);
    vec![Effect::Configure(Change::Set { key: setting.key, to, shown: setting.given })]
}

/// Whether the selected row can be changed in a way, or why not.
pub(super) fn can(app: &App, action: Action) -> Result<(), String> {
    let line = line(app).ok_or("open the settings first")?;
    if let Some(fault) = app.configured.faults.first() {
        return Err(format!("the file has faults, so nothing is written to it; mend it first: {fault}"));
    }
    match (action, line) {
        (Action::SettingUsual, Line::Setting(setting)) if setting.given.is_none() => {
            Err("it is as usual already".to_owned())
        }
        (Action::SettingUsual, Line::Keys(action)) if !app.configured.keys.contains_key(action.name()) => {
            Err("its keys are as usual already".to_owned())
        }
        (Action::KeyAdd | Action::KeyNone, Line::Setting(_)) => Err("this row is no key".to_owned()),
        _ => Ok(()),
    }
}
