//! Turns: points 19, 23, 24, 29, 33.

use super::*;
use crate::domain::{Stop, Tokens};

fn over(rig: &Rig) -> (Stop, Option<Tokens>) {
    let of = |fact: &Fact| if let Fact::TurnOver(stop, tokens) = fact { Some((stop.clone(), *tokens)) } else { None };
    let all: Vec<_> = rig.facts.iter().filter_map(of).collect();
    assert_eq!(all.len(), 1, "{:?}", rig.facts);
    all[0].clone()
}

#[test]
fn every_reason_has_its_name() {
    let reasons = [
        (json!({"stopReason": "end_turn"}), Stop::EndTurn),
        (json!({"stopReason": "cancelled"}), Stop::Cancelled),
        (json!({"stopReason": "max_tokens"}), Stop::MaxTokens),
        (json!({"stopReason": "max_turn_requests"}), Stop::MaxRequests),
        (json!({"stopReason": "refusal"}), Stop::Refusal),
        (json!({"stopReason": "bored"}), Stop::Other("bored".to_owned())),
        (json!(null), Stop::Other("no reason was given".to_owned())),
    ];
    for (result, stop) in reasons {
        let mut rig = Rig::open();
        rig.tells(prompt("go")).answers(&result);
        assert_eq!(over(&rig).0, stop);
    }
    let mut rig = Rig::open();
    rig.tells(prompt("go")).refuses(&json!({"code": -32603, "message": "A turn is already running"}));
    assert_eq!(over(&rig).0, Stop::Error(-32603, "A turn is already running".to_owned()));
}

#[test]
fn p23_after_our_cancel_an_end_is_a_cancel() {
    for result in [json!({"stopReason": "end_turn"}), json!({"stopReason": "cancelled"}), json!({})] {
        let mut rig = Rig::open();
        rig.tells(prompt("go")).tells(Tell::Interrupt).answers(&result);
        assert_eq!(over(&rig).0, Stop::Cancelled);
    }
    let mut rig = Rig::open();
    rig.tells(prompt("go")).tells(Tell::Interrupt).refuses(&json!({"code": -32603, "message": "aborted"}));
    assert_eq!(over(&rig).0, Stop::Cancelled);
    assert!(rig.notes()[0].1.contains("aborted"));
    let mut rig = Rig::open();
    rig.tells(prompt("go")).tells(Tell::Interrupt).answers(&json!({"stopReason": "max_tokens"}));
    assert_eq!(over(&rig).0, Stop::MaxTokens);
    rig.forget();
    rig.tells(prompt("on")).answers(&json!({"stopReason": "end_turn"}));
    assert_eq!(over(&rig).0, Stop::EndTurn, "the next turn is not the cancelled one");
}

#[test]
fn p23_updates_after_the_result_are_kept_and_open_no_turn() {
    let mut rig = Rig::open();
    rig.tells(prompt("go")).answers(&json!({"stopReason": "end_turn"})).forget();
    rig.update(&json!({"sessionUpdate": "tool_call_update", "toolCallId": "c", "_meta": {"terminal_output_delta": {"data": "tick 6\n"}}}));
    rig.update(&json!({"sessionUpdate": "usage_update", "used": 7, "size": 9}));
    assert_eq!(rig.output("c"), "tick 6\n");
    rig.gone();
    assert!(!rig.facts.iter().any(|fact| matches!(fact, Fact::TurnOver(..))), "no turn runs");
}

#[test]
fn p24_one_prompt_at_a_time_and_none_before_the_session() {
    let mut rig = Rig::open();
    rig.tells(prompt("one"));
    let lines = rig.lines.len();
    rig.tells(prompt("two"));
    assert_eq!((rig.lines.len(), rig.notes().len()), (lines, 1));
    let mut rig = Rig::new();
    rig.tells(prompt("too early"));
    assert_eq!(rig.lines.len(), 0);
    assert!(matches!(over(&rig).0, Stop::Error(..)));
}

#[test]
fn p29_tokens_of_the_turn_or_of_the_session() {
    let result = json!({"stopReason": "end_turn", "usage": {"inputTokens": 9, "outputTokens": 1}});
    for (name, cumulative) in [("Copilot", true), ("@agentclientprotocol/codex-acp", false)] {
        let mut rig = Rig::open_as(name);
        rig.tells(prompt("go")).answers(&result);
        let tokens = over(&rig).1.unwrap();
        assert_eq!((tokens.input, tokens.cumulative), (Some(9), cumulative));
    }
}

#[test]
fn the_end_of_the_agent_ends_the_turn() {
    let mut rig = Rig::open();
    rig.tells(prompt("go")).update(&json!({"sessionUpdate": "tool_call", "toolCallId": "c", "title": "t"})).gone();
    assert_eq!(over(&rig).0, Stop::Lost);
    assert_eq!(rig.call("c").status, Some(crate::domain::CallStatus::Abandoned));
    rig.forget();
    rig.tells(prompt("again")).tells(Tell::Interrupt);
    assert_eq!(rig.lines.len(), 0, "nobody is there");
}

#[test]
fn p33_our_own_prompt_is_not_shown_twice() {
    let said = |text: &str| json!({"sessionUpdate": "user_message_chunk", "content": {"type": "text", "text": text}});
    let mut rig = Rig::open();
    rig.tells(prompt("fix the typo, please")).update(&said("fix the typo,")).update(&said(" please\n"));
    assert_eq!(rig.facts, []);
    rig.update(&said("[Function Response: read_file]"));
    assert_eq!(rig.facts.len(), 1, "what is no echo is shown");
    rig.update(&said("fix the typo, please"));
    assert_eq!(rig.facts.len(), 2, "and a prompt echoes once");
}
