//! When the console wakes up by itself.

use crate::support::console::Console;
use taut::domain::{Asking, At, Event, Speaker};
use taut::ui::update::next_tick;
use taut::ui::{Focus, Msg};

fn wait_of(console: &Console) -> Option<u64> {
    next_tick(&console.app, console.now).map(|at| at.since(console.now))
}

/// How often it wakes up in so many milliseconds when nothing comes.
fn wakes(mut console: Console, ms: i64) -> usize {
    let (end, mut wakes) = (At(console.now.0 + ms), 0);
    while let Some(at) = next_tick(&console.app, console.now).filter(|at| *at < end) {
        assert!(at > console.now || wakes == 0, "it wakes for nothing");
        console.now = At(at.0.max(console.now.0 + 1));
        console = console.tell(Msg::Tick);
        wakes += 1;
    }
    wakes
}

#[test]
fn an_empty_console_never_wakes() {
    assert_eq!(wait_of(&Console::new().wait(10_000)), None);
}

#[test]
fn a_toast_ends_by_itself() {
    // What a first key changes is kept, once.
    let console = Console::new().press("j").wait(60_000).tell(Msg::Tick).press("w").says("nothing waits");
    let wait = wait_of(&console).unwrap();
    let console = console.wait(wait as i64).tell(Msg::Tick).holds("gone", |app| app.toast.is_none());
    assert_eq!(wait_of(&console), None);
}

#[test]
fn ages_wake_once_a_second_under_a_minute_however_many_there_are() {
    let mut console = Console::new();
    for session in 1..=20 {
        console = console.wait(137).begins(session).asks(session, "make", 3);
    }
    let count = wakes(console, 10_000);
    assert!((9..=10).contains(&count), "{count}");
}

#[test]
fn old_ages_wake_once_a_minute_and_hidden_ones_never() {
    let console = Console::working().asks(1, "make", 3).wait(120_000);
    assert_eq!(wakes(console, 600_000), 9);
    let hidden = Console::new().begins(1).begins(2).asks(2, "make", 3).press("tab z").wait(3_500_000).tell(Msg::Tick);
    assert_eq!(wakes(hidden.focus_is(Focus::Pane), 60_000), 1, "the shown session is idle, the other one is hidden");
}

#[test]
fn what_is_over_wakes_on_the_minute_however_much_of_it_there_is() {
    let mut console = Console::new();
    for session in 1..=20 {
        console = console.wait(1_370).begins(session);
    }
    assert_eq!(wakes(console, 600_000), 10);
}

#[test]
fn an_hour_later_an_idle_console_hardly_wakes() {
    let console = Console::working().turn_ends(1).wait(2 * 3_600_000);
    assert!(wakes(console, 3_600_000) <= 1);
}

#[test]
fn a_card_wakes_when_its_keys_begin_to_act() {
    let console = Console::working().asks(1, "make", 3).wait(100_500).press_at_once("w").frame();
    assert_eq!(wait_of(&console), Some(350));
}

#[test]
fn a_silent_turn_becomes_stalled_on_time() {
    let console = Console::working()
        .press("tab z")
        .wait(5_000)
        .hears(1, Event::Said { who: Speaker::Agent, message: None, text: "working on it".into() });
    let stalled = At(console.now.0 + 60_000);
    let mut console = console;
    let mut due = false;
    for _ in 0..200 {
        let Some(at) = next_tick(&console.app, console.now) else { break };
        due |= at == stalled;
        console.now = at.max(At(console.now.0 + 1));
        console = console.tell(Msg::Tick);
        if console.now >= stalled {
            break;
        }
    }
    assert!(due && console.now == stalled);
}

#[test]
fn a_deadline_counts_down_and_then_stops() {
    let mut console = Console::working().press("tab z").wait(100_000);
    let deadline = At(console.now.0 + 90_000);
    let called = Event::Called { call: "c".into(), patch: Box::default() };
    console = console.hears(1, called);
    console = console.hears(
        1,
        Event::Asked {
            call: "c".into(),
            native: "1".into(),
            offers: vec![],
            digest: taut::domain::Digest::of(b"c"),
            payload: taut::domain::Completeness::Whole,
            deadline: Some(deadline),
            instead_of: None,
            changed: vec![],
            how: Asking::default(),
        },
    );
    let count = wakes(console, 91_000);
    assert!((60..=125).contains(&count), "{count}");
}
