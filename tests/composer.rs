//! The composer: golden frames of it at three sizes, and what a person types in a real terminal.
#![allow(clippy::unwrap_used, clippy::panic, clippy::pedantic, reason = "tests")]

mod support;

use std::path::Path;
use std::time::Duration;
use support::frame::{app, docs, draw, fix_auth, golden};
use support::pty::Terminal;
use taut::domain::{Event, SlashCommand};
use taut::ui::complete::{Complete, Completes};
use taut::ui::{App, Chord, Completion, Draft, Focus};
use taut::view::{self, Cache, Scene};

const SIZES: [(u16, u16); 4] = [(80, 24), (120, 36), (200, 50), (20, 6)];

fn check(name: &str, app: &App) -> Vec<Scene> {
    let checked = |(columns, rows)| {
        let scene = draw(app, (columns, rows));
        let shown = golden(&scene);
        let file =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/composer/{name}-{columns}x{rows}.txt"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, &shown).unwrap();
        }
        let want = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(shown == want, "{} differs; it is now:\n{shown}", file.display());
        scene
    };
    SIZES.map(checked).into()
}

fn writing(draft: Draft) -> App {
    let mut app = app(&[docs(), fix_auth()]);
    app.focus = Focus::Composer;
    app.drafts.insert(app.selected.unwrap(), draft);
    app
}

fn completing(kind: Completes, typed: &str, rows: Vec<Complete>, note: Option<&str>) -> App {
    let sign = if kind == Completes::Files { "see @" } else { "/" };
    let mut app = writing(Draft::of(format!("{sign}{typed}")));
    app.completion = Some(Completion {
        session: app.selected.unwrap(),
        kind,
        from: sign.len() - 1,
        typed: typed.to_owned(),
        rows,
        selected: 1,
        note: note.map(str::to_owned),
    });
    app
}

fn file(name: &str, letters: &[u32]) -> Complete {
    Complete { name: name.to_owned(), letters: letters.to_vec(), help: String::new(), hint: None }
}

#[test]
fn files_stand_above_the_composer() {
    let deep = format!("src/{}deep/mod.rs", "very/".repeat(30));
    let rows = vec![
        file("src/main.rs", &[0, 4]),
        file("src/m y.rs", &[0, 4]),
        file("s\u{1b}[2J\u{202e}m.rs", &[0]),
        file("src/日本語/m.rs", &[0, 8]),
        file(&deep, &[0]),
    ];
    check("files", &completing(Completes::Files, "sm", rows, Some("more than 20000 files: type on to find the rest")));
    check("looking", &completing(Completes::Files, "", vec![], Some("looking for files…")));
}

#[test]
fn the_agents_commands_stand_above_the_composer() {
    let command = |name: &str, hint: Option<&str>, help: &str| Complete {
        name: name.to_owned(),
        letters: vec![0],
        help: help.to_owned(),
        hint: hint.map(str::to_owned),
    };
    let rows = vec![
        command("compact", None, "Make the conversation shorter"),
        command("create-pr", Some("title"), "Open a pull request with the changes of this branch, and say why"),
        command("c\u{202e}x", Some(""), "odd\u{7}"),
    ];
    check("commands", &completing(Completes::Commands, "c", rows, None));
}

#[test]
fn what_may_follow_a_command_is_said_behind_it() {
    let mut teller = fix_auth();
    let commands = vec![SlashCommand { name: "plan".into(), help: "plans".into(), hint: Some("what to plan".into()) }];
    teller.tell(Event::CommandsOffered { commands });
    let mut app = app(&[teller]);
    app.focus = Focus::Composer;
    app.drafts.insert(app.selected.unwrap(), Draft::of("/plan ".to_owned()));
    assert!(golden(&draw(&app, (80, 24))).contains("› /plan what to plan"));
}

#[test]
fn a_long_draft_grows_to_a_third_of_the_screen_and_scrolls_beyond() {
    let mut draft = Draft::of((1..=60).map(|n| format!("line {n} of what is typed\n")).collect());
    let key = |key: &str| key.parse::<Chord>().unwrap().into();
    for _ in 0..30 {
        draft.edit(key("up"), 70);
    }
    for scene in check("long", &writing(draft)) {
        let (_, y) = scene.cursor.unwrap();
        assert!(y < scene.size.1);
    }
}

#[test]
fn a_folded_paste_and_marks_are_told_apart() {
    let mut draft = Draft::of("日本語 e\u{301} \u{202e}x ".to_owned());
    draft.paste(&"line\n".repeat(42));
    draft.insert("👩‍💻!");
    let scenes = check("folded", &writing(draft.clone()));
    let text = golden(&scenes[0]);
    assert!(text.contains("[pasted 42 lines]") && !text.contains('\u{202e}'), "{text}");
    // In ASCII the words stay what they are.
    let app = writing(draft);
    let scene = view::layout(&app, &mut Cache::ascii(), (80, 24), support::frame::NOW);
    assert!(golden(&scene).contains("[pasted 42 lines]"));
}

// --- in a real terminal

fn slow() {
    std::thread::sleep(Duration::from_millis(250));
}

fn hanging(folder: &tempfile::TempDir) -> Terminal {
    let terminal = Terminal::new(folder.path(), &["demo", "--pace", "0", "hang"]);
    terminal.shows("i writes a prompt");
    terminal.keys("i");
    slow();
    terminal
}

#[test]
fn files_of_the_workspace_are_found_and_taken_by_keys() {
    let folder = tempfile::tempdir().unwrap();
    let terminal = hanging(&folder);
    terminal.keys("mend @");
    terminal.shows("FILES").shows("src/basket.py");
    assert!(!terminal.screen().contains(".git/"), "{}", terminal.screen());
    terminal.keys("srcrec");
    terminal.hides("src/basket.py").shows("src/receipt.py");
    terminal.keys("\r");
    terminal.shows("mend @src/receipt.py").hides("FILES");
    assert!(!terminal.screen().contains("queued"), "nothing is sent by it");
    slow();
    terminal.keys("\r");
    terminal.shows("queued 1  mend @src/receipt.py");
    terminal.keys("/wo");
    terminal.shows("COMMANDS").shows("Read files in a row");
    terminal.keys("\t");
    terminal.shows("/work how many");
}

#[test]
fn a_draft_and_the_prompts_given_outlive_the_console() {
    let folder = tempfile::tempdir().unwrap();
    let mut terminal = hanging(&folder);
    terminal.keys("first of all");
    slow();
    terminal.keys("\r");
    terminal.shows("queued 1");
    terminal.keys("half a tho");
    terminal.shows("half a tho");
    terminal.signal(rustix::process::Signal::TERM);
    terminal.ends();
    let file = folder.path().join("state").join(taut::tui::pad::FILE);
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    let kept = std::fs::read_to_string(file).unwrap();
    assert!(kept.contains("half a tho") && kept.contains("first of all"), "{kept}");
    let next = hanging(&folder);
    next.keys("\x10");
    next.shows("› first of all");
}

#[test]
fn typing_rests_before_it_is_kept_and_a_crash_loses_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let mut terminal = hanging(&folder);
    terminal.keys("not lost");
    let file = folder.path().join("state").join(taut::tui::pad::FILE);
    terminal.until("it to be kept", |_| std::fs::read_to_string(&file).is_ok_and(|kept| kept.contains("not lost")));
    terminal.signal(rustix::process::Signal::KILL);
    terminal.ends();
    terminal.nothing_is_left();
}

#[test]
fn wide_letters_are_typed_and_the_cursor_stands_behind_them() {
    let folder = tempfile::tempdir().unwrap();
    let terminal = hanging(&folder);
    for letter in ["日", "本", "e\u{301}", "x"] {
        terminal.keys(letter);
        slow();
    }
    terminal.shows("› 日本e\u{301}x");
    let (row, column) = terminal.cursor();
    let screen = terminal.screen();
    let line = screen.lines().nth(row).unwrap();
    assert!(line.contains("日本"), "the cursor stands in the composer's row: {row}\n{screen}");
    let start = taut::text::width(&line[..line.find('日').unwrap()]);
    assert_eq!(column, start + 6);
}
