//! Deciding from a script: an edited call, a part of a diff, a scope that taut holds, and its end.

use super::support::cli::{documented, fields};
use super::support::hub::{HEAR, OPENS, question, scripted, turn_end};
use super::support::place::{Place, until};
use serde_json::Value;
use taut::domain::{By, Decision, Event};

fn json(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A question about call `n`: its fields.
fn asks(n: u32, fields: &str) -> String {
    question(n, fields).replace(r#""toolCallId":"c""#, &format!(r#""toolCallId":"c{n}""#))
}

fn runs(n: u32, command: &str) -> String {
    asks(n, &format!(r#""title":"{command}","kind":"execute","status":"pending","rawInput":{{"command":"{command}"}}"#))
}

#[test]
fn an_edited_command_runs_instead_and_what_is_no_json_decides_nothing() {
    let place = Place::new();
    let lines = [HEAR, &runs(11, "touch proposed"), HEAR, &turn_end(3, "end_turn"), HEAR];
    place.agent("edit", &scripted(&[&OPENS[..], &lines].concat()));
    let (request, digest) = place.waiting();
    let edit = |input: &str| place.taut(&["edit", &request, "--digest", &digest, "--input", input]);
    let said = edit("{\"command\":");
    assert!(said.code == Some(1) && said.err.contains("--input is no JSON"), "{said:?}");
    let long = place.path().join("long.json");
    std::fs::write(&long, format!("{{\"command\":\"{}\"}}", "x".repeat(50 << 20))).unwrap();
    let said = edit(&format!("@{}", long.display()));
    assert!(said.code == Some(1) && said.err.contains("holds more than"), "{said:?}");
    let other = digest.replace(|c: char| c.is_ascii_digit(), "0");
    let stale = place.taut(&["edit", &request, "--digest", &other, "--input", r#"{"command":"touch edited"}"#]);
    assert!(stale.code == Some(4) && stale.err.contains(&digest), "{stale:?}");
    let same = edit(r#"{"command":"touch proposed"}"#);
    assert!(same.code == Some(5) && same.err.contains("nothing was changed"), "{same:?}");
    assert_eq!(place.count(|event| matches!(event, Event::Decided { .. })), 0);

    std::fs::write(place.path().join("args.json"), r#"{"command":"touch edited"}"#).unwrap();
    let said = edit(&format!("@{}", place.path().join("args.json").display()));
    assert_eq!((said.code, said.out.trim()), (Some(0), "edited"), "{said:?}");
    until("the edited one", || place.path().join("edited").exists());
    assert!(!place.path().join("proposed").exists());
    // What policy says of what was made of it stands beside what it said of what was asked.
    let shown = place.done(&["show", &request]);
    assert!(shown.contains("of it by a human: risk"), "{shown}");
    let again = edit(r#"{"command":"touch more"}"#);
    assert!(again.code == Some(3) && again.err.ends_with("was edited before\n") && again.out.is_empty(), "{again:?}");
}

#[test]
fn one_hunk_of_three_stands() {
    let place = Place::new();
    let lines = |changed: &[usize]| -> String {
        (0..60).map(|n| if changed.contains(&n) { format!("new {n}\n") } else { format!("line {n}\n") }).collect()
    };
    std::fs::write(place.path().join("three.txt"), lines(&[])).unwrap();
    let text = |text: &str| serde_json::to_string(text).unwrap();
    let diff = format!(
        r#""kind":"edit","content":[{{"type":"diff","path":"three.txt","oldText":{},"newText":{}}}]"#,
        text(&lines(&[])),
        text(&lines(&[5, 25, 45]))
    );
    place.agent(
        "part",
        &scripted(&[&OPENS[..], &[HEAR, &asks(11, &diff), HEAR, &turn_end(3, "end_turn"), HEAR]].concat()),
    );
    let (request, digest) = place.waiting();
    let listed = json(&place.done(&["hunks", &request, "--json"]));
    assert_eq!(fields(&listed[0]), documented(&place.done(&["hunks", "--help"]), "--json: one object a line"));
    assert_eq!(listed.len(), 3);
    for (n, hunk) in listed.iter().enumerate() {
        assert_eq!((&hunk["hunk"], &hunk["of"], &hunk["path"]), (&(n + 1).into(), &3.into(), &"three.txt".into()));
        assert_eq!(hunk["digest"], digest.as_str());
    }
    assert!(listed[1]["text"].as_str().unwrap().contains("+new 25\n"), "{}", listed[1]);
    // A session's name stands for its request, too.
    let shown = place.done(&["hunks", "part"]);
    assert!(
        shown.starts_with(&format!("{request}  --digest {digest}")) && shown.contains("hunk 3 of 3  three.txt"),
        "{shown}"
    );
    let take = |numbers: &str| {
        place.taut(&["hunks", &request, "--digest", &digest, "--accept", numbers, "--reason", "the first is wrong"])
    };
    let none = take("4");
    assert!(none.code == Some(5) && none.err.contains("there is no hunk 4"), "{none:?}");
    assert_eq!(std::fs::read_to_string(place.path().join("three.txt")).unwrap(), lines(&[]));
    let said = take("3,2");
    assert_eq!((said.code, said.out.trim()), (Some(0), "taken in part"), "{said:?}");
    assert_eq!(std::fs::read_to_string(place.path().join("three.txt")).unwrap(), lines(&[25, 45]));
    let bare = place.taut(&["hunks", &request, "--accept", "1"]);
    assert_eq!(bare.code, Some(2), "without a digest nothing is decided: {bare:?}");
}

#[test]
fn a_scope_that_taut_holds_is_given_listed_used_and_revoked() {
    let place = Place::new();
    let lines = [
        HEAR,
        &runs(11, "ls a"),
        HEAR,
        &runs(12, "ls a"),
        HEAR,
        &turn_end(3, "end_turn"),
        HEAR,
        &runs(13, "ls a"),
        HEAR,
        &turn_end(4, "end_turn"),
        HEAR,
    ];
    let session = place.agent("scoped", &scripted(&[&OPENS[..], &lines].concat()));
    assert_eq!(place.done(&["grants"]), "Nothing is granted: every call that no rule allows asks.");
    let (request, digest) = place.waiting();
    let queue = &json(&place.done(&["queue", "--json"]))[0];
    assert_eq!(queue["scopes"][0]["name"], "exact", "{queue}");
    let shown = place.done(&["show", &request]);
    assert!(shown.contains("scope     exact: exactly this call of") && shown.contains("taut does it"), "{shown}");
    let allow = |scope: &[&str]| place.taut(&[&["allow", &request, "--digest", &digest], scope].concat());
    let said = allow(&["--scope", "tool:Bash"]);
    assert!(said.code == Some(1) && said.err.contains("\"exact\""), "{said:?}");
    let said = allow(&["--scope", "y", "--until", "1h"]);
    assert!(said.code == Some(1) && said.err.contains("the agent's own offer"), "{said:?}");
    let said = allow(&["--scope", "exact", "--until", "1h"]);
    assert!(said.code == Some(0) && said.out.contains("from now on exactly this call"), "{said:?}");
    place.done(&["wait", &session, "--for", "idle", "--timeout", "60"]);
    let by_rule =
        |event: &Event| matches!(event, Event::Decided { by: By::Rule, decision: Decision::Allow { .. }, .. });
    assert_eq!(place.count(by_rule), 1, "the second one ran by the grant");

    let shown = place.done(&["show", &session]);
    assert!(shown.contains("1 asked of you, 1 answered by rules and grants"), "{shown}");
    assert!(shown.contains(", a script allowed it\n") && shown.contains(", granted: exactly this call of"), "{shown}");

    let granted = &json(&place.done(&["grants", "--json"]))[0];
    assert_eq!(fields(granted), documented(&place.done(&["grants", "--help"]), "--json: one object a line"));
    let of = |key: &str| granted[key].clone();
    assert_eq!((of("state"), of("uses"), of("request")), ("holds".into(), 1.into(), request.as_str().into()));
    assert!(granted["until"].as_i64() > granted["given"].as_i64() && granted["last"].is_i64(), "{granted}");
    assert_eq!(of("call"), "run ls a", "which call it covers: {granted}");
    let id = granted["id"].as_str().unwrap().to_owned();
    let listed = place.done(&["grants"]);
    assert!(listed.contains("exactly this call of") && listed.contains("  for: run ls a\n"), "{listed}");
    assert!(listed.contains(&id) && listed.contains("used 1 time, last") && listed.contains("by a script"), "{listed}");

    assert_eq!(place.done(&["revoke", &id]), "revoked");
    let again = place.taut(&["revoke", &id]);
    assert!(again.code == Some(5) && again.err.contains("was revoked before"), "{again:?}");
    let bad = place.taut(&["revoke", "nothing"]);
    assert!(bad.code == Some(1) && bad.err.contains("`taut grants` lists them all"), "{bad:?}");
    place.done(&["send", &session, "again"]);
    let (next, _) = place.waiting();
    assert_ne!(next, request, "it asks again");
    assert!(place.done(&["grants"]).contains("revoked"), "it is listed all the same");
}

#[test]
fn what_asks_no_question_takes_no_answer() {
    let place = Place::new();
    place.demo();
    let (request, digest) = place.waiting();
    let said = place.taut(&["reply", &request, "--digest", &digest, "--answer", "a=b"]);
    assert!(said.code == Some(1) && said.err.contains("asks no question"), "{said:?}");
    place.done(&["deny", &request]);
    let gone = place.taut(&["edit", &request, "--digest", &digest, "--input", "{}"]);
    assert!(gone.code == Some(3) && gone.err.ends_with("was denied before\n"), "{gone:?}");
}

#[test]
fn whoever_allows_a_question_is_told_how_it_is_answered() {
    let place = Place::new();
    let program = env!("CARGO_BIN_EXE_taut");
    place.done(&["run", "--detach", "--name", "demo", "question", "--", program, "demo-agent", "--pace", "0"]);
    let (request, digest) = place.waiting();
    let said = place.taut(&["allow", &request, "--digest", &digest]);
    assert!(said.code == Some(1) && said.err.contains(&format!("`taut reply {request} --digest")), "{said:?}");
    assert_eq!(place.count(|event| matches!(event, Event::Decided { .. })), 0);
}
