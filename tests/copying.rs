//! Selecting and copying on real frames: what is shown, what is taken, also beyond the screen.
//! `UPDATE_GOLDEN=1 cargo test --test copying` writes the golden frames anew.
#![allow(clippy::unwrap_used, clippy::pedantic, reason = "tests")]

mod support;

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use std::path::Path;
use support::frame::{NOW, Teller, app, docs, edit, fleet, golden, run};
use taut::domain::{At, CallStatus, Event, Risk, Speaker};
use taut::keymap;
use taut::ui::update::update;
use taut::ui::{App, Chord, Effect, Focus, Msg, Press};
use taut::view::{Cache, Scene, layout, to_text};

/// A console with real frames.
struct Desk {
    app: App,
    cache: Cache,
    now: At,
    scene: Scene,
    copied: Vec<String>,
}

impl Desk {
    fn new(app: App, size: (u16, u16)) -> Self {
        let desk = Self { app, cache: Cache::new(), now: NOW, scene: Scene::default(), copied: Vec::new() };
        desk.tell(Msg::Resized(size.0, size.1))
    }

    /// A message, and the frames after it until nothing moves.
    fn tell(mut self, msg: Msg) -> Self {
        self.take(msg);
        for _ in 0..4 {
            self.scene = layout(&self.app, &mut self.cache, self.app.size, self.now);
            let painted = Box::new(self.scene.painted.clone());
            self.take(Msg::Painted(painted));
        }
        self.scene = layout(&self.app, &mut self.cache, self.app.size, self.now);
        self
    }

    fn take(&mut self, msg: Msg) {
        for effect in update(&mut self.app, msg, self.now) {
            if let Effect::Copy(text) = effect {
                self.copied.push(text);
            }
        }
    }

    fn press(mut self, keys: &str) -> Self {
        for key in keys.split_whitespace() {
            self.now = At(self.now.0 + 400);
            let chord: Chord = key.parse().unwrap();
            let msg = match keymap::lookup(&self.app, chord.into()) {
                Some(action) => Msg::Did(action, Press::Alone),
                None => Msg::Typed(chord.into()),
            };
            self = self.tell(msg);
        }
        self
    }

    fn mouse(self, kind: MouseEventKind, (column, row): (usize, usize)) -> Self {
        let (column, row) = (u16::try_from(column).unwrap(), u16::try_from(row).unwrap());
        self.tell(Msg::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }))
    }

    fn text(&self) -> String {
        to_text(&self.scene)
    }

    /// Where a text stands on the screen.
    fn place(&self, text: &str) -> (usize, usize) {
        let screen = self.text();
        let (row, line) = screen.lines().enumerate().find(|(_, line)| line.contains(text)).unwrap();
        (taut::text::width(&line[..line.find(text).unwrap()]), row)
    }

    fn check(&self, name: &str) {
        let (columns, rows) = self.app.size;
        let shown = golden(&self.scene);
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/{name}-{columns}x{rows}.txt"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&file, &shown).unwrap();
        }
        let want = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(shown == want, "{} differs; it is now:\n{shown}", file.display());
    }
}

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 50)];
const DOWN: MouseEventKind = MouseEventKind::Down(MouseButton::Left);
const DRAG: MouseEventKind = MouseEventKind::Drag(MouseButton::Left);
const UP: MouseEventKind = MouseEventKind::Up(MouseButton::Left);

fn pane(app: App, size: (u16, u16)) -> Desk {
    let mut desk = Desk::new(app, size);
    desk.app.focus = Focus::Pane;
    desk
}

/// A message of its own.
fn say(t: &mut Teller, n: usize, text: &str) {
    t.wait(2_000).tell(Event::Said { who: Speaker::Agent, message: Some(n.to_string()), text: text.into() });
}

/// A long talk: paragraphs that no screen holds in one row.
fn talk(count: usize) -> App {
    let mut t = Teller::new(1, "talk", "claude", "/home/demo/app", 900);
    t.open("default").prompt(1, "say much");
    for n in 0..count {
        let words = format!("paragraph {n} ") + &"of words that go on and on ".repeat(6);
        say(&mut t, n, words.trim_end());
    }
    app(&[t])
}

/// A request to run something long.
fn long_request(lines: usize) -> App {
    let mut t = Teller::new(1, "runs", "claude", "/home/demo/app", 300);
    let script: String = (1..=lines).map(|n| format!("echo {n}\tof {lines}\n")).collect();
    t.open("default").prompt(1, "run it").call(run(script.trim_end())).ask(Risk::High, "runs a script", "ask");
    app(&[t])
}

#[test]
fn rows_that_are_selected_can_be_seen() {
    for size in SIZES {
        let desk = pane(fleet(), size).press("k k k V k k");
        desk.check("select");
        let desk = desk.press("esc w V j j");
        desk.check("select-card");
    }
    let desk = pane(fleet(), (120, 36)).press("tab V j j j j");
    desk.check("select-inspector");
    pane(fleet(), (20, 6)).press("V k").check("select");
}

#[test]
fn the_list_of_what_can_be_copied() {
    for size in SIZES {
        pane(fleet(), size).press("k y").check("copy");
    }
    pane(fleet(), (120, 36)).press("w y").check("copy-card");
    pane(fleet(), (20, 6)).press("y").check("copy");
    pane(fleet(), (80, 24)).press("M").check("mouse-off");
}

#[test]
fn it_goes_beyond_the_screen_and_broken_lines_are_whole() {
    let desk = pane(talk(60), (80, 24)).press("g V G y");
    assert_eq!(desk.copied.len(), 1);
    let words = "of words that go on and on ".repeat(6);
    for n in 0..60 {
        let line = format!("paragraph {n} {}", words.trim_end());
        assert!(desk.copied[0].lines().any(|it| it.ends_with(&line)), "{n} is not whole:\n{}", desk.copied[0]);
    }
    assert!(desk.app.select.is_none() && desk.app.toast.as_ref().unwrap().text.starts_with("sent to the terminal: "));
    // One entry alone is taken without its time and its label.
    let desk = desk.press("g j V j j y");
    assert!(desk.copied[1].starts_with("paragraph 0 of words"), "{}", desk.copied[1]);
}

#[test]
fn the_view_stays_while_more_comes() {
    let mut t = Teller::new(1, "talk", "claude", "/home/demo/app", 900);
    t.open("default").prompt(1, "say much");
    (0..40).for_each(|n| say(&mut t, n, &format!("paragraph {n}")));
    let more = {
        let from = t.records.len();
        say(&mut t, 40, &"more\n".repeat(30));
        t.end_turn(1, 900, 1);
        t.records.split_off(from)
    };
    let desk = pane(app(&[t]), (80, 24)).press("V k k k");
    let before = desk.place("paragraph 36");
    let desk = desk.tell(Msg::Heard(more));
    assert_eq!(desk.place("paragraph 36"), before);
    let desk = desk.press("y");
    assert!(desk.copied[0].contains("paragraph 36") && !desk.copied[0].contains("more"), "{}", desk.copied[0]);
}

#[test]
fn on_a_card_it_scrolls_takes_all_and_reads_nothing() {
    let desk = Desk::new(long_request(90), (80, 24)).press("w");
    let seen = desk.app.card.as_ref().unwrap().seen_rows;
    let desk = desk.press("V G");
    assert!(desk.scene.painted.card.unwrap().top > 60, "it went to the end");
    assert!(!desk.scene.painted.card.unwrap().whole && desk.app.card.as_ref().unwrap().painted.is_none());
    assert_eq!(desk.app.card.as_ref().unwrap().seen_rows, seen);
    assert!(!desk.app.card.as_ref().unwrap().end_seen);
    let desk = desk.press("g V V G y");
    let script: Vec<String> = (1..=90).map(|n| format!("echo {n}\tof 90")).collect();
    assert!(desk.copied[0].starts_with(&script.join("\n")), "{}", desk.copied[0]);
    assert!(!desk.app.card.as_ref().unwrap().end_seen, "what was only selected was not read");
}

#[test]
fn the_mouse_takes_characters_of_one_pane() {
    let desk = pane(fleet(), (120, 36));
    let (column, row) = desk.place("make the token");
    let desk = desk.mouse(DOWN, (column + 9, row)).mouse(DRAG, (column + 12, row)).mouse(DRAG, (column + 21, row));
    desk.check("select-mouse");
    let desk = desk.mouse(UP, (column + 21, row));
    assert_eq!(desk.copied, ["token compare"]);
    // Into the inspector: it stays in the pane.
    let desk = desk.mouse(DOWN, (column, row)).mouse(DRAG, (110, row)).mouse(UP, (110, row));
    assert!(desk.copied[1].starts_with("make the token compare constant"), "{:?}", desk.copied);
    assert!(!desk.copied[1].contains('│') && desk.copied[1].lines().count() == 1, "{:?}", desk.copied);
}

#[test]
fn the_mouse_takes_from_a_card_what_stands_there() {
    let desk = Desk::new(long_request(5), (80, 24)).press("w");
    let (column, row) = desk.place("echo 2");
    let desk = desk.mouse(DOWN, (column, row)).mouse(DRAG, (column + 5, row)).mouse(DRAG, (column + 3, row + 1));
    let desk = desk.mouse(UP, (column + 3, row + 1));
    assert_eq!(desk.copied, ["echo 2\tof 5\necho"]);
    assert!(desk.app.card.is_some());
}

#[test]
fn what_is_too_much_says_so_and_where_else_it_can_be_read() {
    let mut t = Teller::new(1, "big", "claude", "/home/demo/app", 900);
    t.open("default").prompt(1, "say much");
    (0..30).for_each(|n| say(&mut t, n, &"0123456789 ".repeat(400)));
    let desk = pane(app(&[t]), (80, 24)).press("g V G y");
    assert!(desk.copied.is_empty() && desk.app.select.is_none());
    assert!(desk.app.toast.as_ref().unwrap().text.contains("pager"), "{:?}", desk.app.toast);
}

#[test]
fn every_session_of_every_kind_can_be_selected_from_end_to_end() {
    let mut t = docs();
    t.call(edit("a.rs", "x\n", "y\n")).ran(5, "\u{1b}[31mred\u{1b}[0m\tand\r\n", CallStatus::Done, None);
    let unfolded = || {
        let mut app = app(std::slice::from_ref(&t));
        app.views.values_mut().for_each(|view| view.unfolded = (0..40).collect());
        app
    };
    for size in [(20, 6), (80, 24), (200, 50)] {
        for keys in ["g V G y", "tab V G y", "V g y"] {
            let desk = pane(unfolded(), size).press(keys);
            assert!(desk.copied.len() == 1 && !desk.copied[0].trim().is_empty(), "{keys} at {size:?}");
            assert!(!desk.copied[0].chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')));
        }
    }
}
