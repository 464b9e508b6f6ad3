//! What every command begins with: the places, the configuration, the log as it is.

use super::args::Global;
use super::{CliError, look, words};
use crate::hub;
use crate::hub::config::{Given, Places, Settings};
use crate::state::Limits;
use crate::store::Reader;
use std::fs::File;
use std::path::{Path, PathBuf};

/// The places and the configuration.
pub(super) struct Setup {
    /// Where things are.
    pub places: Places,
    /// What the human wrote.
    pub settings: Settings,
    /// The theme named on the command line.
    pub theme: Option<String>,
    /// What changes is printed as lines.
    pub plain: bool,
    /// The mouse stays the terminal's.
    pub no_mouse: bool,
    /// The state folder that the command line named, absolute.
    pub state_given: Option<PathBuf>,
    /// Hub and console are one process.
    pub embedded: bool,
    /// The path of taut itself.
    pub program: PathBuf,
    /// The human's home folder.
    pub home: String,
}

impl Setup {
    /// Reads the places and the configuration. Faults in it are told, and the rest is in force.
    ///
    /// # Errors
    /// No home folder, or a configuration that was named and is not there.
    pub(super) fn of(global: &Global) -> Result<Self, CliError> {
        let mut setup = Self::of_places(global)?;
        if setup.places.config_given {
            readable(&setup.places.config)?;
        }
        setup.program =
            std::env::current_exe().map_err(|error| CliError::Config(format!("taut cannot find itself: {error}")))?;
        setup.settings = Settings::load_checked(&setup.places, look::faults);
        Ok(setup)
    }

    /// The places alone, with nothing of the configuration read: for the brake, which acts whatever that says.
    ///
    /// # Errors
    /// Nobody knows where the state is.
    pub(super) fn of_places(global: &Global) -> Result<Self, CliError> {
        let given = Given { config: global.config.clone(), state: global.state.clone() };
        let places = Places::find(&given, |key| std::env::var_os(key)).map_err(|e| CliError::Config(e.to_string()))?;
        let embedded = global.embedded || std::env::var_os("TAUT_EMBEDDED").is_some_and(|value| !value.is_empty());
        let state_given = global.state.as_ref().map(|_| places.state.clone());
        let home = places.home.as_ref().map(|home| home.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Self {
            places,
            settings: Settings::default(),
            theme: global.theme.clone(),
            plain: global.plain,
            no_mouse: global.no_mouse,
            embedded,
            state_given,
            program: PathBuf::new(),
            home,
        })
    }

    /// The log, for reading.
    ///
    /// # Errors
    /// There is none, or it can't be read.
    pub(super) fn reader(&self) -> Result<Reader, CliError> {
        Ok(Reader::open(&self.places.state)?)
    }

    /// Says on stderr what is wrong with the configuration: for commands that depend on it and have no header.
    pub(super) fn warn(&self) {
        if let Some(error) = self.settings.error() {
            super::say(&error);
        }
    }

    /// When a session is flagged.
    #[must_use]
    pub(super) fn limits(&self) -> &Limits {
        &self.settings.config.limits
    }

    /// What the hub needs.
    #[must_use]
    pub(super) fn for_hub(&self) -> hub::Setup {
        hub::Setup { program: self.program.clone(), places: self.places.clone(), settings: self.settings.clone() }
    }
}

/// A configuration that was named must be there: another one in its place would be a surprise.
fn readable(config: &Path) -> Result<(), CliError> {
    let why = match File::open(config).and_then(|file| file.metadata()) {
        Ok(meta) if meta.is_dir() => "it is a folder".to_owned(),
        Ok(_) => return Ok(()),
        Err(error) => words::os(&error),
    };
    Err(CliError::Config(format!(
        "the configuration {} can't be read: {why}; name another with --config",
        config.display()
    )))
}
