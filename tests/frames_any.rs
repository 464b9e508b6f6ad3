//! Any app, any size: a frame is made, fits, and costs what is visible.

#![allow(clippy::unwrap_used, clippy::pedantic, reason = "tests")]

mod support;

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::collections::BTreeSet;
use support::frame::{NOW, Teller, app, edit, fleet, run};
use support::story;
use taut::domain::{
    At, CallStatus, Event, LaneId, Seq, SessionId, SettingsDiff, SettingsFile, SettingsLine, Speaker, Text, TurnNo,
};
use taut::state::Limits;
use taut::theme::Theme;
use taut::ui::app::{Draft, NewSession};
use taut::ui::batch::{BatchUi, Item};
use taut::ui::grants::GrantsUi;
use taut::ui::settings::{Editing, SettingsUi};
use taut::ui::way::{Asked, ContextUi, Does, WayUi};
use taut::ui::{Accept, Action, Anchor, App, CardUi, Drawer, Focus, Grid, Overlay, PaneUi, Picker, PickerKind, Rest};
use taut::view::{Cache, layout, paint, to_text};

/// An app over random stories; `pick` decides what of it is shown how.
fn any_app(seeds: &[(u64, u64)], pick: u64, draft: &str) -> App {
    let mut dice = story::Dice::new(pick);
    let mut app =
        App { limits: Limits { silent: 5_000, ..Limits::default() }, inspector: dice.below(2) == 0, ..App::default() };
    for (n, &(seed, count)) in seeds.iter().enumerate() {
        let id = SessionId(n as u32 + 1);
        story::records(id, seed, count).iter().for_each(|record| app.state.apply(record));
        app.slots.push(id);
        let next = app.state.sessions[&id].timeline.next;
        let view = PaneUi {
            follow: dice.below(2) == 0,
            top: Anchor { entry: dice.below(next + 4), row: dice.below(9) as usize },
            delta: dice.below(80) as i64 - 40,
            selected: (dice.below(2) == 0).then(|| dice.below(next + 4)),
            reveal: dice.below(2) == 0,
            rest: if dice.below(3) == 0 { Rest::Unfolded } else { Rest::Folded },
            unfolded: (0..20).map(|_| dice.below(next + 4)).collect::<BTreeSet<_>>(),
            whole: (0..6).map(|_| dice.below(next + 4)).collect::<BTreeSet<_>>(),
            lanes: (0..dice.below(3)).map(|n| LaneId(n as u32)).collect(),
            seen_entries: dice.below(next + 2),
        };
        app.views.insert(id, view);
        let cursor = draft.char_indices().map(|(at, _)| at).nth(dice.below(9) as usize).unwrap_or(draft.len());
        app.drafts.insert(id, Draft { text: draft.to_owned(), cursor, ..Draft::default() });
    }
    app.selected = app.slots.last().copied();
    app.grid = [Grid::One, Grid::Two, Grid::Four][dice.below(3) as usize];
    app.panes = (0..app.grid.panes()).map(|n| app.slots.get(n).copied()).collect();
    app.pane = dice.below(app.grid.panes() as u64) as usize;
    app.zoom = dice.below(4) == 0;
    app.drawer = [Drawer::Closed, Drawer::Open, Drawer::Full][dice.below(3) as usize];
    app.focus = [Focus::Rail, Focus::Pane, Focus::Inspector, Focus::Queue, Focus::Composer][dice.below(5) as usize];
    app.status.store_error = (dice.below(4) == 0).then(|| draft.to_owned());
    let waiting = app.state.queue().first().map(|waiting| waiting.request.id);
    if let Some(request) = waiting.filter(|_| dice.below(3) == 0) {
        app.card = Some(CardUi { delta: dice.below(40) as i64 - 20, ..CardUi::new(request) });
    }
    if app.card.is_none() && dice.below(3) == 0 {
        let items = app.state.queue().iter().map(|waiting| waiting.request).cloned().collect::<Vec<_>>();
        let item = |request: &taut::state::Request| Item {
            request: request.id,
            digest: request.digest,
            seen: dice.below(9) as usize,
            of: dice.below(9) as usize,
            fit: None,
            end: dice.below(2) == 0,
            sent: dice.below(3) == 0,
        };
        let items: Vec<Item> = items.iter().map(item).collect();
        let delta = dice.below(40) as i64 - 20;
        let reason = (dice.below(3) == 0).then(|| draft.to_owned());
        let fallen = vec![draft.to_owned(); dice.below(5) as usize];
        app.marks = items.iter().map(|item| item.request).collect();
        app.batch = Some(Box::new(BatchUi { items, fallen, delta, reason, ..BatchUi::default() }));
    }
    let text = || draft.to_owned();
    app.overlay = match dice.below(10) {
        9 => Some(Overlay::Accept(Box::new(Accept {
            top: dice.below(30) as usize,
            ..Accept::of(vec![SettingsDiff {
                file: SettingsFile::Policy,
                digest: None,
                lines: vec![
                    SettingsLine::Gap { lines: 3 },
                    SettingsLine::Came { text: text() },
                    SettingsLine::Key { key: text(), was: Some(text()), is: None },
                ],
                left_out: dice.below(2),
            }])
        }))),
        8 => Some(Overlay::Settings(SettingsUi {
            selected: dice.below(200) as usize,
            editing: [None, Some(Editing::Value(draft.to_owned())), Some(Editing::KeyInstead)][dice.below(3) as usize]
                .clone(),
        })),
        0 => Some(Overlay::Help { top: dice.below(99) as usize, filter: None }),
        1 => {
            let form = NewSession { field: dice.below(5) as usize, prompt: draft.to_owned(), ..NewSession::default() };
            Some(Overlay::NewSession(Box::new(form)))
        }
        2 => Some(Overlay::Confirm { question: draft.to_owned(), yes: Box::new(Action::Quit) }),
        3 => Some(Overlay::Picker(Picker {
            filter: draft.to_owned(),
            ..Picker::new(PickerKind::Modes(SessionId(1)), 3)
        })),
        4 => Some(Overlay::Grants(GrantsUi::default())),
        5 => {
            let does = if dice.below(2) == 0 { Does::Rewind } else { Does::Fork };
            let keep = TurnNo(dice.below(9) as u32);
            Some(Overlay::Way(WayUi {
                session: SessionId(1),
                does,
                keep,
                newest: None,
                since: At(0),
                sent: keep.0 == 3,
            }))
        }
        6 => {
            let stage = match dice.below(3) {
                0 => Asked::No,
                1 => Asked::Since(Seq(dice.below(90)), At(0)),
                _ => Asked::Failed(draft.to_owned()),
            };
            Some(Overlay::Context(ContextUi { session: SessionId(1), stage, top: dice.below(200) as usize }))
        }
        _ => None,
    };
    app
}

fn sizes() -> impl Strategy<Value = (u16, u16)> {
    let known = [(0, 0), (1, 1), (20, 6), (500, 3), (3, 500), (80, 24), (79, 11), (120, 36), (200, 50)];
    prop_oneof![prop::sample::select(known.to_vec()), (0u16..220, 0u16..70)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_frame_fits(
        seeds in prop::collection::vec((any::<u64>(), 1u64..400), 0..5), pick in any::<u64>(), size in sizes(),
        draft in "(word |日本|\n|\t|\u{1b}|e\u{301}){0,30}", ascii in any::<bool>(), now in -10i64..500_000,
    ) {
        let app = any_app(&seeds, pick, &draft);
        let mut cache = if ascii { Cache::ascii() } else { Cache::new() };
        let scene = layout(&app, &mut cache, size, At(now));
        let text = to_text(&scene);
        prop_assert_eq!(text.lines().count(), if size.0 == 0 { 0 } else { usize::from(size.1) });
        for line in text.lines() {
            prop_assert!(taut::text::width(line) <= usize::from(size.0), "{line}");
            prop_assert!(!line.contains('\u{1b}'), "an escape");
        }
        for region in &scene.regions {
            let area = region.area;
            prop_assert!(area.x + area.width <= size.0 && area.y + area.height <= size.1, "{area:?} in {size:?}");
            for row in &region.rows {
                prop_assert!(row.width() <= area.columns(), "{row:?} in {area:?}");
            }
        }
        prop_assert!(scene.cursor.is_none_or(|(x, y)| x < size.0 && y < size.1));

        let again = layout(&app, &mut cache, size, At(now));
        prop_assert_eq!(&scene, &again, "what is kept shows what is made anew");

        let mut buffer = Buffer::empty(Rect::new(0, 0, size.0, size.1));
        paint(&scene, &Theme::default(), &mut buffer);
        let mut small = Buffer::empty(Rect::new(0, 0, size.0 / 2, size.1 / 2));
        paint(&scene, &Theme::default(), &mut small);
    }

    #[test]
    fn a_cache_never_shows_what_was(seed in any::<u64>(), count in 2u64..300, size in sizes(), pick in any::<u64>()) {
        // One cache over a whole story, against a fresh one at every stop.
        let records = story::records(SessionId(1), seed, count);
        let mut app = any_app(&[(seed, 1)], pick, "");
        let mut cache = Cache::new();
        for (n, record) in records.iter().enumerate().skip(1) {
            app.state.apply(record);
            if n % 7 == 0 {
                let kept = layout(&app, &mut cache, size, record.at);
                let fresh = layout(&app, &mut Cache::new(), size, record.at);
                prop_assert!(kept == fresh, "at {n}:\n{}\n{}", to_text(&kept), to_text(&fresh));
            }
        }
    }
}

#[test]
fn what_is_painted_is_what_is_laid_out() {
    let app = fleet();
    let scene = layout(&app, &mut Cache::new(), (120, 36), NOW);
    let mut buffer = Buffer::empty(Rect::new(0, 0, 120, 36));
    paint(&scene, &Theme::default(), &mut buffer);
    let painted: Vec<String> =
        (0..36).map(|y| (0..120).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned()).collect();
    assert_eq!(painted, to_text(&scene).lines().collect::<Vec<_>>());
}

#[test]
fn ascii_means_ascii() {
    let mut cache = Cache::ascii();
    let mut t = Teller::new(1, "plain", "claude", "/home/demo", 30);
    t.open("default").prompt(1, "go").call(edit("a.rs", "a\n", "b\n")).ran(5, "x\n", CallStatus::Done, None);
    t.call(run("true")).ran(1, "", CallStatus::Failed, Some(1)).end_turn(1, 150_000, 5);
    let shown = to_text(&layout(&app(&[t]), &mut cache, (120, 36), NOW));
    assert!(shown.is_ascii(), "{shown}");
}

/// 491 kB in 2,900 deltas, a frame after each.
#[test]
fn a_stream_costs_its_last_lines() {
    let mut t = Teller::new(1, "stream", "claude", "/home/demo", 300);
    t.open("default").prompt(1, "tell me everything");
    let mut app = app(&[t]);
    let mut cache = Cache::new();
    let mut record = app_record(&app);
    let mut spent = std::time::Duration::ZERO;
    let mut last = String::new();
    for n in 0..2_900u64 {
        let text = format!(
            "Delta {n} brings **some words** and `code`, as agents do, now and then with a line end{}",
            if n % 3 == 0 { "\n" } else { ". " }
        );
        let text = format!("{text}{}", "and more words ".repeat(5));
        record.seq.0 += 1;
        record.event = Event::Said { who: Speaker::Agent, message: None, text: Text::Inline(text) };
        app.state.apply(&record);
        let from = std::time::Instant::now();
        let scene = layout(&app, &mut cache, (200, 50), NOW);
        spent += from.elapsed();
        if n == 2_899 {
            last = to_text(&scene);
        }
    }
    println!("2,900 frames while streaming: {spent:?}");
    assert!(last.contains("Delta 2899 brings"), "{last}");
    // Breaking everything anew for every delta would take minutes.
    assert!(spent.as_secs() < 20, "{spent:?}");
}

#[test]
fn what_left_the_memory_is_asked_for_and_shown_when_it_comes() {
    use taut::domain::PageNo;
    use taut::state::page;
    use taut::ui::Want;
    let id = SessionId(1);
    let mut t = Teller::new(1, "long", "claude", "/home/demo", 9_000);
    t.open("default").prompt(1, "look at everything");
    for n in 0..900 {
        t.call(run(&format!("true {n}"))).ran(1, "", CallStatus::Done, Some(0));
    }
    let records = t.records.clone();
    let mut app = app(&[t]);
    app.views.insert(id, PaneUi { follow: false, ..PaneUi::default() });
    let scene = layout(&app, &mut Cache::new(), (80, 24), NOW);
    assert!(to_text(&scene).contains("loading…"), "{}", to_text(&scene));
    // Whatever is asked for first: answering every want ends with the beginning on the screen.
    let mut cache = Cache::new();
    for _ in 0..8 {
        let wants = layout(&app, &mut cache, (80, 24), NOW).painted.wants;
        for want in wants {
            let Want::Page(session, page) = want else { panic!("{want:?}") };
            let (from, to) = page::bounds(page);
            let keyframe = page::seek(id, None, records.iter().take_while(|record| record.seq < from));
            let own = records.iter().filter(|record| record.seq >= from && record.seq <= to);
            let entries = page::settled_in(id, (page != PageNo(0)).then_some(keyframe), own);
            app.past.insert((session, page), entries.into());
        }
    }
    let scene = layout(&app, &mut cache, (80, 24), NOW);
    let text = to_text(&scene);
    assert!(text.contains("look at everything") && text.contains("true 3 "), "{text}");
    assert!(scene.painted.wants.is_empty(), "{:?}", scene.painted.wants);
}

#[test]
fn a_long_text_keeps_its_place_while_it_is_loaded() {
    use taut::domain::BodyRef;
    use taut::ui::Want;
    let long: String = (0..200).map(|n| format!("line {n}\n")).collect();
    let body = BodyRef::of(&long);
    let mut t = Teller::new(1, "bodies", "claude", "/home/demo", 60);
    t.open("default").prompt(1, "say much");
    t.tell(Event::Said { who: Speaker::Agent, message: None, text: Text::Body(body) });
    t.call(run("true")).ran(1, "", CallStatus::Done, Some(0));
    let mut app = app(&[t]);
    let view = PaneUi { follow: false, top: Anchor { entry: 1, row: 190 }, ..PaneUi::default() };
    app.views.insert(SessionId(1), view);
    let mut cache = Cache::new();
    let before = layout(&app, &mut cache, (80, 24), NOW);
    assert_eq!(before.painted.wants, [Want::body(&body)]);
    app.bodies.insert(body.digest, Some(long.as_str().into()));
    let after = layout(&app, &mut cache, (80, 24), NOW);
    assert!(after.painted.wants.is_empty());
    assert_eq!(before.painted.panes, after.painted.panes, "nothing jumps");
    assert!(to_text(&after).contains("line 199"), "{}", to_text(&after));
    app.bodies.insert(body.digest, None);
    assert!(to_text(&layout(&app, &mut Cache::new(), (80, 24), NOW)).contains("purged"));
}

fn app_record(app: &App) -> taut::domain::Record {
    let session = app.state.sessions.values().next().unwrap();
    let mut records = story::records(session.id, 1, 1);
    let mut record = records.remove(0);
    (record.seq, record.at) = (session.seq, session.at);
    record
}
