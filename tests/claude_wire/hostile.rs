//! Any bytes, in any order: nothing panics, nothing is dropped in silence, no question is answered by accident.

use crate::play::{all, log, open};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::HashMap;
use taut::agent::claude::Claude;
use taut::agent::{Fact, Opening, Protocol, Tell};
use taut::domain::{Decision, Event, Given, Text};

/// All lines of all logs that the agent said.
fn lines() -> Vec<String> {
    all().iter().flat_map(|name| log(name)).filter(|line| line.heard).map(|line| line.text).collect()
}

/// A line with a piece of it cut out, doubled, or written over.
fn mutated(line: &str, at: usize, len: usize, with: &str) -> Vec<u8> {
    let bytes = line.as_bytes();
    let at = at % (bytes.len() + 1);
    let end = (at + len).min(bytes.len());
    [&bytes[..at], with.as_bytes(), &bytes[end..]].concat()
}

/// The call, the tool and the id of a question about a call.
fn asked_by(heard: &Value) -> Option<(Value, Value, Value)> {
    let request = &heard["request"];
    let field = |name: &str| request[name].clone();
    (request["subtype"] == "can_use_tool")
        .then(|| (field("tool_use_id"), field("tool_name"), heard["request_id"].clone()))
}

fn decisions() -> impl Strategy<Value = Decision> {
    prop_oneof![
        Just(Decision::Allow { offer: "allow".to_owned() }),
        Just(Decision::Allow { offer: "suggestion-0".to_owned() }),
        Just(Decision::Deny { offer: None, reason: Some("no".to_owned()), interrupt: true }),
        ".{0,30}".prop_map(|args| Decision::Edit { offer: None, args: Text::from(args), reason: None }),
        Just(Decision::Reply { given: vec![Given { question: "?".to_owned(), answers: vec![] }] }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn mutated_lines_in_any_order_never_panic(
        picks in prop::collection::vec((any::<prop::sample::Index>(), any::<usize>(), 0usize..40, "[\\PC]{0,6}|[{}\\[\\]\",:]{0,3}|null|-1|1e400"), 1..40),
        told in prop::collection::vec(decisions(), 0..6),
    ) {
        let lines = lines();
        let mut codec = Claude::new();
        codec.open(Opening::default());
        let mut answered = 0;
        // What was let run by an answer of ours: its call, its tool, and what runs.
        let mut asked = HashMap::new();
        let mut allowed = Vec::new();
        let mut told = told.into_iter();
        for (n, (pick, at, len, with)) in picks.iter().enumerate() {
            let line = &lines[pick.index(lines.len())];
            let bytes = if n % 3 == 0 { line.clone().into_bytes() } else { mutated(line, *at, *len, with) };
            let heard: Value = serde_json::from_slice(&bytes).unwrap_or_default();
            let question = |id: &Value| asked_by(&heard).filter(|_| heard["request_id"] == *id);
            let turnout = codec.hear(&bytes);
            for line in &turnout.lines {
                prop_assert!(!line.contains('\n'));
                let sent: Value = serde_json::from_str(line).unwrap();
                // Only a human or a rule lets a call run: what it says by itself asks, or leaves it to its own rules.
                let answer = &sent["response"]["response"];
                if answer["behavior"] == "allow" {
                    let about = question(&sent["response"]["request_id"]).map(|(call, tool, _)| (call, tool, answer.clone()));
                    prop_assert!(about.is_some_and(|about| allowed.contains(&about)), "{line}");
                }
                prop_assert_ne!(&sent["response"]["response"]["hookSpecificOutput"]["permissionDecision"], "allow");
            }
            if let Some((call, tool, id)) = asked_by(&heard) {
                asked.insert(id.to_string(), (call, tool));
            }
            for fact in &turnout.facts {
                if let Fact::Ask(ask) | Fact::HeldBack(ask) = fact
                    && let Some(decision) = told.next()
                {
                    let is_call = ask.how.topic.is_call();
                    let is_reply = matches!(decision, Decision::Reply { .. });
                    let turnout = codec.tell(Tell::Answer(ask.native.clone(), decision));
                    for line in &turnout.lines {
                        let sent: Value = serde_json::from_str(line).unwrap();
                        let answer = &sent["response"]["response"];
                        if answer["behavior"] == "allow" {
                            prop_assert!(!(is_call && is_reply), "{line}");
                            let Some((call, tool)) = asked.get(&sent["response"]["request_id"].to_string()) else { continue };
                            allowed.push((Value::clone(call), Value::clone(tool), answer.clone()));
                        }
                    }
                    answered += turnout.lines.len();
                }
            }
            if n % 11 == 5 {
                codec.tell(Tell::Interrupt);
                codec.tell(Tell::Prompt("again".to_owned()));
            }
        }
        prop_assert!(answered < 1000);
        codec.gone();
    }

    #[test]
    fn any_bytes_are_told_of(bytes in prop::collection::vec(any::<u8>(), 1..60)) {
        let mut codec = Claude::new();
        codec.open(Opening::default());
        let turnout = codec.hear(&bytes);
        let blank = String::from_utf8_lossy(&bytes).trim().is_empty();
        prop_assert!(blank || !turnout.facts.is_empty(), "{:?}", String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn a_half_line_is_shown(pick in any::<prop::sample::Index>(), at in any::<prop::sample::Index>()) {
        let lines = lines();
        let line = &lines[pick.index(lines.len())];
        let half = &line.as_bytes()[..=at.index(line.len() - 1)];
        let mut codec = Claude::new();
        codec.open(Opening::default());
        let facts = codec.hear(half).facts;
        let told = |fact: &Fact| matches!(fact, Fact::Event(_, Event::Unrecognised { .. } | Event::Noted { .. }));
        prop_assert!(half.len() == line.len() || facts.iter().any(told), "{}", String::from_utf8_lossy(half));
    }
}

/// The log of a session whose agent leaves at any line: every call is closed, and the turn is over.
#[test]
fn an_agent_that_leaves_at_any_line_leaves_nothing_open() {
    for name in all() {
        let lines = log(&name);
        for end in (1..lines.len()).step_by(7) {
            let mut played = open(&lines);
            played.go(&lines[..end]);
            played.gone();
            let prompts = lines[..end].iter().filter(|line| !line.heard && line.msg["type"] == "user").count();
            assert!(played.stops().len() <= prompts.max(3) + 1, "{name} {end}");
            let mut status = HashMap::new();
            for event in played.events() {
                if let Event::Called { call, patch } = event {
                    let known = status.entry(call.clone()).or_insert(patch.status);
                    *known = patch.status.or(*known);
                }
            }
            assert!(
                status.values().all(|it| it.is_some_and(taut::domain::CallStatus::is_final)),
                "{name} {end}: {status:?}"
            );
        }
    }
}

#[test]
fn what_is_as_big_as_a_book_and_as_deep_as_a_well_is_taken() {
    let mut codec = Claude::new();
    codec.open(Opening::default());
    let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    let facts = codec.hear(format!(r#"{{"type":"assistant","x":{deep}}}"#).as_bytes()).facts;
    assert!(matches!(facts[..], [Fact::Event(_, Event::Unrecognised { .. })]));
    let big = "a".repeat(20 << 20);
    let request = serde_json::json!({"type": "control_request", "request_id": "big", "request": {
        "subtype": "can_use_tool", "tool_name": "Write", "tool_use_id": "c", "input": {"file_path": "/w/a", "content": big}}});
    let facts = codec.hear(request.to_string().as_bytes()).facts;
    assert!(facts.iter().any(|fact| matches!(fact, Fact::Ask(_))));
}
