//! What can be typed after `taut wait`.

use clap::Args as ClapArgs;

/// What is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Until {
    /// A request waits
    Request,
    /// No turn runs and no prompt is queued
    Idle,
    /// The session has ended
    End,
}

/// A wait.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Exit codes: 0 it happened, 6 the time was over first, 7 the session ended first, 1 anything else."
)]
pub struct Wait {
    /// The session, by its id (may be shortened) or name
    pub session: String,
    /// What to wait for
    #[arg(long = "for", value_name = "WHAT", value_enum)]
    pub until: Until,
    /// Give up after so many seconds
    #[arg(long, value_name = "S")]
    pub timeout: Option<u64>,
}
