//! Sessions of other tools are looked for, followed and kept, on a thread of its own that nothing waits for.
//!
//! At its start all places are gone through, the newest sessions first; then it sleeps until the system says that something
//! was written there. A session is read again as soon as it is quiet for a moment; one whose reading takes long is read
//! the less often. Nothing of theirs is written.

use super::config::{Config, Places, Settings};
use super::consoles::Line;
use super::elsewhere::Telling;
use super::indexing::Indexer;
use super::log::now;
use crate::recordings::{Kept, Recordings, What, places, registry};
use crate::store::StoreError;
use notify::{Config as Notify, EventKind, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::Builder;
use std::time::{Duration, Instant};

/// What is written comes in pieces: a file is read when nothing was written to it for so long.
const QUIET: Duration = Duration::from_millis(40);
/// A file that is written to all the time is read after so long all the same.
const PATIENCE: Duration = Duration::from_millis(120);
/// So many times as long as reading it took, a file rests before it is read again.
const REST: u32 = 8;
/// How often a place that the system can't watch is looked at.
const GLANCE: Duration = Duration::from_secs(1);
/// How often it is looked whether a tool that had no place has one now.
const PLACES: Duration = Duration::from_mins(10);

/// The thread; ends when this is dropped.
#[derive(Debug)]
pub(super) struct Following {
    heard: Sender<Heard>,
}

/// What is asked of the thread. One that is over hears nothing.
#[derive(Debug, Clone)]
pub(super) struct Follower(Sender<Heard>);

impl Follower {
    /// The settings may have changed.
    pub(super) fn reread(&self) {
        drop(self.0.send(Heard::Settings));
    }

    /// What is kept is indexed from now on.
    pub(super) fn is_indexed(&self, indexer: Indexer) {
        drop(self.0.send(Heard::Index(indexer)));
    }

    /// A console wants to know which sessions there are, and from then on which of them are otherwise than before.
    pub(super) fn tell(&self, line: Line) {
        drop(self.0.send(Heard::Tell(line)));
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        // Nobody waits for it: whatever it is doing is one transaction, which is done or is not.
        drop(self.heard.send(Heard::Stop));
    }
}

#[derive(Debug)]
enum Heard {
    Event(notify::Result<notify::Event>),
    Settings,
    Tell(Line),
    Index(Indexer),
    Stop,
}

/// Starts it. Without the thread, sessions of other tools are kept by `taut import` alone.
pub(super) fn follow(places: &Places) -> Option<Following> {
    let (heard, wishes) = channel();
    let (events, places) = (heard.clone(), places.clone());
    let run = move || {
        let registry = registry::folder(places.home.as_deref(), env);
        let mut follower = Thread {
            config: Settings::load(&places).config,
            telling: Telling::new(places.state.clone(), registry),
            places,
            events,
            indexer: None,
            watches_registry: None,
            watched: Vec::new(),
            due: BTreeMap::new(),
            rests: BTreeMap::new(),
        };
        follower.run(&wishes);
    };
    Builder::new().name("recordings".to_owned()).spawn(run).ok()?;
    Some(Following { heard })
}

impl Following {
    pub(super) fn follower(&self) -> Follower {
        Follower(self.heard.clone())
    }
}

fn env(key: &str) -> Option<OsString> {
    std::env::var_os(key)
}

struct Thread {
    places: Places,
    config: Config,
    /// Consoles that hear of it.
    telling: Telling,
    events: Sender<Heard>,
    /// Who indexes what is kept.
    indexer: Option<Indexer>,
    /// The watch of where agents say which of their sessions run, once somebody wants to know.
    watches_registry: Option<Box<dyn Watcher + Send>>,
    /// The places, each with its watch.
    watched: Vec<(PathBuf, Box<dyn Watcher + Send>)>,
    /// Sessions that were written to: since when, and when they are read.
    due: BTreeMap<PathBuf, (Instant, Instant)>,
    /// Until when a session is not read again.
    rests: BTreeMap<PathBuf, Instant>,
}

impl Thread {
    fn run(&mut self, heard: &Receiver<Heard>) {
        if self.look_around(heard).is_stop() {
            return;
        }
        loop {
            let due = self.due.values().map(|(_, at)| *at).min();
            let next = due.into_iter().chain(self.telling.next()).min();
            let wait = next.map_or(PLACES, |at| at.saturating_duration_since(Instant::now()));
            let ends = match heard.recv_timeout(wait) {
                Ok(Heard::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(Heard::Event(event)) => {
                    self.noted(event);
                    Go::On
                }
                Ok(Heard::Tell(line)) => {
                    self.told(line);
                    Go::On
                }
                Ok(Heard::Index(indexer)) => {
                    self.indexer = Some(indexer);
                    Go::On
                }
                Ok(Heard::Settings) => {
                    let config = Settings::load(&self.places).config;
                    let turned = config.recordings != self.config.recordings;
                    self.config = config;
                    if turned { self.look_around(heard) } else { Go::On }
                }
                Err(RecvTimeoutError::Timeout) if next.is_none() && self.config.recordings.keep => {
                    if self.new_places().is_empty() { Go::On } else { self.look_around(heard) }
                }
                Err(RecvTimeoutError::Timeout) => Go::On,
            };
            if ends.is_stop() {
                return;
            }
            self.keep_due();
            self.telling.look();
        }
    }

    /// A console comes: it hears what there is.
    fn told(&mut self, line: Line) {
        if self.watches_registry.is_none() {
            self.watches_registry = self.telling.registry().and_then(|folder| self.watch(&folder));
        }
        self.telling.tell(line);
    }

    /// Watches every place, and keeps what is there.
    fn look_around(&mut self, heard: &Receiver<Heard>) -> Go {
        self.watched.clear();
        self.due.clear();
        if !self.config.recordings.keep {
            return Go::On;
        }
        for folder in self.new_places() {
            // Before it is gone through: what is written meanwhile is heard of afterwards.
            if let Some(watch) = self.watch(&folder) {
                self.watched.push((folder, watch));
            }
        }
        let all: Vec<PathBuf> = self.watched.iter().flat_map(|(folder, _)| places::sessions(folder).0).collect();
        for path in all {
            match heard.try_recv() {
                Ok(Heard::Stop) | Err(std::sync::mpsc::TryRecvError::Disconnected) => return Go::Stop,
                Ok(Heard::Event(event)) => self.noted(event),
                Ok(Heard::Tell(line)) => self.told(line),
                Ok(Heard::Index(indexer)) => self.indexer = Some(indexer),
                Ok(Heard::Settings) => self.config = Settings::load(&self.places).config,
                Err(std::sync::mpsc::TryRecvError::Empty) => {}
            }
            if !self.config.recordings.keep {
                // It was turned off meanwhile: nothing more is looked at.
                self.watched.clear();
                return Go::On;
            }
            self.keep(&path);
        }
        self.prune();
        Go::On
    }

    /// The places that are not watched yet.
    fn new_places(&self) -> BTreeSet<PathBuf> {
        let home = self.places.home.as_deref();
        let named = self.config.recordings.named(home);
        let all = places::all(home, &named, env).into_iter();
        all.filter_map(|place| place.folder.canonicalize().ok())
            .filter(|folder| !self.watched.iter().any(|(known, _)| known == folder))
            .collect()
    }

    fn watch(&self, folder: &Path) -> Option<Box<dyn Watcher + Send>> {
        let tell = |events: Sender<Heard>| {
            // Nobody listens any more once the thread has ended.
            move |event| drop(events.send(Heard::Event(event)))
        };
        // To a file that holds many, it is first written beside it.
        let (folder, mode) = match folder.parent().filter(|_| folder.is_file()) {
            Some(parent) => (parent, RecursiveMode::NonRecursive),
            None => (folder, RecursiveMode::Recursive),
        };
        let watched = |mut watch: Box<dyn Watcher + Send>| {
            watch.watch(folder, mode).ok()?;
            Some(watch)
        };
        let system = RecommendedWatcher::new(tell(self.events.clone()), Notify::default()).ok();
        system.and_then(|watch| watched(Box::new(watch))).or_else(|| {
            let glance = Notify::default().with_poll_interval(GLANCE);
            watched(Box::new(PollWatcher::new(tell(self.events.clone()), glance).ok()?))
        })
    }

    fn noted(&mut self, event: notify::Result<notify::Event>) {
        let Ok(event) = event else { return };
        if self.telling.concerns(&event.paths) {
            // A process that ends takes its file with it.
            return self.telling.soon(QUIET);
        }
        if matches!(event.kind, EventKind::Access(_) | EventKind::Remove(_)) {
            return;
        }
        let now = Instant::now();
        // What stands in a folder that is new was perhaps written before it was watched.
        let paths = event.paths.iter().flat_map(|path| places::touched(path));
        for path in paths.filter(|path| places::is_session(path)) {
            let rest = self.rests.get(&path).copied().unwrap_or(now);
            let (since, at) = self.due.entry(path).or_insert((now, now));
            *at = (now + QUIET).min(*since + PATIENCE).max(rest);
        }
    }

    fn keep_due(&mut self) {
        let now = Instant::now();
        let due: Vec<PathBuf> =
            self.due.iter().filter(|(_, (_, at))| *at <= now).map(|(path, _)| path.clone()).collect();
        for path in due {
            self.due.remove(&path);
            self.keep(&path);
        }
        self.rests.retain(|_, until| *until > now);
    }

    /// Keeps one. What is no session of a known tool is none of ours; a disk that is full is said by who asks what is kept.
    fn keep(&mut self, path: &Path) {
        let began = Instant::now();
        let kept = self.try_keep(path);
        if let Some(kept) = kept.filter(|kept| kept.what != What::Same) {
            self.rests.insert(path.to_owned(), Instant::now() + began.elapsed() * REST);
            self.telling.changed(kept.id);
            self.indexer.iter().for_each(Indexer::written);
        }
    }

    fn try_keep(&self, path: &Path) -> Option<Kept> {
        let format = places::format_of(path).ok()?;
        // Opened for each: between two, nothing of it is held.
        let mut recordings = Recordings::open(&self.places.state).ok()?;
        recordings.keep(path, format, true, now()).ok()
    }

    fn prune(&self) {
        let settings = &self.config.recordings;
        let prune = || -> Result<u64, StoreError> {
            Recordings::open(&self.places.state)?.prune(settings.age, settings.size, now())
        };
        if settings.age.is_some() || settings.size.is_some() {
            // What can't be pruned now is pruned at the next start.
            drop(prune());
            self.indexer.iter().for_each(Indexer::written);
        }
    }
}

enum Go {
    On,
    Stop,
}

impl Go {
    fn is_stop(&self) -> bool {
        matches!(self, Self::Stop)
    }
}
