//! Codex's rollouts: what must come of each thing that stands in them.

use super::{events, follow_as};
use serde_json::{Value, json};
use std::fs;
use taut::domain::{
    CallId, CallPatch, CallStatus, Event, Gate, Impact, LaneId, OutputPart, PromptId, Speaker, Stop, Tokens, TurnNo,
    Usage,
};
use taut::transcript::{self, Odd, codex::CodexRollout};

/// A line of a rollout, at a second of its own.
fn line(second: usize, kind: &str, payload: &Value) -> String {
    let at = format!("2026-01-02T03:04:{second:02}.000Z");
    format!("{}\n", json!({"timestamp": at, "ordinal": second, "type": kind, "payload": payload}))
}

fn file(lines: &[(&str, Value)]) -> String {
    let meta =
        json!({"id": "thread-1", "cwd": "/w", "cli_version": "0.146.0", "source": "cli", "git": {"branch": "main"}});
    let all = std::iter::once(("session_meta", meta)).chain(lines.iter().cloned());
    all.enumerate().map(|(second, (kind, payload))| line(second, kind, &payload)).collect()
}

fn read(lines: &[(&str, Value)]) -> Vec<Event> {
    let out = follow_as(&CodexRollout, [file(lines).as_bytes()], true);
    assert_eq!(out.places, [], "all of it is known");
    events(out.told)
}

fn told(kind: &str, mut fields: Value) -> (&'static str, Value) {
    fields["type"] = kind.into();
    ("event_msg", fields)
}

fn item(kind: &str, mut fields: Value) -> (&'static str, Value) {
    fields["type"] = kind.into();
    ("response_item", fields)
}

fn words(role: &str, text: &str) -> (&'static str, Value) {
    item("message", json!({"role": role, "content": [{"type": "input_text", "text": text}]}))
}

fn prompts(events: &[Event]) -> Vec<(String, u32, bool)> {
    let prompt = |event: &Event| match event {
        Event::PromptSent { text, turn, steer, .. } => Some((text.inline().unwrap().to_owned(), turn.0, *steer)),
        _ => None,
    };
    events.iter().filter_map(prompt).collect()
}

fn said(events: &[Event], by: Speaker) -> Vec<String> {
    let said = |event: &Event| match event {
        Event::Said { who, text, .. } if *who == by => Some(text.inline().unwrap().to_owned()),
        _ => None,
    };
    events.iter().filter_map(said).collect()
}

fn ends(events: &[Event]) -> Vec<(u32, Stop, Option<Tokens>)> {
    let end = |event: &Event| match event {
        Event::TurnEnded { turn, stop, tokens } => Some((turn.0, stop.clone(), *tokens)),
        _ => None,
    };
    events.iter().filter_map(end).collect()
}

/// All that is known of a call in the end.
fn call(events: &[Event], id: &str) -> CallPatch {
    let mut known = CallPatch::default();
    for event in events {
        if let Event::Called { call, patch } = event
            && call.0 == id
        {
            let _ = known.news((**patch).clone());
        }
    }
    known
}

fn outputs(events: &[Event], id: &str) -> Vec<OutputPart> {
    let part = |event: &Event| match event {
        Event::CallOutput { call, part } if call.0 == id => Some(part.clone()),
        _ => None,
    };
    events.iter().filter_map(part).collect()
}

#[test]
fn who_it_is_stands_at_its_beginning() {
    let context =
        json!({"approval_policy": "never", "sandbox_policy": {"type": "danger-full-access"}, "model": "gpt-x"});
    let events = read(&[("turn_context", context), told("thread_name_updated", json!({"thread_name": "a name"}))]);
    let Event::SessionStarted { name, agent, cwd, .. } = &events[0] else { panic!("{events:?}") };
    assert_eq!((name.as_str(), agent.as_str(), cwd.as_str()), ("codex-thread-1", "codex", "/w"));
    let is_there = |is: &dyn Fn(&Event) -> bool| assert!(events.iter().any(is), "{events:?}");
    is_there(&|event| matches!(event, Event::Placed { place } if place.branch.as_deref() == Some("main")));
    is_there(&|event| matches!(event, Event::SourceAttached { source } if source.native == "thread-1"));
    is_there(&|event| matches!(event, Event::Connected { face, .. } if face.version.as_deref() == Some("0.146.0")));
    is_there(&|event| matches!(event, Event::ModeChanged { mode, .. } if mode == "full-access"));
    is_there(&|event| matches!(event, Event::OptionsOffered { options } if options[0].current == "gpt-x"));
    is_there(&|event| matches!(event, Event::Titled { title } if title.inline() == Some("a name")));
}

#[test]
fn what_stands_twice_is_told_once_in_either_order() {
    let events = read(&[
        told("task_started", json!({})),
        words("user", "<environment_context>here</environment_context>"),
        words("user", "text that nobody typed"),
        words("user", "go"),
        told("user_message", json!({"message": "go"})),
        told("agent_reasoning", json!({"text": "hm"})),
        told("agent_reasoning", json!({"text": "so"})),
        item(
            "reasoning",
            json!({"summary": [{"type": "summary_text", "text": "hm"}, {"type": "summary_text", "text": "so"}]}),
        ),
        told("agent_message", json!({"message": "one"})),
        words("assistant", "one"),
        words("assistant", "two"),
        told("token_count", json!({"info": null})),
        told("agent_message", json!({"message": "two"})),
        told("task_complete", json!({"last_agent_message": "two"})),
    ]);
    assert_eq!(prompts(&events), [("go".to_owned(), 1, false)]);
    assert_eq!(said(&events, Speaker::Agent), ["one", "two"]);
    assert_eq!(said(&events, Speaker::Thought), ["hm", "so"]);
    assert_eq!(ends(&events), [(1, Stop::EndTurn, None)]);
}

#[test]
fn without_events_the_items_are_what_was_said() {
    let events = read(&[
        words("user", "# AGENTS.md instructions for /w"),
        words("user", "go"),
        words("assistant", "one"),
        words("user", "more"),
        words("assistant", "two"),
    ]);
    assert_eq!(prompts(&events), [("go".to_owned(), 1, false), ("more".to_owned(), 2, false)]);
    assert_eq!(said(&events, Speaker::Agent), ["one", "two"]);
    assert_eq!(ends(&events).iter().map(|end| end.1.clone()).collect::<Vec<_>>(), [Stop::EndTurn, Stop::EndTurn]);
}

#[test]
fn a_turn_that_was_interrupted_steered_or_killed_is_told_as_such() {
    let events = read(&[
        told("task_started", json!({})),
        told("user_message", json!({"message": "a"})),
        told("user_message", json!({"message": "and b"})),
        told("turn_aborted", json!({"reason": "interrupted"})),
        told("task_started", json!({})),
        told("user_message", json!({"message": "c"})),
        item("function_call", json!({"call_id": "k", "name": "exec_command", "arguments": "{\"cmd\":\"ls\"}"})),
        told("task_started", json!({})),
        told("user_message", json!({"message": "d"})),
        told(
            "task_complete",
            json!({"error": {"message": "no room", "codex_error_info": {"x": {"http_status_code": 429}}}}),
        ),
    ]);
    let steered = [("a", 1, false), ("and b", 1, true), ("c", 2, false), ("d", 3, false)];
    assert_eq!(prompts(&events), steered.map(|(text, turn, steer)| (text.to_owned(), turn, steer)));
    let stops: Vec<Stop> = ends(&events).into_iter().map(|(_, stop, _)| stop).collect();
    let unknown = Stop::Other("the transcript does not say how it ended".to_owned());
    assert_eq!(stops, [Stop::Cancelled, unknown, Stop::Error(429, "no room".to_owned())]);
    assert_eq!(call(&events, "k").status, Some(CallStatus::Abandoned));
}

#[test]
fn a_command_has_its_line_its_output_and_its_exit_code() {
    let args = json!({"cmd": "make", "workdir": "/w/sub"}).to_string();
    let events = read(&[
        ("turn_context", json!({"approval_policy": "on-request", "sandbox_policy": {"type": "workspace-write"}})),
        told("user_message", json!({"message": "go"})),
        item("function_call", json!({"call_id": "k1", "name": "exec_command", "arguments": args})),
        told(
            "exec_command_end",
            json!({"call_id": "k1", "command": ["/bin/bash", "-lc", "make"], "cwd": "/w/sub",
            "aggregated_output": "no rule\n", "exit_code": 2}),
        ),
        item(
            "function_call_output",
            json!({"call_id": "k1", "output": "Process exited with code 2\nOutput:\nno rule\n"}),
        ),
        item(
            "function_call",
            json!({"call_id": "k2", "name": "shell", "arguments": "{\"command\":[\"bash\",\"-lc\",\"ls\"]}"}),
        ),
        item(
            "function_call_output",
            json!({"call_id": "k2", "output": "{\"output\":\"a\\n\",\"metadata\":{\"exit_code\":0}}"}),
        ),
    ]);
    let first = call(&events, "k1");
    assert_eq!((first.status, first.exit, first.cwd.as_deref()), (Some(CallStatus::Failed), Some(2), Some("/w/sub")));
    assert_eq!(first.command.unwrap().inline(), Some("make"));
    assert_eq!(outputs(&events, "k1"), [OutputPart::Replace("no rule\n".into())]);
    let gate = Gate::AgentMode("its sandbox or its own rules let it run".to_owned());
    assert!(events.contains(&Event::CallGated { call: CallId::from("k1"), gate }));
    let second = call(&events, "k2");
    assert_eq!((second.status, second.exit), (Some(CallStatus::Done), Some(0)));
    assert_eq!(outputs(&events, "k2"), [OutputPart::Replace("a\n".into())]);
}

#[test]
fn a_command_that_goes_on_behind_ends_where_it_ends() {
    let typed = json!({"session_id": 7, "chars": "y\n"}).to_string();
    let events = read(&[
        told("user_message", json!({"message": "go"})),
        item("function_call", json!({"call_id": "k1", "name": "exec_command", "arguments": "{\"cmd\":\"ask\"}"})),
        item(
            "function_call_output",
            json!({"call_id": "k1", "output": "Process running with session ID 7\nOutput:\nsure? "}),
        ),
        item("function_call", json!({"call_id": "k2", "name": "write_stdin", "arguments": typed})),
        item(
            "function_call_output",
            json!({"call_id": "k2", "output": "Process exited with code 1\nOutput:\ny\nno\n"}),
        ),
    ]);
    let first = call(&events, "k1");
    assert_eq!((first.status, first.exit), (Some(CallStatus::Failed), Some(1)));
    assert_eq!(outputs(&events, "k1"), ["sure? ", "y\nno\n"].map(|text| OutputPart::Append(text.into())));
    assert_eq!(call(&events, "k2").status, Some(CallStatus::Done));
}

#[test]
fn a_patch_is_an_edit_with_its_lines_and_a_refused_one_never_ran() {
    let input = "*** Begin Patch\n*** Update File: a\n@@\n-x\n+y\n*** End Patch";
    let changes = json!({"/w/a": {"type": "update", "unified_diff": "@@ -3 +3 @@\n-x\n+y\n", "move_path": null}});
    let patch = |id: &str| item("custom_tool_call", json!({"call_id": id, "name": "apply_patch", "input": input}));
    let events = read(&[
        told("user_message", json!({"message": "go"})),
        patch("k1"),
        told(
            "patch_apply_end",
            json!({"call_id": "k1", "success": true, "stdout": "Success.", "changes": changes.clone()}),
        ),
        item("custom_tool_call_output", json!({"call_id": "k1", "output": "Exit code: 0\nOutput:\nSuccess."})),
        patch("k2"),
        told(
            "item_completed",
            json!({"item": {"type": "FileChange", "id": "k2", "changes": changes, "status": "declined",
            "stderr": "patch rejected by user"}}),
        ),
        item("custom_tool_call_output", json!({"call_id": "k2", "output": "patch rejected by user"})),
        patch("k3"),
        item("custom_tool_call_output", json!({"call_id": "k3", "output": "patch rejected by user"})),
    ]);
    let first = call(&events, "k1");
    assert_eq!((first.status, first.impact), (Some(CallStatus::Done), Some(Impact::Edit)));
    let diff = first.changes.unwrap()[0].patch.clone().unwrap();
    assert_eq!(diff.inline(), Some("--- /w/a\n+++ /w/a\n@@ -3 +3 @@\n-x\n+y\n"));
    for id in ["k2", "k3"] {
        assert_eq!(call(&events, id).status, Some(CallStatus::Abandoned), "{id}");
        assert_eq!(outputs(&events, id), [OutputPart::Replace("patch rejected by user".into())]);
    }
    assert_eq!(call(&events, "k3").changes.unwrap()[0].new, Some("y\n".into()));
}

#[test]
fn tokens_are_counted_once_whichever_way_they_are_told() {
    let sum = |input: u64| json!({"input_tokens": input, "cached_input_tokens": input / 2, "output_tokens": 3, "total_tokens": input + 3});
    let count = |last: u64, total: u64| {
        told(
            "token_count",
            json!({"info": {"last_token_usage": sum(last), "total_token_usage": sum(total), "model_context_window": 1000}}),
        )
    };
    let record = |id: &str| ("token_usage_record", json!({"response_id": id, "usage": sum(10)}));
    let tokens = |input, output| {
        Some(Tokens { input: Some(input), output: Some(output), cache_read: Some(input), ..Tokens::default() })
    };
    let prompt = || told("user_message", json!({"message": "go"}));
    // The first sum holds what another file spent; the second line is written again.
    let events = read(&[prompt(), count(10, 70), count(20, 90), count(20, 90)]);
    assert_eq!(ends(&events)[0].2, tokens(15, 6));
    let usage = Usage { used: Some(23), window: Some(1000), cost: None };
    assert_eq!(events.iter().filter(|event| **event == Event::Used { usage }).count(), 1);
    let events = read(&[prompt(), record("r1"), count(10, 10), record("r2"), record("r2"), count(10, 20)]);
    assert_eq!(ends(&events)[0].2, tokens(10, 6));
}

#[test]
fn a_compaction_is_told_once_and_its_summary_is_no_word_of_the_agent() {
    let user = |text: &str| json!({"item": {"type": "UserMessage", "content": [{"type": "text", "text": text}]}});
    let events = read(&[
        told("task_started", json!({})),
        told("item_completed", user("a")),
        told("task_complete", json!({})),
        told("task_started", json!({})),
        words("assistant", "a summary"),
        ("compacted", json!({"message": "so far: a summary"})),
        told("item_completed", json!({"item": {"type": "ContextCompaction", "id": "c"}})),
        told("item_completed", user("b")),
        told("task_complete", json!({})),
        told("task_started", json!({})),
        ("compacted", json!({"message": ""})),
        told("context_compacted", json!({})),
        told("task_complete", json!({})),
    ]);
    assert_eq!(prompts(&events), [("a".to_owned(), 1, false), ("b".to_owned(), 2, false)]);
    assert_eq!(events.iter().filter(|event| matches!(event, Event::Compacted { .. })).count(), 2);
    assert_eq!(said(&events, Speaker::Thought), ["so far: a summary"]);
    assert_eq!(said(&events, Speaker::Agent), Vec::<String>::new());
    assert!(events.contains(&Event::TurnBegan { turn: TurnNo(3), why: "Codex compacts its context".into() }));
}

#[test]
fn segments_copies_and_subagents_are_read_with_their_session() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("sessions/2026/01/31");
    let next = home.path().join("sessions/2026/02/01");
    fs::create_dir_all(&folder).unwrap();
    fs::create_dir_all(&next).unwrap();
    let turn = |second: usize, text: &str| {
        line(second, "event_msg", &json!({"type": "task_started"}))
            + &line(second + 1, "event_msg", &json!({"type": "user_message", "message": text}))
            + &line(second + 2, "event_msg", &json!({"type": "task_complete"}))
    };
    let meta = |second: usize, more: Value| {
        let mut meta = json!({"id": "one", "cwd": "/w"});
        meta.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        line(second, "session_meta", &meta)
    };
    let spawn =
        json!({"type": "function_call", "call_id": "k", "name": "spawn_agent", "arguments": "{\"message\":\"look\"}"});
    let long = "x".repeat(20_000);
    let files = [
        (
            folder.join("rollout-1-one.jsonl"),
            meta(0, json!({})) + &turn(1, "first") + &turn(4, "second") + &line(7, "response_item", &spawn),
        ),
        (
            folder.join("rollout-2-one_seg.jsonl"),
            meta(20, json!({"history_base": {"thread_id": "one", "end_ordinal_exclusive": 4}})) + &turn(21, "third"),
        ),
        (
            next.join("rollout-3-two.jsonl"),
            meta(
                30,
                json!({"id": "two", "forked_from_id": "one", "base_instructions": {"text": long},
            "history_base": {"thread_id": "one", "end_ordinal_exclusive": 4}}),
            ) + &turn(31, "other"),
        ),
        (
            next.join("rollout-4-kid.jsonl"),
            meta(8, json!({"id": "kid", "parent_thread_id": "one", "agent_nickname": "Ada"})) + &turn(9, "look"),
        ),
    ];
    files.iter().for_each(|(path, text)| fs::write(path, text).unwrap());
    let read = |path: &std::path::Path| {
        let mut events = Vec::new();
        transcript::read(path, &CodexRollout, &mut |record| events.push(record.event)).unwrap();
        events
    };
    let of = |texts: [&str; 3]| texts.map(str::to_owned).to_vec();
    for path in [&files[0].0, &files[1].0] {
        let events = read(path);
        let told: Vec<String> = prompts(&events).into_iter().map(|(text, _, _)| text).collect();
        assert_eq!(told, of(["first", "second", "third"]));
        assert!(events.contains(&Event::Rewound { to: TurnNo(1) }), "{events:?}");
        let lane = |event: &Event| matches!(event, Event::LaneOpened { name, call: Some(call), .. } if name.inline() == Some("Ada") && call.0 == "k");
        assert!(events.iter().any(lane), "{events:?}");
        assert!(events.contains(&Event::LaneEnded { ended: LaneId(1) }));
    }
    let copied: Vec<String> = prompts(&read(&files[2].0)).into_iter().map(|(text, _, _)| text).collect();
    assert_eq!(copied, ["first", "other"], "of what it was copied from, only what it holds");
    assert_eq!(prompts(&read(&files[3].0)).len(), 1, "a subagent's file alone is a session as well");
}

#[test]
fn bad_lines_cost_themselves_alone() {
    let good = |second: usize, text: &str| line(second, "event_msg", &json!({"type": "user_message", "message": text}));
    let mut bytes = b"\xef\xbb\xbf".to_vec();
    bytes.extend(file(&[]).bytes());
    bytes.extend(b"{\"type\":\"event_msg\",\"payl\r\n\0\0\0\n");
    bytes.extend(good(3, "a").trim_end().bytes().chain(good(1, "b").bytes()));
    bytes.extend(b"[7]\n{\"type\":\"odd\",\"payload\":{}}\n{\"type\":\"event_msg\",\"payload\":{\"type\":\"odd\"}}\n");
    let mut broken = good(2, "c").into_bytes();
    let at = broken.iter().position(|byte| *byte == b'c').unwrap();
    broken[at] = 0xff;
    bytes.extend(broken);
    let out = follow_as(&CodexRollout, [&bytes[..]], true);
    let odd: Vec<(Odd, u64)> = out.places.iter().map(|place| (place.odd, place.line)).collect();
    let [u, d] = [Odd::Unrecognised, Odd::Damaged];
    assert_eq!(odd, [(d, 2), (u, 5), (u, 6), (u, 7), (d, 8)]);
    assert_eq!(prompts(&events(out.told)).len(), 3);
}

#[test]
fn an_older_file_without_envelopes_is_read() {
    let text = concat!(
        "{\"id\":\"old-1\",\"timestamp\":\"2025-06-01T00:00:00Z\",\"instructions\":null,\"git\":{\"branch\":\"b\"}}\n",
        "{\"record_type\":\"state\"}\n",
        "{\"type\":\"message\",\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"hi\"}]}\n",
        "{\"type\":\"function_call\",\"name\":\"shell\",\"arguments\":\"{\\\"command\\\":[\\\"ls\\\"]}\",\"call_id\":\"k\"}\n",
        "{\"type\":\"function_call_output\",\"call_id\":\"k\",\"output\":\"{\\\"output\\\":\\\"a\\\",\\\"metadata\\\":{\\\"exit_code\\\":0}}\"}\n",
    );
    let out = follow_as(&CodexRollout, [text.as_bytes()], true);
    assert_eq!(out.places, []);
    let events = events(out.told);
    assert!(matches!(&events[0], Event::SessionStarted { name, .. } if name == "codex-old-1"));
    let prompt = Event::PromptSent { prompt: PromptId(1), text: "hi".into(), turn: TurnNo(1), steer: false, by: None };
    assert!(events.contains(&prompt));
    assert_eq!(call(&events, "k").exit, Some(0));
}
