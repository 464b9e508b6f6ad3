//! Golden frames of searching and naming: a search in a session and within a card, the palette, sessions, keys.

use super::check;
use crate::support::frame::{NOW, app, draw, fix_auth, fleet, golden};
use taut::domain::{Answer, Looked, Query};
use taut::keymap;
use taut::ui::update::update;
use taut::ui::{App, Chord, Effect, Focus, Msg, Press};
use taut::view::{Cache, layout};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 50)];

/// Presses keys, each followed by a frame of this size.
fn press(app: &mut App, size: (u16, u16), keys: &str) {
    let mut cache = Cache::new();
    app.size = size;
    for key in keys.split_whitespace() {
        let chord: Chord = key.parse().unwrap();
        let msg = match keymap::lookup(app, chord.into()) {
            Some(action) => Msg::Did(action, Press::Alone),
            None => Msg::Typed(chord.into()),
        };
        let mut effects = update(app, msg, NOW);
        // The log holds nothing that is not in memory.
        while let Some(effect) = effects.pop() {
            if let Effect::Ask(Query::Search(search)) = effect {
                let answer = Answer::Found { search: search.number, found: vec![], looked: Looked::All };
                effects.extend(update(app, Msg::Answered(answer), NOW));
            }
        }
        // The second one stands where the first one settled.
        for _ in 0..2 {
            let scene = layout(app, &mut cache, size, NOW);
            update(app, Msg::Painted(Box::new(scene.painted)), NOW);
        }
    }
    app.toast = None;
}

fn found(size: (u16, u16), keys: &str) -> App {
    let mut app = fleet();
    app.focus = Focus::Pane;
    press(&mut app, size, keys);
    app
}

#[test]
fn a_search_in_a_session() {
    for size in SIZES {
        check("search", &found(size, "/ t o k e n"), size);
    }
    check("search", &found((20, 6), "/ t o k e n"), (20, 6));
    let key = |key: &str| key.parse::<Chord>().unwrap().into();
    let mut looking = found((80, 24), "/ z z");
    update(&mut looking, Msg::Typed(key("y")), NOW);
    check("search-looking", &looking, (80, 24));
    check("search-empty", &found((80, 24), "/"), (80, 24));
    check("search-none", &found((80, 24), "/ z z z enter"), (80, 24));
    check("search-kept", &found((80, 24), "/ t o k e n enter N"), (80, 24));
    check("search-output", &found((120, 36), "/ f a i l e d tab tab tab tab tab"), (120, 36));
}

#[test]
fn marks_need_no_colour_and_no_unicode() {
    use taut::theme::{Depth, Theme};
    let app = found((80, 24), "/ t o k e n enter");
    let scene = draw(&app, (80, 24));
    for name in Theme::NAMES {
        let theme = Theme::built_in(name).unwrap().at(Depth::None);
        let mut buffer = ratatui::buffer::Buffer::empty(ratatui::layout::Rect::new(0, 0, 80, 24));
        taut::view::paint(&scene, &theme, &mut buffer);
        let marked: String = buffer
            .content()
            .iter()
            .filter(|cell| cell.modifier.contains(ratatui::style::Modifier::REVERSED | ratatui::style::Modifier::BOLD))
            .map(|cell| cell.symbol())
            .collect();
        assert!(marked.contains("token"), "{name}: {marked:?}");
    }
    let scene = layout(&app, &mut Cache::ascii(), (80, 24), NOW);
    let shown = golden(&scene);
    assert!(shown.contains("/ token"), "{shown}");
}

#[test]
fn a_search_within_a_card_and_the_inspector() {
    for size in SIZES {
        let mut app = app(&[fix_auth()]);
        press(&mut app, size, "w w / s a v e d");
        check("search-card", &app, size);
    }
    let mut app = app(&[fix_auth()]);
    app.focus = Focus::Inspector;
    press(&mut app, (120, 36), "k k / r i s k enter n");
    check("search-inspector", &app, (120, 36));
}

#[test]
fn everything_by_name() {
    for size in SIZES {
        check("palette", &found(size, ":"), size);
    }
    check("palette-typed", &found((80, 24), ": w a i t i n g"), (80, 24));
    check("palette-decides", &found((80, 24), ": a l l o w"), (80, 24));
    check("jump", &found((80, 24), "'"), (80, 24));
    check("palette", &found((20, 6), ":"), (20, 6));
}

#[test]
fn all_keys_in_columns_and_narrowed() {
    for size in [(120, 36), (200, 50)] {
        check("help", &found(size, "?"), size);
    }
    check("help-narrowed", &found((120, 36), "? / s e s s i o n"), (120, 36));
    check("help-narrowed", &found((40, 20), "? / s e s s i o n"), (40, 20));
}
