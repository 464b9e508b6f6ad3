//! What comes back of a call, as Codex writes it for its model: some words about the end, then the output.

use crate::shapes::look;
use serde_json::Value;

/// What came back of a call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Came {
    /// Its output, without the words around it.
    pub text: String,
    /// The exit code, of a command.
    pub exit: Option<i32>,
    /// It goes on behind: the name by which it can be spoken to.
    pub behind: Option<String>,
    /// A human would not have it run.
    pub refused: bool,
    /// It was interrupted, or never answered.
    pub stopped: bool,
    /// It says itself that it failed.
    pub failed: bool,
}

/// Reads the `output` of a call: text, parts, or text with whether it went well.
#[must_use]
pub fn came(output: &Value) -> Came {
    match output {
        Value::String(text) => of_text(text),
        Value::Array(parts) => {
            let texts: Vec<String> = parts.iter().filter_map(part).collect();
            // The first part of a script's result is about its end.
            match texts.split_first() {
                Some((first, rest)) if !rest.is_empty() && first.trim_end().ends_with("Output:") => {
                    Came { text: rest.join("\n"), ..of_text(first) }
                }
                _ => of_text(&texts.join("\n")),
            }
        }
        Value::Object(_) => {
            let text = output.get("content").or_else(|| output.get("text")).unwrap_or(&Value::Null);
            let inner = came(text);
            Came { failed: inner.failed || output.get("success") == Some(&Value::Bool(false)), ..inner }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => Came::default(),
    }
}

fn part(part: &Value) -> Option<String> {
    match look::text(part, "text") {
        Some(text) => Some(text.to_owned()),
        None => Some(format!("[{}]", look::text(part, "type")?)),
    }
}

fn of_text(text: &str) -> Came {
    if let Some(came) = old(text) {
        return came;
    }
    let refused = text.contains("rejected by user")
        && ["patch rejected", "exec_command failed", "exec command rejected", "rejected by user"]
            .iter()
            .any(|begin| text.starts_with(begin));
    let plain = || Came { text: text.to_owned(), refused, failed: is_failure(text), ..Came::default() };
    let is_head = |line: &str| {
        ["Command: ", "Chunk ID: ", "Wall time", "Process ", "Exit code: ", "Script "]
            .iter()
            .any(|begin| line.starts_with(begin))
    };
    if text.starts_with("aborted") && text.len() < 80 {
        return Came { stopped: true, ..plain() };
    }
    if !text.lines().next().is_some_and(is_head) {
        return plain();
    }
    let (head, rest) = match text.split_once("\nOutput:") {
        Some((head, rest)) => (head, rest.strip_prefix('\n').unwrap_or(rest)),
        None if text.trim_end().ends_with("aborted by user") => {
            return Came { text: "aborted by user".to_owned(), stopped: true, ..Came::default() };
        }
        None => return plain(),
    };
    let after = |begin: &str| head.lines().find_map(|line| line.strip_prefix(begin)).map(str::trim);
    Came {
        text: rest.to_owned(),
        exit: after("Process exited with code ").or_else(|| after("Exit code: ")).and_then(|code| code.parse().ok()),
        behind: after("Process running with session ID ").map(str::to_owned),
        ..Came::default()
    }
}

fn is_failure(text: &str) -> bool {
    ["unsupported call", "failed to ", "execution error", "exec_command failed", "write_stdin failed"]
        .iter()
        .any(|begin| text.starts_with(begin))
}

/// As older versions write it: JSON in a text.
fn old(text: &str) -> Option<Came> {
    let value: Value = text.starts_with("{\"output\"").then(|| serde_json::from_str(text).ok()).flatten()?;
    let exit = look::at(&value, &["metadata", "exit_code"])?.as_i64().and_then(|code| i32::try_from(code).ok());
    let text = look::text(&value, "output")?.to_owned();
    Some(Came { text, exit, ..Came::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_words_about_the_end_are_read_and_the_output_stands_alone() {
        let said = |text: &str| Came { text: text.to_owned(), ..Came::default() };
        for (output, expected) in [
            (
                json!(
                    "Command: /bin/zsh -lc \"a\nb\"\nChunk ID: 1\nWall time: 0.1 seconds\nProcess exited with code 3\nOriginal token count: 1\nOutput:\nno\nOutput:\n"
                ),
                Came { exit: Some(3), ..said("no\nOutput:\n") },
            ),
            (
                json!("Chunk ID: 1\nProcess running with session ID 7\nOutput:\n$ "),
                Came { behind: Some("7".into()), ..said("$ ") },
            ),
            (
                json!("Exit code: 0\nWall time: 0 seconds\nOutput:\nSuccess."),
                Came { exit: Some(0), ..said("Success.") },
            ),
            (json!("{\"output\":\"hi\\n\",\"metadata\":{\"exit_code\":1}}"), Came { exit: Some(1), ..said("hi\n") }),
            (json!("Wall time: 0.5 seconds\naborted by user"), Came { stopped: true, ..said("aborted by user") }),
            (json!("patch rejected by user"), Came { refused: true, ..said("patch rejected by user") }),
            (json!("the text says: rejected by user"), said("the text says: rejected by user")),
            (json!({"content": "no", "success": false}), Came { failed: true, ..said("no") }),
            (json!([{"type": "input_text", "text": "a"}, {"type": "input_image"}]), said("a\n[input_image]")),
            (json!(7), Came::default()),
        ] {
            assert_eq!(came(&output), expected, "{output}");
        }
    }
}
