//! A scripted client of the demo agent, over its real stdio.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

pub(crate) struct Client {
    pub(crate) agent: Child,
    pub(crate) stdin: Option<ChildStdin>,
    lines: Receiver<Vec<u8>>,
    pub(crate) session: String,
    next: u64,
    /// Everything heard, in order; what is no JSON as a string.
    pub(crate) heard: Vec<Value>,
}

impl Client {
    /// An agent with an open session in a folder.
    pub(crate) fn open(folder: &Path) -> Self {
        Self::open_with(folder, "0")
    }

    pub(crate) fn open_with(folder: &Path, pace: &str) -> Self {
        let mut agent = Command::new(env!("CARGO_BIN_EXE_taut"))
            .args(["demo-agent", "--pace", pace])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdin = agent.stdin.take();
        let stdout = agent.stdout.take().unwrap();
        let (sender, lines) = channel();
        thread::spawn(move || BufReader::new(stdout).split(b'\n').flatten().try_for_each(|line| sender.send(line)));
        let mut client = Self { agent, stdin, lines, session: String::new(), next: 0, heard: Vec::new() };
        let face = client.call("initialize", json!({"protocolVersion": 1, "clientCapabilities": {}}));
        assert_eq!((&face["protocolVersion"], &face["agentInfo"]["name"]), (&json!(1), &json!("taut-demo")));
        let new = client.call("session/new", json!({"cwd": folder, "mcpServers": []}));
        let modes: Vec<_> = new["modes"]["availableModes"].as_array().unwrap().iter().map(|mode| &mode["id"]).collect();
        assert_eq!(modes, ["default", "plan"]);
        client.session = new["sessionId"].as_str().unwrap().into();
        client
    }

    pub(crate) fn write(&mut self, message: &Value) {
        writeln!(self.stdin.as_mut().unwrap(), "{message}").unwrap();
    }

    pub(crate) fn send(&mut self, method: &str, params: Value) -> u64 {
        self.next += 1;
        let mut params = params;
        if !self.session.is_empty() {
            params["sessionId"] = json!(self.session);
        }
        self.write(&json!({"jsonrpc": "2.0", "id": self.next, "method": method, "params": params}));
        self.next
    }

    /// The next message.
    pub(crate) fn hear(&mut self) -> Value {
        let line = self.lines.recv_timeout(Duration::from_secs(8)).unwrap();
        let message = serde_json::from_slice(&line).unwrap_or_else(|_| json!(String::from_utf8_lossy(&line)));
        self.heard.push(message.clone());
        message
    }

    pub(crate) fn call(&mut self, method: &str, params: Value) -> Value {
        let id = self.send(method, params);
        self.result(id, |_, _| None)
    }

    /// Hears until the answer to a request of ours; answers the agent's by the option that `choose` names.
    pub(crate) fn result(
        &mut self,
        id: u64,
        mut choose: impl FnMut(&mut Self, &Value) -> Option<&'static str>,
    ) -> Value {
        loop {
            let message = self.hear();
            if message["method"] == "session/request_permission" {
                if let Some(option) = choose(self, &message["params"]) {
                    self.answer(&message["id"], option);
                }
            } else if message["id"] == id && message.get("method").is_none() {
                assert_eq!(message["error"], Value::Null);
                return message["result"].clone();
            }
        }
    }

    pub(crate) fn answer(&mut self, id: &Value, option: &str) {
        let outcome = json!({"outcome": "selected", "optionId": option});
        self.write(&json!({"jsonrpc": "2.0", "id": id, "result": {"outcome": outcome}}));
    }

    pub(crate) fn prompt(&mut self, text: &str) -> u64 {
        self.send("session/prompt", json!({"prompt": [{"type": "text", "text": text}]}))
    }

    pub(crate) fn turn(&mut self, text: &str, option: &'static str) -> Value {
        let id = self.prompt(text);
        self.result(id, |_, _| Some(option))["stopReason"].clone()
    }

    pub(crate) fn updates(&self) -> impl Iterator<Item = &Value> {
        self.heard.iter().map(|message| &message["params"]["update"]).filter(|update| update.is_object())
    }

    pub(crate) fn kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.updates().filter(move |update| update["sessionUpdate"] == kind)
    }

    pub(crate) fn said(&self) -> String {
        self.kind("agent_message_chunk").filter_map(|update| update["content"]["text"].as_str()).collect()
    }

    pub(crate) fn asked(&self) -> Vec<&Value> {
        self.heard.iter().filter(|message| message["method"] == "session/request_permission").collect()
    }

    /// Closes stdin; the agent must end well.
    pub(crate) fn close(mut self) -> String {
        self.stdin = None;
        let mut stderr = String::new();
        self.agent.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        assert!(self.agent.wait().unwrap().success());
        stderr
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.agent.kill();
        let _ = self.agent.wait();
    }
}
