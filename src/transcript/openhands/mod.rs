//! Conversations of `OpenHands`: a folder with one file an event (`event-NNNNN-ID.json`), beside it `base_state.json` with where it
//! works and what it spent; before that one array of actions and observations.
//!
//! The session's own file is that of the first event. Times have no zone there.

mod array;
mod events;
mod folder;

use super::documents::{self, Documents};
use super::fields::Fields;
use super::opening::Tool;
use super::talk::Talk;
use super::{Beside, Format, Line, Out, Reader, Sniff, heads};
use crate::domain::At;
use crate::shapes::look;
use serde_json::Value;
use std::path::Path;

/// The format.
#[derive(Debug, Clone, Copy)]
pub struct OpenHands;

impl Format for OpenHands {
    fn name(&self) -> &'static str {
        "openhands"
    }

    fn tool(&self) -> &'static str {
        "OpenHands"
    }

    fn sniff(&self, head: &[u8]) -> Sniff {
        sniff(head)
    }

    fn beside(&self, path: &Path) -> Vec<Beside> {
        folder::beside(path)
    }

    fn when(&self, _: &[u8]) -> Option<At> {
        None
    }

    fn one_by_one(&self) -> bool {
        // The files are numbered in their order.
        true
    }

    fn reader(&self, name: &str, beside: &[Beside]) -> Box<dyn Reader> {
        let mut talk = Talk::new(TOOL, name);
        folder::about(&mut talk.open, beside);
        Box::new(Conversation { talk, ..Conversation::default() })
    }
}

const TOOL: Tool = Tool { agent: "openhands", vendor: "openhands", title: "OpenHands" };

/// Whether a file that begins like this is one.
fn sniff(head: &[u8]) -> Sniff {
    let text = heads::text(head);
    if let Some(rest) = text.strip_prefix('[') {
        let first = serde_json::Deserializer::from_str(rest).into_iter::<Fields<'_>>().next();
        return match first {
            Some(Ok(item)) if is_old(&item) => Sniff::Mine,
            _ => Sniff::Not("it is a list of another tool".to_owned()),
        };
    }
    let first = serde_json::Deserializer::from_str(&text).into_iter::<Fields<'_>>().next();
    match first {
        Some(Ok(event)) if is_event(&event) => Sniff::Mine,
        // An event with long instructions, of which the rest is not seen.
        Some(Err(error))
            if error.is_eof() && text.starts_with("{\"id\":\"") && text.contains("\"system_prompt\":{") =>
        {
            Sniff::Mine
        }
        _ => heads::of_lines(head, &is_event),
    }
}

fn is_event(event: &Fields<'_>) -> bool {
    let kind = event.text("kind").unwrap_or_default();
    let has = ["id", "timestamp", "source"].iter().all(|name| event.raw(name).is_some());
    has && (kind.ends_with("Event")
        || matches!(&*kind, "Condensation" | "CondensationRequest" | "UserRejectObservation"))
}

fn is_old(item: &Fields<'_>) -> bool {
    let does = item.text("action").is_some() || item.text("observation").is_some();
    does && item.text("source").is_some() && (item.raw("timestamp").is_some() || item.raw("args").is_some())
}

/// A reader of one conversation.
#[derive(Debug, Default)]
struct Conversation {
    talk: Talk,
    documents: Documents,
    /// Bytes of the instructions that the model was given last.
    instructions: usize,
}

impl Reader for Conversation {
    fn line(&mut self, file: usize, line: Line<'_>, out: &mut Out) {
        out.at_line(file, line.number);
        let before = out.told.len();
        for (file, document) in self.documents.before(file) {
            self.document(out, file, &document);
        }
        out.at_line(file, line.number);
        self.documents.take(out, file, line);
        self.talk.open.keeps(out, before);
    }

    fn end(&mut self, out: &mut Out) {
        let before = out.told.len();
        for (file, document) in self.documents.all() {
            self.document(out, file, &document);
        }
        self.talk.open.keeps(out, before);
        self.talk.end(out);
    }
}

impl Conversation {
    fn document(&mut self, out: &mut Out, file: usize, document: &str) {
        out.at_line(file, 1);
        let values = documents::values(out, file, document);
        let cut = document.trim_start().strip_prefix('[').filter(|_| values.is_empty());
        for value in cut.map(documents::items).unwrap_or(values) {
            match value {
                Value::Array(items) => items.iter().for_each(|item| self.item(out, item)),
                value => self.item(out, &value),
            }
        }
    }

    fn item(&mut self, out: &mut Out, item: &Value) {
        if item.get("action").is_some_and(Value::is_string) || item.get("observation").is_some_and(Value::is_string) {
            return self.old(out, item);
        }
        match look::text(item, "kind") {
            None if item.get("stats").is_some() || item.get("workspace").is_some() => self.state(out, item),
            kind => self.event(out, kind.unwrap_or_default(), item),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_layouts_are_known_and_others_are_not() {
        for head in [
            r#"{"id":"a","timestamp":"2026-01-02T03:04:05.6","source":"user","kind":"MessageEvent"}"#,
            "{\n \"id\": \"a\",\n \"timestamp\": \"t\",\n \"source\": \"agent\",\n \"kind\": \"SystemPromptEvent\"\n}",
            r#"[{"id":0,"timestamp":"t","source":"user","action":"message","args":{}}, {"id"#,
        ] {
            assert_eq!(sniff(head.as_bytes()), Sniff::Mine, "{head}");
        }
        for head in [r#"[{"role":"user"}]"#, r#"{"kind":"main","id":"a"}"#, "[1]", "{", "x"] {
            assert!(matches!(sniff(head.as_bytes()), Sniff::Not(_)), "{head}");
        }
    }
}
