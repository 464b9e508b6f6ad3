//! Looking again shows what was shown, and does nothing (invariant 10).
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::collections::BTreeSet;
use support::live::{self, Live, Log};
use taut::domain::{RequestId, Seq};
use taut::hub;
use taut::state::Session;
use taut::store::Reader;
use taut::theme::Theme;
use taut::tui::{Source, still};
use taut::ui::update::update;
use taut::ui::{Anchor, App, CardUi, Focus, Msg, PaneUi};
use taut::view::{self, Cache, Scene};

const SIZES: [(u16, u16); 2] = [(80, 24), (120, 36)];

/// A cursor that moves over a log, as the keys move it.
struct Past<'a> {
    app: App,
    cache: Cache,
    source: Source,
    log: &'a Log,
}

impl<'a> Past<'a> {
    fn new(log: &'a Log, size: (u16, u16)) -> Self {
        let source = Source::Past(Reader::open(&log.folder.join("state")).unwrap());
        Self { app: log.console(Seq(1), size), cache: Cache::new(), source, log }
    }

    fn seek(&mut self, seq: Seq) {
        let sought = self.source.seek(self.log.id, seq).unwrap().unwrap();
        update(&mut self.app, Msg::Sought(sought), self.log.at(seq).at);
    }

    fn settle(&mut self) -> Scene {
        let clock = self.app.replay.as_ref().unwrap().clock;
        still::settle(&mut self.app, &mut self.cache, &self.source, clock)
    }
}

/// How a person looks: part of what a frame is made of, and no part of the log.
#[derive(Debug, Clone, Copy)]
enum Way {
    Follows,
    Selected(u64),
    Scrolled(u64),
    Unfolded,
    Inspects(u64),
    Reviews(RequestId),
    Queue,
}

impl Way {
    /// The ways to look at a session that differ by what is in it.
    fn all(session: &Session) -> Vec<Self> {
        let entries = session.timeline.next;
        let mut ways = vec![Self::Follows, Self::Unfolded, Self::Queue];
        if entries > 0 {
            ways.extend([Self::Selected(entries / 2), Self::Scrolled(entries / 3), Self::Inspects(entries - 1)]);
        }
        ways.extend(session.waiting().next().map(|(request, _, _)| Self::Reviews(request.id)));
        ways
    }

    /// Makes a console look so.
    fn take(self, app: &mut App) {
        let id = app.selected.unwrap();
        (app.focus, app.card, app.queue_open, app.inspector_top) = (Focus::Pane, None, false, 0);
        let mut view = PaneUi::default();
        match self {
            Self::Follows => {}
            Self::Selected(no) => (view.follow, view.selected, view.reveal) = (false, Some(no), true),
            Self::Scrolled(entry) => (view.follow, view.top) = (false, Anchor { entry, row: 0 }),
            Self::Unfolded => {
                let entries = app.state.session(id).unwrap().timeline.next;
                view.unfolded = (entries.saturating_sub(40)..entries).collect::<BTreeSet<u64>>();
            }
            Self::Inspects(no) => {
                (view.selected, app.focus, app.inspector_top) = (Some(no), Focus::Inspector, 3);
            }
            Self::Reviews(request) => (app.card, app.focus) = (Some(CardUi::new(request)), Focus::Card),
            Self::Queue => (app.queue_open, app.focus) = (true, Focus::Queue),
        }
        app.views.insert(id, view);
    }
}

fn painted(scene: &Scene) -> Buffer {
    let mut buffer = Buffer::empty(Rect::new(0, 0, scene.size.0, scene.size.1));
    view::paint(scene, &Theme::default(), &mut buffer);
    buffer
}

/// Asserts that two frames are the same: the cells, the cursor, and what they say was shown.
#[track_caller]
fn same(live: &Scene, past: &Scene, what: &dyn std::fmt::Debug) {
    let (live_cells, past_cells) = (painted(live), painted(past));
    let other = live_cells.content.iter().zip(&past_cells.content).position(|(live, past)| live != past);
    if let Some(at) = other {
        let (texts, place) = ((view::to_text(live), view::to_text(past)), live_cells.pos_of(at));
        let cells = (&live_cells.content[at], &past_cells.content[at]);
        panic!("{what:?}: cells at {place:?} differ: {cells:?}\nlive:\n{}\nreplayed:\n{}", texts.0, texts.1);
    }
    assert_eq!(view::to_text(live), view::to_text(past), "{what:?}");
    assert_eq!((live.cursor, &live.painted), (past.cursor, &past.painted), "{what:?}");
}

/// Hears the records of a log one by one, and compares at each of `looks` what a live console makes of what it heard with
/// what the log gives when it is opened there.
fn compare(log: &Log, size: (u16, u16), looks: impl Fn(Seq) -> bool) -> usize {
    let (mut live, mut past) = (Live::new(log, size), Past::new(log, size));
    let mut frames = 0;
    for record in &log.records {
        live.hear(record);
        if !looks(record.seq) {
            continue;
        }
        past.seek(record.seq);
        let replay = past.app.replay.clone().unwrap();
        assert_eq!(replay.clock, record.at, "the clock as of record {}", record.seq.0);
        assert_eq!(log.replay(record.seq).clock, record.at);
        for way in Way::all(live.app.state.session(log.id).unwrap()) {
            way.take(&mut past.app);
            way.take(&mut live.app);
            // The same screen for both: a live one has a header, a rail and a line to write in.
            live.app.replay = Some(replay.clone());
            let (was, is) = (live.settle(), past.settle());
            live.app.replay = None;
            same(&was, &is, &(size, record.seq, way));
            frames += 1;
        }
    }
    frames
}

#[test]
fn every_frame_of_a_session_is_the_same_replayed_as_live() {
    let folder = tempfile::tempdir().unwrap();
    let log = live::demo(folder.path());
    assert!(log.records.len() > 100, "{} records", log.records.len());
    for size in SIZES {
        let t = std::time::Instant::now();
        let frames = compare(&log, size, |_| true);
        eprintln!("{frames} frames {:?}", t.elapsed());
        assert!(frames > 300, "{frames}");
    }
}

#[test]
fn frames_of_a_long_session_are_the_same_from_its_pages() {
    let folder = tempfile::tempdir().unwrap();
    let t = std::time::Instant::now();
    let log = live::story(folder.path(), 5, 3_300);
    eprintln!("{:?}", t.elapsed());
    for size in SIZES {
        let t = std::time::Instant::now();
        let frames = compare(&log, size, |seq| [1, 2, 3, 1023, 1024, 1025, 2048, 2049, 3072, 3300].contains(&seq.0) || seq.0 % 211 == 0);
        eprintln!("{frames} frames {:?}", t.elapsed());
    }
}
