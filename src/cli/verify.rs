//! `taut verify`: the whole log checked against its hashes.

use super::args::Verify;
use super::setup::Setup;
use super::{CliError, find};
use crate::domain::Digest;
use crate::store;
use std::process::ExitCode;

/// Checks the log. Exit code 1 where anything is not as it was written.
///
/// # Errors
/// The log can't be read at all.
pub(super) fn verify(setup: &Setup, args: &Verify) -> Result<ExitCode, CliError> {
    let reader = setup.reader()?;
    let session = match &args.session {
        Some(given) => Some(find::session(&setup.state(&reader)?, given)?),
        None => None,
    };
    let head: Option<Digest> = match &args.head {
        Some(text) => {
            // The head file holds the place and the hash: either form is taken.
            let hash = text.split_whitespace().last().unwrap_or_default();
            Some(hash.parse().map_err(|_| CliError::Head(text.clone()))?)
        }
        None => None,
    };
    let verified = store::verify(&reader, session, head)?;
    println!(
        "{} records, {} long texts, {} purged; head {}",
        verified.records, verified.bodies, verified.purged, verified.head
    );
    for fault in &verified.faults {
        println!("✗ {fault}");
    }
    if verified.is_sound() {
        println!(
            "✓ every record is as it was written (damage and casual edits would show; an owner who rehashes would not)"
        );
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}
