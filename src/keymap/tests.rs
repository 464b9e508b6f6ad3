use super::*;
use crate::ui::Overlay;
use std::collections::BTreeSet;

fn given(entries: &[(&str, &[&str])]) -> Vec<(String, Vec<String>)> {
    entries
        .iter()
        .map(|(name, keys)| ((*name).to_owned(), keys.iter().map(|key| (*key).to_owned()).collect()))
        .collect()
}

fn press(app: &App, key: &str) -> Option<Action> {
    let chord: Chord = key.parse().unwrap();
    lookup(app, chord.into())
}

#[test]
fn every_key_of_the_table_is_a_key_and_none_is_bound_twice_in_a_place() {
    for row in rows() {
        for name in row.keys.split_whitespace() {
            assert!(name.parse::<Chord>().is_ok(), "{name}");
        }
        assert!(!row.help.is_empty() && (row.rank == 0) == row.label.is_empty(), "{row:?}");
    }
    assert_eq!(rebind::clashes(&Rebound::new()), []);
}

#[test]
fn every_action_has_a_key_or_is_internal_and_the_help_lists_all() {
    let bound: BTreeSet<Action> = rows().map(|row| row.action).collect();
    for &action in Action::ALL {
        assert!(bound.contains(&action) != action.is_internal(), "{action:?}");
        assert_eq!(Action::named(action.name()), Some(action));
    }
    let help = help(&App::default());
    let sentences: BTreeSet<String> = help.iter().flat_map(|section| &section.items).map(|i| i.what.clone()).collect();
    for row in rows() {
        assert!(sentences.contains(row.help), "{row:?}");
    }
    assert_eq!(help.len(), Scope::ALL.len(), "every place is in the help");
}

#[test]
fn the_help_begins_with_the_place_it_lies_over() {
    let app = App { focus: Focus::Queue, overlay: Some(Overlay::Help { top: 0, filter: None }), ..App::default() };
    let titles: Vec<_> = help(&app).iter().filter(|section| section.here).map(|section| section.scope).collect();
    assert_eq!(titles, [Scope::Queue, Scope::List, Scope::Global, Scope::Always]);
    assert_eq!(help(&app)[0].scope, Scope::Queue);
}

#[test]
fn where_text_is_typed_a_plain_character_is_text_and_a_chord_still_acts() {
    let app = App { focus: Focus::Composer, ..App::default() };
    for key in ["a", "q", "?", "1", "space", "G"] {
        assert_eq!(press(&app, key), None, "{key}");
    }
    assert_eq!(press(&app, "ctrl-c"), Some(Action::CtrlC));
    assert_eq!(press(&app, "alt-3"), Some(Action::Slot(3)));
    assert_eq!(press(&app, "f1"), Some(Action::Help));
    let app =
        App { overlay: Some(Overlay::Confirm { question: String::new(), yes: Box::new(Action::QuitNow) }), ..app };
    assert_eq!((press(&app, "y"), press(&app, "q"), press(&app, "w")), (Some(Action::Yes), Some(Action::No), None));
}

#[test]
fn what_is_still_to_come_is_not_bound() {
    for focus in [Focus::Rail, Focus::Pane, Focus::Inspector, Focus::Queue] {
        let app = App { focus, ..App::default() };
        assert_eq!(press(&app, "e"), None, "in {focus:?}");
    }
}

#[test]
fn keys_can_be_given_and_taken_away() {
    let rebound = rebind(&given(&[("queue", &["ctrl-q", "Q"]), ("zoom", &[]), ("down", &["t"])])).unwrap();
    let app = App { rebound, ..App::default() };
    assert_eq!(press(&app, "ctrl-q"), Some(Action::Queue));
    assert_eq!(press(&app, "z"), None);
    assert_eq!((press(&app, "t"), press(&app, "j")), (Some(Action::Down), None));
    assert_eq!(key(&app, Action::Zoom), None);
    assert_eq!(key(&app, Action::Queue).as_deref(), Some("ctrl-q"));
}

#[test]
fn a_plain_character_never_takes_a_key_from_where_text_is_typed() {
    let rebound = rebind(&given(&[("back", &["%"])])).unwrap();
    let app = App { rebound, focus: Focus::Composer, ..App::default() };
    assert_eq!((press(&app, "%"), press(&app, "esc")), (None, Some(Action::Back)));
}

#[test]
fn all_faults_are_told_at_once() {
    let faults = rebind(&given(&[
        ("dance", &["a"]),
        ("quit-now", &["ctrl-q"]),
        ("allow", &["hyper-a", "d"]),
        ("zoom", &["v"]),
        ("halt", &[]),
    ]))
    .unwrap_err();
    let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let has = |parts: &[&str]| said.iter().any(|line| parts.iter().all(|part| line.contains(part)));
    assert!(has(&["\"dance\""]) && has(&["\"quit-now\""]), "{said:#?}");
    assert!(has(&["allow", "\"hyper-a\""]), "{said:#?}");
    assert!(has(&["card", "d is bound", "allow", "deny"]), "{said:#?}");
    assert!(has(&["v is bound", "zoom", "grid-next"]), "{said:#?}");
    assert!(has(&["halt"]), "{said:#?}");
    assert_eq!(said.len(), 6, "{said:#?}");
}

#[test]
fn a_key_that_decides_never_reads_on_as_well() {
    for (action, key) in [("allow", "space"), ("allow", "j"), ("deny-interrupt", "pagedown"), ("page-down", "a")] {
        let faults = rebind(&given(&[(action, &[key])])).unwrap_err();
        assert_eq!(faults.len(), 1, "{action} {key}: {faults:?}");
        assert!(faults[0].to_string().contains("a request's card"), "{faults:?}");
    }
    assert!(rebind(&given(&[("allow", &["space"]), ("page-down", &["pagedown"])])).is_ok());
}

#[test]
fn what_an_action_does_is_said_in_the_words_of_its_widest_place() {
    assert_eq!(about(Action::Back), "one place back, and never anything else");
    assert_eq!(about(Action::Down), "one down, one up");
    let usual: Vec<String> = usual(Action::Down).iter().map(ToString::to_string).collect();
    assert_eq!(usual[0], "j");
}

#[test]
fn the_footer_says_what_acts_and_nothing_else() {
    let app = App::default();
    let footer = footer(&app);
    let actions: Vec<Action> = footer.iter().map(|item| item.action).collect();
    assert!(actions.contains(&Action::Help) && actions.contains(&Action::Quit));
    for absent in [Action::NextWaiting, Action::Compose, Action::Interrupt, Action::Modes, Action::Archive] {
        assert!(!actions.contains(&absent), "{absent:?} can't act without a session");
    }
}

#[test]
fn the_footer_of_an_unread_card_begins_with_reading_on() {
    let request = crate::domain::RequestId::default();
    let mut card = CardUi { painted: Some(crate::domain::At(1)), of_rows: 40, seen_rows: 10, ..CardUi::new(request) };
    let first = |card: &CardUi| {
        let app = App { focus: Focus::Card, card: Some(card.clone()), ..App::default() };
        footer(&app).first().map(|item| (item.action, item.what.clone()))
    };
    assert_eq!(first(&card), Some((Action::PageDown, "read on".to_owned())));
    card.end_seen = true;
    assert_ne!(first(&card).map(|(action, _)| action), Some(Action::PageDown));
}

#[test]
fn neighbours_that_say_the_same_are_one_item() {
    let all = help(&App::default());
    let global = all.iter().find(|section| section.scope == Scope::Global).unwrap();
    assert!(global.items.iter().any(|item| item.keys == "1…9"), "{:#?}", global.items);
    let replay = all.iter().find(|section| section.scope == Scope::Replay).unwrap();
    assert!(replay.items.iter().any(|item| item.keys == "← →"), "{:#?}", replay.items);
}
