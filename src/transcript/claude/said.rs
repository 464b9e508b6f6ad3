//! Messages: of the model, and of the user's side, where results of calls stand beside what a human wrote.

use super::calls::Proposed;
use super::{Claude, Fields, Out};
use crate::domain::{CallId, Event, LaneId, Notice, Speaker, Stop, Usage};
use crate::shapes::claude::results::End;
use crate::shapes::{claude::tokens, look};
use serde_json::Value;

/// What of a `toolUseResult` says more than the result itself. The rest, such as the whole file before an edit, is passed over.
const TOLD: [&str; 9] = [
    "backgroundTaskId",
    "isAsync",
    "status",
    "interrupted",
    "filePath",
    "structuredPatch",
    "task",
    "agentId",
    "success",
];

impl Claude {
    /// `assistant`: mostly one block of a message.
    pub(super) fn assistant(
        &mut self,
        out: &mut Out,
        lane: LaneId,
        entry: &Fields<'_>,
        message: Option<&Fields<'_>>,
        raw: &str,
    ) {
        let Some(message) = message else {
            return out.unrecognised(lane, "a message without its inside", raw);
        };
        let id = message.owned("id");
        let usage = message.value("usage").unwrap_or_default();
        let model = message.owned("model").filter(|model| model != "<synthetic>");
        let content = match message.value("content") {
            Some(Value::Array(blocks)) => blocks,
            Some(Value::String(text)) => vec![serde_json::json!({"type": "text", "text": text})],
            _ => Vec::new(),
        };
        if content.is_empty() {
            return out.unrecognised(lane, "a message without content", raw);
        }
        if lane == LaneId::ROOT {
            self.takes_part(out, entry, id.as_deref());
            model.iter().for_each(|model| self.open.model_is(out, model));
        }
        if entry.is("isApiErrorMessage") {
            return self.failed(out, lane, entry, &content);
        }
        let carried = tokens::carried(&usage);
        if carried > 0 && self.carried.insert(lane, carried) != Some(carried) {
            out.event(lane, Event::Used { usage: Usage { used: Some(carried), ..Usage::default() } });
        }
        let key = id.as_deref().map(super::tree::key);
        let more = tokens::spent(&usage).and_then(|now| self.spent.adds(key, now));
        self.turns.spent(more);
        let cwd = entry.owned("cwd").unwrap_or_else(|| self.open.cwd.clone());
        let mut last = Stop::EndTurn;
        for block in content {
            let number = self.number(lane, id.as_deref().unwrap_or_default());
            if look::text(&block, "type") == Some("tool_use") {
                last = Stop::Other("a call".to_owned());
            }
            self.block(out, lane, block, (id.as_deref(), number), &cwd, raw);
        }
        if lane == LaneId::ROOT {
            let stop = match message.text("stop_reason").as_deref() {
                Some("end_turn" | "stop_sequence") => Some(Stop::EndTurn),
                Some("max_tokens") => Some(Stop::MaxTokens),
                Some("refusal") => Some(Stop::Refusal),
                Some(_) => None,
                // Older versions write lines before they know: text that no call follows is an end.
                None => (last == Stop::EndTurn).then_some(last),
            };
            self.turns.stops(stop);
        }
    }

    /// A message of the model, while no turn runs: begins one, unless it belongs to one that is over.
    fn takes_part(&mut self, out: &mut Out, entry: &Fields<'_>, message: Option<&str>) {
        let is_late = message.is_some_and(|id| self.blocks.get(&LaneId::ROOT).is_some_and(|(last, _)| last == id));
        if !self.turns.is_open() && !is_late {
            let why = match self.turns.number() {
                0 => "the transcript begins in the middle of a turn",
                _ => "the agent went on by itself",
            };
            self.began(out, entry, why);
        }
    }

    /// The number of a block in its message.
    fn number(&mut self, lane: LaneId, message: &str) -> usize {
        let (last, count) = self.blocks.entry(lane).or_default();
        if last != message {
            (*last, *count) = (message.to_owned(), 0);
        }
        *count += 1;
        *count - 1
    }

    fn block(
        &mut self,
        out: &mut Out,
        lane: LaneId,
        mut block: Value,
        (id, number): (Option<&str>, usize),
        cwd: &str,
        raw: &str,
    ) {
        let kind = look::owned(&block, "type").unwrap_or_default();
        match kind.as_str() {
            "text" | "thinking" => {
                let who = if kind == "text" { Speaker::Agent } else { Speaker::Thought };
                let Some(Value::String(text)) = block.get_mut(kind.as_str()).map(Value::take) else {
                    return out.unrecognised(lane, format!("{kind} without words"), raw);
                };
                let message = id.map(|id| format!("{id}/{number}"));
                if !text.is_empty() {
                    out.event(lane, Event::Said { who, message, text: text.into() });
                }
            }
            "tool_use" => {
                let (Some(id), Some(tool)) = (look::owned(&block, "id").map(CallId), look::owned(&block, "name"))
                else {
                    return out.unrecognised(lane, "a call without its id or tool", raw);
                };
                let input = block.get_mut("input").map(Value::take).unwrap_or_default();
                let (home, mode) = (&self.open.cwd, self.open.mode.as_deref());
                self.calls.proposed(out, lane, Proposed { id, tool: &tool, input, cwd, home, mode });
            }
            "redacted_thinking" => {
                let what = "thoughts that the model's maker keeps to itself".into();
                out.event(lane, Event::Attached { who: Speaker::Thought, what });
            }
            "server_tool_use" => {
                let tool = look::text(&block, "name").unwrap_or("a tool");
                let input = block.get("input").map(Value::to_string).unwrap_or_default();
                let said = format!("the model's service ran {tool} on its own side, asking nobody: {input}");
                out.note(lane, Notice::Warning, said);
            }
            kind if kind.ends_with("_tool_result") => {
                out.note(lane, Notice::Info, format!("the model's service gave the model a {kind}"));
            }
            "" => out.unrecognised(lane, "a block of a message", raw),
            kind => out.unrecognised(lane, format!("a block of a message, {kind}"), raw),
        }
    }

    /// The service of the model failed for good: Claude Code says it in a message of its own making.
    fn failed(&mut self, out: &mut Out, lane: LaneId, entry: &Fields<'_>, content: &[Value]) {
        let texts: Vec<&str> = content.iter().filter_map(|block| look::text(block, "text")).collect();
        let said = if texts.is_empty() { "the model's service failed".to_owned() } else { texts.join(" ") };
        out.note(lane, Notice::Error, &said);
        if lane == LaneId::ROOT {
            let status = entry.count("apiErrorStatus").and_then(|status| i64::try_from(status).ok()).unwrap_or(0);
            self.turns.stops(Some(Stop::Error(status, look::cut(&said))));
        }
    }

    /// `user`.
    pub(super) fn user(
        &mut self,
        out: &mut Out,
        lane: LaneId,
        entry: &Fields<'_>,
        message: Option<&Fields<'_>>,
        raw: &str,
    ) {
        let Some(message) = message else {
            return out.unrecognised(lane, "a message without its inside", raw);
        };
        match message.value("content") {
            Some(Value::String(text)) => self.words(out, lane, entry, vec![text], false),
            Some(Value::Array(blocks)) => {
                let (mut texts, mut attached, mut results) = (Vec::new(), Vec::new(), false);
                for mut block in blocks {
                    match look::text(&block, "type") {
                        Some("tool_result") => {
                            results = true;
                            self.returned(out, lane, &block, entry, raw);
                        }
                        Some("text") => {
                            if let Some(Value::String(text)) = block.get_mut("text").map(Value::take) {
                                texts.push(text);
                            }
                        }
                        Some(kind) => attached.push(what_of(kind, &block)),
                        None => out.unrecognised(lane, "a part of a message", raw),
                    }
                }
                if texts.is_empty() && !attached.is_empty() && !results {
                    // An image alone is a prompt as well.
                    texts.push(format!("({})", attached.join("; ")));
                }
                self.words(out, lane, entry, texts, results);
                for what in attached {
                    out.event(lane, Event::Attached { who: Speaker::User, what: what.into() });
                }
            }
            _ => out.unrecognised(lane, "a message without content", raw),
        }
    }

    /// What came back of a call.
    fn returned(&mut self, out: &mut Out, lane: LaneId, block: &Value, entry: &Fields<'_>, raw: &str) {
        let Some(id) = look::owned(block, "tool_use_id").map(CallId) else {
            return out.unrecognised(lane, "a result of no call", raw);
        };
        let told = entry.object("toolUseResult").map(|told| told.some(&TOLD)).unwrap_or_default();
        let tool = self.calls.tool(&id).to_owned();
        let declined = entry.raw("toolDenialKind").is_some()
            || entry.text("toolUseResult").is_some_and(|told| told == "User rejected tool use")
            || look::text(block, "content").is_some_and(|text| text.starts_with("The user doesn't want to "));
        let end = End::of(&tool, block, &told, declined);
        let goes_on = end.goes_on;
        if let Some(agent) = look::text(&told, "agentId").filter(|_| tool == "Agent") {
            self.lane_of_agent(out, agent, Some(id.clone()), None);
        }
        if let Some(input) = self.calls.ended(out, lane, &id, end)
            && let Some(items) = self.plan.done(&tool, &input, &told)
        {
            out.event(lane, Event::Planned { items });
        }
        if !goes_on && let Some(lane) = self.lanes.end_call(out, &id) {
            self.calls.close(out, Some(lane));
        }
        if lane == LaneId::ROOT {
            self.turns.stops(None);
        }
    }
}

/// A part of a message that is no text, in words.
fn what_of(kind: &str, block: &Value) -> String {
    let source = block.get("source").unwrap_or(&Value::Null);
    let media = look::text(source, "media_type").unwrap_or(kind);
    match look::text(source, "data") {
        // Three bytes stand in four letters.
        Some(data) => format!("{media}, {}", look::size(data.len() / 4 * 3)),
        None => look::cut(media),
    }
}
