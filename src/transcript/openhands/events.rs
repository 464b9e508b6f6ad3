//! Events: one a file, each of a kind.

use super::Conversation;
use crate::domain::{CallId, CallPatch, CallStatus, Event, LaneId, Notice, Speaker, Stop, Tokens, Workplace};
use crate::shapes::{look, tools};
use crate::transcript::key::key;
use crate::transcript::{Out, time};
use serde_json::Value;

const ROOT: LaneId = LaneId::ROOT;

impl Conversation {
    pub(super) fn event(&mut self, out: &mut Out, kind: &str, event: &Value) {
        let said_at = look::text(event, "timestamp").and_then(time::read_bare);
        out.at_time(said_at);
        self.talk.open.begin(out);
        let owned = |key: &str| look::owned(event, key);
        match kind {
            "SystemPromptEvent" => {
                let words = text(event.get("system_prompt").unwrap_or(&Value::Null));
                self.instructed(out, words.len());
            }
            "MessageEvent" => self.message(out, event),
            "ActionEvent" => self.action(out, event),
            "ObservationEvent" => self.observation(out, event),
            "UserRejectObservation" => {
                let why = owned("rejection_reason").unwrap_or_default();
                self.came_back(out, event, why, CallStatus::Abandoned, None);
            }
            "AgentErrorEvent" => {
                let why = owned("error").unwrap_or_default();
                self.came_back(out, event, why, CallStatus::Failed, None);
            }
            "ConversationErrorEvent" => {
                let why = owned("detail").or_else(|| owned("code")).unwrap_or_default();
                out.note(ROOT, Notice::Error, &why);
                self.talk.stops(Some(Stop::Error(0, look::cut(&why))));
            }
            "Condensation" => {
                let before = self.talk.carried();
                out.event(ROOT, Event::Compacted { before, after: None });
            }
            "PauseEvent" | "InterruptEvent" => self.talk.interrupted(out),
            "ConversationStateUpdateEvent" if look::text(event, "key") == Some("stats") => {
                self.counted(out, event.get("value").unwrap_or(&Value::Null));
            }
            // Its own business: what other events tell as well.
            "ConversationStateUpdateEvent" | "CondensationRequest" | "CondensationSummaryEvent" => {}
            "" => out.unrecognised(ROOT, "an event without its kind", &event.to_string()),
            kind => out.unrecognised(ROOT, look::cut(kind), &event.to_string()),
        }
        self.talk.heard(said_at);
    }

    pub(super) fn instructed(&mut self, out: &mut Out, bytes: usize) {
        if std::mem::replace(&mut self.instructions, bytes) != bytes {
            let size = look::size(bytes);
            out.note(ROOT, Notice::Info, format!("put into the context by OpenHands: instructions, {size}"));
        }
    }

    fn message(&mut self, out: &mut Out, event: &Value) {
        let message = event.get("llm_message").unwrap_or(&Value::Null);
        let content = message.get("content").unwrap_or(&Value::Null);
        let (words, others) = (text(content), images(content));
        if look::text(event, "source") == Some("user") {
            let words = if words.is_empty() { format!("({})", others.join("; ")) } else { words };
            self.talk.prompt(out, words, None);
            for what in others {
                out.event(ROOT, Event::Attached { who: Speaker::User, what: what.into() });
            }
            return;
        }
        if look::text(event, "source") == Some("environment") {
            return out.note(ROOT, Notice::Info, format!("told to the model: {words}"));
        }
        self.talk.works(out);
        thinks(out, event, message);
        out.said(ROOT, Speaker::Agent, look::text(event, "id"), &words);
        self.talk.stops(Some(Stop::EndTurn));
    }

    fn action(&mut self, out: &mut Out, event: &Value) {
        self.talk.works(out);
        self.talk.stops(None);
        thinks(out, event, &Value::Null);
        let words = text(event.get("thought").unwrap_or(&Value::Null));
        out.said(ROOT, Speaker::Agent, look::text(event, "id"), &words);
        let given = look::at(event, &["tool_call", "arguments"]).and_then(Value::as_str);
        let given = given.and_then(|given| serde_json::from_str::<Value>(given).ok()).filter(Value::is_object);
        let args = given.or_else(|| event.get("action").cloned()).unwrap_or_default();
        let tool = look::text(event, "tool_name").filter(|tool| !tool.is_empty()).unwrap_or("a tool");
        let id = call_of(event);
        let known = tools::known(tool, &args, look::text(event, "summary"));
        self.talk.proposed(out, ROOT, &id, known);
        if let Some(items) = tools::plan(&args) {
            out.event(ROOT, Event::Planned { items });
        }
        if tool == "finish" {
            let id = look::text(event, "id").map(|id| format!("{id}/finish"));
            let words = look::text(&args, "message").unwrap_or_default();
            out.said(ROOT, Speaker::Agent, id.as_deref(), words);
            self.talk.stops(Some(Stop::EndTurn));
        }
    }

    fn observation(&mut self, out: &mut Out, event: &Value) {
        let seen = event.get("observation").unwrap_or(&Value::Null);
        let words = text(seen.get("content").unwrap_or(&Value::Null));
        let words = if words.is_empty() { look::owned(seen, "output").unwrap_or_default() } else { words };
        let exit = seen.get("exit_code").or_else(|| look::at(seen, &["metadata", "exit_code"]));
        let exit = exit.and_then(Value::as_i64).and_then(|code| i32::try_from(code).ok());
        let is = |key: &str| seen.get(key) == Some(&Value::Bool(true));
        // −1: the command runs on.
        let failed = is("is_error") || is("timeout") || exit.is_some_and(|exit| exit > 0);
        let status = if failed { CallStatus::Failed } else { CallStatus::Done };
        if let Some(cwd) = look::at(seen, &["metadata", "working_dir"]).and_then(Value::as_str) {
            self.works_in(out, cwd);
        }
        let finishes = look::text(event, "tool_name") == Some("finish");
        self.came_back(out, event, words, status, exit.filter(|exit| *exit >= 0));
        if finishes {
            self.talk.stops(Some(Stop::EndTurn));
        }
    }

    /// Where it works stands in no other place, where its state is not there.
    pub(super) fn works_in(&mut self, out: &mut Out, cwd: &str) {
        if self.talk.open.cwd.is_empty() && !cwd.is_empty() {
            cwd.clone_into(&mut self.talk.open.cwd);
            let place = Workplace { folder: cwd.to_owned(), ..Workplace::default() };
            out.event(ROOT, Event::Placed { place: Box::new(place) });
        }
    }

    fn came_back(&mut self, out: &mut Out, event: &Value, words: String, status: CallStatus, exit: Option<i32>) {
        self.talk.works(out);
        let patch = CallPatch { status: Some(status), exit, ..CallPatch::default() };
        self.talk.came_back(out, ROOT, &call_of(event), words, patch);
    }

    /// `base_state.json`: what it spent in all.
    pub(super) fn state(&mut self, out: &mut Out, state: &Value) {
        out.at_time(None);
        self.talk.open.begin(out);
        if let Some(model) = look::at(state, &["agent", "llm", "model"]).and_then(Value::as_str) {
            self.talk.open.model_is(out, model);
        }
        self.counted(out, state.get("stats").unwrap_or(&Value::Null));
    }

    /// Sums over the whole conversation, of each model.
    fn counted(&mut self, out: &mut Out, stats: &Value) {
        let all = stats.get("usage_to_metrics").and_then(Value::as_object);
        for (of, metrics) in all.into_iter().flatten() {
            self.metrics(out, of, metrics);
        }
    }

    /// A sum so far: what it adds to the one before counts.
    pub(super) fn metrics(&mut self, out: &mut Out, of: &str, metrics: &Value) {
        let usage = metrics.get("accumulated_token_usage").unwrap_or(&Value::Null);
        let count = |key: &str| usage.get(key).and_then(look::count);
        if let Some(input) = count("prompt_tokens") {
            let (read, write) = (count("cache_read_tokens"), count("cache_write_tokens"));
            let fresh = input.saturating_sub(read.unwrap_or(0)).saturating_sub(write.unwrap_or(0));
            let tokens = Tokens {
                input: Some(fresh),
                output: count("completion_tokens"),
                cache_read: read,
                cache_write: write,
                thought: count("reasoning_tokens").filter(|thought| *thought > 0),
                cumulative: false,
            };
            self.talk.spent(Some(key(of)), tokens);
        }
        if let Some(dollars) = metrics.get("accumulated_cost").and_then(Value::as_f64) {
            self.talk.costs_in_all(of, dollars);
        }
        self.talk.carries(out, count("per_turn_token"), count("context_window"));
    }
}

/// Thoughts stand with an action, or in the message.
fn thinks(out: &mut Out, event: &Value, message: &Value) {
    let thought = [event, message].into_iter().find_map(|place| look::owned(place, "reasoning_content"));
    let blocks = || [event, message].into_iter().flat_map(|place| look::list(place, "thinking_blocks"));
    let thought = thought.or_else(|| blocks().find_map(|block| look::owned(block, "thinking")));
    let id = look::text(event, "id").map(|id| format!("{id}/thought"));
    out.said(ROOT, Speaker::Thought, id.as_deref(), thought.as_deref().unwrap_or_default());
}

/// The call of an action or an observation.
fn call_of(event: &Value) -> CallId {
    let id = look::first_text(event, &["tool_call_id", "action_id", "id"]);
    CallId(id.filter(|id| !id.is_empty()).unwrap_or("a call without its id").to_owned())
}

/// The words of a content.
pub(super) fn text(content: &Value) -> String {
    if let Some(text) = content.as_str().or_else(|| look::text(content, "text")) {
        return text.to_owned();
    }
    let texts = content.as_array().into_iter().flatten().filter_map(|block| look::text(block, "text"));
    texts.collect::<Vec<_>>().join("\n")
}

/// Pictures of a content.
fn images(content: &Value) -> Vec<String> {
    let image = |block: &Value| {
        let urls = look::list(block, "image_urls").len();
        (urls > 0).then(|| format!("{urls} image{}", if urls == 1 { "" } else { "s" }))
    };
    content.as_array().into_iter().flatten().filter_map(image).collect()
}
