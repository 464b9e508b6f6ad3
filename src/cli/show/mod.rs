//! `taut show`: a session or a request as text: the plain output of what the screen shows.
//!
//! `head` is what is known of a session, `timeline` what happened in it, `step` one call, `request` one question, and
//! `change` what a call would write.

mod change;
mod head;
mod losses;
mod request;
mod step;
mod timeline;

pub(super) use change::unified;

use super::args::Show;
use super::clock::{Clock, now};
use super::find::{Found, find};
use super::out::Out;
use super::setup::Setup;
use super::{CliError, words};
use crate::domain::{Event, RequestId, Seq, SessionId, Text};
use crate::hub::session_at;
use crate::state::{Limits, Session};
use crate::store::Reader;
use serde_json::json;
use std::io::ErrorKind;
use std::path::Path;
use std::process::ExitCode;

/// Records read at a time.
const BATCH: usize = 1024;

/// Shows it.
///
/// # Errors
/// There is no such thing, or the log can't be read.
pub(super) fn show(setup: &Setup, args: &Show) -> Result<ExitCode, CliError> {
    let reader = setup.reader()?;
    let mut out = Out::new();
    match find(&reader, &args.id)? {
        Found::Session(id) if args.json => records(&reader, id, &mut out)?,
        Found::Session(id) => {
            let session = last_known(&reader, id)?;
            let clock = Clock::here();
            head::show(setup.limits(), &reader, &session, &clock, &mut out)?;
            timeline::show(&reader, &session, &clock, &mut out)?;
        }
        Found::Request(id) => one_request(&reader, id, args.json, &mut out)?,
    }
    out.done()
}

/// A text made of a session holds at most so many bytes.
const MOST: usize = 64 << 20;

/// The same as a text, for a console: of a session as of a record, or of one of its entries.
///
/// # Errors
/// There is no such thing, or the log can't be read.
pub fn to_text(state: &Path, id: SessionId, no: Option<u64>, at: Option<Seq>) -> Result<String, CliError> {
    let reader = Reader::open(state)?;
    let at = match at {
        Some(at) => at,
        None => reader.last_seq(id)?,
    };
    let session = session_at(&reader, id, at)?;
    let (clock, mut out) = (Clock::here(), Out::text(MOST));
    let made = match no {
        Some(no) => timeline::one(&reader, &session, no, &clock, &mut out),
        None => head::show(&Limits::NEVER, &reader, &session, &clock, &mut out)
            .and_then(|()| timeline::show(&reader, &session, &clock, &mut out)),
    };
    match made {
        Ok(()) => Ok(out.gathered()),
        Err(CliError::Output(error)) if error.kind() == ErrorKind::FileTooLarge => {
            Err(CliError::TooLong(id.to_string()))
        }
        Err(error) => Err(error),
    }
}

fn last_known(reader: &Reader, id: SessionId) -> Result<Session, CliError> {
    let last = reader.last_seq(id)?;
    Ok(session_at(reader, id, last)?)
}

/// The records as they are stored, with their long texts.
fn records(reader: &Reader, id: SessionId, out: &mut Out) -> Result<(), CliError> {
    let mut from = Seq(1);
    loop {
        let records = reader.records(id, from, BATCH)?;
        let Some(last) = records.last() else { return Ok(()) };
        from = Seq(last.seq.0 + 1);
        for mut record in records {
            let event: &mut Event = &mut record.event;
            event.for_each_text(|text| load(reader, text));
            out.json(&record)?;
        }
    }
}

fn one_request(reader: &Reader, id: RequestId, as_json: bool, out: &mut Out) -> Result<(), CliError> {
    let session = last_known(reader, id.session)?;
    let entry = super::find::entry_of(reader, &session, id)?.ok_or_else(|| CliError::NoRequest(id.to_string()))?;
    let found = entry.step().and_then(|step| Some((step, super::find::of(step, id)?)));
    let Some((step, request)) = found else { return Err(CliError::NoRequest(id.to_string())) };
    let shown = request::Shown { reader, session: &session, entry: &entry, step, request };
    if !as_json {
        return request::show(&shown, out);
    }
    let losses = losses::look(&shown);
    let mut step = step.clone();
    step.requests.clear();
    for_each_text(&mut step, |text| load(reader, text));
    out.json(&json!({
        "id": request.id, "session": session.id, "name": session.name, "lane": session.path_of(request.lane),
        "call": step.call, "asked": request.asked, "age_ms": now().since(request.asked), "deadline": request.deadline,
        "digest": request.digest, "payload": request.payload, "offers": request.offers, "verdict": request.verdict,
        "topic": request.how.topic, "carries": request.how.carries, "scopes": super::queue::scopes(request),
        "instead_of": request.instead_of, "changed": request.changed, "seen": request.seen,
        "answered": request.answered,
        "closed": request.closed.as_ref().map(|(how, at)| json!({ "how": words::closing(how), "at": at })), "stage": words::stage_key(request.stage()),
        "waits": request.waits() && session.is_live() && reader.writer().is_some(), "losses": losses, "step": step,
    }))
}

fn for_each_text(step: &mut crate::state::Step, mut f: impl FnMut(&mut Text)) {
    [&mut step.title, &mut step.args, &mut step.command].into_iter().flatten().for_each(&mut f);
    for change in &mut step.changes {
        [&mut change.old, &mut change.new, &mut change.patch].into_iter().flatten().for_each(&mut f);
    }
    step.output.head.iter_mut().chain(&mut step.output.tail).for_each(f);
}

/// Puts a long text in the place of its reference; a purged or damaged one stays a reference.
fn load(reader: &Reader, text: &mut Text) {
    if let Text::Body(body) = text
        && let Ok(Some(whole)) = reader.body(body)
    {
        *text = Text::Inline(whole);
    }
}

/// A text, wherever it is kept; what is no longer there says so.
pub(super) fn full(reader: &Reader, text: &Text) -> String {
    match text {
        Text::Inline(text) => text.clone(),
        Text::Body(body) => match reader.body(body) {
            Ok(Some(text)) => text,
            Ok(None) => format!("[purged: {} bytes, {} lines]", body.bytes, body.lines),
            Err(error) => format!("[not readable: {error}]"),
        },
    }
}
