//! The store: appending in batches of both durabilities, pages, keyframes, and seeking to any record.

use super::clock::measure;
use super::support::story::{self, Dice};
use super::table::Table;
use std::hint::black_box;
use taut::domain::{At, Draft, Event, PageNo, Record, Seq, SessionId};
use taut::hub::session_at;
use taut::state::{Session, page};
use taut::store::{Durability, Opened, Store};
use tempfile::TempDir;

const ID: SessionId = SessionId(7);

fn open() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let Opened::Writer(store) = Store::open(folder.path()).unwrap() else { unreachable!("nobody else has it") };
    (folder, *store)
}

/// Drafts of a story; without decisions, of which a request takes only one.
fn drafts(count: usize) -> Vec<Draft> {
    let events = story::stream(ID, 5, u64::MAX).map(|record| record.event);
    let may = |event: &Event| !matches!(event, Event::Decided { .. });
    events.filter(may).take(count).map(|event| Draft::new(ID, event)).collect()
}

pub fn append() {
    let mut table = Table::new("store: append", "record");
    let many = drafts(20_000);
    let write = measure(
        5,
        || (),
        |()| {
            for draft in &many {
                black_box(draft.event.to_stored());
            }
        },
    );
    table.floor("serde_json writing of the same events", many.len(), &write);
    for (name, count, batch, durable) in [
        ("1,000 at a time, as a stream", 20_000, 1_000, Durability::Stream),
        ("1,000 at a time, synced", 20_000, 1_000, Durability::Decision),
        ("1 at a time, as a stream", 2_000, 1, Durability::Stream),
        ("1 at a time, synced: a decision", 300, 1, Durability::Decision),
    ] {
        let cost = measure(3, open, |(folder, mut store)| {
            for batch in many[..count].chunks(batch) {
                store.append(batch, At(1), durable).unwrap();
            }
            drop((store, folder));
        });
        table.row(name, count, &cost);
    }
}

pub fn read() {
    const COUNT: u64 = 50_000;
    let (_folder, mut store) = open();
    let mut session = Session::new(ID);
    let (mut largest, mut newest) = (0, Vec::new());
    for batch in drafts(usize::try_from(COUNT).unwrap()).chunks(1_000) {
        for record in store.append(batch, At(1), Durability::Stream).unwrap() {
            session.apply(&record);
            if page::is_due(record.seq) {
                newest = page::keyframe(&session);
                largest = largest.max(newest.len());
                store.keyframe(ID, record.seq, &newest).unwrap();
            }
        }
    }
    let reader = store.reader().unwrap();
    let mut dice = Dice::new(1);
    let mut random = move || Seq(1 + dice.below(COUNT));

    let mut table = Table::new("seek and read: a session of 50,000 records", "page");
    let (first, _) = page::bounds(PageNo(20));
    let records: Vec<Record> = reader.records(ID, first, 1024).unwrap();
    let stored: Vec<String> = records.iter().map(|record| record.event.to_stored()).collect();
    let parse = measure(
        9,
        || (),
        |()| {
            for body in &stored {
                black_box(serde_json::from_str::<serde_json::Value>(body).unwrap());
            }
        },
    );
    table.floor("serde_json parse of the bytes of a page", 1, &parse);
    let cost = measure(9, || (), |()| drop(black_box(reader.records(ID, first, 1024).unwrap())));
    table.row("read a page of 1,024 records", 1, &cost);
    let cost = measure(
        9,
        || page::read_keyframe(&newest).unwrap(),
        |session| {
            black_box(page::settled_in(ID, Some(session), &records));
        },
    );
    table.row("fold a page onto its keyframe", 1, &cost);
    let cost = measure(9, || (), |()| drop(black_box(page::keyframe(&session))));
    table.row("make a keyframe", 1, &cost);
    let cost = measure(9, || (), |()| store.keyframe(ID, Seq(COUNT), &newest).unwrap());
    table.row("write a keyframe", 1, &cost);
    let cost = measure(
        9,
        || (),
        |()| {
            let bytes = reader.keyframe(ID, Seq(COUNT)).unwrap().unwrap();
            black_box(page::read_keyframe(&bytes).unwrap());
        },
    );
    table.row("read a keyframe", 1, &cost);
    let cost = measure(
        5,
        || (),
        |()| {
            for _ in 0..20 {
                black_box(session_at(&reader, ID, random()).unwrap());
            }
        },
    );
    table.row("seek to any record: a keyframe and at most 1,023 records", 20, &cost);
    table.note(&format!("the largest keyframe: {largest} bytes"));
}
