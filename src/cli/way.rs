//! The agent's own conversation: taken back, forked, looked into; and its model. They talk to a running hub.

use super::args::{ContextOf, Fork, Model, Rewind};
use super::error::REFUSED;
use super::out::Out;
use super::script::reply;
use super::setup::Setup;
use super::{CliError, console, daemon, find, remote};
use crate::domain::{Command, Context, Event, Notice, Reply, Seq, SessionId, TurnNo};
use crate::hub::{Link, session_at};
use crate::store::Reader;
use serde_json::json;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// How long an agent may take for it: one of them asks its service first.
const PATIENCE: Duration = Duration::from_mins(2);
/// Records that are looked at in one go.
const NEWS: usize = 512;

/// `taut rewind`.
///
/// # Errors
/// No hub runs, there is no such session, or the agent does not answer.
pub(super) fn rewind(setup: &Setup, args: &Rewind) -> Result<ExitCode, CliError> {
    let (mut link, _) = daemon::running(setup)?;
    let reader = setup.reader()?;
    let session = find::session(&reader, &args.session)?;
    to(setup, &mut link, session, TurnNo(args.to))
}

/// The conversation goes back to the end of a turn.
///
/// # Errors
/// The agent does not answer.
pub(super) fn to(setup: &Setup, link: &mut Link, session: SessionId, back: TurnNo) -> Result<ExitCode, CliError> {
    let reader = setup.reader()?;
    let before = reader.last_seq(session)?;
    let done = remote::command(link, Command::Rewind { session, to: back })?;
    if done != Reply::Done {
        return reply(done, "");
    }
    told(link, &reader, session, before, |event| match event {
        Event::Rewound { to } if *to == back => Some(reply(Reply::Done, "taken back: files stay as they are")),
        Event::Rewound { to } => {
            let why = format!("taken back to the end of turn {}: the agent did not take it where it was told", to.0);
            Some(reply(Reply::Refused { why }, ""))
        }
        Event::Noted { level: Notice::Error, text } => {
            let why = text.inline().unwrap_or("it was not taken back").to_owned();
            Some(reply(Reply::Refused { why }, ""))
        }
        _ => None,
    })
}

/// `taut fork`.
///
/// # Errors
/// No hub runs, or there is no such session or folder.
pub(super) fn fork(setup: &Setup, args: &Fork) -> Result<ExitCode, CliError> {
    let (mut link, _) = daemon::running(setup)?;
    let session = find::session(&setup.reader()?, &args.session)?;
    let cwd = match &args.cwd {
        None => None,
        Some(dir) => Some(std::fs::canonicalize(dir)?.to_string_lossy().into_owned()),
    };
    let command = Command::Fork { session, to: args.at.map(TurnNo), cwd, env: console::environment() };
    match remote::command(&mut link, command)? {
        Reply::Started { session } => reply(Reply::Done, &session.to_string()),
        other => reply(other, "forked"),
    }
}

/// `taut context`.
///
/// # Errors
/// No hub runs, there is no such session, or the agent does not answer.
pub(super) fn context(setup: &Setup, args: &ContextOf) -> Result<ExitCode, CliError> {
    let (mut link, _) = daemon::running(setup)?;
    let reader = setup.reader()?;
    let session = find::session(&reader, &args.session)?;
    let before = reader.last_seq(session)?;
    let done = remote::command(&mut link, Command::TellContext { session })?;
    if done != Reply::Done {
        return reply(done, "");
    }
    told(&mut link, &reader, session, before, |event| match event {
        Event::ContextTold { context } => Some(print(context, args.json)),
        Event::Noted { text, .. } => {
            let why = text.inline().filter(|text| text.contains("context"))?.to_owned();
            Some(reply(Reply::Refused { why }, ""))
        }
        _ => None,
    })
}

/// `taut model`.
///
/// # Errors
/// No hub runs, or there is no such session.
pub(super) fn model(setup: &Setup, args: &Model) -> Result<ExitCode, CliError> {
    let reader = setup.reader()?;
    let id = find::session(&reader, &args.session)?;
    if let Some(model) = args.model.clone() {
        let (mut link, _) = daemon::running(setup)?;
        let done = remote::command(&mut link, Command::SetModel { session: id, model })?;
        return reply(done, "the agent was told; `taut show` says what it made of it");
    }
    let session = session_at(&reader, id, Seq(u64::MAX))?;
    let mut out = Out::new();
    match session.model() {
        None => out.line("the agent has not told its model")?,
        Some(option) => {
            match option.current.as_str() {
                "" => out.line("which model it asks it tells with its first turn; it offers:")?,
                current => out.line(&format!("it asks {current}"))?,
            }
            for (value, name) in &option.values {
                out.line(&format!("  {value}  {name}"))?;
            }
        }
    }
    out.done()
}

/// Looks at what comes on record of a session, until one of it is what is waited for.
fn told<F>(link: &mut Link, reader: &Reader, session: SessionId, before: Seq, mut is: F) -> Result<ExitCode, CliError>
where
    F: FnMut(&Event) -> Option<Result<ExitCode, CliError>>,
{
    let until = Instant::now() + PATIENCE;
    let mut from = Seq(before.0.saturating_add(1));
    loop {
        for record in reader.records(session, from, NEWS)? {
            from = Seq(record.seq.0.saturating_add(1));
            match &record.event {
                Event::Ended { .. } => {
                    reply(Reply::Refused { why: "the session has ended".to_owned() }, "")?;
                    return Ok(ExitCode::from(REFUSED));
                }
                event => {
                    if let Some(done) = is(event) {
                        return done;
                    }
                }
            }
        }
        if remote::listen(link, until)?.is_none() {
            return Err(CliError::Daemon("the agent does not answer: see `taut show`".to_owned()));
        }
    }
}

fn print(context: &Context, as_json: bool) -> Result<ExitCode, CliError> {
    let mut out = Out::new();
    if as_json {
        let part = |part: &crate::domain::ContextPart| json!({"name": part.name, "tokens": part.tokens});
        let parts: Vec<_> = context.parts.iter().map(part).collect();
        out.json(&json!({"used": context.used, "window": context.window, "parts": parts}))?;
        return out.done();
    }
    let number = |count: Option<u64>| count.map_or_else(|| "—".to_owned(), |count| count.to_string());
    out.line(&format!("{} of {} tokens", number(context.used), number(context.window)))?;
    for part in &context.parts {
        out.line(&format!("{:>9}  {}", part.tokens, part.name))?;
    }
    out.done()
}
