//! What can be typed about how long checkpoints are kept.

use clap::Args as ClapArgs;

/// Checkpoints go.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "What is older than `[keep] age` in config.toml goes, and the oldest of all workspaces while all of it is
more than `[keep] size`; never what a live or pinned session (`taut pin`) stands on, and never the newest of a workspace.
It goes by itself too, whenever a session has ended. Exit codes: 0 done, 5 not all that could go went: it says why,
1 anything else."
)]
pub struct Prune {
    /// Say what would go, and do nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// A session whose checkpoints stay.
#[derive(Debug, ClapArgs)]
pub struct Pin {
    /// The session, by its id (may be shortened) or name
    pub session: String,
    /// Let them go with the others again
    #[arg(long)]
    pub off: bool,
}
