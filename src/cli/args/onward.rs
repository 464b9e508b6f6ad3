//! What can be typed after `taut continue`.

use clap::Args as ClapArgs;
use std::path::PathBuf;

/// A session that goes on.
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Without --in and --brief its own agent goes on with its own conversation, in its folder: Claude Code and Codex by the
id of it, agents over ACP where they can load one. From then on it is one session of taut's, and its past stays in the
recording. With --in another agent begins, and gets nothing yet: a brief of the session stands in the composer, for you to
change and to send. The brief is made of the records by a program: goal, state, decisions, open plan, files; what was said is
quoted, secrets are left out. It is refused while somebody else still writes the conversation, where its folder or
transcript is gone, and where the agent is not installed. Exit codes: 0 started or printed, 5 refused, 1 anything else."
)]
pub struct Continue {
    /// The session, by its id (may be shortened) or name; or a transcript of another tool, by its path
    #[arg(value_name = "SESSION|FILE")]
    pub session: String,
    /// Hand it to this agent, with a brief
    #[arg(long = "in", value_name = "AGENT")]
    pub agent: Option<String>,
    /// A new conversation with a brief, though it is its own agent
    #[arg(long)]
    pub brief: bool,
    /// Print the brief, and start nothing
    #[arg(long)]
    pub print: bool,
    /// Where the agent works that gets the brief; its own agent, where the recording names no folder [default: where the session did]
    #[arg(long, value_name = "DIR")]
    pub cwd: Option<PathBuf>,
    /// Its own agent goes on with a copy: also while the session itself goes on elsewhere
    #[arg(long, conflicts_with_all = ["agent", "brief", "print"])]
    pub fork: bool,
    /// Start it without a console, and print its id
    #[arg(long, conflicts_with_all = ["agent", "brief", "print"])]
    pub detach: bool,
}
