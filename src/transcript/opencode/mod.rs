//! opencode's sessions: as `opencode export` writes one; as trees of files (`storage/session/PROJECT/SESSION.json`,
//! `storage/message/SESSION/MESSAGE.json`, `storage/part/MESSAGE/PART.json`), which older versions kept; and its
//! database, in which the rows are the same three kinds.
//!
//! All of them are documents that are rewritten, so a session is told once all of it is there: its messages by their
//! times, the parts of each in their order. A subagent is a session of its own that names its parent; it is told in a lane,
//! inside the call that began it.

pub(super) mod database;
mod messages;
mod parts;
mod tree;

use super::documents::{self, Documents};
use super::fields::Fields;
use super::opening::Tool;
use super::talk::Talk;
use super::{Beside, Format, Line, Out, Reader, Sniff, heads};
use crate::domain::{At, LaneId};
use crate::shapes::look;
use serde_json::Value;
use std::path::Path;

/// The format.
#[derive(Debug, Clone, Copy)]
pub struct OpenCode;

impl Format for OpenCode {
    fn name(&self) -> &'static str {
        "opencode"
    }

    fn tool(&self) -> &'static str {
        "opencode"
    }

    fn sniff(&self, head: &[u8]) -> Sniff {
        sniff(head)
    }

    fn beside(&self, path: &Path) -> Vec<Beside> {
        tree::beside(path)
    }

    fn when(&self, _: &[u8]) -> Option<At> {
        None
    }

    fn one_by_one(&self) -> bool {
        // The documents are put in order when all of them are there.
        true
    }

    fn reader(&self, name: &str, beside: &[Beside]) -> Box<dyn Reader> {
        let about = beside.iter().map(|beside| beside.about.clone()).collect();
        Box::new(Session { talk: Talk::new(TOOL, name), about, ..Session::default() })
    }
}

const TOOL: Tool = Tool { agent: "opencode", vendor: "opencode", title: "opencode" };

/// Whether a file that begins like this is one.
fn sniff(head: &[u8]) -> Sniff {
    let text = heads::text(head);
    let other = || Sniff::Not("it is one JSON object of another tool".to_owned());
    if let Some(Ok(fields)) = serde_json::Deserializer::from_str(&text).into_iter::<Fields<'_>>().next() {
        let info = if fields.raw("messages").is_some() { fields.object("info") } else { None };
        let is_part = fields.raw("messageID").is_some() || fields.raw("sessionID").is_some();
        return match (is_session(info.as_ref().unwrap_or(&fields)), is_part) {
            (true, false) => Sniff::Mine,
            (_, true) => Sniff::Not(
                "it is a piece of a session of opencode: give the session's own file, or the folder".to_owned(),
            ),
            (false, false) => heads::of_lines(head, &is_session),
        };
    }
    // An export that is longer than what is looked at, or was cut off.
    let (head, _) = documents::cut_off(&text, "messages");
    let head = head.and_then(|head| serde_json::from_str::<Value>(&head).ok());
    let info = head.and_then(|head| serde_json::to_string(head.get("info")?).ok());
    let is_one = info.is_some_and(|info| serde_json::from_str(&info).is_ok_and(|info| is_session(&info)));
    if is_one { Sniff::Mine } else { other() }
}

/// Whether an object is about a session.
fn is_session(info: &Fields<'_>) -> bool {
    let has = |names: &[&str]| names.iter().all(|name| info.raw(name).is_some());
    has(&["id", "projectID", "directory", "time"]) && info.raw("role").is_none()
}

/// A reader of one session.
#[derive(Debug, Default)]
struct Session {
    talk: Talk,
    documents: Documents,
    /// What stands about the files beside the first.
    about: Vec<String>,
    found: Found,
    /// The whole session is a subagent's.
    is_child: bool,
}

/// What was found of sessions, in no order.
#[derive(Debug, Default)]
struct Found {
    sessions: Vec<Value>,
    messages: Vec<Message>,
    /// Parts whose messages stand elsewhere.
    parts: Vec<Value>,
}

/// A message and its parts.
#[derive(Debug)]
struct Message {
    info: Value,
    parts: Vec<Value>,
}

impl Reader for Session {
    fn line(&mut self, file: usize, line: Line<'_>, out: &mut Out) {
        out.at_line(file, line.number);
        let before = out.told.len();
        self.documents.take(out, file, line);
        self.talk.open.keeps(out, before);
    }

    fn end(&mut self, out: &mut Out) {
        let before = out.told.len();
        for (file, document) in self.documents.all() {
            out.at_line(file, 1);
            self.document(out, file, &document);
        }
        self.talk.open.keeps(out, before);
        self.tell(out);
        self.talk.end(out);
    }
}

impl Session {
    fn document(&mut self, out: &mut Out, file: usize, document: &str) {
        let values = documents::values(out, file, document);
        if values.is_empty() && file == 0 {
            let (head, messages) = documents::cut_off(document, "messages");
            if let Some(Ok(mut whole)) = head.as_deref().map(serde_json::from_str::<Value>) {
                whole["messages"] = messages.into();
                self.value(out, file, whole);
            }
        }
        for value in values {
            self.value(out, file, value);
        }
    }

    /// An export, or one of the three kinds of which it is made.
    fn value(&mut self, out: &mut Out, file: usize, mut value: Value) {
        let has = |key: &str| value.get(key).is_some();
        if has("info") && value.get("messages").is_some_and(Value::is_array) {
            self.found.sessions.push(value["info"].take());
            let Value::Array(messages) = value["messages"].take() else { return };
            for mut message in messages {
                let parts = look::list(&message, "parts").to_vec();
                match message.get_mut("info").map(Value::take) {
                    Some(info @ Value::Object(_)) => self.found.messages.push(Message { info, parts }),
                    _ => out.unrecognised(LaneId::ROOT, "a message without its data", &message.to_string()),
                }
            }
        } else if has("role") && has("sessionID") {
            self.found.messages.push(Message { info: value, parts: Vec::new() });
        } else if has("type") {
            let folder = file.checked_sub(1).and_then(|file| self.about.get(file));
            if let (None, Some(folder), Some(part)) = (value.get("messageID"), folder, value.as_object()) {
                let mut part = part.clone();
                part.insert("messageID".to_owned(), folder.as_str().into());
                value = Value::Object(part);
            }
            self.found.parts.push(value);
        } else if has("id") && (has("directory") || has("projectID")) {
            self.found.sessions.push(value);
        } else {
            out.unrecognised(LaneId::ROOT, "JSON that is no piece of a session", &value.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_known_and_their_pieces_are_not_taken_for_them() {
        let info = r#"{"id":"ses_1","projectID":"p","directory":"/w","time":{"created":1}}"#;
        for head in [info.to_owned(), format!("{{\n \"info\": {info},\n \"messages\": [ {{\"info\": {{\"ro")] {
            assert_eq!(sniff(head.as_bytes()), Sniff::Mine, "{head}");
        }
        for head in [
            r#"{"id":"m","sessionID":"ses_1","role":"user","time":{"created":1}}"#,
            r#"{"id":"p","messageID":"m","type":"text","text":"x"}"#,
            r#"{"info":{"title":"an API"},"messages":[]}"#,
            r#"{"sessionId":"a","messages":[{"type":"gemini"}]}"#,
            "{\n \"history\": [",
            "x",
        ] {
            assert!(matches!(sniff(head.as_bytes()), Sniff::Not(_)), "{head}");
        }
    }
}
