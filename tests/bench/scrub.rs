//! Scrubbing in a replay of a million records: the state as of any of them, what the frame lacks, the frame and its cells;
//! and what is gathered before it can be scrubbed.

use super::clock::measure;
use super::support::story::{self, Dice};
use super::table::Table;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::hint::black_box;
use taut::domain::{At, Draft, Event, Seq, SessionId};
use taut::hub::session_at;
use taut::state::{Session, page};
use taut::store::{Durability, Opened, Store};
use taut::theme::Theme;
use taut::tui::{Source, marks, still};
use taut::ui::update::update;
use taut::ui::{App, Msg, Setup};
use taut::view::{Cache, layout, paint};

const ID: SessionId = SessionId(7);
const COUNT: u64 = 1_000_000;
const SIZE: (u16, u16) = (200, 50);
const FRAMES: usize = 40;

pub fn scrub() {
    let folder = tempfile::tempdir().unwrap();
    let Opened::Writer(mut store) = Store::open(folder.path()).unwrap() else { unreachable!("nobody else has it") };
    let mut session = Session::new(ID);
    let events = story::stream(ID, 5, u64::MAX).map(|record| record.event);
    // Of decisions a request takes only one.
    let mut drafts = events.filter(|event| !matches!(event, Event::Decided { .. })).map(|event| Draft::new(ID, event));
    for second in 0..COUNT / 1_000 {
        let batch: Vec<Draft> = drafts.by_ref().take(1_000).collect();
        let at = At(i64::try_from(second).unwrap() * 1_000);
        for record in store.append(&batch, at, Durability::Stream).unwrap() {
            session.apply(&record);
            if page::is_due(record.seq) {
                store.keyframe(ID, record.seq, &page::keyframe(&session)).unwrap();
            }
        }
    }
    let reader = store.reader().unwrap();
    let mut table = Table::new("scrub: a session of 1,000,000 records, 200x50", "frame");
    let gather = measure(1, || (), |()| drop(black_box(marks::of(&reader, ID).unwrap())));
    let replay = marks::of(&reader, ID).unwrap();
    let (places, times) = (replay.marks.all().len(), replay.times.len());
    let app = |at: Seq| {
        let setup = Setup { size: SIZE, ..Setup::default() };
        App::of_replay(setup, replay.clone(), session_at(&reader, ID, at).unwrap())
    };
    let mut cells = Buffer::empty(Rect::new(0, 0, SIZE.0, SIZE.1));
    let (mut still_app, mut cache) = (app(Seq(COUNT / 2)), Cache::new());
    let floor = measure(
        7,
        || (),
        |()| {
            for _ in 0..FRAMES {
                paint(&layout(&still_app, &mut cache, SIZE, At(0)), &Theme::default(), &mut cells);
            }
        },
    );
    table.floor("the same frame again", FRAMES, &floor);
    still_app.size = SIZE;
    let source = Source::past(store.reader().unwrap());
    let mut dice = Dice::new(1);
    let mut drag = |name: &str, table: &Table, place: &mut dyn FnMut(usize) -> Seq| {
        let (mut scrubbed, mut cache) = (app(Seq(1)), Cache::new());
        let mut worst = std::time::Duration::ZERO;
        let cost = measure(
            5,
            || (),
            |()| {
                for n in 0..FRAMES {
                    let one = measure(
                        1,
                        || place(n),
                        |seq| {
                            let sought = source.seek(ID, seq).unwrap().unwrap();
                            update(&mut scrubbed, Msg::Sought(sought), At(0));
                            let scene = still::settle(&mut scrubbed, &mut cache, &source, At(0));
                            paint(&scene, &Theme::default(), &mut cells);
                        },
                    );
                    worst = worst.max(one.least);
                }
            },
        );
        table.row(name, FRAMES, &cost);
        table.note(&format!("the worst of these frames: {:.2} ms", worst.as_secs_f64() * 1e3));
    };
    drag("to any record: sought, all it lacks, laid out, painted", &table, &mut |_| Seq(1 + dice.below(COUNT)));
    drag("dragged along the track", &table, &mut |n| Seq(1 + n as u64 * (COUNT - 1) / FRAMES as u64));
    drag("played, a record a frame", &table, &mut |n| Seq(700_001 + n as u64));
    table.note(&format!("gathered at the start, behind the first frame: {places} places, {times} times"));
    table.row("gathering them, for each record", usize::try_from(COUNT).unwrap(), &gather);
}
