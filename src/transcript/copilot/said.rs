//! What is said, and the calls: each is told with the message that proposes it, again when it begins, and when it is over.

use super::Copilot;
use crate::domain::{By, CallId, CallPatch, CallStatus, Event, Gate, Impact, LaneId, Speaker, Stop};
use crate::shapes::{look, tools};
use crate::transcript::Out;
use serde_json::Value;

impl Copilot {
    pub(super) fn user(&mut self, out: &mut Out, lane: LaneId, data: &Value) {
        let attached: Vec<String> = look::list(data, "attachments").iter().map(attachment).collect();
        let text = look::text(data, "content").unwrap_or_default();
        let text = if text.is_empty() { format!("({})", attached.join("; ")) } else { text.to_owned() };
        let source = look::owned(data, "source").filter(|source| source != "user");
        if lane != LaneId::ROOT {
            out.said(lane, Speaker::User, None, &text);
        } else if look::text(data, "delivery") == Some("steering") && source.is_none() {
            self.talk.steer(out, text);
        } else {
            // What Copilot, a skill or another agent puts there begins a turn as well.
            let by = source.is_some() || data.get("isAutopilotContinuation") == Some(&Value::Bool(true));
            self.talk.prompt(out, text, by.then_some(By::Agent));
        }
        for what in attached {
            out.event(lane, Event::Attached { who: Speaker::User, what: what.into() });
        }
    }

    pub(super) fn thinks(&mut self, out: &mut Out, lane: LaneId, id: Option<&str>, text: &str) {
        if lane == LaneId::ROOT {
            self.talk.works(out);
        }
        if self.thought != text {
            text.clone_into(&mut self.thought);
            out.said(lane, Speaker::Thought, id, text);
        }
    }

    pub(super) fn message(&mut self, out: &mut Out, lane: LaneId, data: &Value) {
        let id = look::text(data, "messageId");
        if lane == LaneId::ROOT {
            self.talk.works(out);
            if let Some(model) = look::text(data, "model").filter(|model| !model.is_empty()) {
                self.talk.open.model_is(out, model);
            }
        }
        if let Some(thought) = look::text(data, "reasoningText") {
            let id = id.map(|id| format!("{id}/thought"));
            self.thinks(out, lane, id.as_deref(), thought);
        }
        out.said(lane, Speaker::Agent, id, look::text(data, "content").unwrap_or_default());
        let calls = look::list(data, "toolRequests");
        for call in calls {
            let shown = look::first_text(call, &["intentionSummary", "toolTitle"]);
            self.tool(out, lane, call, look::text(call, "name"), shown);
        }
        if lane == LaneId::ROOT {
            self.talk.stops(calls.is_empty().then_some(Stop::EndTurn));
        }
        self.wrote(data);
    }

    fn tool(&mut self, out: &mut Out, lane: LaneId, call: &Value, name: Option<&str>, shown: Option<&str>) -> CallId {
        let id = CallId(look::owned(call, "toolCallId").unwrap_or_else(|| "a call without its id".to_owned()));
        let tool = name.filter(|name| !name.is_empty()).unwrap_or("a tool");
        let args = arguments(call.get("arguments").unwrap_or(&Value::Null));
        let known = tools::known(tool, &args, None);
        // Its own words for a shell are those of the model; for a file they name a path that stands there anyway.
        let shown = shown.filter(|_| matches!(known.impact, Some(Impact::Other | Impact::Think)));
        let known = shown.map_or(known, |shown| tools::known(tool, &args, Some(shown)));
        let is_new = self.talk.call(&id).is_none();
        self.talk.proposed(out, lane, &id, known);
        if let Some(items) = tools::plan(&args).filter(|_| is_new) {
            out.event(lane, Event::Planned { items });
        }
        id
    }

    pub(super) fn tool_starts(&mut self, out: &mut Out, lane: LaneId, data: &Value) {
        if lane == LaneId::ROOT {
            self.talk.works(out);
        }
        let id = self.tool(out, lane, data, look::text(data, "toolName"), look::text(data, "toolTitle"));
        let over = self.talk.call(&id).and_then(|call| call.status).is_some_and(CallStatus::is_final);
        if !over {
            let patch = CallPatch { status: Some(CallStatus::Running), ..CallPatch::default() };
            self.talk.called(out, lane, &id, patch);
        }
    }

    pub(super) fn tool_ends(&mut self, out: &mut Out, lane: LaneId, data: &Value) {
        if lane == LaneId::ROOT {
            self.talk.works(out);
        }
        let id = CallId(look::owned(data, "toolCallId").unwrap_or_else(|| "a call without its id".to_owned()));
        let text = |path: &[&str]| look::at(data, path).and_then(Value::as_str).filter(|text| !text.is_empty());
        let said =
            text(&["result", "content"]).or(text(&["result", "detailedContent"])).or(text(&["error", "message"]));
        let said = said.unwrap_or_default().to_owned();
        let told = look::at(data, &["shellExecution", "exitCode"]).and_then(Value::as_i64);
        let runs = self.talk.call(&id).is_some_and(|call| call.impact == Some(Impact::Execute));
        let exit = told.and_then(|code| i32::try_from(code).ok()).or_else(|| exit(&said).filter(|_| runs));
        let refused = matches!(text(&["error", "code"]), Some("rejected" | "denied"));
        let status = match data.get("success") {
            _ if refused => CallStatus::Abandoned,
            Some(Value::Bool(false)) => CallStatus::Failed,
            _ if exit.is_some_and(|exit| exit != 0) => CallStatus::Failed,
            _ => CallStatus::Done,
        };
        let patch = CallPatch { status: Some(status), exit, ..CallPatch::default() };
        self.talk.came_back(out, lane, &id, said, patch);
    }

    /// Somebody was asked about a call, and let it run.
    pub(super) fn permitted(&mut self, out: &mut Out, data: &Value) {
        let id = CallId(look::owned(data, "toolCallId").unwrap_or_default());
        let kind = look::at(data, &["result", "kind"]).and_then(Value::as_str).unwrap_or_default();
        if self.talk.call(&id).is_some() && kind.starts_with("approved") {
            let lane = self.talk.lane_of_call(&id);
            out.event(lane, Event::CallGated { call: id, gate: Gate::Asked });
        }
    }
}

/// Arguments are an object, or in some versions its text.
fn arguments(args: &Value) -> Value {
    let read = args.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
    read.filter(Value::is_object).unwrap_or_else(|| args.clone())
}

fn attachment(given: &Value) -> String {
    let kind = look::text(given, "type").unwrap_or("attachment");
    let name = look::first_text(given, &["path", "displayName", "url", "title"]).unwrap_or_default();
    look::cut(format!("{kind} {name}").trim_end())
}

/// The exit code of a command, where its output says it: `<exited with exit code 1>`.
fn exit(output: &str) -> Option<i32> {
    let last = output.trim_end().lines().next_back()?.strip_suffix('>')?;
    last.rsplit_once("exit code ")?.1.trim().parse().ok()
}
