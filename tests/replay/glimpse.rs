//! A transcript so long that reading it takes a while: its end is on the screen at once, as what it is, and gives way to all
//! of it.

use crate::support::live::setup;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use taut::domain::{At, Query, Seq, SessionId};
use taut::state::Session;
use taut::tui::recorded::Recorded;
use taut::tui::recording::Recording;
use taut::tui::{Heard, Source, still};
use taut::ui::marks::Marks;
use taut::ui::update::update;
use taut::ui::{Action, App, Effect, Glimpse, Msg, Press, Replay};
use taut::view::{self, Cache};

const TURNS: u64 = 420;

/// A file of 17 MB: prompts and answers, and a few short ones at its end.
fn file(folder: &Path) -> PathBuf {
    let mut text = String::new();
    for n in 0..TURNS {
        let long = if n < TURNS - 6 { "word ".repeat(8_200) } else { String::new() };
        let line = |kind: &str, id: &str, message: String| {
            format!(
                r#"{{"type":"{kind}","uuid":"{id}{n}","parentUuid":null,"sessionId":"5a5a","cwd":"/w","timestamp":"2026-01-02T03:{:02}:{:02}.000Z","message":{message}}}"#,
                n / 60,
                n % 60
            )
        };
        let prompt = format!(r#"{{"role":"user","content":"prompt {n} {long}"}}"#);
        let answer = format!(
            r#"{{"id":"m{n}","role":"assistant","stop_reason":"end_turn","content":[{{"type":"text","text":"answer {n}"}}],"usage":{{"input_tokens":1000,"output_tokens":3}}}}"#
        );
        writeln!(text, "{}\n{}", line("user", "u", prompt), line("assistant", "a", answer)).unwrap();
    }
    let path = folder.join("session.jsonl");
    std::fs::write(&path, text).unwrap();
    path
}

/// A console that has just opened it.
fn app(id: SessionId, size: (u16, u16)) -> App {
    let replay = Replay { reading: true, ..Marks::new(id, Seq(0)).at(Seq(0)) };
    App::of_replay(setup(size), replay, Session::new(id))
}

/// The frame of an app, which asks for what it lacks.
fn frame(app: &mut App, ask: &mut dyn FnMut(Query) -> Option<Msg>) -> String {
    let clock = app.replay.as_ref().unwrap().clock;
    view::to_text(&still::settle_by(app, &mut Cache::new(), ask, clock))
}

fn selected(app: &App, id: SessionId) -> String {
    let session = app.state.session(id).unwrap();
    format!("{:?}", app.entry(session, app.current(session).unwrap()).unwrap().what)
}

#[test]
fn its_end_is_shown_as_the_end_and_nothing_of_it_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let mut recording = Recording::open(&file(folder.path())).unwrap();
    let (session, glimpse) = recording.glimpse().unwrap();
    let id = session.id;
    assert!(glimpse.of > 16 << 20 && (900 << 10..=1 << 20).contains(&glimpse.shown), "{glimpse:?}");
    for (size, words) in [
        ((80, 24), "reading the rest: 34%"),
        ((120, 36), "only the last 1014k of 16M are shown; reading the rest: 34%"),
        ((200, 50), "only the last 1014k of 16M are shown; reading the rest: 34%"),
    ] {
        let mut app = app(id, size);
        let now = session.at;
        update(&mut app, Msg::Glimpsed(glimpse, Some(Box::new(session.clone()))), now);
        update(&mut app, Msg::Glimpsed(Glimpse { read: glimpse.of * 34 / 100 + 1, ..glimpse }, None), now);
        let frame = frame(&mut app, &mut |query| panic!("nothing is asked of what is not read: {query:?}"));
        assert!(frame.contains(words), "{frame}");
        assert!(frame.contains("answer 419") && frame.contains("prompt 419"), "{frame}");
        assert!(frame.contains("not read yet") && !frame.contains("not told"), "{frame}");
        let counts = ["turn 2", "turn 3", "turn 4", " of 420", "step 0", "as of 20"];
        assert!(!counts.iter().any(|count| frame.contains(count)), "{frame}");
        // Nowhere to go before all of it is there.
        assert_eq!(update(&mut app, Msg::Did(Action::ReplayStart, Press::Alone), now), []);
        assert_eq!(update(&mut app, Msg::Did(Action::TurnBack, Press::Alone), now), []);
    }
    // All of it comes, and is as if there had been no glimpse; what was selected is selected still.
    let (replay, whole) = recording.begin(None).unwrap();
    assert_eq!(whole.turns.0 as u64, TURNS);
    let at = whole.at;
    let mut glimpsed = app(id, (120, 36));
    update(&mut glimpsed, Msg::Glimpsed(glimpse, Some(Box::new(session))), at);
    let mut plain = app(id, (120, 36));
    for _ in 0..4 {
        update(&mut glimpsed, Msg::Did(Action::Up, Press::Alone), at);
    }
    let before = selected(&glimpsed, id);
    for app in [&mut glimpsed, &mut plain] {
        update(app, Msg::Marked(Box::new(replay.clone())), at);
        update(app, Msg::Sought(Box::new(whole.clone())), at);
    }
    assert!(before.contains("prompt 418") || before.contains("answer 41"), "{before}");
    assert_eq!(selected(&glimpsed, id), before);
    update(&mut glimpsed, Msg::Did(Action::End, Press::Alone), at);
    let mut ask = |query: Query| Some(Msg::Answered(recording.answer(&query)));
    let (ours, theirs) = (frame(&mut glimpsed, &mut ask), frame(&mut plain, &mut ask));
    assert_eq!(ours, theirs);
    assert!(ours.contains("turn 420 of 420") && !ours.contains("reading the rest"), "{ours}");
}

#[test]
fn a_console_hears_of_the_end_first_and_of_all_of_it_later() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path());
    for recording in [Recording::open(&path).unwrap(), Recording::following(&path, SessionId(9)).unwrap()] {
        let id = recording.session();
        let mut app = app(id, (120, 36));
        let mut source = Source::Recorded(Recorded::begin(recording, None).unwrap());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut heard = Vec::new();
        while app.replay.as_ref().unwrap().last == Seq(0) || app.replay.as_ref().unwrap().glimpse.is_some() {
            let next = async { tokio::time::timeout(Duration::from_secs(60), source.next()).await };
            let Ok(Some(Heard::Read(msg))) = runtime.block_on(next) else { panic!("it never came") };
            heard.push(match &msg {
                Msg::Glimpsed(glimpse, Some(_)) => (glimpse.read, "end"),
                Msg::Glimpsed(glimpse, None) => (glimpse.read, "read"),
                Msg::Marked(_) => (0, "marked"),
                Msg::Sought(_) => (0, "sought"),
                other => panic!("{other:?}"),
            });
            let effects = update(&mut app, msg, At(0));
            assert!(!effects.iter().any(|effect| matches!(effect, Effect::Ask(_))), "{effects:?}");
        }
        assert_eq!(heard[0], (0, "end"));
        let reads: Vec<u64> = heard.iter().filter(|(_, what)| *what == "read").map(|(read, _)| *read).collect();
        assert!(reads.is_sorted() && reads.iter().all(|read| *read > 0), "{reads:?}");
        assert_eq!(app.state.session(id).unwrap().turns.0 as u64, TURNS);
    }
}
