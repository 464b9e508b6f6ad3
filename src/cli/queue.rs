//! `taut queue`: what waits for a human, the highest risk first. It reads the log, so that it needs no hub.

use super::args::Queue;
use super::clock::now;
use super::ls::{collision, first_line};
use super::out::Out;
use super::setup::Setup;
use super::{CliError, words};
use crate::domain::{At, Risk};
use crate::hub::reading_state;
use crate::state::{Request, Session, Stage, State, Step, Waiting};
use crate::store::StoreError;
use crate::ui::alarms::collides;
use serde_json::json;
use std::process::ExitCode;

/// Whether the list has what `taut allow` wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Digests {
    /// A line below each, with the digest.
    With,
    /// One line each.
    Without,
}

/// `taut queue`.
///
/// # Errors
/// The log can't be read.
pub(super) fn list(setup: &Setup, args: &Queue) -> Result<ExitCode, CliError> {
    let (mut out, now) = (Out::new(), now());
    let state = match setup.reader() {
        Err(CliError::Store(StoreError::Missing(_))) => State::default(),
        other => {
            let reader = other?;
            // Where nobody writes the log no agent runs, and nothing waits, whatever its last record says.
            if reader.writer().is_some() { reading_state(&reader)? } else { State::default() }
        }
    };
    if args.json {
        state.queue().iter().try_for_each(|one| out.json(&object(&state, one, now)))?;
        return out.done();
    }
    if state.waiting() == 0 {
        out.line("Nothing waits for you.")?;
    }
    print(&state, Digests::With, &mut out)?;
    print_unconfirmed(&state, &mut out)?;
    out.done()
}

fn object(state: &State, one: &Waiting<'_>, now: At) -> serde_json::Value {
    let request = one.request;
    json!({
        "id": request.id, "session": one.session.id, "name": one.session.name,
        "lane": one.session.path_of(request.lane), "impact": one.step.impact,
        "target": words::target(one.session, one.step), "digest": request.digest, "payload": request.payload,
        "offers": request.offers, "verdict": request.verdict, "scopes": scopes(request), "asked": request.asked,
        "age_ms": now.since(request.asked), "deadline": request.deadline,
        "collides": state.contested_by(one.session, one.step).iter().map(collision).collect::<Vec<_>>(),
    })
}

/// What may be granted with it beyond its call, by the names that `taut allow --scope` takes.
pub(super) fn scopes(request: &Request) -> Vec<serde_json::Value> {
    let one = |scope| json!({ "name": words::scope(scope), "covers": scope.words() });
    request.how.scopes.iter().map(one).collect()
}

/// The requests that wait, as lines.
///
/// # Errors
/// They can't be written.
pub(super) fn print(state: &State, digests: Digests, out: &mut Out) -> Result<(), CliError> {
    let waits = state.queue();
    if waits.is_empty() {
        return Ok(());
    }
    let verb = if waits.len() == 1 { "waits" } else { "wait" };
    let count = words::counted(waits.len(), "request");
    out.line(&format!("{count} {verb} for you (`taut show ID` shows all of it):"))?;
    let ids = waits.iter().map(|one| one.request.id.to_string().len()).max().unwrap_or(0);
    let now = now();
    for one in &waits {
        let risk = one.request.verdict.as_ref().map_or("risk —", |verdict| match verdict.risk {
            Risk::Low => "low risk",
            Risk::Mid => "mid risk",
            Risk::High => "high risk",
            Risk::Top => "top risk",
        });
        let (id, age) = (one.request.id.to_string(), words::age(one.request.asked, now));
        let session = one.session.path_of(one.request.lane).join(" › ");
        let what = format!("{} {}", one.step.impact.word(), first_line(words::target(one.session, one.step)));
        out.line(&format!("{id:<ids$}  {risk:<9}  {age:>4}  {session}  {what}"))?;
        for other in state.contested_by(one.session, one.step) {
            out.line(&format!("{:ids$}  same file: {}", "", collides(&other)))?;
        }
        if digests == Digests::With {
            out.line(&format!("{:ids$}  --digest {}", "", one.request.digest))?;
        }
    }
    Ok(())
}

/// Requests of a session whose answer the agent did not act on in time.
pub(super) fn unconfirmed(session: &Session) -> impl Iterator<Item = (&Request, &Step)> {
    let each = session.open.keys().filter_map(|&seq| session.request_and_step(seq));
    each.filter(|(request, ..)| request.stage() == Stage::Unconfirmed).map(|(request, step, _)| (request, step))
}

/// The answers that no agent acted on, as lines.
///
/// # Errors
/// They can't be written.
pub(super) fn print_unconfirmed(state: &State, out: &mut Out) -> Result<(), CliError> {
    let each = |session: &'_ Session| unconfirmed(session).count();
    let count: usize = state.sessions.values().map(each).sum();
    if count == 0 {
        return Ok(());
    }
    out.line(&format!(
        "{} with no sign from the agent (`taut show ID` shows all of it):",
        words::counted(count, "answer")
    ))?;
    let now = now();
    for session in state.sessions.values() {
        for (request, step) in unconfirmed(session) {
            let sent = request.sent.map(|sent| words::age(sent, now)).unwrap_or_default();
            let what = format!("{} {}", step.impact.word(), first_line(words::target(session, step)));
            let name = session.path_of(request.lane).join(" › ");
            out.line(&format!("{}  sent {sent} ago  {name}  {what}", request.id))?;
        }
    }
    Ok(())
}
