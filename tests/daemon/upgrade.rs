//! Another taut takes the place of the one that runs: it says what becomes of each session, and does it.

use super::place::{Place, lives, until};
use super::support::hub::{HEAR, OPENS, scripted};
use taut::domain::{Cause, Event};

#[test]
fn a_restart_says_what_becomes_of_each_session_and_brings_back_what_can_be() {
    let place = Place::new();
    let session = place.demo();
    place.agent("mute", &scripted(&[&OPENS[..], &[HEAR]].concat()));
    let (request, digest) = place.waiting();
    let before = place.hub();
    // Without a terminal and without a yes it only says.
    let said = place.taut(&["daemon", "restart"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains("--yes"), "{said:?}");
    assert!(said.out.contains("comes back: demo (taut): its agent can load its conversation again"), "{said:?}");
    assert!(said.out.contains("1 request closed"), "{said:?}");
    assert!(said.out.contains("ends: mute"), "{said:?}");
    assert_eq!(place.hub(), before);
    let said = place.done(&["daemon", "restart", "--yes"]);
    assert!(said.contains("demo is back as s"), "{said}");
    until("its end", || !lives(before));
    assert_ne!(place.hub(), before);
    let ends: Vec<Event> =
        place.records().into_iter().map(|it| it.event).filter(|it| matches!(it, Event::Ended { .. })).collect();
    let quit = |event: &&Event| matches!(event, Event::Ended { cause: Cause::Quit, .. });
    assert_eq!(ends.iter().filter(quit).count(), 2, "{session}: {ends:?}");
    assert_eq!(place.taut(&["allow", &request, "--digest", &digest]).code, Some(5), "its agent is gone");
    let listed = place.done(&["ls"]);
    assert_eq!(listed.lines().filter(|line| line.contains("  demo  ")).count(), 1, "{listed}");
    assert!(place.done(&["verify"]).contains("sound"));
}

#[test]
fn another_version_is_told_what_mends_it_and_can_take_over() {
    let place = Place::new();
    let mut start = place.command(&["run", "--detach", "--name", "demo", "hi", "--"]);
    start.args([env!("CARGO_BIN_EXE_taut"), "demo-agent", "--pace", "0"]).env("WHOSE", "the caller's");
    assert!(start.output().unwrap().status.success());
    place.waiting();
    let old = place.hub();
    let newer = |args: &[&str]| {
        let output = place.command(args).env("TAUT_PLAYS_VERSION", "99.0.0").output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, _, said) = newer(&["interrupt", "demo"]);
    assert!(code == Some(1) && said.contains("`taut daemon restart`"), "{said}");
    let (code, said, _) = newer(&["queue"]);
    assert!(code == Some(0) && said.contains("1 request waits"), "reading needs no hub: {said}");
    let (code, said, err) = newer(&["daemon", "restart", "--yes"]);
    assert!(code == Some(0) && said.contains("demo is back as"), "{said}{err}");
    until("the end of the old hub", || !lives(old));
    // It has the environment of whoever started it, and not of whoever restarted it.
    let back = said.split("is back as ").nth(1).unwrap().split_whitespace().next().unwrap();
    let environment = taut::agent::process::tree::environment(back).unwrap();
    assert!(environment.contains(&("WHOSE".into(), "the caller's".into())), "{environment:?}");
    assert!(!environment.iter().any(|(key, _)| key == "TAUT_PLAYS_VERSION"), "{environment:?}");
    let said = place.taut(&["interrupt", "demo"]);
    assert!(said.code == Some(1) && said.err.contains("leave this one, and start taut again"), "{said:?}");
    // And the old one can still end it.
    assert!(place.done(&["daemon", "stop"]).contains("the hub has ended"));
}

/// An agent that can load its conversation, and does not open until there is a file `go`; not at its first start.
fn slow() -> Vec<String> {
    let say = |line: &str| format!("printf '%s\\n' '{line}'\n");
    let can = OPENS[1].replace(r#""agentInfo""#, r#""agentCapabilities":{"loadSession":true},"agentInfo""#);
    let wait = "[ -e began ] && while [ ! -e go ]; do sleep 0.05; done\n: > began\n";
    let script =
        ["read -r l\n", wait, &say(&can), "read -r l\n", &say(OPENS[3]), "while read -r l; do :; done"].concat();
    ["sh", "-c", &script].map(str::to_owned).to_vec()
}

#[test]
fn a_second_restart_right_after_the_first_waits_for_those_that_start_and_loses_none() {
    let place = Place::new();
    place.agent("slow", &slow());
    until("its conversation", || place.done(&["ls", "--json"]).contains("\"state\":\"working\""));
    let said = place.done(&["daemon", "restart", "--yes"]);
    assert!(said.contains("slow is back as s"), "{said}");
    // It starts still: nobody knows yet what it can.
    let starts = || place.done(&["ls", "--json"]).contains("\"state\":\"starting\"");
    until("its start", starts);
    let second = place.command(&["daemon", "restart", "--yes"]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(500));
    assert!(starts(), "it is waited for");
    std::fs::write(place.path().join("go"), "").unwrap();
    let output = second.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && said.contains("comes back: slow (sh): its agent can load"), "{said}");
    assert!(said.contains("slow is back as s"), "{said}");
    assert_eq!(place.done(&["ls"]).lines().filter(|line| line.contains("  slow  ")).count(), 1);
}
