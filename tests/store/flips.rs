//! Any one byte of what is stored, turned over: the exact record is named, or nothing that is read is different.

use crate::sample::{SESSION, every_event};
use crate::writer;
use proptest::prelude::*;
use rusqlite::{Connection, params, types::Value};
use std::fs;
use std::path::Path;
use taut::domain::{At, Draft, Event, Notice, Pos, Record};
use taut::store::{Durability, Fault, Reader, StoreError, verify};

/// A small log with texts short and long, said and unsaid columns.
fn small_log(folder: &Path) -> Vec<Record> {
    let noted = |text: String| Event::Noted { level: Notice::Info, text: text.into() };
    let mut drafts: Vec<Draft> =
        [noted("one".into()), noted("long ".repeat(20_000)), Event::Opened, noted("four".into())]
            .map(|event| Draft::new(SESSION, event))
            .into();
    drafts[2].said_at = Some(At(77));
    drafts[3].cites = Some(3);
    let mut store = writer(folder);
    let records = store.append(&drafts, At(1_000), Durability::Decision).unwrap();
    store.close().unwrap();
    records
}

/// Every way to turn one byte of a value over.
fn flips(value: &Value) -> Vec<Value> {
    match value {
        Value::Null | Value::Real(_) => Vec::new(),
        Value::Integer(number) => (0..8).map(|byte| Value::Integer(number ^ (1 << (8 * byte)))).collect(),
        Value::Text(text) => each_byte(text.as_bytes()),
        Value::Blob(bytes) => each_byte(bytes),
    }
}

fn each_byte(bytes: &[u8]) -> Vec<Value> {
    let flip = |at: usize| {
        let mut bytes = bytes.to_vec();
        bytes[at] ^= 1;
        Value::Blob(bytes)
    };
    (0..bytes.len()).map(flip).collect()
}

/// Turns every byte of a column over, one after the other, and hands each state to `look`.
fn each_flip(conn: &Connection, table: &str, column: &str, mut look: impl FnMut(i64, &str)) {
    let mut select = conn.prepare(&format!("SELECT rowid, {column}, typeof({column}) FROM {table}")).unwrap();
    let cells: Vec<(i64, Value, String)> =
        select.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap().map(Result::unwrap).collect();
    for (rowid, value, kind) in cells {
        let cast = if kind == "text" { "CAST(?1 AS TEXT)" } else { "?1" };
        let update = format!("UPDATE {table} SET {column} = {cast} WHERE rowid = ?2");
        for (byte, flipped) in flips(&value).into_iter().enumerate() {
            // A place that another record holds, for one, can't be taken: the database itself says no.
            if conn.execute(&update, params![flipped, rowid]).is_err() {
                continue;
            }
            look(rowid, &format!("{table}.{column} of row {rowid}, byte {byte}"));
            let moved = if column == "pos" { flipped } else { Value::Integer(rowid) };
            assert_eq!(conn.execute(&update, params![value, moved]).unwrap(), 1);
        }
    }
}

#[test]
fn any_flipped_byte_of_a_record_names_that_record() {
    let dir = tempfile::tempdir().unwrap();
    small_log(dir.path());
    let conn = Connection::open(dir.path().join("taut.db")).unwrap();
    conn.pragma_update(None, "synchronous", "OFF").unwrap();
    let reader = Reader::open(dir.path()).unwrap();
    let mut looked = 0;
    for column in ["session", "seq", "lane", "at", "said_at", "cites", "version", "kind", "stored", "hash"] {
        each_flip(&conn, "record", column, |rowid, what| {
            let faults = verify(&reader, None, None).unwrap().faults;
            assert!(matches!(faults[..], [Fault::Changed { pos, .. }] if pos == rowid), "{what}: {faults:?}");
            looked += 1;
        });
    }
    each_flip(&conn, "record", "pos", |rowid, what| {
        let faults = verify(&reader, None, None).unwrap().faults;
        let gone = Pos(rowid.cast_unsigned());
        let named = |fault: &Fault| {
            matches!(fault, Fault::Missing { first, .. } if *first == gone)
                || matches!(fault, Fault::Truncated { last, .. } if last.0 + 1 == gone.0)
        };
        assert!(faults.iter().any(named), "{what}: {faults:?}");
        looked += 1;
    });
    assert!(looked > 500, "{looked}");
    assert!(verify(&reader, None, None).unwrap().is_sound(), "all of it was put back");
}

#[test]
fn any_flipped_byte_of_a_long_text_names_its_record() {
    let dir = tempfile::tempdir().unwrap();
    small_log(dir.path());
    let conn = Connection::open(dir.path().join("taut.db")).unwrap();
    conn.pragma_update(None, "synchronous", "OFF").unwrap();
    let reader = Reader::open(dir.path()).unwrap();
    let columns = [
        ("body", "digest"),
        ("body", "bytes"),
        ("body", "purged"),
        ("chunk", "body"),
        ("chunk", "n"),
        ("chunk", "data"),
    ];
    for (table, column) in columns {
        each_flip(&conn, table, column, |_, what| {
            let faults = verify(&reader, None, None).unwrap().faults;
            assert!(matches!(faults[..], [Fault::Body { pos: Pos(2), .. }]), "{what}: {faults:?}");
        });
    }
    assert!(verify(&reader, None, None).unwrap().is_sound(), "all of it was put back");
}

#[test]
fn records_taken_away_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let records = small_log(dir.path());
    let conn = Connection::open(dir.path().join("taut.db")).unwrap();
    let reader = Reader::open(dir.path()).unwrap();
    let head = verify(&reader, None, None).unwrap().head;
    assert_eq!(verify(&reader, None, Some(head.hash)).unwrap().faults, []);

    conn.execute("DELETE FROM record WHERE pos = 4", []).unwrap();
    let cut = Fault::Truncated { last: Pos(3), head: Pos(4) };
    assert_eq!(verify(&reader, None, None).unwrap().faults, std::slice::from_ref(&cut));
    let unknown = Fault::HeadUnknown { hash: head.hash };
    assert_eq!(verify(&reader, None, Some(head.hash)).unwrap().faults, [cut, unknown.clone()]);
    fs::remove_file(dir.path().join("head")).unwrap();
    assert_eq!(verify(&reader, None, Some(head.hash)).unwrap().faults, [unknown], "a head kept elsewhere");

    conn.execute("DELETE FROM record WHERE pos = 2", []).unwrap();
    let faults = verify(&reader, None, None).unwrap().faults;
    assert_eq!(faults, [Fault::Missing { first: Pos(2), last: Pos(2) }]);
    let verified = verify(&reader, Some(records[0].session), None).unwrap();
    assert_eq!((verified.records, verified.faults.len()), (2, 1));
}

#[test]
fn a_head_file_that_was_written_over_is_told() {
    let dir = tempfile::tempdir().unwrap();
    small_log(dir.path());
    let path = dir.path().join("head");
    let text = fs::read(&path).unwrap();
    for at in 0..text.len() {
        let mut flipped = text.clone();
        flipped[at] ^= 1;
        fs::write(&path, &flipped).unwrap();
        let reader = Reader::open(dir.path()).unwrap();
        let sound = verify(&reader, None, None).unwrap().is_sound();
        // The end of the line says nothing.
        assert_eq!(
            sound,
            String::from_utf8_lossy(&flipped).trim() == String::from_utf8_lossy(&text).trim(),
            "byte {at}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    /// The file itself: whatever byte is turned over, what is read is what was written, or it is told.
    #[test]
    fn any_flipped_byte_of_the_file_is_told_or_means_nothing(place in 0.0..1.0_f64, bit in 0..8_u8) {
        let dir = tempfile::tempdir().unwrap();
        let records = small_log(dir.path());
        let path = dir.path().join("taut.db");
        let mut bytes = fs::read(&path).unwrap();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place")]
        let at = (bytes.len() as f64 * place) as usize;
        bytes[at] ^= 1 << bit;
        fs::write(&path, bytes).unwrap();
        let read = || -> Result<bool, StoreError> {
            let reader = Reader::open(dir.path())?;
            let sound = verify(&reader, None, None)?.is_sound();
            let again = reader.records(SESSION, taut::domain::Seq(1), 100)?;
            Ok(!sound || again == records)
        };
        prop_assert!(read().unwrap_or(true), "byte {}", at);
    }

    /// Whatever is appended is what every reader gives back.
    #[test]
    fn what_is_appended_is_what_is_read(picks in prop::collection::vec((0..200_usize, any::<String>(), any::<i64>()), 1..20)) {
        let dir = tempfile::tempdir().unwrap();
        let mut store = writer(dir.path());
        let events = every_event();
        let mut decided = false;
        let mut drafts = Vec::new();
        for (pick, text, at) in picks {
            let mut event = events[pick % events.len()].clone();
            event.for_each_text(|inner| *inner = text.clone().into());
            // One decision a request: the sample holds two requests, so take only the first.
            if matches!(event, Event::Decided { .. }) && std::mem::replace(&mut decided, true) {
                continue;
            }
            drafts.push(Draft { said_at: Some(At(at)), cites: Some(at.cast_unsigned()), ..Draft::new(SESSION, event) });
        }
        let records = store.append(&drafts, At(5), Durability::Stream).unwrap();
        let reader = store.reader().unwrap();
        prop_assert_eq!(reader.records_by_pos(Pos(1), 100).unwrap(), records);
        prop_assert!(verify(&reader, None, None).unwrap().is_sound());
    }
}
