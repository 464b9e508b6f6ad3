//! What the program says to its terminal beside frames, in a real one: the bell, notifications, copied texts, the mouse.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use std::path::Path;
use std::time::Duration;
use support::pty::Terminal;

fn configured(folder: &tempfile::TempDir, config: &str) {
    let place = folder.path().join(".config/taut");
    std::fs::create_dir_all(&place).unwrap();
    std::fs::write(place.join("config.toml"), config).unwrap();
}

fn demo(folder: &Path, story: &str) -> Terminal {
    Terminal::new(folder, &["demo", "--pace", "0", story])
}

fn count(terminal: &Terminal, what: &[u8]) -> usize {
    terminal.bytes().windows(what.len()).filter(|window| *window == what).count()
}

/// Texts between a beginning and BEL.
fn said(terminal: &Terminal, begin: &str) -> Vec<String> {
    let bytes = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    bytes.split(begin).skip(1).map(|rest| rest.split('\x07').next().unwrap().to_owned()).collect()
}

#[test]
fn a_request_rings_once_and_three_at_once_are_one_notification() {
    let folder = tempfile::tempdir().unwrap();
    configured(&folder, "[attention]\nnotify = \"osc9\"\n");
    let terminal = demo(folder.path(), "ask 3");
    terminal.shows("3 waiting");
    terminal.until("a notification", |terminal| !said(terminal, "\x1b]9;").is_empty());
    std::thread::sleep(Duration::from_millis(1_500));
    let told = said(&terminal, "\x1b]9;");
    assert!(told.len() == 1 && told[0].starts_with("taut: 3 requests wait: "), "{told:?}");
    // One BEL ends the notification, one ends the title's each time, and one rings.
    let titles = said(&terminal, "\x1b]0;").len() + said(&terminal, "\x1b]2;").len();
    assert_eq!(count(&terminal, b"\x07"), 1 + 1 + titles, "it rings once");
}

#[test]
fn a_command_is_given_data_and_an_end_is_told_to_those_who_are_away() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("told");
    let script = folder.path().join("call.sh");
    let line = format!("printf '%s|%s|%s\\n' \"$TAUT_EVENT\" \"$TAUT_TEXT\" \"$1\" >> {}\n", log.display());
    std::fs::write(&script, line).unwrap();
    let command = format!("command = [\"sh\", \"{}\", \"{{text}}\"]", script.display());
    let config = format!("[attention]\nbell = false\nnotify = \"osc777\"\non = [\"finished\"]\n{command}\n");
    configured(&folder, &config);
    let terminal = demo(folder.path(), "stream 3");
    terminal.keys("\x1b[O");
    terminal.shows("turn 1 done");
    terminal.until("the command", |_| log.exists());
    std::thread::sleep(Duration::from_millis(700));
    let told = std::fs::read_to_string(&log).unwrap();
    assert!(told.lines().count() == 1 && told.starts_with("finished|") && told.contains(" is done|"), "{told}");
    let osc = said(&terminal, "\x1b]777;notify;taut;");
    assert!(osc.len() == 1 && osc[0].ends_with("is done"), "{osc:?}");
}

#[test]
fn what_is_off_says_nothing_and_a_missing_command_is_told() {
    let folder = tempfile::tempdir().unwrap();
    configured(&folder, "[attention]\nbell = false\ncommand = [\"/no/such/program\"]\n");
    let terminal = demo(folder.path(), "ask 1");
    terminal.shows("can't be started");
    let titles = said(&terminal, "\x1b]0;").len() + said(&terminal, "\x1b]2;").len();
    assert_eq!((count(&terminal, b"\x07"), said(&terminal, "\x1b]9;").len()), (titles, 0));
}
