//! The points of acp.md, section 4, each with lines written for it; and hostile input.

mod calls;
mod diffs;
mod handshake;
mod hostile;
mod lanes;
mod questions;
mod turns;
mod updates;

use super::Acp;
use crate::agent::{Ask, Fact, Opening, Protocol, Tell, Turnout};
use crate::domain::{CallPatch, Event, LaneId, Notice, OutputPart};
use agent_client_protocol_schema::v1 as schema;
use serde_json::{Value, json};

/// A conversation, and everything that came of it.
struct Rig {
    acp: Acp,
    facts: Vec<Fact>,
    lines: Vec<Value>,
}

impl Rig {
    /// Before the first line.
    fn new() -> Self {
        Self { acp: Acp::new(), facts: vec![], lines: vec![] }
    }

    /// An open conversation with session `s`; what came so far is forgotten.
    fn open() -> Self {
        Self::open_with(&json!({"protocolVersion": 1}), &json!({"sessionId": "s"}))
    }

    /// An open conversation with an agent of this name.
    fn open_as(name: &str) -> Self {
        Self::open_with(&json!({"protocolVersion": 1, "agentInfo": {"name": name}}), &json!({"sessionId": "s"}))
    }

    fn open_with(initialized: &Value, opened: &Value) -> Self {
        let mut rig = Self::new();
        rig.opens(Opening { cwd: "/w".to_owned(), ..Opening::default() });
        rig.answers(initialized);
        rig.answers(opened);
        assert!(rig.facts.contains(&Fact::Ready), "{:?}", rig.facts);
        rig.forget();
        rig
    }

    fn opens(&mut self, opening: Opening) -> &mut Self {
        let turnout = self.acp.open(opening);
        self.takes(turnout)
    }

    fn hears(&mut self, message: &Value) -> &mut Self {
        let turnout = self.acp.hear(message.to_string().as_bytes());
        self.takes(turnout)
    }

    fn hears_raw(&mut self, line: &[u8]) -> &mut Self {
        let turnout = self.acp.hear(line);
        self.takes(turnout)
    }

    /// An update of our session.
    fn update(&mut self, update: &Value) -> &mut Self {
        self.hears(&json!({"method": "session/update", "params": {"sessionId": "s", "update": update}}))
    }

    fn tells(&mut self, tell: Tell) -> &mut Self {
        let turnout = self.acp.tell(tell);
        self.takes(turnout)
    }

    /// The agent answers the last request.
    fn answers(&mut self, result: &Value) -> &mut Self {
        let id = self.last_request()["id"].clone();
        self.hears(&json!({"id": id, "result": result}))
    }

    fn refuses(&mut self, error: &Value) -> &mut Self {
        let id = self.last_request()["id"].clone();
        self.hears(&json!({"id": id, "error": error}))
    }

    fn asks(&mut self, id: &Value, call: &Value, options: &Value) -> &mut Self {
        let params = json!({"sessionId": "s", "toolCall": call, "options": options});
        self.hears(&json!({"id": id, "method": "session/request_permission", "params": params}))
    }

    fn gone(&mut self) -> &mut Self {
        let turnout = self.acp.gone();
        self.takes(turnout)
    }

    /// Every request that we send must read as one of the protocol's own types.
    fn takes(&mut self, turnout: Turnout) -> &mut Self {
        for line in &turnout.lines {
            assert!(!line.contains('\n'), "one line: {line}");
            let line: Value = serde_json::from_str(line).unwrap();
            reads_as_the_protocols_own(&line);
            self.lines.push(line);
        }
        self.facts.extend(turnout.facts);
        self
    }

    fn forget(&mut self) {
        self.facts.clear();
        self.lines.clear();
    }

    fn last_request(&self) -> &Value {
        self.lines.iter().rfind(|line| line.get("method").is_some() && line.get("id").is_some()).unwrap()
    }

    fn events(&self) -> impl Iterator<Item = &Event> {
        self.facts.iter().filter_map(|fact| if let Fact::Event(_, event) = fact { Some(event) } else { None })
    }

    /// Patches of a call, in order.
    fn patches(&self, id: &str) -> Vec<&CallPatch> {
        let mut patches = vec![];
        for event in self.events() {
            if let Event::Called { call, patch } = event
                && call.0 == id
            {
                patches.push(&**patch);
            }
        }
        patches
    }

    /// The call as its patches make it.
    fn call(&self, id: &str) -> CallPatch {
        let mut merged = CallPatch::default();
        for patch in self.patches(id) {
            let CallPatch { tool, title, impact, status, args, command, cwd, places, changes, parent, exit } = patch;
            merged = CallPatch {
                tool: tool.clone().or(merged.tool),
                title: title.clone().or(merged.title),
                impact: impact.or(merged.impact),
                status: status.or(merged.status),
                args: args.clone().or(merged.args),
                command: command.clone().or(merged.command),
                cwd: cwd.clone().or(merged.cwd),
                places: places.clone().or(merged.places),
                changes: changes.clone().or(merged.changes),
                parent: parent.clone().or(merged.parent),
                exit: exit.or(merged.exit),
            };
        }
        merged
    }

    /// The output of a call, as its parts make it.
    fn output(&self, id: &str) -> String {
        let mut whole = String::new();
        for event in self.events() {
            match event {
                Event::CallOutput { call, part: OutputPart::Append(text) } if call.0 == id => {
                    whole.push_str(text.inline().unwrap());
                }
                Event::CallOutput { call, part: OutputPart::Replace(text) } if call.0 == id => {
                    text.inline().unwrap().clone_into(&mut whole);
                }
                _ => {}
            }
        }
        whole
    }

    fn ask(&self) -> &Ask {
        self.facts.iter().find_map(|fact| if let Fact::Ask(ask) = fact { Some(ask) } else { None }).unwrap()
    }

    /// Notes, as texts.
    fn notes(&self) -> Vec<(Notice, &str)> {
        let mut notes = vec![];
        for event in self.events() {
            if let Event::Noted { level, text } = event {
                notes.push((*level, text.inline().unwrap()));
            }
        }
        notes
    }

    fn lanes(&self) -> Vec<LaneId> {
        self.facts.iter().filter_map(|fact| if let Fact::Event(lane, _) = fact { Some(*lane) } else { None }).collect()
    }
}

/// The schema's types are the measure of what we send.
fn reads_as_the_protocols_own(line: &Value) {
    fn reads<T: serde::de::DeserializeOwned>(params: &Value) -> Result<(), serde_json::Error> {
        T::deserialize(params).map(drop)
    }
    let names = &schema::AGENT_METHOD_NAMES;
    let params = &line["params"];
    let read = match line["method"].as_str() {
        None => return,
        Some(method) if method == names.initialize => reads::<schema::InitializeRequest>(params),
        Some(method) if method == names.authenticate => reads::<schema::AuthenticateRequest>(params),
        Some(method) if method == names.session_new => reads::<schema::NewSessionRequest>(params),
        Some(method) if method == names.session_load => reads::<schema::LoadSessionRequest>(params),
        Some(method) if method == names.session_resume => reads::<schema::ResumeSessionRequest>(params),
        Some(method) if method == names.session_set_mode => reads::<schema::SetSessionModeRequest>(params),
        Some(method) if method == names.session_set_config_option => {
            reads::<schema::SetSessionConfigOptionRequest>(params)
        }
        Some(method) if method == names.session_prompt => reads::<schema::PromptRequest>(params),
        Some(method) if method == names.session_cancel => reads::<schema::CancelNotification>(params),
        Some(method) => panic!("{method} is no method of the protocol"),
    };
    assert!(read.is_ok(), "{line}: {read:?}");
}

fn prompt(text: &str) -> Tell {
    Tell::Prompt(text.to_owned())
}

/// The three offers that most agents have.
fn options() -> Value {
    json!([
        {"optionId": "always", "name": "Always", "kind": "allow_always"},
        {"optionId": "once", "name": "Once", "kind": "allow_once"},
        {"optionId": "cancel", "name": "No", "kind": "reject_once"},
    ])
}

/// An update of a call.
#[expect(clippy::needless_pass_by_value, reason = "values are written where they are used")]
fn call(id: &str, more: Value) -> Value {
    let mut update = json!({"sessionUpdate": "tool_call_update", "toolCallId": id});
    for (key, value) in more.as_object().unwrap().clone() {
        update[key] = value;
    }
    update
}

fn diff(old: &str, new: &str) -> Value {
    json!([{"type": "diff", "path": "/w/a", "oldText": old, "newText": new}])
}

fn text(text: &str) -> Value {
    json!([{"type": "content", "content": {"type": "text", "text": text}}])
}
