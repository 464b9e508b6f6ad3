//! The brake: interrupt, end, halt, leave.

use crate::support::console::Console;
use taut::domain::{By, Command, Event, SessionId};
use taut::ui::{Effect, Focus, Overlay};

const ONE: SessionId = SessionId(1);

fn left(console: &Console) -> bool {
    console.effects.contains(&Effect::Quit)
}

#[test]
fn ctrl_c_clears_then_interrupts_then_leaves() {
    let console = Console::working().press("i").types("draft").press("ctrl-c");
    let console = console.holds("cleared", |app| app.drafts.is_empty()).focus_is(Focus::Composer);
    assert!(console.commands().is_empty());
    let console = console.press("ctrl-c").sends(&Command::Interrupt { session: ONE }).says("interrupting work-1");
    let console = console.hears(1, Event::InterruptAsked { by: By::Human }).press("ctrl-c").says("again to leave");
    assert!(!left(&console));
    assert!(left(&console.press("ctrl-c")));
}

#[test]
fn ctrl_c_held_down_does_one_thing() {
    let mut console = Console::working().wait(1_000).press_at_once("ctrl-c");
    for _ in 0..50 {
        console = console.wait(30).press_at_once("ctrl-c");
    }
    assert!(!left(&console));
    assert_eq!(console.commands().len(), 1);
}

#[test]
fn a_single_ctrl_c_is_forgotten_after_a_while() {
    let console = Console::new().press("ctrl-c").wait(2_000).press_at_once("ctrl-c");
    assert!(!left(&console.frame()));
}

#[test]
fn ctrl_c_on_a_card_speaks_of_the_cards_session() {
    let console = Console::working().begins(2).asks(1, "make", 3).press("2 w ctrl-c");
    console.sends(&Command::Interrupt { session: ONE }).decides(&[]);
}

#[test]
fn halt_takes_two_presses_from_anywhere() {
    let places = ["", "i", "c", "w", "w d", "w s", "?", "q", "Q", "tab", "m"];
    for place in places {
        let console =
            Console::working().asks(1, "make", 3).press(place).press("ctrl-\\").says("again to end every agent");
        assert!(!console.commands().contains(&&Command::Halt), "{place}");
        console.press("ctrl-\\").sends(&Command::Halt).decides(&[]);
    }
    let late = Console::working().press("ctrl-\\").wait(2_000).press_at_once("ctrl-\\");
    assert!(late.commands().is_empty());
}

#[test]
fn leaving_asks_where_agents_run() {
    assert!(left(&Console::new().press("q")));
    let console = Console::working().press("q").holds(
        "asked",
        |app| matches!(&app.overlay, Some(Overlay::Confirm { question, .. }) if question.contains("1 agent")),
    );
    let console = console.press("n").holds("answered", |app| app.overlay.is_none());
    assert!(!left(&console));
    assert!(left(&console.press("q y")));
}

#[test]
fn a_question_that_has_just_appeared_is_not_answered() {
    let console = Console::working().wait(1_000).press_at_once("q").frame().wait(100).press_at_once("y");
    assert!(!left(&console));
    assert!(!left(&Console::working().press("q").wait(1_000).press_in_one_read("y y")));
    assert!(!left(&Console::working().press("q").paste("y")));
}

#[test]
fn a_session_ends_after_a_question() {
    let console = Console::working().press("E n");
    assert!(console.commands().is_empty());
    console.press("E y").sends(&Command::End { session: ONE });
    Console::new().press("E").says("no session is selected");
}

#[test]
fn the_mode_is_chosen_with_care() {
    let mode = |id: &str| taut::domain::Mode { id: id.into(), name: id.into(), help: None };
    let offered = Event::ModesOffered { modes: vec![mode("ask"), mode("yolo")], current: Some("ask".into()) };
    let console = Console::new().begins(1).press("m").says("offers no modes").hears(1, offered);
    let hasty = console.wait(1_000).press_at_once("m").press_at_once("down").press_at_once("enter");
    assert!(hasty.commands().is_empty());
    hasty.press("enter").sends(&Command::SetMode { session: ONE, mode: "yolo".into() });
}

#[test]
fn a_login_is_chosen_where_one_is_needed() {
    let way = taut::domain::LoginWay { id: "browser".into(), name: "In a browser".into(), help: None };
    let needed = Event::LoginNeeded { said: "log in".into(), ways: vec![way] };
    let console = Console::new().begins(1).press("L").says("asks for no login").hears(1, needed).press("enter enter");
    console.sends(&Command::Login { session: ONE, way: "browser".into() });
}
