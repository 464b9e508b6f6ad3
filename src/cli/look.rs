//! How the console looks and which keys it has, by the configuration; and what is wrong with that.

use super::setup::Setup;
use super::{CliError, words};
use crate::hub::config::{Clipboard, Config, Places};
use crate::keymap::{self, Rebound};
use crate::policy::Fault;
use crate::theme::{Depth, Theme};
use crate::tui::{Look, Outside};
use crate::ui::{App, CopyTo, MouseOwner, Occasion, Quiet};
use std::io::ErrorKind;
use std::path::Path;

/// How the console looks.
///
/// # Errors
/// A theme that was named on the command line and can't be used.
pub(super) fn look(setup: &Setup) -> Result<Look, CliError> {
    let configured = setup.settings.config.theme.as_deref().and_then(|name| theme(name, &setup.places.themes).ok());
    let theme = match &setup.theme {
        Some(name) => theme(name, &setup.places.themes).map_err(CliError::Config)?,
        None => configured.unwrap_or_default(),
    };
    let theme = theme.at(Depth::detect(|key| std::env::var(key).ok()));
    let config = &setup.settings.config;
    let outside = Outside::new(config, &setup.places.state, |key| std::env::var(key).ok());
    Ok(Look { theme, outside })
}

/// Who has the mouse, where copied texts go, and when a person is called.
pub(super) fn manners(setup: &Setup, app: &mut App) {
    let config = &setup.settings.config;
    app.mouse = if setup.no_mouse || !config.mouse { MouseOwner::Terminal } else { MouseOwner::Taut };
    app.notch = config.scroll;
    app.copy_to = match &config.clipboard {
        Clipboard::Osc52 => CopyTo::Terminal,
        Clipboard::Off => CopyTo::Nowhere,
        Clipboard::Command(command) => CopyTo::Command(command.first().cloned().unwrap_or_default()),
    };
    let on = [(config.attention.waiting, Occasion::Waiting), (config.attention.finished, Occasion::Finished)];
    app.attention.on = on.into_iter().filter(|(is, _)| *is).map(|(_, occasion)| occasion).collect();
    app.attention.quiet = config.attention.quiet.map(|(from, until)| Quiet { from, until });
}

/// The keys of the configuration; the table's own where they are at fault.
#[must_use]
pub(super) fn rebound(setup: &Setup) -> Rebound {
    keymap::rebind(&keys(&setup.settings.config)).unwrap_or_default()
}

/// What is wrong with the theme and the keys of a configuration: the defaults stand in for them.
#[must_use]
pub(super) fn faults(config: &Config, places: &Places) -> Vec<Fault> {
    let file = places.config.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let fault = |what| Fault { file: file.clone(), line: 0, what };
    let wrong_theme = config.theme.as_ref().and_then(|name| theme(name, &places.themes).err());
    let wrong_keys = keymap::rebind(&keys(config)).err().unwrap_or_default();
    wrong_theme.into_iter().chain(wrong_keys.iter().map(ToString::to_string)).map(fault).collect()
}

fn keys(config: &Config) -> Vec<(String, Vec<String>)> {
    config.keys.iter().map(|key| (key.action.clone(), key.keys.clone())).collect()
}

/// A theme by its name: built in, or a file in the folder of themes. The error is one sentence.
fn theme(name: &str, folder: &Path) -> Result<Theme, String> {
    if let Some(theme) = Theme::built_in(name) {
        return Ok(theme);
    }
    let file = folder.join(format!("{name}.toml"));
    let text = std::fs::read_to_string(&file).map_err(|error| {
        let why = match error.kind() {
            ErrorKind::NotFound => format!("there is no {}", file.display()),
            _ => format!("{} can't be read: {}", file.display(), words::os(&error)),
        };
        format!("no theme is called {name:?}: built in are {}, and {why}", Theme::NAMES.join(", "))
    })?;
    Theme::read(&file.to_string_lossy(), &text).map_err(|faults| {
        let more = faults.0.len().saturating_sub(1);
        let first = faults.0.first().map(ToString::to_string).unwrap_or_default();
        let first = first.trim_end_matches('.');
        if more == 0 { first.to_owned() } else { format!("{first} (and {more} more)") }
    })
}
