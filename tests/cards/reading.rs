//! What reading can rely on: every byte of a payload is reached by scrolling, and what a frame says it showed it showed.

use crate::desk::{Desk, change, edit, long, whole};
use crate::support;
use crate::support::frame::NOW;
use proptest::prelude::*;
use std::time::Duration;
use taut::domain::{CallPatch, Event, FileChange, RequestId, SessionId};
use taut::ui::{App, CardUi, Focus, PaintedCard};
use taut::view::{Cache, layout};

/// The payload's rows that one frame shows, each as the texts of its runs.
fn content(desk: &mut Desk, size: (u16, u16)) -> (PaintedCard, Vec<Vec<String>>) {
    let scene = desk.shown(size);
    let card = scene.painted.card.unwrap();
    let area = scene.painted.hits.iter().find(|(_, hit)| matches!(hit, taut::ui::Hit::Card)).unwrap().0;
    let region = scene.regions.iter().rev().find(|region| region.area.tuple() == area).unwrap();
    for row in &region.rows {
        assert!(row.width() <= usize::from(size.0), "{row:?}");
    }
    let rows = region.rows.iter().take(card.rows);
    (card, rows.map(|row| row.spans.iter().map(|span| span.text.to_string()).collect()).collect())
}

/// Reads a card from its beginning to its end, some rows at a time.
fn read(desk: &mut Desk, size: (u16, u16), step: i64) -> Vec<Vec<String>> {
    let (mut all, mut seen) = (Vec::new(), 0);
    loop {
        let (card, rows) = content(desk, size);
        assert!(card.whole && card.top <= all.len());
        all.truncate(card.top);
        all.extend(rows);
        let now = desk.card().seen_rows;
        assert!(now >= seen, "reading goes back");
        assert_eq!(desk.card().end_seen, now >= card.of);
        seen = now;
        if all.len() >= card.of {
            return all;
        }
        desk.scroll(step.min(i64::try_from(card.rows.max(1)).unwrap()));
    }
}

fn made_visible(text: &str) -> Vec<String> {
    text.split('\n').map(|line| taut::text::visible(line).text.into_owned()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_byte_of_a_command_is_reached_by_scrolling(
        lines in prop::collection::vec("([a-d]{0,9}| |  |日本|é|\t|\u{202e}|\\PC){0,40}", 1..12),
        width in 20u16..90, height in 6u16..30, step in 1i64..20,
    ) {
        let command = lines.join("\n");
        prop_assume!(!command.trim_end_matches('\n').is_empty());
        let mut desk = whole(CallPatch { command: Some(command.as_str().into()), ..CallPatch::default() });
        // Every row begins with an empty cell and two cells that say whether a line begins.
        let mut shown = String::new();
        for row in read(&mut desk, (width, height), step).iter().take_while(|row| row[1] != "  in ") {
            if row[1] == "> " {
                shown.push('\n');
            }
            shown.push_str(&row[2..].concat());
        }
        let want = made_visible(command.strip_suffix('\n').unwrap_or(&command));
        prop_assert_eq!(shown, want.join("\n"));
    }

    #[test]
    fn every_line_of_a_diff_is_reached_by_scrolling(
        old in prop::collection::vec("([a-c]{1,9}| |日|\t){0,20}", 0..30),
        new in prop::collection::vec("([a-c]{1,9}| |日|\t){0,20}", 0..30),
        width in 24u16..100, height in 6u16..30, step in 1i64..20,
    ) {
        let text = |lines: &[String]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
        let (old, new) = (text(&old), text(&new));
        prop_assume!(old != new);
        let patch = CallPatch { title: None, ..edit(vec![change("a.txt", Some(&old), Some(&new))]) };
        let mut desk = whole(patch);
        let diff = taut::diff::Diff::of(&old, &new);
        let head = format!("a.txt   +{} −{}", diff.added, diff.removed);
        let (mut shown, mut want) = (String::new(), head.clone());
        for row in read(&mut desk, (width, height), step) {
            // Numbers, sign and a space stand before the text; at a row that goes on, no numbers and another sign.
            let lead = if shown.len() < head.len() { 1 } else { 4 };
            if lead == 4 && row[2] != "»" && !row[1].starts_with('─') {
                shown.push('\n');
            }
            shown.push_str(&row.iter().skip(lead).map(String::as_str).collect::<String>());
        }
        for line in (0..diff.row_count()).filter_map(|at| diff.row(at)) {
            match line.kind {
                taut::diff::RowKind::Gap(_) if diff.hunks.len() == 1 => want.push_str("line "),
                taut::diff::RowKind::Gap(_) => want.push_str(&format!(" of {}", diff.hunks.len())),
                _ => want.push_str(&format!("\n{}", taut::text::visible(line.text).text)),
            }
        }
        // `hunk 2` stands in the place of the numbers.
        prop_assert_eq!(shown.replace("hunk ", "").replace(['1', '2', '3'], ""), want.replace(['1', '2', '3'], ""));
    }

    #[test]
    fn any_card_at_any_size_is_drawn(
        seed in any::<u64>(), width in 0u16..130, height in 0u16..40, delta in any::<i64>(), top in any::<usize>(),
    ) {
        let records = support::story::records(SessionId(2), seed, 200);
        let mut app = App::default();
        for record in &records {
            app.state.apply(record);
        }
        let asked = |record: &taut::domain::Record| matches!(record.event, Event::Asked { .. });
        for record in records.iter().filter(|record| asked(record)) {
            let request = RequestId { session: SessionId(2), seq: record.seq };
            app.card = Some(CardUi { delta, top, ..CardUi::new(request) });
            app.focus = Focus::Card;
            let scene = layout(&app, &mut Cache::new(), (width, height), NOW);
            for region in &scene.regions {
                for row in &region.rows {
                    prop_assert!(row.width() <= region.area.columns().max(1) || region.area.width < 20, "{row:?}");
                }
            }
            if let Some(card) = scene.painted.card {
                prop_assert!(card.top + card.rows <= card.of || card.rows == 0);
            }
        }
    }
}

/// Time that this thread has had a processor for: others use the machine too.
fn busy() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(stat.split(' ').next().unwrap().parse().unwrap())
}

fn cost(what: impl FnOnce()) -> Duration {
    let began = busy();
    what();
    busy().saturating_sub(began)
}

#[test]
#[ignore = "takes figures: cargo test --release --test cards -- --ignored --nocapture"]
fn figures_of_a_long_diff() {
    for (name, patch) in [
        ("20,000 lines, every tenth changed", edit(vec![long(20_000)])),
        ("20,000 lines, new file", edit(vec![FileChange { old: None, ..long(20_000) }])),
        ("one line of 4 MB", edit(vec![change("a.js", Some("x"), Some(&"let a = b; ".repeat(400_000)))])),
    ] {
        let mut desk = whole(patch);
        let first = (0..5).map(|_| {
            desk.cache = Cache::new();
            cost(|| drop(desk.shown((120, 36))))
        });
        let first = first.min().unwrap();
        let mut each: Vec<Duration> = (0..40)
            .map(|at| {
                desk.scroll(if at % 2 == 0 { 30 } else { 431 });
                cost(|| drop(desk.shown((120, 36))))
            })
            .collect();
        each.sort_unstable();
        let resized = cost(|| drop(desk.shown((80, 24))));
        println!("{name}: first {first:?}, scroll p50 {:?} max {:?}, resize {resized:?}", each[20], each[39]);
    }
}
