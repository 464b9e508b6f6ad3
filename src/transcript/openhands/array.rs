//! The older form: one list of actions and observations, each of which names the action that caused it.

use super::Conversation;
use crate::domain::{CallId, CallPatch, CallStatus, Event, LaneId, Notice, Speaker, Stop};
use crate::shapes::{look, tools};
use crate::transcript::{Out, time};
use serde_json::Value;

const ROOT: LaneId = LaneId::ROOT;

impl Conversation {
    pub(super) fn old(&mut self, out: &mut Out, item: &Value) {
        let said_at = look::text(item, "timestamp").and_then(time::read_bare);
        out.at_time(said_at);
        self.talk.open.begin(out);
        match (look::text(item, "action"), look::text(item, "observation")) {
            (Some(action), _) => self.does(out, action, item),
            (None, Some(observation)) => self.sees(out, observation, item),
            (None, None) => {}
        }
        if let Some(metrics) = item.get("llm_metrics").filter(|metrics| metrics.is_object()) {
            self.metrics(out, "all", metrics);
        }
        self.talk.heard(said_at);
    }

    fn does(&mut self, out: &mut Out, action: &str, item: &Value) {
        let args = item.get("args").unwrap_or(&Value::Null);
        let is_user = look::text(item, "source") == Some("user");
        let content = look::first_text(args, &["content", "text"]).or_else(|| look::text(item, "message"));
        let content = content.unwrap_or_default();
        let id = item.get("id").map(Value::to_string);
        match action {
            "system" => self.instructed(out, content.len()),
            "message" if is_user => self.talk.prompt(out, content.to_owned(), None),
            "message" => {
                self.talk.works(out);
                out.said(ROOT, Speaker::Agent, id.as_deref(), content);
                self.talk.stops(Some(Stop::EndTurn));
            }
            "condensation" => {
                let before = self.talk.carried();
                out.event(ROOT, Event::Compacted { before, after: None });
            }
            "reject" => self.talk.stops(Some(Stop::Refusal)),
            "change_agent_state" if is_user && look::text(args, "agent_state") == Some("stopped") => {
                self.talk.interrupted(out);
            }
            // Its own business: what observations tell as well.
            "change_agent_state" | "recall" | "null" | "condensation_request" => {}
            "finish" => {
                self.talk.works(out);
                let words = look::first_text(args, &["final_thought", "thought"]).unwrap_or_default();
                out.said(ROOT, Speaker::Agent, id.as_deref(), words);
                self.talk.stops(Some(Stop::EndTurn));
            }
            "think" => {
                self.talk.works(out);
                out.said(ROOT, Speaker::Thought, id.as_deref(), look::text(args, "thought").unwrap_or_default());
            }
            action => {
                self.talk.works(out);
                self.talk.stops(None);
                let words = look::text(args, "thought").unwrap_or_default();
                out.said(ROOT, Speaker::Agent, id.as_deref(), words);
                let named = look::at(item, &["tool_call_metadata", "function_name"]).and_then(Value::as_str);
                let tool = named.filter(|_| !matches!(action, "run" | "read" | "write" | "edit")).unwrap_or(action);
                // A message of its own says what it does.
                let shown = look::text(item, "message").filter(|_| !is_user);
                self.talk.proposed(out, ROOT, &call(item.get("id")), tools::known(tool, args, shown));
                if let Some(items) = tools::plan(args) {
                    out.event(ROOT, Event::Planned { items });
                }
            }
        }
    }

    fn sees(&mut self, out: &mut Out, observation: &str, item: &Value) {
        let extras = item.get("extras").unwrap_or(&Value::Null);
        let content = look::text(item, "content").unwrap_or_default();
        let id = call(item.get("cause"));
        if let Some(cwd) = look::at(extras, &["metadata", "working_dir"]).and_then(Value::as_str) {
            self.works_in(out, cwd);
        }
        if self.talk.call(&id).is_some() {
            let exit = look::at(extras, &["metadata", "exit_code"]).or_else(|| extras.get("exit_code"));
            let exit = exit.and_then(Value::as_i64).and_then(|code| i32::try_from(code).ok()).filter(|exit| *exit >= 0);
            let status = match observation {
                "user_rejected" => CallStatus::Abandoned,
                "error" => CallStatus::Failed,
                _ if exit.is_some_and(|exit| exit != 0) => CallStatus::Failed,
                _ => CallStatus::Done,
            };
            let patch = CallPatch { status: Some(status), exit, ..CallPatch::default() };
            return self.talk.came_back(out, ROOT, &id, content.to_owned(), patch);
        }
        match observation {
            "error" => {
                out.note(ROOT, Notice::Error, content);
                self.talk.stops(Some(Stop::Error(0, look::cut(content))));
            }
            "agent_state_changed" => {
                let state = look::text(extras, "agent_state").unwrap_or_default();
                match state {
                    "error" => {
                        let why = look::text(extras, "reason").unwrap_or_default();
                        out.note(ROOT, Notice::Error, format!("its state is an error: {why}").trim_end_matches(": "));
                        self.talk.stops(Some(Stop::Error(0, look::cut(why))));
                    }
                    "stopped" => self.talk.interrupted(out),
                    _ => {}
                }
            }
            "recall" | "null" | "think" | "system" | "message" => {}
            other => {
                out.unrecognised(ROOT, format!("{} of a call that is not known", look::cut(other)), &item.to_string());
            }
        }
    }
}

fn call(id: Option<&Value>) -> CallId {
    CallId(format!("action {}", id.unwrap_or(&Value::Null)))
}
