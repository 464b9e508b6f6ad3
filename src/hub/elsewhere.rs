//! Consoles hear which sessions other tools run or ran: all of them once, and then each that is otherwise than it was told.

use super::Published;
use super::consoles::Line;
use super::log::now;
use crate::domain::{Answer, Doing, Elsewhere, SessionId};
use crate::recordings::{self, Recorded, Recordings, registry};
use crate::store::StoreError;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How often it is looked whether what goes on still does: a process that was killed says nothing.
const GLANCE: Duration = Duration::from_secs(2);

/// Who hears of them, and what was said.
#[derive(Debug)]
pub(super) struct Telling {
    state: PathBuf,
    /// Where an agent says which of its sessions run.
    registry: Option<PathBuf>,
    lines: Vec<Line>,
    /// What agents said of their sessions when it was looked last.
    running: BTreeMap<String, Doing>,
    /// Those of which it was told that they go on.
    going: BTreeMap<SessionId, Elsewhere>,
    /// When it is looked again.
    next: Option<Instant>,
}

impl Telling {
    pub(super) fn new(state: PathBuf, registry: Option<PathBuf>) -> Self {
        let (lines, running, going) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
        Self { state, registry, lines, running, going, next: None }
    }

    /// Where an agent says which of its sessions run, where there is such a place.
    pub(super) fn registry(&self) -> Option<PathBuf> {
        self.registry.as_ref().filter(|folder| folder.is_dir()).cloned()
    }

    /// Whether something happened to what agents say.
    pub(super) fn concerns(&self, paths: &[PathBuf]) -> bool {
        let Some(registry) = &self.registry else { return false };
        paths.iter().any(|path| path.parent() == Some(registry))
    }

    /// When it wants to look again; never while nobody listens.
    pub(super) fn next(&self) -> Option<Instant> {
        self.next.filter(|_| !self.lines.is_empty())
    }

    /// Looks again in a moment.
    pub(super) fn soon(&mut self, wait: Duration) {
        let at = Instant::now() + wait;
        self.next = Some(self.next.map_or(at, |next| next.min(at)));
    }

    /// A console comes: it hears all that is kept.
    pub(super) fn tell(&mut self, line: Line) {
        self.lines.retain(|known| !known.is_gone() && !known.is(&line));
        self.read_registry();
        let listed = recordings::elsewhere(&self.state, self.registry.as_deref(), now());
        if let Ok(listed) = &listed {
            let going = listed.iter().filter(|one| one.doing.goes_on()).map(|one| (one.id, one.clone()));
            self.going.extend(going);
        }
        line.tell(Published::Answered(answer(listed)));
        self.lines.push(line);
        self.again();
    }

    /// A session was kept anew.
    pub(super) fn changed(&mut self, id: SessionId) {
        if self.is_heard()
            && let Ok(Some(kept)) = Recordings::open_for_reading(&self.state)
            && let Ok(Some(one)) = kept.one(id)
        {
            self.say(&[one]);
        }
    }

    /// Where its time has come, looks whether what goes on still does, and what goes on by now.
    pub(super) fn look(&mut self) {
        if self.next.is_none_or(|at| at > Instant::now()) || !self.is_heard() {
            return;
        }
        let before = std::mem::take(&mut self.running);
        self.read_registry();
        let natives =
            before.keys().chain(self.running.keys()).filter(|native| before.get(*native) != self.running.get(*native));
        let natives: Vec<String> = natives.cloned().collect();
        if let Ok(Some(kept)) = Recordings::open_for_reading(&self.state) {
            let known = self.going.keys().filter_map(|id| kept.one(*id).ok().flatten());
            let mut all: Vec<Recorded> = known.collect();
            all.extend(natives.iter().filter_map(|native| kept.native(native).ok()).flatten());
            self.say(&all);
        }
        self.again();
    }

    /// Says of sessions how they are, where that is otherwise than it was told.
    fn say(&mut self, all: &[Recorded]) {
        let mut news: BTreeMap<SessionId, Elsewhere> = BTreeMap::new();
        for one in all {
            let listed = one.listed(&self.running, now());
            if self.going.get(&one.id) == Some(&listed) {
                continue;
            }
            match listed.doing.goes_on() {
                true => drop(self.going.insert(one.id, listed.clone())),
                false => drop(self.going.remove(&one.id)),
            }
            news.insert(one.id, listed);
        }
        if !news.is_empty() {
            let news = Published::Elsewhere(news.into_values().collect());
            self.lines.iter().for_each(|line| line.tell(news.clone()));
        }
        if self.next.is_none() {
            self.again();
        }
    }

    fn again(&mut self) {
        self.next = (!self.going.is_empty()).then(|| Instant::now() + GLANCE);
    }

    fn read_registry(&mut self) {
        self.running = self.registry.as_deref().map(registry::read).unwrap_or_default();
    }

    fn is_heard(&mut self) -> bool {
        self.lines.retain(|line| !line.is_gone());
        !self.lines.is_empty()
    }
}

/// What is kept in a state folder, for a console beside which nobody follows it.
pub(super) fn kept(state: &Path) -> Answer {
    let home = std::env::var_os("HOME").filter(|home| !home.is_empty()).map(PathBuf::from);
    let registry = registry::folder(home.as_deref(), |key| std::env::var_os(key));
    answer(recordings::elsewhere(state, registry.as_deref(), now()))
}

fn answer(listed: Result<Vec<Elsewhere>, StoreError>) -> Answer {
    match listed {
        Ok(listed) => Answer::Elsewhere { listed },
        Err(error) => Answer::Failed { why: error.to_string() },
    }
}
