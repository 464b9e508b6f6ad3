//! What can be typed to read transcripts of other tools.

use clap::Args as ClapArgs;
use std::path::PathBuf;

/// Transcripts of other tools.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Read are the sessions of Claude Code, Codex, Gemini CLI, Copilot CLI, opencode (its database, its older trees of files, and
what `opencode export` writes), pi, OpenHands, SWE-agent, trajectories in ATIF,
and what `taut export --format jsonl` writes. A folder is searched for .jsonl files, session-*.json of Gemini CLI,
opencode*.db and session/*/ses_*.json of opencode, event-00000-*.json of OpenHands, *.traj, and (*.)trajectory.json; an export is given by its name. The files of
a session's subagents, its messages and its events are read with it. Per session one line:
its id in taut, its files, lines, the records that came of them, how many lines are of a kind that taut does not know (they
are kept, and shown as such), how many are damaged (each costs itself alone), and the first places of both.

What is read is kept, byte for byte and packed, so that the tool's own clearing can't destroy it; of a database, the session's rows
as lines. Nothing of the tool is written. What is kept already is read again only where it has changed. A running hub does the same by itself with the known
places of the tools: `taut sources` lists them, `taut ls --recorded` what is kept, `taut replay ID` shows one.

Exit codes: 0 all were read; 1 one could not be."
)]
pub struct Import {
    /// Files, and folders of them
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Of which tool they are [default: by what stands in them]
    #[arg(long, value_name = "FORMAT", value_parser = format_of)]
    pub format: Option<&'static str>,
    /// Read them, say what was read, and keep nothing
    #[arg(long)]
    pub dry_run: bool,
}

fn format_of(name: &str) -> Result<&'static str, String> {
    let known = crate::transcript::FORMATS.map(crate::transcript::Format::name);
    known.into_iter().find(|known| *known == name).ok_or_else(|| format!("known formats: {}", known.join(", ")))
}
