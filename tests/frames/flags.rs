//! Sessions that a watchdog flags: each in its row, and in its pane.

use super::check;
use super::support::frame::{NOW, Teller, app, draw, golden, read, run};
use taut::domain::{By, CallStatus, Cost, Event, Risk, Stop, TurnNo, Usage};
use taut::state::{Caps, Limits};
use taut::ui::App;
use taut::view::{Cache, layout, to_text};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 50)];

fn begun(id: u32, name: &str, age: i64) -> Teller {
    let mut t = Teller::new(id, name, "claude", &format!("/home/demo/wt/{name}"), age);
    t.open("default").prompt(1, "make the tests pass");
    t
}

/// The same call, over and over.
fn circle() -> Teller {
    let mut t = begun(1, "fix-auth", 60);
    for _ in 0..6 {
        t.call(run("cargo test --workspace")).ran(900, "1 failed\n", CallStatus::Done, Some(101)).wait(8_000);
    }
    t
}

fn failing() -> Teller {
    let mut t = begun(2, "flaky", 40);
    for n in 0..9 {
        let status = if n % 4 == 0 { CallStatus::Done } else { CallStatus::Failed };
        t.call(read(&format!("/srv/{n}.txt"))).ran(90, "", status, None).wait(4_000);
    }
    t
}

fn unseen() -> Teller {
    let mut t = begun(3, "release", 400);
    t.call(run("git push origin main")).ask(Risk::High, "rewrites remote history", "push needs a human");
    t
}

/// One that has cost so much.
fn spent(id: u32, name: &str, micros: u64) -> Teller {
    let mut t = begun(id, name, 30);
    let cost = Some(Cost { micros, currency: *b"USD" });
    t.wait(20_000).tell(Event::Used { usage: Usage { used: Some(90_000), window: Some(200_000), cost } });
    t
}

fn stalled() -> Teller {
    let mut t = begun(6, "quiet", 600);
    t.call(run("make -j8"));
    t
}

/// A name that is long, and two flags.
fn both() -> Teller {
    let mut t = spent(7, "a-name-that-is-far-too-long-for-a-rail", 5_120_000);
    for _ in 0..16 {
        t.call(run("ls")).ran(9, "", CallStatus::Done, None);
    }
    t
}

fn flagged() -> App {
    let (costly, dear) = (spent(4, "costly", 5_120_000), spent(5, "dear", 10_400_000));
    let mut app = app(&[circle(), failing(), unseen(), costly, dear, stalled(), both()]);
    app.limits = Limits { silent: 120_000, ..Limits::default() };
    let usd = |dollars: u64| Some(Cost { micros: dollars * 1_000_000, currency: *b"USD" });
    app.limits.budget.session = Caps { soft: usd(5), hard: usd(10) };
    app
}

#[test]
fn what_its_budget_ended_is_no_green_done_and_money_that_no_limit_holds_is_said() {
    let mut stopped = spent(5, "dear", 10_400_000);
    let why = "the hard budget of the session is spent, $10.40 of $10.00".to_owned();
    stopped.tell(Event::InterruptAsked { by: By::Hub(why) });
    stopped.tell(Event::TurnEnded { turn: TurnNo(1), stop: Stop::Cancelled, tokens: None });
    let mut untold = begun(6, "untold", 30);
    untold.tell(Event::Used { usage: Usage { used: Some(90_000), window: Some(200_000), cost: None } });
    let mut euros = begun(7, "euros", 30);
    let cost = Some(Cost { micros: 2_000_000, currency: *b"EUR" });
    euros.tell(Event::Used { usage: Usage { used: Some(90_000), window: Some(200_000), cost } });
    for (name, teller) in [("dear", stopped), ("untold", untold), ("euros", euros)] {
        let app = App { limits: flagged().limits, ..app(&[teller]) };
        check(&format!("budget-{name}"), &app, (80, 24));
        check(&format!("budget-{name}"), &app, (120, 36));
    }
}

#[test]
fn every_flag_stands_in_its_row_with_its_mark_and_its_word() {
    let app = flagged();
    SIZES.into_iter().for_each(|size| check("flags", &app, size));
    check("flags", &app, (60, 20));
    check("flags", &app, (20, 6));
    let shown = golden(&draw(&app, (60, 20)));
    for words in ["⚑ same x6", "⚑ 6/8 failed", "⚑ unseen", "⚑ over $5.00", "⚑ over $10.00", "stalled"] {
        assert!(shown.contains(words), "{words:?} in\n{shown}");
    }
    let shown = golden(&draw(&app, (120, 36)));
    for figures in ["⚑x6", "⚑6/8", "⚑$5", "⚑$10"] {
        assert!(shown.contains(figures), "{figures:?} in\n{shown}");
    }
    // No colour and no letter beyond ASCII is needed.
    let ascii = to_text(&layout(&app, &mut Cache::ascii(), (120, 36), NOW));
    assert!(ascii.contains("# same x6") && !ascii.contains('⚑'), "{ascii}");
}

#[test]
fn the_pane_says_what_shows_it() {
    let mut app = flagged();
    for (id, name) in [(2, "failing"), (3, "unseen"), (5, "spent"), (7, "both")] {
        let id = taut::domain::SessionId(id);
        (app.selected, app.panes) = (Some(id), vec![Some(id)]);
        check(&format!("flag-{name}"), &app, (80, 24));
    }
    app.limits.budget.day = Caps { soft: Some(Cost { micros: 20_000_000, currency: *b"USD" }), hard: None };
    check("flag-day", &app, (120, 36));
}
