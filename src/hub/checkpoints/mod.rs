//! When the workspace of a session is kept: before what changes it is let run, and after it has run.
//!
//! Nothing here waits: a keeper (`keeper`, a thread a workspace) takes checkpoints, and the hub goes on when it hears that
//! one is taken. An allowance stands aside until then, so that its checkpoint and itself are one commit. A denial waits
//! for nothing. `beyond`: what no checkpoint holds. `grown`: a work tree was made for a session. `head`: where HEAD goes back to. `hunks`: single hunks, to be taken back. `ignores`: what the
//! user lets git ignore everywhere. `later`: steps that a plain undo passes over. `limits`: what can't be taken back.
//! `named`: what a call names, which is kept also where git ignores it. `plans`: what taking steps back would do. `steps`: which steps are
//! between their checkpoints now. `undo`: steps are taken back. `old`: which checkpoints are not kept any longer; `prune`:
//! they go. `resume`: an undo that a death cut short. `slow`: one that takes its time. `talk`: what becomes of the conversation;
//! `untold`: what its agent has still to be told.

mod beyond;
mod grown;
mod head;
mod hunks;
mod ignores;
mod keeper;
mod later;
mod limits;
mod named;
mod old;
mod plans;
mod prune;
mod resume;
mod slow;
mod steps;
mod talk;
mod undo;
mod untold;
mod whose;

use super::actor::Hub;
use super::consoles::ConsoleId;
use super::requests::Due;
use crate::agent::Ask;
use crate::checkpoint::{Limits, Opening, Wide};
use crate::domain::{
    CallId, Checkpoint, CheckpointId, CommandId, Decision, Draft, Event, LaneId, Moment, Reply, RequestId, SessionId,
};
use crate::state::Step;
pub(super) use grown::Grown;
use keeper::Job;
pub(super) use keeper::Kept;
use keeper::News;
pub(super) use keeper::Snap;
use named::Named;
pub(super) use old::{Stays, Wanted, find as find_old};
pub(super) use prune::Why;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use steps::Running;
use tokio::sync::mpsc;
pub use undo::HALF_UNDONE;
pub(super) use undo::{Follows, Undoing, Wished};

/// How long whoever allowed a call waits to hear of it. Then they are told that it waits for its checkpoint, and a human can let
/// it go without one. Shorter than a console waits for a word of its hub.
const PATIENCE: Duration = Duration::from_secs(4);

/// How long a hub that leaves waits for the checkpoints after its last steps.
const FAREWELL: Duration = Duration::from_secs(3);

/// Who waits for the reply to a command.
pub(super) type Asker = (ConsoleId, CommandId);

/// The keepers of all workspaces, and what waits for them.
#[derive(Debug)]
pub(super) struct Checkpoints {
    places: BTreeMap<PathBuf, Place>,
    /// The real paths of the sessions' workspaces; none where a folder is gone.
    homes: BTreeMap<SessionId, Option<PathBuf>>,
    /// Home folders that sessions were started with: none is a workspace unasked, whoever's hub this is.
    users: BTreeSet<PathBuf>,
    waits: BTreeMap<u64, Wait>,
    prunings: BTreeMap<u64, prune::Pruning>,
    /// Work trees that are being made for sessions.
    growing: usize,
    next: u64,
    told: mpsc::UnboundedSender<Kept>,
    /// Since the hub leaves: until when it waits for what is not on record yet.
    hurry: Option<Instant>,
}

/// One workspace.
#[derive(Debug)]
struct Place {
    /// Its keeper.
    number: u64,
    jobs: std::sync::mpsc::Sender<Job>,
    /// Jobs that it was given and has not begun, but for those that can wait.
    urgent: Arc<AtomicUsize>,
    /// The newest checkpoint.
    last: Option<CheckpointId>,
    /// Steps that may be changing it now.
    running: Vec<Running>,
    /// Why it can't be kept, as it was last said.
    failed: Option<String>,
    /// How far a checkpoint is that takes its time: files, and their bytes.
    so_far: Option<(u64, u64)>,
}

/// What goes on once a checkpoint is taken.
#[derive(Debug)]
enum Wait {
    /// An allowance, and when whoever gave it is told that it waits; they know where there is no time.
    Decision(Box<Due>, Option<Instant>),
    /// A question that a rule lets pass.
    Question(Box<Question>),
    /// The end of a step.
    After(SessionId, LaneId, Box<Checkpoint>),
    /// A call that was refused says that it is done.
    Suspect(SessionId, LaneId, Box<Step>),
    /// Steps are taken back.
    Undo(Box<Undoing>),
}

impl Wait {
    /// When something is to be said of it.
    fn until(&self) -> Option<Instant> {
        match self {
            Self::Decision(_, until) => *until,
            Self::Question(_) | Self::After(..) | Self::Suspect(..) | Self::Undo(_) => None,
        }
    }

    /// True where a call does not run as long as it waits.
    fn holds_up(&self) -> bool {
        matches!(self, Self::Decision(..) | Self::Question(_))
    }
}

/// A question that a rule lets pass: it goes on record together with its answer, so that nobody sees it wait.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) session: SessionId,
    pub(super) ask: Ask,
    pub(super) cites: Option<u64>,
    pub(super) anew: Option<(RequestId, Vec<String>)>,
    /// The call as it was when it was asked about.
    pub(super) about: Option<Box<Step>>,
}

impl Checkpoints {
    pub(super) fn new(told: mpsc::UnboundedSender<Kept>) -> Self {
        Self {
            places: BTreeMap::new(),
            homes: BTreeMap::new(),
            users: BTreeSet::new(),
            waits: BTreeMap::new(),
            prunings: BTreeMap::new(),
            growing: 0,
            next: 0,
            told,
            hurry: None,
        }
    }

    /// The home folder in the environment of a session.
    pub(super) fn knows_home(&mut self, env: &[(String, String)]) {
        let home = env.iter().find(|(key, _)| key == "HOME").map(|(_, home)| Path::new(home));
        self.users.extend(home.filter(|home| home.is_absolute()).and_then(|home| home.canonicalize().ok()));
    }

    /// When something goes on without its checkpoint.
    pub(super) fn due(&self) -> Option<Instant> {
        let hurry = self.hurry.filter(|_| !self.is_idle());
        self.waits.values().filter_map(Wait::until).chain(hurry).min()
    }

    /// The hub leaves: what is not known of a step by then is not waited for.
    pub(super) fn hurry(&mut self) {
        self.hurry.get_or_insert_with(|| Instant::now() + FAREWELL);
        // What only makes room gives way.
        for place in self.places.values() {
            place.urgent.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// True where a step is between its checkpoints.
    pub(super) fn runs(&self, session: SessionId, call: &CallId) -> bool {
        let path = self.homes.get(&session).and_then(Option::as_ref);
        path.and_then(|path| self.places.get(path)).is_some_and(|place| place.runs(session, call))
    }

    /// Ends of steps and undos that are not on record yet, and checkpoints that are being taken out.
    pub(super) fn is_idle(&self) -> bool {
        let taken = self.waits.values().all(|wait| wait.until().is_some());
        taken && self.growing == 0 && self.prunings.values().all(prune::Pruning::may_be_left)
    }

    /// True where an allowance of a request waits for its checkpoint.
    pub(super) fn holds(&self, request: RequestId) -> bool {
        self.waits.values().any(|wait| matches!(wait, Wait::Decision(due, _) if due.request == request))
    }

    fn ticket(&mut self, wait: Wait) -> u64 {
        self.next += 1;
        self.waits.insert(self.next, wait);
        self.next
    }
}

impl Place {
    /// Gives its keeper something to do, before which nothing else is of importance.
    fn tell(&self, job: Job) {
        self.urgent.fetch_add(1, Ordering::SeqCst);
        // One that is gone has said so.
        drop(self.jobs.send(job));
    }

    /// Checkpoints that a step is or will be compared with.
    fn held(&self) -> impl Iterator<Item = CheckpointId> {
        self.last.iter().cloned().chain(self.running.iter().filter_map(Running::before))
    }
}

impl Hub {
    /// The workspace of a session, with a keeper.
    fn place(&mut self, session: SessionId) -> Option<&mut Place> {
        // Where the state folder was taken away, nothing is made in its place.
        if !self.setup.settings.config.checkpoints || self.store.still_there().is_err() {
            return None;
        }
        let known = self.state.session(session)?;
        let home = self.checkpoints.homes.entry(session);
        let path = home.or_insert_with(|| PathBuf::from(&known.cwd).canonicalize().ok()).clone()?;
        Some(self.place_at(&path))
    }

    /// A workspace by its real path, with a keeper.
    fn place_at(&mut self, path: &Path) -> &mut Place {
        let Checkpoints { places, next, told, users, .. } = &mut self.checkpoints;
        match places.entry(path.to_owned()) {
            Entry::Occupied(there) => there.into_mut(),
            Entry::Vacant(free) => {
                *next += 1;
                let (number, urgent) = (*next, Arc::new(AtomicUsize::new(0)));
                let places = &self.setup.places;
                let home = places.home.clone();
                let whose = users.iter().find(|user| user.starts_with(path)).cloned().or(home.clone());
                let wide = match self.setup.settings.config.keep.names(path, home.as_deref()) {
                    true => Wide::Allow,
                    false => Wide::Refuse,
                };
                let global_ignore = ignores::of_user(home.as_deref(), places.configs.as_deref());
                let own = keeper::Own {
                    number,
                    store: places.state.join("checkpoints"),
                    opening: Opening { home: whose, wide },
                    limits: Limits { global_ignore, ..Limits::default() },
                    log: self.store.reader().ok(),
                    urgent: Arc::clone(&urgent),
                };
                let jobs = keeper::start(path.to_owned(), own, told.clone());
                free.insert(Place { number, jobs, urgent, last: None, running: Vec::new(), failed: None, so_far: None })
            }
        }
    }

    /// The workspace is read ahead: what is taken later has less to do.
    pub(super) fn keep_ahead(&mut self, session: SessionId) {
        let Some(place) = self.place(session) else { return };
        place.tell(Job::Take { ticket: None, base: None, named: Named::default() });
        // Another session heard of it when it was found out.
        if let Some(why) = place.failed.clone() {
            self.unkept_here(session, why);
        }
    }

    /// The workspace of a session can't be kept: its human shall know before anything is done there.
    fn unkept_here(&mut self, session: SessionId, why: String) {
        let mut none = Checkpoint::of(Moment::Outside, None);
        none.why = Some(why);
        self.note(session, Event::Checkpointed { checkpoint: Box::new(none) });
    }

    /// True where a step may change files, and its workspace is kept.
    pub(super) fn is_to_be_kept(&mut self, session: SessionId, step: &Step) -> bool {
        steps::may_change(step) && self.place(session).is_some()
    }

    /// An allowance stands aside until its checkpoint is taken.
    pub(super) fn keep_before(&mut self, due: Due) {
        let session = due.request.session;
        let known = self.state.session(session).and_then(|known| known.request_and_step(due.request.seq));
        let step = known.map(|(_, step, _)| step.clone());
        let mut named = step.map(|step| self.named(session, &step)).unwrap_or_default();
        if let Decision::Edit { args, .. } = &due.decision {
            named.runs_instead(args);
        }
        let ticket = self.checkpoints.ticket(Wait::Decision(Box::new(due), Some(Instant::now() + PATIENCE)));
        self.take(session, ticket, None, named);
    }

    /// A question that a rule lets pass stands aside until the checkpoint of its call is taken.
    pub(super) fn keep_before_asking(&mut self, question: Question) {
        let session = question.session;
        let named = question.about.as_ref().map(|step| self.named(session, step)).unwrap_or_default();
        let ticket = self.checkpoints.ticket(Wait::Question(Box::new(question)));
        self.take(session, ticket, None, named);
    }

    fn take(&mut self, session: SessionId, ticket: u64, base: Option<CheckpointId>, named: Named) {
        if let Some(place) = self.place(session) {
            place.tell(Job::Take { ticket: Some(ticket), base, named });
        }
    }

    /// A question was taken back before it was asked.
    pub(super) fn unask(&mut self, session: SessionId, native: &str) {
        self.checkpoints.waits.retain(|_, wait| match wait {
            Wait::Question(question) => question.session != session || question.ask.native != native,
            Wait::Decision(..) | Wait::After(..) | Wait::Suspect(..) | Wait::Undo(_) => true,
        });
    }

    /// A keeper has done something.
    pub(super) fn kept(&mut self, kept: Kept) {
        let Kept { place: path, ticket, news } = kept;
        let wait = ticket.and_then(|ticket| self.checkpoints.waits.remove(&ticket));
        let snapped = match news {
            News::Old(found) => return self.found_old(ticket.unwrap_or_default(), *found),
            News::SoFar(so_far) => return self.kept_so_far(&path, so_far),
            News::Grown(grown) => {
                self.checkpoints.has_grown();
                return self.grown(*grown);
            }
            News::Out(taken) => {
                self.taken_out(ticket.unwrap_or_default(), &path, taken);
                return self.let_go(&path);
            }
            News::Taken(snapped) => {
                self.kept_so_far(&path, None);
                snapped
            }
            News::Gone(number) => return self.keeper_gone(&path, number),
            News::Resumed(resumed) => return self.undo_resumed(&path, *resumed),
            News::Undo(stage) => {
                if let Some(Wait::Undo(undoing)) = wait {
                    self.undo_goes_on(*undoing, *stage);
                    self.commit();
                }
                return;
            }
        };
        if let Ok(snap) = &snapped {
            let about = wait.as_ref().map(Wait::session).or_else(|| self.someone_in(&path));
            self.changed_outside(&path, about, snap);
        }
        if let Some(place) = self.checkpoints.places.get_mut(&path) {
            match &snapped {
                Ok(snap) => (place.last, place.failed) = (Some(snap.id.clone()), None),
                Err(why) if place.failed.as_ref() != Some(why) => {
                    place.failed = Some(why.clone());
                    if let Some(session) = wait.as_ref().map(Wait::session).or_else(|| self.someone_in(&path)) {
                        self.unkept_here(session, why.clone());
                    }
                }
                Err(_) => {}
            }
        }
        if let Some(wait) = wait {
            self.go_on(wait, snapped);
        }
        self.commit();
        self.let_go(&path);
    }

    /// A keeper ended: by itself only where something is wrong with it. The next step has another one.
    fn keeper_gone(&mut self, path: &PathBuf, number: u64) {
        // One that was let go of left nothing behind, and another one may be at work there.
        if self.checkpoints.places.get(path).is_none_or(|place| place.number != number) {
            return;
        }
        let of_place = |hub: &Self, wait: &Wait| {
            hub.checkpoints.homes.get(&wait.session()).is_some_and(|home| home.as_ref() == Some(path))
        };
        let waits = self.checkpoints.waits.iter().filter(|(_, wait)| of_place(self, wait));
        let tickets: Vec<u64> = waits.map(|(ticket, _)| *ticket).collect();
        self.checkpoints.places.remove(path);
        self.nobody_takes_out(path);
        for ticket in tickets {
            if let Some(wait) = self.checkpoints.waits.remove(&ticket) {
                self.go_on(wait, Err("what keeps the workspace ended in the middle of it".to_owned()));
            }
        }
        self.commit();
    }

    /// Lets go of a workspace in which no agent works any more: its keeper ends.
    fn let_go(&mut self, path: &PathBuf) {
        let here =
            |session: &SessionId| self.checkpoints.homes.get(session).is_some_and(|home| home.as_ref() == Some(path));
        let waited = self.checkpoints.waits.values().any(|wait| here(&wait.session()));
        if !waited && !self.agents.keys().any(here) {
            self.checkpoints.places.remove(path);
        }
    }

    fn someone_in(&self, path: &PathBuf) -> Option<SessionId> {
        let of_place = self.checkpoints.homes.iter().filter(|(_, home)| home.as_ref() == Some(path));
        of_place.map(|(session, _)| *session).rfind(|session| self.agents.contains_key(session))
    }

    /// What differs from the last checkpoint though no step ran in between is somebody else's.
    fn changed_outside(&mut self, path: &PathBuf, about: Option<SessionId>, snap: &Snap) {
        let Some(place) = self.checkpoints.places.get(path) else { return };
        let (Some(last), Some(session)) = (place.last.clone(), about) else { return };
        if !place.running.is_empty() || last == snap.id || snap.since_last.effects.is_empty() {
            return;
        }
        let mut checkpoint = snap.checkpoint(Moment::Outside, None);
        (checkpoint.base, checkpoint.effects) = (Some(last), snap.since_last.effects.clone());
        checkpoint.more = snap.since_last.more;
        self.note(session, Event::Checkpointed { checkpoint: Box::new(checkpoint) });
    }

    fn go_on(&mut self, wait: Wait, snapped: Result<Snap, String>) {
        match wait {
            Wait::Decision(due, _) => {
                let asker = due.asker;
                let reply = self.decide_with(*due, &snapped);
                self.commit();
                self.reply(asker, reply);
            }
            Wait::Question(question) => {
                // Nothing may be pending: its id is the place of its record.
                self.commit();
                if self.agents.contains_key(&question.session) {
                    self.ask_with(*question, Some(&snapped));
                }
            }
            Wait::After(session, lane, mut checkpoint) => {
                if let Some(call) = &checkpoint.call {
                    checkpoint.beside = self.beside(session, call);
                }
                self.over_now(session, checkpoint.call.as_ref());
                match snapped {
                    Ok(snap) => {
                        (checkpoint.id, checkpoint.uncovered) = (Some(snap.id), snap.uncovered);
                        let effects = self.own_effects(session, &checkpoint, snap.since_base.effects);
                        (checkpoint.effects, checkpoint.more) = (effects, snap.since_base.more);
                        checkpoint.head = snap.head;
                    }
                    Err(why) => checkpoint.why = Some(why),
                }
                let event = Event::Checkpointed { checkpoint };
                self.draft(Draft { session, lane, said_at: None, cites: None, event });
            }
            Wait::Suspect(session, lane, step) => self.suspected((session, lane), &step, snapped.ok()),
            // It waits for more than a checkpoint: whoever asked hears that it is not known what became of it.
            Wait::Undo(undoing) => {
                let why = snapped.err().unwrap_or_else(|| "it was given up".to_owned());
                self.undo_given_up(&undoing, &why);
            }
        }
    }

    /// Tells who asked what became of it.
    pub(super) fn reply(&self, asker: Option<Asker>, reply: Reply) {
        if let Some((console, id)) = asker
            && let Some(line) = self.consoles.line(console)
        {
            line.tell(super::Published::Replied(id, reply));
        }
    }
}

impl Wait {
    fn session(&self) -> SessionId {
        match self {
            Self::Decision(due, _) => due.request.session,
            Self::Question(question) => question.session,
            Self::After(session, ..) | Self::Suspect(session, ..) => *session,
            Self::Undo(undoing) => undoing.session,
        }
    }
}
