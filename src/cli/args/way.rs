//! What can be typed after `taut rewind`, `taut fork`, `taut context` and `taut model`.

use clap::Args as ClapArgs;

/// A way back.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Files stay as they are. Turns are counted as `taut show` does; 0 is the beginning. Claude Code and Codex
can do it, agents over ACP can't. Exit codes: 0 done, 5 refused, 1 anything else."
)]
pub struct Rewind {
    /// The session, by its id (may be shortened) or name
    pub session: String,
    /// The last turn that the agent shall know
    #[arg(long, value_name = "TURN")]
    pub to: u32,
}

/// A copy.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Claude Code and Codex can do it, live or ended. What is given the agent for longer than once is not copied.
Exit codes: 0 started (its id is printed), 5 refused, 1 anything else."
)]
pub struct Fork {
    /// The session, by its id (may be shortened) or name
    pub session: String,
    /// The last turn that the copy shall hold [default: all of them]
    #[arg(long, value_name = "TURN")]
    pub at: Option<u32>,
    /// The workspace [default: the same]
    #[arg(long, value_name = "DIR")]
    pub cwd: Option<std::path::PathBuf>,
}

/// A look into a context.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Claude Code asks its service for it, which costs some requests. What is unknown is —.

--json: one object:
  used, window           tokens in it, and its size
  parts                  what it is made of: name, tokens
Unknown values are null. Exit codes: 0 told, 5 refused, 1 anything else.")]
pub struct ContextOf {
    /// The session, by its id (may be shortened) or name
    pub session: String,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// Another model.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Without a name: the one it asks, and those it offers. Exit codes: 0 told, 5 refused, 1 anything else."
)]
pub struct Model {
    /// The session, by its id (may be shortened) or name
    pub session: String,
    /// The model, by the name that the agent has for it
    pub model: Option<String>,
}
