//! `response_item`: what the model got and wrote.

use super::Codex;
use super::calls::End;
use super::words::{From, Users};
use crate::domain::{CallPatch, CallStatus, Event, LaneId, Notice, Speaker};
use crate::shapes::codex::{results, tools};
use crate::shapes::look;
use crate::transcript::Out;
use serde_json::Value;

impl Codex {
    pub(super) fn item(&mut self, out: &mut Out, lane: LaneId, item: &Value, raw: &str) {
        let kind = look::owned(item, "type").unwrap_or_default();
        let call = || look::owned(item, "call_id").or_else(|| look::owned(item, "id"));
        match kind.as_str() {
            "message" => self.message(out, lane, item, raw),
            // Written by hand, or by another tool.
            "" if item.get("role").is_some() => self.message(out, lane, item, raw),
            "reasoning" => {
                let texts = |key: &str| -> Vec<String> {
                    look::list(item, key).iter().filter_map(|part| look::owned(part, "text")).collect()
                };
                let texts = [texts("summary"), texts("content")].into_iter().find(|texts| !texts.is_empty());
                for text in texts.unwrap_or_default() {
                    self.said(out, lane, From::Item, Speaker::Thought, look::text(item, "id"), text);
                }
            }
            "function_call" | "custom_tool_call" | "local_shell_call" | "tool_search_call" => {
                let Some(call) = call() else { return out.unrecognised(lane, "a call without its id", raw) };
                let (tool, input) = called(&kind, item);
                self.works(out, lane);
                let known = tools::known(&tool, &input, &self.open.cwd);
                self.calls.proposed(out, lane, &call, known);
            }
            "function_call_output" | "custom_tool_call_output" => {
                let Some(call) = look::owned(item, "call_id") else {
                    return out.unrecognised(lane, "a result of no call", raw);
                };
                let came = results::came(item.get("output").unwrap_or(&Value::Null));
                self.words.of(lane).pause();
                self.came_back(out, lane, &call, came);
            }
            "tool_search_output" => {
                let Some(call) = call() else { return out.unrecognised(lane, "a result of no call", raw) };
                let found = look::list(item, "tools").iter().filter_map(|tool| look::text(tool, "name"));
                let output = Some(found.collect::<Vec<_>>().join("\n"));
                let patch = CallPatch { status: Some(CallStatus::Done), ..CallPatch::default() };
                self.calls.ends(out, lane, &call, End { patch, output, refused: false }, None);
            }
            "web_search_call" => self.searched(out, lane, item),
            "image_generation_call" => self.made_image(out, lane, item),
            "agent_message" => {
                let word = |key: &str| look::text(item, key).unwrap_or("an agent");
                let texts = look::list(item, "content").iter().filter_map(|part| look::text(part, "text"));
                let said = texts.collect::<Vec<_>>().join("\n");
                out.note(lane, Notice::Info, format!("{} told {}: {said}", word("author"), word("recipient")));
            }
            // Its own business: what it would undo by, and which tools the model may use.
            "ghost_snapshot" | "additional_tools" => {}
            "" => out.unrecognised(lane, "an item without its kind", raw),
            kind => out.unrecognised(lane, format!("item {}", look::cut(kind)), raw),
        }
    }

    fn message(&mut self, out: &mut Out, lane: LaneId, item: &Value, raw: &str) {
        let role = look::text(item, "role").unwrap_or_default();
        let (texts, others) = parts(item.get("content").unwrap_or(&Value::Null));
        if texts.is_empty() && others.is_empty() {
            return out.unrecognised(lane, "a message without content", raw);
        }
        let text = texts.join("\n");
        match role {
            "assistant" => {
                if self.is_paginated {
                    // Its human was not told: mostly a summary that follows in a moment.
                    if !self.words.of(lane).is_again(From::Item, Speaker::Agent, &text) {
                        self.words.of(lane).pause();
                        self.words.of(lane).aside = Some(text);
                    }
                    return;
                }
                self.said(out, lane, From::Item, Speaker::Agent, look::text(item, "id"), text);
                for what in others {
                    out.event(lane, Event::Attached { who: Speaker::Agent, what: what.into() });
                }
            }
            "user" => self.user_item(out, lane, &texts, text, &others),
            "developer" | "system" => self.put(out, lane, &texts),
            _ => out.unrecognised(lane, format!("a message of {}", look::cut(role)), raw),
        }
    }

    /// What stands in the name of the user.
    fn user_item(&mut self, out: &mut Out, lane: LaneId, texts: &[String], text: String, others: &[String]) {
        if let Some(told) = texts.iter().find_map(|text| tagged(text, "subagent_notification")) {
            return Self::subagent_told(out, lane, told);
        }
        if !texts.is_empty() && texts.iter().all(|text| context(text).is_some()) {
            return self.put(out, lane, texts);
        }
        let text = if texts.is_empty() { format!("({})", others.join("; ")) } else { text };
        let words = self.words.of(lane);
        match words.users {
            // The human's words are told as such: the rest is what Codex adds.
            _ if self.is_paginated => {}
            Users::Events => {}
            Users::Unknown => words.maybe.push((out.time(), text)),
            Users::Items => self.user_said(out, lane, From::Item, text),
        }
    }

    /// Codex puts something into the context: what, by the names that it gives it.
    fn put(&mut self, out: &mut Out, lane: LaneId, texts: &[String]) {
        let names: Vec<&str> =
            texts.iter().filter_map(|text| context(text)).filter(|name| *name != "turn_aborted").collect();
        // A subagent gets the same as its parent.
        if !names.is_empty() && lane == LaneId::ROOT {
            let said = format!("put into the context by Codex: {}", names.join(", ").replace('_', " "));
            if self.turns_hold(lane) {
                self.held(out, Event::Noted { level: Notice::Info, text: said.into() });
            } else {
                out.note(lane, Notice::Info, said);
            }
        }
    }

    /// There are no events of what the human says: what the model got in that name is it.
    pub(super) fn users_are_items(&mut self, out: &mut Out, lane: LaneId) {
        let words = self.words.of(lane);
        let maybe = std::mem::take(&mut words.maybe);
        if maybe.is_empty() || words.users == Users::Events {
            return;
        }
        words.users = Users::Items;
        let now = out.time();
        for (said_at, text) in maybe {
            out.at_time(said_at);
            self.user_said(out, lane, From::Item, text);
        }
        out.at_time(now);
    }

    /// The human's words, or those that a parent gave its subagent.
    pub(super) fn user_said(&mut self, out: &mut Out, lane: LaneId, from: From, text: String) {
        if text.trim().is_empty() || self.words.of(lane).is_again(from, Speaker::User, &text) {
            return;
        }
        if lane == LaneId::ROOT {
            self.prompt(out, text);
        } else {
            out.event(lane, Event::Said { who: Speaker::User, message: None, text: text.into() });
        }
    }

    /// Words of the model, unless they were told before.
    pub(super) fn said(
        &mut self,
        out: &mut Out,
        lane: LaneId,
        from: From,
        who: Speaker,
        id: Option<&str>,
        text: String,
    ) {
        if text.is_empty() {
            return;
        }
        if self.words.of(lane).is_again(from, who, &text) {
            return;
        }
        let kept = self.words.of(lane).last();
        self.works(out, lane);
        self.words.of(lane).goes_on(kept);
        if who == Speaker::Agent && lane == LaneId::ROOT {
            self.turns.stops(Some(crate::domain::Stop::EndTurn));
        }
        let message = id.map(str::to_owned);
        out.event(lane, Event::Said { who, message, text: text.into() });
    }

    /// What the model wrote and nobody was told: it was no summary.
    pub(super) fn asides(&mut self, out: &mut Out, lane: LaneId) {
        if let Some(text) = self.words.of(lane).aside.take() {
            let message = Some("aside".to_owned());
            out.event(lane, Event::Said { who: Speaker::Thought, message, text: text.into() });
        }
    }
}

/// The tool and the arguments of a call.
fn called(kind: &str, item: &Value) -> (String, Value) {
    let text = |key: &str| look::owned(item, key);
    match kind {
        "local_shell_call" => ("local_shell".to_owned(), item.get("action").cloned().unwrap_or_default()),
        "tool_search_call" => ("tool_search".to_owned(), item.get("arguments").cloned().unwrap_or_default()),
        "custom_tool_call" => {
            let input = item.get("input").cloned().unwrap_or_default();
            let tool = text("name").unwrap_or_else(|| "a tool".to_owned());
            // Some tools that take an object are given it as text all the same.
            let object = input.as_str().filter(|text| text.starts_with('{'));
            let object = object.and_then(|text| serde_json::from_str(text).ok());
            (tool, object.unwrap_or(input))
        }
        _ => {
            let given = item.get("arguments").cloned().unwrap_or_default();
            let read = given.as_str().and_then(|text| serde_json::from_str(text).ok());
            (text("name").unwrap_or_else(|| "a tool".to_owned()), read.unwrap_or(given))
        }
    }
}

/// The texts of a message, and what else stands in it, in words.
pub(super) fn parts(content: &Value) -> (Vec<String>, Vec<String>) {
    let (mut texts, mut others) = (Vec::new(), Vec::new());
    if let Some(text) = content.as_str() {
        texts.push(text.to_owned());
    }
    for part in content.as_array().into_iter().flatten() {
        match (look::text(part, "text"), look::text(part, "type")) {
            (Some(text), _) => texts.push(text.to_owned()),
            (None, Some("input_image" | "image")) if part.get("image_url").is_some_and(Value::is_null) => {}
            (None, Some(kind)) => {
                let of = look::first_text(part, &["path", "name", "url", "image_url"]).unwrap_or_default();
                let of = if of.starts_with("data:") { look::size(of.len() / 4 * 3) } else { of.to_owned() };
                others.push(look::cut(format!("{kind} {of}").trim_end()));
            }
            (None, None) => {}
        }
    }
    (texts, others)
}

/// What Codex calls a text that it puts into the context itself.
fn context(text: &str) -> Option<&str> {
    let text = text.trim_start();
    if text.starts_with("# AGENTS.md instructions") {
        return Some("AGENTS.md");
    }
    let (name, _) = text.strip_prefix('<')?.split_once('>')?;
    let known = [
        "environment_context",
        "user_instructions",
        "permissions instructions",
        "collaboration_mode",
        "turn_aborted",
        "skills_instructions",
        "apps_instructions",
        "plugins_instructions",
        "tools",
        "skill",
        "personality_spec",
        "model_switch",
        "subagents",
        "INSTRUCTIONS",
    ];
    known.into_iter().find(|known| *known == name)
}

/// What stands in a tag at the beginning of a text.
fn tagged<'t>(text: &'t str, tag: &str) -> Option<&'t str> {
    let rest = text.trim_start().strip_prefix('<')?.strip_prefix(tag)?.strip_prefix('>')?;
    Some(rest.split_once("</").map_or(rest, |(inside, _)| inside).trim())
}
