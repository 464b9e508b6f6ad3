//! Sessions of other tools in the rail, and the tables of numbers.

use super::{SIZES, check};
use crate::support::frame::{NOW, draw, fleet};
use taut::domain::{At, Cost, Doing, Elsewhere, SessionId, Tallied, Tallies, TallyBy, Tokens};
use taut::ui::app::Overlay;
use taut::ui::stats::StatsUi;
use taut::ui::{App, Focus, OtherRow};
use taut::view::to_text;

fn one(id: u32, ago: i64, title: &str, doing: Doing) -> Elsewhere {
    Elsewhere {
        id: SessionId(id),
        agent: if id.is_multiple_of(2) { "codex" } else { "claude" }.to_owned(),
        cwd: "/home/demo/src/shop".to_owned(),
        title: title.to_owned(),
        prompt: "Make the comparison of tokens take the same time whatever they are, and add a test for it".to_owned(),
        model: Some("claude-sonnet-4-5".to_owned()),
        branch: Some("main".to_owned()),
        native: format!("n{id}"),
        file: format!("/home/demo/.claude/projects/-home-demo-src-shop/{id}.jsonl"),
        first: At(NOW.0 - ago - 3_600_000),
        last: At(NOW.0 - ago),
        turns: 12,
        steps: 48,
        records: 1_204,
        context: (Some(124_000), Some(200_000)),
        odd: (1, 0),
        doing,
    }
}

fn with_others() -> App {
    let waits = Doing::Waits { what: "permission prompt".to_owned(), since: Some(At(NOW.0 - 180_000)) };
    let busy = Doing::Busy { since: Some(At(NOW.0 - 12_000)) };
    let mut app = fleet();
    app.focus = Focus::Rail;
    app.fleet.others.set(vec![
        one(901, 60_000, "Constant time compare", waits),
        one(902, 12_000, "Bump all dependencies", busy),
        one(903, 86_400_000, "Why is the build slow", Doing::Past),
        one(904, 9 * 86_400_000, "Sweep the year out of the notes", Doing::Past),
    ]);
    app
}

#[test]
fn they_are_a_quiet_line_below_everything_until_it_is_opened() {
    let mut app = with_others();
    SIZES.into_iter().for_each(|size| check("others-folded", &app, size));
    app.fleet.others.at = Some(OtherRow::Fold);
    check("others-fold", &app, (120, 36));
    app.fleet.others.open = true;
    app.fleet.others.at = Some(OtherRow::One(SessionId(901)));
    SIZES.into_iter().for_each(|size| check("others", &app, size));
    check("others", &app, (60, 20));
    assert!(to_text(&draw(&app, (120, 36))).contains("permission prompt, where it runs"));
}

#[test]
fn numbers_keep_what_matters_at_any_width() {
    let row = |key: &str, name: &str, n: u64, micros: Option<u64>, unknown| Tallied {
        key: key.to_owned(),
        name: name.to_owned(),
        sessions: 1,
        turns: 3 * n,
        calls: 41 * n,
        failed: n,
        retried: n,
        failed_again: n / 2,
        answered: n,
        denied: 1,
        waited: n * 61_000,
        compactions: n / 3,
        tokens: Tokens { input: Some(12_000 * n), output: Some(900 * n), cache_read: micros, ..Tokens::default() },
        priced: micros.map(|micros| Cost { micros, currency: *b"USD" }).into_iter().collect(),
        unknown,
        ..Tallied::default()
    };
    let own = |row: Tallied, id, elsewhere| Tallied { session: Some((SessionId(id), elsewhere)), ..row };
    let told = Tallies {
        as_of: "2026-11-01".to_owned(),
        all: row("", "all sessions", 9, Some(4_250_000), true),
        sessions: vec![
            own(
                row(
                    "0000002a",
                    "Constant time compare of tokens and of all else that is secret",
                    4,
                    Some(1_840_000),
                    false,
                ),
                1,
                false,
            ),
            own(row("0000002b", "Bump", 2, None, true), 902, true),
            own(row("0000002c", "Nothing told", 0, None, false), 903, true),
        ],
        days: vec![row("2026-11-21", "", 3, Some(500_000), false), row("2026-11-22", "", 6, Some(3_750_000), true)],
        projects: vec![row("/home/demo/src/app", "", 9, Some(4_250_000), true)],
        models: vec![row("claude-sonnet-4-5", "", 9, Some(4_250_000), false)],
    };
    let mut app = fleet();
    for by in [TallyBy::Session, TallyBy::Day] {
        app.overlay =
            Some(Overlay::Stats(Box::new(StatsUi { by, told: Some(Ok(told.clone())), ..StatsUi::default() })));
        for size in SIZES {
            check(&format!("numbers-{}", by.word()), &app, size);
            let shown = to_text(&draw(&app, size));
            for head in ["COST", "TURNS", "CALLS", "INPUT", "OUTPUT", "WAITED", "AGAIN"] {
                assert!(shown.contains(head), "{head} at {size:?}:\n{shown}");
            }
        }
    }
    check("numbers-day", &app, (40, 14));
    app.overlay = Some(Overlay::Stats(Box::default()));
    check("numbers-counting", &app, (80, 24));
}
