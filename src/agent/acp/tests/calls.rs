//! Calls: points 4 and 8 to 13, 15 to 17.

use super::*;
use crate::domain::{CallStatus, Completeness, Impact};

#[test]
fn p8_a_stub_in_a_question_does_not_take_away_what_is_known() {
    let mut rig = Rig::open();
    rig.update(&call(
        "c",
        json!({"title": "edit · /w/a", "kind": "edit", "status": "in_progress", "content": diff("x", "y"),
        "locations": [{"path": "/w/a", "line": 3}], "rawInput": {"path": "/w/a"}}),
    ));
    rig.asks(
        &json!(0),
        &json!({"toolCallId": "c", "title": "edit", "kind": "other", "status": "pending", "locations": []}),
        &options(),
    );
    let call = rig.call("c");
    assert_eq!(call.title.unwrap().inline(), Some("edit · /w/a"));
    assert_eq!((call.impact, call.status), (Some(Impact::Edit), Some(CallStatus::Running)));
    assert_eq!(call.places.unwrap().len(), 1);
    assert_eq!(call.changes.unwrap()[0].line, Some(3));
    assert_eq!(rig.ask().payload, Completeness::Fragment);
    assert_eq!(rig.patches("c").len(), 1, "a stub says nothing new");
}

#[test]
fn p9_an_unknown_id_makes_the_call_and_status_may_step_back() {
    let mut rig = Rig::open();
    rig.update(&call("c", json!({"status": "in_progress"})));
    rig.asks(&json!(1), &json!({"toolCallId": "c"}), &options());
    rig.update(&call("c", json!({"status": "pending", "title": "t"})));
    let statuses: Vec<_> = rig.patches("c").iter().filter_map(|patch| patch.status).collect();
    assert_eq!(statuses, [CallStatus::Running, CallStatus::Pending]);
    let mut rig = Rig::open();
    rig.asks(&json!(1), &json!({"toolCallId": "new"}), &options());
    assert_eq!(rig.patches("new").len(), 1, "made, though nothing is known");
    assert_eq!(rig.ask().payload, Completeness::TitleOnly);
}

#[test]
fn p9_a_question_under_another_id_means_the_open_call_of_its_file() {
    let mut rig = Rig::open();
    rig.update(&call("tc-1", json!({"kind": "edit", "title": "edit", "locations": [{"path": "/w/a"}]})));
    let asked = json!({"toolCallId": "edit-approval-1", "kind": "edit", "locations": [{"path": "/w/a"}], "content": diff("x", "y")});
    rig.asks(&json!("q"), &asked, &options());
    assert_eq!(rig.ask().call.0, "tc-1");
    assert!(rig.call("tc-1").changes.is_some());
    assert_eq!(rig.patches("edit-approval-1").len(), 0);
}

#[test]
fn p10_p11_a_call_without_an_end_is_closed_with_the_turn() {
    let mut rig = Rig::open();
    rig.tells(prompt("go")).update(&call("c", json!({"title": "t"}))).answers(&json!({"stopReason": "end_turn"}));
    assert_eq!(rig.call("c").status, Some(CallStatus::Abandoned));
    assert!(matches!(rig.facts.last(), Some(Fact::TurnOver(..))), "closed before the turn is over");
    rig.update(&call("c", json!({"status": "completed"})));
    assert_eq!(rig.call("c").status, Some(CallStatus::Done), "a later word corrects it");
}

#[test]
fn p13_content_replaces_and_the_last_diff_stays() {
    let mut rig = Rig::open();
    for args in ["{\"pa", "{\"path\":\"/w/a\"", "{\"path\":\"/w/a\",\"new\":\"y\"}"] {
        rig.update(&call("c", json!({"status": "pending", "content": text(args)})));
    }
    let parts = rig.events().filter(|event| matches!(event, Event::CallOutput { part: OutputPart::Append(_), .. }));
    assert_eq!(parts.count(), 3, "growth is told as growth");
    rig.update(&call("c", json!({"status": "in_progress", "content": diff("x\n", "y\n")})));
    assert_eq!(rig.output("c"), "");
    rig.update(&call("c", json!({"status": "completed", "content": text("done")})));
    assert_eq!(rig.output("c"), "done");
    assert_eq!(rig.call("c").changes.unwrap().len(), 1);
    assert_eq!(rig.patches("c").iter().filter(|patch| patch.changes.is_some()).count(), 1);
}

#[test]
fn p13_arguments_that_grow_are_told_once() {
    let mut rig = Rig::open();
    rig.update(&call("c", json!({"sessionUpdate": "tool_call", "kind": "execute", "status": "pending", "title": "Terminal", "rawInput": {}})));
    rig.update(&call("c", json!({"rawInput": {"command": "rm -rf /w"}})));
    rig.update(&call("c", json!({"rawInput": {"command": "rm -rf /w/build", "description": "Clean"}})));
    assert!(
        rig.patches("c").iter().all(|patch| patch.args.is_none() && patch.command.is_none()),
        "half a command is none"
    );
    rig.update(&json!({"sessionUpdate": "usage_update", "used": 5, "size": 9}));
    let patches = rig.patches("c");
    assert_eq!(patches.len(), 2);
    assert_eq!(patches[1].command.as_ref().unwrap().inline(), Some("rm -rf /w/build"));
    assert_eq!(
        patches[1].args.as_ref().unwrap().inline(),
        Some(r#"{"command":"rm -rf /w/build","description":"Clean"}"#)
    );
}

#[test]
fn p13_held_arguments_are_told_where_the_call_is_asked_about_runs_or_is_left() {
    let pending = call("c", json!({"status": "pending", "rawInput": {"command": "ls"}}));
    let told = |rig: &Rig| rig.call("c").command.and_then(|text| text.inline().map(str::to_owned));
    let mut rig = Rig::open();
    rig.update(&pending).asks(&json!(0), &json!({"toolCallId": "c"}), &options());
    assert_eq!(told(&rig).as_deref(), Some("ls"));
    assert_eq!(rig.ask().payload, Completeness::Whole);
    let mut rig = Rig::open();
    rig.update(&pending).update(&call("c", json!({"status": "in_progress"})));
    assert_eq!(told(&rig).as_deref(), Some("ls"));
    let mut rig = Rig::open();
    rig.update(&pending).gone();
    assert_eq!(told(&rig).as_deref(), Some("ls"));
    let mut rig = Rig::open();
    rig.update(&pending).update(&call("d", json!({"title": "another"})));
    assert_eq!(told(&rig).as_deref(), Some("ls"));
}

#[test]
fn p13_nothing_is_held_back_while_somebody_may_be_answering() {
    let mut rig = Rig::open();
    rig.asks(&json!(0), &json!({"toolCallId": "c", "status": "pending", "rawInput": {"command": "ls"}}), &options());
    rig.update(&call("c", json!({"rawInput": {"command": "rm -rf /w"}})));
    assert_eq!(rig.call("c").command.unwrap().inline(), Some("rm -rf /w"));
}

#[test]
fn p15_terminals_of_the_agents_own_are_told_in_updates() {
    let mut rig = Rig::open();
    let terminal = json!([{"type": "terminal", "terminalId": "c"}]);
    rig.update(&call("c", json!({"kind": "execute", "status": "in_progress", "content": terminal,
        "rawInput": {"command": "make", "cwd": "/w/sub"}, "_meta": {"terminal_info": {"cwd": "/w/sub", "terminal_id": "c"}}})));
    for (key, data) in [("terminal_output_delta", "one\n"), ("terminal_output", "two\n")] {
        let mut meta = json!({});
        meta[key] = json!({"data": data, "terminal_id": "c"});
        rig.update(&call("c", json!({"_meta": meta})));
    }
    rig.update(&call(
        "c",
        json!({"status": "completed", "content": terminal, "rawOutput": "one\ntwo\n",
        "_meta": {"terminal_exit": {"exit_code": 2, "signal": null}}}),
    ));
    assert_eq!(rig.output("c"), "one\ntwo\n");
    let call = rig.call("c");
    assert_eq!((call.exit, call.cwd.as_deref()), (Some(2), Some("/w/sub")));
}

#[test]
fn p12_p16_raw_output_speaks_where_content_does_not() {
    let mut rig = Rig::open();
    rig.update(&call("c", json!({"status": "failed", "rawOutput": {"content": "Denied by user", "exit_code": 1}})));
    assert_eq!(rig.output("c"), "Denied by user");
    assert_eq!(rig.call("c").exit, Some(1));
    let mut rig = Rig::open();
    rig.update(&call("c", json!({"status": "completed", "content": [], "title": "ls"})));
    assert_eq!(rig.output("c"), "");
}

#[test]
fn a_command_only_in_the_title_is_a_title() {
    let mut rig = Rig::open_as("gemini-cli");
    rig.asks(
        &json!(0),
        &json!({"toolCallId": "c", "kind": "execute", "title": "make test", "status": "pending"}),
        &options(),
    );
    assert_eq!(rig.call("c").command.unwrap().inline(), Some("make test"));
    assert_eq!(rig.ask().payload, Completeness::TitleOnly);
    let mut rig = Rig::open();
    rig.asks(&json!(0), &json!({"toolCallId": "c", "kind": "execute", "title": "make tes…"}), &options());
    assert_eq!(rig.call("c").command, None);
}

#[test]
fn a_question_that_says_something_else_is_what_is_asked() {
    let mut rig = Rig::open();
    rig.update(&call(
        "c",
        json!({"kind": "execute", "status": "in_progress", "title": "list the files", "rawInput": {"command": "ls"}}),
    ));
    rig.asks(&json!(0), &json!({"toolCallId": "c", "title": "rm", "rawInput": {"cmd": "rm -rf /w"}}), &options());
    assert_eq!(rig.call("c").command.unwrap().inline(), Some("rm -rf /w"));
    let mut rig = Rig::open();
    rig.update(&call("c", json!({"kind": "execute", "status": "in_progress", "title": "list the files"})));
    rig.asks(&json!(0), &json!({"toolCallId": "c", "title": "rm -rf /w"}), &options());
    assert_eq!(rig.call("c").command.unwrap().inline(), Some("rm -rf /w"), "where words are all there is");
}

#[test]
fn what_is_evident_outranks_a_kind_that_only_looks() {
    let mut rig = Rig::open();
    rig.update(&call("c", json!({"kind": "read", "status": "in_progress", "rawInput": {"command": "cat a > b"}})));
    assert_eq!(rig.call("c").impact, Some(Impact::Execute));
    rig.update(&call("d", json!({"kind": "search", "status": "in_progress", "rawInput": {"pattern": "x"}})));
    assert_eq!(rig.call("d").impact, Some(Impact::Read));
}

#[test]
fn p17_a_repeat_is_nothing_and_a_late_title_is_told() {
    let mut rig = Rig::open();
    let same = call(
        "c",
        json!({"title": "t", "kind": "execute", "status": "in_progress", "rawInput": {"command": "ls"},
        "locations": [{"path": "/w"}], "content": text("tick 1\n")}),
    );
    rig.update(&same).update(&same).update(&same);
    assert_eq!(rig.facts.len(), 2, "{:?}", rig.facts);
    rig.update(&call("c", json!({"status": "completed"}))).update(&call("c", json!({"title": "A better one"})));
    assert_eq!(rig.call("c").title.unwrap().inline(), Some("A better one"));
}

#[test]
fn p4_output_that_is_sent_whole_each_time_costs_its_growth() {
    let mut rig = Rig::open();
    let mut whole = String::new();
    for n in 0..300 {
        whole.extend(["row ", &n.to_string(), "\n"]);
        rig.update(&call("c", json!({"status": "in_progress", "content": text(&whole)})));
    }
    assert_eq!(rig.output("c"), whole);
    let told: u64 = rig
        .events()
        .map(|event| match event {
            Event::CallOutput { part: OutputPart::Append(text), .. } => text.bytes(),
            Event::CallOutput { part: OutputPart::Replace(_), .. } => panic!("replaced"),
            _ => 0,
        })
        .sum();
    assert_eq!(told, whole.len() as u64);
}
