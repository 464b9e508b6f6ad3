//! Gemini CLI's sessions: what must come of each thing that stands in them, in both layouts.

use super::seen::{call, ends, prompts, said};
use super::{events, follow_as};
use serde_json::{Value, json};
use taut::domain::{CallId, CallStatus, Event, OutputPart, PlanStatus, Speaker, Stop, Tokens, TurnNo};
use taut::transcript::{Odd, gemini::GeminiCli};

fn header() -> Value {
    json!({"sessionId": "s-1", "projectHash": "h", "startTime": "2026-01-02T03:04:00Z", "kind": "main"})
}

fn message(second: usize, kind: &str, id: &str, text: &str) -> Value {
    json!({"id": id, "timestamp": format!("2026-01-02T03:04:{second:02}Z"), "type": kind, "content": text})
}

fn lines(messages: &[Value]) -> String {
    let all = std::iter::once(&header()).chain(messages).map(Value::to_string).collect::<Vec<_>>();
    all.join("\n") + "\n"
}

fn document(messages: &[Value]) -> String {
    let mut whole = header();
    whole["messages"] = messages.into();
    serde_json::to_string_pretty(&whole).unwrap()
}

fn read(text: &str) -> Vec<Event> {
    let out = follow_as(&GeminiCli, [text.as_bytes()], true);
    assert_eq!(out.places, [], "all of it is known");
    events(out.told)
}

fn model(second: usize, id: &str, text: &str, calls: Value) -> Value {
    let mut message = message(second, "gemini", id, text);
    message["model"] = "gemini-x".into();
    message["thoughts"] = json!([{"subject": "Look", "description": "first"}]);
    message["tokens"] = json!({"input": 100, "output": 5, "cached": 40, "thoughts": 2, "tool": 0, "total": 107});
    message["toolCalls"] = calls;
    message
}

fn shell(status: &str, output: &str) -> Value {
    json!({"id": "k", "name": "run_shell_command", "args": {"command": "ls"}, "status": status,
        "result": [{"functionResponse": {"response": {"output": output}}}]})
}

#[test]
fn both_layouts_tell_the_same() {
    let done = model(2, "m", "I look.", json!([shell("success", "a\nExit Code: 2")]));
    let all = [message(1, "user", "u", "go"), done, message(3, "gemini", "n", "Done."), message(4, "new", "x", "?")];
    let of = |text: &str| events(follow_as(&GeminiCli, [text.as_bytes()], true).told);
    let (one, other) = (of(&lines(&all)), of(&document(&all)));
    assert_eq!(one, other);
    let Event::SessionStarted { name, agent, .. } = &one[0] else { panic!("{one:?}") };
    assert_eq!((name.as_str(), agent.as_str()), ("gemini-s-1", "gemini"));
    assert_eq!(prompts(&one), ["go"]);
    assert_eq!(said(&one, Speaker::Agent), ["I look.", "Done."]);
    assert_eq!(said(&one, Speaker::Thought), ["Look\nfirst"]);
    let known = call(&one, "k");
    assert_eq!((known.status, known.exit), (Some(CallStatus::Failed), Some(2)));
    let tokens =
        Tokens { input: Some(60), output: Some(7), cache_read: Some(40), thought: Some(2), ..Tokens::default() };
    let end = ends(&one);
    assert_eq!(end.len(), 1);
    let whole = Tokens { cache_write: end[0].1.unwrap().cache_write, ..tokens };
    assert_eq!((end[0].0, end[0].1), (&Stop::EndTurn, Some(whole)));
    assert!(
        one.iter().any(|event| matches!(event, Event::OptionsOffered { options } if options[0].current == "gemini-x"))
    );
}

#[test]
fn a_message_that_is_written_again_tells_what_is_new_of_it() {
    let events = read(&lines(&[
        message(1, "user", "u", "go"),
        model(2, "m", "I look", json!([])),
        json!({"$set": {"lastUpdated": "2026-01-02T03:04:02Z", "summary": "a title"}}),
        model(2, "m", "I look.", json!([shell("executing", "")])),
        model(2, "m", "I look.", json!([shell("success", "a")])),
        message(1, "user", "u", "go"),
    ]));
    assert_eq!(prompts(&events), ["go"]);
    assert_eq!(said(&events, Speaker::Agent), ["I look", "."]);
    assert_eq!(said(&events, Speaker::Thought).len(), 1);
    assert_eq!(call(&events, "k").status, Some(CallStatus::Done));
    assert_eq!(ends(&events)[0].1.and_then(|tokens| tokens.output), Some(7), "counted once");
    let output = Event::CallOutput { call: CallId::from("k"), part: OutputPart::Replace("a".into()) };
    assert_eq!(events.iter().filter(|event| **event == output).count(), 1);
    assert!(events.contains(&Event::Titled { title: "a title".into() }));
}

#[test]
fn what_was_taken_back_is_told_as_such() {
    let (one, two) = (message(1, "user", "u1", "one"), message(3, "user", "u2", "two"));
    let answer = message(2, "gemini", "m1", "first");
    let events = read(&lines(&[
        one.clone(),
        answer.clone(),
        two,
        json!({"$rewindTo": "u2"}),
        message(4, "user", "u3", "three"),
    ]));
    assert_eq!(prompts(&events), ["one", "two", "three"]);
    assert!(events.contains(&Event::Rewound { to: TurnNo(1) }));
    let patched = json!({"$set": {"messages": [one.clone(), answer, message(5, "user", "u4", "four")]}});
    let events = read(&lines(&[one.clone(), message(2, "user", "gone", "two"), patched]));
    assert_eq!(prompts(&events), ["one", "two", "four"]);
    assert!(events.contains(&Event::Rewound { to: TurnNo(1) }));
    let events = read(&lines(&[one, json!({"$rewindTo": "nobody"})]));
    assert!(events.contains(&Event::Rewound { to: TurnNo(0) }), "where the place is not known, all is gone");
}

#[test]
fn edits_plans_and_interruptions_are_read() {
    let edit = json!({"id": "e", "name": "replace", "status": "success", "args": {"file_path": "/w/a", "old_string": "x", "new_string": "y"},
        "resultDisplay": {"filePath": "/w/a", "originalContent": "x\n", "newContent": "y\n", "isNewFile": false}});
    let todo = json!({"id": "t", "name": "write_todos", "status": "success",
        "args": {"todos": [{"description": "one", "status": "in_progress"}]}});
    let events = read(&lines(&[
        message(1, "user", "u", "go"),
        model(2, "m", "", json!([edit, todo])),
        model(
            3,
            "n",
            "",
            json!([{"id": "c", "name": "run_shell_command", "status": "cancelled", "args": {"command": "ls"}}]),
        ),
        message(4, "info", "i", "Request cancelled."),
    ]));
    let change = call(&events, "e").changes.unwrap().remove(0);
    assert_eq!((change.old, change.new, change.fragment), (Some("x\n".into()), Some("y\n".into()), false));
    let plan = |event: &Event| matches!(event, Event::Planned { items } if items[0].status == PlanStatus::Doing);
    assert!(events.iter().any(plan));
    assert_eq!(call(&events, "c").status, Some(CallStatus::Abandoned));
    assert_eq!(ends(&events)[0].0, &Stop::Cancelled);
}

#[test]
fn of_a_document_that_was_cut_off_what_is_whole_is_read() {
    let whole =
        document(&[message(1, "user", "u", "go"), message(2, "gemini", "m", "one"), message(3, "gemini", "n", "two")]);
    let cut = &whole[..whole.find("two").unwrap()];
    let out = follow_as(&GeminiCli, [cut.as_bytes()], true);
    assert_eq!(out.places.iter().map(|place| place.odd).collect::<Vec<_>>(), [Odd::Damaged]);
    let events = events(out.told);
    assert_eq!((prompts(&events), said(&events, Speaker::Agent)), (vec!["go"], vec!["one"]));
    assert!(matches!(&events[0], Event::SessionStarted { name, .. } if name == "gemini-s-1"));
}

#[test]
fn bad_lines_cost_themselves_alone() {
    let text = format!(
        "{{\"id\":\"torn\",\r\n{}\0\r\n{}{}\n[7]\n{{\"id\":\"z\",\"type\":\"odd\",\"content\":\"\"}}\n",
        header(),
        message(1, "user", "u", "go"),
        message(0, "gemini", "m", "one"),
    );
    let out = follow_as(&GeminiCli, [text.as_bytes()], true);
    let odd: Vec<(Odd, u64)> = out.places.iter().map(|place| (place.odd, place.line)).collect();
    assert_eq!(odd, [(Odd::Damaged, 1), (Odd::Unrecognised, 4), (Odd::Unrecognised, 5)]);
    let events = events(out.told);
    assert_eq!((prompts(&events), said(&events, Speaker::Agent)), (vec!["go"], vec!["one"]));
}
