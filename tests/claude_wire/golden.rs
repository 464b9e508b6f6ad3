//! All logs: nothing of them is not understood, what is answered is what the agent took, and the records are golden.
//!
//! `UPDATE_GOLDEN=1 cargo test --test claude_wire` writes the records anew.

use crate::play::{Came, all, head, log, play};
use serde_json::json;
use std::fmt::Write;
use taut::agent::Fact;
use taut::domain::Event;

#[test]
fn everything_that_the_agent_says_is_understood() {
    for name in all() {
        let played = play(&name);
        let odd: Vec<&Event> = played.events().filter(|event| matches!(event, Event::Unrecognised { .. })).collect();
        assert!(odd.is_empty(), "{name}: {odd:#?}");
    }
}

/// The agent took these very answers when the log was made. (A refusal without its own words is ours.)
#[test]
fn what_is_answered_is_what_the_agent_took() {
    let mut answers = 0;
    for name in all() {
        let played = play(&name);
        let lines = log(&name);
        for line in lines.iter().filter(|line| line.msg["request"]["subtype"] == "can_use_tool") {
            let id = line.msg["request_id"].as_str().unwrap();
            let took = lines.iter().find(|other| !other.heard && other.msg["response"]["request_id"] == id);
            let Some(took) = took else { continue };
            let mut took = took.msg["response"]["response"].clone();
            // The recording client said with an *always* all that it said with a *once*.
            if took["updatedPermissions"] == json!([]) {
                took.as_object_mut().unwrap().remove("updatedPermissions");
            }
            let mut ours = played.answers(id);
            let mut own = ours.pop().unwrap_or_else(|| panic!("{name}: {id} was not answered")).clone();
            own.as_object_mut().unwrap().remove("decisionClassification");
            assert_eq!((own, ours.len()), (took, 0), "{name}");
            answers += 1;
        }
    }
    assert!(answers > 30, "{answers}");
}

#[test]
fn a_turn_ends_once_each_time_the_agent_rests() {
    for name in all() {
        let rests = log(&name).iter().filter(|line| line.heard && line.msg["state"] == "idle").count();
        let played = play(&name);
        // Where it never opened, the prompt of the log is refused.
        let refused = usize::from(name == "unknown");
        assert_eq!(played.stops().len(), rests + refused, "{name}: {:?}", played.stops());
        // Nothing of the root is left open: what the agent never ended is closed before.
        assert!(played.facts().filter(|fact| matches!(fact, Fact::Ready)).count() <= 1, "{name}");
    }
}

#[test]
fn the_records_are_golden() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    for name in all() {
        let mut text = String::new();
        for came in play(&name).came {
            match came {
                Came::Fact(Fact::Event(lane, event)) => {
                    let event = serde_json::to_string(&event).unwrap();
                    writeln!(text, "{} {}", lane.0, cut(&event)).unwrap();
                }
                Came::Fact(fact) => writeln!(text, "- {}", cut(&format!("{fact:?}"))).unwrap(),
                Came::Sent(msg) => writeln!(text, "> {}", cut(&msg.to_string())).unwrap(),
            }
        }
        let path = format!("{}/tests/golden/claude/{name}.txt", env!("CARGO_MANIFEST_DIR"));
        if update {
            std::fs::create_dir_all(std::path::Path::new(&path).parent().unwrap()).unwrap();
            std::fs::write(&path, text).unwrap();
        } else {
            let golden = std::fs::read_to_string(&path).unwrap_or_default();
            let differs = golden.lines().zip(text.lines()).find(|(one, two)| one != two);
            assert!(golden == text, "{name}: the records are others; first {differs:#?}");
        }
    }
}

#[test]
fn the_logs_are_of_one_version_and_of_no_machine() {
    for name in all() {
        let head = head(&name);
        assert_eq!((head["agent"].as_str(), head["made"].as_str()), (Some("claude"), Some("recorded")), "{name}");
        assert!(head["version"] == "2.1.330" || name == "unknown", "{name}: {head}");
        for line in log(&name) {
            for place in ["/tmp/taut", "/usr/local", "127.0.0.1:3", "127.0.0.1:4"] {
                assert!(!line.text.contains(place), "{name}: {place}");
            }
        }
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(1500) {
        Some((at, _)) => format!("{}… ({} bytes)", &text[..at], text.len()),
        None => text.to_owned(),
    }
}
