//! The settings screen as a function: what each key wants written, and that nothing else can be.

use super::support::frame::{NOW, fleet};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use taut::domain::At;
use taut::keymap;
use taut::state::Limits;
use taut::ui::settings::{Change, Configured, Keys, Line, Setting, Takes, Value};
use taut::ui::update::update;
use taut::ui::{Action, App, Chord, Effect, Msg, Overlay, Press};

/// The settings as a console might know them.
pub(crate) fn configured() -> Configured {
    let setting = |key: &str, group: &str, given: Option<&str>, usual: &str, takes| Setting {
        key: key.into(),
        group: group.into(),
        given: given.map(str::to_owned),
        usual: usual.into(),
        about: format!("what {key} does, in a sentence"),
        accepts: "some words".into(),
        takes,
    };
    let marks = Takes::OneOf(["auto", "unicode", "ascii"].map(str::to_owned).into());
    Configured {
        file: "/home/demo/.config/taut/config.toml".into(),
        settings: vec![
            setting("theme", "looks", Some("tide"), "terminal", Takes::Theme),
            setting("marks", "looks", None, "auto", marks),
            setting("mouse", "looks", Some("false"), "true", Takes::Switch),
            setting("scroll", "looks", None, "3", Takes::Number),
            setting("deadline", "sessions", Some("10m"), "never", Takes::Text),
        ],
        themes: ["terminal", "dark", "tide"].map(|name| (name.to_owned(), format!("what {name} is"))).into(),
        theme: "tide".into(),
        rebound: [(Action::Queue, vec!["ctrl-q".parse().unwrap()])].into(),
        keys: [("queue".to_owned(), "ctrl-q".to_owned())].into(),
        limits: Limits::default(),
        manners: taut::ui::settings::Manners::default(),
        sections: vec![("agents".into(), 2)],
        faults: Vec::new(),
    }
}

struct Desk {
    app: App,
    now: At,
}

impl Desk {
    fn new() -> Self {
        let mut app = fleet();
        update(&mut app, Msg::Configured(Box::new(configured())), NOW);
        Self { app, now: NOW }
    }

    fn key(&mut self, name: &str) -> Vec<Effect> {
        let chord: Chord = name.parse().unwrap();
        self.press(chord.into(), Press::Alone)
    }

    fn press(&mut self, key: KeyEvent, press: Press) -> Vec<Effect> {
        self.now = At(self.now.0 + 1_000);
        let msg = match keymap::lookup(&self.app, key) {
            Some(action) => Msg::Did(action, press),
            None => Msg::Typed(key),
        };
        update(&mut self.app, msg, self.now)
    }

    fn go_to(&mut self, line: impl Fn(Line<'_>) -> bool) {
        let at = self.app.configured.lines().iter().position(|it| line(*it)).unwrap();
        if self.app.overlay.is_none() {
            self.key(",");
        }
        let Some(Overlay::Settings(screen)) = &mut self.app.overlay else { panic!("the settings are not open") };
        screen.selected = at;
    }

    fn setting(&mut self, key: &str) {
        self.go_to(|line| matches!(line, Line::Setting(setting) if setting.key == key));
    }

    fn action(&mut self, action: Action) {
        self.go_to(|line| line == Line::Keys(action));
    }

    fn said(&self) -> &str {
        self.app.toast.as_ref().map_or("", |toast| &toast.text)
    }
}

fn set(key: &str, to: Value, shown: Option<&str>) -> Vec<Effect> {
    vec![Effect::Configure(Change::Set { key: key.into(), to, shown: shown.map(str::to_owned) })]
}

#[test]
fn a_switch_turns_and_words_go_round() {
    let mut desk = Desk::new();
    desk.setting("mouse");
    assert_eq!(desk.key("enter"), set("mouse", Value::Switch(true), Some("false")));
    desk.setting("marks");
    assert_eq!(desk.key("enter"), set("marks", Value::Text("unicode".into()), None));
    assert_eq!(desk.key("backspace"), [], "it is as usual");
    assert!(desk.said().contains("as usual already"), "{}", desk.said());
    desk.setting("mouse");
    let usual = Change::Usual { key: "mouse".into(), shown: Some("false".into()) };
    assert_eq!(desk.key("backspace"), [Effect::Configure(usual)]);
}

#[test]
fn a_text_is_typed_and_a_number_is_one() {
    let mut desk = Desk::new();
    desk.setting("deadline");
    assert_eq!(desk.key("enter"), []);
    for key in ["backspace", "backspace", "backspace", "2", "h", "q"] {
        assert_eq!(desk.key(key), [], "what is typed is text");
    }
    desk.key("backspace");
    assert_eq!(desk.key("enter"), set("deadline", Value::Text("2h".into()), Some("10m")));
    desk.setting("scroll");
    desk.key("enter");
    desk.key("backspace");
    desk.key("x");
    assert_eq!(desk.key("enter"), []);
    assert!(desk.said().contains("takes a whole number"), "{}", desk.said());
    desk.key("backspace");
    desk.key("5");
    assert_eq!(desk.key("enter"), set("scroll", Value::Number(5), None));
    desk.key("enter");
    desk.key("esc");
    assert!(matches!(desk.app.overlay, Some(Overlay::Settings(_))), "esc leaves the text first");
    desk.key("esc");
    assert_eq!(desk.app.overlay, None);
}

#[test]
fn the_next_key_is_the_new_one_and_what_must_act_everywhere_still_does() {
    let mut desk = Desk::new();
    desk.action(Action::Zoom);
    desk.key("enter");
    let keys = |action, to, shown: Option<&str>| {
        vec![Effect::Configure(Change::Keys { action, to, shown: shown.map(str::to_owned) })]
    };
    let chord: Chord = "q".parse().unwrap();
    assert_eq!(desk.key("q"), keys(Action::Zoom, Keys::Instead(chord), None));
    desk.key("+");
    assert_eq!(desk.key("alt-z"), keys(Action::Zoom, Keys::AsWell("alt-z".parse().unwrap()), None));
    assert_eq!(desk.key("-"), keys(Action::Zoom, Keys::None, None));
    desk.key("enter");
    assert_eq!(desk.key("esc"), []);
    assert!(desk.said().contains("stay as they are"));
    desk.key("enter");
    assert_eq!(desk.key("ctrl-\\"), [], "the brake is armed, and is no new key");
    assert!(desk.app.halt_armed.is_some());
    desk.key("esc");
    desk.action(Action::Queue);
    assert_eq!(desk.key("backspace"), keys(Action::Queue, Keys::Usual, Some("ctrl-q")));
}

#[test]
fn keys_that_come_together_write_nothing() {
    let mut desk = Desk::new();
    desk.setting("mouse");
    for code in [KeyCode::Enter, KeyCode::Backspace] {
        assert_eq!(desk.press(KeyEvent::new(code, KeyModifiers::NONE), Press::Among), []);
        assert!(desk.said().contains("press it alone"), "{}", desk.said());
    }
    update(&mut desk.app, Msg::Pasted("x".into()), desk.now);
    assert!(matches!(desk.app.overlay, Some(Overlay::Settings(_))));
}

#[test]
fn a_file_with_faults_is_not_written_to() {
    let mut desk = Desk::new();
    let faults = vec!["config.toml:3: unknown key `them`".to_owned()];
    update(&mut desk.app, Msg::Configured(Box::new(Configured { faults, ..configured() })), desk.now);
    desk.setting("mouse");
    for key in ["enter", "backspace"] {
        assert_eq!(desk.key(key), []);
        assert!(desk.said().contains("nothing is written to it") && desk.said().contains("`them`"), "{}", desk.said());
    }
}

#[test]
fn a_theme_is_tried_on_by_moving_given_back_by_esc_and_taken_by_enter() {
    let mut desk = Desk::new();
    let tried = |name: Option<&str>| vec![Effect::TryTheme(name.map(str::to_owned))];
    assert_eq!(desk.key("#"), tried(Some("tide")), "the one in force is selected");
    assert_eq!(desk.key("up"), tried(Some("dark")));
    assert_eq!(desk.key("t"), tried(Some("terminal")), "letters move, too");
    assert_eq!(desk.key("i"), tried(Some("tide")));
    assert_eq!(desk.key("esc"), tried(None));
    desk.key("#");
    desk.key("up");
    let mut taken = set("theme", Value::Text("dark".into()), Some("tide"));
    taken.extend(tried(None));
    assert_eq!(desk.key("enter"), taken);
    assert_eq!(desk.app.overlay, None);
}

/// Whoever changes the file while a card is open, the next key meant what it means now for at least the dwell.
#[test]
fn keys_that_change_under_an_open_card_do_not_decide_by_accident() {
    let mut desk = Desk::new();
    let draw = |desk: &mut Desk| {
        let mut cache = taut::view::Cache::new();
        for _ in 0..3 {
            let scene = taut::view::layout(&desk.app, &mut cache, (120, 36), desk.now);
            for effect in update(&mut desk.app, Msg::Painted(Box::new(scene.painted)), desk.now) {
                if let Effect::Send(id, _) = effect {
                    update(&mut desk.app, Msg::Replied(id, taut::domain::Reply::Done), desk.now);
                }
            }
        }
    };
    desk.app.size = (120, 36);
    desk.key("w");
    draw(&mut desk);
    // Somebody gives the key that goes on to the key that allows.
    let rebound = [(Action::Allow, vec!["w".parse().unwrap()]), (Action::NextWaiting, vec!["n".parse().unwrap()])];
    desk.now = At(desk.now.0 + 5_000);
    update(&mut desk.app, Msg::Configured(Box::new(Configured { rebound: rebound.into(), ..configured() })), desk.now);
    let decides = |effects: &[Effect]| {
        effects.iter().any(|effect| matches!(effect, Effect::Send(_, taut::domain::Command::Decide { .. })))
    };
    draw(&mut desk);
    let w = KeyEvent::new(KeyCode::Char('w'), KeyModifiers::NONE);
    desk.now = At(desk.now.0 + 100);
    let action = keymap::lookup(&desk.app, w).unwrap();
    assert_eq!(action, Action::Allow);
    let effects = update(&mut desk.app, Msg::Did(action, Press::Alone), desk.now);
    assert!(!decides(&effects), "{effects:?}");
    desk.now = At(desk.now.0 + 1_000);
    let effects = update(&mut desk.app, Msg::Did(action, Press::Alone), desk.now);
    // Then it is the human's own key again: the guard is the dwell, and not a lock.
    assert!(decides(&effects) || desk.said().contains("choose among"), "{effects:?} {}", desk.said());
}

#[test]
fn what_is_heard_of_the_file_is_in_force_at_once() {
    let mut desk = Desk::new();
    assert_eq!(keymap::lookup(&desk.app, KeyEvent::from("ctrl-q".parse::<Chord>().unwrap())), Some(Action::Queue));
    let other =
        Configured { rebound: Default::default(), limits: Limits { silent: 5, ..Limits::default() }, ..configured() };
    update(&mut desk.app, Msg::Configured(Box::new(other)), desk.now);
    assert_eq!(keymap::lookup(&desk.app, KeyEvent::from("ctrl-q".parse::<Chord>().unwrap())), None);
    assert_eq!(desk.app.limits.silent, 5);
    assert!(desk.said().contains("the keys have changed"), "{}", desk.said());
    update(&mut desk.app, Msg::Wrote(Err("not written: because".into())), desk.now);
    assert_eq!(desk.said(), "not written: because");
}

#[test]
fn the_palette_leads_to_a_setting() {
    let mut desk = Desk::new();
    desk.key(":");
    for letter in "setting dead".chars() {
        desk.key(if letter == ' ' { "space".to_owned() } else { letter.to_string() }.as_str());
    }
    assert_eq!(desk.key("enter"), [], "choosing writes nothing");
    let Some(Overlay::Settings(screen)) = &desk.app.overlay else { panic!("the settings are not open") };
    let line = desk.app.configured.line(screen.selected);
    assert!(matches!(line, Some(Line::Setting(setting)) if setting.key == "deadline"), "{line:?}");
}
