//! A conversation goes back, and a copy of one begins elsewhere than at its end.

use crate::play::{Came, Played, log, open, play};
use serde_json::{Value, json};
use std::collections::HashSet;
use taut::agent::claude::Claude;
use taut::agent::{Back, Fact, Opening, Protocol, Tell};
use taut::domain::{Context, Event};

fn went(played: &Played) -> Vec<Result<String, String>> {
    let went = |fact: &Fact| if let Fact::WentBack(went) = fact { Some(went.clone()) } else { None };
    played.facts().filter_map(went).collect()
}

#[test]
fn it_goes_back_to_before_a_prompt_and_says_where_it_went() {
    let played = play("rewind");
    let id = |n: u32| format!("{n:08}-0000-4000-8000-000000000000");
    let failed = |why: &str| Err(why.to_owned());
    // What the agent refused is no step back: it says so with an answer that is a success.
    let all = [failed("stale target"), Ok(id(2)), failed("target not found"), Ok(id(1))];
    assert_eq!(went(&played), all);
    // Each prompt has a handle, told before anything that comes of it.
    let marks: Vec<&String> =
        played.facts().filter_map(|fact| if let Fact::Marked(mark) = fact { Some(mark) } else { None }).collect();
    let sent: Vec<&str> = played.sent("user").iter().map(|line| line["uuid"].as_str().unwrap()).collect();
    assert_eq!(marks, sent);
}

#[test]
fn a_copy_goes_back_before_it_opens() {
    let played = play("fork_at");
    let at = |what: &dyn Fn(&Came) -> bool| played.came.iter().position(what).unwrap();
    let back = at(&|came| matches!(came, Came::Sent(line) if line["request"]["subtype"] == "rewind_conversation"));
    let ready = at(&|came| matches!(came, Came::Fact(Fact::Ready)));
    let prompt = at(&|came| matches!(came, Came::Sent(line) if line["type"] == "user"));
    assert!(back < ready && ready < prompt, "{back} {ready} {prompt}");
    assert!(went(&played).is_empty(), "nobody asked for it while it was open");
    // A copy that can't be taken there is none: its prompt would speak of what it should not know.
    let mut lines = log("fork_at");
    for line in lines.iter_mut().filter(|line| line.text.contains("\"rewound\":true")) {
        line.text = line.text.replace("\"rewound\":true", "\"rewound\":false,\"error\":\"stale target\"");
        line.msg = serde_json::from_str(&line.text).unwrap();
    }
    let mut failed = open(&lines);
    failed.go(&lines);
    let why = failed.facts().find_map(|fact| if let Fact::StartFailed(why) = fact { Some(why.clone()) } else { None });
    assert!(why.as_ref().is_some_and(|why| why.contains("stale target")), "{why:?}");
    assert!(!failed.facts().any(|fact| matches!(fact, Fact::Ready)));
}

/// Claude drops a message whose id it knows, also from before it was resumed, and compares ids by their beginnings alone.
#[test]
fn no_two_prompts_of_any_sessions_have_ids_that_begin_alike() {
    let mut seen = HashSet::new();
    for session in ["s00000001", "s00000002", "1", "11", ""] {
        let mut codec = Claude::new();
        let opening = Opening { mark: session.to_owned(), ..Opening::default() };
        let first = codec.open(opening).lines;
        let asked: Value = serde_json::from_str(&first[0]).unwrap();
        let response = json!({"type": "control_response", "response": {"subtype": "success",
            "request_id": asked["request_id"], "response": {}}});
        codec.hear(response.to_string().as_bytes());
        for _ in 0..60 {
            let lines = codec.tell(Tell::Prompt("go on".to_owned())).lines;
            let prompt: Value = serde_json::from_str(&lines[0]).unwrap();
            let id = prompt["uuid"].as_str().unwrap().to_owned();
            let shape: Vec<usize> = id.split('-').map(str::len).collect();
            assert_eq!((shape, &id[14..15], &id[19..20]), (vec![8, 4, 4, 4, 12], "4", "8"), "{id}");
            assert!(seen.insert(id[..8].to_owned()), "{session}: {id}");
        }
    }
}

#[test]
fn nothing_goes_back_while_a_turn_runs_or_before_it_is_open() {
    let back = || Tell::Back(Back { first: "a".to_owned(), last: "b".to_owned() });
    let mut codec = Claude::new();
    codec.open(Opening::default());
    let early = codec.tell(back());
    assert!(early.lines.is_empty() && matches!(&early.facts[..], [Fact::WentBack(Err(_))]));
    let lines = log("steer");
    let mut played = open(&lines);
    played.go(&lines[..8]);
    let sent = played.sent("control_request").len();
    played.tell(back());
    assert_eq!((went(&played), played.sent("control_request").len()), (vec![Err("a turn runs".to_owned())], sent));
}

#[test]
fn what_the_context_is_made_of_is_told_on_demand_and_what_is_unknown_is_not_zero() {
    let told = |played: &Played| -> Vec<Context> {
        let context =
            |event: &Event| if let Event::ContextTold { context } = event { Some(context.clone()) } else { None };
        played.events().filter_map(context).collect()
    };
    let played = play("modes");
    let [context] = &told(&played)[..] else { panic!("it is told once") };
    assert_eq!((context.used, context.window), (Some(40_525), Some(200_000)));
    let names: Vec<&str> = context.parts.iter().map(|part| part.name.as_str()).collect();
    assert!(names.contains(&"System prompt") && names.contains(&"Messages"), "{names:?}");
    let lines = log("modes");
    let mut odd = open(&lines);
    let at = lines.iter().position(|line| line.msg["request"]["subtype"] == "get_context_usage").unwrap();
    odd.go(&lines[..at]);
    odd.tell(Tell::Context);
    let id = odd.sent("control_request").last().unwrap()["request_id"].clone();
    let answer = json!({"type": "control_response", "response": {"subtype": "success", "request_id": id,
        "response": {"categories": [{"name": 7, "tokens": 1}, {"name": "x"}, 9], "totalTokens": "many"}}});
    odd.says(&answer.to_string());
    assert_eq!(told(&odd), [Context::default()]);
}
