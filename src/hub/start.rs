//! A session starts: from a name to a command line, a process, and a conversation.

use super::actor::Hub;
use super::left::Births;
use super::requests::refused;
use super::sessions::Driven;
use crate::agent::presets::{self, Driver, Missing, Search};
use crate::agent::process::{self, Launch};
use crate::agent::{Back, ClientCan, GoesOn, Opening, Otherwise};
use crate::domain::{Cause, Draft, Event, Notice, Reply, SessionId, Source, StartSpec, Text, Workplace};
use crate::store::Durability;
use crate::worktree::place;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long an agent may take to end by itself once its stdin has closed.
const GRACE: Duration = Duration::from_millis(1500);

/// How a conversation that is loaded begins.
pub(super) enum Begin {
    /// As itself; what is done where it can't be loaded.
    AsItself(Otherwise),
    /// As a copy, and up to where.
    Forked(Option<Back>),
}

/// What an agent's name came to.
struct Resolved {
    /// Its first name in taut: what rules and configuration go by.
    name: String,
    argv: Vec<String>,
    /// Added to the caller's environment.
    env: Vec<(String, String)>,
    /// The mode in which it asks.
    asking_mode: Option<String>,
    opening: Opening,
}

impl Hub {
    /// Starts a session.
    pub(super) fn start(&mut self, spec: StartSpec) -> Reply {
        self.start_as(spec, Begin::AsItself(Otherwise::Fail))
    }

    /// Starts a session; what it loads begins as is said.
    pub(super) fn start_as(&mut self, spec: StartSpec, begin: Begin) -> Reply {
        self.before_a_start();
        let mut resolved = match self.resolve(&spec) {
            Ok(resolved) => resolved,
            Err(why) => return refused(why),
        };
        if !Path::new(&spec.cwd).is_dir() {
            return refused(format!("the folder {:?} does not exist: choose another for the session", spec.cwd));
        }
        let asks = spec.prompt.as_ref().is_some_and(|prompt| !prompt.trim().is_empty());
        if let Some(why) = self.is_spent(None).filter(|_| asks) {
            return refused(why);
        }
        let id = self.new_id();
        resolved.opening.mark = id.to_string();
        let name = self.name_for(&spec);
        let mut env: Vec<(String, String)> = spec.env.clone();
        env.retain(|(key, _)| !resolved.env.iter().any(|(other, _)| other == key));
        env.extend(resolved.env.iter().cloned());
        self.checkpoints.knows_home(&env);
        let spoken = Driver::of(&resolved.name, &resolved.argv);
        let other = resolved.opening.load.as_ref().and_then(|native| self.who_goes_on_with(spoken, native));
        if other.is_some() {
            resolved.opening.goes_on = GoesOn::Forked;
        }
        match begin {
            Begin::AsItself(otherwise) => resolved.opening.otherwise = otherwise,
            Begin::Forked(back) => (resolved.opening.goes_on, resolved.opening.back) = (GoesOn::Forked, back),
        }
        let hook = spoken.hook().map(|kind| self.hook_for(id, kind));
        resolved.opening.hook = hook.as_ref().and_then(|hook| hook.as_ref().ok()).cloned();
        resolved.argv.extend(spoken.words(&resolved.opening));
        let command = resolved.argv.iter().map(|word| crate::text::redact(word).0).collect();
        let started = Event::SessionStarted {
            name,
            agent: resolved.name,
            driver: spoken.word().to_owned(),
            cwd: spec.cwd.clone(),
            command,
            env: resolved.env.iter().map(|(key, _)| key.clone()).collect(),
        };
        // On record before anything of it exists: a crash between the two is found at the next start.
        if self.record(Draft::new(id, started), Durability::Stream).is_err() {
            return refused(self.unwritten());
        }
        self.placed(id, &spec);
        let launch = Launch {
            program: self.setup.program.clone(),
            argv: resolved.argv,
            cwd: PathBuf::from(&spec.cwd),
            env: env.clone(),
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
        let start_within = self.setup.settings.config.start_within;
        let driven = Driven {
            protocol: spoken.protocol(),
            handle,
            env,
            frames: 0,
            open: Vec::new(),
            reasons: Vec::new(),
            wanted_mode: resolved.opening.mode.clone(),
            asking_mode: resolved.asking_mode,
            loosened: Vec::new(),
            ending: None,
            stop_by: None,
            start_by: start_within.map(|within| Instant::now() + within),
            start_within,
            first_prompt: spec.prompt.filter(|prompt| !prompt.trim().is_empty()),
            goes_back: None,
            follows: None,
            births: Births::default(),
            over: None,
            resend: false,
        };
        self.brake.add(id.to_string(), driven.handle.ender());
        self.agents.insert(id, driven);
        self.opens(id, resolved.opening);
        if let Some(Err(why)) = hook {
            self.note(id, Event::Noted { level: Notice::Warning, text: why.into() });
        }
        self.commit();
        self.tell_status();
        Reply::Started { session: id }
    }

    /// The agent hears its first word; its workspace is read meanwhile.
    fn opens(&mut self, id: SessionId, opening: Opening) {
        self.keep_ahead(id);
        let turnout = self.agents.get_mut(&id).map(|driven| driven.protocol.open(opening));
        self.turn_out(id, turnout.unwrap_or_default(), None);
    }

    /// From the agent's name, or the command line that was given, to what is started.
    fn resolve(&self, spec: &StartSpec) -> Result<Resolved, String> {
        let config = &self.setup.settings.config;
        let path = spec.env.iter().find(|(key, _)| key == "PATH").map_or("", |(_, value)| value.as_str());
        let own = self.setup.program.to_string_lossy();
        let search = Search { path, own: &own };
        let opening = |name: &str| Opening {
            cwd: spec.cwd.clone(),
            mcp: config.mcp_for(name),
            load: spec.load.clone(),
            goes_on: GoesOn::AsItself,
            otherwise: Otherwise::Fail,
            mode: spec.mode.clone(),
            back: None,
            mark: String::new(),
            client: ClientCan { terminal_output: true },
            hook: None,
        };
        if let Some(argv) = &spec.command {
            let (name, opening) = (spec.agent.clone(), opening(&spec.agent));
            return Ok(Resolved { name, argv: argv.clone(), env: Vec::new(), asking_mode: None, opening });
        }
        let launch = presets::resolve(&spec.agent, &config.agents, search, is_program)
            .map_err(|why| self.lacks(spec, search, &why))?;
        let unset = launch.env_if_unset.iter().filter(|(key, _)| !spec.env.iter().any(|(given, _)| given == key));
        let mut env: Vec<(String, String)> =
            unset.map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        env.extend(launch.env);
        let mode = spec.mode.clone().or(launch.mode.clone());
        let opening = Opening { mode, client: launch.client, ..opening(&launch.name) };
        // By the preset and not by the configuration, which may have chosen a mode that asks less.
        let asking_mode = presets::preset(&launch.name).and_then(|preset| preset.mode).map(str::to_owned);
        Ok(Resolved { name: launch.name, argv: launch.command, env, asking_mode, opening })
    }

    /// Why an agent can't be started: the settings may wait that say how.
    fn lacks(&self, spec: &StartSpec, search: Search<'_>, why: &Missing) -> String {
        let agent = &spec.agent;
        if presets::resolve(agent, &self.newest.config.agents, search, is_program).is_err() {
            return why.to_string();
        }
        let key = self.setup.settings.accept_key();
        format!(
            "how {agent} is started was changed in config.toml while agents run, and is not in force until you take it \
             ({key} in a console shows what) or no agent runs"
        )
    }

    /// A live session that goes on with a conversation of an agent's own.
    fn who_goes_on_with(&self, driver: Driver, native: &str) -> Option<SessionId> {
        let same = |source: &Source| source.channel == driver.word() && source.native == native;
        let live = self.state.sessions.values().filter(|session| self.agents.contains_key(&session.id));
        live.filter(|session| session.sources.last().is_some_and(same)).map(|session| session.id).next()
    }

    fn before_a_start(&mut self) {
        // What was halted is over once something runs again.
        if self.brake.pulled().is_none() && self.status.halted.take().is_some() {
            self.tell_status();
        }
        if self.agents.is_empty() {
            // What the human wrote a moment ago counts, and waits for nobody.
            self.reconfigure();
        }
    }

    /// Puts on record where a session works.
    fn placed(&mut self, id: SessionId, spec: &StartSpec) {
        let place = Box::new(place::of(Path::new(&spec.cwd), spec.worktree.clone()));
        let said = begins_in(&place);
        self.note(id, Event::Placed { place });
        if let Some(text) = said {
            self.note(id, Event::Noted { level: Notice::Info, text: text.into() });
        }
    }

    fn new_id(&self) -> SessionId {
        loop {
            let (high, _) = uuid::Uuid::new_v4().as_u64_pair();
            let id = SessionId(u32::try_from(high >> 32).unwrap_or(1));
            if id != SessionId::HUB && self.state.session(id).is_none() {
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

    /// The name, with a number where a live session has it already.
    pub(super) fn unique(&self, name: &str) -> String {
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

/// `Works in the work tree fix-auth, on taut/fix-auth, from 1a2b3c4d5e`.
fn begins_in(place: &Workplace) -> Option<String> {
    let name = place.worktree.as_ref()?;
    let branch = place.branch.as_ref().map(|branch| format!(", on {branch}")).unwrap_or_default();
    let commit = place.commit.as_ref().map(|commit| format!(", from {}", commit.get(..10).unwrap_or(commit)));
    Some(format!("Works in the work tree {name}{branch}{}.", commit.unwrap_or_default()))
}

/// Whether a program stands at a path.
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}
