//! A transcript of another tool, looked at as a session of taut's own.

use crate::quiet::{files, unchanged};
use crate::support::live::setup;
use crate::support::pty::Terminal;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use taut::domain::{Answer, Command, CommandId, Draft, PageNo, Query, Record, Reply, Seq, SessionId};
use taut::state::{Session, page};
use taut::store::{Durability, Opened, Reader, Store};
use taut::tui::recorded::Recorded;
use taut::tui::recording::Recording;
use taut::tui::{Source, still};
use taut::ui::update::update;
use taut::ui::{App, Msg, Replay};
use taut::view::{self, Cache};

/// A file of so many turns: a prompt, words, an edit, its result; three hours after half of them.
pub fn file(folder: &Path, turns: usize) -> PathBuf {
    let mut lines = String::new();
    let mut parent = Value::Null;
    let mut line = |second: usize, id: String, kind: &str, message: Value| {
        let at = format!("2026-01-02T{:02}:{:02}:{:02}.000Z", second / 3600, second / 60 % 60, second % 60);
        let line = json!({"type": kind, "uuid": id, "parentUuid": parent, "sessionId": "5a5a5a5a-0000", "cwd": "/w",
            "version": "2.1.0", "isSidechain": false, "timestamp": at, "message": message});
        parent = id.into();
        lines.push_str(&format!("{line}\n"));
    };
    for n in 0..turns {
        let at = n * 9 + if n * 2 >= turns { 3 * 3600 } else { 0 };
        let usage = json!({"input_tokens": 10 + n, "output_tokens": 3});
        let says = |part: &str, block: Value| json!({"id": format!("m{n}{part}"), "role": "assistant", "content": [block], "usage": usage});
        line(at, format!("u{n}"), "user", json!({"role": "user", "content": format!("prompt number {n}")}));
        let text = format!("answer number {n}\n").repeat(1 + n % 7);
        line(at + 2, format!("a{n}"), "assistant", says("a", json!({"type": "text", "text": text})));
        let input = json!({"file_path": "/w/x.rs", "old_string": "one", "new_string": "two"});
        let call = json!({"type": "tool_use", "id": format!("c{n}"), "name": "Edit", "input": input});
        line(at + 4, format!("b{n}"), "assistant", says("b", call));
        let result = json!([{"type": "tool_result", "tool_use_id": format!("c{n}"), "content": "done",
            "is_error": n % 50 == 49}]);
        line(at + 5, format!("r{n}"), "user", json!({"role": "user", "content": result}));
    }
    let path = folder.join("session.jsonl");
    std::fs::write(&path, lines).unwrap();
    path
}

fn records(path: &Path) -> Vec<Record> {
    let mut records = Vec::new();
    taut::transcript::read(path, taut::transcript::file::sniff(path).unwrap(), &mut |record| records.push(record))
        .unwrap();
    records
}

fn page_of(recording: &mut Recording, page: PageNo) -> (Option<Vec<u8>>, Vec<Record>) {
    let session = recording.session();
    match recording.answer(&Query::Page { session, page }) {
        Answer::Page { keyframe, records, .. } => (keyframe, records),
        other => panic!("{other:?}"),
    }
}

/// A session as a keyframe of it is written.
fn as_written(session: &Session) -> String {
    String::from_utf8(page::keyframe(session)).unwrap()
}

#[test]
fn every_page_and_every_place_is_as_folded_from_the_start_and_costs_no_reading_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), 700);
    let all = records(&path);
    let pages = page::page_of(all.last().unwrap().seq).0 + 1;
    assert!(pages > 4, "{pages} pages");
    let mut recording = Recording::open(&path).unwrap();
    let (replay, session) = recording.begin(None).unwrap();
    assert_eq!((replay.last, session.seq, recording.readings()), (all.last().unwrap().seq, replay.last, 1));
    let mut folded = Session::new(recording.session());
    for record in &all {
        if page::is_due(Seq(record.seq.0 - 1)) {
            let (keyframe, records) = page_of(&mut recording, page::page_of(record.seq));
            assert_eq!(as_written(&page::read_keyframe(&keyframe.unwrap()).unwrap()), as_written(&folded));
            let (first, last) = page::bounds(page::page_of(record.seq));
            let of_page = all.iter().filter(|record| (first..=last).contains(&record.seq));
            assert!(of_page.eq(&records));
        }
        folded.apply(record);
        if record.seq.0 % 611 == 0 {
            let sought = recording.at(record.seq).unwrap();
            assert_eq!(as_written(&sought), as_written(&folded), "as of {:?}", record.seq);
        }
    }
    assert_eq!(recording.readings(), 2, "one to begin with, one for all that was asked since");
}

#[test]
fn a_file_that_was_written_to_is_told_and_not_mixed_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), 400);
    let mut recording = Recording::open(&path).unwrap();
    let (replay, _) = recording.begin(None).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{text}{text}")).unwrap();
    let why = recording.at(Seq(replay.last.0 / 2)).unwrap_err().to_string();
    assert!(why.contains("was written to since it was opened"), "{why}");
}

/// The frame of an app that is asked for what it lacks.
fn frame(app: &mut App, ask: &mut dyn FnMut(Query) -> Option<Msg>) -> String {
    let clock = app.replay.as_ref().unwrap().clock;
    view::to_text(&still::settle_by(app, &mut Cache::new(), ask, clock))
}

/// Stores the records of a transcript as a session's own.
fn stored(folder: &Path, all: &[Record]) -> (SessionId, Reader) {
    let id = all[0].session;
    let Opened::Writer(mut store) = Store::open(&folder.join("state")).unwrap() else { panic!("free") };
    let mut session = Session::new(id);
    for record in all {
        let draft = Draft { lane: record.lane, said_at: record.said_at, ..Draft::new(id, record.event.clone()) };
        for record in store.append(&[draft], record.at, Durability::Stream).unwrap() {
            session.apply(&record);
            if page::is_due(record.seq) {
                store.keyframe(id, record.seq, &page::keyframe(&session)).unwrap();
            }
        }
    }
    store.close().unwrap();
    (id, Reader::open(&folder.join("state")).unwrap())
}

#[test]
fn a_frame_of_a_transcript_is_that_of_the_same_session_stored() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), 330);
    let all = records(&path);
    let (id, reader) = stored(folder.path(), &all);
    let mut recording = Recording::open(&path).unwrap();
    let (replay, session) = recording.begin(None).unwrap();
    let marks = taut::tui::marks::of(&reader, id).unwrap();
    assert_eq!((&marks.marks, &marks.times), (&replay.marks, &replay.times));
    for size in [(80, 24), (120, 36), (200, 50)] {
        let mut theirs = App::of_replay(setup(size), replay.clone(), session.clone());
        let mut ours =
            App::of_replay(setup(size), marks.clone(), taut::hub::session_at(&reader, id, marks.at).unwrap());
        let source = Source::past(Reader::open(&folder.path().join("state")).unwrap());
        for seq in [all.len() as u64, 1, 2, 700, 1024, 1025, 1999, 2049, 5, all.len() as u64 - 1].map(Seq) {
            let at = all[seq.0 as usize - 1].at;
            update(&mut theirs, Msg::Sought(Box::new(recording.at(seq).unwrap())), at);
            update(&mut ours, Msg::Sought(source.seek(id, seq).unwrap().unwrap()), at);
            let theirs = frame(&mut theirs, &mut |query| Some(Msg::Answered(recording.answer(&query))));
            let ours = frame(&mut ours, &mut |query| source.ask(query));
            // All but the footer: another tool's recording has no files to go back to.
            let above = |frame: &str| frame.rsplit_once("\n ").map(|(above, _)| above.to_owned());
            assert_eq!(above(&theirs), above(&ours), "as of {}", seq.0);
            assert!(ours.contains("files as of here") && !theirs.contains("files as of here") || size.0 < 120);
        }
    }
}

#[test]
fn a_transcript_takes_no_command() {
    let folder = tempfile::tempdir().unwrap();
    let recording = Recording::open(&file(folder.path(), 3)).unwrap();
    let session = recording.session();
    let before = files(folder.path());
    let source = Source::Recorded(Recorded::begin(recording, None).unwrap());
    let prompt = Command::Prompt { session, text: "go".into(), steer: false };
    for command in [prompt, Command::Interrupt { session }, Command::Notice { session }] {
        let reply = source.send(CommandId(1), command.clone());
        assert!(matches!(reply, Some(Msg::Replied(CommandId(1), Reply::Refused { .. }))), "{command:?}: {reply:?}");
    }
    unchanged(folder.path(), &before);
}

#[test]
fn marks_that_come_late_leave_the_cursor_where_it_was_put() {
    let folder = tempfile::tempdir().unwrap();
    let all = records(&file(folder.path(), 40));
    let (id, reader) = stored(folder.path(), &all);
    let before = taut::tui::marks::before(&reader, id, Seq(50)).unwrap();
    let gathered = taut::tui::marks::of(&reader, id).unwrap();
    assert!(before.reading && before.marks.all().is_empty() && !gathered.reading);
    assert_eq!((before.first_at, before.last_at), (gathered.first_at, gathered.last_at));
    let session = taut::hub::session_at(&reader, id, Seq(50)).unwrap();
    let clock = session.at;
    let mut app = App::of_replay(setup((120, 36)), before, session);
    let shown = |app: &mut App| frame(app, &mut |_| None);
    assert!(shown(&mut app).contains("reading marks"));
    update(&mut app, Msg::Marked(Box::new(gathered.clone())), clock);
    assert_eq!(app.replay, Some(Replay { at: Seq(50), clock, ..gathered }));
    assert!(!shown(&mut app).contains("reading marks"));
}

#[test]
fn in_a_terminal_a_transcript_plays_and_moves_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), 700);
    let before = files(folder.path());
    let mut terminal = Terminal::new(folder.path(), &["replay", path.to_str().unwrap()]);
    terminal.shows("REPLAY").shows("turn 700 of 700").shows("prompt number 699");
    terminal.keys("\x1b[H");
    terminal.shows("turn 0 of 700");
    terminal.keys("g");
    terminal.shows("GO TO");
    terminal.keys("turn 350");
    terminal.shows("as of 2026-01-02");
    terminal.keys("\r");
    terminal.shows("turn 350 of 700").shows("prompt number 349");
    terminal.keys("x");
    terminal.shows("STEP 350");
    terminal.keys("x");
    terminal.shows("turn 400 of 700");
    terminal.keys("\x1bx");
    terminal.shows("turn 350 of 700");
    terminal.keys("g");
    terminal.keys("never\r");
    terminal.shows("is no place here");
    terminal.keys("\x1b");
    terminal.hides("is no place here");
    terminal.keys("k");
    for key in ["a", "X", "i", "c"] {
        terminal.keys(key);
    }
    terminal.keys("q");
    assert!(terminal.ends().success());
    terminal.is_restored();
    unchanged(folder.path(), &before);
    terminal.nothing_is_left();
}
