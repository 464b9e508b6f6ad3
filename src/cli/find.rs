//! From what was typed to a session or a request: an id, the beginning of one, or a name.

use super::CliError;
use crate::domain::{RequestId, SessionId};
use crate::state::State;

/// What an id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// A session.
    Session(SessionId),
    /// A request.
    Request(RequestId),
}

/// Finds a session by its id, the beginning of it, or its name.
///
/// # Errors
/// Nothing or more than one is called that.
pub(super) fn session(state: &State, given: &str) -> Result<SessionId, CliError> {
    match find(state, given)? {
        Found::Session(session) => Ok(session),
        Found::Request(request) => Ok(request.session),
    }
}

/// Finds a session or a request.
///
/// # Errors
/// Nothing or more than one is called that.
pub(super) fn find(state: &State, given: &str) -> Result<Found, CliError> {
    let mut found: Vec<(String, Found)> = Vec::new();
    for session in state.sessions.values() {
        let id = session.id.to_string();
        if session.name == given || id == given {
            return Ok(Found::Session(session.id));
        }
        if given.len() > 1 && id.starts_with(given) {
            found.push((id, Found::Session(session.id)));
        }
    }
    if let Some(rest) = given.strip_prefix('r') {
        let (head, seq) = rest.split_once('.').map_or((rest, None), |(head, seq)| (head, Some(seq)));
        for session in state.sessions.values() {
            if head.is_empty() || !session.id.to_string()[1..].starts_with(head) {
                continue;
            }
            let requests = session.timeline.entries.values().filter_map(|entry| entry.step()).flat_map(|s| &s.requests);
            for request in requests.filter(|request| seq.is_none_or(|seq| request.id.seq.0.to_string() == seq)) {
                found.push((request.id.to_string(), Found::Request(request.id)));
            }
        }
    }
    match found.as_slice() {
        [] => Err(CliError::NotFound(given.to_owned())),
        [(_, one)] => Ok(*one),
        many => Err(CliError::Ambiguous {
            given: given.to_owned(),
            candidates: many.iter().take(6).map(|(id, _)| id.clone()).collect(),
        }),
    }
}
