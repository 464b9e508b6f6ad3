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
    place.done(&["wait", "idle", "--for", "idle", "--timeout", "60"]);
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
    // Its lock goes before it does.
    until("its end", || !lives(hub));
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

#[test]
fn the_brake_acts_whatever_the_configuration_and_the_log_are() {
    let place = Place::new();
    let session = place.demo();
    place.waiting();
    let gone = || taut::agent::process::tree::alive(&session).is_empty();
    // Reading refuses what was named and is not there; the brake does not look at it.
    assert_eq!(place.taut(&["ls", "--config", "/nonexistent"]).code, Some(1));
    let said = place.taut(&["halt", "--config", "/nonexistent"]);
    assert!(said.code == Some(0) && said.out.contains("0 of") && gone(), "{said:?}");
    // Without the log nobody can count, and the hub ends them all the same.
    let session = place.demo();
    place.waiting();
    let (log, away) = (place.state().join("taut.db"), place.state().join("away.db"));
    std::fs::rename(&log, &away).unwrap();
    let said = place.taut(&["halt"]);
    std::fs::rename(&away, &log).unwrap();
    assert!(said.code == Some(1) && said.err.contains("can't be counted from here"), "{said:?}");
    until("the end of the agents", || taut::agent::process::tree::alive(&session).is_empty());
}

#[test]
fn an_agent_whose_command_waits_to_be_taken_is_not_called_missing() {
    let place = Place::new();
    place.done(&["daemon", "start"]);
    place.demo();
    place.waiting();
    let config = place.path().join(".config/taut");
    std::fs::create_dir_all(&config).unwrap();
    let mine = format!("[agents.mine]\ncommand = [{:?}, \"demo-agent\"]\n", env!("CARGO_BIN_EXE_taut"));
    std::fs::write(config.join("config.toml"), mine).unwrap();
    until("the word of it", || place.done(&["daemon", "status"]).contains("config.toml: agents.mine"));
    let said = place.taut(&["run", "--detach", "--agent", "mine", "hi"]);
    assert_eq!(said.code, Some(5), "{said:?}");
    for words in ["how mine is started was changed in config.toml", "ctrl-y in a console shows what"] {
        assert!(said.err.contains(words), "{said:?}");
    }
    // As it says: once no agent runs it is in force.
    place.done(&["halt"]);
    until("the end of all", || place.done(&["daemon", "status"]).contains(", 0 live"));
    place.done(&["run", "--detach", "--agent", "mine", "hi"]);
}

#[test]
fn without_a_hub_all_commands_say_the_same() {
    let place = Place::new();
    let session = place.demo();
    let (request, digest) = place.waiting();
    let grant = format!("{}.1", session.replacen('s', "g", 1));
    place.done(&["daemon", "stop"]);
    let all: [&[&str]; 12] = [
        &["attach"],
        &["daemon", "status"],
        &["daemon", "stop"],
        &["daemon", "restart"],
        &["allow", &request, "--digest", &digest],
        &["deny", &request],
        &["revoke", &grant],
        &["send", &session, "hi"],
        &["interrupt", &session],
        &["end", &session],
        &["wait", &session, "--for", "end"],
        &["events", "--follow"],
    ];
    for args in all {
        let said = place.taut(args);
        assert_eq!(said.code, Some(1), "{args:?}: {said:?}");
        let words = "taut: no hub runs for this state folder: `taut` or `taut daemon start` starts one\n";
        assert_eq!(said.err, words, "{args:?}");
    }
    let said = place.taut(&["halt"]);
    assert!(said.code == Some(0) && said.out.contains("no hub runs for this state folder"), "{said:?}");
}

#[test]
fn a_session_stands_for_the_last_that_it_asked_once_that_was_answered() {
    let place = Place::new();
    place.agent("once", &scripted(&[&OPENS[..], &[HEAR, &asks(11, "make"), HEAR]].concat()));
    let (request, digest) = place.waiting();
    assert_eq!(place.done(&["allow", "once", "--digest", &digest]), "allowed");
    for args in [&["allow", "once", "--digest", &digest][..], &["deny", "once"]] {
        let said = place.taut(args);
        assert!(said.code == Some(3) && said.out.is_empty(), "{args:?}: {said:?}");
        assert_eq!(said.err, format!("taut: {request} was allowed before\n"));
    }
}

#[test]
fn a_session_that_asked_nothing_yet_says_what_to_wait_for() {
    let place = Place::new();
    place.agent("mute", &scripted(&[&OPENS[..], &[HEAR]].concat()));
    let digest = "0".repeat(64);
    let said = place.taut(&["allow", "mute", "--digest", &digest]);
    assert!(said.code == Some(1) && said.err.contains("`taut wait mute --for request`"), "{said:?}");
}
