//! Questions and other requests: points 2, 3, 8, 18, 20, 22, 34.

use super::*;
use crate::domain::{CallStatus, Completeness, Decision, Given, Offer, OfferKind, Topic};

fn stub(id: &str) -> Value {
    json!({"toolCallId": id, "title": id})
}

#[test]
fn p2_ids_are_echoed_as_they_came() {
    for id in [json!(0), json!(17), json!("c27d-8c7b"), json!("0")] {
        let mut rig = Rig::open();
        rig.asks(&id, &stub("c"), &options());
        let native = rig.ask().native.clone();
        assert_eq!(native, id.to_string());
        rig.tells(Tell::Answer(native, Decision::Allow { offer: "once".to_owned() }));
        let outcome = json!({"outcome": {"outcome": "selected", "optionId": "once"}});
        assert_eq!(rig.lines, [json!({"jsonrpc": "2.0", "id": id, "result": outcome})]);
    }
}

#[test]
fn p18_offers_are_kept_by_id_in_the_agents_order_and_words() {
    let mut rig = Rig::open();
    let two = json!([{"optionId": "p", "name": "Always here", "kind": "allow_always"},
        {"optionId": "u", "name": "Always", "kind": "allow_always"},
        {"optionId": "r", "kind": "ask_my_mother"}, {"name": "no id"}]);
    rig.asks(&json!(0), &stub("c"), &two);
    let offer = |id: &str, name: &str, kind| Offer { id: id.to_owned(), name: name.to_owned(), kind };
    let wanted = [
        offer("p", "Always here", OfferKind::AllowAlways),
        offer("u", "Always", OfferKind::AllowAlways),
        offer("r", "r", OfferKind::Unknown),
    ];
    assert_eq!(rig.ask().offers, wanted);
}

#[test]
fn p20_several_questions_are_open_at_once_and_a_cancel_answers_all() {
    let mut rig = Rig::open();
    rig.tells(prompt("go"));
    rig.asks(&json!(0), &stub("a"), &options()).asks(&json!(1), &stub("b"), &options()).asks(
        &json!("x"),
        &stub("c"),
        &options(),
    );
    rig.tells(Tell::Answer("1".to_owned(), Decision::Allow { offer: "once".to_owned() }));
    rig.forget();
    rig.tells(Tell::Interrupt);
    let cancelled = json!({"outcome": {"outcome": "cancelled"}});
    assert_eq!(
        rig.lines,
        [
            json!({"jsonrpc": "2.0", "method": "session/cancel", "params": {"sessionId": "s"}}),
            json!({"jsonrpc": "2.0", "id": 0, "result": cancelled}),
            json!({"jsonrpc": "2.0", "id": "x", "result": cancelled}),
        ]
    );
    rig.forget();
    rig.tells(Tell::Answer("0".to_owned(), Decision::Allow { offer: "once".to_owned() }));
    assert_eq!((rig.lines.len(), rig.notes().len()), (0, 1), "settled: nothing is sent, and that is said");
}

#[test]
fn p23_a_question_after_the_interrupt_is_answered_cancelled() {
    let mut rig = Rig::open();
    rig.tells(prompt("go")).tells(Tell::Interrupt).forget();
    rig.asks(&json!(4), &stub("c"), &options());
    assert_eq!(rig.lines[0]["result"], json!({"outcome": {"outcome": "cancelled"}}));
    assert!(!rig.facts.iter().any(|fact| matches!(fact, Fact::Ask(_))));
    assert_eq!((rig.patches("c").len(), rig.notes().len()), (1, 1));
}

#[test]
fn a_question_is_taken_back() {
    let mut rig = Rig::open();
    rig.asks(&json!(0), &stub("c"), &options()).forget();
    let gone = json!({"method": "$/cancel_request", "params": {"requestId": 0}});
    rig.hears(&gone);
    assert_eq!(rig.facts, [Fact::AskGone("0".to_owned())]);
    rig.forget();
    rig.hears(&gone);
    assert_eq!((rig.facts.len(), rig.lines.len()), (0, 0), "once");
}

#[test]
fn a_question_that_the_turn_leaves_behind_is_gone() {
    let mut rig = Rig::open();
    rig.tells(prompt("go"));
    let turn = rig.last_request()["id"].clone();
    rig.asks(&json!(9), &stub("c"), &options());
    rig.hears(&json!({"id": turn, "result": {"stopReason": "end_turn"}}));
    assert!(rig.facts.contains(&Fact::AskGone("9".to_owned())));
    assert_eq!(rig.lines.last().unwrap()["result"]["outcome"]["outcome"], "cancelled");
}

#[test]
fn a_question_about_no_call_is_still_a_question() {
    let mut rig = Rig::open();
    rig.hears(&json!({"id": 3, "method": "session/request_permission", "params": {}}));
    assert_eq!(rig.ask().call.0, "question 3");
    assert_eq!(rig.ask().offers, []);
    rig.tells(Tell::Answer("3".to_owned(), Decision::Deny { offer: None, reason: None, interrupt: false }));
    assert_eq!(rig.lines[0]["result"]["outcome"]["outcome"], "cancelled");
}

#[test]
fn p3_p34_what_is_not_offered_is_refused_and_said() {
    let mut rig = Rig::open();
    let methods = ["fs/read_text_file", "fs/write_text_file", "terminal/create", "craft/drainMidTurnQueue", "_x/y"];
    for (n, method) in methods.iter().enumerate() {
        rig.hears(&json!({"id": n, "method": method, "params": {"path": "/w/a"}}));
        assert_eq!((&rig.lines[n]["id"], &rig.lines[n]["error"]["code"]), (&json!(n), &json!(-32601)));
    }
    assert_eq!(rig.notes().len(), methods.len());
}

#[test]
fn p22_a_form_is_asked_as_questions_and_filled_in() {
    let form = json!({"mode": "form", "sessionId": "s", "message": "Which greeting?", "requestedSchema": {
        "type": "object", "properties": {
            "q": {"type": "string", "title": "Greeting", "oneOf": [{"const": "Hello", "title": "Hello"}]},
            "q_custom": {"type": "string"}}}});
    let asks = |rig: &mut Rig, form: &Value| {
        rig.hears(&json!({"id": 0, "method": "elicitation/create", "params": form}));
        let ask = rig.facts.iter().rev().find_map(|fact| match fact {
            Fact::Ask(ask) => Some(ask.clone()),
            _ => None,
        });
        ask.unwrap()
    };
    let mut rig = Rig::open();
    rig.tells(prompt("go"));
    let ask = asks(&mut rig, &form);
    let Topic::Questions(questions) = &ask.how.topic else { panic!("{ask:?}") };
    assert_eq!((questions.len(), questions[0].free, ask.payload), (1, true, Completeness::Whole));
    let given = |answer: &str| Decision::Reply {
        given: vec![Given { question: "q".to_owned(), answers: vec![answer.to_owned()] }],
    };
    rig.tells(Tell::Answer("0".to_owned(), given("Hello")));
    assert_eq!(rig.lines.last().unwrap()["result"], json!({"action": "accept", "content": {"q": "Hello"}}));
    let ended = rig.events().any(|event| {
        matches!(event, Event::Called { call, patch } if *call == ask.call && patch.status == Some(CallStatus::Done))
    });
    assert!(ended, "a call that was made for the form ends with it");
    // Words of one's own, a denial, an interrupt.
    let ask = asks(&mut rig, &form);
    assert_eq!(ask.offers.iter().map(|offer| offer.kind).collect::<Vec<_>>(), [OfferKind::RejectOnce]);
    rig.tells(Tell::Answer("0".to_owned(), given("Hey")));
    assert_eq!(rig.lines.last().unwrap()["result"]["content"], json!({"q_custom": "Hey"}));
    asks(&mut rig, &form);
    let no = Decision::Deny { offer: Some("decline".to_owned()), reason: None, interrupt: false };
    rig.tells(Tell::Answer("0".to_owned(), no));
    assert_eq!(rig.lines.last().unwrap()["result"], json!({"action": "decline"}));
    // Nothing to fill in: a yes or a no.
    let ask = asks(&mut rig, &json!({"mode": "form", "message": "Sure?"}));
    assert!(ask.how.topic.is_call());
    rig.tells(Tell::Answer("0".to_owned(), Decision::Allow { offer: "accept".to_owned() }));
    assert_eq!(rig.lines.last().unwrap()["result"], json!({"action": "accept", "content": {}}));
    // An address is nothing that a terminal could show.
    rig.hears(&json!({"id": 7, "method": "elicitation/create", "params": {"mode": "url", "message": "Log in"}}));
    assert_eq!(rig.lines.last().unwrap()["result"], json!({"action": "decline"}));
    assert!(rig.notes().last().unwrap().1.contains("Log in"));
}

#[test]
fn a_plan_is_asked_as_a_plan() {
    let mut rig = Rig::open();
    rig.tells(prompt("go"));
    let call = json!({"toolCallId": "p", "kind": "switch_mode", "title": "Ready?", "rawInput": {"plan": "1. look"}});
    let options = json!([{"optionId": "yes", "kind": "allow_once", "name": "Yes"}]);
    let params = json!({"sessionId": "s", "toolCall": call, "options": options});
    rig.hears(&json!({"id": 0, "method": "session/request_permission", "params": params}));
    let plan = rig.facts.iter().find_map(|fact| match fact {
        Fact::Ask(ask) => Some(ask.how.topic.clone()),
        _ => None,
    });
    assert_eq!(plan, Some(Topic::Plan("1. look".into())));
}
