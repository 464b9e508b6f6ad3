//! Agents that are none, or talk nonsense from their first byte.

use super::support::cli::{is_plain, taut};
use super::support::hub::Bench;
use super::support::pty::Terminal;
use super::{leave, scratch};
use std::fs;
use std::time::Duration;
use taut::agent::process::tree;
use taut::domain::{Cause, Command, OfferKind, Reply, SessionId};
use taut::state::Life;

/// Starts a command line as an agent, waits until its session has ended, and gives the cause in words.
fn start_failed(command: &[&str]) -> (String, String) {
    let (folder, repo) = scratch();
    let mut bench = Bench::new(folder.path());
    let id = bench.start(&repo, command, Some("hello"));
    bench.until("its end", |bench| !bench.state.session(id).unwrap().is_live());
    // The hub lives on, and so does the next agent.
    let next = bench.demo(&repo, Some("ask 1"));
    let request = bench.waiting();
    assert_eq!((request.session, bench.answer(request, OfferKind::RejectOnce)), (next, Reply::Done));
    let shown = taut(folder.path(), &["show", &id.to_string()]).well();
    assert_eq!(tree::alive(&id.to_string()), []);
    let Life::Ended { cause, .. } = bench.state.session(id).unwrap().life.clone() else { panic!("it lives") };
    bench.leave();
    let why = match cause {
        Cause::Failed(why) => why,
        other => format!("{other:?}"),
    };
    (why, shown)
}

#[test]
fn an_agent_that_is_no_agent_ends_with_a_sentence_and_the_next_one_works() {
    for (command, names) in [
        (vec!["/no/such/agent", "--acp"], vec!["/no/such/agent"]),
        (vec!["/etc/passwd"], vec!["/etc/passwd"]),
        (vec!["true"], vec!["ended during initialize"]),
        (vec!["sh", "-c", "echo I cannot >&2; exit 7"], vec!["ended during initialize"]),
        (vec!["sh", "-c", "kill -9 $$"], vec!["ended during initialize"]),
    ] {
        let (why, shown) = start_failed(&command);
        for name in names {
            assert!(why.contains(name), "{command:?}: {why}");
        }
        assert!(shown.contains("  ended     "), "{shown}");
        assert!(!command.contains(&"sh") || !shown.contains("exit 7") || shown.contains("I cannot"), "{shown}");
    }
}

#[test]
fn an_agent_that_talks_nonsense_from_its_first_byte_is_heard_shown_and_ended() {
    let (folder, repo) = scratch();
    let mut bench = Bench::new(folder.path());
    let noise = ["sh", "-c", "head -c 200000 /dev/urandom; echo; yes '{\"jsonrpc\"' | head -n 500; exec sleep 600"];
    let silent = ["sleep", "600"];
    let echo = ["cat"];
    let long = ["sh", "-c", "head -c 100000000 /dev/zero | tr '\\0' x; echo; exec sleep 600"];
    let ids: Vec<SessionId> =
        [&noise[..], &silent, &echo, &long].iter().map(|command| bench.start(&repo, command, Some("hello"))).collect();
    bench.until("the noise", |bench| bench.state.session(ids[0]).unwrap().unrecognised > 100);
    bench.until("the long line", |bench| bench.state.session(ids[3]).unwrap().unrecognised > 0);
    // All the while a good one is served.
    let good = bench.demo(&repo, Some("ask 1"));
    let request = bench.waiting();
    assert_eq!((request.session, bench.answer(request, OfferKind::AllowOnce)), (good, Reply::Done));
    for id in &ids {
        if bench.state.session(*id).unwrap().is_live() {
            assert_eq!(bench.command(Command::End { session: *id }), Reply::Done);
        }
        bench.until("its end", |bench| !bench.state.session(*id).unwrap().is_live());
        assert_eq!(tree::alive(&id.to_string()), []);
        assert!(is_plain(&taut(folder.path(), &["show", &id.to_string()]).well()));
    }
    bench.leave();
    let size = fs::metadata(folder.path().join("state/taut.db")).unwrap().len();
    assert!(size < 100 << 20, "{size}");
}

#[test]
fn a_wrong_command_is_said_on_the_screen_and_the_console_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let terminal = Terminal::new(folder.path(), &["run", "hello", "--", "/no/such/agent", "--acp"]);
    terminal.shows("FLEET").shows("/no/such/agent");
    terminal.keys("?");
    terminal.shows("esc");
    terminal.keys("\x1b");
    std::thread::sleep(Duration::from_millis(200));
    leave(terminal);
}
