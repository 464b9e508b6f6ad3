//! taut's own export, read back: a session reads here as it did there.

#[path = "../store/sample.rs"]
#[allow(dead_code, reason = "made for the store's tests")]
mod sample;

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Read;
use taut::domain::event::Unknown;
use taut::domain::{Event, Pos, Record, RequestId, Seq, SessionId};
use taut::state::Session;
use taut::text::redact;
use taut::transcript::{Files, Stamp, Tally, own::Export, read_files};

const HERE: SessionId = SessionId(42);

/// An export of these lines, as it is read here.
fn import(lines: &[String]) -> (Vec<Record>, Tally) {
    let text = lines.iter().fold(String::new(), |text, line| text + line + "\n");
    let open = |_: usize| -> std::io::Result<Box<dyn Read>> { Ok(Box::new(std::io::Cursor::new(text.clone()))) };
    let (name, stamp) = ("export".to_owned(), Stamp::for_session(HERE));
    let files = Files { name, paths: vec!["export.jsonl".into()], beside: Vec::new(), stamp, open: &open };
    let mut all = Vec::new();
    let tally = read_files(files, &Export, &mut |record| all.push(record)).unwrap();
    (all, tally)
}

fn header(session: SessionId) -> String {
    json!({"taut_export": 1, "version": "9.9.9", "session": session, "redacted": false}).to_string()
}

fn line(record: &Record) -> String {
    let event: Value = serde_json::from_str(&record.event.to_stored()).unwrap();
    let mut line = serde_json::to_value(Record { event: Event::Opened, ..record.clone() }).unwrap();
    line["event"] = event;
    line.to_string()
}

/// The same records, as if the session had been this one.
fn brought_here(records: &[Record], session: SessionId) -> Vec<Record> {
    let [there, here] = [session, HERE].map(|session| session.to_string()[1..].to_owned());
    let bring = |(n, record): (usize, &Record)| {
        let text = [("\"s", "\""), ("\"r", "."), ("\"g", ".")].iter().fold(line(record), |text, (before, after)| {
            text.replace(&format!("{before}{there}{after}"), &format!("{before}{here}{after}"))
        });
        let value: Value = serde_json::from_str(&text).unwrap();
        let event = Event::from_stored(value["event"]["kind"].as_str().unwrap(), &value["event"].to_string());
        Record { pos: Pos(n as u64 + 1), session: HERE, cites: None, event, ..record.clone() }
    };
    records.iter().enumerate().map(bring).collect()
}

fn fold(records: &[Record]) -> Session {
    let mut session = Session::new(HERE);
    records.iter().for_each(|record| session.apply(record));
    session
}

fn recorded() -> Vec<Record> {
    let text = include_str!("../fixtures/demo.jsonl");
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn sessions_of_a_log_read_here_as_they_read_there() {
    let all = recorded();
    let sessions: BTreeSet<SessionId> = all.iter().map(|record| record.session).collect();
    let mut decided = 0;
    for session in &sessions {
        let own: Vec<Record> = all.iter().filter(|record| record.session == *session).cloned().collect();
        let lines: Vec<String> = std::iter::once(header(*session)).chain(own.iter().map(line)).collect();
        let (read, tally) = import(&lines);
        assert_eq!((tally.unrecognised, tally.damaged, tally.records), (0, 0, own.len() as u64));
        let there = brought_here(&own, *session);
        assert_eq!(read, there);
        assert_eq!(fold(&read), fold(&there));
        decided += there.iter().filter(|record| matches!(record.event, Event::Decided { .. })).count();
        // Without its first line nothing is missing.
        assert_eq!(import(&lines[1..]).0, there);
    }
    assert!(sessions.len() > 3 && decided > 5, "the log has something to name");
}

/// A record of every kind.
fn every_kind() -> Vec<Record> {
    let unknown = r#"{"kind":"teleported","to":"mars"}"#.to_owned();
    let unknown = Event::Unknown(Unknown { kind: "teleported".to_owned(), body: unknown });
    let kinds = sample::every_event().into_iter().filter(|event| !matches!(event, Event::Unknown(_)));
    let record = |(n, event): (usize, Event)| {
        let like = recorded().remove(0);
        let place = n as u64 + 1;
        Record { pos: Pos(place + 7), session: sample::SESSION, seq: Seq(place), event, ..like }
    };
    kinds.chain([unknown]).enumerate().map(record).collect()
}

#[test]
fn every_kind_of_fact_comes_back() {
    let all = every_kind();
    let lines: Vec<String> = std::iter::once(header(sample::SESSION)).chain(all.iter().map(line)).collect();
    let (read, tally) = import(&lines);
    assert_eq!((tally.unrecognised, tally.damaged), (0, 0), "{:?}", tally.places);
    let there = brought_here(&all, sample::SESSION);
    read.iter().zip(&there).for_each(|(read, there)| assert_eq!(read, there));
    assert_eq!(read.len(), there.len());
}

#[test]
fn what_was_redacted_is_still_a_fact() {
    fn clean(value: &mut Value) {
        match value {
            Value::String(text) => *text = redact(text).0,
            Value::Array(all) => all.iter_mut().for_each(clean),
            Value::Object(fields) => fields.values_mut().for_each(clean),
            _ => {}
        }
    }
    let all: Vec<Record> =
        every_kind().into_iter().filter(|record| !matches!(record.event, Event::Unknown(_))).collect();
    let lines = all.iter().map(|record| {
        let mut value: Value = serde_json::from_str(&line(record)).unwrap();
        clean(&mut value);
        value.to_string()
    });
    let (read, tally) = import(&lines.collect::<Vec<_>>());
    assert_eq!((tally.unrecognised, tally.damaged), (0, 0));
    for (read, there) in read.iter().zip(&all) {
        assert_eq!(read.event.kind(), there.event.kind());
        assert!(!matches!(read.event, Event::Unknown(_)), "{}", there.event.kind());
    }
}

#[test]
fn what_is_lost_is_said_and_names_still_hold() {
    let all = recorded();
    let asked = all.iter().find(|record| matches!(record.event, Event::Asked { .. })).unwrap();
    let session = asked.session;
    let own: Vec<Record> = all.iter().filter(|record| record.session == session).cloned().collect();
    let mut lines: Vec<String> = std::iter::once(header(session)).chain(own.iter().map(line)).collect();
    // Before the request one line is torn, three are gone, one stands there twice.
    lines[2].truncate(40);
    lines.drain(4..7);
    lines.insert(4, lines[3].clone());
    lines.push(line(&Record { session: SessionId(99), ..own[0].clone() }));
    let (read, tally) = import(&lines);
    assert_eq!((tally.damaged, tally.unrecognised, tally.again), (1, 1, 1), "{:?}", tally.places);
    let noted = |record: &Record| matches!(&record.event, Event::Noted { text, .. } if text.inline().unwrap().starts_with("3 of its records"));
    assert_eq!(read.iter().filter(|record| noted(record)).count(), 1);
    let at = read.iter().find(|record| matches!(record.event, Event::Asked { .. })).unwrap();
    assert_eq!(at.seq, Seq(asked.seq.0 - 2));
    let names: Vec<RequestId> = read
        .iter()
        .filter_map(|record| match &record.event {
            Event::Decided { request, .. } | Event::TakenUp { request } => Some(*request),
            _ => None,
        })
        .collect();
    assert_eq!(names[0], RequestId { session: HERE, seq: at.seq });
    assert!(fold(&read).request(at.seq).unwrap().answered.is_some());
}
