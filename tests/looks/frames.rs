//! Golden frames. `UPDATE_GOLDEN=1 cargo test --test looks` writes them anew.

use super::settings::configured;
use super::support::frame::{NOW, app, docs, draw, fleet, golden};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::fmt::Write as _;
use std::path::Path;
use taut::domain::{Digest, Event, Speaker};
use taut::theme::{Depth, Theme};
use taut::ui::app::KnownAgent;
use taut::ui::picker::{Picker, PickerKind};
use taut::ui::settings::{Editing, SettingsUi};
use taut::ui::{App, CardUi, Focus, Overlay};
use taut::view::{Cache, layout, paint, to_text};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 50)];

fn check(name: &str, shown: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/looks/{name}.txt"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, shown).unwrap();
    }
    let want = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(shown == want, "{} differs; it is now:\n{shown}", file.display());
}

fn frame(name: &str, app: &App, size: (u16, u16)) {
    check(&format!("{name}-{}x{}", size.0, size.1), &golden(&draw(app, size)));
}

fn painted(app: &App, size: (u16, u16), theme: &Theme) -> Buffer {
    let scene = layout(app, &mut Cache::new(), size, NOW);
    let mut buffer = Buffer::empty(Rect::new(0, 0, size.0, size.1));
    paint(&scene, theme, &mut buffer);
    buffer
}

fn card(app: &mut App) {
    let request = app.state.queue()[0].request.id;
    app.card = Some(CardUi::new(request));
    app.focus = Focus::Card;
}

/// One line a theme, size and depth: a hash of every cell as it is painted.
#[test]
fn every_theme_at_every_depth_is_as_it_was_looked_at() {
    let fleet = fleet();
    let mut reviewed = super::support::frame::fleet();
    card(&mut reviewed);
    let depths = [(Depth::True, "true"), (Depth::Ansi256, "256"), (Depth::Ansi16, "16"), (Depth::None, "none")];
    let mut all = String::new();
    for name in Theme::NAMES {
        for (depth, word) in depths {
            let theme = Theme::built_in(name).unwrap().at(depth);
            write!(all, "{name:<20} {word:<5}").unwrap();
            for size in SIZES {
                for app in [&fleet, &reviewed] {
                    let buffer = painted(app, size, &theme);
                    let cells: String = buffer
                        .content
                        .iter()
                        .map(|cell| format!("{} {:?} {:?} {:?}\n", cell.symbol(), cell.fg, cell.bg, cell.modifier))
                        .collect();
                    write!(all, " {}", Digest::of(cells.as_bytes()).short()).unwrap();
                }
            }
            all.push('\n');
        }
    }
    check("themes", &all);
}

#[test]
fn without_colours_no_cell_has_any_and_what_waits_is_still_loud() {
    use ratatui::style::{Color, Modifier};
    for name in Theme::NAMES {
        let theme = Theme::built_in(name).unwrap().at(Depth::None);
        let buffer = painted(&fleet(), (120, 36), &theme);
        // What a tool coloured is the tool's; there is none in the fleet's folded frames.
        assert!(
            buffer.content.iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset),
            "{name} has colours"
        );
        let waiting: Vec<_> = buffer.content.iter().filter(|cell| cell.symbol() == "?").collect();
        assert!(waiting.iter().any(|cell| cell.modifier.contains(Modifier::BOLD)), "{name}");
    }
}

#[test]
fn with_sixteen_colours_no_cell_has_another() {
    use ratatui::style::Color;
    for name in Theme::NAMES {
        let theme = Theme::built_in(name).unwrap().at(Depth::Ansi16);
        for cell in &painted(&fleet(), (120, 36), &theme).content {
            for color in [cell.fg, cell.bg] {
                assert!(!matches!(color, Color::Rgb(..) | Color::Indexed(_)), "{name}: {color:?}");
            }
        }
    }
}

#[test]
fn in_ascii_every_sign_of_ours_is_ascii() {
    for size in SIZES {
        let mut reviewed = fleet();
        card(&mut reviewed);
        for (name, app) in [("ascii", &fleet()), ("ascii-card", &reviewed)] {
            let scene = layout(app, &mut Cache::ascii(), size, NOW);
            check(&format!("{name}-{}x{}", size.0, size.1), &golden(&scene));
        }
    }
    for app in [fleet(), nothing_yet(), settings()] {
        let text = to_text(&layout(&app, &mut Cache::ascii(), (120, 36), NOW));
        let left: String = text.chars().filter(|c| !c.is_ascii()).collect();
        // A cut within a name or a path is the only sign that is left.
        assert!(left.chars().all(|c| c == '…'), "{left:?} in\n{text}");
    }
}

#[test]
fn hidden_characters_have_marks_in_ascii_and_lookalikes_stay_what_they_are() {
    let mut t = docs();
    t.say(Speaker::Agent, "a\u{1b}[2Jb and \u{202e}c and rm \u{2212}rf");
    t.tell(Event::Noted { level: taut::domain::Notice::Info, text: "x\u{7}y".into() });
    let text = to_text(&layout(&app(&[t]), &mut Cache::ascii(), (120, 36), NOW));
    assert!(text.contains("a^[2Jb") && text.contains("<U+202E>c") && text.contains("x^y"), "{text}");
    assert!(text.contains("rm \u{2212}rf"), "another's letter is not made to look like a plain one: {text}");
}

fn nothing_yet() -> App {
    let known = |name: &str, found, note: &str| KnownAgent { name: name.into(), found, note: note.into() };
    let agents = vec![
        known("claude", true, "Claude Code"),
        known("gemini", true, "Gemini CLI"),
        known("goose", false, "not found: brew install block-goose-cli"),
        known("demo", true, "the scripted agent of taut"),
    ];
    App { agents, here: "/home/demo/src/app".into(), home: "/home/demo".into(), ..App::default() }
}

#[test]
fn a_first_start_says_three_things_to_do() {
    let app = nothing_yet();
    SIZES.into_iter().for_each(|size| frame("first", &app, size));
    frame("first", &app, (40, 12));
    frame("first", &app, (20, 6));
    let mut none = nothing_yet();
    none.agents.iter_mut().for_each(|agent| agent.found = false);
    frame("first-without-agents", &none, (80, 24));
}

fn settings() -> App {
    let mut app = App { configured: configured(), overlay: Some(Overlay::Settings(SettingsUi::default())), ..fleet() };
    app.rebound = app.configured.rebound.clone();
    app
}

#[test]
fn the_settings_show_every_key_its_value_and_what_it_takes() {
    let mut app = settings();
    SIZES.into_iter().for_each(|size| frame("settings", &app, size));
    frame("settings", &app, (40, 12));
    frame("settings", &app, (20, 6));
    app.overlay = Some(Overlay::Settings(SettingsUi { selected: 4, editing: Some(Editing::Value("15m".into())) }));
    frame("settings-typing", &app, (80, 24));
    let zoom =
        app.configured.lines().iter().position(|line| *line == taut::ui::settings::Line::Keys(taut::ui::Action::Zoom));
    app.overlay = Some(Overlay::Settings(SettingsUi { selected: zoom.unwrap(), editing: Some(Editing::KeyInstead) }));
    frame("settings-key", &app, (80, 24));
    app.overlay = Some(Overlay::Settings(SettingsUi { selected: usize::MAX, editing: None }));
    app.configured.faults = vec!["config.toml:3: unknown key `them`; did you mean `theme`?".into()];
    frame("settings-faults", &app, (80, 24));
}

#[test]
fn the_list_of_themes_lies_under_the_frame_that_tries_them_on() {
    let mut app = settings();
    app.overlay = Some(Overlay::Picker(Picker::new(PickerKind::Themes, 2)));
    SIZES.into_iter().for_each(|size| frame("themes-list", &app, size));
}
