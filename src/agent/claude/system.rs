//! What the agent tells of itself: each turn's beginning, its state, retries, compaction, hooks, background tasks.

use super::out::Out;
use super::{Claude, look};
use crate::domain::{By, CallId, CallStatus, Event, LaneId, Notice};
use serde_json::Value;

impl Claude {
    pub(super) fn system(&mut self, out: &mut Out, lane: LaneId, message: &Value, raw: &str) {
        self.session_is(out, message);
        let text = |key: &str| look::text(message, key);
        match text("subtype") {
            Some("init") => {
                self.version_is(out, text("claude_code_version"));
                if let Some(mode) = text("permissionMode") {
                    self.mode_is(out, mode, By::Agent);
                }
                if let Some(model) = text("model") {
                    self.model_is(out, model);
                }
            }
            Some("session_state_changed") => self.state_is(out, text("state").unwrap_or_default()),
            Some("status") => self.status(out, lane, message),
            Some("compact_boundary") => {
                let told = message.get("compact_metadata").unwrap_or(&Value::Null);
                let before = told.get("pre_tokens").and_then(look::count);
                // What it counts after it is the messages alone: no measure of what is carried.
                out.event(lane, Event::Compacted { before, after: None });
                self.meter.compacted(lane);
                self.summary_follows = true;
            }
            Some("api_retry") => out.note(lane, Notice::Warning, retry(message)),
            Some("task_started") => self.task_started(out, lane, message),
            Some("task_updated") => {
                let status = look::at(message, &["patch", "status"]).and_then(Value::as_str);
                self.task_is(out, message, status, None);
            }
            Some("task_notification") => {
                self.task_is(out, message, text("status"), text("summary"));
            }
            Some("hook_response") => hook(out, lane, message),
            Some("informational" | "notification") => {
                let said = look::first_text(message, &["content", "message", "text"]).unwrap_or_default();
                let level = if text("level") == Some("warning") { Notice::Warning } else { Notice::Info };
                out.note(lane, level, said);
            }
            // Counted elsewhere, or said again by what follows.
            Some(
                "thinking_tokens"
                | "task_progress"
                | "background_tasks_changed"
                | "hook_started"
                | "hook_progress"
                | "commands_changed",
            ) => {}
            Some(other) => out.unrecognised(lane, format!("system/{other}"), raw),
            None => out.unrecognised(lane, "a system message without its kind", raw),
        }
    }

    fn status(&mut self, out: &mut Out, lane: LaneId, message: &Value) {
        if let Some(mode) = look::text(message, "permissionMode") {
            self.mode_is(out, mode, By::Agent);
        }
        if look::text(message, "status") == Some("compacting") {
            out.note(lane, Notice::Info, "the context is being compacted");
        }
        if let Some(result) = look::text(message, "compact_result").filter(|result| *result != "success") {
            let why = look::first_text(message, &["compact_error", "error"]).unwrap_or_default();
            out.note(lane, Notice::Warning, format!("the context was not compacted: {result} {why}"));
        }
    }

    /// A subagent is a lane; a command in the background goes on behind its call.
    fn task_started(&mut self, out: &mut Out, lane: LaneId, message: &Value) {
        let Some(task) = look::owned(message, "task_id") else { return };
        let call = look::owned(message, "tool_use_id").map(CallId);
        if let Some(call) = &call {
            self.calls.task_is(call, &task);
        }
        let is_agent = look::text(message, "task_type").is_none_or(|kind| kind.contains("agent"));
        if is_agent {
            let name = look::first_text(message, &["description", "subagent_type"]).unwrap_or("subagent").to_owned();
            let opened = self.lanes.of_task(out, lane, &task, call.clone(), &name);
            call.iter().for_each(|call| self.calls.began(opened, call));
        }
    }

    fn task_is(&mut self, out: &mut Out, message: &Value, status: Option<&str>, summary: Option<&str>) {
        let Some(task) = look::text(message, "task_id") else { return };
        let status = match status {
            Some("completed") => CallStatus::Done,
            Some("failed" | "killed" | "stopped") => CallStatus::Failed,
            _ => return,
        };
        let lane = self.lanes.end_task(out, task);
        let call = look::owned(message, "tool_use_id").map(CallId);
        if let Some(lane) = lane {
            self.gate.withdraw(out, lane);
            self.calls.close(out, Some(lane));
        }
        self.calls.task_ended(out, call, task, status, summary);
    }
}

fn retry(message: &Value) -> String {
    let count = |key: &str| message.get(key).and_then(look::count);
    let why = match (look::text(message, "error"), count("error_status")) {
        (Some(error), Some(status)) => format!("{error} ({status})"),
        (Some(error), None) => error.to_owned(),
        (None, Some(status)) => format!("error {status}"),
        (None, None) => "no answer".to_owned(),
    };
    let seconds = count("retry_delay_ms").unwrap_or(0).div_ceil(1000);
    let (attempt, of) = (count("attempt").unwrap_or(1), count("max_retries").unwrap_or(0));
    format!("the model's service: {}; try {attempt} of {of} in {seconds} s", look::cut(&why))
}

/// A hook of the user's own that failed: what it would have held back may have run.
fn hook(out: &mut Out, lane: LaneId, message: &Value) {
    if matches!(look::text(message, "outcome"), None | Some("success")) {
        return;
    }
    let name = look::first_text(message, &["hook_name", "hook_event"]).unwrap_or("without a name");
    let said = look::first_text(message, &["stderr", "output", "outcome"]).unwrap_or_default();
    out.note(lane, Notice::Warning, format!("a hook of your settings failed, {name}: {said}"));
}

/// How far the plan's limits are used up.
pub(super) fn rate_limit(out: &mut Out, message: &Value) {
    let info = message.get("rate_limit_info").unwrap_or(&Value::Null);
    match look::text(info, "status") {
        None | Some("allowed") => {}
        Some(status) => {
            let kind = look::first_text(info, &["rateLimitType", "rate_limit_type"]).unwrap_or("usage");
            out.note(LaneId::ROOT, Notice::Warning, format!("limit of {kind}: {status}"));
        }
    }
}

/// How the login goes.
pub(super) fn login(out: &mut Out, message: &Value) {
    if let Some(error) = look::text(message, "error") {
        out.note(LaneId::ROOT, Notice::Warning, format!("login: {error}"));
    }
}
