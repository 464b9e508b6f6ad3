//! Who the agent is, what it offers, and the past that it replays for a session that is loaded.

use super::agent::Agent;
use super::wire::{Out, text};
use serde_json::{Value, json};

/// The answer to `initialize`.
pub(super) fn face() -> Value {
    json!({
        "protocolVersion": 1,
        "agentInfo": {"name": "taut-demo", "title": "Demo agent", "version": env!("CARGO_PKG_VERSION")},
        "agentCapabilities": {
            "loadSession": true,
            "promptCapabilities": {"image": false, "audio": false, "embeddedContext": false},
            "mcpCapabilities": {"http": false, "sse": false},
        },
        "authMethods": [],
    })
}

/// The modes, and the one that is set.
pub(super) fn modes(plans_only: bool) -> Value {
    json!({
        "currentModeId": if plans_only { "plan" } else { "default" },
        "availableModes": [
            {"id": "default", "name": "Ask first", "description": "Asks before it writes a file or runs a command"},
            {"id": "plan", "name": "Plan", "description": "Reads and plans; writes and runs nothing"},
        ],
    })
}

/// Tells which commands there are.
pub(super) fn commands(out: &mut Out, session: &str) {
    let command =
        |name: &str, help: &str, hint: &str| json!({"name": name, "description": help, "input": {"hint": hint}});
    let update = json!({"sessionUpdate": "available_commands_update", "availableCommands": [
        command("stream", "Stream lines of markdown", "how many"),
        command("work", "Read files in a row", "how many"),
        command("ask", "Ask several things at once", "how many"),
        command("hostile", "Say things that try to fool the screen", ""),
    ]});
    out.notify("session/update", &json!({"sessionId": session, "update": update}));
}

/// A short conversation, as if it had been held before.
pub(super) fn replay(agent: &mut Agent, session: &str) {
    let chunk = |kind: &str, said: &str| json!({"sessionUpdate": kind, "content": {"type": "text", "text": said}});
    let readme = agent.sessions.get(session).map(|session| session.cwd.join("README.md")).unwrap_or_default();
    let read = std::fs::read_to_string(&readme).unwrap_or_else(|error| error.to_string());
    let updates = [
        chunk("user_message_chunk", "What is this project?"),
        json!({
            "sessionUpdate": "tool_call", "toolCallId": "past-1", "title": "Read README.md", "kind": "read",
            "status": "completed", "locations": [{"path": readme}], "rawInput": {"file_path": readme},
            "content": [text(&read)], "_meta": {"claudeCode": {"toolName": "Read"}},
        }),
        chunk("agent_message_chunk", "A shopping basket that counts in cents."),
        json!({"sessionUpdate": "usage_update", "used": 16_400, "size": super::agent::WINDOW}),
    ];
    for update in updates {
        agent.out.notify("session/update", &json!({"sessionId": session, "update": update}));
    }
}
