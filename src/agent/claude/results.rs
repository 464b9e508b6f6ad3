//! Messages of the user's side: what comes back of calls, and what Claude says to its model in the user's name.

use super::calls::{End, How};
use super::out::Out;
use super::{Claude, look};
use crate::domain::{CallId, Event, FileChange, LaneId, Notice, Speaker, Text};
use serde_json::Value;

impl Claude {
    /// `user`: results of calls; prompts of subagents; what a command of the agent printed; a summary after a compaction.
    pub(super) fn user(&mut self, out: &mut Out, lane: LaneId, message: &Value, raw: &str) {
        let content = message.get("message").and_then(|inner| inner.get("content")).unwrap_or(&Value::Null);
        match content {
            Value::String(text) => self.user_text(out, lane, text),
            Value::Array(blocks) => {
                for block in blocks {
                    match look::text(block, "type") {
                        Some("tool_result") => self.returned(out, lane, block, message, raw),
                        Some("text") => self.user_text(out, lane, look::text(block, "text").unwrap_or_default()),
                        Some(kind) => {
                            out.event(lane, Event::Attached { who: Speaker::User, what: look::cut(kind).into() });
                        }
                        None => out.unrecognised(lane, "a part of a message", raw),
                    }
                }
            }
            _ => out.unrecognised(lane, "a message without content", raw),
        }
    }

    fn user_text(&mut self, out: &mut Out, lane: LaneId, text: &str) {
        if std::mem::take(&mut self.summary_follows) {
            let message = Some("compaction".to_owned());
            return out.event(lane, Event::Said { who: Speaker::Thought, message, text: text.into() });
        }
        let printed = ["stdout", "stderr"].iter().find_map(|name| {
            let inner = text.trim().strip_prefix(&format!("<local-command-{name}>"))?;
            inner.strip_suffix(&format!("</local-command-{name}>"))
        });
        if let Some(printed) = printed {
            return out.note(lane, Notice::Info, printed);
        }
        if self.is_cancelled() && text.starts_with("[Request interrupted by user") {
            // Told by the end of the turn.
            return;
        }
        if lane == LaneId::ROOT {
            // In the user's name, but not by the user: those prompts are on record already.
            return out.note(lane, Notice::Info, text);
        }
        out.event(lane, Event::Said { who: Speaker::User, message: None, text: text.into() });
    }

    fn returned(&mut self, out: &mut Out, lane: LaneId, block: &Value, message: &Value, raw: &str) {
        let Some(id) = look::owned(block, "tool_use_id").map(CallId) else {
            return out.unrecognised(lane, "a result of no call", raw);
        };
        let told = message.get("tool_use_result").unwrap_or(&Value::Null);
        let is_error = block.get("is_error") == Some(&Value::Bool(true));
        let text = text_of(block.get("content").unwrap_or(&Value::Null));
        let behind = told.get("backgroundTaskId").is_some_and(|task| !task.is_null())
            || told.get("isAsync") == Some(&Value::Bool(true))
            || look::text(told, "status") == Some("async_launched");
        let stopped = told.get("interrupted") == Some(&Value::Bool(true));
        let tool = self.calls.tool(&id).unwrap_or_default().to_owned();
        let runs_commands = matches!(tool.as_str(), "Bash" | "PowerShell");
        let meta = look::list(message, "tool_result_meta").iter().find(|it| look::text(it, "id") == Some(&id.0));
        let not_run = meta.is_some_and(|meta| meta.get("non_execution_kind").is_some_and(|kind| !kind.is_null()));
        self.gate.withdraw_call(out, &id);
        self.gate.settled(&id, text.as_deref().unwrap_or_default());
        let end = End {
            how: match (is_error || stopped, behind) {
                (true, _) => How::Badly,
                (false, true) => How::Behind,
                (false, false) => How::Well,
            },
            refused: is_error && (not_run || text.as_deref().is_some_and(|text| text.starts_with("<tool_use_error>"))),
            exit: exit_of(text.as_deref(), is_error, behind).filter(|_| runs_commands),
            changes: changes(told),
            text,
        };
        if let Some(input) = self.calls.ended(out, &id, lane, end) {
            self.plan.done(out, lane, &tool, &input, told);
        }
        if !behind {
            self.lanes.end_call(out, &id);
        }
    }
}

fn text_of(content: &Value) -> Option<String> {
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
        }
    };
    look::list(told, "structuredPatch").iter().map(piece).collect()
}
