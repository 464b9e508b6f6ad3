//! Keeps the console's looks and settings up to date while it runs: reads the files anew when they change, tries themes,
//! writes what the human changed. On a thread of its own.

use super::{Given, dressed, faults, keys, themes, wish};
use crate::cli::CliError;
use crate::cli::setup::Setup;
use crate::hub::config::edit::{Edit, edit, written};
use crate::hub::config::table::{SETTINGS, Takes as Kind};
use crate::hub::config::{Places, Settings, ThemeWish};
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
pub(in crate::cli) fn keep(setup: &Setup) -> Result<(Look, Configured, Desk, Sender<Wish>), CliError> {
    let first = super::look(setup)?;
    let ground = std::env::var("COLORFGBG").ok().as_deref().and_then(Ground::by_variable);
    let mut keeper = Keeper {
        places: setup.places.clone(),
        settings: setup.settings.clone(),
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

struct Keeper {
    places: Places,
    settings: Settings,
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
                }
                Wish::Try(theme) => self.trying = theme,
                Wish::Ground(ground) => self.ground = Some(ground),
                Wish::Write(change) => {
                    let done = self.write(&change);
                    self.settings.reload(&self.places);
                    self.trying = None;
                    msgs.push(Msg::Wrote(done));
                }
            }
            let told = Told { look: self.look(), msgs: self.news().into_iter().chain(msgs).collect() };
            if tell.send(told).is_err() {
                return;
            }
        }
    }

    /// The look, where it is another one than before.
    fn look(&mut self) -> Option<Look> {
        let wish = match &self.trying {
            Some(name) => ThemeWish::of(name),
            None => wish(&self.settings.config, &self.given),
        };
        // What is at fault is told in the header; the last good theme stays.
        if let Ok(theme) = themes::of(&wish, self.ground, &self.places.themes) {
            self.good = theme;
        }
        let look = dressed(&self.good, &self.settings.config, &self.given);
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
        let config = &self.settings.config;
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
