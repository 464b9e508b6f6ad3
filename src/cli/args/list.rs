//! What can be typed to list sessions, and what waits in them.

use crate::search::Since;
use clap::Args as ClapArgs;
use std::path::PathBuf;

/// A list of sessions.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Below the sessions stands what is flagged, with what shows it, and what waits for you, the
highest risk first.

--json: one object a line, the oldest session first:
  id, name, agent, cwd   the session; agent is its name in taut
  state                  starting, login needed, waiting, working, stalled, done, idle,
                         failed, ended, interrupted
  since, started         since when it is in that state, and when it began
  live                   its agent runs, as far as can be told
  turns, steps, records  so many so far
  waiting, requests      so many requests wait, and their ids
  unconfirmed            requests whose answer was sent, and the agent did not act on it
  alarms                 why it is flagged: kind (budget, collides, unseen, repeats, failing,
                         stalled) and says, a sentence
  collides               live sessions that write the same files: session, name, how (waits,
                         writes, wrote) and files
  beside                 live sessions that write in the same work tree or on the same branch
  worktree, branch       the work tree that taut made for it; the branch that was found there
  queued                 prompts that wait until the turn ends
  mode                   the agent's mode
  archived, deleted      it was put out of sight; its long texts were wiped (both only with --all)
  pinned                 its checkpoints stay, however old they are
  used, window           tokens in the context, and the size of the window
  cost_micros, currency  what it has cost, in millionths
Unknown values are null; times are milliseconds since 1970.

Recordings of other tools are listed with --recorded, and with --agent, --since and --project beside
taut's own, the newest first; their state is elsewhere (written to within two minutes) or recorded,
and they have further fields: title, format, native (the tool's own id), file, model, tokens, damaged
and unrecognised lines. A recording of a session that taut drives is listed once, as taut's.")]
pub struct Ls {
    /// What was put away and what was deleted, too
    #[arg(long)]
    pub all: bool,
    /// What other tools recorded, and not taut's own
    #[arg(long, conflicts_with = "all")]
    pub recorded: bool,
    /// Only sessions of this agent
    #[arg(long, value_name = "NAME")]
    pub agent: Option<String>,
    /// Only sessions in which something happened since then: 90m, 36h, 7d, 2w, or a day such as 2026-11-01
    #[arg(long, value_name = "WHEN", value_parser = Since::parse)]
    pub since: Option<Since>,
    /// Only sessions that work in this folder or below it
    #[arg(long, value_name = "DIR")]
    pub project: Option<PathBuf>,
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// What waits.
#[derive(Debug, ClapArgs)]
#[command(after_help = "--json: one object a line, the highest risk first:
  id, session, name      the request, its session and that one's name
  lane                   the names from the session to the subagent that asks
  impact, target         what it would do, to what
  digest, payload        what was asked; whole, fragment or title_only
  offers, verdict        what it may be answered; what policy says
  scopes                 what may be granted with it beyond this call: name (for --scope) and covers
  asked, age_ms          when it was asked, and how long ago
  deadline               when it is denied by itself
  collides               live sessions that write its files too: session, name, how (waits,
                         writes, wrote) and files")]
pub struct Queue {
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
}
