//! Commands for scripts: what waits, answering it, prompts, waiting, the log as it grows. They talk to a running hub.

use super::args::{Events, Of, Send, Until, Wait};
use super::clock::Clock;
use super::holder::Unanswered;
use super::out::Out;
use super::setup::Setup;
use super::{CliError, daemon, find, remote, words};
use crate::domain::{Command, Digest, Event, Pos, Reply, RequestId, Seq, SessionId, Stop};
use crate::hub::Published;
use crate::state::{Session, State};
use crate::store::Reader;
use serde_json::json;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// The time was over first.
const LATE: u8 = 6;
/// The session ended first.
const ENDED: u8 = 7;

/// The request that is meant.
///
/// # Errors
/// There is none, or more than one.
pub(super) fn request(setup: &Setup, state: &State, given: &str) -> Result<RequestId, CliError> {
    if let Ok(id) = given.parse::<RequestId>()
        && state.request(id).is_some()
    {
        return Ok(id);
    }
    match find::find(&setup.reader()?, given)? {
        find::Found::Request(id) => Ok(id),
        find::Found::Session(id) => {
            let waiting: Vec<RequestId> = state
                .session(id)
                .into_iter()
                .flat_map(|session| session.waiting().map(|(request, _, _)| request.id))
                .collect();
            match waiting.as_slice() {
                [one] => Ok(*one),
                // The one that it speaks of may just have been answered: the hub says how.
                [] => last_asked(&setup.reader()?, id)?.ok_or_else(|| CliError::NothingAsked(given.to_owned())),
                several => Err(CliError::Daemon(which(state, given, several))),
            }
        }
    }
}

/// The newest request of a session, whatever became of it.
fn last_asked(reader: &Reader, session: SessionId) -> Result<Option<RequestId>, CliError> {
    let mut end = reader.last_seq(session)?.0;
    while end > 0 {
        let from = end.saturating_sub(NEWS as u64) + 1;
        let records = reader.records(session, Seq(from), NEWS)?;
        let asked = records.iter().rev().find(|record| matches!(record.event, Event::Asked { .. }));
        if let Some(asked) = asked.filter(|record| record.seq.0 <= end) {
            return Ok(Some(RequestId { session, seq: asked.seq }));
        }
        end = from - 1;
    }
    Ok(None)
}

/// Of several requests one must be named.
fn which(state: &State, given: &str, waiting: &[RequestId]) -> String {
    let one = |id: &RequestId| {
        let known = state.waiting_request(*id);
        let what = known.map(|one| format!(" ({} {})", one.step.impact.word(), words::target(one.session, one.step)));
        format!("{id}{}", what.unwrap_or_default().replace('\n', " "))
    };
    let all: Vec<String> = waiting.iter().map(one).collect();
    format!("{} requests of {given} wait: name one of them: {}", waiting.len(), all.join(", "))
}

fn session(setup: &Setup, given: &str) -> Result<SessionId, CliError> {
    find::session(&setup.reader()?, given)
}

/// `taut send`.
///
/// # Errors
/// No hub runs, or there is no such session.
pub(super) fn send(setup: &Setup, args: &Send) -> Result<ExitCode, CliError> {
    let (mut link, _) = daemon::running(setup)?;
    let session = session(setup, &args.session)?;
    let reader = setup.reader()?;
    let before = reader.last_seq(session)?;
    let done = remote::command(&mut link, Command::Prompt { session, text: args.text.clone(), steer: false })?;
    // What became of it is on record before the reply comes.
    let records = reader.records(session, Seq(before.0 + 1), NEWS)?;
    let queued = records.iter().any(|record| match &record.event {
        Event::PromptQueued { text, .. } => text.digest() == Digest::of(args.text.as_bytes()),
        _ => false,
    });
    reply(done, if queued { "queued: it goes when the turn ends" } else { "sent" })
}

/// Records that may come between a look at the log and the reply to a command.
const NEWS: usize = 512;

/// `taut interrupt`.
///
/// # Errors
/// No hub runs, or there is no such session.
pub(super) fn interrupt(setup: &Setup, args: &Of) -> Result<ExitCode, CliError> {
    let (mut link, _) = daemon::running(setup)?;
    let session = session(setup, &args.session)?;
    reply(remote::command(&mut link, Command::Interrupt { session })?, "interrupted")
}

/// `taut end`.
///
/// # Errors
/// No hub runs, or there is no such session.
pub(super) fn end(setup: &Setup, args: &Of) -> Result<ExitCode, CliError> {
    let (mut link, _) = daemon::running(setup)?;
    let session = session(setup, &args.session)?;
    reply(remote::command(&mut link, Command::End { session })?, "ending")
}

/// Says what became of a command.
///
/// # Errors
/// It was refused, or that can't be written.
pub(super) fn reply(reply: Reply, done: &str) -> Result<ExitCode, CliError> {
    match reply {
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

/// How long an idle session is waited for whose workspace is still to be kept: a slow disk must not hold a script for ever.
const KEPT_WITHIN: Duration = Duration::from_secs(10);
/// How long an open session without a turn is looked at before it is called idle.
const SETTLES: Duration = Duration::from_millis(700);

/// `taut wait`.
///
/// # Errors
/// No hub runs, or there is no such session.
pub(super) fn wait(setup: &Setup, args: &Wait) -> Result<ExitCode, CliError> {
    let (mut link, _) = daemon::running(setup)?;
    let id = session(setup, &args.session)?;
    let far = Duration::from_hours(24 * 365);
    let until = Instant::now() + args.timeout.map_or(far, Duration::from_secs).min(far);
    let mut state = remote::snapshot(&mut link)?;
    let mut out = Out::new();
    let (mut settled, mut half_since) = (false, None);
    loop {
        let Some(known) = state.session(id) else { return Err(CliError::NotFound(args.session.clone())) };
        // One that has just opened is about to be given its first prompt, which the next records tell.
        let settles = args.until == Until::Idle && known.turns.0 == 0;
        let mut said = reached(known, args.until);
        // Whoever looks at the files next wants to be able to take back what was done: that is kept in a moment.
        if said.is_some() && args.until == Until::Idle && is_half_kept(known) {
            let since = *half_since.get_or_insert_with(Instant::now);
            if since.elapsed() < KEPT_WITHIN {
                said = None;
            }
        }
        if let (Some(said), false) = (&said, settles && !settled) {
            out.line(said)?;
            return out.done();
        }
        settled = said.is_some();
        if !known.is_live() {
            super::say("the session ended first: `taut show` says how");
            return Ok(ExitCode::from(ENDED));
        }
        let until_now = match half_since {
            _ if settled => until.min(Instant::now() + SETTLES),
            Some(since) => until.min(since + KEPT_WITHIN),
            None => until,
        };
        match remote::listen(&mut link, until_now)? {
            Some(Published::Records(records)) => {
                settled = false;
                let head = state.head;
                records.iter().filter(|record| record.pos > head).for_each(|record| state.apply(record));
            }
            Some(Published::Left) => {
                let why = "the hub has ended, and every agent with it: `taut ls` lists what it left";
                return Err(CliError::Daemon(why.to_owned()));
            }
            Some(_) => {}
            None if settled || (half_since.is_some() && Instant::now() < until) => {}
            None => {
                super::say("the time was over first: nothing of it happened yet");
                return Ok(ExitCode::from(LATE));
            }
        }
    }
}

/// Whether the workspace is still to be kept as a step left it.
fn is_half_kept(session: &Session) -> bool {
    let mut steps = session.timeline.entries.values().filter_map(|entry| entry.step());
    steps.any(|step| step.status.is_final() && step.worked.as_ref().is_some_and(|worked| worked.is_half()))
}

/// What is waited for, once it is there.
fn reached(session: &Session, until: Until) -> Option<String> {
    match until {
        Until::Request => session.waiting().next().map(|(request, _, _)| format!("{} waits", request.id)),
        Until::Idle => {
            let open = session.life == crate::state::Life::Open && session.turn.is_none() && session.queue.is_empty();
            (open && session.is_live()).then(|| match &session.stopped {
                Some(_) if session.overspent.is_some() => {
                    format!("idle: taut interrupted the turn: {}", session.overspent.as_deref().unwrap_or_default())
                }
                Some((Stop::EndTurn, _)) => "idle: the turn is done".to_owned(),
                Some((stop, _)) => format!("idle: {}", words::stop(stop)),
                None => "idle: no turn yet".to_owned(),
            })
        }
        Until::End => (!session.is_live()).then(|| "the session has ended".to_owned()),
    }
}

/// `taut events`: the log, and what comes to it.
///
/// # Errors
/// The log can't be read; to follow, no hub runs.
pub(super) fn events(setup: &Setup, args: &Events) -> Result<ExitCode, CliError> {
    let reader = setup.reader()?;
    let only = args.session.as_deref().map(|given| find::session(&reader, given)).transpose()?;
    let mut out = Out::new();
    let mut from = Pos(args.from.unwrap_or(1));
    let clock = Clock::here();
    let mut print = |records: &[crate::domain::Record], from: &mut Pos| -> Result<(), CliError> {
        for record in records {
            if record.pos < *from {
                continue;
            }
            *from = Pos(record.pos.0 + 1);
            if only.is_some_and(|only| only != record.session) {
                continue;
            }
            if args.json {
                // As stored: kinds that a newer version wrote are printed as they are.
                let event: serde_json::Value = serde_json::from_str(&record.event.to_stored()).unwrap_or_default();
                out.json(&json!({
                    "pos": record.pos, "session": record.session, "seq": record.seq, "lane": record.lane,
                    "at": record.at, "said_at": record.said_at, "cites": record.cites, "version": record.version,
                    "event": event,
                }))?;
            } else {
                out.line(&line(record, &clock))?;
            }
        }
        out.flush()
    };
    loop {
        let records = reader.records_by_pos(from, 1_024)?;
        if records.is_empty() {
            break;
        }
        print(&records, &mut from)?;
    }
    if !args.follow {
        return Ok(ExitCode::SUCCESS);
    }
    let (mut link, _) = daemon::at_once(setup, Some(from)).map_err(Unanswered::why)?;
    let mut gone = remote::nobody_reads();
    loop {
        match remote::follow(&mut link, &mut gone)? {
            Some(Published::Records(records)) => print(&records, &mut from)?,
            Some(Published::Left) => return Ok(ExitCode::SUCCESS),
            Some(_) => {}
            None => return Err(CliError::Closed),
        }
    }
}

/// A record in a line: its place, its time, its session, its kind, and the words that matter most.
fn line(record: &crate::domain::Record, clock: &Clock) -> String {
    let id = |seq| RequestId { session: record.session, seq };
    let what = match &record.event {
        Event::Said { text, .. } | Event::PromptSent { text, .. } | Event::Noted { text, .. } => {
            text.inline().unwrap_or("(long)").replace('\n', " ")
        }
        Event::Asked { call, .. } => format!("{} about {}", id(record.seq), call.0),
        Event::Judged { request, verdict, .. } => {
            let whose = request.map(|request| format!("{request} ")).unwrap_or_default();
            format!("{whose}{}", words::rule(verdict))
        }
        Event::Decided { request, decision, by, .. } => {
            format!("{request} {} by {}", if decision.allows() { "allowed" } else { "denied" }, by.word())
        }
        Event::InterruptAsked { by } => format!("by {}", by.word()),
        Event::RequestClosed { request, .. }
        | Event::Shown { request, .. }
        | Event::Sent { request }
        | Event::TakenUp { request }
        | Event::Unconfirmed { request } => request.to_string(),
        Event::TokenMade { name, .. } | Event::TokenRevoked { name, .. } => name.clone(),
        Event::TokenUsed { name, what, .. } => format!("{name} for {what}"),
        Event::Called { patch, .. } => {
            patch.title.as_ref().and_then(|title| title.inline()).unwrap_or_default().to_owned()
        }
        _ => String::new(),
    };
    let what = crate::text::end(&what, 100).into_owned();
    let (pos, time, kind) = (record.pos.0, clock.time(record.at), record.event.kind());
    format!("{pos:>8}  {time}  {}  {kind:<16}  {what}", record.session).trim_end().to_owned()
}
