//! Messages of the user's side: what comes back of calls, and what Claude says to its model in the user's name.

use super::out::Out;
use super::{Claude, look};
use crate::domain::{CallId, Event, LaneId, Notice, Speaker};
use crate::shapes::claude::results::End;
use serde_json::Value;

impl Claude {
    /// `user`: results of calls; prompts of subagents; what a command of the agent printed; a summary after a compaction.
    pub(super) fn user(&mut self, out: &mut Out, lane: LaneId, message: &Value, raw: &str) {
        let content = message.get("message").and_then(|inner| inner.get("content")).unwrap_or(&Value::Null);
        match content {
            Value::String(text) => self.user_text(out, lane, text),
            Value::Array(blocks) => {
                for block in blocks {
                    match look::text(block, "type") {
                        Some("tool_result") => self.returned(out, lane, block, message, raw),
                        Some("text") => self.user_text(out, lane, look::text(block, "text").unwrap_or_default()),
                        Some(kind) => {
                            out.event(lane, Event::Attached { who: Speaker::User, what: look::cut(kind).into() });
                        }
                        None => out.unrecognised(lane, "a part of a message", raw),
                    }
                }
            }
            _ => out.unrecognised(lane, "a message without content", raw),
        }
    }

    fn user_text(&mut self, out: &mut Out, lane: LaneId, text: &str) {
        if std::mem::take(&mut self.summary_follows) {
            let message = Some("compaction".to_owned());
            return out.event(lane, Event::Said { who: Speaker::Thought, message, text: text.into() });
        }
        let printed = ["stdout", "stderr"].iter().find_map(|name| {
            let inner = text.trim().strip_prefix(&format!("<local-command-{name}>"))?;
            inner.strip_suffix(&format!("</local-command-{name}>"))
        });
        if let Some(printed) = printed {
            return out.note(lane, Notice::Info, printed);
        }
        if self.is_cancelled() && text.starts_with("[Request interrupted by user") {
            // Told by the end of the turn.
            return;
        }
        if lane == LaneId::ROOT {
            // In the user's name, but not by the user: those prompts are on record already.
            return out.note(lane, Notice::Info, text);
        }
        out.event(lane, Event::Said { who: Speaker::User, message: None, text: text.into() });
    }

    fn returned(&mut self, out: &mut Out, lane: LaneId, block: &Value, message: &Value, raw: &str) {
        let Some(id) = look::owned(block, "tool_use_id").map(CallId) else {
            return out.unrecognised(lane, "a result of no call", raw);
        };
        let told = message.get("tool_use_result").unwrap_or(&Value::Null);
        let tool = self.calls.tool(&id).unwrap_or_default().to_owned();
        let meta = look::list(message, "tool_result_meta").iter().find(|it| look::text(it, "id") == Some(&id.0));
        let not_run = meta.is_some_and(|meta| meta.get("non_execution_kind").is_some_and(|kind| !kind.is_null()));
        let end = End::of(&tool, block, told, not_run);
        self.gate.withdraw_call(out, &id);
        self.gate.settled(&id, end.text.as_deref().unwrap_or_default());
        let goes_on = end.goes_on;
        if let Some(input) = self.calls.ended(out, &id, lane, end) {
            let items = self.plan.done(&tool, &input, told);
            items.into_iter().for_each(|items| out.event(lane, Event::Planned { items }));
        }
        if !goes_on {
            self.lanes.end_call(out, &id);
        }
    }
}
