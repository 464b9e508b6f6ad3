//! Whatever an agent starts, and however it hides it: one word ends all of it, and nothing is left, by the count.

use super::support::place::{Place, kill, lives, signal, until};
use rustix::process::Signal;
use std::path::{Path, PathBuf};
use taut::agent::process::{group, tree};
use taut::domain::{Cause, Event};

/// Everything of a place that runs: the folder's path stands on each command line.
fn running(place: &Place) -> Vec<(u32, String)> {
    let folder = place.path().to_str().unwrap();
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let words = |pid: u32| std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    pids.map(|pid| (pid, String::from_utf8_lossy(&words(pid)).replace('\0', " ")))
        .filter(|(pid, words)| words.contains(folder) && lives(*pid))
        .collect()
}

/// The parents `taut __agent` of a place.
fn keepers(place: &Place) -> Vec<u32> {
    running(place).into_iter().filter(|(_, words)| words.contains(" --mark ")).map(|(pid, _)| pid).collect()
}

/// How many of these run.
fn count(place: &Place, script: &str) -> usize {
    running(place).iter().filter(|(_, words)| words.contains(script) && !words.contains("__agent")).count()
}

fn file(place: &Place, name: &str, text: &str) -> PathBuf {
    let path = place.path().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// An agent that says nothing, and starts children which do not want to end.
fn unruly(place: &Place) -> Vec<String> {
    let sleep = place.path().join("sleep");
    if !sleep.exists() {
        std::os::unix::fs::symlink("/bin/sleep", &sleep).unwrap();
    }
    let sleep = sleep.display();
    let deaf = file(place, "deaf.sh", &format!("trap '' TERM HUP INT\n{sleep} 1000 &\nwhile :; do wait; done\n"));
    let stopped = file(place, "stopped.sh", "kill -STOP $$\n");
    let forking = format!("trap '' TERM\nwhile :; do ({sleep} 0.5 &); {sleep} 0.1; done\n");
    let forking = file(place, "forking.sh", &forking);
    let [deaf, stopped, forking] = [deaf, stopped, forking].map(|path| path.display().to_string());
    let agent = format!(
        "{sleep} 1000 &
         (setsid {sleep} 1000 >/dev/null 2>&1 &)
         (env -i setsid sh {deaf} </dev/null >/dev/null 2>&1 &)
         (env -i sh {deaf} </dev/null >/dev/null 2>&1 &)
         sh {stopped} &
         env -i sh {stopped} &
         sh {forking} &
         exec sh {deaf}\n"
    );
    let agent = file(place, "agent.sh", &agent);
    vec!["sh".into(), agent.display().to_string()]
}

/// Starts so many of them, and waits until all of their children are up.
fn start(place: &Place, agents: usize) -> Vec<String> {
    place.done(&["daemon", "start"]);
    let command = unruly(place);
    let ids = (0..agents).map(|n| place.agent(&format!("a{n}"), &command)).collect();
    for (script, each) in [("deaf.sh", 3), ("stopped.sh", 2), ("forking.sh", 1)] {
        until(script, || count(place, script) >= each * agents);
    }
    ids
}

fn ended(place: &Place, cause: &Cause) -> usize {
    place.count(
        |event| matches!(event, Event::Ended { cause: other, survivors, .. } if other == cause && survivors.is_empty()),
    )
}

#[test]
fn a_halt_leaves_none_of_eight_unruly_trees() {
    let place = Place::new();
    start(&place, 8);
    let before = running(&place).len();
    let said = place.done(&["halt"]);
    assert_eq!(running(&place), [], "{said}");
    let known: usize = said.strip_prefix("0 of ").unwrap().split(' ').next().unwrap().parse().unwrap();
    assert!(known >= 8 * 12, "{said}, of {before}");
    until("the record of it", || ended(&place, &Cause::Human) == 8);
    assert!(place.done(&["daemon", "status"]).contains("0 live agents"));
    assert!(place.done(&["verify"]).contains("sound"));
}

#[test]
fn a_killed_hub_leaves_none_of_eight_unruly_trees() {
    let place = Place::new();
    let ids = start(&place, 8);
    kill(place.hub());
    until("the end of all", || running(&place).is_empty());
    assert_eq!(tree::count(|mark| ids.iter().any(|id| id == mark)), 0);
    place.done(&["daemon", "start"]);
    until("the record of it", || ended(&place, &Cause::HubDied) == 8);
}

#[test]
fn where_their_parents_died_with_the_hub_the_next_one_ends_what_is_left() {
    let place = Place::new();
    let ids = start(&place, 2);
    let keepers = keepers(&place);
    assert_eq!(keepers.len(), 2);
    keepers.iter().for_each(|pid| signal(*pid, Signal::STOP));
    let hub = place.hub();
    kill(hub);
    keepers.iter().for_each(|pid| kill(*pid));
    until("the end of the hub", || !lives(hub) && keepers.iter().all(|pid| !lives(*pid)));
    assert!(!running(&place).is_empty(), "nobody was there to end them");
    place.done(&["daemon", "start"]);
    until("the record of it", || ended(&place, &Cause::HubDied) == 2);
    assert_eq!(tree::count(|mark| ids.iter().any(|id| id == mark)), 0);
    if group::delegated().is_ok() {
        assert_eq!(running(&place), []);
    } else {
        println!("no control groups here: what hid its mark is not asked for");
        running(&place).into_iter().for_each(|(pid, _)| kill(pid));
    }
}

#[test]
fn an_agent_that_kills_its_own_parent_gains_nothing() {
    let place = Place::new();
    let ids = start(&place, 2);
    let hub = place.hub();
    keepers(&place).iter().for_each(|pid| kill(*pid));
    until("the end of all", || running(&place).is_empty());
    until("the record of it", || place.count(|event| matches!(event, Event::Ended { .. })) == 2);
    assert_eq!(tree::count(|mark| ids.iter().any(|id| id == mark)), 0);
    assert!(lives(hub));
    let children = || std::fs::read_to_string(format!("/proc/{hub}/task/{hub}/children")).unwrap_or_default();
    until("the burial of what came to the hub", || children().trim().is_empty());
}

#[test]
fn the_brake_waits_for_no_store_and_no_flood() {
    let place = Place::new();
    place.done(&["daemon", "start"]);
    let flood = file(&place, "flood.sh", "while :; do echo '{\"jsonrpc\":\"2.0\",\"method\":\"x\"}'; done\n");
    let command = ["sh".to_owned(), flood.display().to_string()];
    let id = place.agent("flood", &command);
    until("the flood", || place.count(|event| matches!(event, Event::Unrecognised { .. })) > 50);
    // The database is held by another program: the hub waits for it at its next record.
    let other = rusqlite::Connection::open(place.state().join("taut.db")).unwrap();
    other.busy_timeout(std::time::Duration::from_secs(20)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let said = place.done(&["halt"]);
    assert!(said.lines().any(|line| line.starts_with("0 of ")), "{said}");
    assert_eq!(running(&place), [], "{said}");
    assert_eq!(ended(&place, &Cause::Human), 0, "nothing could be written yet");
    other.execute_batch("ROLLBACK").unwrap();
    until("the record of it", || ended(&place, &Cause::Human) == 1);
    assert!(tree::alive(&id).is_empty());
}

#[test]
fn a_hub_that_does_not_answer_is_not_needed_for_a_halt() {
    let place = Place::new();
    let ids = start(&place, 1);
    let hub = place.hub();
    signal(hub, Signal::STOP);
    let said = place.done(&["halt"]);
    assert_eq!(tree::count(|mark| ids.iter().any(|id| id == mark)), 0, "{said}");
    assert_eq!(running(&place), [], "{said}");
    signal(hub, Signal::CONT);
    // It heard nothing of the halt, sees an agent that a signal ended, and knows whose that was.
    until("the record of it", || place.count(|event| matches!(event, Event::Ended { .. })) == 1);
    assert_eq!(ended(&place, &Cause::Human), 1, "{:?}", place.records().last());
    assert!(!place.done(&["ls"]).contains("failed"), "{}", place.done(&["ls"]));
    // Where it dies before it sees that, the next one knows.
    start(&place, 1);
    signal(hub, Signal::STOP);
    place.done(&["halt"]);
    kill(hub);
    until("the end of the hub", || !lives(hub));
    place.done(&["daemon", "start"]);
    until("the record of it", || ended(&place, &Cause::Human) == 2);
}

/// A group of a session is there while it runs, where the kernel lets us make one, and gone afterwards.
#[test]
fn a_session_has_a_control_group_where_there_can_be_one() {
    let Ok(own) = group::delegated() else { return println!("left out: no control group is delegated here") };
    let place = Place::new();
    let id = start(&place, 1).remove(0);
    let folder = own.join(format!("taut.session.{id}"));
    let inside = |folder: &Path| std::fs::read_to_string(folder.join("cgroup.procs")).unwrap_or_default();
    let held = inside(&folder).lines().count();
    assert!(held >= 10, "{held}");
    place.done(&["halt"]);
    until("the end of the group", || !folder.exists());
}
