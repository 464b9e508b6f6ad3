//! What one message says about a call, read from any object: an update, or the `toolCall` of a question.

use super::changes::Diff;
use super::{content, look};
use crate::domain::{CallId, CallStatus, Impact, Place};
use serde_json::Value;

/// What one message says about a call. What it leaves out is `None`.
#[derive(Debug, Default)]
pub(super) struct News {
    /// It comes with a question, whose word for a call is often poorer than the call's own (acp.md, 8).
    pub(super) asked: bool,
    /// The tool's own name.
    pub(super) tool: Option<String>,
    /// The title.
    pub(super) title: Option<String>,
    /// The kind, as far as it says something.
    pub(super) kind: Option<Impact>,
    /// The status.
    pub(super) status: Option<CallStatus>,
    /// The arguments.
    pub(super) args: Option<Value>,
    /// The content: stands instead of what was there.
    pub(super) content: Option<Content>,
    /// The files it speaks of.
    pub(super) places: Vec<Place>,
    /// The output in the tool's own form.
    pub(super) raw_output: Option<Value>,
    /// What a terminal of the agent's own wrote.
    pub(super) terminal: Vec<String>,
    /// The exit code of that terminal.
    pub(super) exit: Option<i32>,
    /// The folder that it runs in.
    pub(super) cwd: Option<String>,
    /// The agent marked itself as one that sends whole files.
    pub(super) whole_files: bool,
    /// The call that this one belongs to.
    pub(super) parent: Option<CallId>,
}

/// The content of a call at one moment.
#[derive(Debug, Default)]
pub(super) struct Content {
    /// Its texts, and words for what is no text.
    pub(super) text: String,
    /// Its diffs.
    pub(super) diffs: Vec<Diff>,
}

impl News {
    /// Reads what is there; what is odd is as good as left out.
    pub(super) fn read(value: &Value) -> Self {
        let meta = value.get("_meta").unwrap_or(&Value::Null);
        let exit = look::at(meta, &["terminal_exit", "exit_code"]).and_then(Value::as_i64);
        Self {
            asked: false,
            tool: tool_name(value, meta),
            title: look::owned(value, "title"),
            kind: look::text(value, "kind").and_then(impact),
            status: look::text(value, "status").and_then(status),
            args: value.get("rawInput").filter(|args| !args.is_null()).cloned(),
            content: value.get("content").filter(|content| !content.is_null()).map(Content::read),
            places: look::list(value, "locations").iter().filter_map(place).collect(),
            raw_output: value.get("rawOutput").filter(|raw| !raw.is_null()).cloned(),
            terminal: ["terminal_output", "terminal_output_delta"]
                .iter()
                .filter_map(|key| look::at(meta, &[key, "data"])?.as_str().map(str::to_owned))
                .collect(),
            exit: exit.and_then(|code| i32::try_from(code).ok()),
            cwd: look::at(meta, &["terminal_info", "cwd"]).and_then(Value::as_str).map(str::to_owned),
            whole_files: meta.get("goose").is_some(),
            parent: parent(meta),
        }
    }

    /// Reads the `toolCall` of a question.
    pub(super) fn asked(value: &Value) -> Self {
        Self { asked: true, ..Self::read(value) }
    }

    /// The files that it is about.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        let diffs = self.content.iter().flat_map(|content| &content.diffs).map(Diff::path);
        self.places.iter().map(|place| place.path.as_str()).chain(diffs)
    }

    /// Whether it says more than words: arguments, or a diff.
    pub(super) fn has_payload(&self) -> bool {
        self.args.is_some() || self.content.as_ref().is_some_and(|content| !content.diffs.is_empty())
    }
}

impl Content {
    fn read(content: &Value) -> Self {
        let mut read = Self::default();
        let blocks = content.as_array().map_or(std::slice::from_ref(content), Vec::as_slice);
        for block in blocks {
            match look::text(block, "type") {
                Some("diff") => read.diffs.push(Diff::read(block)),
                // The terminal's output comes by `_meta`, or not at all (acp.md, 15).
                Some("terminal") => {}
                Some("content") => read.add(block.get("content").unwrap_or(&Value::Null)),
                Some(_) | None => read.add(block),
            }
        }
        read
    }

    fn add(&mut self, block: &Value) {
        let piece = match content::read(block) {
            content::Piece::Text(text) => text,
            content::Piece::Thing(what) => format!("[{what}]"),
            content::Piece::Odd => format!("[{}]", look::cut(&look::canonical(block))),
        };
        if !self.text.is_empty() && !self.text.ends_with('\n') && !piece.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(&piece);
    }
}

fn tool_name(value: &Value, meta: &Value) -> Option<String> {
    let named = look::owned(value, "name");
    let by_meta = || -> Option<String> {
        let paths: [&[&str]; 3] = [&["claudeCode", "toolName"], &["goose", "toolCall", "toolName"], &["toolName"]];
        paths.iter().find_map(|path| look::at(meta, path)?.as_str().map(str::to_owned))
    };
    named.or_else(by_meta)
}

/// The call that a message belongs to: its own agent's word for it, one level down in `_meta` or at its top.
pub(super) fn parent(meta: &Value) -> Option<CallId> {
    const KEYS: [&str; 4] = ["parentToolUseId", "parent_tool_use_id", "parentToolCallId", "parent_tool_call_id"];
    let vendors = meta.as_object()?.values();
    let id = std::iter::once(meta).chain(vendors).find_map(|place| look::first_text(place, &KEYS))?;
    (!id.is_empty()).then(|| CallId(id.to_owned()))
}

/// `other` says nothing, and so do kinds that we do not know.
fn impact(kind: &str) -> Option<Impact> {
    match kind {
        "read" | "search" => Some(Impact::Read),
        "think" | "switch_mode" => Some(Impact::Think),
        "edit" => Some(Impact::Edit),
        "delete" => Some(Impact::Delete),
        "move" => Some(Impact::Move),
        "execute" => Some(Impact::Execute),
        "fetch" => Some(Impact::Fetch),
        _ => None,
    }
}

fn status(word: &str) -> Option<CallStatus> {
    match word {
        "pending" => Some(CallStatus::Pending),
        "in_progress" | "running" => Some(CallStatus::Running),
        "completed" | "done" => Some(CallStatus::Done),
        "failed" | "error" | "cancelled" | "canceled" | "rejected" => Some(CallStatus::Failed),
        _ => None,
    }
}

fn place(value: &Value) -> Option<Place> {
    let line = value.get("line").and_then(look::count).and_then(|line| u32::try_from(line).ok());
    Some(Place { path: look::owned(value, "path")?, line })
}
