//! A frame of 200x50 with fifty sessions in four panes: layout, paint, and what the terminal library does after.

use super::clock::measure;
use super::support::frame::{NOW, fleet};
use super::support::story;
use super::table::Table;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::hint::black_box;
use taut::domain::{At, Event, LaneId, Pos, Record, Seq, SessionId, Speaker, VERSION};
use taut::theme::Theme;
use taut::ui::{App, CardUi, Focus, Grid};
use taut::view::{Cache, layout, paint};

const SIZE: (u16, u16) = (200, 50);
const FRAMES: usize = 20;

/// Four sessions that somebody made up, and forty-six that chance made, of a thousand records each.
fn app() -> App {
    let mut app = fleet();
    for id in 100..146 {
        story::stream(SessionId(id), u64::from(id), 1_000).for_each(|record| app.state.apply(&record));
        app.slots.push(SessionId(id));
    }
    app.size = SIZE;
    app.grid = Grid::Four;
    app.panes = [2, 100, 101, 102].map(|id| Some(SessionId(id))).into();
    app
}

/// Nine panes of which eight are busy: in a frame at 60 a second, 200 events a second of each are three or four a pane.
fn nine(app: &mut App, theme: &Theme, table: &Table) {
    const EACH: u64 = 4;
    let busy: Vec<SessionId> = (100..108).map(SessionId).collect();
    app.grid = Grid::Nine;
    app.panes = [SessionId(2)].into_iter().chain(busy.iter().copied()).map(Some).collect();
    let mut cells = Buffer::empty(Rect::new(0, 0, SIZE.0, SIZE.1));
    let (mut cache, mut seq) = (Cache::new(), 100_000);
    let mut last = cells.clone();
    let cost = measure(
        7,
        || (),
        |()| {
            for _ in 0..FRAMES {
                for id in &busy {
                    for _ in 0..EACH {
                        seq += 1;
                        app.state.apply(&piece_of(*id, seq));
                    }
                }
                let scene = layout(app, &mut cache, SIZE, NOW);
                paint(&scene, theme, &mut cells);
                black_box(last.diff(&cells));
                last.clone_from(&cells);
            }
        },
    );
    table.row("nine panes, eight with 4 pieces a frame: all of it", FRAMES, &cost);
}

/// The next piece of a message of the session in the second pane.
fn piece(seq: u64) -> Record {
    piece_of(SessionId(100), seq)
}

fn piece_of(session: SessionId, seq: u64) -> Record {
    let text = "and so the answer goes on, a few words at a time; ".into();
    let event = Event::Said { who: Speaker::Agent, message: Some("stream".into()), text };
    let lane = LaneId::ROOT;
    let at = At(NOW.0);
    Record { pos: Pos(seq), session, seq: Seq(seq), lane, at, said_at: None, cites: None, version: VERSION, event }
}

/// What an agent might answer: prose, lists, code, a table; over and over, in pieces of some 50 bytes.
fn answer(bytes: usize) -> Vec<Record> {
    const PART: &str = "## What I found\n\nThe comparison **leaks timing**: it stops at the first byte that differs, \
        see `verify` in [auth.rs](src/auth.rs).\n\n- read the *whole* token\n- compare in constant time\n  1. both sides\n\n\
        ```rust\nfn verify(token: &str) -> bool {\n    ct_eq(token.as_bytes(), self.saved.as_bytes())\n}\n```\n\n\
        | file | lines | why |\n|---|---:|---|\n| auth.rs | 14 | the comparison |\n| test.rs | 40 | shows it |\n\n\
        > It was like this since 2019, and nobody looked at it since.\n\n";
    let text = PART.repeat(bytes / PART.len() + 1);
    let said = |(n, piece): (usize, &[u8])| {
        let text = String::from_utf8_lossy(piece).as_ref().into();
        Record {
            event: Event::Said { who: Speaker::Agent, message: Some("long".into()), text },
            ..piece_of(SessionId(7), 2_000 + n as u64)
        }
    };
    text.as_bytes()[..bytes].chunks(50).enumerate().map(said).collect()
}

/// The whole of an answer piece by piece, each with its frame.
fn stream(records: &[Record]) {
    let mut app = App { size: SIZE, panes: vec![Some(SessionId(7))], slots: vec![SessionId(7)], ..App::default() };
    (app.selected, app.focus) = (Some(SessionId(7)), Focus::Pane);
    let mut cache = Cache::new();
    for record in records {
        app.state.apply(record);
        drop(black_box(layout(&app, &mut cache, SIZE, NOW)));
    }
}

pub fn frame() {
    let mut app = app();
    let theme = Theme::built_in("dark").unwrap();
    let blank = || Buffer::empty(Rect::new(0, 0, SIZE.0, SIZE.1));
    let mut cache = Cache::new();
    let scene = layout(&app, &mut cache, SIZE, NOW);
    let mut painted = blank();
    paint(&scene, &theme, &mut painted);
    let frames = |work: &mut dyn FnMut()| measure(7, || (), |()| (0..FRAMES).for_each(|_| work()));

    let mut table = Table::new("frame: 200x50, 50 sessions, four panes", "frame");
    let other = painted.clone();
    table.floor("copy the cells of a frame", FRAMES, &frames(&mut || drop(black_box(painted.clone()))));
    table.row(
        "ratatui's comparison of two equal frames",
        FRAMES,
        &frames(&mut || drop(black_box(other.diff(&painted)))),
    );
    let cold = measure(5, Cache::new, |mut cache| drop(black_box(layout(&app, &mut cache, SIZE, NOW))));
    table.row("layout, nothing kept", 1, &cold);
    table.row("layout, nothing changed", FRAMES, &frames(&mut || drop(black_box(layout(&app, &mut cache, SIZE, NOW)))));
    let mut cells = blank();
    table.row("paint", FRAMES, &frames(&mut || paint(&scene, &theme, &mut cells)));
    let mut seq = 1_000;
    let streamed = frames(&mut || {
        seq += 1;
        app.state.apply(&piece(seq));
        let scene = layout(&app, &mut cache, SIZE, NOW);
        paint(&scene, &theme, &mut cells);
        black_box(painted.diff(&cells));
    });
    table.row("a piece of a message: fold, layout, paint, comparison", FRAMES, &streamed);

    nine(&mut app, &theme, &table);
    (app.grid, app.focus) = (Grid::Four, Focus::Rail);
    for bytes in [10_000, 50_000, 200_000] {
        let records = answer(bytes);
        let cost = measure(3, || (), |()| stream(&records));
        table.row(&format!("a piece of an answer of {} kB: fold, layout", bytes / 1000), records.len(), &cost);
    }

    let Some(request) = app.state.queue().first().map(|waiting| waiting.request.id) else { return };
    (app.card, app.focus) = (Some(CardUi::new(request)), Focus::Card);
    let first = measure(5, Cache::new, |mut cache| drop(black_box(layout(&app, &mut cache, SIZE, NOW))));
    table.row("a card, nothing kept", 1, &first);
    table.row("a card, nothing changed", FRAMES, &frames(&mut || drop(black_box(layout(&app, &mut cache, SIZE, NOW)))));
}
