//! What git does not keep of a workspace: full modes, empty folders, repositories of their own, and what was left out and
//! why. Two texts beside the tree of files, a line each, in order: equal workspaces have equal manifests.

use super::cache::Usual;
use super::objects::{FOLDER, LINK, PLAIN, PROGRAM};
use super::walk::{Filled, Found};
use super::{Entry, Head, ObjectId, RelPath, Why};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The first line: what follows is read by these rules.
const VERSION: &str = "taut checkpoint 1";

/// What a checkpoint knows beside its tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Manifest {
    pub usual: Usual,
    /// Modes that are not the usual ones, of files and folders.
    pub modes: BTreeMap<RelPath, u32>,
    /// Folders without a covered file below them.
    pub empty: BTreeSet<RelPath>,
    pub pointers: BTreeMap<RelPath, Option<String>>,
    pub skipped: BTreeMap<RelPath, Why>,
    pub head: Option<Head>,
}

impl Manifest {
    /// Of a walk. `files` are the modes of what is covered: with the kind, as the system has them.
    pub(super) fn of<'a>(
        found: &Found,
        files: impl Iterator<Item = (&'a RelPath, u32)>,
        usual: Usual,
        head: Option<Head>,
    ) -> Self {
        let mut modes = BTreeMap::new();
        for (path, mode) in files {
            let git = git_mode(mode);
            if git != LINK && mode & 0o7777 != usual.of(git) {
                modes.insert(path.clone(), mode & 0o7777);
            }
        }
        let mut empty = BTreeSet::new();
        for (path, (mode, filled)) in &found.folders {
            if *mode != usual.folder {
                modes.insert(path.clone(), *mode);
            }
            if *filled == Filled::No {
                empty.insert(path.clone());
            }
        }
        let skipped = found.skipped.iter().map(|skipped| (skipped.path.clone(), skipped.why)).collect();
        Self { usual, modes, empty, pointers: found.pointers.clone(), skipped, head }
    }

    /// What a line of the tree stands for.
    pub(super) fn entry(&self, path: &RelPath, git: u32, id: ObjectId) -> Entry {
        let mode = || self.modes.get(path).copied().unwrap_or_else(|| self.usual.of(git));
        match git {
            FOLDER => Entry::Folder { mode: mode() },
            LINK => Entry::Link { blob: id },
            _ => Entry::File { blob: id, mode: mode() },
        }
    }

    /// What stands where the tree has nothing.
    pub(super) fn beside(&self, path: &RelPath) -> Entry {
        if path.is_root() || self.empty.contains(path) {
            return Entry::Folder { mode: self.modes.get(path).copied().unwrap_or(self.usual.folder) };
        }
        if let Some(head) = self.pointers.get(path) {
            return Entry::Pointer { head: head.clone() };
        }
        let left_out = std::iter::once(path.clone()).chain(path.ancestors()).find_map(|path| self.skipped.get(&path));
        if let Some(why) = left_out {
            return Entry::Uncovered(*why);
        }
        if path.ancestors().any(|folder| self.pointers.contains_key(&folder)) {
            return Entry::Uncovered(Why::Nested);
        }
        Entry::Absent
    }

    /// The paths of which two manifests say different things.
    pub(super) fn differing(&self, other: &Self) -> BTreeSet<RelPath> {
        let mut paths: BTreeSet<RelPath> = self.empty.symmetric_difference(&other.empty).cloned().collect();
        apart(&self.modes, &other.modes, &mut paths);
        apart(&self.pointers, &other.pointers, &mut paths);
        apart(&self.skipped, &other.skipped, &mut paths);
        paths
    }

    /// The two texts: what is there, and what was left out.
    pub(super) fn texts(&self) -> (String, String) {
        let mut there = format!("{VERSION}\n");
        let Usual { plain, program, folder } = self.usual;
        let _ = writeln!(there, "usual {plain:o} {program:o} {folder:o}");
        if let Some(head) = &self.head {
            let word = |word: &Option<String>| word.clone().unwrap_or_else(|| "-".to_owned());
            let _ = writeln!(there, "head {} {}", word(&head.commit), word(&head.branch));
        }
        for (path, mode) in &self.modes {
            let _ = writeln!(there, "mode {mode:o} {path}");
        }
        for path in &self.empty {
            let _ = writeln!(there, "empty - {path}");
        }
        for (path, head) in &self.pointers {
            let _ = writeln!(there, "repository {} {path}", head.as_deref().unwrap_or("-"));
        }
        let mut out = format!("{VERSION}\n");
        for (path, why) in &self.skipped {
            let _ = writeln!(out, "{} - {path}", why.word());
        }
        (there, out)
    }

    /// Reads them again; `None` where they are not ours.
    pub(super) fn read(there: &str, out: &str) -> Option<Self> {
        let mut lines = there.strip_prefix(VERSION)?.strip_prefix('\n')?.lines();
        let usual = lines.next()?.strip_prefix("usual ")?;
        let usual: Vec<u32> = usual.split(' ').map_while(|mode| u32::from_str_radix(mode, 8).ok()).collect();
        let [plain, program, folder] = usual[..] else { return None };
        let mut manifest = Self {
            usual: Usual { plain, program, folder },
            modes: BTreeMap::new(),
            empty: BTreeSet::new(),
            pointers: BTreeMap::new(),
            skipped: BTreeMap::new(),
            head: None,
        };
        let known = |word: &str| (word != "-").then(|| word.to_owned());
        for line in lines {
            let [kind, word, rest] = line.splitn(3, ' ').collect::<Vec<_>>()[..] else { return None };
            if kind == "head" {
                manifest.head = Some(Head { commit: known(word), branch: known(rest) });
                continue;
            }
            let path = RelPath::from_text(rest)?;
            match kind {
                "mode" => drop(manifest.modes.insert(path, u32::from_str_radix(word, 8).ok()?)),
                "empty" => drop(manifest.empty.insert(path)),
                "repository" => drop(manifest.pointers.insert(path, known(word))),
                _ => return None,
            }
        }
        for line in out.strip_prefix(VERSION)?.strip_prefix('\n')?.lines() {
            let (word, path) = line.split_once(" - ")?;
            let why = Why::ALL.into_iter().find(|why| why.word() == word)?;
            manifest.skipped.insert(RelPath::from_text(path)?, why);
        }
        Some(manifest)
    }
}

impl Usual {
    pub(super) fn of(&self, git: u32) -> u32 {
        match git {
            FOLDER => self.folder,
            PROGRAM => self.program,
            _ => self.plain,
        }
    }

    /// What most of a workspace has.
    pub(super) fn most(files: impl Iterator<Item = u32>, folders: impl Iterator<Item = u32>) -> Self {
        let mut counts: BTreeMap<(u32, u32), usize> = BTreeMap::new();
        let of_files = files.map(|mode| (git_mode(mode), mode & 0o7777));
        for key in of_files.chain(folders.map(|mode| (FOLDER, mode & 0o7777))) {
            *counts.entry(key).or_default() += 1;
        }
        let most = |kind: u32, otherwise: u32| {
            let counts = counts.iter().filter(|((of, _), _)| *of == kind);
            counts.max_by_key(|(_, count)| **count).map_or(otherwise, |((_, mode), _)| *mode)
        };
        Self { plain: most(PLAIN, 0o644), program: most(PROGRAM, 0o755), folder: most(FOLDER, 0o755) }
    }
}

/// How git keeps what the system tells of.
pub(super) fn git_mode(mode: u32) -> u32 {
    if mode & 0o170_000 == 0o120_000 {
        LINK
    } else if mode & 0o100 == 0 {
        PLAIN
    } else {
        PROGRAM
    }
}

fn apart<V: PartialEq>(one: &BTreeMap<RelPath, V>, other: &BTreeMap<RelPath, V>, into: &mut BTreeSet<RelPath>) {
    let differs = |path: &&RelPath| one.get(*path) != other.get(*path);
    into.extend(one.keys().chain(other.keys()).filter(differs).cloned());
}
