//! What every command begins with: the places, the configuration, the log as it is.

use super::CliError;
use super::args::Global;
use crate::hub::config::{Given, Places, Settings};
use crate::hub::{self, reading_state};
use crate::state::State;
use crate::store::Reader;
use std::path::PathBuf;

/// The places and the configuration.
pub(super) struct Setup {
    /// Where things are.
    pub places: Places,
    /// What the human wrote.
    pub settings: Settings,
    /// The theme named on the command line.
    pub theme: Option<String>,
    /// The mouse stays the terminal's.
    pub no_mouse: bool,
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
        let given = Given { config: global.config.clone(), state: global.state.clone() };
        let places = Places::find(&given, |key| std::env::var_os(key)).map_err(|e| CliError::Config(e.to_string()))?;
        let settings = Settings::load(&places);
        let program =
            std::env::current_exe().map_err(|error| CliError::Config(format!("taut cannot find itself: {error}")))?;
        let home = places.home.as_ref().map(|home| home.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Self { places, settings, theme: global.theme.clone(), no_mouse: global.no_mouse, program, home })
    }

    /// The log, for reading.
    ///
    /// # Errors
    /// There is none, or it can't be read.
    pub(super) fn reader(&self) -> Result<Reader, CliError> {
        Ok(Reader::open(&self.places.state)?)
    }

    /// Everything that is known.
    ///
    /// # Errors
    /// The log can't be read.
    pub(super) fn state(&self, reader: &Reader) -> Result<State, CliError> {
        Ok(reading_state(reader)?)
    }

    /// Milliseconds of silence after which a turn is stalled.
    #[must_use]
    pub(super) fn stall_after(&self) -> u64 {
        let after = self.settings.config.stall_after;
        after.map_or(u64::MAX, |after| u64::try_from(after.as_millis()).unwrap_or(u64::MAX))
    }

    /// What the hub needs.
    #[must_use]
    pub(super) fn for_hub(&self) -> hub::Setup {
        hub::Setup { program: self.program.clone(), places: self.places.clone(), settings: self.settings.clone() }
    }
}
