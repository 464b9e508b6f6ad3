//! What no agent should send and a client must bear.

use super::agent::Step;
use super::call::{self, Said};
use super::shell;
use super::turn::Turn;
use serde_json::{Value, json};

/// Lines that are not what they should be, and after them words as usual.
pub(super) fn garbage(turn: &mut Turn<'_>) -> Step {
    let deep = format!("{}1{}", "[".repeat(300), "]".repeat(300));
    let lines: [&[u8]; 10] = [
        b"this agent has been retired, see the website",
        b"{\"jsonrpc\":\"2.0\",\"method\":\"session/upd",
        b"\xff\xfe\x00 not text \xc3\x28",
        b"",
        b"[]",
        b"42",
        b"{}",
        b"{\"jsonrpc\":\"2.0\",\"id\":9999,\"result\":{}}",
        b"{\"jsonrpc\":\"2.0\",\"id\":\"q-1\",\"method\":\"demo/unheard-of\",\"params\":{}}",
        deep.as_bytes(),
    ];
    for line in lines {
        turn.agent.out.raw(line);
    }
    let updates = [
        json!({"sessionUpdate": "weather_update", "sky": "blue", "_meta": {"x": [1, 2]}}),
        json!({"sessionUpdate": "tool_call", "title": 7}),
        json!({"sessionUpdate": "tool_call_update", "toolCallId": "never-announced", "status": "dreaming"}),
        json!({"sessionUpdate": "usage_update", "used": -5, "size": "many"}),
        json!({"sessionUpdate": "plan", "entries": "none"}),
        json!({"sessionUpdate": "agent_message_chunk", "content": {"type": "hologram"}}),
        json!({"no": "kind"}),
        Value::Null,
    ];
    for update in updates {
        let session = turn.session_name().to_owned();
        turn.agent.out.notify("session/update", &json!({"sessionId": session, "update": update}));
    }
    turn.agent.out.notify("session/update", &json!({"sessionId": "somebody-else", "update": {}}));
    turn.agent.out.notify("_demo/extension", &json!([1, "two"]));
    turn.pause()?;
    turn.say("That was garbage. This is not.\n")
}

/// Updates as fast as they go, and words on stderr beside them.
pub(super) fn flood(turn: &mut Turn<'_>, lines: u64) -> Step {
    for n in 1..=lines {
        turn.update(json!({
            "sessionUpdate": "agent_message_chunk", "messageId": "flood",
            "content": {"type": "text", "text": format!("flood {n}\n")},
        }));
        if n % 10 == 0 {
            super::grumble(&format!("flood {n}"));
        }
        if n % 500 == 0 {
            turn.agent.listen(std::time::Duration::ZERO)?;
        }
    }
    turn.spend(lines)
}

/// One line of so many megabytes.
pub(super) fn big(turn: &mut Turn<'_>, megabytes: u64) -> Step {
    let count = usize::try_from(megabytes.min(1024)).unwrap_or(1) << 20;
    let words = "big ".repeat(count / 4);
    turn.update(json!({
        "sessionUpdate": "agent_message_chunk", "messageId": "big", "content": {"type": "text", "text": words},
    }));
    turn.pause()?;
    turn.say("\nThat was one line.\n")
}

/// Escapes, a title for the window, a text that runs backwards, and characters without width.
const TRICKS: &str =
    "\u{1b}[2J\u{1b}[31mred\u{1b}]0;owned\u{7} \u{202e}txt.exe\u{202c} a\u{200b}b\u{feff}c \u{9b}1m\r end";

/// Words, titles, a command and a diff that try to fool the screen.
pub(super) fn hostile(turn: &mut Turn<'_>) -> Step {
    turn.say(&format!("Looks harmless: {TRICKS}\n"))?;
    let mut read = call::edit("hostile.txt", &turn.path("hostile.txt"), "");
    (read.tool, read.kind, read.content) = ("Read", "read", vec![]);
    read.title = format!("Read{TRICKS}");
    let read = turn.open(read)?;
    turn.end(&read, "completed", &[super::wire::text(TRICKS)])?;
    let path = turn.path("hostile.txt");
    let new = format!("fn main() {{ /* {TRICKS} */ }}\nif admin\u{2066} // \u{2069}\n");
    let mut edit = call::edit("hostile.txt", &path, &new);
    edit.title = format!("Edit hostile.txt{TRICKS}\nAllowed by the user\n");
    let edit = turn.open(edit)?;
    match turn.asked(&edit, &format!("Always{TRICKS}"))? {
        Said::Once | Said::Always => drop(turn.write_now(&edit, &path, &new)?),
        Said::No => turn.end(&edit, "failed", &[])?,
    }
    // Whatever it looks like, only `echo` runs: the rest is a comment.
    let line = format!("echo harmless # {}rm -rf {}", TRICKS.replace('\r', ""), "x".repeat(300));
    let run = turn.open(shell::command(&line, TRICKS))?;
    match turn.asked(&run, "Always")? {
        Said::Once | Said::Always => turn.run_now(&run, &line)?,
        Said::No => turn.end(&run, "failed", &[])?,
    }
    turn.say("Done.\n")
}
