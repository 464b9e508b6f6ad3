//! The same cells live and replayed.

use crate::past::Past;
use crate::support::live::{self, Live, Log};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::collections::BTreeSet;
use taut::domain::{RequestId, Seq};
use taut::state::Session;
use taut::theme::Theme;
use taut::ui::{Anchor, App, CardUi, Drawer, Focus, Hit, PaneUi};
use taut::view::{self, Scene};

const SIZES: [(u16, u16); 2] = [(80, 24), (120, 36)];

/// How a person looks: part of what a frame is made of, and no part of the log.
#[derive(Debug, Clone, Copy)]
enum Way {
    Follows,
    Selected(u64),
    Scrolled(u64),
    /// So many rows up from an entry, over whatever lies between.
    Paged(u64, i64),
    Unfolded,
    Inspects(u64),
    Reviews(RequestId),
    Queue,
}

impl Way {
    /// Ways to look at a session: at its end, at what waits, and in turn one of the others.
    fn some(session: &Session) -> Vec<Self> {
        let entries = session.timeline.next;
        let mut ways = vec![Self::Unfolded, Self::Queue];
        if entries > 0 {
            ways.extend([Self::Selected(entries / 2), Self::Scrolled(entries / 3), Self::Inspects(entries - 1)]);
            ways.push(Self::Paged(entries - 1, -400));
        }
        let turn = usize::try_from(session.seq.0).unwrap() % ways.len();
        ways.rotate_left(turn);
        ways.truncate(1);
        ways.extend(session.waiting().next().map(|(request, _, _)| Self::Reviews(request.id)));
        ways.push(Self::Follows);
        ways
    }

    /// Makes a console look so.
    fn take(self, app: &mut App) {
        let id = app.selected.unwrap();
        (app.focus, app.card, app.drawer, app.inspector_top) = (Focus::Pane, None, Drawer::Closed, 0);
        let mut view = PaneUi::default();
        match self {
            Self::Follows => {}
            Self::Selected(no) => (view.follow, view.selected, view.reveal) = (false, Some(no), true),
            Self::Scrolled(entry) => (view.follow, view.top) = (false, Anchor { entry, row: 0 }),
            Self::Paged(entry, rows) => {
                (view.follow, view.top, view.delta) = (false, Anchor { entry, row: 0 }, rows);
            }
            Self::Unfolded => {
                let entries = app.state.session(id).unwrap().timeline.next;
                view.unfolded = (entries.saturating_sub(40)..entries).collect::<BTreeSet<u64>>();
            }
            Self::Inspects(no) => {
                (view.selected, app.focus, app.inspector_top) = (Some(no), Focus::Inspector, 3);
            }
            Self::Reviews(request) => (app.card, app.focus) = (Some(CardUi::new(request)), Focus::Card),
            Self::Queue => (app.drawer, app.focus) = (Drawer::Open, Focus::Queue),
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
/// what the log gives when it is opened there. Gives the frames that were compared.
fn compare(log: &Log, size: (u16, u16), looks: impl Fn(Seq) -> bool) -> Vec<(Seq, Way, Scene)> {
    let (mut live, mut past) = (Live::new(log, size), Past::new(log, size));
    let mut frames = Vec::new();
    for record in &log.records {
        live.hear(record);
        if !looks(record.seq) {
            continue;
        }
        past.seek(record.seq);
        let replay = past.app.replay.clone().unwrap();
        assert_eq!(replay.clock, record.at, "the clock as of record {}", record.seq.0);
        for way in Way::some(live.app.state.session(log.id).unwrap()) {
            way.take(&mut past.app);
            way.take(&mut live.app);
            // The same screen for both: a live one has a header, a rail and a line to write in.
            live.app.replay = Some(replay.clone());
            let (was, is) = (live.settle(), past.settle());
            live.app.replay = None;
            same(&was, &is, &(size, record.seq, way));
            frames.push((record.seq, way, was));
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
        let frames = compare(&log, size, |_| true);
        assert!(frames.len() >= 2 * log.records.len() - 10);
        let cards = frames.iter().filter(|(_, way, _)| matches!(way, Way::Reviews(_))).count();
        assert!(cards > 4, "{cards} cards");
    }
}

#[test]
fn frames_of_a_long_session_are_the_same_from_its_pages() {
    let folder = tempfile::tempdir().unwrap();
    let log = live::story(folder.path(), 5, 3_300);
    assert!(log.reader.keyframe(log.id, Seq(3072)).unwrap().is_some());
    let edges = [1, 2, 1023, 1024, 1025, 2048, 2049, 3072, 3073, 3300];
    for size in SIZES {
        let frames = compare(&log, size, |seq| edges.contains(&seq.0) || seq.0 % 151 == 0);
        // Opened there at once, in any order, it is the same again.
        let mut past = Past::new(&log, size);
        for (seq, way, was) in frames.iter().rev().step_by(3) {
            past.seek(*seq);
            way.take(&mut past.app);
            same(was, &past.settle(), &(size, seq, way, "backwards"));
        }
    }
}

/// The part of a picture that something covers.
fn part(scene: &Scene, (x, y, width, height): (u16, u16, u16, u16)) -> Vec<ratatui::buffer::Cell> {
    let buffer = painted(scene);
    let cells = (y..y + height).flat_map(|row| (x..x + width).map(move |column| (column, row)));
    cells.map(|place| buffer[place].clone()).collect()
}

fn place_of(scene: &Scene, is: impl Fn(Hit) -> bool) -> (u16, u16, u16, u16) {
    scene.painted.hits.iter().find(|(_, hit)| is(*hit)).unwrap().0
}

/// Where a live pane's timeline and what stands above it are: a composer and an empty row stand below.
fn read_in(scene: &Scene) -> (u16, u16, u16, u16) {
    let (x, y, width, height) = place_of(scene, |hit| hit == Hit::Pane(0));
    let composer = scene.painted.hits.iter().find(|(_, hit)| *hit == Hit::Composer);
    (x, y, width, composer.map_or(height, |(composer, _)| composer.1 - 1 - y))
}

fn inspector(scene: &Scene) -> (u16, u16, u16, u16) {
    place_of(scene, |hit| hit == Hit::Inspector)
}

/// A live frame in which `place` has as much room as in the other one: header, queue and composer take theirs.
fn with_room(live: &mut Live<'_>, place: fn(&Scene) -> (u16, u16, u16, u16), room: (u16, u16)) -> Scene {
    let sizes = room.1 + 3..room.1 + 16;
    for rows in sizes {
        live.app.size.1 = rows;
        let now = live.now();
        let (_, _, width, height) = place(&view::layout(&live.app, &mut live.cache, live.app.size, now));
        if (width, height) == room {
            return live.settle();
        }
    }
    panic!("no size gives {room:?}");
}

/// Not only the same function of the same things: what the live screen itself showed, with its header and its rail, is
/// found again cell for cell in the replay's timeline and inspector.
#[test]
fn what_the_live_screen_showed_is_what_the_replay_shows() {
    const RAIL: u16 = 22;
    let folder = tempfile::tempdir().unwrap();
    let log = live::demo(folder.path());
    for (columns, rows) in SIZES {
        let mut live = Live::new(&log, (columns + RAIL, rows));
        let mut past = Past::new(&log, (columns, rows));
        (live.app.inspector, past.app.inspector) = (false, false);
        for record in &log.records {
            live.hear(record);
            past.seek(record.seq);
            let Some(last) = live.app.state.session(log.id).unwrap().timeline.next.checked_sub(1) else { continue };
            let look: [(Way, fn(&Scene) -> _); 2] =
                [(Way::Follows, read_in), (Way::Inspects(last - record.seq.0 % 3 * last / 3), inspector)];
            for (way, place) in look {
                way.take(&mut live.app);
                way.take(&mut past.app);
                let is = past.settle();
                let (x, y, width, height) = place(&is);
                let was = with_room(&mut live, place, (width, height));
                let (live_x, live_y, ..) = place(&was);
                // The first row names the session's number in the rail.
                let (was_cells, is_cells) =
                    (part(&was, (live_x, live_y + 1, width, height - 1)), part(&is, (x, y + 1, width, height - 1)));
                let texts = || format!("live:\n{}\nreplayed:\n{}", view::to_text(&was), view::to_text(&is));
                assert!(was_cells == is_cells, "{way:?} at record {}\n{}", record.seq.0, texts());
            }
        }
    }
}
