//! A diff of 20,000 lines on a card: its first screen, and each screen that is scrolled to, in both layouts.

use super::clock::measure;
use super::support::frame::{NOW, Teller, app};
use super::table::Table;
use std::hint::black_box;
use taut::diff::{Diff, Layout};
use taut::domain::{CallPatch, FileChange, Impact, Risk};
use taut::ui::diffs::{Long, Manner};
use taut::ui::update::update;
use taut::ui::{App, CardUi, Focus, Msg};
use taut::view::{Cache, layout};

const SIZE: (u16, u16) = (120, 36);
const LINES: usize = 20_000;
const SCREENS: usize = 40;

/// A file of which every tenth line changes.
fn side(word: &str) -> String {
    let line = |n: usize| match n % 10 {
        0 => format!("    let value_{n} = {word}({n});\n"),
        _ => format!("    // line {n} says something, as lines do\n"),
    };
    (1..=LINES).map(line).collect()
}

fn card(change: FileChange) -> App {
    let mut teller = Teller::new(2, "fix-auth", "claude", "/w", 400);
    teller.open("default").prompt(1, "go");
    let patch = CallPatch { impact: Some(Impact::Edit), changes: Some(vec![change]), ..CallPatch::default() };
    let request = teller.call(patch).ask(Risk::Mid, "writes", "asks");
    let mut app = app(&[teller]);
    (app.focus, app.card, app.size) = (Focus::Card, Some(CardUi::new(request)), SIZE);
    app
}

/// Draws, and tells the app that it was shown.
fn show(app: &mut App, cache: &mut Cache) {
    let scene = layout(app, cache, SIZE, NOW);
    update(app, Msg::Painted(Box::new(black_box(scene).painted)), NOW);
}

pub fn diff() {
    let (old, new) = (side("old"), side("new"));
    let change = |path: &str, old: Option<&str>, new: &str| FileChange {
        path: path.into(),
        old: old.map(Into::into),
        new: Some(new.into()),
        fragment: false,
        line: None,
        patch: None,
        moved_to: None,
    };
    let mut table = Table::new("diff: 20,000 lines, every tenth changed, 120x36", "screen");
    let lines = || (old.as_str(), new.as_str());
    let compared = measure(7, lines, |(old, new)| drop(black_box(Diff::of(old, new))));
    table.floor("the two texts compared, line by line", 1, &compared);
    let one_line = "let a = b; ".repeat(400_000);
    for (name, change) in [
        ("edit", change("a.rs", Some(&old), &new)),
        ("new file", change("a.rs", None, &new)),
        ("one line of 4 MB", change("a.js", Some("x"), &one_line)),
    ] {
        for (how, manner) in [
            ("unified", Manner { layout: Layout::Unified, long: Long::Wrapped }),
            ("side by side", Manner { layout: Layout::Split, long: Long::Wrapped }),
            ("unified, long lines cut", Manner { layout: Layout::Unified, long: Long::Scrolled }),
        ] {
            let fresh = || {
                let mut app = card(change.clone());
                app.manner = manner;
                (app, Cache::new())
            };
            let first = measure(7, fresh, |(mut app, mut cache)| show(&mut app, &mut cache));
            table.row(&format!("{name}, {how}: first screen"), 1, &first);
            let (mut app, mut cache) = fresh();
            show(&mut app, &mut cache);
            let mut at = 0;
            let scrolled = measure(
                5,
                || (),
                |()| {
                    for _ in 0..SCREENS {
                        at += 1;
                        if let Some(card) = &mut app.card {
                            card.delta = if at % 200 == 0 { -100_000 } else { 431 };
                        }
                        show(&mut app, &mut cache);
                    }
                },
            );
            table.row(&format!("{name}, {how}: a screen further on"), SCREENS, &scrolled);
        }
    }
    let (mut app, mut cache) = (card(change("a.rs", Some(&old), &new)), Cache::new());
    show(&mut app, &mut cache);
    let turned = measure(
        7,
        || (),
        |()| {
            app.manner.layout = match app.manner.layout {
                Layout::Unified => Layout::Split,
                Layout::Split => Layout::Unified,
            };
            show(&mut app, &mut cache);
        },
    );
    table.row("from one layout to the other", 1, &turned);
}
