//! What is on the pictures: a moment of the log, what a person did then, and the settled frame.

use crate::svg::{DARK, LIGHT, Palette, svg};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use taut::domain::{At, Event, Record, SessionId};
use taut::state::{Limits, Phase, Session, State};
use taut::theme::Theme;
use taut::tui::still;
use taut::ui::marks::Marks;
use taut::ui::update::update;
use taut::ui::{Action, App, Msg, Press, Setup};
use taut::view::{self, Cache};

/// A turn is stalled after so many milliseconds without a word.
const STALL: u64 = 120_000;

/// How a picture looks.
struct Look {
    theme: &'static str,
    palette: &'static Palette,
}

const ON_DARK: Look = Look { theme: "dark", palette: &DARK };
const ON_LIGHT: Look = Look { theme: "light", palette: &LIGHT };

/// All pictures by name.
pub fn all(log: &[Record]) -> Vec<(&'static str, String)> {
    vec![("watch", watch(log)), ("card", card(log)), ("queue", queue(log)), ("replay", replay(log))]
}

fn setup(size: (u16, u16)) -> Setup {
    Setup {
        home: "/home/demo".into(),
        here: "/home/demo/src".into(),
        limits: Limits { silent: STALL, ..Limits::default() },
        size,
        ..Setup::default()
    }
}

fn named<'a>(state: &'a State, name: &str) -> Option<&'a Session> {
    state.sessions.values().find(|session| session.name == name)
}

fn phase(state: &State, name: &str, now: At) -> Option<Phase> {
    named(state, name).map(|session| session.phase(now, STALL))
}

/// A console that has heard the log up to the first moment of which something holds, and the clock some seconds later.
fn console(log: &[Record], size: (u16, u16), later: i64, is: impl Fn(&State, At) -> bool) -> (App, At) {
    let mut app = App::new(setup(size));
    for record in log {
        update(&mut app, Msg::Heard(vec![record.clone()]), record.at);
        if is(&app.state, record.at) {
            return (app, At(record.at.0 + later * 1000));
        }
    }
    panic!("the log has no such moment");
}

/// Does what a person would, with time between the keys.
fn does(app: &mut App, now: &mut At, actions: &[Action]) {
    for &action in actions {
        now.0 += 700;
        update(app, Msg::Did(action, Press::Alone), *now);
    }
}

fn draw(app: &mut App, now: At, look: &Look, title: &str) -> String {
    let scene = still::settle_by(app, &mut Cache::new(), &mut |_| None, now);
    let mut buffer = Buffer::empty(Rect::new(0, 0, scene.size.0, scene.size.1));
    let theme = Theme::built_in(look.theme).unwrap();
    view::paint(&scene, &theme, &mut buffer);
    svg(&buffer, look.palette, Some(title))
}

/// So many wait, and a rule has looked at each.
fn waiting(state: &State, count: usize) -> bool {
    state.waiting() == count && state.queue().iter().all(|waiting| waiting.request.verdict.is_some())
}

/// One works, one failed, one is done; one waits and is looked at.
fn watch(log: &[Record]) -> String {
    let (mut app, mut now) = console(log, (120, 36), 3, |state, now| {
        waiting(state, 1)
            && phase(state, "cents", now) == Some(Phase::Waiting(1))
            && named(state, "totals").is_some_and(|session| session.steps > 1)
    });
    does(&mut app, &mut now, &[Action::Slot(2), Action::FocusNext]);
    draw(&mut app, now, &ON_DARK, "taut")
}

/// The card of the edit that waits.
fn card(log: &[Record]) -> String {
    let (mut app, mut now) = console(log, (100, 28), 11, |state, now| {
        waiting(state, 1) && phase(state, "cents", now) == Some(Phase::Waiting(1))
    });
    does(&mut app, &mut now, &[Action::NextWaiting]);
    draw(&mut app, now, &ON_DARK, "taut")
}

/// Four panes, and three that wait.
fn queue(log: &[Record]) -> String {
    let (mut app, mut now) = console(log, (160, 46), 9, |state, _| waiting(state, 3));
    // The third pane shows the fifth session instead of the one that failed.
    let panes =
        [Action::Slot(2), Action::GridNext, Action::GridNext, Action::PaneNext, Action::PaneNext, Action::Slot(5)];
    does(&mut app, &mut now, &panes);
    does(&mut app, &mut now, &[Action::Slot(2), Action::Inspector, Action::Queue]);
    draw(&mut app, now, &ON_LIGHT, "taut")
}

/// The same session afterwards: the moment before the denial.
fn replay(log: &[Record]) -> String {
    let id: SessionId = log
        .iter()
        .find_map(|record| match &record.event {
            Event::SessionStarted { name, .. } if name == "cents" => Some(record.session),
            _ => None,
        })
        .unwrap();
    let records: Vec<&Record> = log.iter().filter(|record| record.session == id).collect();
    let mut marks = Marks::new(id, records.last().unwrap().seq);
    records.iter().for_each(|record| marks.take(record));
    let asked: Vec<&&Record> = records.iter().filter(|record| matches!(record.event, Event::Asked { .. })).collect();
    let at = asked[2].seq;
    let mut session = Session::new(id);
    records.iter().filter(|record| record.seq.0 <= at.0 + 1).for_each(|record| session.apply(record));
    let mut replay = marks.at(session.seq);
    (replay.playing, replay.quarters) = (true, 16);
    let clock = replay.clock;
    let mut app = App::of_replay(setup((120, 36)), replay, session);
    draw(&mut app, clock, &ON_LIGHT, "taut replay cents")
}
