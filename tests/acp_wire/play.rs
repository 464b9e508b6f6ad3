//! Plays a recorded wire log to the codec and keeps what came of it.
//!
//! What the recording client sent becomes what the codec is told (a prompt, an answer, a cancel); what the agent said is
//! heard byte for byte, but that answers carry the codec's own ids. See `tests/wire/record.py` for the form of a log.

use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::HashMap;
use taut::agent::{ClientCan, Fact, Opening, Protocol, Tell, Turnout};
use taut::domain::{Decision, Event};

/// One line of a log.
#[derive(Clone)]
pub(crate) struct Line {
    /// True where the agent said it.
    pub(crate) heard: bool,
    /// Its text: JSON, or whatever came.
    pub(crate) text: String,
    /// The message, where it is one.
    pub(crate) msg: Option<Value>,
}

impl Line {
    pub(crate) fn method(&self) -> Option<&str> {
        self.msg.as_ref()?.get("method")?.as_str()
    }

    pub(crate) fn update(&self) -> Option<&Value> {
        self.msg.as_ref()?.pointer("/params/update")
    }

    fn id(&self) -> Option<&Value> {
        self.msg.as_ref()?.get("id")
    }
}

/// Every log, as `agent/scenario`.
pub(crate) fn all() -> Vec<String> {
    let root = format!("{}/tests/wire", env!("CARGO_MANIFEST_DIR"));
    let mut names = vec![];
    for agent in std::fs::read_dir(&root).unwrap().flatten().filter(|e| e.path().is_dir()) {
        for file in std::fs::read_dir(agent.path()).unwrap().flatten() {
            let file = file.file_name().into_string().unwrap();
            names.push(format!("{}/{}", agent.file_name().display(), file.trim_end_matches(".jsonl")));
        }
    }
    names.sort();
    names
}

/// A log without its heading.
pub(crate) fn log(name: &str) -> Vec<Line> {
    let path = format!("{}/tests/wire/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    let mut lines = text.lines();
    let head: Value = serde_json::from_str(lines.next().expect("a heading")).expect("the heading is JSON");
    assert!(head["wire"]["made"] == "recorded" || head["wire"]["made"] == "handmade", "{path}: no heading");
    lines.map(line).collect()
}

fn line(text: &str) -> Line {
    let entry: HashMap<&str, &RawValue> = serde_json::from_str(text).expect("an entry of a log");
    let heard = entry["dir"].get() == "\"in\"";
    match entry.get("msg") {
        Some(msg) => Line { heard, text: msg.get().to_owned(), msg: serde_json::from_str(msg.get()).ok() },
        None => Line { heard, text: serde_json::from_str(entry["raw"].get()).expect("a raw line"), msg: None },
    }
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
    codec: Box<dyn Protocol>,
    /// What the codec asked and nobody has answered: (method, id).
    waiting: Vec<(String, Value)>,
    /// The recording client's ids, and the codec's for them.
    ids: HashMap<String, Value>,
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
    let sent = |method: &str| lines.iter().find(|l| !l.heard && l.method() == Some(method)).and_then(|l| l.msg.clone());
    let first = |method: &str| lines.iter().position(|l| !l.heard && l.method() == Some(method));
    let at_start = first("session/set_mode") < first("session/prompt") && first("session/prompt").is_some();
    let opening = Opening {
        cwd: "/home/demo/repo".to_owned(),
        load: sent("session/load").and_then(|m| m["params"]["sessionId"].as_str().map(str::to_owned)),
        mode: sent("session/set_mode")
            .filter(|_| at_start)
            .and_then(|m| m["params"]["modeId"].as_str().map(str::to_owned)),
        client: ClientCan { terminal_output: true },
        ..Opening::default()
    };
    let mut played =
        Played { came: vec![], codec: Box::new(taut::agent::acp::Acp::new()), waiting: vec![], ids: HashMap::new() };
    let turnout = played.codec.open(opening);
    played.keep(turnout);
    played
}

impl Played {
    /// Plays lines of a log.
    pub(crate) fn go(&mut self, lines: &[Line]) {
        for line in lines {
            if line.heard { self.hear(line) } else { self.out(line) }
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
        self.came.extend(turnout.facts.into_iter().map(Came::Fact));
        for line in turnout.lines {
            assert!(!line.contains('\n'), "a line holds a newline: {line}");
            let msg: Value = serde_json::from_str(&line).expect("the codec sends JSON");
            if let (Some(method), Some(id)) = (msg["method"].as_str(), msg.get("id")) {
                self.waiting.push((method.to_owned(), id.clone()));
            }
            self.came.push(Came::Sent(msg));
        }
    }

    fn hear(&mut self, line: &Line) {
        let Some(id) = line.id().filter(|_| line.method().is_none()) else { return self.says(&line.text) };
        // An answer: the same bytes with the codec's id, wherever it stands in the line.
        let ours = self.ids.get(&id.to_string()).cloned().unwrap_or_else(|| Value::from(999_999));
        let theirs = format!("\"id\":{id}");
        let at = if line.text.ends_with(&format!("{theirs}}}")) {
            line.text.rfind(&theirs)
        } else {
            line.text.find(&theirs)
        };
        let at = at.expect("an answer has an id");
        self.says(&format!("{}\"id\":{ours}{}", &line.text[..at], &line.text[at + theirs.len()..]));
    }

    fn out(&mut self, line: &Line) {
        let msg = line.msg.clone().unwrap_or_default();
        let Some(method) = line.method() else {
            if let Some(option) = msg.pointer("/result/outcome/optionId").and_then(Value::as_str) {
                self.tell(Tell::Answer(msg["id"].to_string(), Decision::Allow { offer: option.to_owned() }));
            }
            return;
        };
        if method == "session/cancel" {
            return self.tell(Tell::Interrupt);
        }
        if self.asked(method).is_none() {
            let text = |path: &str| msg.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
            match method {
                // Prompts queue on our side (acp.md, 24): the hub tells none while a turn runs.
                "session/prompt" if self.turn_runs() => return,
                // The recording client did more than taut does: other sessions, a prompt to a session that never opened.
                "session/new" | "session/load" | "session/prompt" if !self.ready() => return,
                "session/new" | "session/load" => return,
                "session/prompt" => self.tell(Tell::Prompt(text("/params/prompt/0/text"))),
                "session/set_mode" => self.tell(Tell::Mode(text("/params/modeId"))),
                _ => panic!("the codec has not sent {method}"),
            }
        }
        let at = self.asked(method).unwrap_or_else(|| panic!("the codec has not sent {method}"));
        let (_, ours) = self.waiting.remove(at);
        self.ids.insert(msg["id"].to_string(), ours);
    }

    /// The codec's own request of this kind that the log has not come to yet. A mode may be a setting (31).
    fn asked(&self, method: &str) -> Option<usize> {
        let same = |sent: &str| sent == method || (method == "session/set_mode" && sent == "session/set_config_option");
        self.waiting.iter().position(|(sent, _)| same(sent))
    }

    fn ready(&self) -> bool {
        self.facts().any(|f| matches!(f, Fact::Ready))
    }

    /// The agent's own id of the conversation.
    pub(crate) fn session(&self) -> String {
        self.events()
            .find_map(|e| if let Event::SourceAttached { source } = e { Some(source.native.clone()) } else { None })
            .unwrap_or_default()
    }

    fn turn_runs(&self) -> bool {
        let prompts = self.sent("session/prompt").len();
        prompts > self.stops().len()
    }
}
