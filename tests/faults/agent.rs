//! The agent is killed at every point of a request's life, while the hub stands still there; and its parent of taut's own.

use super::stage::{
    POINTS, Stage, count, for_each, go_on, is_end, is_from, is_stopped, kill_agent, kill_parent, session,
};
use super::support::hub::{HEAR, OPENS, scripted};
use super::support::place::{Place, until};
use taut::domain::{By, Cause, Event, Notice, SessionId};

#[test]
fn one_that_spends_on_after_it_was_told_to_stop_is_ended() {
    let place = Place::new();
    let folder = place.path().join(".config/taut");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), "[budget]\nsession_hard = \"1 USD\"\n").unwrap();
    let started = place.command(&["daemon", "start"]).env("TAUT_STOPS_MS", "400").output().unwrap();
    assert!(started.status.success(), "{started:?}");
    // It tells what it has cost, hears the interrupt, and goes on.
    let costs = r#"{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":{"sessionUpdate":"usage_update","used":1000,"size":200000,"cost":{"amount":2,"currency":"USD"}}}}"#;
    let session = place.agent("deaf", &scripted(&[&OPENS[..], &[HEAR, costs]].concat()));
    let ended = |event: &Event| matches!(event, Event::Ended { cause: Cause::Failed(why), .. } if why.contains("did not stop within 15 s"));
    until("its end", || place.count(ended) == 1);
    assert_eq!(place.count(|event| matches!(event, Event::InterruptAsked { by: By::Hub(_) })), 1);
    let said = |event: &Event| matches!(event, Event::Noted { level: Notice::Warning, text } if text.inline().unwrap().contains("taut ended it"));
    assert_eq!(place.count(said), 1, "the timeline says so");
    until("the end of its tree", || taut::agent::process::tree::alive(&session).is_empty());
    // Others go on, and it reads as what it is.
    assert!(place.done(&["ls"]).contains("failed"), "{}", place.done(&["ls"]));
}

#[test]
fn killed_at_any_point_its_session_ends_and_the_hub_goes_on() {
    for_each(&POINTS, |point| killed_at(point, kill_agent));
}

#[test]
fn so_it_is_where_its_parent_is_killed() {
    for_each(&["asked", "decided", "sent"], |point| killed_at(point, kill_parent));
}

fn killed_at(point: &'static str, kill: impl Fn(SessionId)) {
    let mut stage = Stage::new(&format!("stop@{point}"));
    if point == "taken_up" {
        stage.go();
    }
    let hub = stage.hub;
    stage.play(is_stopped, |place| {
        kill(session(place));
        go_on(hub);
    });
    stage.nothing_is_left();
    stage.bench.until("its end", |bench| bench.records.iter().any(|record| is_end(&record.event)));
    let after = stage.is_whole();
    assert_eq!(count(&after, "ended"), 1, "{point}");
    let by_hub = |record: &taut::domain::Record| matches!(record.event, Event::Ended { cause: Cause::HubDied, .. });
    assert!(!after.iter().any(by_hub), "{point}");
    assert!(stage.answers() <= 1, "{point}");
    assert_eq!(count(&after, "taken_up") == 1, point == "taken_up", "{point}: what is dead acts on nothing");
    if let Some(request) = stage.request() {
        assert!(request.is_over(), "{point}: {request:?}");
        let (id, digest) = (request.id.to_string(), request.digest.to_string());
        let late = stage.place.taut(&["allow", &id, "--digest", &digest]);
        let decided = is_from(point, "decided") || count(&after, "decided") == 1;
        assert_eq!(late.code, Some(if decided { 3 } else { 5 }), "{point}: {late:?}");
    }
    // Another one starts and is answered.
    stage.place.demo();
    let (other, digest) = stage.place.waiting();
    stage.place.done(&["allow", &other, "--digest", &digest]);
    stage.place.done(&["daemon", "stop"]);
    stage.is_whole();
}
