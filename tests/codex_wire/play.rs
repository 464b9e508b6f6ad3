//! Plays a recorded wire log to the codec, and keeps what came of it.
//!
//! What the recording client sent becomes what the codec is told; where the codec has sent the same by itself, the two are
//! matched. What codex said is heard byte for byte, but that answers carry the codec's own ids. See
//! `tests/codex_wire/record.py`.

use serde_json::Value;
use std::collections::HashMap;
use taut::agent::codex::Codex;
use taut::agent::{Ask, Back, Fact, GoesOn, Opening, Protocol, Tell, Turnout};
use taut::domain::{CallPatch, Decision, Event, Given, LaneId, OutputPart, Speaker, Stop};

/// One line of a log.
pub(crate) struct Line {
    pub(crate) heard: bool,
    pub(crate) msg: Value,
}

/// What came, in order.
#[expect(clippy::large_enum_variant, reason = "there are few of them")]
pub(crate) enum Came {
    Fact(Fact),
    Sent(Value),
}

/// The lines of a log, by its name.
pub(crate) fn log(name: &str) -> Vec<Line> {
    let path = format!("{}/tests/codex_wire/logs/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let line = |text: &str| -> Option<Line> {
        let entry: Value = serde_json::from_str(text).unwrap();
        let heard = entry.get("dir")?.as_str() == Some("in");
        let msg = entry.get("msg").cloned().unwrap_or_else(|| entry["raw"].clone());
        Some(Line { heard, msg })
    };
    text.lines().filter_map(line).collect()
}

/// Every log there is.
pub(crate) fn all() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/codex_wire/logs");
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut names: Vec<String> = names
        .filter(|path| path.extension().is_some_and(|end| end == "jsonl"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

/// A log played to its end.
pub(crate) struct Played {
    pub(crate) codec: Codex,
    pub(crate) came: Vec<Came>,
    /// Requests of the codec that the log has not come to: method and id.
    waiting: Vec<(String, Value)>,
    /// Ids in the log, and the codec's.
    ids: HashMap<String, Value>,
}

/// Plays a whole log, and then the end of the agent.
pub(crate) fn play(name: &str) -> Played {
    play_until(name, |_| false)
}

/// Plays a log up to the line before which this holds.
pub(crate) fn play_until(name: &str, stop: impl Fn(&Line) -> bool) -> Played {
    let lines = log(name);
    let mut played = Played { codec: Codex::new(), came: vec![], waiting: vec![], ids: HashMap::new() };
    for (at, line) in lines.iter().enumerate() {
        if stop(line) {
            return played;
        }
        if line.heard { played.hear(&line.msg) } else { played.client(&lines, at) }
    }
    let gone = played.codec.gone();
    played.keep(gone);
    played
}

impl Played {
    fn hear(&mut self, msg: &Value) {
        let mut msg = msg.clone();
        if msg.get("method").is_none() && msg.is_object() {
            // An answer: to what the codec has sent too.
            let Some(ours) = self.ids.get(&msg["id"].to_string()) else { return };
            msg["id"] = ours.clone();
        }
        let text = msg.as_str().map_or_else(|| msg.to_string(), str::to_owned);
        let turnout = self.codec.hear(text.as_bytes());
        self.keep(turnout);
    }

    fn client(&mut self, lines: &[Line], at: usize) {
        let msg = &lines[at].msg;
        let params = &msg["params"];
        let text = || params["input"][0]["text"].as_str().unwrap_or_default().to_owned();
        match msg["method"].as_str() {
            None => return self.answer(lines, at),
            Some("initialize") => {
                let turnout = self.codec.open(opening(lines));
                self.keep(turnout);
            }
            Some("initialized") => return,
            Some("turn/start") if self.made("turn/start").is_none() => {
                if params["sandboxPolicy"]["type"] == "workspaceWrite" {
                    self.tell(Tell::Mode("auto".to_owned()));
                }
                if let Some(model) = params["model"].as_str() {
                    self.tell(Tell::Model(model.to_owned()));
                }
                self.tell(Tell::Prompt(text()));
            }
            Some("thread/revert") => {
                let first = params["beforeTurnId"].as_str().unwrap().to_owned();
                self.tell(Tell::Back(Back { last: first.clone(), first }));
            }
            Some("turn/steer") if self.made("turn/steer").is_none() => self.tell(Tell::Steer(text())),
            Some("turn/interrupt") if self.made("turn/interrupt").is_none() => self.tell(Tell::Interrupt),
            Some(_) => {}
        }
        let method = msg["method"].as_str().unwrap();
        if let Some(at) = self.made(method) {
            let (_, ours) = self.waiting.remove(at);
            self.ids.insert(msg["id"].to_string(), ours);
        }
    }

    /// The newest, since the log may not have had an earlier one.
    fn made(&self, method: &str) -> Option<usize> {
        self.waiting.iter().rposition(|(made, _)| made == method)
    }

    /// The client's answer to a question, as a human would have given it.
    fn answer(&mut self, lines: &[Line], at: usize) {
        let (id, result) = (lines[at].msg["id"].to_string(), &lines[at].msg["result"]);
        let deny = |reason| Decision::Deny { offer: Some("decline".to_owned()), reason, interrupt: false };
        let named = |offer: &str| Decision::Allow { offer: offer.to_owned() };
        let refused = |offer: &str| Decision::Deny { offer: Some(offer.to_owned()), reason: None, interrupt: false };
        let decision = match (&result["decision"], &result["answers"]) {
            _ if result["action"] == "decline" => refused("decline"),
            _ if result["_meta"]["persist"].is_string() => named("persist-session"),
            _ if result["content"].as_object().is_some_and(|content| !content.is_empty()) => {
                let given = |(id, said): (&String, &Value)| {
                    let answer = said.as_str().map_or_else(|| said.to_string(), str::to_owned);
                    Given { question: id.clone(), answers: vec![answer] }
                };
                Decision::Reply { given: result["content"].as_object().unwrap().iter().map(given).collect() }
            }
            _ if result["action"] == "accept" => named("accept"),
            _ if result["permissions"] == serde_json::json!({}) => refused("none"),
            _ if result["permissions"].is_object() => named("turn"),
            (Value::String(word), _) if word == "decline" => {
                // A denial with a reason is followed by it.
                let next = lines.get(at + 1).filter(|next| !next.heard && next.msg["method"] == "turn/steer");
                let said = next.and_then(|next| next.msg["params"]["input"][0]["text"].as_str());
                deny(said.and_then(|said| said.strip_prefix("That request was declined: ")).map(str::to_owned))
            }
            (Value::String(word), _) if word == "cancel" => {
                Decision::Deny { offer: None, reason: None, interrupt: true }
            }
            (Value::String(word), _) => Decision::Allow { offer: word.clone() },
            (Value::Object(_), _) => Decision::Allow { offer: "amend-0".to_owned() },
            (_, Value::Object(answers)) => {
                let given = |(id, said): (&String, &Value)| {
                    let answers = said["answers"].as_array().unwrap().iter();
                    let answers = answers.map(|one| one.as_str().unwrap().to_owned()).collect();
                    Given { question: id.clone(), answers }
                };
                Decision::Reply { given: answers.iter().map(given).collect() }
            }
            other => panic!("an answer of an unknown form: {other:?}"),
        };
        self.tell(Tell::Answer(id, decision));
    }

    pub(crate) fn tell(&mut self, tell: Tell) {
        let turnout = self.codec.tell(tell);
        self.keep(turnout);
    }

    pub(crate) fn keep(&mut self, turnout: Turnout) {
        for line in &turnout.lines {
            let line: Value = serde_json::from_str(line).expect("the codec writes JSON");
            assert!(line.get("jsonrpc").is_none(), "codex takes none");
            if let (Some(method), Some(id)) = (line["method"].as_str(), line.get("id")) {
                self.waiting.push((method.to_owned(), id.clone()));
            }
            self.came.push(Came::Sent(line));
        }
        self.came.extend(turnout.facts.into_iter().map(Came::Fact));
    }

    pub(crate) fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.came.iter().filter_map(|came| if let Came::Fact(fact) = came { Some(fact) } else { None })
    }

    pub(crate) fn events(&self) -> impl Iterator<Item = (LaneId, &Event)> {
        self.facts().filter_map(|fact| if let Fact::Event(lane, event) = fact { Some((*lane, event)) } else { None })
    }

    pub(crate) fn asks(&self) -> Vec<&Ask> {
        self.facts()
            .filter_map(|fact| if let Fact::Ask(ask) | Fact::HeldBack(ask) = fact { Some(ask) } else { None })
            .collect()
    }

    pub(crate) fn stops(&self) -> Vec<&Stop> {
        self.facts().filter_map(|fact| if let Fact::TurnOver(stop, _) = fact { Some(stop) } else { None }).collect()
    }

    pub(crate) fn sent(&self, method: &str) -> Vec<&Value> {
        self.lines().filter(|line| line["method"] == method).collect()
    }

    /// Answers to questions.
    pub(crate) fn answers(&self) -> Vec<&Value> {
        self.lines().filter(|line| line.get("method").is_none()).map(|line| &line["result"]).collect()
    }

    fn lines(&self) -> impl Iterator<Item = &Value> {
        self.came.iter().filter_map(|came| if let Came::Sent(line) = came { Some(line) } else { None })
    }

    pub(crate) fn notes<'a>(&'a self) -> Vec<&'a str> {
        let note =
            |(_, event): (LaneId, &'a Event)| if let Event::Noted { text, .. } = event { text.inline() } else { None };
        self.events().filter_map(note).collect()
    }

    pub(crate) fn unrecognised<'a>(&'a self) -> Vec<&'a str> {
        let what = |(_, event): (LaneId, &'a Event)| {
            if let Event::Unrecognised { what, .. } = event { Some(what.as_str()) } else { None }
        };
        self.events().filter_map(what).collect()
    }

    /// All that somebody said in a lane, run together.
    pub(crate) fn said(&self, lane: LaneId, by: Speaker) -> String {
        let said = |(of, event): (LaneId, &'_ Event)| match event {
            Event::Said { who, text, .. } if of == lane && *who == by => text.inline().map(str::to_owned),
            _ => None,
        };
        self.events().filter_map(said).collect()
    }

    /// What is known of each call in the end, in the order in which they came.
    pub(crate) fn calls(&self) -> Vec<(String, CallPatch)> {
        let mut calls: Vec<(String, CallPatch)> = vec![];
        for (_, event) in self.events() {
            let Event::Called { call, patch } = event else { continue };
            let at = calls.iter().position(|(id, _)| *id == call.0).unwrap_or_else(|| {
                calls.push((call.0.clone(), CallPatch::default()));
                calls.len() - 1
            });
            let (all, new) = (&mut calls[at].1, (**patch).clone());
            *all = CallPatch {
                tool: new.tool.or(all.tool.take()),
                title: new.title.or(all.title.take()),
                impact: new.impact.or(all.impact),
                status: new.status.or(all.status),
                args: new.args.or(all.args.take()),
                command: new.command.or(all.command.take()),
                cwd: new.cwd.or(all.cwd.take()),
                places: new.places.or(all.places.take()),
                changes: new.changes.or(all.changes.take()),
                parent: new.parent.or(all.parent.take()),
                exit: new.exit.or(all.exit),
            };
        }
        calls
    }

    /// The output of all calls, run together.
    pub(crate) fn output<'a>(&'a self) -> String {
        let part = |(_, event): (LaneId, &'a Event)| match event {
            Event::CallOutput { part: OutputPart::Append(text) | OutputPart::Replace(text), .. } => text.inline(),
            _ => None,
        };
        self.events().filter_map(part).collect()
    }
}

/// How the client of the log opened its thread.
fn opening(lines: &[Line]) -> Opening {
    let opens =
        |line: &&Line| matches!(line.msg["method"].as_str(), Some("thread/start" | "thread/resume" | "thread/fork"));
    let opens = lines.iter().find(opens);
    let params = opens.map_or(&Value::Null, |line| &line.msg["params"]);
    let forks = opens.is_some_and(|line| line.msg["method"] == "thread/fork");
    let mode = (params["approvalPolicy"] == "untrusted").then(|| "untrusted".to_owned());
    Opening {
        cwd: params["cwd"].as_str().unwrap_or_default().to_owned(),
        load: params["threadId"].as_str().map(str::to_owned),
        mode,
        goes_on: if forks { GoesOn::Forked } else { GoesOn::AsItself },
        back: params["beforeTurnId"].as_str().map(|id| Back { first: id.to_owned(), last: id.to_owned() }),
        ..Opening::default()
    }
}
