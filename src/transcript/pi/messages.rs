//! Messages: of the human, the model, and what came back of its calls.

use super::Session;
use crate::domain::{CallId, CallPatch, CallStatus, Event, LaneId, Notice, Speaker, Stop, Tokens};
use crate::shapes::{look, tools};
use crate::transcript::Out;
use crate::transcript::fields::Fields;
use crate::transcript::key::key;
use serde_json::{Value, json};

impl Session {
    pub(super) fn message(&mut self, out: &mut Out, entry: &Fields<'_>, message: &Value, raw: &str) {
        let text = |key: &str| look::text(message, key).unwrap_or_default();
        match look::text(message, "role") {
            Some("user") => {
                self.goes_back(out, entry);
                self.user(out, message.get("content").unwrap_or(&Value::Null));
            }
            Some("assistant") => self.model_says(out, entry, message),
            Some("toolResult") => self.result(out, message),
            Some("bashExecution") => self.typed(out, message),
            Some("custom" | "hookMessage") => {
                let said = self::text(message.get("content").unwrap_or(&Value::Null));
                let from = text("customType");
                out.note(LaneId::ROOT, Notice::Info, format!("put into the context by {from}: {said}"));
            }
            Some("branchSummary" | "compactionSummary") => {
                out.note(LaneId::ROOT, Notice::Info, format!("told to the model: {}", text("summary")));
            }
            Some(role) => out.unrecognised(LaneId::ROOT, format!("a message of {}", look::cut(role)), raw),
            None => out.unrecognised(LaneId::ROOT, "a message of nobody", raw),
        }
    }

    fn user(&mut self, out: &mut Out, content: &Value) {
        let others = others(content);
        let said = text(content);
        let said = if said.is_empty() { format!("({})", others.join("; ")) } else { said };
        self.talk.prompt(out, said, None);
        for what in others {
            out.event(LaneId::ROOT, Event::Attached { who: Speaker::User, what: what.into() });
        }
    }

    fn model_says(&mut self, out: &mut Out, entry: &Fields<'_>, message: &Value) {
        self.talk.works(out);
        let owned = |key: &str| look::owned(message, key);
        self.model(out, owned("model"));
        let id = entry.owned("id").or_else(|| owned("responseId"));
        let content = message.get("content").unwrap_or(&Value::Null);
        let whole = content.as_str().map(|text| json!([{"type": "text", "text": text}]));
        for (number, block) in whole.as_ref().unwrap_or(content).as_array().into_iter().flatten().enumerate() {
            let part = id.as_ref().map(|id| format!("{id}/{number}"));
            let mut said = |who, key: &str| {
                let text = look::text(block, key).unwrap_or_default();
                out.said(LaneId::ROOT, who, part.as_deref(), text);
            };
            match look::text(block, "type") {
                Some("text") => said(Speaker::Agent, "text"),
                Some("thinking") => said(Speaker::Thought, "thinking"),
                Some("toolCall") => self.call(out, block),
                kind => {
                    let kind = format!("a part of the kind {}", look::cut(kind.unwrap_or("that is not said")));
                    out.unrecognised(LaneId::ROOT, kind, &block.to_string());
                }
            }
        }
        let usage = message.get("usage").unwrap_or(&Value::Null);
        self.spent(usage, id.as_deref());
        let carried = self::spent(usage).map(|tokens| {
            [tokens.input, tokens.output, tokens.cache_read, tokens.cache_write].iter().flatten().sum::<u64>()
        });
        self.talk.carries(out, carried, None);
        let error = owned("errorMessage").unwrap_or_default();
        match look::text(message, "stopReason") {
            Some("stop") => self.talk.stops(Some(Stop::EndTurn)),
            Some("length") => self.talk.stops(Some(Stop::MaxTokens)),
            Some("error") => {
                out.note(LaneId::ROOT, Notice::Error, &error);
                self.talk.stops(Some(Stop::Error(0, look::cut(&error))));
            }
            Some("aborted") => self.talk.interrupted(out),
            _ => self.talk.stops(None),
        }
    }

    fn call(&mut self, out: &mut Out, block: &Value) {
        let id = CallId(look::owned(block, "id").unwrap_or_else(|| "a call without its id".to_owned()));
        let args = block.get("arguments").unwrap_or(&Value::Null);
        let tool = look::text(block, "name").filter(|name| !name.is_empty()).unwrap_or("a tool");
        let is_new = self.talk.call(&id).is_none();
        self.talk.proposed(out, LaneId::ROOT, &id, tools::known(tool, args, None));
        if let Some(items) = tools::plan(args).filter(|_| is_new) {
            out.event(LaneId::ROOT, Event::Planned { items });
        }
    }

    fn result(&mut self, out: &mut Out, message: &Value) {
        let id = CallId(look::owned(message, "toolCallId").unwrap_or_else(|| "a call without its id".to_owned()));
        let content = message.get("content").unwrap_or(&Value::Null);
        let said = text(content);
        let failed = message.get("isError") == Some(&Value::Bool(true));
        let exit = exit(&said).filter(|_| failed && look::text(message, "toolName") == Some("bash"));
        let status = if failed { CallStatus::Failed } else { CallStatus::Done };
        let tool = look::owned(message, "toolName");
        let told = self.talk.call(&id).and_then(|call| call.tool.clone());
        let patch = CallPatch { status: Some(status), exit, tool: told.or(tool), ..CallPatch::default() };
        self.talk.came_back(out, LaneId::ROOT, &id, said, patch);
        for what in others(content) {
            out.event(LaneId::ROOT, Event::Attached { who: Speaker::Agent, what: what.into() });
        }
        self.spent(message.get("usage").unwrap_or(&Value::Null), None);
    }

    /// A command that its human ran there.
    fn typed(&mut self, out: &mut Out, message: &Value) {
        self.typed += 1;
        let id = CallId(format!("typed {}", self.typed));
        let command = look::text(message, "command").unwrap_or_default();
        let known = tools::known("bash", &json!({"command": command}), Some(&format!("typed by its human: {command}")));
        self.talk.proposed(out, LaneId::ROOT, &id, known);
        let code = message.get("exitCode").and_then(Value::as_i64).and_then(|code| i32::try_from(code).ok());
        let status = match code {
            _ if message.get("cancelled") == Some(&Value::Bool(true)) => CallStatus::Failed,
            Some(0) | None => CallStatus::Done,
            Some(_) => CallStatus::Failed,
        };
        let output = look::text(message, "output").unwrap_or_default().to_owned();
        let patch = CallPatch { status: Some(status), exit: code, ..CallPatch::default() };
        self.talk.came_back(out, LaneId::ROOT, &id, output, patch);
    }

    pub(super) fn spent(&mut self, usage: &Value, id: Option<&str>) {
        if let Some(tokens) = spent(usage) {
            self.talk.spent(id.map(key), tokens);
        }
        let cost = usage.get("cost").unwrap_or(&Value::Null);
        if let Some(dollars) = cost.get("total").unwrap_or(cost).as_f64() {
            self.talk.costs(dollars);
        }
    }
}

/// What a message spent. What came from a cache stands beside what was read fresh.
fn spent(usage: &Value) -> Option<Tokens> {
    let count = |key: &str| usage.get(key).and_then(look::count);
    count("input").or(count("output"))?;
    Some(Tokens {
        input: count("input"),
        output: count("output"),
        cache_read: count("cacheRead"),
        cache_write: count("cacheWrite"),
        thought: count("reasoning"),
        cumulative: false,
    })
}

/// The words of a content.
pub(super) fn text(content: &Value) -> String {
    if let Some(text) = content.as_str() {
        return text.to_owned();
    }
    let texts = content.as_array().into_iter().flatten().filter_map(|block| look::text(block, "text"));
    texts.collect::<Vec<_>>().join("\n")
}

/// What else stands in it.
fn others(content: &Value) -> Vec<String> {
    let other = |block: &Value| {
        let kind = look::text(block, "type").filter(|kind| *kind != "text")?;
        let kind = look::text(block, "mimeType").unwrap_or(kind);
        let bytes = look::text(block, "data").map(|data| look::size(data.len() / 4 * 3)).unwrap_or_default();
        Some(look::cut(format!("{kind} {bytes}").trim_end()))
    };
    content.as_array().into_iter().flatten().filter_map(other).collect()
}

/// The exit code of a command, where its output says it.
fn exit(output: &str) -> Option<i32> {
    output.trim_end().lines().next_back()?.strip_prefix("Command exited with code ")?.trim().parse().ok()
}
