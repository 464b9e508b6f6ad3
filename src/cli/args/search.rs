//! What can be typed to search all sessions, and to take one out of taut.

use clap::{Args as ClapArgs, ValueEnum};
use std::path::PathBuf;

/// A search over all sessions.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Searched is what a person reads of every session, taut's own and the kept recordings of other tools, the newest
session first: prompts, messages, thoughts, commands, output, changes, reasons. All words must stand in one entry; \"quoted
words\" must stand together. Beside them:
  agent:NAME        sessions of this agent          model:TEXT        whose model has this in its name
  project:DIR       that work in this folder        since:WHEN        7d, 36h, 2026-11-01: entries since then
  tool:NAME         calls of this tool              file:TEXT         calls that have this in a path
  cmd:TEXT          command lines with this in it   error:TEXT        what failed, with this in it (error: for all)
  decision:WORD     calls that were answered so: allow, deny, edit, part, reply

A running hub keeps an index beside the log; what that does not have yet is read, so that nothing is missed.
Each hit is printed with the number for `taut replay SESSION --at NUMBER`. Exit codes: 0 found, 11 nothing found,
1 anything else.

--json: one object a line: session, name, agent, cwd, recorded, at (the record), time, turn, step, part, line, excerpt"
)]
pub struct Search {
    /// What is searched
    #[arg(required = true, value_name = "QUERY")]
    pub query: Vec<String>,
    /// At most so many hits
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: usize,
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// A session as a file for others.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "md is for people: prompts, answers, and each step with its command, changes, output and decision. jsonl is for
programs: one line that says what it is, then each record with its long texts; `taut import` reads it back. cast is a film that
asciinema and others play: the frames that `taut replay` would show, at the times of the records, with gaps of more than 2 s
shortened to that.

Secrets (keys, tokens, passwords, as far as they can be told by their form) are replaced by [redacted: KIND], and stderr says
how many of which; paths and commands stay. --raw leaves them in. An existing file is not replaced without --force."
)]
pub struct Export {
    /// The session, by its id (may be shortened) or name: taut's own, or one of `taut ls --recorded`
    pub session: String,
    /// How
    #[arg(long, value_enum, default_value = "md")]
    pub format: ExportFormat,
    /// The file [default: stdout]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Replace the file where it exists
    #[arg(long, requires = "output")]
    pub force: bool,
    /// The size of the terminal of a cast
    #[arg(long, value_name = "WxH", default_value = "80x24", value_parser = super::size)]
    pub size: (u16, u16),
    /// Leave secrets in
    #[arg(long)]
    pub raw: bool,
}

/// How a session is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// Markdown
    Md,
    /// Records, one JSON object a line
    Jsonl,
    /// What the console would show, as a recording of a terminal: asciicast, version 2
    Cast,
}
