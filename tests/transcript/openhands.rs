//! Conversations of `OpenHands`: a folder of events, and the older list of actions and observations.

use super::seen::{call, ends, notes, prompts, read, said};
use serde_json::{Value, json};
use std::fs;
use taut::domain::{CallStatus, Cost, Event, PlanStatus, Speaker, Stop};
use taut::transcript::{self, Format, openhands::OpenHands};

fn event(kind: &str, source: &str, mut rest: Value) -> Value {
    (rest["kind"], rest["source"], rest["id"]) = (kind.into(), source.into(), format!("{kind} of {source}").into());
    rest["timestamp"] = "2026-01-02T03:04:05.678901".into();
    rest
}

fn words(text: &str) -> Value {
    json!([{"type": "text", "text": text}])
}

fn message(source: &str, text: &str) -> Value {
    event("MessageEvent", source, json!({"llm_message": {"role": source, "content": words(text)}}))
}

fn action(tool: &str, call: &str, args: &Value) -> Value {
    let tool_call = json!({"id": call, "name": tool, "arguments": args.to_string()});
    let rest = json!({"tool_name": tool, "tool_call_id": call, "tool_call": tool_call, "summary": "a summary",
        "thought": words("I act."), "reasoning_content": "hm"});
    event("ActionEvent", "agent", rest)
}

fn observation(tool: &str, call: &str, code: i32) -> Value {
    let seen =
        json!({"content": words("out"), "is_error": false, "exit_code": code, "metadata": {"working_dir": "/w"}});
    event("ObservationEvent", "environment", json!({"tool_name": tool, "tool_call_id": call, "observation": seen}))
}

fn conversation() -> Vec<Value> {
    vec![
        event("SystemPromptEvent", "agent", json!({"system_prompt": {"type": "text", "text": "You are."}})),
        message("user", "go"),
        action("terminal", "c1", &json!({"command": "false"})),
        observation("terminal", "c1", 1),
        action(
            "task_tracker",
            "c2",
            &json!({"command": "plan", "task_list": [{"title": "one", "status": "in_progress"}]}),
        ),
        event("UserRejectObservation", "user", json!({"tool_call_id": "c2", "rejection_reason": "no plans"})),
        message("agent", "Done."),
    ]
}

#[test]
fn a_folder_of_events_is_one_conversation() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("0123456789abcdef/events");
    fs::create_dir_all(&folder).unwrap();
    let state = json!({"id": "0123", "workspace": {"working_dir": "/w"}, "agent": {"llm": {"model": "m-1"}},
        "stats": {"usage_to_metrics": {"agent": {"accumulated_cost": 0.25, "accumulated_token_usage":
            {"prompt_tokens": 100, "completion_tokens": 7, "cache_read_tokens": 60, "cache_write_tokens": 0}}}}});
    fs::write(folder.join("../base_state.json"), state.to_string()).unwrap();
    for (number, event) in conversation().iter().enumerate() {
        fs::write(folder.join(format!("event-{number:05}-x.json")), serde_json::to_string_pretty(event).unwrap())
            .unwrap();
    }
    let path = folder.join("event-00000-x.json");
    let format = transcript::file::sniff(&path).unwrap();
    let mut events = Vec::new();
    let tally = transcript::read(&path, format, &mut |record| events.push(record.event)).unwrap();
    assert_eq!((format.name(), tally.files, tally.damaged, tally.unrecognised), ("openhands", 8, 0, 0));
    let Event::SessionStarted { name, cwd, .. } = &events[0] else { panic!("{events:?}") };
    assert_eq!((name.as_str(), cwd.as_str()), ("openhands-0123", "/w"));
    assert_eq!((prompts(&events), said(&events, Speaker::Agent)), (vec!["go"], vec!["I act.", "I act.", "Done."]));
    assert_eq!(said(&events, Speaker::Thought), ["hm", "hm"]);
    assert_eq!(notes(&events), ["put into the context by OpenHands: instructions, 8 B"]);
    let (one, two) = (call(&events, "c1"), call(&events, "c2"));
    assert_eq!((one.status, one.exit), (Some(CallStatus::Failed), Some(1)));
    assert_eq!(two.status, Some(CallStatus::Abandoned));
    assert!(
        events.iter().any(|event| matches!(event, Event::Planned { items } if items[0].status == PlanStatus::Doing))
    );
    let end = ends(&events);
    let tokens = end[0].1.unwrap();
    assert_eq!(
        (end[0].0, tokens.input, tokens.output, tokens.cache_read),
        (&Stop::EndTurn, Some(40), Some(7), Some(60))
    );
    let cost = |event: &Event| matches!(event, Event::Used { usage } if usage.cost == Some(Cost { micros: 250_000, currency: *b"USD" }));
    assert!(events.iter().any(cost));
    assert!(OpenHands.one_by_one(), "thousands of events are not opened at once");
}

#[test]
fn the_older_list_is_read_and_a_sum_counts_what_it_adds() {
    let item = |id: u32, source: &str, mut rest: Value| {
        (rest["id"], rest["source"], rest["timestamp"]) = (id.into(), source.into(), "2026-01-02T03:04:05.6".into());
        rest
    };
    let sums = |input: u32| json!({"accumulated_cost": 0.5, "accumulated_token_usage": {"prompt_tokens": input, "completion_tokens": 3}});
    let items = json!([
        item(0, "agent", json!({"action": "system", "args": {"content": "You are."}})),
        item(1, "user", json!({"action": "message", "args": {"content": "go"}})),
        item(
            2,
            "agent",
            json!({"action": "run", "args": {"command": "ls", "thought": "I look."}, "llm_metrics": sums(100)})
        ),
        item(
            3,
            "agent",
            json!({"observation": "run", "cause": 2, "content": "a", "extras": {"metadata": {"exit_code": 0, "working_dir": "/w"}}})
        ),
        item(
            4,
            "agent",
            json!({"action": "edit", "args": {"path": "/w/a", "old_str": "x", "new_str": "y", "command": "str_replace"}, "llm_metrics": sums(150)})
        ),
        item(5, "agent", json!({"observation": "error", "cause": 4, "content": "no such text"})),
        item(6, "agent", json!({"action": "finish", "args": {"final_thought": "Done."}})),
        item(7, "environment", json!({"observation": "agent_state_changed", "extras": {"agent_state": "finished"}})),
    ]);
    let text = serde_json::to_string_pretty(&items).unwrap();
    assert_eq!(OpenHands.sniff(text.as_bytes()), taut::transcript::Sniff::Mine);
    let events = read(&OpenHands, &text);
    assert_eq!((prompts(&events), said(&events, Speaker::Agent)), (vec!["go"], vec!["I look.", "Done."]));
    let (run, edit) = (call(&events, "action 2"), call(&events, "action 4"));
    assert_eq!((run.status, run.exit), (Some(CallStatus::Done), Some(0)));
    assert_eq!((edit.status, edit.changes.unwrap()[0].new.clone()), (Some(CallStatus::Failed), Some("y".into())));
    let tokens = ends(&events)[0].1.unwrap();
    assert_eq!((tokens.input, tokens.output), (Some(150), Some(3)));
    // Of a list that was cut off, what is whole is read.
    let cut = &text[..text.find("no such text").unwrap()];
    let out = super::follow_as(&OpenHands, [cut.as_bytes()], true);
    assert_eq!(out.places.len(), 1);
    assert_eq!(prompts(&super::events(out.told)), ["go"]);
}
