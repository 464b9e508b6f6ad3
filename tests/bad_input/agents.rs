//! Agents that are none, or talk nonsense from their first byte.

use super::support::cli::{is_plain, taut};
use super::support::hub::{Bench, HEAR, question, turn_end, update};
use super::support::pty::Terminal;
use super::{leave, scratch};
use std::fs;
use std::time::Duration;
use taut::agent::process::tree;
use taut::domain::{CallId, Cause, Command, Gate, OfferKind, Reply, SessionId};
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

#[test]
fn two_agents_that_use_the_same_ids_are_kept_apart() {
    let (folder, repo) = scratch();
    let mut bench = Bench::new(folder.path());
    let asks = question(9, r#""kind":"execute","rawInput":{"command":"make"}"#);
    let done = update(r#""status":"completed""#);
    let lines = [HEAR, asks.as_str(), HEAR, &done, &turn_end(3, "end_turn")];
    // Some agents say *completed* of what was refused and not done: then their words say that it was refused.
    let refused =
        update(r#""status":"completed","content":[{"type":"content","content":{"type":"text","text":"Rejected."}}]"#);
    let believed = [HEAR, asks.as_str(), HEAR, &refused, &turn_end(3, "end_turn")];
    let ids = [bench.script(&repo, &lines, Some("go")), bench.script(&repo, &believed, Some("go"))];
    bench.until("both requests", |bench| bench.state.waiting() == 2);
    let asked =
        ids.map(|id| bench.state.queue().into_iter().find(|one| one.request.id.session == id).unwrap().request.id);
    assert_eq!(bench.answer(asked[0], OfferKind::AllowOnce), Reply::Done);
    bench.until("the first one to be done", |bench| bench.state.session(ids[0]).unwrap().open.is_empty());
    assert!(bench.state.request(asked[1]).unwrap().waits(), "the other one has heard nothing");
    assert_eq!(bench.answer(asked[1], OfferKind::RejectOnce), Reply::Done);
    bench.until("the second one to be done", |bench| bench.state.session(ids[1]).unwrap().open.is_empty());
    let step = |id| bench.state.session(id).unwrap().step_of(&CallId("c".into())).unwrap().clone();
    assert_eq!(step(ids[0]).gate, Gate::Asked);
    assert_eq!((step(ids[1]).gate, bench.state.session(ids[1]).unwrap().ungated), (Gate::Unknown, 0));
    bench.leave();
}

#[test]
fn arguments_of_many_megabytes_can_be_denied_and_harm_nobody() {
    let (folder, repo) = scratch();
    let mut bench = Bench::new(folder.path());
    let head = r#"{"jsonrpc":"2.0","id":9,"method":"session/request_permission","params":{"sessionId":"s","toolCall":{"toolCallId":"c","kind":"execute","rawInput":{"command":""#;
    let tail = r#""}},"options":[{"optionId":"y","name":"Yes","kind":"allow_once"},{"optionId":"n","name":"No","kind":"reject_once"}]}}"#;
    let opens = r#"read -r a; echo '{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":1}}'; read -r a; echo '{"jsonrpc":"2.0","id":2,"result":{"sessionId":"s"}}'; read -r a"#;
    let says = |bytes: u32| {
        format!(
            "{opens}; printf '%s' '{head}'; head -c {bytes} /dev/zero | tr '\\0' x; echo '{tail}'; while read -r a; do :; done"
        )
    };
    // As much as a line may hold is asked about; beyond that it is shown as what can't be read.
    let (most, beyond) = (says(12_000_000), says(70_000_000));
    let big = bench.start(&repo, &["sh", "-c", &most], Some("go"));
    let bigger = bench.start(&repo, &["sh", "-c", &beyond], Some("go"));
    bench.until("the request", |bench| bench.state.session(big).is_some_and(|one| one.waiting().count() == 1));
    bench.until("the line", |bench| bench.state.session(bigger).unwrap().unrecognised > 0);
    let request = bench.waiting();
    assert_eq!(request.session, big);
    let step = bench.state.session(big).unwrap().step_of(&CallId("c".into())).unwrap().clone();
    assert!(step.command.unwrap().inline().is_none(), "it is kept apart, and not in memory");
    assert_eq!(bench.answer(request, OfferKind::RejectOnce), Reply::Done);
    let next = bench.demo(&repo, Some("ask 1"));
    let request = bench.waiting();
    assert_eq!((request.session, bench.answer(request, OfferKind::AllowOnce)), (next, Reply::Done));
    bench.leave();
}
