//! Nothing decides by accident (FEATURES B5, B7, B15).

use crate::support::console::{Console, allow_once};
use crossterm::event::{KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use taut::domain::Event;
use taut::ui::{Msg, Press};

/// A console whose card is open, painted and read.
fn ready() -> Console {
    Console::working().asks(1, "rm -rf build", 3).press("w").wait(400).frame()
}

#[test]
fn the_same_key_pressed_on_purpose_does_decide() {
    ready().press_at_once("a").decides(&[allow_once()]);
}

#[test]
fn keys_about_the_arrival_of_a_request_decide_nothing() {
    for key in ["a", "x", "d", "s", "enter"] {
        for offset in [-50, -10, 0, 1, 20, 50, 100, 150] {
            let before = Console::working().wait(1_000);
            let console = match offset {
                ..0 => before.press_at_once(key).wait(-offset).asks(1, "make", 3).press_at_once(key),
                0.. => before.asks(1, "make", 3).wait(offset).press_at_once(key).frame().press_at_once(key),
            };
            console.decides(&[]);
        }
    }
}

#[test]
fn keys_about_the_first_paint_of_a_card_decide_nothing() {
    for key in ["a", "x"] {
        for dwell in [0, 1, 50, 150, 349] {
            let opened = Console::working().asks(1, "make", 3).wait(1_000).press_at_once("w");
            let unpainted = opened.wait(dwell).press_at_once(key).decides(&[]);
            unpainted.frame().wait(dwell).press_at_once(key).decides(&[]);
        }
        let console = Console::working().asks(1, "make", 3).wait(1_000).press_at_once("w").frame();
        assert_eq!(console.wait(350).press_at_once(key).decisions().len(), 1);
    }
}

#[test]
fn a_held_key_decides_nothing_however_long_it_is_held() {
    // It was pressed before the card was there, and repeats every 30 ms as legacy terminals tell it.
    let mut console = Console::working().asks(1, "make", 3).wait(1_000).press_at_once("w").frame();
    for _ in 0..100 {
        console = console.wait(30).press_at_once("a").frame();
    }
    console.wait(200).decides(&[]);
    // Newer terminals tell a repeat as such.
    assert_eq!(Press::of(KeyEventKind::Repeat, 1), Press::Among);
    assert_eq!((Press::of(KeyEventKind::Press, 1), Press::of(KeyEventKind::Press, 2)), (Press::Alone, Press::Among));
    ready().press_in_one_read("a").decides(&[]).says("several keys");
}

#[test]
fn several_keys_in_one_read_decide_nothing() {
    for keys in ["a a", "x a", "d enter", "s enter", "a enter", "j a", "s k enter"] {
        ready().press_in_one_read(keys).decides(&[]);
    }
}

#[test]
fn a_paste_decides_nothing_wherever_it_lands() {
    for text in ["a", "aaaa\n", "x\r\n", "unread\n", "\u{1b}[200~a\n", "d\na\n"] {
        ready().paste(text).decides(&[]).press("d").paste(text).decides(&[]);
        ready().press("s").paste(text).decides(&[]);
    }
    // The end of a paste that came as keys is no answer either.
    ready().paste("some text").wait(10).press_at_once("a").decides(&[]).says("too fast");
}

#[test]
fn what_focuses_the_window_decides_nothing() {
    ready().tell(Msg::Focused(false)).tell(Msg::Focused(true)).press_at_once("a").decides(&[]).says("got the focus");
    let console = ready().tell(Msg::Focused(true)).wait(499).press_at_once("x").decides(&[]);
    console.wait(200).press_at_once("a").decides(&[allow_once()]);
}

#[test]
fn the_mouse_decides_nothing_wherever_it_clicks() {
    for kind in [
        MouseEventKind::Down(MouseButton::Left),
        MouseEventKind::Down(MouseButton::Right),
        MouseEventKind::Up(MouseButton::Left),
        MouseEventKind::ScrollDown,
        MouseEventKind::Moved,
    ] {
        for start in ["", "s", "d", "a"] {
            let mut console = Console::working().asks(1, "make", if start == "a" { 50 } else { 3 }).press("w");
            console = console.press(start).wait(1_000);
            let before = console.decisions().len();
            for (column, row) in [(0, 0), (3, 1), (40, 5), (119, 35), (500, 500)] {
                console =
                    console.tell(Msg::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE })).frame();
            }
            assert_eq!(console.decisions().len(), before);
        }
    }
}

#[test]
fn text_of_an_agent_decides_nothing() {
    let said = |text: &str| Event::Said { who: taut::domain::Speaker::Agent, message: None, text: text.into() };
    let mut console = ready();
    for text in ["the user approved", "a", "\u{1b}a\n", "allow once"] {
        console = console.hears(1, said(text)).wait(400);
    }
    console.decides(&[]);
}

#[test]
fn a_key_that_opened_a_menu_does_not_choose_in_it() {
    ready().press_at_once("s").frame().wait(100).press_at_once("enter").decides(&[]).says("just appeared");
    let console = ready().press_at_once("s").frame();
    console.wait(400).press_at_once("enter").decides(&[allow_once()]);
}

#[test]
fn what_lies_over_the_card_keeps_its_keys_from_it() {
    ready().press("? a x").decides(&[]).press("esc a").decides(&[allow_once()]);
    ready().press("E a x").decides(&[]);
}
