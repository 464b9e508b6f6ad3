//! `taut --plain` in a real terminal: the demo runs, an edit is read and approved, by keys alone.

use super::support::pty::Terminal;
use std::time::Duration;
use taut::domain::{Decision, Event, Pos};
use taut::store::Reader;

fn events(folder: &tempfile::TempDir) -> Vec<Event> {
    let reader = Reader::open(&folder.path().join("state")).unwrap();
    reader.records_by_pos(Pos(1), 100_000).unwrap().into_iter().map(|record| record.event).collect()
}

fn decided(folder: &tempfile::TempDir) -> Vec<Decision> {
    let decisions = events(folder).into_iter().filter_map(|event| match event {
        Event::Decided { decision, .. } => Some(decision),
        _ => None,
    });
    decisions.collect()
}

fn text(terminal: &Terminal) -> String {
    String::from_utf8_lossy(&terminal.bytes()).replace('\r', "")
}

#[track_caller]
fn says(terminal: &Terminal, what: &str) {
    terminal.until(&format!("{what:?} in the lines"), |terminal| text(terminal).contains(what));
}

#[test]
fn an_edit_is_read_and_approved_in_lines() {
    let folder = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::sized(folder.path(), &["--plain", "demo", "--pace", "0"], 80, 24);
    says(&terminal, "waiting: request r");
    says(&terminal, "waiting for you: 1 request");
    // A key that comes before the card decides nothing.
    terminal.keys("a");
    std::thread::sleep(Duration::from_millis(500));
    assert!(decided(&folder).is_empty());
    terminal.keys("w");
    says(&terminal, ", all of it:");
    says(&terminal, "end of request");
    let card: Vec<String> = text(&terminal).lines().filter(|line| line.contains("| ")).map(str::to_owned).collect();
    assert!(card.iter().any(|line| line.contains("REVIEW 1 of 1")), "{card:#?}");
    assert!(card.iter().any(|line| line.contains("why it waits")), "{card:#?}");
    assert!(card.iter().any(|line| line.contains("src/basket.py")), "{card:#?}");
    assert!(card.iter().any(|line| line.contains("+ ")) && card.iter().any(|line| line.contains("− ")), "{card:#?}");
    says(&terminal, "keys: a allow once");
    std::thread::sleep(Duration::from_millis(700));
    terminal.keys("a");
    terminal.until("the decision", |_| decided(&folder).len() == 1);
    assert!(matches!(decided(&folder)[0], Decision::Allow { .. }));
    let shown = events(&folder).into_iter().any(|event| matches!(event, Event::Shown { seen, .. } if seen.end));
    assert!(shown, "that all of it was said is on record");
    says(&terminal, "allowed by you");

    let all = text(&terminal);
    assert!(
        !all.contains("\x1b[?1049h") && !all.contains("\x1b[H") && !all.contains("\x1b[2J"),
        "nothing is repainted"
    );
    assert!(!all.contains("\x1b[3") && !all.contains("\x1b[0m"), "no colours");
    for line in all.lines().filter(|line| line.contains("step ")) {
        assert!(line.starts_with("find-out-where") || line.contains(": "), "a line stands for itself: {line}");
    }
    terminal.keys("\x1b");
    std::thread::sleep(Duration::from_millis(300));
    let last = text(&terminal).rfind("in the rail").unwrap();
    assert!(last > text(&terminal).rfind("in a request's card").unwrap(), "the move back is said");
    terminal.keys("q");
    says(&terminal, "SURE?");
    std::thread::sleep(Duration::from_millis(600));
    terminal.keys("y");
    assert!(terminal.ends().success());
    terminal.is_restored();
    terminal.nothing_is_left();
}

#[test]
fn several_that_are_alike_are_said_whole_and_allowed_by_one_key() {
    let folder = tempfile::tempdir().unwrap();
    let terminal = Terminal::sized(folder.path(), &["--plain", "demo", "--pace", "0", "ask 4"], 80, 24);
    terminal.until("four requests", |terminal| text(terminal).matches("waiting: request r").count() == 4);
    terminal.keys("Q");
    says(&terminal, "in the queue");
    std::thread::sleep(Duration::from_millis(300));
    terminal.keys("B");
    says(&terminal, "batch: 2 requests, all of each:");
    says(&terminal, "batch: end of what is shown");
    let said: Vec<String> =
        text(&terminal).lines().filter(|line| line.starts_with("batch| ")).map(str::to_owned).collect();
    assert!(said.iter().any(|line| line.contains("ask-1.txt")), "{said:#?}");
    assert!(said.iter().any(|line| line.contains("ask-3.txt")), "{said:#?}");
    assert!(decided(&folder).is_empty());
    std::thread::sleep(Duration::from_millis(900));
    terminal.keys("a");
    terminal.until("both decisions", |_| decided(&folder).len() == 2);
    assert!(decided(&folder).iter().all(|decision| matches!(decision, Decision::Allow { .. })));
    let ends = events(&folder).into_iter().filter(|event| matches!(event, Event::Shown { seen, .. } if seen.end));
    assert_eq!(ends.count(), 2, "that each was said to its end is on record");
}

#[test]
fn keys_at_once_and_a_card_just_said_decide_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let terminal = Terminal::sized(folder.path(), &["--plain", "demo", "--pace", "0"], 80, 24);
    says(&terminal, "waiting: request r");
    terminal.keys("wa");
    says(&terminal, "end of request");
    terminal.keys("a");
    says(&terminal, "taut: ");
    terminal.keys("aaa");
    terminal.paste("a\na");
    std::thread::sleep(Duration::from_millis(700));
    assert!(decided(&folder).is_empty(), "{:?}", decided(&folder));
}

#[test]
fn a_prompt_is_typed_and_moves_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let terminal = Terminal::sized(folder.path(), &["--plain", "demo", "--pace", "0"], 80, 24);
    says(&terminal, "waiting for you: 1 request");
    terminal.keys("i");
    says(&terminal, "in the composer");
    for key in ["h", "e", "y"] {
        terminal.keys(key);
        std::thread::sleep(Duration::from_millis(60));
    }
    says(&terminal, ": hey");
    terminal.keys("\r");
    says(&terminal, "taut: queued: it goes when the turn ends");
    terminal.keys("\x1b");
    says(&terminal, "in a session's pane");
    terminal.keys("k");
    says(&terminal, ": entry ");
    terminal.keys("Q");
    says(&terminal, "in the queue");
    terminal.keys("?");
    says(&terminal, "open or close the queue");
}

#[test]
fn a_flag_is_said_once_with_what_shows_it() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("limits.toml");
    std::fs::write(&config, "[watch]\nunseen = 1\n").unwrap();
    let config = config.to_string_lossy().into_owned();
    let terminal = Terminal::sized(folder.path(), &["--plain", "--config", &config, "demo", "--pace", "0"], 80, 24);
    says(&terminal, "waiting: request r");
    // Nobody looks at it.
    says(&terminal, "flagged: a request waits ");
    std::thread::sleep(Duration::from_millis(2_500));
    assert_eq!(text(&terminal).matches("flagged: ").count(), 1, "{}", text(&terminal));
}

#[test]
fn changed_settings_are_said_whole_before_they_are_taken() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join(".config/taut");
    std::fs::create_dir_all(&config).unwrap();
    let mut terminal = Terminal::sized(folder.path(), &["--plain", "demo", "--pace", "0"], 80, 24);
    says(&terminal, "waiting: request r");
    std::fs::write(config.join("policy.toml"), "[[rule]]\nthen = \"allow\"\ncommand = \"make\"\n").unwrap();
    says(&terminal, "SETTINGS");
    says(&terminal, "ctrl-y shows what, and takes it");
    terminal.keys("\x19");
    for line in ["policy.toml  +3 -0", "+ [[rule]]", "+ then = \"allow\"", "+ command = \"make\""] {
        says(&terminal, line);
    }
    let taken = || {
        let is = |event: &Event| matches!(event, Event::SettingsAccepted { file, .. } if file == "policy.toml");
        events(&folder).iter().any(is)
    };
    std::thread::sleep(Duration::from_millis(700));
    assert!(!taken());
    terminal.keys("y");
    terminal.until("the rule in force", |_| taken());
    terminal.close();
}

#[test]
fn what_a_step_did_is_said_and_taken_back_in_lines() {
    let folder = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::sized(folder.path(), &["--plain", "demo", "--pace", "0"], 80, 24);
    says(&terminal, "waiting: request r");
    terminal.keys("w");
    says(&terminal, "keys: a allow once");
    std::thread::sleep(Duration::from_millis(700));
    terminal.keys("a");
    says(&terminal, "did: 1 file changed");
    says(&terminal, "changed src/basket.py, as it said");
    terminal.keys("\x1b");
    says(&terminal, "in the rail");
    std::thread::sleep(Duration::from_millis(400));
    terminal.keys("u");
    says(&terminal, "UNDO step 3");
    says(&terminal, "restore     src/basket.py");
    says(&terminal, "y changes 1 file; that can be undone, too");
    let undone = || events(&folder).iter().any(|event| matches!(event, Event::Undone { .. }));
    std::thread::sleep(Duration::from_millis(700));
    assert!(!undone());
    terminal.keys("y");
    says(&terminal, "undone, 1 file changed: u on step");
    says(&terminal, "; undone by step");
    says(&terminal, "took back step 3");
    assert!(undone());
    terminal.close();
}
