//! A replay: its head and its track in every state, and what lies over it.

use super::{SIZES, check};
use crate::support::frame::{Teller, draw, fix_auth, golden};
use taut::domain::{At, Seq, SessionId};
use taut::state::{Limits, Session};
use taut::ui::goto::GoTo;
use taut::ui::marks::Marks;
use taut::ui::replay::ReplayMark;
use taut::ui::{App, Focus, Hit, Overlay, Replay, Setup};
use taut::view::{Cache, layout, to_text};

fn setup() -> Setup {
    let limits = Limits { silent: 120_000, unseen: u64::MAX, ..Limits::default() };
    Setup { home: "/home/demo".into(), here: "/home/demo/src/app".into(), limits, size: (120, 36), ..Setup::default() }
}

/// A replay of a session, as of one of its records.
fn replay(teller: &Teller, at: u64) -> App {
    let id = teller.records[0].session;
    let mut marks = Marks::new(id, Seq(teller.records.len() as u64));
    teller.records.iter().for_each(|record| marks.take(record));
    let mut session = Session::new(id);
    teller.records[..at as usize].iter().for_each(|record| session.apply(record));
    App::of_replay(setup(), marks.at(Seq(at)), session)
}

/// The same story with three hours in which nothing was written, behind record 30.
fn with_a_night() -> Teller {
    let mut teller = fix_auth();
    teller.records[30..].iter_mut().for_each(|record| record.at = At(record.at.0 + 3 * 3_600_000 + 125_000));
    teller
}

fn of(app: &mut App) -> &mut Replay {
    app.replay.as_mut().unwrap()
}

#[test]
fn a_replay_is_never_taken_for_live() {
    let mut app = replay(&fix_auth(), 30);
    (of(&mut app).playing, of(&mut app).quarters) = (true, 16);
    for size in SIZES.into_iter().chain([(20, 6)]) {
        check("replay", &app, size);
        assert!(golden(&draw(&app, size)).contains("REPLAY"));
    }
}

#[test]
fn a_silence_that_is_jumped_over_is_said() {
    let mut app = replay(&with_a_night(), 30);
    assert!(!to_text(&draw(&app, (120, 36))).contains("idle"), "it does not play");
    of(&mut app).playing = true;
    for size in SIZES {
        check("replay-idle", &app, size);
        assert!(to_text(&draw(&app, size)).contains("3h02m idle"), "{size:?}");
    }
}

#[test]
fn where_it_goes_and_what_is_still_read_is_said() {
    let mut app = replay(&fix_auth(), 30);
    of(&mut app).seeking = Some(Seq(40));
    check("replay-going", &app, (120, 36));
    of(&mut app).seeking = None;
    of(&mut app).reading = true;
    of(&mut app).marks = Default::default();
    SIZES.into_iter().for_each(|size| check("replay-reading", &app, size));
    let none = Replay { reading: true, ..Marks::new(SessionId(7), Seq(0)).at(Seq(0)) };
    let session = Session { name: "rollout.jsonl".into(), ..Session::new(SessionId(7)) };
    let app = App::of_replay(setup(), none, session);
    check("replay-transcript", &app, (80, 24));
    check("replay-transcript", &app, (120, 36));
}

#[test]
fn a_place_is_typed_below_and_where_it_leads_is_said() {
    let mut app = replay(&fix_auth(), 30);
    for (name, text, refused) in
        [("empty", "", false), ("step", "step 6", false), ("none", "turn 9", true), ("odd", "tomorrow", true)]
    {
        app.overlay = Some(Overlay::GoTo(GoTo { text: text.into(), refused }));
        check(&format!("replay-goto-{name}"), &app, (80, 24));
    }
    check("replay-goto-odd", &app, (20, 6));
}

/// Every kind of mark in a cell of its own, and some that share one.
fn full() -> App {
    let mut app = replay(&fix_auth(), 30);
    let replay = of(&mut app);
    replay.last = Seq(1_000);
    let spread = (1..).map(|n| Seq(n * 80)).zip(ReplayMark::ALL);
    let crowd = (950..).map(Seq).zip(ReplayMark::ALL);
    replay.marks = spread.chain(crowd).collect();
    app
}

#[test]
fn every_mark_has_its_sign_and_the_worst_of_a_cell_stands_there() {
    let app = full();
    SIZES.into_iter().for_each(|size| check("replay-marks", &app, size));
    for size in SIZES {
        for ascii in [false, true] {
            let mut cache = if ascii { Cache::ascii() } else { Cache::new() };
            let scene = layout(&app, &mut cache, size, of(&mut full()).clock);
            let text = to_text(&scene);
            let ((x, y, width, height), _) = *scene.painted.hits.iter().find(|(_, hit)| *hit == Hit::Track).unwrap();
            let line: Vec<char> = text.lines().nth(1).unwrap().chars().collect();
            let (open, close) = if ascii { ('[', ']') } else { ('▏', '▕') };
            assert_eq!((line[x as usize - 1], line[(x + width) as usize]), (open, close), "the mouse hits the cells");
            assert_eq!((y, height), (1, 1));
            let track: String = line[x as usize..(x + width) as usize].iter().collect();
            let failed = if ascii { 'x' } else { '✗' };
            assert_eq!(track.matches(failed).count(), 2, "its own and that of the crowd: {track}");
            assert!(!ascii || track.is_ascii(), "{track}");
        }
    }
    let ascii = layout(&app, &mut Cache::ascii(), (120, 36), of(&mut full()).clock);
    let track = to_text(&ascii).lines().nth(1).unwrap().to_owned();
    for sign in "o > % c + ? ~ < - ! x |".split(' ') {
        assert!(track.contains(sign), "{sign} is not in {track}");
    }
}

#[test]
fn the_help_of_a_replay_has_the_legend_of_its_track() {
    let mut app = replay(&fix_auth(), 30);
    app.overlay = Some(Overlay::Help { top: 0, filter: None });
    SIZES.into_iter().for_each(|size| check("replay-help", &app, size));
    let mut live = crate::support::frame::app(&[fix_auth()]);
    (live.focus, live.overlay) = (Focus::Pane, app.overlay.clone());
    assert!(!to_text(&draw(&live, (200, 50))).contains("the worst in it"), "a live screen has no track");
}
