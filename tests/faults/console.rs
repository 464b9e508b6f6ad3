//! The console dies at every point of a request's life, and in every way: agents do not notice, and no answer of it is
//! lost or doubled.

use super::stage::{POINTS, Stage, count, for_each, go_on, is_end, is_from, is_stopped, start};
use super::support::place::{Place, kill, lives, until};
use super::support::pty::Terminal;
use rustix::process::Signal;
use taut::domain::Event;

/// A person who looks at the request, reads it to its end and allows it, as far as the point is.
fn person(terminal: &Terminal, point: &str, hub: u32) {
    if is_from(point, "shown") {
        terminal.shows("1 waiting");
        terminal.keys("w");
    }
    if is_from(point, "deciding") {
        terminal.shows("REVIEW 1 of 1");
        terminal.keys(" ");
        terminal.presses("a", &format!("the hub to stop at {point}"), |_| is_stopped(hub));
    }
    until(&format!("the hub to stop at {point}"), || is_stopped(hub));
}

#[test]
fn killed_at_any_point_it_is_not_missed() {
    for_each(&POINTS, killed_at);
}

fn killed_at(point: &'static str) {
    let mut stage = Stage::new(&format!("stop@{point}"));
    stage.go();
    let (place, hub) = (&stage.place, stage.hub);
    let terminal = Terminal::apart(place.path(), &[]);
    terminal.shows("Nothing runs yet");
    std::thread::scope(|scope| {
        let started = scope.spawn(|| start(place));
        person(&terminal, point, hub);
        kill(terminal.child.id());
        until("its end", || !lives(terminal.child.id()));
        go_on(hub);
        started.join().unwrap();
    });
    // What it asked for and the hub had heard is done; what not is still there for another one.
    if !is_from(point, "deciding") {
        let (id, digest) = place.waiting();
        assert_eq!(place.done(&["allow", &id, "--digest", &digest]), "allowed");
    }
    stage.bench.until("the end of the turn", |bench| {
        bench.records.iter().any(|record| matches!(record.event, Event::TurnEnded { .. }))
    });
    let records = stage.is_whole();
    for kind in ["asked", "decided", "sent", "taken_up"] {
        assert_eq!(count(&records, kind), 1, "{point}: {kind}");
    }
    assert_eq!(stage.answers(), 1, "{point}");
    assert!(!records.iter().any(|record| is_end(&record.event)), "{point}: its agent goes on");
    // The next one sees what became of it.
    let next = Terminal::apart(stage.place.path(), &[]);
    next.shows("one").shows("make install");
}

/// A console ends in some way beside an agent that asks.
fn ends(how: impl FnOnce(&mut Terminal)) {
    let place = Place::new();
    place.demo();
    place.waiting();
    let mut terminal = Terminal::apart(place.path(), &[]);
    terminal.shows("1 waiting");
    how(&mut terminal);
    let (id, digest) = place.waiting();
    assert_eq!(place.done(&["allow", &id, "--digest", &digest]), "allowed");
    assert_eq!(place.count(|event| matches!(event, Event::Ended { .. })), 0);
}

#[test]
fn told_to_end_or_in_a_panic_it_gives_the_terminal_back() {
    for signal in [Signal::HUP, Signal::TERM, Signal::USR2] {
        ends(|terminal| {
            terminal.signal(signal);
            terminal.ends();
            terminal.is_restored();
        });
    }
}

#[test]
fn with_its_terminal_gone_it_ends() {
    ends(|terminal| {
        let pid = terminal.child.id();
        terminal.close();
        until("its end", || !lives(pid));
    });
}
