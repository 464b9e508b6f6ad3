//! Searching a session of 100,000 records, and what a decision costs meanwhile; a payload of 20,000 lines.

use super::clock::measure;
use super::support::story;
use super::table::Table;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use taut::domain::{
    Answer, At, Draft, Event, FindKind, Looked, PageNo, Query, Search, SearchFrom, Seq, SessionId, Speaker,
};
use taut::hub::{Published, answer};
use taut::state::{Session, page};
use taut::store::{Durability, Opened, Reader, Store};

const ID: SessionId = SessionId(7);
const COUNT: u64 = 100_000;

fn step(reader: &Reader, text: &str, from: SearchFrom) -> (usize, Looked) {
    let search = Search { number: 1, session: ID, upto: Seq(COUNT), text: text.into(), kind: FindKind::All, from };
    match answer(reader, &Query::Search(search)) {
        Published::Answered(Answer::Found { found, looked, .. }) => (found.len(), looked),
        _ => unreachable!("a search answers a search"),
    }
}

/// Steps from the newest page on until something is found, or until the end; gives the steps and the hits.
fn all(reader: &Reader, text: &str, first_only: bool) -> (usize, usize) {
    let (mut from, mut steps, mut hits) = (SearchFrom::page(page::page_of(Seq(COUNT))), 0, 0);
    loop {
        let (found, looked) = step(reader, text, from);
        (steps, hits) = (steps + 1, hits + found);
        match looked {
            Looked::More(next) if !first_only || hits == 0 => from = next,
            _ => return (steps, hits),
        }
    }
}

pub fn find() {
    let folder = tempfile::tempdir().unwrap();
    let Opened::Writer(mut store) = Store::open(folder.path()).unwrap() else { unreachable!("nobody else has it") };
    let mut session = Session::new(ID);
    let events = story::stream(ID, 5, u64::MAX).map(|record| record.event);
    let mut events: Vec<Event> =
        events.filter(|event| !matches!(event, Event::Decided { .. })).take(usize::try_from(COUNT).unwrap()).collect();
    let said = |text: &str| Event::Said { who: Speaker::Agent, message: Some(text.into()), text: text.into() };
    events[70_000] = said("in the middle there is a Haystack");
    events[9] = said("at the very beginning there is a Pin");
    let drafts: Vec<Draft> = events.into_iter().map(|event| Draft::new(ID, event)).collect();
    for batch in drafts.chunks(1_000) {
        for record in store.append(batch, At(1), Durability::Stream).unwrap() {
            session.apply(&record);
            if page::is_due(record.seq) {
                store.keyframe(ID, record.seq, &page::keyframe(&session)).unwrap();
            }
        }
    }
    let reader = store.reader().unwrap();

    let mut table = Table::new("search: a session of 100,000 records", "step");
    let (first, _) = page::bounds(PageNo(50));
    let read = measure(9, || (), |()| drop(black_box(reader.records(ID, first, 1024).unwrap())));
    table.floor("read a page of 1,024 records", 1, &read);
    let one = measure(9, || (), |()| drop(black_box(step(&reader, "absent", SearchFrom::page(PageNo(50))))));
    table.row("one step that finds nothing", 1, &one);
    for (name, text, first_only) in [
        ("to the first hit, 30,000 records back", "haystack", true),
        ("to the first hit, at the very beginning", "a pin", true),
        ("all of it, nothing there", "absent", false),
    ] {
        let (steps, hits) = all(&reader, text, first_only);
        let cost = measure(
            3,
            || (),
            |()| {
                black_box(all(&reader, text, first_only));
            },
        );
        table.row(&format!("{name}: {hits} hits"), steps, &cost);
        table.note(&format!("{name}: {:.0} ms of CPU", cost.least.as_secs_f64() * 1e3));
    }

    // A decision is a synced append: with nothing else, and while a search runs.
    let decide = |store: &mut Store| {
        let draft = Draft::new(SessionId(8), Event::Opened);
        measure(60, || (), |()| drop(store.append(std::slice::from_ref(&draft), At(1), Durability::Decision).unwrap()))
    };
    let alone = decide(&mut store);
    let stop = Arc::new(AtomicBool::new(false));
    let (told, place) = (Arc::clone(&stop), folder.path().to_path_buf());
    let searching = std::thread::spawn(move || {
        let reader = Reader::open(&place).unwrap();
        while !told.load(Ordering::Relaxed) {
            let _ = step(&reader, "absent", SearchFrom::page(PageNo(50)));
        }
    });
    let meanwhile = decide(&mut store);
    stop.store(true, Ordering::Relaxed);
    searching.join().unwrap();
    table.note(&format!(
        "a synced decision: {:.2} ms on the wall alone, {:.2} ms while a search runs",
        alone.wall.as_secs_f64() * 1e3,
        meanwhile.wall.as_secs_f64() * 1e3
    ));
}
