//! The way back is gone: files are put as a plan says, and only where they still are what the plan saw.
//!
//! 1. What is to be done is written into the journal.
//! 2. Every new file is written aside, in the folder where it belongs or one above it, and synced. Where that fails (a full
//!    disk) they are taken away again, and everything is as it was.
//! 3. The journal says that it is gone through with. From here on a kill is no end: [`Workspace::resume`] goes on.
//! 4. Each file changes places with the one aside; what was in its place is looked at there, where nobody writes any more,
//!    and if it is not what the plan saw, they change back. So whatever somebody wrote in between is kept, and reported.

use super::hand::Hand;
use super::journal::{Item, Journal, Stage};
use super::plan::{Cannot, Choices, Plan};
use super::settle::{No, Pass, find_aside};
use super::{Error, Fault, RelPath, Workspace, cache, links};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// So many new files are open at once.
const AT_ONCE: usize = 64;

/// What came of a restore.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// What is now as the plan says.
    pub restored: Vec<RelPath>,
    /// What was left as it stands, and why.
    pub left: Vec<Left>,
    /// What a new file did not take over of the old one that stood there, one sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<String>,
}

/// A restore that was cut short, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resumed {
    /// It was gone through with; `None` where it was taken back, and nothing has changed.
    pub done: Option<Done>,
    /// What it was begun with ([`Workspace::restore_noting`]).
    pub note: String,
}

/// A path that was left as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// Which.
    pub path: RelPath,
    /// Why.
    pub why: LeftWhy,
}

/// Why a path was left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftWhy {
    /// A conflict, and the choice was to leave it.
    Skipped,
    /// It can't be undone.
    Cannot(Cannot),
    /// It is not any more what the plan saw.
    Changed,
    /// A link, or something that is no folder, stands on the way to it: it may lead elsewhere.
    Diverted,
    /// A folder that would go holds something else.
    NotEmpty,
    /// The system refuses, in its words.
    Refused(String),
    /// Somebody wrote it meanwhile, and it could not be put back: what they wrote is in this file beside it.
    Aside(RelPath),
}

impl fmt::Display for LeftWhy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Skipped => f.write_str("it was changed since, and was to be left"),
            Self::Cannot(Cannot::NotCovered(why)) => write!(f, "no checkpoint covers it: {why}"),
            Self::Cannot(Cannot::Repository) => f.write_str("it is a repository of its own"),
            Self::Changed => f.write_str("it changed after the preview"),
            Self::Diverted => f.write_str("a link or a file stands on the way to it"),
            Self::NotEmpty => f.write_str("the folder holds something else"),
            Self::Refused(says) => write!(f, "the system refuses: {says}"),
            Self::Aside(path) => write!(f, "it was written meanwhile, and what was written is in {path}"),
        }
    }
}

impl Workspace {
    /// Does what a plan says, with a choice for each conflict. A file that is not any more what the plan saw is left, and
    /// reported.
    ///
    /// # Errors
    /// Where an earlier restore was cut short and is not [resumed](Self::resume); where the workspace is gone; where the
    /// disk is full: then everything is as it was.
    pub fn restore(&mut self, plan: &Plan, choices: &Choices) -> Result<Done, Error> {
        self.restore_noting(plan, choices, "")
    }

    /// The same, with a note for whoever [goes on](Self::resume) with it after a kill.
    ///
    /// # Errors
    /// As of [`restore`](Self::restore).
    pub fn restore_noting(&mut self, plan: &Plan, choices: &Choices, note: &str) -> Result<Done, Error> {
        if Journal::is_there(&self.place) {
            return Err(Error::Unfinished(self.root.clone()));
        }
        let mut done = Done::default();
        let mut items = Vec::new();
        for file in &plan.files {
            let want = match file.wanted(choices) {
                Ok(want) => want,
                Err(why) => {
                    done.left.push(Left { path: file.path.clone(), why });
                    continue;
                }
            };
            if *want != file.now {
                items.push(Item { path: file.path.clone(), now: file.now.clone(), want: want.clone(), with: None });
            }
        }
        links::join(&self.root, &mut items);
        if items.is_empty() {
            return Ok(done);
        }
        let mut hand = Hand::new(&self.root, self.fault);
        hand.root().map_err(|_| Error::Gone(self.root.clone()))?;
        let mark = format!("{:x}-{}", cache::clock(), std::process::id());
        let (folders, left, note) = (plan.folders.clone(), done.left.clone(), note.to_owned());
        let journal = Journal { stage: Stage::Aside, mark, items, folders, left, note };
        let store = self.place.folder().to_owned();
        hand.write().map_err(|refusal| refusal.error("write in", &store))?;
        journal.save(&self.place)?;
        let journal = match self.stage(&mut hand, &journal) {
            Ok(()) => Journal { stage: Stage::Through, ..journal },
            Err(error @ Error::Fault(_)) => return Err(error),
            Err(error) => {
                self.take_back(&mut hand, &journal)?;
                return Err(error);
            }
        };
        let through = hand.write().map_err(|refusal| refusal.error("write in", &store));
        match through.and_then(|()| journal.save(&self.place)) {
            Ok(()) => {}
            Err(error @ Error::Fault(_)) => return Err(error),
            Err(error) => {
                self.take_back(&mut hand, &journal)?;
                return Err(error);
            }
        }
        self.go_through(&mut hand, &journal, done)
    }

    /// Goes on with a restore that was cut short, or takes back what it had put aside. `None` where there was none.
    ///
    /// # Errors
    /// Where the workspace is gone, or the journal can't be read.
    pub fn resume(&mut self) -> Result<Option<Resumed>, Error> {
        let Some(journal) = Journal::load(&self.place)? else { return Ok(None) };
        let mut hand = Hand::new(&self.root, self.fault);
        hand.root().map_err(|_| Error::Gone(self.root.clone()))?;
        let done = match journal.stage {
            Stage::Aside => self.take_back(&mut hand, &journal).map(|()| None)?,
            Stage::Through => {
                let done = Done { left: journal.left.clone(), ..Done::default() };
                Some(self.go_through(&mut hand, &journal, done)?)
            }
        };
        Ok(Some(Resumed { done, note: journal.note }))
    }

    /// The note of the last restore that came to its end: somebody who died right then never said so.
    ///
    /// # Errors
    /// It can't be read.
    pub fn last_restored(&self) -> Result<Option<String>, Error> {
        Journal::last_ended(&self.place)
    }

    /// True where a restore was cut short.
    #[must_use]
    pub fn unfinished(&self) -> bool {
        Journal::is_there(&self.place)
    }

    /// Lets the next restores meet a fault: for tests.
    #[must_use]
    pub fn with_fault(mut self, fault: Option<Fault>) -> Self {
        self.fault = fault;
        self
    }

    /// Writes every new file aside; they are on the disk when this returns.
    fn stage(&mut self, hand: &mut Hand, journal: &Journal) -> Result<(), Error> {
        let mut written = Vec::new();
        for n in 0..journal.items.len() {
            if let Err(No::Stop(error)) = self.put_aside(hand, journal, n, &mut written) {
                return Err(error);
            }
            if written.len() >= AT_ONCE {
                hand.sync(&mut written).map_err(|refusal| refusal.error("write in", &self.root))?;
            }
        }
        hand.sync(&mut written).map_err(|refusal| refusal.error("write in", &self.root))
    }

    /// Takes away what was put aside: everything is as it was.
    fn take_back(&mut self, hand: &mut Hand, journal: &Journal) -> Result<(), Error> {
        for (n, item) in journal.items.iter().enumerate() {
            let aside = journal.aside(n);
            while let Some((folder, fd)) = find_aside(hand, &item.path, &aside) {
                let at = self.root.join(folder.to_path());
                hand.unlink(&fd, &aside).map_err(|refusal| refusal.error("remove a file in", &at))?;
            }
        }
        Journal::done(&self.place)
    }

    /// Puts every file in its place.
    fn go_through(&mut self, hand: &mut Hand, journal: &Journal, mut done: Done) -> Result<Done, Error> {
        let mut order: Vec<(usize, &Item)> = journal.items.iter().enumerate().collect();
        let mut lefts: Vec<Option<LeftWhy>> = vec![None; journal.items.len()];
        let mut touched = BTreeSet::new();
        // What goes, the deepest first; what comes, the other way round; the modes of folders at last.
        order.sort_by_key(|(_, item)| std::cmp::Reverse(item.path.depth()));
        for pass in [Pass::Go, Pass::Come, Pass::Modes] {
            if pass == Pass::Come {
                order.reverse();
            }
            if pass == Pass::Modes {
                order.reverse();
            }
            for (n, item) in &order {
                if lefts[*n].is_some() {
                    continue;
                }
                match self.settle(hand, journal, *n, pass) {
                    Ok(()) => touched.extend(item.path.parent()),
                    Err(No::Left(why)) => {
                        lefts[*n] = Some(self.put_right(hand, item, &journal.aside(*n))?.unwrap_or(why));
                    }
                    Err(No::Stop(error)) => return Err(error),
                }
            }
        }
        for folder in touched {
            // One that went away needs none.
            stop(hand.settle(&folder).map_err(No::from))?;
        }
        hand.write().map_err(|refusal| refusal.error("write in", self.place.folder()))?;
        journal.ended(&self.place)?;
        done.lost.append(&mut hand.lost);
        for (item, left) in journal.items.iter().zip(lefts) {
            match left {
                Some(why) => done.left.push(Left { path: item.path.clone(), why }),
                None => done.restored.push(item.path.clone()),
            }
        }
        Ok(done)
    }
}

/// Only what ends everything.
fn stop(done: Result<(), No>) -> Result<(), Error> {
    match done {
        Err(No::Stop(error)) => Err(error),
        Ok(()) | Err(No::Left(_)) => Ok(()),
    }
}
