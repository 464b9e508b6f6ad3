//! What can be typed.
#![expect(clippy::doc_markdown, reason = "the comments are the help text: no backticks there")]

mod daemon;
mod decide;
mod import;
mod keep;
mod list;
mod onward;
mod past;
mod policy;
mod search;
mod since;
mod sources;
mod stats;
mod token;
mod undo;
mod wait;
mod way;
mod worktree;

use super::verify;
use crate::domain::Digest;
use clap::{Args as ClapArgs, Parser, Subcommand};
pub(super) use daemon::{Daemon, DaemonVerb, Restart, Stop};
pub(super) use decide::{Allow, Deny, Edit, Grants, Hunks, ReplyTo, Revoke};
pub(super) use import::Import;
pub(super) use keep::{Pin, Prune};
pub(super) use list::{Ls, Queue};
pub(super) use onward::Continue;
pub(super) use past::{Cat, Diff, UpTo};
pub(super) use policy::{Check, Policy, PolicyVerb};
pub(super) use search::{Export, ExportFormat, Search};
pub(super) use since::Since;
pub(super) use sources::{Sources, SourcesVerb};
pub(super) use stats::{Stats, StatsBy};
use std::path::PathBuf;
use std::str::FromStr;
pub(super) use token::{Token, TokenNew, TokenVerb};
pub(super) use undo::{Checkpoints, OnConflict, Undo};
pub(super) use wait::{Until, Wait};
pub(super) use way::{ContextOf, Fork, Model, Rewind};
pub(super) use worktree::{OneWorktree, RemoveWorktree, RestoreWorktree, WorktreeVerb, Worktrees};

/// A supervision console for AI agents: watch, approve and replay their work in one terminal.
#[derive(Debug, Parser)]
#[command(name = "taut", version, about, disable_help_subcommand = true)]
#[command(
    after_help = "Without a command, the console opens. Ids have a letter (s… a session, r… a request) and may be \
shortened; a session may be called by its name. What comes of a command otherwise than it was asked for is one sentence on
stderr, with exit code 1, or 5 where it was refused by the hub, the agent or a rule; wrong usage is 2. Commands with further
exit codes list them in their help."
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
#[command(next_help_heading = "Options of every command")]
pub struct Global {
    /// Where sessions are kept [default: $TAUT_STATE, or $XDG_STATE_HOME/taut]
    #[arg(long, global = true, value_name = "DIR")]
    pub state: Option<PathBuf>,
    /// The configuration [default: $XDG_CONFIG_HOME/taut/config.toml]; policy.toml is read beside it
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// A theme by its name (`taut themes` lists them), or auto: dark or light by the terminal's ground
    #[arg(long, global = true, value_name = "NAME")]
    pub theme: Option<String>,
    /// Print what changes as lines, and repaint nothing: for screen readers
    #[arg(long, global = true)]
    pub plain: bool,
    /// Keep hub and console in one process, so that agents end with it [also: $TAUT_EMBEDDED]
    #[arg(long, global = true)]
    pub embedded: bool,
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
    /// Look at a past session in the same screen, or at a transcript of another tool
    Replay(Replay),
    /// Go on with a session: its own agent with its conversation, or another one with a brief
    Continue(Continue),
    /// Read and keep transcripts of other tools
    Import(Import),
    /// List the places where sessions of other tools are looked for, or name another
    Sources(Sources),
    /// List sessions
    Ls(Ls),
    /// Search all sessions, taut's own and those of other tools
    Search(Search),
    /// Write a session into a file for others, without its secrets
    Export(Export),
    /// Count sessions: turns, calls, tokens, cost, retries, waiting, by model, day, project or session
    Stats(Stats),
    /// List the git work trees that taut made, and what of each stands nowhere else
    Worktrees(Worktrees),
    /// Remove a work tree that taut made
    Worktree(OneWorktree),
    /// Show a session or a request as text
    Show(Show),
    /// Give a session another name
    Rename(Rename),
    /// Put an ended session out of sight, or bring it back
    Archive(Archive),
    /// Let a session's checkpoints stay, however old they are
    Pin(Pin),
    /// Wipe an ended session's long texts and checkpoints from the disk
    #[command(visible_alias = "forget")]
    Delete(Delete),
    /// List every key by place, with its action's name for config.toml and what is rebound
    Keys,
    /// List the themes
    Themes,
    /// Check the log: every record, its place, its hash, its texts
    Verify(Verify),
    /// List known agents: found or not, version, how each is driven, what a decision can do with it
    Agents(Agents),
    /// Check terminal, store, agents, git and process control, each with its mend
    Doctor,
    /// Come back to the sessions of a running hub
    Attach(Attach),
    /// The hub in a process of its own: start it, look at it, end it
    Daemon(Daemon),
    /// List what waits for you, the highest risk first, with the digests that `allow` wants
    Queue(Queue),
    /// Allow a request
    Allow(Allow),
    /// Deny a request
    Deny(Deny),
    /// Let a request run with other arguments
    Edit(Edit),
    /// The hunks of what a request would write; let a part of them stand
    Hunks(Hunks),
    /// Answer the questions of a request
    Reply(ReplyTo),
    /// List what was granted, in all sessions
    Grants(Grants),
    /// Take a grant back: what it covered asks again
    Revoke(Revoke),
    /// Take back what steps did to files
    Undo(Undo),
    /// List the steps that stand between two checkpoints of their workspace
    Checkpoints(Checkpoints),
    /// What changed between two moments of a session, as a patch, and which step made it
    Diff(Diff),
    /// A file as it was at a step
    Cat(Cat),
    /// Let old checkpoints go
    Prune(Prune),
    /// Give a prompt to a session
    Send(Send),
    /// Take the agent's conversation back to where a turn ended; files stay as they are
    Rewind(Rewind),
    /// Start another session with a copy of a session's conversation
    Fork(Fork),
    /// What the context of a session is made of
    Context(ContextOf),
    /// The model that a session's agent asks; another one
    Model(Model),
    /// End the turn of a session
    Interrupt(Of),
    /// End a session and every process it started
    End(Of),
    /// End every agent now; says how many are known alive
    #[command(
        after_help = "It acts whatever the configuration says, and where the hub hangs. Exit codes: 0 none is known alive,
5 refused, 1 some are, or anything else."
    )]
    Halt,
    /// Ask the policy what it makes of a command or a call
    Policy(Policy),
    /// Tokens for scripts, where config.toml asks for them (scripts = "token")
    Token(Token),
    /// Wait for something to happen in a session
    Wait(Wait),
    /// The log as lines, and what comes to it
    Events(Events),
    /// Ask about a call, run by an agent before it: its PreToolUse hook
    #[command(hide = true)]
    Hook(Hook),
}

/// Ask about a call, run by an agent before it.
///
/// The call comes as JSON on stdin, and the answer goes as JSON to stdout. A process that comes from no session of taut's
/// hears nothing: exit code 0 and no words, so that the hook may stand in the settings of an agent that also runs alone.
#[derive(Debug, Clone, ClapArgs)]
#[command(
    after_help = "Exit codes: 0 the answer is on stdout (no words: no objection, the agent goes by its own rules); 2 the call \
is refused, and why is on stderr: a human's answer could not be had (no hub, another version, unreadable input, no time).

\
A session of codex is given it by itself, and one of claude needs none. For claude-agent-acp, in Claude Code's settings.json:
  \
{\"hooks\": {\"PreToolUse\": [{\"matcher\": \"*\", \"hooks\": [{\"type\": \"command\",
    \
\"command\": \"taut hook claude --within 600\", \"timeout\": 600}]}]}}"
)]
pub struct Hook {
    /// The agent that runs it
    #[arg(value_enum)]
    pub agent: crate::agent::hook::Kind,
    /// The session that it speaks for [default: the one that it comes from]
    #[arg(long, value_name = "SESSION")]
    pub session: Option<String>,
    /// The time that the agent gives its hook, in seconds: the call is refused before it is over
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub within: u64,
    /// The socket to ask at [default: beside the hub's]
    #[arg(long, value_name = "PATH")]
    pub socket: Option<PathBuf>,
}

/// Start a session in the console.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Exit codes with --detach: 0 started, 5 refused, 1 anything else.")]
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
    /// Work in a new git work tree beside the repository, on a new branch taut/NAME [default: by name or prompt]
    #[arg(long, value_name = "NAME", num_args = 0..=1, default_missing_value = "")]
    pub worktree: Option<String>,
    /// With --step: in a work tree with the files of a step of this session, and by its agent where none is named
    #[arg(long, value_name = "SESSION", requires = "step", conflicts_with = "cwd")]
    pub from: Option<String>,
    /// The step, by its number: the files as they were after it
    #[arg(long, value_name = "N", requires = "from")]
    pub step: Option<u32>,
    /// The mode to put the agent in
    #[arg(long, value_name = "MODE")]
    pub mode: Option<String>,
    /// Start it without a console, and print its id
    #[arg(long)]
    pub detach: bool,
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
    /// Let them all work in one folder, where they get into each other's way
    #[arg(long)]
    pub together: bool,
    /// Milliseconds between the pieces that the agent says
    #[arg(long, value_name = "MS")]
    pub pace: Option<u64>,
}

/// A replay.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "A file is taken for one where it is written as a path (with a / or .jsonl) and is there. Of a transcript of another
tool it shows what stands in it; how a call came to run is unknown but where the transcript says so."
)]
pub struct Replay {
    /// The session, by its id (may be shortened) or name; or a transcript of another tool, by its path
    #[arg(value_name = "SESSION|FILE")]
    pub session: String,
    /// As of this record of the session (its seq), or `end`
    #[arg(long, value_name = "N|end")]
    pub at: Option<At>,
    /// Print the frame as text and leave: needs no terminal
    #[arg(long)]
    pub print: bool,
    /// The size of the printed frame
    #[arg(long, value_name = "WxH", default_value = "120x36", value_parser = size)]
    pub size: (u16, u16),
}

/// A place in a replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// The last record.
    End,
    /// The record of this seq.
    Record(u64),
}

impl FromStr for At {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "end" => Ok(Self::End),
            number => number.parse().map(Self::Record).map_err(|_| "give the number of a record, or `end`"),
        }
    }
}

fn size(given: &str) -> Result<(u16, u16), &'static str> {
    const WRONG: &str = "give columns and rows from 1 to 1000, like 120x36";
    let (columns, rows) = given.split_once(['x', 'X']).ok_or(WRONG)?;
    let number = |text: &str| text.parse::<u16>().ok().filter(|n| (1..=1000).contains(n)).ok_or(WRONG);
    Ok((number(columns)?, number(rows)?))
}

/// Another name.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Needs the state folder for itself: while a console is open, rename in its rail (r).")]
pub struct Rename {
    /// The session, by its id (may be shortened) or name
    pub session: String,
    /// The new name
    pub name: String,
}

/// Out of sight, and back.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Needs the state folder for itself: while a console is open, put away in its rail (A).")]
pub struct Archive {
    /// The session, by its id (may be shortened) or name
    pub session: String,
    /// Bring it back
    #[arg(long)]
    pub back: bool,
}

/// A deletion.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Long texts and checkpoints that other sessions need as well stay. Records are never rewritten: what is shorter
than 4 kB stays in them, and the chain stays valid. Needs the state folder for itself: while a console is open, delete
in its rail (D)."
)]
pub struct Delete {
    /// The session, by its id (may be shortened) or name
    pub session: String,
    /// Do it; without, it only says what would go
    #[arg(long)]
    pub yes: bool,
}

/// One session or request.
#[derive(Debug, ClapArgs)]
#[command(after_help = "A session is shown with its context, mode, waiting requests and whole timeline; a request
with everything that its card shows, its diff and its long texts whole.

--json of a session: one record a line, as in the log:
  pos, session, seq      its place in the log, its session, its place in the session
  lane                   0 is the session's own, others are subagents
  at, said_at            when, by taut's clock and by the agent's
  cites, version         the raw frame that it was read from; the version of its form
  event                  what happened: kind, and the fields of that kind
--json of a request: one object:
  id, session, name      the request, its session and that one's name
  lane                   the names from the session to the subagent that asks
  call, step             the call: the agent's id of it, and all that is known of it
  asked, age_ms          when it was asked, and how long ago
  deadline               when it is denied by itself
  digest, payload        what was asked; whole, fragment or title_only
  offers                 what it may be answered: id, name, kind
  topic                  what it asks about: \"call\", questions or a plan
  carries                who carries out an edit and a part (agent, hub), and how a reason goes
  scopes                 what may be granted with it beyond this call: name (for --scope) and covers
  verdict                what policy says: outcome, rule, risk, reasons, policy
  instead_of, changed    the request in whose place it stands, and what changed since
  losses                 while it waits: what its command would delete or rewrite as files stand now
  seen                   lines, of, end: how much of it was on a screen
  answered, closed       the answer, by whom and when; how and when it ended otherwise
  stage                  open, decided, sent, unconfirmed, taken_up, closed
  waits                  it waits for you
Unknown values are null; times are milliseconds since 1970. A long text that was purged stands as its digest and size.")]
pub struct Show {
    /// Its id, which may be shortened, or a session's name
    pub id: String,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// A check of the log.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Exit code 1 where anything is not as it was written. Keep the head that is printed in another \
place: `--head` then shows that nothing before it was written anew."
)]
pub struct Verify {
    /// Count only this session's records; the chain is always walked whole
    pub session: Option<String>,
    /// A head kept elsewhere: the log must contain it
    #[arg(long, value_name = "H", value_parser = verify::head)]
    pub head: Option<Digest>,
}

/// Come back.
#[derive(Debug, ClapArgs)]
pub struct Attach {
    /// The session to look at, by its id (may be shortened) or name
    pub session: Option<String>,
}

/// A prompt.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "While a turn runs the prompt is queued. Exit codes: 0 sent or queued, 5 refused, 1 anything else."
)]
pub struct Send {
    /// The session, by its id (may be shortened) or name
    pub session: String,
    /// What to say
    pub text: String,
}

/// A session.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Exit codes: 0 done, 5 refused, 1 anything else.")]
pub struct Of {
    /// The session, by its id (may be shortened) or name
    pub session: String,
}

/// The log.
#[derive(Debug, ClapArgs)]
#[command(after_help = "--json: one record a line, as in `taut show SESSION --json`.")]
pub struct Events {
    /// Only of this session
    pub session: Option<String>,
    /// Go on with what comes, until the hub ends
    #[arg(long)]
    pub follow: bool,
    /// From this place of the log on
    #[arg(long, value_name = "POS")]
    pub from: Option<u64>,
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// A list of agents.
#[derive(Debug, ClapArgs)]
#[command(after_help = "--json: one object a line:
  name, title            its name in taut, and for people
  found, missing         whether it is here; else why not and how to get it
  command                its command line
  version                what it says of its version
  driver                 how it is driven: acp, claude or codex
  mode                   the mode that taut puts it in, so that it asks
  asks                   what it asks about
  decisions              what a decision can do with it, by its name: can, how
  login                  how to log in
Unknown values are null.")]
pub struct Agents {
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
}
