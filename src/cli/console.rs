//! `taut`, `taut run`, `taut demo`: the console with a hub of its own.

use super::args::{Demo, Run};
use super::setup::Setup;
use super::{CliError, agents, demo_repo};
use crate::domain::{Command, CommandId, StartSpec};
use crate::hub;
use crate::keymap::{self, Rebound};
use crate::policy::Fault;
use crate::theme::{Depth, Theme};
use crate::tui::{self, Look, Mouse, Source};
use crate::ui::app::KnownAgent;
use crate::ui::{App, Effect, Setup as World};
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Opens the console, and starts what is asked for in it.
///
/// # Errors
/// No terminal, no store, no thread: one sentence.
pub(super) fn open(setup: &Setup, start: Vec<StartSpec>) -> Result<ExitCode, CliError> {
    for (name, is) in [("stdin", io::stdin().is_terminal()), ("stdout", io::stdout().is_terminal())] {
        if !is {
            return Err(CliError::NoTerminal(name));
        }
    }
    let look = look(setup)?;
    let mut app = App::new(world(setup));
    app.rebound = rebound(setup);
    tui::restore_on_panic();
    let mut for_hub = setup.for_hub();
    for_hub.settings.faults.extend(faults(setup));
    let link = hub::start(for_hub)?;
    let wishes = link.wishes();
    let watched = vec![setup.places.config.clone(), setup.places.policy.clone()];
    // Without a watch, changed settings are seen at the next start.
    let watching = hub::config::watch(watched, move || wishes.reconfigure()).ok();
    let mut first = Vec::new();
    for spec in start {
        app.commands += 1;
        first.push(Effect::Send(CommandId(app.commands), Command::Start(Box::new(spec))));
    }
    tui::run(app, look, Source::Live(link), first)?;
    drop(watching);
    Ok(ExitCode::SUCCESS)
}

/// What `taut run` starts.
///
/// # Errors
/// The folder is none, or no agent is found.
pub(super) fn run_spec(setup: &Setup, run: Run) -> Result<Vec<StartSpec>, CliError> {
    let cwd = folder(run.cwd.as_deref().unwrap_or(Path::new(".")))?;
    let command = (!run.command.is_empty()).then_some(run.command);
    let agent = match (run.agent, &command) {
        (Some(agent), _) => agent,
        (None, Some(command)) => {
            let program = command.iter().rfind(|word| !word.starts_with('-')).unwrap_or(&command[0]);
            let program = if command.len() > 1 { &command[0] } else { program };
            Path::new(program).file_name().unwrap_or_default().to_string_lossy().into_owned()
        }
        (None, None) => first_agent(setup)?,
    };
    Ok(vec![StartSpec {
        agent,
        command,
        cwd: cwd.to_string_lossy().into_owned(),
        name: run.name,
        mode: run.mode,
        prompt: run.prompt,
        load: None,
        env: environment(),
    }])
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

/// `taut demo`: the demo agent in a scratch repository of its own, gone at the end.
///
/// # Errors
/// The scratch repository can't be made, or as for the console.
pub(super) fn demo(setup: &Setup, demo: &Demo) -> Result<ExitCode, CliError> {
    let scratch = Scratch::new()?;
    let prompt = demo.prompt.clone().unwrap_or_else(|| "Find out where the cents go, and mend it".to_owned());
    let mut specs = Vec::new();
    for n in 1..=demo.agents {
        let cwd = if demo.agents == 1 { scratch.0.join("shop") } else { scratch.0.join(format!("shop-{n}")) };
        demo_repo::make(&cwd).map_err(|error| CliError::Agent(error.to_string()))?;
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
            prompt: Some(prompt.clone()),
            load: None,
            env: environment(),
        });
    }
    open(setup, specs)
}

/// A folder that is removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self, CliError> {
        let path = std::env::temp_dir().join(format!("taut-demo-{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir(&path).map_err(|error| CliError::Folder {
            path: path.clone(),
            why: error.to_string(),
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
        stall_after: setup.stall_after(),
        size: crossterm::terminal::size().unwrap_or((80, 24)),
        utc_offset: jiff::Zoned::now().offset().seconds(),
    }
}

/// How the console looks.
///
/// # Errors
/// A theme that was named on the command line and can't be used.
pub(super) fn look(setup: &Setup) -> Result<Look, CliError> {
    let configured = setup.settings.config.theme.as_deref().and_then(|name| theme(name, &setup.places.themes).ok());
    let theme = match &setup.theme {
        Some(name) => theme(name, &setup.places.themes)?,
        None => configured.unwrap_or_default(),
    };
    let theme = theme.at(Depth::detect(|key| std::env::var(key).ok()));
    let mouse = if setup.no_mouse || !setup.settings.config.mouse { Mouse::Terminals } else { Mouse::Ours };
    Ok(Look { theme, mouse })
}

/// The keys of the configuration; the table's own where they are at fault.
fn rebound(setup: &Setup) -> Rebound {
    keymap::rebind(&keys(setup)).unwrap_or_default()
}

fn keys(setup: &Setup) -> Vec<(String, Vec<String>)> {
    setup.settings.config.keys.iter().map(|key| (key.action.clone(), key.keys.clone())).collect()
}

/// What is wrong with the theme and the keys of the configuration: the header says it, and the defaults are in force.
pub(super) fn faults(setup: &Setup) -> Vec<Fault> {
    let mut faults = Vec::new();
    if let Some(name) = &setup.settings.config.theme
        && let Err(why) = theme(name, &setup.places.themes)
    {
        faults.push(Fault { file: "config.toml".to_owned(), line: 0, what: why.to_string() });
    }
    for fault in keymap::rebind(&keys(setup)).err().unwrap_or_default() {
        faults.push(Fault { file: "config.toml".to_owned(), line: 0, what: fault.to_string() });
    }
    faults
}

/// A theme by its name: built in, or a file in the folder of themes.
fn theme(name: &str, folder: &Path) -> Result<Theme, CliError> {
    if let Some(theme) = Theme::built_in(name) {
        return Ok(theme);
    }
    let file = folder.join(format!("{name}.toml"));
    let text = std::fs::read_to_string(&file).map_err(|error| {
        let known = Theme::NAMES.join(", ");
        CliError::Config(format!(
            "no theme is called {name:?}: built in are {known}; {} can't be read: {error}",
            file.display()
        ))
    })?;
    Theme::read(&file.to_string_lossy(), &text).map_err(|faults| CliError::Config(faults.to_string()))
}

fn folder(path: &Path) -> Result<PathBuf, CliError> {
    let fault = |why: String| CliError::Folder { path: path.to_owned(), why, option: "--cwd" };
    let real = path.canonicalize().map_err(|error| fault(error.to_string()))?;
    if real.is_dir() { Ok(real) } else { Err(fault("it is no folder".to_owned())) }
}

/// The caller's environment: it travels to the agent, and never into the log. Names that are not UTF-8 stay behind.
fn environment() -> Vec<(String, String)> {
    std::env::vars_os().filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?))).collect()
}
