//! Lanes: subagents by a parent call, by a native session, and by the protocol's own word.

use super::*;
use crate::domain::{CallId, Decision};

fn in_call(parent: &str, mut update: Value) -> Value {
    update["_meta"] = json!({"claudeCode": {"parentToolUseId": parent}});
    update
}

#[test]
fn a_call_with_a_parent_runs_in_a_lane_that_ends_with_it() {
    let mut rig = Rig::open();
    rig.update(
        &json!({"sessionUpdate": "tool_call", "toolCallId": "task", "title": "Look around", "status": "in_progress"}),
    );
    rig.update(&in_call(
        "task",
        json!({"sessionUpdate": "tool_call", "toolCallId": "c", "title": "read", "status": "in_progress"}),
    ));
    rig.update(&in_call(
        "task",
        json!({"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": "hi"}}),
    ));
    rig.update(&json!({"sessionUpdate": "tool_call_update", "toolCallId": "c", "status": "completed"}));
    rig.update(&json!({"sessionUpdate": "tool_call_update", "toolCallId": "task", "status": "completed"}));
    let lane = LaneId(1);
    let opened = Event::LaneOpened {
        opened: lane,
        native: Some("task".to_owned()),
        name: "Look around".into(),
        call: Some(CallId::from("task")),
    };
    assert!(rig.facts.contains(&Fact::Event(LaneId::ROOT, opened)));
    assert_eq!(rig.call("c").parent, Some(CallId::from("task")));
    assert_eq!(rig.lanes(), [LaneId::ROOT, LaneId::ROOT, lane, lane, lane, LaneId::ROOT, LaneId::ROOT]);
    assert_eq!(rig.events().last(), Some(&Event::LaneEnded { ended: lane }));
}

#[test]
fn an_unknown_session_is_a_lane_of_its_own() {
    let mut rig = Rig::open();
    let other = |update: Value| json!({"method": "session/update", "params": {"sessionId": "other", "update": update}});
    rig.update(&json!({"sessionUpdate": "tool_call", "toolCallId": "1", "title": "ours"}));
    rig.hears(&other(json!({"sessionUpdate": "tool_call", "toolCallId": "1", "title": "theirs"})));
    rig.hears(&other(json!({"sessionUpdate": "usage_update", "used": 5, "size": 10})));
    rig.hears(&other(json!({"sessionUpdate": "current_mode_update", "currentModeId": "yolo"})));
    assert_eq!(rig.call("1").title.unwrap().inline(), Some("ours"));
    assert_eq!(rig.call("other/1").title.unwrap().inline(), Some("theirs"), "one id in two sessions is two calls");
    assert!(rig.facts.iter().any(|fact| matches!(fact, Fact::Event(LaneId(1), Event::Used { .. }))));
    assert!(!rig.events().any(|event| matches!(event, Event::ModeChanged { .. })), "not our mode");
    rig.asks(&json!(0), &json!({"toolCallId": "1"}), &options());
    assert_eq!(rig.ask().lane, LaneId::ROOT);
}

#[test]
fn a_question_of_a_subagent_is_asked_in_its_lane_and_outlives_our_turn() {
    let mut rig = Rig::open();
    rig.tells(prompt("go"));
    let params = json!({"sessionId": "child", "toolCall": {"toolCallId": "c"}, "options": options()});
    rig.hears(&json!({"id": 5, "method": "session/request_permission", "params": params}));
    assert_eq!(rig.ask().lane, LaneId(1));
    rig.answers(&json!({"stopReason": "end_turn"}));
    assert!(!rig.facts.iter().any(|fact| matches!(fact, Fact::AskGone(_))));
    rig.tells(Tell::Answer("5".to_owned(), Decision::Allow { offer: "once".to_owned() }));
    assert_eq!(rig.lines.last().unwrap()["id"], 5);
}

#[test]
fn a_subagent_that_the_agent_announces_has_its_name() {
    let mut rig = Rig::open();
    let update = |state: &str| json!({"sessionUpdate": "subagent_update", "sessionId": "kid", "title": "Scout", "state": {"state": state}});
    rig.update(&update("running")).update(&update("idle"));
    let opened =
        Event::LaneOpened { opened: LaneId(1), native: Some("kid".to_owned()), name: "Scout".into(), call: None };
    assert_eq!(rig.events().collect::<Vec<_>>(), [&opened, &Event::LaneEnded { ended: LaneId(1) }]);
}

#[test]
fn what_is_said_before_the_session_has_its_id_is_ours() {
    let mut rig = Rig::new();
    rig.opens(Opening::default()).answers(&json!({}));
    rig.update(&json!({"sessionUpdate": "usage_update", "used": 0, "size": 128_000}))
        .answers(&json!({"sessionId": "s"}));
    assert!(rig.lanes().iter().all(|lane| *lane == LaneId::ROOT));
}
