//! Stdout: lines with nothing hidden in them, JSON with one object a line. A reader that has gone away ends a command
//! silently.

use super::CliError;
use crate::text;
use serde::Serialize;
use std::fmt::Write as _;
use std::io::{self, BufWriter, StdoutLock, Write};
use std::process::ExitCode;

/// Stdout, buffered; or a text.
pub(super) struct Out {
    to: To,
}

enum To {
    Stdout(BufWriter<StdoutLock<'static>>),
    /// At most so many bytes.
    Text(Vec<u8>, usize),
}

impl Write for To {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(out) => out.write(bytes),
            Self::Text(text, most) if text.len() + bytes.len() > *most => Err(io::ErrorKind::FileTooLarge.into()),
            Self::Text(text, _) => text.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(out) => out.flush(),
            Self::Text(..) => Ok(()),
        }
    }
}

impl Out {
    /// Takes stdout.
    #[must_use]
    pub(super) fn new() -> Self {
        Self { to: To::Stdout(BufWriter::new(io::stdout().lock())) }
    }

    /// Gathers a text of at most so many bytes.
    #[must_use]
    pub(super) fn text(most: usize) -> Self {
        Self { to: To::Text(Vec::new(), most) }
    }

    /// The text that was gathered.
    #[must_use]
    pub(super) fn gathered(self) -> String {
        match self.to {
            To::Stdout(_) => String::new(),
            To::Text(text, _) => String::from_utf8_lossy(&text).into_owned(),
        }
    }

    /// Writes a line; what is hidden or odd in it becomes a mark.
    ///
    /// # Errors
    /// Stdout can't be written, or nobody reads it any more.
    pub(super) fn line(&mut self, line: &str) -> Result<(), CliError> {
        self.drawn(&text::visible(line).text)
    }

    /// Writes a fact: its label, and its value, whose further lines stand below the first.
    ///
    /// # Errors
    /// As for [`Out::line`].
    pub(super) fn fact(&mut self, label: &str, value: &str) -> Result<(), CliError> {
        const LABEL: usize = 10;
        let mut label = label;
        for line in value.split('\n') {
            self.line(format!("{}{line}", text::pad_end(label, LABEL)).trim_end())?;
            label = "";
        }
        Ok(())
    }

    /// Writes a line of a frame, in which nothing is hidden already.
    ///
    /// # Errors
    /// As for [`Out::line`].
    pub(super) fn drawn(&mut self, line: &str) -> Result<(), CliError> {
        Ok(writeln!(self.to, "{line}")?)
    }

    /// Writes bytes as they are: for a pipe or a file, never for a terminal.
    ///
    /// # Errors
    /// As for [`Out::line`].
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Result<(), CliError> {
        Ok(self.to.write_all(bytes)?)
    }

    /// Writes one object as a line.
    ///
    /// # Errors
    /// As for [`Out::line`].
    pub(super) fn json(&mut self, value: &impl Serialize) -> Result<(), CliError> {
        let text = serde_json::to_string(value).map_err(io::Error::other)?;
        self.drawn(&escaped(text))
    }

    /// What was written so far is on its way.
    ///
    /// # Errors
    /// As for [`Out::line`].
    pub(super) fn flush(&mut self) -> Result<(), CliError> {
        Ok(self.to.flush()?)
    }

    /// Ends the output.
    ///
    /// # Errors
    /// As for [`Out::line`].
    pub(super) fn done(mut self) -> Result<ExitCode, CliError> {
        self.to.flush()?;
        Ok(ExitCode::SUCCESS)
    }
}

/// JSON in which what a terminal might act on, or not show, is written as `\u`. Such characters stand in strings only.
fn escaped(json: String) -> String {
    if !json.chars().any(is_hidden) {
        return json;
    }
    let mut out = String::with_capacity(json.len() + 64);
    for c in json.chars() {
        if is_hidden(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing into a String can't fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_carries_nothing_that_a_terminal_acts_on_and_says_the_same() {
        let hostile = "a\u{1b}]52;c;x\u{7}\u{9b}2J\u{202e}b\u{e0041}ü😀";
        let json = escaped(serde_json::to_string(hostile).unwrap());
        assert!(!json.chars().any(is_hidden), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), hostile);
    }
}
