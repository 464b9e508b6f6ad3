//! `taut verify`: the whole log checked against its hashes.

use super::args::Verify;
use super::out::Out;
use super::setup::Setup;
use super::{CliError, find, words};
use crate::domain::Digest;
use crate::store;
use std::process::ExitCode;

/// Checks the log: every fault is a line, and then an error.
///
/// # Errors
/// The log can't be read at all, or something in it is not as it was written.
pub(super) fn verify(setup: &Setup, args: &Verify) -> Result<ExitCode, CliError> {
    let reader = setup.reader()?;
    let session = args.session.as_ref().map(|given| find::session(&reader, given)).transpose()?;
    let verified = store::verify(&reader, session, args.head)?;
    let mut out = Out::new();
    let of = session.map(|id| format!(" of {id}")).unwrap_or_default();
    let many = |count: u64, thing: &str| words::counted(usize::try_from(count).unwrap_or(usize::MAX), thing);
    out.fact("records", &format!("{}{of}", many(verified.records, "record")))?;
    out.fact("texts", &format!("{}, {} purged", many(verified.bodies, "long text"), verified.purged))?;
    out.fact("head", &verified.head.to_string())?;
    for fault in &verified.faults {
        out.fact("fault", &fault.to_string())?;
    }
    if verified.more > 0 {
        out.fact("", &format!("and {}", many(verified.more, "more fault")))?;
    }
    if !verified.is_sound() {
        drop(out.done());
        let faults = many(verified.faults.len() as u64 + verified.more, "fault");
        return Err(CliError::Unsound { state: setup.places.state.clone(), faults });
    }
    let kept = if args.head.is_some() { ", and the head you kept is in it" } else { "" };
    out.fact("sound", &format!("every record is as it was written{kept}"))?;
    out.fact("", "this shows damage and casual edits; who rehashes the whole log is found by a head kept elsewhere")?;
    out.done()
}

/// Reads the digest of a request.
///
/// # Errors
/// It is none.
pub(super) fn digest(text: &str) -> Result<Digest, String> {
    text.parse().map_err(|_| {
        "a digest is 64 hex digits: `taut queue --json` and `taut show REQUEST` tell that of a request".to_owned()
    })
}

/// Reads a head: the hash of a record, or what the file `head` says.
///
/// # Errors
/// It is neither.
pub(super) fn head(text: &str) -> Result<Digest, String> {
    let hash = text.split_whitespace().last().unwrap_or_default();
    hash.parse().map_err(|_| "a head is the 64 hex digits of a record's hash, as in the file `head`".to_owned())
}
