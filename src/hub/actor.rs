//! The loop of the hub: what wakes it, and in which order. The brake and the human come before the flood.

use super::answers::Held;
use super::brake::Brake;
use super::checkpoints::{Asker, Checkpoints, Why, Wished};
use super::config::Settings;
use super::consoles::Consoles;
use super::hooks::Hooks;
use super::indexing::{self, Indexing};
use super::log::Pending;
use super::loss::Keeping;
use super::own::OwnRuns;
use super::refused::Doubtful;
use super::requests::Due;
use super::sessions::{Driven, Heard};
use super::shelf::Wiping;
use super::socket::HooksServed;
use super::{Published, Setup, Wish, reading};
use crate::agent::process::Frame;
use crate::domain::{Answer, By, Command, HubStatus, Query, Reply, RequestId, SessionId};
use crate::state::{ScriptTokens, Spend, State};
use crate::store::Store;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::mpsc;

/// Frames of all agents that wait for the hub; a full channel is felt in the agents' pipes.
const FRAMES: usize = 256;
/// Frames taken before the loop looks at commands again.
const TURN: usize = 128;

/// The hub's state: what it owns.
pub(super) struct Hub {
    pub(super) setup: Setup,
    pub(super) store: Store,
    pub(super) state: State,
    pub(super) status: HubStatus,
    pub(super) agents: BTreeMap<SessionId, Driven>,
    pub(super) pending: Pending,
    pub(super) held: Vec<Held>,
    /// What agents said that waits until the store can be written.
    pub(super) stalled: Vec<Heard>,
    /// Calls that were refused and say that they are done, until what they gave back is known.
    pub(super) doubtful: Vec<Doubtful>,
    /// Requests whose call has changed: they ask anew.
    pub(super) changed: Vec<RequestId>,
    /// Turns that go on beyond a hard limit of money.
    pub(super) overspent: Vec<(SessionId, Spend)>,
    /// When the store is tried again.
    pub(super) retry: Option<Instant>,
    pub(super) consoles: Consoles,
    pub(super) frames: mpsc::Sender<(SessionId, Frame)>,
    /// Tokens that scripts were given.
    pub(super) tokens: ScriptTokens,
    /// The settings as the files say them now; those in force are in `setup`.
    pub(super) newest: Settings,
    pub(super) leaving: bool,
    /// What ends everything, pulled by whoever hears of it first.
    pub(super) brake: Brake,
    /// Deletions that go on, a part at a time, so that nobody waits for them.
    pub(super) wiping: mpsc::UnboundedSender<Wiping>,
    /// How many of them.
    pub(super) wipings: usize,
    queries: std::sync::mpsc::Sender<reading::Asked>,
    /// Commands of the human's that run in place of an agent's.
    pub(super) own: OwnRuns,
    /// Workspaces before and after their steps.
    pub(super) checkpoints: Checkpoints,
    /// Hooks of agents that wait for an answer.
    pub(super) hooks: Hooks,
    /// What is searched is indexed.
    pub(super) indexing: Indexing,
}

/// Runs the hub until it was told to leave and nothing is left. `shut` is called before the log is let go: from then on
/// no console may come, since the next one is another hub's.
pub(super) fn run(
    setup: Setup,
    store: Store,
    wished: mpsc::UnboundedReceiver<Wish>,
    consoles: Consoles,
    brake: Brake,
    hooks: Option<HooksServed>,
    shut: impl FnOnce(),
) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let status =
                HubStatus { store_error: Some(format!("the hub cannot run: {error}")), ..HubStatus::default() };
            consoles.tell_all(&Published::Status(status));
            return;
        }
    };
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, live(setup, store, wished, consoles, brake, hooks, shut));
}

async fn live(
    setup: Setup,
    store: Store,
    mut wished: mpsc::UnboundedReceiver<Wish>,
    consoles: Consoles,
    brake: Brake,
    served: Option<HooksServed>,
    shut: impl FnOnce(),
) {
    let (frames, mut heard) = mpsc::channel(FRAMES);
    let queries = reading::start(store.reader(), setup.places.config.clone());
    let (wiping, mut to_wipe) = mpsc::unbounded_channel();
    let (keeps, mut kept) = mpsc::unbounded_channel();
    let (own, mut heard_own) = mpsc::channel(FRAMES);
    let indexing = indexing::start(setup.places.state.clone());
    if let (Some(follower), Some(indexer)) = (&consoles.follower, indexing.indexer()) {
        follower.is_indexed(indexer);
    }
    let mut hub = Hub {
        newest: setup.settings.clone(),
        setup,
        store,
        state: State { lean: true, ..State::default() },
        status: HubStatus::default(),
        agents: BTreeMap::new(),
        pending: Pending::default(),
        held: Vec::new(),
        stalled: Vec::new(),
        doubtful: Vec::new(),
        changed: Vec::new(),
        overspent: Vec::new(),
        retry: None,
        consoles,
        frames,
        tokens: ScriptTokens::default(),
        leaving: false,
        brake,
        wiping,
        wipings: 0,
        queries,
        own: OwnRuns::new(own),
        checkpoints: Checkpoints::new(keeps),
        hooks: Hooks::new(served),
        indexing,
    };
    if let Err(error) = hub.recover() {
        hub.publish(&Published::Failed(Arc::new(error)));
        return;
    }
    hub.put_in_force();
    hub.prune_later();
    let mut linked = true;
    loop {
        if hub.leaving && hub.agents.is_empty() && hub.wipings == 0 && hub.own.is_idle() && hub.checkpoints.is_idle() {
            break;
        }
        tokio::select! { biased;
            wish = wished.recv(), if linked => if let Some(wish) = wish {
                hub.wish(wish);
            } else {
                // The console is gone without a word: its agents go with it.
                linked = false;
                hub.leave();
            },
            () = until(hub.due()) => hub.tick(),
            frame = heard.recv(), if hub.listens() => {
                if let Some((session, frame)) = frame {
                    hub.hear(session, frame);
                }
                for _ in 0..TURN {
                    match hub.listens().then(|| heard.try_recv()) {
                        Some(Ok((session, frame))) => hub.hear(session, frame),
                        Some(Err(_)) | None => break,
                    }
                }
            }
            own = heard_own.recv(), if hub.listens() => if let Some((number, frame)) = own {
                hub.hear_own(number, frame);
            },
            kept = kept.recv() => if let Some(kept) = kept {
                hub.kept(kept);
            },
            wiping = to_wipe.recv() => if let Some(wiping) = wiping {
                hub.wipe(wiping);
            }
        }
    }
    // The last try, whatever the store said before.
    hub.retry = None;
    hub.commit();
    let consoles = std::mem::take(&mut hub.consoles);
    shut();
    hub.hooks.shut();
    hub.close();
    consoles.tell_all(&Published::Left);
}

async fn until(due: Option<Instant>) {
    match due {
        // The timer counts in whole milliseconds: what is due now does not wait for the next one.
        Some(due) if due <= Instant::now() => {}
        Some(due) => tokio::time::sleep_until(due.into()).await,
        None => std::future::pending().await,
    }
}

impl Hub {
    /// While the store fails, agents wait in their pipes; commands (the brake among them) never do. A hub that leaves
    /// listens to the end.
    fn listens(&self) -> bool {
        self.leaving || (self.retry.is_none() && !self.pending.is_full())
    }

    /// When something must be done though nothing comes. `None`: nothing runs, waits or is polled.
    fn due(&self) -> Option<Instant> {
        let flush = if self.retry.is_some() { None } else { self.pending.due() };
        let agents = self.agents.values().filter_map(Driven::due).min();
        // A hub that leaves tries once more at its very end.
        let retry = self.retry.filter(|_| !self.leaving);
        [flush, retry, agents, self.checkpoints.due()].into_iter().flatten().min()
    }

    fn tick(&mut self) {
        let now = Instant::now();
        if self.retry.is_some_and(|due| due <= now && !self.leaving) {
            self.retry_store();
        } else if self.pending.due().is_some_and(|due| due <= now) {
            self.commit();
        }
        self.watch_agents(now);
        self.lose_patience(now);
    }

    fn wish(&mut self, wish: Wish) {
        match wish {
            Wish::Join(console, line, peer) => {
                line.tell(Published::Status(self.status_now()));
                self.consoles.join(console, line, peer);
            }
            Wish::Part(console) => self.consoles.part(console),
            Wish::Do(console, id, command) => {
                let asker = Some((console, id));
                let reply = match self.entitled(console, &command) {
                    Ok(by) => self.command(*command, by, asker),
                    Err(why) => Some(Reply::Refused { why }),
                };
                // What the command did is committed and published before its reply: a console never sees it later.
                self.commit();
                if let Some(reply) = reply {
                    self.reply(asker, reply);
                }
            }
            Wish::Ask(console, query) => {
                let Some(line) = self.consoles.line(console).cloned() else { return };
                if query == Query::Snapshot {
                    self.commit();
                    // Told here, so that it stands in order with the records.
                    line.tell_all_known(&self.state);
                } else if let Query::UndoPlan { session, undo } = query {
                    self.preview_undo(line, session, undo);
                } else if super::past::needs_now(&query) {
                    self.compare_with_now(line, query);
                } else if let Query::Judge { request, decision, of } = query {
                    let verdict = Box::new(self.judged_ahead(request, &decision));
                    line.tell(Published::Answered(Answer::Judged { request, of, verdict }));
                } else if query == Query::Prunable {
                    self.prune(Why::Look(line));
                } else if let (Query::Elsewhere, Some(follower)) = (&query, &self.consoles.follower) {
                    follower.tell(line);
                } else if query == Query::Settings {
                    line.tell(Published::Answered(self.settings_that_wait()));
                } else {
                    let keeping = if self.setup.settings.config.checkpoints { Keeping::On } else { Keeping::Off };
                    drop(self.queries.send((line, query, keeping)));
                }
            }
            Wish::Reconfigure => self.reconfigure(),
            Wish::Hook(asked) => self.hook_asks(*asked),
            Wish::HookGone(id) => self.hook_gone(id),
            Wish::Look => self.commit(),
            Wish::Halted { alive, before } => {
                self.status.halted = Some((alive, before));
                self.tell_status();
            }
            Wish::Swept(id, swept) => self.swept(id, &swept),
            Wish::Leave | Wish::Stop => self.leave(),
        }
    }

    /// Does what a console asks. Every command is total: what can't be done is refused with one sentence. `None` where
    /// the reply comes later.
    fn command(&mut self, command: Command, by: By, asker: Option<Asker>) -> Option<Reply> {
        if self.leaving {
            return Some(Reply::Refused { why: "taut is leaving".to_owned() });
        }
        Some(match command {
            Command::Start(spec) => return self.start_or_grow(*spec, asker),
            Command::Prompt { session, text, steer } => {
                self.prompt(session, text, steer, Some(by).filter(|by| *by != By::Human))
            }
            Command::DropPrompt { session, prompt } => self.drop_prompt(session, prompt),
            Command::Interrupt { session } => self.interrupt(session, by),
            Command::End { session } => self.end(session, by),
            Command::Halt => self.halt(),
            Command::Decide { request, digest, decision, overridden } => {
                return self.decide(Due { request, digest, decision, overridden, by, asker });
            }
            Command::Undo { session, undo, digest, sides, talk } => {
                let wish = Wished { undo, digest, sides, talk };
                return self.undo(session, wish, by, asker);
            }
            Command::Shown { request, digest, seen } => self.shown(request, digest, seen),
            Command::SetMode { session, mode } => self.set_mode(session, mode),
            Command::SetModel { session, model } => self.set_model(session, model),
            Command::Rewind { session, to } => self.rewind(session, to),
            Command::Fork { session, to, cwd, env } => self.fork(session, to, cwd, env),
            Command::TellContext { session } => self.tell_context(session),
            Command::Login { session, way } => self.login(session, way),
            Command::Rename { session, name } => self.rename(session, &name),
            Command::Notice { session } => self.notice(session),
            Command::Archive { session, archived } => self.archive(session, archived),
            Command::SkipCheckpoint { session } => self.skip_checkpoint(session, &by),
            Command::Pin { session, pinned } => self.pin(session, pinned),
            Command::Prune => {
                self.prune(Why::Asked(asker));
                return None;
            }
            Command::Delete { session } => self.delete(session),
            Command::Reopen { session, env } => self.reopen(session, env),
            Command::Continue { recording, fork, cwd, env } => self.goes_onward(recording, fork, cwd, env),
            Command::MakeToken { name, hash, lasts, only } => self.make_token(name, hash, lasts, only, by),
            Command::AcceptSettings { file, digest } => self.accept_settings(file, digest, by),
            Command::RevokeToken { name } => self.revoke_token(name, by),
            Command::Revoke { grant } => self.revoke(grant, by),
        })
    }

    fn leave(&mut self) {
        self.leaving = true;
        self.checkpoints.hurry();
        self.end_all();
    }

    fn close(self) {
        // The head file is written with every decision; at a clean end it says the rest as well.
        drop(self.store.close());
    }
}
