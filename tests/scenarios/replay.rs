//! A replay moves and never acts.

use crate::support::console::Console;
use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use proptest::prelude::*;
use taut::domain::{At, Event, Seq, Speaker};
use taut::state::Session;
use taut::ui::replay::ReplayMark;
use taut::ui::update::next_tick;
use taut::ui::{Action, App, Effect, Hit, Msg, Overlay, Press};
use taut::view::{self, Cache, Scene};

/// What really stands on the screen.
fn scene(console: &Console) -> Scene {
    let clock = console.app.replay.as_ref().map_or(console.now, |replay| replay.clock);
    view::layout(&console.app, &mut Cache::new(), console.app.size, clock)
}

trait Sees: Sized {
    fn sees(self, part: &str) -> Self;
    fn sees_not(self, part: &str) -> Self;
}

impl Sees for Console {
    #[track_caller]
    fn sees(self, part: &str) -> Self {
        let text = view::to_text(&scene(&self));
        assert!(text.contains(part), "{part:?} is not in\n{text}");
        self
    }

    #[track_caller]
    fn sees_not(self, part: &str) -> Self {
        let text = view::to_text(&scene(&self));
        assert!(!text.contains(part), "{part:?} is in\n{text}");
        self
    }
}

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
    replay.marks =
        [(Seq(3), ReplayMark::Prompt), (Seq(14), ReplayMark::Step), (Seq(15), ReplayMark::Asked)].into_iter().collect();
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
    let console = follow(console.press("home"));
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
    let console = follow(console.press("home")).press(". . .");
    assert_eq!(console.effects.last(), Some(&Effect::Seek(taut::domain::SessionId(1), Seq(4))));
    // An answer to an older seek is shown, and the newest is still awaited.
    let older = session_at(&console, Seq(2));
    let console = console.tell(Msg::Sought(Box::new(older)));
    console.holds("awaited", |app| app.replay.as_ref().unwrap().seeking == Some(Seq(4)) && at(app) == Seq(2));
}

#[test]
fn it_plays_with_the_recorded_gaps_and_shortens_silence() {
    let (console, _) = replay();
    let mut console = follow(console.press("home"));
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
    let console = follow(console.press("home")).press("] + +");
    let console = follow(console).press("space");
    let due = next_tick(&console.app, console.now).unwrap();
    assert_eq!(due.since(console.now), 250);
    console.press("-").holds("half as fast", |app| app.replay.as_ref().unwrap().quarters == 8);
}

#[test]
fn half_of_real_time_is_the_slowest_and_64_times_the_fastest() {
    let (console, _) = replay();
    let quarters = |app: &App| app.replay.as_ref().unwrap().quarters;
    let console = console.press("- - - -").holds("half", |app| quarters(app) == 2).sees("×0.5");
    console.press("+ + + + + + + + +").holds("64 times", |app| quarters(app) == 256).sees("×64");
}

#[test]
fn where_the_play_does_not_wait_it_says_how_long_nothing_was_done() {
    let (console, _) = replay();
    let idle = |app: &App| app.replay.as_ref().unwrap().idle_after(at(app));
    let console = follow(console.press("home"));
    let console = follow(console.press("right")).press(",");
    let console = follow(console).holds("before the silence", |app| at(app) == Seq(13) && idle(app) == Some(3_600_000));
    let console = console.sees_not("idle").press("space").sees("1h00m idle");
    console.press("space").sees_not("idle");
}

#[test]
fn a_typed_place_is_gone_to() {
    let (console, _) = replay();
    let console = console.press("g").holds("a line", |app| matches!(app.overlay, Some(Overlay::GoTo(_))));
    let console = console.sees("GO TO").sees("16:31").types("record 4").sees("record 4 of 15, as of 1970-01-01");
    let console = follow(console.press("enter"));
    let console = console.holds("there", |app| at(app) == Seq(4) && app.overlay.is_none());
    let console = follow(console.press("g").types("step 1").press("enter"));
    let console = console.holds("the step", |app| at(app) == Seq(14));
    let console = follow(console.press("g").types("-1h").press("enter"));
    console.holds("an hour before", |app| at(app).0 < 14);
}

#[test]
fn a_place_that_can_not_be_understood_is_said_in_one_sentence_and_the_line_stays() {
    let (console, _) = replay();
    let seeks = console.effects.len();
    let console = console.press("g").types("soon").press("enter").sees("\"soon\" is no place here: type step 12");
    let console = console.holds("it stays", |app| matches!(&app.overlay, Some(Overlay::GoTo(line)) if line.refused));
    let console = console.press("ctrl-u").types("step 99").press("enter").sees("no step 99: the session has 1");
    let console = console.press("ctrl-u").types("2030-01-01").press("enter").sees("nothing was written then");
    let console = console.press("esc").holds("closed", |app| app.overlay.is_none());
    assert!(console.effects[seeks..].iter().all(|effect| !matches!(effect, Effect::Seek(..))));
}

#[test]
fn keys_go_to_the_next_mark_of_their_kind() {
    use ReplayMark::{Allowed, Asked, Checked, Denied, Edited, Failed, Prompt, Undone, Ungated};
    let (mut console, _) = replay();
    let marks = [(2, Prompt), (3, Asked), (4, Allowed), (5, Edited), (6, Failed), (7, Checked), (8, Denied)];
    let more = [(9, Ungated), (10, Undone), (11, Asked)];
    console.app.replay.as_mut().unwrap().marks =
        marks.into_iter().chain(more).map(|(seq, mark)| (Seq(seq), mark)).collect();
    for (key, back, places) in [
        ("r", "alt-r", &[3, 4, 8, 11][..]),
        ("x", "alt-x", &[6, 9]),
        ("e", "alt-e", &[5, 10]),
        ("}", "{", &[3, 4, 5, 6, 7, 8, 9, 10, 11]),
    ] {
        console = follow(console.press("home"));
        for place in places {
            console = follow(console.press(key)).holds(key, |app| at(app) == Seq(*place));
        }
        console = console.press(key).says("further that way");
        for place in places.iter().rev().skip(1) {
            console = follow(console.press(back)).holds(back, |app| at(app) == Seq(*place));
        }
        console = console.press(back).says("further that way");
    }
}

/// A key of the mouse on the track, `part` of its way along.
fn mouse(console: Console, kind: MouseEventKind, part: f64) -> Console {
    let painted = scene(&console).painted;
    let ((x, y, width, _), _) = *painted.hits.iter().find(|(_, hit)| *hit == Hit::Track).unwrap();
    let column = x + (f64::from(width - 1) * part).round() as u16;
    let console = console.tell(Msg::Painted(Box::new(painted)));
    console.tell(Msg::Mouse(MouseEvent { kind, column, row: y, modifiers: KeyModifiers::NONE }))
}

#[test]
fn the_mouse_drags_the_cursor_along_the_track() {
    let left = MouseButton::Left;
    let (console, _) = replay();
    let console = follow(mouse(console, MouseEventKind::Down(left), 0.0)).holds("the start", |app| at(app) == Seq(1));
    let console =
        follow(mouse(console, MouseEventKind::Drag(left), 0.5)).holds("half", |app| at(app).0.abs_diff(8) < 2);
    let console = follow(mouse(console, MouseEventKind::Drag(left), 1.0)).holds("the end", |app| at(app) == Seq(15));
    let console = mouse(console, MouseEventKind::Up(left), 1.0);
    let seeks = console.effects.len();
    let console = mouse(console, MouseEventKind::Drag(left), 0.2);
    assert!(console.effects[seeks..].iter().all(|effect| !matches!(effect, Effect::Seek(..))), "it was let go");
    console.decides(&[]);
}

#[test]
fn what_can_not_be_read_is_said_and_nothing_is_waited_for() {
    let (console, _) = replay();
    let console = console.press("home").tell(Msg::Link(Some("the file is gone".into()))).sees("the file is gone");
    let console = console.holds("nothing on its way", |app| app.replay.as_ref().unwrap().seeking.is_none());
    follow(console.press(",")).sees_not("the file is gone");
}

#[test]
fn before_a_transcript_is_read_no_key_leads_anywhere() {
    let (mut console, _) = replay();
    let replay = console.app.replay.as_mut().unwrap();
    (replay.last, replay.at, replay.reading) = (Seq(0), Seq(0), true);
    let seeks = console.effects.len();
    let console =
        console.press("home end . , left right [ ] { } r x e space").tell(Msg::Tick).sees("reading the transcript");
    assert!(console.effects[seeks..].iter().all(|effect| !matches!(effect, Effect::Seek(..))));
}

#[test]
fn the_help_of_a_replay_says_what_its_marks_mean() {
    let (console, _) = replay();
    let mut console = console.press("?");
    console = console.sees("the track: a cell shows the worst in it");
    for mark in ReplayMark::ALL {
        console = console.sees(mark.words());
    }
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
