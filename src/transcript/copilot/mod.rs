//! Copilot CLI's sessions: `~/.copilot/session-state/ID/events.jsonl`, and before that `ID.jsonl`.
//!
//! Lines are only ever appended: `{type, data, id, timestamp, parentId, agentId}`. A subagent's stand among the others and name
//! the call that began it. What the service counted stands beside each request in newer versions; older ones tell the
//! sum when the program ends, of what it did since it began.

mod meter;
mod said;
mod session;
mod sniff;

use super::fields::Fields;
use super::opening::Tool;
use super::talk::Talk;
use super::{Beside, Format, Line, Out, Reader, Sniff, objects, time};
use crate::domain::{At, CallId, LaneId, Notice};
use crate::shapes::look;
use serde_json::Value;
use std::collections::HashMap;
use std::path::Path;

/// The format.
#[derive(Debug, Clone, Copy)]
pub struct CopilotCli;

impl Format for CopilotCli {
    fn name(&self) -> &'static str {
        "copilot"
    }

    fn tool(&self) -> &'static str {
        "Copilot CLI"
    }

    fn sniff(&self, head: &[u8]) -> Sniff {
        sniff::sniff(head)
    }

    fn beside(&self, _: &Path) -> Vec<Beside> {
        Vec::new()
    }

    fn when(&self, line: &[u8]) -> Option<At> {
        time::of_line(line)
    }

    fn reader(&self, name: &str, _: &[Beside]) -> Box<dyn Reader> {
        Box::new(Copilot { talk: Talk::new(TOOL, name), ..Copilot::default() })
    }
}

const TOOL: Tool = Tool { agent: "copilot", vendor: "copilot-cli", title: "Copilot CLI" };

/// A reader of one session.
#[derive(Debug, Default)]
struct Copilot {
    talk: Talk,
    meter: meter::Meter,
    /// The calls that began subagents, by the subagents' own ids.
    agents: HashMap<String, String>,
    /// The newest thought: some versions tell it twice.
    thought: String,
    /// Bytes of the instructions that the model was given last.
    instructions: usize,
}

impl Reader for Copilot {
    fn line(&mut self, file: usize, line: Line<'_>, out: &mut Out) {
        out.at_line(file, line.number);
        let before = out.told.len();
        objects::each(out, line, &mut |out, entry, raw| self.object(out, entry, raw));
        self.talk.open.keeps(out, before);
    }

    fn end(&mut self, out: &mut Out) {
        self.talk.end(out);
    }
}

impl Copilot {
    fn object(&mut self, out: &mut Out, entry: &Fields<'_>, raw: &str) {
        let said_at = entry.text("timestamp").and_then(|text| time::read(&text));
        out.at_time(said_at);
        let kind = entry.text("type").unwrap_or_default();
        let Some(data) = entry.value("data").filter(Value::is_object) else {
            let what = if kind.is_empty() { "a line without its kind".to_owned() } else { look::cut(&kind) };
            self.talk.open.begin(out);
            return out.unrecognised(LaneId::ROOT, what, raw);
        };
        if &*kind == "session.start" {
            self.start(out, &data);
        }
        self.talk.open.begin(out);
        let lane = self.lane(out, entry, &kind, &data);
        match &*kind {
            "user.message" => self.user(out, lane, &data),
            "assistant.turn_start" if lane == LaneId::ROOT => self.talk.works(out),
            "assistant.message" => self.message(out, lane, &data),
            "assistant.reasoning" => {
                let id = look::text(&data, "reasoningId");
                self.thinks(out, lane, id, look::text(&data, "content").unwrap_or_default());
            }
            "tool.execution_start" | "tool.user_requested" => self.tool_starts(out, lane, &data),
            "tool.execution_complete" => self.tool_ends(out, lane, &data),
            "permission.completed" => self.permitted(out, &data),
            "abort" => self.talk.interrupted(out),
            // Told already, or its own business: what other lines tell as well, or nothing that a person reads.
            "session.start"
            | "assistant.turn_start"
            | "assistant.turn_end"
            | "hook.start"
            | "permission.requested"
            | "skill.context_delivered"
            | "skill.context_delivered_ref"
            | "tool_search.activated"
            | "subagent.configured"
            | "subagent.deselected" => {}
            kind if kind.starts_with("session.") => self.session(out, kind, &data, raw),
            kind => self.other(out, lane, kind, &data, raw),
        }
        self.talk.heard(said_at);
    }

    /// The lane of a line: a subagent's names the call that began it, or itself.
    fn lane(&mut self, out: &mut Out, entry: &Fields<'_>, kind: &str, data: &Value) -> LaneId {
        let agent = entry.owned("agentId");
        if kind.starts_with("subagent.") {
            // Of the call itself, whose own line stands in the lane in which it was made.
            let call = look::owned(data, "toolCallId");
            if let (Some(agent), Some(call), "subagent.started") = (agent, &call, kind) {
                self.agents.insert(agent, call.clone());
            }
            return call.map(CallId).map(|call| self.talk.lane_of_call(&call)).unwrap_or_default();
        }
        let by_agent = agent.map(|agent| self.agents.get(&agent).cloned().unwrap_or(agent));
        match look::owned(data, "parentToolCallId").or(by_agent) {
            Some(native) => {
                let call = Some(CallId(native.clone()));
                self.talk.lane_opens(out, &native, None, call)
            }
            None => LaneId::ROOT,
        }
    }

    /// What stands between the words.
    fn other(&mut self, out: &mut Out, lane: LaneId, kind: &str, data: &Value, raw: &str) {
        let text = |key: &str| look::text(data, key).unwrap_or_default();
        match kind {
            "system.message" => {
                let bytes = text("content").len();
                if std::mem::replace(&mut self.instructions, bytes) != bytes {
                    let size = look::size(bytes);
                    out.note(lane, Notice::Info, format!("put into the context by Copilot: instructions, {size}"));
                }
            }
            "system.notification" => out.note(lane, Notice::Info, format!("told to the model: {}", text("content"))),
            "subagent.started" => {
                let name = look::first_text(data, &["agentDisplayName", "agentName"]).map(str::to_owned);
                let call = text("toolCallId");
                self.talk.lane_opens(out, call, name, Some(CallId::from(call)));
            }
            "subagent.completed" | "subagent.failed" => {
                if kind == "subagent.failed" {
                    out.note(lane, Notice::Error, format!("a subagent failed: {}", text("error")));
                }
                if let Some(ended) = self.talk.lane(text("toolCallId")) {
                    self.talk.lane_ends(out, ended);
                }
            }
            "subagent.selected" => {
                let name = look::first_text(data, &["agentDisplayName", "agentName"]).unwrap_or("another agent");
                out.note(lane, Notice::Info, format!("the conversation goes on with {name}"));
            }
            "hook.end" if data.get("success") == Some(&Value::Bool(false)) => {
                let error = data.get("error").unwrap_or(&Value::Null);
                let error = error.as_str().or_else(|| look::text(error, "message")).unwrap_or("it does not say why");
                let hook = text("hookType");
                out.note(lane, Notice::Warning, format!("a hook of the user's settings failed ({hook}): {error}"));
            }
            "hook.end" => {}
            "skill.invoked" | "skill.invoked_ref" => {
                out.note(lane, Notice::Info, format!("skill {} was read", text("name")));
            }
            "" => out.unrecognised(lane, "a line without its kind", raw),
            kind => out.unrecognised(lane, look::cut(kind), raw),
        }
    }
}
