//! From what was typed to a session or a request: an id, the beginning of one, or a name.

use super::CliError;
use crate::domain::{Event, RequestId, Seq, SessionId};
use crate::hub::{page_entries, session_at};
use crate::state::{Entry, Request, Session, Step, page};
use crate::store::{Reader, Span};
use crate::text;

/// Candidates that an ambiguity names.
const NAMED: usize = 6;

/// What an id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// A session.
    Session(SessionId),
    /// A request.
    Request(RequestId),
}

/// Finds a session by its id, the beginning of it, or its name; by a request's id the session of the request.
///
/// # Errors
/// Nothing or more than one is called that.
pub(super) fn session(reader: &Reader, given: &str) -> Result<SessionId, CliError> {
    match find(reader, given)? {
        Found::Session(session) => Ok(session),
        Found::Request(request) => Ok(request.session),
    }
}

/// Finds a session or a request. A whole id goes before a name, a name before the beginning of an id.
///
/// # Errors
/// Nothing or more than one is called that.
pub(super) fn find(reader: &Reader, given: &str) -> Result<Found, CliError> {
    let spans = reader.sessions()?;
    if let Some(span) = spans.iter().find(|span| span.session.to_string() == given) {
        return Ok(Found::Session(span.session));
    }
    if let Ok(id) = given.parse::<RequestId>() {
        return asked(reader, id)?.then_some(Found::Request(id)).ok_or_else(|| no_request(given));
    }
    let (mut live, mut named, mut away, mut begun) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for span in &spans {
        let begins = given.len() > 1 && span.session.to_string().starts_with(&given.to_ascii_lowercase());
        // A name may have changed since the first record: the session is folded.
        let session = session_at(reader, span.session, Seq(span.count))?;
        let lives = session.is_live();
        let Session { name, archived, .. } = session;
        if name == given && lives {
            live.push((span.session.to_string(), name, Found::Session(span.session)));
        } else if name == given && archived {
            away.push((span.session.to_string(), name, Found::Session(span.session)));
        } else if name == given {
            named.push((span.session.to_string(), name, Found::Session(span.session)));
        } else if begins {
            begun.push((span.session.to_string(), name, Found::Session(span.session)));
        }
    }
    // One name belongs to one live session; others of that name have ended, or were put away for one that was reopened.
    let mut found = [live, named, away, begun].into_iter().find(|found| !found.is_empty()).unwrap_or_default();
    if found.is_empty() {
        found = requests(reader, &spans, given)?;
    }
    match found.as_slice() {
        [] if is_like_a_request(given) => Err(no_request(given)),
        [] => Err(CliError::NotFound(given.to_owned())),
        [(_, _, one)] => Ok(*one),
        many => Err(ambiguous(given, many)),
    }
}

fn ambiguous(given: &str, found: &[(String, String, Found)]) -> CliError {
    let named = found.iter().take(NAMED).map(|(id, name, _)| format!("{id} ({})", text::end(name, 40)));
    let mut candidates: Vec<String> = named.collect();
    if found.len() > NAMED {
        candidates.push(format!("{} more", found.len() - NAMED));
    }
    CliError::Ambiguous { given: given.to_owned(), candidates }
}

fn no_request(given: &str) -> CliError {
    CliError::NoRequest(given.to_owned())
}

/// `r`, and behind it nothing but what ids are made of, with a digit in it: names are rarely like that.
fn is_like_a_request(given: &str) -> bool {
    let rest = given.strip_prefix('r').unwrap_or_default();
    let is_id = |c: char| c.is_ascii_alphanumeric() || c == '.';
    rest.chars().all(is_id) && rest.contains(|c: char| c.is_ascii_digit())
}

/// Requests by a shortened id: the beginning of the session's, and the number. Without a number, the one that waits.
fn requests(reader: &Reader, spans: &[Span], given: &str) -> Result<Vec<(String, String, Found)>, CliError> {
    let Some(rest) = given.strip_prefix('r').filter(|rest| !rest.is_empty()) else { return Ok(Vec::new()) };
    let (head, seq) = rest.split_once('.').map_or((rest, None), |(head, seq)| (head, Some(seq)));
    let mut found = Vec::new();
    for span in spans.iter().filter(|span| span.session.to_string()[1..].starts_with(&head.to_ascii_lowercase())) {
        let session = session_at(reader, span.session, Seq(span.count))?;
        let ids: Vec<RequestId> = match seq.map(str::parse) {
            Some(Ok(seq)) => vec![RequestId { session: span.session, seq: Seq(seq) }],
            Some(Err(_)) => Vec::new(),
            None => session.waiting().map(|(request, _, _)| request.id).collect(),
        };
        for id in ids {
            if asked(reader, id)? {
                found.push((id.to_string(), session.name.clone(), Found::Request(id)));
            }
        }
    }
    Ok(found)
}

/// Whether there is such a request: a record of this seq that asks.
fn asked(reader: &Reader, id: RequestId) -> Result<bool, CliError> {
    let records = reader.records(id.session, id.seq, 1)?;
    Ok(records.first().is_some_and(|record| record.seq == id.seq && matches!(record.event, Event::Asked { .. })))
}

/// The request with its step and entry, however long ago it was: from the session as it is now, else from its pages.
///
/// # Errors
/// The log can't be read.
pub(super) fn entry_of(reader: &Reader, session: &Session, id: RequestId) -> Result<Option<Entry>, CliError> {
    if let Some((_, _, entry)) = session.request_and_step(id.seq) {
        return Ok(Some(entry.clone()));
    }
    for number in page::page_of(id.seq).0..=page::page_of(session.seq).0 {
        let settled = page_entries(reader, session, number)?;
        if let Some(entry) = settled.into_iter().find(|entry| entry.step().is_some_and(|step| of(step, id).is_some())) {
            return Ok(Some(entry));
        }
    }
    Ok(None)
}

/// A request of a step.
#[must_use]
pub(super) fn of(step: &Step, id: RequestId) -> Option<&Request> {
    step.requests.iter().find(|request| request.id == id)
}
