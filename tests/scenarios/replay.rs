//! A replay moves and never acts.

use crate::support::console::Console;
use proptest::prelude::*;
use taut::domain::{At, Event, Seq, Speaker};
use taut::state::Session;
use taut::ui::replay::ReplayMark;
use taut::ui::update::next_tick;
use taut::ui::{Action, App, Effect, Msg, Press};

/// A replay of ten messages a second apart, then an hour's silence, then a request.
fn replay() -> (Console, Vec<taut::domain::Record>) {
    let mut live = Console::working();
    for n in 0..10 {
        let text = format!("{n}").into();
        live = live.wait(1_000).hears(1, Event::Said { who: Speaker::Agent, message: Some(n.to_string()), text });
    }
    live = live.wait(3_600_000).asks(1, "make", 30);
    let mut again = Console::replaying(&live);
    let last = live.session(1).seq;
    let times: Vec<(Seq, At)> = (1..=last.0).map(|seq| (Seq(seq), time(seq))).collect();
    let replay = again.app.replay.as_mut().unwrap();
    replay.times = times;
    replay.marks = vec![(Seq(3), ReplayMark::Prompt), (Seq(14), ReplayMark::Step), (Seq(15), ReplayMark::Asked)];
    assert_eq!(last, Seq(15));
    (again, Vec::new())
}

/// When the records of the story were written.
fn time(seq: u64) -> At {
    let silence = if seq > 13 { 3_600_000 } else { 0 };
    At(1_000_000 + 1_000 * (seq.saturating_sub(3).min(10) as i64) + silence)
}

fn session_at(console: &Console, seq: Seq) -> Session {
    let mut session = console.session(1).clone();
    (session.seq, session.at) = (seq, time(seq.0));
    session
}

/// Answers the newest seek.
fn follow(console: Console) -> Console {
    let seek = console.effects.iter().rev().find_map(|effect| match effect {
        Effect::Seek(_, seq) => Some(*seq),
        _ => None,
    });
    let session = session_at(&console, seek.unwrap());
    console.tell(Msg::Sought(Box::new(session)))
}

fn at(app: &App) -> Seq {
    app.replay.as_ref().unwrap().at
}

#[test]
fn keys_move_the_cursor_and_the_clock_is_the_cursors() {
    let (console, _) = replay();
    let console = follow(console.press("g"));
    let clock = |app: &App| app.replay.as_ref().unwrap().clock;
    let console = console.holds("the start", |app| at(app) == Seq(1) && clock(app) == time(1));
    let console = follow(console.press("]")).holds("a turn", |app| at(app) == Seq(3));
    let console = follow(console.press(".")).holds("a record", |app| at(app) == Seq(4));
    let console = follow(console.press("right")).holds("a step", |app| at(app) == Seq(14));
    let console = follow(console.press("}")).holds("a mark", |app| at(app) == Seq(15) && clock(app) == time(15));
    let console = console.press("}").says("no mark further");
    let console = follow(console.press("[")).holds("a turn back", |app| at(app) == Seq(3));
    follow(console.press("G")).holds("the end", |app| at(app) == Seq(15));
}

#[test]
fn several_keys_before_the_state_has_come_add_up() {
    let (console, _) = replay();
    let console = follow(console.press("g")).press(". . .");
    assert_eq!(console.effects.last(), Some(&Effect::Seek(taut::domain::SessionId(1), Seq(4))));
    // An answer to an older seek is shown, and the newest is still awaited.
    let older = session_at(&console, Seq(2));
    let console = console.tell(Msg::Sought(Box::new(older)));
    console.holds("awaited", |app| app.replay.as_ref().unwrap().seeking == Some(Seq(4)) && at(app) == Seq(2));
}

#[test]
fn it_plays_with_the_recorded_gaps_and_shortens_silence() {
    let (console, _) = replay();
    let mut console = follow(console.press("g"));
    console = console.press("space");
    let began = console.now;
    let mut steps = 0;
    while console.app.replay.as_ref().unwrap().playing {
        let due = next_tick(&console.app, console.now).expect("a play is due");
        console.now = At(due.0.max(console.now.0 + 1));
        let before = console.effects.len();
        console = console.tell(Msg::Tick);
        if console.effects.len() > before {
            console = follow(console);
            steps += 1;
        }
        assert!(steps < 100);
    }
    let took = console.now.since(began);
    assert!((11_900..12_500).contains(&took), "ten seconds of messages, two of silence: {took}");
    console.holds("at the end", |app| at(app) == Seq(15));
}

#[test]
fn speed_divides_the_gaps() {
    let (console, _) = replay();
    let console = follow(console.press("g")).press("] + +");
    let console = follow(console).press("space");
    let due = next_tick(&console.app, console.now).unwrap();
    assert_eq!(due.since(console.now), 250);
    console.press("-").holds("half as fast", |app| app.replay.as_ref().unwrap().quarters == 8);
}

#[test]
fn a_paused_replay_wakes_nobody() {
    let (console, _) = replay();
    let console = console.wait(10_000).tell(Msg::Tick);
    assert_eq!(next_tick(&console.app, console.now), None);
}

#[test]
fn a_card_can_be_read_and_never_answered() {
    let (console, _) = replay();
    let console = console.press("enter").holds("a card", |app| app.card.is_some());
    let console = console.press("a").says("this is a replay").press("s d x enter").decides(&[]);
    assert!(console.commands().is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn nothing_that_is_pressed_sends_anything(
        ops in prop::collection::vec((0usize..Action::ALL.len() + 40, any::<bool>(), 0i64..900), 1..60)
    ) {
        let keys = "a x s d enter esc w q y E X c i m L A Q ctrl-c ctrl-\\ space tab u n r e alt-s alt-up".split(' ').collect::<Vec<_>>();
        let (mut console, _) = replay();
        console.app.agents.clear();
        for (op, alone, wait) in ops {
            console = console.wait(wait);
            let press = if alone { Press::Alone } else { Press::Among };
            console = match Action::ALL.get(op) {
                Some(&action) => console.tell(Msg::Did(action, press)).frame(),
                None => console.press_at_once(keys[op % keys.len()]).frame(),
            };
            if let Some(Effect::Seek(..)) = console.effects.last() {
                console = follow(console);
            }
        }
        prop_assert!(console.commands().is_empty(), "{:?}", console.commands());
        prop_assert!(console.app.in_flight.is_empty());
    }
}
