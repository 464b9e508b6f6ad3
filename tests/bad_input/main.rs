//! Bad input: each is one sentence that names the thing, the cause and what to do; nothing is lost; the console lives on.
//!
//! What an agent does wrongly once it talks is in `hub` and `acp_wire`; here is what it does before (`agents`), and
//! everything around it: the log (`log`), its folder and disk (`folder`), the settings (`settings`), the terminal.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod agents;
mod folder;
mod log;
mod settings;
#[path = "../support/mod.rs"]
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use support::cli::{json, taut};
use support::hub::Bench;
use support::pty::Terminal;
use taut::cli::demo_repo;
use taut::domain::SessionId;

fn scratch() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    demo_repo::make(&folder.path().join("repo")).unwrap();
    let repo = folder.path().join("repo").canonicalize().unwrap();
    (folder, repo)
}

/// A folder with a log of one session.
fn logged() -> (tempfile::TempDir, SessionId) {
    let (folder, repo) = scratch();
    let mut bench = Bench::new(folder.path());
    let id = bench.demo(&repo, Some("work 3"));
    bench.until("the turn to end", |bench| bench.state.session(id).is_some_and(|session| session.stopped.is_some()));
    bench.leave();
    (folder, id)
}

fn leave(mut terminal: Terminal) {
    terminal.keys("q");
    // A question where something still lives; a key right behind it does not answer it.
    let end = Instant::now() + Duration::from_secs(20);
    while terminal.child.try_wait().unwrap().is_none() && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(100));
        if terminal.screen().contains("Leave taut?") {
            std::thread::sleep(Duration::from_millis(400));
            terminal.keys("y");
        }
    }
    assert!(terminal.ends().success());
    terminal.is_restored();
}

/// The console did not open, or closed at once, and said why behind the restored terminal.
fn refuses(folder: &Path, args: &[&str], names: &[&str]) {
    let mut terminal = Terminal::new(folder, args);
    assert_eq!(terminal.ends().code(), Some(1));
    let bytes = terminal.bytes();
    let text = String::from_utf8_lossy(&bytes);
    if text.contains("\x1b[?1049h") {
        terminal.is_restored();
    }
    let (_, said) = text.rsplit_once("taut: ").unwrap_or_else(|| panic!("nothing was said: {text:?}"));
    assert_eq!(said.trim_end().lines().count(), 1, "{said:?}");
    for name in names {
        assert!(said.contains(name), "{name:?} is not in {said:?}");
    }
}

#[test]
fn a_start_that_cannot_be_is_said_before_the_screen_opens() {
    let folder = tempfile::tempdir().unwrap();
    refuses(folder.path(), &["run", "--agent", "gooze"], &["\"gooze\"", "did you mean goose?", "known are"]);
    refuses(folder.path(), &["run", "--cwd", "/no/such/folder"], &["/no/such/folder", "no such file", "--cwd"]);
    refuses(folder.path(), &["run", "--cwd", "/etc/passwd"], &["/etc/passwd", "no folder", "--cwd"]);
    refuses(folder.path(), &["--theme", "nope"], &["\"nope\"", "terminal, dark, tide, light", "nope.toml"]);
    refuses(folder.path(), &["--config", "missing.toml"], &["missing.toml", "no such file", "--config"]);
    refuses(folder.path(), &["--config", "/"], &["it is a folder", "--config"]);
    refuses(folder.path(), &["replay", "s123"], &["there is no store", "--state"]);
}

#[test]
fn without_a_terminal_the_console_says_what_works_without_one() {
    let folder = tempfile::tempdir().unwrap();
    for args in [vec![], vec!["run", "hello"], vec!["run", "--", "cat"], vec!["demo"]] {
        let out =
            taut(folder.path(), &args).fails(&["needs a terminal", "stdin is none", "taut replay SESSION --print"]);
        assert_eq!(out, "");
    }
    assert!(fs::read_dir(folder.path()).unwrap().next().is_none(), "and leaves nothing behind");
    let (folder, id) = logged();
    taut(folder.path(), &["replay", &id.to_string()]).fails(&["needs a terminal", "--print"]);
}

#[test]
fn a_terminal_of_one_cell_is_lived_with() {
    let (folder, _) = logged();
    for (columns, rows) in [(1, 1), (2, 1), (1, 50)] {
        let mut terminal = Terminal::sized(folder.path(), &[], columns, rows);
        terminal.until("a frame", |terminal| terminal.bytes().windows(8).any(|bytes| bytes == b"\x1b[?2026l"));
        terminal.keys("j");
        terminal.keys("?");
        terminal.keys("\x1b");
        std::thread::sleep(Duration::from_millis(150));
        terminal.keys("q");
        assert!(terminal.ends().success(), "{columns}x{rows}");
        terminal.is_restored();
    }
    let id = json(&taut(folder.path(), &["ls", "--json"]).well())[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(taut(folder.path(), &["replay", &id, "--print", "--size", "1x1"]).well().lines().count(), 1);
}
