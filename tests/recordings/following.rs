//! A recording that goes on: what is written is read as it comes, also where it is another one by then.

use super::{turn, written};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};
use taut::domain::{Answer, At, PageNo, Query, Record, Seq, SessionId};
use taut::transcript::{self, Ends, Stamp, file};
use taut::tui::recorded::Recorded;
use taut::tui::recording::Recording;
use taut::tui::{Heard, Source};
use taut::ui::update::update;
use taut::ui::{Action, App, Effect, Msg, Press, Replay, Setup};

const ID: SessionId = SessionId(77);

fn append(path: &Path, text: &str) {
    fs::OpenOptions::new().append(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
}

fn whole(path: &Path) -> Vec<Record> {
    let mut all = Vec::new();
    let stamp = (Stamp::for_session(ID), Ends::Open);
    transcript::read_as(path, file::sniff(path).unwrap(), stamp, &mut |record| all.push(record)).unwrap();
    all
}

fn page(recording: &mut Recording) -> Vec<Record> {
    match recording.answer(&Query::Page { session: ID, page: PageNo(0) }) {
        Answer::Page { records, .. } => records,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_added_is_told_and_read_as_all_of_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path(), "aaaa-1", 2);
    let mut recording = Recording::following(&path, ID).unwrap();
    let (first, session) = recording.begin(None).unwrap();
    assert!(first.recording.is_some_and(|recording| recording.goes_on && recording.follows));
    assert_eq!((session.seq, recording.more().unwrap()), (first.last, None));
    let more = turn("aaaa-1", 3, "three");
    let (half, rest) = more.split_at(50);
    append(&path, half);
    assert_eq!(recording.more().unwrap(), None, "half a line is nothing yet");
    assert_eq!(page(&mut recording).last().map(|record| record.seq), Some(first.last), "and no page holds it");
    append(&path, rest);
    let grown = recording.more().unwrap().unwrap();
    let all = whole(&path);
    assert_eq!(grown.last, all.last().unwrap().seq);
    assert!(grown.last > first.last && grown.last_at >= first.last_at);
    assert_eq!(page(&mut recording), all);
    assert_eq!(recording.at(grown.last).unwrap().turns.0, 3);
    assert_eq!(recording.at(first.last).unwrap().turns.0, 2, "what was before is as it was");
}

#[test]
fn one_that_is_another_by_now_is_read_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path(), "aaaa-1", 4);
    let mut recording = Recording::following(&path, ID).unwrap();
    let (first, _) = recording.begin(None).unwrap();
    // Cut back, as a rewind does it.
    std::thread::sleep(Duration::from_millis(12));
    fs::write(&path, turn("aaaa-1", 1, "one")).unwrap();
    let cut = recording.more().unwrap().unwrap();
    assert!(cut.last < first.last && cut.recording.is_some_and(|recording| recording.anew == 1));
    assert_eq!(page(&mut recording), whole(&path));
    // Another file in its place.
    let other = folder.path().join("other");
    fs::write(&other, turn("aaaa-1", 1, "one") + &turn("aaaa-1", 2, "two") + &turn("aaaa-1", 3, "three")).unwrap();
    fs::rename(&other, &path).unwrap();
    let put = recording.more().unwrap().unwrap();
    assert_eq!((put.last, put.recording.unwrap().anew), (whole(&path).last().unwrap().seq, 2));
    assert_eq!(recording.at(put.last).unwrap().turns.0, 3);
    // A subagent's file beside it: the lines of both stand in the order of their clocks.
    let beside = path.with_extension("").join("subagents");
    fs::create_dir_all(&beside).unwrap();
    fs::write(
        beside.join("agent-a1.jsonl"),
        turn("aaaa-1", 2, "sub").replace("\"type\"", "\"isSidechain\":true,\"agentId\":\"a1\",\"type\""),
    )
    .unwrap();
    let merged = recording.more().unwrap().unwrap();
    assert_eq!((merged.last, page(&mut recording)), (whole(&path).last().unwrap().seq, whole(&path)));
}

#[test]
fn one_of_the_past_that_is_written_to_again_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path(), "aaaa-1", 1);
    let mut recording = Recording::open(&path).unwrap();
    let (first, _) = recording.begin(None).unwrap();
    assert_eq!((first.recording.unwrap().goes_on, recording.more().unwrap()), (false, None));
    append(&path, &turn("aaaa-1", 2, "two"));
    let grown = recording.more().unwrap().unwrap();
    assert!(grown.recording.unwrap().goes_on && grown.last > first.last);
}

/// A console that replays it, as the loop runs one.
struct Console {
    app: App,
    source: Source,
    runtime: tokio::runtime::Runtime,
}

impl Console {
    fn new(path: &Path) -> Self {
        let recording = Recording::following(path, ID).unwrap();
        let replay = Replay { reading: true, ..taut::ui::marks::Marks::new(ID, Seq(0)).at(Seq(0)) };
        let app = App::of_replay(Setup::default(), replay, taut::state::Session::new(ID));
        let source = Source::Recorded(Recorded::begin(recording, None).unwrap());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { app, source, runtime }
    }

    fn take(&mut self, msg: Msg) {
        for effect in update(&mut self.app, msg, At(0)) {
            if let Effect::Seek(session, seq) = effect {
                assert!(self.source.seek(session, seq).unwrap().is_none());
            }
        }
    }

    /// Runs until something holds; how long that took.
    fn until(&mut self, what: &str, holds: impl Fn(&App) -> bool) -> Duration {
        let began = Instant::now();
        while !holds(&self.app) {
            let next = async { tokio::time::timeout(Duration::from_secs(20), self.source.next()).await };
            match self.runtime.block_on(next) {
                Ok(Some(Heard::Read(msg))) => self.take(msg),
                other => panic!("{what} never came: {other:?}"),
            }
        }
        began.elapsed()
    }
}

fn turns(app: &App) -> u32 {
    app.state.session(ID).map_or(0, |session| session.turns.0)
}

#[test]
fn the_cursor_goes_along_until_it_is_moved_and_again_once_it_is_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path(), "aaaa-1", 2);
    let mut console = Console::new(&path);
    console.until("what there is", |app| turns(app) == 2);
    let mut took = Vec::new();
    for n in 3..8 {
        // As agents write: line by line.
        append(&path, &turn("aaaa-1", n, "more"));
        took.push(console.until("what was added", |app| turns(app) == n));
    }
    took.sort();
    assert!(took[0] < Duration::from_millis(200), "the quickest of five took {took:?}");
    // To where the turn began, and to the one before it.
    console.take(Msg::Did(Action::TurnBack, Press::Alone));
    console.take(Msg::Did(Action::TurnBack, Press::Alone));
    console.until("the turn before", |app| turns(app) < 7);
    let held = console.app.replay.as_ref().unwrap().at;
    append(&path, &turn("aaaa-1", 8, "more"));
    let last = console.app.replay.as_ref().unwrap().last;
    console.until("the news", |app| app.replay.as_ref().unwrap().last > last);
    let replay = console.app.replay.as_ref().unwrap();
    assert_eq!((replay.at, replay.seeking), (held, None), "it stays where its human put it");
    console.take(Msg::Did(Action::ReplayEnd, Press::Alone));
    console.until("the end", |app| turns(app) == 8);
    append(&path, &turn("aaaa-1", 9, "more"));
    console.until("what comes then", |app| turns(app) == 9);
    // It is cut back: the cursor can't stay behind its end.
    std::thread::sleep(Duration::from_millis(12));
    fs::write(&path, turn("aaaa-1", 1, "one")).unwrap();
    console.until("what is left", |app| turns(app) == 1);
}
