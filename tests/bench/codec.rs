//! The ACP codec: a streamed answer of 491 kB in some three thousand lines.

use super::clock::measure;
use super::table::Table;
use serde_json::{Value, json};
use std::hint::black_box;
use taut::agent::acp::Acp;
use taut::agent::{Fact, Opening, Protocol, Tell, Turnout};

const DELTAS: usize = 2_950;
const BYTES: usize = 491_000;

pub fn decode() {
    let lines = answer();
    let size: usize = lines.iter().map(String::len).sum();
    let mut table = Table::new(
        &format!("codec: an answer of {BYTES} bytes in {} lines of ACP ({size} bytes)", lines.len()),
        "line",
    );
    let parse = measure(
        7,
        || (),
        |()| {
            for line in &lines {
                black_box(serde_json::from_str::<Value>(line).unwrap());
            }
        },
    );
    table.floor("serde_json parse of the same lines", lines.len(), &parse);
    let heard = measure(7, open, |mut acp| {
        let facts: usize = lines.iter().map(|line| acp.hear(line.as_bytes()).facts.len()).sum();
        assert!(facts >= lines.len(), "every line says something");
    });
    table.row("Acp::hear", lines.len(), &heard);
    table.note(&format!("the whole answer: {:.1} CPU-ms", heard.least.as_secs_f64() * 1e3));
}

/// An open conversation in whose turn an answer may come.
fn open() -> Acp {
    let mut acp = Acp::new();
    let opened = acp.open(Opening { cwd: "/w".to_owned(), ..Opening::default() });
    let opened = reply(&mut acp, &opened, &json!({"protocolVersion": 1}));
    let opened = reply(&mut acp, &opened, &json!({"sessionId": "s"}));
    assert!(opened.facts.contains(&Fact::Ready), "the conversation is open");
    acp.tell(Tell::Prompt("go on".to_owned()));
    acp
}

/// The agent answers the newest request among the lines.
fn reply(acp: &mut Acp, told: &Turnout, result: &Value) -> Turnout {
    let request: Value = serde_json::from_str(told.lines.last().unwrap()).unwrap();
    acp.hear(json!({"jsonrpc": "2.0", "id": request["id"], "result": result}).to_string().as_bytes())
}

fn answer() -> Vec<String> {
    let words = "A stream of words, some `code`, a list:\n- one \"item\"\n- and another, after it. ";
    let text: String = words.chars().cycle().take(BYTES).collect();
    let chars: Vec<char> = text.chars().collect();
    let pieces = chars.chunks(BYTES.div_ceil(DELTAS)).map(|piece| piece.iter().collect::<String>());
    let update =
        |text: String| json!({"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": text}});
    let line = |update: Value| json!({"jsonrpc": "2.0", "method": "session/update", "params": {"sessionId": "s", "update": update}});
    pieces.map(|piece| line(update(piece)).to_string()).collect()
}
