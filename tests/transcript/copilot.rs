//! Copilot CLI's sessions: what must come of each thing that stands in them.

use super::seen::{call, ends, notes, prompts, read, said};
use super::{events, follow_as};
use serde_json::{Value, json};
use taut::domain::{CallId, CallStatus, Event, Impact, LaneId, Speaker, Stop, Tokens};
use taut::transcript::{Odd, copilot::CopilotCli};

fn line(kind: &str, data: Value) -> Value {
    json!({"type": kind, "data": data, "id": "e", "timestamp": "2026-01-02T03:04:05Z", "parentId": null})
}

fn start() -> Value {
    let context = json!({"cwd": "/w", "branch": "main"});
    line(
        "session.start",
        json!({"sessionId": "s-1", "copilotVersion": "1.0.1", "selectedModel": "m-1", "context": context}),
    )
}

fn file(lines: &[Value]) -> String {
    std::iter::once(&start()).chain(lines).map(Value::to_string).collect::<Vec<_>>().join("\n") + "\n"
}

fn bash(id: &str, command: &str) -> Value {
    json!({"toolCallId": id, "name": "bash", "arguments": {"command": command}})
}

fn message(id: &str, text: &str, calls: Value) -> Value {
    line("assistant.message", json!({"messageId": id, "content": text, "toolRequests": calls, "outputTokens": 7}))
}

fn user(text: &str) -> Value {
    line("user.message", json!({"content": text, "transformedContent": format!("<now/>{text}")}))
}

fn done(id: &str, success: bool, text: &str) -> Value {
    line("tool.execution_complete", json!({"toolCallId": id, "success": success, "result": {"content": text}}))
}

#[test]
fn a_session_is_read_with_its_turns_calls_and_words() {
    let events = read(
        &CopilotCli,
        &file(&[
            user("go"),
            line("assistant.turn_start", json!({"turnId": "0"})),
            message("m1", "I look.", json!([bash("c1", "ls"), bash("c2", "false")])),
            line(
                "tool.execution_start",
                json!({"toolCallId": "c1", "toolName": "bash", "arguments": {"command": "ls"}}),
            ),
            done("c1", true, "a\n<exited with exit code 0>"),
            done("c2", true, "<exited with exit code 1>"),
            message("m2", "Done.", json!([])),
            line("session.mode_changed", json!({"newMode": "plan"})),
            line("user.message", json!({"content": "and tests", "delivery": "steering"})),
        ]),
    );
    let Event::SessionStarted { name, cwd, .. } = &events[0] else { panic!("{events:?}") };
    assert_eq!((name.as_str(), cwd.as_str()), ("copilot-s-1", "/w"));
    assert_eq!(prompts(&events), ["go", "and tests"]);
    assert_eq!(said(&events, Speaker::Agent), ["I look.", "Done."]);
    let (one, two) = (call(&events, "c1"), call(&events, "c2"));
    assert_eq!((one.status, one.exit, one.impact), (Some(CallStatus::Done), Some(0), Some(Impact::Execute)));
    assert_eq!((two.status, two.exit), (Some(CallStatus::Failed), Some(1)));
    let tokens = ends(&events)[0].1.unwrap();
    assert_eq!((tokens.output, tokens.input), (Some(14), None), "what is not said is unknown");
    assert_eq!(ends(&events)[0].0, &Stop::EndTurn);
}

#[test]
fn the_sum_at_the_end_adds_what_was_not_counted_before() {
    let usage = json!({"inputTokens": 100, "outputTokens": 20, "cacheReadTokens": 60});
    let over = |usage: &Value| line("session.shutdown", json!({"modelMetrics": {"m": {"usage": usage}}}));
    // Older: of what was done since the program began; so both count.
    let events = read(
        &CopilotCli,
        &file(&[
            user("a"),
            message("m1", "x", json!([])),
            over(&usage),
            line("session.resume", json!({})),
            user("b"),
            over(&usage),
        ]),
    );
    let each: Vec<Tokens> = ends(&events).into_iter().filter_map(|(_, tokens)| tokens).collect();
    let kinds = |tokens: &Tokens| (tokens.input, tokens.output, tokens.cache_read);
    assert_eq!(each.iter().map(kinds).collect::<Vec<_>>(), [(Some(40), Some(20), Some(60)); 2]);
    // Newer: each request is told, and the sum counts the whole session.
    let mut request = usage.clone();
    request["apiCallId"] = "r1".into();
    let told = line("session.usage_record", json!({"usage": request}));
    let snapshot = line("session.shutdown", json!({"accountingSnapshot": {"modelMetrics": {"m": {"usage": usage}}}}));
    let events = read(&CopilotCli, &file(&[user("a"), told.clone(), told, message("m1", "x", json!([])), snapshot]));
    assert_eq!(ends(&events).iter().map(|(_, tokens)| kinds(&tokens.unwrap())).collect::<Vec<_>>(), [kinds(&each[0])]);
}

#[test]
fn a_subagent_has_a_lane_of_its_own() {
    let task = json!({"toolCallId": "t", "name": "task", "arguments": {"prompt": "look"}});
    let mut inside = line("assistant.message", json!({"content": "I search.", "toolRequests": [bash("c", "ls")]}));
    inside["agentId"] = "agent-1".into();
    let mut began = line("subagent.started", json!({"toolCallId": "t", "agentDisplayName": "Explorer"}));
    began["agentId"] = "agent-1".into();
    let text = file(&[
        user("go"),
        message("m", "", json!([task])),
        began,
        inside,
        line("subagent.completed", json!({"toolCallId": "t"})),
        done("t", true, "seven"),
    ]);
    let out = follow_as(&CopilotCli, [text.as_bytes()], true);
    assert_eq!(out.places, []);
    let lane_of = |find: &dyn Fn(&Event) -> bool| out.told.iter().find(|told| find(&told.event)).unwrap().lane;
    assert_eq!(lane_of(&|event| matches!(event, Event::Said { who: Speaker::Agent, .. })), LaneId(1));
    assert_eq!(lane_of(&|event| matches!(event, Event::Called { call, .. } if call.0 == "c")), LaneId(1));
    let events = events(out.told);
    let opened = Event::LaneOpened {
        opened: LaneId(1),
        native: Some("t".to_owned()),
        name: "Explorer".into(),
        call: Some(CallId::from("t")),
    };
    assert!(events.contains(&opened) && events.contains(&Event::LaneEnded { ended: LaneId(1) }));
    assert_eq!(call(&events, "c").status, Some(CallStatus::Abandoned), "it never came back");
}

#[test]
fn what_happens_to_the_session_is_told() {
    let events = read(
        &CopilotCli,
        &file(&[
            line("session.permissions_changed", json!({"mode": "allow-all"})),
            user("go"),
            line("session.model_change", json!({"newModel": "m-2"})),
            line(
                "session.compaction_complete",
                json!({"success": true, "preCompactionTokens": 900, "postCompactionTokens": 90}),
            ),
            line("session.error", json!({"message": "no credit", "statusCode": 402})),
            user("again"),
            line("hook.end", json!({"hookType": "preToolUse", "success": false, "error": {"message": "exit 1"}})),
            line("abort", json!({"reason": "user_initiated"})),
        ]),
    );
    assert!(events.iter().any(|event| matches!(event, Event::Loosened { .. })));
    assert!(events.contains(&Event::Compacted { before: Some(900), after: Some(90) }));
    let model = |event: &Event| matches!(event, Event::OptionsOffered { options } if options[0].current == "m-2");
    assert!(events.iter().any(model));
    assert_eq!(notes(&events), ["no credit", "a hook of the user's settings failed (preToolUse): exit 1"]);
    let stops: Vec<&Stop> = ends(&events).into_iter().map(|(stop, _)| stop).collect();
    assert_eq!(stops, [&Stop::Error(402, "no credit".to_owned()), &Stop::Cancelled]);
}

#[test]
fn bad_lines_and_new_kinds_cost_themselves_alone() {
    let text =
        file(&[user("a\u{2028}b"), line("assistant.dreams", json!({"of": "sheep"})), message("m", "Yes.", json!([]))]);
    let text = text.replacen('\n', "\n{\"type\":\"abort\",\"da\n\0\0", 1);
    let out = follow_as(&CopilotCli, [text.as_bytes()], true);
    let odd: Vec<(Odd, u64)> = out.places.iter().map(|place| (place.odd, place.line)).collect();
    assert_eq!(odd, [(Odd::Damaged, 2), (Odd::Unrecognised, 4)]);
    let events = events(out.told);
    assert_eq!((prompts(&events), said(&events, Speaker::Agent)), (vec!["a\u{2028}b"], vec!["Yes."]));
}
