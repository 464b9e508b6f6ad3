//! Which checkpoints go: the old ones, and the oldest while all are too large; never those that a caller keeps. What goes
//! is taken out of the store at once, not left to be found.

use super::cache::Cache;
use super::journal::Journal;
use super::{Error, Kept, SnapshotId, Workspace, log};
use crate::domain::At;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How much is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// What was taken before this goes.
    pub before: Option<At>,
    /// While the store has more bytes than this, the oldest goes.
    pub bytes: Option<u64>,
}

/// What goes, or went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pruned {
    /// Which.
    pub gone: Vec<SnapshotId>,
    /// By how many bytes the store became smaller; before it is done, an estimate.
    pub bytes: u64,
}

/// How large the checkpoints of a workspace are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sizes {
    /// Checkpoints.
    pub checkpoints: u64,
    /// Bytes on the disk.
    pub bytes: u64,
    /// Packs; many make reading slow, and [`Workspace::tidy`] makes them one.
    pub packs: u64,
}

impl Workspace {
    /// How large everything is.
    ///
    /// # Errors
    /// Where the list of checkpoints can't be read.
    pub fn sizes(&self) -> Result<Sizes, Error> {
        let packs = std::fs::read_dir(self.git.dir().join("objects/pack")).into_iter().flatten().flatten();
        let packs = packs.filter(|entry| entry.path().extension().is_some_and(|end| end == "pack")).count();
        Ok(Sizes { checkpoints: self.kept()?.len() as u64, bytes: self.packed(), packs: packs as u64 })
    }

    /// What [`Workspace::prune`] would take.
    ///
    /// # Errors
    /// Where the list of checkpoints can't be read.
    pub fn prunable(&self, keep: &BTreeSet<SnapshotId>, bounds: &Bounds) -> Result<Pruned, Error> {
        let kept = self.kept()?;
        let last = self.cache.last.map(|last| last.id);
        let mut total = self.packed();
        let mut pruned = Pruned::default();
        for Kept { id, at, grown } in kept {
            // The last one is what the next is built on.
            if keep.contains(&id) || last == Some(id) {
                continue;
            }
            if bounds.before.is_some_and(|before| at < before) || bounds.bytes.is_some_and(|most| total > most) {
                total = total.saturating_sub(grown);
                pruned.bytes += grown;
                pruned.gone.push(id);
            }
        }
        Ok(pruned)
    }

    /// Takes out what is beyond the bounds, but nothing of `keep`.
    ///
    /// # Errors
    /// Where git fails or the disk is full; then everything is still there.
    pub fn prune(&mut self, keep: &BTreeSet<SnapshotId>, bounds: &Bounds) -> Result<Pruned, Error> {
        let gone = self.prunable(keep, bounds)?.gone;
        self.take_out(gone)
    }

    /// Takes out some checkpoints, whatever keeps them: what only they held is gone from the disk when this returns.
    ///
    /// # Errors
    /// Where git fails or the disk is full; then everything is still there.
    pub fn forget(&mut self, ids: &BTreeSet<SnapshotId>) -> Result<Pruned, Error> {
        if self.cache.last.is_some_and(|last| ids.contains(&last.id)) {
            // The next one is built on nothing: every file is read again.
            self.cache = Cache { named: std::mem::take(&mut self.cache.named), ..Cache::default() };
            self.cache.save(&self.place)?;
        }
        let gone = self.kept()?.into_iter().map(|kept| kept.id).filter(|id| ids.contains(id)).collect();
        self.take_out(gone)
    }

    /// Makes one pack of many, where there are more than `packs`. For a quiet moment: it copies the store.
    ///
    /// # Errors
    /// Where git fails or the disk is full; then everything is still there.
    pub fn tidy(&mut self, packs: u64) -> Result<(), Error> {
        if self.sizes()?.packs > packs { self.take_out(Vec::new()).map(drop) } else { Ok(()) }
    }

    fn take_out(&mut self, gone: Vec<SnapshotId>) -> Result<Pruned, Error> {
        if Journal::is_there(&self.place) {
            return Err(Error::Unfinished(self.root.clone()));
        }
        let before = self.packed();
        let all = self.kept()?;
        let mut kept = all.clone();
        kept.retain(|kept| !gone.contains(&kept.id));
        // A line each, and each a name that git keeps everything of.
        let mut refs: Vec<String> = kept.iter().map(|kept| format!("{0} refs/taut/{0}\n", kept.id)).collect();
        refs.sort_by(|one, other| one[41..].cmp(&other[41..]));
        let packed = format!("# pack-refs with: sorted \n{}", refs.concat());
        let last = self.git.dir().join("refs/taut/last");
        match std::fs::remove_file(&last) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::io("remove", &last, error));
            }
            _ => {}
        }
        // The list goes first: what is not on it is found by nobody, and goes with the next that is taken out.
        self.place.write_synced(log::FILE, &log::lines(&kept))?;
        self.place.write("git/packed-refs", packed.as_bytes())?;
        self.objects.reset();
        self.views.clear();
        let mut command = self.git.command();
        command.args(["repack", "-a", "-d", "-q", "--threads=1"]);
        if let Err(error) = self.git.run("make the store smaller", &mut command) {
            self.place.sweep();
            self.place.write_synced(log::FILE, &log::lines(&all))?;
            return Err(error);
        }
        let mut command = self.git.command();
        command.args(["prune", "--expire=now"]);
        self.git.run("make the store smaller", &mut command)?;
        if kept.is_empty() {
            // Git leaves its packs where nothing at all is kept.
            for entry in std::fs::read_dir(self.git.dir().join("objects/pack")).into_iter().flatten().flatten() {
                std::fs::remove_file(entry.path()).map_err(|error| Error::io("remove", &entry.path(), error))?;
            }
        }
        Ok(Pruned { gone, bytes: before.saturating_sub(self.packed()) })
    }
}
