//! What can be typed to answer a request, and to see and take back what was granted.

use super::super::verify;
use super::token::lasts;
use crate::domain::Digest;
use clap::Args as ClapArgs;

/// An allowance.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Read what it would do first: `taut show REQUEST`. Exit codes: 0 allowed, 3 answered before,
4 it asks for something else now, 5 refused, 8 decided but not on record yet, 1 anything else.")]
pub struct Allow {
    /// The request, by its id (may be shortened); a session's where one of it waits
    pub request: String,
    /// The digest of what you have read: what differs is not allowed
    #[arg(long, value_name = "D", value_parser = verify::digest)]
    pub digest: Digest,
    /// One of the agent's offers by id or name, or a scope that taut holds (`taut queue --json` names them) [default: this
    /// call alone]
    #[arg(long, value_name = "NAME")]
    pub scope: Option<String>,
    /// When a scope that taut holds ends: 90s, 30m, 8h, 7d from now [default: with the session]
    #[arg(long, value_name = "TIME", requires = "scope", value_parser = lasts)]
    pub until: Option<u64>,
}

/// A denial.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Exit codes: 0 denied, 3 answered before, 4 it asks for something else now, 5 refused,
8 denied but not on record yet, 1 anything else.")]
pub struct Deny {
    /// The request, by its id (may be shortened); a session's where one of it waits
    pub request: String,
    /// Deny only what has this digest
    #[arg(long, value_name = "D", value_parser = verify::digest)]
    pub digest: Option<Digest>,
    /// Why not: the agent is told
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// End the turn as well
    #[arg(long)]
    pub interrupt: bool,
}

/// Other arguments.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "The arguments are given whole: `taut show REQUEST --json` has those that were proposed, under step.args.
What the agent can't take changed is refused to it and done by taut instead; `taut show REQUEST` says which (carries).
Exit codes: 0 edited, 3 answered before, 4 it asks for something else now, 5 refused, 8 decided but not on record yet,
1 anything else."
)]
pub struct Edit {
    /// The request, by its id (may be shortened); a session's where one of it waits
    pub request: String,
    /// The digest of what you have read: what differs is not decided
    #[arg(long, value_name = "D", value_parser = verify::digest)]
    pub digest: Digest,
    /// The arguments that run instead: JSON, or @ and a file that holds it (@- reads stdin)
    #[arg(long, value_name = "JSON|@FILE")]
    pub input: String,
    /// Why: the agent hears it
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
}

/// A part of a diff.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Without --accept it lists the hunks, numbered over all files in the order of the card; with it, those
stand and the rest is refused. Exit codes with --accept: 0 taken, 3 answered before, 4 it asks for something else now,
5 refused, 8 decided but not on record yet, 1 anything else.

--json: one object a line:
  hunk, of               its number, and how many there are
  path                   the file
  text                   the hunk as a patch says it
  digest                 of the request: --accept wants it"
)]
pub struct Hunks {
    /// The request, by its id (may be shortened); a session's where one of it waits
    pub request: String,
    /// One JSON object a line
    #[arg(long, conflicts_with = "accept")]
    pub json: bool,
    /// The digest of what you have read: what differs is not decided
    #[arg(long, value_name = "D", value_parser = verify::digest)]
    pub digest: Option<Digest>,
    /// The hunks that stand, by their numbers, parted by commas
    #[arg(long, value_name = "N,N", value_delimiter = ',', requires = "digest")]
    pub accept: Vec<u32>,
    /// Why not the rest: the agent is told
    #[arg(long, value_name = "TEXT", requires = "accept")]
    pub reason: Option<String>,
}

/// Answers.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "`taut show REQUEST` lists the questions with their ids and choices. Exit codes: 0 answered, 3 answered
before, 4 it asks for something else now, 5 refused, 8 decided but not on record yet, 1 anything else."
)]
pub struct ReplyTo {
    /// The request, by its id (may be shortened); a session's where one of it waits
    pub request: String,
    /// The digest of what you have read: what differs is not answered
    #[arg(long, value_name = "D", value_parser = verify::digest)]
    pub digest: Digest,
    /// A question's id and a choice of it, or words of your own where it takes them; again for another question or choice
    #[arg(long = "answer", value_name = "ID=LABEL", required = true)]
    pub answers: Vec<String>,
}

/// What was granted.
#[derive(Debug, ClapArgs)]
#[command(after_help = "--json: one object a line, what holds first:
  id, session, name      the grant (null for what is loosened), its session's id and name
  state                  holds, agents_own, loosened, expired, revoked, over
  covers, matcher        what it covers, in words and as it is on record
  call                   the call that it was given for: \"exactly this call\" is that one
  request, by, given     the request it came with, who gave it, when
  uses, last             calls that it let run, and when the last was
  until, revoked         when it ends; when it was taken back
Unknown values are null; times are milliseconds since 1970.")]
pub struct Grants {
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// A grant.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "What an agent keeps as its own `always` can't be taken back: end its session, or change its mode.
Exit codes: 0 revoked, 5 refused, 1 anything else."
)]
pub struct Revoke {
    /// Its id, as `taut grants` lists it
    pub grant: String,
}
