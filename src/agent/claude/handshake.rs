//! From `initialize` to the first prompt: the gate, what the agent is and can, its modes and commands, MCP servers.

use super::super::{Fact, Otherwise};
use super::out::Out;
use super::{Claude, Opening, Sent, When, look};
use crate::domain::{AgentFace, By, Capabilities, ConfigOption, Event, LaneId, Mode, Notice, SlashCommand, Source};
use serde_json::{Map, Value, json};

/// The versions with which the recorded sessions of our tests were made, and the real ones of `tests/real_agents`.
const TESTED: [&str; 1] = ["2.1.330"];

/// The name of our hook. One for all: which call it is about, it says itself.
const HOOK: &str = "taut";

/// How long the agent may wait for the answer to a hook, in seconds. It is answered at once; what waits is a question.
const HOOK_TIMEOUT: u32 = 3600;

/// Modes that can be set while it runs. (`bypassPermissions` only where it was started so.)
const MODES: [(&str, &str, &str); 3] = [
    ("default", "Default", "asks about every call that does more than look"),
    ("acceptEdits", "Accept edits", "edits run unasked, by Claude's own rules"),
    ("plan", "Plan", "looks and plans, and changes nothing"),
];

/// How far the conversation is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Phase {
    /// Not begun.
    #[default]
    New,
    /// Not open yet.
    Starting,
    /// Prompts can be sent.
    Open,
    /// At its end.
    Over,
}

/// Its modes and its model, as last told.
#[derive(Debug, Default)]
pub(super) struct Modes {
    pub(super) current: Option<String>,
    models: Vec<(String, String)>,
    model: Option<String>,
}

impl Claude {
    pub(super) fn begin(&mut self, out: &mut Out, opening: Opening) {
        self.opening = opening;
        self.phase = Phase::Starting;
        out.root(Event::Starting { doing: "initialize".to_owned() });
        let hook = json!({"matcher": null, "hookCallbackIds": [HOOK], "timeout": HOOK_TIMEOUT});
        // The ones after a call tell the model what a human made of it before it ran.
        let hooks = json!({"PreToolUse": [hook], "PostToolUse": [hook], "PostToolUseFailure": [hook]});
        let request = json!({"subtype": "initialize", "hooks": hooks, "forwardSubagentText": true});
        self.request(out, Sent::Initialize, request);
    }

    pub(super) fn initialized(&mut self, out: &mut Out, outcome: Result<Value, String>) {
        let response = match outcome {
            Ok(response) => response,
            Err(why) => return self.fail(out, &format!("Claude Code refused initialize: {}", look::cut(&why))),
        };
        // Without the hook nothing of what Claude lets run by itself could be held back.
        if response.get("hooks_applied") == Some(&Value::Bool(false)) {
            return self.fail(out, "Claude Code did not take the hook by which every call is held back");
        }
        self.version_is(out, look::text(&response, "claude_code_version"));
        let commands: Vec<_> = look::list(&response, "commands").iter().filter_map(command).collect();
        if !commands.is_empty() {
            out.root(Event::CommandsOffered { commands });
        }
        self.modes.models = look::list(&response, "models").iter().filter_map(model).collect();
        if !self.modes.models.is_empty() {
            // Which of them it asks is told with its first turn.
            self.offer_models(out, String::new());
        }
        self.modes.current = look::owned(&response, "current_permission_mode");
        self.set_servers(out);
        match self.opening.mode.clone() {
            Some(mode) if self.modes.current.as_ref() != Some(&mode) => self.set_mode(out, mode, When::AtStart),
            Some(_) | None => self.take_place(out),
        }
    }

    /// The agent says who it is: at the start, and older ones only with the first turn.
    pub(super) fn version_is(&mut self, out: &mut Out, version: Option<&str>) {
        let fresh = version.is_some() && version != self.version.as_deref();
        if !fresh && (self.phase != Phase::Starting || self.version.is_some()) {
            return;
        }
        self.version = version.map(str::to_owned);
        let face = AgentFace {
            name: Some("claude-code".to_owned()),
            title: Some("Claude Code".to_owned()),
            version: self.version.clone(),
        };
        let can = Capabilities {
            resume: true,
            fork: true,
            image: true,
            mcp_http: true,
            mcp_sse: true,
            ..Capabilities::default()
        };
        out.root(Event::Connected { face, can, login: Vec::new() });
        if let Some(version) = version.filter(|version| !TESTED.contains(version)) {
            let tested = TESTED.join(", ");
            let said = format!(
                "this is Claude Code {}, and taut was tested with {tested}: what it does otherwise is shown as it comes",
                look::cut(version)
            );
            out.note(LaneId::ROOT, Notice::Info, said);
        }
    }

    /// The conversation's id is known by what is said in it.
    pub(super) fn session_is(&mut self, out: &mut Out, message: &Value) {
        let Some(native) = look::owned(message, "session_id") else { return };
        if self.session.as_ref() != Some(&native) {
            let (channel, vendor) = (super::CHANNEL.to_owned(), "claude-code".to_owned());
            out.root(Event::SourceAttached { source: Source { channel, vendor, native: native.clone() } });
            self.session = Some(native);
        }
    }

    fn set_servers(&mut self, out: &mut Out) {
        let servers: Map<String, Value> = self.opening.mcp.iter().filter_map(server).collect();
        if !servers.is_empty() {
            self.request(out, Sent::Servers, json!({"subtype": "mcp_set_servers", "servers": servers}));
        }
    }

    pub(super) fn set_mode(&mut self, out: &mut Out, mode: String, when: When) {
        if !matches!(self.phase, Phase::Starting | Phase::Open) {
            return out.note(LaneId::ROOT, Notice::Warning, "the mode was not set: the conversation is not open");
        }
        let request = json!({"subtype": "set_permission_mode", "mode": mode});
        self.request(out, Sent::Mode { mode, when }, request);
    }

    pub(super) fn mode_set(&mut self, out: &mut Out, mode: String, when: When, outcome: Result<Value, String>) {
        match outcome {
            Ok(response) => {
                let is = look::owned(&response, "mode").unwrap_or(mode);
                match when {
                    When::AtStart => self.modes.current = Some(is),
                    When::Later => self.mode_is(out, &is, By::Human),
                }
            }
            Err(why) => out.note(LaneId::ROOT, Notice::Warning, format!("the mode {mode} was not set: {why}")),
        }
        if when == When::AtStart {
            self.take_place(out);
        }
    }

    /// The mode it is in now.
    pub(super) fn mode_is(&mut self, out: &mut Out, mode: &str, by: By) {
        if self.modes.current.as_deref() != Some(mode) {
            self.modes.current = Some(mode.to_owned());
            out.root(Event::ModeChanged { mode: mode.to_owned(), by });
        }
    }

    /// The model it works with, by the first word of a turn.
    pub(super) fn model_is(&mut self, out: &mut Out, model: &str) {
        self.meter.model_is(model);
        if self.modes.model.as_deref() == Some(model) {
            return;
        }
        self.modes.model = Some(model.to_owned());
        self.offer_models(out, model.to_owned());
    }

    fn offer_models(&self, out: &mut Out, current: String) {
        let (id, name) = ("model".to_owned(), "Model".to_owned());
        let (category, values) = (Some(id.clone()), self.modes.models.clone());
        out.root(Event::OptionsOffered {
            options: vec![ConfigOption { id, name, category, current, values, switch: false }],
        });
    }

    /// Goes back to where a copy shall begin, before anything is said in it.
    fn take_place(&mut self, out: &mut Out) {
        match self.opening.back.take() {
            Some(back) => self.ask_back(out, &back, When::AtStart),
            None => self.opened(out),
        }
    }

    pub(super) fn opened(&mut self, out: &mut Out) {
        let mode = |(id, name, help): (&str, &str, &str)| Mode {
            id: id.to_owned(),
            name: name.to_owned(),
            help: Some(help.to_owned()),
        };
        let mut modes: Vec<Mode> = MODES.map(mode).into();
        if let Some(own) = self.modes.current.as_ref().filter(|own| !modes.iter().any(|mode| mode.id == **own)) {
            modes.push(Mode { id: own.clone(), name: own.clone(), help: None });
        }
        out.root(Event::ModesOffered { modes, current: self.modes.current.clone() });
        self.phase = Phase::Open;
        out.root(Event::Opened);
        out.fact(Fact::Ready);
    }

    pub(super) fn fail(&mut self, out: &mut Out, why: &str) {
        self.phase = Phase::Over;
        out.fact(Fact::StartFailed(why.to_owned()));
    }

    /// A result before the conversation was open: the start came to nothing.
    pub(super) fn start_failed(&mut self, out: &mut Out, said: &str) {
        let why = match (&self.opening.load, self.opening.otherwise) {
            (Some(id), Otherwise::Fail | Otherwise::New) => {
                format!("Claude Code can't go on with its conversation {id} ({said}): start a new session")
            }
            (None, _) => format!("Claude Code did not start: {said}"),
        };
        self.fail(out, &why);
    }
}

/// What became of the MCP servers.
pub(super) fn servers_set(out: &mut Out, response: &Value) {
    if let Some(errors) = response.get("errors").and_then(Value::as_object) {
        for (name, why) in errors {
            let why = why.as_str().map_or_else(|| why.to_string(), str::to_owned);
            out.note(LaneId::ROOT, Notice::Warning, format!("MCP server {name} was not started: {why}"));
        }
    }
}

fn command(value: &Value) -> Option<SlashCommand> {
    let help = look::owned(value, "description").unwrap_or_default();
    Some(SlashCommand { name: look::owned(value, "name")?, help, hint: look::owned(value, "argumentHint") })
}

fn model(value: &Value) -> Option<(String, String)> {
    let id = look::owned(value, "value")?;
    Some((id.clone(), look::owned(value, "displayName").unwrap_or(id)))
}

/// A server as Claude takes it, from the form that ACP has for it.
fn server(value: &Value) -> Option<(String, Value)> {
    let name = look::owned(value, "name")?;
    let pairs = |key: &str| -> Map<String, Value> {
        let pair = |it: &Value| Some((look::owned(it, "name")?, it.get("value")?.clone()));
        look::list(value, key).iter().filter_map(pair).collect()
    };
    let made = if let Some(kind @ ("http" | "sse")) = look::text(value, "type") {
        json!({"type": kind, "url": value.get("url")?, "headers": pairs("headers")})
    } else {
        let args = value.get("args").cloned().unwrap_or_else(|| json!([]));
        json!({"type": "stdio", "command": value.get("command")?, "args": args, "env": pairs("env")})
    };
    Some((name, made))
}
