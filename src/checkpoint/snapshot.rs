//! Taking a checkpoint: a walk, the bytes of what changed since the last one, and one tree.

use super::cache::{Cache, Last, Seen, Sign, Usual, clock};
use super::import::{Blob, Import};
use super::manifest::{Manifest, git_mode};
use super::repo::Repo;
use super::rules::{Forced, Rules, tracked};
use super::walk::{At as Here, Found, Taken, Walk, size};
use super::{Error, Go, Limits, Progress, RelPath, Snapshot, SnapshotId, Why, Workspace};
use crate::domain::At;
use rustix::fs::{FileType, Mode, OFlags, fstat, openat, readlinkat};
use std::collections::{BTreeSet, HashMap};
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::sync::Arc;

/// A file that changes while it is read is read again so often.
const TRIES: u32 = 3;
/// Files between two words of progress.
const STRIDE: u64 = 256;

/// A file of the checkpoint that is being taken.
struct New {
    sign: Sign,
    racy: bool,
    digest: [u8; 32],
    blob: Blob,
}

/// A checkpoint that is being taken.
struct Taking<'a> {
    git: &'a super::git::Git,
    /// What the last checkpoint saw; a file that is as it was is marked with this walk, and costs nothing else.
    old: &'a mut HashMap<RelPath, Seen>,
    walk: u64,
    limits: &'a Limits,
    watch: &'a mut dyn FnMut(Progress) -> Go,
    import: Option<Import>,
    /// What was read.
    fresh: HashMap<RelPath, New>,
    progress: Progress,
}

impl Workspace {
    /// Takes a checkpoint. `named` are paths that a call names: they are covered from now on, ignored or not.
    ///
    /// Files that did not change since the last checkpoint are not read; where nothing changed, no process is started.
    ///
    /// # Errors
    /// Where the workspace is gone, git fails, the disk is full, or `watch` says to stop. Nothing is changed then.
    pub fn snapshot(
        &mut self,
        named: &[RelPath],
        limits: &Limits,
        at: At,
        watch: &mut dyn FnMut(Progress) -> Go,
    ) -> Result<Snapshot, Error> {
        let known = self.cache.named.len();
        self.cache.named.extend(named.iter().filter(|path| !path.is_root()).cloned());
        if self.cache.named.len() > known {
            self.cache.save(&self.place)?;
        }
        match self.take(limits, at, watch) {
            // What the cache stands on may be gone from the store: once more, from nothing.
            Err(Error::Git { .. } | Error::Damaged { .. }) if self.cache.last.is_some() => {
                self.cache = Cache { named: std::mem::take(&mut self.cache.named), ..Cache::default() };
                self.objects.reset();
                self.place.sweep();
                self.take(limits, at, watch)
            }
            taken => taken,
        }
        .inspect_err(|_| self.place.sweep())
    }

    fn take(&mut self, limits: &Limits, at: At, watch: &mut dyn FnMut(Progress) -> Go) -> Result<Snapshot, Error> {
        let repo = Repo::around(&self.root);
        let tracked = self.tracked(repo.as_ref());
        let forced = Forced::new(tracked, &self.cache.named);
        self.cache.walks += 1;
        let walk_no = self.cache.walks;
        let mut taking = Taking {
            git: &self.git,
            old: &mut self.cache.files,
            walk: walk_no,
            limits,
            watch,
            import: None,
            fresh: HashMap::new(),
            progress: Progress::default(),
        };
        let mut walk = Walk {
            root: &self.root,
            rules: Rules::around(&self.root, repo.as_ref(), limits.global_ignore.as_deref()),
            forced: &forced,
            limits,
            own: self.place.identities(),
            found: Found::default(),
            by_name: 0,
            take: &mut |here| taking.file(here),
        };
        walk.run()?;
        let mut found = walk.found;
        found.skipped.sort();
        let Taking { import, fresh, progress, .. } = taking;
        let as_before = self.cache.files.iter().filter(|(_, seen)| seen.walk == walk_no);
        let as_before = as_before.map(|(path, seen)| (path, seen.sign.mode));
        let modes = as_before.chain(fresh.iter().map(|(path, file)| (path, file.sign.mode)));
        let usual = self.cache.last.map_or_else(
            || Usual::most(modes.clone().map(|(_, mode)| mode), found.folders.values().map(|(mode, _)| *mode)),
            |last| last.usual,
        );
        let head = repo.as_ref().and_then(Repo::head);
        let manifest = Manifest::of(&found, modes, usual, head.clone());
        let (id, grown) = self.keep(import, fresh, &manifest, at)?;
        Ok(Snapshot {
            id,
            at,
            files: progress.files,
            bytes: progress.bytes,
            read: progress.read,
            grown,
            skipped: found.skipped,
            pointers: found.pointers.into_keys().collect(),
            head,
        })
    }

    /// Writes what changed, and remembers what was seen.
    fn keep(
        &mut self,
        import: Option<Import>,
        fresh: HashMap<RelPath, New>,
        manifest: &Manifest,
        at: At,
    ) -> Result<(SnapshotId, u64), Error> {
        let (there, out) = manifest.texts();
        let digest = *blake3::hash(format!("{there}\0{out}").as_bytes()).as_bytes();
        let old = &self.cache.files;
        let walk = self.cache.walks;
        let gone = old.iter().filter(|(path, seen)| seen.walk != walk && !fresh.contains_key(*path));
        let gone: Vec<RelPath> = gone.map(|(path, _)| path.clone()).collect();
        let differs = |path: &RelPath, file: &New| match (old.get(path), file.blob) {
            (Some(seen), Blob::Known(id)) => seen.blob != id || git_mode(seen.sign.mode) != git_mode(file.sign.mode),
            _ => true,
        };
        let changed: Vec<(&RelPath, &New)> = fresh.iter().filter(|(path, file)| differs(path, file)).collect();
        let same = gone.is_empty() && changed.is_empty();
        let (made, id, grown) = match self.cache.last {
            Some(last) if same && last.manifest == digest => (None, last.id, 0),
            last => {
                let before = self.packed();
                let mut import = import.map_or_else(|| Import::begin(&self.git), Ok)?;
                let texts = (import.blob(there.as_bytes())?, import.blob(out.as_bytes())?);
                import.tree(last.map(|last| last.id.0))?;
                gone.iter().try_for_each(|path| import.remove(&in_tree(path)))?;
                for (path, file) in changed {
                    import.put(&in_tree(path), git_mode(file.sign.mode), file.blob)?;
                }
                import.put(b"manifest", super::objects::PLAIN, Blob::New(texts.0))?;
                import.put(b"skipped", super::objects::PLAIN, Blob::New(texts.1))?;
                let made = import.finish()?;
                let newest = self.objects.newest()?;
                let id = newest.ok_or_else(|| Error::damaged(self.git.dir(), "what was just kept is not there"))?;
                (Some(made), SnapshotId(id), self.packed().saturating_sub(before))
            }
        };
        self.remember(id, at, grown)?;
        let last = Last { id, manifest: digest, usual: manifest.usual };
        if gone.is_empty() && fresh.is_empty() && self.cache.last == Some(last) {
            return Ok((id, grown));
        }
        for path in gone {
            self.cache.files.remove(&path);
        }
        for (path, New { sign, racy, digest, blob }) in fresh {
            let known = match (blob, &made) {
                (Blob::Known(id), _) => Some(id),
                (blob, Some(made)) => made.id(blob),
                (Blob::New(_), None) => None,
            };
            match known {
                Some(blob) => self.cache.files.insert(path, Seen { sign, racy, digest, blob, walk }),
                // One without an id is read again next time.
                None => self.cache.files.remove(&path),
            };
        }
        self.cache.last = Some(last);
        self.cache.save(&self.place)?;
        Ok((id, grown))
    }

    /// What the user's repository tracks; asked again only after its index changed.
    fn tracked(&mut self, repo: Option<&Repo>) -> Arc<BTreeSet<Vec<u8>>> {
        let Some(repo) = repo else { return Arc::default() };
        let sign = fs::metadata(repo.git_dir.join("index"))
            .ok()
            .map(|meta| (meta.ino(), meta.size(), meta.mtime(), meta.mtime_nsec(), meta.ctime_nsec()));
        let Some(sign) = sign else { return Arc::default() };
        match &self.tracked {
            Some((known, paths)) if *known == sign => Arc::clone(paths),
            _ => match tracked(&self.git, &self.root, repo) {
                Ok(paths) => {
                    let paths = Arc::new(paths);
                    self.tracked = Some((sign, Arc::clone(&paths)));
                    paths
                }
                // An index in the middle of a change, or one that no git of ours reads: by the rules alone.
                Err(_) => Arc::default(),
            },
        }
    }
}

/// Files lie in a tree of their own, beside the manifest.
fn in_tree(path: &RelPath) -> Vec<u8> {
    [b"files", path.bytes()].join(&b'/')
}

impl Taking<'_> {
    /// One file or link: as it was seen before, or read.
    fn file(&mut self, here: &Here) -> Result<Taken, Error> {
        self.progress.files += 1;
        if self.progress.files.is_multiple_of(STRIDE) {
            self.say()?;
        }
        let sign = Sign::of(here.stat);
        let walk = self.walk;
        let old = self.old.get_mut(here.path);
        let old = match old {
            Some(seen) if !seen.racy && seen.sign == sign => {
                self.progress.bytes += size(here.stat);
                seen.walk = walk;
                return Ok(Taken::Covered);
            }
            seen => seen.map(|seen| *seen),
        };
        let (bytes, sign, racy) = match read(here, sign, self.limits.file_bytes) {
            Ok(read) => read,
            Err(why) => {
                self.progress.files -= 1;
                return Ok(why.map_or(Taken::Covered, Taken::Not));
            }
        };
        self.progress.read += 1;
        self.progress.bytes += bytes.len() as u64;
        let digest = *blake3::hash(&bytes).as_bytes();
        let is_link = |mode: u32| mode & 0o170_000 == 0o120_000;
        let same = old.filter(|seen: &Seen| seen.digest == digest && is_link(seen.sign.mode) == is_link(sign.mode));
        let blob = match (same, &mut self.import) {
            (Some(seen), _) => Blob::Known(seen.blob),
            (None, Some(import)) => Blob::New(import.blob(&bytes)?),
            (None, import) => Blob::New(import.insert(Import::begin(self.git)?).blob(&bytes)?),
        };
        self.fresh.insert(here.path.clone(), New { sign, racy, digest, blob });
        if bytes.len() > 1 << 20 {
            self.say()?;
        }
        Ok(Taken::Covered)
    }

    fn say(&mut self) -> Result<(), Error> {
        match (self.watch)(self.progress) {
            Go::On => Ok(()),
            Go::Stop => Err(Error::Stopped),
        }
    }
}

/// The bytes of a file, or where a link leads, with the sign they belong to and whether it may soon be wrong. `Err(None)`
/// where it went away since it was seen.
fn read(here: &Here, mut sign: Sign, bound: u64) -> Result<(Vec<u8>, Sign, bool), Option<Why>> {
    let refused = |error| (error != rustix::io::Errno::NOENT).then_some(Why::Unreadable);
    let name = here.path.name();
    if FileType::from_raw_mode(here.stat.st_mode) == FileType::Symlink {
        let began = clock();
        let target = readlinkat(here.folder, name, Vec::new()).map_err(refused)?;
        return Ok((target.into_bytes(), sign, sign.racy(began)));
    }
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let mut bytes = Vec::new();
    for _ in 0..TRIES {
        let began = clock();
        let file: File = openat(here.folder, name, flags, Mode::empty()).map_err(refused)?.into();
        let before = fstat(&file).map_err(refused)?;
        if FileType::from_raw_mode(before.st_mode) != FileType::RegularFile {
            return Err(Some(Why::Special));
        }
        bytes = Vec::with_capacity(usize::try_from(size(&before).min(bound)).unwrap_or(0) + 1);
        (&file).take(bound + 1).read_to_end(&mut bytes).map_err(|_| Some(Why::Unreadable))?;
        if bytes.len() as u64 > bound {
            return Err(Some(Why::Large));
        }
        sign = Sign::of(&before);
        if fstat(&file).is_ok_and(|after| Sign::of(&after) == sign) {
            return Ok((bytes, sign, sign.racy(began)));
        }
    }
    // It never stood still: what was read last, to be read again next time.
    Ok((bytes, sign, true))
}
