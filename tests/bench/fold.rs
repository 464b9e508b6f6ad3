//! The fold: its speed beside a plain reading of the same bytes, and the memory of a million records.

use super::clock::measure;
use super::support::memory::resident;
use super::support::story;
use super::table::{Table, bytes};
use std::hint::black_box;
use taut::domain::{Event, Record, SessionId};
use taut::state::{State, page};

const ID: SessionId = SessionId(7);

pub fn fold() {
    const COUNT: usize = 50_000;
    let records = story::records(ID, 5, COUNT as u64);
    let stored: Vec<(String, String)> =
        records.iter().map(|record| (record.event.kind().to_owned(), record.event.to_stored())).collect();
    let mut table = Table::new("fold: 50,000 records of one session", "record");
    let parse = measure(
        5,
        || (),
        |()| {
            for (_, body) in &stored {
                black_box(serde_json::from_str::<serde_json::Value>(body).unwrap());
            }
        },
    );
    table.floor("serde_json parse of the same bytes", COUNT, &parse);
    let read = measure(
        5,
        || (),
        |()| {
            for (kind, body) in &stored {
                black_box(Event::from_stored(kind, body));
            }
        },
    );
    table.row("Event::from_stored of the same bytes", COUNT, &read);
    let applied = measure(5, State::default, |mut state| {
        records.iter().for_each(|record| state.apply(record));
        black_box(state);
    });
    table.row("State::apply", COUNT, &applied);
    let heavy: Vec<Record> = story::heavy(ID, 5_000).collect();
    let applied = measure(5, State::default, |mut state| {
        heavy.iter().for_each(|record| state.apply(record));
        black_box(state);
    });
    table.row("State::apply, calls that never end, 4 kB of output each time", heavy.len(), &applied);
}

pub fn memory() {
    const COUNT: u64 = 1_000_000;
    let table = Table::new("memory: 1,000,000 records of one session", "record");
    let (begin, mut peak) = (resident(), 0);
    let mut state = State::default();
    let cost = measure(
        1,
        || (),
        |()| {
            for record in story::stream(ID, 5, COUNT) {
                state.apply(&record);
                if page::is_due(record.seq) {
                    black_box(page::keyframe(&state.sessions[&ID]));
                    peak = peak.max(resident());
                }
            }
        },
    );
    table.row("made, folded, and a keyframe for every page", 1_000_000, &cost);
    let grown = peak.saturating_sub(begin);
    table.note(&format!(
        "resident: {} at the highest, {} more than before; the bound is 84 MB",
        bytes(peak),
        bytes(grown)
    ));
}
