//! pi's sessions: `~/.pi/agent/sessions/--FOLDER--/TIME_ID.jsonl`; tools that are built upon it write the same.
//!
//! Lines are only ever appended. The first is about the session, the others are entries: messages, and what changes between
//! them. In newer versions each names the one before it, so that the conversation can go on from an earlier place in the same
//! file: what stands behind that place is then taken back.

mod messages;

use super::fields::Fields;
use super::key::key;
use super::opening::Tool;
use super::talk::Talk;
use super::{Beside, Format, Line, Out, Reader, Sniff, heads, objects, time};
use crate::domain::{At, Event, LaneId, Notice};
use crate::shapes::look;
use std::collections::HashMap;
use std::path::Path;

/// The format.
#[derive(Debug, Clone, Copy)]
pub struct Pi;

impl Format for Pi {
    fn name(&self) -> &'static str {
        "pi"
    }

    fn tool(&self) -> &'static str {
        "pi"
    }

    fn sniff(&self, head: &[u8]) -> Sniff {
        heads::of_lines(head, &is_one)
    }

    fn beside(&self, _: &Path) -> Vec<Beside> {
        Vec::new()
    }

    fn when(&self, line: &[u8]) -> Option<At> {
        time::of_line(line)
    }

    fn reader(&self, name: &str, _: &[Beside]) -> Box<dyn Reader> {
        Box::new(Session { talk: Talk::new(TOOL, name), ..Session::default() })
    }
}

const TOOL: Tool = Tool { agent: "pi", vendor: "pi", title: "pi" };

/// Whether a line is one of its.
fn is_one(line: &Fields<'_>) -> bool {
    let kind = line.text("type").unwrap_or_default();
    let has = |names: &[&str]| names.iter().all(|name| line.raw(name).is_some());
    match &*kind {
        "session" => has(&["id", "timestamp", "cwd"]) && line.raw("payload").is_none(),
        "message" if has(&["timestamp"]) => {
            let known = ["user", "assistant", "toolResult", "bashExecution"];
            // The time stands there twice, which no other tool does.
            let message = line.object("message").filter(|message| message.count("timestamp").is_some());
            message.and_then(|message| message.owned("role")).is_some_and(|role| known.contains(&role.as_str()))
        }
        _ => false,
    }
}

/// A reader of one session.
#[derive(Debug, Default)]
struct Session {
    talk: Talk,
    /// The turns in which entries stand, by their ids.
    turns: HashMap<u128, u32>,
    /// Commands that its human ran: they have no ids.
    typed: u32,
    thinks: Option<String>,
}

impl Reader for Session {
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

impl Session {
    fn object(&mut self, out: &mut Out, entry: &Fields<'_>, raw: &str) {
        let said_at = entry.text("timestamp").and_then(|text| time::read(&text));
        out.at_time(said_at);
        let kind = entry.text("type").unwrap_or_default();
        if &*kind == "session" {
            return self.header(out, entry);
        }
        self.talk.open.begin(out);
        let root = LaneId::ROOT;
        match &*kind {
            "message" => match entry.value("message").filter(serde_json::Value::is_object) {
                Some(message) => self.message(out, entry, &message, raw),
                None => out.unrecognised(root, "message without its message", raw),
            },
            "model_change" => self.model(out, entry.owned("modelId").or_else(|| entry.owned("model"))),
            "thinking_level_change" => self.level(out, entry),
            "compaction" => {
                let before = entry.count("tokensBefore").or_else(|| self.talk.carried());
                out.event(root, Event::Compacted { before, after: None });
            }
            "branch_summary" => {
                let summary = entry.text("summary").unwrap_or_default();
                out.note(root, Notice::Info, format!("told to the model of the branch that was left: {summary}"));
            }
            "custom_message" => {
                let from = entry.text("customType").unwrap_or_default();
                let content = entry.value("content").unwrap_or_default();
                let said = messages::text(&content);
                out.note(root, Notice::Info, format!("put into the context by {from}: {said}"));
            }
            "session_info" => self.talk.titled(out, entry.owned("name").unwrap_or_default()),
            "label" => {
                if let Some(label) = entry.owned("label") {
                    out.note(root, Notice::Info, format!("a mark of its human: {label}"));
                }
            }
            // Requests beside the conversation.
            "usage" => {
                let usage = entry.value("usage").unwrap_or_default();
                self.spent(&usage, entry.owned("id").as_deref());
            }
            // What an extension keeps for itself.
            "custom" => {}
            "" => out.unrecognised(root, "a line without its kind", raw),
            kind => out.unrecognised(root, look::cut(kind), raw),
        }
        if let Some(id) = entry.text("id") {
            self.turns.insert(key(&id), self.talk.turn());
        }
        self.talk.heard(said_at);
    }

    /// About the session.
    fn header(&mut self, out: &mut Out, entry: &Fields<'_>) {
        let open = &mut self.talk.open;
        if open.is_begun() {
            out.again += 1;
            return;
        }
        open.session = entry.owned("id");
        open.cwd = entry.owned("cwd").unwrap_or_default();
        open.begin(out);
        self.model(out, entry.owned("modelId"));
        self.level(out, entry);
        if let Some(from) = entry.owned("parentSession").or_else(|| entry.owned("branchedFrom")) {
            out.note(LaneId::ROOT, Notice::Info, format!("it began as a copy of {from}"));
        }
    }

    fn model(&mut self, out: &mut Out, model: Option<String>) {
        if let Some(model) = model {
            self.talk.open.model_is(out, &model);
        }
    }

    fn level(&mut self, out: &mut Out, entry: &Fields<'_>) {
        let level = entry.owned("thinkingLevel");
        if level.is_some() && level != self.thinks {
            let said = level.as_deref().unwrap_or_default();
            out.note(LaneId::ROOT, Notice::Info, format!("how much it thinks: {said}"));
            self.thinks = level;
        }
    }

    /// The conversation goes on from an earlier place.
    fn goes_back(&mut self, out: &mut Out, entry: &Fields<'_>) {
        if entry.raw("id").is_none() || self.turns.is_empty() {
            return;
        }
        let to = match entry.text("parentId") {
            // A parent that does not stand in the file says nothing.
            Some(parent) => self.turns.get(&key(&parent)).copied(),
            None => Some(0),
        };
        if let Some(to) = to.filter(|to| *to < self.talk.turn()) {
            self.talk.rewound(out, to);
        }
    }
}
