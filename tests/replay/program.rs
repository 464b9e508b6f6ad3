//! `taut replay`: one frame as text, and the whole of it in a terminal.

use crate::quiet::{files, unchanged};
use crate::support::hub::program;
use crate::support::live::{self, Log};
use crate::support::pty::Terminal;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;
use taut::domain::Seq;
use taut::tui::{Source, still};
use taut::ui::{App, Setup};
use taut::view::{self, Cache};

/// Runs the program without a terminal.
fn taut(folder: &Path, args: &[&str]) -> Output {
    Command::new(program())
        .args(args)
        .env_clear()
        .env("HOME", folder)
        .env("TZ", "UTC")
        .env("TAUT_STATE", folder.join("state"))
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The frame that a console of the same world settles on.
fn settled(log: &Log, seq: Seq, size: (u16, u16)) -> String {
    let session = taut::hub::session_at(&log.reader, log.id, seq).unwrap();
    let limits = taut::hub::config::Config::default().limits;
    let setup = Setup { home: log.folder.to_string_lossy().into_owned(), limits, size, ..Setup::default() };
    let mut app = App::of_replay(setup, log.replay(seq), session);
    let source = Source::past(taut::store::Reader::open(&log.folder.join("state")).unwrap());
    let clock = log.at(seq).at;
    view::to_text(&still::settle(&mut app, &mut Cache::new(), &source, clock))
}

#[test]
fn a_frame_as_text_is_the_settled_frame_and_leaves_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    let log = live::demo(folder.path());
    // What it tells of is gone.
    std::fs::remove_dir_all(folder.path().join("shop")).unwrap();
    let before = files(folder.path());
    let (id, last) = (log.id.to_string(), log.last());
    for (at, seq, size) in [
        ("end", last, (80, 24)),
        ("end", last, (120, 36)),
        ("1", Seq(1), (120, 36)),
        ("40", Seq(40), (200, 50)),
        ("73", Seq(73), (60, 20)),
        ("73", Seq(73), (1, 1)),
        ("90", Seq(90), (1000, 3)),
    ] {
        let given = format!("{}x{}", size.0, size.1);
        let output = taut(folder.path(), &["replay", &id, "--at", at, "--print", "--size", &given]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert_eq!(text(&output.stdout), settled(&log, seq, size), "at {at}, {given}");
        assert!(output.stderr.is_empty());
    }
    let by_name = log.name();
    let state = folder.path().join("state");
    let first = ["--state", state.to_str().unwrap(), "replay", &by_name, "--print"];
    let output = taut(Path::new("/nowhere"), &first);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).starts_with(" REPLAY"), "{}", text(&output.stdout));
    unchanged(folder.path(), &before);
}

#[test]
fn what_can_not_be_shown_is_said_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let log = live::story(folder.path(), 1, 30);
    let id = log.id.to_string();
    for (args, says) in [
        (vec!["replay", "nobody", "--print"], "nothing is called \"nobody\""),
        (vec!["replay", "", "--print"], "nothing is called \"\""),
        (vec!["replay", &id, "--print", "--at", "0"], "from 1 to 30"),
        (vec!["replay", &id, "--print", "--at", "31"], "from 1 to 30"),
        (vec!["replay", &id], "terminal"),
        (vec!["replay", &id, "--print", "--state", "/nowhere"], "/nowhere"),
    ] {
        let output = taut(folder.path(), &args);
        let (said, shown) = (text(&output.stderr), text(&output.stdout));
        assert_eq!(output.status.code(), Some(1), "{args:?}: {said}");
        assert!(said.contains(says) && said.trim_end().lines().count() == 1, "{args:?}: {said}");
        assert!(shown.is_empty(), "{args:?}: {shown}");
    }
}

/// Processes that were begun by a process and are alive.
fn children(pid: u32) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let parent = |stat: &str| stat.rsplit_once(") ").and_then(|(_, rest)| rest.split(' ').nth(1)?.parse::<u32>().ok());
    let stats = processes.filter_map(|process| std::fs::read_to_string(process.path().join("stat")).ok());
    stats.filter(|stat| parent(stat) == Some(pid)).collect()
}

#[test]
fn in_a_terminal_it_plays_pauses_steps_and_ends_and_does_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let log = live::demo(folder.path());
    std::fs::remove_dir_all(folder.path().join("shop")).unwrap();
    let before = files(&folder.path().join("state"));
    let id = log.id.to_string();
    let mut terminal = Terminal::new(folder.path(), &["replay", &id]);
    let marks = log.replay(Seq(1)).marks.all();
    let steps = marks.iter().filter(|(_, mark)| *mark == taut::ui::replay::ReplayMark::Step).count();
    terminal
        .shows("REPLAY")
        .shows(&format!("step {steps} of {steps}"))
        .shows("turn 2 of 2")
        .shows("as of ")
        .shows("ctx");
    // What a replay has no key for sends nothing either.
    for keys in ["c", "i", "X", "a", "d", "x", "y", "Q", "\x1b", "m", "L"] {
        terminal.keys(keys);
        std::thread::sleep(Duration::from_millis(40));
    }
    terminal.keys("\x1b");
    std::thread::sleep(Duration::from_millis(150));
    terminal.keys("\x1b[H");
    terminal.shows(&format!("step 0 of {steps}")).shows("turn 0 of 2");
    terminal.keys("]");
    terminal.shows("turn 1 of 2");
    terminal.keys("]");
    terminal.shows("turn 2 of 2");
    terminal.keys("[");
    terminal.shows("turn 1 of 2");
    terminal.keys("\x1b[C");
    terminal.shows(&format!("step 1 of {steps}"));
    terminal.keys("\x1b[C");
    terminal.shows(&format!("step 2 of {steps}"));
    terminal.keys("\x1b[D");
    terminal.shows(&format!("step 1 of {steps}"));
    terminal.keys("}");
    terminal.shows("waiting");
    terminal.keys("}");
    terminal.hides("waiting");
    for speed in ["×2", "×4", "×8", "×16", "×32", "×64"] {
        terminal.keys("+");
        terminal.shows(speed);
    }
    assert_eq!(children(terminal.child.id()), Vec::<String>::new());
    terminal.keys(" ");
    // As fast as that it is soon at its end.
    terminal.shows(&format!("step {steps} of {steps}")).shows("END OF SESSION");
    terminal.keys("-");
    terminal.shows("×32");
    terminal.keys("q");
    assert!(terminal.ends().success());
    terminal.is_restored();
    unchanged(&folder.path().join("state"), &before);
    terminal.nothing_is_left();
}
