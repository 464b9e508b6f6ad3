//! An agent that says numbers, does calls and asks now and then, at a steady rate.

use serde_json::{Value, json};
use std::io::{BufRead, Write};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// What comes of so many events.
pub struct Plan {
    /// Pieces of text.
    pub pieces: u64,
    /// Calls: two events each, or a question and two.
    pub calls: u64,
    pub questions: u64,
}

/// One event in so many is a call ...
const CALL: u64 = 10;
/// ... and one call in so many is asked about.
const QUESTION: u64 = 40;

impl Plan {
    pub fn of(events: u64) -> Self {
        let calls = events.div_ceil(CALL);
        Self { pieces: events - calls, calls, questions: calls.div_ceil(QUESTION) }
    }
}

/// Speaks until its stdin ends. So many events in all, so many a second; without questions where a 0 follows.
pub fn run(args: Vec<u64>) {
    let (events, rate, asks) = (args[0], args[1], args.get(2) != Some(&0));
    let (heard, lines) = channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            let Ok(Ok(line)) = line.map(|line| serde_json::from_str::<Value>(&line)) else { break };
            if heard.send(line).is_err() {
                break;
            }
        }
        std::process::exit(0);
    });
    loop {
        let line = lines.recv().unwrap();
        let id = &line["id"];
        match line["method"].as_str() {
            Some("initialize") => say(&json!({ "jsonrpc": "2.0", "id": id, "result": { "protocolVersion": 1 } })),
            Some("session/new") => say(&json!({ "jsonrpc": "2.0", "id": id, "result": { "sessionId": "s" } })),
            Some("session/prompt") => {
                match rate {
                    0 => ask_for_ever(&lines),
                    _ => work(events, rate, asks, &lines),
                }
                say(&json!({ "jsonrpc": "2.0", "id": id, "result": { "stopReason": "end_turn" } }));
            }
            _ => {}
        }
    }
}

fn say(line: &Value) {
    let mut out = std::io::stdout().lock();
    // A hub that is gone ends us by our stdin.
    drop(writeln!(out, "{line}").and_then(|()| out.flush()));
}

fn update(update: Value) {
    say(&json!({ "jsonrpc": "2.0", "method": "session/update", "params": { "sessionId": "s", "update": update } }));
}

fn work(events: u64, rate: u64, asks: bool, lines: &Receiver<Value>) {
    let began = Instant::now();
    let (mut piece, mut call, mut waits) = (0u64, 0u64, 0u64);
    for n in 0..events {
        let due = Duration::from_micros(n * 1_000_000 / rate.max(1));
        std::thread::sleep(due.saturating_sub(began.elapsed()));
        if n % CALL == 0 {
            let id = format!("c{call}");
            let command = json!({ "command": format!("step {call}") });
            update(
                json!({ "sessionUpdate": "tool_call", "toolCallId": id, "title": format!("step {call}"), "kind": "execute",
                "status": "pending", "rawInput": command }),
            );
            if asks && call % QUESTION == 0 {
                waits += 1;
                let options = json!([{ "optionId": "y", "name": "Yes", "kind": "allow_once" },
                    { "optionId": "n", "name": "No", "kind": "reject_once" }]);
                say(&json!({ "jsonrpc": "2.0", "id": 1000 + call, "method": "session/request_permission",
                    "params": { "sessionId": "s", "toolCall": { "toolCallId": id }, "options": options } }));
            } else {
                update(json!({ "sessionUpdate": "tool_call_update", "toolCallId": id, "status": "completed" }));
            }
            call += 1;
        } else {
            let text = format!("{piece} ");
            update(json!({ "sessionUpdate": "agent_message_chunk", "content": { "type": "text", "text": text } }));
            piece += 1;
        }
        while let Ok(line) = lines.try_recv() {
            answered(&line, &mut waits);
        }
    }
    while waits > 0 {
        answered(&lines.recv().unwrap(), &mut waits);
    }
}

/// Asks, says when, waits for the answer and writes down when that was.
fn ask_for_ever(lines: &Receiver<Value>) {
    for n in 0_u64.. {
        std::thread::sleep(Duration::from_millis(300));
        let (id, at) = (format!("c{n}"), super::speed::now());
        let title = format!("asked-at-{at:016}");
        update(json!({ "sessionUpdate": "tool_call", "toolCallId": id, "title": title, "kind": "execute",
            "status": "pending", "rawInput": { "command": title } }));
        let options = json!([{ "optionId": "y", "name": "Yes", "kind": "allow_once" },
            { "optionId": "n", "name": "No", "kind": "reject_once" }]);
        say(&json!({ "jsonrpc": "2.0", "id": 1000 + n, "method": "session/request_permission",
            "params": { "sessionId": "s", "toolCall": { "toolCallId": id }, "options": options } }));
        let mut waits = 1;
        while waits > 0 {
            let line = lines.recv().unwrap();
            std::fs::write("heard.new", format!("{at} {}", super::speed::now())).unwrap();
            std::fs::rename("heard.new", "heard").unwrap();
            answered(&line, &mut waits);
        }
    }
}

/// An answer to a question: its call is done.
fn answered(line: &Value, waits: &mut u64) {
    if let (Some(id @ 1000..), None) = (line["id"].as_u64(), line["method"].as_str()) {
        *waits -= 1;
        let call = format!("c{}", id - 1000);
        update(json!({ "sessionUpdate": "tool_call_update", "toolCallId": call, "status": "completed" }));
    }
}
