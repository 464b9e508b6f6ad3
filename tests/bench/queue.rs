//! Two hundred sessions of which each waits: the order of the queue, scrolling it, and opening its cards one by one.

use super::clock::measure;
use super::support::frame::{NOW, Teller, app, edit, run};
use super::table::Table;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::hint::black_box;
use taut::domain::{CallStatus, RequestId, Risk, Speaker};
use taut::theme::Theme;
use taut::ui::{App, CardUi, Drawer, Focus};
use taut::view::{Cache, layout, paint};

const SIZE: (u16, u16) = (200, 50);
const WAITING: u32 = 200;

/// Two hundred sessions with fifty steps behind them; half of them ask for a command, half for an edit.
fn many() -> App {
    let tellers: Vec<Teller> = (1..=WAITING)
        .map(|n| {
            let mut t = Teller::new(n, &format!("job-{n}"), "claude", "/home/demo/wt", 900 + i64::from(n));
            t.open("default").prompt(1, "make it so");
            for step in 0..25 {
                t.call(edit("/home/demo/wt/src/lib.rs", "let a = 1;\n", "let a = 2;\n")).ran(
                    5,
                    "",
                    CallStatus::Done,
                    None,
                );
                t.call(run(&format!("cargo test part_{step}"))).ran(900, "ok\n", CallStatus::Done, Some(0));
            }
            t.say(Speaker::Agent, "Tests pass. The next part is the change itself, as small as it can be.");
            let line = |line: usize| format!("    let value_{line} = old({line});\n");
            let old = (0..200).map(line).collect::<Vec<_>>().concat();
            let new = old.replace("old(1", "new(1");
            t.call(if n % 2 == 0 {
                edit("/home/demo/wt/src/lib.rs", &old, &new)
            } else {
                run("git push --force origin main")
            });
            t.ask([Risk::Low, Risk::Mid, Risk::High, Risk::Top][n as usize % 4], "reaches the network", "asks");
            t
        })
        .collect();
    let mut app = app(&tellers);
    app.size = SIZE;
    app
}

pub fn queue() {
    let mut app = many();
    let theme = Theme::built_in("dark").unwrap();
    let mut cells = Buffer::empty(Rect::new(0, 0, SIZE.0, SIZE.1));
    let ids: Vec<RequestId> = app.queue().iter().map(|waiting| waiting.request.id).collect();
    assert_eq!(ids.len(), WAITING as usize, "all of them wait");
    let frames = ids.len();

    let table = Table::new("queue: 200 requests wait in 200 sessions, 200x50", "frame");
    let order = measure(9, || (), |()| drop(black_box(app.state.queue())));
    table.row("the order of the queue, once", 1, &order);
    let mut cache = Cache::new();
    let mut draw = |app: &App, cache: &mut Cache| {
        let scene = layout(app, cache, SIZE, NOW);
        paint(&scene, &theme, &mut cells);
        black_box(&cells);
    };
    app.focus = Focus::Queue;
    for (name, drawer) in [
        ("the drawer, a row on: layout, paint", Drawer::Open),
        ("the whole screen, a row on: layout, paint", Drawer::Full),
    ] {
        app.drawer = drawer;
        let scrolled = measure(
            5,
            || (),
            |()| {
                for id in &ids {
                    app.queue_selected = Some(*id);
                    draw(&app, &mut cache);
                }
            },
        );
        table.row(name, frames, &scrolled);
    }
    let opened = measure(
        5,
        || (),
        |()| {
            for id in &ids {
                (app.card, app.focus) = (Some(CardUi::new(*id)), Focus::Card);
                draw(&app, &mut cache);
            }
        },
    );
    table.row("another card each frame: layout, paint", frames, &opened);
    let still = measure(5, || (), |()| (0..20).for_each(|_| draw(&app, &mut cache)));
    table.row("the same card again", 20, &still);
    table.note("60 frames a second leave 16.7 ms for each");
}
