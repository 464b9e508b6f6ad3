//! What can be typed.

use clap::{Args as ClapArgs, Parser, Subcommand};
use std::path::PathBuf;

/// A supervision console for AI agents: watch, approve, undo and replay their work in one terminal.
#[derive(Debug, Parser)]
#[command(name = "taut", version, about, disable_help_subcommand = true)]
#[command(
    after_help = "Without a command, the console opens. Ids have a letter (s… a session, r… a request) and may be shortened."
)]
pub struct Args {
    /// What goes with every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

/// What goes with every command.
#[derive(Debug, Clone, Default, ClapArgs)]
pub struct Global {
    /// Where sessions are kept [default: $TAUT_STATE, or $XDG_STATE_HOME/taut]
    #[arg(long, global = true, value_name = "DIR")]
    pub state: Option<PathBuf>,
    /// The configuration [default: $XDG_CONFIG_HOME/taut/config.toml]; policy.toml is read beside it
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// A theme: terminal, dark, light, high-contrast, or one of themes/ beside the configuration
    #[arg(long, global = true, value_name = "NAME")]
    pub theme: Option<String>,
    /// Leave the mouse to the terminal
    #[arg(long, global = true)]
    pub no_mouse: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Start a session in the console
    Run(Run),
    /// Watch the built-in demo agent work in a scratch repository: offline, nothing to configure
    Demo(Demo),
    /// Look at a past session in the same screen
    Replay(Replay),
    /// List sessions
    Ls(Ls),
    /// Show a session or a request as text
    Show(Show),
    /// Check the log: every record, its place, its hash, its texts
    Verify(Verify),
    /// List known agents: found or not, version, how each is driven, what a decision can do with it
    Agents(Agents),
    /// Check terminal, store, agents, git and process control, each with its mend
    Doctor,
}

/// Start a session in the console.
#[derive(Debug, ClapArgs)]
pub struct Run {
    /// The agent: a preset or a name of config.toml (see `taut agents`)
    #[arg(long, value_name = "NAME")]
    pub agent: Option<String>,
    /// The workspace [default: here]
    #[arg(long, value_name = "DIR")]
    pub cwd: Option<PathBuf>,
    /// What to call the session
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// The mode to put the agent in
    #[arg(long, value_name = "MODE")]
    pub mode: Option<String>,
    /// The first prompt
    pub prompt: Option<String>,
    /// The command line of any ACP agent, after `--`
    #[arg(last = true, value_name = "CMD")]
    pub command: Vec<String>,
}

/// The demo.
#[derive(Debug, ClapArgs)]
pub struct Demo {
    /// What to ask of the demo agent
    pub prompt: Option<String>,
    /// How many demo agents to start
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub agents: u16,
    /// Milliseconds between the pieces that the agent says
    #[arg(long, value_name = "MS")]
    pub pace: Option<u64>,
}

/// A replay.
#[derive(Debug, ClapArgs)]
pub struct Replay {
    /// The session, by its id (may be shortened) or name
    pub session: String,
    /// As of this record of the session (its seq), or `end`
    #[arg(long, value_name = "N|end")]
    pub at: Option<String>,
    /// Print the frame as text and leave: needs no terminal
    #[arg(long)]
    pub print: bool,
    /// The size of the printed frame
    #[arg(long, value_name = "WxH", default_value = "120x36")]
    pub size: String,
}

/// A list of sessions.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "--json: one object a line: {id, name, agent, cwd, state, since, started, turns, steps, waiting, \
used, window, cost_micros, currency, records}. Unknown values are null; times are milliseconds since 1970."
)]
pub struct Ls {
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// One session or request.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "--json of a session: one record a line, {pos, session, seq, lane, at, said_at, cites, version, event}. \
--json of a request: one object, {id, session, call, asked, digest, payload, offers, verdict, seen, answered, stage, step}."
)]
pub struct Show {
    /// Its id; may be shortened
    pub id: String,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// A check of the log.
#[derive(Debug, ClapArgs)]
pub struct Verify {
    /// Only this session's records
    pub session: Option<String>,
    /// A head kept elsewhere: the log must contain it
    #[arg(long, value_name = "H")]
    pub head: Option<String>,
}

/// A list of agents.
#[derive(Debug, ClapArgs)]
#[command(after_help = "--json: one object a line: {name, title, found, path, version, driver, decisions, install}.")]
pub struct Agents {
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
}
