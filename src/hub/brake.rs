//! The brake: ends every agent at once, from any thread. It waits for no store, no flood and no turn of the hub's loop:
//! whoever hears *halt* first pulls it, and the hub puts on record what became of it.

use super::Wish;
use crate::agent::process::{Ender, tree};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, sleep};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// How long the trees have to end as they would; what is left then is killed from here.
const OWN_END: Duration = Duration::from_millis(900);
/// How often they are looked at meanwhile.
const GLANCE: Duration = Duration::from_millis(25);

/// The brake, shared by everyone who may pull it.
#[derive(Debug, Clone)]
pub(super) struct Brake(Arc<Mutex<Agents>>);

#[derive(Debug)]
struct Agents {
    enders: BTreeMap<String, Ender>,
    wishes: mpsc::WeakUnboundedSender<Wish>,
    pulled: Option<Pulled>,
}

/// What is being ended by a pull.
#[derive(Debug, Default)]
struct Pulled {
    /// Processes that were known before.
    before: u32,
    /// The marks of their sessions.
    marks: BTreeSet<String>,
}

impl Brake {
    /// A brake without agents; what a pull comes to is told by a wish.
    pub(super) fn new(wishes: &mpsc::UnboundedSender<Wish>) -> Self {
        Self(Arc::new(Mutex::new(Agents { enders: BTreeMap::new(), wishes: wishes.downgrade(), pulled: None })))
    }

    fn agents(&self) -> MutexGuard<'_, Agents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An agent runs, or a command of the human's; by its mark.
    pub(super) fn add(&self, mark: String, ender: Ender) {
        self.agents().enders.insert(mark, ender);
    }

    /// Where its pull is told, for others that have something to tell.
    pub(super) fn wishes(&self) -> Option<mpsc::UnboundedSender<Wish>> {
        self.agents().wishes.upgrade()
    }

    /// It has ended.
    pub(super) fn remove(&self, mark: &str) {
        self.agents().enders.remove(mark);
    }

    /// Ends every agent, and counts nothing.
    pub(super) fn end_all(&self) {
        self.agents().enders.values().for_each(Ender::kill);
    }

    /// How many processes are being ended by a pull.
    pub(super) fn pulled(&self) -> Option<u32> {
        self.agents().pulled.as_ref().map(|pulled| pulled.before)
    }

    /// Ends every agent, sees to it that nothing is left, and tells the hub how many processes were known before and
    /// after. Returns at once.
    pub(super) fn pull(&self) {
        let first = {
            let mut agents = self.agents();
            let marks: BTreeSet<String> = agents.enders.keys().cloned().collect();
            let first = agents.pulled.is_none();
            if let Some(pulled) = &mut agents.pulled {
                pulled.marks.extend(marks);
            } else {
                agents.pulled = Some(Pulled { before: alive(&marks), marks });
            }
            agents.enders.values().for_each(Ender::kill);
            first
        };
        let brake = self.clone();
        // One that sees to an earlier pull sees to this one as well.
        if first && Builder::new().name("brake".to_owned()).spawn(move || brake.see_to()).is_err() {
            // Their own ends go on; only nobody counts.
            self.agents().pulled = None;
        }
    }

    fn marks(&self) -> BTreeSet<String> {
        self.agents().pulled.as_ref().map(|pulled| pulled.marks.clone()).unwrap_or_default()
    }

    fn see_to(&self) {
        let until = Instant::now() + OWN_END;
        while Instant::now() < until && alive(&self.marks()) > 0 {
            sleep(GLANCE);
        }
        let marks = self.marks();
        if alive(&marks) > 0 {
            std::thread::scope(|scope| {
                for mark in &marks {
                    let reap = || drop(tree::reap_within(mark, Duration::ZERO));
                    if Builder::new().spawn_scoped(scope, reap).is_err() {
                        reap();
                    }
                }
            });
        }
        let (marks, before, wishes) = {
            let mut agents = self.agents();
            let Pulled { before, marks } = agents.pulled.take().unwrap_or_default();
            (marks, before, agents.wishes.upgrade())
        };
        let left = alive(&marks);
        if let Some(wishes) = wishes {
            drop(wishes.send(Wish::Halted { alive: left, before: before.max(left) }));
        }
    }
}

/// Processes of these sessions that live.
fn alive(marks: &BTreeSet<String>) -> u32 {
    u32::try_from(tree::count(|mark| marks.contains(mark))).unwrap_or(u32::MAX)
}
