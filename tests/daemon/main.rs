//! The hub in a process of its own: consoles and scripts come and go, agents stay, and no agent decides.
#![allow(unreachable_pub, clippy::unwrap_used, clippy::panic, clippy::pedantic, reason = "tests")]

#[path = "../support/mod.rs"]
mod support;

mod agents;
mod consoles;
mod deciding;
mod held;
mod races;
mod tokens;
mod trees;
mod undoing;
mod upgrade;
mod words;

use std::os::unix::fs::PermissionsExt;
use support::place::{self, Place, kill, lives, until};
use taut::domain::{Cause, Event};

#[test]
fn it_starts_says_what_it_does_and_stops() {
    let place = Place::new();
    let said = place.taut(&["daemon", "status"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("no hub runs for this state folder"), "{said:?}");
    assert!(place.done(&["daemon", "start"]).starts_with("the hub runs: process"));
    assert!(place.done(&["daemon", "start"]).starts_with("the hub runs already"));
    let pid = place.hub();
    let mode = |path: &str| std::fs::metadata(place.state().join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(""), mode("hub.sock"), mode("logs/hub.log")), (0o700, 0o600, 0o600));
    let session = place.demo();
    place.waiting();
    let said = place.done(&["daemon", "stop"]);
    assert!(said.contains("ending demo") && said.contains("the hub has ended"), "{said}");
    until("the end of the hub", || !lives(pid));
    assert!(!place.state().join("hub.sock").exists());
    assert_eq!(place.count(|event| matches!(event, Event::Ended { cause: Cause::Quit, .. })), 1, "{session}");
    assert!(place.done(&["verify"]).contains("sound"));
}

#[test]
fn of_many_that_start_at_once_one_stays_and_what_is_stopped_stays_stopped() {
    let place = Place::new();
    let starts: Vec<_> = (0..5).map(|_| place.command(&["daemon", "start"]).spawn().unwrap()).collect();
    for mut start in starts {
        assert!(start.wait().unwrap().success());
    }
    place.done(&["daemon", "stop"]);
    std::thread::sleep(std::time::Duration::from_millis(1_200));
    let said = place.taut(&["daemon", "status"]);
    assert!(said.code == Some(1) && said.err.contains("no hub runs"), "{said:?}");
}

#[test]
fn scripts_read_answer_and_wait() {
    let place = Place::new();
    let session = place.demo();
    place.done(&["wait", &session, "--for", "request", "--timeout", "60"]);
    let (request, digest) = place.waiting();
    let other = digest.replace(|c: char| c.is_ascii_digit(), "0");
    assert_eq!(place.taut(&["allow", &request, "--digest", &other]).code, Some(4));
    assert_eq!(place.count(|event| matches!(event, Event::Decided { .. })), 0);
    assert_eq!(place.done(&["allow", &request, "--digest", &digest]), "allowed");
    let again = place.taut(&["deny", &request]);
    assert_eq!((again.code, again.out.as_str()), (Some(3), ""));
    assert_eq!(again.err.trim(), format!("taut: {request} was allowed before"));
    assert_eq!(place.count(|event| matches!(event, Event::Decided { .. })), 1);
    let (next, _) = place.waiting();
    assert_ne!(next, request);
    assert_eq!(place.done(&["deny", &next, "--reason", "not now", "--interrupt"]), "denied");
    place.done(&["wait", &session, "--for", "idle", "--timeout", "60"]);
    assert_eq!(place.taut(&["wait", &session, "--for", "request", "--timeout", "0"]).code, Some(6));
    place.done(&["send", &session, "and again"]);
    place.done(&["end", &session]);
    place.done(&["wait", &session, "--for", "end", "--timeout", "60"]);
    assert_eq!(place.taut(&["wait", &session, "--for", "request", "--timeout", "9"]).code, Some(7));
    assert_eq!(place.taut(&["send", &session, "too late"]).code, Some(5));
}

#[test]
fn one_that_has_just_been_given_its_first_prompt_is_not_idle() {
    let place = Place::new();
    for _ in 0..3 {
        let session = place.demo();
        // It asks before it is idle: the wait lasts until then, and says so.
        let said = place.taut(&["wait", &session, "--for", "idle", "--timeout", "2"]);
        assert_eq!(said.code, Some(6), "{said:?}");
    }
}

#[test]
fn the_log_is_followed_from_any_place_without_gap_or_double() {
    let place = Place::new();
    place.demo();
    place.waiting();
    let followers: Vec<_> = [1, 7, 30]
        .map(|from: u64| {
            let mut command = place.command(&["events", "--json", "--follow", "--from", &from.to_string()]);
            (from, command.stdout(std::process::Stdio::piped()).spawn().unwrap())
        })
        .into();
    let (request, digest) = place.waiting();
    place.done(&["allow", &request, "--digest", &digest]);
    place.waiting();
    place.done(&["daemon", "stop"]);
    let last = place.records().len() as u64;
    for (from, child) in followers {
        let out = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
        let pos = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["pos"].as_u64().unwrap();
        let seen: Vec<u64> = out.lines().map(pos).collect();
        assert_eq!(seen, (from..=last).collect::<Vec<_>>());
    }
}

#[test]
fn a_hub_that_is_killed_takes_its_agents_along_and_the_next_one_says_so() {
    let place = Place::new();
    let session = place.demo();
    let (request, digest) = place.waiting();
    let hub = place.hub();
    kill(hub);
    until("the end of the hub", || !lives(hub));
    until("the end of the agents", || taut::agent::process::tree::alive(&session).is_empty());
    place.done(&["daemon", "start"]);
    until("the recovery", || place.count(|event| matches!(event, Event::Ended { cause: Cause::HubDied, .. })) == 1);
    assert_eq!(place.taut(&["allow", &request, "--digest", &digest]).code, Some(5), "its agent is gone");
    assert!(place.done(&["ls"]).contains("interrupted"));
    assert!(place.done(&["show", &request]).contains("the agent is gone"));
    assert!(place.done(&["verify"]).contains("sound"));
}

#[test]
fn a_link_or_a_file_in_the_place_of_the_socket_is_refused() {
    let place = Place::new();
    std::fs::create_dir(place.state()).unwrap();
    std::fs::set_permissions(place.state(), std::fs::Permissions::from_mode(0o700)).unwrap();
    std::fs::write(place.state().join("hub.sock"), "mine").unwrap();
    let said = place.taut(&["daemon", "start"]);
    assert!(said.code == Some(1) && said.err.contains("no socket"), "{said:?}");
    assert_eq!(std::fs::read_to_string(place.state().join("hub.sock")).unwrap(), "mine");
    std::fs::remove_file(place.state().join("hub.sock")).unwrap();
    std::os::unix::fs::symlink("/dev/null", place.state().join("hub.sock")).unwrap();
    let said = place.taut(&["daemon", "start"]);
    assert!(said.code == Some(1) && said.err.contains("no socket"), "{said:?}");
    std::fs::remove_file(place.state().join("hub.sock")).unwrap();
}
