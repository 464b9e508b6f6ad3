//! What can be typed after `taut daemon`.

use clap::{Args as ClapArgs, Subcommand};

/// The hub's process.
#[derive(Debug, ClapArgs)]
pub struct Daemon {
    /// What to do with it.
    #[command(subcommand)]
    pub verb: DaemonVerb,
}

/// What to do with the hub's process.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum DaemonVerb {
    /// Start it, where none runs
    Start,
    /// Say which process it is, and how it does
    Status,
    /// End it and every agent; says what becomes of each, and at a terminal asks first where agents run
    Stop(Stop),
    /// End it and start this taut in its place; sessions whose agents can go on with theirs are brought back
    Restart(Restart),
    /// Be it, in this process
    #[command(hide = true)]
    Run,
}

/// An end.
#[derive(Debug, Clone, Copy, ClapArgs)]
pub struct Stop {
    /// Do it without a question
    #[arg(long)]
    pub yes: bool,
}

/// A restart.
#[derive(Debug, Clone, Copy, ClapArgs)]
#[command(
    after_help = "It says what becomes of each session before it does anything. Sessions are brought back with the
environment with which they were started."
)]
pub struct Restart {
    /// Do it without a question
    #[arg(long)]
    pub yes: bool,
}
