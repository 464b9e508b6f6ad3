//! `[recordings]`: where sessions of other tools are looked for, and whether and how long they are kept.

use super::keep::{size, whole_paths};
use super::time;
use crate::policy::toml_file::Reading;
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::de::DeTable;

const KEYS: [&str; 4] = ["keep", "folders", "age", "size"];

/// What is kept of other tools' sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recordings {
    /// Whether a hub looks for them and keeps what it finds.
    pub keep: bool,
    /// Folders beside the known places of the tools, as written.
    pub folders: Vec<String>,
    /// Those that nobody added to for so long go; `None` for never.
    pub age: Option<Duration>,
    /// While all of them take more bytes than this, the oldest go; `None` for never.
    pub size: Option<u64>,
}

impl Default for Recordings {
    fn default() -> Self {
        Self { keep: true, folders: Vec::new(), age: None, size: None }
    }
}

impl Recordings {
    /// The folders that were named, with the home folder in the place of `~`.
    #[must_use]
    pub fn named(&self, home: Option<&Path>) -> Vec<PathBuf> {
        self.folders.iter().filter_map(|text| super::keep::under_home(text, home)).collect()
    }
}

/// All of it.
pub(super) fn recordings(reading: &mut Reading, table: &DeTable<'_>) -> Recordings {
    let usual = Recordings::default();
    let Some(inner) = reading.table(table, "recordings") else { return usual };
    reading.only(inner, "[recordings]", &KEYS);
    Recordings {
        keep: reading.switch(inner, "keep").unwrap_or(usual.keep),
        folders: whole_paths(reading, inner, "folders"),
        age: time(reading, inner, "age", usual.age),
        size: size(reading, inner, "size", usual.size),
    }
}
