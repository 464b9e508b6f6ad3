//! Keeps the console's looks and settings up to date while it runs: reads the files anew when they change, tries themes,
//! writes what the human changed. On a thread of its own.

use super::{Given, dressed, faults, keys, themes, wish};
use crate::cli::CliError;
use crate::cli::setup::Setup;
use crate::domain::SettingsInForce;
use crate::hub::config::edit::{Edit, edit, written};
use crate::hub::config::table::{SETTINGS, Takes as Kind};
use crate::hub::config::{Config, Places, Settings, ThemeWish, changes};
use crate::keymap::{self, Rebound};
use crate::theme::{Ground, Theme};
use crate::tui::{Desk, Look, Told, Wish};
use crate::ui::settings::{Change, Configured, Keys, Setting, Takes, Value};
use crate::ui::{Action, Msg};
use std::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::mpsc::UnboundedSender;

/// Starts to keep. Gives the first look and settings, the console's end, and a sender for who hears of changed files.
///
/// # Errors
/// A theme that was named on the command line and can't be used; no thread.
pub(in crate::cli) fn keep(setup: &Setup, word: Word) -> Result<(Look, Configured, Desk, Sender<Wish>), CliError> {
    let force = match word {
        Word::File => setup.settings.config.clone(),
        Word::Hub => setup.settings.config.without_commands(),
    };
    let first = super::look(setup, &setup.settings.config.held_to(&force))?;
    let ground = std::env::var("COLORFGBG").ok().as_deref().and_then(Ground::by_variable);
    let mut keeper = Keeper {
        places: setup.places.clone(),
        settings: setup.settings.clone(),
        word,
        force,
        hub: None,
        given: Given::of(setup),
        ground,
        trying: None,
        good: Theme::default(),
        rebound: Rebound::new(),
        told: (first.clone(), Configured::default()),
    };
    keeper.told = (first.clone(), keeper.configured());
    let configured = keeper.told.1.clone();
    let (wishes, heard) = channel();
    let (desk, tell) = Desk::new(wishes.clone());
    let live = move || keeper.live(&heard, &tell);
    std::thread::Builder::new()
        .name("looks".to_owned())
        .spawn(live)
        .map_err(|error| CliError::Config(format!("there is no thread to be had: {error}; end other programs")))?;
    Ok((first, configured, desk, wishes))
}

/// By whose word settings hold that let something run or decide: an agent can write the file, and not to the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Word {
    /// The file's: nothing runs.
    File,
    /// The hub's.
    Hub,
}

struct Keeper {
    places: Places,
    settings: Settings,
    word: Word,
    /// The configuration of which keys, commands and limits are in force.
    force: Config,
    /// What the hub said last.
    hub: Option<SettingsInForce>,
    given: Given,
    ground: Option<Ground>,
    /// The theme that is tried on.
    trying: Option<String>,
    /// The last theme without faults.
    good: Theme,
    /// The last keys without faults.
    rebound: Rebound,
    /// What the console knows.
    told: (Look, Configured),
}

impl Keeper {
    fn live(mut self, heard: &Receiver<Wish>, tell: &UnboundedSender<Told>) {
        while let Ok(wish) = heard.recv() {
            let mut msgs = Vec::new();
            match wish {
                Wish::Reread => {
                    self.settings.reload(&self.places);
                    self.hold();
                }
                Wish::InForce(hub) => {
                    self.settings.reload(&self.places);
                    let is_first = self.hub.is_none();
                    let ours = hub.path == self.places.config.display().to_string();
                    self.hub = Some(hub);
                    match (is_first, ours) {
                        // Until it says that the file is in force, none of it is.
                        (true, true) => self.force = Config::default(),
                        // A file of this console's own, which the hub never reads: as it was when the human began.
                        (true, false) => self.force = self.settings.config.clone(),
                        (false, _) => {}
                    }
                    self.hold();
                }
                Wish::Try(theme) => self.trying = theme,
                Wish::Ground(ground) => self.ground = Some(ground),
                Wish::Write(change) => {
                    let mut done = self.write(&change);
                    self.settings.reload(&self.places);
                    self.trying = None;
                    if let Ok(said) = &mut done {
                        match self.own(&change) {
                            Own::Looks => {}
                            Own::All => msgs.push(Msg::Own(self.settings.digests()[0])),
                            Own::Among(keys) => {
                                let why = "changed while agents run: `accept-settings` takes all of it";
                                *said = format!("{said}; not in force, since {keys} {why}");
                            }
                        }
                    }
                    self.hold();
                    msgs.push(Msg::Wrote(done));
                }
            }
            let told = Told { look: self.look(), msgs: self.news().into_iter().chain(msgs).collect() };
            if tell.send(told).is_err() {
                return;
            }
        }
    }

    /// What holds now: the file, where the hub says that it is in force; else what held before.
    fn hold(&mut self) {
        let config = &self.settings.config;
        match (&self.hub, self.word) {
            (_, Word::File) => self.force = config.clone(),
            (None, Word::Hub) => self.force = config.without_commands(),
            (Some(hub), Word::Hub) => {
                let ours = hub.path == self.places.config.display().to_string();
                if ours && hub.config == self.settings.digests()[0] {
                    self.force = config.clone();
                }
            }
        }
    }

    /// Whether a change that the human made here is all that the file says beyond what is in force.
    fn own(&mut self, change: &Change) -> Own {
        let key = match change {
            // Two names of one setting.
            Change::Set { key, .. } | Change::Usual { key, .. } if key == "stall_after" => "watch.silent".to_owned(),
            Change::Set { key, .. } | Change::Usual { key, .. } => key.clone(),
            Change::Keys { action, .. } => format!("keys.{}", action.name()),
        };
        let mut changed = changes(&self.force, &self.settings.config);
        if changed.is_empty() || self.word == Word::File {
            return Own::Looks;
        }
        changed.retain(|other| *other != key);
        if !changed.is_empty() {
            return Own::Among(changed.join(", "));
        }
        self.force = self.settings.config.clone();
        Own::All
    }

    /// The look, where it is another one than before.
    fn look(&mut self) -> Option<Look> {
        let wish = match &self.trying {
            Some(name) => ThemeWish::of(name),
            None => wish(&self.settings.config, &self.given),
        };
        let held = self.settings.config.held_to(&self.force);
        // What is at fault is told in the header; the last good theme stays.
        if let Ok(theme) = themes::of(&wish, self.ground, &self.places.themes) {
            self.good = theme;
        }
        let look = dressed(&self.good, &held, &self.given);
        (look != self.told.0).then(|| {
            self.told.0 = look.clone();
            look
        })
    }

    fn news(&mut self) -> Option<Msg> {
        let configured = self.configured();
        (configured != self.told.1).then(|| {
            self.told.1 = configured.clone();
            Msg::Configured(Box::new(configured))
        })
    }

    fn configured(&mut self) -> Configured {
        let config = &self.settings.config.held_to(&self.force);
        if let Ok(rebound) = keymap::rebind(&keys(config)) {
            self.rebound = rebound;
        }
        let text = std::fs::read_to_string(&self.places.config).unwrap_or_default();
        let written = written(&text);
        let value = |key: &str| written.iter().find(|(known, _)| known == key).map(|(_, value)| value.clone());
        let setting = |row: &crate::hub::config::table::Setting| Setting {
            key: row.key.to_owned(),
            group: row.group.to_owned(),
            given: value(row.key),
            usual: row.usual.to_owned(),
            about: row.about.to_owned(),
            accepts: row.accepts(),
            takes: match row.takes {
                Kind::Switch => Takes::Switch,
                Kind::OneOf(words) => Takes::OneOf(words.iter().map(|word| (*word).to_owned()).collect()),
                Kind::Theme => Takes::Theme,
                Kind::Time | Kind::Text => Takes::Text,
                Kind::Number => Takes::Number,
            },
        };
        let given_keys = written.iter().filter_map(|(key, value)| Some((key.strip_prefix("keys.")?, value)));
        let theme = match wish(config, &self.given) {
            ThemeWish::Named(name) => name,
            ThemeWish::ByGround { .. } => "auto".to_owned(),
        };
        let parsed = crate::hub::config::Config::parse(&text, "config.toml");
        Configured {
            file: self.places.config.display().to_string(),
            settings: SETTINGS.iter().map(setting).collect(),
            themes: themes::all(&self.places.themes),
            theme,
            rebound: self.rebound.clone(),
            keys: given_keys.map(|(key, value)| (key.to_owned(), value.clone())).collect(),
            limits: config.limits,
            manners: super::manners(config, &self.given),
            sections: [("agents", config.agents.len()), ("mcp", config.mcp.len())]
                .map(|(name, count)| (name.to_owned(), count))
                .into(),
            faults: parsed.err().unwrap_or_default().iter().map(ToString::to_string).collect(),
        }
    }

    /// Writes a change; what was done, or why not.
    fn write(&self, change: &Change) -> Result<String, String> {
        let (key, to, shown) = match change {
            Change::Set { key, to, shown } => (key.clone(), Some(value(key, to)?), shown.clone()),
            Change::Usual { key, shown } => (key.clone(), None, shown.clone()),
            Change::Keys { action, to, shown } => {
                (format!("keys.{}", action.name()), self.keys(*action, to), shown.clone())
            }
        };
        let path: Vec<&str> = key.splitn(2, '.').collect();
        let said = match &to {
            Some(value) => format!("written: {key} = {}", value.to_string().trim()),
            None => format!("written: {key} is as usual"),
        };
        edit(&self.places, &Edit { path: &path, to, shown }, faults).map_err(|error| error.to_string())?;
        Ok(match (&self.given.theme, key.as_str()) {
            (Some(given), "theme") => format!("{said}; --theme {given} goes before it as long as this console runs"),
            _ => said,
        })
    }

    /// The keys of an action after a change, as the file says them; `None` for those of the table.
    fn keys(&self, action: Action, to: &Keys) -> Option<toml_edit::Value> {
        let had = || -> Vec<String> {
            match self.rebound.get(&action) {
                Some(chords) => chords.iter().map(ToString::to_string).collect(),
                None => keymap::usual(action).into_iter().map(|chord| chord.to_string()).collect(),
            }
        };
        let all = match to {
            Keys::Usual => return None,
            Keys::None => Vec::new(),
            Keys::Instead(chord) => vec![chord.to_string()],
            Keys::AsWell(chord) => {
                let mut all = had();
                all.push(chord.to_string());
                all
            }
        };
        Some(match all.as_slice() {
            [one] => one.as_str().into(),
            several => several.iter().map(String::as_str).collect(),
        })
    }
}

/// What a change of the human's came to.
enum Own {
    /// It is of looks alone.
    Looks,
    /// It is all that changed: it holds.
    All,
    /// Others changed as well: these keys.
    Among(String),
}

fn value(key: &str, value: &Value) -> Result<toml_edit::Value, String> {
    Ok(match value {
        Value::Switch(on) => (*on).into(),
        Value::Text(text) => text.as_str().into(),
        Value::Number(number) => (*number).into(),
        Value::Raw(raw) => raw.parse().map_err(|error: toml_edit::TomlError| {
            format!("not written: {key} takes no such value: {}", error.message().lines().next().unwrap_or_default())
        })?,
    })
}
