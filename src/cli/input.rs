//! A text that a command is given: as it stands, from a file, or from stdin; bounded, and JSON where it must be.

use super::{CliError, words};
use crate::text::human;
use std::fs::File;
use std::io::Read;

/// More than this is not taken: as one message to the hub it would be longer than any that a hub reads.
const MOST: u64 = 2 << 20;

/// JSON, given as itself or as `@FILE`.
///
/// # Errors
/// One sentence: it can't be read, is too long, or is no JSON.
pub(super) fn json(option: &str, given: &str) -> Result<String, CliError> {
    let (text, name) = match given.strip_prefix('@') {
        None => (bounded(given.as_bytes(), option)?, option.to_owned()),
        Some("-") => (bounded(std::io::stdin().lock(), "stdin")?, "stdin".to_owned()),
        Some(path) => {
            let file = File::open(path).map_err(|error| unreadable(path, &error))?;
            (bounded(file, path)?, path.to_owned())
        }
    };
    match serde_json::from_str::<serde::de::IgnoredAny>(&text) {
        Ok(_) => Ok(text),
        Err(error) => Err(fault(format!(
            "{name} is no JSON ({error}): give the whole arguments, as `taut show REQUEST --json` has them under step.args"
        ))),
    }
}

fn bounded(from: impl Read, name: &str) -> Result<String, CliError> {
    let mut bytes = Vec::new();
    from.take(MOST + 1).read_to_end(&mut bytes).map_err(|error| unreadable(name, &error))?;
    if bytes.len() as u64 > MOST {
        return Err(fault(format!(
            "{name} holds more than {}, which no request is edited to: deny it with a reason, and let the agent write less",
            human::bytes(MOST)
        )));
    }
    String::from_utf8(bytes).map_err(|_| fault(format!("{name} is not UTF-8 text: write it as JSON in UTF-8")))
}

fn unreadable(name: &str, error: &std::io::Error) -> CliError {
    fault(format!("{name} can't be read ({}): give JSON, or @ and a file that holds it", words::os(error)))
}

fn fault(what: String) -> CliError {
    CliError::Daemon(what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_taken_as_it_stands_and_anything_else_is_said() {
        assert_eq!(json("--input", r#"{"a": 1.50}"#).unwrap(), r#"{"a": 1.50}"#);
        let why = |given: &str| json("--input", given).unwrap_err().to_string();
        assert!(why("{").contains("--input is no JSON") && why("{").contains("line 1"), "{}", why("{"));
        assert!(why("@/nowhere/at/all").contains("/nowhere/at/all can't be read"));
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| format!("@{}", folder.path().join(name).display());
        std::fs::write(folder.path().join("long"), format!("\"{}\"", "x".repeat(3 << 20))).unwrap();
        assert!(why(&at("long")).contains("holds more than"), "{}", why(&at("long")));
        std::fs::write(folder.path().join("binary"), [b'"', 0xff, b'"']).unwrap();
        assert!(why(&at("binary")).contains("not UTF-8"));
        std::fs::write(folder.path().join("good"), "[1]").unwrap();
        assert_eq!(json("--input", &at("good")).unwrap(), "[1]");
    }
}
