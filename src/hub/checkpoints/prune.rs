//! Checkpoints go: when a session has ended and a while after the hub began, when a human asks for it, and with a session
//! that is deleted. The keeper of a workspace takes them out, and lets it be where a step needs the workspace.

use super::keeper::{Job, Out, Taken};
use super::old::{self, Loses, Old, Stays, Wanted};
use super::{Asker, Kept as Told, News};
use crate::domain::{Answer, Event, Notice, Prunable, PrunedNot, Reply, SessionId, Weight};
use crate::hub::Published;
use crate::hub::actor::Hub;
use crate::hub::consoles::Line;
use crate::hub::log::now;
use crate::hub::requests::refused;
use crate::state::Session;
use crate::text::human;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

/// A hub that has just begun has better things to do, and one that lives no longer than a command never begins with it.
const AFTER_THE_START: Duration = Duration::from_secs(10);

/// For whom checkpoints go.
#[derive(Debug)]
pub(in crate::hub) enum Why {
    /// For nobody: it is time.
    Time,
    /// A human wants it.
    Asked(Option<Asker>),
    /// Somebody wants to know what would go.
    Look(Line),
    /// A session is deleted.
    Deleted(SessionId),
}

/// Checkpoints that are about to go.
#[derive(Debug)]
pub(super) struct Pruning {
    why: Why,
    /// Keepers that are at it; none is known while it is looked for.
    at: Option<BTreeSet<PathBuf>>,
    loses: BTreeMap<SessionId, Loses>,
    gone: BTreeSet<String>,
    count: u64,
    bytes: u64,
    /// Why some stayed.
    trouble: Vec<String>,
    /// Until this is dropped, it waits to begin, and a while at most.
    wake: Option<mpsc::Sender<()>>,
    /// Somebody wanted it once more meanwhile.
    again: bool,
}

impl Pruning {
    /// Nobody waits for it, and nothing is being done.
    pub(super) fn may_be_left(&self) -> bool {
        matches!(self.why, Why::Time | Why::Look(_)) && self.at.is_none()
    }
}

impl Hub {
    /// Looks for checkpoints that are to go; they go once they are found.
    pub(in crate::hub) fn prune(&mut self, why: Why) {
        self.look_for_old(why, None, || ());
    }

    /// The same, a while after the hub began.
    pub(in crate::hub) fn prune_later(&mut self) {
        let (wake, begin) = mpsc::channel::<()>();
        let wait = move || {
            // It begins at once where nobody cares for it any more.
            let _ = begin.recv_timeout(AFTER_THE_START);
        };
        self.look_for_old(Why::Time, Some(wake), wait);
    }

    fn look_for_old(&mut self, why: Why, wake: Option<mpsc::Sender<()>>, wait: impl FnOnce() + Send + 'static) {
        if matches!(why, Why::Time) {
            if self.leaving {
                return;
            }
            // One that has not begun yet is too late by now.
            self.checkpoints.prunings.retain(|_, pruning| pruning.wake.is_none());
            let timely = |pruning: &&mut Pruning| matches!(pruning.why, Why::Time);
            if let Some(pruning) = self.checkpoints.prunings.values_mut().find(timely) {
                pruning.again = true;
                return;
            }
        }
        let wanted = match why {
            Why::Deleted(session) => Wanted::Of(session),
            Why::Time | Why::Asked(_) => Wanted::Old(self.setup.settings.config.keep.clone()),
            Why::Look(_) => Wanted::Look(self.setup.settings.config.keep.clone()),
        };
        // What is still on its way to the disk is found there.
        self.commit();
        let reader = match self.store.reader() {
            Ok(reader) => reader,
            Err(error) => return self.not_pruned(why, &error.to_string()),
        };
        let stays = self.what_stays();
        self.checkpoints.next += 1;
        let ticket = self.checkpoints.next;
        let told = self.checkpoints.told.clone();
        let look = move || {
            wait();
            let found = old::find(&reader, &wanted, &stays, now());
            let news = News::Old(Box::new(found));
            // A hub that is gone needs no news.
            drop(told.send(Told { place: PathBuf::new(), ticket: Some(ticket), news }));
        };
        if let Err(error) = std::thread::Builder::new().name("prune".to_owned()).spawn(look) {
            return self.not_pruned(why, &error.to_string());
        }
        let pruning = Pruning {
            why,
            at: None,
            loses: BTreeMap::new(),
            gone: BTreeSet::new(),
            count: 0,
            bytes: 0,
            trouble: Vec::new(),
            wake,
            again: false,
        };
        self.checkpoints.prunings.insert(ticket, pruning);
    }

    fn what_stays(&self) -> Stays {
        let sessions = self.state.sessions.values().filter(|session| session.is_live() || session.is_pinned());
        let homes = self.agents.keys().filter_map(|session| self.checkpoints.homes.get(session).cloned().flatten());
        let busy: BTreeSet<PathBuf> = homes.collect();
        let works = |(path, place): &(&PathBuf, &super::Place)| busy.contains(*path) || !place.running.is_empty();
        let held = self.checkpoints.places.iter().filter(works).flat_map(|(_, place)| place.held()).collect();
        Stays { sessions: sessions.map(|session| session.id).collect(), held, busy }
    }

    fn not_pruned(&mut self, why: Why, because: &str) {
        match why {
            Why::Time => {}
            Why::Asked(asker) => self.reply(asker, refused(format!("nothing was pruned: {because}"))),
            Why::Look(line) => line.tell(Published::Answered(Answer::Failed { why: because.to_owned() })),
            Why::Deleted(session) => self.not_deleted(session, because),
        }
    }

    /// It is known what is to go.
    pub(super) fn found_old(&mut self, ticket: u64, found: Result<Old, String>) {
        let Some(mut pruning) = self.checkpoints.prunings.remove(&ticket) else { return };
        pruning.wake = None;
        let old = match found {
            Ok(old) => old,
            Err(why) => return self.not_pruned(pruning.why, &why),
        };
        if let Why::Look(line) = &pruning.why {
            let sessions = old.sessions.iter().map(|(id, loses)| (*id, loses.ids.len() as u64)).collect();
            let (of, of_bytes) = old.of;
            let (checkpoints, bytes) = (old.count(), old.bytes);
            let pinned = |id| self.state.session(id).is_some_and(Session::is_pinned);
            let stay = |(&session, &checkpoints): (&SessionId, &u64)| PrunedNot {
                session,
                checkpoints,
                pinned: pinned(session),
            };
            let (stay, stay_bytes) = (old.stay.0.iter().map(stay).collect(), old.stay.1);
            let told = Prunable { of, of_bytes, checkpoints, bytes, sessions, stay, stay_bytes };
            return line.tell(Published::Answered(Answer::Prunable(told)));
        }
        if self.leaving && matches!(pruning.why, Why::Time) {
            return;
        }
        // Who lives or was pinned meanwhile keeps all of it.
        let stays = self.what_stays();
        let kept: BTreeSet<String> = old
            .sessions
            .iter()
            .filter(|(session, _)| stays.sessions.contains(session))
            .flat_map(|(_, loses)| loses.ids.iter().cloned())
            .chain(stays.held.iter().map(|id| id.0.clone()))
            .collect();
        pruning.loses = old.sessions;
        let mut at = BTreeSet::new();
        for (root, mut going) in old.places {
            going.retain(|one| !kept.contains(&one.id.to_string()));
            let out = if matches!(pruning.why, Why::Deleted(_)) { Out::Whole } else { Out::WhileQuiet };
            drop(self.place_at(&root).jobs.send(Job::TakeOut { ticket, going, out }));
            at.insert(root);
        }
        pruning.at = Some(at);
        self.checkpoints.prunings.insert(ticket, pruning);
        self.pruned_if_all(ticket);
    }

    /// A keeper has taken checkpoints out.
    pub(super) fn taken_out(&mut self, ticket: u64, root: &Path, taken: Result<Taken, String>) {
        let Some(pruning) = self.checkpoints.prunings.get_mut(&ticket) else { return };
        if let Some(at) = &mut pruning.at {
            at.remove(root);
        }
        match taken {
            Ok(Taken { gone, bytes }) => {
                if let Some(place) = self.checkpoints.places.get_mut(root) {
                    place.last = place.last.take().filter(|last| !gone.contains(&last.0));
                }
                pruning.count += gone.len() as u64;
                pruning.bytes = pruning.bytes.saturating_add(bytes);
                pruning.gone.extend(gone);
            }
            Err(why) => pruning.trouble.push(why),
        }
        self.pruned_if_all(ticket);
    }

    /// A keeper died in the middle of it.
    pub(super) fn nobody_takes_out(&mut self, root: &Path) {
        let at = |pruning: &Pruning| pruning.at.as_ref().is_some_and(|at| at.contains(root));
        let tickets = self.checkpoints.prunings.iter().filter(|(_, pruning)| at(pruning));
        for ticket in tickets.map(|(ticket, _)| *ticket).collect::<Vec<_>>() {
            let why = format!("what keeps {} ended in the middle of it", root.display());
            self.taken_out(ticket, root, Err(why));
        }
    }

    fn pruned_if_all(&mut self, ticket: u64) {
        let all = |pruning: &Pruning| pruning.at.as_ref().is_some_and(BTreeSet::is_empty);
        if !self.checkpoints.prunings.get(&ticket).is_some_and(all) {
            return;
        }
        let Some(pruning) = self.checkpoints.prunings.remove(&ticket) else { return };
        let Pruning { why, loses, gone, count, bytes, trouble, again, .. } = pruning;
        let deleted = match &why {
            Why::Deleted(session) => Some(*session),
            Why::Time | Why::Asked(_) | Why::Look(_) => None,
        };
        for (session, loses) in loses.iter().filter(|(session, _)| Some(**session) != deleted) {
            let ids = loses.ids.intersection(&gone).count();
            if ids > 0 {
                self.note(*session, Event::Noted { level: Notice::Info, text: said(ids, loses).into() });
            }
        }
        self.commit();
        match why {
            Why::Time if again => self.prune(Why::Time),
            Why::Time | Why::Look(_) => {}
            Why::Asked(asker) => {
                let reply = match trouble.is_empty() {
                    true => Reply::Done,
                    false => refused(format!(
                        "{count} were pruned ({}), and not all that could be: {}",
                        human::bytes(bytes),
                        trouble.join("; ")
                    )),
                };
                self.reply(asker, reply);
            }
            Why::Deleted(session) if trouble.is_empty() => {
                let weight = Weight { checkpoints: count, checkpoint_bytes: bytes, ..Weight::default() };
                self.delete_texts(session, weight);
            }
            Why::Deleted(session) => self.not_deleted(session, &trouble.join("; ")),
        }
    }
}

/// What a session has lost.
fn said(ids: usize, loses: &Loses) -> String {
    let what = match ids {
        1 => "1 of its checkpoints was".to_owned(),
        n => format!("{n} of its checkpoints were"),
    };
    let steps = match loses.steps {
        None => String::new(),
        Some((first, last)) if first == last => format!(": step {first} can't be undone any more"),
        Some((first, last)) => format!(": steps from {first} to {last} can't all be undone any more"),
    };
    format!("{what} pruned, since `[keep]` in config.toml keeps no more{steps}")
}
