//! Consoles come and go; agents do not notice.

use super::place::{Place, kill, lives, until};
use super::support::pty::Terminal;
use std::time::Duration;
use taut::domain::Event;

#[test]
fn what_one_console_started_the_next_one_finds() {
    let place = Place::new();
    let mut first = Terminal::apart(place.path(), &[]);
    first.shows("Nothing runs yet");
    let session = place.demo();
    first.shows("1 waiting");
    let hub = place.hub();
    assert!(first.leaves().success());
    first.is_restored();
    first.shows("1 agent goes on, 1 waiting for you");
    assert!(lives(hub));
    let mut second = Terminal::apart(place.path(), &["attach", &session]);
    second.shows("1 waiting");
    second.shows("demo");
    assert!(second.leaves().success());
    assert_eq!(place.count(|event| matches!(event, Event::Ended { .. })), 0);
}

#[test]
fn a_console_that_is_killed_is_not_missed() {
    let place = Place::new();
    let session = place.demo();
    place.waiting();
    let terminal = Terminal::apart(place.path(), &[]);
    terminal.shows("1 waiting");
    kill(terminal.child.id());
    until("its end", || !lives(terminal.child.id()));
    let (request, digest) = place.waiting();
    place.done(&["allow", &request, "--digest", &digest]);
    place.done(&["wait", &session, "--for", "request", "--timeout", "60"]);
    assert_eq!(place.count(|event| matches!(event, Event::Ended { .. })), 0);
}

#[test]
fn two_consoles_see_the_same_and_hear_who_was_first() {
    let place = Place::new();
    place.demo();
    let (request, digest) = place.waiting();
    let first = Terminal::apart(place.path(), &[]);
    let second = Terminal::apart(place.path(), &[]);
    first.shows("1 waiting");
    second.shows("1 waiting");
    second.keys("w");
    second.shows("REVIEW 1 of 1");
    place.done(&["allow", &request, "--digest", &digest]);
    second.shows("ANSWERED");
    second.shows("by a script");
    second.goes_back_from("ANSWERED");
    for mut terminal in [first, second] {
        assert!(terminal.leaves().success());
    }
}

#[test]
fn a_console_that_lost_its_hub_says_so_refuses_to_decide_and_comes_back() {
    let place = Place::new();
    place.demo();
    place.waiting();
    let mut terminal = Terminal::apart(place.path(), &[]);
    terminal.shows("1 waiting");
    terminal.keys("w");
    terminal.shows("REVIEW 1 of 1");
    let hub = place.hub();
    kill(hub);
    until("the end of the hub", || !lives(hub));
    terminal.shows("the hub went away");
    terminal.keys("x");
    // It starts another one by itself, which says what became of the agents.
    terminal.hides("the hub went away");
    until("another hub", || place.taut(&["daemon", "status"]).code == Some(0));
    assert_ne!(place.hub(), hub);
    assert_eq!(place.count(|event| matches!(event, Event::Decided { .. })), 0);
    terminal.goes_back_from("REVIEW 1 of 1");
    assert!(terminal.leaves().success());
}

/// Waits until what was done in a console is kept.
fn kept(place: &Place, fits: impl Fn(&str) -> bool) {
    until("what was done to be kept", || {
        std::fs::read_to_string(place.state().join("pad.json")).is_ok_and(|pad| fits(&pad))
    });
}

/// What a person sees, without what the clock changes: ages, and the room that they take.
fn still(terminal: &Terminal) -> String {
    let age = |word: &str| match word {
        "now" => "0s".to_owned(),
        word => word.replace(|c: char| c.is_ascii_digit(), "0").replace("00", "0").replace("0m", "0s"),
    };
    // A title has the room that the age leaves it.
    let title = |line: &str| {
        let cut = line.split(" taut · ").map(|part| part.split_once("… ").map_or(part, |(_, rest)| rest));
        cut.collect::<Vec<_>>().join(" ")
    };
    let line = |line: &str| title(line).split_whitespace().map(age).collect::<Vec<_>>().join(" ") + "\n";
    terminal.screen().lines().skip(2).map(line).collect()
}

/// The screen once it no longer changes.
fn settled(terminal: &Terminal) -> String {
    let mut last = still(terminal);
    until("a quiet screen", || {
        std::thread::sleep(Duration::from_millis(400));
        let before = std::mem::replace(&mut last, still(terminal));
        before == last
    });
    last
}

#[test]
fn coming_back_is_coming_back_to_the_same_scene() {
    let place = Place::new();
    place.demo();
    let other = place.demo();
    place.done(&["wait", &other, "--for", "request", "--timeout", "60"]);
    let first = Terminal::apart(place.path(), &[]);
    first.shows("2 waiting");
    // Two panes, the second session, unfolded, scrolled up, half a prompt.
    for keys in ["v", "2", "\t", "O", "g", "i", "and then"] {
        first.keys(keys);
        std::thread::sleep(Duration::from_millis(150));
    }
    first.shows("and then");
    let before = settled(&first);
    kept(&place, |pad| pad.contains("and then"));
    kill(first.child.id());
    until("its end", || !lives(first.child.id()));
    let mut second = Terminal::apart(place.path(), &[]);
    second.shows("and then");
    let after = settled(&second);
    assert_eq!(before, after, "before:\n{before}\nafter:\n{after}");
    // A late joiner sees what the other one sees.
    let mut third = Terminal::apart(place.path(), &["attach"]);
    third.shows("and then");
    assert_eq!(settled(&second), settled(&third));
    for terminal in [&mut second, &mut third] {
        terminal.goes_back_from("ctrl-g editor");
        assert!(terminal.leaves().success());
    }
}

#[test]
fn a_card_that_was_open_is_open_again_and_decides_nothing_by_itself() {
    let place = Place::new();
    place.demo();
    let first = Terminal::apart(place.path(), &[]);
    first.shows("1 waiting");
    first.keys("w");
    first.shows("REVIEW 1 of 1");
    let (request, _) = place.waiting();
    kept(&place, |pad| pad.contains(&format!("\"card\":\"{request}\"")));
    kill(first.child.id());
    until("its end", || !lives(first.child.id()));
    let mut second = Terminal::apart(place.path(), &[]);
    // Typed into the terminal before the card was on the screen.
    second.keys("a");
    second.shows("REVIEW 1 of 1");
    second.goes_back_from("REVIEW 1 of 1");
    assert!(second.leaves().success());
    assert_eq!(place.count(|event| matches!(event, Event::Decided { .. })), 0);
}

#[test]
fn a_hub_that_is_stopped_and_started_again_is_found_again() {
    let place = Place::new();
    let session = place.demo();
    let mut terminal = Terminal::apart(place.path(), &[]);
    terminal.shows("1 waiting");
    place.done(&["daemon", "stop"]);
    terminal.shows("the hub was stopped").shows("taut daemon start");
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(place.taut(&["daemon", "status"]).code, Some(1), "whoever stopped it wanted it so");
    place.done(&["daemon", "start"]);
    terminal.hides("the hub was stopped").hides("1 waiting").shows("ended");
    // And with one that takes its place, whose agents come back.
    let again = place.demo();
    assert_ne!(again, session);
    terminal.shows("1 waiting");
    place.done(&["daemon", "restart", "--yes"]);
    terminal.hides("1 waiting").shows("1 live");
    assert!(terminal.leaves().success());
}

#[test]
fn a_hub_that_hangs_is_said_to_decides_nothing_more_and_goes_on() {
    use super::place::signal;
    use rustix::process::Signal;
    let place = Place::new();
    place.demo();
    let mut terminal = Terminal::apart(place.path(), &[]);
    terminal.shows("1 waiting");
    let hub = place.hub();
    signal(hub, Signal::STOP);
    // That the card was seen is told to the hub, which says nothing.
    terminal.keys("w");
    terminal
        .shows("REVIEW 1 of 1")
        .shows("the hub does not answer: nothing more is decided until it does; ctrl-\\ twice");
    terminal.keys("a");
    terminal.goes_back_from("REVIEW 1 of 1");
    terminal.shows("NO ANSWER  the hub does not answer: decisions are refused until it does");
    signal(hub, Signal::CONT);
    terminal.hides("NO ANSWER");
    // What was pressed meanwhile is gone; the same key now decides.
    assert_eq!(place.count(|event| matches!(event, Event::Decided { .. })), 0);
    terminal.presses("w", "the card", |terminal| terminal.screen().contains("REVIEW 1 of 1"));
    let decided = || place.count(|event| matches!(event, Event::Decided { .. })) == 1;
    terminal.presses("a", "the decision", |_| decided());
    terminal.close();
}

#[test]
fn a_halt_reaches_every_agent_from_a_replay_and_where_the_hub_is_stopped() {
    use rustix::process::{Pid, Signal, kill_process};
    let place = Place::new();
    let session = place.demo();
    place.waiting();
    let mut replay = Terminal::apart(place.path(), &["replay", &session]);
    replay.shows("REPLAY");
    replay.presses("\x1c", "a halt", |replay| replay.screen().contains("processes known alive"));
    assert!(taut::agent::process::tree::alive(&session).is_empty());
    assert!(replay.leaves().success());
    let session = place.demo();
    let mut console = Terminal::apart(place.path(), &[]);
    console.shows("1 waiting").hides("HALTED");
    console.keys("w");
    console.shows("REVIEW 1 of 1");
    let hub = Pid::from_raw(i32::try_from(place.hub()).unwrap()).unwrap();
    kill_process(hub, Signal::STOP).unwrap();
    console.presses("\x1c", "a halt", |console| console.screen().contains("0 of"));
    assert!(taut::agent::process::tree::alive(&session).is_empty());
    kill_process(hub, Signal::CONT).unwrap();
    // The hub saw its agent end by a signal, and reads whose it was.
    until("the end on record", || place.count(|event| matches!(event, Event::Ended { .. })) == 2);
    let halted = |event: &Event| matches!(event, Event::Ended { cause: taut::domain::Cause::Human, .. });
    assert_eq!(place.count(halted), 2);
    assert!(!place.done(&["ls"]).contains("failed"), "{}", place.done(&["ls"]));
    console.goes_back_from("REVIEW 1 of 1");
    assert!(console.leaves().success());
}
