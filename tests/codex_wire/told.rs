//! What codex tells that says less, or other, than it seems to: quirks 5, 10, 11 and 12.

use crate::play::{Came, Line, log, play, play_until};
use serde_json::{Value, json};
use taut::agent::{Fact, Protocol};
use taut::domain::{Event, LaneId, Notice};

fn is(line: &Line, method: &str) -> bool {
    line.heard && line.msg["method"] == method
}

/// What comes of a notification in the middle of the turn of a log.
fn hears(played: &mut crate::play::Played, msg: &Value) -> Vec<Fact> {
    played.codec.hear(msg.to_string().as_bytes()).facts
}

#[test]
fn q05_the_diff_of_a_turn_is_that_of_its_patches_and_is_told_as_nothing() {
    let lines = log("edit");
    let ran =
        |line: &Line| line.msg["params"]["item"]["command"].as_str().is_some_and(|it| it.contains("touch made.txt"));
    assert!(lines.iter().any(|line| is(line, "item/completed") && ran(line)), "a command made a file");
    let diffs: Vec<&Line> = lines.iter().filter(|line| is(line, "turn/diff/updated")).collect();
    assert!(!diffs.is_empty() && diffs.iter().all(|line| line.msg["params"]["diff"].as_str().is_some()));
    assert!(diffs.iter().all(|line| !line.msg.to_string().contains("made.txt")), "no diff says so");
    for diff in diffs {
        let mut played = play_until("edit", |line| is(line, "turn/diff/updated"));
        assert_eq!(hears(&mut played, &diff.msg), [], "what really changed is the checkpoints' to say");
    }
    // So what a step changed is known of the patch's own item alone.
    let played = play("edit");
    let changed = played.calls().into_iter().filter(|(_, call)| call.changes.as_ref().is_some_and(|it| !it.is_empty()));
    let tools: Vec<_> = changed.map(|(_, call)| call.command.is_some()).collect();
    assert_eq!(tools, [false], "one call changes files by its own word, and it is no command");
}

#[test]
fn q10_what_is_wrong_with_its_configuration_is_told() {
    let mut played = play_until("edit", |line| is(line, "turn/diff/updated"));
    let warning = json!({"method": "configWarning", "params":
        {"summary": "unknown key `modell`", "details": "in config.toml, line 3", "path": "/home/demo/.codex/config.toml"}});
    let facts = hears(&mut played, &warning);
    let [Fact::Event(lane, Event::Noted { level, text })] = &facts[..] else { panic!("{facts:?}") };
    assert_eq!((*lane, *level), (LaneId::ROOT, Notice::Warning));
    assert_eq!(text.inline(), Some("codex's configuration: unknown key `modell` in config.toml, line 3"));
    let bare = hears(&mut played, &json!({"method": "configWarning", "params": {"said": "odd"}}));
    let [Fact::Event(_, Event::Noted { text, .. })] = &bare[..] else { panic!("{bare:?}") };
    assert!(text.inline().is_some_and(|text| text.contains(r#"{"said":"odd"}"#)), "never nothing: {text:?}");
}

#[test]
fn q11_every_client_is_called_vscode_and_nobody_here_believes_it() {
    let lines = log("edit");
    let answer = lines.iter().find(|line| line.heard && line.msg["result"]["thread"].is_object()).unwrap();
    let thread = &answer.msg["result"]["thread"];
    assert_eq!(thread["source"], "vscode", "we are none");
    let played = play("edit");
    let source = played.events().find_map(|(_, event)| match event {
        Event::SourceAttached { source } => Some(source.clone()),
        _ => None,
    });
    let source = source.unwrap();
    assert_eq!((source.channel.as_str(), source.native.as_str()), ("codex", thread["id"].as_str().unwrap()));
    let facts: String = played
        .came
        .iter()
        .filter_map(|came| match came {
            Came::Fact(fact) => Some(format!("{fact:?}")),
            Came::Sent(_) => None,
        })
        .collect();
    assert!(!facts.contains("vscode"), "no fact repeats it");
}

#[test]
fn q12_a_helper_that_says_nothing_is_no_lane_and_one_that_does_is_never_dropped() {
    let at = |line: &Line| is(line, "turn/diff/updated");
    let mut played = play_until("edit", at);
    let started = log("edit").into_iter().find(|line| is(line, "thread/started")).unwrap();
    let mut helper = started.msg.clone();
    helper["params"]["thread"]["id"] = json!("helper-1");
    helper["params"]["thread"]["ephemeral"] = json!(true);
    let status = json!({"method": "thread/status/changed", "params":
        {"threadId": "helper-1", "status": {"type": "active", "activeFlags": []}}});
    let name =
        json!({"method": "thread/name/updated", "params": {"threadId": "helper-1", "threadName": "Fix the typo"}});
    let closed = json!({"method": "thread/closed", "params": {"threadId": "helper-1"}});
    for told in [&helper, &status, &name, &closed] {
        assert_eq!(hears(&mut played, told), [], "{told}");
    }
    // Something that it does is its own, and never said of the thread that we opened.
    let turn =
        json!({"method": "turn/started", "params": {"threadId": "helper-1", "turn": {"id": "t-9", "items": []}}});
    let facts = hears(&mut played, &turn);
    assert!(
        matches!(&facts[..], [Fact::Event(LaneId::ROOT, Event::LaneOpened { native: Some(native), .. }), ..] if native == "helper-1"),
        "{facts:?}"
    );
}

#[test]
fn the_models_that_it_lists_are_offered_and_a_name_that_it_does_not_list_is_said() {
    let played = play("models");
    let offered: Vec<_> = played
        .events()
        .filter_map(|(_, event)| match event {
            Event::OptionsOffered { options } => Some((options[0].current.clone(), options[0].values.clone())),
            _ => None,
        })
        .collect();
    let [(first, none), (same, listed), (taken, still)] = &offered[..] else { panic!("{offered:?}") };
    assert_eq!((first, none.len(), same), (&"gpt-5.5".to_owned(), 0, first), "the list comes once it is open");
    assert!(listed.len() > 2 && listed.iter().any(|(id, name)| id == "gpt-5.5" && name == "GPT-5.5"), "{listed:?}");
    assert_eq!((taken.as_str(), still), ("no-such-model", listed));
    let said =
        played.notes().into_iter().find(|note| note.contains("no-such-model") && note.contains("does not know it"));
    let said = said.expect("it takes any name without a word");
    assert!(said.contains(&listed[0].0), "what there is: {said}");
    let turns = played.sent("turn/start");
    assert_eq!((turns[0]["params"].get("model"), turns[1]["params"]["model"].as_str()), (None, Some("no-such-model")));
}
