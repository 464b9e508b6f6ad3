//! Who belongs to a session, and its end. Several threads lead to a process; no single one is trusted.
//!
//! - The line of parents holds while the session's `taut __agent` lives, because orphans come to it as their subreaper;
//!   where it was killed, they come to the hub, if that is a process of its own.
//! - The mark in the environment holds without it, so that a crash can be tidied up.
//! - The control group holds for all of it, where the kernel lets us make one (see `group`).
//! - The kernel's own session: what was born in one stays in it, or begins a new one below.
//! - What was seen once is known by its pid and start time until the end.
//!
//! A process that gives up all of them at once, while taut and `taut __agent` are both dead, is not found again.

use super::group;
pub use super::look::{Process, Snapshot};
use super::look::{can_be_looked_at, children, mark_on, read};
use rustix::process::{Pid, Signal, WaitOptions, child_subreaper, waitpid};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The variable of the environment that marks a session's processes.
pub const MARK_VARIABLE: &str = "TAUT_SESSION";

/// How long a tree may take after TERM before it is killed.
pub const TERM_GRACE: Duration = Duration::from_millis(500);

/// How long we go on killing before what is left is called a survivor (a process stuck in the kernel).
const KILL_PATIENCE: Duration = Duration::from_secs(2);

/// How often a dying tree is looked at.
const GLANCE: Duration = Duration::from_millis(10);

/// Looks at a tree that grows while it is being stopped, before what is stopped is killed.
const STOPS: u32 = 8;

/// Where a process comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// From no agent, as far as can be seen.
    Free,
    /// From the session with this mark.
    Session(String),
    /// From the process that asks: an agent of it that lost its parents and its mark.
    Ours,
}

/// A process of which nothing can be known: it is gone, or can't be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unseen;

/// The processes of a session that live now, by pid and name.
#[must_use]
pub fn alive(mark: &str) -> Vec<(u32, String)> {
    faces(&Snapshot::take().marked(mark))
}

/// The environment with which a session was started: that of the process that keeps its agent, without our own mark.
/// `None` where it can't be read.
#[must_use]
pub fn environment(mark: &str) -> Option<Vec<(String, String)>> {
    let keeper = |pid: &u32| {
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let mut words = line.split(|byte| *byte == 0);
        words.nth(1) == Some(b"__agent") && words.any(|word| word == mark.as_bytes())
    };
    let pid = alive(mark).into_iter().map(|(pid, _)| pid).find(keeper)?;
    let environment = std::fs::read(format!("/proc/{pid}/environ")).ok()?;
    let entries = environment.split(|byte| *byte == 0).filter_map(|entry| std::str::from_utf8(entry).ok());
    let pairs = entries.filter_map(|entry| entry.split_once('=')).filter(|(key, _)| *key != MARK_VARIABLE);
    Some(pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect())
}

/// The processes of all sessions whose marks fit, counted in one look.
#[must_use]
pub fn count(fits: impl Fn(&str) -> bool) -> usize {
    Snapshot::take().all_marked(fits).len()
}

/// The marks that living processes bear, those that fit, in one look.
#[must_use]
pub fn marks(fits: impl Fn(&str) -> bool) -> BTreeSet<String> {
    Snapshot::take().marks().filter(|mark| fits(mark)).collect()
}

/// Where a process comes from: by its own mark, or by that of one of its parents up to `hub`.
///
/// # Errors
/// Nothing is known of it.
pub fn origin(pid: u32, hub: Option<u32>) -> Result<Origin, Unseen> {
    /// Parents that end while they are looked for: the line is read anew.
    const TRIES: u32 = 5;
    let first = i32::try_from(pid).map_err(|_| Unseen)?;
    let hub = hub.and_then(|hub| i32::try_from(hub).ok());
    let peer = read(first).ok_or(Unseen)?;
    if !can_be_looked_at(first) {
        return Err(Unseen);
    }
    'anew: for _ in 0..TRIES {
        let mut at = first;
        let mut seen = HashSet::new();
        while at > 1 && seen.insert(at) {
            let Some(process) = read(at) else {
                if at == first {
                    return Err(Unseen);
                }
                continue 'anew;
            };
            if let Some(mark) = mark_on(at) {
                return Ok(Origin::Session(mark));
            }
            if at != first && Some(at) == hub {
                return Ok(Origin::Ours);
            }
            at = process.parent;
        }
        // What leads nowhere is one thing only if it still is itself: another process may have its number by now.
        let same = read(first).is_some_and(|now| now.started == peer.started);
        return if same { Ok(Origin::Free) } else { Err(Unseen) };
    }
    Err(Unseen)
}

/// The child of `root` that a process is, or comes from, by the line of parents alone: nothing that a process says of
/// itself counts. `None` where the line does not lead there.
#[must_use]
pub fn child_above(pid: u32, root: u32) -> Option<u32> {
    let (first, root) = (i32::try_from(pid).ok()?, i32::try_from(root).ok()?);
    let peer = read(first)?;
    let mut seen = HashSet::new();
    let mut at = first;
    while at > 1 && seen.insert(at) {
        let parent = read(at)?.parent;
        if parent == root {
            // The first one must still be itself: another process may have its number by now.
            let same = read(first).is_some_and(|now| now.started == peer.started);
            return same.then(|| at.unsigned_abs());
        }
        at = parent;
    }
    None
}

/// Ends what is left of a session without its `taut __agent`: TERM, a short grace, KILL. Returns what could not be ended.
/// Blocks.
#[must_use]
pub fn reap(mark: &str) -> Vec<(u32, String)> {
    reap_within(mark, TERM_GRACE)
}

/// The same with another grace.
#[must_use]
pub fn reap_within(mark: &str, grace: Duration) -> Vec<(u32, String)> {
    let left = end(mark, None, grace);
    group::remove(mark);
    left
}

/// Ends a session from its `taut __agent`, the process `root`: everything below it, and everything that bears its mark.
/// Returns what could not be ended. Blocks.
#[must_use]
pub fn end_below(root: u32, mark: &str) -> Vec<(u32, String)> {
    let left = end(mark, Some(root), TERM_GRACE);
    group::remove(mark);
    left
}

fn end(mark: &str, root: Option<u32>, grace: Duration) -> Vec<(u32, String)> {
    let mut tree = Tree { mark, root: root.and_then(|root| i32::try_from(root).ok()), seen: HashMap::new() };
    let mut left = tree.look(Look::Everywhere);
    let term_until = Instant::now() + grace;
    let mut told = HashSet::new();
    while !left.is_empty() && Instant::now() < term_until {
        for process in &left {
            if told.insert((process.pid, process.started)) {
                process.send(Signal::TERM);
                // A stopped process hears TERM only once it goes on.
                process.send(Signal::CONT);
            }
        }
        sleep(GLANCE);
        left = tree.look(Look::FromThoseSeen);
        if left.is_empty() {
            left = tree.look(Look::Everywhere);
        }
    }
    let kill_until = Instant::now() + KILL_PATIENCE;
    while !left.is_empty() && Instant::now() < kill_until {
        for process in &left {
            group::kill(process.pid, mark);
        }
        // Stopped first, all of it, so that nothing forks away between the look and the kill.
        let mut stopped = HashSet::new();
        for _ in 0..STOPS {
            let before = stopped.len();
            for process in &left {
                if stopped.insert((process.pid, process.started)) {
                    process.send(Signal::STOP);
                }
            }
            if stopped.len() == before {
                break;
            }
            left = tree.look(Look::FromThoseSeen);
        }
        for process in tree.look(Look::Everywhere) {
            process.send(Signal::KILL);
        }
        sleep(GLANCE);
        left = tree.look(Look::Everywhere);
    }
    faces(&left)
}

/// How far a look goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    /// Along the lines of parents and sessions of those that were seen before: cheap.
    FromThoseSeen,
    /// At the mark of every process as well.
    Everywhere,
}

/// A tree that is being ended.
struct Tree<'a> {
    mark: &'a str,
    /// Its `taut __agent`, where that is what ends it.
    root: Option<i32>,
    /// Whom we have seen of it, by pid and start: who loses parents and mark is remembered.
    seen: HashMap<i32, u64>,
}

impl Tree<'_> {
    fn look(&mut self, look: Look) -> Vec<Process> {
        let snapshot = Snapshot::take();
        let mut roots: HashSet<i32> = snapshot.still(&self.seen).collect();
        if look == Look::Everywhere {
            roots.extend(snapshot.bearers(self.mark));
        }
        roots.extend(self.root);
        let found = snapshot.closure(roots, self.root.unwrap_or(0));
        self.seen.extend(found.iter().map(|process| (process.pid, process.started)));
        found
    }
}

/// Processes `taut __agent` that this process started and has not waited for. Held while one is started, so that a child
/// which is not among them is an orphan.
static KEPT: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

fn kept() -> MutexGuard<'static, BTreeSet<u32>> {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts a `taut __agent`, and remembers it as a child that is none of the orphans.
pub(super) fn keep<T, E>(start: impl FnOnce() -> Result<T, E>, pid: impl FnOnce(&T) -> Option<u32>) -> Result<T, E> {
    let mut kept = kept();
    let child = start()?;
    kept.extend(pid(&child));
    Ok(child)
}

/// It was waited for.
pub(super) fn forget(pid: u32) {
    kept().remove(&pid);
}

/// Makes this process the one that orphans of a killed `taut __agent` come to. For a process that has no other children.
pub fn adopt_orphans() {
    // Where the kernel refuses, they go to another one: the mark and the group hold.
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

/// Kills what came to this process as an orphan, children that it never started, with everything below them, and buries
/// them. Blocks.
pub(super) fn end_orphans() {
    if !child_subreaper().is_ok_and(|pid| pid.is_some()) {
        return;
    }
    let until = Instant::now() + KILL_PATIENCE;
    loop {
        let strangers: HashSet<i32> = {
            let kept = kept();
            children().into_iter().filter(|pid| !kept.contains(&pid.unsigned_abs())).collect()
        };
        if strangers.is_empty() || Instant::now() >= until {
            return;
        }
        for process in Snapshot::take().closure(strangers.clone(), 0) {
            process.send(Signal::KILL);
        }
        sleep(GLANCE);
        for pid in strangers.into_iter().filter_map(Pid::from_raw) {
            // Those that live on are killed in the next round.
            let _ = waitpid(Some(pid), WaitOptions::NOHANG);
        }
    }
}

/// Pids and names, for people and for the record.
fn faces(processes: &[Process]) -> Vec<(u32, String)> {
    processes.iter().map(|process| (process.pid.unsigned_abs(), process.name.clone())).collect()
}
