//! pi's sessions: what must come of each thing that stands in them.

use super::seen::{call, ends, notes, prompts, read, said};
use super::{events, follow_as};
use serde_json::{Value, json};
use taut::domain::{CallStatus, Cost, Event, Speaker, Stop, TurnNo};
use taut::transcript::{Odd, pi::Pi};

fn entry(id: &str, parent: Option<&str>, message: Value) -> Value {
    json!({"type": "message", "id": id, "parentId": parent, "timestamp": "2026-01-02T03:04:05Z", "message": message})
}

fn file(lines: &[Value]) -> String {
    let head = json!({"type": "session", "version": 3, "id": "s-1", "timestamp": "2026-01-02T03:04:00Z", "cwd": "/w"});
    std::iter::once(&head).chain(lines).map(Value::to_string).collect::<Vec<_>>().join("\n") + "\n"
}

fn user(id: &str, parent: Option<&str>, text: &str) -> Value {
    entry(id, parent, json!({"role": "user", "content": [{"type": "text", "text": text}]}))
}

fn model(id: &str, parent: &str, content: Value, stop: &str) -> Value {
    let usage = json!({"input": 10, "output": 5, "cacheRead": 100, "cacheWrite": 1, "cost": {"total": 0.25}});
    let message = json!({"role": "assistant", "model": "m-1", "content": content, "usage": usage, "stopReason": stop});
    entry(id, Some(parent), message)
}

#[test]
fn a_session_is_read_with_its_calls_tokens_and_cost() {
    let edit = json!({"type": "toolCall", "id": "c", "name": "edit", "arguments": {"path": "/w/a", "oldText": "x", "newText": "y"}});
    let events = read(
        &Pi,
        &file(&[
            user("1", None, "go"),
            model(
                "2",
                "1",
                json!([{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "I edit."}, edit]),
                "toolUse",
            ),
            entry(
                "3",
                Some("2"),
                json!({"role": "toolResult", "toolCallId": "c", "toolName": "edit", "content": [{"type": "text", "text": "ok"}], "isError": false}),
            ),
            model("4", "3", json!([{"type": "text", "text": "Done."}]), "stop"),
            json!({"type": "compaction", "id": "5", "parentId": "4", "summary": "s", "tokensBefore": 9000}),
            json!({"type": "session_info", "id": "6", "parentId": "5", "name": "a title"}),
        ]),
    );
    assert_eq!((prompts(&events), said(&events, Speaker::Agent)), (vec!["go"], vec!["I edit.", "Done."]));
    assert_eq!(said(&events, Speaker::Thought), ["hm"]);
    let edit = call(&events, "c");
    let change = edit.changes.unwrap().remove(0);
    assert_eq!((edit.status, change.old, change.fragment), (Some(CallStatus::Done), Some("x".into()), true));
    let tokens = ends(&events)[0].1.unwrap();
    assert_eq!(
        (tokens.input, tokens.output, tokens.cache_read, tokens.cache_write),
        (Some(20), Some(10), Some(200), Some(2))
    );
    let cost = |event: &Event| match event {
        Event::Used { usage } => usage.cost,
        _ => None,
    };
    assert_eq!(events.iter().filter_map(cost).next_back(), Some(Cost { micros: 500_000, currency: *b"USD" }));
    assert!(events.contains(&Event::Compacted { before: Some(9000), after: None }));
    assert!(events.contains(&Event::Titled { title: "a title".into() }));
}

#[test]
fn a_conversation_that_goes_on_from_before_takes_back_what_came_after() {
    let text = |text: &str| json!([{"type": "text", "text": text}]);
    let events = read(
        &Pi,
        &file(&[
            user("1", None, "one"),
            model("2", "1", text("first"), "stop"),
            user("3", Some("2"), "two"),
            model("4", "3", text("second"), "stop"),
            user("5", Some("2"), "three"),
            user("6", Some("nobody"), "four"),
        ]),
    );
    assert_eq!(prompts(&events), ["one", "two", "three", "four"]);
    let back: Vec<&Event> = events.iter().filter(|event| matches!(event, Event::Rewound { .. })).collect();
    assert_eq!(back, [&Event::Rewound { to: TurnNo(1) }]);
}

#[test]
fn what_its_human_ran_and_what_was_broken_off_are_told() {
    let events = read(
        &Pi,
        &file(&[
            entry("1", None, json!({"role": "bashExecution", "command": "ls", "output": "a", "exitCode": 2})),
            user("2", Some("1"), "go"),
            model(
                "3",
                "2",
                json!([{"type": "toolCall", "id": "c", "name": "bash", "arguments": {"command": "make"}}]),
                "toolUse",
            ),
            entry(
                "4",
                Some("3"),
                json!({"role": "toolResult", "toolCallId": "c", "toolName": "bash", "content": "no\n\nCommand exited with code 2", "isError": true}),
            ),
            model("5", "4", json!([]), "aborted"),
            json!({"type": "custom_message", "id": "6", "parentId": "5", "customType": "memo", "content": "keep it short"}),
        ]),
    );
    let (typed, made) = (call(&events, "typed 1"), call(&events, "c"));
    assert_eq!((typed.status, typed.exit), (Some(CallStatus::Failed), Some(2)));
    assert_eq!((made.status, made.exit), (Some(CallStatus::Failed), Some(2)));
    assert_eq!(ends(&events)[0].0, &Stop::Cancelled);
    assert_eq!(notes(&events), ["put into the context by memo: keep it short"]);
}

#[test]
fn bad_lines_and_new_kinds_cost_themselves_alone() {
    let text = file(&[json!({"type": "future", "id": "1"}), user("2", Some("1"), "go")]) + "not JSON\n";
    let out = follow_as(&Pi, [text.as_bytes()], true);
    let odd: Vec<(Odd, u64)> = out.places.iter().map(|place| (place.odd, place.line)).collect();
    assert_eq!(odd, [(Odd::Unrecognised, 2), (Odd::Damaged, 4)]);
    assert_eq!(prompts(&events(out.told)), ["go"]);
}
