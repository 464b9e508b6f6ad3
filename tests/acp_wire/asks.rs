//! Points 18 to 22: questions, their offers, several at once, what an *always* means, elicitation.

use crate::came::inline;
use crate::play::{Played, log, open, play};
use serde_json::{Value, json};
use taut::agent::{Ask, Tell};
use taut::domain::{Event, OfferKind, Speaker, Stop, Topic};

fn offers(ask: &Ask) -> Vec<(&str, OfferKind)> {
    ask.offers.iter().map(|o| (o.id.as_str(), o.kind)).collect()
}

#[test]
fn p18_offers_keep_their_ids_names_and_order() {
    use OfferKind::{AllowAlways, AllowOnce, RejectOnce};
    let gemini = play("gemini-cli/edit");
    let first = gemini.asks()[0];
    assert_eq!(offers(first), [("proceed_always", AllowAlways), ("proceed_once", AllowOnce), ("cancel", RejectOnce)]);
    assert_eq!(first.offers[0].name, "Allow for this session");

    // Two of one kind.
    let qwen = play("qwen-code/edit");
    let shell = qwen.asks()[1];
    let always: Vec<_> = shell.offers.iter().filter(|o| o.kind == AllowAlways).collect();
    assert_eq!(
        always.iter().map(|o| o.id.as_str()).collect::<Vec<_>>(),
        ["proceed_always_project", "proceed_always_user"]
    );
    assert_ne!(always[0].name, always[1].name);

    let vibe = play("mistral-vibe/edit");
    assert_eq!(
        offers(vibe.asks()[0]),
        [
            ("allow_once", AllowOnce),
            ("allow_always", AllowAlways),
            ("allow_always_permanent", AllowAlways),
            ("reject_once", RejectOnce)
        ]
    );

    // No always at all for a shell line without a rule.
    let claude = play("claude-agent-acp/edit");
    assert_eq!(offers(claude.asks()[1]), [("allow-once", AllowOnce), ("reject", RejectOnce)]);

    // What is answered is the id, with the question's own id.
    let answer = gemini.answers(&json!(0))[0];
    assert_eq!(answer["result"]["outcome"], json!({"outcome": "selected", "optionId": "proceed_once"}));
}

#[test]
fn p19_a_refusal_has_three_meanings() {
    let claude = play("claude-agent-acp/reject");
    assert_eq!(claude.stops(), [&Stop::EndTurn]);
    assert!(claude.said(Speaker::Agent).contains("I leave `src/greet.py` as it was"), "the model heard it and went on");
    let codex = play("codex-acp/reject");
    assert_eq!(codex.stops(), [&Stop::Cancelled]);
    let copilot = play("copilot/reject");
    assert_eq!(copilot.stops(), [&Stop::EndTurn]);
    assert!(copilot.said(Speaker::Agent).ends_with("Info: Operation cancelled by user"));
}

#[test]
fn p20_questions_may_be_open_side_by_side_and_a_cancel_answers_them_all() {
    for name in ["codex-acp/two_open_cancel", "copilot/two_open_cancel"] {
        let played = play(name);
        let asks = played.asks();
        assert_eq!(asks.len(), 2, "{name}");
        assert_ne!(asks[0].call, asks[1].call);
        assert_eq!(played.sent("session/cancel").len(), 1);
        for ask in asks {
            let id: Value = serde_json::from_str(&ask.native).unwrap();
            let answers = played.answers(&id);
            assert_eq!(answers.len(), 1, "{name}");
            assert_eq!(answers[0]["result"]["outcome"], json!({"outcome": "cancelled"}));
        }
        assert_eq!(played.stops(), [&Stop::Cancelled], "{name}");
    }
    // One answered, one open: each answer carries its own question's id. codex asked the second before the first was answered.
    let lines = log("codex-acp/slow_human");
    let ask = |l: &crate::play::Line| l.heard && l.method() == Some("session/request_permission");
    let at: Vec<_> = (0..lines.len()).filter(|&n| ask(&lines[n])).collect();
    assert!(lines[at[0]..at[1]].iter().all(|l| l.heard), "two are open");
    let slow = play("codex-acp/slow_human");
    assert_eq!(slow.asks().len(), at.len());
    for ask in slow.asks() {
        assert_eq!(slow.answers(&serde_json::from_str(&ask.native).unwrap()).len(), 1);
    }
    // What codex takes back after a cancel (`$/cancel_request`) is no new trouble.
    assert!(log("codex-acp/two_open_cancel").iter().any(|l| l.method() == Some("$/cancel_request")));
    assert!(play("codex-acp/two_open_cancel").unrecognised().is_empty());
    // An answer to what is no longer open is not sent.
    let mut late = play("codex-acp/two_open_cancel");
    let before = late.lines().count();
    late.tell(Tell::Answer("0".to_owned(), taut::domain::Decision::Allow { offer: "allow_once".to_owned() }));
    assert_eq!(late.lines().count(), before);
}

#[test]
fn p21_always_means_something_else_in_each_agent() {
    let commands = |played: &Played| {
        let all = played.calls().into_iter().filter_map(|id| Some((inline(&played.call(&id).command?).to_owned(), id)));
        all.collect::<Vec<_>>()
    };
    // claude: after "allow all edits" a removal runs unasked, and no mode changes: nothing on the wire says so but its absence.
    let claude = play("claude-agent-acp/always");
    let asked_to_remove = |played: &Played| {
        let (_, removal) = commands(played).into_iter().find(|(c, _)| c.starts_with("rm -rf build")).unwrap();
        played.asks().iter().any(|a| a.call == removal)
    };
    assert!(!asked_to_remove(&claude));
    assert!(!claude.events().any(|e| matches!(e, Event::ModeChanged { .. })));
    // goose: after an always for `cat` any command runs. The others go on asking.
    assert!(!asked_to_remove(&play("goose/always")));
    for name in ["codex-acp/always", "copilot/always", "gemini-cli/always", "qwen-code/always"] {
        assert!(asked_to_remove(&play(name)), "{name}");
    }
    // The offers' own names say what they cover: they are told as they are.
    let name = |played: &Played| {
        played.asks()[0].offers.iter().find(|o| o.kind == OfferKind::AllowAlways).unwrap().name.clone()
    };
    assert_eq!(name(&claude), "Yes, allow all edits during this session");
    assert_eq!(name(&play("codex-acp/always")), "Yes, and don't ask again for these files");
}

#[test]
fn p22_a_form_is_asked_as_questions_and_answered_once() {
    let lines = log("claude-agent-acp/ask");
    let asked = lines.iter().find(|l| l.heard && l.method() == Some("elicitation/create")).unwrap();
    let mut claude = open(&lines);
    claude.go(&lines);
    let asks = claude.asks();
    let [ask] = asks.as_slice() else { panic!("{asks:?}") };
    let Topic::Questions(questions) = &ask.how.topic else { panic!("{ask:?}") };
    assert!(!questions.is_empty() && questions.iter().all(|question| !question.text.is_empty()), "{questions:?}");
    let answers = claude.answers(&asked.msg.as_ref().unwrap()["id"]);
    assert_eq!(answers.len(), 1, "an agent that asks is not left waiting");
    // Nobody chose: the turn's end is all that there is of an answer.
    assert_eq!(answers[0]["result"]["action"], "cancel", "{}", answers[0]);
    assert_eq!(claude.stops(), [&Stop::EndTurn]);
}
