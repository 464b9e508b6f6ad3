//! What can be typed after `taut policy`.

use clap::{Args as ClapArgs, Subcommand};
use std::path::PathBuf;

/// The policy.
#[derive(Debug, ClapArgs)]
pub struct Policy {
    /// What to do with it.
    #[command(subcommand)]
    pub verb: PolicyVerb,
}

/// What to do with the policy.
#[derive(Debug, Subcommand)]
pub enum PolicyVerb {
    /// Say what the policy makes of a command line or a call, and why; nothing is run
    Check(Check),
}

/// A call that is judged.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "It is judged as a call of a new session in this folder would be: with policy.toml as it is now,
without grants, without a budget. Exit codes: 0 it would be allowed, 10 you would be asked, 11 it
would be denied, 1 anything else.

--json: one object:
  outcome, rule          allow, ask or deny; by which rule: source, line, text
  risk, reasons          how bad it could be, and why, the most important first
  commands               every command of the line: words, through (what runs it)
  sets                   variables that it sets
  changes                files that it would delete or rewrite: how, path, by
  hits, hits_not_known   what it would do to files: what, by and folder
  not_understood         what is not understood about the line
  scopes                 what could be granted for it
  policy                 the digest of the policy
  in_force               false where the hub that runs holds to older rules"
)]
pub struct Check {
    /// The command line, as one argument
    #[arg(required_unless_present = "tool", conflicts_with_all = ["tool", "input"])]
    pub command: Option<String>,
    /// The name of a tool, for a call that is no plain command line
    #[arg(long, value_name = "NAME", requires = "input")]
    pub tool: Option<String>,
    /// The tool's arguments
    #[arg(long, value_name = "JSON", requires = "tool")]
    pub input: Option<String>,
    /// The agent's name in taut, for rules that speak of one
    #[arg(long, value_name = "NAME", default_value = "claude")]
    pub agent: String,
    /// The workspace [default: here]
    #[arg(long, value_name = "DIR")]
    pub cwd: Option<PathBuf>,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}
