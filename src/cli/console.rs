//! `taut`, `taut run`, `taut demo`: the console with a hub of its own.

use super::args::{Attach, Demo, Run};
use super::daemon::{self, Embedded};
use super::out::Out;
use super::remote;
use super::setup::Setup;
use super::{CliError, agents, demo_repo, find, look, plain, words, worktrees};
use crate::agent::process::TOKEN_VARIABLE;
use crate::domain::{Apart, At, Command, CommandId, Reply, SessionId, StartSpec, Whence};
use crate::hub::config::Screen;
use crate::hub::{self, Home};
use crate::tui::{self, Desk, Left, Look, Marks, Source, Wish};
use crate::ui::app::KnownAgent;
use crate::ui::update::update;
use crate::ui::{App, Effect, HubHome, Msg, Pad, Setup as World, Toast};
use crate::view::Cache;
use crate::worktree::Name;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Opens the console, and starts what is asked for in it.
///
/// # Errors
/// No terminal, no store, no thread: one sentence.
pub(super) fn open(setup: &Setup, start: Vec<StartSpec>) -> Result<ExitCode, CliError> {
    let embedded = if setup.embedded { Embedded::Yes } else { Embedded::No };
    open_at(setup, start, embedded, First::None)
}

/// What the console begins with, beside sessions that are started.
pub(super) enum First {
    /// Nothing.
    None,
    /// A session is shown, with a draft in its composer where there is one.
    Show(SessionId, Option<String>),
    /// A session is asked for, and shown so once it is there; where it is refused, that is said.
    Ask(Command, Option<String>),
}

/// Opens the console on a session.
///
/// # Errors
/// As for the console.
pub(super) fn open_on(setup: &Setup, first: First) -> Result<ExitCode, CliError> {
    let embedded = if setup.embedded { Embedded::Yes } else { Embedded::No };
    open_at(setup, Vec::new(), embedded, first)
}

/// Comes back to the sessions of a hub, and to one of them where it is named.
///
/// # Errors
/// No hub runs, or there is no such session; or as for the console.
pub(super) fn attach(setup: &Setup, attach: &Attach) -> Result<ExitCode, CliError> {
    daemon::running(setup)?;
    let session = attach.session.as_deref().map(|given| find::session(&setup.reader()?, given)).transpose()?;
    open_at(setup, Vec::new(), Embedded::No, session.map_or(First::None, |session| First::Show(session, None)))
}

fn open_at(
    setup: &Setup,
    start: Vec<StartSpec>,
    embedded: Embedded,
    first_of_all: First,
) -> Result<ExitCode, CliError> {
    needs_terminal()?;
    let (look, configured, desk, keeper) = look::keep(setup, look::Word::Hub)?;
    // First of all that takes its time: the rest is made ready meanwhile.
    let link = daemon::hub(setup, embedded)?;
    let (pad, unread) = match tui::pad::read(&setup.places.state) {
        Ok(pad) => (pad, None),
        Err(why) => (Pad::default(), Some(why)),
    };
    let mut app = App::new(world(setup)).with_pad(pad.clone());
    app.toast = unread.map(|text| Toast { text, at: super::clock::now() });
    app.always = agents::always();
    app.forks = agents::forks();
    update(&mut app, Msg::Configured(Box::new(configured)), At(0));
    let mut first = Vec::new();
    match first_of_all {
        First::None => {}
        First::Show(session, None) => app.go_to(session),
        First::Show(session, Some(draft)) => app.hand(session, draft),
        First::Ask(command, draft) => {
            app.stand_back();
            first.extend(app.begin(command, draft));
        }
    }
    if !start.is_empty() {
        app.stand_back();
    }
    tui::restore_on_panic();
    app.hub = match link.home() {
        Home::Here => HubHome::Here,
        Home::Away => HubHome::Apart,
    };
    let wishes = link.wishes();
    let changed = move || {
        wishes.reconfigure();
        // A console that is gone needs no news.
        drop(keeper.send(Wish::Reread));
    };
    // Without a watch, changed settings are seen at the next start.
    let watching = hub::config::watch_settings(&setup.places, changed).ok();
    for spec in start {
        app.commands += 1;
        first.push(Effect::Send(CommandId(app.commands), Command::Start(Box::new(spec))));
    }
    let desk = desk.keeping(setup.places.state.clone(), pad);
    let left = show(setup, app, (look, desk), Source::Live(link, environment()), first)?;
    drop(watching);
    if let Some(words) = goes_on(&left) {
        // The terminal is the human's again: where it is gone, nobody reads this.
        drop(writeln!(io::stderr(), "{words}"));
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs the console: in frames, or in lines.
///
/// # Errors
/// As for the console.
pub(super) fn show(
    setup: &Setup,
    app: App,
    (look, desk): (Look, Desk),
    source: Source,
    first: Vec<Effect>,
) -> Result<Left, CliError> {
    let desk = desk.calling(daemon::own_words(setup));
    if setup.plain || setup.settings.config.screen == Screen::Plain {
        let cache = cache(look.marks);
        return Ok(tui::plain::run(app, cache, &mut plain::Plain::default(), desk, source, first)?);
    }
    Ok(tui::run(app, look, desk, source, first)?)
}

/// What frames are made of.
#[must_use]
pub(super) fn cache(marks: Marks) -> Cache {
    match marks {
        Marks::Unicode => Cache::new(),
        Marks::Ascii => Cache::ascii(),
    }
}

/// What goes on without the console.
fn goes_on(left: &tui::Left) -> Option<String> {
    let agents = match left.agents {
        0 => return None,
        1 => "1 agent goes on".to_owned(),
        n => format!("{n} agents go on"),
    };
    let waiting = if left.waiting > 0 { format!(", {} waiting for you", left.waiting) } else { String::new() };
    Some(format!("{agents}{waiting}: `taut` comes back, `taut halt` ends them"))
}

/// Says which of the terminal's ends is missing.
///
/// # Errors
/// Stdin or stdout is no terminal.
pub(super) fn needs_terminal() -> Result<(), CliError> {
    let ends = [("stdin", io::stdin().is_terminal()), ("stdout", io::stdout().is_terminal())];
    match ends.iter().find(|(_, is)| !is) {
        Some((name, _)) => Err(CliError::NoTerminal(name)),
        None => Ok(()),
    }
}

/// `taut run`: the console, and a session in it.
///
/// # Errors
/// The folder is none, no agent is found, or as for the console.
pub(super) fn run(setup: &Setup, run: Run) -> Result<ExitCode, CliError> {
    if run.detach {
        return detached(setup, run);
    }
    needs_terminal()?;
    open(setup, vec![run_spec(setup, run)?])
}

/// Starts a session and leaves it with the hub.
fn detached(setup: &Setup, run: Run) -> Result<ExitCode, CliError> {
    let spec = run_spec(setup, run)?;
    let mut link = daemon::link(setup)?;
    match remote::command(&mut link, Command::Start(Box::new(spec)))? {
        Reply::Started { session } => {
            let mut out = Out::new();
            out.line(&session.to_string())?;
            out.done()
        }
        Reply::Refused { why } => Err(CliError::Refused(why)),
        Reply::Done | Reply::Held | Reply::KeptFirst | Reply::Already { .. } | Reply::Stale { .. } => {
            Err(CliError::Daemon("the hub answered something else than a start: see `taut ls`".to_owned()))
        }
    }
}

fn run_spec(setup: &Setup, mut run: Run) -> Result<StartSpec, CliError> {
    // No name has a blank in it: that was the prompt.
    if run.prompt.is_none()
        && let Some(given) = run.worktree.as_mut().filter(|given| given.contains(char::is_whitespace))
    {
        run.prompt = Some(std::mem::take(given));
    }
    let whence = match (&run.from, run.step) {
        (Some(given), Some(step)) => Some(Whence { session: find::session(&setup.reader()?, given)?, step }),
        _ => None,
    };
    let cwd = folder(run.cwd.as_deref().unwrap_or(Path::new(".")))?;
    let command = (!run.command.is_empty()).then(|| from_here(run.command));
    let agent = match (run.agent, &command) {
        (Some(agent), None) => {
            agents::launch(setup, &agent).map_err(|missing| CliError::Agent(missing.to_string()))?;
            agent
        }
        (Some(agent), Some(_)) => agent,
        (None, Some(command)) => {
            let program = command.first().map(Path::new).and_then(Path::file_name);
            program.unwrap_or_default().to_string_lossy().into_owned()
        }
        // The agent of that session.
        (None, None) if whence.is_some() => String::new(),
        (None, None) => first_agent(setup)?,
    };
    let mut spec = StartSpec {
        agent,
        command,
        cwd: cwd.to_string_lossy().into_owned(),
        name: run.name,
        mode: run.mode,
        prompt: run.prompt,
        load: None,
        worktree: None,
        apart: None,
        env: environment(),
    };
    if whence.is_some() {
        // The hub knows the files, and makes it.
        let name = run.worktree.filter(|name| !name.is_empty());
        spec.apart = Some(Apart { name, whence });
        return Ok(spec);
    }
    // Last of all: what can't be started leaves nothing behind.
    if let Some(given) = &run.worktree {
        let like = spec.name.as_ref().or(spec.prompt.as_ref()).unwrap_or(&spec.agent);
        let name = if given.is_empty() { Name::Like(like) } else { Name::Given(given) };
        let made = worktrees::make(&cwd, name)?;
        spec.env = crate::worktree::environment(spec.env, &made.folder);
        spec.cwd = made.folder.to_string_lossy().into_owned();
        spec.name = spec.name.or(Some(made.name.clone()));
        spec.worktree = Some(made.name);
    }
    Ok(spec)
}

/// A program that is named with a folder is meant as seen from here, whatever the workspace is.
fn from_here(mut command: Vec<String>) -> Vec<String> {
    if let Some(program) = command.first_mut().filter(|program| program.contains('/'))
        && let Ok(absolute) = std::path::absolute(&*program)
    {
        *program = absolute.to_string_lossy().into_owned();
    }
    command
}

fn first_agent(setup: &Setup) -> Result<String, CliError> {
    let known = agents::known(setup);
    let found = known.iter().find(|agent| agent.launch.is_ok() && agent.name != crate::agent::presets::DEMO);
    found.map(|agent| agent.name.clone()).ok_or_else(|| {
        CliError::Agent(
            "no agent is installed here: `taut agents` says how to get each, `taut demo` needs none".to_owned(),
        )
    })
}

/// What the last one of several demo agents is told.
const SWEEP: &str = "Sweep the year out of the notes";

/// `taut demo`: the demo agent in a scratch repository of its own, gone at the end.
///
/// # Errors
/// The scratch repository can't be made, or as for the console.
pub(super) fn demo(setup: &Setup, demo: &Demo) -> Result<ExitCode, CliError> {
    needs_terminal()?;
    let scratch = Scratch::new()?;
    let prompt = demo.prompt.clone().unwrap_or_else(|| "Find out where the cents go, and mend it".to_owned());
    let sweeps = demo.prompt.is_none() && demo.agents > 1;
    let mut specs = Vec::new();
    for n in 1..=demo.agents {
        let is_one = demo.agents == 1 || demo.together;
        let cwd = if is_one { scratch.0.join("shop") } else { scratch.0.join(format!("shop-{n}")) };
        if n == 1 || !is_one {
            demo_repo::make(&cwd).map_err(|error| CliError::Agent(error.to_string()))?;
        }
        let program = setup.program.to_string_lossy().into_owned();
        let mut command = vec![program, "demo-agent".to_owned()];
        if let Some(pace) = demo.pace {
            command.extend(["--pace".to_owned(), pace.to_string()]);
        }
        specs.push(StartSpec {
            agent: "demo".to_owned(),
            command: Some(command),
            cwd: cwd.to_string_lossy().into_owned(),
            name: None,
            mode: None,
            // Of several the last one asks for calls that are alike: they can be decided together.
            prompt: Some(if sweeps && n == demo.agents { SWEEP.to_owned() } else { prompt.clone() }),
            load: None,
            worktree: None,
            apart: None,
            env: environment(),
        });
    }
    // Its project goes with it, so its agents must too.
    let embedded = if socket_answers(setup) { Embedded::No } else { Embedded::Yes };
    open_at(setup, specs, embedded, First::None)
}

/// A hub runs already: the state folder is its own.
fn socket_answers(setup: &Setup) -> bool {
    hub::socket::connect(&setup.places.socket, &setup.places.state, None, hub::socket::Role::Script).is_ok()
}

/// A folder that is removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self, CliError> {
        let path = std::env::temp_dir().join(format!("taut-demo-{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir(&path).map_err(|error| CliError::Folder {
            path: path.clone(),
            why: words::os(&error),
            option: "TMPDIR",
        })?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// What the console is told of the world.
#[must_use]
pub(super) fn world(setup: &Setup) -> World {
    let known = agents::known(setup).into_iter().map(|agent| KnownAgent {
        name: agent.name,
        found: agent.launch.is_ok(),
        note: agent.launch.map_or_else(|missing| missing.mend(), |launch| launch.title),
    });
    World {
        agents: known.collect(),
        here: std::env::current_dir().unwrap_or_default().to_string_lossy().into_owned(),
        home: setup.home.clone(),
        limits: *setup.limits(),
        size: crossterm::terminal::size().unwrap_or((80, 24)),
        utc_offset: jiff::Zoned::now().offset().seconds(),
    }
}

pub(super) fn folder(path: &Path) -> Result<PathBuf, CliError> {
    let fault = |why: String| CliError::Folder { path: path.to_owned(), why, option: "--cwd" };
    let real = path.canonicalize().map_err(|error| fault(words::os(&error)))?;
    if real.is_dir() { Ok(real) } else { Err(fault("it is no folder".to_owned())) }
}

/// The caller's environment: it travels to the agent, and never into the log. Names that are not UTF-8 stay behind.
pub(super) fn environment() -> Vec<(String, String)> {
    let text = |(key, value): (OsString, OsString)| Some((key.into_string().ok()?, value.into_string().ok()?));
    // A token is the script's that has it, and no agent's.
    std::env::vars_os().filter_map(text).filter(|(key, _)| key != TOKEN_VARIABLE).collect()
}
