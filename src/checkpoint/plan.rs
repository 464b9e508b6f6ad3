//! The way back, before a step of it is taken: which files, to what, and where somebody's later work is in the way.
//!
//! Only paths that the undone spans changed are in it. Each is looked at three-way, span by span from the last: what the
//! span left (base), what stands now (ours), what stood before it (theirs). An undo is a span like any other, so it can
//! be undone by the same plan.

use super::merge::{Favour, Merged};
use super::{Entry, Error, LeftWhy, ObjectId, RelPath, SnapshotId, Why, Workspace};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is to be undone: one step, or steps that overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The workspace before it.
    pub before: SnapshotId,
    /// The workspace after it.
    pub after: SnapshotId,
}

/// What an undo would do: pure data, to be shown and then restored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Each path that would change, or can't, in order. A caller may take out what is not to be done.
    pub files: Vec<FilePlan>,
    /// Folders that are not there now, made with this mode where a file that comes back needs them.
    pub folders: BTreeMap<RelPath, u32>,
}

/// What would become of one path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilePlan {
    /// Which.
    pub path: RelPath,
    /// What stands there now: only that is replaced.
    pub now: Entry,
    /// What would become of it.
    pub outcome: Outcome,
}

/// What an undo does with a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nobody changed it since: it will be as it was.
    Restore(Entry),
    /// It was changed elsewhere since: that is kept, the steps' part is taken out.
    Merge(Entry),
    /// It was changed since, in the same place.
    Conflict(Conflict),
    /// It can't be undone.
    Cannot(Cannot),
}

/// Two who changed the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// What kind of conflict.
    pub clash: Clash,
    /// With the later change where the two meet; what does not meet is undone.
    pub ours: Entry,
    /// As before the steps where the two meet; later changes elsewhere are kept.
    pub theirs: Entry,
    /// The lines of both, one after the other and with marks around them, where that can be made.
    pub both: Option<Entry>,
}

/// What kind of conflict it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clash {
    /// The same lines were changed since.
    Lines,
    /// It was changed since, and is no text.
    Binary,
    /// Its mode was changed since.
    Mode,
    /// It was deleted or renamed since.
    Deleted,
    /// The steps made it, and it was changed since; or something else was made in its place.
    Made,
    /// The steps took it away, and something was put in its place since.
    Again,
    /// Something of another kind stands there now.
    Kind,
    /// A step that ran at the same time, and is not taken back, wrote it as well.
    Beside,
}

/// Why a path can't be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cannot {
    /// A checkpoint does not cover it.
    NotCovered(Why),
    /// It is a repository of its own.
    Repository,
}

/// What is done about a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// [`Conflict::ours`].
    Ours,
    /// [`Conflict::theirs`].
    Theirs,
    /// [`Conflict::both`].
    Both,
    /// The file stays as it is, all of it.
    Skip,
}

/// What was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// For some paths.
    pub paths: BTreeMap<RelPath, Choice>,
    /// For all others.
    pub otherwise: Choice,
}

impl Default for Choices {
    fn default() -> Self {
        Self { paths: BTreeMap::new(), otherwise: Choice::Skip }
    }
}

impl Choices {
    /// The same for every path.
    #[must_use]
    pub fn all(otherwise: Choice) -> Self {
        Self { paths: BTreeMap::new(), otherwise }
    }

    pub(super) fn of(&self, path: &RelPath) -> Choice {
        self.paths.get(path).copied().unwrap_or(self.otherwise)
    }
}

impl Plan {
    /// The conflicts.
    pub fn conflicts(&self) -> impl Iterator<Item = (&RelPath, &Conflict)> {
        self.files.iter().filter_map(|file| match &file.outcome {
            Outcome::Conflict(conflict) => Some((&file.path, conflict)),
            Outcome::Restore(_) | Outcome::Merge(_) | Outcome::Cannot(_) => None,
        })
    }

    /// True where a file would not stay as it is.
    #[must_use]
    pub fn changes(&self, choices: &Choices) -> bool {
        self.files.iter().any(|file| file.wanted(choices).is_ok_and(|want| *want != file.now))
    }
}

impl FilePlan {
    /// What it is to become.
    ///
    /// # Errors
    /// It is to be left as it stands: why.
    pub(super) fn wanted(&self, choices: &Choices) -> Result<&Entry, LeftWhy> {
        match &self.outcome {
            Outcome::Restore(entry) | Outcome::Merge(entry) => Ok(entry),
            Outcome::Cannot(cannot) => Err(LeftWhy::Cannot(*cannot)),
            Outcome::Conflict(conflict) => conflict.chosen(choices.of(&self.path)).ok_or(LeftWhy::Skipped),
        }
    }
}

impl Conflict {
    /// What a choice makes of it; `None` to leave the file.
    #[must_use]
    pub fn chosen(&self, choice: Choice) -> Option<&Entry> {
        match choice {
            Choice::Ours => Some(&self.ours),
            Choice::Theirs => Some(&self.theirs),
            Choice::Both => self.both.as_ref(),
            Choice::Skip => None,
        }
    }
}

/// What one look at one span gives.
enum Turn {
    Clean(Entry),
    Clash(Clash),
}

/// What all spans give for a path.
enum Undone {
    To(Entry),
    Clash(Clash),
    Cannot(Cannot),
}

impl Workspace {
    /// What undoing `undone` would do to the workspace as it is in `now`. The spans are in the order in which they
    /// happened. Nothing of the workspace is touched or read; merged texts are kept in the store.
    ///
    /// # Errors
    /// Where a checkpoint is not kept any more, or git fails.
    pub fn plan(&mut self, undone: &[Span], now: SnapshotId) -> Result<Plan, Error> {
        let mut touched: BTreeMap<RelPath, Vec<(Entry, Entry)>> = BTreeMap::new();
        for span in undone {
            for change in self.diff(span.before, span.after)? {
                let turns = touched.entry(change.path).or_default();
                match turns.last_mut() {
                    // Nobody came between: one turn.
                    Some((_, after)) if *after == change.before => *after = change.after,
                    _ => turns.push((change.before, change.after)),
                }
            }
        }
        let before: Vec<SnapshotId> = undone.iter().map(|span| span.before).collect();
        self.planned(touched, &before, now)
    }

    /// What taking single changes out of the workspace as it is in `now` would do: from what stands on the right of each
    /// back to what stands on the left. `before` has the folders in which they were.
    ///
    /// # Errors
    /// As for [`Workspace::plan`].
    pub fn plan_parts(
        &mut self,
        parts: Vec<(RelPath, Entry, Entry)>,
        before: SnapshotId,
        now: SnapshotId,
    ) -> Result<Plan, Error> {
        let turns = parts.into_iter().map(|(path, was, made)| (path, vec![(was, made)])).collect();
        self.planned(turns, &[before], now)
    }

    /// Some bytes as an [`Entry`] can name them: a text of which a part is as before.
    ///
    /// # Errors
    /// Where git fails, or the disk is full.
    pub fn keep_text(&mut self, bytes: &[u8]) -> Result<ObjectId, Error> {
        self.keep_blob(bytes)
    }

    fn planned(
        &mut self,
        touched: BTreeMap<RelPath, Vec<(Entry, Entry)>>,
        before: &[SnapshotId],
        now: SnapshotId,
    ) -> Result<Plan, Error> {
        let mut plan = Plan::default();
        let view = self.view(now)?;
        for (path, mut turns) in touched {
            // What the spans took back themselves is no change.
            turns.retain(|(before, after)| before != after);
            let stands = self.stands(&view, &path)?;
            let outcome = self.outcome(&turns, &stands)?;
            if let Some(outcome) = outcome {
                plan.files.push(FilePlan { path, now: stands, outcome });
            }
        }
        self.missing_folders(&mut plan, before, now)?;
        Ok(plan)
    }

    /// `None` where it is already as it was.
    fn outcome(&mut self, turns: &[(Entry, Entry)], now: &Entry) -> Result<Option<Outcome>, Error> {
        let outcome = match self.undone(turns, now, Favour::Nobody)? {
            Undone::Cannot(cannot) => Outcome::Cannot(cannot),
            Undone::To(entry) if entry == *now => return Ok(None),
            Undone::To(entry) => {
                let first = turns.first().is_some_and(|(before, _)| *before == entry);
                let untouched = turns.last().is_some_and(|(_, after)| after == now);
                if first && untouched { Outcome::Restore(entry) } else { Outcome::Merge(entry) }
            }
            Undone::Clash(clash) => {
                let mut favoured = |favour| {
                    self.undone(turns, now, favour).map(|undone| match undone {
                        Undone::To(entry) => Some(entry),
                        Undone::Clash(_) | Undone::Cannot(_) => None,
                    })
                };
                let ours = favoured(Favour::Ours)?.unwrap_or_else(|| now.clone());
                let theirs = favoured(Favour::Theirs)?.unwrap_or_else(|| now.clone());
                let both = favoured(Favour::Both)?;
                Outcome::Conflict(Conflict { clash, ours, theirs, both })
            }
        };
        Ok(Some(outcome))
    }

    /// Takes the spans out, the last one first.
    fn undone(&mut self, turns: &[(Entry, Entry)], now: &Entry, favour: Favour) -> Result<Undone, Error> {
        let mut state = now.clone();
        for (before, after) in turns.iter().rev() {
            if let Some(cannot) = [before, after, &state].into_iter().find_map(unknown) {
                return Ok(Undone::Cannot(cannot));
            }
            match self.turn(before, after, &state, favour)? {
                Turn::Clean(entry) => state = entry,
                Turn::Clash(clash) => match favour {
                    // Lines of both can be made of text alone.
                    Favour::Nobody | Favour::Both => return Ok(Undone::Clash(clash)),
                    Favour::Ours => {}
                    Favour::Theirs => state = before.clone(),
                },
            }
        }
        Ok(Undone::To(state))
    }

    /// Takes one span out: from `after` back to `before`, in what stands there now.
    fn turn(&mut self, before: &Entry, after: &Entry, now: &Entry, favour: Favour) -> Result<Turn, Error> {
        if now == after {
            return Ok(Turn::Clean(before.clone()));
        }
        if now == before {
            return Ok(Turn::Clean(now.clone()));
        }
        Ok(match (before, after, now) {
            (
                Entry::File { blob: theirs, mode: mode_before },
                Entry::File { blob: base, mode: mode_after },
                Entry::File { blob: ours, mode },
            ) => {
                let bytes = if ours == base || ours == theirs || base == theirs {
                    Ok(if base == theirs { *ours } else { *theirs })
                } else {
                    self.text(*ours, *base, *theirs, favour)?
                };
                match (bytes, pick(*mode, *mode_after, *mode_before, favour)) {
                    (Ok(blob), Some(mode)) => Turn::Clean(Entry::File { blob, mode }),
                    (Err(clash), _) => Turn::Clash(clash),
                    (Ok(_), None) => Turn::Clash(Clash::Mode),
                }
            }
            (Entry::Folder { mode: before }, Entry::Folder { mode: after }, Entry::Folder { mode }) => {
                pick(*mode, *after, *before, favour)
                    .map_or(Turn::Clash(Clash::Mode), |mode| Turn::Clean(Entry::Folder { mode }))
            }
            // A folder that the span made goes again, whatever its mode; what is in it keeps it there.
            (Entry::Absent, Entry::Folder { .. }, Entry::Folder { .. }) => Turn::Clean(Entry::Absent),
            (_, _, Entry::Absent) => Turn::Clash(Clash::Deleted),
            (Entry::Absent, _, _) => Turn::Clash(Clash::Made),
            (_, Entry::Absent, _) => Turn::Clash(Clash::Again),
            (Entry::Link { .. }, Entry::Link { .. }, Entry::Link { .. }) => Turn::Clash(Clash::Lines),
            _ => Turn::Clash(Clash::Kind),
        })
    }

    fn text(
        &mut self,
        ours: ObjectId,
        base: ObjectId,
        theirs: ObjectId,
        favour: Favour,
    ) -> Result<Result<ObjectId, Clash>, Error> {
        Ok(match self.merge(ours, base, theirs, favour)? {
            Merged::Clean(blob) => Ok(blob),
            Merged::Clash => Err(Clash::Lines),
            Merged::Binary => Err(Clash::Binary),
        })
    }

    /// Folders that somebody took away, above files that come back.
    fn missing_folders(&mut self, plan: &mut Plan, before: &[SnapshotId], now: SnapshotId) -> Result<(), Error> {
        let view = self.view(now)?;
        let mut wanted: Vec<RelPath> = Vec::new();
        for file in &plan.files {
            wanted.extend(file.path.ancestors());
        }
        wanted.sort();
        wanted.dedup();
        for folder in wanted {
            if self.stands(&view, &folder)? != Entry::Absent {
                continue;
            }
            let mut mode = view.manifest.usual.folder;
            for &id in before {
                if let Entry::Folder { mode: was } = self.entry(id, &folder)? {
                    mode = was;
                    break;
                }
            }
            plan.folders.insert(folder, mode);
        }
        Ok(())
    }
}

/// Why an entry says too little.
fn unknown(entry: &Entry) -> Option<Cannot> {
    match entry {
        Entry::Uncovered(why) => Some(Cannot::NotCovered(*why)),
        Entry::Pointer { .. } => Some(Cannot::Repository),
        Entry::Absent | Entry::File { .. } | Entry::Link { .. } | Entry::Folder { .. } => None,
    }
}

/// Three-way for a mode; `None` where both changed it.
fn pick(ours: u32, base: u32, theirs: u32, favour: Favour) -> Option<u32> {
    match favour {
        _ if ours == base || ours == theirs => Some(theirs),
        _ if base == theirs => Some(ours),
        Favour::Nobody => None,
        Favour::Ours | Favour::Both => Some(ours),
        Favour::Theirs => Some(theirs),
    }
}
