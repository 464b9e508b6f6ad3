//! The hub is killed at every point of a request's life, and another one begins.

use super::stage::{POINTS, Stage, count, for_each, is_dead, is_end, is_from};
use taut::domain::{Cause, Command, Event, Reply};
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
