//! The transport: an agent's process with its whole tree, its lines, and its end.
//!
//! The hub starts `taut __agent`, which stays as the agent's parent (see `cli::agent_parent`). The agent has the pipes
//! of stdout and stderr itself. When the pipe of stdin closes, because the hub closes it or is no more, the parent ends
//! everything. `tree` says who belongs to a session and ends it all, by what `look` sees of all processes and by the
//! control group of `group`, where there is one; `left`, what the commands of a turn left behind. Four small tasks a session: stdout, stderr, stdin, and the wait for the end.

mod frames;
pub mod group;
mod handle;
pub mod left;
mod lines;
mod look;
mod readers;
pub mod report;
pub mod tree;
mod wait;

pub use frames::{Frame, Frames};
pub use handle::{Ender, Handle, SendError};
pub use wait::Exit;

use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};
use tokio::sync::{mpsc, watch};

/// The longest line of an agent that is taken whole: a call with an argument of 50 MB is asked about like any other. The
/// longest seen of real agents is 135 kB.
pub const LINE_MAX: usize = 64 << 20;
/// Variables of the caller's that no agent gets: what would let it speak as a script of the human's.
const WITHHELD: [&str; 1] = [TOKEN_VARIABLE];
/// The variable in which a script gives its token.
pub const TOKEN_VARIABLE: &str = "TAUT_TOKEN";

/// What is kept of a longer one.
pub const HEAD: usize = 64 << 10;

/// An agent to start.
#[derive(Debug, Clone)]
pub struct Launch {
    /// The path of taut itself.
    pub program: PathBuf,
    /// The agent's command line.
    pub argv: Vec<String>,
    /// The workspace.
    pub cwd: PathBuf,
    /// The whole environment: nothing of the hub's own goes along.
    pub env: Vec<(String, String)>,
    /// What marks the processes of this session; unlike any other session's.
    pub mark: String,
    /// How long the agent may take to end by itself once its stdin has closed.
    pub grace: Duration,
}

/// Why nothing could be started.
#[derive(Debug, thiserror::Error)]
pub enum SpawnError {
    /// There is no command.
    #[error("the agent has no command line: set `command` for it in config.toml, or give one after `--`")]
    NoCommand,
    /// The workspace is no folder.
    #[error("the folder {0:?} does not exist: choose another for the session")]
    NoFolder(PathBuf),
    /// taut could not be started as the agent's parent.
    #[error("cannot start {program:?} to keep the agent: {source}; run `taut doctor`")]
    Parent {
        /// The path of taut.
        program: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Starts an agent. Must be called inside a tokio runtime, on a thread that lives as long as the hub: the kernel ends
/// the agent when that thread ends.
///
/// # Errors
/// Where the folder is missing or taut itself can't be started. A wrong command is told by [`Exit::failed`].
pub fn spawn(launch: Launch) -> Result<(Handle, Frames), SpawnError> {
    if launch.argv.is_empty() {
        return Err(SpawnError::NoCommand);
    }
    if !launch.cwd.is_dir() {
        return Err(SpawnError::NoFolder(launch.cwd));
    }
    let grace = launch.grace;
    let mut child = tree::keep(|| start(&launch), Child::id)
        .map_err(|source| SpawnError::Parent { program: launch.program.clone(), source })?;
    let (frames, received) = frames::channel();
    let (gone, is_gone) = watch::channel(false);
    let (wish, wished) = watch::channel(handle::Wish::Run);
    let (lines, queue) = mpsc::channel(handle::QUEUE);
    let handle = Handle::new(child.id(), lines, wish);
    if let Some(stdin) = child.stdin.take() {
        tokio::spawn(handle::write(stdin, queue, wished.clone(), handle.progress()));
    }
    let stdout = child.stdout.take();
    let stderr = child.stderr.take();
    let out = tokio::spawn(readers::stdout(stdout, frames.clone(), is_gone.clone()));
    let err = tokio::spawn(readers::stderr(stderr, frames.clone(), is_gone));
    let end = wait::End { mark: launch.mark, grace, wished, gone, out, err };
    tokio::spawn(end.wait(child, frames));
    Ok((handle, received))
}

fn start(launch: &Launch) -> io::Result<Child> {
    let mut command = Command::new(&launch.program);
    if let Some(group) = group::make(&launch.mark) {
        command.args([
            "__agent".as_ref(),
            "--mark".as_ref(),
            launch.mark.as_ref(),
            "--group".as_ref(),
            group.as_os_str(),
        ]);
    } else {
        command.args(["__agent", "--mark", &launch.mark]);
    }
    command
        .args(["--grace-ms", &launch.grace.as_millis().min(u32::MAX.into()).to_string()])
        .args(["--parent", &std::process::id().to_string(), "--"])
        .args(&launch.argv)
        .env_clear()
        .envs(
            launch.env.iter().filter(|(name, _)| !WITHHELD.contains(&name.as_str())).map(|(name, value)| (name, value)),
        )
        .current_dir(&launch.cwd)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
}
