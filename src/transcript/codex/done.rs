//! What is complete: `item_completed`, the form in which newer versions tell everything, and what older ones tell alike.

use super::Codex;
use super::calls::End;
use super::items::parts;
use super::words::{From, Users};
use crate::domain::{CallPatch, CallStatus, Event, Impact, LaneId, Notice, Speaker};
use crate::shapes::codex::tools;
use crate::shapes::look;
use crate::transcript::Out;
use serde_json::{Value, json};

impl Codex {
    pub(super) fn done(&mut self, out: &mut Out, lane: LaneId, item: &Value, raw: &str) {
        let id = look::text(item, "id").unwrap_or_default();
        match look::text(item, "type").unwrap_or_default() {
            "UserMessage" => {
                let words = self.words.of(lane);
                words.users = Users::Events;
                words.maybe.clear();
                let (texts, others) = parts(item.get("content").unwrap_or(&Value::Null));
                let text = if texts.is_empty() { format!("({})", others.join("; ")) } else { texts.join("\n") };
                self.user_said(out, lane, From::Event, text);
                for what in others {
                    out.event(lane, Event::Attached { who: Speaker::User, what: what.into() });
                }
            }
            "AgentMessage" => {
                let (texts, _) = parts(item.get("content").unwrap_or(&Value::Null));
                self.said(out, lane, From::Event, Speaker::Agent, Some(id), texts.join("\n"));
            }
            "Plan" => {
                let text = look::owned(item, "text").unwrap_or_default();
                self.said(out, lane, From::Event, Speaker::Agent, Some(id), text);
            }
            "Reasoning" => {
                let said =
                    |key: &str| -> Vec<&str> { look::list(item, key).iter().filter_map(Value::as_str).collect() };
                let all = [said("summary_text"), said("raw_content")].into_iter().find(|texts| !texts.is_empty());
                for text in all.unwrap_or_default() {
                    self.said(out, lane, From::Event, Speaker::Thought, Some(id), text.to_owned());
                }
            }
            "CommandExecution" if !id.is_empty() => self.ran(out, lane, id, item),
            "FileChange" if !id.is_empty() => self.patched(out, lane, id, item),
            "McpToolCall" if !id.is_empty() => self.asked_server(out, lane, id, item),
            "CollabAgentToolCall" => {
                let call = self.calls.id(lane, id).cloned();
                for thread in look::list(item, "receiver_thread_ids").iter().filter_map(Value::as_str) {
                    let is = |agent: &&Value| look::text(agent, "thread_id") == Some(thread);
                    let agents = look::list(item, "receiver_agents");
                    let agent = agents.iter().find(is).or(agents.first());
                    let name = agent.and_then(|agent| look::owned(agent, "agent_nickname"));
                    self.opened(out, lane, thread, name, call.clone());
                }
            }
            "WebSearch" | "Extension" => self.searched(out, lane, item),
            "ImageGeneration" => self.made_image(out, lane, item),
            "ImageView" => {
                let known = tools::known("view_image", item, &self.open.cwd);
                let patch = CallPatch { status: Some(CallStatus::Done), ..known.patch };
                self.works(out, lane);
                self.calls.ends(out, lane, id, End { patch, ..End::default() }, None);
            }
            "ContextCompaction" => self.compaction_said(out, lane),
            "EnteredReviewMode" => out.note(lane, Notice::Info, "a review began"),
            "ExitedReviewMode" => {
                let text = look::owned(item, "review").unwrap_or_default();
                self.said(out, lane, From::Event, Speaker::Agent, Some(id), text);
            }
            "SubAgentActivity" => {
                if let Some(thread) = look::text(item, "agent_thread_id") {
                    self.opened(out, lane, thread, look::owned(item, "agent_path"), None);
                }
            }
            "" => out.unrecognised(lane, "an item without its kind", raw),
            kind => out.unrecognised(lane, format!("item {}", look::cut(kind)), raw),
        }
    }

    /// A tool of an MCP server was called.
    pub(super) fn asked_server(&mut self, out: &mut Out, lane: LaneId, call: &str, item: &Value) {
        let word = |key: &str| look::text(item, key).unwrap_or_default();
        let error = item.get("error").filter(|error| !error.is_null());
        let result = item.get("result").unwrap_or(&Value::Null);
        let is_error = error.is_some() || result.get("isError") == Some(&Value::Bool(true));
        let output = match error {
            Some(error) => error.as_str().or_else(|| look::text(error, "message")).unwrap_or("an error").to_owned(),
            None => texts(look::list(result, "content")),
        };
        let status = if is_error { CallStatus::Failed } else { CallStatus::Done };
        let mut patch = CallPatch { status: Some(status), ..CallPatch::default() };
        if self.calls.id(lane, call).is_none() {
            let tool = format!("{}.{}", word("server"), word("tool"));
            patch.title = Some(tool.as_str().into());
            patch.tool = Some(tool);
            patch.impact = Some(Impact::Other);
            patch.args = item.get("arguments").map(|args| look::canonical(args).into());
            self.works(out, lane);
        }
        self.calls.ends(out, lane, call, End { patch, output: Some(output), refused: false }, self.policy.as_deref());
    }

    /// The model's service searched the web by itself. Told twice, at times without a name.
    pub(super) fn searched(&mut self, out: &mut Out, lane: LaneId, item: &Value) {
        let name = look::first_text(item, &["id", "call_id"]).filter(|id| !id.is_empty()).map(str::to_owned);
        let name = name.unwrap_or_else(|| {
            self.turns.searches += 1;
            format!("web-search-{}", self.turns.searches)
        });
        let title = tools::web(item);
        let is_known = self.calls.id(lane, &name).is_some();
        if !is_known && self.words.of(lane).is_again_search(&title) {
            return;
        }
        let known =
            tools::known("web_search", &json!({"query": look::text(item, "query"), "action": item.get("action")}), "");
        let found = look::list(item, "results").iter().filter_map(|one| {
            let title = look::first_text(one, &["title", "snippet"]).unwrap_or_default();
            Some(format!("{} {title}", look::text(one, "url").or_else(|| look::text(one, "domain"))?))
        });
        let output = Some(found.collect::<Vec<_>>().join("\n"));
        let patch = CallPatch { status: Some(CallStatus::Done), ..known.patch };
        self.works(out, lane);
        self.calls.ends(out, lane, &name, End { patch, output, refused: false }, None);
    }

    pub(super) fn made_image(&mut self, out: &mut Out, lane: LaneId, item: &Value) {
        let Some(call) = look::first_text(item, &["call_id", "id"]) else { return };
        let prompt = look::text(item, "revised_prompt").unwrap_or_default();
        let known = tools::known("image_generation", &json!({"prompt": prompt}), "");
        let output = look::owned(item, "saved_path").unwrap_or_else(|| {
            let data = look::text(item, "result").unwrap_or_default();
            format!("[an image of {}]", look::size(data.len() / 4 * 3))
        });
        let patch = CallPatch { status: Some(CallStatus::Done), ..known.patch };
        self.works(out, lane);
        self.calls.ends(out, lane, call, End { patch, output: Some(output), refused: false }, None);
    }
}

/// The parts of a result as one text.
pub(super) fn texts(content: &[Value]) -> String {
    let text = |part: &Value| {
        look::text(part, "text")
            .map_or_else(|| format!("[{}]", look::text(part, "type").unwrap_or("data")), str::to_owned)
    };
    content.iter().map(text).collect::<Vec<_>>().join("\n")
}
