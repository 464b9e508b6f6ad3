//! SWE-agent's trajectories (`*.traj`): one JSON document with the steps (what it thought, the command that it gave its
//! environment, what came back), the messages that the model was given, and how it ended. It has no clocks.

mod command;

use super::documents::{self, Documents};
use super::fields::Fields;
use super::opening::Tool;
use super::talk::Talk;
use super::{Beside, Format, Line, Out, Reader, Sniff, heads};
use crate::domain::{At, CallId, CallPatch, CallStatus, Event, LaneId, Notice, Speaker, Stop, Tokens, Workplace};
use crate::shapes::look;
use serde_json::Value;
use std::path::Path;

/// The format.
#[derive(Debug, Clone, Copy)]
pub struct SweAgent;

impl Format for SweAgent {
    fn name(&self) -> &'static str {
        "swe-agent"
    }

    fn tool(&self) -> &'static str {
        "SWE-agent"
    }

    fn sniff(&self, head: &[u8]) -> Sniff {
        sniff(head)
    }

    fn beside(&self, _: &Path) -> Vec<Beside> {
        Vec::new()
    }

    fn when(&self, _: &[u8]) -> Option<At> {
        None
    }

    fn reader(&self, name: &str, _: &[Beside]) -> Box<dyn Reader> {
        Box::new(Trajectory { talk: Talk::new(TOOL, name), ..Trajectory::default() })
    }
}

const TOOL: Tool = Tool { agent: "swe-agent", vendor: "swe-agent", title: "SWE-agent" };
const ROOT: LaneId = LaneId::ROOT;

/// Whether a file that begins like this is one.
fn sniff(head: &[u8]) -> Sniff {
    let text = heads::text(head);
    let fields = serde_json::Deserializer::from_str(&text).into_iter::<Fields<'_>>().next();
    let is_one = match fields {
        Some(Ok(fields)) => {
            let list = |key: &str| fields.raw(key).is_some_and(|raw| raw.starts_with('['));
            let history = || fields.value("history").is_some_and(|all| all.get(0).is_some_and(is_message));
            list("trajectory") && (list("history") || fields.raw("environment").is_some())
                || list("history") && history()
        }
        // One that is longer than what is looked at, or was cut off.
        Some(Err(error)) if error.is_eof() => {
            let (_, steps) = documents::cut_off(&text, "trajectory");
            let (_, history) = documents::cut_off(&text, "history");
            steps.first().is_some_and(is_step) || history.first().is_some_and(is_message)
        }
        _ => false,
    };
    if is_one { Sniff::Mine } else { Sniff::Not("it is one JSON object of another tool".to_owned()) }
}

fn is_step(step: &Value) -> bool {
    ["action", "observation", "response"].iter().all(|key| look::text(step, key).is_some())
}

fn is_message(message: &Value) -> bool {
    look::text(message, "role").is_some() && (message.get("agent").is_some() || message.get("action").is_some())
}

/// A reader of one trajectory.
#[derive(Debug, Default)]
struct Trajectory {
    talk: Talk,
    documents: Documents,
    steps: u32,
}

impl Reader for Trajectory {
    fn line(&mut self, file: usize, line: Line<'_>, out: &mut Out) {
        out.at_line(file, line.number);
        let before = out.told.len();
        self.documents.take(out, file, line);
        self.talk.open.keeps(out, before);
    }

    fn end(&mut self, out: &mut Out) {
        let before = out.told.len();
        for (file, document) in self.documents.all() {
            out.at_line(file, 1);
            let values = documents::values(out, file, &document);
            self.talk.open.keeps(out, before);
            if values.is_empty() {
                let list = |name| Value::Array(documents::cut_off(&document, name).1);
                self.document(out, &serde_json::json!({"trajectory": list("trajectory"), "history": list("history")}));
            }
            values.iter().for_each(|value| self.document(out, value));
        }
        self.talk.end(out);
    }
}

impl Trajectory {
    fn document(&mut self, out: &mut Out, document: &Value) {
        let info = document.get("info").unwrap_or(&Value::Null);
        self.talk.open.version = look::owned(info, "swe_agent_version");
        self.talk.open.begin(out);
        if let Some(model) = replayed(document).as_ref().and_then(model) {
            self.talk.open.model_is(out, model);
        }
        let history = look::list(document, "history");
        let steps = look::list(document, "trajectory");
        // What the model was given before its first answer; where no steps are told, all that was said.
        let first =
            history.iter().position(|message| look::text(message, "role") == Some("assistant") && !is_demo(message));
        let before = if steps.is_empty() { history.len() } else { first.unwrap_or(history.len()) };
        history.iter().take(before).for_each(|message| self.message(out, message));
        steps.iter().for_each(|step| self.step(out, step));
        self.info(out, info);
        if let Some(attempts) = document.get("attempts").and_then(Value::as_array) {
            let text = format!("{} attempts stand in the file; told is the one that was chosen", attempts.len());
            out.note(ROOT, Notice::Info, text);
        }
    }

    /// A message of those that the model was given.
    fn message(&mut self, out: &mut Out, message: &Value) {
        let words = text(message.get("content").unwrap_or(&Value::Null));
        let put = |out: &mut Out, what: &str| {
            let size = look::size(words.len());
            out.note(ROOT, Notice::Info, format!("put into the context by SWE-agent: {what}, {size}"));
        };
        match look::text(message, "role") {
            _ if is_demo(message) => put(out, "a demonstration"),
            Some("system") => put(out, "instructions"),
            Some("assistant") => {
                let thought = look::owned(message, "thought").unwrap_or(words);
                let action = look::owned(message, "action").or_else(|| called(message)).unwrap_or_default();
                self.acts(out, message, &thought, &action);
            }
            Some("user" | "tool") if self.steps > 0 => self.saw(out, words),
            Some("user") => self.talk.prompt(out, words, None),
            role => {
                let role = look::cut(role.unwrap_or("nobody"));
                out.unrecognised(ROOT, format!("a message of {role}"), &message.to_string());
            }
        }
    }

    fn step(&mut self, out: &mut Out, step: &Value) {
        if !step.is_object() {
            return out.unrecognised(ROOT, "a step that is no object", &step.to_string());
        }
        let state = state(step);
        if let Some(cwd) = look::text(&state, "working_dir") {
            self.works_in(out, cwd);
        }
        let owned = |key: &str| look::owned(step, key).unwrap_or_default();
        let thought = look::owned(step, "thought").or_else(|| look::owned(step, "response")).unwrap_or_default();
        self.acts(out, step, &thought, &owned("action"));
        self.saw(out, owned("observation"));
    }

    /// What it thought, and what it gave its environment to do.
    fn acts(&mut self, out: &mut Out, step: &Value, thought: &str, action: &str) {
        self.talk.works(out);
        self.talk.stops(None);
        self.steps += 1;
        for block in look::list(step, "thinking_blocks") {
            out.said(ROOT, Speaker::Thought, None, look::text(block, "thinking").unwrap_or_default());
        }
        out.said(ROOT, Speaker::Agent, None, thought);
        if !action.trim().is_empty() {
            let file = state(step).get("open_file").and_then(Value::as_str).map(str::to_owned);
            self.talk.proposed(out, ROOT, &self.call(), command::known(action, file.as_deref()));
        }
    }

    /// What came back.
    fn saw(&mut self, out: &mut Out, words: String) {
        let id = self.call();
        if self.talk.call(&id).is_none() {
            // A step without a command: its form was wrong, or it was told to go on.
            if !words.trim().is_empty() {
                out.note(ROOT, Notice::Info, format!("told to the model: {words}"));
            }
            return;
        }
        // Nothing says whether it went well.
        let patch = CallPatch { status: Some(CallStatus::Done), ..CallPatch::default() };
        self.talk.came_back(out, ROOT, &id, words, patch);
    }

    fn call(&self) -> CallId {
        CallId(format!("step {}", self.steps))
    }

    fn works_in(&mut self, out: &mut Out, cwd: &str) {
        let open = &mut self.talk.open;
        if open.cwd.is_empty() && !cwd.is_empty() {
            cwd.clone_into(&mut open.cwd);
            let place = Workplace { folder: cwd.to_owned(), ..Workplace::default() };
            out.event(ROOT, Event::Placed { place: Box::new(place) });
        }
    }

    /// How it ended, and what it spent.
    fn info(&mut self, out: &mut Out, info: &Value) {
        let stats = info.get("model_stats").unwrap_or(&Value::Null);
        let count = |key: &str| stats.get(key).and_then(look::count);
        let (input, output) = (count("tokens_sent"), count("tokens_received"));
        if input.or(output).is_some() {
            self.talk.spent(None, Tokens { input, output, ..Tokens::default() });
        }
        if let Some(dollars) = ["instance_cost", "total_cost"].iter().find_map(|key| stats.get(key)?.as_f64()) {
            self.talk.costs(dollars);
            self.talk.carries(out, None, None);
        }
        match look::text(info, "exit_status") {
            Some("submitted") => self.talk.stops(Some(Stop::EndTurn)),
            Some(status) if !status.is_empty() => self.talk.stops(Some(Stop::Other(look::cut(status)))),
            _ => {}
        }
    }
}

/// How its environment stood: an object, in older versions as text.
fn state(step: &Value) -> Value {
    match step.get("state") {
        Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_default(),
        Some(state) => state.clone(),
        None => Value::Null,
    }
}

/// With what it was run, where that stands there.
fn replayed(document: &Value) -> Option<Value> {
    match document.get("replay_config")? {
        Value::String(text) => serde_json::from_str(text).ok(),
        other => Some(other.clone()),
    }
}

fn model(config: &Value) -> Option<&str> {
    look::at(config, &["agent", "model", "name"])?.as_str().filter(|name| !name.is_empty())
}

fn is_demo(message: &Value) -> bool {
    message.get("is_demo") == Some(&Value::Bool(true)) || look::text(message, "message_type") == Some("demonstration")
}

/// The call of a message, in the words of a function.
fn called(message: &Value) -> Option<String> {
    let function = look::list(message, "tool_calls").first()?.get("function")?;
    let name = look::text(function, "name")?;
    Some(format!("{name} {}", look::text(function, "arguments").unwrap_or_default()))
}

/// The words of a content: a text, or the texts of its parts.
fn text(content: &Value) -> String {
    if let Some(text) = content.as_str() {
        return text.to_owned();
    }
    let texts = content.as_array().into_iter().flatten().filter_map(|part| look::text(part, "text"));
    texts.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trajectories_are_known_and_others_are_not() {
        for head in [
            r#"{"environment":"main","trajectory":[],"history":[],"info":{}}"#,
            r#"{"history":[{"role":"system","content":"x","agent":"primary"}]}"#,
            "{\n\"environment\": \"main\",\n\"trajectory\": [{\"action\":\"ls\",\"observation\":\"\",\"response\":\"x\"}, {\"act",
        ] {
            assert_eq!(sniff(head.as_bytes()), Sniff::Mine, "{head}");
        }
        for head in
            [r#"{"history":[{"role":"user","parts":[]}]}"#, r#"{"trajectory":"x"}"#, r#"{"steps":[]}"#, "[1]", "x"]
        {
            assert!(matches!(sniff(head.as_bytes()), Sniff::Not(_)), "{head}");
        }
    }
}
