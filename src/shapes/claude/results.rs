//! What comes back of a call, as Claude Code writes it: in its stream and in its transcripts.

use crate::domain::{FileChange, Text};
use crate::shapes::look;
use serde_json::Value;

/// How a call came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Well.
    Well,
    /// With an error.
    Badly,
    /// It goes on behind.
    Behind,
}

/// What came back of a call.
#[derive(Debug)]
pub struct End {
    /// How.
    pub how: How,
    /// Something of it goes on behind, however it came back.
    pub goes_on: bool,
    /// The agent would not run it.
    pub refused: bool,
    /// Its output.
    pub text: Option<String>,
    /// The exit code, of a command.
    pub exit: Option<i32>,
    /// What it really changed.
    pub changes: Vec<FileChange>,
}

impl End {
    /// Reads a `tool_result` block of a call of this tool, and what Claude tells of it beside: `told`. `not_run` where it
    /// says that the call never ran.
    #[must_use]
    pub fn of(tool: &str, block: &Value, told: &Value, not_run: bool) -> Self {
        let is_error = block.get("is_error") == Some(&Value::Bool(true));
        let text = text_of(block.get("content").unwrap_or(&Value::Null));
        let behind = told.get("backgroundTaskId").is_some_and(|task| !task.is_null())
            || told.get("isAsync") == Some(&Value::Bool(true))
            || look::text(told, "status") == Some("async_launched");
        let stopped = told.get("interrupted") == Some(&Value::Bool(true));
        let runs_commands = matches!(tool, "Bash" | "PowerShell");
        Self {
            how: match (is_error || stopped, behind) {
                (true, _) => How::Badly,
                (false, true) => How::Behind,
                (false, false) => How::Well,
            },
            goes_on: behind,
            refused: is_error && (not_run || text.as_deref().is_some_and(|text| text.starts_with("<tool_use_error>"))),
            exit: exit_of(text.as_deref(), is_error, behind).filter(|_| runs_commands),
            changes: changes(told),
            text,
        }
    }
}

/// The text of a result.
#[must_use]
pub fn text_of(content: &Value) -> Option<String> {
    match content {
        Value::String(text) => Some(text.clone()),
        Value::Array(parts) => {
            let part = |part: &Value| match look::text(part, "type") {
                Some("text") => look::owned(part, "text"),
                Some(kind) => Some(format!("[{kind}]")),
                None => None,
            };
            Some(parts.iter().filter_map(part).collect::<Vec<_>>().join("\n"))
        }
        _ => None,
    }
}

/// The exit code of a command: Claude says it in words where it is not 0.
fn exit_of(text: Option<&str>, is_error: bool, behind: bool) -> Option<i32> {
    match (is_error, behind) {
        (false, false) => Some(0),
        (true, _) => {
            let (_, rest) = text?.split_once("Exit code ")?;
            rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
        }
        (false, true) => None,
    }
}

/// What an edit really changed: its pieces with their lines.
fn changes(told: &Value) -> Vec<FileChange> {
    let Some(path) = look::owned(told, "filePath") else { return Vec::new() };
    let piece = |hunk: &Value| {
        let line = hunk.get("newStart").and_then(look::count).and_then(|line| u32::try_from(line).ok());
        let side = |but: char| -> String {
            let lines = look::list(hunk, "lines").iter().filter_map(Value::as_str);
            let kept = lines.filter(|line| !line.starts_with([but, '\\']));
            kept.flat_map(|line| [line.get(1..).unwrap_or_default(), "\n"]).collect()
        };
        FileChange {
            path: path.clone(),
            old: Some(Text::from(side('+'))),
            new: Some(Text::from(side('-'))),
            fragment: true,
            line,
            patch: None,
            moved_to: None,
        }
    };
    look::list(told, "structuredPatch").iter().map(piece).collect()
}
