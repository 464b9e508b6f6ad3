//! How the console looks and which keys it has, by the configuration; what is wrong with that; and who keeps it up to date.

mod keeper;
mod locale;
pub(super) mod themes;

pub(super) use keeper::{Word, keep};
pub(super) use locale::marks;

use super::CliError;
use super::setup::Setup;
use crate::hub::config::{Clipboard, Config, Places, ThemeWish};
use crate::keymap;
use crate::policy::Fault;
use crate::theme::{Depth, Ground, Theme};
use crate::tui::{Asked, Look, Mouse, Outside};
use crate::ui::settings::Manners;
use crate::ui::{CopyTo, MouseOwner, Occasion, Quiet};
use std::path::PathBuf;

/// What the command line and the environment say of the looks: they go before the configuration, as long as taut runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Given {
    /// The theme of `--theme`.
    pub theme: Option<String>,
    /// `--no-mouse`.
    pub no_mouse: bool,
    /// How many colours the terminal has.
    pub depth: Depth,
    /// Of what the locale can show marks.
    pub marks: crate::tui::Marks,
    /// The terminal can be asked for its ground.
    pub asks: bool,
    /// The folder of the log.
    pub state: PathBuf,
}

impl Given {
    /// What is given to this process.
    #[must_use]
    pub(super) fn of(setup: &Setup) -> Self {
        let variable = |key: &str| std::env::var(key).ok();
        let depth = Depth::detect(variable);
        // The console of Linux takes the question for text.
        let asks = depth != Depth::None && variable("TERM").is_none_or(|term| term != "linux");
        let marks = locale::marks_of(variable);
        let state = setup.places.state.clone();
        Self { theme: setup.theme.clone(), no_mouse: setup.no_mouse, depth, marks, asks, state }
    }
}

/// How the console looks.
///
/// # Errors
/// A theme that was named on the command line and can't be used.
fn look(setup: &Setup, config: &Config) -> Result<Look, CliError> {
    let given = Given::of(setup);
    let ground = std::env::var("COLORFGBG").ok().as_deref().and_then(Ground::by_variable);
    if let Some(name) = &setup.theme {
        themes::of(&ThemeWish::of(name), ground, &setup.places.themes).map_err(CliError::Config)?;
    }
    let wish = wish(config, &given);
    let theme = themes::of(&wish, ground, &setup.places.themes).unwrap_or_default();
    Ok(dressed(&theme, config, &given))
}

/// The keys of the configuration; the table's own where they are at fault.
#[must_use]
pub(super) fn rebound(setup: &Setup) -> keymap::Rebound {
    keymap::rebind(&keys(&setup.settings.config)).unwrap_or_default()
}

/// The theme that is wished for.
fn wish(config: &Config, given: &Given) -> ThemeWish {
    match &given.theme {
        Some(name) => ThemeWish::of(name),
        None => config.theme.clone().unwrap_or_else(|| ThemeWish::of(Theme::NAMES[0])),
    }
}

/// A theme, and all else that is seen, by the configuration and what goes before it.
fn dressed(theme: &Theme, config: &Config, given: &Given) -> Look {
    let by_ground = matches!(wish(config, given), ThemeWish::ByGround { .. });
    Look {
        theme: theme.at(given.depth),
        mouse: if given.no_mouse || !config.mouse { Mouse::Terminals } else { Mouse::Ours },
        marks: locale::wished(config.marks, given.marks),
        outside: Outside::new(config, &given.state, |key| std::env::var(key).ok()),
        ground: if by_ground && given.asks { Asked::Yes } else { Asked::No },
    }
}

/// Who has the mouse, where copied texts go, and when a person is called.
fn manners(config: &Config, given: &Given) -> Manners {
    let attention = &config.attention;
    let on = [
        (attention.waiting, Occasion::Waiting),
        (attention.finished, Occasion::Finished),
        (attention.alarm, Occasion::Alarm),
    ];
    Manners {
        mouse: if given.no_mouse || !config.mouse { MouseOwner::Terminal } else { MouseOwner::Taut },
        notch: config.scroll,
        copy_to: match &config.clipboard {
            Clipboard::Osc52 => CopyTo::Terminal,
            Clipboard::Off => CopyTo::Nowhere,
            Clipboard::Command(command) => CopyTo::Command(command.first().cloned().unwrap_or_default()),
        },
        on: on.into_iter().filter(|(is, _)| *is).map(|(_, occasion)| occasion).collect(),
        quiet: config.attention.quiet.map(|(from, until)| Quiet { from, until }),
    }
}

/// What is wrong with the theme and the keys of a configuration: the defaults stand in for them.
#[must_use]
pub(super) fn faults(config: &Config, places: &Places) -> Vec<Fault> {
    let file = places.config.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let fault = |what| Fault { file: file.clone(), line: 0, what };
    let wrong_theme = config.theme.as_ref().map(|wish| themes::faults(wish, &places.themes)).unwrap_or_default();
    let wrong_keys = keymap::rebind(&keys(config)).err().unwrap_or_default();
    wrong_theme.into_iter().chain(wrong_keys.iter().map(ToString::to_string)).map(fault).collect()
}

fn keys(config: &Config) -> Vec<(String, Vec<String>)> {
    config.keys.iter().map(|key| (key.action.clone(), key.keys.clone())).collect()
}
