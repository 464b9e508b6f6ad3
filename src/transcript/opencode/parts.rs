//! The parts of a message: words, thoughts, calls with what came back of them, and what was counted.

use super::messages::{BySession, time};
use super::{Message, Session};
use crate::domain::{CallId, CallPatch, CallStatus, Event, LaneId, Notice, Speaker, Tokens};
use crate::shapes::{look, tools};
use crate::transcript::Out;
use crate::transcript::key::key;
use serde_json::Value;

impl Session {
    pub(super) fn part(&mut self, out: &mut Out, lane: LaneId, part: &Value, others: &mut BySession) {
        let begun = time(part, &["time", "start"]).or_else(|| time(part, &["state", "time", "start"]));
        out.at_time(begun.or(out.time()));
        let (id, text) = (look::text(part, "id"), look::text(part, "text").unwrap_or_default());
        match look::text(part, "type") {
            Some("text") => out.said(lane, Speaker::Agent, id, text),
            Some("reasoning") => out.said(lane, Speaker::Thought, id, text),
            Some("tool") => self.tool(out, lane, part, others),
            Some("compaction") => self.compacted(out, lane),
            Some("retry") => {
                let said = look::at(part, &["error", "data", "message"]).and_then(Value::as_str);
                let said = said.unwrap_or("it does not say why");
                out.note(lane, Notice::Warning, format!("tried again: {said}"));
            }
            Some("file") => {
                let name = look::first_text(part, &["filename", "url"]).unwrap_or_default();
                let kind = look::text(part, "mime").unwrap_or("file");
                let what = look::cut(&format!("{kind} {name}"));
                out.event(lane, Event::Attached { who: Speaker::Agent, what: what.into() });
            }
            Some("agent" | "subtask") => {
                let name = look::first_text(part, &["name", "description"]).unwrap_or_default();
                out.note(lane, Notice::Info, format!("it turns to the agent {name}"));
            }
            // What is counted is counted with the message; of the workspace only marks are kept.
            Some("step-start" | "step-finish" | "snapshot" | "patch") => {}
            kind => {
                let kind = format!("a part of the kind {}", look::cut(kind.unwrap_or("that is not said")));
                out.unrecognised(lane, kind, &part.to_string());
            }
        }
        let ended = time(part, &["time", "end"]).or_else(|| time(part, &["state", "time", "end"]));
        if lane == LaneId::ROOT {
            self.talk.heard(ended.or(out.time()));
        }
    }

    pub(super) fn compacted(&mut self, out: &mut Out, lane: LaneId) {
        let before = self.talk.carried().filter(|_| lane == LaneId::ROOT);
        out.event(lane, Event::Compacted { before, after: None });
    }

    fn tool(&mut self, out: &mut Out, lane: LaneId, part: &Value, others: &mut BySession) {
        let id = CallId(look::first_text(part, &["callID", "id"]).unwrap_or("a call without its id").to_owned());
        let tool = look::text(part, "tool").filter(|tool| !tool.is_empty()).unwrap_or("a tool");
        let state = part.get("state").unwrap_or(&Value::Null);
        let input = state.get("input").unwrap_or(&Value::Null);
        let is_new = self.talk.call(&id).is_none();
        let known = tools::known(tool, input, look::text(state, "title"));
        self.talk.proposed(out, lane, &id, known);
        if is_new && time(state, &["time", "start"]).is_some() {
            self.talk.called(out, lane, &id, CallPatch { status: Some(CallStatus::Running), ..CallPatch::default() });
        }
        if let Some(child) = look::at(state, &["metadata", "sessionId"]).and_then(Value::as_str) {
            let name = look::owned(input, "description");
            self.child(out, child, name, Some(&id), others);
        }
        let exit = look::at(state, &["metadata", "exit"]).and_then(Value::as_i64);
        let exit = exit.and_then(|code| i32::try_from(code).ok());
        let error = look::text(state, "error").unwrap_or_default();
        let refused = error.contains("rejected permission") || error.contains("rule which prevents you");
        let status = match look::text(state, "status") {
            Some("completed" | "success") if exit.is_some_and(|exit| exit != 0) => CallStatus::Failed,
            Some("completed" | "success") => CallStatus::Done,
            Some("error") if refused || error.contains("aborted") => CallStatus::Abandoned,
            Some("error") => CallStatus::Failed,
            Some("running") => CallStatus::Running,
            _ => CallStatus::Pending,
        };
        let output = look::text(state, "output").or_else(|| look::at(state, &["metadata", "output"])?.as_str());
        let said = output.filter(|output| !output.is_empty()).unwrap_or(error).to_owned();
        let now = out.time();
        out.at_time(time(state, &["time", "end"]).or(now));
        self.talk.came_back(out, lane, &id, said, CallPatch { status: Some(status), exit, ..CallPatch::default() });
        if let Some(items) = tools::plan(input).filter(|_| is_new && status == CallStatus::Done) {
            out.event(lane, Event::Planned { items });
        }
    }

    /// What a message spent: by its steps, where they say it.
    pub(super) fn counts(&mut self, out: &mut Out, lane: LaneId, message: &Message) {
        let is_step = |part: &&Value| look::text(part, "type") == Some("step-finish");
        let steps: Vec<&Value> = message.parts.iter().filter(is_step).collect();
        let said = |value: &Value| value.get("tokens").and_then(spent);
        let counted = if steps.iter().any(|step| said(step).is_some()) { steps } else { vec![&message.info] };
        let mut carried = None;
        for one in counted {
            let Some(tokens) = said(one) else { continue };
            self.talk.spent(look::text(one, "id").map(key), tokens);
            let kinds = [tokens.input, tokens.output, tokens.cache_read, tokens.cache_write];
            carried = Some(kinds.iter().flatten().sum::<u64>());
            if let Some(dollars) = one.get("cost").and_then(Value::as_f64) {
                self.talk.costs(dollars);
            }
        }
        self.talk.carries(out, carried.filter(|_| lane == LaneId::ROOT), None);
    }
}

/// What came from a cache stands beside what was read fresh, and thoughts beside what was written.
fn spent(tokens: &Value) -> Option<Tokens> {
    let count = |path: &[&str]| look::at(tokens, path).and_then(look::count);
    let (output, thought) = (count(&["output"]), count(&["reasoning"]));
    let all = [count(&["input"]), output, count(&["cache", "read"]), count(&["cache", "write"])];
    all.iter().flatten().any(|count| *count > 0).then_some(Tokens {
        input: all[0],
        output: output.map(|output| output.saturating_add(thought.unwrap_or(0))),
        cache_read: all[2],
        cache_write: all[3],
        thought: thought.filter(|thought| *thought > 0),
        cumulative: false,
    })
}
