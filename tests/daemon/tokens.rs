//! `scripts = "token"`: a script shows what a human made at a terminal, or does nothing but read and brake.

use super::support::hub::Bench;
use super::support::place::{Place, Said, until};
use super::support::pty::Terminal;
use rusqlite::Connection;
use std::time::Duration;
use taut::domain::{By, Event};

fn config(place: &Place, text: &str) {
    let folder = place.path().join(".config/taut");
    std::fs::create_dir_all(&folder).unwrap();
    // In one step, as editors do: the hub never reads half of it.
    std::fs::write(folder.join("new"), text).unwrap();
    std::fs::rename(folder.join("new"), folder.join("config.toml")).unwrap();
}

fn with(place: &Place, token: &str, args: &[&str]) -> Said {
    place.said(place.command(args).env("TAUT_TOKEN", token))
}

/// Makes a token as a human does, and gives its secret.
pub fn made(place: &Place, args: &[&str]) -> String {
    let name = args[0];
    let mut terminal = Terminal::apart(place.path(), &[&["token", "new"], args].concat());
    terminal.shows("Type its name again");
    terminal.keys(&format!("{name}\r"));
    assert!(terminal.ends().success(), "{}", terminal.screen());
    let screen = terminal.screen();
    screen.split("TAUT_TOKEN=").nth(1).unwrap().split_whitespace().next().unwrap().to_owned()
}

fn revoke(place: &Place, name: &str) {
    let mut terminal = Terminal::apart(place.path(), &["token", "revoke", name]);
    assert!(terminal.ends().success(), "{}", terminal.screen());
}

#[test]
fn scripts_decide_with_a_token_alone_and_it_is_named_on_record() {
    let place = Place::new();
    config(&place, "scripts = \"token\"\n");
    place.done(&["daemon", "start"]);
    let secret = made(&place, &["ci", "--expires", "1h"]);
    let said = place.taut(&["run", "--detach", "hi", "--", "sh"]);
    assert!(said.code == Some(5) && said.err.contains("taut token new"), "{said:?}");
    let program = env!("CARGO_BIN_EXE_taut");
    let started = with(&place, &secret, &["run", "--detach", "hi", "--", program, "demo-agent", "--pace", "0"]);
    assert_eq!(started.code, Some(0), "{started:?}");
    let session = started.out.trim().to_owned();
    // Reading is free.
    let (request, digest) = place.waiting();
    for args in [vec!["allow", &request, "--digest", &digest], vec!["deny", &request], vec!["send", &session, "more"]] {
        for token in ["", "taut_token_00", &secret.to_uppercase()] {
            let said = with(&place, token, &args);
            assert!(said.code == Some(5) && said.err.contains("taut token new"), "{args:?}: {said:?}");
        }
    }
    assert_eq!(place.count(|event| matches!(event, Event::Decided { .. })), 0);
    let said = with(&place, &secret, &["allow", &request, "--digest", &digest]);
    assert_eq!((said.code, said.out.trim()), (Some(0), "allowed"), "{said:?}");
    let named = |event: &Event| matches!(event, Event::Decided { by: By::Script { token, .. }, .. } if token.as_deref() == Some("ci"));
    assert_eq!(place.count(named), 1);
    assert!(place.done(&["show", &request]).contains("a script with the token ci"));
    assert_eq!(place.count(|event| matches!(event, Event::TokenUsed { what, .. } if what == "allow")), 1);
    assert!(place.done(&["token", "list"]).contains("made by you on "), "{}", place.done(&["token", "list"]));
    assert!(place.done(&["token", "list"]).contains("used 2 times"), "{}", place.done(&["token", "list"]));
    // Taken back, it is worth nothing, at once.
    let (next, digest) = place.waiting();
    revoke(&place, "ci");
    let said = with(&place, &secret, &["allow", &next, "--digest", &digest]);
    assert!(said.code == Some(5) && said.err.contains("the token ci was revoked"), "{said:?}");
    // The brake asks for nothing.
    assert_eq!(place.done(&["end", &session]), "ending");
    assert!(place.done(&["ls"]).lines().all(|line| !line.contains("zzzzz")), "the hub's own session is none");
    assert!(place.done(&["verify"]).contains("sound"));
    let database = std::fs::read(place.state().join("taut.db")).unwrap();
    let wal = std::fs::read(place.state().join("taut.db-wal")).unwrap_or_default();
    let holds = |bytes: &[u8]| bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
    assert!(!holds(&database) && !holds(&wal), "only its hash is kept");
}

#[test]
fn a_token_is_for_what_it_was_made_for_and_as_long() {
    let place = Place::new();
    place.done(&["daemon", "start"]);
    let deny = made(&place, &["deny-only", "--only", "deny"]);
    let brief = made(&place, &["brief", "--expires", "1s"]);
    place.demo();
    let (request, digest) = place.waiting();
    // One that is shown counts, also where none is asked for.
    let said = with(&place, &deny, &["allow", &request, "--digest", &digest]);
    assert!(said.code == Some(5) && said.err.contains("not for `allow`, only for deny"), "{said:?}");
    std::thread::sleep(Duration::from_millis(1100));
    let said = with(&place, &brief, &["allow", &request, "--digest", &digest]);
    assert!(said.code == Some(5) && said.err.contains("brief has expired"), "{said:?}");
    assert_eq!(with(&place, &deny, &["deny", &request]).code, Some(0));
    let list = place.done(&["token", "list", "--json"]);
    let states: Vec<String> = list
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["state"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(states, ["expired", "holds"]);
}

#[test]
fn tokens_are_made_at_a_terminal_alone() {
    let place = Place::new();
    place.done(&["daemon", "start"]);
    let said = place.taut(&["token", "new", "ci"]);
    assert!(said.code == Some(1) && said.err.contains("made at a terminal"), "{said:?}");
    let said = place.taut(&["token", "revoke", "ci"]);
    assert!(said.code == Some(5) && said.err.contains("at a terminal"), "{said:?}");
    // Another program that speaks as one is refused by what the kernel says of it.
    let (link, _) = taut::hub::socket::connect(&place.state().join("hub.sock"), &place.state(), None, ROLE).unwrap();
    let hash = taut::domain::Digest::of(b"mine");
    let make = taut::domain::Command::MakeToken { name: "mine".into(), hash, lasts: 1000, only: vec![] };
    let reply = Bench::following(link).command(make);
    assert!(matches!(&reply, taut::domain::Reply::Refused { why } if why.contains("at a terminal")), "{reply:?}");
    assert_eq!(place.count(|event| matches!(event, Event::TokenMade { .. })), 0);
    // A name that is typed wrong makes none.
    let mut terminal = Terminal::apart(place.path(), &["token", "new", "ci"]);
    terminal.shows("Type its name again");
    terminal.keys("co\r");
    assert!(!terminal.ends().success());
    assert_eq!(place.count(|event| matches!(event, Event::TokenMade { .. })), 0);
}

const ROLE: taut::hub::socket::Role = taut::hub::socket::Role::Console;

#[test]
fn what_the_configuration_asks_is_live_and_its_faults_let_no_script_decide() {
    let place = Place::new();
    place.done(&["daemon", "start"]);
    let session = place.demo();
    let (request, digest) = place.waiting();
    let allow = || place.taut(&["allow", &request, "--digest", &digest]);
    config(&place, "scripts = \"tokn\"\n");
    let refused = |words: &str| {
        let said = allow();
        // A hub that has not heard of the change would allow it: the other digest keeps the request open.
        said.code == Some(5) && said.err.contains(words)
    };
    // Asked with a digest that is not right, so that a hub which has not seen the file yet decides nothing.
    let other = digest.replace(|c: char| c.is_ascii_digit(), "0");
    let tried = |words: &str| {
        let said = place.taut(&["allow", &request, "--digest", &other]);
        said.code == Some(5) && said.err.contains(words)
    };
    until("the fault", || tried("config.toml has faults"));
    assert!(refused("config.toml has faults"));
    config(&place, "scripts = \"token\"\n");
    until("the demand", || tried("asks scripts for a token"));
    // While an agent runs, nobody but the end of it takes the demand away again: the agent could have written this.
    config(&place, "scripts = \"allow\"\n");
    until("the record of it", || place.count(|event| matches!(event, Event::RulesChanged { .. })) == 2);
    until("the word of it", || {
        place.done(&["daemon", "status"]).contains("config.toml: scripts: changed while agents run, and not in force")
    });
    assert!(refused("asks scripts for a token"));
    assert_eq!(place.done(&["end", &session]), "ending");
    place.done(&["wait", &session, "--for", "end", "--timeout", "60"]);
    place.demo();
    let (request, digest) = place.waiting();
    assert_eq!(place.done(&["allow", &request, "--digest", &digest]), "allowed");
}

#[test]
fn a_console_at_a_terminal_needs_none() {
    let place = Place::new();
    place.done(&["daemon", "start"]);
    place.demo();
    config(&place, "scripts = \"token\"\n");
    place.waiting();
    let mut terminal = Terminal::apart(place.path(), &[]);
    terminal.shows("1 waiting");
    terminal.keys("w");
    terminal.shows("REVIEW 1 of 1");
    let denied = |event: &Event| matches!(event, Event::Decided { by: By::Console { .. }, .. });
    terminal.presses("x", "its decision", |_| place.count(denied) == 1);
    terminal.goes_back_from("REVIEW 1 of 1");
    assert!(terminal.leaves().success());
}

#[test]
fn what_another_program_writes_into_the_log_is_seen_and_nothing_is_decided_on_it() {
    let place = Place::new();
    place.done(&["daemon", "start"]);
    place.demo();
    let (request, digest) = place.waiting();
    // A token that nobody made at a terminal, written past the hub.
    let other = Connection::open(place.state().join("taut.db")).unwrap();
    other.busy_timeout(Duration::from_secs(20)).unwrap();
    let event = format!(
        "{{\"kind\":\"token_made\",\"name\":\"mine\",\"hash\":\"{}\",\"expires\":99999999999999,\"only\":[],\"by\":\"human\"}}",
        taut::domain::Digest::of(b"mine")
    );
    other
        .execute(
            "INSERT INTO record (pos, session, seq, lane, at, said_at, cites, version, kind, stored, hash)
             SELECT max(pos) + 1, 4294967295, 1, 0, max(at), NULL, NULL, 1, 'token_made', ?1, zeroblob(32) FROM record",
            [event],
        )
        .unwrap();
    let said = place.taut(&["allow", &request, "--digest", &digest]);
    assert_eq!(said.code, Some(5), "{said:?}");
    assert_eq!(place.count(|event| matches!(event, Event::Decided { .. })), 0);
    let status = place.taut(&["daemon", "status"]);
    assert!(status.out.contains("another program wrote") && status.out.contains("taut verify"), "{status:?}");
    assert_ne!(place.taut(&["verify"]).code, Some(0));
}
