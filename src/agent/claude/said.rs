//! Messages: streamed in pieces, and whole. What was streamed is not said twice.
//!
//! The stream gives pieces of the main conversation; then each block comes whole, in a message of the same id. Of
//! subagents there are only whole blocks.

use super::out::Out;
use super::{Claude, look};
use crate::domain::{CallId, CallPatch, Event, LaneId, Notice, Speaker};
use serde_json::Value;
use std::collections::HashMap;

/// Bytes of arguments of which it is told that they come: some seconds of a model.
const WRITTEN: usize = 4 << 10;

/// What of the messages in the making was told.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// The message that streams.
    streams: String,
    blocks: Vec<Block>,
    /// The call whose arguments stream, and how many bytes of them nobody has heard of.
    writes: Option<(CallId, usize)>,
    /// Whole blocks so far of each lane's last message.
    whole: HashMap<LaneId, (String, usize)>,
}

/// One block that streams.
#[derive(Debug)]
struct Block {
    index: u64,
    who: Speaker,
    text: String,
    /// It has come whole.
    settled: bool,
}

impl Said {
    /// Nothing streams any more.
    pub(super) fn forget(&mut self) {
        self.blocks.clear();
        self.streams.clear();
        self.writes = None;
    }

    /// More of a call's arguments has come. They are told once they are whole; until then now and then that they come: an
    /// agent that writes a long file is not one that says nothing.
    fn written(&mut self, out: &mut Out, lane: LaneId, bytes: usize) {
        let Some((call, unheard)) = &mut self.writes else { return };
        *unheard = unheard.saturating_add(bytes);
        if *unheard >= WRITTEN {
            *unheard = 0;
            let patch = Box::new(CallPatch::default());
            out.event(lane, Event::Called { call: call.clone(), patch });
        }
    }

    /// The number of a whole block in its message.
    fn number(&mut self, lane: LaneId, message: &str) -> usize {
        let (last, count) = self.whole.entry(lane).or_default();
        if last != message {
            (*last, *count) = (message.to_owned(), 0);
        }
        *count += 1;
        *count - 1
    }
}

impl Claude {
    /// `stream_event`: a piece of the model's own stream.
    pub(super) fn streamed(&mut self, out: &mut Out, lane: LaneId, message: &Value, raw: &str) {
        let event = message.get("event").unwrap_or(&Value::Null);
        match look::text(event, "type") {
            Some("message_start") => {
                let started = event.get("message").unwrap_or(&Value::Null);
                self.said.forget();
                self.said.streams = look::owned(started, "id").unwrap_or_default();
                if let Some(usage) = started.get("usage") {
                    self.meter.sent(out, lane, usage);
                }
            }
            Some("content_block_start") => self.block_started(out, lane, event),
            Some("content_block_delta") => {
                let delta = event.get("delta").unwrap_or(&Value::Null);
                let (who, text) = match look::text(delta, "type") {
                    Some("text_delta") => (Speaker::Agent, look::text(delta, "text")),
                    Some("thinking_delta") => (Speaker::Thought, look::text(delta, "thinking")),
                    // Arguments are told once they are whole: a half-written command is no command.
                    Some("input_json_delta") => {
                        let written = look::text(delta, "partial_json").map_or(0, str::len);
                        return self.said.written(out, lane, written);
                    }
                    Some("signature_delta" | "citations_delta") => return,
                    Some(_) | None => return out.unrecognised(lane, "a piece of a message", raw),
                };
                let index = event.get("index").and_then(look::count).unwrap_or(0);
                self.piece(out, lane, index, who, text.unwrap_or_default());
            }
            Some("content_block_stop" | "message_delta" | "message_stop" | "ping") => {}
            Some(_) | None => out.unrecognised(lane, "a piece of the stream", raw),
        }
    }

    fn block_started(&mut self, out: &mut Out, lane: LaneId, event: &Value) {
        let block = event.get("content_block").unwrap_or(&Value::Null);
        let index = event.get("index").and_then(look::count).unwrap_or(0);
        match look::text(block, "type") {
            Some("text") => self.piece(out, lane, index, Speaker::Agent, look::text(block, "text").unwrap_or_default()),
            Some("thinking") => {
                self.piece(out, lane, index, Speaker::Thought, look::text(block, "thinking").unwrap_or_default());
            }
            Some("tool_use") => {
                if let (Some(id), Some(tool)) = (look::owned(block, "id"), look::text(block, "name")) {
                    self.calls.named(out, lane, &CallId(id.clone()), tool);
                    self.said.writes = Some((CallId(id), 0));
                }
            }
            // Told with the whole block.
            Some(_) | None => {}
        }
    }

    fn piece(&mut self, out: &mut Out, lane: LaneId, index: u64, who: Speaker, text: &str) {
        let at = self.said.blocks.iter().position(|block| block.index == index && block.who == who);
        let at = at.unwrap_or_else(|| {
            self.said.blocks.push(Block { index, who, text: String::new(), settled: false });
            self.said.blocks.len() - 1
        });
        if let Some(block) = self.said.blocks.get_mut(at) {
            block.text.push_str(text);
        }
        say(out, lane, who, &self.said.streams, index, text);
    }

    /// `assistant`: blocks of a message, mostly one.
    pub(super) fn assistant(&mut self, out: &mut Out, lane: LaneId, message: &Value, raw: &str) {
        let inner = message.get("message").unwrap_or(&Value::Null);
        let id = look::text(inner, "id").unwrap_or_default().to_owned();
        if let Some(usage) = inner.get("usage") {
            self.meter.sent(out, lane, usage);
        }
        if message.get("error").is_some_and(|error| !error.is_null()) {
            return failed(out, lane, message, inner);
        }
        let content = look::list(inner, "content");
        if content.is_empty() {
            return out.unrecognised(lane, "a message without content", raw);
        }
        for block in content {
            let number = self.said.number(lane, &id);
            match look::text(block, "type") {
                Some("text") => self.whole(out, lane, &id, number, Speaker::Agent, look::text(block, "text")),
                Some("thinking") => self.whole(out, lane, &id, number, Speaker::Thought, look::text(block, "thinking")),
                Some("tool_use") => self.tool_used(out, lane, block, raw),
                Some("redacted_thinking") => {
                    let what = "thoughts that the model's maker keeps to itself".into();
                    out.event(lane, Event::Attached { who: Speaker::Thought, what });
                }
                Some("server_tool_use") => {
                    let tool = look::text(block, "name").unwrap_or("a tool");
                    let input = block.get("input").map(Value::to_string).unwrap_or_default();
                    let said = format!("the model's service ran {tool} on its own side, asking nobody: {input}");
                    out.note(lane, Notice::Warning, said);
                }
                Some(kind) if kind.ends_with("_tool_result") => {
                    out.note(lane, Notice::Info, format!("the model's service gave the model a {kind}"));
                }
                Some(kind) => out.unrecognised(lane, format!("a block of a message, {kind}"), raw),
                None => out.unrecognised(lane, "a block of a message", raw),
            }
        }
    }

    /// A block that is whole: what of it did not stream is said now.
    fn whole(&mut self, out: &mut Out, lane: LaneId, id: &str, number: usize, who: Speaker, text: Option<&str>) {
        let text = text.unwrap_or_default();
        let streamed = (lane == LaneId::ROOT && self.said.streams == id).then_some(());
        let block = streamed.and_then(|()| {
            let same = |block: &&mut Block| !block.settled && block.who == who && text.starts_with(&block.text);
            self.said.blocks.iter_mut().find(same)
        });
        match block {
            Some(block) => {
                let (rest, index) = (text.get(block.text.len()..).unwrap_or_default(), block.index);
                block.settled = true;
                text.clone_into(&mut block.text);
                say(out, lane, who, id, index, rest);
            }
            None => say(out, lane, who, id, number as u64, text),
        }
    }

    fn tool_used(&mut self, out: &mut Out, lane: LaneId, block: &Value, raw: &str) {
        let (Some(id), Some(tool)) = (look::owned(block, "id"), look::text(block, "name")) else {
            return out.unrecognised(lane, "a call without its id or tool", raw);
        };
        let input = block.get("input").unwrap_or(&Value::Null);
        self.calls.proposed(out, lane, &CallId(id), tool, input, &self.opening.cwd);
    }
}

fn say(out: &mut Out, lane: LaneId, who: Speaker, message: &str, index: u64, text: &str) {
    if !text.is_empty() {
        let message = (!message.is_empty()).then(|| format!("{message}/{index}"));
        out.event(lane, Event::Said { who, message, text: text.into() });
    }
}

/// The service of the model failed for good: Claude says it in a message of its own making.
fn failed(out: &mut Out, lane: LaneId, message: &Value, inner: &Value) {
    let texts: Vec<&str> = look::list(inner, "content").iter().filter_map(|block| look::text(block, "text")).collect();
    let kind = look::first_text(message, &["api_error_type", "error"]).unwrap_or("error");
    let said = if texts.is_empty() { kind.to_owned() } else { texts.join(" ") };
    out.note(lane, Notice::Error, said);
}
