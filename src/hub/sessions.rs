//! Sessions: an agent is started, heard, told, and ended with its whole tree.

use super::actor::{Hub, START_LIMIT};
use super::digest::absolute;
use super::requests::{CONFIRM, OpenAsk, refused};
use crate::agent::acp::Acp;
use crate::agent::presets::{self, Search};
use crate::agent::process::{self, Frame, Handle, Launch, tree};
use crate::agent::{ClientCan, Fact, Opening, Protocol, Tell, Turnout};
use crate::domain::{By, Cause, Draft, Event, LaneId, Notice, Reply, RequestId, SessionId, StartSpec, Text};
use crate::policy::CallView;
use crate::state::{Life, Stage};
use crate::store::Direction;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long an agent may take to end by itself once its stdin has closed.
const GRACE: Duration = Duration::from_millis(1500);
/// How long after a halt what is still alive is counted.
const HALT_COUNT: Duration = Duration::from_millis(1500);

/// An agent that the hub drives.
pub(super) struct Driven {
    protocol: Box<dyn Protocol>,
    handle: Handle,
    /// Raw frames so far.
    pub(super) frames: u64,
    /// Questions that are not over.
    pub(super) open: Vec<OpenAsk>,
    /// Reasons of denials that go with the next prompt.
    pub(super) reasons: Vec<String>,
    /// The mode in which this agent asks, by its preset.
    pub(super) asking_mode: Option<String>,
    /// Why it is being ended, where it is.
    ending: Option<Cause>,
    /// When its start is given up; `None` once it is open.
    start_by: Option<Instant>,
    first_prompt: Option<String>,
}

impl Driven {
    /// When the hub must look at it though it says nothing.
    pub(super) fn due(&self) -> Option<Instant> {
        let confirm = self.open.iter().filter_map(|open| open.sent).map(|sent| sent + CONFIRM).min();
        let expires = self.open.iter().filter(|open| open.sent.is_none()).filter_map(|open| open.expires).min();
        [self.start_by, confirm, expires].into_iter().flatten().min()
    }
}

/// What an agent's name came to.
pub(super) struct Resolved {
    pub(super) argv: Vec<String>,
    /// Added to the caller's environment.
    pub(super) env: Vec<(String, String)>,
    pub(super) asking_mode: Option<String>,
    pub(super) opening: Opening,
}

impl Hub {
    /// Starts a session.
    pub(super) fn start(&mut self, spec: StartSpec) -> Reply {
        let resolved = match self.resolve(&spec) {
            Ok(resolved) => resolved,
            Err(why) => return refused(why),
        };
        if !Path::new(&spec.cwd).is_dir() {
            return refused(format!("the folder {:?} does not exist: choose another for the session", spec.cwd));
        }
        let id = self.new_id();
        let name = self.name_for(&spec);
        let mut env: Vec<(String, String)> = spec.env.clone();
        env.retain(|(key, _)| !resolved.env.iter().any(|(other, _)| other == key));
        env.extend(resolved.env.iter().cloned());
        let command = resolved.argv.iter().map(|word| crate::text::redact(word).0).collect();
        let started = Event::SessionStarted {
            name,
            agent: spec.agent.clone(),
            driver: "acp".to_owned(),
            cwd: spec.cwd.clone(),
            command,
            env: resolved.env.iter().map(|(key, _)| key.clone()).collect(),
        };
        self.note(id, started);
        // On record before anything of it exists: a crash between the two is found at the next start.
        self.commit();
        let launch = Launch {
            program: self.setup.program.clone(),
            argv: resolved.argv,
            cwd: PathBuf::from(&spec.cwd),
            env,
            mark: id.to_string(),
            grace: GRACE,
        };
        let (handle, mut frames) = match process::spawn(launch) {
            Ok(spawned) => spawned,
            Err(error) => {
                self.close_session(id, Cause::Failed(error.to_string()), Text::default(), Vec::new());
                return Reply::Started { session: id };
            }
        };
        let out = self.frames.clone();
        tokio::task::spawn_local(async move {
            while let Some(frame) = frames.recv().await {
                // A closed channel is the hub's end: a normal one.
                if out.send((id, frame)).await.is_err() {
                    return;
                }
            }
        });
        let driven = Driven {
            protocol: Box::new(Acp::new()),
            handle,
            frames: 0,
            open: Vec::new(),
            reasons: Vec::new(),
            asking_mode: resolved.asking_mode,
            ending: None,
            start_by: Some(Instant::now() + START_LIMIT),
            first_prompt: spec.prompt.filter(|prompt| !prompt.trim().is_empty()),
        };
        self.agents.insert(id, driven);
        let turnout = self.agents.get_mut(&id).map(|driven| driven.protocol.open(resolved.opening));
        self.turn_out(id, turnout.unwrap_or_default(), None);
        self.commit();
        self.tell_status();
        Reply::Started { session: id }
    }

    /// From the agent's name, or the command line that was given, to what is started.
    fn resolve(&self, spec: &StartSpec) -> Result<Resolved, String> {
        let config = &self.setup.settings.config;
        let path = spec.env.iter().find(|(key, _)| key == "PATH").map_or("", |(_, value)| value.as_str());
        let own = self.setup.program.to_string_lossy();
        let search = Search { path, own: &own };
        let opening = Opening {
            cwd: spec.cwd.clone(),
            mcp: config.mcp_for(&spec.agent),
            load: spec.load.clone(),
            mode: spec.mode.clone(),
            client: ClientCan { terminal_output: true },
        };
        if let Some(argv) = &spec.command {
            return Ok(Resolved { argv: argv.clone(), env: Vec::new(), asking_mode: None, opening });
        }
        let launch =
            presets::resolve(&spec.agent, &config.agents, search, is_program).map_err(|why| why.to_string())?;
        let unset = launch.env_if_unset.iter().filter(|(key, _)| !spec.env.iter().any(|(given, _)| given == key));
        let mut env: Vec<(String, String)> =
            unset.map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        env.extend(launch.env);
        let opening = Opening { mode: spec.mode.clone().or(launch.mode.clone()), client: launch.client, ..opening };
        Ok(Resolved { argv: launch.command, env, asking_mode: launch.mode, opening })
    }

    /// Something came from an agent.
    pub(super) fn hear(&mut self, id: SessionId, frame: Frame) {
        match frame {
            Frame::Line(line) => {
                let cites = self.keep_raw(id, Direction::FromAgent, &line);
                let turnout = self.agents.get_mut(&id).map(|driven| driven.protocol.hear(&line));
                self.turn_out(id, turnout.unwrap_or_default(), cites);
            }
            Frame::Oversize { bytes, head } => {
                let cites = self.keep_raw(id, Direction::FromAgent, &head);
                let raw = String::from_utf8_lossy(&head[..head.len().min(2048)]).into_owned();
                let what = format!("a line of {bytes} bytes, longer than taut takes");
                let event = Event::Unrecognised { what, raw: raw.into() };
                self.draft(Draft { session: id, lane: LaneId::ROOT, said_at: None, cites, event });
            }
            Frame::Stderr(line) => {
                self.keep_raw(id, Direction::Stderr, &line);
            }
            Frame::StderrSkipped(_) => {}
            Frame::Closed => {
                let turnout = self.agents.get_mut(&id).map(|driven| driven.protocol.gone());
                self.turn_out(id, turnout.unwrap_or_default(), None);
                if let Some(driven) = self.agents.get(&id) {
                    driven.handle.close();
                }
            }
            Frame::Exited(exit) => self.exited(id, exit),
        }
    }

    fn exited(&mut self, id: SessionId, exit: process::Exit) {
        let turnout = self.agents.get_mut(&id).map(|driven| driven.protocol.gone());
        self.turn_out(id, turnout.unwrap_or_default(), None);
        let ending = self.agents.get_mut(&id).and_then(|driven| driven.ending.take());
        let cause = match (ending, exit.failed) {
            (Some(cause), _) => cause,
            (None, Some(why)) => Cause::Failed(why),
            (None, None) => Cause::Itself { code: exit.code, signal: exit.signal },
        };
        let last_words = exit.last_words.join("\n");
        self.close_session(id, cause, last_words.into(), exit.survivors);
        self.agents.remove(&id);
        self.tell_status();
    }

    /// Tells an agent something, and takes in what comes of it.
    pub(super) fn tell(&mut self, id: SessionId, tell: Tell) {
        let turnout = self.agents.get_mut(&id).map(|driven| driven.protocol.tell(tell));
        self.turn_out(id, turnout.unwrap_or_default(), None);
    }

    /// Lines go out first: an answer never waits for a record of itself.
    fn turn_out(&mut self, id: SessionId, turnout: Turnout, cites: Option<u64>) {
        for line in &turnout.lines {
            self.keep_raw(id, Direction::ToAgent, line.as_bytes());
            let sent = self.agents.get(&id).map(|driven| driven.handle.send(line.as_bytes()));
            if let Some(Err(error)) = sent
                && self.agents.get(&id).is_some_and(|driven| driven.ending.is_none())
            {
                let text = format!("a message could not be given to the agent: {error}");
                self.note(id, Event::Noted { level: Notice::Error, text: text.into() });
            }
        }
        for fact in turnout.facts {
            match fact {
                Fact::Event(lane, event) => {
                    self.draft(Draft { session: id, lane, said_at: None, cites, event });
                }
                Fact::Ask(ask) => self.asked(id, ask, cites),
                Fact::AskGone(native) => self.ask_gone(id, &native),
                Fact::Ready => self.ready(id),
                Fact::TurnOver(stop, tokens) => self.turn_over(id, stop, tokens),
                Fact::StartFailed(why) => self.give_up(id, why),
            }
        }
    }

    fn ready(&mut self, id: SessionId) {
        let first = self.agents.get_mut(&id).and_then(|driven| {
            driven.start_by = None;
            driven.first_prompt.take()
        });
        self.commit();
        match first {
            Some(prompt) => drop(self.prompt(id, prompt, false)),
            None => self.next_prompt(id),
        }
    }

    /// A start came to nothing: the agent is ended, with the reason on record.
    fn give_up(&mut self, id: SessionId, why: String) {
        if let Some(driven) = self.agents.get_mut(&id) {
            driven.ending.get_or_insert(Cause::Failed(why));
            driven.start_by = None;
            driven.handle.close();
        }
    }

    /// A human ends a session.
    pub(super) fn end(&mut self, id: SessionId) -> Reply {
        let Some(driven) = self.agents.get_mut(&id) else {
            return refused("that session has ended already".to_owned());
        };
        driven.ending.get_or_insert(Cause::Human);
        driven.handle.close();
        if self.state.session(id).is_some_and(|session| session.turn.is_some()) {
            self.note(id, Event::InterruptAsked { by: By::Human });
        }
        Reply::Done
    }

    /// Everything ends at once; what is still alive afterwards is counted.
    pub(super) fn halt(&mut self) -> Reply {
        let ids: Vec<SessionId> = self.agents.keys().copied().collect();
        for driven in self.agents.values_mut() {
            driven.ending.get_or_insert(Cause::Human);
            driven.handle.kill();
        }
        let known = u32::try_from(ids.len()).unwrap_or(u32::MAX);
        self.status.halted = Some((known, known));
        self.halting = Some((Instant::now() + HALT_COUNT, ids));
        self.tell_status();
        Reply::Done
    }

    pub(super) fn count_halted(&mut self) {
        let Some((_, ids)) = self.halting.take() else { return };
        let alive = ids.iter().filter(|id| !tree::alive(&id.to_string()).is_empty()).count();
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        self.status.halted = Some((count(alive), count(ids.len())));
        self.tell_status();
    }

    pub(super) fn end_all(&mut self) {
        for driven in self.agents.values_mut() {
            driven.ending.get_or_insert(Cause::Quit);
            driven.handle.kill();
        }
    }

    pub(super) fn watch_agents(&mut self, now: Instant) {
        let late: Vec<SessionId> =
            self.agents.iter().filter(|(_, d)| d.start_by.is_some_and(|by| by <= now)).map(|(id, _)| *id).collect();
        for id in late {
            let waits = self.state.session(id).is_some_and(|s| matches!(s.life, Life::LoginNeeded { .. }));
            if let Some(driven) = self.agents.get_mut(&id) {
                driven.start_by = None;
            }
            if !waits {
                let doing = match self.state.session(id).map(|session| &session.life) {
                    Some(Life::Starting(doing)) => doing.clone(),
                    _ => "start".to_owned(),
                };
                let limit = START_LIMIT.as_secs();
                self.give_up(id, format!("the agent did not answer {doing} within {limit} s; see its last words"));
            }
        }
        let mut silent = Vec::new();
        let mut expired = Vec::new();
        for (id, driven) in &mut self.agents {
            for open in &mut driven.open {
                if open.sent.is_none() && open.expires.is_some_and(|at| at <= now) {
                    open.expires = None;
                    expired.push(RequestId { session: *id, seq: open.seq });
                }
                if open.sent.is_some_and(|sent| sent + CONFIRM <= now) {
                    open.sent = None;
                    silent.push(RequestId { session: *id, seq: open.seq });
                }
            }
        }
        for request in expired {
            self.expire(request);
        }
        for request in silent {
            if self.state.request(request).is_some_and(|request| request.stage() == Stage::Sent) {
                self.note(request.session, Event::Unconfirmed { request });
            }
        }
    }

    pub(super) fn set_mode(&mut self, id: SessionId, mode: String) -> Reply {
        let Some(session) = self.state.session(id).filter(|session| session.is_live()) else {
            return refused("that session has ended".to_owned());
        };
        if !session.modes.is_empty() && !session.modes.iter().any(|other| other.id == mode) {
            return refused(format!("the agent has no mode {mode:?}"));
        }
        self.tell(id, Tell::Mode(mode));
        Reply::Done
    }

    pub(super) fn login(&mut self, id: SessionId, way: String) -> Reply {
        if !self.agents.contains_key(&id) {
            return refused("that session has ended".to_owned());
        }
        if let Some(driven) = self.agents.get_mut(&id) {
            // A login may take a person a while.
            driven.start_by = Some(Instant::now() + START_LIMIT * 5);
        }
        self.tell(id, Tell::Login(way));
        Reply::Done
    }

    pub(super) fn rename(&mut self, id: SessionId, name: &str) -> Reply {
        let name = name.trim();
        if name.is_empty() || self.state.session(id).is_none() {
            return refused("a session needs a name".to_owned());
        }
        let name = self.unique(name);
        self.note(id, Event::Renamed { name });
        Reply::Done
    }

    pub(super) fn notice(&mut self, id: SessionId) -> Reply {
        if self.state.session(id).is_some_and(|session| !session.noticed && session.turn.is_none()) {
            self.note(id, Event::Noticed);
        }
        Reply::Done
    }

    pub(super) fn archive(&mut self, id: SessionId, archived: bool) -> Reply {
        match self.state.session(id) {
            Some(session) if session.is_live() && archived => refused("end the session first".to_owned()),
            Some(_) => {
                self.note(id, Event::Archived { archived });
                Reply::Done
            }
            None => refused(format!("there is no session {id}")),
        }
    }

    fn new_id(&self) -> SessionId {
        loop {
            let (high, _) = uuid::Uuid::new_v4().as_u64_pair();
            let id = SessionId(u32::try_from(high >> 32).unwrap_or(1));
            if self.state.session(id).is_none() {
                return id;
            }
        }
    }

    /// A name for a session: the human's, or the first words of the prompt, or the agent's.
    fn name_for(&self, spec: &StartSpec) -> String {
        let words = |text: &str| {
            let clean: String =
                text.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { ' ' }).collect();
            let joined = clean.split_whitespace().take(3).collect::<Vec<_>>().join("-");
            joined.chars().take(24).collect::<String>()
        };
        let given = spec.name.as_deref().map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
        let name = given.or_else(|| spec.prompt.as_deref().map(words).filter(|name| !name.is_empty()));
        self.unique(name.as_deref().unwrap_or(&spec.agent))
    }

    fn unique(&self, name: &str) -> String {
        let taken = |name: &str| self.state.sessions.values().any(|s| s.is_live() && s.name == name);
        if !taken(name) {
            return name.to_owned();
        }
        let mut n = 2u32;
        loop {
            let candidate = format!("{name}-{n}");
            if !taken(&candidate) {
                return candidate;
            }
            n = n.saturating_add(1);
        }
    }
}

/// Whether a program stands at a path.
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

/// Finds out where the paths of a call really lead, links followed: policy is pure and can't look.
pub(super) fn lead(view: &mut CallView, cwd: &str) {
    for touch in view.touches_mut() {
        touch.real = real(&absolute(&touch.path, cwd)).map(|path| path.to_string_lossy().into_owned());
    }
}

/// The real path, of which the last parts may not exist yet.
fn real(path: &Path) -> Option<PathBuf> {
    let mut missing = Vec::new();
    let mut at = path;
    loop {
        if let Ok(real) = at.canonicalize() {
            return Some(missing.iter().rev().fold(real, |path, part| path.join(part)));
        }
        missing.push(at.file_name()?);
        at = at.parent()?;
    }
}
