//! Updates: points 1, 3, 17, 26, 29, 32.

use super::*;
use crate::domain::{PlanStatus, Speaker};

#[test]
fn p1_lines_for_people_are_shown() {
    let mut rig = Rig::open();
    rig.hears_raw(b"kimi-cli has moved to kimi-code").hears_raw(b"").hears_raw(b"   \r");
    assert_eq!(rig.notes(), [(Notice::Info, "kimi-cli has moved to kimi-code")]);
    rig.forget();
    rig.hears_raw(b"{\"method\": \"session/upd").hears_raw(b"\xff\xfe broken");
    assert!(matches!(
        &rig.facts[..],
        [Fact::Event(_, Event::Unrecognised { .. }), Fact::Event(_, Event::Noted { .. })]
    ));
}

#[test]
fn p3_what_is_new_is_kept_and_named() {
    let mut rig = Rig::open();
    rig.hears(&json!({"method": "qwen/notify/session/prompt-suggestion", "params": {"x": 1}}));
    rig.update(&json!({"sessionUpdate": "telepathy", "thought": "?"}));
    rig.update(&json!({"no": "kind"}));
    rig.hears(&json!({"id": 99, "result": {}}));
    let what = |event: &Event| {
        if let Event::Unrecognised { what, raw } = event { Some((what.clone(), raw.clone())) } else { None }
    };
    let what: Vec<_> = rig.events().filter_map(what).collect();
    assert_eq!(what[0].0, "qwen/notify/session/prompt-suggestion");
    assert_eq!(what[1].0, "telepathy");
    assert!(what[1].1.inline().unwrap().contains("thought"));
    assert_eq!(what.len(), 4);
    rig.forget();
    rig.hears(
        &json!({"method": "_auth/status_update", "params": {"authStatus": {"label": "API key", "detail": "KEY"}}}),
    );
    assert_eq!(rig.notes(), [(Notice::Info, "login of the agent: API key, KEY")]);
}

#[test]
fn p3_a_long_frame_that_is_not_understood_is_cut_with_its_length() {
    let mut rig = Rig::open();
    rig.update(&json!({"sessionUpdate": "hologram", "data": "x".repeat(100_000)}));
    let Some(Event::Unrecognised { raw, .. }) = rig.events().next() else { panic!("{:?}", rig.facts) };
    assert!(raw.bytes() < 5000);
    assert!(raw.inline().unwrap().ends_with(" bytes in all)"));
}

#[test]
fn messages_are_text_or_named_things_and_empty_chunks_are_nothing() {
    let chunk = |kind: &str, content: Value| json!({"sessionUpdate": kind, "messageId": "m", "content": content});
    let mut rig = Rig::open();
    rig.update(&chunk("agent_message_chunk", json!({"type": "text", "text": ""})));
    rig.update(&chunk("agent_message_chunk", json!({"type": "text", "text": "hi"})));
    rig.update(&chunk("agent_thought_chunk", json!({"type": "text", "text": "hm"})));
    rig.update(&chunk("agent_message_chunk", json!({"type": "image", "mimeType": "image/png", "data": "AAAA"})));
    rig.update(&chunk("agent_message_chunk", json!({"type": "smell"})));
    let message = Some("m".to_owned());
    let events: Vec<_> = rig.events().cloned().collect();
    assert_eq!(
        events[..3],
        [
            Event::Said { who: Speaker::Agent, message: message.clone(), text: "hi".into() },
            Event::Said { who: Speaker::Thought, message, text: "hm".into() },
            Event::Attached { who: Speaker::Agent, what: "image/png, 3 B".into() },
        ]
    );
    assert!(matches!(events[3], Event::Unrecognised { .. }));
}

#[test]
fn p26_trouble_that_is_only_in_meta_is_said() {
    let mut rig = Rig::open();
    let error = json!({"codex": {"error": {"message": "Reconnecting... 1/2"}}});
    rig.update(&json!({"sessionUpdate": "session_info_update", "_meta": error}));
    assert_eq!(rig.notes(), [(Notice::Warning, "Reconnecting... 1/2")]);
    rig.forget();
    rig.update(
        &json!({"sessionUpdate": "session_info_update", "_meta": {"codex": {"threadStatus": {"type": "idle"}}}}),
    );
    assert_eq!(rig.facts, []);
}

#[test]
fn p32_titles_and_commands() {
    let mut rig = Rig::open();
    let commands = json!({"sessionUpdate": "available_commands_update", "availableCommands": [
        {"name": "compact", "description": "Compact", "input": {"hint": "what to keep"}}, {"name": "/help"}]});
    rig.update(&commands).update(&commands);
    rig.update(&json!({"sessionUpdate": "session_info_update", "title": "Fix the greeting"}));
    let events: Vec<_> = rig.events().collect();
    let [Event::CommandsOffered { commands }, Event::Titled { title }] = events[..] else { panic!("{events:?}") };
    assert_eq!((commands[0].hint.as_deref(), commands[1].name.as_str()), (Some("what to keep"), "help"));
    assert_eq!(title.inline(), Some("Fix the greeting"));
}

#[test]
fn plans_are_whole_each_time() {
    let mut rig = Rig::open();
    rig.update(&json!({"sessionUpdate": "plan", "entries": [
        {"content": "a", "status": "completed"}, {"content": "b", "status": "in_progress"}, {"content": "c", "status": "?"}, {}]}));
    rig.update(
        &json!({"sessionUpdate": "plan_update", "plan": {"type": "markdown", "planId": "p", "content": "- x\n\n- y"}}),
    );
    rig.update(&json!({"sessionUpdate": "plan_removed", "planId": "p"}));
    let plans: Vec<_> = rig
        .events()
        .filter_map(|event| if let Event::Planned { items } = event { Some(items) } else { None })
        .collect();
    let statuses: Vec<_> = plans[0].iter().map(|item| item.status).collect();
    assert_eq!(statuses, [PlanStatus::Done, PlanStatus::Doing, PlanStatus::Pending]);
    assert_eq!((plans[1].len(), plans[2].len()), (2, 0));
}

#[test]
fn compactions_and_notices_are_told() {
    let mut rig = Rig::open();
    rig.update(&json!({"sessionUpdate": "usage_update", "used": 900, "size": 1000})).forget();
    let compaction =
        |status: &str| json!({"sessionUpdate": "compaction_update", "compactionId": "k", "status": status});
    rig.update(&compaction("in_progress")).update(&compaction("completed")).update(&compaction("failed"));
    assert!(rig.events().any(|event| *event == Event::Compacted { before: Some(900), after: None }));
    assert_eq!(rig.notes().len(), 2);
    rig.forget();
    rig.update(&json!({"sessionUpdate": "notice", "severity": "error", "title": "Quota", "description": "is used up"}));
    assert_eq!(rig.notes(), [(Notice::Error, "Quota: is used up")]);
}
