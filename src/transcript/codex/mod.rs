//! Codex's rollouts: `$CODEX_HOME/sessions/YYYY/MM/DD/rollout-TIME-THREAD.jsonl`, and `..._SEGMENT.jsonl` where the
//! conversation was taken back and went on in another file.
//!
//! Lines are only ever appended: `{timestamp, ordinal, type, payload}`. What is said stands there twice, as what the model
//! got or wrote (`response_item`) and as what its human was told (`event_msg`), in either order, and which of the two depends
//! on the version: each is told once. A subagent has a file of its own, in the same folder or the next day's. Older versions
//! wrote the items alone, without anything around them. Approvals are not recorded.

mod calls;
mod context;
mod done;
mod events;
mod items;
mod lanes;
mod sniff;
mod turns;
mod words;

use super::fields::Fields;
use super::opening::{Opening, Tool};
use super::{Beside, Format, Line, Out, Reader, Sniff, objects, time};
use crate::domain::{At, LaneId};
use serde_json::Value;
use std::path::Path;

/// The format.
#[derive(Debug, Clone, Copy)]
pub struct CodexRollout;

impl Format for CodexRollout {
    fn name(&self) -> &'static str {
        "codex"
    }

    fn tool(&self) -> &'static str {
        "Codex"
    }

    fn sniff(&self, head: &[u8]) -> Sniff {
        sniff::sniff(head)
    }

    fn beside(&self, path: &Path) -> Vec<Beside> {
        sniff::beside(path)
    }

    fn when(&self, line: &[u8]) -> Option<At> {
        time::of_line(line)
    }

    fn reader(&self, name: &str, beside: &[Beside]) -> Box<dyn Reader> {
        Box::new(Codex::new(name, beside))
    }
}

const TOOL: Tool = Tool { agent: "codex", vendor: "codex-cli", title: "Codex" };

/// A reader of one session.
#[derive(Debug, Default)]
struct Codex {
    open: Opening,
    lanes: lanes::Lanes,
    calls: calls::Calls,
    turns: turns::Turns,
    words: words::AllWords,
    /// It tells its human of each thing when it is complete: newer versions.
    is_paginated: bool,
    /// How it works now: what it asks before, and what holds it.
    policy: Option<String>,
    /// A compaction was told, and may be told again in other words.
    compacted: bool,
    /// The place of the line that is read, where lines have places.
    ordinal: Option<u64>,
}

impl Reader for Codex {
    fn line(&mut self, file: usize, line: Line<'_>, out: &mut Out) {
        out.at_line(file, line.number);
        let before = out.told.len();
        objects::each(out, line, &mut |out, entry, raw| self.object(out, file, entry, raw));
        self.open.keeps(out, before);
    }

    fn end(&mut self, out: &mut Out) {
        out.at_time(None);
        self.open.begin(out);
        for lane in self.words.lanes() {
            self.users_are_items(out, lane);
        }
        self.turn_over(out, None);
        self.calls.close(out, None);
        self.lanes.end_all(out);
    }
}

impl Codex {
    fn new(name: &str, beside: &[Beside]) -> Self {
        Self { open: Opening::new(TOOL, name), lanes: lanes::Lanes::new(beside), ..Self::default() }
    }

    fn object(&mut self, out: &mut Out, file: usize, entry: &Fields<'_>, raw: &str) {
        let said_at = entry.text("timestamp").and_then(|text| time::read(&text));
        out.at_time(said_at);
        self.ordinal = entry.count("ordinal");
        if self.lanes.is_past(file, self.ordinal) {
            return;
        }
        let kind = entry.text("type").unwrap_or_default();
        let payload = entry.object("payload");
        if &*kind == "session_meta" {
            return match payload {
                Some(meta) => self.meta(out, file, &meta),
                None => out.unrecognised(LaneId::ROOT, "session_meta without its payload", raw),
            };
        }
        if !self.open.is_begun() && !self.begins_bare(out, entry, &kind, payload.is_some()) {
            return;
        }
        let lane = self.lane_of(out, file);
        let value = || entry.value("payload").unwrap_or_default();
        match &*kind {
            "response_item" => self.item(out, lane, &value(), raw),
            "event_msg" => self.event(out, lane, &value(), raw),
            "turn_context" => self.context(out, lane, &payload.unwrap_or_default()),
            "compacted" => self.summary(out, lane, &payload.unwrap_or_default()),
            "token_usage_record" => self.used(out, lane, &payload.unwrap_or_default()),
            // Its own business: what stands in the context, and what of it is kept.
            "world_state" | "inter_agent_communication_metadata" | "retained_context" => {}
            // Older versions: the item itself.
            "message"
            | "reasoning"
            | "function_call"
            | "function_call_output"
            | "local_shell_call"
            | "custom_tool_call"
            | "custom_tool_call_output"
            | "web_search_call"
                if payload.is_none() =>
            {
                self.item(out, lane, &serde_json::from_str::<Value>(raw).unwrap_or_default(), raw);
            }
            "" if entry.raw("record_type").is_some() => {}
            "" => out.unrecognised(lane, "a line without its kind", raw),
            kind => out.unrecognised(lane, crate::shapes::look::cut(kind), raw),
        }
        if lane == LaneId::ROOT {
            self.turns.heard(said_at);
        }
    }

    /// A file whose first line says nothing of its session; true where the line itself is still to be read.
    fn begins_bare(&mut self, out: &mut Out, entry: &Fields<'_>, kind: &str, enveloped: bool) -> bool {
        let is_head = kind.is_empty() && entry.raw("id").is_some() && entry.raw("record_type").is_none();
        if is_head {
            self.open.session = entry.owned("id");
            self.open.branch = entry.object("git").and_then(|git| git.owned("branch"));
        }
        if is_head || enveloped || !kind.is_empty() {
            self.open.begin(out);
        }
        !is_head
    }
}
