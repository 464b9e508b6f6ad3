//! Collisions: live sessions that write the same file, or work in the same work tree or on the same branch.
//!
//! An index of what each live session writes, kept up with every record that changes it: its cost is that of the one
//! session that changed, and to ask it costs no more than what it answers.

use super::reach::{Touch, files};
use super::{Session, State, Step};
use crate::domain::path::below;
use crate::domain::{Event, Record, SessionId, Workplace};
use std::collections::{BTreeMap, BTreeSet};

/// Files of others that are looked at for one file: those below a folder that is written as a whole.
const BELOW: usize = 64;

/// Another session that writes what this one writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collision {
    /// The other one.
    pub other: SessionId,
    /// Its name.
    pub name: String,
    /// The files, as seen from this session's folder, in order.
    pub files: Vec<String>,
    /// How far the other one is.
    pub touch: Touch,
}

impl Collision {
    /// What the other one does, in words that follow its name.
    #[must_use]
    pub fn does(&self) -> &'static str {
        match (self.touch, self.files.len()) {
            (Touch::Waits, 0 | 1) => "waits to write it too",
            (Touch::Waits, _) => "waits to write them too",
            (Touch::Writes, 0 | 1) => "is writing it too",
            (Touch::Writes, _) => "is writing them too",
            (Touch::Wrote, 0 | 1) => "wrote it too",
            (Touch::Wrote, _) => "wrote them too",
        }
    }
}

/// Another session beside this one, both of which write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// The other one.
    pub other: SessionId,
    /// Its name.
    pub name: String,
    /// What they share.
    pub share: Share,
}

/// What two sessions share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Share {
    /// A work tree, or a folder that is in none.
    Folder,
    /// A branch that is checked out in two work trees.
    Branch,
}

/// What is known of one live session.
#[derive(Debug, Clone, PartialEq)]
struct Seen {
    changes: u64,
    place: Workplace,
    writes: bool,
    files: BTreeMap<String, Touch>,
}

/// The index.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Radar {
    seen: BTreeMap<SessionId, Seen>,
    /// Who writes a file.
    files: BTreeMap<String, BTreeSet<SessionId>>,
    /// Which files one session writes that another one writes too: each pair stands here twice, and the file is the
    /// first one's.
    hits: BTreeMap<(SessionId, SessionId), BTreeSet<String>>,
    /// Who works beside whom, in the same way.
    beside: BTreeMap<(SessionId, SessionId), Share>,
}

impl Radar {
    /// Takes in a session as it is now.
    pub(super) fn look(&mut self, session: &Session) {
        let is_live = session.is_live() && !session.archived;
        let place = place_of(session);
        let same = |seen: &Seen| is_live && seen.changes == session.reach.changes && seen.place == place;
        let known = self.seen.get(&session.id);
        if known.is_some_and(same) || (known.is_none() && !is_live) {
            return;
        }
        self.forget(session.id);
        if !is_live {
            return;
        }
        let files: BTreeMap<String, Touch> =
            session.reach.files().into_iter().map(|(file, touch)| (file.to_owned(), touch)).collect();
        for file in files.keys() {
            for (other, theirs) in self.others(session.id, file) {
                self.hits.entry((session.id, other)).or_default().insert(file.clone());
                self.hits.entry((other, session.id)).or_default().insert(theirs);
            }
        }
        for file in files.keys() {
            self.files.entry(file.clone()).or_default().insert(session.id);
        }
        let seen = Seen { changes: session.reach.changes, writes: session.reach.writes(), place, files };
        for (other, theirs) in self.seen.iter().filter(|(_, other)| other.writes && seen.writes) {
            if let Some(share) = share(&seen.place, &theirs.place) {
                self.beside.insert((session.id, *other), share);
                self.beside.insert((*other, session.id), share);
            }
        }
        self.seen.insert(session.id, seen);
    }

    /// Takes out a session.
    fn forget(&mut self, id: SessionId) {
        let Some(seen) = self.seen.remove(&id) else { return };
        for file in seen.files.keys() {
            if let Some(who) = self.files.get_mut(file) {
                who.remove(&id);
                if who.is_empty() {
                    self.files.remove(file);
                }
            }
        }
        let with: Vec<SessionId> = pairs(&self.hits, id).map(|(other, _)| other).collect();
        for other in with {
            self.hits.remove(&(id, other));
            self.hits.remove(&(other, id));
        }
        let with: Vec<SessionId> = pairs(&self.beside, id).map(|(other, _)| other).collect();
        for other in with {
            self.beside.remove(&(id, other));
            self.beside.remove(&(other, id));
        }
    }

    /// Other sessions that write a file, a folder that it lies in, or something below it; each with that one's file.
    fn others(&self, id: SessionId, file: &str) -> Vec<(SessionId, String)> {
        let mut found = Vec::new();
        let mut at = Some(file);
        while let Some(path) = at.filter(|path| !path.is_empty()) {
            if let Some(who) = self.files.get(path) {
                found.extend(who.iter().filter(|other| **other != id).map(|other| (*other, path.to_owned())));
            }
            at = path.rfind('/').map(|slash| &path[..slash]);
        }
        let folder = format!("{}/", file.trim_end_matches('/'));
        let inner = self.files.range(folder.clone()..).take_while(|(path, _)| path.starts_with(&folder));
        for (path, who) in inner.take(BELOW) {
            found.extend(who.iter().filter(|other| **other != id).map(|other| (*other, path.clone())));
        }
        found
    }
}

/// What stands under one session's pairs.
fn pairs<T>(of: &BTreeMap<(SessionId, SessionId), T>, id: SessionId) -> impl Iterator<Item = (SessionId, &T)> {
    let range = (id, SessionId(u32::MIN))..=(id, SessionId(u32::MAX));
    of.range(range).map(|((_, other), it)| (*other, it))
}

/// Where it works, as far as is known.
fn place_of(session: &Session) -> Workplace {
    session.place.clone().unwrap_or_else(|| Workplace { folder: session.cwd.clone(), ..Workplace::default() })
}

fn share(one: &Workplace, other: &Workplace) -> Option<Share> {
    let nested = || below(&one.folder, &other.folder).is_some() || below(&other.folder, &one.folder).is_some();
    let same_tree = match (&one.root, &other.root) {
        (Some(one), Some(other)) => one == other,
        // A folder in no work tree that holds one is not that one.
        (None, None) => nested(),
        (Some(_), None) | (None, Some(_)) => false,
    };
    if same_tree {
        return Some(Share::Folder);
    }
    let same = |one: &Option<String>, other: &Option<String>| one.is_some() && one == other;
    (same(&one.repo, &other.repo) && same(&one.branch, &other.branch)).then_some(Share::Branch)
}

/// Whether a record may change what the radar sees.
fn matters(event: &Event) -> bool {
    matches!(
        event,
        Event::SessionStarted { .. }
            | Event::Placed { .. }
            | Event::Starting { .. }
            | Event::LoginNeeded { .. }
            | Event::Opened
            | Event::Ended { .. }
            | Event::Archived { .. }
            | Event::Deleted { .. }
            | Event::PromptSent { .. }
            | Event::TurnBegan { .. }
            | Event::Called { .. }
            | Event::Aimed { .. }
            | Event::Checkpointed { .. }
            | Event::CallGated { .. }
            | Event::Asked { .. }
            | Event::Decided { .. }
            | Event::CallEdited { .. }
            | Event::RequestClosed { .. }
    )
}

impl State {
    /// Puts in a session that was folded elsewhere.
    pub fn put(&mut self, session: Session) {
        self.radar.look(&session);
        self.sessions.insert(session.id, session);
    }

    /// Everything that is known, of sessions that were folded elsewhere.
    #[must_use]
    pub fn of(head: crate::domain::Pos, sessions: impl IntoIterator<Item = Session>) -> Self {
        let mut state = Self { head, ..Self::default() };
        sessions.into_iter().for_each(|session| state.put(session));
        state
    }

    /// Keeps the radar up with a record that was just folded.
    pub(super) fn sweep(&mut self, record: &Record) {
        if matters(&record.event)
            && let Some(session) = self.sessions.get(&record.session)
        {
            self.radar.look(session);
        }
    }

    /// Live sessions that write what this one writes, each once.
    #[must_use]
    pub fn collisions(&self, id: SessionId) -> Vec<Collision> {
        let hits = pairs(&self.radar.hits, id);
        hits.map(|(other, files)| self.collision(other, files.iter().cloned().collect(), id)).collect()
    }

    /// Live sessions that write one of these files of a session: for a call that is about to.
    #[must_use]
    pub fn contested(&self, id: SessionId, files: &[String]) -> Vec<Collision> {
        let mut with: BTreeMap<SessionId, BTreeSet<String>> = BTreeMap::new();
        for file in files {
            for (other, _) in self.radar.others(id, file) {
                with.entry(other).or_default().insert(file.clone());
            }
        }
        with.into_iter().map(|(other, files)| self.collision(other, files.into_iter().collect(), id)).collect()
    }

    /// The same of a step, by the files that it writes.
    #[must_use]
    pub fn contested_by(&self, session: &Session, step: &Step) -> Vec<Collision> {
        self.contested(session.id, &files(step, &session.cwd))
    }

    fn collision(&self, other: SessionId, files: Vec<String>, with: SessionId) -> Collision {
        let theirs = self.radar.seen.get(&other);
        let hits = self.radar.hits.get(&(other, with)).into_iter().flatten().chain(&files);
        let touch = hits.filter_map(|file| theirs?.files.get(file)).max().copied().unwrap_or(Touch::Waits);
        let folders = self.session(with).map(|session| [place_of(session).folder, session.cwd.clone()]);
        let shown = |file: String| {
            let within = folders.iter().flatten().find_map(|folder| below(&file, folder));
            within.filter(|rest| !rest.is_empty()).map(str::to_owned).unwrap_or(file)
        };
        Collision { other, name: self.name_of(other), files: files.into_iter().map(shown).collect(), touch }
    }

    fn name_of(&self, id: SessionId) -> String {
        self.session(id).map(|session| session.name.clone()).unwrap_or_default()
    }

    /// Live sessions that write in the same work tree, or on the same branch in another one.
    #[must_use]
    pub fn beside(&self, id: SessionId) -> Vec<Beside> {
        let all = pairs(&self.radar.beside, id);
        all.map(|(other, share)| Beside { other, name: self.name_of(other), share: *share }).collect()
    }
}
