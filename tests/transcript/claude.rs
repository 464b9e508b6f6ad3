//! Claude Code's transcripts: what must come of each thing that stands in them.

use super::{events, whole, with_agents};
use serde_json::{Value, json};
use taut::domain::{
    CallId, CallPatch, CallStatus, Event, Gate, LaneId, PlanStatus, PromptId, Speaker, Stop, Tokens, TurnNo, Usage,
};
use taut::transcript::Told;

/// A file of lines; what all have in common is added, and each says its second.
fn file(lines: &[Value]) -> String {
    let line = |(second, line): (usize, &Value)| {
        let mut line = line.clone();
        let common = json!({"sessionId": "s", "cwd": "/w", "version": "2.1.0", "isSidechain": false});
        for (name, value) in common.as_object().unwrap() {
            line.as_object_mut().unwrap().entry(name).or_insert(value.clone());
        }
        let at = format!("2026-01-02T03:04:{second:02}.000Z");
        line.as_object_mut().unwrap().entry("timestamp").or_insert(at.into());
        format!("{line}\n")
    };
    lines.iter().enumerate().map(line).collect()
}

fn user(uuid: &str, parent: &str, content: impl Into<Value>) -> Value {
    json!({"type": "user", "uuid": uuid, "parentUuid": parent, "message": {"role": "user", "content": content.into()}})
}

fn model(uuid: &str, parent: &str, message: &str, block: Value) -> Value {
    let usage = json!({"input_tokens": 10, "output_tokens": 3, "cache_read_input_tokens": 100});
    json!({"type": "assistant", "uuid": uuid, "parentUuid": parent,
        "message": {"id": message, "role": "assistant", "content": [block], "stop_reason": null, "usage": usage}})
}

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn call(id: &str, tool: &str, input: Value) -> Value {
    json!({"type": "tool_use", "id": id, "name": tool, "input": input})
}

fn result(uuid: &str, parent: &str, id: &str, content: &str, is_error: bool, told: Value) -> Value {
    let block = json!({"type": "tool_result", "tool_use_id": id, "content": content, "is_error": is_error});
    let mut line = user(uuid, parent, json!([block]));
    line["toolUseResult"] = told;
    line
}

fn read(lines: &[Value]) -> Vec<Event> {
    let out = whole(&file(lines));
    assert_eq!(out.places, [], "all of it is known");
    events(out.told)
}

fn ends(events: &[Event]) -> Vec<(u32, Stop, Option<Tokens>)> {
    let end = |event: &Event| match event {
        Event::TurnEnded { turn, stop, tokens } => Some((turn.0, stop.clone(), *tokens)),
        _ => None,
    };
    events.iter().filter_map(end).collect()
}

fn patches(events: &[Event], id: &str) -> Vec<CallPatch> {
    let of = |event: &Event| match event {
        Event::Called { call, patch } if call.0 == id => Some((**patch).clone()),
        _ => None,
    };
    events.iter().filter_map(of).collect()
}

#[test]
fn a_session_begins_where_it_is_said_where_it_works() {
    let snapshot = json!({"type": "file-history-snapshot", "snapshot": {}, "messageId": "u1"});
    let mode = json!({"type": "permission-mode", "permissionMode": "plan", "sessionId": "s"});
    let lines: Vec<String> = [snapshot, mode].iter().map(|line| format!("{line}\n")).collect();
    let mut prompt = user("u1", "", "hello");
    prompt["gitBranch"] = "main".into();
    let told = events(whole(&(lines.concat() + &file(&[prompt]))).told);
    let Event::SessionStarted { cwd, driver, .. } = &told[0] else { panic!("{told:?}") };
    assert_eq!((cwd.as_str(), driver.as_str()), ("/w", "transcript"));
    assert!(matches!(&told[1], Event::Placed { place } if place.branch.as_deref() == Some("main")));
    assert!(told.iter().any(|event| matches!(event, Event::ModeChanged { mode, .. } if mode == "plan")));
    let prompt =
        Event::PromptSent { prompt: PromptId(1), text: "hello".into(), turn: TurnNo(1), steer: false, by: None };
    assert!(told.contains(&prompt));
    assert!(told.contains(&Event::TurnMarked { turn: TurnNo(1), mark: "u1".into() }));
}

#[test]
fn tokens_of_a_message_on_several_lines_count_once_and_in_the_turn_where_they_stand() {
    let mut late = model("a4", "u2", "m1", text("late"));
    late["message"]["usage"]["output_tokens"] = 8.into();
    let told = read(&[
        user("u1", "", "go"),
        model("a1", "u1", "m1", json!({"type": "thinking", "thinking": "hm"})),
        model("a2", "a1", "m1", text("one")),
        model("a3", "a2", "m2", text("two")),
        user("u2", "a3", "more"),
        late,
    ]);
    let tokens = |input, output, cached| Tokens {
        input: Some(input),
        output: Some(output),
        cache_read: Some(cached),
        ..Tokens::default()
    };
    let expected = [(1, Stop::EndTurn, Some(tokens(20, 6, 200))), (2, Stop::EndTurn, Some(tokens(0, 5, 0)))];
    assert_eq!(ends(&told), expected);
    let said: Vec<_> = told.iter().filter(|event| matches!(event, Event::Said { .. })).collect();
    assert_eq!(said.len(), 4);
}

#[test]
fn a_turn_ends_with_the_clock_of_its_last_line_and_carries_what_its_last_request_did() {
    let waits = json!({"type": "queue-operation", "operation": "enqueue", "timestamp": "2026-01-02T04:00:00Z"});
    let out = whole(&file(&[
        user("u1", "", "go"),
        model("a1", "u1", "m1", text("one")),
        model("a2", "a1", "m1", text("two")),
        waits,
        user("u2", "a2", "more"),
    ]));
    let second = |told: &Told| told.said_at.unwrap().0 / 1000 % 60;
    let ends: Vec<i64> =
        out.told.iter().filter(|told| matches!(told.event, Event::TurnEnded { .. })).map(second).collect();
    assert_eq!(ends, [2, 4]);
    let used: Vec<_> = out.told.iter().filter(|told| matches!(told.event, Event::Used { .. })).collect();
    assert!(matches!(&used[..], [told] if told.event == Event::Used {
        usage: Usage { used: Some(110), ..Usage::default() }
    }));
}

#[test]
fn calls_end_as_their_results_say() {
    let told = read(&[
        json!({"type": "permission-mode", "permissionMode": "acceptEdits"}),
        user("u1", "", "go"),
        model("a1", "u1", "m1", call("c1", "Bash", json!({"command": "make"}))),
        result("r1", "a1", "c1", "Error: Exit code 2\nno", true, json!("Error: Exit code 2")),
        model("a2", "r1", "m2", call("c2", "Edit", json!({"file_path": "/w/a", "old_string": "x", "new_string": "y"}))),
        result(
            "r2",
            "a2",
            "c2",
            "done",
            false,
            json!({"filePath": "/w/a", "originalFile": "x\n", "structuredPatch":
            [{"oldStart": 7, "newStart": 7, "oldLines": 1, "newLines": 1, "lines": ["-x", "+y"]}]}),
        ),
        model("a3", "r2", "m3", call("c3", "Bash", json!({"command": "rm a"}))),
        result(
            "r3",
            "a3",
            "c3",
            "The user doesn't want to proceed with this tool use.",
            true,
            json!("User rejected tool use"),
        ),
        model("a4", "r3", "m4", call("c4", "Bash", json!({"command": "sleep 9"}))),
    ]);
    let last = |id: &str| patches(&told, id).pop().unwrap();
    assert_eq!((last("c1").status, last("c1").exit), (Some(CallStatus::Failed), Some(2)));
    let change = &last("c2").changes.unwrap()[0];
    assert_eq!((change.line, change.old.as_ref().unwrap().inline()), (Some(7), Some("x\n")));
    assert_eq!(last("c3").status, Some(CallStatus::Abandoned));
    assert_eq!(last("c4").status, Some(CallStatus::Abandoned), "it never came back");
    let gates: Vec<&Event> = told.iter().filter(|event| matches!(event, Event::CallGated { .. })).collect();
    let gate = Event::CallGated { call: CallId("c2".into()), gate: Gate::AgentMode("acceptEdits".into()) };
    assert_eq!(gates, [&gate], "of a command that mode says nothing");
    assert_eq!(ends(&told)[0].1, Stop::Other("the transcript does not say how it ended".into()));
}

#[test]
fn a_prompt_on_an_earlier_place_takes_the_conversation_back() {
    let told = read(&[
        user("u1", "", "one"),
        model("a1", "u1", "m1", text("1")),
        user("u2", "a1", "two"),
        model("a2", "u2", "m2", text("2")),
        user("u3", "a1", "two again"),
        model("a3", "u3", "m3", text("3")),
        // A line of the place that is gone: where it goes on is said, and nothing is dropped.
        user("u4", "a2", "and on"),
    ]);
    let at = |wanted: &Event| told.iter().position(|event| event == wanted);
    let back = at(&Event::Rewound { to: TurnNo(1) }).unwrap();
    assert!(matches!(&told[back + 1], Event::PromptSent { turn: TurnNo(3), .. }));
    let note = told.iter().any(
        |event| matches!(event, Event::Noted { text, .. } if text.inline().unwrap().contains("goes on from turn 2")),
    );
    assert!(note);
    assert_eq!(ends(&told).len(), 4);
}

#[test]
fn an_interrupt_ends_the_turn_and_nothing_else_is_taken_for_one() {
    let told = read(&[
        user("u1", "", "go"),
        model("a1", "u1", "m1", call("c1", "Bash", json!({"command": "sleep 9"}))),
        user("u2", "a1", json!([text("[Request interrupted by user for tool use]")])),
        user("u3", "u2", json!([text("[Request interrupted by user]")])),
        json!({"type": "assistant", "uuid": "a2", "isApiErrorMessage": true, "apiErrorStatus": 529,
            "message": {"id": "m2", "model": "<synthetic>", "content": [text("Overloaded")]}}),
    ]);
    assert_eq!(
        ends(&told).iter().map(|end| end.1.clone()).collect::<Vec<_>>(),
        [Stop::Cancelled, Stop::Error(529, "Overloaded".into())]
    );
    assert_eq!(told.iter().filter(|event| matches!(event, Event::InterruptAsked { .. })).count(), 1);
}

#[test]
fn copies_are_said_once_and_a_compaction_is_one() {
    let boundary = json!({"type": "system", "subtype": "compact_boundary", "uuid": "b1", "parentUuid": null,
        "timestamp": "2026-01-02T03:04:30Z", "compactMetadata": {"trigger": "auto", "preTokens": 170_000}});
    let mut summary = user("b2", "b1", "It went well so far.");
    summary["isCompactSummary"] = true.into();
    summary["timestamp"] = "2026-01-02T03:04:30Z".into();
    let lines = [user("u1", "", "go"), boundary.clone(), summary.clone(), boundary, summary];
    let out = whole(&file(&lines));
    assert_eq!(out.again, 2);
    let told = events(out.told);
    let compacted = Event::Compacted { before: Some(170_000), after: None };
    assert_eq!(told.iter().filter(|event| **event == compacted).count(), 1);
    let said = told.iter().filter(|event| matches!(event, Event::Said { who: Speaker::Thought, .. })).count();
    assert_eq!(said, 1, "the summary is no prompt");
}

#[test]
fn a_conversation_that_was_written_anew_with_other_uuids_is_said_once() {
    let lines = |mark: &str| {
        let id = |n: u32| format!("{mark}{n}");
        let answer = result(&id(3), &id(2), "c1", "seven", false, json!({}));
        let asked = model(&id(2), &id(1), "m1", call("c1", "Bash", json!({"command": "wc"})));
        [
            user(&id(1), "", "go"),
            asked,
            answer,
            model(&id(4), &id(3), "m2", text("seven")),
            user(&id(5), &id(4), "more"),
        ]
    };
    // The copy has the clock of the first; what comes then hangs on the copy.
    let then = file(&[user("v6", "v5", "and more")]).replace("03:04:00", "03:05:00");
    let out = whole(&(file(&lines("u")) + &file(&lines("v")) + &then));
    assert_eq!(out.again, 5);
    let told = events(out.told);
    assert_eq!(patches(&told, "c1").len(), 2);
    let prompts = told.iter().filter(|event| matches!(event, Event::PromptSent { .. })).count();
    assert_eq!(prompts, 3);
    assert!(!told.iter().any(|event| matches!(event, Event::Rewound { .. })), "it goes on where the first was");
}

#[test]
fn a_subagent_is_a_lane_of_the_call_that_began_it() {
    let main = file(&[
        user("u1", "", "go"),
        model("a1", "u1", "m1", call("c1", "Task", json!({"description": "look around", "prompt": "look"}))),
        model("a2", "a1", "m1", call("c2", "Task", json!({"description": "look there", "prompt": "look there"}))),
    ]);
    let agent = |id: &str, prompt: &str| {
        let mut prompt = user(&format!("{id}1"), "", prompt);
        let mut said = model(&format!("{id}2"), &format!("{id}1"), &format!("{id}m"), call(id, "Read", json!({})));
        for line in [&mut prompt, &mut said] {
            (line["isSidechain"], line["agentId"]) = (true.into(), id.into());
        }
        file(&[prompt, said])
    };
    let about = r#"{"toolUseId":"c1","description":"the first"}"#;
    let told = with_agents(
        &main,
        &[
            ("agent-x.jsonl", about, &agent("x", "words that no call has")),
            ("agent-y.jsonl", "", &agent("y", "look there")),
        ],
    );
    let opened = |event: &Event| match event {
        Event::LaneOpened { opened, name, call, .. } => {
            Some((opened.0, name.inline().unwrap().to_owned(), call.clone().unwrap().0))
        }
        _ => None,
    };
    let lanes: Vec<_> = told.iter().filter_map(|told| opened(&told.event)).collect();
    assert_eq!(lanes, [(1, "the first".into(), "c1".into()), (2, "look there".into(), "c2".into())]);
    let read = told.iter().find(|told| matches!(&told.event, Event::Called { call, .. } if call.0 == "y")).unwrap();
    let Event::Called { patch, .. } = &read.event else { unreachable!() };
    assert_eq!((read.lane, patch.parent.clone()), (LaneId(2), Some(CallId("c2".into()))));
    let prompts = told.iter().filter(|told| matches!(told.event, Event::PromptSent { .. })).count();
    assert_eq!(prompts, 1, "what a subagent is told is no prompt of a human");
}

#[test]
fn prompts_that_waited_keep_their_numbers_and_what_was_taken_back_is_dropped() {
    let queue =
        |operation: &str, content: &str| json!({"type": "queue-operation", "operation": operation, "content": content});
    let told = read(&[
        user("u1", "", "go"),
        model("a1", "u1", "m1", text("works")),
        queue("enqueue", "this too"),
        queue("enqueue", "not this"),
        queue("dequeue", ""),
        json!({"type": "attachment", "uuid": "q1", "attachment": {"type": "queued_command", "prompt": "this too"}}),
        queue("remove", ""),
        model("a2", "q1", "m2", text("done")),
        json!({"type": "system", "subtype": "turn_duration", "uuid": "d1", "durationMs": 9}),
    ]);
    let steer =
        Event::PromptSent { prompt: PromptId(2), text: "this too".into(), turn: TurnNo(1), steer: true, by: None };
    assert!(told.contains(&steer));
    assert!(told.contains(&Event::PromptDropped { prompt: PromptId(3) }));
    assert_eq!(ends(&told).len(), 1);
}

#[test]
fn what_goes_on_behind_ends_by_its_notice_and_begins_a_turn() {
    let notice = "<task-notification>\n<task-id>t</task-id>\n<tool-use-id>c1</tool-use-id>\n<status>failed</status>\n\
        <summary>it failed</summary>\n</task-notification>";
    let told = read(&[
        user("u1", "", "go"),
        model("a1", "u1", "m1", call("c1", "Bash", json!({"command": "sleep 9"}))),
        result("r1", "a1", "c1", "running", false, json!({"stdout": "", "backgroundTaskId": "t"})),
        model("a2", "r1", "m2", text("it runs")),
        user("u2", "a2", notice),
        model("a3", "u2", "m3", text("it failed")),
    ]);
    let status: Vec<_> = patches(&told, "c1").into_iter().filter_map(|patch| patch.status).collect();
    assert_eq!(status, [CallStatus::Pending, CallStatus::Running, CallStatus::Failed]);
    assert!(told.contains(&Event::TurnBegan { turn: TurnNo(2), why: "it failed".into() }));
}

#[test]
fn titles_count_once_their_line_is_there_and_plans_are_whole() {
    let todos = json!([{"content": "a", "status": "completed"}, {"content": "b", "status": "pending"}]);
    let told = read(&[
        json!({"type": "summary", "summary": "of another session", "leafUuid": "elsewhere"}),
        json!({"type": "summary", "summary": "of this one", "leafUuid": "u1"}),
        user("u1", "", "go"),
        model("a1", "u1", "m1", call("c1", "TodoWrite", json!({"todos": todos}))),
        result("r1", "a1", "c1", "ok", false, json!({"oldTodos": [], "newTodos": todos})),
    ]);
    let titles: Vec<_> = told.iter().filter(|event| matches!(event, Event::Titled { .. })).collect();
    assert_eq!(titles, [&Event::Titled { title: "of this one".into() }]);
    let plan = told.iter().find_map(|event| if let Event::Planned { items } = event { Some(items) } else { None });
    let plan: Vec<PlanStatus> = plan.unwrap().iter().map(|item| item.status).collect();
    assert_eq!(plan, [PlanStatus::Done, PlanStatus::Pending]);
}

#[test]
fn torn_and_odd_lines_cost_themselves() {
    let [one, two] = ["one", "two"].map(|words| file(&[user(words, "", words)]));
    let both =
        format!("\u{feff}{}{}\r\n\0\0\n{{\"type\":\"us\n[1]\n{{\"type\":\"new-thing\"}}\n", one.trim(), two.trim());
    let out = whole(&both);
    let odd: Vec<(u64, &str)> = out.places.iter().map(|place| (place.line, place.what.as_str())).collect();
    assert_eq!(odd, [(3, "it ends in its middle, at column 11"), (4, "JSON that is no object"), (5, "new-thing")]);
    let prompts: Vec<_> = out.told.iter().filter(|told| matches!(told.event, Event::PromptSent { .. })).collect();
    assert_eq!(prompts.len(), 2, "an end of line was lost, and nothing else");
}

#[test]
fn commands_of_the_console_and_its_own_words_are_no_prompts() {
    let mut meta = user("u2", "u1", "Caveat: the following was run by the user");
    meta["isMeta"] = true.into();
    let told = read(&[
        user("u1", "", "<command-name>/model</command-name>\n<command-args>opus</command-args>"),
        meta,
        user("u3", "u2", "<local-command-stdout>Set model</local-command-stdout>"),
        user("u4", "u3", "<bash-input>git pull</bash-input>"),
        user("u5", "u4", json!([{"type": "image", "source": {"media_type": "image/png", "data": "AAAA"}}])),
    ]);
    let prompt = |event: &Event| match event {
        Event::PromptSent { text, .. } => Some(text.inline().unwrap().to_owned()),
        _ => None,
    };
    let prompts: Vec<String> = told.iter().filter_map(prompt).collect();
    assert_eq!(prompts, ["/model opus", "(image/png, 3 B)"]);
    assert!(told.contains(&Event::Attached { who: Speaker::User, what: "image/png, 3 B".into() }));
}
