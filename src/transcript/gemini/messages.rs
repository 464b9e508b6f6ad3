//! Messages: each told once, and again only what is new of it; taken back where the conversation was.

use super::Gemini;
use crate::domain::{Event, LaneId, Notice, Speaker, Stop};
use crate::shapes::{gemini, look};
use crate::transcript::key::key;
use crate::transcript::{Out, time};
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// The messages that the conversation holds.
#[derive(Debug, Default)]
pub(super) struct Messages {
    /// Their ids and the turns to which they belong, in order.
    order: Vec<(String, u32)>,
    held: HashSet<u128>,
    told: HashMap<u128, Told>,
    nameless: u32,
}

/// What was told of a message.
#[derive(Debug, Clone, Default)]
struct Told {
    text: String,
    thoughts: usize,
}

impl Gemini {
    /// A message, for the first time or again.
    pub(super) fn message(&mut self, out: &mut Out, message: &Value, raw: &str) {
        let kind = look::text(message, "type").unwrap_or_default();
        let id = look::owned(message, "id").unwrap_or_else(|| {
            self.messages.nameless += 1;
            format!("message {}", self.messages.nameless)
        });
        let is_new = !self.messages.held.contains(&key(&id));
        let (text, others) = said(message);
        match kind {
            "user" if is_new => self.user(out, message, text, others),
            "gemini" => self.model(out, &id, message, text),
            "info" | "warning" | "error" if is_new => {
                let level = match kind {
                    "info" => Notice::Info,
                    "warning" => Notice::Warning,
                    _ => Notice::Error,
                };
                out.note(LaneId::ROOT, level, &text);
                if kind == "info" && text.trim().starts_with("Request cancelled") {
                    self.talk.interrupted(out);
                } else if kind == "error" {
                    self.talk.stops(Some(Stop::Error(0, look::cut(&text))));
                }
            }
            "user" | "info" | "warning" | "error" => out.again += 1,
            "" => return out.unrecognised(LaneId::ROOT, "a line without its kind", shown(message, raw).as_str()),
            kind => {
                let kind = format!("a message of the kind {}", look::cut(kind));
                return out.unrecognised(LaneId::ROOT, kind, shown(message, raw).as_str());
            }
        }
        if is_new {
            self.messages.held.insert(key(&id));
            self.messages.order.push((id, self.talk.turn()));
        }
        self.talk.heard(out.time());
    }

    fn user(&mut self, out: &mut Out, message: &Value, text: String, others: Vec<String>) {
        // What came back of calls stands with the calls.
        let content = look::list(message, "content");
        if !content.is_empty() && content.iter().all(|part| part.get("functionResponse").is_some()) {
            return;
        }
        if text.trim_start().starts_with("<session_context>") {
            return out.note(LaneId::ROOT, Notice::Info, "put into the context by Gemini CLI: session context");
        }
        let text = if text.is_empty() { format!("({})", others.join("; ")) } else { text };
        self.talk.prompt(out, text, None);
        for what in others {
            out.event(LaneId::ROOT, Event::Attached { who: Speaker::User, what: what.into() });
        }
    }

    fn model(&mut self, out: &mut Out, id: &str, message: &Value, text: String) {
        self.talk.works(out);
        if let Some(model) = look::text(message, "model") {
            self.talk.open.model_is(out, model);
        }
        let told = self.messages.told.entry(key(id)).or_default();
        let said =
            |who, part: &str, text: &str| Event::Said { who, message: Some(format!("{id}{part}")), text: text.into() };
        for (number, thought) in look::list(message, "thoughts").iter().enumerate().skip(told.thoughts) {
            let words = [look::text(thought, "subject"), look::text(thought, "description")];
            let words: Vec<&str> = words.into_iter().flatten().filter(|words| !words.is_empty()).collect();
            out.event(LaneId::ROOT, said(Speaker::Thought, &format!("/thought {number}"), &words.join("\n")));
            told.thoughts = number + 1;
        }
        match text.strip_prefix(told.text.as_str()) {
            Some("") => {}
            Some(more) => out.event(LaneId::ROOT, said(Speaker::Agent, "", more)),
            // It says something else now: both are kept.
            None if !text.is_empty() => out.event(LaneId::ROOT, said(Speaker::Agent, " as written again", &text)),
            None => {}
        }
        told.text = text;
        let calls = look::list(message, "toolCalls");
        self.talk.stops(calls.is_empty().then_some(Stop::EndTurn));
        for (number, call) in calls.iter().enumerate() {
            self.call(out, id, number, call);
        }
        let tokens = message.get("tokens").unwrap_or(&Value::Null);
        if let Some(now) = gemini::spent(tokens) {
            self.talk.spent(Some(key(id)), now);
        }
        self.talk.carries(out, tokens.get("input").and_then(look::count), None);
    }

    /// The conversation was taken back to before a message; to its beginning, where that is not known.
    pub(super) fn rewind(&mut self, out: &mut Out, to: &str) {
        let at = self.messages.order.iter().position(|(id, _)| id == to).unwrap_or(0);
        self.keep(out, at);
    }

    /// The messages were replaced as a whole: what is still there stays, the rest is taken back, and what is new is told.
    pub(super) fn replaced(&mut self, out: &mut Out, messages: &[Value]) {
        let ids = messages.iter().map(|message| look::text(message, "id"));
        let same = self.messages.order.iter().zip(ids).take_while(|((one, _), other)| Some(one.as_str()) == *other);
        let kept = same.count();
        self.keep(out, kept);
        for message in messages {
            out.at_time(look::text(message, "timestamp").and_then(time::read));
            self.message(out, message, "");
        }
    }

    /// Only so many messages are left.
    fn keep(&mut self, out: &mut Out, count: usize) {
        if count >= self.messages.order.len() {
            return;
        }
        for (id, _) in self.messages.order.drain(count..) {
            self.messages.held.remove(&key(&id));
        }
        let to = self.messages.order.last().map_or(0, |(_, turn)| *turn);
        self.talk.rewound(out, to);
    }
}

/// The words of a message as its human sees them, and what else stands in it.
fn said(message: &Value) -> (String, Vec<String>) {
    let shown = message.get("displayContent").filter(|shown| !shown.is_null());
    let content = shown.or_else(|| message.get("content")).unwrap_or(&Value::Null);
    if let Some(text) = content.as_str() {
        return (text.to_owned(), Vec::new());
    }
    let (mut texts, mut others) = (Vec::new(), Vec::new());
    for part in content.as_array().into_iter().flatten() {
        if let Some(text) = part.as_str().or_else(|| look::text(part, "text")) {
            texts.push(text);
        } else if let Some(data) = part.get("inlineData").or_else(|| part.get("fileData")) {
            let kind = look::text(data, "mimeType").unwrap_or("data");
            let of = look::text(data, "data").map(|data| look::size(data.len() / 4 * 3));
            let of = of.or_else(|| look::owned(data, "fileUri")).unwrap_or_default();
            others.push(look::cut(format!("{kind} {of}").trim_end()));
        }
    }
    (texts.join("\n"), others)
}

/// The line as it stands; of a document the message.
fn shown(message: &Value, raw: &str) -> String {
    if raw.is_empty() { message.to_string() } else { raw.to_owned() }
}
