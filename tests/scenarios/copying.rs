//! What is copied, in which form, and what it can't do.

use crate::support::console::{Console, allow_once};
use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use taut::domain::{
    Answer, CallId, CallPatch, CallStatus, Digest, Event, FileChange, Impact, OutputPart, Query, Speaker, Text,
};
use taut::ui::select::{Line, Manner, SelectIn};
use taut::ui::{Anchor, App, CopyTo, Effect, MouseOwner, Msg, Overlay, ShowTo};

fn copied(console: &Console) -> Vec<&str> {
    let copy = |effect: &'_ Effect| matches!(effect, Effect::Copy(_));
    let copies = console.effects.iter().filter(|effect| copy(effect));
    copies.filter_map(|effect| if let Effect::Copy(text) = effect { Some(text.as_str()) } else { None }).collect()
}

fn change(path: &str, old: Option<&str>, new: Option<&str>) -> FileChange {
    let text = |text: &str| Text::from(text);
    FileChange {
        path: format!("/srv/app/{path}"),
        old: old.map(text),
        new: new.map(text),
        fragment: false,
        line: None,
        patch: None,
        moved_to: None,
    }
}

fn edits(changes: Vec<FileChange>) -> Console {
    let patch = CallPatch { impact: Some(Impact::Edit), changes: Some(changes), ..CallPatch::default() };
    Console::working().hears(1, Event::Called { call: CallId("edit".into()), patch: Box::new(patch) })
}

/// `line 1`, `line 2` and on.
fn numbered(end: usize) -> String {
    (1..end).fold(String::new(), |all, n| all + &format!("line {n}\n"))
}

/// Copies the first thing of the list in the pane.
fn yy(console: Console) -> Console {
    console.press("tab y y")
}

fn git(folder: &Path, args: &[&str], input: &str) -> (bool, String) {
    let mut git = Command::new("git");
    git.args(args).current_dir(folder).env("GIT_CEILING_DIRECTORIES", folder.parent().unwrap());
    let mut child = git.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let out = child.wait_with_output().unwrap();
    (out.status.success(), String::from_utf8_lossy(&out.stderr).into_owned())
}

#[test]
fn git_applies_the_patch_of_a_change() {
    let long = numbered(60);
    let files: [(&str, Option<&str>, Option<&str>); 9] = [
        ("src/a.rs", Some("one\ntwo\nthree\n"), Some("one\n2\nthree\nfour\n")),
        ("new.txt", None, Some("\tfirst\nsecond")),
        ("deep/gone.txt", Some("was\n"), None),
        ("no end.txt", Some("a\nb"), Some("a\nb\n")),
        ("crlf.txt", Some("a\r\nb\r\n"), Some("a\r\nc\r\n")),
        ("empty.txt", None, Some("")),
        ("ümlaut.txt", Some("ä\n"), Some("ö 日本\n")),
        ("to nothing", Some("x\n"), Some("")),
        ("long.txt", Some(&long), Some(&long.replace("line 3\n", "LINE 3\n").replace("line 50\n", ""))),
    ];
    let changes = files.iter().map(|(path, old, new)| change(path, *old, *new)).collect();
    let console = yy(edits(changes));
    let patch = copied(&console)[0].to_owned();
    let folder = tempfile::tempdir().unwrap();
    for (path, old, _) in files {
        let file = folder.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        if let Some(old) = old {
            std::fs::write(file, old).unwrap();
        }
    }
    let (applied, said) = git(folder.path(), &["apply", "-"], &patch);
    assert!(applied, "{said}\n{patch}");
    for (path, _, new) in files {
        let now = std::fs::read_to_string(folder.path().join(path)).ok();
        assert_eq!(now.as_deref(), new, "{path}");
    }
    console.says("sent to the terminal");
}

#[test]
fn git_finds_where_a_piece_of_a_file_stands() {
    for line in [None, Some(20)] {
        let piece = FileChange {
            fragment: true,
            line,
            ..change("f.txt", Some("line 20\nline 21"), Some("line 20\nNEW\nline 21"))
        };
        let console = yy(edits(vec![piece]));
        let folder = tempfile::tempdir().unwrap();
        let text = numbered(40);
        std::fs::write(folder.path().join("f.txt"), &text).unwrap();
        let (applied, said) = git(folder.path(), &["apply", "--unidiff-zero", "-"], copied(&console)[0]);
        assert!(applied, "{said}\n{}", copied(&console)[0]);
        let now = std::fs::read_to_string(folder.path().join("f.txt")).unwrap();
        assert_eq!(now, text.replace("line 20\n", "line 20\nNEW\n"));
    }
}

#[test]
fn what_is_copied_is_true_but_harmless() {
    let hostile = "rm -rf x\r\u{1b}[201~\n\u{202e}ok\tmore\n";
    let said = Event::Said { who: Speaker::Agent, message: Some("1".into()), text: hostile.into() };
    let console = yy(Console::working().hears(1, said));
    assert_eq!(copied(&console), ["rm -rf x␍␛[201~\n‹U+202E›ok\tmore\n"]);
    console.says("3 control characters are marks");
}

#[test]
fn what_is_too_much_or_off_is_said_and_not_sent() {
    let said =
        |bytes: usize| Event::Said { who: Speaker::Agent, message: Some("1".into()), text: "x".repeat(bytes).into() };
    let mut console = Console::working().hears(1, said(50_000));
    console.app.copy_to = CopyTo::Nowhere;
    let console = yy(console).says("copying is off").press("esc V").says("copying is off");
    assert!(copied(&console).is_empty() && console.app.select.is_none());
    let big = "y".repeat(90_000);
    let patch = CallPatch { impact: Some(Impact::Execute), args: Some(big.into()), ..CallPatch::default() };
    let console = Console::working().hears(1, Event::Called { call: CallId("x".into()), patch: Box::new(patch) });
    let console = yy(console).says("too much to copy");
    assert!(copied(&console).is_empty());
}

#[test]
fn a_long_text_is_fetched_first_and_then_sent() {
    let text = "z".repeat(6_000);
    let body = taut::domain::BodyRef::of(&text);
    let patch = CallPatch { impact: Some(Impact::Execute), command: Some(Text::Body(body)), ..CallPatch::default() };
    let console = Console::working().hears(1, Event::Called { call: CallId("x".into()), patch: Box::new(patch) });
    let console = yy(console);
    assert!(copied(&console).is_empty() && console.effects.contains(&Effect::Ask(Query::Body { body })));
    let other = Answer::Body { digest: Digest::of(b"other"), text: Some("other".into()) };
    let console = console.tell(Msg::Answered(other));
    assert!(copied(&console).is_empty());
    let console = console.tell(Msg::Answered(Answer::Body { digest: body.digest, text: Some(text.clone()) }));
    assert_eq!(copied(&console), [text]);
}

#[test]
fn output_is_copied_without_colours_and_a_session_is_asked_for_as_text() {
    let call = CallId("x".into());
    let status = Some(CallStatus::Done);
    let patch = CallPatch { status, impact: Some(Impact::Read), ..CallPatch::default() };
    let console = Console::working().hears(1, Event::Called { call: call.clone(), patch: Box::new(patch) });
    let part = OutputPart::Append("\u{1b}[31mred\u{1b}[0m 10%\r20%\n".into());
    let console = yy(console.hears(1, Event::CallOutput { call, part }));
    let lines: Vec<&str> = copied(&console)[0].lines().map(str::trim_end).collect();
    assert!(lines.len() == 1 && lines[0].starts_with("20%") && !lines[0].contains('\u{1b}'), "{lines:?}");
    let console = console.wait(400).press("y").types("session pager").press("enter");
    let id = console.session(1).id;
    assert!(console.effects.contains(&Effect::Show(id, None, ShowTo::Pager)));
    let console = console.tell(Msg::Told(ShowTo::Copy, "all of it\n".into()));
    assert_eq!(copied(&console).last(), Some(&"all of it\n"));
}

#[test]
fn on_a_card_neither_the_list_nor_selecting_decides_or_reads() {
    let console = Console::working().asks(1, "make", 30).press("w").wait(400);
    let seen = |app: &App| app.card.as_ref().map(|card| card.seen_rows);
    let before = seen(&console.app);
    let console = console.press("V").holds("it selects", |app| app.select.is_some());
    // `a`, `x`, `d`, `s` are nothing while rows are selected; nor do pages read.
    let console = console
        .press("a x d s")
        .decides(&[])
        .card_is(Some(console_request()))
        .quietly(|console| console.press("space space G"));
    assert_eq!(seen(&console.app), before);
    let console = console.press("esc").holds("it selects no more", |app| app.select.is_none());
    let console = console.press("y").holds("the list is open", |app| matches!(app.overlay, Some(Overlay::Picker(_))));
    let console = console.press("y").decides(&[]);
    assert_eq!(copied(&console), ["make"]);
    let console = console.wait(400).press("space space space").wait(400).press("a");
    console.decides(&[allow_once()]);
}

fn console_request() -> taut::domain::RequestId {
    Console::working().asks(1, "make", 30).request(1)
}

fn lines(console: &mut Console, place: SelectIn) -> Msg {
    let mut painted = console.painted();
    painted.lines =
        (0..10).map(|n| Line { area: (20, n, 60), place, at: Anchor { entry: u64::from(n), row: 0 } }).collect();
    Msg::Painted(Box::new(painted))
}

fn mouse(console: Console, kind: MouseEventKind, column: u16, row: u16) -> Console {
    console.tell(Msg::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }))
}

#[test]
fn the_mouse_selects_within_the_pane_and_a_shaking_hand_copies_nothing() {
    const DOWN: MouseEventKind = MouseEventKind::Down(MouseButton::Left);
    const DRAG: MouseEventKind = MouseEventKind::Drag(MouseButton::Left);
    const UP: MouseEventKind = MouseEventKind::Up(MouseButton::Left);
    let mut console = (0..10).fold(Console::working(), |console, n: u8| {
        console.hears(1, Event::Said { who: Speaker::Agent, message: Some(n.to_string()), text: "x".into() })
    });
    let place = SelectIn::Pane(console.session(1).id);
    let frame = lines(&mut console, place);
    let console = mouse(console.tell(frame), DOWN, 30, 2);
    let console = mouse(console, DRAG, 31, 2).holds("it shakes", |app| app.select.is_none());
    let console = mouse(console, DRAG, 119, 4).holds("rows 2 to 4", |app| {
        let select = app.select.as_ref().unwrap();
        (select.from.entry, select.to.entry, select.manner) == (2, 4, Manner::Cells { from: 10, to: 59 })
            && !select.take
    });
    let console = mouse(console, DRAG, 0, 35).holds("not beyond", |app| app.select.as_ref().unwrap().to.entry == 9);
    let console = mouse(console, UP, 0, 35).holds("it is taken", |app| app.select.as_ref().unwrap().take);
    let key = console.press("j").holds("a key lets go", |app| app.select.is_none());
    // The click that gives the window the focus is inert, and so is what is dragged with it.
    let mut console = key.wait(2_000).tell(Msg::Focused(true));
    let frame = lines(&mut console, place);
    let console = mouse(mouse(console.tell(frame), DOWN, 30, 2), DRAG, 50, 4);
    console.holds("nothing is selected", |app| app.select.is_none()).decides(&[]);
}

#[test]
fn the_mouse_is_lent_and_taken_back_by_one_key() {
    let console = Console::working().press("M").holds("lent", |app| app.mouse == MouseOwner::Lent);
    assert!(console.effects.contains(&Effect::Mouse(MouseOwner::Lent)));
    let console = console.press("M").holds("ours", |app| app.mouse == MouseOwner::Taut);
    assert_eq!(console.effects.iter().filter(|effect| matches!(effect, Effect::Mouse(_))).count(), 2);
}
