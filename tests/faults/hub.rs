//! The hub is killed at every point of a request's life, and another one begins.

use super::stage::{POINTS, Stage, count, for_each, is_dead, is_end, is_from, socket};
use super::support::hub::{Bench, HEAR, OPENS, question, scripted};
use super::support::place::{Place, kill, lives, signal, until};
use taut::agent::process::tree;
use taut::domain::{CallStatus, Cause, Closing, Command, Event, Reply};
use taut::state::Stage as Stands;

#[test]
fn killed_at_any_point_it_loses_nothing_sends_nothing_twice_and_says_what_is_not_known() {
    for_each(&POINTS, killed_at);
}

fn killed_at(point: &'static str) {
    let mut stage = Stage::new(&format!("kill@{point}"));
    stage.go();
    stage.play(is_dead, |_| ());
    stage.nothing_is_left();
    let (before, answers) = (stage.place.records(), stage.answers());
    stage.place.done(&["daemon", "start"]);
    stage.bench.until("the recovery", |bench| bench.records.iter().any(|record| is_end(&record.event)));
    let after = stage.is_whole();
    assert_eq!(after[..before.len()], before, "{point}: what was written stays");
    // What is on record is what had been written, and what follows from the death.
    let records =
        |kind: &str, first: &str| assert_eq!(count(&after, kind) == 1, is_from(point, first), "{point}: {kind}");
    records("asked", "asked");
    records("shown", "shown");
    records("decided", "decided");
    records("sent", "sent");
    records("taken_up", "taken_up");
    assert_eq!(count(&after, "ended"), 1);
    assert!(after.iter().any(|record| matches!(record.event, Event::Ended { cause: Cause::HubDied, .. })));
    assert!(!is_from(point, "taken_up") || answers == 1);
    assert!(is_from(point, "answered") || answers == 0, "{point}: nothing leaves before it is on record");
    // How it reads.
    assert!(stage.place.done(&["ls"]).contains("interrupted"));
    if let Some(request) = stage.request() {
        let (id, digest) = (request.id.to_string(), request.digest.to_string());
        let said = stage.place.done(&["show", &id]);
        let reads = match point {
            "decided" | "answered" => "the agent is gone: the answer may have been delivered",
            "sent" => "the agent is gone: the answer was sent, and nothing shows that it was acted on",
            "taken_up" => "the agent acted on it",
            _ => "the agent is gone",
        };
        assert!(said.lines().next().unwrap().ends_with(reads), "{point}: {said}");
        // A late answer changes nothing.
        let late = stage.place.taut(&["allow", &id, "--digest", &digest]);
        let says = if is_from(point, "decided") { (3, "allowed before") } else { (5, "the agent is gone") };
        assert!(late.code == Some(says.0) && late.err.contains(says.1), "{point}: {late:?}");
    }
    // Its conversation comes back, and with it no old answer.
    let session = stage.session();
    let reply = stage.bench.command(Command::Reopen { session, env: std::env::vars().collect() });
    let Reply::Started { session: again } = reply else { panic!("{point}: {reply:?}") };
    stage.bench.until("the conversation", |bench| {
        bench.state.session(again).is_some_and(|session| session.life == taut::state::Life::Open)
    });
    assert!(stage.heard().iter().any(|line| line.contains("session/load")), "{point}: it was loaded");
    assert_eq!(stage.answers(), answers, "{point}: nothing is sent again");
    let late = stage.place.records();
    assert_eq!(count(&late, "decided"), count(&after, "decided"), "{point}");
    if let Some(request) = stage.request() {
        assert!(request.stage() == Stands::Closed || request.stage() == Stands::TakenUp);
    }
    stage.place.done(&["daemon", "stop"]);
    stage.nothing_is_left();
    stage.is_whole();
}

#[test]
fn a_command_that_it_ran_itself_ends_with_it_and_is_closed_in_true_words() {
    let place = Place::new();
    let asks = question(9, r#""kind":"execute","rawInput":{"command":"make"}"#);
    place.agent("own", &scripted(&[&OPENS[..], &[HEAR, &asks, HEAR]].concat()));
    let (request, digest) = place.waiting();
    // It hides nothing, and does not end when it is told to.
    let command = "trap '' TERM; touch began; sleep 300 & while :; do sleep 1; done";
    let input = serde_json::json!({ "command": command }).to_string();
    place.done(&["edit", &request, "--digest", &digest, "--input", &input]);
    until("the command", || place.path().join("began").exists());
    let (hub, session) = (place.hub(), place.records()[0].session);
    let mark = format!("{session}-t0");
    assert!(!tree::alive(&mark).is_empty());
    // Its keeper dies with the hub, so that nobody is left to end what it kept.
    let keeper =
        |pid: &u32| std::fs::read_to_string(format!("/proc/{pid}/cmdline")).is_ok_and(|it| it.contains("__agent"));
    let keepers: Vec<u32> = tree::alive(&mark).into_iter().map(|(pid, _)| pid).filter(keeper).collect();
    assert_eq!(keepers.len(), 1);
    signal(keepers[0], rustix::process::Signal::STOP);
    kill(hub);
    kill(keepers[0]);
    until("the end of the hub", || !lives(hub) && !lives(keepers[0]));
    assert!(!tree::alive(&mark).is_empty(), "nobody was there to end it");
    place.done(&["daemon", "start"]);
    until("the recovery", || place.count(is_end) == 1);
    assert_eq!(tree::count(|borne| borne.starts_with(&session.to_string())), 0);
    let mut bench = Bench::attached(&socket(&place));
    bench.until("the end", |bench| bench.records.iter().any(|record| is_end(&record.event)));
    let known = bench.state.session(session).unwrap();
    let steps = known.timeline.entries.values().filter_map(|entry| entry.step());
    let own: Vec<_> = steps.filter(|step| step.tool.as_deref() == Some("taut")).collect();
    assert_eq!(own.len(), 1);
    assert_eq!((own[0].status, own[0].exit), (CallStatus::Failed, None), "nobody knows how it ended");
    let said = place.done(&["show", &session.to_string()]);
    assert!(said.contains("taut died while it did this; what was left of it was ended"), "{said}");
    let asked = bench.state.request(request.parse().unwrap()).unwrap();
    assert!(matches!(asked.closed, Some((Closing::AgentGone, _))), "{asked:?}");
    assert!(place.done(&["show", &request]).contains("the agent was told nothing; taut's own step says how far"));
    assert!(place.done(&["verify"]).contains("sound"));
    // It is closed once.
    place.done(&["daemon", "stop"]);
    let closed =
        |event: &Event| matches!(event, Event::Called { patch, .. } if patch.status == Some(CallStatus::Failed));
    place.done(&["daemon", "start"]);
    assert_eq!(place.count(closed), 1);
}

#[test]
fn a_halt_past_a_hub_that_hangs_ends_its_own_commands_too() {
    let place = Place::new();
    let asks = question(9, r#""kind":"execute","rawInput":{"command":"make"}"#);
    place.agent("own", &scripted(&[&OPENS[..], &[HEAR, &asks, HEAR]].concat()));
    let (request, digest) = place.waiting();
    let input = r#"{"command":"touch began; sleep 300"}"#;
    place.done(&["edit", &request, "--digest", &digest, "--input", input]);
    until("the command", || place.path().join("began").exists());
    let (hub, session) = (place.hub(), place.records()[0].session);
    signal(hub, rustix::process::Signal::STOP);
    let said = place.done(&["halt"]);
    assert_eq!(tree::count(|borne| borne.starts_with(&session.to_string())), 0, "{said}");
    assert!(said.contains("0 of"), "{said}");
    signal(hub, rustix::process::Signal::CONT);
    until("its end", || place.count(is_end) == 1);
}
