//! Which checkpoints there are: one line each, in the order in which they were taken.

use super::{Error, SnapshotId, Workspace};
use crate::domain::At;
use serde::{Deserialize, Serialize};
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;

pub(super) const FILE: &str = "taken";

/// A checkpoint that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Which.
    pub id: SnapshotId,
    /// When it was taken last: equal workspaces are one checkpoint.
    pub at: At,
    /// By how many bytes the store grew for it.
    pub grown: u64,
}

/// The list, as it lies on the disk.
pub(super) fn lines(kept: &[Kept]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for kept in kept {
        bytes.extend(serde_json::to_vec(kept).unwrap_or_default());
        bytes.push(b'\n');
    }
    bytes
}

/// The list, as it was read from the disk: the oldest first, each once.
pub(super) fn read(bytes: &[u8]) -> Vec<Kept> {
    let mut kept: Vec<Kept> = Vec::new();
    let mut places = std::collections::HashMap::new();
    // A line that is not whole was being written when everything ended.
    for next in bytes.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice::<Kept>(line).ok()) {
        if let Some(place) = places.get(&next.id) {
            let known: &mut Kept = &mut kept[*place];
            *known = Kept { at: next.at, grown: known.grown.max(next.grown), id: next.id };
        } else {
            places.insert(next.id, kept.len());
            kept.push(next);
        }
    }
    kept.sort_by_key(|kept| kept.at);
    kept
}

/// Bytes of the packs in the store of a git.
pub(super) fn packed(git: &std::path::Path) -> u64 {
    let packs = std::fs::read_dir(git.join("objects/pack")).into_iter().flatten().flatten();
    packs.filter_map(|entry| entry.metadata().ok()).map(|meta| meta.len()).sum()
}

impl Workspace {
    /// The checkpoints that are kept, the oldest first, each once.
    ///
    /// # Errors
    /// Where the list can't be read.
    pub fn kept(&self) -> Result<Vec<Kept>, Error> {
        Ok(read(&self.place.read(FILE)?.unwrap_or_default()))
    }

    pub(super) fn remember(&mut self, id: SnapshotId, at: At, grown: u64) -> Result<(), Error> {
        let path = self.place.file(FILE);
        let line = lines(&[Kept { id, at, grown }]);
        let opened = OpenOptions::new().append(true).create(true).mode(0o600).open(&path);
        opened.and_then(|mut file| file.write_all(&line)).map_err(|error| Error::io("write", &path, error))
    }

    /// Bytes of the packs.
    pub(super) fn packed(&self) -> u64 {
        packed(self.git.dir())
    }
}
