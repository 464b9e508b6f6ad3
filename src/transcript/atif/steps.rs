//! Steps: of the human, the agent, or what runs it; and what they spent.

use super::{DEEP, Trajectory};
use crate::domain::{CallId, CallPatch, CallStatus, Event, LaneId, Notice, Speaker, Stop, Tokens};
use crate::shapes::tokens::sum;
use crate::shapes::{look, tools};
use crate::transcript::key::key;
use crate::transcript::{Out, time};
use serde_json::Value;

const ROOT: LaneId = LaneId::ROOT;

/// Whether a step only repeats what was said before, elsewhere.
pub(super) fn is_copied(step: &Value) -> bool {
    step.get("is_copied_context") == Some(&Value::Bool(true))
}

impl Trajectory {
    pub(super) fn step(&mut self, out: &mut Out, lane: LaneId, step: &Value) {
        let said_at = look::text(step, "timestamp").and_then(time::read_bare);
        out.at_time(said_at);
        let words = text(step.get("message").unwrap_or(&Value::Null));
        match look::text(step, "source") {
            Some("user") if lane == ROOT => {
                self.talk.prompt(out, words, None);
                attached(out, lane, Speaker::User, step.get("message"));
            }
            Some("user") => out.said(lane, Speaker::User, None, &words),
            Some("system") => self.system(out, lane, &words),
            Some("agent") => self.agent(out, lane, step, &words),
            Some(source) => {
                out.unrecognised(lane, format!("a step of {}", look::cut(source)), &step.to_string());
            }
            None => out.unrecognised(lane, "a step of nobody", &step.to_string()),
        }
        self.observed(out, lane, step);
        if let Some(metrics) = step.get("metrics").filter(|metrics| metrics.is_object() && !is_copied(step)) {
            self.spent(out, tokens(metrics), cost(metrics, "cost_usd"));
            if lane == ROOT {
                let carried = ["prompt_tokens", "completion_tokens"];
                let carried = carried.iter().filter_map(|key| metrics.get(key).and_then(look::count));
                let carried = carried.fold(0_u64, u64::saturating_add);
                self.talk.carries(out, Some(carried), None);
            }
        }
        self.talk.heard(said_at);
    }

    fn system(&mut self, out: &mut Out, lane: LaneId, words: &str) {
        // Before the first prompt stand the instructions, which may be long.
        if self.talk.turn() == 0 && lane == ROOT {
            let size = look::size(words.len());
            return out.note(lane, Notice::Info, format!("put into the context: instructions, {size}"));
        }
        out.note(lane, Notice::Info, words);
    }

    fn agent(&mut self, out: &mut Out, lane: LaneId, step: &Value, words: &str) {
        if lane == ROOT {
            self.talk.works(out);
            if let Some(model) = look::owned(step, "model_name") {
                self.talk.open.model_is(out, &model);
            }
        }
        out.said(lane, Speaker::Thought, None, &text(step.get("reasoning_content").unwrap_or(&Value::Null)));
        out.said(lane, Speaker::Agent, None, words);
        attached(out, lane, Speaker::Agent, step.get("message"));
        let calls = look::list(step, "tool_calls");
        for call in calls {
            let id = self.call_id(call);
            let args = call.get("arguments").unwrap_or(&Value::Null);
            let tool = look::text(call, "function_name").filter(|tool| !tool.is_empty()).unwrap_or("a tool");
            self.talk.proposed(out, lane, &id, known(tool, args));
            if let Some(items) = tools::plan(args) {
                out.event(lane, Event::Planned { items });
            }
        }
        if lane == ROOT {
            self.talk.stops(calls.is_empty().then_some(Stop::EndTurn));
        }
    }

    fn call_id(&mut self, call: &Value) -> CallId {
        CallId(look::owned(call, "tool_call_id").unwrap_or_else(|| {
            self.unnamed += 1;
            format!("a call without its id {}", self.unnamed)
        }))
    }

    /// What came back of a step.
    fn observed(&mut self, out: &mut Out, lane: LaneId, step: &Value) {
        let Some(observation) = step.get("observation").filter(|seen| seen.is_object()) else { return };
        let ids = |call: &Value| look::owned(call, "tool_call_id").map(CallId);
        let mut open: Vec<CallId> = look::list(step, "tool_calls").iter().filter_map(ids).collect();
        for result in look::list(observation, "results") {
            let content = result.get("content").unwrap_or(&Value::Null);
            let words = text(content);
            let named = look::owned(result, "source_call_id").map(CallId);
            // Where nothing says of which call it is, it is what stood there after the last of them.
            let of = named.or_else(|| open.last().cloned());
            for part in referred(result) {
                self.refers(out, part, of.as_ref());
            }
            match of {
                Some(id) => {
                    open.retain(|other| *other != id);
                    self.came_back(out, lane, &id, words);
                }
                None if words.trim().is_empty() => {}
                None => out.note(lane, Notice::Info, format!("told to the model: {words}")),
            }
            attached(out, lane, Speaker::Agent, Some(content));
        }
        // The others have run as well, and left nothing of their own.
        for id in open.into_iter().filter(|_| !look::list(observation, "results").is_empty()) {
            self.came_back(out, lane, &id, String::new());
        }
    }

    fn came_back(&mut self, out: &mut Out, lane: LaneId, id: &CallId, words: String) {
        let patch = CallPatch { status: Some(CallStatus::Done), ..CallPatch::default() };
        self.talk.came_back(out, lane, id, words, patch);
    }

    /// A subagent is named: what it did is told here, where it is at hand.
    fn refers(&mut self, out: &mut Out, reference: &Value, call: Option<&CallId>) {
        let path = look::text(reference, "trajectory_path");
        let inner = |(file, document): &(usize, Value)| {
            let same = |key: &str| look::text(reference, key).is_some_and(|id| look::text(document, key) == Some(id));
            *file == usize::MAX && (same("trajectory_id") || same("session_id"))
        };
        if self.deep >= DEEP {
            return;
        }
        let at = path.and_then(|path| self.named(path)).or_else(|| self.waiting.iter().position(inner));
        let name = look::at(reference, &["extra", "summary"]).and_then(Value::as_str);
        let name = name.or(path).or_else(|| look::text(reference, "session_id")).unwrap_or_default().to_owned();
        let Some(at) = at else {
            return out.note(ROOT, Notice::Info, format!("a subagent whose trajectory is not at hand: {name}"));
        };
        let (_, document) = self.waiting.remove(at);
        self.subagent(out, &name, call, &document);
    }

    pub(super) fn subagent(&mut self, out: &mut Out, name: &str, call: Option<&CallId>, document: &Value) {
        let now = out.time();
        self.inside(out, document);
        self.deep += 1;
        let native = look::owned(document, "trajectory_id").or_else(|| look::owned(document, "session_id"));
        let native = native.unwrap_or_else(|| name.to_owned());
        let lane = self.talk.lane_opens(out, &native, Some(name.to_owned()), call.cloned());
        for step in look::list(document, "steps") {
            match is_copied(step) {
                true => out.again += 1,
                false => self.step(out, lane, step),
            }
        }
        self.deep -= 1;
        self.talk.lane_ends(out, lane);
        out.at_time(now);
    }

    /// A step has spent so much.
    fn spent(&mut self, out: &mut Out, tokens: Option<Tokens>, cost: Option<f64>) {
        self.spent = sum(self.spent, tokens);
        self.dollars += cost.unwrap_or(0.0);
        self.spent_in_all(out, self.spent, cost.map(|_| self.dollars));
    }

    /// The whole has spent so much: what of it is new counts.
    pub(super) fn spent_in_all(&mut self, out: &mut Out, tokens: Option<Tokens>, cost: Option<f64>) {
        const ALL: &str = "all";
        if let Some(tokens) = tokens {
            self.talk.spent(Some(key(ALL)), tokens);
        }
        if let Some(dollars) = cost {
            self.talk.costs_in_all(ALL, dollars);
            self.talk.carries(out, None, None);
        }
    }
}

/// What is known of a call. A terminal is given keys, and not a command.
fn known(tool: &str, args: &Value) -> CallPatch {
    let known = tools::known(tool, args, None);
    let Some(keys) = look::text(args, "keystrokes").filter(|_| known.command.is_none()) else { return known };
    let command = keys.trim_end_matches('\n');
    let shown = tools::known("terminal", &serde_json::json!({"command": command}), None);
    CallPatch { impact: shown.impact, command: shown.command, title: shown.title, ..known }
}

/// Subagents that a result names: one, or a list of them.
fn referred(result: &Value) -> &[Value] {
    match result.get("subagent_trajectory_ref") {
        Some(Value::Array(all)) => all,
        Some(one) if one.is_object() => std::slice::from_ref(one),
        _ => &[],
    }
}

/// What a step spent. What came from a cache is a part of its prompt.
fn tokens(metrics: &Value) -> Option<Tokens> {
    counted(metrics, ["prompt_tokens", "completion_tokens", "cached_tokens"])
}

/// The same of the whole.
pub(super) fn total(metrics: &Value) -> Option<Tokens> {
    counted(metrics, ["total_prompt_tokens", "total_completion_tokens", "total_cached_tokens"])
}

fn counted(metrics: &Value, [prompt, completion, cached]: [&str; 3]) -> Option<Tokens> {
    let count = |key: &str| metrics.get(key).and_then(look::count);
    let (input, cached) = (count(prompt), count(cached));
    input.or(count(completion))?;
    Some(Tokens {
        input: input.map(|input| input.saturating_sub(cached.unwrap_or(0))),
        output: count(completion),
        cache_read: cached,
        ..Tokens::default()
    })
}

pub(super) fn cost(metrics: &Value, key: &str) -> Option<f64> {
    metrics.get(key).and_then(Value::as_f64)
}

/// The words of a message: a text, or the texts of its parts.
fn text(content: &Value) -> String {
    if let Some(text) = content.as_str() {
        return text.to_owned();
    }
    let texts = content.as_array().into_iter().flatten().filter_map(|part| look::text(part, "text"));
    texts.collect::<Vec<_>>().join("\n")
}

/// What else stands in it.
fn attached(out: &mut Out, lane: LaneId, who: Speaker, content: Option<&Value>) {
    for part in content.and_then(Value::as_array).into_iter().flatten() {
        let Some(kind) = look::text(part, "type").filter(|kind| *kind != "text") else { continue };
        let source = part.get("source").unwrap_or(&Value::Null);
        let of = look::first_text(source, &["path", "url"]).unwrap_or_default();
        let kind = look::text(source, "media_type").unwrap_or(kind);
        let what = look::cut(format!("{kind} {of}").trim_end());
        out.event(lane, Event::Attached { who, what: what.into() });
    }
}
