//! What codex tells: every notification, and what it means here.

use super::calls::At;
use super::handshake::Phase;
use super::out::Out;
use super::{Codex, turn};
use crate::agent::look;
use crate::domain::{CallPatch, Event, LaneId, Notice, Speaker};
use crate::shapes::codex::{files, tools};
use serde_json::Value;

/// Told and of no meaning here: states of other clients' screens, and what is said again elsewhere.
const NOTHING_NEW: [&str; 15] = [
    "account/rateLimits/updated",
    "account/updated",
    "app/list/updated",
    "fs/changed",
    "mcpServer/startupStatus/updated",
    "rawResponse/completed",
    "remoteControl/status/changed",
    "skills/changed",
    "thread/goal/cleared",
    "thread/prediction/updated",
    "thread/queue/changed",
    "thread/readState/changed",
    "thread/settings/updated",
    // The diff of a whole turn: of patches alone, and each of those was told (what commands change is never in it).
    "turn/diff/updated",
    "turn/moderationMetadata",
];

impl Codex {
    pub(super) fn told(&mut self, out: &mut Out, method: &str, raw: &str) {
        let params = match serde_json::from_str::<Value>(raw) {
            Ok(params) => params,
            Err(error) => {
                return out.unrecognised(LaneId::ROOT, format!("{method} that can't be read ({error})"), raw);
            }
        };
        match method.split_once('/') {
            Some(("rawResponseItem", _)) => {
                self.wants.hear(&params);
                self.given_back(out, &params);
            }
            Some(("item", _)) => self.told_of_item(out, method, &params, raw),
            Some(("thread", _)) => self.told_of_thread(out, method, &params, raw),
            Some(("turn", _)) => self.told_of_turn(out, method, &params, raw),
            Some(_) | None => self.told_of_itself(out, method, &params, raw),
        }
    }

    fn told_of_item(&mut self, out: &mut Out, method: &str, params: &Value, raw: &str) {
        let lane = self.lane_of(out, params);
        let thread = self.thread_of(params);
        if wanted(method).iter().any(|key| look::text(params, key).is_none()) {
            return out.unrecognised(lane, format!("{method} without what it is about"), raw);
        }
        match method {
            "item/started" => self.item_told(out, params, raw, At::Started),
            "item/completed" => self.item_told(out, params, raw, At::Completed),
            "item/agentMessage/delta" | "item/plan/delta" => self.said_piece(out, lane, params, Speaker::Agent),
            "item/reasoning/summaryTextDelta" | "item/reasoning/textDelta" => {
                self.said_piece(out, lane, params, Speaker::Thought);
            }
            "item/reasoning/summaryPartAdded" => self.part_begins(out, lane, params),
            "item/commandExecution/outputDelta" => self.output_told(out, lane, &thread, params, "delta"),
            "item/mcpToolCall/progress" => self.output_told(out, lane, &thread, params, "message"),
            "item/commandExecution/terminalInteraction" => self.input_told(out, lane, &thread, params),
            // What the patch tool prints: its end says the same.
            "item/fileChange/outputDelta" => {}
            "item/fileChange/patchUpdated" => {
                if let Some(native) = look::text(params, "itemId") {
                    let changes = Some(files::changes(params));
                    let places = Some(files::places(params));
                    let patch = CallPatch { places, changes, ..CallPatch::default() };
                    self.call_of(out, lane, &thread, native, patch);
                }
            }
            _ => out.unrecognised(lane, method, raw),
        }
    }

    fn told_of_thread(&mut self, out: &mut Out, method: &str, params: &Value, raw: &str) {
        let thread = self.thread_of(params);
        let ours = self.thread.as_deref().is_none_or(|ours| ours == thread);
        match method {
            // A thread is a lane from the first thing on that is said in it; of helpers nothing ever is.
            // An item says that it was compacted, and of other threads names are no titles of ours.
            "thread/started" | "thread/status/changed" | "thread/compacted" => {}
            "thread/name/updated" if !ours => {}
            "thread/tokenUsage/updated" => {
                let lane = self.lane_of_thread(out, &thread);
                self.meter.hear(out, lane, &thread, params);
            }
            "thread/name/updated" => {
                if let Some(title) = look::text(params, "threadName") {
                    out.root(Event::Titled { title: look::cut(title).into() });
                }
            }
            "thread/closed" if ours => out.note(LaneId::ROOT, Notice::Warning, "codex has closed its thread"),
            "thread/closed" => {
                if self.threads.lane(None, &thread).is_some() {
                    self.lane_rests(out, &thread);
                }
            }
            "thread/reverted" => self.reverted(out, &thread),
            method if NOTHING_NEW.contains(&method) => {}
            _ => out.unrecognised(LaneId::ROOT, method, raw),
        }
    }

    fn told_of_turn(&mut self, out: &mut Out, method: &str, params: &Value, raw: &str) {
        let thread = self.thread_of(params);
        let ours = self.thread.as_deref().is_none_or(|ours| ours == thread);
        let turn = params.get("turn").unwrap_or(&Value::Null);
        match (method, look::text(turn, "id")) {
            ("turn/started", Some(id)) if ours && self.turn.is_some() => {
                let id = id.to_owned();
                self.turn_has_id(out, &id);
            }
            // Of itself, say to compact its context: it can be interrupted like any other.
            ("turn/started", Some(id)) if ours && self.phase == Phase::Open => {
                let id = id.to_owned();
                self.began_by_itself(out, &thread, id);
            }
            ("turn/started", _) if ours => {
                out.note(LaneId::ROOT, Notice::Info, "codex began a turn by itself");
            }
            ("turn/started", Some(id)) => {
                let id = id.to_owned();
                self.lane_works(out, &thread, &id);
            }
            ("turn/completed", _) => {
                if let Some("failed") = look::text(turn, "status")
                    && !ours
                {
                    let (_, said) = turn::fault(turn.get("error").unwrap_or(&Value::Null));
                    let lane = self.lane_of_thread(out, &thread);
                    out.note(lane, Notice::Error, format!("the subagent's turn failed: {said}"));
                }
                if ours {
                    self.turn_over(out, turn);
                } else {
                    self.lane_of_thread(out, &thread);
                    self.lane_rests(out, &thread);
                }
            }
            ("turn/plan/updated", _) => {
                let lane = self.lane_of(out, params);
                out.event(lane, Event::Planned { items: tools::plan(params) });
            }
            (method, _) if NOTHING_NEW.contains(&method) => {}
            _ => out.unrecognised(LaneId::ROOT, method, raw),
        }
    }

    fn told_of_itself(&mut self, out: &mut Out, method: &str, params: &Value, raw: &str) {
        let lane = if params.get("threadId").is_some() { self.lane_of(out, params) } else { LaneId::ROOT };
        match method {
            "serverRequest/resolved" => self.resolved(out, params),
            "error" => {
                let (_, said) = turn::fault(params.get("error").unwrap_or(&Value::Null));
                match params.get("willRetry").and_then(Value::as_bool) {
                    Some(true) => out.note(lane, Notice::Warning, format!("{said}; codex tries again")),
                    // The end of the turn says it as well.
                    Some(false) if lane == LaneId::ROOT && self.turn.is_some() => {}
                    Some(false) | None => out.note(lane, Notice::Error, said),
                }
            }
            "warning" | "guardianWarning" => {
                let said = look::first_text(params, &["message", "summary"]).unwrap_or(raw);
                out.note(lane, Notice::Warning, said);
            }
            "configWarning" => {
                let said = look::text(params, "summary").unwrap_or(raw);
                let more = look::text(params, "details").unwrap_or_default();
                out.note(lane, Notice::Warning, format!("codex's configuration: {said} {more}").trim_end());
            }
            "deprecationNotice" => {
                let said = look::text(params, "summary").unwrap_or(raw);
                out.note(lane, Notice::Info, format!("codex gives something up: {said}"));
            }
            "model/rerouted" => {
                let to = look::first_text(params, &["toModel", "model"]).unwrap_or("another one");
                out.note(lane, Notice::Warning, format!("codex asks another model than the one chosen: {to}"));
            }
            "hook/started" => {}
            "hook/completed" => hook_ran(out, lane, params, self.opening.hook.is_some()),
            method if NOTHING_NEW.contains(&method) => {}
            _ => out.unrecognised(lane, method, raw),
        }
    }
}

/// What a message about an item must say so that it can be told.
fn wanted(method: &str) -> &'static [&'static str] {
    match method {
        "item/agentMessage/delta"
        | "item/plan/delta"
        | "item/reasoning/summaryTextDelta"
        | "item/reasoning/textDelta"
        | "item/commandExecution/outputDelta" => &["itemId", "delta"],
        "item/mcpToolCall/progress" => &["itemId", "message"],
        "item/commandExecution/terminalInteraction" => &["itemId", "stdin"],
        "item/fileChange/patchUpdated" => &["itemId"],
        _ => &[],
    }
}

/// A hook of the agent's own configuration ran: worth a line where it did more than nothing.
fn hook_ran(out: &mut Out, lane: LaneId, params: &Value, ours: bool) {
    let run = params.get("run").unwrap_or(params);
    let word = |key: &str| look::text(run, key).unwrap_or("unknown");
    // Ours refuses what the human refused: its request says so.
    let is_ours = ours && look::text(run, "sourcePath") == Some(super::hooks::SOURCE);
    if word("status") == "completed" || (is_ours && word("status") == "blocked") {
        return;
    }
    let entries = look::list(run, "entries").iter().filter_map(|entry| look::text(entry, "text"));
    let said = entries.collect::<Vec<_>>().join("; ");
    let text = format!("a hook of codex's ({}) ended {}: {said}", word("eventName"), word("status"));
    out.note(lane, Notice::Warning, text.trim_end_matches(": "));
}
