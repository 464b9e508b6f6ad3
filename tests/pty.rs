//! The program in a real terminal: it starts, is steered, and gives the terminal back whatever ends it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use rustix::process::Signal;
use std::time::{Duration, Instant};
use support::pty::Terminal;
use taut::domain::Event;
use taut::store::Reader;

fn demo(folder: &tempfile::TempDir, more: &[&str]) -> Terminal {
    let mut args = vec!["demo", "--pace", "0"];
    args.extend(more);
    Terminal::new(folder.path(), &args)
}

fn decided(folder: &tempfile::TempDir) -> usize {
    let reader = Reader::open(&folder.path().join("state")).unwrap();
    let records = reader.records_by_pos(taut::domain::Pos(1), 100_000).unwrap();
    records.iter().filter(|record| matches!(record.event, Event::Decided { .. })).count()
}

#[test]
fn an_empty_console_says_what_to_do_and_is_left_by_a_key() {
    let folder = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::new(folder.path(), &[]);
    terminal.shows("Three things to do");
    std::thread::sleep(Duration::from_millis(200));
    let began = Instant::now();
    terminal.keys("q");
    assert!(terminal.ends().success());
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    terminal.is_restored();
}

#[test]
fn a_request_is_found_read_and_allowed_by_keyboard() {
    let folder = tempfile::tempdir().unwrap();
    let mut terminal = demo(&folder, &[]);
    terminal.shows("1 waiting");
    terminal.keys("w");
    terminal.shows("REVIEW 1 of 1");
    assert_eq!(decided(&folder), 0);
    std::thread::sleep(Duration::from_millis(500));
    for _ in 0..3 {
        terminal.keys(" ");
        std::thread::sleep(Duration::from_millis(200));
    }
    terminal.keys("a");
    terminal.until("the decision", |_| decided(&folder) == 1);
    terminal.shows("ANSWERED");
    std::thread::sleep(Duration::from_millis(200));
    terminal.keys("\x1b");
    terminal.hides("ANSWERED");
    terminal.keys("q");
    std::thread::sleep(Duration::from_millis(600));
    terminal.keys("y");
    assert!(terminal.ends().success());
    terminal.is_restored();
    terminal.nothing_is_left();
}

#[test]
fn a_paste_and_keys_in_one_read_never_decide() {
    let folder = tempfile::tempdir().unwrap();
    let terminal = demo(&folder, &["ask 3"]);
    terminal.shows("3 waiting");
    terminal.keys("w");
    terminal.shows("REVIEW");
    std::thread::sleep(Duration::from_millis(500));
    terminal.paste("aaaa\n");
    terminal.keys("aa");
    terminal.keys("a\r");
    std::thread::sleep(Duration::from_millis(300));
    for _ in 0..20 {
        terminal.keys("a");
        std::thread::sleep(Duration::from_millis(30));
    }
    std::thread::sleep(Duration::from_millis(300));
    assert!(decided(&folder) <= 1, "a held key decides at most what its first press decided");
}

#[test]
fn signals_restore_the_terminal_and_leave_nothing_running() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
        let folder = tempfile::tempdir().unwrap();
        let mut terminal = demo(&folder, &["forks"]);
        terminal.shows("live");
        terminal.until("a session", |terminal| !terminal.marks().is_empty());
        std::thread::sleep(Duration::from_millis(300));
        terminal.signal(signal);
        terminal.ends();
        terminal.is_restored();
        terminal.nothing_is_left();
    }
}

#[test]
fn kill_9_leaves_no_agent_and_the_next_start_says_what_happened() {
    let folder = tempfile::tempdir().unwrap();
    let mut terminal = demo(&folder, &["ask 1"]);
    terminal.shows("1 waiting");
    terminal.signal(Signal::KILL);
    terminal.ends();
    terminal.nothing_is_left();
    let next = Terminal::new(folder.path(), &[]);
    next.shows("interrupted");
}

#[test]
fn ctrl_c_interrupts_the_turn_and_twice_more_leaves() {
    let folder = tempfile::tempdir().unwrap();
    let mut terminal = demo(&folder, &["hang"]);
    // The turn has begun: one that only starts counts as working as well, and can't be interrupted.
    terminal.shows("ctx").shows("you      hang");
    terminal.keys("\x03");
    terminal.until("the interrupt", |terminal| !terminal.screen().contains("working"));
    std::thread::sleep(Duration::from_millis(500));
    terminal.keys("\x03");
    terminal.shows("press it again to leave");
    std::thread::sleep(Duration::from_millis(300));
    terminal.keys("\x03");
    terminal.ends();
    terminal.is_restored();
    terminal.nothing_is_left();
}

#[test]
fn a_storm_of_sizes_is_survived_and_the_last_one_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let terminal = demo(&folder, &["work 3"]);
    terminal.shows("FLEET");
    for (columns, rows) in [(1, 1), (2, 2), (500, 3), (400, 120), (20, 6), (79, 24), (1, 40), (80, 24), (120, 36)] {
        terminal.resize(columns, rows);
        std::thread::sleep(Duration::from_millis(20));
    }
    terminal.shows("FLEET");
    terminal.resize(10, 3);
    std::thread::sleep(Duration::from_millis(200));
    terminal.resize(120, 36);
    terminal.shows("FLEET");
}

#[test]
fn stopped_and_gone_on_it_gives_the_terminal_back_and_takes_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::new(folder.path(), &[]);
    terminal.shows("Three things to do");
    terminal.keys("\x1a");
    terminal.until("the stop", |terminal| {
        std::fs::read_to_string(format!("/proc/{}/stat", terminal.child.id())).unwrap().contains(") T ")
    });
    terminal.is_restored();
    terminal.signal(Signal::CONT);
    std::thread::sleep(Duration::from_millis(300));
    terminal.keys("?");
    terminal.shows("esc");
    terminal.keys("\x1b");
    std::thread::sleep(Duration::from_millis(200));
    terminal.keys("q");
    assert!(terminal.ends().success());
    terminal.is_restored();
}

#[test]
fn a_panic_gives_the_terminal_back_says_what_happened_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut terminal = demo(&folder, &["forks"]);
    terminal.until("a session", |terminal| !terminal.marks().is_empty());
    std::thread::sleep(Duration::from_millis(300));
    // The way in is there in debug builds only: SIGUSR2.
    terminal.signal(Signal::USR2);
    assert!(!terminal.ends().success());
    terminal.is_restored();
    assert!(String::from_utf8_lossy(&terminal.bytes()).contains("asked for by SIGUSR2"));
    terminal.nothing_is_left();
}

#[test]
fn nothing_is_written_while_nothing_happens() {
    let folder = tempfile::tempdir().unwrap();
    let terminal = Terminal::new(folder.path(), &[]);
    terminal.shows("Three things to do");
    std::thread::sleep(Duration::from_millis(500));
    let before = terminal.bytes().len();
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(terminal.bytes().len(), before, "an idle console writes nothing");
}

#[test]
fn every_frame_is_inside_synchronized_output_and_the_screen_is_never_erased() {
    let folder = tempfile::tempdir().unwrap();
    let terminal = Terminal::new(folder.path(), &["demo", "--pace", "10", "stream 100"]);
    terminal.shows("turn 1 done");
    let bytes = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    let (begins, ends) = (bytes.matches("\x1b[?2026h").count(), bytes.matches("\x1b[?2026l").count());
    assert!(begins > 3 && begins == ends, "{begins} begun, {ends} ended");
    assert!(bytes.matches("\x1b[2J").count() <= 1, "erased more than once");
}

/// Opens the card of what waits and reads it to its end.
fn reads(terminal: &Terminal) {
    terminal.shows("waiting");
    terminal.keys("w");
    terminal.shows("REVIEW 1 of");
    terminal.until("all of it to be read", |terminal| {
        let screen = terminal.screen();
        if screen.contains("read to the end") || screen.contains("all of it is on the screen") {
            return true;
        }
        terminal.keys(" ");
        std::thread::sleep(Duration::from_millis(100));
        false
    });
    // A person looks at it for a while.
    std::thread::sleep(Duration::from_millis(600));
}

/// A key after another, as a person types.
fn types(terminal: &Terminal, keys: &[&str]) {
    for key in keys {
        terminal.keys(key);
        std::thread::sleep(Duration::from_millis(120));
    }
}

#[test]
fn questions_are_answered_by_choice_by_several_and_in_words_and_the_agent_has_the_answers() {
    let folder = tempfile::tempdir().unwrap();
    let terminal = demo(&folder, &["question"]);
    terminal.shows("1 waiting");
    reads(&terminal);
    terminal.keys("a");
    terminal.shows("ANSWER 1 OF 3");
    std::thread::sleep(Duration::from_millis(500));
    // Words of one's own beside the choices; two of three; words alone.
    types(&terminal, &["\x1b[B", "\x1b[B", "D", "u", "c", "k", "\r"]);
    terminal.shows("ANSWER 2 OF 3");
    types(&terminal, &["1", "3", "\r"]);
    terminal.shows("ANSWER 3 OF 3");
    types(&terminal, &["l", "e", "d", "g", "e", "r"]);
    terminal.shows("ledger");
    assert_eq!(decided(&folder), 0);
    std::thread::sleep(Duration::from_millis(500));
    terminal.keys("\r");
    terminal.until("the decision", |_| decided(&folder) == 1);
    terminal.shows("ANSWERED");
    terminal.keys("\x1b");
    terminal.shows("You said: store Duck, checks rounding and tax, name ledger.");
}

#[test]
fn a_plan_is_accepted_and_the_agent_begins() {
    let folder = tempfile::tempdir().unwrap();
    let terminal = demo(&folder, &["plan"]);
    terminal.shows("1 waiting");
    reads(&terminal);
    terminal.shows("The lost cents").shows("accept the plan");
    terminal.keys("a");
    terminal.until("the decision", |_| decided(&folder) == 1);
    terminal.keys("\x1b");
    terminal.shows("The plan is accepted: I begin.");
}

#[test]
fn calls_that_are_alike_are_decided_together_and_the_odd_one_waits() {
    let folder = tempfile::tempdir().unwrap();
    let terminal = demo(&folder, &["--agents", "2"]);
    // The last one of several asks for four edits that are alike, and a command that is not.
    terminal.shows("6 waiting");
    terminal.keys("Q");
    terminal.shows("NOTES.md");
    std::thread::sleep(Duration::from_millis(300));
    for _ in 0..8 {
        if terminal.screen().lines().any(|line| line.contains('▌') && line.contains(".md")) {
            break;
        }
        terminal.keys("j");
        std::thread::sleep(Duration::from_millis(150));
    }
    terminal.keys("B");
    // The other agent's first edit is of the same kind, in its own folder, and the batch says so.
    terminal.shows("BATCH 5").shows("in 2 folders, each at its own").shows("deny all");
    terminal.until("all of them to be read", |terminal| {
        let done = terminal.screen().contains("all of them were read");
        if !done {
            terminal.keys(" ");
            std::thread::sleep(Duration::from_millis(100));
        }
        done
    });
    std::thread::sleep(Duration::from_millis(600));
    assert_eq!(decided(&folder), 0);
    terminal.keys("a");
    terminal.until("five decisions", |_| decided(&folder) == 5);
    // Each has its own record; the command, which is another kind of thing, was not among them.
    terminal.shows("5 of 5").shows("allowed");
    assert_eq!(decided(&folder), 5);
}

/// The event of some record.
fn recorded(folder: &tempfile::TempDir, is: impl Fn(&Event) -> bool) -> bool {
    let reader = Reader::open(&folder.path().join("state")).unwrap();
    let records = reader.records_by_pos(taut::domain::Pos(1), 100_000).unwrap();
    records.iter().any(|record| is(&record.event))
}

#[test]
fn what_was_done_is_reviewed_a_hunk_reverted_and_a_line_commented() {
    let folder = tempfile::tempdir().unwrap();
    let terminal = demo(&folder, &["parts"]);
    for n in 1..=2 {
        terminal.shows("1 waiting");
        reads(&terminal);
        terminal.keys("a");
        terminal.until("the decision", |_| decided(&folder) == n);
        terminal.shows("ANSWERED");
        terminal.keys("\x1b");
        terminal.hides("ANSWERED");
    }
    let after = |event: &Event| matches!(event, Event::Checkpointed { checkpoint } if !checkpoint.effects.is_empty());
    terminal.until("the checkpoint after it", |_| recorded(&folder, after));
    terminal.until("the end of the turn", |_| recorded(&folder, |event| matches!(event, Event::TurnEnded { .. })));
    std::thread::sleep(Duration::from_millis(300));
    terminal.keys("R");
    terminal.shows("REVIEW of").shows("step ");
    types(&terminal, &["j", "j", "j", "c"]);
    terminal.shows("comment");
    types(&terminal, &["w", "h", "y", "?", "\r"]);
    terminal.shows("why?").shows("1 comment: s gives them");
    types(&terminal, &["-"]);
    terminal.shows("[REVERT]");
    types(&terminal, &["u"]);
    terminal.shows("UNDO").shows("that can be undone, too");
    std::thread::sleep(Duration::from_millis(700));
    terminal.keys("y");
    terminal.until("it to be undone", |_| recorded(&folder, |event| matches!(event, Event::Undone { .. })));
    // The review is there again, as it is now.
    terminal.shows("REVIEW of");
    terminal.hides("[REVERT]");
    std::thread::sleep(Duration::from_millis(300));
    types(&terminal, &["s"]);
    terminal.shows("Comments on your changes:");
    let prompt = |event: &Event| match event {
        Event::PromptSent { text, .. } => text.inline().is_some_and(|text| {
            text.contains("Comments on your changes:") && text.contains("why?") && text.contains("taken back a part of")
        }),
        _ => false,
    };
    assert!(!recorded(&folder, prompt), "nothing is sent by it");
    std::thread::sleep(Duration::from_millis(300));
    terminal.keys("\r");
    terminal.until("the prompt with all comments", |_| recorded(&folder, prompt));
}
