//! The context meter as a person sees it: at every level and size, around a compaction, live and in a replay.
//! `UPDATE_GOLDEN=1 cargo test --test meter` writes the frames anew.

#![allow(clippy::unwrap_used, clippy::format_push_string, reason = "tests")]

mod support;

use std::path::Path;
use support::frame::{NOW, Teller, app, docs, golden, styles};
use taut::domain::{At, Cost, Event, LaneId, Seq, SessionId, Stop, TurnNo, Usage};
use taut::state::{Session, page};
use taut::ui::Focus;
use taut::view::{Cache, layout, to_text};

const SIZES: [(u16, u16); 4] = [(60, 20), (80, 24), (120, 36), (200, 50)];
const ID: SessionId = SessionId(5);

fn check(name: &str, shown: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/meter/{name}.txt"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, shown).unwrap();
    }
    let want = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(shown == want, "{} differs; it is now:\n{shown}", file.display());
}

fn begun() -> Teller {
    let mut t = Teller::new(5, "long-haul", "claude", "/home/demo/app", 600);
    t.open("default").prompt(1, "go on");
    t
}

fn used(t: &mut Teller, used: u64) {
    t.tell(Event::Used { usage: Usage { used: Some(used), window: Some(200_000), cost: None } });
}

/// A turn that ends with so much in the context, and has cost so much since the beginning.
fn turn(t: &mut Teller, n: u32, tokens: u64, micros: u64) {
    t.prompt(n, "go on").used(tokens, micros);
    t.wait(1_000).tell(Event::TurnEnded { turn: TurnNo(n), stop: Stop::EndTurn, tokens: None });
}

#[test]
fn every_level_has_its_word_and_its_sign_at_every_size() {
    let levels: [(&str, Option<u64>); 8] = [
        ("unknown", None),
        ("0 %", Some(0)),
        ("74 %", Some(149_999)),
        ("75 %", Some(150_000)),
        ("90 %", Some(180_000)),
        ("95 %", Some(190_000)),
        ("100 %", Some(200_000)),
        ("above", Some(230_000)),
    ];
    for (kind, cache) in [("unicode", Cache::new as fn() -> Cache), ("ascii", Cache::ascii)] {
        let mut shown = String::new();
        for (name, tokens) in levels {
            let mut t = begun();
            if let Some(tokens) = tokens {
                used(&mut t, tokens);
            }
            let mut app = app(&[t, docs()]);
            app.focus = Focus::Pane;
            for size in SIZES {
                let scene = layout(&app, &mut cache(), size, NOW);
                let text = to_text(&scene);
                let told = |line: &&str| {
                    line.contains("ctx ")
                        || line.contains("long-haul")
                        || line.contains("≈ Context")
                        || line.contains("~ Context")
                };
                let lines: Vec<&str> = text.lines().filter(told).collect();
                shown.push_str(&format!(
                    "{name} at {}x{} ({})\n{}\n",
                    size.0,
                    size.1,
                    styles(&scene),
                    lines.join("\n")
                ));
            }
        }
        assert_eq!(kind == "ascii", shown.is_ascii(), "{shown}");
        check(&format!("levels-{kind}"), &shown);
    }
}

#[test]
fn before_the_line_a_human_is_told_in_the_pane_and_in_the_rail() {
    let mut t = begun();
    turn(&mut t, 1, 90_000, 400_000);
    turn(&mut t, 2, 120_000, 900_000);
    let far = to_text(&layout(&app(&[begun()]), &mut Cache::new(), (120, 36), NOW));
    assert!(!far.contains("≈ Context"), "{far}");
    turn(&mut t, 3, 150_000, 1_300_000);
    t.prompt(4, "and the rest").used(158_000, 1_450_000);
    let mut app = app(&[t, docs()]);
    app.focus = Focus::Pane;
    for size in SIZES {
        let scene = layout(&app, &mut Cache::new(), size, NOW);
        check(&format!("near-{}x{}", size.0, size.1), &golden(&scene));
        let text = to_text(&scene);
        assert_eq!(text.matches("≈ Context 79%").count(), 1, "once: {text}");
        let rail = text.lines().filter_map(|line| line.split_once('│')).map(|(rail, _)| rail);
        let told = rail.filter(|rail| rail.contains(if size.0 >= 160 { "≈79%" } else { "≈" })).count();
        assert!(size.0 < 80 || told == 1, "in the rail too: {text}");
    }
}

fn folded(t: &Teller) -> Session {
    page::seek(ID, None, &t.records)
}

/// After a compaction the figure is what was carried after it, in each of the ways in which agents tell of one.
#[test]
fn a_compaction_counts_at_once_and_the_summary_of_it_never() {
    // It says what is left.
    let mut t = begun();
    turn(&mut t, 1, 180_000, 1);
    t.tell(Event::Compacted { before: Some(180_000), after: Some(24_000) });
    assert_eq!(folded(&t).meter.used, Some(24_000));
    // It does not: unknown, and not what it was, until the next report.
    let mut silent = begun();
    turn(&mut silent, 1, 180_000, 1);
    silent.tell(Event::Compacted { before: None, after: None });
    assert_eq!((folded(&silent).meter.used, folded(&silent).meter.line), (None, Some(180_000)));
    // Whoever writes the summary reads all of the context once more: told as a lane of its own, it is that lane's.
    silent.lane(7).tell(Event::Used { usage: Usage { used: Some(185_000), window: None, cost: None } }).lane(0);
    assert_eq!(folded(&silent).meter.used, None);
    used(&mut silent, 26_000);
    assert_eq!(folded(&silent).meter.used, Some(26_000));
    assert_eq!(folded(&silent).lanes[&LaneId(7)].meter.used, Some(185_000));
    // No word of it at all, but a figure that falls.
    let mut fell = begun();
    turn(&mut fell, 1, 180_000, 1);
    used(&mut fell, 20_000);
    assert_eq!((folded(&fell).meter.used, folded(&fell).meter.turns_left()), (Some(20_000), None));
    // A subagent's own compaction is its own.
    let mut lane = begun();
    used(&mut lane, 150_000);
    lane.lane(3).tell(Event::Used { usage: Usage { used: Some(90_000), window: None, cost: None } });
    lane.tell(Event::Compacted { before: None, after: Some(9_000) });
    let session = folded(&lane);
    assert_eq!((session.meter.used, session.lanes[&LaneId(3)].meter.used), (Some(150_000), Some(9_000)));
}

#[test]
fn a_replay_shows_the_meter_as_it_was() {
    let mut t = begun();
    for n in 1..6 {
        turn(&mut t, n, 30_000 * u64::from(n), 100_000 * u64::from(n));
    }
    let live: Vec<Session> = (0..t.records.len()).map(|k| page::seek(ID, None, &t.records[..=k])).collect();
    for (k, session) in live.iter().enumerate() {
        // From a keyframe of any record before it, as a replay does.
        for (from, earlier) in live.iter().enumerate().take(k + 1) {
            let bytes = page::keyframe(earlier);
            let sought = page::seek(ID, page::read_keyframe(&bytes), &t.records[from + 1..=k]);
            assert_eq!(sought.meter, session.meter, "{from} {k}");
        }
    }
    let last = live.last().unwrap();
    assert_eq!((last.meter.growth(), last.meter.turns_left()), (Some(30_000), Some(1)));
    assert_eq!(last.meter.turn_cost(), Some(Cost { micros: 100_000, currency: *b"USD" }));
    assert_eq!(last.seq, Seq(t.records.len() as u64));
    assert!(last.at > At(0));
}

#[test]
fn money_of_two_kinds_is_never_added() {
    let bill = |id, currency: &[u8; 3], micros| {
        let mut t = Teller::new(id, "job", "claude", "/home/demo/app", 60);
        t.open("default").prompt(1, "go");
        t.tell(Event::Used {
            usage: Usage { used: None, window: None, cost: Some(Cost { micros, currency: *currency }) },
        });
        t
    };
    let both = app(&[bill(1, b"USD", 1_000_000), bill(2, b"EUR", 500_000), bill(3, b"USD", 250_000)]);
    let text = to_text(&layout(&both, &mut Cache::new(), (120, 36), NOW));
    assert!(text.lines().next().unwrap().contains("€0.50 $1.25"), "{text}");
    // One that worked and does not tell: it is at least that.
    let some = app(&[bill(1, b"USD", 1_000_000), begun_as(2)]);
    let text = to_text(&layout(&some, &mut Cache::new(), (120, 36), NOW));
    assert!(text.lines().next().unwrap().contains("≥$1.00"), "{text}");
}

fn begun_as(id: u32) -> Teller {
    let mut t = Teller::new(id, "silent", "codex", "/home/demo/app", 60);
    t.open("default").prompt(1, "go");
    t
}
