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

/// What was sent to the clipboard, as the terminal would understand it.
fn sent(terminal: &Terminal) -> Vec<String> {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let decoded = |code: String| {
        let bits: Vec<u8> = code.bytes().filter(|byte| *byte != b'=').map(digit).collect();
        let three = |four: &[u8]| {
            let all = four.iter().enumerate().fold(0u32, |all, (n, six)| all | u32::from(*six) << (18 - 6 * n));
            all.to_be_bytes()[1..four.len()].to_vec()
        };
        String::from_utf8(bits.chunks(4).flat_map(three).collect()).unwrap()
    };
    said(terminal, "\x1b]52;c;").into_iter().map(decoded).collect()
}

fn slow() {
    std::thread::sleep(Duration::from_millis(250));
}

#[test]
fn a_patch_is_copied_by_two_keys_and_said_as_sent() {
    let folder = tempfile::tempdir().unwrap();
    let terminal = demo(folder.path(), "ask 1");
    terminal.shows("1 waiting");
    terminal.keys("w");
    terminal.shows("REVIEW");
    terminal.keys("y");
    terminal.shows("COPY");
    slow();
    terminal.keys("y");
    terminal.shows("sent to the terminal: 6 lines");
    let copied = sent(&terminal);
    assert_eq!(copied.len(), 1);
    assert!(copied[0].starts_with("diff --git a/ask-1.txt b/ask-1.txt\nnew file mode"), "{copied:?}");
    terminal.shows("REVIEW");
}

#[test]
fn rows_are_selected_by_keys_and_characters_by_the_mouse() {
    let folder = tempfile::tempdir().unwrap();
    let terminal = demo(folder.path(), "stream 3");
    terminal.shows("turn 1 done");
    slow();
    terminal.keys("\t");
    slow();
    terminal.keys("g");
    slow();
    terminal.keys("V");
    slow();
    terminal.keys("G");
    slow();
    terminal.keys("y");
    terminal.shows("sent to the terminal: ");
    let all = sent(&terminal).pop().unwrap();
    assert!(all.contains("you") && all.contains("stream 3") && all.contains("turn 1 done"), "{all}");
    // A line that was broken for the screen is one line.
    assert!(all.lines().any(|line| line.contains("the quick brown fox") && line.contains("jumps over")), "{all}");
    // `Part 1` by the mouse: pressed on its P, let go on its 1.
    let screen = terminal.screen();
    let (row, line) = screen.lines().enumerate().find(|(_, line)| line.contains("Part 1")).unwrap();
    let column = line[..line.find("Part 1").unwrap()].chars().count() + 1;
    let mouse = |code: u8, column: usize, end: char| terminal.keys(&format!("\x1b[<{code};{column};{}{end}", row + 1));
    std::thread::sleep(Duration::from_millis(600));
    mouse(0, column, 'M');
    slow();
    mouse(32, column + 3, 'M');
    slow();
    mouse(32, column + 5, 'M');
    slow();
    mouse(0, column + 5, 'm');
    terminal.until("the second text", |terminal| sent(terminal).len() == 2);
    assert_eq!(sent(&terminal)[1], "Part 1");
}

#[test]
fn one_key_leaves_the_mouse_to_the_terminal_and_takes_it_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut terminal = demo(folder.path(), "work 1");
    terminal.shows("FLEET");
    slow();
    assert_eq!((count(&terminal, b"\x1b[?1000h"), count(&terminal, b"\x1b[?1000l")), (1, 0));
    terminal.keys("M");
    terminal.shows("mouse off: M");
    assert_eq!(count(&terminal, b"\x1b[?1000l"), 1);
    slow();
    terminal.keys("M");
    terminal.hides("mouse off");
    assert_eq!(count(&terminal, b"\x1b[?1000h"), 2);
    terminal.signal(rustix::process::Signal::TERM);
    terminal.ends();
    terminal.is_restored();
}

#[test]
fn a_session_is_looked_at_in_the_pager_as_taut_show_prints_it() {
    let folder = tempfile::tempdir().unwrap();
    let program = support::hub::program().to_string_lossy().into_owned();
    let pager = folder.path().join("pager");
    std::fs::write(&pager, "#!/bin/sh\ncat > \"$HOME/paged\"\necho PAGED\nread -r line < /dev/tty\n").unwrap();
    let set = format!("PAGER=sh {}", pager.display());
    let args = [set.as_str(), &program, "demo", "--pace", "0", "stream 3"];
    let terminal = Terminal::running(folder.path(), "/usr/bin/env", &args, 120, 36);
    terminal.shows("turn 1 done");
    slow();
    terminal.keys("y");
    terminal.shows("COPY");
    terminal.keys("session pager");
    slow();
    terminal.keys("\r");
    terminal.shows("PAGED");
    let in_pager = std::fs::read_to_string(folder.path().join("paged")).unwrap();
    terminal.keys("\r");
    terminal.shows("FLEET");
    let show = std::process::Command::new(&program)
        .args(["show", &terminal.marks()[0]])
        .env("HOME", folder.path())
        .env("TAUT_STATE", folder.path().join("state"))
        .output()
        .unwrap();
    let shown = String::from_utf8(show.stdout).unwrap();
    let body =
        |text: &str| text.lines().skip_while(|line| !line.contains("  you")).map(str::to_owned).collect::<Vec<_>>();
    assert!(!body(&in_pager).is_empty() && body(&in_pager) == body(&shown), "{in_pager}\n---\n{shown}");
}

#[test]
fn a_command_gets_the_text_where_the_configuration_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("clip");
    configured(&folder, &format!("clipboard = [\"sh\", \"-c\", \"cat > {}\"]\n", file.display()));
    let terminal = demo(folder.path(), "ask 1");
    terminal.shows("1 waiting");
    terminal.keys("w");
    terminal.shows("REVIEW");
    terminal.keys("y");
    terminal.shows("COPY");
    slow();
    terminal.keys("y");
    terminal.shows("sent to sh: 6 lines");
    terminal.until("the text", |_| std::fs::read_to_string(&file).is_ok_and(|text| !text.is_empty()));
    assert!(sent(&terminal).is_empty());
}
