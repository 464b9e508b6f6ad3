//! The settings as hub and console speak of them: which hold, what of newer ones waits, and in what it differs.

use super::Digest;
use serde::{Deserialize, Serialize};

/// One of the two files of settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SettingsFile {
    /// `config.toml`.
    Config,
    /// `policy.toml`.
    Policy,
}

impl SettingsFile {
    /// Its name, as a person knows it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Config => "config.toml",
            Self::Policy => "policy.toml",
        }
    }
}

/// Which settings the hub holds to, and what of newer ones waits for a human.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsInForce {
    /// The configuration's path.
    pub path: String,
    /// The digest of the configuration in force; `None` where there was no file.
    pub config: Option<Digest>,
    /// What was changed while agents run, and is not in force.
    pub waits: Vec<SettingsWait>,
}

impl SettingsInForce {
    /// What waits, in words: `policy.toml; config.toml: keys.allow`.
    #[must_use]
    pub fn words(&self) -> String {
        self.waits.iter().map(SettingsWait::words).collect::<Vec<_>>().join("; ")
    }
}

/// A file that says other than what is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsWait {
    /// Which.
    pub file: SettingsFile,
    /// Of what it says; `None` where it is gone.
    pub digest: Option<Digest>,
    /// The keys that changed, where they are known.
    pub keys: Vec<String>,
}

impl SettingsWait {
    /// It, in words.
    #[must_use]
    pub fn words(&self) -> String {
        match self.keys.as_slice() {
            [] => self.file.name().to_owned(),
            keys => format!("{}: {}", self.file.name(), keys.join(", ")),
        }
    }
}

/// What a file would change, once it is taken: all of it, so that nothing is accepted that was not shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsDiff {
    /// Which file.
    pub file: SettingsFile,
    /// Of what it says; `None` where it is gone. Only this is accepted.
    pub digest: Option<Digest>,
    /// What differs from what is in force: in the order of the file, or of the keys.
    pub lines: Vec<SettingsLine>,
    /// Lines that are left out, since there are too many: what they say can't be accepted then.
    pub left_out: u64,
}

/// A line of the difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "line")]
pub enum SettingsLine {
    /// So many lines are as they were.
    Gap {
        /// How many.
        lines: u32,
    },
    /// It is as it was.
    Same {
        /// What it says.
        text: String,
    },
    /// It is in force, and would be no more.
    Gone {
        /// What it says.
        text: String,
    },
    /// It would be in force.
    Came {
        /// What it says.
        text: String,
    },
    /// A key says other things than the one in force.
    Key {
        /// Its name, with its table's.
        key: String,
        /// What is in force; `None` where the file did not name it.
        was: Option<String>,
        /// What would be; `None` where the file does not name it any more.
        is: Option<String>,
    },
}
