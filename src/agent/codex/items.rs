//! The things of a turn: what is said becomes words, what is done becomes calls, what is not known stays as it came.

use super::Codex;
use super::calls::At;
use super::out::Out;
use crate::agent::look;
use crate::domain::{Event, LaneId, Notice, Speaker};
use serde_json::Value;
use std::collections::HashMap;

/// What was said, as far as it may come again.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// Messages that come in pieces, by thread and item: what of them was told.
    open: HashMap<(String, String), String>,
    /// What we said in a thread and it has not echoed.
    ours: Vec<(String, String)>,
}

/// Words of ours that are waited for.
const ECHOES: usize = 32;

impl Words {
    /// We said this in a thread: it will come back.
    pub(super) fn we_said(&mut self, thread: &str, text: String) {
        self.ours.push((thread.to_owned(), text));
        if self.ours.len() > ECHOES {
            self.ours.remove(0);
        }
    }

    fn is_ours(&mut self, thread: &str, text: &str) -> bool {
        let at = self.ours.iter().position(|(of, said)| of == thread && said == text);
        at.map(|at| self.ours.remove(at)).is_some()
    }
}

impl Codex {
    /// `item/started` and `item/completed`.
    pub(super) fn item_told(&mut self, out: &mut Out, params: &Value, raw: &str, at: At) {
        let lane = self.lane_of(out, params);
        let thread = self.thread_of(params);
        let item = params.get("item").unwrap_or(&Value::Null);
        self.item(out, lane, &thread, item, raw, at);
        if let (Some(id), Some(turn)) = (look::text(item, "id"), look::text(params, "turnId")) {
            self.calls.began_in(&thread, id, turn);
        }
    }

    /// A thing that was said or done before this conversation was opened.
    pub(super) fn item_before(&mut self, out: &mut Out, item: &Value) {
        let thread = self.thread.clone().unwrap_or_default();
        self.item(out, LaneId::ROOT, &thread, item, &item.to_string(), At::Before);
    }

    fn item(&mut self, out: &mut Out, lane: LaneId, thread: &str, item: &Value, raw: &str, at: At) {
        let id = look::text(item, "id").unwrap_or_default();
        match look::text(item, "type").unwrap_or_default() {
            // What is said is whole at its end; meanwhile it comes in pieces.
            "userMessage" | "agentMessage" | "plan" | "reasoning" | "hookPrompt" | "exitedReviewMode"
                if at == At::Started => {}
            "enteredReviewMode" if at == At::Completed => {}
            "userMessage" => self.user_said(out, lane, thread, item),
            "agentMessage" | "plan" => {
                let text = look::text(item, "text").unwrap_or_default();
                self.said_whole(out, lane, thread, id, Speaker::Agent, text);
            }
            "reasoning" => {
                let said =
                    |key: &str| look::list(item, key).iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n\n");
                let text = [said("summary"), said("content")].into_iter().find(|text| !text.is_empty());
                self.said_whole(out, lane, thread, id, Speaker::Thought, text.as_deref().unwrap_or_default());
            }
            "commandExecution"
            | "fileChange"
            | "mcpToolCall"
            | "dynamicToolCall"
            | "collabAgentToolCall"
            | "webSearch"
            | "imageView"
            | "imageGeneration"
            | "sleep"
                if !id.is_empty() =>
            {
                self.call_told(out, lane, thread, item, at);
            }
            "contextCompaction" => self.compacting(out, lane, thread, at),
            "hookPrompt" => {
                let fragments = look::list(item, "fragments").iter().filter_map(|one| look::text(one, "text"));
                let said = fragments.collect::<Vec<_>>().join("\n");
                out.note(lane, Notice::Info, format!("a hook told the agent: {said}"));
            }
            "enteredReviewMode" => out.note(lane, Notice::Info, "codex began a review"),
            "exitedReviewMode" => {
                let text = look::text(item, "review").unwrap_or_default();
                self.said_whole(out, lane, thread, id, Speaker::Agent, text);
            }
            "subAgentActivity" => {
                if let Some(child) = look::text(item, "agentThreadId") {
                    let name = look::owned(item, "agentPath");
                    self.thread_made(out, child, super::lanes::Origin { lane, call: None, name });
                }
            }
            "" => out.unrecognised(lane, "an item without its kind", raw),
            kind => out.unrecognised(lane, format!("item {kind}"), raw),
        }
    }

    /// The human's words, or those that a parent gave its subagent. Ours come back as an echo.
    fn user_said(&mut self, out: &mut Out, lane: LaneId, thread: &str, item: &Value) {
        let content = look::list(item, "content");
        let text: String = content.iter().filter_map(|part| look::text(part, "text")).collect();
        for part in content.iter().filter(|part| part.get("text").is_none()) {
            let kind = look::text(part, "type").unwrap_or("something");
            let of = look::first_text(part, &["path", "name", "url"]).unwrap_or_default();
            let what = look::cut(format!("{kind} {of}").trim_end());
            out.event(lane, Event::Attached { who: Speaker::User, what: what.into() });
        }
        if !text.is_empty() && !self.words.is_ours(thread, &text) {
            let message = look::owned(item, "id");
            out.event(lane, Event::Said { who: Speaker::User, message, text: text.into() });
        }
    }

    /// A piece of a message.
    pub(super) fn said_piece(&mut self, out: &mut Out, lane: LaneId, params: &Value, who: Speaker) {
        let (Some(id), Some(piece)) = (look::text(params, "itemId"), look::text(params, "delta")) else { return };
        let thread = self.thread_of(params);
        self.words.open.entry((thread, id.to_owned())).or_default().push_str(piece);
        say(out, lane, who, id, piece);
    }

    /// A part of a summary begins: it stands apart from the one before.
    pub(super) fn part_begins(&mut self, out: &mut Out, lane: LaneId, params: &Value) {
        let key = (self.thread_of(params), look::text(params, "itemId").unwrap_or_default().to_owned());
        if let Some(told) = self.words.open.get_mut(&key).filter(|told| !told.is_empty()) {
            told.push_str("\n\n");
            say(out, lane, Speaker::Thought, &key.1, "\n\n");
        }
    }

    /// A message is whole: what of it was not told in pieces is told now.
    fn said_whole(&mut self, out: &mut Out, lane: LaneId, thread: &str, id: &str, who: Speaker, text: &str) {
        let told = self.words.open.remove(&(thread.to_owned(), id.to_owned())).unwrap_or_default();
        match text.strip_prefix(told.as_str()) {
            Some(rest) => say(out, lane, who, id, rest),
            // It says in the end something else than in its pieces: both are kept.
            None if !text.is_empty() => say(out, lane, who, &format!("{id} as it ended"), text),
            None => {}
        }
    }

    fn compacting(&mut self, out: &mut Out, lane: LaneId, thread: &str, at: At) {
        match at {
            At::Started => {
                self.meter.compaction_begins(thread);
                out.note(lane, Notice::Info, "the context is being compacted");
            }
            At::Completed => {
                let (before, after) = self.meter.compacted(thread);
                out.event(lane, Event::Compacted { before, after });
            }
            At::Before => {}
        }
    }

    /// The thread of a message; ours, where it names none.
    pub(super) fn thread_of(&self, params: &Value) -> String {
        look::owned(params, "threadId").or_else(|| self.thread.clone()).unwrap_or_default()
    }
}

fn say(out: &mut Out, lane: LaneId, who: Speaker, id: &str, text: &str) {
    if !text.is_empty() {
        let message = (!id.is_empty()).then(|| id.to_owned());
        out.event(lane, Event::Said { who, message, text: text.into() });
    }
}
