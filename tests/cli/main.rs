//! Every command through the program, against the log of a hub with the demo agent.
//!
//! What is shown of sessions and requests is in `show`, how they are called in `find`, the commands that look at
//! everything around them in `around`; here is what all commands have in common.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

mod around;
mod find;
mod policy;
mod shelf;
mod show;
#[path = "../support/mod.rs"]
mod support;

use std::path::PathBuf;
use std::process::Stdio;
use support::cli::{Ran, command, ran, taut};
use support::hub::Bench;
use taut::cli::demo_repo;
use taut::domain::{OfferKind, Reply, RequestId, SessionId};

const PROMPT: &str = "Mend the rounding";

fn scratch() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    demo_repo::make(&folder.path().join("repo")).unwrap();
    let repo = folder.path().join("repo").canonicalize().unwrap();
    (folder, repo)
}

fn is_idle(bench: &Bench, id: SessionId) -> bool {
    bench.state.session(id).is_some_and(|session| session.turn.is_none() && session.stopped.is_some())
}

fn play(bench: &mut Bench, id: SessionId) -> Vec<RequestId> {
    let mut answered = Vec::new();
    loop {
        bench.until("a request or the end of the turn", |bench| bench.state.waiting() > 0 || is_idle(bench, id));
        if is_idle(bench, id) {
            return answered;
        }
        let request = bench.waiting();
        assert_eq!(bench.answer(request, OfferKind::AllowOnce), Reply::Done);
        answered.push(request);
    }
}

/// A log with one session that went from its prompt to its end.
fn finished() -> (tempfile::TempDir, SessionId, Vec<RequestId>) {
    let (folder, repo) = scratch();
    let mut bench = Bench::new(folder.path());
    let id = bench.demo(&repo, Some(PROMPT));
    let answered = play(&mut bench, id);
    bench.leave();
    (folder, id, answered)
}

fn help(verb: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    taut(folder.path(), &[verb, "--help"]).well()
}

#[test]
fn every_command_has_its_help_and_the_options_of_all_are_in_each() {
    let folder = tempfile::tempdir().unwrap();
    let all = taut(folder.path(), &["--help"]).well();
    for verb in ["run", "demo", "replay", "ls", "show", "rename", "archive", "delete", "verify", "agents", "doctor"] {
        assert!(all.contains(&format!("\n  {verb} ")), "{verb}: {all}");
        let one = help(verb);
        for option in ["--state", "--config", "--theme", "--no-mouse"] {
            assert!(one.contains(option), "{verb} {option}");
        }
    }
    assert!(taut(folder.path(), &["--version"]).well().starts_with("taut "));
}

#[test]
fn options_of_every_command_stand_anywhere() {
    let (folder, id, _) = finished();
    let state = folder.path().join("state");
    let state = state.to_str().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| ran(command(elsewhere.path(), args).env_remove("TAUT_STATE"));
    for args in [
        vec!["--state", state, "ls"],
        vec!["ls", "--state", state],
        vec!["--no-mouse", "ls", "--theme", "dark", "--state", state],
    ] {
        assert!(run(&args).well().contains(&id.to_string()));
    }
    let none = run(&["ls"]).well();
    assert!(none.contains("No session yet in ") && none.contains("taut demo"), "{none}");
    assert_eq!(run(&["ls", "--json"]).well(), "");
    run(&["show", "x"]).fails(&["there is no store in", "--state"]);
}

#[test]
fn wrong_usage_is_one_sentence_and_exit_code_2() {
    let folder = tempfile::tempdir().unwrap();
    for (args, names) in [
        (vec!["lst"], ["'lst'", "'ls'"]),
        (vec!["show"], ["<ID>", "taut show --help"]),
        (vec!["ls", "--jsno"], ["'--jsno'", "'--json'"]),
        (vec!["--state"], ["--state <DIR>", "taut --help"]),
        (vec!["demo", "--agents", "0"], ["'0'", "1..=64"]),
    ] {
        taut(folder.path(), &args).misused(&names);
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let (folder, id, answered) = finished();
    let (id, request) = (id.to_string(), answered[0].to_string());
    for args in [
        vec!["--help"],
        vec!["ls"],
        vec!["ls", "--json"],
        vec!["show", &id],
        vec!["show", &id, "--json"],
        vec!["show", &request],
        vec!["verify"],
        vec!["agents"],
        vec!["doctor"],
        vec!["replay", &id, "--print"],
    ] {
        let mut child = command(folder.path(), &args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), b"".as_slice()), "{args:?}");
    }
    // A place that takes nothing is one.
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
    if let Ok(full) = full {
        let output = command(folder.path(), &["ls"]).stdout(full).output().unwrap();
        let ran =
            Ran { code: output.status.code(), out: String::new(), err: String::from_utf8(output.stderr).unwrap() };
        ran.fails(&["cannot write the output", "No space left"]);
    }
}
