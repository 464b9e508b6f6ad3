//! Gemini CLI's sessions: `~/.gemini/tmp/PROJECT/chats/session-*.jsonl`, and before that one JSON document each.
//!
//! A line is the session's own data, a message, or a change of what was said before: a message is written again whenever
//! there is more of it, and the last word counts. A document is read once it is whole; of one that was cut off, the messages
//! that are whole. The folder of the project stands nowhere in it but as a digest.

mod calls;
mod messages;
mod sniff;

use super::fields::Fields;
use super::opening::Tool;
use super::talk::Talk;
use super::{Beside, Format, Line, LineText, Out, Reader, Sniff, documents, objects, time};
use crate::domain::At;
use crate::shapes::look;
use serde_json::Value;
use std::path::Path;

/// The format.
#[derive(Debug, Clone, Copy)]
pub struct GeminiCli;

impl Format for GeminiCli {
    fn name(&self) -> &'static str {
        "gemini"
    }

    fn tool(&self) -> &'static str {
        "Gemini CLI"
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
        Box::new(Gemini { talk: Talk::new(TOOL, name), ..Gemini::default() })
    }
}

const TOOL: Tool = Tool { agent: "gemini", vendor: "gemini-cli", title: "Gemini CLI" };
/// A longer document is not kept while it is read.
const LONGEST: usize = 256 << 20;

/// A reader of one session.
#[derive(Debug, Default)]
struct Gemini {
    talk: Talk,
    /// What there is of a document that is one JSON object over many lines.
    document: Option<String>,
    messages: messages::Messages,
}

impl Reader for Gemini {
    fn line(&mut self, file: usize, line: Line<'_>, out: &mut Out) {
        out.at_line(file, line.number);
        let before = out.told.len();
        match (&mut self.document, line.text) {
            (Some(document), LineText::Bytes(bytes)) => {
                if document.len() + bytes.len() <= LONGEST {
                    document.push_str(&String::from_utf8_lossy(bytes));
                    document.push('\n');
                }
            }
            (None, LineText::Bytes(bytes)) if !self.talk.open.is_begun() && sniff::begins_document(bytes) => {
                self.document = Some(String::from_utf8_lossy(bytes).into_owned() + "\n");
            }
            _ => objects::each(out, line, &mut |out, entry, raw| self.object(out, entry, raw)),
        }
        self.talk.open.keeps(out, before);
    }

    fn end(&mut self, out: &mut Out) {
        if let Some(document) = self.document.take() {
            self.read_document(out, &document);
        }
        self.talk.end(out);
    }
}

impl Gemini {
    fn object(&mut self, out: &mut Out, entry: &Fields<'_>, raw: &str) {
        let said_at = entry.text("timestamp").and_then(|text| time::read(&text));
        out.at_time(said_at);
        if entry.raw("$set").is_some() {
            let set = entry.object("$set").unwrap_or_default();
            return self.set(out, &set);
        }
        if let Some(to) = entry.text("$rewindTo") {
            return self.rewind(out, &to);
        }
        if entry.raw("sessionId").is_some() && entry.raw("type").is_none() {
            self.header(out, entry);
            return;
        }
        self.talk.open.begin(out);
        self.message(out, &serde_json::from_str(raw).unwrap_or_default(), raw);
    }

    /// The session's own data.
    fn header(&mut self, out: &mut Out, header: &Fields<'_>) {
        if !self.talk.open.is_begun() {
            self.talk.open.session = header.owned("sessionId");
            self.talk.open.cwd = header.owned("cwd").unwrap_or_default();
            out.at_time(header.text("startTime").and_then(|text| time::read(&text)));
            self.talk.open.begin(out);
        }
        self.set(out, header);
    }

    /// Something of the session's data is other than before.
    fn set(&mut self, out: &mut Out, set: &Fields<'_>) {
        if let Some(title) = set.owned("summary") {
            self.talk.titled(out, title);
        }
        if let Some(Value::Array(messages)) = set.value("messages") {
            self.replaced(out, &messages);
        }
    }

    /// A document that is whole, or as much of it as there is.
    fn read_document(&mut self, out: &mut Out, document: &str) {
        let damaged = match serde_json::from_str::<Fields<'_>>(document) {
            Ok(fields) => return self.header(out, &fields),
            Err(error) => error,
        };
        if !document.contains("\"messages\"") {
            // It only looked like one: its first line was torn.
            for (number, line) in (1..).zip(document.lines()) {
                out.at_line(0, number);
                let line = Line { number, text: LineText::Bytes(line.as_bytes()) };
                objects::each(out, line, &mut |out, entry, raw| self.object(out, entry, raw));
            }
            return;
        }
        documents::damaged(out, 0, &damaged);
        let (head, messages) = documents::cut_off(document, "messages");
        if let Some(fields) = head.as_deref().and_then(|head| serde_json::from_str::<Fields<'_>>(head).ok()) {
            self.header(out, &fields);
        }
        self.talk.open.begin(out);
        for message in messages {
            let said_at = look::text(&message, "timestamp").and_then(time::read);
            out.at_time(said_at);
            self.message(out, &message, "");
        }
    }
}
