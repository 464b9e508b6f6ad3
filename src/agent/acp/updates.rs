//! What is heard between the question and the answer: every kind of update, and what else the agent tells.

use super::content::{self, Piece};
use super::news::News;
use super::out::Out;
use super::{Acp, look};
use crate::domain::{By, Event, LaneId, Notice, PlanItem, PlanStatus, Speaker};
use serde_json::Value;

/// One update, and where it belongs.
struct Update<'u> {
    lane: LaneId,
    session: Option<&'u str>,
    kind: &'u str,
    value: &'u Value,
    raw: &'u str,
}

impl Acp {
    pub(super) fn told(&mut self, out: &mut Out, method: &str, raw: &str) {
        let params = match serde_json::from_str::<Value>(raw) {
            Ok(params) => params,
            Err(error) => {
                self.flush_calls(out, None);
                return out.unrecognised(LaneId::ROOT, format!("{method} that can't be read ({error})"), raw);
            }
        };
        match method {
            "session/update" => self.update(out, &params, raw),
            "$/cancel_request" => self.question_gone(out, &params),
            "_auth/status_update" => self.login_told(out, &params),
            _ => {
                self.flush_calls(out, None);
                out.unrecognised(LaneId::ROOT, method, raw);
            }
        }
    }

    fn update(&mut self, out: &mut Out, params: &Value, raw: &str) {
        let session = look::text(params, "sessionId");
        let value = params.get("update").unwrap_or(&Value::Null);
        let kind = look::text(value, "sessionUpdate").unwrap_or_default();
        if matches!(kind, "tool_call" | "tool_call_update") {
            return self.call_told(out, session, value, raw);
        }
        self.flush_calls(out, None);
        let lane = self.lane_of(out, session, value);
        let update = Update { lane, session, kind, value, raw };
        match kind {
            "user_message_chunk" => self.said(out, &update, Speaker::User),
            "agent_message_chunk" => self.said(out, &update, Speaker::Agent),
            "agent_thought_chunk" | "compaction_summary_chunk" => self.said(out, &update, Speaker::Thought),
            "usage_update" => self.meter.hear(out, lane, value),
            "plan" => out.event(lane, Event::Planned { items: plan(value) }),
            "plan_update" => plan_told(out, &update),
            "plan_removed" => out.event(lane, Event::Planned { items: vec![] }),
            "compaction_update" => self.compacted(out, &update),
            "notice" => notice(out, &update),
            "subagent_update" => self.subagent(out, &update),
            "session_message_chunk" | "session_message" => self.session_message(out, &update),
            "available_commands_update" | "current_mode_update" | "config_option_update" | "session_info_update" => {
                self.session_told(out, &update);
            }
            "" => out.unrecognised(lane, "an update without its kind", raw),
            _ => out.unrecognised(lane, kind, raw),
        }
    }

    fn call_told(&mut self, out: &mut Out, session: Option<&str>, value: &Value, raw: &str) {
        let Some(native) = look::text(value, "toolCallId").filter(|id| !id.is_empty()) else {
            self.flush_calls(out, None);
            return out.unrecognised(LaneId::ROOT, "an update of a call without its id", raw);
        };
        let id = self.calls.id(session, native);
        self.flush_calls(out, Some(&id));
        let lane = self.lane_of(out, session, value);
        self.hear_call(out, lane, session, &id, News::read(value));
    }

    fn said(&mut self, out: &mut Out, update: &Update, who: Speaker) {
        let block = update.value.get("content").unwrap_or(&Value::Null);
        let message = ["messageId", "compactionId"].iter().find_map(|key| look::owned(update.value, key));
        for block in block.as_array().map_or(std::slice::from_ref(block), Vec::as_slice) {
            match content::read(block) {
                Piece::Text(text) if text.is_empty() => {}
                Piece::Text(text) if who == Speaker::User && update.lane == LaneId::ROOT && self.is_echo(&text) => {}
                Piece::Text(text) => {
                    out.event(update.lane, Event::Said { who, message: message.clone(), text: text.into() });
                }
                Piece::Thing(what) => out.event(update.lane, Event::Attached { who, what: what.into() }),
                Piece::Odd => out.unrecognised(update.lane, format!("{} of an unknown kind", update.kind), update.raw),
            }
        }
    }

    /// Whether this is our own prompt coming back, whole or in pieces (acp.md, 33).
    fn is_echo(&mut self, text: &str) -> bool {
        let rest = self.echo.trim_start();
        let piece = text.trim();
        if rest.is_empty() || piece.is_empty() {
            return false;
        }
        let Some(rest) = rest.strip_prefix(piece) else { return false };
        self.echo = rest.to_owned();
        true
    }

    /// What concerns the whole session. Of a subagent's session it is only a line in its lane.
    fn session_told(&mut self, out: &mut Out, update: &Update) {
        let Update { lane, kind, value, .. } = *update;
        if lane != LaneId::ROOT {
            let said = look::first_text(value, &["title", "currentModeId", "modeId"]);
            return out.note(lane, Notice::Info, format!("{kind} {}", said.unwrap_or_default()).trim_end());
        }
        match kind {
            "available_commands_update" => self.settings.commands(out, value),
            "config_option_update" => self.settings.options(out, value, By::Agent),
            "current_mode_update" => match look::first_text(value, &["currentModeId", "modeId"]) {
                Some(mode) => self.settings.mode_is(out, mode, By::Agent),
                None => out.unrecognised(lane, kind, update.raw),
            },
            _ => {
                if let Some(title) = look::owned(value, "title") {
                    out.root(Event::Titled { title: title.into() });
                }
                // The only word of trouble that codex has (acp.md, 26).
                if let Some(error) = look::at(value, &["_meta", "codex", "error", "message"]).and_then(Value::as_str) {
                    out.note(lane, Notice::Warning, error);
                }
            }
        }
    }

    fn compacted(&mut self, out: &mut Out, update: &Update) {
        let before = self.meter.used(update.lane);
        match look::text(update.value, "status") {
            Some("completed") => out.event(update.lane, Event::Compacted { before, after: None }),
            Some(status @ ("failed" | "cancelled")) => {
                let why = look::text(update.value, "error").unwrap_or_default();
                out.note(update.lane, Notice::Warning, format!("the context was not compacted: {status} {why}"));
            }
            Some(_) | None => out.note(update.lane, Notice::Info, "the context is being compacted"),
        }
    }

    fn subagent(&mut self, out: &mut Out, update: &Update) {
        let Some(child) = look::text(update.value, "sessionId") else {
            return out.unrecognised(update.lane, update.kind, update.raw);
        };
        let name = look::first_text(update.value, &["title", "description"]).map(look::cut);
        self.lane_of_session(out, Some(child), name.as_deref());
        if look::at(update.value, &["state", "state"]).and_then(Value::as_str) == Some("idle") {
            self.lanes.end_session(out, child);
        }
    }

    fn session_message(&mut self, out: &mut Out, update: &Update) {
        let from_us = look::text(update.value, "senderSessionId").is_some_and(|id| Some(id) == update.session);
        self.said(out, update, if from_us { Speaker::Agent } else { Speaker::User });
    }

    fn login_told(&mut self, out: &mut Out, params: &Value) {
        self.flush_calls(out, None);
        let status = params.get("authStatus").unwrap_or(&Value::Null);
        let said: Vec<&str> = ["label", "detail"].iter().filter_map(|key| look::text(status, key)).collect();
        let said = if said.is_empty() { "unknown".to_owned() } else { said.join(", ") };
        out.note(LaneId::ROOT, Notice::Info, format!("login of the agent: {said}"));
    }
}

fn plan(value: &Value) -> Vec<PlanItem> {
    let item = |entry: &Value| {
        let text = look::text(entry, "content")?;
        let status = match look::text(entry, "status") {
            Some("in_progress") => PlanStatus::Doing,
            Some("completed") => PlanStatus::Done,
            Some(_) | None => PlanStatus::Pending,
        };
        Some(PlanItem { text: text.into(), status })
    };
    look::list(value, "entries").iter().filter_map(item).collect()
}

/// A plan of the newer kind: a list, a text, or a file.
fn plan_told(out: &mut Out, update: &Update) {
    let Update { lane, value, .. } = *update;
    let plan_of = [value.get("plan"), value.get("content"), Some(value)].into_iter().flatten();
    let Some(body) = plan_of.into_iter().find(|body| body.get("type").is_some() || body.get("entries").is_some())
    else {
        return out.unrecognised(lane, update.kind, update.raw);
    };
    let lines = |text: &str| -> Vec<PlanItem> {
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        lines.map(|line| PlanItem { text: line.into(), status: PlanStatus::Pending }).collect()
    };
    let items = match look::first_text(body, &["content", "markdown", "uri"]) {
        Some(text) => lines(text),
        None => plan(body),
    };
    out.event(lane, Event::Planned { items });
}

fn notice(out: &mut Out, update: &Update) {
    let say = |key| look::text(update.value, key).unwrap_or_default();
    let level = match say("severity") {
        "error" => Notice::Error,
        "warning" => Notice::Warning,
        _ => Notice::Info,
    };
    let (title, more) = (say("title"), say("description"));
    let text = if more.is_empty() { title.to_owned() } else { format!("{title}: {more}") };
    out.note(update.lane, level, text);
}
