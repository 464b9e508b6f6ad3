//! What commands say: true words, and the next thing to do.

use super::support::hub::{HEAR, OPENS, question, scripted, turn_end};
use super::support::place::{Place, kill, lives, signal, until};
use super::support::pty::Terminal;
use rustix::process::Signal;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

/// A question whether call `n` may run something.
fn asks(n: u32, command: &str) -> String {
    let call = format!(r#""kind":"execute","status":"pending","rawInput":{{"command":"{command}"}}"#);
    question(n, &call).replace(r#""toolCallId":"c""#, &format!(r#""toolCallId":"c{n}""#))
}

#[test]
fn of_two_that_wait_one_must_be_named_and_a_prompt_that_waits_is_called_queued() {
    let place = Place::new();
    let (first, second) = (asks(11, "make"), asks(12, "make install"));
    let end = turn_end(3, "end_turn");
    place.agent("two", &scripted(&[&OPENS[..], &[HEAR, &first, &second, HEAR, HEAR, &end]].concat()));
    until("both", || place.done(&["queue", "--json"]).lines().count() == 2);
    let (id, digest) = place.waiting();
    let said = place.taut(&["allow", "two", "--digest", &digest]);
    assert_eq!(said.code, Some(1), "{said:?}");
    for words in ["2 requests of two wait: name one of them: ", &id, "(run make)", "(run make install)"] {
        assert!(said.err.contains(words), "{said:?}");
    }
    assert_eq!(place.done(&["send", "two", "and then?"]), "queued: it goes when the turn ends");
    for line in place.done(&["queue", "--json"]).lines() {
        let one: serde_json::Value = serde_json::from_str(line).unwrap();
        place.done(&["deny", one["id"].as_str().unwrap()]);
    }
    until("the next turn", || place.done(&["events"]).lines().filter(|line| line.contains("prompt_sent")).count() == 2);
    place.agent("idle", &scripted(&[&OPENS[..], &[HEAR, &end, HEAR]].concat()));
    place.done(&["wait", "idle", "--for", "idle", "--timeout", "20"]);
    assert_eq!(place.done(&["send", "idle", "go on"]), "sent");
}

#[test]
fn who_follows_ends_when_nobody_reads_any_more() {
    let place = Place::new();
    place.demo();
    place.waiting();
    let mut follows = place.command(&["events", "--follow"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(follows.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert!(first.contains("started") || !first.is_empty(), "{first}");
    // Nothing comes to the log: it waits for the human.
    until("its end", || follows.try_wait().unwrap().is_some());
}

#[test]
fn a_request_that_a_crash_left_waits_for_nobody() {
    let place = Place::new();
    let session = place.demo();
    let (request, _) = place.waiting();
    assert!(place.done(&["show", &request]).contains("waits for you"));
    let hub = place.hub();
    kill(hub);
    until("the end of the hub", || !lives(hub) && taut::agent::process::tree::alive(&session).is_empty());
    let said = place.done(&["show", &request]);
    assert!(said.contains("its hub is gone, and its agent with it: it waits for nobody"), "{said}");
    assert!(place.done(&["show", &request, "--json"]).contains("\"waits\":false"));
}

/// A hub that is ended by whoever could reach it.
struct Elsewhere<'a>(&'a Place, std::path::PathBuf);

impl Elsewhere<'_> {
    fn said(&self, args: &[&str]) -> super::support::place::Said {
        self.0.said(self.0.command(args).env_remove("TAUT_STATE").env("XDG_RUNTIME_DIR", &self.1))
    }
}

impl Drop for Elsewhere<'_> {
    fn drop(&mut self) {
        drop(self.said(&["daemon", "stop"]));
    }
}

#[test]
fn a_hub_that_listens_elsewhere_is_found_by_what_is_said() {
    let place = Place::new();
    let runtime = place.path().join("run");
    std::fs::create_dir(&runtime).unwrap();
    let there = Elsewhere(&place, runtime.clone());
    assert_eq!(there.said(&["daemon", "start"]).code, Some(0));
    let here = |more: Option<(&str, &std::path::Path)>| {
        let mut command = place.command(&["daemon", "status"]);
        place.said(command.env_remove("TAUT_STATE").envs(more))
    };
    let said = here(None);
    let mend = format!("set XDG_RUNTIME_DIR={}", runtime.display());
    assert!(said.code == Some(1) && said.err.contains("holds the state folder and listens at"), "{said:?}");
    assert!(said.err.contains(&mend), "{said:?}");
    assert_eq!(here(Some(("XDG_RUNTIME_DIR", &runtime))).code, Some(0), "what it said mends it");
    let state = place.path().join(".local/state/taut");
    let said = here(Some(("TAUT_STATE", &state)));
    assert!(said.code == Some(1) && said.err.contains("leave out --state and TAUT_STATE"), "{said:?}");
    drop(there);
    // The other way round.
    let by_state = |args: &[&str]| place.said(place.command(args).env("TAUT_STATE", &state));
    assert_eq!(by_state(&["daemon", "start"]).code, Some(0));
    let said = here(Some(("XDG_RUNTIME_DIR", &runtime)));
    by_state(&["daemon", "stop"]);
    assert!(said.code == Some(1) && said.err.contains(&format!("give `--state {}`", state.display())), "{said:?}");
}

#[test]
fn an_end_at_a_terminal_is_asked_about_and_says_how_many_it_ended() {
    let place = Place::new();
    place.done(&["daemon", "start"]);
    place.demo();
    place.waiting();
    let hub = place.hub();
    let mut terminal = Terminal::apart(place.path(), &["daemon", "stop"]);
    terminal.shows("ending demo").shows("End the hub and 1 agent? [y/N]");
    terminal.keys("n\r");
    terminal.shows("nothing was done");
    assert!(!terminal.ends().success());
    assert_eq!(place.hub(), hub);
    let mut terminal = Terminal::apart(place.path(), &["daemon", "stop"]);
    terminal.shows("[y/N]");
    terminal.keys("y\r");
    terminal.shows("and 1 agent with it");
    assert!(terminal.ends().success());
    assert!(!lives(hub));
    // Where none runs, and where it is said, nothing is asked.
    place.done(&["daemon", "start"]);
    let mut terminal = Terminal::apart(place.path(), &["daemon", "stop"]);
    assert!(terminal.ends().success(), "{}", terminal.screen());
}

#[test]
fn a_restart_says_whose_environment_it_could_not_read() {
    let place = Place::new();
    let session = place.demo();
    place.waiting();
    let hub = place.hub();
    // The one that keeps it is gone, and the hub has not seen that yet.
    signal(hub, Signal::STOP);
    let keeper =
        |pid: &u32| std::fs::read_to_string(format!("/proc/{pid}/cmdline")).is_ok_and(|it| it.contains("__agent"));
    let keeper = taut::agent::process::tree::alive(&session).into_iter().map(|(pid, _)| pid).find(keeper).unwrap();
    kill(keeper);
    let said = place.done(&["daemon", "restart", "--yes"]);
    assert!(said.contains("demo (taut): what environment its agent has can't be read"), "{said}");
    assert!(said.contains("demo is back as"), "{said}");
}
