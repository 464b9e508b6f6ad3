//! Questions and plans: answered, accepted, sent back.

use crate::work::{Work, ask, asked, by, edited};
use taut::domain::{Asking, CallPatch, Carrier, Choice, Closing, Decision, Event, Given, Question, Topic};
use taut::ui::{Msg, Press};

fn questions(all: Vec<Question>) -> Work {
    let args = serde_json::json!({"questions": all}).to_string();
    let patch = CallPatch { tool: Some("AskUserQuestion".into()), args: Some(args.into()), ..CallPatch::default() };
    asked(patch, Asking { topic: Topic::Questions(all), ..by(Carrier::Agent, Carrier::Hub) })
}

fn question(id: &str, labels: &[&str]) -> Question {
    let choice = |label: &&str| Choice { label: (*label).into(), about: format!("what {label} means") };
    Question {
        id: id.into(),
        header: id.to_uppercase(),
        text: format!("Which {id} shall it be?"),
        choices: labels.iter().map(choice).collect(),
        ..Question::default()
    }
}

#[test]
fn questions_are_answered_by_number_arrow_and_words() {
    let mut at = questions(vec![
        question("store", &["SQLite", "Postgres"]),
        Question { many: true, free: true, ..question("extras", &["tests", "docs", "bench"]) },
        Question { secret: true, ..question("password", &[]) },
    ]);
    at.shows("Which store shall it be?").check("questions");
    at.press("a").check("reply");
    at.press("2 enter");
    at.press("1 3 down").shows("own words").types("and a README").check("reply-many");
    at.press("enter").types("hunter2");
    let text = at.frames();
    assert!(!text.contains("hunter2") && text.contains("•••••••"), "{text}");
    at.shows("STORE: Postgres").check("reply-last");
    assert_eq!(at.decisions(), []);
    at.press("enter");
    let given = |question: &str, answers: &[&str]| Given {
        question: question.into(),
        answers: answers.iter().map(|&answer| answer.into()).collect(),
    };
    let want = vec![
        given("store", &["Postgres"]),
        given("extras", &["tests", "bench", "and a README"]),
        given("password", &["hunter2"]),
    ];
    assert_eq!(at.decisions(), [Decision::Reply { given: want }]);
}

#[test]
fn a_question_is_not_answered_by_accident() {
    let one = || questions(vec![question("store", &["SQLite", "Postgres"])]);
    let mut at = one();
    at.press("a").press("enter");
    assert_eq!(at.decisions(), [], "the first key takes the choice");
    at.tell(Msg::Pasted("1\n".into()));
    at.wait(10).at_once("enter", Press::Alone);
    for _ in 0..20 {
        at.wait(30).at_once("enter", Press::Alone);
    }
    at.wait(400).at_once("enter", Press::Among);
    assert_eq!(at.decisions(), []);
    at.press("enter");
    assert_eq!(at.decisions().len(), 1);
    // Words where none are taken, and no answer at all.
    let mut at = one();
    at.press("a").types("hello").press("esc");
    assert_eq!(at.decisions(), []);
    let mut at = questions(vec![question("name", &[])]);
    at.press("a enter enter");
    assert!(at.toast().contains("no answer yet"), "{}", at.toast());
    // The questions change under the answers.
    let mut at = one();
    at.press("a 1");
    let old = at.request;
    at.hears(|t| {
        t.tell(Event::RequestClosed { request: old, how: Closing::Superseded });
        let other = vec![question("store", &["Drop everything"])];
        ask(t, Asking { topic: Topic::Questions(other), ..Asking::default() }, Some(old));
    });
    at.press("enter enter");
    assert_eq!(at.decisions(), [], "answers to other questions");
    at.shows("the questions have changed");
    // Denying it is possible at any time.
    let mut at = one();
    at.press("x");
    assert!(matches!(at.decisions()[..], [Decision::Deny { .. }]));
}

#[test]
fn a_plan_is_read_accepted_edited_or_sent_back() {
    let plan = "# Plan\n\n1. Read **auth.rs**\n2. Use `ct_eq`\n";
    let ready = || {
        let patch = CallPatch {
            tool: Some("ExitPlanMode".into()),
            args: Some(serde_json::json!({"plan": plan}).to_string().into()),
            ..CallPatch::default()
        };
        asked(patch, Asking { topic: Topic::Plan(plan.into()), ..by(Carrier::Agent, Carrier::Hub) })
    };
    let mut at = ready();
    at.shows("2. Use `ct_eq`").shows("accept the plan").check("plan");
    at.press("a");
    assert_eq!(at.decisions(), [Decision::Allow { offer: "y".into() }]);
    let mut at = ready();
    at.press("e").types("Mine: ").press("enter").shows("what you changed: plan").press("enter");
    assert_eq!(at.decisions(), [edited(&serde_json::json!({"plan": format!("Mine: {plan}")}))]);
    let mut at = ready();
    at.press("d").types("smaller").press("enter");
    assert!(matches!(&at.decisions()[..], [Decision::Deny { reason: Some(reason), .. }] if reason == "smaller"));
}
