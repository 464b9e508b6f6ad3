//! `taut hunks`: what a request would write, hunk by hunk, in the one order in which card and hub count them.

use super::args::Hunks;
use super::decide::{Asked, decide};
use super::out::Out;
use super::setup::Setup;
use super::{CliError, find};
use crate::diff::Piece;
use crate::domain::{Decision, Digest, RequestId, TakenHunk, Text};
use crate::hub::session_at;
use crate::state::Step;
use crate::store::Reader;
use serde_json::json;
use std::process::ExitCode;

/// Lists the hunks, or lets some of them stand.
///
/// # Errors
/// There is no such request, or no hub where something is decided.
pub(super) fn hunks(setup: &Setup, args: &Hunks) -> Result<ExitCode, CliError> {
    let Some(digest) = args.digest.filter(|_| !args.accept.is_empty()) else { return list(setup, args) };
    let mut asked = Asked::find(setup, &args.request)?;
    let mut numbers = args.accept.clone();
    numbers.sort_unstable();
    let hunks = numbers.into_iter().map(|hunk| TakenHunk { hunk, edited: None }).collect();
    decide(&mut asked, digest, Decision::Take { hunks, reason: args.reason.clone() })
}

fn list(setup: &Setup, args: &Hunks) -> Result<ExitCode, CliError> {
    let reader = setup.reader()?;
    let (id, digest, step) = asked(&reader, &args.request)?;
    let pieces = pieces(&reader, &step)?;
    let all: usize = pieces.iter().map(|piece| piece.diff.hunks.len()).sum();
    if all == 0 {
        return Err(CliError::Daemon(format!(
            "request {id} has no hunks to choose from: `taut show {id}` shows what it would do"
        )));
    }
    let mut out = Out::new();
    let mut number = 0usize;
    if !args.json {
        out.line(&format!("{id}  --digest {digest}"))?;
    }
    for piece in &pieces {
        if let Some(to) = piece.moved_to.as_ref().filter(|_| piece.diff.hunks.is_empty() && !args.json) {
            out.line("")?;
            out.line(&format!("{} moves to {to}: it has no hunk, and is not done in part", piece.path))?;
        }
        for at in 0..piece.diff.hunks.len() {
            number += 1;
            let text = piece.diff.hunk_text(at).unwrap_or_default();
            if args.json {
                let (path, to) = (&piece.path, &piece.moved_to);
                let mut hunk =
                    json!({ "hunk": number, "of": all, "path": path, "text": text, "digest": digest.to_string() });
                if let (Some(fields), Some(to)) = (hunk.as_object_mut(), to) {
                    fields.insert("moves_to".to_owned(), json!(to));
                }
                out.json(&hunk)?;
                continue;
            }
            out.line("")?;
            let moves = piece.moved_to.as_ref().map(|to| format!(", which moves to {to}: not to be had in part"));
            out.line(&format!("hunk {number} of {all}  {}{}", piece.path, moves.unwrap_or_default()))?;
            text.trim_end_matches('\n').split('\n').try_for_each(|line| out.line(&format!("  {line}")))?;
        }
    }
    out.done()
}

/// The request that is meant: of a session the one that waits.
fn asked(reader: &Reader, given: &str) -> Result<(RequestId, Digest, Step), CliError> {
    let none = || CliError::NoRequest(given.to_owned());
    let found = find::find(reader, given)?;
    let of = match found {
        find::Found::Request(id) => id.session,
        find::Found::Session(id) => id,
    };
    let session = session_at(reader, of, reader.last_seq(of)?)?;
    let id = match found {
        find::Found::Request(id) => id,
        find::Found::Session(_) => {
            let waiting: Vec<RequestId> = session.waiting().map(|(request, ..)| request.id).collect();
            let [one] = waiting.as_slice() else { return Err(none()) };
            *one
        }
    };
    let entry = find::entry_of(reader, &session, id)?.ok_or_else(none)?;
    let step = entry.step().ok_or_else(none)?;
    let request = find::of(step, id).ok_or_else(none)?;
    Ok((id, request.digest, step.clone()))
}

fn pieces(reader: &Reader, step: &Step) -> Result<Vec<Piece>, CliError> {
    let text = |text: &Option<Text>| -> Result<Option<String>, CliError> {
        match text {
            None => Ok(None),
            Some(Text::Inline(text)) => Ok(Some(text.clone())),
            Some(Text::Body(body)) => match reader.body(body)? {
                Some(text) => Ok(Some(text)),
                None => Err(CliError::Daemon("a text of it was wiped: it is allowed or denied whole".to_owned())),
            },
        }
    };
    let mut pieces = Vec::new();
    for change in &step.changes {
        let patch = text(&change.patch)?;
        let (old, new) = (text(&change.old)?, text(&change.new)?);
        let of_it = Piece::of(&change.path, change.fragment, old, new, patch.as_deref());
        pieces.extend(of_it.into_iter().map(|piece| piece.moving(change.moved_to.as_deref())));
    }
    Ok(pieces)
}
