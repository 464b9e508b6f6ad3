//! `taut grants` and `taut revoke`: what was granted, in all sessions, and its end.

use super::args::{Grants, Revoke};
use super::clock::{Clock, now};
use super::out::Out;
use super::setup::Setup;
use super::{CliError, daemon, find, remote, script, show, words};
use crate::domain::{At, Command, GrantId};
use crate::hub::reading_state;
use crate::state::{Entry, Given, Session, Standing, State};
use crate::store::{Reader, StoreError};
use serde_json::json;
use std::collections::BTreeMap;
use std::process::ExitCode;

/// Lists them: what holds, then what agents keep themselves, then what has ended.
///
/// # Errors
/// The log can't be read.
pub(super) fn list(setup: &Setup, args: &Grants) -> Result<ExitCode, CliError> {
    let reader = match setup.reader() {
        Err(CliError::Store(StoreError::Missing(_))) => None,
        other => Some(other?),
    };
    let (state, runs) = match &reader {
        None => (State::default(), false),
        Some(reader) => (reading_state(reader)?, reader.writer().is_some()),
    };
    let mut calls = BTreeMap::new();
    for session in state.sessions.values() {
        for (id, given) in session.ledger.iter() {
            if let Some(call) = call(reader.as_ref(), session, given)? {
                calls.insert(id, call);
            }
        }
    }
    let (now, clock, mut out) = (now(), Clock::here(), Out::new());
    // Where nobody writes the log no agent runs.
    let standing = |session: &Session, given: &Given| given.standing(runs && session.is_live(), now);
    let mut all: Vec<(Standing, &Session, GrantId, &Given)> = Vec::new();
    for session in state.sessions.values() {
        all.extend(session.ledger.iter().map(|(id, given)| (standing(session, given), session, id, given)));
    }
    all.sort_by_key(|(standing, _, id, given)| (*standing, std::cmp::Reverse(given.at), *id));
    let (holds, ended): (Vec<_>, Vec<_>) = all.into_iter().partition(|(standing, ..)| *standing == Standing::Holds);
    let loosened: Vec<(&Session, &String)> = state
        .sessions
        .values()
        .filter(|session| runs && session.is_live())
        .flat_map(|session| session.loosened.iter().map(move |why| (session, why)))
        .collect();
    if args.json {
        holds.iter().try_for_each(|one| out.json(&object(one, calls.get(&one.2))))?;
        for (session, why) in &loosened {
            out.json(&json!({
                "id": null, "session": session.id, "name": session.name, "state": "loosened",
                "covers": format!("asks no more: {why}"), "matcher": null, "call": null, "request": null, "by": "the agent",
                "given": null, "uses": null, "last": null, "until": null, "revoked": null,
            }))?;
        }
        ended.iter().try_for_each(|one| out.json(&object(one, calls.get(&one.2))))?;
        return out.done();
    }
    if holds.is_empty() && loosened.is_empty() && ended.is_empty() {
        out.line("Nothing is granted: every call that no rule allows asks.")?;
    }
    holds.iter().try_for_each(|one| print(one, calls.get(&one.2), (now, &clock), &mut out))?;
    for (session, why) in &loosened {
        out.line(&format!("{:<14}  loosened    {}  asks no more: {why}", "", session.name))?;
        out.line(&format!("{:<14}  the agent keeps that itself: end {}, or put it in another mode", "", session.name))?;
    }
    ended.iter().try_for_each(|one| print(one, calls.get(&one.2), (now, &clock), &mut out))?;
    out.done()
}

/// The call with which a grant was given, in words and whole: `run cargo test`. That is what "exactly this call" means.
fn call(reader: Option<&Reader>, session: &Session, given: &Given) -> Result<Option<String>, CliError> {
    let Some((reader, origin)) = reader.zip(given.grant.origin) else { return Ok(None) };
    let entry = find::entry_of(reader, session, origin)?;
    let Some(step) = entry.as_ref().and_then(Entry::step) else { return Ok(None) };
    let command = step.command.as_ref().map(|command| show::full(reader, command));
    let target = command.unwrap_or_else(|| words::target(session, step).to_owned());
    let folder = step.folder_apart(&session.cwd).map(|folder| format!("\nin {folder}"));
    Ok(Some(format!("{} {target}{}", step.word(), folder.unwrap_or_default())))
}

/// `3m ago`, `just now`.
fn ago(at: At, now: At) -> String {
    match words::age(at, now) {
        age if age == "now" => "just now".to_owned(),
        age => format!("{age} ago"),
    }
}

fn word(standing: Standing, given: &Given) -> &'static str {
    if standing == Standing::Holds && given.is_agents_own() { "agent's own" } else { standing.word() }
}

fn print(
    (standing, session, id, given): &(Standing, &Session, GrantId, &Given),
    call: Option<&String>,
    (now, clock): (At, &Clock),
    out: &mut Out,
) -> Result<(), CliError> {
    let id = id.to_string();
    let covers = given.grant.matcher.words();
    out.line(&format!("{id:<14}  {:<11}  {}  {covers}", word(*standing, given), session.name))?;
    for (n, line) in call.iter().flat_map(|call| call.lines()).enumerate() {
        out.line(&format!("{:<14}  {} {line}", "", if n == 0 { "for:" } else { "    " }))?;
    }
    let by = given.by.as_ref().map_or_else(|| "nobody knows who".to_owned(), crate::domain::By::word);
    let origin = given.grant.origin.map(|origin| format!(" with {origin}")).unwrap_or_default();
    let uses = match given.uses {
        _ if given.is_agents_own() => "uses not known: the agent keeps it itself".to_owned(),
        0 => "never used".to_owned(),
        n => {
            let last = given.last.map(|last| format!(", last {}", ago(last, now))).unwrap_or_default();
            format!("used {}{last}", words::counted(usize::try_from(n).unwrap_or(usize::MAX), "time"))
        }
    };
    let until = match (standing, given.grant.until, &given.revoked) {
        (Standing::Revoked, _, Some((at, _))) => format!("revoked {}", ago(*at, now)),
        (Standing::Over, ..) => "its session has ended".to_owned(),
        (_, Some(until), _) => format!("until {}", clock.full(until)),
        (_, None, _) => "until its session ends".to_owned(),
    };
    out.line(&format!("{:<14}  given by {by}{origin}, {}, {uses}, {until}", "", ago(given.at, now)))
}

fn object(
    (standing, session, id, given): &(Standing, &Session, GrantId, &Given),
    call: Option<&String>,
) -> serde_json::Value {
    let own = given.is_agents_own();
    let state = if *standing == Standing::Holds && own { "agents_own" } else { standing.word() };
    json!({
        "id": id, "session": session.id, "name": session.name, "state": state,
        "covers": given.grant.matcher.words(), "matcher": given.grant.matcher,
        "call": call, "request": given.grant.origin,
        "by": given.by.as_ref().map(crate::domain::By::word), "given": given.at,
        "uses": (!own).then_some(given.uses), "last": given.last, "until": given.grant.until,
        "revoked": given.revoked.as_ref().map(|(at, _)| at),
    })
}

/// Takes one back.
///
/// # Errors
/// It is no id, or no hub runs.
pub(super) fn revoke(setup: &Setup, args: &Revoke) -> Result<ExitCode, CliError> {
    let grant: GrantId = args
        .grant
        .parse()
        .map_err(|_| CliError::Daemon(format!("{:?} is no grant's id: `taut grants` lists them all", args.grant)))?;
    let (mut link, _) = daemon::running(setup)?;
    script::reply(remote::command(&mut link, Command::Revoke { grant })?, "revoked")
}
