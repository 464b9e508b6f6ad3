//! What a restore means to do, written down before it begins: whoever comes after a kill goes on from it, or takes back
//! what was put aside.

use super::place::Place;
use super::walk::ASIDE;
use super::{Entry, Error, Left, RelPath};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ffi::OsString;

pub(super) const FILE: &str = "journal";

/// The note of the last restore that came to its end.
const ENDED: &str = "restored";

/// How far a restore is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stage {
    /// New files are written aside: the workspace's own are as they were.
    Aside,
    /// All of them are on the disk: it is gone through with.
    Through,
}

/// One path of a restore.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Item {
    pub path: RelPath,
    /// Only this is replaced.
    pub now: Entry,
    pub want: Entry,
    /// The item that is another name of the same file, and becomes the same: it is linked to that one's new file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<usize>,
}

/// A restore.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Journal {
    pub stage: Stage,
    /// What its files aside are named by; nobody else's are.
    pub mark: String,
    pub items: Vec<Item>,
    pub folders: BTreeMap<RelPath, u32>,
    /// What was to be left as it stands, before anything was done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<Left>,
    /// What whoever wanted it has to know of it after a kill.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl Journal {
    pub(super) fn load(place: &Place) -> Result<Option<Self>, Error> {
        let Some(bytes) = place.read(FILE)? else { return Ok(None) };
        let path = place.file(FILE);
        serde_json::from_slice(&bytes).map(Some).map_err(|error| Error::damaged(&path, error.to_string()))
    }

    pub(super) fn save(&self, place: &Place) -> Result<(), Error> {
        let bytes = serde_json::to_vec(self).map_err(|error| Error::damaged(&place.file(FILE), error.to_string()))?;
        place.write_synced(FILE, &bytes)
    }

    /// It came to its end, which is told to whoever asks with its note.
    pub(super) fn ended(&self, place: &Place) -> Result<(), Error> {
        place.write(ENDED, self.note.as_bytes())?;
        Self::done(place)
    }

    pub(super) fn last_ended(place: &Place) -> Result<Option<String>, Error> {
        Ok(place.read(ENDED)?.map(|note| String::from_utf8_lossy(&note).into_owned()))
    }

    pub(super) fn done(place: &Place) -> Result<(), Error> {
        place.remove(FILE)
    }

    pub(super) fn is_there(place: &Place) -> bool {
        place.file(FILE).exists()
    }

    /// True where a folder above a path that goes is to be a file or a link: then nothing is left to go.
    pub(super) fn replaces_folder_of(&self, item: &Item) -> bool {
        let replaced = |other: &Item| other.want.blob().is_some() && item.path.ancestors().any(|at| at == other.path);
        item.want == Entry::Absent && self.items.iter().any(replaced)
    }

    /// The name of an item's file aside.
    pub(super) fn aside(&self, item: usize) -> OsString {
        format!("{ASIDE}{}-{item}", self.mark).into()
    }
}
