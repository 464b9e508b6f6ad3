//! The golden log of version 1: what was written once is read and hashed the same for ever.
//!
//! `UPDATE_GOLDEN=1` adds what a new kind needs to the end of the log; it never changes a line.

use crate::sample::{KINDS, SESSION, every_event, number};
use crate::writer;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use taut::domain::{At, Digest, Draft, Event, LaneId, SessionId};
use taut::store::{Columns, Durability, verify};

/// One record as it lies in the store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Line {
    pos: i64,
    session: SessionId,
    seq: i64,
    lane: u32,
    at: i64,
    said_at: Option<i64>,
    cites: Option<i64>,
    version: i64,
    kind: String,
    stored: String,
    hash: Digest,
}

impl Line {
    fn columns(&self) -> Columns<'_> {
        Columns {
            pos: self.pos,
            session: i64::from(self.session.0),
            seq: self.seq,
            lane: i64::from(self.lane),
            at: self.at,
            said_at: self.said_at,
            cites: self.cites,
            version: self.version,
            kind: self.kind.as_bytes(),
            stored: self.stored.as_bytes(),
        }
    }
}

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/records/v1/log.jsonl")
}

fn golden() -> Vec<Line> {
    let text = fs::read_to_string(path()).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The drafts of the log: one for each event, with the columns beside it filled or empty in turn.
fn drafts() -> Vec<Draft> {
    let fill = |(n, event): (u32, Event)| Draft {
        session: if n % 7 == 3 { SessionId(7) } else { SESSION },
        lane: LaneId(n % 3),
        said_at: (n % 2 == 1).then_some(At(i64::from(n) - 20)),
        cites: (n % 5 == 1).then_some(if n == 11 { u64::MAX } else { u64::from(n) }),
        event,
    };
    (0..).zip(every_event()).map(fill).collect()
}

/// The same log, written by this program.
fn written_now() -> Vec<Line> {
    let dir = tempfile::tempdir().unwrap();
    let mut store = writer(dir.path());
    let mut hash = Digest::default();
    let mut lines = Vec::new();
    for (n, draft) in (0..).zip(drafts()) {
        let at = At(1_700_000_000_000 + n * 20);
        for record in store.append(&[draft], at, Durability::Stream).unwrap() {
            let stored = record.event.to_stored();
            let columns = Columns::of(&record, &stored);
            hash = columns.hash(&hash);
            lines.push(Line {
                pos: columns.pos,
                session: record.session,
                seq: columns.seq,
                lane: record.lane.0,
                at: columns.at,
                said_at: columns.said_at,
                cites: columns.cites,
                version: columns.version,
                kind: record.event.kind().to_owned(),
                stored: stored.clone(),
                hash,
            });
        }
    }
    assert_eq!(store.head().unwrap().hash, hash, "the hash that the store keeps");
    let verified = verify(&store.reader().unwrap(), None, None).unwrap();
    assert_eq!((verified.faults, verified.bodies), (vec![], 2));
    lines
}

#[test]
fn the_log_of_version_1_hashes_the_same_for_ever() {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let (old, new) = (golden(), written_now());
        assert!(new.starts_with(&old), "lines of the golden log are never changed: add to its end");
        let text: String = new.iter().map(|line| serde_json::to_string(line).unwrap() + "\n").collect();
        fs::write(path(), text).unwrap();
    }
    let mut previous = Digest::default();
    let mut kinds = BTreeSet::new();
    for line in golden() {
        assert_eq!(line.columns().hash(&previous), line.hash, "record {}", line.pos);
        previous = line.hash;
        kinds.insert(number(&line.columns().to_record().event));
    }
    assert_eq!(kinds, (0..KINDS).collect(), "every kind is in the golden log and is read as itself");
}

#[test]
fn the_log_of_version_1_loses_nothing_in_reading() {
    for line in golden() {
        let event = line.columns().to_record().event;
        assert_eq!(event.kind(), line.kind);
        match serde_json::from_str(&event.to_stored()) {
            Ok(now) => {
                let then: Value = serde_json::from_str(&line.stored).unwrap();
                assert!(holds(&now, &then), "record {}: {then} became {now}", line.pos);
            }
            Err(_) => assert_eq!(event.to_stored(), line.stored),
        }
        if let Event::Unknown(_) = event {
            assert_eq!(event.to_stored(), line.stored, "to the byte");
        }
    }
}

#[test]
fn the_same_facts_are_written_as_in_the_golden_log() {
    assert_eq!(written_now(), golden(), "UPDATE_GOLDEN=1 adds new kinds; a changed line needs a new version");
}

/// Everything that was said then is said now; newer fields may have come.
fn holds(now: &Value, then: &Value) -> bool {
    match (now, then) {
        (Value::Object(now), Value::Object(then)) => {
            then.iter().all(|(key, then)| now.get(key).is_some_and(|now| holds(now, then)))
        }
        (Value::Array(now), Value::Array(then)) => {
            now.len() == then.len() && now.iter().zip(then).all(|(now, then)| holds(now, then))
        }
        (now, then) => now == then,
    }
}
