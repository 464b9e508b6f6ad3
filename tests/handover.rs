//! The terminal in the hands of another program: an editor, in a real terminal.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use rustix::process::{Pid, Signal, kill_process};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;
use support::pty::Terminal;
use taut::domain::Event;
use taut::store::Reader;

/// An editor: shows what it got, notes who it is, takes a line from the terminal, and adds it.
const EDITOR: &str = r#"#!/bin/sh
echo "EDITING <$(cat "$1")>"
echo "$1" > "$HOME/path"
stat -c %a "$1" "$(dirname "$1")" | tr '\n' ' ' > "$HOME/modes"
trap 'echo "INTERRUPTED here"' INT
echo $$ > "$HOME/pid"
while ! read -r line; do :; done
[ "$line" = back ] && printf 'a\377b' > "$1" && exit
[ "$line" = fail ] && exit 3
[ "$line" = none ] && : > "$1" && exit
[ "$line" = modes ] && printf '\033[?1049h\033[?1000h' && stty raw -echo && kill -9 $$
printf '%s\n' "$line" >> "$1"
"#;

struct Desk {
    folder: tempfile::TempDir,
    terminal: Terminal,
}

impl Desk {
    fn new(args: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let editor = folder.path().join("my editor");
        std::fs::write(&editor, EDITOR).unwrap();
        std::fs::set_permissions(&editor, std::fs::Permissions::from_mode(0o755)).unwrap();
        Self::with(folder, &format!("'{}'", editor.display()), args)
    }

    fn with(folder: tempfile::TempDir, editor: &str, args: &[&str]) -> Self {
        let program = support::hub::program().to_string_lossy().into_owned();
        let visual = format!("VISUAL={editor}");
        let args = [&[visual.as_str(), &program], args].concat();
        let terminal = Terminal::running(folder.path(), "/usr/bin/env", &args, 120, 36);
        terminal.shows("i writes a prompt");
        Self { folder, terminal }
    }

    fn file(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).unwrap_or_default().trim().to_owned()
    }

    /// Opens the editor on a draft, and gives its pid.
    fn edits(&self, draft: &str) -> Pid {
        drop(std::fs::remove_file(self.folder.path().join("pid")));
        if self.terminal.screen().contains("i writes a prompt") {
            self.terminal.keys("i");
            slow();
        }
        self.terminal.keys(draft);
        self.terminal.shows(draft.trim_end());
        slow();
        self.terminal.keys("\x07");
        self.terminal.until("the editor", |_| !self.file("pid").is_empty());
        slow();
        Pid::from_raw(self.file("pid").parse().unwrap()).unwrap()
    }

    fn events(&self, holds: impl Fn(&Event) -> bool) -> usize {
        let Ok(reader) = Reader::open(&self.folder.path().join("state")) else { return 0 };
        let records = reader.records_by_pos(taut::domain::Pos(1), 100_000).unwrap();
        records.iter().filter(|record| holds(&record.event)).count()
    }

    /// Nothing of the editor's file is left.
    fn is_tidy(&self) {
        let path = self.file("path");
        assert!(!path.is_empty() && !Path::new(&path).exists() && !Path::new(&path).parent().unwrap().exists());
    }
}

/// As a person types.
fn slow() {
    std::thread::sleep(Duration::from_millis(250));
}

fn state_of(pid: Pid) -> char {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).unwrap_or_default();
    stat.rsplit(") ").next().and_then(|rest| rest.chars().next()).unwrap_or('-')
}

#[test]
fn a_request_that_comes_while_the_editor_has_the_terminal_waits_and_no_key_of_it_decides() {
    let desk = Desk::new(&["demo", "--pace", "25", "stream 120"]);
    let terminal = &desk.terminal;
    terminal.keys("i");
    slow();
    terminal.keys("ask 1");
    slow();
    terminal.keys("\r");
    terminal.shows("queued");
    let asked = |event: &Event| matches!(event, Event::Asked { .. });
    let decided = |event: &Event| matches!(event, Event::Decided { .. });
    desk.edits("fix ");
    terminal.shows("EDITING <fix >");
    assert_eq!(desk.events(asked), 0, "too late to be a test");
    let painted = terminal.bytes().len();
    terminal.until("the request", |_| desk.events(asked) == 1);
    assert!(terminal.bytes().len() == painted, "nothing is painted meanwhile");
    assert_eq!(desk.file("modes"), "600 700");
    terminal.resize(100, 30);
    // The first line goes to the editor; what is left over when it ends goes to nobody.
    terminal.keys("waaa\nwa\na");
    terminal.shows("1 waiting");
    terminal.shows("waaa");
    terminal.hides("EDITING");
    for _ in 0..3 {
        terminal.keys("\x1b");
        terminal.keys("a");
        slow();
    }
    assert_eq!(desk.events(decided), 0);
    assert!(terminal.screen().lines().next().unwrap().chars().count() <= 100, "drawn at its new size");
    assert!(!terminal.screen().contains("REVIEW"));
    desk.is_tidy();
}

#[test]
fn its_keys_interrupt_and_stop_the_editor_and_not_the_agents() {
    let mut desk = Desk::new(&["demo", "--pace", "0", "hang"]);
    let editor = desk.edits("x");
    let console = desk.terminal.pid();
    assert_eq!(rustix::process::getpgid(Some(editor)).unwrap(), editor, "a group of its own");
    desk.terminal.keys("\x03");
    desk.terminal.shows("INTERRUPTED here");
    assert_eq!(desk.events(|event| matches!(event, Event::InterruptAsked { .. })), 0);
    desk.terminal.keys("\x1a");
    desk.terminal.until("both to stop", |_| state_of(editor) == 'T' && state_of(console) == 'T');
    desk.terminal.signal(Signal::CONT);
    desk.terminal.until("both to go on", |_| state_of(editor) != 'T' && state_of(console) != 'T');
    slow();
    desk.terminal.keys("more\n");
    desk.terminal.shows("more");
    slow();
    desk.terminal.keys("\x1b");
    slow();
    desk.terminal.keys("q");
    std::thread::sleep(Duration::from_millis(600));
    desk.terminal.keys("y");
    assert!(desk.terminal.ends().success());
    desk.terminal.is_restored();
    desk.terminal.nothing_is_left();
    desk.is_tidy();
}

#[test]
fn an_editor_that_is_killed_in_the_middle_leaves_the_draft_and_a_terminal_in_order() {
    let mut desk = Desk::new(&["demo", "--pace", "0", "hang"]);
    let editor = desk.edits("keep this");
    kill_process(editor, Signal::KILL).unwrap();
    desk.terminal.shows("was ended by signal 9; the draft stays as it was").shows("keep this");
    slow();
    desk.edits(" one");
    desk.terminal.keys("modes\n");
    desk.terminal.shows("was ended by signal 9").shows("keep this one");
    desk.is_tidy();
    desk.terminal.signal(Signal::TERM);
    desk.terminal.ends();
    desk.terminal.is_restored();
}

#[test]
fn what_an_editor_leaves_that_is_no_draft_is_told_in_one_sentence() {
    let desk = Desk::new(&["demo", "--pace", "0", "hang"]);
    for (says, sentence) in [("back", "is not UTF-8 (byte 1)"), ("fail", "failed with 3"), ("none", "left no text")] {
        desk.edits("d");
        desk.terminal.keys(&format!("{says}\n"));
        desk.terminal.shows(sentence).shows("the draft stays");
        slow();
    }
    desk.terminal.shows("ddd");
    desk.is_tidy();
}

#[test]
fn an_editor_that_is_not_there_is_told_and_nothing_is_lost() {
    for editor in ["no-such-editor", "no-such-editor --wait"] {
        let desk = Desk::with(tempfile::tempdir().unwrap(), editor, &["demo", "--pace", "0", "hang"]);
        desk.terminal.keys("i");
        slow();
        desk.terminal.keys("text");
        slow();
        desk.terminal.keys("\x07");
        desk.terminal.shows("can't be started: there is no such program; set VISUAL or EDITOR").shows("text");
    }
}

#[test]
fn leaving_ends_the_editor_and_gives_the_terminal_back() {
    let mut desk = Desk::new(&["demo", "--pace", "0", "hang"]);
    let editor = desk.edits("x");
    desk.terminal.signal(Signal::TERM);
    desk.terminal.ends();
    desk.terminal.is_restored();
    assert!(matches!(state_of(editor), '-' | 'Z'));
    desk.terminal.nothing_is_left();
    desk.is_tidy();
}
