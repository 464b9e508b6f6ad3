//! `taut token`: what a script shows where the configuration asks it for more than not being an agent's.

use super::args::{Token, TokenNew, TokenVerb};
use super::out::Out;
use super::setup::Setup;
use super::{CliError, daemon, remote, words};
use crate::agent::process::TOKEN_VARIABLE;
use crate::domain::{At, By, Command, Digest, Reply};
use crate::hub::{self, socket};
use crate::state;
use crate::store::StoreError;
use crate::text::human;
use serde_json::json;
use std::io::{BufRead, IsTerminal, Write};
use std::process::ExitCode;

/// What every secret begins with, so that it is known for one where it should not stand.
const PREFIX: &str = "taut_token_";

/// Does what was asked.
///
/// # Errors
/// One sentence.
pub(super) fn token(setup: &Setup, args: &Token) -> Result<ExitCode, CliError> {
    match &args.verb {
        TokenVerb::New(new) => make(setup, new),
        TokenVerb::List(list) => show(setup, list.json),
        TokenVerb::Revoke(revoke) => tell(setup, Command::RevokeToken { name: revoke.name.clone() }, "revoked"),
    }
}

fn fault(what: impl Into<String>) -> CliError {
    CliError::Daemon(what.into())
}

fn make(setup: &Setup, args: &TokenNew) -> Result<ExitCode, CliError> {
    if let Some(mark) = socket::own_mark() {
        let why = format!("this is a shell of the agent of session {mark}: an agent gets no token");
        return Err(CliError::Refused(why));
    }
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        return Err(fault("a token is made at a terminal: stdin and stdout must be one, with no pipe and no file"));
    }
    let mut out = Out::new();
    let may = if args.only.is_empty() { "everything that a script can do".to_owned() } else { args.only.join(", ") };
    out.line(&format!("A token {:?} for {may}, for {}.", args.name, age(args.expires)))?;
    out.line("Whoever has it speaks for you. Type its name again to make it:")?;
    out.flush()?;
    let mut typed = String::new();
    std::io::stdin().lock().read_line(&mut typed)?;
    if typed.trim() != args.name {
        return Err(fault("that is another name: no token was made"));
    }
    let random = [uuid::Uuid::new_v4(), uuid::Uuid::new_v4()];
    let secret = format!("{PREFIX}{}{}", random[0].simple(), random[1].simple());
    let hash = Digest::of(secret.as_bytes());
    let command = Command::MakeToken { name: args.name.clone(), hash, lasts: args.expires, only: args.only.clone() };
    let mut link = daemon::link(setup)?;
    match remote::command(&mut link, command)? {
        Reply::Refused { why } => Err(CliError::Refused(why)),
        Reply::Done
        | Reply::Held
        | Reply::KeptFirst
        | Reply::Started { .. }
        | Reply::Already { .. }
        | Reply::Stale { .. } => {
            out.line("It is shown this once, and kept nowhere:")?;
            out.flush()?;
            // Past everything that takes secrets out of texts.
            writeln!(std::io::stdout(), "export {TOKEN_VARIABLE}={secret}")?;
            out.done()
        }
    }
}

fn tell(setup: &Setup, command: Command, done: &str) -> Result<ExitCode, CliError> {
    let mut link = daemon::link(setup)?;
    match remote::command(&mut link, command)? {
        Reply::Refused { why } => Err(CliError::Refused(why)),
        Reply::Done
        | Reply::Held
        | Reply::KeptFirst
        | Reply::Started { .. }
        | Reply::Already { .. }
        | Reply::Stale { .. } => {
            let mut out = Out::new();
            out.line(done)?;
            out.done()
        }
    }
}

fn show(setup: &Setup, json: bool) -> Result<ExitCode, CliError> {
    let mut out = Out::new();
    let tokens = match setup.reader() {
        Err(CliError::Store(StoreError::Missing(_))) => state::ScriptTokens::default(),
        reader => hub::tokens(&reader?)?,
    };
    let now = super::clock::now();
    for (name, token) in tokens.iter() {
        let standing = standing(token, now);
        if json {
            out.json(&json!({
                "name": name, "state": standing, "made": token.made, "by": token.by, "expires": token.expires,
                "revoked": token.revoked, "only": token.only, "used": token.used, "uses": token.uses,
            }))?;
            continue;
        }
        let only = if token.only.is_empty() { "everything".to_owned() } else { token.only.join(",") };
        let left = match standing {
            "holds" => format!("holds for {}", age(token.expires.since(now))),
            other => other.to_owned(),
        };
        let used = match token.used {
            Some(at) => format!(
                "used {}, last {} ago",
                words::counted(usize::try_from(token.uses).unwrap_or(usize::MAX), "time"),
                age(now.since(at))
            ),
            None => "never used".to_owned(),
        };
        out.line(&format!("{name:<20}  {left:<16}  {only:<16}  {used}, {}", made_by(&token.by)))?;
    }
    out.done()
}

/// Tokens are made at terminals alone, so whoever made one sat there.
fn made_by(by: &By) -> String {
    match by {
        By::Script { terminal: Some(terminal), token: None } => format!("made by you on {terminal}"),
        by => format!("made by {}", by.word()),
    }
}

fn standing(token: &state::Token, now: At) -> &'static str {
    match (token.revoked, token.holds(now)) {
        (Some(_), _) => "revoked",
        (None, true) => "holds",
        (None, false) => "expired",
    }
}

fn age(milliseconds: u64) -> String {
    human::age(std::time::Duration::from_millis(milliseconds))
}
