//! Plays a recorded session to the codec and keeps what came of it.
//!
//! What the recording client sent becomes what the codec is told (a prompt, an answer, an interrupt, a mode); what the
//! agent said is heard, but that answers carry the codec's own ids. See `record.py` for the form of a log.

use serde_json::{Value, json};
use std::collections::HashMap;
use taut::agent::claude::Claude;
use taut::agent::{Ask, Back, Fact, Leave, Opening, Protocol, Tell, Turnout};
use taut::domain::{CallId, CallPatch, CallStatus, Decision, Event, Given, Speaker, Stop, Tokens, Usage};

/// One line of a log.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) heard: bool,
    pub(crate) text: String,
    pub(crate) msg: Value,
}

/// What came of each line, in order.
#[expect(clippy::large_enum_variant, reason = "there are few of them")]
#[derive(Debug)]
pub(crate) enum Came {
    Fact(Fact),
    Sent(Value),
}

/// A log played to the codec.
pub(crate) struct Played {
    pub(crate) came: Vec<Came>,
    pub(crate) codec: Claude,
    /// The codec's requests that the log has not come to yet: (subtype, id).
    waiting: Vec<(String, String)>,
    /// The recording client's ids, and the codec's for them.
    ids: HashMap<String, String>,
    /// Questions of the log by their ids: what was asked.
    asked: HashMap<String, Value>,
}

fn folder() -> String {
    format!("{}/tests/claude_wire/logs", env!("CARGO_MANIFEST_DIR"))
}

/// Every log.
pub(crate) fn all() -> Vec<String> {
    let files = std::fs::read_dir(folder()).unwrap().flatten();
    let mut names: Vec<String> =
        files.map(|file| file.file_name().into_string().unwrap().trim_end_matches(".jsonl").to_owned()).collect();
    names.sort();
    assert!(names.len() > 25, "{names:?}");
    names
}

/// The heading of a log.
pub(crate) fn head(name: &str) -> Value {
    let text = std::fs::read_to_string(format!("{}/{name}.jsonl", folder())).unwrap();
    serde_json::from_str::<Value>(text.lines().next().unwrap()).unwrap()["wire"].clone()
}

/// A log without its heading and what the agent wrote to its stderr.
pub(crate) fn log(name: &str) -> Vec<Line> {
    let text = std::fs::read_to_string(format!("{}/{name}.jsonl", folder())).unwrap();
    let line = |text: &str| {
        let entry: Value = serde_json::from_str(text).unwrap();
        let (heard, msg) = (entry["dir"] == "in", entry["msg"].clone());
        let text = entry["raw"].as_str().map_or_else(|| msg.to_string(), str::to_owned);
        (entry["dir"] != "err").then_some(Line { heard, text, msg })
    };
    text.lines().skip(1).filter_map(line).collect()
}

/// Plays a whole log.
pub(crate) fn play(name: &str) -> Played {
    let lines = log(name);
    let mut played = open(&lines);
    played.go(&lines);
    played
}

/// Opens the conversation of a log; nothing is heard yet.
pub(crate) fn open(lines: &[Line]) -> Played {
    let servers = lines.iter().find_map(|line| line.msg.pointer("/request/servers")?.as_object());
    let server =
        |(name, it): (&String, &Value)| json!({"name": name, "command": it["command"], "args": it["args"], "env": []});
    let said = |line: &&Line| !line.heard && line.msg["type"] == "user";
    let before = lines.iter().position(|line| said(&line)).unwrap_or(0);
    let back = lines[..before].iter().find(|line| line.msg["request"]["subtype"] == "rewind_conversation");
    let opening = Opening {
        back: back.map(|line| back_of(&line.msg["request"])),
        cwd: "/home/demo/repo".to_owned(),
        mcp: servers.into_iter().flatten().map(server).collect(),
        ..Opening::default()
    };
    let mut played =
        Played { came: vec![], codec: Claude::new(), waiting: vec![], ids: HashMap::new(), asked: HashMap::new() };
    let turnout = played.codec.open(opening);
    played.keep(turnout);
    played
}

impl Played {
    /// Plays lines of a log.
    pub(crate) fn go(&mut self, lines: &[Line]) {
        for line in lines {
            match (line.heard, line.text.as_str()) {
                (true, "EOF") => self.gone(),
                (true, _) => self.hear(line),
                (false, _) => self.out(&line.msg),
            }
        }
    }

    /// The agent says something.
    pub(crate) fn says(&mut self, text: &str) {
        let turnout = self.codec.hear(text.as_bytes());
        self.keep(turnout);
    }

    pub(crate) fn tell(&mut self, tell: Tell) {
        let turnout = self.codec.tell(tell);
        self.keep(turnout);
    }

    pub(crate) fn gone(&mut self) {
        let turnout = self.codec.gone();
        self.keep(turnout);
    }

    fn keep(&mut self, turnout: Turnout) {
        // No rule of the hub's denies anything here.
        let leaves = |fact: &Fact| if let Fact::Leaves(leaves) = fact { Some(leaves.native.clone()) } else { None };
        let left: Vec<String> = turnout.facts.iter().filter_map(leaves).collect();
        self.came.extend(turnout.facts.into_iter().map(Came::Fact));
        self.keep_lines(turnout.lines);
        for native in left {
            self.tell(Tell::Leave(native, Leave::ToItsRules));
        }
    }

    fn keep_lines(&mut self, lines: Vec<String>) {
        for line in lines {
            assert!(!line.contains('\n'), "a line holds a newline: {line}");
            let msg: Value = serde_json::from_str(&line).expect("the codec sends JSON");
            if msg["type"] == "control_request" {
                let text = |value: &Value| value.as_str().unwrap().to_owned();
                self.waiting.push((text(&msg["request"]["subtype"]), text(&msg["request_id"])));
            }
            self.came.push(Came::Sent(msg));
        }
    }

    fn hear(&mut self, line: &Line) {
        let mut msg = line.msg.clone();
        match msg["type"].as_str() {
            Some("control_response") => {
                let id = msg["response"]["request_id"].as_str().unwrap();
                // What the recording client asked, and taut does not, is left out with its answer.
                let Some(ours) = self.ids.get(id).cloned() else { return };
                msg["response"]["request_id"] = json!(ours);
                self.says(&msg.to_string());
            }
            Some("control_request") => {
                self.asked.insert(msg["request_id"].as_str().unwrap().to_owned(), msg["request"].clone());
                self.says(&line.text);
            }
            _ => self.says(&line.text),
        }
    }

    fn out(&mut self, msg: &Value) {
        match msg["type"].as_str().unwrap() {
            "user" => self.tell(Tell::Prompt(msg["message"]["content"].as_str().unwrap().to_owned())),
            "control_response" => {
                let id = msg["response"]["request_id"].as_str().unwrap();
                let asked = self.asked[id].clone();
                if asked["subtype"] == "can_use_tool" {
                    let decision = decision(&asked, &msg["response"]["response"]);
                    self.tell(Tell::Answer(json!(id).to_string(), decision));
                }
            }
            _ => {
                let subtype = msg["request"]["subtype"].as_str().unwrap();
                match subtype {
                    "interrupt" => self.tell(Tell::Interrupt),
                    "set_permission_mode" => {
                        self.tell(Tell::Mode(msg["request"]["mode"].as_str().unwrap().to_owned()));
                    }
                    // One at its very start stands in the opening.
                    "rewind_conversation" if !self.waiting.iter().any(|(sent, _)| sent == subtype) => {
                        self.tell(Tell::Back(back_of(&msg["request"])));
                    }
                    "set_model" => self.tell(Tell::Model(msg["request"]["model"].as_str().unwrap().to_owned())),
                    "get_context_usage" => self.tell(Tell::Context),
                    _ => {}
                }
                if let Some(at) = self.waiting.iter().position(|(sent, _)| sent == subtype) {
                    let (_, ours) = self.waiting.remove(at);
                    self.ids.insert(msg["request_id"].as_str().unwrap().to_owned(), ours);
                }
            }
        }
    }

    pub(crate) fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.came.iter().filter_map(|came| if let Came::Fact(fact) = came { Some(fact) } else { None })
    }

    pub(crate) fn events(&self) -> impl Iterator<Item = &Event> {
        self.facts().filter_map(|fact| if let Fact::Event(_, event) = fact { Some(event) } else { None })
    }

    /// The questions, whoever wanted them asked.
    pub(crate) fn asks(&self) -> Vec<&Ask> {
        let ask = |fact: &'_ Fact| matches!(fact, Fact::Ask(_) | Fact::HeldBack(_));
        let asks = self.facts().filter(|fact| ask(fact));
        asks.filter_map(|fact| if let Fact::Ask(ask) | Fact::HeldBack(ask) = fact { Some(ask) } else { None }).collect()
    }

    /// The question about the first call of a tool.
    pub(crate) fn ask_of(&self, tool: &str) -> &Ask {
        let calls = self.calls_of(tool);
        self.asks().into_iter().find(|ask| calls.contains(&&ask.call)).unwrap_or_else(|| panic!("{tool} did not ask"))
    }

    /// The calls of a tool.
    pub(crate) fn calls_of(&self, tool: &str) -> Vec<&CallId> {
        let call =
            |event: &'_ Event| matches!(event, Event::Called { patch, .. } if patch.tool.as_deref() == Some(tool));
        let events = self.events().filter(|event| call(event));
        events.filter_map(|event| if let Event::Called { call, .. } = event { Some(call) } else { None }).collect()
    }

    /// What was told about a call, in order.
    pub(crate) fn patches(&self, id: &CallId) -> Vec<&CallPatch> {
        self.events()
            .filter_map(|event| match event {
                Event::Called { call, patch } if call == id => Some(&**patch),
                _ => None,
            })
            .collect()
    }

    /// Where the calls of a tool stood, one after the other.
    pub(crate) fn statuses(&self, tool: &str) -> Vec<CallStatus> {
        let calls = self.calls_of(tool);
        calls.iter().flat_map(|id| self.patches(id)).filter_map(|patch| patch.status).collect()
    }

    /// All that somebody said.
    pub(crate) fn said(&self, speaker: Speaker) -> String {
        self.events()
            .filter_map(|event| match event {
                Event::Said { who, text, .. } if *who == speaker => text.inline(),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn notes(&self) -> Vec<String> {
        self.events()
            .filter_map(|event| match event {
                Event::Noted { text, .. } => text.inline().map(str::to_owned),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn stops(&self) -> Vec<(&Stop, Option<&Tokens>)> {
        self.facts()
            .filter_map(|fact| match fact {
                Fact::TurnOver(stop, tokens) => Some((stop, tokens.as_ref())),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn usages(&self) -> Vec<&Usage> {
        self.events().filter_map(|event| if let Event::Used { usage } = event { Some(usage) } else { None }).collect()
    }

    /// Our answers to a question of the log.
    pub(crate) fn answers(&self, id: &str) -> Vec<&Value> {
        self.came
            .iter()
            .filter_map(|came| match came {
                Came::Sent(msg) if msg["response"]["request_id"] == id => Some(&msg["response"]["response"]),
                _ => None,
            })
            .collect()
    }

    /// What we sent of a kind: requests by their subtype, prompts by `user`.
    pub(crate) fn sent(&self, kind: &str) -> Vec<&Value> {
        self.came
            .iter()
            .filter_map(|came| match came {
                Came::Sent(msg) if msg["type"] == kind || msg["request"]["subtype"] == kind => Some(msg),
                _ => None,
            })
            .collect()
    }
}

/// The place that the recording client went back to. It might have named no newest prompt.
fn back_of(request: &Value) -> Back {
    let first = request["target_message_uuid"].as_str().unwrap().to_owned();
    let last = request["last_seen_user_message_uuid"].as_str().unwrap_or(&first).to_owned();
    Back { first, last }
}

/// The decision that the recording client's answer stands for.
fn decision(asked: &Value, answer: &Value) -> Decision {
    if answer["behavior"] == "deny" {
        let said = answer["message"].as_str().unwrap();
        let reason = said.strip_prefix("This call was declined: ").map(str::to_owned);
        return Decision::Deny { offer: Some("deny".to_owned()), reason, interrupt: false };
    }
    if let Some(answers) = answer["updatedInput"]["answers"].as_object() {
        let given = |(question, answer): (&String, &Value)| Given {
            question: question.clone(),
            answers: vec![answer.as_str().unwrap().to_owned()],
        };
        return Decision::Reply { given: answers.iter().map(given).collect() };
    }
    if answer["updatedInput"] != asked["input"] {
        let args = answer["updatedInput"].to_string().into();
        return Decision::Edit { offer: Some("allow".to_owned()), args, reason: None };
    }
    let offers = answer["updatedPermissions"].as_array().is_some_and(|all| !all.is_empty());
    Decision::Allow { offer: if offers { "suggestion-0" } else { "allow" }.to_owned() }
}
