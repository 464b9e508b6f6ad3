//! A disk without room under a hub apart: what lets something run is held, the brake acts, and nothing is lost.

use super::stage::socket;
use super::support::hub::Bench;
use super::support::place::{Place, lives, until};
use super::support::pty::Terminal;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use taut::domain::{Closing, Command as Wish, Event, OfferKind, Reply};

/// Set in the child: it has mounts of its own.
const INSIDE: &str = "TAUT_TEST_INSIDE";

/// A small disk in a folder; `false` where none can be mounted.
fn mount(folder: &Path) -> bool {
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=1m,mode=700", "none"]).arg(folder).output();
    mounted.is_ok_and(|output| output.status.success())
}

fn fill(ballast: &Path) {
    let mut size = 2 << 20;
    while size > 256 {
        let more = OpenOptions::new().create(true).append(true).open(ballast);
        if more.and_then(|mut file: File| file.write_all(&vec![0; size])).is_err() {
            size /= 2;
        }
    }
}

#[test]
fn a_folder_that_was_taken_away_is_said_and_nothing_is_allowed_until_it_is_back() {
    let place = Place::new();
    place.done(&["daemon", "start"]);
    let mut bench = Bench::attached(&socket(&place));
    let hub = place.hub();
    let session = bench.demo(place.path(), Some("ask 3"));
    bench.until("three rows", |bench| bench.state.waiting() == 3);
    let ids: Vec<_> = bench.state.queue().iter().map(|waiting| waiting.request.id).collect();
    let away = place.path().join("away");
    fs::rename(place.state(), &away).unwrap();
    let before = bench.records.len();
    assert_eq!(bench.answer(ids[0], OfferKind::AllowOnce), Reply::Held);
    let said = |bench: &Bench| bench.status.store_error.clone().unwrap_or_default();
    // The folder may be missed before the answer comes: the count follows it.
    let lost = |bench: &Bench| said(bench).contains("was removed or replaced while taut writes there");
    bench.until("the word of it", |bench| lost(bench) && bench.status.held == 1);
    // What is not in that folder does not count, also where another one stands there.
    fs::create_dir(place.state()).unwrap();
    fs::write(place.state().join("lock"), "").unwrap();
    bench.listen(std::time::Duration::from_millis(1_300));
    assert!(said(&bench).contains("was removed or replaced") && bench.records.len() == before);
    fs::remove_dir_all(place.state()).unwrap();
    fs::rename(&away, place.state()).unwrap();
    bench.until("its end", |bench| bench.status.store_error.is_none() && bench.status.held == 0);
    bench.until("its sign", |bench| bench.state.request(ids[0]).unwrap().taken_up.is_some());
    assert!(place.done(&["verify"]).contains("sound"));
    // Removed for good while nothing happens: a console hears of it all the same, and the brake acts.
    // The hub writes there meanwhile.
    until("no folder", || fs::remove_dir_all(place.state()).is_ok() || !place.state().exists());
    bench.until("the word of it", |bench| said(bench).contains("was removed or replaced"));
    assert_eq!(bench.command(Wish::Interrupt { session }), Reply::Done);
    bench.link.stop();
    until("the end of the hub", || !lives(hub));
    assert!(taut::agent::process::tree::alive(&session.to_string()).is_empty());
}

#[test]
fn full_at_a_commit_it_holds_what_was_allowed_and_never_the_brake() {
    if std::env::var_os(INSIDE).is_none() {
        // Again, where a disk can be mounted that nobody else sees.
        let mut again = Command::new("unshare");
        again.arg("-rm").arg(std::env::current_exe().unwrap()).env(INSIDE, "1");
        again.args(["--exact", "disk::full_at_a_commit_it_holds_what_was_allowed_and_never_the_brake", "--nocapture"]);
        match again.output() {
            Ok(output) if output.status.success() => {}
            Ok(output) if String::from_utf8_lossy(&output.stderr).starts_with("unshare") => {
                eprintln!("skipped: no disk of its own can be mounted here");
            }
            Ok(output) => {
                panic!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
            }
            Err(error) => eprintln!("skipped: {error}"),
        }
        return;
    }
    let place = Place::new();
    fs::create_dir(place.state()).unwrap();
    if !mount(&place.state()) {
        eprintln!("skipped: no disk of its own can be mounted here");
        return;
    }
    let ballast = place.state().join("ballast");
    place.done(&["daemon", "start"]);
    let mut bench = Bench::attached(&socket(&place));
    let session = bench.demo(place.path(), Some("ask 3"));
    bench.until("three rows", |bench| bench.state.waiting() == 3);
    let ids: Vec<_> = bench.state.queue().iter().map(|waiting| waiting.request.id).collect();
    let terminal = Terminal::apart(place.path(), &[]);
    terminal.shows("3 waiting");
    fill(&ballast);
    let decided = |bench: &Bench| bench.records.iter().any(|record| matches!(record.event, Event::Decided { .. }));
    assert_eq!(bench.answer(ids[0], OfferKind::AllowOnce), Reply::Held);
    bench.until("what is held", |bench| bench.status.held == 1 && bench.status.store_error.is_some());
    terminal.shows("NOT WRITTEN").shows("1 answer held").shows("disk is full");
    assert!(!decided(&bench), "nothing is shown that is not on record");
    // What is not held says so.
    let more = Wish::Prompt { session, text: "more".into(), steer: false };
    let Reply::Refused { why } = bench.command(more) else { panic!("it can't be put on record") };
    assert!(why.ends_with("free some space; then do it again"), "{why}");
    // A script hears the same, a denial has left, and an interrupt takes all of it back.
    assert!(place.done(&["daemon", "status"]).contains("disk is full"));
    assert_eq!(bench.answer(ids[1], OfferKind::RejectOnce), Reply::Held);
    assert_eq!(bench.command(Wish::Interrupt { session }), Reply::Done);
    assert!(!decided(&bench));
    fs::remove_file(&ballast).unwrap();
    bench.until("room", |bench| bench.status.held == 0 && bench.status.store_error.is_none());
    bench.until("the end of the turn", |bench| {
        bench.state.session(session).is_some_and(|session| session.turn.is_none())
    });
    terminal.hides("NOT WRITTEN");
    let allowed = bench.state.request(ids[0]).unwrap();
    assert_eq!((&allowed.answered, allowed.sent), (&None, None), "what was held never left");
    assert!(matches!(allowed.closed, Some((Closing::Withdrawn(_), _))));
    assert!(!bench.state.request(ids[1]).unwrap().answered.as_ref().unwrap().decision.allows());
    // It works on.
    assert_eq!(bench.command(Wish::Prompt { session, text: "ask 1".into(), steer: false }), Reply::Done);
    let next = bench.waiting();
    assert_eq!(bench.answer(next, OfferKind::AllowOnce), Reply::Done);
    bench.until("its sign", |bench| bench.state.request(next).unwrap().taken_up.is_some());
    assert!(place.done(&["verify"]).contains("sound"));
    let hub = place.hub();
    fill(&ballast);
    // Full or not, it ends when it is told to, and its agents with it.
    bench.link.stop();
    until("the end of the hub", || !lives(hub));
    assert!(taut::agent::process::tree::alive(&session.to_string()).is_empty());
}
