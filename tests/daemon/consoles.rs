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
    std::thread::sleep(Duration::from_millis(300));
    first.keys("q");
    assert!(first.ends().success());
    first.is_restored();
    first.shows("1 agent goes on, 1 waiting for you");
    assert!(lives(hub));
    let mut second = Terminal::apart(place.path(), &["attach", &session]);
    second.shows("1 waiting");
    second.shows("demo");
    second.keys("q");
    assert!(second.ends().success());
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
    place.done(&["wait", &session, "--for", "request", "--timeout", "20"]);
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
    second.keys("\x1b");
    second.hides("ANSWERED");
    for mut terminal in [first, second] {
        std::thread::sleep(Duration::from_millis(300));
        terminal.keys("q");
        assert!(terminal.ends().success());
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
    std::thread::sleep(Duration::from_millis(500));
    terminal.keys("x");
    std::thread::sleep(Duration::from_millis(200));
    place.done(&["daemon", "start"]);
    terminal.hides("the hub went away");
    assert_eq!(place.count(|event| matches!(event, Event::Decided { .. })), 0);
    terminal.keys("\x1b");
    std::thread::sleep(Duration::from_millis(300));
    terminal.keys("q");
    assert!(terminal.ends().success());
}
