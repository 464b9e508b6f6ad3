//! By name: the palette, the list of sessions, the list of keys. They do what keys do, and never decide.

use crate::support::console::Console;
use std::collections::BTreeSet;
use taut::domain::{Cause, Event, SessionId};
use taut::keymap;
use taut::ui::app::Overlay;
use taut::ui::picker::{Picked, Picker, PickerKind};
use taut::ui::update::available;
use taut::ui::{Action, App, Chord, Focus, Grid};

fn rows(app: &App) -> Vec<(String, Option<String>)> {
    let Some(Overlay::Picker(picker)) = &app.overlay else { panic!("no list is open") };
    app.picked(picker).into_iter().map(|(pick, _)| (pick.name, pick.lacks)).collect()
}

fn choose(console: Console, letters: &str) -> Console {
    console.press("f2").types(letters).press("enter")
}

#[test]
fn the_palette_does_what_the_key_does() {
    let console = choose(Console::working().begins(2), "grid");
    let console = console.holds("two panes", |app| app.grid == Grid::Two && app.overlay.is_none());
    let console = choose(console, "queue").focus_is(Focus::Queue);
    // What was chosen of late comes first.
    let console = console.press(":");
    let first: Vec<String> = rows(&console.app).into_iter().take(2).map(|(name, _)| name).collect();
    assert_eq!(first, ["queue", "grid next"]);
    let console = console.press("esc");
    // A key that can't act is dim, with why, and says so when chosen.
    let console = console.press(":").types("log in");
    assert!(rows(&console.app)[0].1.as_deref().is_some_and(|why| why.contains("asks for no login")));
    let console = console.press("enter").says("asks for no login").press("esc");
    // By what it says, where no name has it.
    let console = console.press(":").types("job control");
    assert_eq!(rows(&console.app)[0].0, "suspend");
    console.press("esc");
}

#[test]
fn it_asks_where_the_key_asks() {
    let console = choose(Console::working(), "end session");
    let asks = |app: &App| matches!(app.overlay, Some(Overlay::Confirm { .. }));
    console.holds("a question", asks).press("n").holds("nothing ended", |app| app.state.sessions.len() == 1);
}

#[test]
fn what_decides_is_listed_and_never_chosen() {
    let ready = || Console::working().asks(1, "make", 3).press("w").wait(400).frame();
    for letters in ["allow", "scopes", "deny", "deny interrupt"] {
        let console = ready().press("f2").types(letters);
        let (name, lacks) = rows(&console.app)[0].clone();
        assert_eq!(name, letters);
        assert!(lacks.is_some_and(|why| why.contains("never chosen from a list")), "{letters}");
        let console = console.wait(2_000).press("enter").decides(&[]).says("never chosen from a list");
        // And a letter typed over the card was text.
        console.press("esc").types("").decides(&[]).holds("the card is open", |app| app.card.is_some());
    }
    // On a menu of offers and on a typed word, `open` and `submit` would decide.
    for (key, letters) in [("s", "open"), ("d", "submit")] {
        ready().press(key).wait(2_000).press("f2").types(letters).wait(2_000).press("enter").decides(&[]);
    }
}

#[test]
fn what_leads_elsewhere_leaves_the_card_undecided() {
    let ready = || Console::working().asks(1, "make", 3).press("w").wait(400).frame();
    choose(ready(), "compose").focus_is(Focus::Composer).card_is(None).decides(&[]);
    choose(ready(), "queue").card_is(None).decides(&[]);
    choose(ready(), "find").holds("within the card", |app| app.within.is_some() && app.card.is_some()).decides(&[]);
}

#[test]
fn a_card_below_a_list_counts_as_covered() {
    let console = Console::working().asks(1, "make", 3).press("w").wait(400).frame().press("f2");
    let console = console.holds("not shown", |app| app.card.as_ref().unwrap().painted.is_none());
    let console = console.wait(1_000).press("esc").wait(100).press_at_once("a").decides(&[]);
    assert_eq!(console.wait(600).press_at_once("a").decisions().len(), 1);
}

#[test]
fn sessions_are_gone_to_by_name_agent_or_folder_also_those_put_away() {
    let ended = Event::Ended { cause: Cause::Human, last_words: "".into(), survivors: vec![] };
    let console = Console::new().begins(1).begins(2).begins(3).hears(2, ended);
    let console = console.hears(2, Event::Archived { archived: true }).holds("gone", |app| app.slots.len() == 2);
    let console = console.press("'").types("work-2");
    let Some(Overlay::Picker(picker)) = &console.app.overlay else { panic!() };
    let found = console.app.picked(picker);
    assert_eq!((found[0].0.note.as_str(), &found[0].0.what), ("archived", &Picked::Session(SessionId(2))));
    let console = console.press("enter").focus_is(Focus::Pane);
    let console = console.holds("shown", |app| app.selected == Some(SessionId(2)) && app.panes == [Some(SessionId(2))]);
    let console = console.press("'").types("/srv");
    assert_eq!(rows(&console.app).len(), 3, "by folder");
    // From a card, too: it closes undecided.
    let console = console.press("esc").asks(3, "make", 3).press("w").press("f2").types("go to work-1").press("enter");
    console.decides(&[]).card_is(None).holds("there", |app| app.selected == Some(SessionId(1)));
}

#[test]
fn an_agent_is_started_by_name() {
    let console = Console::new().press(":").types("start gemini").press("enter");
    let form = |app: &App| matches!(&app.overlay, Some(Overlay::NewSession(form)) if form.agent == 2);
    console.holds("its form", form);
}

#[test]
fn the_list_of_keys_is_narrowed_by_letters() {
    let filter = |app: &App| match &app.overlay {
        Some(Overlay::Help { filter, .. }) => filter.clone(),
        _ => panic!("no list of keys"),
    };
    let console = Console::working().press("? /").types("queue q");
    assert_eq!(filter(&console.app).as_deref(), Some("queue q"));
    let console = console.press("esc");
    assert_eq!(filter(&console.app), None, "all keys again");
    console.press("esc").holds("closed", |app| app.overlay.is_none());
}

// --- every action

/// Consoles in every place that has keys.
fn places() -> Vec<(&'static str, Console)> {
    let card = || Console::working().asks(1, "make", 3).press("w").wait(400).frame();
    let live = Console::working().asks(1, "make", 3);
    vec![
        ("nothing yet", Console::new()),
        ("rail", Console::working()),
        ("pane", Console::working().press("tab")),
        ("inspector", Console::working().press("tab tab")),
        ("queue", Console::working().asks(1, "make", 3).press("Q")),
        ("composer", Console::working().press("i")),
        ("card", card()),
        ("unread card", Console::working().asks(1, "make", 40).press("w").wait(400).frame()),
        ("offers", card().press("s")),
        ("reason", card().press("d")),
        ("a call that is edited", card().press("e")),
        ("an edited call", card().press("e").types("x").press("enter")),
        ("search", Console::working().press("/").types("go")),
        ("search kept", Console::working().press("/").types("go").press("enter")),
        ("search in a card", card().press("/")),
        ("form", Console::working().press("c")),
        ("question", Console::working().press("E")),
        ("palette", Console::working().press(":")),
        ("help", Console::working().press("?")),
        ("narrowed help", Console::working().press("? /")),
        ("replay", Console::replaying(&live)),
    ]
}

#[test]
fn what_the_footer_shows_acts() {
    for (place, console) in places() {
        for item in keymap::footer(&console.app) {
            for key in item.keys.split(' ') {
                let key = match key {
                    "↑" => "up",
                    "↓" => "down",
                    "←" => "left",
                    "→" => "right",
                    key => key,
                };
                let chord: Chord = key.parse().unwrap();
                let action = keymap::lookup(&console.app, chord.into());
                let action = action.unwrap_or_else(|| panic!("{place}: {key} ({}) is no key here", item.what));
                assert_eq!(available(&console.app, action), Ok(()), "{place}: {key} {}", item.what);
            }
        }
    }
}

#[test]
fn every_action_has_a_key_and_is_named_in_the_palette_and_in_the_help() {
    let console = Console::working().begins(2).begins(3).press(":");
    let Some(Overlay::Picker(Picker { kind: PickerKind::Palette, .. })) = &console.app.overlay else { panic!() };
    let listed: BTreeSet<Action> = console
        .app
        .picks(PickerKind::Palette)
        .into_iter()
        .filter_map(|pick| match pick.what {
            Picked::Action(action) => {
                assert!(!pick.help.is_empty() && pick.help.ends_with('.') == pick.help.contains('.'), "{pick:?}");
                Some(action)
            }
            _ => None,
        })
        .collect();
    let keyed: BTreeSet<Action> = keymap::rows().filter(|row| !row.keys.is_empty()).map(|row| row.action).collect();
    let sections = keymap::help(&console.app);
    let said: BTreeSet<String> =
        sections.iter().flat_map(|section| &section.items).map(|item| item.what.clone()).collect();
    for &action in Action::ALL.iter().filter(|action| !action.is_internal()) {
        assert!(keyed.contains(&action), "{action:?} has no key");
        let slot_of_nobody = matches!(action, Action::Slot(n) if n > 3);
        assert!(
            listed.contains(&action) || slot_of_nobody || action == Action::Palette,
            "{action:?} is not in the palette"
        );
        let rows = keymap::rows().filter(|row| row.action == action);
        assert!(rows.into_iter().all(|row| said.contains(row.help)), "{action:?} is not in the help");
    }
}
