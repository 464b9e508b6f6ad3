//! JSON on stdout: one object a line.

use super::CliError;
use serde::Serialize;
use std::io::{self, Write};

/// Writes one object as a line. A reader that has gone away is a normal ending.
///
/// # Errors
/// Stdout can't be written.
pub(super) fn line(out: &mut impl Write, value: &impl Serialize) -> Result<(), CliError> {
    let text = serde_json::to_string(value).map_err(io::Error::other)?;
    text_line(out, &text)
}

/// Writes a line of text.
///
/// # Errors
/// Stdout can't be written.
pub(super) fn text_line(out: &mut impl Write, text: &str) -> Result<(), CliError> {
    match writeln!(out, "{text}") {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}
