//! A recorded wire log played through a protocol: what the agent said is heard, what the client did is told again.
//!
//! A log holds one JSON object a line: `{"dir":"in"|"out","msg":…}`, or `{"dir":"in","raw":"…"}` for a line that is no
//! JSON (`EOF`: the end of the agent's stdout). The client of the log need not have been taut: its requests are matched
//! with those that the protocol makes here, and answers get the ids of these. What the client did and taut would not do
//! (a second session, a fork) is left out, its answers with it; what the agent said of its own is always heard.

use crate::agent::{Opening, Protocol, Tell, Turnout};
use crate::domain::Decision;
use serde_json::Value;
use std::collections::HashMap;

/// A line of the log, and what came of it.
#[derive(Debug)]
pub struct Step {
    /// The line.
    pub entry: Value,
    /// What came of it; nothing where it was left out.
    pub turnout: Turnout,
}

/// Plays a whole log.
pub fn play(protocol: &mut impl Protocol, log: &str) -> Vec<Step> {
    let entries: Vec<Value> = log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let mut player = Player { opening: opening(&entries), ..Player::default() };
    let step = |entry: Value| {
        let turnout = player.step(protocol, &entry);
        player.remember(&turnout);
        player.pair(&entry);
        Step { entry, turnout }
    };
    entries.into_iter().map(step).collect()
}

#[derive(Default)]
struct Player {
    opening: Opening,
    session: Option<String>,
    /// Requests made here that the log has not shown yet: method and id.
    made: Vec<(String, Value)>,
    /// Ids in the log, and here.
    ids: HashMap<String, Value>,
}

impl Player {
    fn step(&mut self, protocol: &mut impl Protocol, entry: &Value) -> Turnout {
        let msg = entry.get("msg").unwrap_or(&Value::Null);
        match (entry["dir"].as_str(), entry["raw"].as_str()) {
            (Some("in"), Some("EOF")) => protocol.gone(),
            (Some("in"), Some(raw)) => protocol.hear(raw.as_bytes()),
            (Some("in"), None) if msg.get("method").is_some() => protocol.hear(msg.to_string().as_bytes()),
            (Some("in"), None) => self.answer(msg).map(|line| protocol.hear(line.as_bytes())).unwrap_or_default(),
            _ if msg["method"] == "initialize" => protocol.open(self.opening.clone()),
            _ => self.tell(msg).map(|tell| protocol.tell(tell)).unwrap_or_default(),
        }
    }

    fn answer(&mut self, msg: &Value) -> Option<String> {
        let id = self.ids.get(&msg.get("id")?.to_string())?;
        let mut msg = msg.clone();
        msg["id"] = id.clone();
        let session = msg["result"]["sessionId"].as_str().map(str::to_owned);
        self.session = self.session.take().or(session);
        Some(msg.to_string())
    }

    fn tell(&self, msg: &Value) -> Option<Tell> {
        let params = &msg["params"];
        let ours = || params["sessionId"].as_str() == self.session.as_deref();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        match msg["method"].as_str() {
            Some("session/prompt") if ours() => {
                let blocks = params["prompt"].as_array()?;
                Some(Tell::Prompt(blocks.iter().filter_map(|block| block["text"].as_str()).collect()))
            }
            Some("session/cancel") if ours() => Some(Tell::Interrupt),
            Some("session/set_mode") if ours() => text(&params["modeId"]).map(Tell::Mode),
            Some("session/set_config_option") if ours() && params["configId"] == "mode" => {
                text(&params["value"]).map(Tell::Mode)
            }
            Some("authenticate") => text(&params["methodId"]).map(Tell::Login),
            Some(_) => None,
            None => {
                let outcome = msg["result"].get("outcome")?;
                let decision = match text(&outcome["optionId"]) {
                    Some(offer) => Decision::Allow { offer },
                    None => Decision::Deny { offer: None, reason: None, interrupt: false },
                };
                Some(Tell::Answer(msg.get("id")?.to_string(), decision))
            }
        }
    }

    fn remember(&mut self, turnout: &Turnout) {
        for line in &turnout.lines {
            let line: Value = serde_json::from_str(line).unwrap_or_default();
            if let (Some(method), Some(id)) = (line["method"].as_str(), line.get("id")) {
                self.made.push((method.to_owned(), id.clone()));
            }
        }
    }

    fn pair(&mut self, entry: &Value) {
        let msg = &entry["msg"];
        let (Some("out"), Some(method), Some(id)) = (entry["dir"].as_str(), msg["method"].as_str(), msg.get("id"))
        else {
            return;
        };
        let sets_mode = |method: &str| matches!(method, "session/set_mode" | "session/set_config_option");
        let same = |made: &String| made == method || (sets_mode(made) && sets_mode(method));
        if let Some(at) = self.made.iter().position(|(made, _)| same(made)) {
            let (_, ours) = self.made.remove(at);
            self.ids.insert(id.to_string(), ours);
        }
        if let ("session/load" | "session/resume", None) = (method, &self.session) {
            self.session = msg["params"]["sessionId"].as_str().map(str::to_owned);
        }
    }
}

/// How the client of the log opened its first session.
fn opening(entries: &[Value]) -> Opening {
    let opens = |entry: &&Value| {
        let method = entry["msg"]["method"].as_str().unwrap_or_default();
        entry["dir"] == "out" && matches!(method, "session/new" | "session/load" | "session/resume")
    };
    let params = entries.iter().find(opens).map_or(&Value::Null, |entry| &entry["msg"]["params"]);
    Opening {
        cwd: params["cwd"].as_str().unwrap_or_default().to_owned(),
        mcp: params["mcpServers"].as_array().cloned().unwrap_or_default(),
        load: params["sessionId"].as_str().map(str::to_owned),
        ..Opening::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::Fact;
    use crate::agent::acp::Acp;
    use crate::domain::Stop;

    #[test]
    fn a_log_of_another_client_plays_to_its_end() {
        let log = r#"
{"dir":"out","msg":{"id":11,"method":"initialize","params":{}}}
{"dir":"in","msg":{"id":11,"result":{"protocolVersion":1}}}
{"dir":"out","msg":{"id":12,"method":"session/new","params":{"cwd":"/w","mcpServers":[]}}}
{"dir":"in","msg":{"id":12,"result":{"sessionId":"s"}}}
{"dir":"out","msg":{"id":13,"method":"session/list","params":{}}}
{"dir":"in","msg":{"id":13,"result":{}}}
{"dir":"out","msg":{"id":14,"method":"session/prompt","params":{"sessionId":"s","prompt":[{"type":"text","text":"hi"}]}}}
{"dir":"in","raw":"a line for people"}
{"dir":"in","msg":{"id":14,"result":{"stopReason":"end_turn"}}}
{"dir":"in","raw":"EOF"}"#;
        let facts: Vec<_> = play(&mut Acp::new(), log).into_iter().flat_map(|step| step.turnout.facts).collect();
        assert!(facts.contains(&Fact::Ready), "{facts:?}");
        assert!(facts.contains(&Fact::TurnOver(Stop::EndTurn, None)), "{facts:?}");
    }
}
