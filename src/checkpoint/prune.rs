//! Which checkpoints go: the old ones, and the oldest while all are too large; never those that a caller keeps. What goes
//! is taken out of the store at once, not left to be found.

use super::cache::Cache;
use super::journal::Journal;
use super::{Error, Fault, Go, How, Kept, SnapshotId, Workspace, log};
use crate::domain::At;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// While this is there, something that is on no list any more may still lie in the store.
pub(super) const LEAVING: &str = "leaving";

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
        self.take_out(gone, &mut || Go::On)
    }

    /// Takes out checkpoints that somebody found to be old. One that was taken again since is not old any more, and the
    /// last one is what the next is built on: both stay. `go` is asked again and again, so that a call need not wait.
    ///
    /// # Errors
    /// Where git fails, the disk is full, or `go` says to stop; then everything is still there.
    pub fn discard(&mut self, old: &[Kept], go: &mut dyn FnMut() -> Go) -> Result<Pruned, Error> {
        let last = self.cache.last.map(|last| last.id);
        let same = |kept: &Kept| old.iter().any(|old| (old.id, old.at) == (kept.id, kept.at));
        let gone = self.kept()?.into_iter().filter(|kept| last != Some(kept.id) && same(kept)).map(|kept| kept.id);
        let gone: Vec<SnapshotId> = gone.collect();
        if gone.is_empty() && !self.place.file(LEAVING).exists() {
            return Ok(Pruned::default());
        }
        self.take_out(gone, go)
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
        self.take_out(gone, &mut || Go::On)
    }

    /// Makes one pack of many, where there are more than `packs`. For a quiet moment: it copies the store.
    ///
    /// # Errors
    /// Where git fails or the disk is full; then everything is still there.
    pub fn tidy(&mut self, packs: u64) -> Result<(), Error> {
        if self.sizes()?.packs > packs { self.take_out(Vec::new(), &mut || Go::On).map(drop) } else { Ok(()) }
    }

    /// One pack of all that stays is written beside the others; then the list says what stays, and then the others go. A
    /// death before the list was written took nothing, and after it only what was to go is left, for the next to end.
    fn take_out(&mut self, gone: Vec<SnapshotId>, go: &mut dyn FnMut() -> Go) -> Result<Pruned, Error> {
        if Journal::is_there(&self.place) {
            return Err(Error::Unfinished(self.root.clone()));
        }
        let before = self.packed();
        let mut kept = self.kept()?;
        kept.retain(|kept| !gone.contains(&kept.id));
        let mut act = Acts { fault: self.fault, done: 0, folder: self.place.folder().to_owned() };
        // A line each, and each a name that git keeps everything of.
        let mut refs: Vec<String> = kept.iter().map(|kept| format!("{0} refs/taut/{0}\n", kept.id)).collect();
        refs.sort_by(|one, other| one[41..].cmp(&other[41..]));
        let packed = format!("# pack-refs with: sorted \n{}", refs.concat());
        act.next()?;
        self.place.remove("git/refs/taut/last")?;
        act.next()?;
        self.place.write("git/packed-refs", packed.as_bytes())?;
        self.objects.reset();
        self.views.clear();
        act.next()?;
        let new = self.pack(go).inspect_err(|_| self.place.sweep())?;
        act.next()?;
        self.place.write_synced(LEAVING, b"")?;
        act.next()?;
        self.place.write_synced(log::FILE, &log::lines(&kept))?;
        let folder = self.git.dir().join("objects/pack");
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let stays = new.as_ref().is_some_and(|new| entry.file_name().to_string_lossy().starts_with(new));
            if !stays {
                act.next()?;
                std::fs::remove_file(entry.path()).map_err(|error| Error::io("remove", &entry.path(), error))?;
            }
        }
        act.next()?;
        let mut command = self.git.command();
        command.args(["prune", "--expire=now"]);
        self.git.run("make the store smaller", &mut command)?;
        act.next()?;
        self.place.remove(LEAVING)?;
        Ok(Pruned { gone, bytes: before.saturating_sub(self.packed()) })
    }

    /// Writes everything that has a name into one pack; tells how its files begin, and nothing where nothing has a name.
    fn pack(&self, go: &mut dyn FnMut() -> Go) -> Result<Option<String>, Error> {
        let mut command = self.git.command();
        command.args(["pack-objects", "--all", "--non-empty", "--delta-base-offset", "--threads=1", "-q"]);
        command.arg("objects/pack/pack");
        let told = self.git.run_while("make the store smaller", &mut command, go)?;
        let name = String::from_utf8_lossy(&told).trim().to_owned();
        Ok((!name.is_empty()).then(|| format!("pack-{name}.")))
    }
}

/// Counts what is done, and lets it fail where a test says so.
struct Acts {
    fault: Option<Fault>,
    done: u32,
    folder: PathBuf,
}

impl Acts {
    fn next(&mut self) -> Result<(), Error> {
        self.done += 1;
        match self.fault.filter(|fault| fault.at == self.done).map(|fault| fault.how) {
            None => Ok(()),
            Some(How::Kill) => Err(Error::Fault(self.done)),
            Some(How::Full) => Err(Error::Full(self.folder.clone())),
            Some(How::Refuse) => Err(Error::io("write", &self.folder, rustix::io::Errno::ACCESS)),
        }
    }
}
