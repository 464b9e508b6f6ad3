//! The keeper of one workspace: a thread that takes its checkpoints, one after the other, and takes steps back. The hub
//! never waits for it.

use super::old::Old;
use super::plans::Ready;
use super::resume::{Begun, Resumed};
use super::{Grown, Named};
use crate::checkpoint::{
    Change, Error, Go, Kept as Known, Kind, Limits, NotAnId, Opening, Pruned, RelPath, Snapshot, SnapshotId, Why,
    Workspace, patiently,
};
use crate::domain::{
    Became, Checkpoint, CheckpointId, Digest, Effect, Left, Moment, Query, Reply, SessionId, Side, Talk, Undo, UndoStep,
};
use crate::hub::consoles::Line;
use crate::state::Way;
use crate::state::spans::Root;
use crate::store::Reader;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc as std_mpsc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Files that differ which go on record; of more than that, only their number.
const EFFECTS: usize = 256;

/// After so long without work a keeper lets go of what it holds.
const REST: Duration = Duration::from_secs(20);

/// A checkpoint that takes longer than this says how far it is, and then again and again.
const SLOW: Duration = Duration::from_secs(2);
const AGAIN: Duration = Duration::from_millis(400);

/// Beyond so many packs of a workspace one is made of them, in a quiet moment.
const PACKS: u64 = 64;

/// What a keeper is told to do.
#[derive(Debug)]
pub(super) enum Job {
    /// Take a checkpoint.
    Take {
        /// Who waits for it.
        ticket: Option<u64>,
        /// With which it is compared.
        base: Option<CheckpointId>,
        /// Files that are kept also where git ignores them.
        named: Named,
    },
    /// Say what taking steps back would do.
    Preview { line: Line, wanted: Wanted },
    /// Say what changed until now.
    Compare { line: Line, query: Query },
    /// Make ready to take steps back.
    Plan { ticket: u64, wanted: Wanted, digest: Digest, sides: Vec<(String, Side)> },
    /// Do what was made ready.
    Restore { ticket: u64, note: Begun },
    /// Say what became of an undo that a death cut short, and go on with it.
    Resume { begun: Begun },
    /// Take checkpoints out. Everything else goes before it.
    TakeOut { ticket: u64, going: Vec<Known>, out: Out },
    /// Nobody works there any more: let go of what is held.
    Rest,
}

/// How checkpoints are taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Out {
    /// To make room: none that was taken again meanwhile, and only while nothing else is to be done.
    WhileQuiet,
    /// They are to be gone.
    Whole,
}

/// Checkpoints that are gone.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) gone: Vec<String>,
    pub(super) bytes: u64,
}

/// Which steps are to be taken back.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) session: SessionId,
    pub(super) undo: Undo,
    /// The turns that the agent knows, or why its conversation can't be taken back.
    pub(super) way: Result<Way, String>,
}

/// What a keeper has done.
#[derive(Debug)]
pub(in crate::hub) struct Kept {
    pub(super) place: PathBuf,
    pub(super) ticket: Option<u64>,
    pub(super) news: News,
}

#[derive(Debug)]
pub(super) enum News {
    Taken(Result<Snap, String>),
    Undo(Box<Stage>),
    /// It was found which checkpoints are to go.
    Old(Box<Result<Old, String>>),
    /// How far a checkpoint is that takes its time: files and bytes; nothing once it is over.
    SoFar(Option<(u64, u64)>),
    /// A work tree was made for a session.
    Grown(Box<Grown>),
    /// Some were taken out.
    Out(Result<Taken, String>),
    /// The keeper of this number is no more.
    Gone(u64),
    /// What became of an undo that a death had cut short.
    Resumed(Box<Resumed>),
}

/// How far an undo is.
#[derive(Debug)]
pub(super) enum Stage {
    Refused(Reply),
    Planned {
        ticket: u64,
        what: Meant,
        before: CheckpointId,
        files: Vec<String>,
        /// A file would not stay as it is.
        changes: bool,
        talk: Talk,
    },
    Restored(Box<Done>),
}

/// What is taken back, for the record.
#[derive(Debug)]
pub(super) enum Meant {
    /// Whole steps, and what it comes to that they are.
    Steps(Vec<UndoStep>, Root),
    /// Some hunks: how many of how many files, and which steps had a part in these.
    Hunks(String),
}

/// What became of an undo.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) after: Result<Snap, String>,
    pub(super) left: Vec<Left>,
    /// What could not be put back of files that were.
    pub(super) lost: Vec<String>,
    pub(super) failed: Option<String>,
}

/// A checkpoint that was taken.
#[derive(Debug, Clone)]
pub(in crate::hub) struct Snap {
    pub(super) id: CheckpointId,
    pub(super) base: Option<CheckpointId>,
    /// What differs from the one before it.
    pub(super) since_last: Differs,
    /// What differs from the one that it was to be compared with.
    pub(super) since_base: Differs,
    pub(super) uncovered: u32,
    pub(super) head: Option<String>,
}

/// What differs between two checkpoints.
#[derive(Debug, Clone, Default)]
pub(super) struct Differs {
    pub(super) effects: Vec<Effect>,
    pub(super) more: u32,
}

impl Snap {
    /// It, for the record.
    pub(super) fn checkpoint(&self, moment: Moment, call: Option<crate::domain::CallId>) -> Checkpoint {
        let mut checkpoint = Checkpoint::of(moment, call);
        (checkpoint.id, checkpoint.uncovered) = (Some(self.id.clone()), self.uncovered);
        checkpoint.head.clone_from(&self.head);
        checkpoint
    }
}

/// What a keeper needs of the hub's.
#[derive(Debug)]
pub(super) struct Own {
    /// Which keeper it is.
    pub(super) number: u64,
    /// Where checkpoints are kept.
    pub(super) store: PathBuf,
    /// How the workspace is opened: a home folder is none, unless the configuration names it.
    pub(super) opening: Opening,
    /// What a checkpoint takes.
    pub(super) limits: Limits,
    /// The log, to read which steps there were.
    pub(super) log: Option<Reader>,
    /// Jobs that wait and can't.
    pub(super) urgent: Arc<AtomicUsize>,
}

/// Starts the keeper of a workspace.
pub(super) fn start(place: PathBuf, own: Own, told: mpsc::UnboundedSender<Kept>) -> std_mpsc::Sender<Job> {
    let (jobs, work) = std_mpsc::channel();
    let farewell = Farewell { place: place.clone(), number: own.number, told: told.clone() };
    let keeper = Keeper { place, own, told, workspace: None, last: None, plans: BTreeMap::new(), resumed: None };
    let work = move || {
        let _farewell = farewell;
        keeper.work(&work);
    };
    // Where no thread is to be had the farewell says so.
    drop(std::thread::Builder::new().name("keeper".to_owned()).spawn(work));
    jobs
}

/// Says that a keeper is no more, however it ended: what waits for it goes on.
struct Farewell {
    place: PathBuf,
    number: u64,
    told: mpsc::UnboundedSender<Kept>,
}

impl Drop for Farewell {
    fn drop(&mut self) {
        drop(self.told.send(Kept { place: self.place.clone(), ticket: None, news: News::Gone(self.number) }));
    }
}

pub(super) struct Keeper {
    place: PathBuf,
    pub(super) own: Own,
    told: mpsc::UnboundedSender<Kept>,
    workspace: Option<Workspace>,
    last: Option<SnapshotId>,
    pub(super) plans: BTreeMap<u64, Ready>,
    /// An undo that was cut short has just been gone on with.
    pub(super) resumed: Option<crate::checkpoint::Resumed>,
}

/// What waits for one checkpoint.
struct Waiter {
    ticket: Option<u64>,
    base: Option<CheckpointId>,
}

impl Keeper {
    fn work(mut self, work: &std_mpsc::Receiver<Job>) {
        let mut next = work.recv().ok();
        while let Some(job) = next.take() {
            self.began(&job);
            match job {
                Job::Take { ticket, base, named } => {
                    // All that wait for one by now are served by the same.
                    let (mut waiters, mut names) = (vec![Waiter { ticket, base }], vec![named]);
                    while let Ok(job) = work.try_recv() {
                        match job {
                            Job::Take { ticket, base, named } => {
                                self.own.urgent.fetch_sub(1, Ordering::SeqCst);
                                waiters.push(Waiter { ticket, base });
                                names.push(named);
                            }
                            other => {
                                next = Some(other);
                                break;
                            }
                        }
                    }
                    self.take_for(waiters, &names);
                }
                Job::Preview { line, wanted } => self.preview(&line, &wanted),
                Job::Compare { line, query } => self.compare(&line, &query),
                Job::Plan { ticket, wanted, digest, sides } => {
                    let stage = self.plan(ticket, &wanted, digest, sides);
                    self.tell_undo(ticket, stage);
                }
                Job::Restore { ticket, note } => {
                    let stage = self.restore(ticket, &note);
                    self.tell_undo(ticket, stage);
                }
                Job::Resume { begun } => self.find_out(begun),
                Job::TakeOut { ticket, going, out } => {
                    let taken = self.take_out(&going, out);
                    self.tell(Some(ticket), News::Out(taken));
                }
                Job::Rest => self.rest(),
            }
            self.tell_of_resumed();
            if next.is_none() {
                next = match work.recv_timeout(REST) {
                    Ok(job) => Some(job),
                    Err(std_mpsc::RecvTimeoutError::Timeout) => {
                        self.rest();
                        work.recv().ok()
                    }
                    Err(std_mpsc::RecvTimeoutError::Disconnected) => None,
                };
            }
        }
    }

    /// Nothing is held for a workspace in which nothing happens: no memory, no process, no lock.
    fn rest(&mut self) {
        if let Some(mut workspace) = self.workspace.take() {
            // Only the room that it takes: where it fails, the next rest tries again.
            drop(workspace.tidy(PACKS));
        }
    }

    /// A job that could not wait has begun.
    fn began(&self, job: &Job) {
        match job {
            Job::TakeOut { .. } | Job::Rest => {}
            Job::Take { .. }
            | Job::Preview { .. }
            | Job::Plan { .. }
            | Job::Restore { .. }
            | Job::Resume { .. }
            | Job::Compare { .. } => {
                self.own.urgent.fetch_sub(1, Ordering::SeqCst);
            }
        }
    }

    /// Takes checkpoints out of the store.
    fn take_out(&mut self, going: &[Known], out: Out) -> Result<Taken, String> {
        let place = self.place.display().to_string();
        if !self.plans.is_empty() {
            return Err(format!("an undo goes on in {place}"));
        }
        let urgent = Arc::clone(&self.own.urgent);
        let mut go = || if urgent.load(Ordering::SeqCst) == 0 { Go::On } else { Go::Stop };
        let mut work = |workspace: &mut Workspace| match out {
            Out::WhileQuiet => workspace.discard(going, &mut go),
            Out::Whole => workspace.forget(&going.iter().map(|known| known.id).collect()),
        };
        let taken = match &mut self.workspace {
            Some(workspace) => work(workspace),
            // It need not be there any more.
            None => patiently(|| Workspace::resting(&self.own.store, self.place.clone()))
                .and_then(|mut rests| work(&mut rests)),
        };
        match taken {
            Ok(Pruned { gone, bytes }) => {
                self.last = self.last.filter(|last| !gone.contains(last));
                Ok(Taken { gone: gone.iter().map(ToString::to_string).collect(), bytes })
            }
            Err(Error::Stopped) => Err(format!("{place} was needed for a step")),
            Err(error) => Err(error.to_string()),
        }
    }

    pub(super) fn tell(&self, ticket: Option<u64>, news: News) {
        // A hub that is gone needs no news.
        drop(self.told.send(Kept { place: self.place.clone(), ticket, news }));
    }

    fn tell_undo(&self, ticket: u64, stage: Stage) {
        self.tell(Some(ticket), News::Undo(Box::new(stage)));
    }

    fn take_for(&mut self, waiters: Vec<Waiter>, named: &[Named]) {
        let place = self.place.clone();
        let named: Vec<PathBuf> = named.iter().flat_map(|named| named.in_workspace(&place)).collect();
        let taken = self.take(&named);
        for Waiter { ticket, base } in waiters {
            let snapped = match &taken {
                Ok(snap) => self.since(snap, base),
                Err(why) => Err(why.clone()),
            };
            self.tell(ticket, News::Taken(snapped));
        }
    }

    /// The workspace as it is now.
    pub(super) fn take(&mut self, named: &[PathBuf]) -> Result<Snap, String> {
        let last = self.last;
        let snapshot = self.snapshot(named).map_err(|error| error.to_string())?;
        let since_last = match last {
            Some(last) => self.differs(last, snapshot.id)?,
            None => Differs::default(),
        };
        Ok(Snap {
            id: CheckpointId(snapshot.id.to_string()),
            base: None,
            since_last,
            since_base: Differs::default(),
            uncovered: uncovered(&snapshot),
            head: snapshot.head.and_then(|head| head.commit),
        })
    }

    pub(super) fn snapshot(&mut self, named: &[PathBuf]) -> Result<Snapshot, Error> {
        let at = crate::hub::log::now();
        let (limits, told, place) = (self.own.limits.clone(), self.told.clone(), self.place.clone());
        let workspace = self.open()?;
        let named: Vec<RelPath> = named.iter().filter_map(|path| workspace.below(path)).collect();
        let (began, mut said) = (Instant::now(), None::<Instant>);
        let taken = workspace.snapshot(&named, &limits, at, &mut |so_far| {
            let due = said.map_or(began + SLOW, |said| said + AGAIN);
            if Instant::now() >= due {
                said = Some(Instant::now());
                let news = News::SoFar(Some((so_far.files, so_far.bytes)));
                // A hub that is gone needs no news.
                drop(told.send(Kept { place: place.clone(), ticket: None, news }));
            }
            Go::On
        });
        if said.is_some() {
            drop(told.send(Kept { place: place.clone(), ticket: None, news: News::SoFar(None) }));
        }
        match &taken {
            Ok(snapshot) => self.last = Some(snapshot.id),
            // What stands there now is another folder: it is opened anew.
            Err(Error::Gone(_)) => self.workspace = None,
            Err(_) => {}
        }
        taken
    }

    pub(super) fn open(&mut self) -> Result<&mut Workspace, Error> {
        match &mut self.workspace {
            Some(_) => {}
            slot => {
                let mut workspace = patiently(|| Workspace::open(&self.own.store, &self.place, &self.own.opening))?;
                // An undo that was cut short by a death goes on first.
                self.resumed = workspace.resume()?;
                *slot = Some(workspace);
            }
        }
        self.workspace.as_mut().ok_or_else(|| Error::Gone(self.place.clone()))
    }

    pub(super) fn since(&mut self, snap: &Snap, base: Option<CheckpointId>) -> Result<Snap, String> {
        let mut snap = snap.clone();
        if let Some(base) = base {
            let from = id_of(&base)?;
            snap.since_base = self.differs(from, id_of(&snap.id)?)?;
            snap.base = Some(base);
        }
        Ok(snap)
    }

    fn differs(&mut self, before: SnapshotId, after: SnapshotId) -> Result<Differs, String> {
        let workspace = self.open().map_err(|error| error.to_string())?;
        let changes = workspace.diff(before, after).map_err(|error| error.to_string())?;
        let all: Vec<Effect> = changes.iter().filter_map(effect).collect();
        let more = u32::try_from(all.len().saturating_sub(EFFECTS)).unwrap_or(u32::MAX);
        Ok(Differs { effects: all.into_iter().take(EFFECTS).collect(), more })
    }
}

/// The id of a checkpoint as the record has it.
pub(super) fn id_of(id: &CheckpointId) -> Result<SnapshotId, String> {
    id.0.parse().map_err(|error: NotAnId| error.to_string())
}

/// What a file became, where that is known.
fn effect(change: &Change) -> Option<Effect> {
    let became = match change.kind {
        Kind::Added => Became::Added,
        Kind::Deleted => Became::Removed,
        Kind::Modified => Became::Changed,
        Kind::Mode => Became::Mode,
        Kind::Type => Became::Kind,
        Kind::Unknown => return None,
    };
    Some(Effect { path: change.path.to_string(), became })
}

/// Files that a human would expect to be covered, and that are not. What is ignored is no news.
fn uncovered(snapshot: &Snapshot) -> u32 {
    let odd = |why: Why| !matches!(why, Why::Ignored | Why::Repository | Why::Own);
    let skipped = snapshot.skipped.iter().filter(|skipped| odd(skipped.why)).count();
    u32::try_from(skipped + snapshot.pointers.len()).unwrap_or(u32::MAX)
}
